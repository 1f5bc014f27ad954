"""The timeline of a card for our own browser: calls, notes, what was done and what was changed, the newest first."""

from __future__ import annotations

import asyncio
from typing import Any

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.desk_calls import call_shown, card_of
from trubka.api.desk_tasks import task_shown
from trubka.api.routes import Routes
from trubka.api.v4.events import sights
from trubka.db import Row, cards, timeline
from trubka.db import calls as call_rows
from trubka.errors import NotFound, Refused
from trubka.rules import timeline as rules
from trubka.rules.entities import CARDS, Entity
from trubka.rules.rights import owners, sight
from trubka.rules.timeline import KINDS, Mark, Source, below

routes = Routes("/desk")

UNSORTED = ("uid", "category", "state", "decided_by", "created_at")
Placed = list[tuple[Mark, dict[str, Any]]]


@routes.on("GET", "/{cards}/{card}/timeline", auth="session", query=("after", "kinds", "limit"), hidden=True)
async def get_timeline(asked: Asked, entity: Entity, card_id: int) -> Answer:
    """A page of it; the first one also has the pinned notes."""
    text = asked.query.text("after")
    mark = rules.mark_of(text) if text else None
    if text and mark is None:
        raise Refused("after is what the page before has told.")
    kinds = [each for each in asked.query.texts("kinds") or KINDS if each in KINDS]
    if not await cards.by_ids(asked.db, asked.account_id, entity, [card_id], sight(asked.me, entity)):
        raise NotFound("There is no such card.")
    card, most = (entity, card_id), asked.query.limit + 1
    sources = await asyncio.gather(
        events(asked, card, kinds, below(mark, Source.event), most),
        tasks(asked, card, kinds, below(mark, Source.task), most),
        calls(asked, card, kinds, below(mark, Source.call), most),
        unsorted(asked, card, kinds, below(mark, Source.unsorted), most),
    )
    rows, after = rules.page(sources, asked.query.limit)
    top = await timeline.pinned(asked.db, asked.account_id, card) if mark is None and "notes" in kinds else []
    items = [item for _, item in rows if item]
    await name_bound(asked, items)
    return said(
        {
            "items": items,
            "after": None if after is None else str(after),
            "pinned": [note_item(row, row["created_at"]) for row in top],
        }
    )


async def events(asked: Asked, card: tuple[Entity, int], kinds: list[str], place: Any, most: int) -> Placed:
    if (types := rules.event_types(kinds)) is None:
        return []
    rows = await timeline.events(asked.db, asked.account_id, card, sights(asked), types, place, most)
    return [(Mark(row["created_at"], Source.event, row["id"]), event_item(row)) for row in rows]


async def tasks(asked: Asked, card: tuple[Entity, int], kinds: list[str], place: Any, most: int) -> Placed:
    if "tasks" not in kinds:
        return []
    mine = owners(asked.me, "view", Entity.task)
    rows = await timeline.tasks(asked.db, asked.account_id, card, mine, place, most)
    return [
        (
            Mark(row["updated_at"], Source.task, row["id"]),
            item("task", row["id"], row["updated_at"], task=task_shown(asked, row)),
        )
        for row in rows
    ]


async def calls(asked: Asked, card: tuple[Entity, int], kinds: list[str], place: Any, most: int) -> Placed:
    if "calls" not in kinds:
        return []
    rows = await timeline.calls(asked.db, asked.account_id, card, asked.me, place, most)
    return [
        (
            Mark(row["started_at"], Source.call, row["id"]),
            item("call", row["id"], row["started_at"], call=call_shown(asked, row)),
        )
        for row in rows
    ]


async def unsorted(asked: Asked, card: tuple[Entity, int], kinds: list[str], place: Any, most: int) -> Placed:
    if card[0] is not Entity.lead or "changes" not in kinds:
        return []
    rows = await timeline.unsorted(asked.db, asked.account_id, card[1], place, most)
    return [
        (
            Mark(row["created_at"], Source.unsorted, row["id"]),
            item("unsorted", row["id"], row["created_at"], unsorted=unsorted_shown(row)),
        )
        for row in rows
    ]


def item(kind: str, number: int, at: int, **more: Any) -> dict[str, Any]:
    return {"key": f"{kind}:{number}", "kind": kind, "at": at, **more}


def event_item(row: Row) -> dict[str, Any]:
    """A line of the log; empty where its note is another card's by now."""
    if row["type"] in rules.NOTE_EVENTS:
        return {} if row["note_id"] is None else note_item(row, row["created_at"])
    change = {name: row[name] for name in ("type", "value_after", "value_before")}
    return item("change", row["id"], row["created_at"], change=change | {"by": row["created_by"], "card": None})


def note_item(row: Row, at: int) -> dict[str, Any]:
    note = {
        "id": row["note_id"],
        "note_type": row["note_type"],
        "params": row["params"],
        "by": row["note_by"],
        "updated_by": row["updated_by"],
        "updated_at": row["updated_at"],
        "is_pinned": row["is_pinned"],
    }
    return item("note", row["note_id"], at, note=note)


def unsorted_shown(row: Row) -> dict[str, Any]:
    told = row["metadata"]
    return {name: row[name] for name in UNSORTED} | {
        "source": row["source_name"] or row["source_uid"],
        "form": told.get("form_name"),
        "page": told.get("form_page"),
        "phone": told.get("phone") or told.get("from"),
    }


LINKING = {f"{each.name}_{ending}": each for each in CARDS for ending in ("linked", "unlinked")}


async def name_bound(asked: Asked, items: list[dict[str, Any]]) -> None:
    """What a card was linked to, or let go of, by name."""
    named: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for each in items:
        change = each.get("change")
        if change is None or (entity := LINKING.get(change["type"])) is None:
            continue
        values: list[dict[str, Any]] = change["value_after"] or [{}]
        value = values[0]
        told: dict[str, Any] = value.get("link") or value.get("unlink") or {}
        end: dict[str, Any] = told.get("entity") or {}
        if isinstance(end.get("id"), int):
            named.setdefault((int(entity), end["id"]), []).append(change)
    if not named:
        return
    for row in await call_rows.cards(asked.db, asked.account_id, list(named)):
        for change in named[row["entity"], row["id"]]:
            change["card"] = card_of(asked, {**row, "entity_id": row["id"]}, row["name"])
