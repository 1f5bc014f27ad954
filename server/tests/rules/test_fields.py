"""Custom fields: what is sent, what is kept, what is shown."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from trubka.rules.entities import Entity
from trubka.rules.fields import Enum, Field, Given, Showing, kept, shown, sought_key, system_fields, texts_by_code

PHONE = Field(1101, "Phone", "PHONE", "multitext", (1, 3), enums=[Enum(2101, "WORK", 2), Enum(2103, "MOB", 4)])
KIND = Field(1200, "Kind", "KIND", "select", (1,), enums=[Enum(31, "Big", 1, "big"), Enum(32, "Small", 2)])
PLAN = Field(1201, "Plan", None, "multiselect", (1,), enums=[Enum(41, "A"), Enum(42, "B")])
PLACE = Field(1202, "Place", None, "smart_address", (1,), enums=[Enum(1, "Address", 1, "address_line_1")])
FIELDS = [PHONE, KIND, PLAN, PLACE] + [
    Field(1300 + number, name, None, name, (1,))
    for number, name in enumerate(
        (
            "text",
            "numeric",
            "checkbox",
            "date",
            "date_time",
            "birthday",
            "url",
            "textarea",
            "monetary",
            "legal_entity",
            "items",
        )
    )
]
MOSCOW = ZoneInfo("Europe/Moscow")
IDS = {field.type: field.id for field in FIELDS}


def one(field_id: int, *values: Any) -> tuple[Any, list[str]]:
    found, flaws = kept(FIELDS, [Given(field_id=field_id, values=list(values))], MOSCOW)
    return found.get(str(field_id)), [flaw.path for flaw in flaws]


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        ("text", {"value": "x"}, [{"value": "x"}]),
        ("text", {"value": 5}, [{"value": "5"}]),
        ("text", "bare", [{"value": "bare"}]),
        ("text", {"value": None}, []),
        ("textarea", {"value": "a\nb"}, [{"value": "a\nb"}]),
        ("numeric", {"value": 12}, [{"value": "12"}]),
        ("numeric", {"value": 12.0}, [{"value": "12"}]),
        ("numeric", {"value": "12.50"}, [{"value": "12.50"}]),
        ("numeric", {"value": True}, [{"value": "1"}]),
        ("checkbox", {"value": True}, [{"value": True}]),
        ("checkbox", {"value": "1"}, [{"value": True}]),
        ("checkbox", {"value": 0}, [{"value": False}]),
        ("date", {"value": 1760000000}, [{"value": 1760000000}]),
        ("date", {"value": "2025-10-09"}, [{"value": 1759957200}]),  # midnight in Moscow, wherever the server stands
        ("date_time", {"value": "2025-10-09T11:53:20"}, [{"value": 1760000000}]),
        ("date_time", {"value": "2025-10-09T08:53:20Z"}, [{"value": 1760000000}]),
        ("date", {"value": "1760000000"}, [{"value": 1760000000}]),
        ("date_time", {"value": "2026-01-02T03:04:05+03:00"}, [{"value": 1767312245}]),
        ("birthday", {"value": -86400.5}, [{"value": -86401}]),
        ("legal_entity", {"value": {"name": "Acme"}}, [{"value": {"name": "Acme"}}]),
        ("multitext", {"value": "+79990001122", "enum_code": "MOB"}, [{"value": "+79990001122", "enum_id": 2103}]),
        ("multitext", {"value": "+79990001122", "enum_id": "2103"}, [{"value": "+79990001122", "enum_id": 2103}]),
        ("multitext", {"value": "+79990001122", "enum_id": None}, [{"value": "+79990001122", "enum_id": 2101}]),
        ("select", {"value": "Big"}, [{"value": "Big", "enum_id": 31}]),
        ("select", {"enum_id": 32}, [{"value": "Small", "enum_id": 32}]),
        ("select", {"enum_code": "big"}, [{"value": "Big", "enum_id": 31}]),
        ("select", {"value": None}, []),
        ("multiselect", {"enum_id": 41}, [{"value": "A", "enum_id": 41}]),
        (
            "smart_address",
            {"value": "Tverskaya", "enum_code": "address_line_1"},
            [{"value": "Tverskaya", "enum_id": 1}],
        ),
    ],
)
def test_a_value_that_is_taken(kind: str, sent: Any, expected: Any):
    assert one(IDS[kind], sent) == (expected, [])


@pytest.mark.parametrize(
    ("kind", "sent", "place"),
    [
        ("text", {"value": {"a": 1}}, "value"),
        ("text", {"value": "x" * 70_000}, "value"),
        ("numeric", {"value": "many"}, "value"),
        ("numeric", {"value": "nan"}, "value"),
        ("date", {"value": "tomorrow"}, "value"),
        ("date", {"value": 1e20}, "value"),
        ("date", {"value": "99999-01-01"}, "value"),
        ("multitext", {"value": "1", "enum_id": 9}, "enum_id"),
        ("multitext", {"value": "1", "enum_code": "CAR"}, "enum_code"),
        ("select", {"value": "Huge"}, "value"),
        ("select", {"enum_id": 41}, "enum_id"),
    ],
)
def test_a_value_that_is_refused(kind: str, sent: Any, place: str):
    assert one(IDS[kind], sent)[1] == [f"custom_fields_values.0.values.0.{place}"]


def test_a_field_is_named_by_id_or_code_and_an_unknown_one_is_told():
    found, flaws = kept(
        FIELDS,
        [
            Given(field_code="PHONE", values=[{"value": "1"}]),
            Given(field_id=7, field_code="PHONE", values=[]),
            Given(field_code="NONE", values=[]),
            Given(),
        ],
        MOSCOW,
    )
    assert list(found) == ["1101"]
    assert [flaw.path for flaw in flaws] == [
        "custom_fields_values.1.field_id",
        "custom_fields_values.2.field_code",
        "custom_fields_values.3.field_id",
    ]


def test_too_many_values_are_refused():
    assert one(1101, *({"value": str(n)} for n in range(251)))[1] == ["custom_fields_values.0.values"]


def test_null_or_no_values_clear_a_field():
    assert kept(FIELDS, [Given(field_id=1101, values=None)], MOSCOW)[0] == {"1101": []}


def test_what_is_shown():
    fields = {str(field.id): Showing.of(field) for field in FIELDS}
    stored: Any = {
        "1101": [{"value": "+79990001122", "enum_id": 2103}],
        "1200": [{"value": "Old name", "enum_id": 31}],
        "1300": [{"value": "x"}],
        "1301": [],
        "9999": [{"value": "of a field that was deleted"}],
    }
    assert msgspec.to_builtins(shown(fields, stored)) == [
        {
            "field_id": 1101,
            "field_name": "Phone",
            "field_code": "PHONE",
            "field_type": "multitext",
            "values": [{"value": "+79990001122", "enum_id": 2103, "enum_code": "MOB"}],
        },
        {
            "field_id": 1200,
            "field_name": "Kind",
            "field_code": "KIND",
            "field_type": "select",
            "values": [{"value": "Big", "enum_id": 31, "enum_code": "big"}],
        },
        {"field_id": 1300, "field_name": "text", "field_code": None, "field_type": "text", "values": [{"value": "x"}]},
    ]
    assert shown(fields, {}) is None


def test_every_account_has_a_phone_with_work():
    fields = {field["code"]: field for field in system_fields()}
    assert "WORK" in fields["PHONE"]["enums"]
    assert set(fields["PHONE"]["entities"]) == {Entity.contact, Entity.company}


def test_texts_of_a_field_by_its_code():
    stored: Any = {"1101": [{"value": "1"}, {"value": "2"}]}
    assert texts_by_code(FIELDS, stored, "PHONE") == ["1", "2"]
    assert texts_by_code(FIELDS, stored, "EMAIL") == []


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("numeric", "1e999"),
        ("numeric", "0x10"),
        ("numeric", "  "),
        ("numeric", 10**400),
        ("date", "1" * 400),
        ("date", [1]),
    ],
)
def test_numbers_and_moments_that_are_none(kind: str, sent: Any):
    found, wrong = one(IDS[kind], {"value": sent})
    assert (found, len(wrong)) == ([], 1)


def test_the_key_that_a_filter_looks_for():
    checkbox = next(field for field in FIELDS if field.type == "checkbox")
    assert sought_key(checkbox, "1") == f"f{checkbox.id}=true"
    assert sought_key(checkbox, "0") == f"f{checkbox.id}=false"
    assert sought_key(KIND, "31") == "f1200=31"


def test_a_choice_that_is_no_more_is_shown_as_it_was_kept():
    stored: Any = {"1200": [{"value": "Gone", "enum_id": 99}]}
    (told,) = shown({str(KIND.id): Showing.of(KIND)}, stored) or []
    assert told.values == [{"value": "Gone", "enum_id": 99}]
