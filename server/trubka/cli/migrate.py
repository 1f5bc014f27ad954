"""`trubka migrate`: makes the schema, or brings an older one up to date."""

from __future__ import annotations

import argparse
from typing import Any

from trubka.cli import common
from trubka.db import schema
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("migrate", help="make the database's schema, or bring it up to date")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings, migrated=False) as db:
            before, after = await schema.migrate(db, common.say)
            common.say(told(before, after))
        return 0

    return common.run(work)


def told(before: int, after: int) -> str:
    if before == after:
        return f"The schema is up to date (version {after})."
    return f"The schema is made (version {after})." if before == 0 else f"The schema went from {before} to {after}."
