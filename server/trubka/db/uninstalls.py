"""Integrations that wait to be told that they were switched off or removed."""

from trubka.db import Db, Row


async def add(db: Db, account_id: int, url: str) -> None:
    await db.run("insert into uninstalls (account_id, url) values ($1, $2)", account_id, url)


async def claim(db: Db, seconds: float) -> Row | None:
    """The next one that is due, its attempt counted. It is due again after so many seconds, should we die meanwhile."""
    return await db.row(
        """
        update uninstalls set attempts = attempts + 1, due_at = now() + make_interval(secs => $1::float8)
        where (account_id, id) = (
          select account_id, id from uninstalls where due_at <= now() order by due_at limit 1 for update skip locked)
        returning account_id, id, url, attempts
        """,
        float(seconds),
    )


async def put_off(db: Db, account_id: int, uninstall_id: int, seconds: float) -> None:
    await db.run(
        """
        update uninstalls set due_at = now() + make_interval(secs => $3::float8) where account_id = $1 and id = $2
        """,
        account_id,
        uninstall_id,
        float(seconds),
    )


async def remove(db: Db, account_id: int, uninstall_id: int) -> None:
    await db.run("delete from uninstalls where account_id = $1 and id = $2", account_id, uninstall_id)
