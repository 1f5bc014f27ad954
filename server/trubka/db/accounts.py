"""Accounts, and what a process keeps of each of them in memory for a second."""

from trubka.db import Db, Row


async def all_of(db: Db) -> list[Row]:
    """Every account of the installation, for the command line and for the choice by host name."""
    return await db.rows("select * from accounts order by id")


async def get(db: Db, account_id: int) -> Row | None:
    return await db.row("select * from accounts where id = $1", account_id)


async def known(db: Db, account_id: int) -> Row | None:
    """What every request of an account needs, in one row: itself, its fields, its revoked grants."""
    return await db.row(
        """
        select a.*,
          coalesce((select jsonb_agg(to_jsonb(f) order by f.sort, f.id) from custom_fields f
                    where f.account_id = $1), '[]') as custom_fields,
          array(select g.id::text from grants g
                where g.account_id = $1 and g.revoked_at is not null and g.last_token_until > now()) as revoked
        from accounts a where a.id = $1
        """,
        account_id,
    )


async def add(
    db: Db, name: str, subdomain: str, country: str, currency: str, time_zone: str, language: str, now: int
) -> int | None:
    """None when the subdomain is taken."""
    return await db.value(
        """
        insert into accounts (name, subdomain, country, currency, time_zone, language, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        on conflict (subdomain) do nothing returning id
        """,
        name,
        subdomain,
        country,
        currency,
        time_zone,
        language,
        now,
    )


async def set_task_types(db: Db, account_id: int, group_name: str, task_types: object) -> None:
    await db.run(
        "update accounts set default_group_name = $2, task_types = $3 where id = $1",
        account_id,
        group_name,
        task_types,
    )


async def lock(db: Db, account_id: int) -> None:
    """Those who change people, roles or the account itself do so one after another."""
    await db.run("select id from accounts where id = $1 for no key update", account_id)


async def change(
    db: Db,
    account_id: int,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    language: str,
    user_id: int,
    now: int,
) -> None:
    await db.run(
        """
        update accounts set name = $2, country = $3, currency = $4, time_zone = $5, language = $6,
          updated_by = $7, updated_at = $8
        where id = $1
        """,
        account_id,
        name,
        country,
        currency,
        time_zone,
        language,
        user_id,
        now,
    )


async def remove(db: Db, account_id: int) -> None:
    """The account with every row of it: what no foreign key takes along is named here."""
    await db.run(
        """
        with a as (delete from phones where account_id = $1), b as (delete from keys where account_id = $1),
          c as (delete from facts where account_id = $1), d as (delete from grants where account_id = $1),
          e as (delete from calls where account_id = $1), f as (delete from recordings where account_id = $1),
          g as (delete from extensions where account_id = $1), h as (delete from availability where account_id = $1),
          i as (delete from lines where account_id = $1), j as (delete from events where account_id = $1),
          k as (delete from call_users where account_id = $1)
        delete from accounts where id = $1
        """,
        account_id,
    )


async def is_demo(db: Db, account_id: int) -> bool:
    return await db.value("select coalesce((select is_demo from accounts where id = $1), false)", account_id)


async def set_customers_mode(db: Db, account_id: int, mode: str, user_id: int, now: int) -> None:
    await db.run(
        "update accounts set customers_mode = $2, updated_by = $3, updated_at = $4 where id = $1",
        account_id,
        mode,
        user_id,
        now,
    )


async def set_demo(db: Db, account_id: int) -> None:
    """Nothing in it is real, so it may be removed whole."""
    await db.run("update accounts set is_demo = true where id = $1", account_id)
