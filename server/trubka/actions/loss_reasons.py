"""Why leads are lost: the account's own list. A lead keeps the number of a reason that is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, loss_reasons
from trubka.errors import NotFound, Unprocessable

MOST_REASONS = 200
STEP = 10  # of `sort`, where none is given
MOST_SORT = 2**31 - 1


async def add(db: Db, by: By, batch: Sequence[dict[str, Any]]) -> list[Row]:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        known = await loss_reasons.all_of(tx, by.account_id)
        if len(known) + len(batch) > MOST_REASONS:
            raise Unprocessable(f"An account may have {MOST_REASONS} reasons for a loss at most.")
        last = max((row["sort"] for row in known), default=0)
        rows = [
            {
                "name": each["name"],
                "sort": min(last + STEP * place, MOST_SORT) if each["sort"] is None else each["sort"],
            }
            for place, each in enumerate(batch, start=1)
        ]
        made = await loss_reasons.add(tx, by.account_id, rows, by.at)
        for row in made:
            await told(tx, by, "loss_reason_added", row["id"], changed="loss_reasons", name=row["name"])
    return made


async def change(db: Db, by: By, reason_id: int, name: str | None, sort: int | None) -> Row:
    async with db.transaction() as tx:
        row = await loss_reasons.change(tx, by.account_id, reason_id, name, sort, by.at)
        if row is None:
            raise NotFound("There is no such reason for a loss.")
        await told(tx, by, "loss_reason_changed", reason_id, changed="loss_reasons", name=row["name"])
    return row


async def remove(db: Db, by: By, reason_id: int) -> None:
    async with db.transaction() as tx:
        row = await loss_reasons.remove(tx, by.account_id, reason_id)
        if row is None:
            raise NotFound("There is no such reason for a loss.")
        await told(tx, by, "loss_reason_deleted", reason_id, changed="loss_reasons", name=row["name"])
