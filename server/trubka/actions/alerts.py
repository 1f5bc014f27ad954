"""Alerts: raised in the transaction of the failure, over when the trouble is, closed by whoever was told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from trubka.actions.audit import By
from trubka.db import Db, Row, alerts, facts
from trubka.db.alerts import Whom
from trubka.errors import NotFound, Unprocessable
from trubka.rules import alerts as rules
from trubka.rules.accounts import zone
from trubka.rules.alerts import Kind
from trubka.rules.facts import AlertClosed, AlertRaised
from trubka.rules.rights import Me

MOST_PBXES = 500  # looked at in one statement


async def add(
    tx: Db,
    by: By,
    kind: Kind,
    subject: object,
    details: dict[str, Any],
    whom: Whom = "admins",
    users: Sequence[int] = (),
) -> list[UUID]:
    """Told to all of them; what is open already counts up."""
    args = (kind, str(subject), details, whom, users, by.at, rules.MOST_OPEN)
    rows = await alerts.add(tx, by.account_id, *args)
    if rows:
        raised = [AlertRaised(by.user_id, by.at, row["id"], row["user_id"], kind) for row in rows]
        await facts.record(tx, by.account_id, [], raised)
    return [row["id"] for row in rows]


async def over(tx: Db, by: By, kinds: Sequence[Kind], subject: object = "") -> None:
    """The trouble is no more, so nobody need close it."""
    await tell_closed(tx, by, await alerts.over(tx, by.account_id, kinds, str(subject), by.at))


async def close(db: Db, me: Me, alert_id: UUID, now: int) -> None:
    """Again: nothing happens."""
    async with db.transaction() as tx:
        was_open = await alerts.close(tx, me.account_id, me.user_id, alert_id, now)
        if was_open is None:
            raise NotFound("There is no such alert.")
        if was_open:
            await facts.record(tx, me.account_id, [], [AlertClosed(me.user_id, now, alert_id, me.user_id)])


async def close_all(db: Db, me: Me, until: int, now: int) -> None:
    """All that I have seen: what has happened after that moment stays."""
    async with db.transaction() as tx:
        ids = await alerts.close_all(tx, me.account_id, me.user_id, until, now)
        if ids:
            await facts.record(tx, me.account_id, [], [AlertClosed(me.user_id, now, each, me.user_id) for each in ids])


async def tell(db: Db, me: Me, header: str, text: str, at: int) -> UUID:
    """What went wrong in my own browser, or in a widget there."""
    by = By(me.account_id, me.user_id, at)
    subject, details = rules.of_page(header, text), {"header": header, "text": text}
    async with db.transaction() as tx:
        made = await add(tx, by, "page", subject, details, "users", [me.user_id])
    if not made:
        raise Unprocessable("Too many alerts are open: close some of them first.")
    return made[0]


async def tell_closed(tx: Db, by: By, rows: Sequence[Row]) -> None:
    if rows:
        closed = [AlertClosed(by.user_id, by.at, row["id"], row["user_id"]) for row in rows]
        await facts.record(tx, by.account_id, [], closed)


# Silent PBXes.


async def look_at_pbxes(db: Db, kinds: Sequence[str], now: int) -> None:
    """Administrators are told once of each silence, and it closes by itself."""
    for row in await alerts.heard_again(db, MOST_PBXES):
        async with db.transaction() as tx:
            await over(tx, By(row["account_id"], 0, now), ["pbx_silent"], row["subject"])
    after = (0, 0)
    while rows := await alerts.unheard(db, kinds, now - rules.SILENT_SECONDS, after, MOST_PBXES):
        for row in rows:
            if rules.is_silent(row["heard_at"], now, zone(row["time_zone"])):
                await tell_silent(db, row, now)
        after = (rows[-1]["account_id"], rows[-1]["id"])


async def tell_silent(db: Db, row: Row, now: int) -> None:
    account_id, pbx_id, heard_at = row["account_id"], row["id"], row["heard_at"]
    details = {"pbx_id": pbx_id, "name": row["name"], "heard_at": None if row["never"] else heard_at}
    async with db.transaction() as tx:
        # Whoever else was telling of it has ended before the second statement looks.
        if not await alerts.lock_unheard(tx, account_id, pbx_id, heard_at):
            return
        if not await alerts.is_told(tx, account_id, "pbx_silent", str(pbx_id), heard_at):
            await add(tx, By(account_id, 0, now), "pbx_silent", pbx_id, details)
