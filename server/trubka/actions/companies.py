"""Companies: what every card has, and nothing more."""

from collections.abc import Sequence

from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db
from trubka.errors import Flaw
from trubka.rules.accounts import Account
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.rights import Me


async def nothing_more(db: Db, me: Me, account: Account, batch: Sequence[Asked], now: int) -> Own:
    def fill(asked: Asked, row: Columns) -> list[Flaw]:
        return []

    return fill


KIND = Kind(Entity.company, nothing_more)
