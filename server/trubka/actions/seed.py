"""Fills an account with made-up contacts, companies and leads: batch by batch, each whole or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import LiteralString

from trubka.db import Db, cards, samples, tags
from trubka.errors import CannotStart
from trubka.rules import sample
from trubka.rules.accounts import Account
from trubka.rules.entities import Entity
from trubka.rules.sample import CONTACTS_A_COMPANY, CONTACTS_A_LEAD, TAGS, Wish
from trubka.rules.search import folded

MOST_CONTACTS = 20_000_000
BATCH = 50_000  # contacts; half as many cost the index of keys half as much again, since they share fewer of its pages
AT_ONCE = 2  # batches: one is made while another is written
TABLES: tuple[LiteralString, ...] = ("companies", "contacts", "leads", "bonds", "phones", "keys")

Say = Callable[[str], None]


async def seed(db: Db, account: Account, contacts: int, say: Say, *, number: int = 1, now: int | None = None) -> None:
    """Interrupted, it leaves the batches that were finished, and says how many contacts are still to be made."""
    if not 1 <= contacts <= MOST_CONTACTS:
        raise CannotStart(f"The number of contacts must be from 1 to {MOST_CONTACTS:,}.")
    found = await samples.ground(db, account.id)
    assert found is not None
    if not found["users"]:
        raise CannotStart("The account has no users who could answer for contacts: add one first (trubka user add).")
    at = int(time.time()) if now is None else now
    tag_rows = [await tags.named(db, account.id, each, TAGS, [folded(tag) for tag in TAGS]) for each in TAGGED]
    tag_ids = {each: sorted(row["id"] for row in rows) for each, rows in zip(TAGGED, tag_rows, strict=True)}
    statuses = [(pipeline, status) for pipeline, status in found["statuses"]]
    progress = Progress(contacts, say)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(place: int, size: int, workers: ProcessPoolExecutor) -> None:
        async with turn:
            wish = Wish(
                account=account,
                seed=number,
                number=place,
                now=at,
                users=found["users"],
                contacts=await cards.new_ids(db, account.id, Entity.contact, size),
                companies=await cards.new_ids(db, account.id, Entity.company, -(-size // CONTACTS_A_COMPANY)),
                leads=await cards.new_ids(db, account.id, Entity.lead, size // CONTACTS_A_LEAD if statuses else 0),
                statuses=statuses,
                tags=tag_ids,
            )
            lines = await asyncio.get_running_loop().run_in_executor(workers, sample.batch, wish)
            await write(db, lines)
        progress.made(size)

    sizes = [min(BATCH, contacts - start) for start in range(0, contacts, BATCH)]
    workers = ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn"))
    try:
        async with asyncio.TaskGroup() as group:
            for place, size in enumerate(sizes):
                group.create_task(one(place, size, workers))
    except BaseException:
        say(f"Stopped. {progress.done:,} contacts are there, whole; {contacts - progress.done:,} were not made.")
        raise
    finally:
        workers.shutdown(cancel_futures=True)
    say("Tidying up the tables…")
    await db.tidy(*TABLES)
    progress.finished()


TAGGED = (Entity.contact, Entity.company, Entity.lead)


async def write(db: Db, lines: sample.Lines) -> None:
    """One batch in one transaction."""
    async with db.transaction() as tx:
        await tx.run("set local statement_timeout = 0")
        for table in TABLES:
            if lines[table]:
                await tx.copy(table, sample.COLUMNS[table], lines[table])


class Progress:
    """How much is done, how fast, and how long it will take."""

    def __init__(self, whole: int, say: Say) -> None:
        self.whole = whole
        self.done = 0
        self._say = say
        self._begun = time.monotonic()

    def made(self, count: int) -> None:
        self.done += count
        rate = self.done / (time.monotonic() - self._begun)
        left = (self.whole - self.done) / rate
        self._say(f"{self.done:,} of {self.whole:,} contacts, {rate:,.0f} a second, {left:.0f} s left")

    def finished(self) -> None:
        self._say(f"{self.whole:,} contacts are there, after {time.monotonic() - self._begun:.0f} s.")
