"""How many facts become deliveries, and how many deliveries are sent, in a second: `pytest -m slow -s` prints it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.cast import Cast
from tests.jobs.receiver import receiving
from tests.jobs.test_webhooks import happen, made, present, some_webhooks, spread_all, subscribe, told, workers
from trubka.db import Db

pytestmark = pytest.mark.slow
FACTS = 10_000


async def test_ten_thousand_facts_for_one_webhook(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    for start in range(0, FACTS, 1_000):
        await happen(db, cast.account_id, *range(start, start + 1_000))
    begun = time.monotonic()
    await spread_all(db)
    seconds = time.monotonic() - begun
    print(f"\n{FACTS} facts became deliveries in {seconds:.2f} s: {FACTS / seconds:.0f} a second")
    assert await made(db) == list(range(FACTS))


@pytest.mark.parametrize("count", [1, 10])
async def test_ten_thousand_deliveries_by_two_workers(db: Db, dsn: str, cast: Cast, count: int):
    async with receiving() as receiver, workers(dsn, 2):
        await present(db, 2)
        await some_webhooks(db, cast, receiver, count)
        begun = time.monotonic()
        for start in range(0, FACTS // count, 500):
            await happen(db, cast.account_id, *range(start, min(start + 500, FACTS // count)))
        async with asyncio.timeout(120):
            await receiver.until(FACTS, 120)
        seconds = time.monotonic() - begun
        print(f"\n{FACTS} deliveries to {count} webhooks in {seconds:.1f} s: {FACTS / seconds:.0f} a second")
        for number in range(count):
            assert told(receiver, f"/{number}") == list(range(FACTS // count))
