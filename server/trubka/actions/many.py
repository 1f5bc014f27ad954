"""One change to many cards: each by one's rights to it, what is refused told with its reason, and the rest done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from trubka.actions import cards as one_by_one
from trubka.actions.cards import Kind
from trubka.db import Db, cards
from trubka.errors import Invalid, Refused, Unprocessable
from trubka.rules.accounts import Account
from trubka.rules.cards import LONGEST_NAME, Asked, Tag, may_touch
from trubka.rules.entities import Entity
from trubka.rules.rights import Me, sight

MOST = 100  # cards of one request: the browser goes on with the next ones

Ids = Annotated[list[int], msgspec.Meta(min_length=1, max_length=MOST)]
TagName = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
TagNames = Annotated[list[TagName], msgspec.Meta(max_length=20)]


class Change(msgspec.Struct):
    """What is None or empty stays; `delete` goes alone."""

    ids: Ids
    responsible_user_id: int | None = None
    tags_to_add: TagNames = []
    tags_to_delete: TagNames = []
    pipeline_id: int | None = None
    status_id: int | None = None
    loss_reason_id: int | None = None
    delete: bool = False


class Left(msgspec.Struct, frozen=True):
    """A card that stays as it was, and why."""

    id: int
    name: str
    why: str


class Outcome(msgspec.Struct):
    done: int
    left: list[Left]


async def change(db: Db, me: Me, account: Account, kind: Kind, given: Change, now: int) -> Outcome:
    entity, action = kind.entity, "delete" if given.delete else "edit"
    rows = await cards.by_ids(db, me.account_id, entity, given.ids, sight(me, entity))
    named = {row["id"]: row["name"] for row in rows}
    open_ids = [row["id"] for row in rows if may_touch(me, action, entity, dict(row))]
    outcome = Outcome(0, [])
    for each in dict.fromkeys(given.ids):
        if each not in named:
            outcome.left.append(Left(each, "", f"There is no such {entity.name}."))
        elif each not in open_ids:
            outcome.left.append(Left(each, named[each], closed(given.delete, entity)))
    await attempt(db, me, account, kind, given, open_ids, named, outcome, now)
    return outcome


def closed(delete: bool, entity: Entity) -> str:
    if delete:
        return f"You have no right to delete this {entity.name}."
    return f"You have no right to change this {entity.name}."


async def attempt(
    db: Db,
    me: Me,
    account: Account,
    kind: Kind,
    given: Change,
    ids: Sequence[int],
    named: dict[int, str],
    outcome: Outcome,
    now: int,
) -> None:
    """All of them in one transaction; where one is refused, in halves, until what is refused stands alone."""
    if not ids:
        return
    try:
        await at_once(db, me, account, kind, given, ids, now)
        outcome.done += len(ids)
    except Refused as refused:
        if refused.status >= 500:
            raise
        if len(ids) == 1:
            outcome.left.append(Left(ids[0], named[ids[0]], sentence(refused)))
            return
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]):
            await attempt(db, me, account, kind, given, half, named, outcome, now)


async def at_once(db: Db, me: Me, account: Account, kind: Kind, given: Change, ids: Sequence[int], now: int) -> None:
    if given.delete:
        await one_by_one.remove(db, me, account, kind.entity, ids, now)
        return
    names = ("pipeline_id", "status_id", "loss_reason_id")
    more = {name: value for name in names if (value := getattr(given, name)) is not None}
    if not (more or given.responsible_user_id or given.tags_to_add or given.tags_to_delete):
        raise Unprocessable("Nothing to change was named.")
    batch = [
        Asked(
            id=each,
            request_id=str(each),
            responsible_user_id=given.responsible_user_id,
            tags_to_add=[Tag(name=name) for name in given.tags_to_add],
            tags_to_delete=[Tag(name=name) for name in given.tags_to_delete],
            more=dict(more),
        )
        for each in ids
    ]
    await one_by_one.change(db, me, account, kind, batch, now)


def sentence(refused: Refused) -> str:
    """What is wrong with the one card that is left."""
    if isinstance(refused, Invalid) and refused.items and refused.items[0].errors:
        return refused.items[0].errors[0].detail
    return refused.detail
