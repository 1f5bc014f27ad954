"""The `trubka` command. Each subcommand is a file of cli/, and only there are the parts put together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from trubka import __version__, settings
from trubka.errors import CannotStart, Refused, Trouble

MODULES = (
    "up",
    "serve",
    "work",
    "migrate",
    "account",
    "user",
    "token",
    "integration",
    "keys",
    "seed",
    "replay",
    "doctor",
)

Run = Callable[[argparse.Namespace, settings.Settings], int]


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    args = parser(words).parse_args(words)
    do: Run | None = getattr(args, "do", None)
    if do is None:
        parser([]).print_help()
        return 2
    try:
        return do(args, settings.read())
    except (CannotStart, Refused, Trouble) as error:
        sys.stderr.write(f"trubka: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def parser(words: list[str]) -> argparse.ArgumentParser:
    """Only the module of the command that was given is imported, so that each starts as fast as it can."""
    top = argparse.ArgumentParser(prog="trubka", description="Calls meet customers, on your own server.")
    top.add_argument("--version", action="version", version=f"trubka {__version__}")
    commands = top.add_subparsers(metavar="COMMAND")
    given = next((word for word in words if word in MODULES), None)
    for name in (given,) if given else MODULES:
        module = __import__(f"trubka.cli.{name}", fromlist=["add_to"])
        module.add_to(commands)
    return top


if __name__ == "__main__":
    main()
