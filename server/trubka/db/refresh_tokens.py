"""Refresh tokens: each can be used once, and a little while again for the same answer."""

from uuid import UUID

from trubka.db import Db, Row


async def add(db: Db, account_id: int, token_hash: bytes, grant_id: UUID, issued_at: int, days: int) -> None:
    await db.run(
        """
        insert into refresh_tokens (account_id, token_hash, grant_id, issued_at, expires_at)
        values ($1, $2, $3, to_timestamp($4::float8), now() + make_interval(days => $5))
        """,
        account_id,
        token_hash,
        grant_id,
        issued_at,
        days,
    )


async def held(db: Db, account_id: int, token_hash: bytes) -> Row | None:
    """The token with its grant and user; whoever asks for the same one waits until this transaction ends."""
    return await db.row(
        """
        select t.grant_id, t.used_at is not null as used, extract(epoch from now() - t.used_at)::float8 as used_for,
          t.expires_at < now() as expired, g.integration_id, g.user_id, g.scopes,
          g.revoked_at is not null as revoked, g.by_admin or u.is_active as may_act
        from refresh_tokens t
        join grants g on g.account_id = $1 and g.id = t.grant_id
        join users u on u.account_id = $1 and u.id = g.user_id
        where t.account_id = $1 and t.token_hash = $2 for update of t
        """,
        account_id,
        token_hash,
    )


async def issued_at(db: Db, account_id: int, token_hash: bytes) -> int | None:
    return await db.value(
        """
        select extract(epoch from issued_at)::int8 from refresh_tokens where account_id = $1 and token_hash = $2
        """,
        account_id,
        token_hash,
    )


async def use(db: Db, account_id: int, token_hash: bytes) -> None:
    await db.run(
        "update refresh_tokens set used_at = now() where account_id = $1 and token_hash = $2",
        account_id,
        token_hash,
    )


async def forget(db: Db, days: int) -> int:
    """Those of all accounts that ended, or were used, so long ago."""
    return await db.run(
        "delete from refresh_tokens where least(expires_at, used_at) < now() - make_interval(days => $1)", days
    )
