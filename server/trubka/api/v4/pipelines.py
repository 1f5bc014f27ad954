"""Pipelines of leads and their statuses: /api/v4/leads/pipelines."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Items, Routes
from trubka.db import pipelines
from trubka.errors import NotFound

routes = Routes("/api/v4/leads/pipelines")


class Status(msgspec.Struct, kw_only=True):
    id: int
    name: str
    sort: int
    is_editable: bool
    pipeline_id: int
    color: str
    type: int
    account_id: int
    descriptions: list[Any] | UnsetType = UNSET
    links: hal.Self = msgspec.field(name="_links")


class Statuses(msgspec.Struct):
    statuses: list[Status]


class Pipeline(msgspec.Struct, kw_only=True):
    id: int
    name: str
    sort: int
    is_main: bool
    is_unsorted_on: bool
    is_archive: bool
    account_id: int
    links: hal.Self = msgspec.field(name="_links")
    embedded: Statuses = msgspec.field(name="_embedded")


@routes.on("GET", answer=Items("pipelines", Pipeline), query=("with",))
async def list_pipelines(asked: Asked) -> dict[str, Any]:
    """Every pipeline with its statuses."""
    return hal.listed(asked.url(asked.path), "pipelines", await found(asked, None))


@routes.on("GET", "/{id}", answer=Pipeline, query=("with",))
async def get_pipeline(asked: Asked, pipeline_id: int) -> Pipeline:
    """One pipeline with its statuses."""
    return await one(asked, pipeline_id)


@routes.on("GET", "/{pipeline}/statuses", answer=Items("statuses", Status), query=("with",))
async def list_statuses(asked: Asked, pipeline_id: int) -> dict[str, Any]:
    """The statuses of a pipeline, in their order."""
    statuses = (await one(asked, pipeline_id)).embedded.statuses
    return hal.listed(asked.url(asked.path), "statuses", statuses)


@routes.on("GET", "/{pipeline}/statuses/{id}", answer=Status, query=("with",))
async def get_status(asked: Asked, pipeline_id: int, status_id: int) -> Status:
    """One status; 142 and 143 stand in every pipeline."""
    for status in (await one(asked, pipeline_id)).embedded.statuses:
        if status.id == status_id:
            return status
    raise NotFound("There is no such status in this pipeline.")


async def one(asked: Asked, pipeline_id: int) -> Pipeline:
    pipelines = await found(asked, pipeline_id)
    if not pipelines:
        raise NotFound("There is no such pipeline.")
    return pipelines[0]


async def found(asked: Asked, pipeline_id: int | None) -> list[Pipeline]:
    rows = await pipelines.listed(asked.db, asked.account_id, pipeline_id)
    return [shown(asked, row) for row in rows]


def shown(asked: Asked, row: Any) -> Pipeline:
    base = f"/api/v4/leads/pipelines/{row['id']}"
    described = "descriptions" in asked.query.withs()
    return Pipeline(
        id=row["id"],
        name=row["name"],
        sort=row["sort"],
        is_main=row["is_main"],
        is_unsorted_on=row["is_unsorted_on"],
        is_archive=row["is_archive"],
        account_id=asked.account_id,
        links=asked.link(base),
        embedded=Statuses(
            [
                Status(
                    **status,
                    descriptions=[] if described else UNSET,
                    links=asked.link(f"{base}/statuses/{status['id']}"),
                )
                for status in row["statuses"]
            ]
        ),
    )
