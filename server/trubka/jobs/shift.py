"""What the loops of the jobs share: a rest that ends by a bell or by the stop, and leases that are kept."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from trubka.db import Db, leases
from trubka.errors import Unavailable
from trubka.outside.web import Web
from trubka.settings import Settings

LEASE_SECONDS = 4.0  # a holder that dies is replaced after these
RENEW_SECONDS = 1.0


@dataclass
class Shift:
    """What the loops of a process share."""

    db: Db
    settings: Settings
    web: Web
    stop: asyncio.Event
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}")
    bells: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    @property
    def over(self) -> bool:
        return self.stop.is_set()

    def ring(self, bell: str) -> None:
        """There is work for the loop that rests by this bell; a loop of another process sees it a moment later."""
        self.bells[bell].set()

    async def rest(self, seconds: float, bell: str = "") -> None:
        """Waits, but not when it is time to stop, nor when the bell rings."""
        waited = [self.stop.wait()] if not bell else [self.stop.wait(), self.bells[bell].wait()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in waited]
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        if bell:
            self.bells[bell].clear()

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncGenerator[bool]:
        """Whether this process may do what only one may at a time. While it does, the lease is renewed; when that is
        not possible, what is done within is cut off by `TimeoutError` before another process can begin."""
        asked = asyncio.get_running_loop().time()
        if not await leases.take(self.db, name, self.name, LEASE_SECONDS):
            yield False
            return
        try:
            async with asyncio.timeout_at(asked + LEASE_SECONDS) as limit, asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew(name, limit))
                yield True
                renewing.cancel()
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None  # what the work itself has raised
        finally:
            await leases.release(self.db, name, self.name)

    async def _renew(self, name: str, limit: asyncio.Timeout) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            asked = clock()
            try:
                ours = await leases.renew(self.db, name, self.name, LEASE_SECONDS)
            except Unavailable:
                continue  # the limit stands
            limit.reschedule(asked + LEASE_SECONDS if ours else clock())


@dataclass(frozen=True)
class Loop:
    """Runs until `shift.over`; what it raises is logged, and it begins again."""

    name: str
    run: Callable[[Shift], Awaitable[None]]
