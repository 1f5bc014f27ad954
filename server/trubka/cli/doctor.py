"""`trubka doctor`: what is well and what is not, each in a line, with what to do."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Awaitable, Callable
from typing import Any

from trubka.cli import common
from trubka.db import Db, accounts, health, schema, signing_keys
from trubka.errors import CannotStart
from trubka.settings import Settings

LEAST_FREE_BYTES = 1_000_000_000
MOST_SKEW_SECONDS = 2

Check = Callable[[Db, Settings], Awaitable[tuple[bool, str]]]


def add_to(commands: Any) -> None:
    command = commands.add_parser("doctor", help="check the installation and say what to do")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        wrong = 0
        try:
            async with common.opened(settings) as db:
                for check in CHECKS:
                    well, sentence = await check(db, settings)
                    wrong += not well
                    common.say(("ok    " if well else "WRONG ") + sentence)
        except CannotStart as error:
            common.say(f"WRONG {error}")
            wrong += 1
        common.say("Everything is well." if not wrong else f"{wrong} of these need you.")
        return 1 if wrong else 0

    return common.run(work)


async def database(db: Db, settings: Settings) -> tuple[bool, str]:
    number, encoding = await schema.server(db)
    kind = "external" if settings.database_url else "embedded"
    return True, f"PostgreSQL {number // 10_000}.{number % 10_000} ({kind}), {encoding}, schema {schema.VERSION}."


async def clock(db: Db, settings: Settings) -> tuple[bool, str]:
    skew = abs(time.time() - await health.clock(db))
    if skew > MOST_SKEW_SECONDS:
        return False, f"The database's clock is {skew:.0f} s off ours: run a time service on both machines."
    return True, "The clocks agree."


async def disk(db: Db, settings: Settings) -> tuple[bool, str]:
    folder = common.data_dir(settings)
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free under {folder}."
    return (True, text) if free > LEAST_FREE_BYTES else (False, text + " Make room: recordings and calls need it.")


async def companies(db: Db, settings: Settings) -> tuple[bool, str]:
    found = await accounts.all_of(db)
    if not found:
        return False, "There is no company yet: open the address that `trubka up` prints, or `trubka account add NAME`."
    return True, "Companies: " + ", ".join(f"{row['name']} ({row['subdomain']})" for row in found) + "."


async def keys(db: Db, settings: Settings) -> tuple[bool, str]:
    signing = [row for row in await signing_keys.all_of(db) if not row["retired"]]
    return (True, "A key signs tokens.") if signing else (False, "No key signs tokens yet: start `trubka serve` once.")


async def workers(db: Db, settings: Settings) -> tuple[bool, str]:
    found = await health.workers(db)
    if found:
        return True, "The jobs run: " + ", ".join(found) + "."
    return False, "No `trubka work` runs: webhooks are not sent. Start it, or use `trubka up`."


async def webhooks(db: Db, settings: Settings) -> tuple[bool, str]:
    late, disabled = await health.webhooks(db)
    if disabled or late:
        return False, f"Webhooks: {disabled} disabled after failures, {late} deliveries late by more than a minute."
    return True, "No webhook is disabled or late."


CHECKS: tuple[Check, ...] = (database, clock, disk, companies, keys, workers, webhooks)
