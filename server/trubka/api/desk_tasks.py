"""Tasks as our own browser shows them: mine, my group's or everybody's, in the order in which they are due."""

from __future__ import annotations

import asyncio
from typing import Any

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.desk_calls import card_of, mark, mark_of
from trubka.api.routes import Routes
from trubka.db import Row, tasks
from trubka.db import calls as call_rows
from trubka.db.tasks import Wanted
from trubka.errors import Refused
from trubka.rules import tasks as rules
from trubka.rules.accounts import zone
from trubka.rules.entities import BY_PLURAL, Entity
from trubka.rules.rights import may, owners

MOST_COUNTED = 1_000
WHOSE = ("mine", "group", "all")
WHEN = ("overdue", "today", "tomorrow", "later")

routes = Routes("/desk")


@routes.on(
    "GET", "/tasks", auth="session", query=("whose", "when", "done", "entity", "id", "after", "limit"), hidden=True
)
async def list_tasks(asked: Asked) -> Answer:
    """Tasks that I see: what is open, that due first; or what is done, the latest first."""
    done, limit = asked.query.text("done") in ("1", "true"), asked.query.limit
    wanted = wanted_of(asked)
    wanted.limit, wanted.after = limit + 1, mark_of(asked)
    wanted.completed, wanted.sorting = done, "updated_at" if done else "complete_till"
    wanted.descending = done
    when = asked.query.text("when")
    if when is not None and not done:
        wanted.spans = {"complete_till": span(asked, when)}
    rows = await tasks.page(asked.db, asked.account_id, wanted)
    shown = [task_shown(asked, row) for row in rows[:limit]]
    await name_cards(asked, shown)
    days = rules.days(asked.now, zone(asked.account.time_zone))
    return said(
        {
            "tasks": shown,
            "after": mark(rows[limit - 1], wanted.sorting) if len(rows) > limit else None,
            "days": {"tomorrow": days[1], "after": days[2]},
        }
    )


@routes.on("GET", "/tasks/counts", auth="session", query=("whose",), hidden=True)
async def count_tasks(asked: Asked) -> Answer:
    """How many are open, by when they are due; counting stops at a thousand."""
    counts = await asyncio.gather(*(counted(asked, when) for when in WHEN))
    return said({"counts": dict(zip(WHEN, counts, strict=True)), "most": MOST_COUNTED})


async def counted(asked: Asked, when: str) -> int:
    wanted = wanted_of(asked)
    wanted.limit, wanted.completed, wanted.spans = MOST_COUNTED, False, {"complete_till": span(asked, when)}
    return await tasks.count(asked.db, asked.account_id, wanted)


def wanted_of(asked: Asked) -> Wanted:
    whose = asked.query.text("whose") or "mine"
    if whose not in WHOSE:
        raise Refused("whose is mine, group or all.")
    users = {"mine": [asked.me.user_id], "group": list(asked.me.group_users)}.get(whose)
    wanted = Wanted(
        owners=owners(asked.me, "view", Entity.task),
        limit=0,
        among={} if users is None else {"responsible_user_id": users},
    )
    kind, card_id = asked.query.text("entity"), asked.query.int("id")
    if kind is not None and card_id is not None:  # of one card
        if kind not in BY_PLURAL:
            raise Refused("entity is contacts, companies, leads or customers.")
        wanted.entities, wanted.among = [int(BY_PLURAL[kind])], wanted.among | {"entity_id": [card_id]}
    return wanted


def span(asked: Asked, when: str) -> tuple[int | None, int | None]:
    """Moments from and to, both included."""
    _, tomorrow, after = rules.days(asked.now, zone(asked.account.time_zone))
    match when:
        case "overdue":
            return None, asked.now - 1
        case "today":
            return asked.now, tomorrow - 1
        case "tomorrow":
            return tomorrow, after - 1
        case "later":
            return after, None
        case _:
            raise Refused("when is overdue, today, tomorrow or later.")


TASK = (
    *("id", "text", "task_type_id", "complete_till", "duration", "is_completed", "responsible_user_id"),
    *("created_by", "updated_by", "created_at", "updated_at"),
)


def task_shown(asked: Asked, row: Row) -> dict[str, Any]:
    return {name: row[name] for name in TASK} | {
        "result": row["result_text"] or None,
        "entity": None if row["entity"] is None else Entity(row["entity"]).plural,
        "entity_id": row["entity_id"],
        "card": None,
        "may": {"edit": may(asked.me, "edit", Entity.task, row["responsible_user_id"])},
    }


async def name_cards(asked: Asked, shown: list[dict[str, Any]]) -> None:
    """Which card each of them hangs on, as far as one sees it."""
    hung = {(int(BY_PLURAL[each["entity"]]), each["entity_id"]) for each in shown if each["entity"]}
    if not hung:
        return
    rows = await call_rows.cards(asked.db, asked.account_id, sorted(hung))
    found = {(Entity(row["entity"]).plural, row["id"]): row for row in rows}
    for each in shown:
        if (row := found.get((each["entity"], each["entity_id"]))) is not None:
            each["card"] = card_of(asked, {**row, "entity_id": row["id"]}, row["name"])
