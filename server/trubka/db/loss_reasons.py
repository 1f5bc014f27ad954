"""Why leads are lost."""

from collections.abc import Sequence

from trubka.db import Db, Row


async def existing(db: Db, account_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these the account has."""
    rows = await db.rows(
        "select id from loss_reasons where account_id = $1 and id = any($2::int8[])", account_id, list(ids)
    )
    return {row["id"] for row in rows}


async def all_of(db: Db, account_id: int) -> list[Row]:
    """In their order."""
    return await db.rows("select id, name from loss_reasons where account_id = $1 order by sort, id", account_id)


async def add(db: Db, account_id: int, names: Sequence[str], now: int) -> None:
    """In the order of their names here."""
    await db.run(
        """
        insert into loss_reasons (account_id, name, sort, created_at, updated_at)
        select $1, n.name, n.place * 10, $3, $3 from unnest($2::text[]) with ordinality as n(name, place)
        """,
        account_id,
        list(names),
        now,
    )
