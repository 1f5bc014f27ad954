"""The demo company that `make run` begins with: people, customers and leads, none of them real."""

from __future__ import annotations

import time
from collections.abc import Callable

from trubka.actions import accounts, seed
from trubka.api.known import Known
from trubka.db import Db
from trubka.db import accounts as account_rows
from trubka.rules.rights import ALL, CardRights, Rights, TaskRights
from trubka.settings import spoken

OWN = CardRights(view="G", edit="M", add="A", delete="M", export="D")
AGENT = Rights(leads=OWN, contacts=OWN, companies=OWN, tasks=TaskRights("M", "M"))
PEOPLE = {
    "ru": ("Ольга Петрова", "Анна Смирнова", "Борис Кузнецов", "Клара Новикова"),
    "en": ("Olga Peters", "Anna Smith", "Boris Cooper", "Clara Newman"),
}
LOGINS = ("olga", "anna", "boris", "clara")
NAMES = {"ru": "Демо-компания", "en": "Demo company"}
CONTACTS = 240


async def make(db: Db, say: Callable[[str], None]) -> None:
    """A company with an administrator and three agents, and what they work with."""
    say("Making a demo company…")
    words = spoken()
    now = int(time.time())
    account_id = await accounts.add(db, NAMES[words], "demo", now=now, language=words)
    await account_rows.set_demo(db, account_id)
    for login, name in zip(LOGINS, PEOPLE[words], strict=True):
        admin = login == "olga"
        await accounts.add_user(
            db,
            account_id,
            name=name,
            email=f"{login}@demo.example",
            now=now,
            is_admin=admin,
            rights=ALL if admin else AGENT,
            language=words,
        )
    await seed.seed(db, await Known(db).account(account_id), CONTACTS, lambda sentence: None)
