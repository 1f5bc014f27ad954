"""Customers: /api/v4/customers."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import customers
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.v4 import cards
from trubka.api.v4.cards import Card, CardIn, Embedded, EmbeddedIn, Face, MainRef, Moment
from trubka.errors import Unprocessable
from trubka.rules.entities import Entity


class CustomerIn(CardIn, kw_only=True):
    next_price: int | None = None
    next_date: Moment | None = None
    status_id: int | None = None
    periodicity: cards.Int4 | None = None
    embedded: EmbeddedIn | None = msgspec.field(name="_embedded", default=None)


class CustomerEmbedded(Embedded, kw_only=True, omit_defaults=True):
    segments: list[Any]
    contacts: list[MainRef] | UnsetType = UNSET
    companies: list[hal.Ref] | UnsetType = UNSET


class Customer(Card, kw_only=True):
    next_price: int
    next_date: int
    status_id: int
    periodicity: int
    ltv: int
    purchases_count: int
    average_check: int
    embedded: CustomerEmbedded = msgspec.field(name="_embedded")


def switched_on(asked: Asked) -> None:
    if not asked.account.customers_on:
        raise Unprocessable("Customers are switched off in this account.")


FACE = Face(
    kind=customers.KIND,
    taken=CustomerIn,
    shown=Customer,
    embedded=CustomerEmbedded,
    asked=(Entity.contact, Entity.company),
    with_main=True,
    spans=("next_price", "next_date"),
    among=("status_id",),
    ready=switched_on,
)
routes = cards.resource(FACE)
