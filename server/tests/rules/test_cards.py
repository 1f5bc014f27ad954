"""Cards: names, tags, keys, and what the log tells of a change."""

from typing import Any

import pytest

from trubka.rules.cards import (
    changed_columns,
    changed_since,
    events_of_change,
    field_key,
    keyed,
    may_touch,
    name_of,
    split_name,
    tags_after,
)
from trubka.rules.entities import Entity
from trubka.rules.fields import Enum, Field, Keying, Showing
from trubka.rules.rights import CardRights, Me, Rights, StatusLevels, StatusRights

PHONE = Field(1101, "Phone", "PHONE", "multitext", (1, 3), enums=[Enum(2101, "WORK")])
EMAIL = Field(1102, "Email", "EMAIL", "multitext", (1, 3), enums=[Enum(2111, "WORK")])
KIND = Field(1200, "Kind", "KIND", "select", (1,), enums=[Enum(31, "Big")])
NOTE = Field(1201, "Note", None, "text", (1,))
FIRM = Field(1202, "Firm", None, "legal_entity", (1,))
FIELDS = [PHONE, EMAIL, KIND, NOTE, FIRM]


@pytest.mark.parametrize(
    ("first", "last", "order", "name"),
    [
        ("Ivan", "Sidorov", 1, "Ivan Sidorov"),
        ("Ivan", "Sidorov", 2, "Sidorov Ivan"),
        ("Ivan", "", 2, "Ivan"),
        ("", "", 1, ""),
    ],
)
def test_a_name_of_two_parts(first: str, last: str, order: int, name: str):
    assert name_of(first, last, order) == name


@pytest.mark.parametrize(
    ("name", "order", "parts"),
    [
        ("Ivan Sidorov", 1, ("Ivan", "Sidorov")),
        ("Sidorov Ivan", 2, ("Ivan", "Sidorov")),
        (" Ivan  Petrovich Sidorov ", 1, ("Ivan", "Petrovich Sidorov")),
        ("Ivan", 2, ("Ivan", "")),
        ("", 1, ("", "")),
    ],
)
def test_a_whole_name_in_two_parts(name: str, order: int, parts: tuple[str, str]):
    assert split_name(name, order) == parts


@pytest.mark.parametrize(
    ("now", "whole", "more", "less", "after"),
    [
        ([1, 2], None, [], [], [1, 2]),
        ([1, 2], [], [], [], []),
        ([1, 2], [3], [], [], [3]),
        ([1, 2], None, [3, 1], [2], [1, 3]),
        ([1], [2, 2], [3], [2], [3]),
    ],
)
def test_tags(now: list[int], whole: list[int] | None, more: list[int], less: list[int], after: list[int]):
    assert tags_after(now, whole, more, less) == after


def test_what_a_card_is_found_by():
    stored: Any = {
        "1101": [{"value": "+7 (999) 000-11-22", "enum_id": 2101}, {"value": "none"}],
        "1102": [{"value": "Ivan@acme.example", "enum_id": 2111}],
        "1200": [{"value": "Big", "enum_id": 31}],
        "1201": [{"value": "Likes Tea"}],
        "1202": [{"value": {"name": "Acme"}}],
        "9999": [{"value": "of a field that was deleted"}],
    }
    found = keyed("Ivan Sidorov", Keying.of(FIELDS), stored, "RU")
    assert found.digits == {"79990001122"}
    assert {"f1200=31", "f1201=likes tea"} <= found.keys
    assert not any("acme'" in key or "deleted" in key for key in found.keys)
    assert "sidorov" in found.words


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        (KIND, {"value": "Big", "enum_id": 31}, "f1200=31"),
        (NOTE, {"value": "Ёлка"}, "f1201=елка"),
    ],
)
def test_the_key_of_a_field(field: Field, value: dict[str, Any], key: str):
    assert field_key(field, value) == key


def test_numbers_mails_and_objects_have_no_keys_of_that_kind():
    keying = Keying.of([PHONE, EMAIL, FIRM, KIND, NOTE])
    assert (keying.phone, keying.mail) == (str(PHONE.id), str(EMAIL.id))
    assert list(keying.others) == [str(KIND.id), str(NOTE.id)]


def lead(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"id": 9, "name": "A", "price": 5, "tags": [1], "fields": {}, "words": "a"}
    place = {"responsible_user_id": 1, "pipeline_id": 3, "status_id": 40, "updated_by": 7, "updated_at": 100}
    return row | place | changes


