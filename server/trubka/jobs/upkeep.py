"""Upkeep: who works stands in the leases, and what is older than its time is forgotten in small steps."""

from __future__ import annotations

import asyncio

from trubka.actions import sessions
from trubka.db import codes, facts, leases, refresh_tokens, webhooks
from trubka.jobs.shift import LEASE_SECONDS, RENEW_SECONDS, Shift

DAYS = 7  # facts, and deliveries with how they went
TOKEN_DAYS = 1  # codes and refresh tokens that nobody can use any more
STEP = 2_000  # rows deleted at a time
STEP_SECONDS = 0.2  # between steps: others have work to do
FORGET_SECONDS = 600.0  # between looks


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


async def forget(shift: Shift) -> None:
    while not shift.over:
        async with shift.lease("forget") as ours:
            if ours:
                await forget_old(shift)
        await shift.rest(FORGET_SECONDS)


async def forget_old(shift: Shift) -> None:
    """Everything that is too old now, step by step."""
    for step in (facts.forget, webhooks.forget):
        while not shift.over and await step(shift.db, DAYS, STEP) == STEP:
            await shift.rest(STEP_SECONDS)
    await leases.forget(shift.db, DAYS)
    await sessions.tidy(shift.db)
    await codes.forget(shift.db, TOKEN_DAYS)
    await refresh_tokens.forget(shift.db, TOKEN_DAYS)
