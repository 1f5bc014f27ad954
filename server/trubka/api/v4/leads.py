"""Leads: /api/v4/leads."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import leads
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.v4 import cards
from trubka.api.v4.cards import Card, CardIn, Embedded, EmbeddedIn, Face, MainRef, Moment, Text
from trubka.rules.bonds import MOST_BOUND, Bond
from trubka.rules.entities import Entity

T = TypeVar("T")
One = Annotated[list[T], msgspec.Meta(max_length=1)]

LOSS_REASON = """, (select jsonb_agg(to_jsonb(r) - 'account_id') from loss_reasons r
    where r.account_id = $1 and r.id = c.loss_reason_id) as loss_reasons"""


class RefIn(msgspec.Struct):
    id: int


class MainRefIn(msgspec.Struct):
    id: int
    is_main: bool | None = None


class LeadEmbeddedIn(EmbeddedIn):
    contacts: Annotated[list[MainRefIn], msgspec.Meta(max_length=MOST_BOUND)] | None = None
    companies: One[RefIn] | None = None

    def bonds(self, entity: Entity) -> list[Bond]:
        return [
            *(Bond(entity, 0, Entity.contact, each.id, each.is_main) for each in self.contacts or ()),
            *(Bond(entity, 0, Entity.company, each.id) for each in self.companies or ()),
        ]


class LeadOwnIn(CardIn, kw_only=True):
    price: int | None = None
    status_id: int | None = None
    pipeline_id: int | None = None
    loss_reason_id: int | None = None
    closed_at: Moment | None = None
    visitor_uid: Text | None = None


class LeadIn(LeadOwnIn, kw_only=True):
    embedded: LeadEmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class LossReason(msgspec.Struct):
    id: int
    name: str
    sort: int
    created_at: int
    updated_at: int


class LeadEmbedded(Embedded, kw_only=True, omit_defaults=True):
    companies: list[hal.Ref]
    contacts: list[MainRef] | UnsetType = UNSET
    loss_reason: list[LossReason] | UnsetType = UNSET


class Lead(Card, kw_only=True):
    price: int
    status_id: int
    pipeline_id: int
    loss_reason_id: int | None
    closed_at: int | None
    score: int | None
    labor_cost: int | None
    source_id: int | UnsetType | None = UNSET
    is_price_modified_by_robot: bool | UnsetType = UNSET
    embedded: LeadEmbedded = msgspec.field(name="_embedded")


class Gone(msgspec.Struct, kw_only=True):
    """A deleted lead, of which little is told."""

    id: int
    updated_at: int
    updated_by: int
    is_deleted: bool
    links: hal.Self = msgspec.field(name="_links")


def more(asked: Asked, row: Any, lead: Any) -> Lead | Gone:
    if lead.is_deleted:
        return Gone(
            id=lead.id, updated_at=lead.updated_at, updated_by=lead.updated_by, is_deleted=True, links=lead.links
        )
    if "loss_reason" in asked.query.withs():
        lead.embedded.loss_reason = msgspec.convert(row["loss_reasons"] or [], list[LossReason])
    return lead


FACE = Face(
    kind=leads.KIND,
    taken=LeadIn,
    shown=Lead,
    embedded=LeadEmbedded,
    always=(Entity.company,),
    asked=(Entity.contact,),
    with_main=True,
    show=LOSS_REASON + ", false as is_price_modified_by_robot",
    spans=("price", "closed_at"),
    among=("pipeline_id",),
    more=more,
    instead=Gone,
)
routes = cards.resource(FACE)
