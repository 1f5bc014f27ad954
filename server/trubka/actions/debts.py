"""Debts: who owes whom a call, and what closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, debts, facts, users
from trubka.db.debts import Missed
from trubka.errors import Conflict, NotFound, Unprocessable
from trubka.rules.debts import LONGEST_REASON
from trubka.rules.entities import Entity
from trubka.rules.facts import DebtClosed, DebtOpened
from trubka.rules.rights import Me

STEP = 2_000  # numbers that are looked at together


async def missed(tx: Db, account_id: int, told: Missed, now: int) -> None:
    """They called and nobody talked with them. In the transaction that writes the call; `settle` after it, for a talk
    that was written at the same moment."""
    await debts.open_again(tx, account_id, told, now)


async def count_less(tx: Db, account_id: int, tail: int, at: int, now: int) -> None:
    """Two missed calls of a number turn out to be one that two sources have told of."""
    await debts.count_less(tx, account_id, tail, at, now)


async def make_sure(tx: Db, account_id: int, tail: int | None, at: int, now: int) -> None:
    """A gap hid whether somebody talked with them, and nobody did."""
    await debts.make_sure(tx, account_id, tail, at, now)


async def talked(tx: Db, account_id: int, tail: int, call_id: int, user_id: int | None, ended: int, now: int) -> None:
    """Somebody has talked with the number, in either direction."""
    await debts.close_by_talk(tx, account_id, tail, call_id, user_id, ended, now)
    await debts.recount(tx, [(account_id, tail)], now)


async def settle(db: Db, now: int, account_id: int, tails: Sequence[int]) -> int:
    """What a talk has overtaken, of these numbers; how many were closed."""
    return await mend(db, [(account_id, tail) for tail in tails], now)


async def settle_all(db: Db, now: int, since: str | None = None) -> int:
    """The same of all accounts: of numbers with calls that were told since then, or of all."""
    if since is not None:
        return await mend(db, await debts.touched(db, since), now)
    closed, after = 0, (0, 0)
    while owed := await debts.open_numbers(db, after, STEP):
        closed, after = closed + await mend(db, owed, now), owed[-1]
    return closed


async def mend(db: Db, owed: debts.Owed, now: int) -> int:
    if not owed:
        return 0
    closed = await debts.settle(db, owed, now)
    await debts.recount(db, owed, now)
    return closed


async def close(db: Db, me: Me, debt_id: int, reason: str, now: int) -> None:
    """An agent says why no call is owed any more."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Unprocessable(f"Say why the call is not owed any more, in up to {LONGEST_REASON} characters.")
    async with db.transaction() as tx:
        row = await seen(tx, me, debt_id)
        await debts.close(tx, me.account_id, debt_id, me.user_id, reason, now)
        await facts.record(
            tx, me.account_id, [], [DebtClosed(me.user_id, now, debt_id, row["user_id"], **card_of(row))]
        )


async def give(db: Db, me: Me, debt_id: int, user_id: int | None, now: int) -> None:
    """Somebody else owes the call now, or nobody yet."""
    async with db.transaction() as tx:
        row = await seen(tx, me, debt_id)
        if user_id is not None and user_id not in await users.existing(tx, me.account_id, [user_id]):
            raise Unprocessable("There is no such user.")
        await debts.give(tx, me.account_id, debt_id, user_id)
        told = DebtOpened(me.user_id, now, debt_id, row["last_call_id"], user_id, **card_of(row))
        await facts.record(tx, me.account_id, [], [told])


async def seen(tx: Db, me: Me, debt_id: int) -> Any:
    row = await debts.locked(tx, me.account_id, me, debt_id)
    if row is None:
        raise NotFound("There is no such debt.")
    if row["closed_at"] is not None:
        raise Conflict("This debt is closed already.")
    return row


def card_of(row: Any) -> dict[str, Any]:
    if row["entity"] is None:
        return {"card_owner": row["user_id"]}
    owner, pipeline_id, status_id = row["place"] or (None, 0, 0)
    place = {"card_owner": owner, "pipeline_id": pipeline_id, "status_id": status_id}
    return {"entity": Entity(row["entity"]), "entity_id": row["entity_id"], **place}
