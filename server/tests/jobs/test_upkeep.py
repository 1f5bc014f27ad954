"""What keeps the tables quick."""

from __future__ import annotations

import asyncio

import pytest

from tests.cast import Cast
from tests.jobs.test_work import shift_of
from trubka.db import Db, health
from trubka.jobs import upkeep


async def test_a_table_with_its_first_rows_is_counted(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Else the plan of a hot statement may go through all of them (an index that begins with the account will do)."""
    monkeypatch.setattr(upkeep, "COUNT_SECONDS", 0.01)
    await db.run("alter table phones set (autovacuum_enabled = false)")
    await db.run(
        "insert into phones select $1, 9160000000 + i, 1, i, '7916' from generate_series(1, $2) i",
        cast.account_id,
        health.FEW,
    )
    await counted(db, False)  # PostgreSQL tells its numbers a second late
    async with shift_of(db) as shift, asyncio.TaskGroup() as group:
        group.create_task(upkeep.count(shift))
        await counted(db, True)
        shift.stop.set()
    assert await db.value("select count(*) from pg_stats where tablename = 'phones'")


async def counted(db: Db, wanted: bool) -> None:
    for _ in range(400):
        if ("phones" not in await health.uncounted(db)) is wanted:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the table was not counted" if wanted else "the rows were not noticed")
