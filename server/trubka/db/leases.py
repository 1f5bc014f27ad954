"""Leases: who does what only one process may do at a time. A holder that dies is replaced when its time is over.

The database's clock decides, so that processes whose clocks differ agree.
"""

from trubka.db import Db


async def take(db: Db, name: str, holder: str, seconds: float) -> bool:
    """Whether the lease is ours now, for so long: it was free, over, or ours already."""
    return bool(
        await db.value(
            """
            insert into leases (name, holder, until) values ($1, $2, now() + make_interval(secs => $3::float8))
            on conflict (name) do update set holder = excluded.holder, until = excluded.until
            where leases.holder = excluded.holder or leases.until < now()
            returning true
            """,
            name,
            holder,
            float(seconds),
        )
    )


async def renew(db: Db, name: str, holder: str, seconds: float) -> bool:
    """Whether it is still ours, and so for as long again. False: somebody else may hold it, so stop the work."""
    return bool(
        await db.run(
            """
            update leases set until = now() + make_interval(secs => $3::float8)
            where name = $1 and holder = $2 and until >= now()
            """,
            name,
            holder,
            float(seconds),
        )
    )


async def release(db: Db, name: str, holder: str) -> None:
    """The next one need not wait until it is over."""
    await db.run("delete from leases where name = $1 and holder = $2", name, holder)


async def forget(db: Db, days: int) -> None:
    """Of processes that have died long ago."""
    await db.run("delete from leases where until < now() - make_interval(days => $1)", days)


async def is_held(db: Db, name: str) -> bool:
    return await db.value("select exists (select from leases where name = $1 and until >= now())", name)
