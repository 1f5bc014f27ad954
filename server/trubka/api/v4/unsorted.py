"""The unsorted: /api/v4/leads/unsorted. Calls of unknown numbers and filled-in forms, until somebody decides."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from trubka.actions import unsorted as actions
from trubka.api import hal, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Page, Routes
from trubka.api.v4 import calls, cards, companies, contacts, leads
from trubka.api.v4.cards import CardIn, EmbeddedIn, Face, Moment
from trubka.db import unsorted
from trubka.db.unsorted import Wanted
from trubka.errors import Forbidden
from trubka.rules import cards as card_rules
from trubka.rules.calls import LONGEST_TALK
from trubka.rules.entities import BY_PLURAL, Entity
from trubka.rules.notes import Line, Link
from trubka.rules.unsorted import Category

routes = Routes("/api/v4/leads/unsorted")

T = TypeVar("T")
One = Annotated[list[T], msgspec.Meta(max_length=1)]


class UnsortedLeadIn(leads.LeadOwnIn, kw_only=True):
    embedded: EmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class UnsortedEmbeddedIn(msgspec.Struct):
    leads: One[UnsortedLeadIn] | None = None
    contacts: One[contacts.ContactIn] | None = None
    companies: One[companies.CompanyIn] | None = None


class UnsortedIn(msgspec.Struct, kw_only=True):
    """An integration may leave out all of it."""

    source_uid: Line | None = None
    source_name: Line | None = None
    pipeline_id: int | None = None
    created_at: Moment | None = None
    request_id: str | None = None
    embedded: UnsortedEmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class SipMetadataIn(msgspec.Struct, kw_only=True):
    """A call. Who called stands in `phone`, or in `from` where `phone` is an extension."""

    phone: Line | None = None
    caller: Line | None = msgspec.field(name="from", default=None)
    call_responsible: int | Line | None = None
    called_at: Moment | None = None
    duration: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_TALK)] | None = None
    link: Link | None = None
    service_code: Line | None = None
    uniq: Line | None = None
    is_call_event_needed: bool | None = None


class SipIn(UnsortedIn, kw_only=True):
    metadata: SipMetadataIn | None = None


class FormMetadataIn(msgspec.Struct, kw_only=True):
    form_id: Line | None = None
    form_name: Line | None = None
    form_page: Link | None = None
    form_sent_at: Moment | None = None
    form_type: Line | None = None
    ip: Line | None = None
    referer: Link | None = None
    visitor_uid: Line | None = None


class FormIn(UnsortedIn, kw_only=True):
    metadata: FormMetadataIn | None = None


class UnsortedCards(msgspec.Struct):
    contacts: list[hal.Ref]
    leads: list[hal.Ref]
    companies: list[hal.Ref]


class AddedUnsorted(msgspec.Struct, kw_only=True):
    uid: str
    account_id: int
    request_id: str
    links: hal.Self = msgspec.field(name="_links")
    embedded: UnsortedCards = msgspec.field(name="_embedded")


class AddedUnsortedList(msgspec.Struct):
    unsorted: list[AddedUnsorted]


class UnsortedTold(msgspec.Struct):
    total_items: int = msgspec.field(name="_total_items")
    embedded: AddedUnsortedList = msgspec.field(name="_embedded")


class Unsorted(msgspec.Struct, kw_only=True):
    uid: str
    source_uid: str | None
    source_name: str | None
    category: str
    pipeline_id: int
    created_at: int
    metadata: dict[str, Any]
    account_id: int
    links: hal.Self = msgspec.field(name="_links")
    embedded: UnsortedCards = msgspec.field(name="_embedded")


class Accepted(msgspec.Struct, kw_only=True):
    uid: str
    pipeline_id: int
    category: str
    created_at: int
    embedded: UnsortedCards = msgspec.field(name="_embedded")


class DeclinedCards(msgspec.Struct):
    contacts: list[hal.Ref]
    leads: list[hal.Ref]


class Declined(msgspec.Struct, kw_only=True):
    uid: str
    pipeline_id: int
    category: str
    created_at: int
    embedded: DeclinedCards = msgspec.field(name="_embedded")


class AcceptIn(msgspec.Struct):
    user_id: int | None = None
    status_id: int | None = None


class DeclineIn(msgspec.Struct):
    user_id: int | None = None


class LinkMetadataIn(msgspec.Struct):
    contact_id: int | None = None


class LinkToIn(msgspec.Struct):
    entity_id: int
    entity_type: Literal["leads", "customers"]
    metadata: LinkMetadataIn | None = None


class LinkUnsortedIn(msgspec.Struct):
    link: LinkToIn
    user_id: int | None = None


class LinkedCards(msgspec.Struct, omit_defaults=True):
    leads: list[hal.Ref] | None = None
    customers: list[hal.Ref] | None = None


class Linked(msgspec.Struct):
    uid: str
    embedded: LinkedCards = msgspec.field(name="_embedded")


class Count(msgspec.Struct):
    total: int


class Counts(msgspec.Struct):
    sip: Count
    mail: Count
    forms: Count
    chats: Count


class Summary(msgspec.Struct):
    total: int
    accepted: int
    declined: int
    average_sort_time: int  # seconds
    categories: Counts


@routes.on("GET", answer=Page("unsorted", Unsorted), query=("page", "limit", "filter", "order"))
async def list_unsorted(asked: Asked) -> Answer | None:
    """What waits, a page at a time."""
    part, order = pages.wanted(asked), asked.query.order("created_at", "updated_at")
    wanted = Wanted(
        limit=part.limit,
        skip=part.skip,
        after=part.after,
        sorting=order.field if order else "id",  # pyright: ignore[reportArgumentType]
        descending=order is not None and order.descending,
        uids=asked.query.texts("filter", "uid"),
        categories=asked.query.texts("filter", "category"),
        pipelines=asked.query.ints("filter", "pipeline_id"),
    )
    rows = await unsorted.page(asked.db, asked.account_id, asked.me, wanted)
    return pages.answer(asked, "unsorted", rows, lambda row: shown(asked, row), cards.mark(wanted.sorting))


@routes.on("GET", "/summary", answer=Summary, query=("filter",))
async def summarize_unsorted(asked: Asked) -> Summary:
    """How many there were, what became of them, and how long they waited."""
    query, span = asked.query, asked.query.span("filter", "created_at")
    row = await unsorted.summary(
        asked.db,
        asked.account_id,
        asked.me,
        query.texts("filter", "uid"),
        query.ints("filter", "pipeline_id"),
        (span.low, span.high) if span else (None, None),
    )
    counts = Counts(Count(row["sip"]), Count(0), Count(row["forms"]), Count(0))
    return Summary(row["total"], row["accepted"], row["declined"], row["average_sort_time"], counts)


@routes.on("GET", "/{uid:text}", answer=Unsorted)
async def get_unsorted(asked: Asked, uid: str) -> Unsorted | None:
    """One that waits; one that is not there any more, or not to be seen, is 204."""
    rows = await unsorted.page(asked.db, asked.account_id, asked.me, Wanted(limit=1, uids=[uid]))
    return shown(asked, rows[0]) if rows else None


@routes.on("POST", "/sip", body=list[SipIn], answer=UnsortedTold)
async def add_unsorted_calls(asked: Asked, batch: list[SipIn]) -> UnsortedTold:
    """Answered calls of numbers that nobody has. One that our own PBX has put in already is told by its uid."""
    return await put(asked, [sip_of(asked, index, item) for index, item in enumerate(batch)])


@routes.on("POST", "/forms", body=list[FormIn], answer=UnsortedTold)
async def add_unsorted_forms(asked: Asked, batch: list[FormIn]) -> UnsortedTold:
    """Forms that visitors of a site have filled in."""
    return await put(asked, [form_of(asked, index, item) for index, item in enumerate(batch)])


@routes.on("POST", "/{uid:text}/accept", body=AcceptIn, answer=Accepted)
async def accept_unsorted(asked: Asked, uid: str, given: AcceptIn) -> Accepted:
    """Its lead goes to work, in the status that is given or the first one."""
    item = await actions.accept(asked.db, asked.me, asked.account, uid, given.user_id, given.status_id, asked.now)
    return Accepted(
        uid=item.uid,
        pipeline_id=item.pipeline_id,
        category=item.category,
        created_at=item.created_at,
        embedded=UnsortedCards(
            *(refs(asked, item, entity) for entity in (Entity.contact, Entity.lead, Entity.company))
        ),
    )


@routes.on("DELETE", "/{uid:text}/decline", body=DeclineIn, answer=Declined)
async def decline_unsorted(asked: Asked, uid: str, given: DeclineIn) -> Declined:
    """Its lead and contact go to the bin."""
    item = await actions.decline(asked.db, asked.me, uid, given.user_id, asked.now)
    return Declined(
        uid=item.uid,
        pipeline_id=item.pipeline_id,
        category=item.category,
        created_at=item.created_at,
        embedded=DeclinedCards(*(refs(asked, item, entity) for entity in (Entity.contact, Entity.lead))),
    )


@routes.on("POST", "/{uid:text}/link", body=LinkUnsortedIn, answer=Linked)
async def link_unsorted(asked: Asked, uid: str, given: LinkUnsortedIn) -> Linked:
    """It belongs to a lead or a customer that is there; its call moves to that card."""
    to, entity = given.link, BY_PLURAL[given.link.entity_type]
    contact_id = to.metadata.contact_id if to.metadata else None
    target = (entity, to.entity_id)
    await actions.link(asked.db, asked.me, asked.account, uid, given.user_id, target, contact_id, asked.now)
    ref = hal.Ref(to.entity_id, asked.link(f"/api/v4/{to.entity_type}/{to.entity_id}"))
    return Linked(uid, LinkedCards(**{to.entity_type: [ref]}))


# One PBX leaves out the `unsorted`.
alias = Routes("/api/v4/leads")
alias.on("POST", "/{uid}/link", body=LinkUnsortedIn, hidden=True)(link_unsorted)
routes.extend(alias)


async def put(asked: Asked, wishes: list[actions.Wish]) -> UnsortedTold:
    check_sender(asked)
    made = await actions.put(asked.db, asked.me, asked.account, calls.origin_of(asked), wishes, asked.now)
    told = [
        AddedUnsorted(
            uid=each.uid,
            account_id=asked.account_id,
            request_id=wish.request_id,
            links=asked.link(f"/api/v4/leads/unsorted/{each.uid}"),
            embedded=embedded(asked, each.contact_id, each.lead_id, each.company_id),
        )
        for wish, each in zip(wishes, made, strict=True)
    ]
    return UnsortedTold(len(told), AddedUnsortedList(told))


def check_sender(asked: Asked) -> None:
    if asked.claims is None:
        raise Forbidden("Nobody puts items into the unsorted by hand.")


def sip_of(asked: Asked, index: int, item: SipIn) -> actions.Wish:
    told = item.metadata or SipMetadataIn()
    wish = wish_of(index, "sip", item)
    wish.metadata = kept_of_call(asked, told, item.created_at)
    wish.has_note = told.is_call_event_needed is not False
    return wish


def kept_of_call(asked: Asked, told: SipMetadataIn, created_at: int | None) -> dict[str, Any]:
    number = told.phone or told.caller
    return {
        "from": told.caller or number,
        "phone": told.phone or number,
        "call_responsible": told.call_responsible,
        "called_at": first_of(told.called_at, created_at, asked.now),
        "duration": told.duration or 0,
        "link": told.link,
        "service_code": told.service_code,
        "uniq": told.uniq,
    }


def form_of(asked: Asked, index: int, item: FormIn) -> actions.Wish:
    wish = wish_of(index, "forms", item)
    wish.metadata = kept_of_form(asked, item.metadata or FormMetadataIn(), item.created_at)
    return wish


def kept_of_form(asked: Asked, told: FormMetadataIn, created_at: int | None) -> dict[str, Any]:
    kept = {name: getattr(told, name) for name in FormMetadataIn.__struct_fields__}
    kept["form_sent_at"] = first_of(told.form_sent_at, created_at, asked.now)
    return kept


def first_of(*moments: int | None) -> int | None:
    return next((each for each in moments if each is not None), None)


def wish_of(index: int, category: Category, item: UnsortedIn) -> actions.Wish:
    request_id = str(index) if item.request_id is None else item.request_id
    given = item.embedded or UnsortedEmbeddedIn()
    lead = card_of(leads.FACE, given.leads, request_id) or card_rules.Asked(request_id=request_id)
    return actions.Wish(
        category=category,
        metadata={},
        lead=lead,
        contact=card_of(contacts.FACE, given.contacts, request_id),
        company=card_of(companies.FACE, given.companies, request_id),
        source_uid=item.source_uid,
        source_name=item.source_name,
        pipeline_id=lead.more.get("pipeline_id") if item.pipeline_id is None else item.pipeline_id,
        created_at=item.created_at,
        request_id=request_id,
    )


def card_of(face: Face, given: list[Any] | None, request_id: str) -> card_rules.Asked | None:
    if not given:
        return None
    card: CardIn = given[0]
    found = cards.wish(face, 0, card)
    found.request_id = request_id
    return found


def shown(asked: Asked, row: Any) -> Unsorted:
    return Unsorted(
        uid=row["uid"],
        source_uid=row["source_uid"],
        source_name=row["source_name"],
        category=row["category"],
        pipeline_id=row["pipeline_id"],
        created_at=row["created_at"],
        metadata=row["metadata"],
        account_id=asked.account_id,
        links=asked.link(f"/api/v4/leads/unsorted/{row['uid']}"),
        embedded=embedded(asked, row["contact_id"], row["lead_id"], row["company_id"]),
    )


def embedded(asked: Asked, *ids: int | None) -> UnsortedCards:
    kinds = (Entity.contact, Entity.lead, Entity.company)
    return UnsortedCards(
        *([] if each is None else [ref_of(asked, kind, each)] for kind, each in zip(kinds, ids, strict=True))
    )


def refs(asked: Asked, item: actions.Item, entity: Entity) -> list[hal.Ref]:
    return [ref_of(asked, kind, card_id) for kind, card_id in item.cards if kind is entity]


def ref_of(asked: Asked, entity: Entity, card_id: int) -> hal.Ref:
    return hal.Ref(card_id, asked.link(f"/api/v4/{entity.plural}/{card_id}"))
