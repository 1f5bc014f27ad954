"""Pipelines and their statuses."""

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row


async def add(
    db: Db,
    account_id: int,
    name: str,
    sort: int,
    is_main: bool,
    statuses: list[dict[str, Any]],
    is_unsorted_on: bool = True,
) -> int:
    """A pipeline with its statuses; one without an id gets a new one."""
    return await db.value(
        """
        with made as (
          insert into pipelines (account_id, name, sort, is_main, is_unsorted_on)
          values ($1, $2, $3, $4, $6) returning id
        ), filled as (
          insert into statuses (account_id, pipeline_id, id, name, sort, color, type, is_editable)
          select $1, made.id, coalesce(s.id, nextval('status_ids')), s.name, s.sort, s.color, coalesce(s.type, 0),
            coalesce(s.is_editable, true)
          from made, jsonb_to_recordset($5) as s(id int8, name text, sort int, color text, type smallint,
            is_editable boolean)
        )
        select id from made
        """,
        account_id,
        name,
        sort,
        is_main,
        statuses,
        is_unsorted_on,
    )


async def one_main(db: Db, account_id: int, pipeline_id: int) -> None:
    """This one, and no other."""
    await db.run(
        "update pipelines set is_main = id = $2 where account_id = $1 and is_main <> (id = $2)", account_id, pipeline_id
    )


async def change(
    db: Db, account_id: int, pipeline_id: int, name: str | None, sort: int | None, is_unsorted_on: bool | None
) -> Row | None:
    return await db.row(
        """
        update pipelines set name = coalesce($3, name), sort = coalesce($4, sort),
          is_unsorted_on = coalesce($5, is_unsorted_on)
        where account_id = $1 and id = $2 returning *
        """,
        account_id,
        pipeline_id,
        name,
        sort,
        is_unsorted_on,
    )


async def remove(db: Db, account_id: int, pipeline_id: int) -> None:
    """With its statuses."""
    await db.run("delete from pipelines where account_id = $1 and id = $2", account_id, pipeline_id)


async def statuses_of(db: Db, account_id: int, pipeline_id: int) -> list[Row]:
    """Those that are not shown among them."""
    return await db.rows(
        "select * from statuses where account_id = $1 and pipeline_id = $2 order by sort, id", account_id, pipeline_id
    )


async def add_statuses(db: Db, account_id: int, pipeline_id: int, statuses: Sequence[dict[str, Any]]) -> list[int]:
    """Their numbers, in the order in which they are given."""
    rows = await db.rows(
        """
        insert into statuses (account_id, pipeline_id, name, sort, color)
        select $1, $2, s.name, s.sort, s.color
        from jsonb_to_recordset($3) as s(place int, name text, sort int, color text)
        order by s.place returning id
        """,
        account_id,
        pipeline_id,
        [{"place": place} | status for place, status in enumerate(statuses)],
    )
    return sorted(row["id"] for row in rows)


async def change_status(
    db: Db, account_id: int, pipeline_id: int, status_id: int, name: str | None, sort: int | None, color: str | None
) -> None:
    await db.run(
        """
        update statuses set name = coalesce($4, name), sort = coalesce($5, sort), color = coalesce($6, color)
        where account_id = $1 and pipeline_id = $2 and id = $3
        """,
        account_id,
        pipeline_id,
        status_id,
        name,
        sort,
        color,
    )


async def place_statuses(db: Db, account_id: int, pipeline_id: int, sorts: dict[int, int]) -> None:
    await db.run(
        """
        update statuses s set sort = n.sort from unnest($3::int8[], $4::int4[]) as n(id, sort)
        where s.account_id = $1 and s.pipeline_id = $2 and s.id = n.id
        """,
        account_id,
        pipeline_id,
        list(sorts),
        list(sorts.values()),
    )


async def remove_status(db: Db, account_id: int, pipeline_id: int, status_id: int) -> None:
    await db.run(
        "delete from statuses where account_id = $1 and pipeline_id = $2 and id = $3",
        account_id,
        pipeline_id,
        status_id,
    )


async def has_leads(db: Db, account_id: int, pipeline_id: int) -> bool:
    """The bin does not count."""
    return await db.value(
        "select exists (select from leads where account_id = $1 and pipeline_id = $2 and not is_deleted)",
        account_id,
        pipeline_id,
    )


async def count_leads(db: Db, account_id: int, pipeline_id: int, status_id: int, most: int) -> int:
    """The bin does not count; counting stops at `most`."""
    return await db.value(
        """
        select count(*) from (
          select from leads where account_id = $1 and pipeline_id = $2 and status_id = $3 and not is_deleted limit $4
        ) l
        """,
        account_id,
        pipeline_id,
        status_id,
        most,
    )


async def move_leads(
    db: Db, account_id: int, pipeline_id: int, status_id: int, to_id: int, user_id: int, now: int
) -> list[Row]:
    """The leads of a step to another one of its pipeline, and whose they are."""
    return await db.rows(
        """
        with moved as (
          update leads set status_id = $4, updated_by = $5, updated_at = $6
          where account_id = $1 and pipeline_id = $2 and status_id = $3 and not is_deleted
          returning id, responsible_user_id
        )
        select id, responsible_user_id from moved order by id
        """,
        account_id,
        pipeline_id,
        status_id,
        to_id,
        user_id,
        now,
    )


async def move_bin(
    db: Db, account_id: int, pipeline_id: int, status_id: int | None, to_pipeline_id: int, to_id: int, most: int
) -> int:
    """What lies in the bin keeps no step and no pipeline: it goes on lying elsewhere, won and lost as it was. How many
    were moved; fewer than `most` when none is left."""
    return await db.value(
        """
        with portion as (
          select id from leads
          where account_id = $1 and pipeline_id = $2 and ($3::int8 is null or status_id = $3) and is_deleted limit $6
        ), moved as (
          update leads set pipeline_id = $4, status_id = case when status_id in (142, 143) then status_id else $5 end
          where account_id = $1 and id in (select id from portion)
          returning 1
        )
        select count(*) from moved
        """,
        account_id,
        pipeline_id,
        status_id,
        to_pipeline_id,
        to_id,
        most,
    )


async def places(db: Db, account_id: int) -> list[Row]:
    """Every status of every pipeline, in their order, the main pipeline first."""
    return await db.rows(
        """
        select s.pipeline_id, s.id, s.type from pipelines p
        join statuses s on s.account_id = $1 and s.pipeline_id = p.id
        where p.account_id = $1
        order by not p.is_main, p.sort, p.id, s.sort, s.id
        """,
        account_id,
    )


async def listed(db: Db, account_id: int, pipeline_id: int | None) -> list[Row]:
    """The pipelines with their statuses as a list in each; one pipeline, or all."""
    return await db.rows(
        """
        select p.*, coalesce(jsonb_agg(to_jsonb(s) order by s.sort, s.id)
            filter (where s.id is not null and (s.type <> 1 or p.is_unsorted_on)), '[]') as statuses
        from pipelines p left join statuses s on s.account_id = $1 and s.pipeline_id = p.id
        where p.account_id = $1 and ($2::int8 is null or p.id = $2)
        group by p.account_id, p.id order by p.sort, p.id
        """,
        account_id,
        pipeline_id,
    )
