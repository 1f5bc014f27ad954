"""`trubka work`: the jobs behind the web server. Any number may run over one database."""

from __future__ import annotations

import argparse
import asyncio
import signal
from typing import Any

from trubka.cli import common, logs
from trubka.jobs import work as jobs
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("work", help="the jobs behind the web server: webhooks and upkeep")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    logs.begin(settings.log_level)

    async def work() -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with common.opened(settings) as db:
            await jobs.work(db, settings, stop)
        return 0

    return common.run(work)
