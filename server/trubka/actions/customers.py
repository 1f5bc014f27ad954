"""Customers: what they are to buy next, and when."""

from collections.abc import Sequence

from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db, customer_statuses
from trubka.errors import Flaw
from trubka.rules.accounts import Account
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.fields import choice_flaw
from trubka.rules.rights import Me

OWN = ("next_price", "next_date", "status_id", "periodicity")


async def purchases(db: Db, me: Me, account: Account, batch: Sequence[Asked], now: int) -> Own:
    """A new customer has a name, and the day of the next purchase where the account works by periods."""
    named = {status for asked in batch if (status := asked.more.get("status_id"))}
    real = await customer_statuses.existing(db, account.id, sorted(named)) if named else set[int]()
    by_periods = account.customers_mode == "periodicity"

    def fill(asked: Asked, row: Columns) -> list[Flaw]:
        new = "next_date" not in row
        status = asked.more.get("status_id")
        if status and status not in real and status != row.get("status_id"):
            return [choice_flaw("status_id")]
        for column in OWN:
            given = asked.more.get(column)
            row[column] = row.get(column, 0) if given is None else given
        needed = ("name", "next_date") if by_periods else ("name",)
        return [Flaw("FieldMissing", path, "This field is missing.") for path in needed if new and not row[path]]

    return fill


KIND = Kind(Entity.customer, purchases)
