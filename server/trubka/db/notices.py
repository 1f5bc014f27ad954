"""Calls that others announce: cards without a call behind them, for a minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import place_of
from trubka.rules.facts import AnyFact

Json = dict[str, Any]


class Notice(msgspec.Struct, kw_only=True):
    id: UUID
    number: str
    tail: int | None
    entity: int | None
    entity_id: int | None
    details: Json
    users: Sequence[int] | None  # none: everybody
    call_id: int | None = None
    fact: AnyFact


async def add(db: Db, account_id: int, by: int, now: int, until: int, notices: Sequence[Notice]) -> None:
    """New notices with their facts. One that joins a call at once is not shown by itself. What stands for a minute is
    not waited for until the disk has it: a phone is ringing."""
    await db.run(
        """
        with new as (
          insert into notices (account_id, id, number, tail, entity, entity_id, details, user_ids, call_id, created_by,
            created_at, until)
          select $1, n.id, n.number, n.tail, n.entity, n.entity_id, n.details, n.users, n.call_id, $2, $3, $4
          from jsonb_to_recordset($5) as n(id uuid, number text, tail int8, entity smallint, entity_id int8,
            details jsonb, users int8[], call_id int8)
        ), told as (
          insert into facts (account_id, fact)
          select $1, n -> 'fact' from jsonb_array_elements($5) n where n -> 'call_id' = 'null'
        )
        select set_config('synchronous_commit', 'off', true)
        """,
        account_id,
        by,
        now,
        until,
        list(notices),
    )
    db.ring()


async def current(db: Db, account_id: int, user_id: int, now: int) -> list[Row]:
    """What is announced to a user right now, the newest first, each with the place of its card."""
    return await db.rows(
        """
        select n.id, n.number, n.entity, n.entity_id, n.details, n.created_at, n.until,
          """
        + place_of("n", where=" and not c.is_deleted")
        + """ as place
        from notices n
        where n.account_id = $1 and n.until > $3 and n.call_id is null
          and (n.user_ids is null or $2 = any(n.user_ids)) and not $2 = any(n.closed_by)
        order by n.created_at desc, n.id limit 50
        """,
        account_id,
        user_id,
        now,
    )


async def close(db: Db, account_id: int, notice_id: UUID, user_id: int) -> bool:
    """Whether it was announced to this user; the others still see it."""
    touched = await db.run(
        """
        update notices n set closed_by = case when $3 = any(n.closed_by) then n.closed_by else n.closed_by || $3 end
        where n.account_id = $1 and n.id = $2 and (n.user_ids is null or $3 = any(n.user_ids))
        """,
        account_id,
        notice_id,
        user_id,
    )
    return touched > 0


async def join(db: Db, account_id: int, tail: int, user_ids: Sequence[int], call_id: int, now: int) -> list[Row]:
    """The notices of a number to these users, or to everybody, that are a call's own now: id and user_ids."""
    return await db.rows(
        """
        update notices n set call_id = $4
        where n.account_id = $1 and n.tail = $2 and n.until > $5 and n.call_id is null
          and (n.user_ids is null or n.user_ids && $3::int8[])
        returning n.id, n.user_ids
        """,
        account_id,
        tail,
        list(user_ids),
        call_id,
        now,
    )


async def forget(db: Db, days: int, most: int) -> int:
    """Deletes some notices of all accounts that nobody sees any more; how many."""
    return await db.run(
        """
        delete from notices where (account_id, id) in (
          select account_id, id from notices where until < extract(epoch from now()) - $1 * 86400 limit $2)
        """,
        days,
        most,
    )
