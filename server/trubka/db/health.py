"""What `doctor` and the metrics ask of the whole installation; nothing of an account's own is read."""

from trubka.db import Db


async def clock(db: Db) -> float:
    return await db.value("select extract(epoch from clock_timestamp())::float8")


async def workers(db: Db) -> list[str]:
    """Who holds a lease that has not run out."""
    rows = await db.rows("select distinct holder from leases where until > now() order by holder")
    return [row["holder"] for row in rows]


async def webhooks(db: Db) -> tuple[int, int]:
    """(deliveries that are late, subscriptions that are disabled), of all accounts."""
    row = await db.row(
        """
        select (select count(*) from deliveries where next_at < now() - interval '1 minute') as late,
          (select count(*) from webhooks where disabled) as disabled
        """
    )
    assert row is not None
    return row["late"], row["disabled"]
