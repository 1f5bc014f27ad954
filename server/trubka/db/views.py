"""How a user looks at tables of cards: their columns, and filters under a name."""

from __future__ import annotations

from typing import Any

from trubka.db import Db, Row


async def columns(db: Db, account_id: int, user_id: int, entity: int) -> Any:
    """What this user has in this table; none: as it comes."""
    return await db.value(
        "select columns from table_columns where account_id = $1 and user_id = $2 and entity = $3",
        account_id,
        user_id,
        entity,
    )


async def set_columns(db: Db, account_id: int, user_id: int, entity: int, chosen: object) -> None:
    await db.run(
        """
        insert into table_columns (account_id, user_id, entity, columns) values ($1, $2, $3, $4)
        on conflict (account_id, user_id, entity) do update set columns = excluded.columns
        """,
        account_id,
        user_id,
        entity,
        chosen,
    )


async def filters(db: Db, account_id: int, user_id: int, entity: int, most: int) -> list[Row]:
    """One's own and those of the company."""
    return await db.rows(
        """
        select id, name, filter, is_shared, user_id = $2 as is_mine from saved_filters
        where account_id = $1 and entity = $3 and (user_id = $2 or is_shared) order by name, id limit $4
        """,
        account_id,
        user_id,
        entity,
        most,
    )


async def own_filters(db: Db, account_id: int, user_id: int, entity: int) -> int:
    """How many one has."""
    return await db.value(
        "select count(*) from saved_filters where account_id = $1 and user_id = $2 and entity = $3",
        account_id,
        user_id,
        entity,
    )


async def add_filter(
    db: Db, account_id: int, user_id: int, entity: int, name: str, chosen: object, is_shared: bool, now: int
) -> int:
    return await db.value(
        """
        insert into saved_filters (account_id, user_id, entity, name, filter, is_shared, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id
        """,
        account_id,
        user_id,
        entity,
        name,
        chosen,
        is_shared,
        now,
    )


async def filter_of(db: Db, account_id: int, filter_id: int) -> Row | None:
    return await db.row(
        "select id, user_id, is_shared from saved_filters where account_id = $1 and id = $2 for update",
        account_id,
        filter_id,
    )


async def change_filter(db: Db, account_id: int, filter_id: int, name: str | None, is_shared: bool | None) -> None:
    await db.run(
        """
        update saved_filters set name = coalesce($3, name), is_shared = coalesce($4, is_shared)
        where account_id = $1 and id = $2
        """,
        account_id,
        filter_id,
        name,
        is_shared,
    )


async def remove_filter(db: Db, account_id: int, filter_id: int) -> None:
    await db.run("delete from saved_filters where account_id = $1 and id = $2", account_id, filter_id)
