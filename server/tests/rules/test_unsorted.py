"""Who called, which items are the same or tell of one call, what they are named, and who sees them."""

from __future__ import annotations

from typing import Any

import pytest

from trubka.rules.rights import ALL, NONE, CardRights, Me, Rights, StatusLevels, StatusRights
from trubka.rules.unsorted import Told, caller, filled, grouped, identity, joined, lead_name, may, number_of

ANNA, BORIS, CLARA, OLGA = 1, 2, 3, 4


@pytest.mark.parametrize(
    ("metadata", "number"),
    [
        ({"phone": "+79990001122"}, "+79990001122"),
        ({"phone": 79990001122}, "79990001122"),
        ({"phone": "101", "from": "+79990001122"}, "+79990001122"),  # one integration means it the other way round
        ({"phone": "+79990001122", "from": "our-pbx"}, "+79990001122"),
        ({"phone": "+79990001122", "from": "+74950000000"}, "+79990001122"),
        ({"phone": "112", "from": "our-pbx"}, "112"),
        ({"from": "112"}, "112"),
        ({"from": "+79990001122", "phone": None}, "+79990001122"),
        ({}, ""),
    ],
)
def test_the_caller(metadata: dict[str, Any], number: str):
    assert caller(metadata) == number


CALL: dict[str, Any] = {"phone": "+79990001122", "called_at": 100, "duration": 62, "uniq": "1.1", "link": "x"}


def test_items_are_the_same_by_what_tells_calls_apart():
    def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
        return identity("sip", "pbx", one) == identity("sip", "pbx", other)

    assert same(CALL, CALL | {"phone": 79990001122, "link": "y"})
    assert not any(
        same(CALL, CALL | {name: value})
        for name, value in {"phone": "1", "called_at": 101, "duration": 1, "uniq": "2", "service_code": "a"}.items()
    )
    assert identity("sip", "pbx", CALL) != identity("sip", "other", CALL)
    form: dict[str, Any] = {"form_id": "1", "form_sent_at": 100, "referer": "a"}
    assert identity("forms", None, form) == identity("forms", None, form | {"referer": "b"})
    assert identity("forms", None, form) != identity("forms", None, form | {"form_sent_at": 101})


ITEMS = [Told(1, "a", 100, 200), Told(2, "b", 150, 300), Told(3, None, 400, 500)]


@pytest.mark.parametrize(
    ("uniq", "began", "ended", "found"),
    [
        ("b", 100, 200, 2),  # its id before its time
        ("c", 110, 190, 1),
        (None, 240, 290, 2),
        (None, 150, 200, 1),  # as long in both: the first
        (None, 515, 530, 3),  # clocks go a little wrong
        (None, 516, 530, None),
        (None, 340, 380, None),
    ],
)
def test_which_item_tells_of_the_same_call(uniq: str | None, began: int, ended: int, found: int | None):
    same = joined(uniq, began, ended, ITEMS)
    assert (same and same.id) == found
    assert joined(uniq, began, ended, []) is None


def test_an_item_is_told_what_it_does_not_know():
    assert filled({"a": 1, "b": None, "c": ""}, {"a": 2, "b": 3, "c": "x", "d": 4}) == {
        "a": 1,
        "b": 3,
        "c": "x",
        "d": 4,
    }


def test_names():
    assert lead_name("ru", "sip", "+7 999", "") == "Звонок +7 999"
    assert lead_name("en", "sip", "", "") == "Call from a withheld number"
    assert lead_name("de", "forms", "", "") == "Request from a form"
    assert lead_name("ru", "forms", "", "Заказ") == "Заявка: Заказ"


def rights(level: str, status: str = "") -> Rights:
    lead = CardRights(view=level, edit=level)  # pyright: ignore[reportArgumentType]
    words = [StatusRights(30, 300, StatusLevels(view=status, edit=status))] if status else None  # pyright: ignore[reportArgumentType]
    return Rights(leads=lead, status_rights=words)


@pytest.mark.parametrize(
    ("me", "users", "owner", "sees"),
    [
        (Me(1, OLGA, True, (), NONE), (), 0, True),
        (Me(1, ANNA, False, (ANNA, BORIS), ALL), (), 0, True),
        (Me(1, ANNA, False, (ANNA, BORIS), rights("G")), (), BORIS, True),
        (Me(1, ANNA, False, (ANNA, BORIS), rights("G")), (), 0, False),
        (Me(1, BORIS, False, (BORIS,), rights("M")), (), ANNA, False),
        (Me(1, BORIS, False, (BORIS,), rights("M")), (ANNA, BORIS), ANNA, True),  # he took part
        (Me(1, CLARA, False, (CLARA,), rights("D")), (CLARA,), ANNA, False),
        (Me(1, CLARA, False, (CLARA,), rights("D", "A")), (), ANNA, True),
        (Me(1, BORIS, False, (BORIS,), rights("A", "D")), (BORIS,), BORIS, False),  # the status is closed
    ],
)
def test_who_sees_and_decides(me: Me, users: tuple[int, ...], owner: int, sees: bool):
    assert may(me, "view", users, (owner, 30, 300)) is sees
    assert may(me, "edit", users, (owner, 30, 300)) is sees


def test_repeats_stand_together_where_the_first_one_does():
    items = [(1, "a"), (None, "b"), (2, "c"), (1, "d"), (None, "e")]
    assert grouped(items) == [["a", "d"], ["b"], ["c"], ["e"]]


def test_an_identity_is_locked_by_a_number_of_its_own():
    assert number_of(bytes(32)) == 0
    assert -(2**63) <= number_of(b"\xff" * 32) < 2**63
