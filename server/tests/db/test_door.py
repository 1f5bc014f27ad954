"""The door to PostgreSQL: what is given up is told as that, and nobody comes into another one's transaction."""

import pytest

from trubka.db import Db
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
