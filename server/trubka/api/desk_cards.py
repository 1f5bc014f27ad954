"""One card as our own browser shows it: with what it is bound to and what one may do; and changes that overwrite
nothing which a colleague has just changed."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from trubka.actions import cards as actions
from trubka.api import loose
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.desk_home import first
from trubka.api.routes import Routes
from trubka.api.v4 import cards as wire
from trubka.api.v4 import companies, contacts, customers, leads
from trubka.db import accounts, cards, customer_statuses, loss_reasons
from trubka.db.cards import Wanted
from trubka.errors import FlawedItem, Invalid, NotFound
from trubka.rules.bonds import can_bind
from trubka.rules.cards import may_touch
from trubka.rules.entities import CARDS, Entity
from trubka.rules.rights import level, sight

FACES = {face.entity: face for face in (contacts.FACE, companies.FACE, leads.FACE, customers.FACE)}
MOST_SHOWN = 100  # bound cards of one kind
STATUS = ("id", "name", "color", "type")

routes = Routes("/desk")


class CardChange(msgspec.Struct):
    """A change as PATCH /api/v4/{cards}/{id} takes it, and what the one who changes has seen of it."""

    change: Any
    seen: dict[str, Any] = {}


@routes.on("GET", "/choices", auth="session", hidden=True)
async def choices(asked: Asked) -> Answer:
    """What one chooses from: kinds of task, reasons of a loss, where customers stand."""
    account, statuses, reasons = await asyncio.gather(
        accounts.get(asked.db, asked.account_id),
        customer_statuses.all_of(asked.db, asked.account_id),
        loss_reasons.all_of(asked.db, asked.account_id),
    )
    assert account is not None, "a session has an account that is there"
    return said(
        {
            "task_types": [{"id": each["id"], "name": each["name"]} for each in account["task_types"]],
            "customer_statuses": [{name: row[name] for name in STATUS} for row in statuses],
            "loss_reasons": [{"id": row["id"], "name": row["name"]} for row in reasons],
            "customers": asked.account.customers_mode,
            "may_add": [entity.plural for entity in CARDS if level(asked.me, "add", entity) != "D"],
        }
    )


@routes.on("GET", "/{cards}/{card}", auth="session", hidden=True)
async def get_card(asked: Asked, entity: Entity, card_id: int) -> Answer:
    """A card with those that it is bound to, as far as one sees them."""
    return said(await whole(asked, entity, card_id))


@routes.on("PATCH", "/{cards}/{card}", auth="session", body=CardChange, hidden=True)
async def change_card(asked: Asked, entity: Entity, card_id: int, given: CardChange) -> Answer:
    """Changes what is named, unless somebody else has changed it since it was seen: then 409."""
    face = FACES[entity]
    face.ready(asked)
    flaws: list[Any] = []
    card = loose.reader(face.taken)(given.change, "", flaws)
    if flaws or card is None:
        raise Invalid([FlawedItem("0", flaws)])
    card.id = card_id
    wishes = [wire.wish(face, 0, card)]
    await actions.change(asked.db, asked.me, asked.account, face.kind, wishes, asked.now, given.seen)
    return said(await whole(asked, entity, card_id))


async def whole(asked: Asked, entity: Entity, card_id: int) -> dict[str, Any]:
    face = FACES[entity]
    face.ready(asked)
    kinds = [each for each in CARDS if can_bind(entity, each)]
    wanted = Wanted(
        limit=1, ids=[card_id], sight=sight(asked.me, entity), linked=[sight(asked.me, each) for each in kinds]
    )
    rows = await cards.page(asked.db, asked.account_id, entity, wanted)
    if not rows:
        raise NotFound("There is no such card.")
    row = rows[0]
    ids = {each: [tuple(pair) for pair in row[each.plural] or ()] for each in kinds}
    found = await asyncio.gather(*(bound(asked, each, ids[each]) for each in kinds))
    return {
        "card": wire.shower(asked, face)(row),
        "may": {"edit": may_touch(asked.me, "edit", entity, dict(row))},
        "bound": {
            each.plural: {"cards": told, "count": len(ids[each])} for each, told in zip(kinds, found, strict=True)
        },
    }


async def bound(asked: Asked, entity: Entity, pairs: list[tuple[int, bool]]) -> list[dict[str, Any]]:
    """What is shown of each bound card, in the order of the bonds."""
    shown = dict(pairs[:MOST_SHOWN])
    if not shown:
        return []
    wanted = Wanted(limit=len(shown), ids=list(shown), sight=sight(asked.me, entity))
    rows = {row["id"]: row for row in await cards.page(asked.db, asked.account_id, entity, wanted)}
    codes = {field.code: str(field.id) for field in asked.account.fields_of(entity) if field.code}
    return [
        {
            "id": card_id,
            "name": row["name"],
            "is_main": is_main,
            "phone": first(row, codes.get("PHONE")),
            "email": first(row, codes.get("EMAIL")),
            **({name: row[name] for name in ("price", "pipeline_id", "status_id")} if entity is Entity.lead else {}),
        }
        for card_id, is_main in shown.items()
        if (row := rows.get(card_id)) is not None
    ]
