"""Contacts: a name in two parts, and the rest as every card."""

from collections.abc import Sequence

from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db
from trubka.errors import Flaw
from trubka.rules.accounts import Account
from trubka.rules.cards import Asked, name_of, split_name
from trubka.rules.entities import Entity
from trubka.rules.rights import Me


async def names(db: Db, me: Me, account: Account, batch: Sequence[Asked], now: int) -> Own:
    """The account's order of names decides how a whole name is split and how its parts are put together."""
    order = account.name_order

    def fill(asked: Asked, row: Columns) -> list[Flaw]:
        first, last = asked.more.get("first_name"), asked.more.get("last_name")
        if first is None and last is None:
            if asked.name is not None or "first_name" not in row:
                row["first_name"], row["last_name"] = split_name(row["name"], order)
            return []
        row["first_name"] = first if first is not None else row.get("first_name", "")
        row["last_name"] = last if last is not None else row.get("last_name", "")
        if not asked.name:
            row["name"] = name_of(row["first_name"], row["last_name"], order)
        return []

    return fill


KIND = Kind(Entity.contact, names)
