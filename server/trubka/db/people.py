"""People: who signs in. A person belongs to the installation and may be a user of several accounts."""

from trubka.db import Db, Row


async def get_or_add(db: Db, email: str, email_key: str, name: str, language: str, password_hash: str | None) -> int:
    """The person of this login; a person who is there keeps their name and password."""
    return await db.value(
        """
        with made as (
          insert into people (email, email_key, name, language, password_hash) values ($1, $2, $3, $4, $5)
          on conflict (email_key) do nothing returning id
        )
        select id from made union all select id from people where email_key = $2 limit 1
        """,
        email,
        email_key,
        name,
        language,
        password_hash,
    )


async def password_hash(db: Db, person_id: int) -> str | None:
    """Nobody else sets it until this transaction ends."""
    return await db.value("select password_hash from people where id = $1 for update", person_id)


async def get(db: Db, person_id: int) -> Row | None:
    return await db.row(
        "select id, name, email, email_key, language, password_hash from people where id = $1", person_id
    )


async def by_login(db: Db, email_key: str) -> Row | None:
    return await db.row("select id, password_hash from people where email_key = $1", email_key)


async def accounts_of(db: Db, person_id: int) -> list[Row]:
    """The accounts that the person may enter."""
    return await db.rows(
        """
        select a.id, a.name, a.subdomain, a.is_demo, u.id as user_id
        from users u join accounts a on a.id = u.account_id
        where u.person_id = $1 and u.is_active and u.joined_at is not null order by a.name, a.id
        """,
        person_id,
    )


async def set_password(db: Db, person_id: int, password_hash: str) -> None:
    await db.run("update people set password_hash = $2 where id = $1", person_id, password_hash)


async def change(db: Db, person_id: int, name: str | None, language: str | None) -> None:
    await db.run(
        "update people set name = coalesce($2, name), language = coalesce($3, language) where id = $1",
        person_id,
        name,
        language,
    )


async def only_in(db: Db, account_id: int) -> list[int]:
    """People who are users of this account and of no other."""
    rows = await db.rows(
        """
        select u.person_id from users u
        where u.account_id = $1
          and not exists (select from users o where o.person_id = u.person_id and o.account_id <> $1)
        """,
        account_id,
    )
    return [row["person_id"] for row in rows]


async def remove(db: Db, ids: list[int]) -> None:
    await db.run("delete from people where id = any($1::int8[])", ids)
