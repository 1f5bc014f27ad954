"""What the first page counts, and the search over everything, both as far as one's rights go."""

from __future__ import annotations

import asyncio
from typing import Any

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import Routes
from trubka.api.v4 import cards as wire
from trubka.db import Row, cards
from trubka.db.cards import Wanted
from trubka.rules.entities import Entity
from trubka.rules.rights import sight

MOST_COUNTED = 100_000
FOUND_OF_A_KIND = 8
SHORTEST_QUERY = 2
LONGEST_QUERY = 200
SEARCHED = (Entity.contact, Entity.company, Entity.lead, Entity.customer)

routes = Routes("/desk")


@routes.on("GET", "/counts", auth="session", hidden=True)
async def counts(asked: Asked) -> Answer:
    """How many contacts and leads one sees."""
    contacts, leads = await asyncio.gather(counted(asked, Entity.contact), counted(asked, Entity.lead))
    return said({"contacts": contacts, "leads": leads})


async def counted(asked: Asked, entity: Entity) -> dict[str, Any]:
    found = await cards.count(asked.db, asked.account_id, sight(asked.me, entity), MOST_COUNTED + 1)
    return {"count": min(found, MOST_COUNTED), "more": found > MOST_COUNTED}


@routes.on("GET", "/search", auth="session", query=("query",), hidden=True)
async def search(asked: Asked) -> Answer:
    """The cards of all kinds that have every word of the query."""
    text = (asked.query.text("query") or "").strip()[:LONGEST_QUERY]
    if len(text) < SHORTEST_QUERY:
        return said({"found": []})
    kinds = await asyncio.gather(*(found(asked, entity, text) for entity in SEARCHED))
    return said({"found": [each for kind in kinds for each in kind]})


async def found(asked: Asked, entity: Entity, text: str) -> list[dict[str, Any]]:
    wanted = Wanted(limit=FOUND_OF_A_KIND, sorting="updated_at", descending=True, sight=sight(asked.me, entity))
    if not wire.by_text(asked, text, wanted):
        return []
    rows = await cards.page(asked.db, asked.account_id, entity, wanted)
    codes = {field.code: str(field.id) for field in asked.account.fields_of(entity) if field.code}
    return [shown(entity, row, codes) for row in rows]


def shown(entity: Entity, row: Row, codes: dict[str, str]) -> dict[str, Any]:
    return {
        "entity": entity.plural,
        "id": row["id"],
        "name": row["name"],
        "phone": first(row, codes.get("PHONE")),
        "email": first(row, codes.get("EMAIL")),
        "price": row["price"] if entity is Entity.lead else None,
    }


def first(row: Row, field: str | None) -> str | None:
    values = row["fields"].get(field) if field else None
    return str(values[0]["value"]) if values else None
