"""Notes of every type, on contacts, companies, leads and customers: /api/v4/{cards}/notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import notes as actions
from trubka.api import hal, loose, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, Page, Routes
from trubka.api.v4.calls import origin_of
from trubka.api.v4.cards import Moment, mark
from trubka.db import notes as rows_of
from trubka.db.notes import Wanted
from trubka.errors import Flaw, FlawedItem, Invalid
from trubka.rules import notes as rules
from trubka.rules.entities import Entity
from trubka.rules.fields import choice_flaw
from trubka.rules.rights import sight

routes = Routes("/api/v4/{cards}")
LISTED = ("with", "page", "limit", "filter", "order")


class NoteIn(msgspec.Struct, kw_only=True):
    """A new note or a change to one; keys that only the server writes are taken and say nothing."""

    id: int | None = None
    entity_id: int | None = None
    note_type: str | None = None
    params: Any = None
    created_by: int | None = None
    updated_by: int | None = None
    responsible_user_id: int | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    is_need_to_trigger_digital_pipeline: bool | None = None
    request_id: str | None = None


class Note(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: int
    entity_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    responsible_user_id: int
    group_id: int
    note_type: str
    params: Any
    account_id: int
    is_pinned: bool | UnsetType = UNSET
    links: hal.Self = msgspec.field(name="_links")


class Shown(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is told of a note that was made or changed."""

    id: int
    entity_id: int
    updated_at: int | UnsetType = UNSET
    request_id: str
    links: hal.Self = msgspec.field(name="_links")


@routes.on("GET", "/notes", answer=Page("notes", Note), query=LISTED)
async def list_notes(asked: Asked, entity: Entity) -> Answer | None:
    """Notes of all the cards of one kind, a page at a time."""
    return await listed(asked, entity, asked.query.ints("filter", "entity_id"))


@routes.on("GET", "/{card}/notes", answer=Page("notes", Note), query=LISTED)
async def list_notes_of_card(asked: Asked, entity: Entity, card_id: int) -> Answer | None:
    """Notes of one card, a page at a time."""
    return await listed(asked, entity, [card_id])


@routes.on("GET", "/notes/{id}", answer=Note, query=("with",))
async def get_note(asked: Asked, entity: Entity, note_id: int) -> Note | None:
    """One note; one that is not there, or not to be seen, is 204."""
    return await one(asked, entity, note_id, None)


@routes.on("GET", "/{card}/notes/{id}", answer=Note, query=("with",))
async def get_note_of_card(asked: Asked, entity: Entity, card_id: int, note_id: int) -> Note | None:
    """One note of one card."""
    return await one(asked, entity, note_id, [card_id])


@routes.on("POST", "/notes", body=list[NoteIn], answer=Items("notes", Shown))
async def add_notes(asked: Asked, entity: Entity, batch: list[NoteIn]) -> dict[str, Any]:
    """New notes; each names its card in entity_id."""
    wishes = wishes_of(batch, None)
    ids = await actions.add(asked.db, asked.me, origin_of(asked), entity, wishes, asked.now)
    return envelope(
        asked,
        entity,
        [
            Shown(
                id=note_id,
                entity_id=wish.entity_id,
                request_id=wish.request_id,
                links=link(asked, entity, wish.entity_id, note_id),
            )
            for note_id, wish in zip(ids, wishes, strict=True)
        ],
    )


@routes.on("POST", "/{card}/notes", body=list[NoteIn], answer=Items("notes", Shown))
async def add_notes_to_card(asked: Asked, entity: Entity, card_id: int, batch: list[NoteIn]) -> dict[str, Any]:
    """New notes of one card."""
    for note in batch:
        note.entity_id = card_id
    return await add_notes(asked, entity, batch)


@routes.on("PATCH", "/notes", body=list[NoteIn], answer=Items("notes", Shown))
async def change_notes(asked: Asked, entity: Entity, batch: list[NoteIn]) -> dict[str, Any]:
    """Changes to several notes, each with its id."""
    return envelope(asked, entity, await changed(asked, entity, batch))


@routes.on("PATCH", "/{card}/notes", body=list[NoteIn], answer=Items("notes", Shown))
async def change_notes_of_card(asked: Asked, entity: Entity, card_id: int, batch: list[NoteIn]) -> dict[str, Any]:
    """Changes to several notes of one card."""
    for note in batch:
        note.entity_id = card_id
    return await change_notes(asked, entity, batch)


@routes.on("PATCH", "/notes/{id}", body=NoteIn, answer=Shown)
async def change_note(asked: Asked, entity: Entity, note_id: int, note: NoteIn) -> Shown:
    """Changes to one note."""
    note.id = note_id
    return (await changed(asked, entity, [note]))[0]


@routes.on("PATCH", "/{card}/notes/{id}", body=NoteIn, answer=Shown)
async def change_note_of_card(asked: Asked, entity: Entity, card_id: int, note_id: int, note: NoteIn) -> Shown:
    """Changes to one note of one card."""
    note.entity_id = card_id
    return await change_note(asked, entity, note_id, note)


@routes.on("POST", "/notes/{id}/pin", status=204)
async def pin_note(asked: Asked, entity: Entity, note_id: int) -> None:
    """The note stands at the top of its card."""
    await actions.pin(asked.db, asked.me, entity, note_id, True, asked.now)


@routes.on("POST", "/notes/{id}/unpin", status=204)
async def unpin_note(asked: Asked, entity: Entity, note_id: int) -> None:
    """The note goes back to its place in time."""
    await actions.pin(asked.db, asked.me, entity, note_id, False, asked.now)


