"""Pipelines and their statuses: made, changed and taken away by administrators, one after another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from trubka.actions.accounts import statuses as first_statuses
from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, facts, pipelines
from trubka.errors import NotFound, Unavailable, Unprocessable
from trubka.rules import pipelines as rules
from trubka.rules.entities import Entity
from trubka.rules.facts import CardChanged, Event, LeadMoved
from trubka.rules.leads import UNSORTED, WON
from trubka.rules.pipelines import MOST_MOVED, MOST_PIPELINES, MOST_PORTIONS, MOST_STATUSES, Step

MOST_SORT = 2**31 - 1
SYSTEM = 3  # statuses of every pipeline: the unsorted, won, lost


class Status(msgspec.Struct, frozen=True):
    """A wish; what is None stays as it is, or takes its default when new."""

    name: str | None = None
    sort: int | None = None
    color: str | None = None
    id: int | None = None  # 142 or 143, which are in every pipeline and may be named otherwise
    is_unsorted: bool = False


class Pipeline(msgspec.Struct, frozen=True):
    name: str | None = None
    sort: int | None = None
    is_main: bool | None = None
    is_unsorted_on: bool | None = None
    statuses: Sequence[Status] = ()


async def add(db: Db, by: By, language: str, batch: Sequence[Pipeline]) -> list[int]:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        known = await pipelines.listed(tx, by.account_id, None)
        if len(known) + len(batch) > MOST_PIPELINES:
            raise Unprocessable(f"An account may have {MOST_PIPELINES} pipelines at most.")
        last = max((row["sort"] for row in known), default=0)
        made: list[int] = []
        for place, wish in enumerate(batch, start=1):
            sort = min(last + place, MOST_SORT) if wish.sort is None else wish.sort
            is_main = bool(wish.is_main) or not (known or made)
            on = wish.is_unsorted_on is not False
            name = wish.name or ""
            new = await pipelines.add(tx, by.account_id, name, sort, False, filled(wish.statuses, language), on)
            if is_main:
                await pipelines.one_main(tx, by.account_id, new)
            await told(tx, by, "pipeline_added", new, changed="pipelines", name=name)
            made.append(new)
        return made


def filled(wishes: Sequence[Status], language: str) -> list[dict[str, Any]]:
    """The statuses of a new pipeline: those of a new account, unless there are steps of its own among the wishes."""
    first = first_statuses("ru" if language == "ru" else "en")
    system = [each for each in first if each.get("is_editable") is False]
    for wish in wishes:
        for each in system:
            same = each.get("id") == wish.id if wish.id else wish.is_unsorted and each.get("type") == UNSORTED
            if same and wish.name:
                each["name"] = wish.name
    own = [wish for wish in wishes if not wish.id and not wish.is_unsorted]
    if len(own) + SYSTEM > MOST_STATUSES:
        raise Unprocessable(f"A pipeline may have {MOST_STATUSES} statuses at most.")
    order = sorted(range(len(own)), key=lambda index: (by_sort(own[index]), index))
    steps = [
        {
            "name": own[index].name,
            "sort": rules.FIRST_SORT + rules.STEP * place,
            "color": rules.color_of(own[index].color),
        }
        for place, index in enumerate(order)
    ]
    return [*system, *(steps or [each for each in first if each.get("is_editable") is not False])]


def by_sort(wish: Status) -> int:
    return MOST_SORT if wish.sort is None else wish.sort


async def change(db: Db, by: By, pipeline_id: int, wish: Pipeline) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await one(tx, by, pipeline_id)
        if wish.is_main is False and row["is_main"]:
            raise Unprocessable("One pipeline is always the main one: make another one main instead.")
        await pipelines.change(tx, by.account_id, pipeline_id, wish.name, wish.sort, wish.is_unsorted_on)
        if wish.is_main:
            await pipelines.one_main(tx, by.account_id, pipeline_id)
        await told(tx, by, "pipeline_changed", pipeline_id, changed="pipelines", name=wish.name or row["name"])


async def remove(db: Db, by: By, pipeline_id: int) -> None:
    """One without leads; another one is the main one then."""
    await in_portions(lambda: removed(db, by, pipeline_id))


async def removed(db: Db, by: By, pipeline_id: int) -> bool:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await one(tx, by, pipeline_id)
        others = [each for each in await pipelines.listed(tx, by.account_id, None) if each["id"] != pipeline_id]
        if not others:
            raise Unprocessable("The last pipeline stays.")
        if await pipelines.has_leads(tx, by.account_id, pipeline_id):
            raise Unprocessable("Leads stand in this pipeline: move them to another one first.")
        main = next((each for each in others if each["is_main"]), others[0])
        first = rules.heir(steps_of(main["statuses"]), 0)
        to_id = first or WON
        binned = await pipelines.move_bin(tx, by.account_id, pipeline_id, None, main["id"], to_id, MOST_MOVED)
        if binned == MOST_MOVED:
            return False
        await pipelines.remove(tx, by.account_id, pipeline_id)
        if row["is_main"]:
            await pipelines.one_main(tx, by.account_id, main["id"])
        await told(tx, by, "pipeline_deleted", pipeline_id, changed="pipelines", name=row["name"])
        return True


async def in_portions(remove: Callable[[], Awaitable[bool]]) -> None:
    """Nobody can move what lies in the bin: it goes out of the way by itself, a transaction for each portion, so that
    none is long and a second request goes on where the first one ended."""
    for _ in range(MOST_PORTIONS):
        if await remove():
            return
    raise Unavailable


async def add_statuses(db: Db, by: By, pipeline_id: int, batch: Sequence[Status]) -> list[int]:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        await one(tx, by, pipeline_id)
        known = steps_of(await pipelines.statuses_of(tx, by.account_id, pipeline_id))
        if len(known) + len(batch) > MOST_STATUSES:
            raise Unprocessable(f"A pipeline may have {MOST_STATUSES} statuses at most.")
        wishes = [{"name": each.name, "sort": by_sort(each), "color": rules.color_of(each.color)} for each in batch]
        made = await pipelines.add_statuses(tx, by.account_id, pipeline_id, wishes)
        await renumber(tx, by, pipeline_id)
        for status_id, each in zip(made, batch, strict=True):
            await told(tx, by, "status_added", status_id, changed="pipelines", name=each.name, pipeline=pipeline_id)
        return made


async def change_status(db: Db, by: By, pipeline_id: int, status_id: int, wish: Status) -> None:
    """The system's own may have another name, and nothing else."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await status_of(tx, by, pipeline_id, status_id)
        sort, color = (wish.sort, wish.color) if row["is_editable"] else (None, None)
        await pipelines.change_status(tx, by.account_id, pipeline_id, status_id, wish.name, sort, color)
        await renumber(tx, by, pipeline_id)
        name = wish.name or row["name"]
        await told(tx, by, "status_changed", status_id, changed="pipelines", name=name, pipeline=pipeline_id)


