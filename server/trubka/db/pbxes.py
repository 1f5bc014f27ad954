"""PBXes of an account: what rings, and what tells us of calls."""

from typing import Any

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select id, kind, name, settings, trunks, key_id, is_active, created_at,
          extract(epoch from heard_at)::int8 as heard_at
        from pbxes where account_id = $1 order by id
        """,
        account_id,
    )


async def get(db: Db, account_id: int, pbx_id: int) -> Row | None:
    return await db.row("select * from pbxes where account_id = $1 and id = $2", account_id, pbx_id)


async def by_key(db: Db, key_id: str) -> Row | None:
    """The PBX that a request names, with what its lines do when we cannot answer: everybody's lines first, so that
    its own, which come after them, count. Whose it is, it tells by itself."""
    return await db.row(
        """
        select p.account_id, p.id, p.kind, p.settings, p.secret_box, p.is_active,
          array(select l.tail from lines l where l.account_id = p.account_id and l.is_active
            and (l.pbx_id is null or l.pbx_id = p.id) order by l.pbx_id nulls first, l.id limit 1000) as tails,
          array(select l.fallback from lines l where l.account_id = p.account_id and l.is_active
            and (l.pbx_id is null or l.pbx_id = p.id) order by l.pbx_id nulls first, l.id limit 1000) as fallbacks
        from pbxes p where p.key_id = $1
        """,
        key_id,
    )


async def add(db: Db, account_id: int, new: dict[str, Any]) -> int:
    return await db.value(
        """
        insert into pbxes (account_id, kind, name, settings, trunks, key_id, secret_box, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
        """,
        account_id,
        new["kind"],
        new["name"],
        new["settings"],
        new["trunks"],
        new["key_id"],
        new["secret_box"],
        new["created_by"],
        new["created_at"],
    )


async def change(db: Db, account_id: int, pbx_id: int, new: dict[str, Any]) -> None:
    await db.run(
        """
        update pbxes set name = $3, settings = $4, trunks = $5, is_active = $6
        where account_id = $1 and id = $2
        """,
        account_id,
        pbx_id,
        new["name"],
        new["settings"],
        new["trunks"],
        new["is_active"],
    )


async def set_secret(db: Db, account_id: int, pbx_id: int, secret_box: bytes) -> None:
    await db.run("update pbxes set secret_box = $3 where account_id = $1 and id = $2", account_id, pbx_id, secret_box)


async def remove(db: Db, account_id: int, pbx_id: int) -> bool:
    return bool(await db.run("delete from pbxes where account_id = $1 and id = $2", account_id, pbx_id))


async def is_used(db: Db, account_id: int, pbx_id: int) -> bool:
    return await db.value(
        """
        select exists(select from lines where account_id = $1 and pbx_id = $2)
          or exists(select from extensions where account_id = $1 and pbx_id = $2)
        """,
        account_id,
        pbx_id,
    )


async def heard(db: Db, account_id: int, pbx_id: int) -> None:
    """It has just spoken. Whoever changes the row at this moment is not waited for: it will speak again."""
    await db.run(
        """
        update pbxes set heard_at = now() where account_id = $1 and id = (
          select id from pbxes where account_id = $1 and id = $2 for no key update skip locked)
        """,
        account_id,
        pbx_id,
    )
