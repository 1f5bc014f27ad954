"""What a field may be, by tables."""

from typing import Any

import pytest

from trubka.rules.custom_fields import (
    ADDRESS,
    EnumWish,
    Wish,
    columns_after,
    columns_of,
    enums_of,
    flaws_of_change,
    flaws_of_new,
)
from trubka.rules.fields import Enum, Field

ONE = [EnumWish("Red")]
LIST = Field(1, "Colour", "COLOUR", "select", (1,), enums=[Enum(7, "Red", 10), Enum(8, "Blue", 20, "B")])
PHONE = Field(2, "Phone", "PHONE", "multitext", (1, 3), is_predefined=True, enums=[Enum(5, "WORK")])


@pytest.mark.parametrize(
    ("wish", "paths"),
    [
        (Wish(name="A", type="text"), []),
        (Wish(name="A", type="select", enums=ONE), []),
        (Wish(name="A", type="select"), ["enums"]),
        (Wish(name="A", type="multitext", enums=ONE), ["type"]),
        (Wish(name="A", type="poem"), ["type"]),
        (Wish(name="A", type="text", code="COLOUR"), ["code"]),
        (Wish(name="A", type="text", code="PHONE"), ["code"]),
        (Wish(name="A", type="birthday", remind="year"), ["remind"]),
        (Wish(name="A", type="monetary", currency="rub"), ["currency"]),
        (Wish(name="A", type="select", enums=[*ONE, EnumWish("Blue"), *ONE]), ["enums.2.value"]),
    ],
)
def test_what_can_be_made(wish: Wish, paths: list[str]):
    assert [flaw.path for flaw in flaws_of_new(wish, {"COLOUR"})] == paths


@pytest.mark.parametrize(
    ("field", "wish", "paths"),
    [
        (LIST, Wish(name="B", type="select", code="COLOUR"), []),
        (LIST, Wish(type="text"), ["type"]),
        (LIST, Wish(code="OTHER"), ["code"]),
        (LIST, Wish(code="NEW", enums=[EnumWish("Green"), EnumWish("Red", 7)]), []),
        (LIST, Wish(enums=[EnumWish("Green", 9)]), ["enums.0.id"]),
        (LIST, Wish(enums=[EnumWish("Red", 7), EnumWish("Scarlet", 7)]), ["enums.1.id"]),
        (LIST, Wish(enums=[]), ["enums"]),
        (PHONE, Wish(name="Tel", code="PHONE", enums=[EnumWish("WORK", 5)]), []),
        (PHONE, Wish(code="TEL", enums=[EnumWish("WORK", 5), EnumWish("SHIP")]), ["code", "enums"]),
    ],
)
def test_what_can_be_changed(field: Field, wish: Wish, paths: list[str]):
    assert [flaw.path for flaw in flaws_of_change(wish, field, {"OTHER"})] == paths


@pytest.mark.parametrize(
    ("type_", "wishes", "expected"),
    [
        ("text", ONE, None),
        ("select", None, None),
        ("select", ONE, [(None, "Red", 0)]),
        (
            "select",
            [EnumWish("A", sort=30), EnumWish("B", 4, 20), EnumWish("C")],
            [(4, "B", 20), (None, "C", 20), (None, "A", 30)],
        ),
    ],
)
def test_the_order_of_a_list(type_: str, wishes: list[EnumWish] | None, expected: Any):
    found = enums_of(type_, wishes)
    assert (found and [(each["id"], each["value"], each["sort"]) for each in found]) == expected


def test_an_address_has_its_lines():
    assert [each["code"] for each in enums_of("smart_address", None) or ()] == list(ADDRESS)


def test_what_is_not_given_has_its_default():
    row = columns_of(Wish(name="A", type="monetary"), 50, "RUB")
    assert (row["sort"], row["currency"], row["remind"], row["is_visible"], row["is_required"]) == (
        (50, "RUB", None, True, False)
    )
    assert columns_of(Wish(name="A", type="birthday", sort=5), 50, "RUB")["remind"] == "never"
    row = columns_of(Wish(name="A", type="select", enums=[EnumWish("Red", -5), EnumWish("Blue", 142)]), 50, "RUB")
    assert [each["id"] for each in row["enums"]] == [None, None]


def test_what_is_not_given_stays():
    row = columns_after(Wish(name="Shade", is_required=True), LIST)
    assert (row["name"], row["code"], row["is_required"], row["sort"]) == ("Shade", "COLOUR", True, 0)
    assert [(each["id"], each["value"], each["code"]) for each in row["enums"]] == [(7, "Red", None), (8, "Blue", "B")]
    assert columns_after(Wish(enums=[EnumWish("Blue", 8)]), LIST)["enums"][0]["id"] == 8
