"""Calls that telephony integrations log: POST /api/v4/calls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from trubka.actions import calls as actions
from trubka.actions.calls import Logged
from trubka.api import hal
from trubka.api.asked import PROBLEM, Answer, Asked
from trubka.api.routes import Routes
from trubka.api.v4.cards import Moment
from trubka.errors import Flaw, FlawedItem, Invalid
from trubka.rules import calls as rules
from trubka.rules import phones
from trubka.rules.notes import LONGEST_TEXT, Line, Link, Named

routes = Routes("/api/v4/calls")

NOBODY = 263  # amoCRM's old number of "Entity not found"
DIRECTIONS = {"inbound": rules.Direction.inbound, "outbound": rules.Direction.outbound}


class CallIn(msgspec.Struct, kw_only=True):
    """A call that is over. Integrations leave out what they do not know, or send null for it."""

    direction: Literal["inbound", "outbound"]
    phone: Named
    duration: Annotated[int, msgspec.Meta(ge=0)]
    source: Line
    uniq: Line | None = None
    link: Link | None = None
    call_responsible: int | Line | None = None
    call_result: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | None = None
    call_status: Annotated[int, msgspec.Meta(ge=0, le=8)] | None = None
    responsible_user_id: int | None = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    request_id: str | None = None


class OfCard(msgspec.Struct):
    entity: hal.Ref


class AddedCall(msgspec.Struct, kw_only=True):
    """`id` is the note's."""

    id: int
    entity_id: int
    entity_type: str
    account_id: int
    request_id: str
    embedded: OfCard = msgspec.field(name="_embedded")


class UnknownNumber(msgspec.Struct, kw_only=True):
    """A call with a number that nobody has: it is not stored."""

    title: str = "Entity not found"
    status: int = NOBODY
    detail: str = ""
    request_id: str


class AddedCalls(msgspec.Struct):
    calls: list[AddedCall]


class CallsTold(msgspec.Struct):
    total_items: int = msgspec.field(name="_total_items")
    errors: list[UnknownNumber]
    embedded: AddedCalls = msgspec.field(name="_embedded")


@routes.on("POST", body=list[CallIn], answer=CallsTold, refused=CallsTold)
async def add_calls(asked: Asked, batch: list[CallIn]) -> Answer | CallsTold:
    """Logs calls on the cards that they belong to; 400 with the same shape when nobody has any of the numbers."""
    wishes = [wish_of(call, index) for index, call in enumerate(batch)]
    check_numbers(wishes)
    logged = await actions.log(asked.db, asked.me, asked.account, origin_of(asked), wishes, asked.now)
    told = CallsTold(0, [], AddedCalls([]))
    for wish, found in zip(wishes, logged, strict=True):
        if found is None:
            told.errors.append(UnknownNumber(request_id=wish.request_id))
        else:
            told.embedded.calls.append(shown(asked, wish.request_id, found))
    told.total_items = len(told.embedded.calls)
    return told if told.total_items else Answer(told, 400, PROBLEM)


def shown(asked: Asked, request_id: str, logged: Logged) -> AddedCall:
    card = hal.Ref(logged.entity_id, asked.link(f"/api/v4/{logged.entity.plural}/{logged.entity_id}"))
    return AddedCall(
        id=logged.note_id,
        entity_id=logged.entity_id,
        entity_type=logged.entity.name,
        account_id=asked.account_id,
        request_id=request_id,
        embedded=OfCard(card),
    )


def wish_of(call: CallIn, index: int) -> rules.Asked:
    return rules.Asked(
        direction=DIRECTIONS[call.direction],
        number=call.phone,
        seconds=call.duration,
        uniq=call.uniq,
        link=call.link,
        result=call.call_result,
        status=call.call_status,
        who=call.call_responsible,
        created_by=call.created_by,
        responsible_user_id=call.responsible_user_id,
        updated_by=call.updated_by,
        created_at=call.created_at,
        updated_at=call.updated_at,
        params=params_of(call),
        request_id=str(index) if call.request_id is None else call.request_id,
    )


def params_of(call: CallIn) -> dict[str, Any]:
    """What the note holds: word for word what was posted, every key of it."""
    return {
        "uniq": call.uniq,
        "duration": call.duration,
        "source": call.source,
        "link": call.link,
        "phone": call.phone,
        "call_result": call.call_result,
        "call_status": call.call_status,
        "call_responsible": call.call_responsible,
    }


def check_numbers(wishes: list[rules.Asked]) -> None:
    flaw = Flaw("InvalidValue", "phone", "This value should have a digit.")
    wrong = [FlawedItem(wish.request_id, [flaw]) for wish in wishes if not phones.digits_of(wish.number)]
    if wrong:
        raise Invalid(wrong)


def origin_of(asked: Asked) -> str:
    """Who tells of a call: the integration, else the one token, else the person in a browser."""
    claims = asked.claims
    if claims is None:
        return f"user:{asked.me.user_id}"
    return claims.client_id or str(claims.grant_id)
