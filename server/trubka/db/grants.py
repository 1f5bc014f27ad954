"""Grants: what access tokens are given and taken by."""

from uuid import UUID

from trubka.db import Db, Row


async def add(
    db: Db,
    account_id: int,
    integration_id: UUID | None,
    user_id: int,
    by_admin: bool,
    name: str,
    until: float,
) -> UUID:
    return await db.value(
        """
        insert into grants (account_id, integration_id, user_id, by_admin, name, last_token_until)
        values ($1, $2, $3, $4, $5, to_timestamp($6::float8)) returning id
        """,
        account_id,
        integration_id,
        user_id,
        by_admin,
        name,
        until,
    )


async def extend(db: Db, account_id: int, grant_id: UUID, until: float) -> None:
    """Another access token was made."""
    await db.run(
        """
        update grants set last_token_until = greatest(last_token_until, to_timestamp($3::float8))
        where account_id = $1 and id = $2
        """,
        account_id,
        grant_id,
        until,
    )


async def revoke(db: Db, account_id: int, grant_id: UUID) -> bool:
    return bool(
        await db.run(
            "update grants set revoked_at = now() where account_id = $1 and id = $2 and revoked_at is null",
            account_id,
            grant_id,
        )
    )


async def revoke_all(db: Db, account_id: int, integration_id: UUID) -> int:
    return await db.run(
        "update grants set revoked_at = now() where account_id = $1 and integration_id = $2 and revoked_at is null",
        account_id,
        integration_id,
    )


async def long_lived(db: Db, account_id: int) -> list[Row]:
    """Those that are one token each, and still live."""
    return await db.rows(
        """
        select id::text as id, name, user_id, extract(epoch from created_at)::int8 as created_at,
          extract(epoch from last_token_until)::int8 as expires_at, by_admin
        from grants
        where account_id = $1 and integration_id is null and revoked_at is null and last_token_until > now()
        order by created_at desc, id
        """,
        account_id,
    )


async def revoke_long_lived(db: Db, account_id: int, grant_id: UUID) -> str | None:
    """The name of the token that ended."""
    return await db.value(
        """
        update grants set revoked_at = now()
        where account_id = $1 and id = $2 and integration_id is null and revoked_at is null returning name
        """,
        account_id,
        grant_id,
    )
