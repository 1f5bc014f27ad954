"""Upkeep: who works stands in the leases, and what is older than its time is forgotten in small steps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import structlog

from trubka import pbx
from trubka.actions import alerts as alert_deeds
from trubka.actions import debts, sessions
from trubka.actions.accounts import account_of
from trubka.actions.conversations import close_silent, join_twins
from trubka.db import accounts, alerts, codes, conversations, facts, health, leases, notices, refresh_tokens, webhooks
from trubka.jobs.shift import LEASE_SECONDS, RENEW_SECONDS, Shift
from trubka.rules.accounts import Account
from trubka.rules.webhooks import KEPT_DAYS

DAYS = KEPT_DAYS  # facts, and deliveries with how they went
TOKEN_DAYS = 1  # codes and refresh tokens that nobody can use any more
STEP = 2_000  # rows deleted at a time
STEP_SECONDS = 0.2  # between steps: others have work to do
COUNT_SECONDS = 5.0  # between looks for tables that are new; PostgreSQL itself looks once a minute
SETTLE_SECONDS = 5.0  # between looks for what was written at the same moment: debts and talks, twins of a talk
SETTLE_ALL_SECONDS = 600.0  # between looks at all that is owed, whatever was told
FIRST_SECONDS = 3_600.0  # looked back at most, and at the start: for what a worker that died has left
FORGET_SECONDS = 600.0  # between looks
OVER_HOURS = 1  # how long a call that is over is remembered, for what is told late
SILENT_HOURS = 13  # a call of which nothing was heard for so long is over
HEAR_SECONDS = 60.0  # between looks for PBXes that are silent, or are heard again
HEARD_SECONDS = 900  # a signed request is refused as too old before its signature is forgotten


log = structlog.get_logger()


async def present(shift: Shift) -> None:
    """Says that this process works; `trubka doctor` reads it."""
    name = f"worker {shift.name}"
    while not shift.over:
        await leases.take(shift.db, name, shift.name, LEASE_SECONDS)
        await shift.rest(RENEW_SECONDS)
    await leases.release(shift.db, name, shift.name)


async def bell(shift: Shift) -> None:
    """Facts that are written here wake those who tell them to browsers."""
    async with asyncio.TaskGroup() as group:
        carrying = group.create_task(shift.db.bell.run())
        await shift.stop.wait()
        carrying.cancel()


async def settle(shift: Shift) -> None:
    """Mends what two who wrote at the same moment have not seen of each other: a debt that a talk has overtaken, a talk
    that two sources have told of."""
    joined, owed, all_at = "0", None, time.monotonic()  # since when each of them is to be looked through
    while not shift.over:
        async with shift.lease("settle") as ours:
            if ours:
                place, now = await facts.horizon(shift.db), int(time.time())
                if await went(join_twins(shift.db, FIRST_SECONDS, now, joined)):
                    joined = place
                if await went(debts.settle_all(shift.db, now, owed)):
                    owed = place
                if time.monotonic() - all_at > SETTLE_ALL_SECONDS:
                    owed, all_at = None, time.monotonic()
            else:
                joined, owed = "0", None
        await shift.rest(SETTLE_SECONDS)


async def went(step: Awaitable[object]) -> bool:
    """Whether it went well: what one step cannot mend keeps the other from nothing, and is tried again."""
    try:
        await step
    except Exception:
        log.exception("what was written at one moment was not looked through")
        return False
    return True


async def hear(shift: Shift) -> None:
    """Which PBXes have been silent for too long."""
    while not shift.over:
        async with shift.lease("hear") as ours:
            if ours:
                await alert_deeds.look_at_pbxes(shift.db, sorted(pbx.KINDS), int(time.time()))
        await shift.rest(HEAR_SECONDS)


async def count(shift: Shift) -> None:
    """Statistics of tables that have their first rows, or the first hour's calls would look through all there are."""
    while not shift.over:
        async with shift.lease("count") as ours:
            if ours and (tables := await health.uncounted(shift.db)):
                await shift.db.tidy(*tables)
        await shift.rest(COUNT_SECONDS)


async def forget(shift: Shift) -> None:
    while not shift.over:
        async with shift.lease("forget") as ours:
            if ours:
                await forget_old(shift)
        await shift.rest(FORGET_SECONDS)


async def forget_old(shift: Shift) -> None:
    """Everything that is too old now, step by step."""
    for step in (facts.forget, webhooks.forget, notices.forget, alerts.forget):
        while not shift.over and await step(shift.db, DAYS, STEP) == STEP:
            await shift.rest(STEP_SECONDS)
    while not shift.over and await conversations.forget_heard(shift.db, HEARD_SECONDS, STEP) == STEP:
        await shift.rest(STEP_SECONDS)
    await end_silent(shift)
    await leases.forget(shift.db, DAYS)
    await sessions.tidy(shift.db)
    await codes.forget(shift.db, TOKEN_DAYS)
    await refresh_tokens.forget(shift.db, TOKEN_DAYS)


async def end_silent(shift: Shift) -> None:
    """Calls of which a PBX has told no end."""
    known: dict[int, Account] = {}
    for row in await conversations.silent(shift.db, OVER_HOURS, SILENT_HOURS, STEP):
        if row["account_id"] not in known:
            account = await accounts.known(shift.db, row["account_id"])
            if account is None:
                continue
            known[row["account_id"]] = account_of(account)
        if shift.over:
            return
        try:
            await close_silent(shift.db, known[row["account_id"]], row["pbx_id"], row["id"], int(time.time()))
        except Exception:
            log.exception("a call was not ended", account=row["account_id"], pbx=row["pbx_id"], call=row["id"])
