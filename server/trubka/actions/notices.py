"""Calls that others announce while they ring: who is shown which card, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec

from trubka.actions.calls import told_of
from trubka.db import Db, calls, facts, notices
from trubka.errors import NotFound
from trubka.rules import owner, phones
from trubka.rules.accounts import Account
from trubka.rules.entities import Entity
from trubka.rules.facts import CallNoticed, NoticeClosed
from trubka.rules.rights import Me, sight


class Asked(msgspec.Struct, kw_only=True):
    number: str
    users: Sequence[int] | None = None  # none: everybody


class Noticed(msgspec.Struct, frozen=True):
    id: UUID
    card: tuple[Entity, int] | None  # none: nobody has the number


async def announce(db: Db, me: Me, account: Account, batch: Sequence[Asked], now: int, seconds: int) -> list[Noticed]:
    """POST /events: a card for each of these calls, for so many seconds."""
    tails = [phones.tail_of(digits) if (digits := phones.digits_of(asked.number)) else None for asked in batch]
    sought = sorted({tail for tail in tails if tail is not None})
    linked = [sight(me, Entity.lead)] + ([sight(me, Entity.customer)] if account.customers_on else [])
    ground = await calls.ground(
        db,
        account.id,
        calls.Wanted(
            now=now,
            count=0,
            sights=[sight(me, Entity.contact), sight(me, Entity.company)],
            linked=linked,
            tails=sought,
            people=sorted({user for asked in batch for user in asked.users or ()}),
            spans=[(tail, now, now) for tail in sought],
        ),
    )
    rows: list[notices.Notice] = []
    for asked, tail in zip(batch, tails, strict=True):
        placed = owner.placed(ground.found.get(tail or -1, ()), asked.number, account.country)
        card = (placed.entity, placed.id) if placed else None
        entity, entity_id = card or (None, None)
        # Without a card it counts as a contact that nobody answers for yet.
        owned_by, pipeline_id, status_id = ground.places[card] if card else (None, 0, 0)
        users = None if asked.users is None else tuple(user for user in asked.users if user in ground.users)
        notice_id = uuid4()
        fact = CallNoticed(
            *(me.user_id, now, notice_id, users, entity, entity_id, asked.number, now + seconds),
            card_owner=owned_by,
            pipeline_id=pipeline_id,
            status_id=status_id,
        )
        rows.append(
            notices.Notice(
                id=notice_id,
                number=asked.number,
                tail=tail,
                entity=entity,
                entity_id=entity_id,
                details={"placed": told_of(placed)} if placed else {},
                users=users,
                call_id=ringing(ground, tail, users),
                fact=fact,
            )
        )
    await notices.add(db, account.id, me.user_id, now, now + seconds, rows)
    return [
        Noticed(row.id, (Entity(row.entity), row.entity_id) if row.entity and row.entity_id else None) for row in rows
    ]


def ringing(ground: calls.Ground, tail: int | None, users: Sequence[int] | None) -> int | None:
    """The conversation of this number that goes on with one of these users: it is on their screens already."""
    for part in ground.parts.get(tail or -1, ()):
        if part.ended is None and (users is None or set(users) & set(part.users)):
            return part.root
    return None


async def close(db: Db, me: Me, notice_id: UUID, now: int) -> None:
    """Takes it from one's own screen."""
    async with db.transaction() as tx:
        if not await notices.close(tx, me.account_id, notice_id, me.user_id):
            raise NotFound("There is no such notice.")
        await facts.record(tx, me.account_id, [], [NoticeClosed(me.user_id, now, notice_id, (me.user_id,))])


async def join(tx: Db, account_id: int, tail: int, users: Sequence[int], call_id: int, now: int) -> None:
    """A conversation rings these users: what was announced of it is one with it. In the conversation's transaction."""
    rows = await notices.join(tx, account_id, tail, users, call_id, now)
    closed = [NoticeClosed(0, now, row["id"], row["user_ids"], call_id) for row in rows]
    if closed:
        await facts.record(tx, account_id, [], closed)
