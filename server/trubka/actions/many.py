"""One change to many cards: each by one's rights to it, what is refused told with its reason, and the rest done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from trubka.actions import cards as one_by_one
from trubka.actions.cards import Kind
from trubka.actions.leads import CLOSED
from trubka.db import Db, cards
from trubka.errors import Invalid, Refused, Unprocessable
from trubka.rules.accounts import Account
from trubka.rules.cards import LONGEST_NAME, Asked, Tag, may_touch
from trubka.rules.entities import Entity
from trubka.rules.leads import LOST, WON
from trubka.rules.rights import Me, sight

MOST = 100  # cards of one request: the browser goes on with the next ones
NOTHING = "Nothing to change was named."
OF_ALL = ("responsible_user_id", "loss_reason_id")  # what is wrong there is wrong for each card

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
    of_leads = (given.pipeline_id, given.loss_reason_id)
    if (entity is not Entity.lead and of_leads != (None, None)) or (
        entity in (Entity.contact, Entity.company) and given.status_id is not None
    ):
        raise Unprocessable("Only leads have a pipeline and a reason for a loss, only leads and customers a status.")
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
    """All of them in one transaction; where one is refused, in halves, until what is refused stands alone. What would
    be refused for each of them is not tried with each, and what the server cannot do now is left with all the rest."""
    pieces = [ids] if ids else []
    while pieces:
        piece = pieces.pop()
        try:
            await at_once(db, me, account, kind, given, piece, now)
            outcome.done += len(piece)
        except Refused as refused:
            if refused.status >= 500:
                if outcome.done == 0:
                    raise
                piece = [each for some in (piece, *reversed(pieces)) for each in some]
                pieces.clear()
            elif len(piece) > 1 and not of_all(refused, given):
                middle = len(piece) // 2
                pieces += [piece[middle:], piece[:middle]]
                continue
            outcome.left += [Left(each, named[each], sentence(refused)) for each in piece]


def of_all(refused: Refused, given: Change) -> bool:
    """Whether the change itself is refused, whichever card it is for. Won and lost alone mean those of the pipeline in
    which a lead stands."""
    if not isinstance(refused, Invalid):
        return refused.detail == NOTHING or (refused.detail == CLOSED and one_place(given))
    flaws = [flaw for item in refused.items for flaw in item.errors]
    return all(
        flaw.code == "NotSupportedChoice"
        and (flaw.path in OF_ALL or (flaw.path in ("pipeline_id", "status_id") and one_place(given)))
        for flaw in flaws
    )


def one_place(given: Change) -> bool:
    return given.pipeline_id is not None or given.status_id not in (WON, LOST)


async def at_once(db: Db, me: Me, account: Account, kind: Kind, given: Change, ids: Sequence[int], now: int) -> None:
    if given.delete:
        await one_by_one.remove(db, me, account, kind.entity, ids, now)
        return
    names = ("pipeline_id", "status_id", "loss_reason_id")
    more = {name: value for name in names if (value := getattr(given, name)) is not None}
    if not (more or given.responsible_user_id or given.tags_to_add or given.tags_to_delete):
        raise Unprocessable(NOTHING)
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
