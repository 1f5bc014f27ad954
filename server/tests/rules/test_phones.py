"""Numbers as people write them."""

import pytest

from trubka.rules import phones


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+7 (999) 000-11-22", "79990001122"),
        ("8 999 000 11 22", "89990001122"),
        ("+7 495 000-11-22 ext 5", "74950001122"),
        ("+7 495 000-11-22,105", "74950001122"),
        ("74950001122;ext=5", "74950001122"),
        ("#100", ""),
        ("", ""),
        ("٠١٢٣", ""),  # digits of other scripts are no dialling
        ("101", "101"),
    ],
)
def test_digits(written: str, digits: str):
    assert phones.digits_of(written) == digits


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("79990001122", "89990001122", True),
        ("79990001122", "9990001122", True),
        ("79990001122", "79990001123", False),
        ("123123", "123123", True),
        ("0123123", "123123", False),
        ("79990001122", "0001122", False),
        ("", "", False),
    ],
)
def test_the_same_number(one: str, other: str, expected: bool):
    assert phones.same(one, other) is phones.same(other, one) is expected


@pytest.mark.parametrize(
    ("digits", "tail"), [("79990001122", 9990001122), ("101", 101), ("", 0), ("00101", 101), ("1" * 30, 1111111111)]
)
def test_the_tail_that_the_table_is_searched_by(digits: str, tail: int):
    assert phones.tail_of(digits) == tail


@pytest.mark.parametrize(
    ("text", "expected"),
    [("+7 (999) 000-11-22", True), ("0001122", True), ("000112", False), ("Ivan 0001122", False), ("", False)],
)
def test_what_looks_like_a_number(text: str, expected: bool):
    assert phones.looks_like_number(text) is expected


@pytest.mark.parametrize(
    ("digits", "country", "expected"),
    [
        ("89990001122", "RU", "79990001122"),
        ("89990001122", "KZ", "79990001122"),
        ("89990001122", "DE", "89990001122"),
        ("8999000112", "RU", "8999000112"),
        ("79990001122", "RU", "79990001122"),
    ],
)
def test_eight_is_seven_in_russia_only(digits: str, country: str, expected: str):
    assert phones.national(digits, country) == expected
