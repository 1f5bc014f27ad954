"""What agents ask of a PBX about a call that rings them or that they talk in, and the calls of the demo line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from trubka.actions import conversations as deeds
from trubka.actions.secrets import sealed
from trubka.db import Db, Row, accounts, conversations, demo, extensions, pbxes
from trubka.errors import Conflict, NotFound, TooMany, Unprocessable
from trubka.rules import commands, phones
from trubka.rules.accounts import Account
from trubka.rules.commands import AnyCommand, Name, Phones
from trubka.rules.rights import Me
from trubka.rules.signals import ByCall

Obey = Callable[[AnyCommand, Phones, float], list[ByCall]]

MOST_RINGING = 20  # phones of one call of the demo line
MOST_RINGS = 10  # calls of the demo line that ring one user within RINGS_SECONDS
RINGS_SECONDS = 60
MOST_GOING = 200  # calls of all demo lines at a time: jobs/demo.py looks at so many
LINES = {"ru": "+74950000100", "en": "+442079460100"}
NAMES = {"ru": "Демо-линия", "en": "Demo line"}


class NoCommands(Unprocessable):
    """This PBX takes no commands: answer by the phone itself."""


async def give(
    db: Db,
    account: Account,
    me: Me,
    call_id: int,
    name: Name,
    to_user: int | None,
    obeys: Callable[[str], Obey | None],
    now: float,
) -> None:
    """A command to the PBX of this call, as it stands at this moment: two who answer at once do not both answer."""
    async with db.transaction() as tx:
        found = await demo.command_ground(tx, account.id, call_id)
        if found is None or me.user_id not in found["user_ids"]:
            raise NotFound("There is no such call.")
        obey = None if found["kind"] is None else obeys(found["kind"])
        if obey is None:
            raise NoCommands
        call, pbx_id = found["uniq"], found["pbx_id"]
        await conversations.lock(tx, account.id, pbx_id, [call])
        row = (await conversations.of(tx, account.id, f"pbx:{pbx_id}", [call]))[call]
        users: dict[str, int] = row["details"]["users"]
        mine = [number for number, user in users.items() if user == me.user_id]
        to = None if to_user is None else await phone_of(tx, account.id, pbx_id, to_user, users)
        given = None if row["ended_at"] is not None else commands.command(name, call, phones_of(row), mine, to)
        if given is None:
            raise Conflict("The call does not stand so any more.")
        owed = await deeds.take(tx, account, pbx_id, obey(given, phones_of(row), now), int(now))
    await deeds.settle(db, account, owed, int(now))


def phones_of(row: Row) -> Phones:
    details = row["details"]
    return Phones(tuple(details["ringing"]), tuple(details["talking"]), details["on_hold"])


async def phone_of(tx: Db, account_id: int, pbx_id: int, user_id: int, taken: dict[str, int]) -> str:
    """A phone that has had no part in the call yet: one that has left it cannot be told apart when it rings again."""
    for row in await extensions.all_of(tx, account_id):
        here = row["user_id"] == user_id and row["pbx_id"] in (None, pbx_id) and row["rings"]
        if here and row["number"] not in taken:
            return row["number"]
    raise Unprocessable("This colleague has no phone that could ring now.")


# The demo line.


class Wish(msgspec.Struct):
    """Who calls whom."""

    known: bool = True
    group: bool = False
    number: str | None = None  # this one, whoever it is


async def ring(
    db: Db,
    installation: bytes,
    account: Account,
    me: Me,
    wish: Wish,
    rings: Callable[[str, str | None, str, Sequence[str], float], list[ByCall]],
    now: float,
) -> int:
    """Somebody calls me, or my group; the number of the call."""
    if not await accounts.is_demo(db, account.id):
        raise Unprocessable("Only a demo company has a demo line.")
    call = uuid4().hex
    async with db.transaction() as tx:
        await accounts.lock(tx, account.id)  # until the call is there: who asks ten times at once is counted ten times
        pbx_id = await demo_line(tx, installation, account, me, int(now))
        await check_rings(tx, account.id, pbx_id, me.user_id, int(now))
        users = me.group_users if wish.group else (me.user_id,)
        agents = await demo.desk_phones(tx, account.id, pbx_id, [*users, me.user_id], MOST_RINGING)
        if not agents:
            raise Unprocessable("You have no desk phone on the demo line that could ring.")
        number = wish.number
        if number is None:
            known = wish.known
            found = await demo.somebody(tx, account.id, me.user_id) if known else await demo.stranger(tx, account.id)
            number = "+" + phones.national(found, account.country)
        line = LINES[words_of(account)]
        owed = await deeds.take(tx, account, pbx_id, rings(call, number, line, agents, now), int(now))
        call_id: int = (await conversations.of(tx, account.id, f"pbx:{pbx_id}", [call]))[call]["id"]
    await deeds.settle(db, account, owed, int(now))
    return call_id


async def check_rings(tx: Db, account_id: int, pbx_id: int, user_id: int, now: int) -> None:
    """A key that is held down shall fill neither the history nor the line."""
    if await demo.rung(tx, account_id, f"pbx:{pbx_id}", user_id, now - RINGS_SECONDS) >= MOST_RINGS:
        raise TooMany(f"The demo line rings you {MOST_RINGS} times a minute at most.", RINGS_SECONDS)
    if len(await demo.going(tx, MOST_GOING)) >= MOST_GOING:
        raise Unprocessable(f"{MOST_GOING} calls go on at the demo line already: let some of them end first.")


async def demo_line(tx: Db, installation: bytes, account: Account, me: Me, now: int) -> int:
    """The PBX of a demo company, with a line and two phones for everybody; made when it is wanted first, and for who
    has come since."""
    pbx_id = await demo.pbx(tx, account.id)
    if pbx_id is None:
        name, line = NAMES[words_of(account)], LINES[words_of(account)]
        box = sealed(installation, uuid4().hex)
        new: dict[str, Any] = {
            "kind": "demo",
            "name": name,
            "settings": {},
            "trunks": [],
            "key_id": uuid4().hex,
            "secret_box": box,
        }
        pbx_id = await pbxes.add(tx, account.id, new | {"created_by": me.user_id, "created_at": now})
        await demo.add_line(tx, account.id, pbx_id, line, phones.tail_of(phones.digits_of(line)), name)
    await demo.add_phones(tx, account.id, pbx_id)
    return pbx_id


def words_of(account: Account) -> str:
    return "ru" if account.language == "ru" else "en"
