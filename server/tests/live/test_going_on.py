"""Two web servers over one PostgreSQL: they wake each other, and whatever is killed, nothing is missed."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from tests import programs
from tests.cast import Cast, make_cast
from tests.live.browser import Browser, opened
from trubka import db as database
from trubka.actions import people
from trubka.actions.audit import By
from trubka.api import server
from trubka.api.asked import Site
from trubka.db import Db, schema
from trubka.outside import postgres
from trubka.settings import Settings

pytestmark = pytest.mark.patient

BACK_SECONDS = 60  # until a killed database has recovered, on a busy machine
ELSEWHERE_SECONDS = 1.0  # what has changed in one process holds in the other


class Two:
    def __init__(self, dsn: str, headers: dict[str, dict[str, str]]) -> None:
        self.dsn = dsn
        self.headers = headers
        self.serving = [programs.serve(dsn) for _ in range(2)]

    async def add(self, place: int, owner: int) -> int:
        url = self.serving[place].url
        async with httpx.AsyncClient(base_url=url, headers=self.headers["olga"], timeout=30) as client:
            made = await client.post("/api/v4/contacts", json=[{"name": "Told", "responsible_user_id": owner}])
        assert made.status_code == 200, made.text
        return made.json()["_embedded"]["contacts"][0]["id"]

    async def snapshot(self, place: int, name: str) -> Any:
        async with httpx.AsyncClient(base_url=self.serving[place].url, headers=self.headers[name]) as client:
            return (await client.get("/live/snapshot")).json()


@pytest.fixture
async def two(dsn: str, db: Db, site: Site, cast: Cast) -> AsyncIterator[Two]:
    headers = {
        name: {"authorization": f"Bearer {await cast.token(db, site, name)}"} for name in ("anna", "clara", "olga")
    }
    house = Two(dsn, headers)
    yield house
    for program in house.serving:
        if program.process.poll() is None:
            assert program.stop() == 0


def cards(browser: Browser) -> list[int]:
    return [fact["id"] for fact in browser.facts if fact["fact"] == "card_added"]


async def test_what_one_writes_the_other_tells(two: Two, cast: Cast):
    position = (await two.snapshot(1, "anna"))["position"]
    async with opened(two.serving[1].url, position, two.headers["anna"]) as anna:
        await anna.frame()
        made: list[int] = []
        taken: list[float] = []
        for _ in range(10):
            made.append(await two.add(0, cast.anna))
            begun = time.monotonic()
            await anna.until(len(made))
            taken.append(time.monotonic() - begun)
        assert cards(anna) == made
    # Looking alone would take a quarter of a second in the middle.
    assert statistics.median(taken) < 0.15, taken


async def test_new_rights_hold_elsewhere(two: Two, db: Db, cast: Cast):
    """An administrator's deed in another process: here by the command's own."""
    position = (await two.snapshot(0, "clara"))["position"]
    async with opened(two.serving[0].url, position, two.headers["clara"]) as clara:
        await clara.frame()
        await two.add(1, cast.anna)
        by = By(cast.account_id, cast.olga, int(time.time()))
        await people.change_user(db, by, cast.clara, people.UserChange(is_admin=True))
        await asyncio.sleep(ELSEWHERE_SECONDS)
        seen = await two.add(1, cast.anna)
        while not cards(clara):
            await clara.frame()
        assert cards(clara) == [seen]
        await people.set_active(db, by, [cast.clara], False)
        changed = time.monotonic()
        assert await clara.ended() == (4002, "signed out")
        assert time.monotonic() - changed < ELSEWHERE_SECONDS * 5  # of a busy machine


async def test_a_server_that_is_killed_loses_nothing(two: Two, cast: Cast):
    position = (await two.snapshot(0, "anna"))["position"]
    made: list[int] = []
    async with opened(two.serving[0].url, position, two.headers["anna"]) as anna:
        for _ in range(5):
            made.append(await two.add(1, cast.anna))
        await anna.until(1)  # and perhaps not the others
        two.serving[0].kill()
        made.append(await two.add(1, cast.anna))
    heard = list(anna.facts)
    two.serving[0] = programs.serve(two.dsn)
    made.append(await two.add(1, cast.anna))
    for place in (1, 0):
        async with opened(two.serving[place].url, anna.position, two.headers["anna"]) as again:
            await again.until(len(made) - len(heard))
            assert [*[fact["id"] for fact in heard], *cards(again)] == made


async def test_a_database_that_is_killed_loses_nothing():
    with tempfile.TemporaryDirectory(prefix="trubka-test-") as name:
        os.chmod(name, 0o755)  # noqa: PTH101 as root, the database runs as a user of its own
        running = await asyncio.to_thread(postgres.start, Path(name), print)
        try:
            await killed(running.dsn)
        finally:
            await asyncio.to_thread(running.stop)


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


async def killed(dsn: str) -> None:
    db = await database.connect(dsn)
    await schema.migrate(db)
    await make_cast(db)
    cast = await Cast.read(db)
    site = await server.site_of(db, Settings())
    names = ("anna", "olga")
    two = Two(dsn, {name: {"authorization": f"Bearer {await cast.token(db, site, name)}"} for name in names})
    try:
        position = (await two.snapshot(0, "anna"))["position"]
        async with opened(two.serving[0].url, position, two.headers["anna"]) as anna:
            made = [await two.add(1, cast.anna)]
            await anna.until(1)
            backend = await db.value("select pg_backend_pid()")
            os.kill(parent_of(backend), signal.SIGKILL)
            deadline = time.monotonic() + BACK_SECONDS
            while len(made) < 4:
                try:
                    made.append(await two.add(1, cast.anna))
                except (AssertionError, httpx.HTTPError):
                    assert time.monotonic() < deadline, "the database does not come back"
                    await asyncio.sleep(0.2)
            try:
                await anna.until(len(made))
                assert cards(anna) == made
            except websockets.ConnectionClosed as closed:
                # A database that crashed may give a number of a lost transaction again: then all start again.
                assert closed.rcvd is not None and closed.rcvd.code == 4001
        position = (await two.snapshot(0, "anna"))["position"]
        async with opened(two.serving[0].url, position, two.headers["anna"]) as anna:
            made = [await two.add(1, cast.anna)]
            await anna.until(1)
            assert cards(anna) == made
    finally:
        for program in two.serving:
            program.stop()
        await db.close()
