"""`trubka account add NAME`: a company of its own, with its fields, pipeline and kinds of task."""

from __future__ import annotations

import argparse
import time
from typing import Any

from trubka.actions import accounts
from trubka.cli import common
from trubka.rules.accounts import subdomain_of
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("account", help="companies of this installation")
    kinds = command.add_subparsers(metavar="add", required=True)
    adding = kinds.add_parser("add", help="a new company")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--subdomain", default="", help="its name in addresses (made of NAME when left out)")
    adding.add_argument("--country", default="RU", help="two letters; decides what 8… means in numbers (RU)")
    adding.add_argument("--currency", default="RUB", help="three letters (RUB)")
    adding.add_argument("--time-zone", default="Europe/Moscow", help="of the company (Europe/Moscow)")
    adding.add_argument("--language", default="ru", choices=("ru", "en"), help="of what it begins with (ru)")
    adding.set_defaults(do=add)


def add(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            subdomain = args.subdomain or subdomain_of(args.name)
            account_id = await accounts.add(
                db,
                args.name,
                subdomain,
                now=int(time.time()),
                country=args.country,
                currency=args.currency,
                time_zone=args.time_zone,
                language=args.language,
            )
            common.say(f"{account_id} {subdomain}")
        return 0

    return common.run(work)
