"""How the users, grants and sessions of open sockets stand now: many at a time, for one account."""

from uuid import UUID

from trubka.db import Db, Row


async def users(db: Db, account_id: int, ids: list[int]) -> list[Row]:
    """Each with the rights in force."""
    return await db.rows(
        """
        select u.id, u.group_id, u.is_admin, u.is_active, u.joined_at is not null as joined,
          coalesce(r.rights, u.rights) as rights
        from users u left join roles r on r.account_id = $1 and r.id = u.role_id
        where u.account_id = $1 and u.id = any($2::int8[])
        """,
        account_id,
        ids,
    )


async def groups(db: Db, account_id: int) -> list[Row]:
    """Which users sit together."""
    return await db.rows(
        "select group_id, array_agg(id order by id) as users from users where account_id = $1 group by group_id",
        account_id,
    )


async def grants(db: Db, account_id: int, ids: list[UUID]) -> list[Row]:
    """Those that are in force."""
    return await db.rows(
        "select id, by_admin from grants where account_id = $1 and id = any($2::uuid[]) and revoked_at is null",
        account_id,
        ids,
    )


async def sessions(db: Db, account_id: int, ids: list[UUID]) -> set[UUID]:
    """Those that live, and stand in this account."""
    rows = await db.rows(
        "select id from sessions where account_id = $1 and id = any($2::uuid[]) and expires_at > now()",
        account_id,
        ids,
    )
    return {row["id"] for row in rows}
