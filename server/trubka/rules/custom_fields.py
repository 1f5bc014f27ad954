"""What a custom field may be: the types that one can make, what each of them needs, and what stays as it was made."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from trubka.errors import Flaw
from trubka.rules.fields import CHOICES, OBJECTS, Enum, Field, choice_flaw

MOST_FIELDS = 250  # of a kind of card
MOST_ENUMS = 500  # of a field
STEP = 10  # of `sort`, where none is given
REMINDS = ("never", "day", "week", "month")
CURRENCY = re.compile(r"[A-Z]{3}")
# Phones and e-mails are the system's: there is one field of each, and a number is found by it.
SYSTEM_CODES = ("PHONE", "EMAIL")
PLAIN = ("text", "numeric", "checkbox", "date", "url", "textarea", "streetaddress", "smart_address", "birthday")
MORE = ("date_time", "price", "monetary", "tracking_data", "org_legal_name")
TYPES = frozenset((*PLAIN, *MORE, *CHOICES, *OBJECTS))
ADDRESS = ("address_line_1", "address_line_2", "city", "state", "zip", "country")


class EnumWish(msgspec.Struct, frozen=True):
    """One value of a list; without a number it is new."""

    value: str
    id: int | None = None
    sort: int | None = None
    code: str | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A new field, or the changes to one. What is None takes its default, or stays as it is."""

    id: int | None = None
    request_id: str = "0"
    name: str | None = None
    type: str | None = None
    code: str | None = None
    sort: int | None = None
    group_id: str | None = None
    is_api_only: bool | None = None
    is_visible: bool | None = None
    is_required: bool | None = None
    settings: list[Any] | None = None
    remind: str | None = None
    currency: str | None = None
    nested: list[Any] | None = None
    enums: list[EnumWish] | None = None


def flaws_of_new(wish: Wish, codes: Collection[str]) -> list[Flaw]:
    flaws = flaws_of(wish, codes, None)
    if wish.type not in TYPES:
        flaws.append(choice_flaw("type"))
    elif wish.type in CHOICES and not wish.enums:
        flaws.append(Flaw("FieldMissing", "enums", "A list has at least one value."))
    return flaws


def flaws_of_change(wish: Wish, field: Field, codes: Collection[str]) -> list[Flaw]:
    """`codes` are those of the other fields. What comes back as it was read changes nothing."""
    flaws = flaws_of(wish, codes, field)
    if wish.type not in (None, field.type):
        flaws.append(Flaw("InvalidValue", "type", "The type of a field stays as it was made."))
    if wish.enums is not None:
        left = {enum.id for enum in field.enums or ()}
        for place, each in enumerate(wish.enums):
            if each.id is not None and each.id not in left:
                flaws.append(choice_flaw(f"enums.{place}.id"))
            left.discard(each.id)  # one that comes twice would be two values of one number
        if field.type in CHOICES and not wish.enums:
            flaws.append(Flaw("FieldMissing", "enums", "A list has at least one value."))
        told = {(each.id, each.value) for each in wish.enums}
        if field.is_predefined and told != {(enum.id, enum.value) for enum in field.enums or ()}:
            flaws.append(Flaw("InvalidValue", "enums", "The values of this field belong to the system."))
    return flaws


def flaws_of(wish: Wish, codes: Collection[str], field: Field | None) -> list[Flaw]:
    flaws: list[Flaw] = []
    if wish.code and wish.code != (field.code if field else None):
        if wish.code in SYSTEM_CODES or (field and field.is_predefined):
            flaws.append(Flaw("InvalidValue", "code", "This code belongs to a field of the system."))
        elif wish.code in codes:
            flaws.append(Flaw("InvalidValue", "code", "There is a field with this code already."))
    if wish.remind is not None and wish.remind not in REMINDS:
        flaws.append(choice_flaw("remind"))
    if wish.currency and not CURRENCY.fullmatch(wish.currency):
        flaws.append(Flaw("InvalidValue", "currency", "A currency is three capital letters, such as RUB."))
    texts = [each.value for each in wish.enums or ()]
    for place, text in enumerate(texts):
        if text in texts[:place]:
            flaws.append(Flaw("InvalidValue", f"enums.{place}.value", "This value stands in the list already."))
    return flaws


def enums_of(type_: str, wishes: Sequence[EnumWish] | None) -> list[dict[str, Any]] | None:
    """The values of a list in their order; a new one gets its number where it is written. An address has its lines."""
    if type_ == "smart_address":
        lines = enumerate(ADDRESS, start=1)
        return [{"id": place, "value": code, "sort": place, "code": code} for place, code in lines]
    if wishes is None or (type_ not in CHOICES and type_ != "multitext"):
        return None
    places = {index: index * STEP if each.sort is None else each.sort for index, each in enumerate(wishes)}
    order = sorted(places, key=lambda index: (places[index], index))
    return [
        {"id": wishes[index].id, "value": wishes[index].value, "sort": places[index], "code": wishes[index].code}
        for index in order
    ]


def columns_of(wish: Wish, sort: int, currency: str) -> dict[str, Any]:
    """The row of a new field; its values get numbers of their own, whatever numbers they come with."""
    assert wish.type is not None
    enums = None if wish.enums is None else [msgspec.structs.replace(each, id=None) for each in wish.enums]
    return {
        "name": wish.name,
        "code": wish.code or None,
        "type": wish.type,
        "sort": sort if wish.sort is None else wish.sort,
        "group_id": wish.group_id or None,
        "is_api_only": bool(wish.is_api_only),
        "is_visible": wish.is_visible is not False,
        "is_required": bool(wish.is_required),
        "settings": wish.settings,
        "remind": (wish.remind or REMINDS[0]) if wish.type == "birthday" else None,
        "currency": (wish.currency or currency) if wish.type == "monetary" else None,
        "nested": wish.nested,
        "enums": enums_of(wish.type, enums),
    }


def columns_after(wish: Wish, field: Field) -> dict[str, Any]:
    """The row of a field that is changed: what was not given is as before."""
    now = {name: getattr(wish, name) for name in CHANGING if getattr(wish, name) is not None}
    before = {name: getattr(field, name) for name in CHANGING}
    enums: Sequence[EnumWish | Enum] | None = field.enums if wish.enums is None else wish.enums
    kept = None if enums is None else [EnumWish(each.value, each.id, each.sort, each.code) for each in enums]
    return {"id": field.id, **before, **now, "enums": enums_of(field.type, kept)}


CHANGING = (
    "name",
    "code",
    "sort",
    "group_id",
    "is_api_only",
    "is_visible",
    "is_required",
    "settings",
    "remind",
    "currency",
    "nested",
)
