"""A lead in one go with its contact and company, or as an item of the unsorted: /api/v4/leads/complex."""

from __future__ import annotations

import msgspec

from trubka.actions import whole as actions
from trubka.actions.unsorted import Wish
from trubka.actions.whole import Whole
from trubka.api.asked import Asked
from trubka.api.routes import Routes
from trubka.api.v4 import calls, cards, companies, contacts, leads, unsorted
from trubka.api.v4.cards import CardIn, EmbeddedIn, Face, Moment
from trubka.api.v4.leads import LeadOwnIn, One
from trubka.api.v4.unsorted import FormMetadataIn, SipMetadataIn
from trubka.errors import Flaw, FlawedItem, Invalid
from trubka.rules import cards as rules
from trubka.rules.bonds import Bond
from trubka.rules.entities import Entity
from trubka.rules.notes import Line, Link
from trubka.rules.unsorted import Category

MOST_WHOLE = 50  # leads in one request

routes = Routes("/api/v4/leads")


class WholeContactIn(contacts.ContactIn, kw_only=True):
    is_main: bool | None = None


class MetadataIn(SipMetadataIn, kw_only=True):
    """Of a call or of a form, as the category says."""

    category: Category | None = None
    form_id: Line | None = None
    form_name: Line | None = None
    form_page: Link | None = None
    form_sent_at: Moment | None = None
    form_type: Line | None = None
    ip: Line | None = None
    referer: Link | None = None
    visitor_uid: Line | None = None


class SourceIn(msgspec.Struct):
    external_id: Line | None = None
    type: Line | None = None


class WholeEmbeddedIn(EmbeddedIn):
    contacts: One[WholeContactIn] | None = None
    companies: One[companies.CompanyIn] | None = None
    metadata: MetadataIn | None = None
    source: SourceIn | None = None


class WholeIn(LeadOwnIn, kw_only=True):
    embedded: WholeEmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class WholeMade(msgspec.Struct, kw_only=True):
    id: int
    contact_id: int | None
    company_id: int | None
    request_id: list[str]
    merged: bool = False


@routes.on("POST", "/complex", body=list[WholeIn], most=MOST_WHOLE, answer=list[WholeMade])
async def add_whole(asked: Asked, batch: list[WholeIn]) -> list[WholeMade]:
    """Leads, each with a contact and a company that are there already or are made with it."""
    wishes = [wish(asked, index, card) for index, card in enumerate(batch)]
    if any(isinstance(each, Wish) for each in wishes):
        unsorted.check_sender(asked)
    origin = calls.origin_of(asked)
    made = await actions.add(asked.db, asked.me, asked.account, origin, wishes, asked.now)
    return [
        WholeMade(
            id=each.lead_id,
            contact_id=each.contact_id,
            company_id=each.company_id,
            request_id=[one.lead.request_id],
        )
        for each, one in zip(made, wishes, strict=True)
    ]


def wish(asked: Asked, index: int, card: WholeIn) -> Whole | Wish:
    lead = cards.wish(leads.FACE, index, card)
    given = card.embedded or WholeEmbeddedIn()
    contact = new_or_bound(lead, contacts.FACE, (given.contacts or [None])[0], index)
    company = new_or_bound(lead, companies.FACE, (given.companies or [None])[0], index)
    told = given.metadata
    if told is None or told == MetadataIn():
        return Whole(lead=lead, contact=contact, company=company)
    if told.category is None:
        flaw = Flaw("FieldMissing", "_embedded.metadata.category", "This field is missing.")
        raise Invalid([FlawedItem(lead.request_id, [flaw])])
    is_call = told.category == "sip"
    form = FormMetadataIn(**{name: getattr(told, name) for name in FormMetadataIn.__struct_fields__})
    return Wish(
        category=told.category,
        metadata=unsorted.kept_of_call(asked, told, None) if is_call else unsorted.kept_of_form(asked, form, None),
        lead=lead,
        contact=contact,
        company=company,
        source_uid=given.source.external_id if given.source else None,
        pipeline_id=lead.more.get("pipeline_id"),
        created_at=card.created_at,
        request_id=lead.request_id,
        has_note=is_call and told.is_call_event_needed is not False,
    )


def new_or_bound(lead: rules.Asked, face: Face, card: CardIn | None, index: int) -> rules.Asked | None:
    """A card with an id is there already and is only bound; without one it is made."""
    if card is None:
        return None
    if card.id is not None:
        lead.bonds.append(Bond(Entity.lead, 0, face.entity, card.id))
        return None
    made = cards.wish(face, index, card)
    made.request_id = lead.request_id
    return made
