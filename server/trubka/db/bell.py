"""The bell: facts have been written. It rings in this process at once and in the others by NOTIFY, some milliseconds
later and outside the writer's transaction: NOTIFY takes a lock of the whole database at commit. It is no promise;
whoever listens also looks by himself now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

CHANNEL = "trubka_facts"
NOTIFY_SECONDS = 0.005  # between two NOTIFYs of a process
AGAIN_SECONDS = 1.0  # after the connection was lost
WAIT_SECONDS = 5


class Bell:
    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._rung = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def heard(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def ring(self) -> None:
        """Facts of this process are there for all to see."""
        self._tell()
        self._rung.set()

    async def run(self) -> None:
        """Carries the sound between the processes, over a connection of its own."""
        while True:
            try:
                await self._carry()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(AGAIN_SECONDS)

    async def _carry(self) -> None:
        held: Any = await asyncpg.connect(  # pyright: ignore[reportUnknownVariableType]
            self._dsn,
            timeout=WAIT_SECONDS,
            server_settings={"application_name": "trubka bell", "synchronous_commit": "off"},  # a sound needs no disk
        )
        own = int(held.get_server_pid())  # pyright: ignore[reportUnknownArgumentType]

        def heard(_: object, pid: int, *told: object) -> None:
            if pid != own:
                self._tell()

        def lost(*told: object) -> None:
            self._rung.set()

        try:
            await held.add_listener(CHANNEL, heard)
            held.add_termination_listener(lost)
            self._tell()  # something may have been missed meanwhile
            while True:
                await self._rung.wait()
                self._rung.clear()
                await held.execute(f"notify {CHANNEL}", timeout=WAIT_SECONDS)
                await asyncio.sleep(NOTIFY_SECONDS)
        finally:
            held.terminate()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
