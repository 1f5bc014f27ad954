"""The demo company: its weeks went the way of real ones, so all that holds of calls, debts and the unsorted holds."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from trubka.cli import demo
from trubka.db import Db, leases
from trubka.db.demo import FILLING
from trubka.settings import Settings

pytestmark = pytest.mark.patient


def quiet(sentence: str) -> None:
    pass


async def count(db: Db, what: str) -> int:
    return await db.value("select count(*) from " + what)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_two_weeks(db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str):
    monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
    await demo.make(db, quiet)
    assert await demo.fill(db, Settings(data_dir=tmp_path), quiet)
    now = int(time.time())

    assert await count(db, "calls where ended_at is null") == 0
    assert await count(db, "calls where same_as is null") > 60
    assert await count(db, f"calls where ended_at > {now}") == 0
    for direction in (1, 2):
        assert await count(db, f"calls where direction = {direction} and talk_seconds > 0") > 15
    assert await count(db, "calls where missed") > 5
    assert await count(db, "calls where cardinality(user_ids) > 1") > 5
    assert await count(db, "calls where result <> ''") > 30
    assert await db.value("select count(distinct user_id) from calls") == 4

    # What is owed: nobody has talked with the number since, and whoever was talked with is owed nothing.
    assert await count(db, "debts where closed_at is null") >= 6
    talked_since = "select from calls k where k.tail = d.tail and k.talk_seconds > 0 and k.started_at > d.last_at"
    assert await count(db, f"debts d where d.closed_at is null and exists ({talked_since})") == 0
    assert await count(db, "debts where closed_at is not null") > 3

    assert await count(db, "unsorted where state = 'waiting' and category = 'sip'") >= 3
    assert await count(db, "unsorted where category = 'forms'") == 3
    assert await count(db, "tasks where not is_completed and complete_till < extract(epoch from now())") >= 4
    assert await count(db, "tasks where not is_completed and complete_till > extract(epoch from now())") >= 6
    assert await count(db, "tasks where is_completed") == 12
    assert await db.value("select count(distinct status_id) from leads where not is_unsorted") == 6
    assert await count(db, "leads where status_id = 143 and loss_reason_id is null") == 0
    assert await count(db, "contacts where talked_at is not null") > 10
    assert await count(db, "recordings where state = 'fetched'") == 6
    assert await count(db, "recordings where state <> 'fetched'") == 0
    sizes = [row["bytes"] for row in await db.rows("select bytes from recordings")]
    assert max(sizes) < 300_000
    assert [len(each) for _, _, each in os.walk(tmp_path) if each] == [6]
    peaks = await db.value("select peaks from recordings limit 1")
    assert peaks[0] == 2
    assert max(peaks[1:]) > 60


async def test_it_is_filled_once_and_only_as_it_was_made(db: Db, tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    assert not await demo.fill(db, settings, quiet)
    await demo.make(db, quiet)
    assert (await count(db, "contacts"), await count(db, "leads")) == (240, 80)
    for table in ("calls", "tasks", "debts", "unsorted"):
        assert await count(db, table) == 0, table
    await leases.take(db, FILLING, "another process", 60)
    assert not await demo.fill(db, settings, quiet)
    await leases.release(db, FILLING, "another process")
    await db.run(
        """
        insert into companies (account_id, name, responsible_user_id, created_by, updated_by, created_at, updated_at)
        select account_id, 'One more', min(id), 0, 0, 0, 0 from users group by account_id
        """
    )
    assert not await demo.fill(db, settings, quiet)
    assert not await leases.is_held(db, FILLING)
    await db.run("delete from companies where name = 'One more'")
    assert await demo.fill(db, settings, quiet)
    assert not await demo.fill(db, settings, quiet)


async def test_two_that_begin_at_once_fill_it_once(db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One of them is held up for longer than its lease."""
    await demo.make(db, quiet)
    settings, live, met = Settings(data_dir=tmp_path), demo.demo.live, asyncio.Barrier(2)

    async def late(*given: Any) -> Any:
        await met.wait()
        return await live(*given)

    monkeypatch.setattr(demo, "FILLING_SECONDS", 0)
    monkeypatch.setattr(demo.demo, "live", late)
    assert sorted(await asyncio.gather(*(demo.fill(db, settings, quiet) for _ in range(2)))) == [False, True]
    assert await count(db, "unsorted where category = 'forms'") == 3
