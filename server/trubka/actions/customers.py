"""Customers: what they are to buy next, and when."""

from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db
from trubka.errors import Flaw
from trubka.rules.accounts import Account
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity

OWN = ("next_price", "next_date", "status_id", "periodicity")


async def purchases(db: Db, account: Account, now: int) -> Own:
    """A new customer has a name, and the day of the next purchase where the account works by periods."""
    by_periods = account.customers_mode == "periodicity"

    def fill(asked: Asked, row: Columns) -> list[Flaw]:
        new = "next_date" not in row
        for column in OWN:
            given = asked.more.get(column)
            row[column] = row.get(column, 0) if given is None else given
        needed = ("name", "next_date") if by_periods else ("name",)
        return [Flaw("FieldMissing", path, "This field is missing.") for path in needed if new and not row[path]]

    return fill


KIND = Kind(Entity.customer, purchases)
