"""The unsorted as our own browser shows it: the repeats of a number together, the longest waiting first."""

from __future__ import annotations

from typing import Any

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import Routes
from trubka.db import Row, unsorted
from trubka.db.unsorted import Wanted
from trubka.rules.unsorted import caller, grouped, may

MOST_LISTED = 500  # items

routes = Routes("/desk")


@routes.on("GET", "/unsorted", auth="session", hidden=True)
async def list_groups(asked: Asked) -> Answer:
    """What waits, as far as one sees it."""
    rows = await unsorted.page(
        asked.db, asked.account_id, asked.me, Wanted(limit=MOST_LISTED + 1, sorting="created_at")
    )
    groups = grouped([(row["tail"], row) for row in rows[:MOST_LISTED]])
    return said(
        {
            "groups": [
                {
                    "phone": number_of(items),
                    "oldest_at": items[0]["created_at"],
                    "items": [shown(asked, row) for row in items],
                }
                for items in groups
            ],
            "more": len(rows) > MOST_LISTED,
        }
    )


def number_of(items: list[Row]) -> str | None:
    return next((number for row in items if (number := caller(row["metadata"]))), None)


def shown(asked: Asked, row: Row) -> dict[str, Any]:
    told = row["metadata"]
    return {
        "uid": row["uid"],
        "category": row["category"],
        "source": row["source_name"] or row["source_uid"],
        "pipeline_id": row["pipeline_id"],
        "created_at": row["created_at"],
        "called_at": told.get("called_at") or told.get("form_sent_at"),
        "seconds": told.get("duration"),
        "form": told.get("form_name"),
        "page": told.get("form_page"),
        "line": row["line"],
        "user_ids": row["user_ids"],
        "call_id": row["call_id"],
        "recording_id": row["recording_id"],
        "link": told.get("link"),
        "lead_id": row["lead_id"],
        "contact_id": row["contact_id"],
        "name": row["lead_name"],
        "may_decide": may(asked.me, "edit", tuple(row["user_ids"]), tuple(row["place"])),
    }
