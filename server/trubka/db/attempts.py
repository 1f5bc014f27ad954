"""Tries to sign in, counted per login, per address, and per login from an address."""

from trubka.db import Db, Row


async def lock(db: Db, keys: list[str]) -> None:
    """Tries for the same login, or from the same address, are counted one after another."""
    await db.run("select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest($1::text[]) k", sorted(keys))


async def recent(db: Db, keys: list[str], seconds: int) -> list[Row]:
    return await db.rows(
        """
        select key, count(*) as tries, extract(epoch from now() - min(at))::int as oldest_seconds
        from sign_in_attempts where key = any($1::text[]) and at > now() - make_interval(secs => $2)
        group by key
        """,
        keys,
        seconds,
    )


async def add(db: Db, keys: list[str]) -> None:
    await db.run("insert into sign_in_attempts (key) select unnest($1::text[])", keys)


async def forgive(db: Db, pair: str, login: str, address: str) -> None:
    """The right password: all tries of the login from the address are forgotten, and this one of each by itself."""
    await db.run(
        """
        delete from sign_in_attempts where key = $1
          or ctid = (select ctid from sign_in_attempts where key = $2 order by at desc limit 1)
          or ctid = (select ctid from sign_in_attempts where key = $3 order by at desc limit 1)
        """,
        pair,
        login,
        address,
    )


async def tidy(db: Db, seconds: int) -> int:
    return await db.run("delete from sign_in_attempts where at < now() - make_interval(secs => $1)", seconds)
