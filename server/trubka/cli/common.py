"""What the commands share: an open database, embedded or not, checked and of our version; and saying things."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from trubka import db as database
from trubka.api.known import Known
from trubka.db import Db, accounts, schema, users
from trubka.errors import CannotStart
from trubka.outside import postgres
from trubka.outside.web import networks
from trubka.rules.accounts import Account
from trubka.settings import Settings

T = TypeVar("T")
CONNECT_SECONDS = 10


def say(sentence: str) -> None:
    print(sentence, flush=True)


def tell(sentence: str) -> None:
    """About the way to a result, and so not among the results."""
    print(sentence, file=sys.stderr, flush=True)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Runs a command's work on the fast event loop."""
    import uvloop

    async def whole() -> T:
        return await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole())


@asynccontextmanager
async def dsn_of(settings: Settings) -> AsyncGenerator[str]:
    """The database that the settings name; else the embedded one, started here or shared with who started it."""
    if settings.database_url:
        yield settings.database_url
        return
    give_up = threading.Event()
    try:
        running = await asyncio.to_thread(postgres.start, data_dir(settings), tell, give_up=give_up)
    except asyncio.CancelledError:  # Ctrl-C: a thread does not hear it.
        give_up.set()
        raise
    running.watch(tell)
    try:
        yield running.dsn
    finally:
        await asyncio.to_thread(running.stop)


def check(settings: Settings) -> None:
    """What can be known to be wrong before anything is started."""
    networks(settings.private_networks)
    for name, path in (("TRUBKA_TLS_CERT", settings.tls_cert), ("TRUBKA_TLS_KEY", settings.tls_key)):
        if path and not os.access(path, os.R_OK):
            raise CannotStart(f"The file {path} that {name} names cannot be read.")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise CannotStart("TRUBKA_TLS_CERT and TRUBKA_TLS_KEY go together: one of them is not set.")


def data_dir(settings: Settings) -> Path:
    folder = settings.data_dir.resolve()
    postgres.claim(folder)
    return folder


@asynccontextmanager
async def connected(dsn: str, *, migrated: bool = True) -> AsyncGenerator[Db]:
    """Both pools over a server that is new enough, and a schema of our version."""
    try:
        db = await asyncio.wait_for(database.connect(dsn), CONNECT_SECONDS)
    except TimeoutError:
        raise CannotStart("The database does not answer. Is TRUBKA_DATABASE_URL right?") from None
    except Exception as error:
        raise CannotStart(f"The database cannot be opened: {error}. Is TRUBKA_DATABASE_URL right?") from None
    try:
        postgres.check(*await schema.server(db))
        if migrated:
            await check_version(db)
        yield db
    finally:
        await db.close()


async def check_version(db: Db) -> None:
    found = await schema.version(db)
    if found > schema.VERSION:
        raise CannotStart(schema.newer(found))
    if found < schema.VERSION:
        raise CannotStart(f"The database has schema {found}, this trubka needs {schema.VERSION}: run `trubka migrate`.")


@asynccontextmanager
async def opened(settings: Settings, *, migrated: bool = True) -> AsyncGenerator[Db]:
    """The database of the settings, for a command that does one thing."""
    async with dsn_of(settings) as dsn, connected(dsn, migrated=migrated) as db:
        yield db


class Progress:
    """One line that is written over on a terminal, and now and then a line elsewhere."""

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()
        self.last = 0.0

    def __call__(self, sentence: str, *, done: bool = False) -> None:
        import time

        now = time.monotonic()
        if not done and now - self.last < (0.1 if self.terminal else 5):
            return
        self.last = now
        if self.terminal:
            sys.stdout.write("\r\x1b[K" + sentence + ("\n" if done else ""))
            sys.stdout.flush()
        else:
            say(sentence)


async def account_named(db: Db, text: str) -> Account:
    """The company of this number or subdomain."""
    for row in await accounts.all_of(db):
        if text in (str(row["id"]), row["subdomain"]):
            return await Known(db).account(row["id"])
    raise CannotStart(f"There is no company “{text}”. `trubka doctor` lists them.")


async def user_named(db: Db, account_id: int, text: str) -> int:
    """The user of this number or e-mail."""
    for row in await users.all_of(db, account_id):
        if text in (str(row["id"]), row["email"]):
            return row["id"]
    raise CannotStart(f"There is no user “{text}” in this company.")


async def only_account(db: Db) -> str:
    """The subdomain of the only company; with several, one must be named."""
    found = await accounts.all_of(db)
    if len(found) != 1:
        raise CannotStart("There is no company yet." if not found else "There are several companies: name one.")
    return found[0]["subdomain"]


def link(settings: Settings, token: str, base: str = "") -> str:
    """The page of a one-time link. What stands after # is never sent, so it reaches no log."""
    return f"{base or address(settings)}/link#{token}"


def address(settings: Settings) -> str:
    """How people reach the server, as far as the settings say."""
    scheme = "https" if settings.tls_cert else "http"
    return settings.public_url.rstrip("/") or f"{scheme}://{settings.host}:{settings.port}"
