"""The board of leads as our own browser shows it: a column for each status, with its count and sum, and its cards."""

from __future__ import annotations

from typing import Any

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.desk_table import FILTER, filtered, mark, names_of, pipeline_shown, sorted_as_asked
from trubka.api.routes import Routes
from trubka.db import Row, board, cards, loss_reasons, pipelines
from trubka.errors import NotFound
from trubka.rules.entities import Entity
from trubka.rules.leads import UNSORTED
from trubka.rules.rights import may_enter, sight

MOST_COUNTED = 20_000  # leads of a column; beyond it the count says "more"
MOST_CARDS = 50  # a piece of a column
MOST_ASKED = 100  # cards by their numbers

routes = Routes("/desk/board")


@routes.on("GET", auth="session", hidden=True)
async def layout(asked: Asked) -> Answer:
    """The pipelines with the statuses that one sees, and why leads are lost."""
    rows = await pipelines.listed(asked.db, asked.account_id, None)
    reasons = await loss_reasons.all_of(asked.db, asked.account_id)
    return said(
        {
            "pipelines": [shown(asked, row) for row in rows if not row["is_archive"]],
            "loss_reasons": [{"id": row["id"], "name": row["name"]} for row in reasons],
        }
    )


def shown(asked: Asked, row: Row) -> dict[str, Any]:
    found = pipeline_shown(row, set(sight(asked.me, Entity.lead).hidden))
    for status in found["statuses"]:
        status["takes"] = status["type"] != UNSORTED and may_enter(asked.me, "edit", row["id"], status["id"])
    return found


@routes.on("GET", "/{id}/counts", auth="session", query=FILTER, hidden=True)
async def counts(asked: Asked, pipeline_id: int) -> Answer:
    """How many leads stand in each status, and their sum."""
    statuses = await statuses_of(asked, pipeline_id)
    found = filtered(asked, Entity.lead, MOST_COUNTED + 1)
    most = MOST_COUNTED + 1
    rows = [] if found is None else await board.counts(asked.db, asked.account_id, pipeline_id, statuses, found, most)
    told = {row["status_id"]: (row["leads"], row["price"]) for row in rows}
    cut = sum(leads for leads, _ in told.values()) >= most if found is not None and found.terms else False
    return said(
        {
            "columns": [
                {"status_id": each, "count": min(number, MOST_COUNTED), "sum": total, "more": cut or number >= most}
                for each in statuses
                for number, total in [told.get(each, (0, 0))]
            ]
        }
    )


async def statuses_of(asked: Asked, pipeline_id: int) -> list[int]:
    rows = await pipelines.listed(asked.db, asked.account_id, pipeline_id)
    if not rows:
        raise NotFound("There is no such pipeline.")
    return [each["id"] for each in pipeline_shown(rows[0], set(sight(asked.me, Entity.lead).hidden))["statuses"]]


@routes.on("GET", "/{id}/statuses/{id}", auth="session", query=(*FILTER, "order", "after"), hidden=True)
async def column(asked: Asked, pipeline_id: int, status_id: int) -> Answer:
    """A piece of a column, the last changed first."""
    if (found := filtered(asked, Entity.lead, MOST_CARDS + 1)) is None:
        return said({"leads": [], "after": None})
    sorted_as_asked(asked, Entity.lead, found)
    found.statuses = [(pipeline_id, status_id)]
    rows = await cards.page(asked.db, asked.account_id, Entity.lead, found)
    after = mark(found, rows[MOST_CARDS - 1]) if len(rows) > MOST_CARDS else None
    return said({"leads": await on_board(asked, rows[:MOST_CARDS]), "after": after})


@routes.on("GET", "/{id}/leads", auth="session", query=(*FILTER, "ids"), hidden=True)
async def some(asked: Asked, pipeline_id: int) -> Answer:
    """Those of these leads that stand in this pipeline and that the filter lets through, as one sees them now."""
    found = filtered(asked, Entity.lead, MOST_ASKED)
    if found is None or not found.ids:
        return said({"leads": []})
    found.ids = found.ids[:MOST_ASKED]
    found.among["pipeline_id"] = [pipeline_id]
    return said({"leads": await on_board(asked, await cards.page(asked.db, asked.account_id, Entity.lead, found))})


async def on_board(asked: Asked, rows: list[Row]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    people = await names_of(asked, Entity.lead, ids, Entity.contact)
    firms = await names_of(asked, Entity.lead, ids, Entity.company)
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "price": row["price"],
            "owner": row["responsible_user_id"],
            "status_id": row["status_id"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "task_at": row["closest_task_at"],
            "tags": row["tag_list"] or [],
            "contact": people.get(row["id"]),
            "company": firms.get(row["id"]),
        }
        for row in rows
    ]
