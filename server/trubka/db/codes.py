"""Authorization codes: each can be exchanged once."""

from uuid import UUID

from trubka.db import Db, Row


async def add(
    db: Db,
    account_id: int,
    code_hash: bytes,
    integration_id: UUID,
    user_id: int,
    redirect_uri: str,
    seconds: int,
) -> None:
    await db.run(
        """
        insert into codes (account_id, code_hash, integration_id, user_id, redirect_uri, expires_at)
        values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
        """,
        account_id,
        code_hash,
        integration_id,
        user_id,
        redirect_uri,
        seconds,
    )


async def held(db: Db, account_id: int, code_hash: bytes) -> Row | None:
    """The code as it stands; whoever asks for the same one waits until this transaction ends."""
    return await db.row(
        """
        select integration_id, user_id, redirect_uri, used_at is not null as used, expires_at < now() as expired,
          grant_id
        from codes where account_id = $1 and code_hash = $2 for update
        """,
        account_id,
        code_hash,
    )


async def use(db: Db, account_id: int, code_hash: bytes, grant_id: UUID) -> None:
    await db.run(
        "update codes set used_at = now(), grant_id = $3 where account_id = $1 and code_hash = $2",
        account_id,
        code_hash,
        grant_id,
    )


async def drop_of(db: Db, account_id: int, integration_id: UUID) -> None:
    """Those that nobody has exchanged yet."""
    await db.run(
        "delete from codes where account_id = $1 and integration_id = $2 and used_at is null",
        account_id,
        integration_id,
    )


async def forget(db: Db, days: int) -> int:
    """Those of all accounts that ended so long ago."""
    return await db.run("delete from codes where expires_at < now() - make_interval(days => $1)", days)
