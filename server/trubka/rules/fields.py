"""Custom fields: how a value that was sent becomes one that is kept, and how a kept one is shown (reference 3.3)."""

from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo
from typing import Any, cast

import msgspec

from trubka.errors import Flaw
from trubka.rules.entities import Entity
from trubka.rules.search import field_key

CHOICES = ("select", "radiobutton", "multiselect", "category")
SINGLE = ("select", "radiobutton")
DATES = ("date", "date_time", "birthday")
NUMBERS = (*DATES, "numeric", "price", "monetary")  # what a range can be asked of
OBJECTS = ("legal_entity", "items", "linked_entity", "chained_list", "file", "payer", "supplier")
MOST_VALUES = 250
LONGEST_VALUE = 65_536
DEFAULT_ENUM = "WORK"
LAST_MOMENT = 253_402_300_799  # the end of the year 9999
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
Kept = dict[str, list[dict[str, Any]]]


class Enum(msgspec.Struct, frozen=True):
    id: int
    value: str
    sort: int = 0
    code: str | None = None


class Field(msgspec.Struct, frozen=True):
    """A custom field of an account."""

    id: int
    name: str
    code: str | None
    type: str
    entities: tuple[int, ...]
    sort: int = 0
    group_id: str | None = None
    is_api_only: bool = False
    is_predefined: bool = False
    is_visible: bool = True
    is_required: bool = False
    settings: list[Any] | None = None
    remind: str | None = None
    currency: str | None = None
    enums: list[Enum] | None = None
    nested: list[Any] | None = None

    def code_of(self, enum: Enum) -> str | None:
        """In multitext fields (PHONE, EMAIL) the enum's value is its code: WORK, MOB …"""
        return enum.value if self.type == "multitext" else enum.code


class Given(msgspec.Struct, frozen=True):
    """One item of `custom_fields_values` as it was sent; the name and type that come along say nothing."""

    field_id: int | None = None
    field_code: str | None = None
    values: list[Any] | None = None


def kept(fields: list[Field], given: list[Given], zone: tzinfo) -> tuple[Kept, list[Flaw]]:
    """What to keep for each field that was sent; an empty list clears the field. `zone` is the account's."""
    by_id = {field.id: field for field in fields}
    by_code = {field.code: field for field in fields if field.code}
    found: Kept = {}
    flaws: list[Flaw] = []
    for index, each in enumerate(given):
        path = f"custom_fields_values.{index}"
        field = by_id.get(each.field_id) if each.field_id is not None else by_code.get(each.field_code or "")
        if field is None:
            place = "field_id" if each.field_id is not None or each.field_code is None else "field_code"
            flaws.append(choice_flaw(f"{path}.{place}"))
            continue
        values = each.values or []
        if len(values) > MOST_VALUES:
            flaws.append(Flaw("TooLong", f"{path}.values", f"This list should have {MOST_VALUES} items or less."))
            continue
        made = [value_of(field, value, zone, f"{path}.values.{place}", flaws) for place, value in enumerate(values)]
        found[str(field.id)] = [value for value in made if value is not None]
    return found, flaws


def choice_flaw(path: str) -> Flaw:
    return Flaw("NotSupportedChoice", path, "The value you selected is not a valid choice.")


def value_of(field: Field, sent: Any, zone: tzinfo, path: str, flaws: list[Flaw]) -> dict[str, Any] | None:
    item = cast(dict[str, Any], sent) if isinstance(sent, dict) else {"value": sent}
    value = item.get("value")
    if field.type in CHOICES or field.type == "smart_address":
        return enum_value(field, item, path, flaws)
    if value is None:
        return None
    if field.type in OBJECTS:
        return {"value": value}
    if isinstance(value, dict | list):
        flaws.append(Flaw("InvalidType", f"{path}.value", "This value should be of type string."))
        return None
    made: Any
    match field.type:
        case "checkbox":
            made = value in (True, 1, "1", "true", "Y")
        case "numeric" | "monetary" | "price":
            made = number_text(value)
        case kind if kind in DATES:
            made = moment(value, zone)
        case _:
            made = text_of(value)
    if made is None:
        flaws.append(Flaw("InvalidType", f"{path}.value", f"This value should be a valid {field.type}."))
        return None
    if field.type == "multitext":
        return multitext_value(field, item, made, path, flaws)
    return {"value": made}


def text_of(value: Any) -> str | None:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else None


