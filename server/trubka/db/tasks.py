"""Tasks, and the time of the next one that stands with each card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, LiteralString

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import NUMBERS, TABLES, visible
from trubka.db.compose import Statement
from trubka.rules.entities import Entity
from trubka.rules.rights import Sight

Sorting = Literal["id", "created_at", "complete_till", "updated_at"]
COLUMNS: dict[str, LiteralString] = {
    "id": "t.id",
    "created_at": "t.created_at",
    "updated_at": "t.updated_at",
    "complete_till": "t.complete_till",
    "created_by": "t.created_by",
    "responsible_user_id": "t.responsible_user_id",
    "task_type_id": "t.task_type_id",
    "entity_id": "t.entity_id",
}


class Wanted(msgspec.Struct, kw_only=True):
    """Which tasks of a list are wanted; what is None does not matter."""

    owners: tuple[int, ...] | None  # rights: whose tasks one may see
    limit: int
    skip: int = 0
    after: tuple[Any, int] | None = None
    sorting: Sorting = "id"
    descending: bool = False
    ids: list[int] | None = None
    among: dict[str, list[int]] = {}  # column: its values
    spans: dict[str, tuple[int | None, int | None]] = {}  # column: from, to
    entities: list[int] | None = None
    completed: bool | None = None
    statuses: list[tuple[int, int]] | None = None  # of the lead: (pipeline, status)
    leads: Sight | None = None  # rights: which leads one sees; of others no status is told


async def page(db: Db, account_id: int, wanted: Wanted) -> list[Row]:
    found = Statement(account_id)
    way: LiteralString = " desc" if wanted.descending else ""
    order = "order by " + COLUMNS[wanted.sorting] + way + ", t.id" + way
    found.add("select t.*, coalesce(u.group_id, 0) as group_id")
    found.add("from (select t.id as page_id from tasks t where t.account_id = $1 and not t.is_deleted")
    narrow(found, wanted)
    found.add(order + " limit ? offset ?) p", wanted.limit, wanted.skip)
    found.add("join tasks t on t.account_id = $1 and t.id = p.page_id")
    found.add("left join users u on u.account_id = $1 and u.id = t.responsible_user_id")
    found.add(order)
    return await db.lists.rows(found.text, *found.values)


async def count(db: Db, account_id: int, wanted: Wanted) -> int:
    """How many there are; counting stops at the limit."""
    found = Statement(account_id)
    found.add("select count(*) from (select from tasks t where t.account_id = $1 and not t.is_deleted")
    narrow(found, wanted)
    found.add("limit ?) t", wanted.limit)
    return await db.lists.value(found.text, *found.values)


def narrow(found: Statement, wanted: Wanted) -> None:
    if wanted.owners is not None:
        found.add("and t.responsible_user_id = any(?::int8[])", list(wanted.owners))
    if wanted.ids is not None:
        found.add("and t.id = any(?::int8[])", wanted.ids)
    if wanted.entities is not None:
        found.add("and t.entity = any(?::int2[])", wanted.entities)
    if wanted.completed is not None:
        found.add("and t.is_completed = ?", wanted.completed)
    for column, values in wanted.among.items():
        found.add("and " + COLUMNS[column] + " = any(?::int8[])", values)
    for column, (low, high) in wanted.spans.items():
        if low is not None:
            found.add("and " + COLUMNS[column] + " >= ?", low)
        if high is not None:
            found.add("and " + COLUMNS[column] + " <= ?", high)
    if wanted.statuses is not None:
        found.add(
            "and t.entity = 2 and exists (select from leads c where c.account_id = $1 and c.id = t.entity_id"
            " and (c.pipeline_id, c.status_id) in (select * from unnest(?::int8[], ?::int8[]))",
            [pipeline for pipeline, _ in wanted.statuses],
            [status for _, status in wanted.statuses],
        )
        visible(found, wanted.leads)
        found.add(")")
    if wanted.after is not None:
        sign: LiteralString = "<" if wanted.descending else ">"
        found.add("and (" + COLUMNS[wanted.sorting] + ", t.id) " + sign + " (?, ?)", *wanted.after)


async def ground(db: Db, account_id: int, user_ids: Sequence[int], count: int) -> tuple[set[int], list[int]]:
    """Which of these users are real, and numbers for new tasks."""
    row = await db.row(
        """
        select array(select u.id from users u where u.account_id = $1 and u.id = any($2::int8[])) as users,
          array(select nextval('tasks_id_seq') from generate_series(1, $3::int)) as ids
        """,
        account_id,
        list(user_ids),
        count,
    )
    assert row is not None
    return set(row["users"]), row["ids"]


async def locked(db: Db, account_id: int, ids: Sequence[int]) -> list[Row]:
    """Tasks as they stand, locked in the order of their numbers."""
    return await db.rows(
        """
        select * from tasks where account_id = $1 and id = any($2::int8[]) and not is_deleted
        order by id for update
        """,
        account_id,
        list(ids),
    )


async def open_of(db: Db, account_id: int, user_id: int, most: int) -> list[Row]:
    """The open tasks that a user answers for: those that are due first, in the order of their numbers."""
    return await db.rows(
        """
        select * from (
          select id, complete_till, entity, entity_id from tasks
          where account_id = $1 and responsible_user_id = $2 and not is_completed and not is_deleted
          order by complete_till, id limit $3) t
        order by id
        """,
        account_id,
        user_id,
        most,
    )


async def add(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    await db.run(
        """
        insert into tasks (account_id, id, entity, entity_id, task_type_id, text, complete_till, duration,
          is_completed, result_text, responsible_user_id, created_by, updated_by, created_at, updated_at)
          overriding system value
        select $1, n.* from jsonb_to_recordset($2) as n(id int8, entity smallint, entity_id int8, task_type_id int8,
          text text, complete_till int8, duration int8, is_completed boolean, result_text text,
          responsible_user_id int8, created_by int8, updated_by int8, created_at int8, updated_at int8)
        """,
        account_id,
        list(rows),
    )


async def change(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    await db.run(
        """
        update tasks t set entity = n.entity, entity_id = n.entity_id, task_type_id = n.task_type_id, text = n.text,
          complete_till = n.complete_till, duration = n.duration, is_completed = n.is_completed,
          result_text = n.result_text, responsible_user_id = n.responsible_user_id, created_by = n.created_by,
          updated_by = n.updated_by, created_at = n.created_at, updated_at = n.updated_at
        from jsonb_to_recordset($2) as n(id int8, entity smallint, entity_id int8, task_type_id int8, text text,
          complete_till int8, duration int8, is_completed boolean, result_text text, responsible_user_id int8,
          created_by int8, updated_by int8, created_at int8, updated_at int8)
        where t.account_id = $1 and t.id = n.id
        """,
        account_id,
        list(rows),
    )


async def add_results(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> dict[int, int]:
    """The result of a task is kept as a note of the task too, since that is what the log points to: {task: note}."""
    made = await db.rows(
        """
        insert into notes (account_id, entity, entity_id, note_type, params, responsible_user_id, created_by,
          updated_by, created_at, updated_at)
        select $1, 4, r.id, 'task_result', jsonb_build_object('text', r.result_text), r.responsible_user_id,
          r.updated_by, r.updated_by, r.updated_at, r.updated_at
        from jsonb_to_recordset($2) as r(id int8, result_text text, responsible_user_id int8, updated_by int8,
          updated_at int8)
        returning entity_id, id
        """,
        account_id,
        list(rows),
    )
    return {row["entity_id"]: row["id"] for row in made}


async def set_closest(db: Db, account_id: int, entity: Entity, card_ids: Sequence[int]) -> None:
    """The time of the next open task of each of these cards. They must be locked by an earlier statement: then this
    one sees every task that another transaction has hung on them."""
    found = Statement(account_id)
    found.add("update " + TABLES[entity] + " c set closest_task_at = n.till")
    found.add("from (select i.id, (select min(t.complete_till) from tasks t where t.account_id = $1")
    found.add("and t.entity = " + NUMBERS[entity] + " and t.entity_id = i.id")
    found.add("and not t.is_completed and not t.is_deleted) as till from unnest(?::int8[]) as i(id)) n", card_ids)
    found.add("where c.account_id = $1 and c.id = n.id and c.closest_task_at is distinct from n.till")
    await db.run(found.text, *found.values)
