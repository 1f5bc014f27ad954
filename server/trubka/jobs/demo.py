"""The customers of demo lines give up, or have heard enough: worked out from the calls themselves, so that a restart in
the middle of one changes nothing."""

from __future__ import annotations

import time

import structlog

from trubka.actions.accounts import account_of
from trubka.actions.commands import phones_of
from trubka.actions.conversations import hear
from trubka.db import accounts, demo
from trubka.jobs.shift import Shift
from trubka.pbx.demo import passed

LOOK_SECONDS = 2.0
MOST = 200  # calls at a time

log = structlog.get_logger()


async def play(shift: Shift) -> None:
    while not shift.over:
        async with shift.lease("demo") as ours:
            if ours:
                await play_once(shift, time.time())
        await shift.rest(LOOK_SECONDS)


async def play_once(shift: Shift, now: float) -> None:
    for row in await demo.going(shift.db, MOST):
        quiet = now - row["updated_at"]
        talk = now - row["answered_at"] if row["answered_at"] is not None else 0
        told = passed(row["uniq"], phones_of(row), quiet_seconds=quiet, talk_seconds=talk, at=now)
        account = await accounts.known(shift.db, row["account_id"]) if told else None
        if account is None or shift.over:
            continue
        try:
            await hear(shift.db, account_of(account), row["pbx_id"], told, int(now))
        except Exception:
            log.exception("a call of the demo line was not ended", account=row["account_id"], call=row["uniq"])
