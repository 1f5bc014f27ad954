"""Pipelines and their statuses."""

from typing import Any

from trubka.db import Db, Row


async def add(db: Db, account_id: int, name: str, sort: int, is_main: bool, statuses: list[dict[str, Any]]) -> int:
    """A pipeline with its statuses; one without an id gets a new one."""
    return await db.value(
        """
        with made as (
          insert into pipelines (account_id, name, sort, is_main) values ($1, $2, $3, $4) returning id
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
