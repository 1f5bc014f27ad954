"""Tags, with a dictionary of their own for each kind of record."""

from collections.abc import Sequence
from typing import Any

import msgspec

from trubka.db import Db, Row
from trubka.db.compose import Statement


class Wanted(msgspec.Struct, kw_only=True):
    """Which tags of a list are wanted; what is None does not matter."""

    limit: int
    skip: int = 0
    after: int = 0  # the number of the tag before
    ids: list[int] | None = None
    keys: list[str] | None = None  # whole names, folded
    part: str = ""  # a part of the name, folded


async def page(db: Db, account_id: int, entity: int, wanted: Wanted) -> list[Row]:
    """One page of the tags of a kind of card. A part of a name is looked for from tag to tag until the page is full."""
    found = Statement(account_id)
    found.add("select t.id, t.name, t.color from tags t where t.account_id = $1 and t.entity = ?", entity)
    found.add("and t.id > ?", wanted.after)
    if wanted.ids is not None:
        found.add("and t.id = any(?::int8[])", wanted.ids)
    if wanted.keys is not None:
        found.add("and t.name_key = any(?::text[])", wanted.keys)
    if wanted.part:
        found.add("and strpos(t.name_key, ?) > 0", wanted.part)
    found.add("order by t.id limit ? offset ?", wanted.limit, wanted.skip)
    return await db.lists.rows(found.text, *found.values)


async def named(
    db: Db,
    account_id: int,
    entity: int,
    names: Sequence[str],
    keys: Sequence[str],
    colors: Sequence[str | None] | None = None,
) -> list[Row]:
    """The tags of these names; those that do not exist are made. One that another transaction makes at this moment is
    waited for, and the update that changes nothing returns it.
    """
    return await db.rows(
        """
        with old as (
          select id, name, name_key, color from tags
          where account_id = $1 and entity = $2 and name_key = any($4::text[])
        ), new as (
          insert into tags (account_id, entity, name, name_key, color)
          select $1, $2, n.name, n.key, n.color from unnest($3::text[], $4::text[], $5::text[]) as n(name, key, color)
          where n.key not in (select name_key from old)
          on conflict (account_id, entity, name_key) do update set name = tags.name
          returning id, name, name_key, color
        )
        select * from old union all select * from new
        """,
        account_id,
        entity,
        list(names),
        list(keys),
        [None] * len(names) if colors is None else list(colors),
    )


async def of_keys(db: Db, account_id: int, entity: int, keys: Sequence[str]) -> list[Row]:
    """The tags of these folded names; those that do not exist are left out."""
    return await db.rows(
        "select id, name_key from tags where account_id = $1 and entity = $2 and name_key = any($3::text[])",
        account_id,
        entity,
        list(keys),
    )


async def existing(db: Db, account_id: int, entity: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows(
        "select id, name, color from tags where account_id = $1 and entity = $2 and id = any($3::int8[])",
        account_id,
        entity,
        list(ids),
    )


async def locked(db: Db, account_id: int, entity: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows(
        """
        select id, name, name_key, color from tags
        where account_id = $1 and entity = $2 and id = any($3::int8[]) order by id for update
        """,
        account_id,
        entity,
        list(ids),
    )


async def taken(db: Db, account_id: int, entity: int, ids: Sequence[int], keys: Sequence[str]) -> set[str]:
    """Which of these names other tags have."""
    rows = await db.rows(
        """
        select name_key from tags
        where account_id = $1 and entity = $2 and name_key = any($4::text[]) and id <> all($3::int8[])
        """,
        account_id,
        entity,
        list(ids),
        list(keys),
    )
    return {row["name_key"] for row in rows}


async def change(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> None:
    await db.run(
        """
        update tags t set name = n.name, name_key = n.name_key, color = n.color
        from jsonb_to_recordset($2) as n(id int8, name text, name_key text, color text)
        where t.account_id = $1 and t.id = n.id
        """,
        account_id,
        list(rows),
    )
