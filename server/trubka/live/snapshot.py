"""What a browser starts with: what its desk shows, and the position from which facts change it."""

from __future__ import annotations

import msgspec

from trubka.db import Db, facts, tasks
from trubka.rules.entities import Entity
from trubka.rules.rights import Me

MOST_TASKS = 1_000


class OpenTask(msgspec.Struct, frozen=True):
    id: int
    complete_till: int
    entity: Entity | None
    entity_id: int | None


class Desk(msgspec.Struct, frozen=True):
    """The tasks are one's own open ones, by number."""

    user_id: int
    tasks: list[OpenTask]


class Snapshot(msgspec.Struct, frozen=True):
    position: str
    desk: Desk


async def snapshot(db: Db, me: Me) -> Snapshot:
    """All of it at one moment."""
    async with db.moment() as tx:
        position = await facts.position(tx)
        rows = await tasks.open_of(tx, me.account_id, me.user_id, MOST_TASKS)
    return Snapshot(position, Desk(me.user_id, [msgspec.convert(dict(row), OpenTask) for row in rows]))
