"""Power cuts in the middle of a busy hour: every call that was answered is there once."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import programs
from tests.cast import Cast, make_cast
from tests.conftest import postgres_binaries
from trubka import db as database
from trubka.api import server
from trubka.db import schema
from trubka.settings import Settings

pytestmark = [pytest.mark.patient, pytest.mark.slow]

CLIENTS = 8
EACH = 1_250  # calls of a client
BATCH = 10
KILLS = 3  # of each program
MINUTES = 8


class Postgres:
    """One of our own with fsync on, to be killed."""

    def __init__(self, folder: Path) -> None:
        self.binaries, self.data, self.folder = postgres_binaries(), folder / "data", folder
        self.common: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": "/"}
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(folder, "nobody")
            self.common["user"] = "nobody"
        locale = ["-U", "trubka", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([self.binaries / "initdb", "-D", self.data, *locale], check=True, **self.common)
        self.dsn = f"postgresql://trubka@/postgres?host={folder}"

    def start(self) -> None:
        options = f"-c listen_addresses= -c max_connections=100 -k {self.folder}"
        words = ["-D", self.data, "-w", "-s", "-l", self.folder / "log", "-o", options, "start"]
        for _ in range(100):  # the children of one that was killed hold its memory for a moment
            command = [self.binaries / "pg_ctl", *words]
            if subprocess.call(command, **self.common) == 0:
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def stop(self) -> None:
        subprocess.run(
            [self.binaries / "pg_ctl", "-D", self.data, "-s", "-m", "immediate", "stop"], check=True, **self.common
        )


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="trubka-killed-"))
    made = Postgres(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def test_every_answered_call_is_there_once(postgres: Postgres):
    db = await database.connect(postgres.dsn, hot=2, lists=2)
    await schema.migrate(db)
    await make_cast(db)
    cast, site = await Cast.read(db), await server.site_of(db, Settings())
    token = await cast.token(db, site, "olga")
    await db.close()
    serve, work = programs.serve(postgres.dsn), programs.work(postgres.dsn)
    place = {"url": serve.url}
    answered: dict[str, int] = {}
    parts = [asyncio.Event() for _ in range(KILLS)]  # of the work, done

    async def client(number: int) -> None:
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}, timeout=20) as api:
            for first in range(0, EACH, BATCH):
                batch: list[dict[str, Any]] = [
                    {
                        "direction": "inbound",
                        "phone": "+79990001122",
                        "duration": 0,
                        "source": "x",
                        "uniq": f"{number}.{each}",
                    }
                    for each in range(first, first + BATCH)
                ]
                while True:
                    try:
                        answer = await api.post(f"{place['url']}/api/v4/calls", json=batch)
                    except httpx.HTTPError:
                        await asyncio.sleep(0.1)
                        continue
                    if answer.status_code == 200:
                        break
                    assert answer.status_code in (401, 500, 503), answer.text
                    await asyncio.sleep(0.1)
                for sent, told in zip(batch, answer.json()["_embedded"]["calls"], strict=True):
                    assert answered.setdefault(sent["uniq"], told["id"]) == told["id"]
                for kill, part in enumerate(parts, 1):
                    if len(answered) * (KILLS + 1) >= CLIENTS * EACH * kill:
                        part.set()

    try:
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as api:
            phone = [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}]
            made = await api.post(f"{serve.url}/api/v4/contacts", json=[{"custom_fields_values": phone}])
            made.raise_for_status()
        async with asyncio.timeout(MINUTES * 60), asyncio.TaskGroup() as group:
            for number in range(CLIENTS):
                group.create_task(client(number))
            for kill in range(KILLS):
                await parts[kill].wait()
                serve.kill()
                work.kill()
                postgres.kill()
                await asyncio.sleep(0.5)
                await asyncio.to_thread(postgres.start)
                serve = await asyncio.to_thread(programs.serve, postgres.dsn)
                work, place["url"] = programs.work(postgres.dsn), serve.url
        db = await database.connect(postgres.dsn, hot=2, lists=2)
        rows = await db.rows("select uniq, note_id from calls")
        assert {row["uniq"]: row["note_id"] for row in rows} == answered and len(rows) == CLIENTS * EACH
        for table in ("notes", "events where type = 'incoming_call'", "facts where fact->>'fact' = 'call_logged'"):
            assert await db.value(f"select count(*) from {table}") == len(rows), table
        assert await db.value("select calls from debts") == len(rows)
        await db.close()
    finally:
        serve.kill()
        work.kill()
