"""Where customers stand."""

from collections.abc import Sequence

from trubka.db import Db, Row


async def existing(db: Db, account_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these the account has."""
    rows = await db.rows(
        "select id from customer_statuses where account_id = $1 and id = any($2::int8[])", account_id, list(ids)
    )
    return {row["id"] for row in rows}


async def all_of(db: Db, account_id: int) -> list[Row]:
    """In their order."""
    return await db.rows(
        "select id, name, color, type from customer_statuses where account_id = $1 order by sort, id", account_id
    )
