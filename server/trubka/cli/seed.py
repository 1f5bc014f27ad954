"""`trubka seed --contacts N`: made-up contacts, companies and leads, to try and to measure with."""

from __future__ import annotations

import argparse
from typing import Any

from trubka.actions import seed
from trubka.cli import common
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("seed", help="made-up contacts, companies and leads, to try and to measure with")
    command.add_argument("--contacts", type=int, required=True, metavar="N")
    command.add_argument("--account", default="", help="number or subdomain (the only company when left out)")
    command.add_argument("--number", type=int, default=1, help="another number makes other people (1)")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            account = await common.account_named(db, args.account or await common.only_account(db))
            await seed.seed(db, account, args.contacts, common.say, number=args.number)
        return 0

    return common.run(work)
