"""Tasks: /api/v4/tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import tasks as actions
from trubka.api import hal, loose, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, Page, Routes
from trubka.api.v4.cards import Moment, mark
from trubka.db import tasks as rows_of
from trubka.db.tasks import Sorting, Wanted
from trubka.errors import Flaw, FlawedItem, Invalid
from trubka.rules import tasks as rules
from trubka.rules.entities import BY_PLURAL, CARDS, Entity
from trubka.rules.fields import choice_flaw
from trubka.rules.rights import owners, sight

routes = Routes("/api/v4/tasks")
LISTED = ("page", "limit", "filter", "order", "entity_type")
Text = Annotated[str, msgspec.Meta(max_length=rules.LONGEST_TEXT)]


class TaskIn(msgspec.Struct, kw_only=True):
    """A new task or a change to one; keys that only the server writes are taken and say nothing."""

    id: int | None = None
    text: Text | None = None
    complete_till: Moment | None = None
    task_type_id: int | None = None
    entity_id: int | None = None
    entity_type: str | None = None
    responsible_user_id: int | None = None
    is_completed: bool | None = None
    duration: Annotated[int, msgspec.Meta(ge=0)] | None = None
    result: Any = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    request_id: str | None = None


class Result(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(max_length=rules.LONGEST_RESULT)]


class Task(msgspec.Struct, kw_only=True):
    """`result` is an empty list while there is none."""

    id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    responsible_user_id: int
    group_id: int
    entity_id: int | None
    entity_type: str | None
    duration: int
    is_completed: bool
    task_type_id: int
    text: str
    result: Result | list[Any]
    complete_till: int
    account_id: int
    links: hal.Self = msgspec.field(name="_links")


class Shown(msgspec.Struct, kw_only=True):
    """What is told of a task that was made or changed."""

    id: int
    updated_at: int | UnsetType = UNSET
    request_id: str
    links: hal.Self = msgspec.field(name="_links")


@routes.on("GET", answer=Page("tasks", Task), query=LISTED)
async def list_tasks(asked: Asked) -> Answer | None:
    """Tasks, a page at a time."""
    wanted = wanted_of(asked)
    if wanted is None:
        return None
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return pages.answer(asked, "tasks", rows, lambda row: shown(asked, row), mark(wanted.sorting))


@routes.on("GET", "/{id}", answer=Task)
async def get_task(asked: Asked, task_id: int) -> Task | None:
    """One task; one that is not there, or not to be seen, is 204."""
    wanted = Wanted(owners=owners(asked.me, "view", Entity.task), limit=1, ids=[task_id])
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return shown(asked, rows[0]) if rows else None


@routes.on("POST", body=list[TaskIn], answer=Items("tasks", Shown))
async def add_tasks(asked: Asked, batch: list[TaskIn]) -> dict[str, Any]:
    """New tasks."""
    wishes = wishes_of(asked, batch, new=True)
    ids = await actions.add(asked.db, asked.me, wishes, asked.now)
    return envelope(
        asked,
        [
            Shown(id=task_id, request_id=wish.request_id, links=link(asked, task_id))
            for task_id, wish in zip(ids, wishes, strict=True)
        ],
    )


@routes.on("PATCH", body=list[TaskIn], answer=Items("tasks", Shown))
async def change_tasks(asked: Asked, batch: list[TaskIn]) -> dict[str, Any]:
    """Changes to several tasks, each with its id."""
    return envelope(asked, await changed(asked, batch))


@routes.on("PATCH", "/{id}", body=TaskIn, answer=Shown)
async def change_task(asked: Asked, task_id: int, task: TaskIn) -> Shown:
    """Changes to one task; `is_completed` with a `result` completes it."""
    task.id = task_id
    return (await changed(asked, [task]))[0]


def wanted_of(asked: Asked) -> Wanted | None:
    """The filters of the list. None: nothing can match."""
    query, part = asked.query, pages.wanted(asked)
    order = query.order("created_at", "complete_till", "updated_at", "id")
    sorting: Sorting = order.field if order else "id"  # pyright: ignore[reportAssignmentType]
    wanted = Wanted(
        owners=owners(asked.me, "view", Entity.task),
        limit=part.limit,
        skip=part.skip,
        after=part.after,
        sorting=sorting,
        descending=order is not None and order.descending,
        ids=query.ints("filter", "id"),
    )
    for name in ("responsible_user_id", "created_by", "entity_id"):
        if (values := query.ints("filter", name)) is not None:
            wanted.among[name] = values
    # One client sends both spellings of the type at once: they mean the same.
    types = [query.ints("filter", name) for name in ("task_type", "task_type_id")]
    if any(values is not None for values in types):
        wanted.among["task_type_id"] = [value for values in types for value in values or ()]
    kinds = query.texts("filter", "entity_type") or query.texts("entity_type")
    if kinds is not None:
        wanted.entities = [BY_PLURAL[kind] for kind in kinds if kind in BY_PLURAL]
    done = {text.lower() in ("1", "true", "y", "yes") for text in query.texts("filter", "is_completed") or ()}
    wanted.completed = done.pop() if len(done) == 1 else None
    for name in ("updated_at", "created_at", "complete_till"):
        if (span := query.span("filter", name)) is not None:
            wanted.spans[name] = (span.low, span.high)
    wanted.statuses, wanted.leads = query.statuses("filter", "lead_statuses"), sight(asked.me, Entity.lead)
    nothing = [] in (wanted.ids, wanted.entities, wanted.statuses, *wanted.among.values())
    return None if nothing else wanted


def shown(asked: Asked, row: Any) -> Task:
    return Task(
        id=row["id"],
        created_by=row["created_by"],
        updated_by=row["updated_by"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        responsible_user_id=row["responsible_user_id"],
        group_id=row["group_id"],
        entity_id=row["entity_id"],
        entity_type=None if row["entity"] is None else Entity(row["entity"]).plural,
        duration=row["duration"],
        is_completed=row["is_completed"],
        task_type_id=row["task_type_id"],
        text=row["text"],
        result=Result(row["result_text"]) if row["result_text"] else [],
        complete_till=row["complete_till"],
        account_id=asked.account_id,
        links=link(asked, row["id"]),
    )


def link(asked: Asked, task_id: int) -> hal.Self:
    return asked.link(f"/api/v4/tasks/{task_id}")


def envelope(asked: Asked, tasks: list[Shown]) -> dict[str, Any]:
    return {"_links": asked.link("/api/v4/tasks"), "_embedded": {"tasks": tasks}}


async def changed(asked: Asked, batch: list[TaskIn]) -> list[Shown]:
    wishes = wishes_of(asked, batch, new=False)
    rows = await actions.change(asked.db, asked.me, wishes, asked.now)
    return [
        Shown(id=row["id"], updated_at=row["updated_at"], request_id=wish.request_id, links=link(asked, row["id"]))
        for row, wish in zip(rows, wishes, strict=True)
    ]


def wishes_of(asked: Asked, batch: Sequence[TaskIn], *, new: bool) -> list[rules.Asked]:
    wishes: list[rules.Asked] = []
    flawed: list[FlawedItem] = []
    for index, task in enumerate(batch):
        flaws: list[Flaw] = []
        wishes.append(wish(asked, index, task, flaws))
        if new:
            flaws += missing(task)
        if flaws:
            flawed.append(FlawedItem(wishes[-1].request_id, flaws))
    if flawed:
        raise Invalid(flawed)
    return wishes


def missing(task: TaskIn) -> list[Flaw]:
    """What a new task must say."""
    needed = [name for name in ("text", "complete_till") if getattr(task, name) is None]
    if task.entity_id is not None and task.entity_type is None:
        needed.append("entity_type")
    return [Flaw("FieldMissing", name, "This field is missing.") for name in needed]


def wish(asked: Asked, index: int, task: TaskIn, flaws: list[Flaw]) -> rules.Asked:
    entity = BY_PLURAL.get(task.entity_type or "")
    if task.entity_type is not None and task.entity_id is not None and entity not in CARDS:
        flaws.append(choice_flaw("entity_type"))
    if task.task_type_id is not None and task.task_type_id not in asked.account.task_types:
        flaws.append(choice_flaw("task_type_id"))
    result = loose.part(Result, task.result, "result", flaws) if task.result is not None else {}
    return rules.Asked(
        id=task.id or 0,
        request_id=str(index) if task.request_id is None else task.request_id,
        text=task.text,
        complete_till=task.complete_till,
        task_type_id=task.task_type_id,
        entity=entity if task.entity_id is not None else None,
        entity_id=task.entity_id,
        responsible_user_id=task.responsible_user_id,
        is_completed=task.is_completed,
        duration=task.duration,
        result_text=result.get("text") or None,
        created_by=task.created_by,
        updated_by=task.updated_by,
        created_at=task.created_at,
        updated_at=task.updated_at,
    )
