"""The frame of the jobs: begins again after trouble, stops in time, and only one process holds a lease."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog

from trubka.db import Db, leases
from trubka.errors import Unavailable
from trubka.jobs import shift as shifts
from trubka.jobs import work as jobs
from trubka.jobs.shift import Loop, Shift
from trubka.jobs.work import work
from trubka.outside.web import Web
from trubka.settings import Settings


@asynccontextmanager
async def shift_of(db: Db) -> AsyncGenerator[Shift]:
    async with Web() as web:
        yield Shift(db, Settings(), web, asyncio.Event())


async def test_a_loop_that_fails_begins_again_and_the_others_go_on(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "AGAIN_SECONDS", 0.01)
    stop = asyncio.Event()
    begun: list[str] = []

    async def fails(shift: Shift) -> None:
        begun.append("fails")
        raise Unavailable if len(begun) % 2 else ValueError("a bug")

    async def runs(shift: Shift) -> None:
        begun.append("runs")
        while begun.count("fails") < 5:
            await shift.rest(0.01)
        stop.set()

    await asyncio.wait_for(work(db, Settings(), stop, [Loop("fails", fails), Loop("runs", runs)]), 5)
    assert begun.count("runs") == 1


async def test_a_database_that_is_away_is_told_once_in_a_line(db: Db, monkeypatch: pytest.MonkeyPatch):
    """Also by a loop whose tasks it takes along, as that of the webhooks."""
    monkeypatch.setattr(jobs, "AGAIN_SECONDS", 0.01)
    stop = asyncio.Event()
    begun = 0

    async def away(shift: Shift) -> None:
        nonlocal begun
        begun += 1
        if begun > 3:
            stop.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(5))
            raise Unavailable

    with structlog.testing.capture_logs() as told:
        await asyncio.wait_for(work(db, Settings(), stop, [Loop("away", away)]), 5)
    assert [line["event"] for line in told if line["log_level"] != "info"] == ["the database is away"]


@pytest.mark.patient
async def test_stop_waits_for_what_has_begun_but_not_long(db: Db):
    stop = asyncio.Event()
    ended: list[str] = []

    async def soon(shift: Shift) -> None:
        await shift.stop.wait()
        await asyncio.sleep(0.1)
        ended.append("soon")

    async def never(shift: Shift) -> None:
        await asyncio.sleep(60)
        ended.append("never")

    async with asyncio.TaskGroup() as group:
        working = group.create_task(work(db, Settings(), stop, [Loop("soon", soon), Loop("never", never)]))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        stop.set()
        await working
    assert ended == ["soon"]
    assert time.monotonic() - begun < 2


async def test_a_rest_ends_by_the_bell_and_by_the_stop(db: Db):
    async with shift_of(db) as shift:
        begun = time.monotonic()
        shift.ring("x")
        await shift.rest(5, "x")
        async with asyncio.TaskGroup() as group:
            resting = group.create_task(shift.rest(5, "x"))
            await asyncio.sleep(0.02)
            shift.ring("x")
            await resting
        shift.stop.set()
        await shift.rest(5)
        assert time.monotonic() - begun < 1


async def test_only_one_holds_a_lease(db: Db):
    assert await leases.take(db, "line 1", "a", 5)
    assert await leases.take(db, "line 1", "a", 5)
    assert not await leases.take(db, "line 1", "b", 5)
    assert await leases.take(db, "line 2", "b", 5)
    assert await leases.renew(db, "line 1", "a", 5)
    assert not await leases.renew(db, "line 1", "b", 5)
    await leases.release(db, "line 1", "b")
    assert not await leases.take(db, "line 1", "b", 5)
    await leases.release(db, "line 1", "a")
    assert await leases.take(db, "line 1", "b", 0.01)
    await asyncio.sleep(0.05)
    assert not await leases.renew(db, "line 1", "b", 5)
    assert await leases.take(db, "line 1", "a", 5)


async def test_a_lease_is_renewed_while_it_is_needed(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shifts, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(shifts, "RENEW_SECONDS", 0.05)
    async with shift_of(db) as shift, shift.lease("x") as ours:
        assert ours
        await asyncio.sleep(0.6)
        assert not await leases.take(db, "x", "another", 5)
    assert await leases.take(db, "x", "another", 5)


async def test_work_is_cut_off_when_its_lease_is_lost(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shifts, "RENEW_SECONDS", 0.05)
    async with shift_of(db) as shift:
        with pytest.raises(TimeoutError):
            async with shift.lease("x"):
                await db.run("update leases set holder = 'another' where name = 'x'")
                await asyncio.sleep(5)
        async with shift.lease("x") as ours:
            assert not ours


async def test_what_the_work_raises_comes_out_as_itself(db: Db):
    async with shift_of(db) as shift:
        with pytest.raises(Unavailable):
            async with shift.lease("x"):
                raise Unavailable
        async with shift.lease("x") as ours:
            assert ours


HOLDER = """
import asyncio, sys
from trubka import db as database
from trubka.jobs.shift import Loop
from trubka.jobs.work import work
from trubka.settings import Settings

async def hold(shift):
    async with shift.lease("line") as ours:
        if not ours:
            return
        print("held", flush=True)
        await shift.stop.wait()

async def main():
    db = await database.connect(sys.argv[1], hot=2, lists=1)
    await work(db, Settings(), asyncio.Event(), [Loop("hold", hold)])

asyncio.run(main())
"""


@pytest.mark.patient
async def test_a_killed_holder_is_replaced_within_five_seconds(db: Db, dsn: str):
    def begin() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", HOLDER, dsn], stdout=subprocess.PIPE, text=True)

    async def held(process: subprocess.Popen[str]) -> None:
        assert process.stdout
        told: Any = ""
        while told != "held\n":
            told = await asyncio.to_thread(process.stdout.readline)

    first = begin()
    second: subprocess.Popen[str] | None = None
    try:
        await asyncio.wait_for(held(first), 20)
        second = begin()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(held(second))
            await asyncio.sleep(2)
            assert not waiting.done()
            begun = time.monotonic()
            first.kill()
            await asyncio.wait_for(waiting, 10)
            assert time.monotonic() - begun < 5.5
    finally:
        for process in (first, second):
            if process is not None:
                process.kill()
                process.wait()
