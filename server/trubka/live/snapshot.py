"""What a browser starts with: what its desk shows, and the position from which facts change it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from trubka.db import Db, Row, alerts, calls, facts, notices, tasks
from trubka.rules.alerts import MOST_OPEN, hidden_from
from trubka.rules.audience import NOBODY
from trubka.rules.calls import going
from trubka.rules.entities import Entity
from trubka.rules.facts import Going
from trubka.rules.rights import Me, may_card

MOST_TASKS = 1_000
MOST_CALLS = 200


class OpenTask(msgspec.Struct, frozen=True):
    id: int
    complete_till: int
    entity: Entity | None
    entity_id: int | None


class LiveCall(msgspec.Struct, frozen=True):
    """A call that goes on; its card as far as one may see it. `mine`: I see it whatever its card is."""

    id: int
    entity: Entity | None
    entity_id: int | None
    going: Going
    mine: bool


class Announced(msgspec.Struct, frozen=True):
    """A call that an integration announces to this user."""

    id: UUID
    number: str
    entity: Entity | None
    entity_id: int | None
    created_at: int
    until: int


class Desk(msgspec.Struct, frozen=True):
    """The tasks and alerts are one's own open ones; the calls those that one sees. By number, what is announced by its
    time."""

    user_id: int
    tasks: list[OpenTask]
    calls: list[LiveCall]
    notices: list[Announced]
    alerts: list[UUID]


class Snapshot(msgspec.Struct, frozen=True):
    position: str
    desk: Desk


async def snapshot(db: Db, me: Me, now: int) -> Snapshot:
    """All of it at one moment."""
    async with db.moment() as tx:
        position = await facts.position(tx)
        due = await tasks.open_of(tx, me.account_id, me.user_id, MOST_TASKS)
        live = await calls.going(tx, me.account_id, me, MOST_CALLS)
        announced = await notices.current(tx, me.account_id, me.user_id, now)
        wrong = await alerts.open_of(tx, me.account_id, me.user_id, hidden_from(me.is_admin), MOST_OPEN)
    return Snapshot(
        position,
        Desk(
            me.user_id,
            [msgspec.convert(dict(row), OpenTask) for row in due],
            [
                LiveCall(row["id"], *card_of(me, row), told, me.user_id in row["user_ids"])
                for row in live
                if (told := going(dict(row))) is not None
            ],
            sorted((announced_to(me, row) for row in announced), key=lambda each: (each.created_at, str(each.id))),
            wrong,
        ),
    )


def announced_to(me: Me, row: Row) -> Announced:
    return Announced(row["id"], row["number"], *card_of(me, row), row["created_at"], row["until"])


def card_of(me: Me, row: Row) -> tuple[Entity | None, int | None]:
    """That a number rings me does not say whose it is."""
    if row["entity"] is None:
        return None, None
    entity, place = Entity(row["entity"]), row["place"]
    seen = may_card(me, "view", entity, (NOBODY, 0, 0) if place is None else tuple(place))
    return (entity, row["entity_id"]) if seen else (None, None)
