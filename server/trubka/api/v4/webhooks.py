"""Webhooks: /api/v4/webhooks. Who is told of what happens; docs/webhooks.md says how."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from trubka.actions import webhooks as actions
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Routes
from trubka.api.v4.cards import Int4
from trubka.db import Row, webhooks
from trubka.errors import Flaw, FlawedItem, Invalid, NotFound, Unprocessable
from trubka.outside import web
from trubka.rules.webhooks import EVENTS

SECRET = "x-trubka-webhook-secret"  # noqa: S105 the name of a header

routes = Routes("/api/v4/webhooks")


class WebhookIn(msgspec.Struct):
    destination: str
    settings: list[str]
    sort: Int4 | None = None


class DestinationIn(msgspec.Struct):
    destination: str


class Webhook(msgspec.Struct, kw_only=True):
    id: int
    destination: str
    created_at: int
    updated_at: int
    account_id: int
    created_by: int
    sort: int
    disabled: bool
    settings: list[str]


class Embedded(msgspec.Struct):
    webhooks: list[Webhook]


class Webhooks(msgspec.Struct):
    total: int = msgspec.field(name="_total_items")
    embedded: Embedded = msgspec.field(name="_embedded")


@routes.on("GET", admin=True, answer=Webhooks, query=("filter",))
async def list_webhooks(asked: Asked) -> Webhooks | None:
    """All webhooks, or the one of a destination."""
    wanted = asked.query.whole_texts("filter", "destination")
    rows = await webhooks.all_of(asked.db, asked.account_id, wanted[0] if wanted else None)
    return Webhooks(len(rows), Embedded([shown(asked, row) for row in rows])) if rows else None


@routes.on("POST", admin=True, body=WebhookIn, answer=Webhook, status=201)
async def subscribe(asked: Asked, webhook: WebhookIn) -> Answer:
    """A webhook, or new settings for the one that has this destination."""
    settings = list(dict.fromkeys(webhook.settings))
    check_settings(settings)
    destination = webhook.destination.strip()
    try:
        host = web.checked(destination, web.networks(asked.site.settings.private_networks)).hostname or ""
    except web.Refusal as refusal:
        raise Unprocessable(str(refusal)) from None
    row = await actions.subscribe(asked.db, asked.by, destination, host, settings, webhook.sort or 0)
    asked.changed()
    return Answer(shown(asked, row), 201, headers=[(SECRET, row["secret"])])


@routes.on("DELETE", admin=True, body=DestinationIn, status=204)
async def unsubscribe(asked: Asked, webhook: DestinationIn) -> None:
    """No more deliveries to this destination."""
    destination = webhook.destination.strip()
    try:
        host = urlsplit(destination).hostname or ""
    except ValueError:
        raise NotFound("There is no webhook with this destination.") from None
    await actions.unsubscribe(asked.db, asked.by, destination, host)
    asked.changed()


def check_settings(settings: list[str]) -> None:
    flaws = [
        Flaw("NotSupportedChoice", f"settings.{index}", "The value you selected is not a valid choice.")
        for index, name in enumerate(settings)
        if name not in EVENTS
    ]
    if not settings:
        flaws = [Flaw("FieldMissing", "settings", "This value should not be blank.")]
    if flaws:
        raise Invalid([FlawedItem("0", flaws)])


def shown(asked: Asked, row: Row | Any) -> Webhook:
    return Webhook(
        id=row["id"],
        destination=row["destination"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        account_id=asked.account_id,
        created_by=row["created_by"],
        sort=row["sort"],
        disabled=row["disabled"],
        settings=row["settings"],
    )
