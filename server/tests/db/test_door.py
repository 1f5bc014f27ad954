"""The door to PostgreSQL: what is given up is told as that, and nobody comes into another one's transaction."""

import asyncio
import logging
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

from trubka.db import Db, connect
from trubka.errors import Unavailable


async def test_a_statement_that_takes_too_long_is_refused_for_now(db: Db):
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await tx.run("set local statement_timeout = '20ms'")
            await tx.value("select pg_sleep(5)")
    assert await db.value("select 1") == 1


async def test_a_transaction_that_was_left_open_is_gone_when_its_connection_is_lent_again(db: Db):
    left = 0
    with pytest.raises(ZeroDivisionError):
        async with db.connection() as held:
            await held.execute("begin")
            left = await held.fetchval("select pg_backend_pid()")
            raise ZeroDivisionError
    state = await db.value("select state from pg_stat_activity where pid = $1", left)
    assert state in ("idle", "active")


async def test_a_connection_that_is_lost_in_a_transaction_is_refused_for_now(db: Db):
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await db.value("select pg_terminate_backend($1)", await tx.value("select pg_backend_pid()"))
            await asyncio.sleep(0.2)
            await tx.value("select 1")
    assert await db.value("select 1") == 1


async def test_a_server_that_is_full_is_told_as_one_that_does_not_answer(db: Db, dsn: str):
    role = f"narrow_{uuid4().hex}"
    async with db.connection() as held:
        await held.execute(f"create role {role} login password 'x' connection limit 2")
    try:
        parts = urlsplit(dsn)
        host = f"{role}:x@{parts.netloc.rpartition('@')[2]}"
        narrow = await connect(urlunsplit(parts._replace(netloc=host)), hot=2, lists=1)  # one of each is open
        try:
            async with narrow.connection():
                with pytest.raises(Unavailable):
                    await narrow.value("select 1")
        finally:
            await narrow.close()
    finally:
        async with db.connection() as held:
            await held.execute(f"drop role {role}")


def test_the_pool_tells_of_a_database_that_is_away_in_one_line(caplog: pytest.LogCaptureFixture):
    try:
        raise ConnectionRefusedError("nobody there")
    except ConnectionRefusedError:
        logging.getLogger("asyncpg.pool").warning(
            "Failed to restore the pool connection floor; retrying", exc_info=True
        )
    (line,) = caplog.records
    assert line.exc_info is None
    assert caplog.text.count("\n") == 1 and "nobody there" in caplog.text
