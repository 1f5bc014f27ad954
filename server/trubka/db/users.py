"""The users of an account, and whose rights a request has."""

from uuid import UUID

from trubka.db import Db, Row


async def acting(db: Db, account_id: int, user_id: int, grant_id: UUID | None) -> Row | None:
    """The user as they stand now, with the rights in force; none when they may not act.

    A grant of an administrator keeps its full access when its user is switched off.
    """
    return await db.row(
        """
        select u.id, u.is_admin or coalesce(g.by_admin, false) as is_admin, u.is_free,
          coalesce(r.rights, u.rights) as rights,
          array(select o.id from users o where o.account_id = $1
                and o.group_id is not distinct from u.group_id) as group_users
        from users u
        left join roles r on r.account_id = $1 and r.id = u.role_id
        left join grants g on g.account_id = $1 and g.id = $3
        where u.account_id = $1 and u.id = $2
          and ($3::uuid is null or (g.id is not null and g.revoked_at is null))
          and (u.is_active or coalesce(g.by_admin, false))
        """,
        account_id,
        user_id,
        grant_id,
    )


async def existing(db: Db, account_id: int, ids: list[int]) -> set[int]:
    """Which of these are users of the account."""
    rows = await db.rows("select id from users where account_id = $1 and id = any($2::int8[])", account_id, ids)
    return {row["id"] for row in rows}


async def colleagues(db: Db, account_id: int) -> list[Row]:
    """What everybody of the account may know of those who work in it: name and group, the default one being 0."""
    return await db.rows(
        """
        select u.id, u.name, coalesce(u.group_id, 0) as group_id,
          case when u.group_id is null then a.default_group_name else g.name end as group_name
        from users u
        join accounts a on a.id = $1
        left join groups g on g.account_id = $1 and g.id = u.group_id
        where u.account_id = $1 and u.is_active order by u.name, u.id
        """,
        account_id,
    )


async def add(
    db: Db,
    account_id: int,
    person_id: int,
    name: str,
    email: str,
    lang: str,
    is_admin: bool,
    rights: object,
    now: int,
    *,
    joined: bool = True,
    phone_number: str | None = None,
    group_id: int | None = None,
    role_id: int | None = None,
    is_free: bool = False,
) -> int:
    return await db.value(
        """
        insert into users (account_id, person_id, name, email, lang, is_admin, rights, created_at, updated_at,
          joined_at, phone_number, group_id, role_id, is_free)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, case when $9::boolean then $8::int8 end, $10, $11, $12, $13)
        returning id
        """,
        account_id,
        person_id,
        name,
        email,
        lang,
        is_admin,
        rights,
        now,
        joined,
        phone_number,
        group_id,
        role_id,
        is_free,
    )


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select * from users where account_id = $1 order by id", account_id)


async def get(db: Db, account_id: int, user_id: int) -> Row | None:
    return await db.row("select * from users where account_id = $1 and id = $2", account_id, user_id)


async def with_emails(db: Db, account_id: int, email_keys: list[str]) -> set[str]:
    """Which of these logins belong to somebody who is a user of the account already."""
    rows = await db.rows(
        """
        select p.email_key from people p join users u on u.account_id = $1 and u.person_id = p.id
        where p.email_key = any($2::text[])
        """,
        account_id,
        email_keys,
    )
    return {row["email_key"] for row in rows}


async def change(
    db: Db,
    account_id: int,
    user_id: int,
    name: str,
    lang: str,
    phone_number: str | None,
    group_id: int | None,
    role_id: int | None,
    is_admin: bool,
    is_free: bool,
    rights: object,
    now: int,
) -> None:
    await db.run(
        """
        update users set name = $3, lang = $4, phone_number = $5, group_id = $6, role_id = $7, is_admin = $8,
          is_free = $9, rights = $10, updated_at = $11
        where account_id = $1 and id = $2
        """,
        account_id,
        user_id,
        name,
        lang,
        phone_number,
        group_id,
        role_id,
        is_admin,
        is_free,
        rights,
        now,
    )


async def set_active(db: Db, account_id: int, ids: list[int], active: bool, now: int) -> list[int]:
    """Those of them who were not so before."""
    rows = await db.rows(
        """
        update users set is_active = $3, updated_at = $4
        where account_id = $1 and id = any($2::int8[]) and is_active <> $3 returning id
        """,
        account_id,
        ids,
        active,
        now,
    )
    return sorted(row["id"] for row in rows)


async def join(db: Db, account_id: int, person_id: int, now: int) -> int | None:
    """The person has taken the invitation."""
    return await db.value(
        """
        update users set joined_at = coalesce(joined_at, $3)
        where account_id = $1 and person_id = $2 and is_active returning id
        """,
        account_id,
        person_id,
        now,
    )


async def has_administrator(db: Db, account_id: int) -> bool:
    """Whether anybody is left who can sign in and administer."""
    return await db.value(
        """
        select exists(select from users
                      where account_id = $1 and is_admin and is_active and joined_at is not null)
        """,
        account_id,
    )


async def first_administrator(db: Db, account_id: int) -> Row | None:
    return await db.row(
        "select * from users where account_id = $1 and is_admin and is_active order by id limit 1", account_id
    )


async def page(db: Db, account_id: int, limit: int, skip: int, after: int) -> list[Row]:
    """Users in the order of their numbers, with the rights in force, their role and group, and how many there are."""
    return await db.lists.rows(
        """
        select u.*, coalesce(r.rights, u.rights) as effective, r.name as role_name, g.name as group_name,
          (select count(*) from users where account_id = $1) as total
        from users u
        left join roles r on r.account_id = $1 and r.id = u.role_id
        left join groups g on g.account_id = $1 and g.id = u.group_id
        where u.account_id = $1 and u.id > $4 order by u.id limit $2 offset $3
        """,
        account_id,
        limit,
        skip,
        after,
    )


async def shown(db: Db, account_id: int, ids: list[int]) -> list[Row]:
    """The same of these users."""
    return await db.rows(
        """
        select u.*, coalesce(r.rights, u.rights) as effective, r.name as role_name, g.name as group_name
        from users u
        left join roles r on r.account_id = $1 and r.id = u.role_id
        left join groups g on g.account_id = $1 and g.id = u.group_id
        where u.account_id = $1 and u.id = any($2::int8[]) order by u.id
        """,
        account_id,
        ids,
    )


async def set_name(db: Db, account_id: int, user_id: int, name: str) -> None:
    await db.run("update users set name = $3 where account_id = $1 and id = $2", account_id, user_id, name)
