"""Companies: /api/v4/companies."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import companies
from trubka.api import hal
from trubka.api.v4 import cards
from trubka.api.v4.cards import Card, CardIn, Embedded, EmbeddedIn, Face
from trubka.rules.entities import Entity


class CompanyIn(CardIn, kw_only=True):
    embedded: EmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class CompanyEmbedded(Embedded, kw_only=True, omit_defaults=True):
    contacts: list[hal.Ref] | UnsetType = UNSET
    leads: list[hal.Ref] | UnsetType = UNSET
    customers: list[hal.Ref] | UnsetType = UNSET


class Company(Card, kw_only=True):
    embedded: CompanyEmbedded = msgspec.field(name="_embedded")


FACE = Face(
    kind=companies.KIND,
    taken=CompanyIn,
    shown=Company,
    embedded=CompanyEmbedded,
    asked=(Entity.contact, Entity.lead, Entity.customer),
)
routes = cards.resource(FACE)
