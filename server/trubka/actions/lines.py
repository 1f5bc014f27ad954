"""How calls go: our lines with their plans, working hours, extensions, and who is away."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions.audit import By
from trubka.actions.pbxes import changed
from trubka.db import Db, accounts, extensions, groups, lines, pbxes, users
from trubka.errors import NotFound, Unprocessable
from trubka.rules.phones import SHORTEST, digits_of, tail_of
from trubka.rules.routing import Day, Kind, Plan, RingGroup, RingUsers, Word, doubled

MOST_LINES = 1_000
MOST_SCHEDULES = 200
MOST_EXTENSIONS = 20  # of one user
MOST_HOLIDAYS = 500
LONGEST_NAME = 100
LONGEST_NUMBER = 30

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NUMBER, pattern=r"^\+?[0-9 ()./-]+$(?!\n)")]
Moment = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class NewLine(msgspec.Struct, kw_only=True):
    number: Number
    name: Name = ""
    pbx_id: int | None = None
    schedule_id: int | None = None
    plan: Plan = ()
    closed_plan: Plan = ()
    fallback: Word = ""
    is_active: bool = True


class LineChange(msgspec.Struct, kw_only=True):
    number: Number | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    pbx_id: int | UnsetType | None = UNSET
    schedule_id: int | UnsetType | None = UNSET
    plan: Plan | UnsetType = UNSET
    closed_plan: Plan | UnsetType = UNSET
    fallback: Word | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class Hours(msgspec.Struct, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    time_zone: str | None = None  # none: the account's
    week: Annotated[tuple[Day, ...], msgspec.Meta(min_length=7, max_length=7)]
    holidays: Annotated[dict[str, Day], msgspec.Meta(max_length=MOST_HOLIDAYS)] = {}


class NewExtension(msgspec.Struct, kw_only=True):
    number: Number
    kind: Kind = "desk"
    pbx_id: int | None = None
    device: Word = ""
    is_confirmed_by_key: bool = False
    rings: bool = True


class Extensions(msgspec.Struct):
    extensions: Annotated[list[NewExtension], msgspec.Meta(max_length=MOST_EXTENSIONS)]


class Absence(msgspec.Struct, kw_only=True):
    """All of it at once: what is left out ends."""

    quiet_until: Moment | None = None
    away_from: Moment | None = None
    away_until: Moment | None = None
    deputy_id: int | None = None


# Lines.


async def add(db: Db, by: By, given: NewLine) -> int:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        new = await checked(tx, by.account_id, msgspec.structs.asdict(given), 0)
        line_id = await lines.add(tx, by.account_id, new)
        await changed(tx, by, "line_added", line_id, number=new["number"])
    return line_id


async def change(db: Db, by: By, line_id: int, given: LineChange) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = next((row for row in await lines.all_of(tx, by.account_id) if row["id"] == line_id), None)
        if row is None:
            raise NotFound("There is no such line.")
        new = dict(row) | {key: value for key, value in msgspec.structs.asdict(given).items() if value is not UNSET}
        await lines.change(tx, by.account_id, line_id, await checked(tx, by.account_id, new, line_id))
        await changed(tx, by, "line_changed", line_id, number=new["number"])


async def remove(db: Db, by: By, line_id: int) -> None:
    async with db.transaction() as tx:
        if not await lines.remove(tx, by.account_id, line_id):
            raise NotFound("There is no such line.")
        await changed(tx, by, "line_deleted", line_id)


async def checked(tx: Db, account_id: int, new: dict[str, Any], line_id: int) -> dict[str, Any]:
    """The columns of a line, when everything that it names is there."""
    digits = digits_of(new["number"])
    if len(digits) < SHORTEST:
        raise Unprocessable(f"A line's number has {SHORTEST} digits at least.")
    tail = tail_of(digits)
    others = [row for row in await lines.tails(tx, account_id) if row["id"] != line_id]
    if any(row["tail"] == tail and row["pbx_id"] == new["pbx_id"] for row in others):
        raise Unprocessable("There is a line with this number already.")
    if len(others) >= MOST_LINES:
        raise Unprocessable(f"An account may have {MOST_LINES} lines at most.")
    if new["pbx_id"] is not None and await pbxes.get(tx, account_id, new["pbx_id"]) is None:
        raise NotFound("There is no such PBX.")
    if new["schedule_id"] is not None and new["schedule_id"] not in await schedule_ids(tx, account_id):
        raise NotFound("There are no such working hours.")
    for step in [*msgspec.convert(new["plan"], Plan), *msgspec.convert(new["closed_plan"], Plan)]:
        if isinstance(step, RingUsers) and set(step.ids) - await users.existing(tx, account_id, sorted(set(step.ids))):
            raise NotFound("There is no such user.")
        if isinstance(step, RingGroup) and step.id and not await groups.exists(tx, account_id, step.id):
            raise NotFound("There is no such group.")
    return new | {"tail": tail}


# Working hours.


async def add_hours(db: Db, by: By, given: Hours) -> int:
    check_hours(given)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if len(await schedule_ids(tx, by.account_id)) >= MOST_SCHEDULES:
            raise Unprocessable(f"An account may have {MOST_SCHEDULES} working hours at most.")
        hours_id = await lines.add_schedule(
            tx, by.account_id, given.name, given.time_zone, list(given.week), given.holidays
        )
        await changed(tx, by, "hours_added", hours_id, name=given.name)
    return hours_id


async def change_hours(db: Db, by: By, hours_id: int, given: Hours) -> None:
    check_hours(given)
    async with db.transaction() as tx:
        if not await lines.change_schedule(
            tx, by.account_id, hours_id, given.name, given.time_zone, list(given.week), given.holidays
        ):
            raise NotFound("There are no such working hours.")
        await changed(tx, by, "hours_changed", hours_id, name=given.name)


async def remove_hours(db: Db, by: By, hours_id: int) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if await lines.schedule_used(tx, by.account_id, hours_id):
            raise Unprocessable("Lines go by these working hours: give them others first.")
        if not await lines.remove_schedule(tx, by.account_id, hours_id):
            raise NotFound("There are no such working hours.")
        await changed(tx, by, "hours_deleted", hours_id)


async def schedule_ids(tx: Db, account_id: int) -> set[int]:
    return {row["id"] for row in await lines.schedules(tx, account_id)}


def check_hours(given: Hours) -> None:
    if given.time_zone is not None:
        try:
            ZoneInfo(given.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Unprocessable("This time zone is not known.") from None
    for day in given.holidays:
        try:
            ok = date.fromisoformat(day).isoformat() == day
        except ValueError:
            ok = False
        if not ok:
            raise Unprocessable("A holiday is a date such as 2026-12-31.")


# Extensions and absence.


async def set_extensions(db: Db, by: By, user_id: int, given: list[NewExtension]) -> None:
    """The devices of a user, in the order in which they are shown. A number has one user."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        await check_user(tx, by.account_id, user_id)
        known = {row["id"] for row in await pbxes.all_of(tx, by.account_id)}
        if any(each.pbx_id is not None and each.pbx_id not in known for each in given):
            raise NotFound("There is no such PBX.")
        rows = await extensions.numbers(tx, by.account_id)
        for each in given:
            # An extension of every PBX is also one of each.
            others = {
                row["number"]: row["user_id"]
                for row in rows
                if row["user_id"] != user_id and (None in (row["pbx_id"], each.pbx_id) or row["pbx_id"] == each.pbx_id)
            }
            if taken := doubled([each.number], others):
                owner = await users.get(tx, by.account_id, taken[0].user_id)
                assert owner is not None
                raise Unprocessable(f"The number {each.number} is the extension of {owner['name']}.")
        if len({(each.number, each.pbx_id) for each in given}) < len(given):
            raise Unprocessable("A number stands twice.")
        new = [
            msgspec.structs.asdict(each) | {"tail": tail_of(digits_of(each.number)), "sort": index}
            for index, each in enumerate(given)
        ]
        await extensions.replace(tx, by.account_id, user_id, new)
        await changed(tx, by, "extensions_changed", user_id, numbers=[each.number for each in given])


async def ring_here(db: Db, by: By, extension_id: int, rings: bool) -> None:
    """One's own device rings, or is left alone."""
    async with db.transaction() as tx:
        if not await extensions.set_rings(tx, by.account_id, by.user_id, extension_id, rings):
            raise NotFound("You have no such extension.")
        await changed(tx, by, "extensions_changed", by.user_id, rings=rings)


async def set_absence(db: Db, by: By, user_id: int, given: Absence) -> None:
    if given.away_from is not None and given.away_until is not None and given.away_until <= given.away_from:
        raise Unprocessable("An absence ends after it begins.")
    if given.deputy_id == user_id:
        raise Unprocessable("Nobody stands in for himself.")
    async with db.transaction() as tx:
        await check_user(tx, by.account_id, user_id)
        if given.deputy_id is not None:
            await check_user(tx, by.account_id, given.deputy_id)
        await extensions.set_absence(
            tx, by.account_id, user_id, given.quiet_until, given.away_from, given.away_until, given.deputy_id
        )
        await changed(tx, by, "absence_changed", user_id)


async def check_user(tx: Db, account_id: int, user_id: int) -> None:
    if not await users.existing(tx, account_id, [user_id]):
        raise NotFound("There is no such user.")