CHANGES: list[tuple[Entity, dict[str, Any], str, list[Any], list[Any]]] = [
    (
        Entity.lead,
        {"status_id": 142},
        "lead_status_changed",
        [{"lead_status": {"id": 142, "pipeline_id": 3}}],
        [{"lead_status": {"id": 40, "pipeline_id": 3}}],
    ),
    (
        Entity.customer,
        {"status_id": 41},
        "customer_status_changed",
        [{"customer_status": {"id": 41}}],
        [{"customer_status": {"id": 40}}],
    ),
    (
        Entity.contact,
        {"responsible_user_id": 2},
        "entity_responsible_changed",
        [{"responsible_user": {"id": 2}}],
        [{"responsible_user": {"id": 1}}],
    ),
    (
        Entity.contact,
        {"name": "B"},
        "name_field_changed",
        [{"name_field_value": {"name": "B"}}],
        [{"name_field_value": {"name": "A"}}],
    ),
    (
        Entity.lead,
        {"price": 6},
        "sale_field_changed",
        [{"sale_field_value": {"sale": 6}}],
        [{"sale_field_value": {"sale": 5}}],
    ),
    (Entity.lead, {"tags": [1, 2]}, "entity_tag_added", [{"tag": {"name": "two"}}], []),
    (Entity.lead, {"tags": []}, "entity_tag_deleted", [], [{"tag": {"name": "one"}}]),
    (
        Entity.contact,
        {"fields": {"1200": [{"value": "Big", "enum_id": 31}]}},
        "custom_field_1200_value_changed",
        [{"custom_field_value": {"field_id": 1200, "field_type": 4, "enum_id": 31, "text": "Big"}}],
        [],
    ),
]


@pytest.mark.parametrize(("entity", "change", "kind", "after", "before"), CHANGES, ids=[case[2] for case in CHANGES])
def test_the_log_of_a_change(entity: Entity, change: dict[str, Any], kind: str, after: Any, before: Any):
    (event,) = events_of_change(entity, lead(), lead(**change), {1: "one", 2: "two"}, FIELDS)
    assert (event.type, event.value_after, event.value_before) == (kind, after, before)
    assert (event.entity, event.entity_id, event.created_by, event.created_at) == (entity, 9, 7, 100)


def test_nothing_changed_tells_nothing():
    assert events_of_change(Entity.lead, lead(), lead(updated_at=200), {}, FIELDS) == []
    assert changed_columns(lead(), lead(updated_at=200, updated_by=8, words="b")) == ()
    assert changed_columns(lead(), lead(price=6, name="B")) == ("name", "price")


def test_a_card_is_touched_by_the_rights_of_its_owner_and_its_status():
    rights = Rights(leads=CardRights("M", "M"), status_rights=[StatusRights(3, 40, StatusLevels("D", "D", "D"))])
    me = Me(31, 1, False, (1,), rights)
    assert may_touch(me, "view", Entity.lead, lead(status_id=41))
    assert not may_touch(me, "view", Entity.lead, lead())
    assert may_touch(me, "edit", Entity.customer, lead())
    assert not may_touch(me, "edit", Entity.customer, lead(responsible_user_id=2))


@pytest.mark.parametrize(
    ("seen", "changed"),
    [
        ({"name": "Ivan", "price": 5}, []),
        ({"name": "Pyotr"}, ["name"]),
        ({"nothing": 1, "fields": None}, []),
        ({"fields": [1]}, []),
        ({"fields": {"1201": [{"value": "x"}], "1200": [{"value": "Big", "enum_id": 31, "enum_code": None}]}}, []),
        ({"fields": {"1201": [{"value": "y"}]}}, ["1201"]),
        ({"fields": {"1101": None}}, []),
        ({"fields": {"1101": [{"value": "+7"}]}}, ["1101"]),
        ({"fields": {"9999": [{"value": "gone"}]}}, []),
    ],
)
def test_what_was_changed_since_it_was_seen(seen: dict[str, Any], changed: list[str]):
    row = {"name": "Ivan", "price": 5, "fields": {"1201": [{"value": "x"}], "1200": [{"value": "Big", "enum_id": 31}]}}
    assert changed_since(row, seen, {str(field.id): Showing.of(field) for field in FIELDS}) == changed
