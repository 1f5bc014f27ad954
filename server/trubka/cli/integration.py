"""`trubka integration add ACCOUNT NAME`: a client id, its secret and a first authorization code, printed once."""

from __future__ import annotations

import argparse
import time
from typing import Any

from trubka.actions import integrations
from trubka.actions.audit import By
from trubka.cli import common
from trubka.db import schema
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("integration", help="programs that use the API for a company")
    kinds = command.add_subparsers(metavar="add", required=True)
    adding = kinds.add_parser("add", help="a new one; prints client id, secret and a first authorization code")
    adding.add_argument("account", metavar="ACCOUNT", help="the company's number or subdomain")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--redirect-uri", default="", metavar="URL", help="where people come back to with a code")
    adding.set_defaults(do=add)


def add(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            account = await common.account_named(db, args.account)
            by = By(account.id, 0, int(time.time()))
            made = await integrations.add(db, await schema.secret(db), by, args.name, args.redirect_uri)
            common.say(f"client_id {made.id}\nclient_secret {made.secret}\ncode {made.code}")
        return 0

    return common.run(work)
