"""Integrations: programs of others that may ask for tokens."""

from uuid import UUID

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select i.id::text as id, i.name, i.redirect_uri, i.uninstall_url, i.scopes, i.is_active, i.created_at,
          i.created_by,
          (select count(*) from grants g
           where g.account_id = $1 and g.integration_id = i.id and g.revoked_at is null) as grants
        from integrations i where i.account_id = $1 order by i.created_at, i.id
        """,
        account_id,
    )


async def get(db: Db, account_id: int, integration_id: UUID) -> Row | None:
    return await db.row("select * from integrations where account_id = $1 and id = $2", account_id, integration_id)


async def add(
    db: Db,
    account_id: int,
    name: str,
    secret_hash: bytes,
    secret_box: bytes,
    redirect_uri: str,
    uninstall_url: str,
    user_id: int,
    now: int,
) -> UUID:
    return await db.value(
        """
        insert into integrations (account_id, name, secret_hash, secret_box, redirect_uri, uninstall_url, created_by,
          created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
        """,
        account_id,
        name,
        secret_hash,
        secret_box,
        redirect_uri,
        uninstall_url,
        user_id,
        now,
    )


async def change(
    db: Db,
    account_id: int,
    integration_id: UUID,
    name: str,
    redirect_uri: str,
    uninstall_url: str,
    is_active: bool,
) -> None:
    await db.run(
        """
        update integrations set name = $3, redirect_uri = $4, uninstall_url = $5, is_active = $6
        where account_id = $1 and id = $2
        """,
        account_id,
        integration_id,
        name,
        redirect_uri,
        uninstall_url,
        is_active,
    )


async def set_secret(db: Db, account_id: int, integration_id: UUID, secret_hash: bytes, secret_box: bytes) -> bool:
    return bool(
        await db.run(
            "update integrations set secret_hash = $3, secret_box = $4 where account_id = $1 and id = $2",
            account_id,
            integration_id,
            secret_hash,
            secret_box,
        )
    )


async def remove(db: Db, account_id: int, integration_id: UUID) -> None:
    """Its grants, codes and refresh tokens go with it."""
    await db.run("delete from integrations where account_id = $1 and id = $2", account_id, integration_id)
