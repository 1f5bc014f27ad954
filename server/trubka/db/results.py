"""What was saved in the result window, so that a save told twice is one; and what of a call only that window shows."""

from __future__ import annotations

from typing import Any

from trubka.db import Db, Row


async def saved(db: Db, account_id: int, call_id: int, key: str) -> dict[str, Any] | None:
    """What a save has made, if it was taken already."""
    return await db.value(
        "select made from results where account_id = $1 and call_id = $2 and key = $3", account_id, call_id, key
    )


async def made_before(db: Db, account_id: int, call_id: int) -> list[dict[str, Any]]:
    """What all its saves have made."""
    rows = await db.rows("select made from results where account_id = $1 and call_id = $2", account_id, call_id)
    return [row["made"] for row in rows]


async def keep(db: Db, account_id: int, call_id: int, key: str, made: dict[str, Any], by: int, now: int) -> None:
    """The call is finished, whatever was said of it."""
    await db.run(
        """
        with done as (
          update calls set finished_at = coalesce(finished_at, $6) where account_id = $1 and id = $2
        )
        insert into results (account_id, call_id, key, made, saved_by, saved_at) values ($1, $2, $3, $4, $5, $6)
        """,
        account_id,
        call_id,
        key,
        made,
        by,
        now,
    )


async def about(db: Db, account_id: int, call_id: int) -> Row | None:
    """Whether somebody has told how it went, and the item of the unsorted that waits with it."""
    return await db.row(
        """
        select k.finished_at, (select u.uid from unsorted u where u.account_id = $1 and u.lead_id = k.entity_id
          and k.entity = 2 and u.state = 'waiting' limit 1) as uid
        from calls k where k.account_id = $1 and k.id = $2
        """,
        account_id,
        call_id,
    )
