"""Why leads are lost."""

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row


async def existing(db: Db, account_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these the account has."""
    rows = await db.rows(
        "select id from loss_reasons where account_id = $1 and id = any($2::int8[])", account_id, list(ids)
    )
    return {row["id"] for row in rows}


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select * from loss_reasons where account_id = $1 order by sort, id", account_id)


async def add(db: Db, account_id: int, reasons: Sequence[dict[str, Any]], now: int) -> list[Row]:
    """In the order in which they are given."""
    return await db.rows(
        """
        with made as (
          insert into loss_reasons (account_id, name, sort, created_at, updated_at)
          select $1, r.name, r.sort, $3, $3 from jsonb_to_recordset($2) as r(place int, name text, sort int)
          order by r.place returning *
        )
        select * from made order by id
        """,
        account_id,
        [{"place": place} | reason for place, reason in enumerate(reasons)],
        now,
    )


async def change(db: Db, account_id: int, reason_id: int, name: str | None, sort: int | None, now: int) -> Row | None:
    return await db.row(
        """
        update loss_reasons set name = coalesce($3, name), sort = coalesce($4, sort), updated_at = $5
        where account_id = $1 and id = $2 returning *
        """,
        account_id,
        reason_id,
        name,
        sort,
        now,
    )


async def remove(db: Db, account_id: int, reason_id: int) -> Row | None:
    return await db.row("delete from loss_reasons where account_id = $1 and id = $2 returning *", account_id, reason_id)
