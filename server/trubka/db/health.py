"""What `doctor` and the metrics ask of the whole installation; nothing of an account's own is read."""

from typing import LiteralString

from trubka.db import Db

# What each call reads and writes. Where PostgreSQL knows nothing of a table yet, all its indexes look alike to it, and
# a plan that it keeps for a hot statement may go through everything that an account has.
HOT: tuple[LiteralString, ...] = (
    "calls",
    "debts",
    "phones",
    "contacts",
    "companies",
    "leads",
    "bonds",
    "notes",
    "facts",
)
FEW = 50  # rows that may be gone through


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


async def uncounted(db: Db) -> list[LiteralString]:
    """The hot tables that have become another since PostgreSQL has counted them, or that it never has."""
    rows = await db.rows(
        """
        select relname from pg_stat_user_tables
        where relname = any($1) and n_live_tup >= $2 and n_mod_since_analyze * 2 > n_live_tup
        """,
        HOT,
        FEW,
    )
    names = {row["relname"] for row in rows}
    return [table for table in HOT if table in names]