@routes.on("POST", "/{card}/notes/{id}/pin", status=204, hidden=True)
async def pin_note_of_card(asked: Asked, entity: Entity, card_id: int, note_id: int) -> None:
    """The same, as amocrm-api-wrapper spells it."""
    await actions.pin(asked.db, asked.me, entity, note_id, True, asked.now, card_id)


@routes.on("POST", "/{card}/notes/{id}/unpin", status=204, hidden=True)
async def unpin_note_of_card(asked: Asked, entity: Entity, card_id: int, note_id: int) -> None:
    """The same, as amocrm-api-wrapper spells it."""
    await actions.pin(asked.db, asked.me, entity, note_id, False, asked.now, card_id)


async def listed(asked: Asked, entity: Entity, cards: list[int] | None) -> Answer | None:
    query, part = asked.query, pages.wanted(asked)
    order, span = query.order("updated_at", "id"), query.span("filter", "updated_at")
    wanted = Wanted(
        sight=sight(asked.me, entity),
        limit=part.limit,
        skip=part.skip,
        after=part.after,
        sorting="updated_at" if order and order.field == "updated_at" else "id",
        descending=order is not None and order.descending,
        ids=query.ints("filter", "id"),
        cards=cards,
        types=query.texts("filter", "note_type"),
        updated=(span.low, span.high) if span else (None, None),
    )
    if [] in (wanted.ids, wanted.cards) or wanted.sight.none:
        return None
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return pages.answer(asked, "notes", rows, lambda row: shown(asked, entity, row), mark(wanted.sorting))


async def one(asked: Asked, entity: Entity, note_id: int, cards: list[int] | None) -> Note | None:
    wanted = Wanted(sight=sight(asked.me, entity), limit=1, ids=[note_id], cards=cards)
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return shown(asked, entity, rows[0]) if rows else None


def shown(asked: Asked, entity: Entity, row: Any) -> Note:
    return Note(
        id=row["id"],
        entity_id=row["entity_id"],
        created_by=row["created_by"],
        updated_by=row["updated_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        responsible_user_id=row["responsible_user_id"],
        group_id=row["group_id"],
        note_type=row["note_type"],
        params=row["params"],
        account_id=asked.account_id,
        is_pinned=row["is_pinned"] if "is_pinned" in asked.query.withs() else UNSET,
        links=link(asked, entity, row["entity_id"], row["id"]),
    )


def link(asked: Asked, entity: Entity, card_id: int, note_id: int) -> hal.Self:
    return asked.link(f"/api/v4/{entity.plural}/{card_id}/notes/{note_id}")


def envelope(asked: Asked, entity: Entity, notes: list[Shown]) -> dict[str, Any]:
    return {"_links": asked.link(asked.path), "_embedded": {"notes": notes}}


def wishes_of(batch: Sequence[NoteIn], known: dict[int, str] | None) -> list[rules.Asked]:
    """What is wished, checked by the kind of each note; `known` tells the kinds of notes that are to be changed."""
    wishes: list[rules.Asked] = []
    flawed: list[FlawedItem] = []
    for index, note in enumerate(batch):
        flaws: list[Flaw] = []
        wish = rules.Asked(
            id=note.id or 0,
            entity_id=note.entity_id or 0,
            request_id=str(index) if note.request_id is None else note.request_id,
            created_by=note.created_by,
            updated_by=note.updated_by,
            responsible_user_id=note.responsible_user_id,
            created_at=note.created_at,
            updated_at=note.updated_at,
        )
        if known is None:
            fill_new(note, wish, flaws)
        else:
            fill_changed(note, wish, known, flaws)
        wishes.append(wish)
        if flaws:
            flawed.append(FlawedItem(wish.request_id, flaws))
    if flawed:
        raise Invalid(flawed)
    return wishes


def fill_new(note: NoteIn, wish: rules.Asked, flaws: list[Flaw]) -> None:
    if note.entity_id is None:
        flaws.append(missing("entity_id"))
    if note.note_type is None:
        flaws.append(missing("note_type"))
    elif (kind := rules.PARAMS.get(note.note_type)) is None:
        flaws.append(choice_flaw("note_type"))
    elif note.params is None:
        flaws.append(missing("params"))
    else:
        wish.note_type = note.note_type
        params = loose.reader(kind)(note.params, "params", flaws)
        wish.params = {} if params is None else cast(dict[str, Any], msgspec.to_builtins(params))


def fill_changed(note: NoteIn, wish: rules.Asked, known: dict[int, str], flaws: list[Flaw]) -> None:
    """A note keeps its kind. Of params the keys that are given change, and only of kinds that may be written."""
    wish.note_type = known.get(wish.id, "")
    kind = rules.PARAMS.get(wish.note_type)
    if note.note_type is not None and wish.note_type and note.note_type != wish.note_type:
        flaws.append(choice_flaw("note_type"))
    elif kind is not None and note.params is not None:
        wish.params = loose.part(kind, note.params, "params", flaws)


def missing(path: str) -> Flaw:
    return Flaw("FieldMissing", path, "This field is missing.")


async def changed(asked: Asked, entity: Entity, batch: list[NoteIn]) -> list[Shown]:
    known = await rows_of.types(asked.db, asked.account_id, sight(asked.me, entity), [note.id or 0 for note in batch])
    wishes = wishes_of(batch, known)
    rows = await actions.change(asked.db, asked.me, entity, wishes, asked.now)
    return [
        Shown(
            id=row["id"],
            entity_id=row["entity_id"],
            updated_at=row["updated_at"],
            request_id=wish.request_id,
            links=link(asked, entity, row["entity_id"], row["id"]),
        )
        for row, wish in zip(rows, wishes, strict=True)
    ]
