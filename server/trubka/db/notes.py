"""Notes of cards. New ones take one read and one writing statement, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, LiteralString

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import TABLES, on_card
from trubka.db.compose import Statement
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, Event
from trubka.rules.rights import Sight

COLUMNS: dict[str, LiteralString] = {"id": "n.id", "updated_at": "n.updated_at"}


class Wanted(msgspec.Struct, kw_only=True):
    """Which notes of a list are wanted; what is None does not matter."""

    sight: Sight  # of the cards that they hang on
    limit: int
    skip: int = 0
    after: tuple[Any, int] | None = None
    sorting: Literal["id", "updated_at"] = "id"
    descending: bool = False
    ids: list[int] | None = None
    cards: list[int] | None = None
    types: list[str] | None = None
    updated: tuple[int | None, int | None] = (None, None)


async def page(db: Db, account_id: int, wanted: Wanted) -> list[Row]:
    """One page of the notes of one kind of card."""
    found = Statement(account_id)
    way: LiteralString = " desc" if wanted.descending else ""
    order = "order by " + COLUMNS[wanted.sorting] + way + ", n.id" + way
    found.add("select n.*, coalesce(u.group_id, 0) as group_id")
    found.add("from (select n.id as page_id from notes n where n.account_id = $1")
    found.add("and n.entity = ?", int(wanted.sight.entity))
    if wanted.ids is not None:
        found.add("and n.id = any(?::int8[])", wanted.ids)
    if wanted.cards is not None:
        found.add("and n.entity_id = any(?::int8[])", wanted.cards)
    if wanted.types is not None:
        found.add("and n.note_type = any(?::text[])", wanted.types)
    low, high = wanted.updated
    if low is not None:
        found.add("and n.updated_at >= ?", low)
    if high is not None:
        found.add("and n.updated_at <= ?", high)
    if wanted.after is not None:
        sign: LiteralString = "<" if wanted.descending else ">"
        found.add("and (" + COLUMNS[wanted.sorting] + ", n.id) " + sign + " (?, ?)", *wanted.after)
    found.add("and")
    on_card(found, wanted.sight, "n.entity_id")
    found.add(order + " limit ? offset ?) p", wanted.limit, wanted.skip)
    found.add("join notes n on n.account_id = $1 and n.id = p.page_id")
    found.add("left join users u on u.account_id = $1 and u.id = n.responsible_user_id")
    found.add(order)
    return await db.lists.rows(found.text, *found.values)


async def ground(
    db: Db, account_id: int, entity: Entity, card_ids: Sequence[int], user_ids: Sequence[int], count: int
) -> tuple[dict[int, tuple[int, int, int]], set[int], list[int]]:
    """What new notes need: the cards that are there (responsible user, pipeline, status), which of these users are
    real, and numbers for the notes."""
    found = Statement(account_id)
    place: LiteralString = "c.pipeline_id, c.status_id" if entity is Entity.lead else "0, 0"
    found.add("select array(select nextval('notes_id_seq') from generate_series(1, ?)) as ids,", count)
    found.add("array(select u.id from users u where u.account_id = $1 and u.id = any(?::int8[])) as users,", user_ids)
    found.add("coalesce((select jsonb_agg(jsonb_build_array(c.id, c.responsible_user_id, " + place + "))")
    found.add("from " + TABLES[entity] + " c where c.account_id = $1 and c.id = any(?::int8[])", card_ids)
    found.add("and not c.is_deleted), '[]') as cards")
    row = await db.row(found.text, *found.values)
    assert row is not None
    return {card: (owner, *rest) for card, owner, *rest in row["cards"]}, set(row["users"]), row["ids"]


async def add(
    db: Db,
    account_id: int,
    entity: Entity,
    rows: Sequence[dict[str, Any]],
    events: Sequence[Event],
    facts: Sequence[AnyFact],
) -> None:
    """New notes, with what tells of them, in one statement."""
    await db.run(
        """
        with told as (
          insert into events (account_id, type, entity, entity_id, created_by, created_at, value_after, value_before)
          select $1, e.type, e.entity, e.entity_id, e.created_by, e.created_at, e.value_after, e.value_before
          from jsonb_to_recordset($4) as e(type text, entity smallint, entity_id int8, created_by int8,
            created_at int8, value_after jsonb, value_before jsonb)
        ), spread as (
          insert into facts (account_id, fact) select $1, f from jsonb_array_elements($5) as f
        )
        insert into notes (account_id, entity, id, entity_id, note_type, params, responsible_user_id, created_by,
          updated_by, created_at, updated_at) overriding system value
        select $1, $2, n.* from jsonb_to_recordset($3) as n(id int8, entity_id int8, note_type text, params jsonb,
          responsible_user_id int8, created_by int8, updated_by int8, created_at int8, updated_at int8)
        """,
        account_id,
        int(entity),
        list(rows),
        list(events),
        list(facts),
    )
    db.ring()


async def types(db: Db, account_id: int, sight: Sight, ids: Sequence[int]) -> dict[int, str]:
    """What kind of note each of these is, as far as one sees their cards: it never changes."""
    found = Statement(account_id)
    found.add("select n.id, n.note_type from notes n where n.account_id = $1")
    found.add("and n.entity = ? and n.id = any(?::int8[]) and", int(sight.entity), list(ids))
    on_card(found, sight, "n.entity_id")
    rows = await db.rows(found.text, *found.values)
    return {row["id"]: row["note_type"] for row in rows}


async def locked(db: Db, account_id: int, entity: Entity, ids: Sequence[int]) -> list[Row]:
    """Notes as they stand, with the place of their card; locked in the order of their numbers."""
    found = Statement(account_id)
    place: LiteralString = "c.pipeline_id, c.status_id" if entity is Entity.lead else "0, 0"
    found.add("select n.*, array[c.responsible_user_id, " + place + "]::int8[] as place from notes n")
    found.add("join " + TABLES[entity] + " c on c.account_id = $1 and c.id = n.entity_id and not c.is_deleted")
    found.add("where n.account_id = $1 and n.entity = ? and n.id = any(?::int8[])", int(entity), list(ids))
    found.add("order by n.id for update of n")
    return await db.rows(found.text, *found.values)


async def change(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    await db.run(
        """
        update notes n set params = c.params, responsible_user_id = c.responsible_user_id, created_by = c.created_by,
          updated_by = c.updated_by, created_at = c.created_at, updated_at = c.updated_at, is_pinned = c.is_pinned
        from jsonb_to_recordset($2) as c(id int8, params jsonb, responsible_user_id int8, created_by int8,
          updated_by int8, created_at int8, updated_at int8, is_pinned boolean)
        where n.account_id = $1 and n.id = c.id
        """,
        account_id,
        list(rows),
    )
