"""Tags, with a dictionary for each kind of card: /api/v4/{cards}/tags."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from trubka.actions import tags as actions
from trubka.api import pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, Page, Routes
from trubka.api.v4.cards import Tag, mark
from trubka.db import tags
from trubka.db.tags import Wanted
from trubka.rules import tags as rules
from trubka.rules.cards import LONGEST_NAME
from trubka.rules.entities import Entity
from trubka.rules.rights import level
from trubka.rules.search import folded

routes = Routes("/api/v4/{cards}/tags")
LISTED = ("page", "limit", "query", "filter")


class TagIn(msgspec.Struct, kw_only=True):
    id: int | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)] | None = None
    color: str | None = None
    request_id: str | None = None


class Made(Tag, kw_only=True):
    request_id: str


@routes.on("GET", answer=Page("tags", Tag), query=LISTED)
async def list_tags(asked: Asked, entity: Entity) -> Answer | None:
    """The tags of a kind of card, a page at a time."""
    if level(asked.me, "view", entity) == "D":
        return None
    query, part = asked.query, pages.wanted(asked)
    names, text = query.whole_texts("filter", "name"), query.text("query")
    wanted = Wanted(
        limit=part.limit,
        skip=part.skip,
        after=0 if part.after is None else part.after[1],
        ids=query.ints("filter", "id"),
        keys=None if names is None else [folded(name.strip()) for name in names],
        part=folded(text.strip()) if text else "",
    )
    rows = await tags.page(asked.db, asked.account_id, int(entity), wanted)
    return pages.answer(asked, "tags", rows, lambda row: Tag(row["id"], row["name"], row["color"]), mark("id"))


@routes.on("POST", body=list[TagIn], answer=Items("tags", Made))
async def add_tags(asked: Asked, entity: Entity, batch: list[TagIn]) -> dict[str, Any]:
    """New tags; a name that there is already gives the tag that has it."""
    wishes = [wish(index, tag) for index, tag in enumerate(batch)]
    return shown(asked, await actions.add(asked.db, asked.me, entity, wishes), wishes)


@routes.on("PATCH", body=list[TagIn], answer=Items("tags", Made))
async def change_tags(asked: Asked, entity: Entity, batch: list[TagIn]) -> dict[str, Any]:
    """Other names or colours of tags, each with its id."""
    wishes = [wish(index, tag) for index, tag in enumerate(batch)]
    return shown(asked, await actions.change(asked.db, asked.me, entity, wishes), wishes)


def wish(index: int, tag: TagIn) -> rules.Asked:
    request_id = str(index) if tag.request_id is None else tag.request_id
    return rules.Asked(tag.id, tag.name.strip() if tag.name else None, rules.color_of(tag.color), request_id)


def shown(asked: Asked, rows: list[Any], wishes: list[rules.Asked]) -> dict[str, Any]:
    made = [
        Made(id=row["id"], name=row["name"], color=row["color"], request_id=wish.request_id)
        for row, wish in zip(rows, wishes, strict=True)
    ]
    return {"_links": asked.link(asked.path), "_embedded": {"tags": made}}
