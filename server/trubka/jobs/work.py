"""The program that does what nobody waits for: its loops over one database, in any number of processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import structlog

from trubka.db import Db
from trubka.errors import Unavailable
from trubka.jobs import demo, recordings, uninstalls, upkeep, webhooks
from trubka.jobs.shift import Loop, Shift
from trubka.outside.web import Web
from trubka.settings import Settings

AGAIN_SECONDS = 1.0  # after trouble
STOP_SECONDS = 1.8  # to end what has begun; then it is cut off

# Every loop there is. A new one is a line here.
LOOPS = (
    Loop("present", upkeep.present),
    Loop("bell", upkeep.bell),
    Loop("spread", webhooks.spread),
    Loop("send", webhooks.send),
    Loop("fetch", recordings.fetch),
    Loop("keep", recordings.keep),
    Loop("clear", recordings.clear),
    Loop("uninstalls", uninstalls.tell),
    Loop("settle", upkeep.settle),
    Loop("hear", upkeep.hear),
    Loop("count", upkeep.count),
    Loop("forget", upkeep.forget),
    Loop("demo", demo.play),
)

log = structlog.get_logger()


async def work(db: Db, settings: Settings, stop: asyncio.Event, loops: Sequence[Loop] = LOOPS) -> None:
    """All loops until `stop`, and then at most STOP_SECONDS."""
    async with Web(settings.private_networks) as web:
        shift = Shift(db, settings, web, stop)
        log.info("work begins", name=shift.name)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(kept(each, shift)) for each in loops]
            await stop.wait()
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        log.info("work ends", name=shift.name)


async def kept(loop: Loop, shift: Shift) -> None:
    """A loop that begins again after whatever happens to it. A database that is away is told once, not each second."""
    away = False
    while not shift.over:
        try:
            await loop.run(shift)
        except Exception as error:
            if (trouble := unavailable(error)) is None:
                log.exception("a loop failed and begins again", loop=loop.name)
            elif not away:
                log.warning("the database is away", loop=loop.name, why=trouble.detail)
            away = trouble is not None
        await shift.rest(AGAIN_SECONDS)


def unavailable(error: Exception) -> Unavailable | None:
    """A loop with tasks of its own raises a group: it is the same trouble when there is nothing else in it."""
    if not isinstance(error, ExceptionGroup):
        return error if isinstance(error, Unavailable) else None
    found = [unavailable(each) for each in cast(ExceptionGroup[Exception], error).exceptions]
    return None if None in found else found[0]