def number_text(value: Any) -> str | None:
    """Numbers come back as strings, as they were written; PHP sends true and false for 1 and 0."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return str(int(number)) if isinstance(value, float) and number.is_integer() else str(value).strip()


def moment(value: Any, zone: tzinfo) -> int | None:
    """Unix seconds, or RFC 3339 text; what names no zone of its own is meant in the account's."""
    if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
        try:
            at = datetime.fromisoformat(value.strip())
            value = (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()
        except (ValueError, OverflowError):
            return None
    try:
        seconds = math.floor(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if -LAST_MOMENT <= seconds <= LAST_MOMENT else None


def enum_value(field: Field, item: dict[str, Any], path: str, flaws: list[Flaw]) -> dict[str, Any] | None:
    found = enum_of(field, item)
    if found is not None:
        return {
            "value": item.get("value") if field.type == "smart_address" else found.value,
            "enum_id": found.id,
        }
    if item.get("value") is None and item.get("enum_id") is None and item.get("enum_code") is None:
        return None
    flaws.append(choice_flaw(f"{path}.{'enum_id' if item.get('enum_id') is not None else 'value'}"))
    return None


def multitext_value(
    field: Field, item: dict[str, Any], made: str, path: str, flaws: list[Flaw]
) -> dict[str, Any] | None:
    enums = field.enums or []
    asked = item.get("enum_id") is not None or item.get("enum_code") is not None
    found = enum_of(field, {key: item.get(key) for key in ("enum_id", "enum_code")})
    if asked and found is None:
        flaws.append(choice_flaw(f"{path}.{'enum_id' if item.get('enum_id') is not None else 'enum_code'}"))
        return None
    found = found or next((enum for enum in enums if enum.value == DEFAULT_ENUM), enums[0] if enums else None)
    return {"value": made, "enum_id": found.id} if found else {"value": made}


def enum_of(field: Field, item: dict[str, Any]) -> Enum | None:
    """By id, by code, or by its text, in that order."""
    enums = field.enums or []
    if item.get("enum_id") is not None:
        return next((enum for enum in enums if str(enum.id) == str(item["enum_id"])), None)
    if item.get("enum_code") is not None:
        return next((enum for enum in enums if str(item["enum_code"]) in (enum.code, field.code_of(enum))), None)
    if item.get("value") is not None:
        return next((enum for enum in enums if enum.value == str(item["value"])), None)
    return None


def sought_key(field: Field, value: str) -> str:
    """The search key of a filter's value: a checkbox is asked for as 1 or 0."""
    if field.type == "checkbox":
        value = str(value.lower() in ("1", "true"))
    return field_key(field.id, value)


class ShownValue(msgspec.Struct):
    value: Any
    enum_id: int
    enum_code: str | None


class ShownField(msgspec.Struct):
    """One item of `custom_fields_values` as it is told."""

    field_id: int
    field_name: str
    field_code: str | None
    field_type: str
    values: list[Any]


class Showing(msgspec.Struct, frozen=True):
    """How one field is shown, made ready once: a list of 250 cards comes here a thousand times."""

    field: Field
    enums: dict[int, tuple[str | None, str | None]]  # by id: its text where it is the value, and its code

    @staticmethod
    def of(field: Field) -> Showing:
        chosen = field.type in CHOICES
        enums = field.enums or []
        return Showing(field, {e.id: (e.value, e.code) if chosen else (None, field.code_of(e)) for e in enums})

    def shown(self, values: list[dict[str, Any]]) -> ShownField:
        field, enums, told = self.field, self.enums, list[Any]()
        for value in values:
            enum_id = value.get("enum_id")
            if enum_id is None or (enum := enums.get(enum_id)) is None:
                told.append(value)
            else:
                text, code = enum
                told.append(ShownValue(value["value"] if text is None else text, enum_id, code))
        return ShownField(field.id, field.name, field.code, field.type, told)


def shown(fields: dict[str, Showing], stored: Kept) -> list[ShownField] | None:
    """`custom_fields_values` of a card: null when it has none."""
    return [
        showing.shown(values) for key, values in stored.items() if values and (showing := fields.get(key)) is not None
    ] or None


class Keying(msgspec.Struct, frozen=True):
    """Which of the fields of a kind of card give keys, by their numbers as cards keep them; made ready once."""

    phone: str | None
    mail: str | None
    others: dict[str, Field]

    @staticmethod
    def of(fields: list[Field]) -> Keying:
        codes = {field.code: str(field.id) for field in reversed(fields)}  # the first one of a code counts
        others = {str(f.id): f for f in fields if f.type not in OBJECTS and f.code not in ("PHONE", "EMAIL")}
        return Keying(codes.get("PHONE"), codes.get("EMAIL"), others)


def texts_by_code(fields: list[Field], stored: Kept, code: str) -> list[str]:
    """The values of PHONE or EMAIL, in their order."""
    field = next((field for field in fields if field.code == code), None)
    return [] if field is None else [str(value["value"]) for value in stored.get(str(field.id), ())]


def system_fields() -> list[dict[str, Any]]:
    """What every account has from its first day; PBX connectors refuse to start without PHONE and WORK."""
    people = [int(Entity.contact), int(Entity.company)]
    return [
        {"code": "POSITION", "type": "text", "entities": [int(Entity.contact)], "sort": 1, "enums": None},
        {
            "code": "PHONE",
            "type": "multitext",
            "entities": people,
            "sort": 4,
            "enums": ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"],
        },
        {
            "code": "EMAIL",
            "type": "multitext",
            "entities": people,
            "sort": 6,
            "enums": ["WORK", "PRIV", "OTHER"],
        },
        {
            "code": "IM",
            "type": "multitext",
            "entities": [int(Entity.contact)],
            "sort": 8,
            "enums": ["SKYPE", "ICQ", "JABBER", "GTALK", "MSN", "OTHER"],
        },
        {"code": "WEB", "type": "url", "entities": [int(Entity.company)], "sort": 10, "enums": None},
        {"code": "ADDRESS", "type": "textarea", "entities": [int(Entity.company)], "sort": 12, "enums": None},
    ]
