"""`trubka keys rotate`: a new key signs access tokens from now on; tokens made before go on working until they end."""

from __future__ import annotations

import argparse
from typing import Any

from trubka.api import tokens
from trubka.cli import common
from trubka.settings import Settings


def add_to(commands: Any) -> None:
    command = commands.add_parser("keys", help="the keys that sign access tokens")
    kinds = command.add_subparsers(metavar="rotate", required=True)
    rotating = kinds.add_parser("rotate", help="a new key signs; the old ones verify until their last token ends")
    rotating.set_defaults(do=rotate)


def rotate(args: argparse.Namespace, settings: Settings) -> int:
    async def work() -> int:
        async with common.opened(settings) as db:
            key = await tokens.rotate(db)
            common.say(f"{key.id} signs from now on; no token has to be made anew.")
        return 0

    return common.run(work)
