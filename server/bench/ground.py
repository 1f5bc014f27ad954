"""The database that is measured: an embedded PostgreSQL with as many contacts as asked, seeded once and kept."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from trubka import db as database
from trubka.actions import accounts, seed
from trubka.api.known import Known
from trubka.db import Db, schema
from trubka.outside import postgres
from trubka.rules.rights import CardRights, Rights, TaskRights

OWN = CardRights(view="M", edit="M", add="A", delete="D", export="D")
GROUP = CardRights(view="G", edit="M", add="A", delete="D", export="D")
OWNED_BY_FEW = 100  # contacts of the agent who owns little
SELLERS = 20


@dataclass
class Ground:
    dsn: str
    db: Db
    account_id: int
    users: dict[str, int]


@asynccontextmanager
async def ground(folder: Path, contacts: int) -> AsyncGenerator[Ground]:
    """The installation of this size, made on the first use."""
    home = folder / str(contacts)
    home.mkdir(parents=True, exist_ok=True)
    with postgres.start(home, print) as running:
        db = await database.connect(running.dsn)
        try:
            await schema.migrate(db)
            yield await ready(running.dsn, db, contacts)
        finally:
            await db.close()


async def ready(dsn: str, db: Db, contacts: int) -> Ground:
    account_id = await db.value("select id from accounts where subdomain = 'bench'")
    if account_id is not None and not await db.value("select is_demo from accounts where id = $1", account_id):
        await db.run("delete from accounts where id = $1", account_id)  # a seed that was interrupted
        account_id = None
    if account_id is None:
        account_id = await made(db, contacts)
    rights = Rights(leads=OWN, contacts=OWN, companies=OWN, tasks=TaskRights("M", "D"))
    await db.run("update users set rights = $2 where account_id = $1 and name = 'seller9'", account_id, rights)
    rows = await db.rows("select id, name from users where account_id = $1", account_id)
    return Ground(dsn, db, account_id, {row["name"]: row["id"] for row in rows})


async def made(db: Db, contacts: int) -> int:
    now = int(time.time())
    account_id = await accounts.add(db, "Bench", "bench", now=now)
    group = await db.value("insert into groups (account_id, name) values ($1, 'Sellers') returning id", account_id)
    add = {"now": now, "is_admin": False}
    await accounts.add_user(db, account_id, name="admin", email="admin@bench.example", now=now, is_admin=True)
    for place in range(SELLERS):
        rights = Rights(leads=GROUP, contacts=GROUP, companies=GROUP, tasks=TaskRights("M", "D"))
        name = f"seller{place}"
        await accounts.add_user(db, account_id, name=name, email=f"{name}@bench.example", rights=rights, **add)
    await db.run(
        "update users set group_id = $2 where account_id = $1 and name in ('seller0', 'seller1')", account_id, group
    )
    known = await Known(db).account(account_id)
    await seed.seed(db, known, contacts, print, now=1_700_000_000)
    rights = Rights(leads=OWN, contacts=OWN, companies=OWN, tasks=TaskRights("M", "D"))
    few = await accounts.add_user(db, account_id, name="few", email="few@bench.example", rights=rights, **add)
    await db.run(
        "update contacts set responsible_user_id = $2 where account_id = $1 and id in"
        " (select id from contacts where account_id = $1 and id % $3 = 7 % $3 order by id limit $4)",
        account_id,
        few,
        max(contacts // OWNED_BY_FEW // 2, 1),
        OWNED_BY_FEW,
    )
    await db.run("update accounts set is_demo = true where id = $1", account_id)  # it is whole
    return account_id
