"""The same small cast everywhere: Anna owns the card, Boris is of her team, Clara must see nothing, Olga administers.

Anna and Boris see what their group's people answer for and change their own; Clara is denied everything. A second
account with its own Olga stands beside, so that whatever crosses accounts is seen at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from trubka.actions import accounts
from trubka.api.asked import Site
from trubka.api.tokens import Grant, sign
from trubka.db import Db, grants, users
from trubka.rules.rights import ALL, NONE, CardRights, Me, Rights, TaskRights

GROUP = CardRights(view="G", edit="M", add="A", delete="D", export="D")
TEAM = Rights(leads=GROUP, contacts=GROUP, companies=GROUP, tasks=TaskRights("M", "D"))
PEOPLE = {"olga": (True, ALL), "anna": (False, TEAM), "boris": (False, TEAM), "clara": (False, NONE)}


@dataclass
class Cast:
    account_id: int
    other_account_id: int
    users: dict[str, int]  # acme's, and "stranger": the administrator of the other account

    def __getattr__(self, name: str) -> int:
        try:
            return self.users[name]
        except KeyError:
            raise AttributeError(name) from None

    @staticmethod
    async def read(db: Db) -> Cast:
        rows = await db.rows(
            "select u.id, u.account_id, u.name, a.subdomain from users u join accounts a on a.id = u.account_id"
        )
        ids = {row["name"].lower() if row["subdomain"] == "acme" else "stranger": row["id"] for row in rows}
        accounts_ids = {row["subdomain"]: row["account_id"] for row in rows}
        return Cast(accounts_ids["acme"], accounts_ids["other"], ids)

    def account_of(self, name: str) -> int:
        return self.other_account_id if name == "stranger" else self.account_id

    async def token(self, db: Db, site: Site, name: str, *, by_admin: bool = False, seconds: int = 3600) -> str:
        """An access token of a grant of its own."""
        account_id, user_id, now = self.account_of(name), self.users[name], int(time.time())
        grant_id = await grants.add(db, account_id, None, user_id, by_admin, f"test of {name}", now + seconds)
        told = Grant(account_id, user_id, grant_id, "", ["crm"], "acme.example", "example", now, now + seconds)
        return await sign(site.known, told)

    async def me(self, db: Db, name: str) -> Me:
        from trubka.api.app import me_of

        account_id = self.account_of(name)
        row = await users.acting(db, account_id, self.users[name], None)
        return me_of(account_id, row)


async def make_cast(db: Db) -> None:
    now = int(time.time())
    acme = await accounts.add(db, "Acme", "acme", now=now, language="en")
    other = await accounts.add(db, "Other", "other", now=now, language="ru")
    ids: dict[str, int] = {}
    for name, (is_admin, rights) in PEOPLE.items():
        ids[name] = await accounts.add_user(
            db,
            acme,
            name=name.title(),
            email=f"{name}@acme.example",
            now=now,
            is_admin=is_admin,
            rights=rights,
        )
    await accounts.add_user(db, other, name="Stranger", email="olga@other.example", now=now, is_admin=True)
    group = await db.value("insert into groups (account_id, name) values ($1, 'Team') returning id", acme)
    await db.run(
        "update users set group_id = $3 where account_id = $1 and id = any($2)",
        acme,
        [ids["anna"], ids["boris"]],
        group,
    )
