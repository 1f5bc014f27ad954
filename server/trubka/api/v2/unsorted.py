"""The unsorted as the second version of the API has it: /api/v2/incoming_leads (reference 3.23.4). The items and deeds
of /api/v4/leads/unsorted in older words: `from` is who called, `to` the user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, cast

import msgspec

from trubka.actions import unsorted as actions
from trubka.actions.unsorted import Wish
from trubka.api import loose
from trubka.api.asked import Asked
from trubka.api.query import int_of
from trubka.api.routes import Routes
from trubka.api.v2.calls import items_of
from trubka.api.v4 import calls, cards, companies, contacts, leads
from trubka.api.v4 import unsorted as v4
from trubka.api.v4.cards import Face, Moment, TagIn, Text
from trubka.db import unsorted
from trubka.db.unsorted import Wanted
from trubka.errors import Flaw, FlawedItem, Forbidden, Invalid, NotFound, Refused
from trubka.rules import cards as card_rules
from trubka.rules.calls import LONGEST_TALK
from trubka.rules.cards import LONGEST_NAME
from trubka.rules.entities import Entity
from trubka.rules.fields import Given
from trubka.rules.notes import Line, Link
from trubka.rules.unsorted import Category

BASE = "/api/v2/incoming_leads"
ROWS = 500  # a page
MOST_SKIPPED = 10_000  # rows before a page
MOST_DECIDED = 50  # items in one request
CATEGORIES = {"form": "forms"}  # the older spelling
EACH = {Entity.lead: "leads", Entity.contact: "contacts", Entity.company: "companies"}

routes = Routes(BASE)

Json = dict[str, Any]
T = TypeVar("T")
One = Annotated[list[T], msgspec.Meta(max_length=1)]


class OldField(msgspec.Struct):
    id: int
    values: list[Any] | None = None


class OldCard(msgspec.Struct, kw_only=True):
    name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    responsible_user_id: int | None = None
    created_by: int | None = None
    created_at: Moment | None = None
    tags: list[Text] | Text | None = None
    custom_fields: list[OldField] | None = None
    sale: int | None = None
    price: int | None = None


class OldCards(msgspec.Struct):
    leads: One[OldCard] | None = None
    contacts: One[OldCard] | None = None
    companies: One[OldCard] | None = None


class OldCallInfo(msgspec.Struct, kw_only=True):
    caller: Line | None = msgspec.field(name="from", default=None)
    to: int | Line | None = None
    date_call: Moment | None = None
    duration: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_TALK)] | None = None
    link: Link | None = None
    service_code: Line | None = None
    uniq: Line | None = None
    add_note: bool | Text | None = None  # many send the text of a note


class OldFormInfo(msgspec.Struct, kw_only=True):
    form_id: Line | None = None
    form_name: Line | None = None
    form_page: Link | None = None
    form_send_at: Moment | None = None
    form_type: Line | None = None
    ip: Line | None = None
    referer: Link | None = None
    visitor_uid: Line | None = None


class OldItem(msgspec.Struct, kw_only=True):
    source_uid: Line | None = None
    source_name: Line | None = None
    pipeline_id: int | None = None
    created_at: Moment | None = None
    request_id: str | None = None
    incoming_entities: OldCards | None = None


class OldCall(OldItem, kw_only=True):
    incoming_lead_info: OldCallInfo | None = None


class OldForm(OldItem, kw_only=True):
    incoming_lead_info: OldFormInfo | None = None


class AcceptIn(msgspec.Struct):
    accept: list[str]
    user_id: int | None = None
    status_id: int | None = None


class DeclineIn(msgspec.Struct):
    decline: list[str]
    user_id: int | None = None


# Putting in.


@routes.on("POST", "/sip", body=bytes, hidden=True)
async def add_old_unsorted_calls(asked: Asked, raw: bytes) -> Json:
    """Answered calls of numbers that nobody has."""

    def wish(index: int, item: OldCall) -> Wish:
        told = item.incoming_lead_info or OldCallInfo()
        found = wish_of(index, "sip", item)
        new = v4.SipMetadataIn(
            caller=told.caller,
            call_responsible=told.to,
            called_at=told.date_call,
            duration=told.duration,
            link=told.link,
            service_code=told.service_code,
            uniq=told.uniq,
        )
        found.metadata = v4.kept_of_call(asked, new, item.created_at)
        found.has_note = bool(told.add_note) and told.add_note not in ("0", "false", "N")
        return found

    return await put(asked, raw, OldCall, wish)


@routes.on("POST", "/form", body=bytes, hidden=True)
async def add_old_unsorted_forms(asked: Asked, raw: bytes) -> Json:
    """Forms that visitors of a site have filled in."""

    def wish(index: int, item: OldForm) -> Wish:
        told = msgspec.structs.asdict(item.incoming_lead_info or OldFormInfo())
        found = wish_of(index, "forms", item)
        new = v4.FormMetadataIn(form_sent_at=told.pop("form_send_at"), **told)
        found.metadata = v4.kept_of_form(asked, new, item.created_at)
        return found

    return await put(asked, raw, OldForm, wish)


async def put(asked: Asked, raw: bytes, kind: type[T], wish: Callable[[int, T], Wish]) -> Json:
    v4.check_sender(asked)
    read, flawed = loose.reader(kind), list[FlawedItem]()
    given: list[T] = []
    for index, item in enumerate(items_of(loose.tree_of(raw, asked.form))):
        flaws: list[Flaw] = []
        given.append(read(item, "", flaws))
        if flaws:
            flawed.append(FlawedItem(loose.request_id_of(item, index), flaws))
    if flawed:
        raise Invalid(flawed)
    wishes = [wish(index, item) for index, item in enumerate(given)]
    made = await actions.put(asked.db, asked.me, asked.account, calls.origin_of(asked), wishes, asked.now)
    return done(asked, [each.uid for each in made])


def wish_of(index: int, category: Category, item: OldItem) -> Wish:
    request_id = str(index) if item.request_id is None else item.request_id
    given = item.incoming_entities or OldCards()
    return Wish(
        category=category,
        metadata={},
        lead=card_of(leads.FACE, given.leads, request_id) or card_rules.Asked(request_id=request_id),
        contact=card_of(contacts.FACE, given.contacts, request_id),
        company=card_of(companies.FACE, given.companies, request_id),
        source_uid=item.source_uid,
        source_name=item.source_name,
        pipeline_id=item.pipeline_id or None,
        created_at=item.created_at,
        request_id=request_id,
    )


def card_of(face: Face, given: list[OldCard] | None, request_id: str) -> card_rules.Asked | None:
    if not given:
        return None
    old = given[0]
    names = [old.tags] if isinstance(old.tags, str) else old.tags or []
    tags = [name.strip() for each in names for name in each.split(",") if name.strip()]
    own: Json = {}
    if face.entity is Entity.lead:
        own["price"] = old.sale if old.price is None else old.price
    elif face.entity is Entity.contact:
        own = {"first_name": old.first_name, "last_name": old.last_name}
    card = face.taken(
        name=old.name,
        responsible_user_id=old.responsible_user_id,
        created_by=old.created_by,
        created_at=old.created_at,
        custom_fields_values=[field_of(each) for each in old.custom_fields or ()] or None,
        tags_to_add=[TagIn(name=name[:LONGEST_NAME]) for name in tags[: card_rules.MOST_TAGS]] or None,
        request_id=request_id,
        **own,
    )
    return cards.wish(face, 0, card)


def field_of(old: OldField) -> Given:
    """A choice is named by `enum`, its number or its code; a value may come bare."""
    values: list[Any] = []
    for each in old.values or ():
        if not isinstance(each, dict):
            values.append({"value": each})
            continue
        told = cast(Json, each)
        value: Json = {"value": told.get("value")}
        enum = told.get("enum")
        if isinstance(enum, int | str) and enum != "":
            number = int_of(str(enum))
            value |= {"enum_code": enum} if number is None else {"enum_id": number}
        values.append(value)
    return Given(field_id=old.id, values=values)


# Reading.


@routes.on("GET", hidden=True)
async def list_old_unsorted(asked: Asked) -> Json | None:
    """What waits, a page at a time."""
    query = asked.query
    rows = max(min(query.int("page_size") or ROWS, ROWS), 1)
    skip = (query.page - 1) * rows
    if skip > MOST_SKIPPED:
        raise Refused(f"No more than {MOST_SKIPPED} rows may stand before a page: /api/v4/leads/unsorted has them all.")
    order = "created_at" if query.text("order_by", "created_at") else "id"
    categories = query.texts("categories")
    wanted = Wanted(
        limit=rows,
        skip=skip,
        sorting=order,
        descending=(query.text("order_by", order) or "").lower() == "desc",
        categories=None if categories is None else [CATEGORIES.get(each, each) for each in categories],
        pipelines=query.ints("pipeline_id"),
    )
    found = await unsorted.page(asked.db, asked.account_id, asked.me, wanted)
    if not found:
        return None
    return {"_links": self_of(asked), "_embedded": {"items": [shown(row) for row in found]}}


@routes.on("GET", "/summary", hidden=True)
async def summarize_old_unsorted(asked: Asked) -> Json:
    """How many there were, and how long they waited."""
    query = asked.query
    span = query.span("filter", "date") or query.span("data", "filter", "date")
    row = await unsorted.summary(
        asked.db,
        asked.account_id,
        asked.me,
        None,
        query.ints("filter", "pipeline_id"),
        (span.low, span.high) if span else (None, None),
    )
    return {
        "_links": self_of(asked),
        "sip": row["sip"],
        "mail": 0,
        "form": row["forms"],
        "chat": 0,
        "total": row["total"],
        "avg_time": row["average_sort_time"],
        "accepted": row["accepted"],
    }


def shown(row: Any) -> Json:
    told = row["metadata"]
    if row["category"] == "sip":
        info = {
            "from": told.get("from"),
            "to": told.get("call_responsible"),
            "date_call": told.get("called_at"),
            **{name: told.get(name) for name in ("duration", "link", "service_code", "uniq")},
        }
    else:
        info = {name: told.get(name) for name in ("form_id", "form_name", "form_page", "ip", "referer")}
        info["form_send_at"] = told.get("form_sent_at")
    return {
        "uid": row["uid"],
        "source_uid": row["source_uid"],
        "source_name": row["source_name"],
        "category": row["category"],
        "pipeline_id": row["pipeline_id"],
        "created_at": row["created_at"],
        "incoming_lead_info": info,
        "incoming_entities": {
            plural: [] if row[f"{entity.name}_id"] is None else [{"id": row[f"{entity.name}_id"]}]
            for entity, plural in EACH.items()
        },
    }


# Deciding.


@routes.on("POST", "/accept", body=AcceptIn, hidden=True)
async def accept_old_unsorted(asked: Asked, given: AcceptIn) -> Json:
    """Their leads go to work; told are the cards of each."""

    async def accept(uid: str) -> Json:
        item = await actions.accept(asked.db, asked.me, asked.account, uid, given.user_id, given.status_id, asked.now)
        return {plural: [card for kind, card in item.cards if kind is entity] for entity, plural in EACH.items()}

    found = await decided(given.accept, accept)
    return done(asked, {uid: each for uid, each in found.items() if each is not None})


@routes.on("POST", "/decline", body=DeclineIn, hidden=True)
async def decline_old_unsorted(asked: Asked, given: DeclineIn) -> Json:
    """Their leads go to the bin; told is of each whether it did."""

    async def decline(uid: str) -> bool:
        await actions.decline(asked.db, asked.me, uid, given.user_id, asked.now)
        return True

    found = await decided(given.decline, decline)
    return done(asked, {uid: each is not None for uid, each in found.items()})


async def decided(uids: list[str], decide: Callable[[str], Awaitable[T]]) -> dict[str, T | None]:
    """Each by itself: None is one that is not there, is decided on already or is not one's to decide. The first refusal
    stands for all when none could be decided on."""
    wanted = list(dict.fromkeys(uids))
    if not wanted:
        raise Refused(loose.EMPTY)
    if len(wanted) > MOST_DECIDED:
        raise Refused(f"No more than {MOST_DECIDED} items are accepted in one request.")
    found: dict[str, T | None] = {}
    refusal: Refused | None = None
    for uid in wanted:
        try:
            found[uid] = await decide(uid)
        except Refused as refused:
            if type(refused) not in (Refused, NotFound, Forbidden):
                raise  # a user or status that there is not is wrong for all of them, and so is a database that is away
            found[uid], refusal = None, refusal or refused
    if refusal is not None and not any(each is not None for each in found.values()):
        raise refusal
    return found


def done(asked: Asked, data: Any) -> Json:
    return {"status": "success", "data": data, "_links": self_of(asked)}


def self_of(asked: Asked) -> Json:
    return {"self": {"href": asked.path, "method": asked.method.lower()}}
