"""Tells integrations that they were switched off or removed: a GET to the address that each one named for this, tried
again as deliveries of webhooks are. Killed at any line, it goes on when started; the worst is a GET that comes twice.
"""

from __future__ import annotations

import structlog

from trubka import __version__
from trubka.db import Row, uninstalls
from trubka.errors import Trouble
from trubka.jobs.shift import Shift
from trubka.rules import webhooks as rules

LOOK_SECONDS = 2.0
CLAIM_SECONDS = 30.0  # longer than one GET: after that another worker tries

log = structlog.get_logger()


async def tell(shift: Shift) -> None:
    while not shift.over:
        row = await uninstalls.claim(shift.db, CLAIM_SECONDS)
        if row is None:
            await shift.rest(LOOK_SECONDS)
        else:
            await tell_one(shift, row)


async def tell_one(shift: Shift, row: Row) -> None:
    """One attempt, counted already; the row goes when it was heard, or when there is no next one."""
    status, why = await attempt(shift, row["url"])
    account_id, uninstall_id = row["account_id"], row["id"]
    again = None if rules.is_good(status) else rules.retry_seconds(row["attempts"], status)
    if again is not None:
        await uninstalls.put_off(shift.db, account_id, uninstall_id, again)
        return
    if not rules.is_good(status):
        log.warning("an integration was not told of its end", account=account_id, status=status, why=why)
    await uninstalls.remove(shift.db, account_id, uninstall_id)


async def attempt(shift: Shift, url: str) -> tuple[int, str]:
    """(status, what went wrong); 0 when there was no answer in time."""
    try:
        headers = {"User-Agent": f"trubka/{__version__}"}
        answered = await shift.web.send("GET", url, headers=headers, seconds=rules.ANSWER_SECONDS)
    except Trouble as trouble:
        return 0, str(trouble)
    except Exception as mistake:  # it counts as an attempt, or it would come first for ever
        log.exception("an integration cannot be told of its end")
        return 0, type(mistake).__name__
    return answered.status, ""
