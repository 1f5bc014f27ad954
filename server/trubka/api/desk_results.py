"""The result window of our own browser: which of my calls wait for their result, and the one save of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from trubka.actions import results as deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.desk_calls import call_shown, whole
from trubka.api.query import INT8
from trubka.api.routes import Routes
from trubka.db import calls, results
from trubka.rules import results as rules
from trubka.rules.entities import BY_PLURAL
from trubka.rules.notes import LONGEST_TEXT
from trubka.rules.tasks import LONGEST_TEXT as LONGEST_TASK

routes = Routes("/desk")

Id = Annotated[int, msgspec.Meta(ge=1, le=INT8)]
Name = Annotated[str, msgspec.Meta(max_length=255)]


class CardChoice(msgspec.Struct):
    entity: Literal["contacts", "companies", "leads", "customers"]
    id: Id


class NewContact(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class NewLead(msgspec.Struct):
    name: Name = ""
    price: Annotated[int, msgspec.Meta(ge=0, le=INT8)] | None = None
    pipeline_id: Id | None = None
    status_id: Id | None = None


class NewTask(msgspec.Struct):
    complete_till: Annotated[int, msgspec.Meta(ge=0, le=INT8)]
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TASK)] = ""
    task_type_id: Id | None = None


class Result(msgspec.Struct, kw_only=True):
    key: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    status: Annotated[int, msgspec.Meta(ge=1, le=8)] | None = None
    result: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | None = None
    card: CardChoice | None = None
    contact: NewContact | None = None
    lead: NewLead | None = None
    task: NewTask | None = None


@routes.on("GET", "/calls/to-finish", auth="session", hidden=True)
async def to_finish(asked: Asked) -> Answer:
    """My calls that are over and have no result, the latest first."""
    wanted = calls.Listed(
        limit=rules.MOST_TO_FINISH + 1,
        unfinished_of=asked.me.user_id,
        low=asked.now - rules.TO_FINISH_SECONDS,
    )
    rows = await calls.page(asked.db, asked.account_id, asked.me, wanted)
    shown = [call_shown(asked, row) for row in rows[: rules.MOST_TO_FINISH]]
    return said({"calls": shown, "more": len(rows) > rules.MOST_TO_FINISH})


@routes.on("GET", "/calls/{id}/result", auth="session", hidden=True)
async def get_result(asked: Asked, call_id: int) -> Answer:
    """One call as the result window shows it."""
    return said(await window(asked, call_id))


@routes.on("POST", "/calls/{id}/result", auth="session", body=Result, strict=True, hidden=True)
async def save_result(asked: Asked, call_id: int, given: Result) -> Answer:
    """How it went, its card and the next task, at once."""
    lead, task = given.lead, given.task
    wish = rules.Asked(
        key=given.key,
        status=given.status,
        result=given.result,
        card=None if given.card is None else (BY_PLURAL[given.card.entity], given.card.id),
        contact=None if given.contact is None else given.contact.name,
        lead=None if lead is None else rules.NewLead(lead.name, lead.price, lead.pipeline_id, lead.status_id),
        task=None if task is None else rules.NewTask(task.complete_till, task.text, task.task_type_id),
    )
    made = await deeds.save(asked.db, asked.me, asked.account, call_id, wish, asked.now)
    return said(msgspec.to_builtins(made) | {"call": await window(asked, call_id)})


async def window(asked: Asked, call_id: int) -> dict[str, Any]:
    """The call, whether it waits in the unsorted (its card is one of nobody yet), and whether it is finished."""
    told = await whole(asked, call_id)
    about = await results.about(asked.db, asked.account_id, call_id)
    assert about is not None
    return told | {"unsorted": about["uid"], "finished_at": about["finished_at"]}
