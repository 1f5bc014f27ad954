"""`trubka token ACCOUNT USER`: a long-lived access token, printed once."""

from __future__ import annotations

import argparse
import time
from typing import Any

from trubka.actions.audit import By
from trubka.api import oauth, server
from trubka.cli import common
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("token", help="print a long-lived access token")
    command.add_argument("account", metavar="ACCOUNT", help="the company's number or subdomain")
    command.add_argument("user", metavar="USER", help="the user's number or e-mail; an administrator's has full access")
    command.add_argument("--days", type=int, default=365, help="how long it lives, 1 to 1826 (365)")
    command.add_argument("--name", default="command line", help="as the list of tokens shows it")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            account = await common.account_named(db, args.account)
            user_id = await common.user_named(db, account.id, args.user)
            site = await server.site_of(db, settings)
            by = By(account.id, 0, int(time.time()))
            _, text = await oauth.long_lived(site, by, args.name, args.days, common.address(settings), user_id)
            common.say(text)
        return 0

    return common.run(work)
