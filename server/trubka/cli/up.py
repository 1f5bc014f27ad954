"""`trubka up`: the database, the web server and the jobs, all of it, until Ctrl-C.

The two programs run beside this one and are started again when they die; they end with it, however it ends.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog

from trubka.actions import sessions
from trubka.cli import common, demo, logs, serve
from trubka.db import Db, accounts, schema, users
from trubka.settings import Settings, for_child

STOP_SECONDS = 6
AGAIN_SECONDS = 1.0
PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


def add_to(commands: Any) -> None:
    command = commands.add_parser("up", help="everything: database, web server and jobs, until Ctrl-C")
    command.add_argument(
        "--demo",
        nargs="?",
        const="whole",
        choices=("whole", "cards"),
        help="on an empty installation, begin with a demo company (cards: without two weeks of calls)",
    )
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    logs.begin(settings.log_level)
    common.check(settings)
    bound = serve.bind(settings)
    try:
        return common.run(lambda: up(settings, bound, demo_wanted=args.demo or ""))
    finally:
        bound.close()


async def up(settings: Settings, bound: socket.socket, *, demo_wanted: str) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with common.dsn_of(settings) as dsn:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # Not before: a recovery may be given up.
            loop.add_signal_handler(number, stop.set)
        async with common.connected(dsn, migrated=False) as db:
            await schema.migrate(db, common.say)
            if demo_wanted and not await accounts.all_of(db):
                await demo.make(db, common.say)
            token = await sign_in_token(db)
        children = [
            Child(["serve", "--fd", str(bound.fileno())], dsn, settings, keep=(bound.fileno(),)),
            Child(["work"], dsn, settings),
        ]
        async with asyncio.TaskGroup() as group:
            kept = [group.create_task(child.keep_running(stop)) for child in children]
            await answering(bound, stop)
            if not stop.is_set():
                greet(settings, bound, token)
            filling = group.create_task(fill(settings, dsn)) if demo_wanted == "whole" and not stop.is_set() else None
            await stop.wait()
            if filling is not None:
                filling.cancel()
            for child in children:
                child.end()
            await asyncio.wait(kept, timeout=STOP_SECONDS)
            for child in children:
                child.kill()
    return 0


async def fill(settings: Settings, dsn: str) -> None:
    """Beside what runs already, so that nobody waits for it; without it the demo company is only quieter."""
    try:
        async with common.connected(dsn) as db:
            await demo.fill(db, settings, common.say)
    except Exception:
        log.exception("the demo company has no calls")


async def sign_in_token(db: Db) -> str:
    """Of a one-time link: in as the first company's first administrator, or to the form of an empty installation."""
    for account in await accounts.all_of(db):
        if (user := await users.first_administrator(db, account["id"])) is not None:
            return await sessions.link(db, "sign_in", person_id=user["person_id"], account_id=account["id"])
    return await sessions.link(db, "first_run")


def greet(settings: Settings, bound: socket.socket, token: str) -> None:
    base = settings.public_url.rstrip("/") or f"{'https' if settings.tls_cert else 'http'}://{where(bound)}"
    common.say(f"\ntrubka is here: {base}\nSign in once with: {common.link(settings, token, base)}\nCtrl-C stops it.\n")


def where(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def answering(bound: socket.socket, stop: asyncio.Event) -> None:
    """Until the web server takes what waits on the socket, for the address is printed when it answers."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while not stop.is_set():
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                answered = await reader.read(12)
                writer.close()
            if answered:
                return
        except (OSError, TimeoutError):
            await asyncio.sleep(0.05)


class Child:
    """One of our programs, kept running."""

    def __init__(self, words: list[str], dsn: str, settings: Settings, keep: tuple[int, ...] = ()) -> None:
        self.words = words
        self.keep = keep
        self.environment = for_child(dsn)
        self.process: asyncio.subprocess.Process | None = None

    async def keep_running(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            started = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "trubka",
                *self.words,
                env=self.environment,
                pass_fds=self.keep,
                start_new_session=True,  # Ctrl-C comes to us; we end the others
                preexec_fn=end_with(os.getpid()),
            )
            code = await self.process.wait()
            if stop.is_set():
                return
            common.say(f"trubka {self.words[0]} ended with {code}; it is started again.")
            if time.monotonic() - started < AGAIN_SECONDS * 5:
                await asyncio.sleep(AGAIN_SECONDS)

    def end(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()


def end_with(parent: int) -> Callable[[], None]:
    """Makes a child end when its parent does, also by kill -9 (Linux)."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return prepare
