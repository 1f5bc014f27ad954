"""`trubka user add ACCOUNT EMAIL`: a user of a company, and the link by which they set their password."""

from __future__ import annotations

import argparse
import time
from typing import Any

from trubka.actions import people, sessions
from trubka.actions.audit import By
from trubka.cli import common
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("user", help="people of a company")
    kinds = command.add_subparsers(metavar="add", required=True)
    adding = kinds.add_parser("add", help="a new user; prints their number and a link to set the password")
    adding.add_argument("account", metavar="ACCOUNT", help="the company's number or subdomain")
    adding.add_argument("email", metavar="EMAIL")
    adding.add_argument("--name", default="", help="as colleagues see it (the part before @ when left out)")
    adding.add_argument("--admin", action="store_true", help="may administer the company")
    adding.set_defaults(do=add)


def add(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            account = await common.account_named(db, args.account)
            by = By(account.id, 0, int(time.time()))
            name = args.name or args.email.partition("@")[0]
            new = people.NewUser(name=name, email=args.email, lang=account.language, is_admin=args.admin)
            (user_id,) = await people.add_users(db, by, [new])
            _, token, _ = await sessions.link_for_user(db, by, user_id)
            common.say(f"{user_id} {common.link(settings, token)}")
        return 0

    return common.run(work)
