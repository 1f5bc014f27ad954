"""Contacts: /api/v4/contacts."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import contacts
from trubka.api import hal
from trubka.api.v4 import cards
from trubka.api.v4.cards import Card, CardIn, Embedded, EmbeddedIn, Face, Text
from trubka.rules.entities import Entity


class ContactIn(CardIn, kw_only=True):
    first_name: Text | None = None
    last_name: Text | None = None
    embedded: EmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class ContactEmbedded(Embedded, kw_only=True, omit_defaults=True):
    companies: list[hal.Ref]
    leads: list[hal.Ref] | UnsetType = UNSET
    customers: list[hal.Ref] | UnsetType = UNSET
    social_profiles: list[Any] | UnsetType = UNSET


class Contact(Card, kw_only=True):
    first_name: str
    last_name: str
    embedded: ContactEmbedded = msgspec.field(name="_embedded")


FACE = Face(
    kind=contacts.KIND,
    taken=ContactIn,
    shown=Contact,
    embedded=ContactEmbedded,
    always=(Entity.company,),
    asked=(Entity.lead, Entity.customer),
)
routes = cards.resource(FACE)
