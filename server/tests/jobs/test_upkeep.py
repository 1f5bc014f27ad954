"""What keeps the tables quick."""

from __future__ import annotations

import asyncio

import pytest

from tests.cast import Cast
from tests.jobs.test_work import shift_of
from trubka.actions import debts
from trubka.db import Db, conversations, health
from trubka.db import debts as debt_rows
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


async def test_a_step_of_settling_that_fails_keeps_the_other_from_nothing(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upkeep, "SETTLE_SECONDS", 0.01)
    tried: list[str] = []
    settled: asyncio.Queue[str | None] = asyncio.Queue()
    look = debts.settle_all

    async def twins(_db: Db, _seconds: float, _now: int, since: str = "0") -> int:
        tried.append(since)
        raise RuntimeError

    async def settle_all(db: Db, now: int, since: str | None = None) -> int:
        settled.put_nowait(since)
        return await look(db, now, since)

    monkeypatch.setattr(upkeep, "join_twins", twins)
    monkeypatch.setattr(debts, "settle_all", settle_all)
    async with shift_of(db) as shift, asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(upkeep.settle(shift))
        assert await settled.get() is None
        assert await settled.get() is not None, "what went well goes on from there"
        shift.stop.set()
    assert len(tried) >= 2 and set(tried) == {"0"}, "what failed is tried again whole"


async def test_no_more_than_the_last_facts_are_looked_through(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """A week of facts is there when a worker begins."""
    calls = await db.rows(
        """
        insert into calls (account_id, source, origin, uniq, direction, number, tail, started_at, ended_at, missed,
          user_ids, updated_at)
        select $1, 1, o, n.tail::text, 1, n.tail::text, n.tail, 1000, 1030, true, array[$2::int8], 1030
        from unnest(array[9160000001, 9160000002]) n(tail), unnest(array['one', 'other']) o
        order by n.tail returning id, tail
        """,
        cast.account_id,
        cast.anna,
    )
    for call in calls:
        told = {"fact": "call_logged", "id": call["id"]}
        await db.run("insert into facts (account_id, fact) values ($1, $2)", cast.account_id, told)
        await db.run(
            """
            insert into debts (account_id, number, tail, calls, is_sure, call_id, last_call_id, opened_at, last_at)
            select $1, $2::text, $3, 1, true, $4, $4, 1000, 1030
            where not exists (select from debts where account_id = $1 and tail = $3)
            """,
            cast.account_id,
            str(call["tail"]),
            call["tail"],
            call["id"],
        )
    numbers = {call["tail"] for call in calls}

    async def looked() -> list[set[int]]:
        twins = {row["tail"] for row in await conversations.twins(db, 60, "0", 100)}
        return [twins, {tail for _, tail in await debt_rows.touched(db, "0")}]

    assert await looked() == [numbers, numbers]
    for module in (conversations, debt_rows):
        monkeypatch.setattr(module, "MOST_FACTS", 2)
    assert await looked() == [{calls[-1]["tail"]}] * 2
