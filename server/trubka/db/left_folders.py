"""Accounts that are gone, while files of their recordings are still in the store."""

from trubka.db import Db


async def add(db: Db, account_id: int, seconds: float) -> None:
    await db.run(
        "insert into left_folders (account_id, due_at) values ($1, now() + make_interval(secs => $2::float8))",
        account_id,
        float(seconds),
    )


async def claim(db: Db, seconds: float) -> int | None:
    """The account that is due; it is due again after so many seconds, should we die meanwhile."""
    return await db.value(
        """
        update left_folders set due_at = now() + make_interval(secs => $1::float8)
        where account_id = (
          select account_id from left_folders where due_at <= now() order by due_at limit 1 for update skip locked)
        returning account_id
        """,
        float(seconds),
    )


async def put_off(db: Db, account_id: int, seconds: float) -> None:
    await db.run(
        "update left_folders set due_at = now() + make_interval(secs => $2::float8) where account_id = $1",
        account_id,
        float(seconds),
    )


async def remove(db: Db, account_id: int) -> None:
    await db.run("delete from left_folders where account_id = $1", account_id)
