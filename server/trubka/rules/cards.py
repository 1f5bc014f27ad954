"""What is asked of a card when it is made or changed, and what follows from it: keys, tags, names, differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from trubka.rules import phones, search
from trubka.rules.bonds import Bond
from trubka.rules.entities import Entity
from trubka.rules.facts import Event
from trubka.rules.fields import CHOICES, Field, Given, Kept, Keying, Showing
from trubka.rules.rights import Deed, Me, may_card

MOST_TAGS = 250
LONGEST_NAME = 1_000


class Tag(msgspec.Struct, frozen=True):
    """By number or by name; a name that does not exist yet is made."""

    id: int | None = None
    name: str | None = None


class Asked(msgspec.Struct, kw_only=True):
    """A new card, or the changes to one. What is None stays as it is, or takes its default when new."""

    id: int | None = None
    request_id: str = "0"
    name: str | None = None
    responsible_user_id: int | None = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    given: list[Given] = []
    tags: list[Tag] | None = None  # the whole set
    tags_to_add: list[Tag] = []
    tags_to_delete: list[Tag] = []
    bonds: list[Bond] = []  # what a new card is bound to from the start; its own number is not known yet
    more: dict[str, Any] = {}  # the columns that only this kind of card has


def may_touch(me: Me, action: Deed, entity: Entity, row: Mapping[str, Any]) -> bool:
    """Whether one may see, change or delete this card, as it stands in its table."""
    pipeline_id, status_id = (row["pipeline_id"], row["status_id"]) if entity is Entity.lead else (0, 0)
    return may_card(me, action, entity, (row["responsible_user_id"], pipeline_id, status_id))


def name_of(first: str, last: str, order: int) -> str:
    """1: first name, then last name; 2: the other way round."""
    parts = (first, last) if order == 1 else (last, first)
    return " ".join(part for part in parts if part)


def split_name(name: str, order: int) -> tuple[str, str]:
    """(first, last) of a whole name: the first word is the first name, unless the account puts the last one first."""
    head, _, tail = name.strip().partition(" ")
    return (head, tail.strip()) if order == 1 or not tail else (tail.strip(), head)


class Keyed(msgspec.Struct, frozen=True):
    """What a card is found by."""

    keys: frozenset[str]
    digits: frozenset[str]
    words: str


def keyed(name: str, keying: Keying, stored: Kept, country: str) -> Keyed:
    """Search keys of a card, from its name, phones, e-mails and other fields."""
    numbers = [phones.digits_of(str(value["value"])) for value in stored.get(keying.phone or "", ())]
    mails = [str(value["value"]) for value in stored.get(keying.mail or "", ())]
    words = search.words_of(name, *mails)
    spelled = search.numbers_of(numbers, country)
    keys = search.keys_of(name, words, spelled, mails)
    for key, values in stored.items():
        if (field := keying.others.get(key)) is not None:
            keys += [field_key(field, value) for value in values]
    digits = frozenset([number[-search.LONGEST_NUMBER :] for number in numbers if number])
    return Keyed(frozenset(keys), digits, search.text_of(words, spelled))


def field_key(field: Field, value: dict[str, Any]) -> str:
    """A choice is found by its number; phones and e-mails have keys of their own, an object is not searched."""
    return search.field_key(field.id, value["enum_id"] if field.type in CHOICES else value["value"])


def tags_after(now: list[int], whole: list[int] | None, more: list[int], less: list[int]) -> list[int]:
    """The whole set when it was given; then what is added, then what is taken away."""
    kept = dict.fromkeys(now if whole is None else whole)
    kept |= dict.fromkeys(more)
    return [tag for tag in kept if tag not in less]


def events_of_change(
    entity: Entity,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    tag_names: Mapping[int, str],
    fields: list[Field],
) -> list[Event]:
    """The lines of the log that tell what is different now."""
    found: list[Event] = []

    def tell(kind: str, after: list[Any], before: list[Any]) -> None:
        found.append(Event(kind, entity, new["id"], new["updated_by"], new["updated_at"], after, before))

    if entity is Entity.lead and (old["pipeline_id"], old["status_id"]) != (
        new["pipeline_id"],
        new["status_id"],
    ):
        tell(
            "lead_status_changed",
            [{"lead_status": {"id": new["status_id"], "pipeline_id": new["pipeline_id"]}}],
            [{"lead_status": {"id": old["status_id"], "pipeline_id": old["pipeline_id"]}}],
        )
    if entity is Entity.customer and old["status_id"] != new["status_id"]:
        after, before = ({"customer_status": {"id": each["status_id"]}} for each in (new, old))
        tell("customer_status_changed", [after], [before])
    if old["responsible_user_id"] != new["responsible_user_id"]:
        after, before = ({"responsible_user": {"id": each["responsible_user_id"]}} for each in (new, old))
        tell("entity_responsible_changed", [after], [before])
    if old["name"] != new["name"]:
        after, before = ({"name_field_value": {"name": each["name"]}} for each in (new, old))
        tell("name_field_changed", [after], [before])
    if entity is Entity.lead and old["price"] != new["price"]:
        after, before = ({"sale_field_value": {"sale": each["price"]}} for each in (new, old))
        tell("sale_field_changed", [after], [before])
    for tag in new["tags"]:
        if tag not in old["tags"]:
            tell("entity_tag_added", [{"tag": {"name": tag_names.get(tag, "")}}], [])
    for tag in old["tags"]:
        if tag not in new["tags"]:
            tell("entity_tag_deleted", [], [{"tag": {"name": tag_names.get(tag, "")}}])
    for field in fields:
        values_before: list[dict[str, Any]] = old["fields"].get(str(field.id)) or []
        values_after: list[dict[str, Any]] = new["fields"].get(str(field.id)) or []
        if values_before != values_after:
            tell(
                f"custom_field_{field.id}_value_changed",
                values_told(field, values_after),
                values_told(field, values_before),
            )
    return found


def values_told(field: Field, values: list[dict[str, Any]]) -> list[Any]:
    return [
        {
            "custom_field_value": {
                "field_id": field.id,
                "field_type": FIELD_NUMBERS.get(field.type, 0),
                "enum_id": value.get("enum_id"),
                "text": str(value["value"]),
            }
        }
        for value in values
    ]


FIELD_NUMBERS = {  # v2's numbers of field types
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
}


def changed_columns(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What is different, by column; who and when does not count."""
    return tuple(key for key in new if key not in ("updated_at", "updated_by", "words") and old[key] != new[key])


def changed_since(row: Mapping[str, Any], seen: Mapping[str, Any], showings: Mapping[str, Showing]) -> list[str]:
    """What is different from what somebody has seen: columns by their names, and under `fields` custom fields by their
    numbers, with the values as they were shown."""
    found = [name for name, value in seen.items() if name != "fields" and name in row and row[name] != value]
    fields: Any = seen.get("fields")
    told = cast(Mapping[str, Any], fields if isinstance(fields, dict) else {})
    for key, values in told.items():
        if (showing := showings.get(key)) is not None:
            now = msgspec.to_builtins(showing.shown(row["fields"].get(key) or []).values)
            if now != (values or []):
                found.append(key)
    return found
