"""Tasks: new ones, changes, completion. The time of the next task of a card is right in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from trubka.db import Db, cards, facts, tasks, users
from trubka.errors import Flaw, FlawedItem, Forbidden, Invalid
from trubka.rules import people
from trubka.rules import tasks as rules
from trubka.rules.entities import Entity
from trubka.rules.facts import TaskAdded, TaskChanged
from trubka.rules.fields import choice_flaw
from trubka.rules.rights import Me, may, may_card
from trubka.rules.tasks import Asked, card_of

Columns = dict[str, Any]
Card = tuple[Entity, int]
Place = tuple[int, int, int]


async def add(db: Db, me: Me, batch: Sequence[Asked], now: int) -> list[int]:
    """New tasks; their numbers in the order of the batch."""
    async with db.transaction() as tx:
        real, ids = await tasks.ground(tx, me.account_id, people.users_named(batch), len(batch))
        if wrong := people.strangers(batch, real):
            raise Invalid(wrong)
        rows = [new_row(task_id, me, asked, now) for task_id, asked in zip(ids, batch, strict=True)]
        places = await lock_cards(tx, me.account_id, [card for row in rows if (card := card_of(row)) is not None])
        check_places(me, zip(batch, (card_of(row) for row in rows), strict=True), places)
        await tasks.add(tx, me.account_id, rows)
        notes = await results(tx, me.account_id, [row for row in rows if row["result_text"]])
        await set_closest(tx, me.account_id, places)
        events = [event for row in rows for event in rules.events_of_new(row, notes.get(row["id"]))]
        added = [TaskAdded(me.user_id, now, row["id"], row["responsible_user_id"], *told_task(row)) for row in rows]
        await facts.record(tx, me.account_id, events, added)
    return ids


async def change(db: Db, me: Me, batch: Sequence[Asked], now: int) -> list[Columns]:
    """Changes to tasks; their rows afterwards, in the order of the batch."""
    async with db.transaction() as tx:
        named = people.users_named(batch)
        if named and (wrong := people.strangers(batch, await users.existing(tx, me.account_id, named))):
            raise Invalid(wrong)
        before = {row["id"]: dict(row) for row in await tasks.locked(tx, me.account_id, [a.id for a in batch])}
        check_found(me, batch, before)
        after: dict[int, Columns] = {}
        for asked in batch:
            after[asked.id] = changed_row(after.get(asked.id, before[asked.id]), me, asked, now)
        pairs = [(before[row["id"]], row) for row in after.values()]
        moved = [each for pair in pairs if rules.moves_closest(*pair) for each in pair]
        places = await lock_cards(tx, me.account_id, [card for row in moved if (card := card_of(row)) is not None])
        hung = [(a, card_of(after[a.id])) for a in batch if card_of(after[a.id]) != card_of(before[a.id])]
        check_places(me, hung, places)
        await tasks.change(tx, me.account_id, list(after.values()))
        told = [row for row in after.values() if row["result_text"] not in (None, before[row["id"]]["result_text"])]
        notes = await results(tx, me.account_id, told)
        await set_closest(tx, me.account_id, places)
        events = [event for old, new in pairs for event in rules.events_of_change(old, new, notes.get(new["id"]))]
        await facts.record(tx, me.account_id, events, [told_change(me, now, old, new) for old, new in pairs])
    return [after[asked.id] for asked in batch]


async def lock_cards(tx: Db, account_id: int, named: Iterable[Card]) -> dict[Card, Place]:
    """The cards, locked in one order everywhere: (responsible user, pipeline, status) of each that is there."""
    found: dict[Card, Place] = {}
    by_entity: dict[Entity, set[int]] = {}
    for entity, card_id in named:
        by_entity.setdefault(entity, set()).add(card_id)
    for entity in sorted(by_entity):
        for row in await cards.locked(tx, account_id, entity, sorted(by_entity[entity])):
            status = (row["pipeline_id"], row["status_id"]) if entity is Entity.lead else (0, 0)
            found[entity, row["id"]] = (row["responsible_user_id"], status[0], status[1])
    return found


async def set_closest(tx: Db, account_id: int, touched: Iterable[Card]) -> None:
    by_entity: dict[Entity, set[int]] = {}
    for entity, card_id in touched:
        by_entity.setdefault(entity, set()).add(card_id)
    for entity in sorted(by_entity):
        await tasks.set_closest(tx, account_id, entity, sorted(by_entity[entity]))


async def results(tx: Db, account_id: int, rows: list[Columns]) -> dict[int, int]:
    return await tasks.add_results(tx, account_id, rows) if rows else {}


def check_places(me: Me, hung: Iterable[tuple[Asked, Card | None]], places: dict[Card, Place]) -> None:
    """A task is hung only on a card that one sees."""
    missing = [
        FlawedItem(asked.request_id, [choice_flaw("entity_id")])
        for asked, card in hung
        if card is not None and ((place := places.get(card)) is None or not may_card(me, "view", card[0], place))
    ]
    if missing:
        raise Invalid(missing)


def check_found(me: Me, batch: Sequence[Asked], rows: dict[int, Columns]) -> None:
    """What one does not see does not exist; what one sees and may not change is refused."""
    missing = [
        FlawedItem(asked.request_id, [Flaw("NotSupportedChoice", "id", "There is no such task.")])
        for asked in batch
        if (row := rows.get(asked.id)) is None or not may(me, "view", Entity.task, row["responsible_user_id"])
    ]
    if missing:
        raise Invalid(missing)
    if not all(may(me, "edit", Entity.task, row["responsible_user_id"]) for row in rows.values()):
        raise Forbidden("You have no right to change this task.")
    unknown = [a for a in batch if a.entity_id is not None and a.entity is None and rows[a.id]["entity"] is None]
    if unknown:
        flaw = Flaw("FieldMissing", "entity_type", "This field is missing.")
        raise Invalid([FlawedItem(asked.request_id, [flaw]) for asked in unknown])


def new_row(task_id: int, me: Me, asked: Asked, now: int) -> Columns:
    by = me.user_id if asked.created_by is None else asked.created_by
    at = now if asked.created_at is None else asked.created_at
    return {
        "id": task_id,
        "entity": asked.entity,
        "entity_id": asked.entity_id,
        "task_type_id": asked.task_type_id or rules.FIRST_TYPE,
        "text": asked.text or "",
        "complete_till": asked.complete_till or 0,
        "duration": asked.duration or 0,
        "is_completed": bool(asked.is_completed),
        "result_text": asked.result_text,
        "responsible_user_id": asked.responsible_user_id or me.user_id,
        "created_by": by,
        "updated_by": by if asked.updated_by is None else asked.updated_by,
        "created_at": at,
        "updated_at": at if asked.updated_at is None else asked.updated_at,
    }


def changed_row(old: Columns, me: Me, asked: Asked, now: int) -> Columns:
    row = dict(old)
    kept = (
        "text",
        "complete_till",
        "task_type_id",
        "is_completed",
        "duration",
        "result_text",
        "created_by",
        "created_at",
    )
    row |= {key: value for key in kept if (value := getattr(asked, key)) is not None}
    if asked.entity_id is not None:
        row |= {"entity": asked.entity or old["entity"], "entity_id": asked.entity_id}
    row["responsible_user_id"] = asked.responsible_user_id or old["responsible_user_id"]
    row["updated_by"] = me.user_id if asked.updated_by is None else asked.updated_by
    # A client that sends a whole task back sends its old time along: only a later one counts.
    later = asked.updated_at is not None and asked.updated_at > old["updated_at"]
    row["updated_at"] = asked.updated_at if later else now
    return row


def told_task(row: Columns) -> tuple[Entity | None, int | None, int, bool]:
    entity, entity_id = card_of(row) or (None, None)
    return entity, entity_id, row["complete_till"], row["is_completed"]


def told_change(me: Me, now: int, old: Columns, new: Columns) -> TaskChanged:
    owner, old_owner = new["responsible_user_id"], old["responsible_user_id"]
    return TaskChanged(
        me.user_id,
        now,
        new["id"],
        owner,
        new["is_completed"] and not old["is_completed"],
        old_owner if old_owner != owner else None,
        *told_task(new),
    )
