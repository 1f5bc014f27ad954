"""The columns of a user's tables, and filters that are kept under a name: one's own, or for the whole company."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from trubka.db import Db, views
from trubka.errors import Forbidden, NotFound, Unprocessable
from trubka.rules.entities import Entity
from trubka.rules.rights import Me

MOST_COLUMNS = 60
MOST_FILTERS = 50  # a user, a kind of card
MOST_SHOWN = 200
LONGEST_FILTER = 4_000  # bytes as JSON

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Column(msgspec.Struct):
    """`price`, or `f1101` for a custom field; the width in pixels."""

    id: Word
    width: Annotated[int, msgspec.Meta(ge=60, le=900)]


class Columns(msgspec.Struct):
    columns: Annotated[list[Column], msgspec.Meta(min_length=1, max_length=MOST_COLUMNS)]


class NewFilter(msgspec.Struct):
    name: Word
    filter: dict[str, Any]
    is_shared: bool = False


class FilterChange(msgspec.Struct):
    name: Word | None = None
    is_shared: bool | None = None


async def set_columns(db: Db, me: Me, entity: Entity, chosen: Columns) -> None:
    await views.set_columns(db, me.account_id, me.user_id, entity, chosen.columns)


async def add_filter(db: Db, me: Me, entity: Entity, given: NewFilter, now: int) -> int:
    """Only administrators keep filters for everybody."""
    if given.is_shared:
        check_admin(me)
    if len(msgspec.json.encode(given.filter)) > LONGEST_FILTER:
        raise Unprocessable("This filter is too long to be kept.")
    async with db.transaction() as tx:
        if await views.own_filters(tx, me.account_id, me.user_id, entity) >= MOST_FILTERS:
            raise Unprocessable(f"You have {MOST_FILTERS} filters here already: delete one first.")
        return await views.add_filter(
            tx, me.account_id, me.user_id, entity, given.name, given.filter, given.is_shared, now
        )


async def change_filter(db: Db, me: Me, filter_id: int, given: FilterChange) -> None:
    async with db.transaction() as tx:
        row = await mine(tx, me, filter_id)
        if given.is_shared is not None and given.is_shared != row["is_shared"]:
            check_admin(me)
        await views.change_filter(tx, me.account_id, filter_id, given.name, given.is_shared)


async def remove_filter(db: Db, me: Me, filter_id: int) -> None:
    async with db.transaction() as tx:
        await mine(tx, me, filter_id)
        await views.remove_filter(tx, me.account_id, filter_id)


async def mine(tx: Db, me: Me, filter_id: int) -> Any:
    """One's own, or of the company's for an administrator; others' do not exist."""
    row = await views.filter_of(tx, me.account_id, filter_id)
    if row is None or not (row["user_id"] == me.user_id or row["is_shared"]):
        raise NotFound("There is no such filter.")
    if row["user_id"] != me.user_id or (row["is_shared"] and me.scope == "desk"):
        check_admin(me)
    return row


def check_admin(me: Me) -> None:
    if not me.is_admin:
        raise Forbidden("Only an administrator keeps filters for the whole company.")
    if me.scope == "desk":
        raise Forbidden("Administration is not open to a session of the desk.")
