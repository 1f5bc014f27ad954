"""How an account works with customers, and where they stand when it works by periods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, customer_statuses
from trubka.errors import NotFound, Unprocessable

Mode = Literal["segments", "periodicity"]

MOST_STATUSES = 100
STEP = 10  # of `sort`
MOST_SORT = 2**31 - 1
FIRST = {  # with which an account begins: (what the status means, its name)
    "ru": ((4, "Недавно купили"), (1, "Ожидается покупка"), (2, "Не купили"), (3, "Закрыто")),
    "en": ((4, "Bought recently"), (1, "Purchase expected"), (2, "Not bought"), (3, "Closed")),
}
COLORS = ("#c1e0ff", "#fff000", "#ffdbdb", "#e6e8ea")


async def set_mode(db: Db, by: By, mode: Mode, is_enabled: bool, language: str) -> None:
    """The first time that an account works by periods it gets the statuses of periods."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        now = mode if is_enabled else "disabled"
        await accounts.set_customers_mode(tx, by.account_id, now, by.user_id, by.at)
        if now == "periodicity" and not await customer_statuses.all_of(tx, by.account_id):
            names = FIRST["ru" if language == "ru" else "en"]
            first = [
                {"name": name, "sort": STEP * place, "color": color, "type": kind}
                for place, ((kind, name), color) in enumerate(zip(names, COLORS, strict=True), start=1)
            ]
            await customer_statuses.add(tx, by.account_id, first)
        await told(tx, by, "customers_mode_changed", by.account_id, changed="account", mode=now)


async def add(db: Db, by: By, batch: Sequence[dict[str, Any]]) -> list[int]:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        known = await customer_statuses.all_of(tx, by.account_id)
        if len(known) + len(batch) > MOST_STATUSES:
            raise Unprocessable(f"An account may have {MOST_STATUSES} statuses of customers at most.")
        last = max((row["sort"] for row in known), default=0)
        rows = [
            each | {"sort": min(last + STEP * place, MOST_SORT) if each["sort"] is None else each["sort"]}
            for place, each in enumerate(batch, start=1)
        ]
        ids = await customer_statuses.add(tx, by.account_id, rows)
        for status_id, row in zip(ids, rows, strict=True):
            await told(tx, by, "customer_status_added", status_id, changed="customer_statuses", name=row["name"])
    return ids


async def change(db: Db, by: By, status_id: int, name: str | None, sort: int | None, color: str | None) -> Row:
    async with db.transaction() as tx:
        row = await customer_statuses.change(tx, by.account_id, status_id, name, sort, color)
        if row is None:
            raise NotFound("There is no such status.")
        await told(tx, by, "customer_status_changed", status_id, changed="customer_statuses", name=row["name"])
    return row


async def remove(db: Db, by: By, status_id: int) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if status_id not in await customer_statuses.existing(tx, by.account_id, [status_id]):
            raise NotFound("There is no such status.")
        if await customer_statuses.stand_in(tx, by.account_id, status_id):
            raise Unprocessable("Customers stand in this status: move them first.")
        row = await customer_statuses.remove(tx, by.account_id, status_id)
        if row is None:
            raise Unprocessable("This status belongs to the work by periods and stays.")
        await told(tx, by, "customer_status_deleted", status_id, changed="customer_statuses", name=row["name"])