async def remove_status(db: Db, by: By, pipeline_id: int, status_id: int) -> None:
    """Its leads stand in the first step from now on, as amoCRM does it."""
    await in_portions(lambda: removed_status(db, by, pipeline_id, status_id))


async def removed_status(db: Db, by: By, pipeline_id: int, status_id: int) -> bool:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await status_of(tx, by, pipeline_id, status_id)
        if not row["is_editable"]:
            raise Unprocessable("This status belongs to every pipeline and stays.")
        to_id = rules.heir(steps_of(await pipelines.statuses_of(tx, by.account_id, pipeline_id)), status_id)
        if to_id is None:
            raise Unprocessable("A pipeline keeps at least one step.")
        if await pipelines.count_leads(tx, by.account_id, pipeline_id, status_id, MOST_MOVED + 1) > MOST_MOVED:
            raise Unprocessable(f"More than {MOST_MOVED} leads stand in this step: move them first.")
        binned = await pipelines.move_bin(tx, by.account_id, pipeline_id, status_id, pipeline_id, to_id, MOST_MOVED)
        if binned == MOST_MOVED:
            return False
        moved = await pipelines.move_leads(tx, by.account_id, pipeline_id, status_id, to_id, by.user_id, by.at)
        await record_moves(tx, by, pipeline_id, status_id, to_id, moved)
        await pipelines.remove_status(tx, by.account_id, pipeline_id, status_id)
        await renumber(tx, by, pipeline_id)
        details = {"name": row["name"], "pipeline": pipeline_id, "leads": len(moved)}
        await told(tx, by, "status_deleted", status_id, changed="pipelines", **details)
        return True


async def record_moves(tx: Db, by: By, pipeline_id: int, old_id: int, new_id: int, moved: Sequence[Row]) -> None:
    after, before = ([{"lead_status": {"id": status_id, "pipeline_id": pipeline_id}}] for status_id in (new_id, old_id))
    events = [Event("lead_status_changed", Entity.lead, row["id"], by.user_id, by.at, after, before) for row in moved]
    changes = [
        CardChanged(
            by.user_id,
            by.at,
            Entity.lead,
            row["id"],
            row["responsible_user_id"],
            ("status_id",),
            None,
            pipeline_id,
            old_id,
            pipeline_id=pipeline_id,
            status_id=new_id,
        )
        for row in moved
    ]
    moves = [
        LeadMoved(by.user_id, by.at, row["id"], row["responsible_user_id"], pipeline_id, new_id, pipeline_id, old_id)
        for row in moved
    ]
    if moved:
        await facts.record(tx, by.account_id, events, [*changes, *moves])


async def renumber(tx: Db, by: By, pipeline_id: int) -> None:
    sorts = rules.renumbered(steps_of(await pipelines.statuses_of(tx, by.account_id, pipeline_id)))
    if sorts:
        await pipelines.place_statuses(tx, by.account_id, pipeline_id, sorts)


def steps_of(rows: Sequence[Any]) -> list[Step]:
    return [Step(row["id"], row["sort"], row["is_editable"]) for row in rows]


async def one(tx: Db, by: By, pipeline_id: int) -> Row:
    rows = await pipelines.listed(tx, by.account_id, pipeline_id)
    if not rows:
        raise NotFound("There is no such pipeline.")
    return rows[0]


async def status_of(tx: Db, by: By, pipeline_id: int, status_id: int) -> Row:
    await one(tx, by, pipeline_id)
    for row in await pipelines.statuses_of(tx, by.account_id, pipeline_id):
        if row["id"] == status_id:
            return row
    raise NotFound("There is no such status in this pipeline.")
