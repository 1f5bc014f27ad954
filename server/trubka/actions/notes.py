"""Notes: writing on cards, by hand or by a PBX that logs its calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.actions import calls
from trubka.db import Db, facts, notes, users
from trubka.errors import Flaw, FlawedItem, Forbidden, Invalid, NotFound
from trubka.rules import notes as rules
from trubka.rules import people
from trubka.rules.calls import Asked as CallAsked
from trubka.rules.calls import Direction
from trubka.rules.entities import Entity
from trubka.rules.facts import Event, NoteAdded, NoteChanged
from trubka.rules.fields import choice_flaw
from trubka.rules.notes import Asked
from trubka.rules.rights import Me, may_card

Columns = dict[str, Any]
Place = tuple[int, int, int]


async def add(db: Db, me: Me, origin: str, entity: Entity, batch: Sequence[Asked], now: int) -> list[int]:
    """New notes; their numbers in the order of the batch. Those of calls are calls that `origin` tells of."""
    named = sorted({user for asked in batch for user in rules.people_named(asked)})
    cards = sorted({asked.entity_id for asked in batch})
    places, real, ids = await notes.ground(db, me.account_id, entity, cards, named, len(batch))
    check_places(me, entity, batch, places)
    if wrong := people.strangers(batch, real):
        raise Invalid(wrong)
    rows = [new_row(note_id, me, asked, real, now) for note_id, asked in zip(ids, batch, strict=True)]
    events = [event for row in rows if (event := told(entity, row)) is not None]
    added = [note_told(NoteAdded, me, now, entity, row, places[row["entity_id"]]) for row in rows]
    if not any(row["note_type"] in rules.CALLS for row in rows):
        await notes.add(db, me.account_id, entity, rows, events, added)
        return ids
    async with db.transaction() as tx:
        await notes.add(tx, me.account_id, entity, rows, events, added)
        called = [
            (row["id"], row["entity_id"], call_of(row, asked))
            for row, asked in zip(rows, batch, strict=True)
            if row["note_type"] in rules.CALLS
        ]
        await calls.of_notes(tx, me, origin, entity, called, places, now)
    return ids


def call_of(row: Columns, asked: Asked) -> CallAsked:
    params = row["params"]
    return CallAsked(
        direction=Direction.inbound if row["note_type"] == "call_in" else Direction.outbound,
        number=params.get("phone") or "",
        seconds=params.get("duration") or 0,
        uniq=params.get("uniq"),
        link=params.get("link"),
        result=params.get("call_result"),
        status=params.get("call_status"),
        who=params.get("call_responsible"),
        created_by=asked.created_by,
        responsible_user_id=asked.responsible_user_id,
        created_at=asked.created_at,
    )


async def change(db: Db, me: Me, entity: Entity, batch: Sequence[Asked], now: int) -> list[Columns]:
    """Changes to notes; their rows afterwards, in the order of the batch."""
    async with db.transaction() as tx:
        named = people.users_named(batch)
        if named and (wrong := people.strangers(batch, await users.existing(tx, me.account_id, named))):
            raise Invalid(wrong)
        rows = await found(tx, me, entity, batch)
        for asked in batch:
            changed_row(rows[asked.id], me, asked, now)
        await write(tx, me, entity, rows, now)
    return [rows[asked.id] for asked in batch]


async def pin(db: Db, me: Me, entity: Entity, note_id: int, pinned: bool, now: int, card_id: int = 0) -> None:
    """A card that is named along with the note must be the note's own."""
    async with db.transaction() as tx:
        rows = await found(
            tx, me, entity, [Asked(id=note_id, entity_id=card_id)], missing=NotFound("There is no such note.")
        )
        if rows[note_id]["is_pinned"] != pinned:
            rows[note_id]["is_pinned"] = pinned
            await write(tx, me, entity, rows, now)


def check_places(me: Me, entity: Entity, batch: Sequence[Asked], places: dict[int, Place]) -> None:
    """What one does not see does not exist; what one sees and may not change takes no notes of one's own."""
    missing = [
        FlawedItem(asked.request_id, [choice_flaw("entity_id")])
        for asked in batch
        if (place := places.get(asked.entity_id)) is None or not may_card(me, "view", entity, place)
    ]
    if missing:
        raise Invalid(missing)
    if not all(may_card(me, "edit", entity, places[asked.entity_id]) for asked in batch):
        raise Forbidden(f"You have no right to change this {entity.name}.")


def new_row(note_id: int, me: Me, asked: Asked, real: set[int], now: int) -> Columns:
    by, responsible = rules.authors(asked, me, real)
    at = now if asked.created_at is None else asked.created_at
    return {
        "id": note_id,
        "entity_id": asked.entity_id,
        "note_type": asked.note_type,
        "params": asked.params,
        "responsible_user_id": responsible,
        "created_by": by,
        "updated_by": by if asked.updated_by is None else asked.updated_by,
        "created_at": at,
        "updated_at": at if asked.updated_at is None else asked.updated_at,
    }


def note_told(
    kind: type[NoteAdded | NoteChanged], me: Me, now: int, entity: Entity, row: Columns, place: Place
) -> NoteAdded | NoteChanged:
    owner, pipeline_id, status_id = place
    about = (row["id"], entity, row["entity_id"], row["note_type"], owner)
    return kind(me.user_id, now, *about, pipeline_id=pipeline_id, status_id=status_id)


def told(entity: Entity, row: Columns) -> Event | None:
    return rules.event_of(row["note_type"], entity, row["entity_id"], row["id"], row["created_by"], row["created_at"])


async def found(
    tx: Db, me: Me, entity: Entity, batch: Sequence[Asked], missing: Exception | None = None
) -> dict[int, Columns]:
    """The notes that are to be changed, locked; one's rights are those of their cards."""
    listed = await notes.locked(tx, me.account_id, entity, [asked.id for asked in batch])
    rows = {row["id"]: dict(row) for row in listed if may_card(me, "view", entity, tuple(row["place"]))}
    gone = [asked for asked in batch if asked.id not in rows or not of_card(asked, rows[asked.id])]
    if gone:
        flaw = Flaw("NotSupportedChoice", "id", "There is no such note.")
        raise missing or Invalid([FlawedItem(asked.request_id, [flaw]) for asked in gone])
    if not all(may_card(me, "edit", entity, tuple(row["place"])) for row in rows.values()):
        raise Forbidden(f"You have no right to change this {entity.name}.")
    return rows


def of_card(asked: Asked, row: Columns) -> bool:
    """A card that is named along with the note must be the note's own."""
    return asked.entity_id in (0, row["entity_id"])


def changed_row(row: Columns, me: Me, asked: Asked, now: int) -> None:
    row["params"] |= asked.params
    if asked.created_by is not None:
        row["created_by"] = asked.created_by
    if asked.created_at is not None:
        row["created_at"] = asked.created_at
    row["responsible_user_id"] = asked.responsible_user_id or row["responsible_user_id"]
    row["updated_by"] = me.user_id if asked.updated_by is None else asked.updated_by
    # A client that sends a whole note back sends its old time along: only a later one counts.
    later = asked.updated_at is not None and asked.updated_at > row["updated_at"]
    row["updated_at"] = asked.updated_at if later else now


async def write(tx: Db, me: Me, entity: Entity, rows: dict[int, Columns], now: int) -> None:
    await notes.change(tx, me.account_id, list(rows.values()))
    changed = [note_told(NoteChanged, me, now, entity, row, tuple(row["place"])) for row in rows.values()]
    await facts.record(tx, me.account_id, [], changed)
