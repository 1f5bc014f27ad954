"""The old way to log calls: POST /api/v2/calls (reference 3.19.6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

import msgspec

from trubka.actions import calls as actions
from trubka.api import loose
from trubka.api.asked import Asked
from trubka.api.routes import Routes
from trubka.api.v4.calls import NOBODY, CallIn, check_numbers, origin_of, wish_of
from trubka.api.v4.cards import Moment
from trubka.errors import Flaw, FlawedItem, Invalid, Refused
from trubka.rules.notes import LONGEST_TEXT, Line, Link, Named

routes = Routes("/api/v2/calls")


class OldCall(msgspec.Struct, kw_only=True):
    phone_number: Named
    direction: Literal["inbound", "outbound"]
    uniq: Line | None = None
    duration: Annotated[int, msgspec.Meta(ge=0)] = 0
    source: Line = ""
    link: Link | None = None
    call_status: Annotated[int, msgspec.Meta(ge=0, le=8)] | None = None
    call_result: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | None = None
    call_responsible: int | Line | None = None
    responsible_user_id: int | None = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


@routes.on("POST", body=bytes, hidden=True)
async def add_old_calls(asked: Asked, raw: bytes) -> dict[str, Any]:
    """Logs calls; those with a number that nobody has come back in `errors`."""
    told = items_of(loose.tree_of(raw, asked.form))
    read, flawed = loose.reader(OldCall), list[FlawedItem]()
    given: list[OldCall] = []
    for index, item in enumerate(told):
        flaws: list[Flaw] = []
        given.append(read(item, "", flaws))
        if flaws:
            flawed.append(FlawedItem(loose.request_id_of(item, index), flaws))
    if flawed:
        raise Invalid(flawed)
    wishes = [wish_of(new_spelling(call), index) for index, call in enumerate(given)]
    check_numbers(wishes)
    logged = await actions.log(asked.db, asked.me, asked.account, origin_of(asked), wishes, asked.now)
    items: list[Any] = []
    errors: list[Any] = []
    for item, wish, found in zip(told, wishes, logged, strict=True):
        if found is None:
            errors.append({"msg": "Entity not found", "code": NOBODY, "item": item})
            continue
        link = {"href": f"/api/v2/notes?id={found.note_id}&type={found.entity.name}", "method": "get"}
        card = {"element_id": found.entity_id, "element_type": int(found.entity)}
        items.append({"id": found.note_id, **card, "phone_number": wish.number, "_links": {"self": link}})
    # One client takes the mere presence of `errors` for a failure.
    embedded = {"items": items} | ({"errors": errors} if errors else {})
    return {"_links": {"self": "/api/v2/calls", "method": "post"}, "_embedded": embedded}


def items_of(tree: object) -> list[object]:
    added = cast(dict[str, object], tree).get("add") if isinstance(tree, dict) else None
    found = loose.as_list(cast(object, added)) if isinstance(added, dict | list) else []
    if not found:
        raise Refused(loose.EMPTY)
    if len(found) > loose.ITEMS:
        raise Refused(f"No more than {loose.ITEMS} items are accepted in one request.")
    return found


def new_spelling(call: OldCall) -> CallIn:
    fields = msgspec.structs.asdict(call)
    return CallIn(phone=fields.pop("phone_number"), **fields)
