"""Where customers stand."""

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row


async def existing(db: Db, account_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these the account has."""
    rows = await db.rows(
        "select id from customer_statuses where account_id = $1 and id = any($2::int8[])", account_id, list(ids)
    )
    return {row["id"] for row in rows}


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select * from customer_statuses where account_id = $1 order by sort, id", account_id)


async def add(db: Db, account_id: int, statuses: Sequence[dict[str, Any]]) -> list[int]:
    """Their numbers, in the order in which they are given."""
    rows = await db.rows(
        """
        insert into customer_statuses (account_id, name, sort, color, type, is_default)
        select $1, s.name, s.sort, s.color, coalesce(s.type, 0), coalesce(s.type, 0) > 0
        from jsonb_to_recordset($2) as s(place int, name text, sort int, color text, type smallint)
        order by s.place returning id
        """,
        account_id,
        [{"place": place} | status for place, status in enumerate(statuses)],
    )
    return sorted(row["id"] for row in rows)


async def change(
    db: Db, account_id: int, status_id: int, name: str | None, sort: int | None, color: str | None
) -> Row | None:
    return await db.row(
        """
        update customer_statuses set name = coalesce($3, name), sort = coalesce($4, sort), color = coalesce($5, color)
        where account_id = $1 and id = $2 returning *
        """,
        account_id,
        status_id,
        name,
        sort,
        color,
    )


async def stand_in(db: Db, account_id: int, status_id: int) -> bool:
    """Whether a customer stands in it."""
    return await db.value(
        "select exists (select from customers where account_id = $1 and status_id = $2 and not is_deleted)",
        account_id,
        status_id,
    )


async def remove(db: Db, account_id: int, status_id: int) -> Row | None:
    """Not one of those that the account began with."""
    return await db.row(
        "delete from customer_statuses where account_id = $1 and id = $2 and not is_default returning *",
        account_id,
        status_id,
    )
