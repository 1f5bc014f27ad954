"""What administrators do is written down in the transaction of the deed, and everybody who remembers is told."""

from typing import Any

import msgspec

from trubka.db import Db, facts
from trubka.db import audit as entries
from trubka.rules.facts import AccountChanged


class By(msgspec.Struct, frozen=True):
    """Whose deed it is, and when. User 0 is the command line."""

    account_id: int
    user_id: int
    at: int  # Unix seconds
    address: str = ""


async def told(tx: Db, by: By, deed: str, subject: object = "", *, changed: str = "", **details: Any) -> None:
    """`changed` names what processes and browsers must read anew."""
    await entries.add(tx, by.account_id, by.user_id, deed, str(subject), details, by.address)
    if changed:
        await facts.record(tx, by.account_id, [], [AccountChanged(by.user_id, by.at, changed)])
