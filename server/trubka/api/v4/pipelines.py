"""Pipelines of leads and their statuses: /api/v4/leads/pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import pipelines as actions
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Items, Routes
from trubka.api.v4.cards import Int4
from trubka.api.v4.loss_reasons import Name
from trubka.db import pipelines
from trubka.errors import Flaw, FlawedItem, Invalid, NotFound
from trubka.rules.fields import choice_flaw
from trubka.rules.leads import UNSORTED
from trubka.rules.pipelines import color_of

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


class MadePipeline(Pipeline, kw_only=True):
    request_id: str


class MadeStatus(Status, kw_only=True):
    request_id: str


class StatusIn(msgspec.Struct, kw_only=True):
    name: Name
    sort: Int4 | None = None
    color: str | None = None
    request_id: str | None = None


class StatusChange(msgspec.Struct, kw_only=True):
    name: Name | None = None
    sort: Int4 | None = None
    color: str | None = None
    request_id: str | None = None


class FirstStatusIn(StatusChange, kw_only=True):
    """Of a new pipeline. 142 and 143 get another name by their numbers, the unsorted by its type."""

    id: Literal[142, 143] | None = None
    type: Literal[0, 1] | None = None


class StatusesIn(msgspec.Struct):
    statuses: list[FirstStatusIn] | None = None


class PipelineIn(msgspec.Struct, kw_only=True):
    name: Name
    sort: Int4 | None = None
    is_main: bool | None = None
    is_unsorted_on: bool | None = None
    embedded: StatusesIn | None = msgspec.field(name="_embedded", default=None)
    request_id: str | None = None


class PipelineChange(msgspec.Struct, kw_only=True):
    name: Name | None = None
    sort: Int4 | None = None
    is_main: bool | None = None
    is_unsorted_on: bool | None = None
    request_id: str | None = None


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


@routes.on("POST", admin=True, body=list[PipelineIn], answer=Items("pipelines", MadePipeline))
async def add_pipelines(asked: Asked, batch: list[PipelineIn]) -> dict[str, Any]:
    """New pipelines, each with its statuses."""
    given = [(each.embedded.statuses if each.embedded else None) or [] for each in batch]
    refuse(
        [
            (request_id(each, index), flaws_of_first(statuses))
            for index, (each, statuses) in enumerate(zip(batch, given, strict=True))
        ]
    )
    wishes = [
        actions.Pipeline(
            each.name, each.sort, each.is_main, each.is_unsorted_on, [first(status) for status in statuses]
        )
        for each, statuses in zip(batch, given, strict=True)
    ]
    ids = await actions.add(asked.db, asked.by, asked.account.language, wishes)
    rows = {row["id"]: row for row in await pipelines.listed(asked.db, asked.account_id, None)}
    made = [
        MadePipeline(**parts(shown(asked, rows[pipeline_id])), request_id=request_id(each, index))
        for index, (pipeline_id, each) in enumerate(zip(ids, batch, strict=True))
    ]
    return hal.listed(asked.url(asked.path), "pipelines", made)


@routes.on("PATCH", "/{id}", admin=True, body=PipelineChange, answer=MadePipeline)
async def change_pipeline(asked: Asked, pipeline_id: int, given: PipelineChange) -> MadePipeline:
    """Another name or place; the main one; with or without its unsorted."""
    wish = actions.Pipeline(given.name, given.sort, given.is_main, given.is_unsorted_on)
    await actions.change(asked.db, asked.by, pipeline_id, wish)
    return MadePipeline(**parts(await one(asked, pipeline_id)), request_id=request_id(given, 0))


@routes.on("DELETE", "/{id}", admin=True, status=204)
async def remove_pipeline(asked: Asked, pipeline_id: int) -> None:
    """One in which no leads stand, and not the last one."""
    await actions.remove(asked.db, asked.by, pipeline_id)


@routes.on("POST", "/{pipeline}/statuses", admin=True, body=list[StatusIn], answer=Items("statuses", MadeStatus))
async def add_statuses(asked: Asked, pipeline_id: int, batch: list[StatusIn]) -> dict[str, Any]:
    """New steps of a pipeline."""
    refuse([(request_id(each, index), flaws_of(each.color, "color")) for index, each in enumerate(batch)])
    wishes = [actions.Status(each.name, each.sort, each.color) for each in batch]
    ids = await actions.add_statuses(asked.db, asked.by, pipeline_id, wishes)
    there = {status.id: status for status in (await one(asked, pipeline_id)).embedded.statuses}
    made = [
        MadeStatus(**parts(there[status_id]), request_id=request_id(each, index))
        for index, (status_id, each) in enumerate(zip(ids, batch, strict=True))
    ]
    return hal.listed(asked.url(asked.path), "statuses", made)


@routes.on("PATCH", "/{pipeline}/statuses/{id}", admin=True, body=StatusChange, answer=MadeStatus)
async def change_status(asked: Asked, pipeline_id: int, status_id: int, given: StatusChange) -> MadeStatus:
    """Another name, place or colour; the unsorted, won and lost keep place and colour."""
    rows = await pipelines.statuses_of(asked.db, asked.account_id, pipeline_id)
    # The system's have colours that nobody may choose; as they are read, so they may come back.
    if status_id not in {row["id"] for row in rows if not row["is_editable"]}:
        refuse([(request_id(given, 0), flaws_of(given.color, "color"))])
    wish = actions.Status(given.name, given.sort, color_of(given.color) if given.color else None)
    await actions.change_status(asked.db, asked.by, pipeline_id, status_id, wish)
    rows = await pipelines.statuses_of(asked.db, asked.account_id, pipeline_id)
    row = next((each for each in rows if each["id"] == status_id), None)
    if row is None:
        raise NotFound("There is no such status in this pipeline.")
    return MadeStatus(**parts(status_shown(asked, dict(row))), request_id=request_id(given, 0))


@routes.on("DELETE", "/{pipeline}/statuses/{id}", admin=True, status=204)
async def remove_status(asked: Asked, pipeline_id: int, status_id: int) -> None:
    """A step; its leads stand in the first one that is left."""
    await actions.remove_status(asked.db, asked.by, pipeline_id, status_id)


def first(given: FirstStatusIn) -> actions.Status:
    return actions.Status(given.name, given.sort, given.color, given.id, given.type == UNSORTED)


def request_id(given: PipelineIn | PipelineChange | StatusIn | StatusChange, index: int) -> str:
    return str(index) if given.request_id is None else given.request_id


def flaws_of_first(statuses: Sequence[FirstStatusIn]) -> list[Flaw]:
    flaws: list[Flaw] = []
    for place, each in enumerate(statuses):
        if not each.id and each.type != UNSORTED:
            path = f"_embedded.statuses.{place}"
            flaws += flaws_of(each.color, f"{path}.color")
            if each.name is None:
                flaws.append(Flaw("FieldMissing", f"{path}.name", "This field is missing."))
    return flaws


def flaws_of(color: str | None, path: str) -> list[Flaw]:
    return [choice_flaw(path)] if color_of(color) is None else []


def refuse(found: Sequence[tuple[str, list[Flaw]]]) -> None:
    if flawed := [FlawedItem(key, flaws) for key, flaws in found if flaws]:
        raise Invalid(flawed)


def parts(told: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__struct_fields__}


async def one(asked: Asked, pipeline_id: int) -> Pipeline:
    pipelines = await found(asked, pipeline_id)
    if not pipelines:
        raise NotFound("There is no such pipeline.")
    return pipelines[0]


async def found(asked: Asked, pipeline_id: int | None) -> list[Pipeline]:
    rows = await pipelines.listed(asked.db, asked.account_id, pipeline_id)
    return [shown(asked, row) for row in rows]


def shown(asked: Asked, row: Any) -> Pipeline:
    return Pipeline(
        id=row["id"],
        name=row["name"],
        sort=row["sort"],
        is_main=row["is_main"],
        is_unsorted_on=row["is_unsorted_on"],
        is_archive=row["is_archive"],
        account_id=asked.account_id,
        links=asked.link(f"{routes.prefix}/{row['id']}"),
        embedded=Statuses([status_shown(asked, status) for status in row["statuses"]]),
    )


def status_shown(asked: Asked, status: dict[str, Any]) -> Status:
    described = "descriptions" in asked.query.withs()
    return Status(
        **status,
        descriptions=[] if described else UNSET,
        links=asked.link(f"{routes.prefix}/{status['pipeline_id']}/statuses/{status['id']}"),
    )
