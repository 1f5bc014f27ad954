"""The notification that a call rings: POST /api/v2/events, as old integrations send it, and the same under /api/v4."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from trubka.actions import notices
from trubka.actions.notices import Noticed
from trubka.api import loose
from trubka.api.asked import Answer, Asked
from trubka.api.loose import as_list
from trubka.api.routes import Items, Routes
from trubka.errors import Flaw, FlawedItem, Invalid, Refused
from trubka.rules.notes import LONGEST_LINE

routes = Routes()

MOST = 100  # notifications of a request
MOST_USERS = 10_000
DIGITS = re.compile(r"[0-9]{1,18}")


class Noted(msgspec.Struct, kw_only=True):
    """`element_type`: 1 contact, 2 lead, 3 company, 12 customer; null when nobody has the number."""

    element_id: int | None
    element_type: int | None
    uid: str
    phone_number: str


class NotedV4(Noted, kw_only=True):
    entity_id: int | None
    entity_type: str | None
    request_id: str


@routes.on("POST", "/api/v2/events", body=bytes, answer=Items("items", Noted), status=202, hidden=True)
async def announce_v2(asked: Asked, raw: bytes) -> dict[str, Any]:
    """Tells users that a number rings, with the card that it belongs to."""
    wishes, _ = wishes_of(asked, raw)
    return {
        "_links": {"self": {"href": "/api/v2/events", "method": "post"}},
        "_embedded": {"items": [noted(*pair) for pair in zip(wishes, await announced(asked, wishes), strict=True)]},
    }


@routes.on("POST", "/api/v4/events", body=bytes, answer=Items("items", NotedV4))
async def announce_call(asked: Asked, raw: bytes) -> Answer | dict[str, Any]:
    """Tells users that a number rings, with the card that it belongs to."""
    wishes, keys = wishes_of(asked, raw)
    found = await announced(asked, wishes)
    items = [
        NotedV4(
            **msgspec.structs.asdict(noted(wish, each)),
            entity_id=each.card[1] if each.card else None,
            entity_type=each.card[0].name if each.card else None,
            request_id=key,
        )
        for wish, each, key in zip(wishes, found, keys, strict=True)
    ]
    return {"_total_items": len(items), "_links": asked.link(asked.path), "_embedded": {"items": items}}


async def announced(asked: Asked, wishes: list[notices.Asked]) -> list[Noticed]:
    seconds = asked.site.settings.notice_seconds
    return await notices.announce(asked.db, asked.me, asked.account, wishes, asked.now, seconds)


def noted(wish: notices.Asked, found: Noticed) -> Noted:
    entity, card_id = found.card or (None, None)
    return Noted(
        element_id=card_id,
        element_type=None if entity is None else int(entity),
        uid=str(found.id),
        phone_number=wish.number,
    )


def wishes_of(asked: Asked, raw: bytes) -> tuple[list[notices.Asked], list[str]]:
    """`{"add": […]}`, a bare list or a single one, as JSON or as a form; and their request_ids."""
    tree: object = loose.tree_of(raw, asked.form)
    if isinstance(tree, dict) and "add" in tree:
        tree = cast(dict[str, object], tree)["add"]
    told = as_list(cast(object, tree))
    if not told:
        raise Refused(loose.EMPTY)
    if len(told) > MOST:
        raise Refused(f"No more than {MOST} items are accepted in one request.")
    wishes: list[notices.Asked] = []
    keys = [loose.request_id_of(item, index) for index, item in enumerate(told)]
    flawed: list[FlawedItem] = []
    for key, item in zip(keys, told, strict=True):
        given = cast(dict[str, object], item) if isinstance(item, dict) else {}
        number = text_of(given.get("phone_number"))
        if given.get("type") != "phone_call":
            flawed.append(FlawedItem(key, [Flaw("NotSupportedChoice", "type", "The only type is phone_call.")]))
        elif not number or len(number) > LONGEST_LINE or "\0" in number:
            flawed.append(FlawedItem(key, [Flaw("FieldMissing", "phone_number", "This value should not be blank.")]))
        wishes.append(notices.Asked(number=number, users=users_of(given.get("users"))))
    if flawed:
        raise Invalid(flawed)
    return wishes, keys


def text_of(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def users_of(value: object) -> list[int] | None:
    """A list, a PHP array, a number, a text, a text with quotes in it: the digits count. Nothing means everybody."""
    listed: list[object] = []
    if isinstance(value, dict):
        listed = list(cast(dict[str, object], value).values())
    elif isinstance(value, list):
        listed = cast(list[object], value)
    elif value is not None:
        listed = [value]
    found = [int(digits) for each in listed[:MOST_USERS] for digits in DIGITS.findall(text_of(each))]
    return list(dict.fromkeys(found)) if any(text_of(each).strip() for each in listed) else None
