"""Webhooks as the administrator's page shows them: integrations subscribe themselves; here stands what was sent to
them, how it went, and what is sent once more."""

from __future__ import annotations

from typing import Any

from trubka.actions import webhooks as deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.query import INT8
from trubka.api.routes import Routes
from trubka.db import Row, webhooks
from trubka.errors import NotFound, Refused
from trubka.rules import webhooks as rules

routes = Routes("/desk/webhooks")

MOST_COUNTED = 1_000  # of each state
MOST_ASKED = 100  # deliveries that are asked for by their numbers
LONGEST_BODY = 100_000  # characters that are shown


@routes.on("GET", auth="session", admin=True, hidden=True)
async def list_webhooks(asked: Asked) -> Answer:
    """Who is told of what, and how that goes."""
    rows = await webhooks.overview(asked.db, asked.account_id, MOST_COUNTED + 1)
    return said({"webhooks": [hook(row) for row in rows], "kept_days": rules.KEPT_DAYS})


@routes.on("GET", "/{id}/log", auth="session", admin=True, query=("state", "after", "limit"), hidden=True)
async def log(asked: Asked, webhook_id: int) -> Answer:
    """Its deliveries, the latest first."""
    found, limit = await one(asked, webhook_id), asked.query.limit
    after = asked.query.int("after")
    rows = await webhooks.log(asked.db, asked.account_id, webhook_id, state_of(asked), after, limit + 1)
    more = len(rows) > limit
    return said(
        {
            "webhook": found,
            "deliveries": [shown(row) for row in rows[:limit]],
            "after": rows[limit - 1]["id"] if more else None,
        }
    )


@routes.on("GET", "/{id}/news", auth="session", admin=True, query=("state", "since", "ids"), hidden=True)
async def news(asked: Asked, webhook_id: int) -> Answer:
    """What has become of some deliveries, and how many are newer than those that are shown."""
    found = await one(asked, webhook_id)
    ids = (asked.query.ints("ids") or [])[:MOST_ASKED]
    rows = await webhooks.these(asked.db, asked.account_id, webhook_id, ids) if ids else []
    since, state = asked.query.int("since"), state_of(asked)
    since = INT8 if since is None else since
    newer = await webhooks.newer(asked.db, asked.account_id, webhook_id, state, since, MOST_COUNTED + 1)
    return said(
        {
            "webhook": found,
            "deliveries": [shown(row) for row in rows],
            "newer": {"count": min(newer, MOST_COUNTED), "more": newer > MOST_COUNTED},
        }
    )


@routes.on("POST", "/{id}/enable", auth="session", admin=True, hidden=True)
async def enable(asked: Asked, webhook_id: int) -> Answer:
    """It is told again what happens."""
    await deeds.switch_on(asked.db, asked.by, webhook_id)
    asked.changed()
    return said({"webhook": await one(asked, webhook_id)})


@routes.on("POST", "/{id}/test", auth="session", admin=True, hidden=True)
async def test(asked: Asked, webhook_id: int) -> Answer:
    """A delivery that tells of nothing that has happened."""
    return said({"id": await deeds.send_test(asked.db, asked.by, webhook_id, asked.page(""))}, 201)


@routes.on("POST", "/{id}/send-failed", auth="session", admin=True, hidden=True)
async def send_failed(asked: Asked, webhook_id: int) -> Answer:
    """All that came to nothing, as many as one word sends."""
    count = await deeds.send_failed_again(asked.db, asked.by, webhook_id)
    return said({"again": count, "webhook": await one(asked, webhook_id)})


@routes.on("GET", "/deliveries/{id}", auth="session", admin=True, hidden=True)
async def delivery(asked: Asked, delivery_id: int) -> Answer:
    """With its body, as it was or will be sent. What signs it is shown to nobody."""
    return said(await whole(asked, delivery_id))


@routes.on("POST", "/deliveries/{id}/send", auth="session", admin=True, hidden=True)
async def send(asked: Asked, delivery_id: int) -> Answer:
    """Once more."""
    await deeds.send_again(asked.db, asked.by, delivery_id)
    return said(await whole(asked, delivery_id))


async def whole(asked: Asked, delivery_id: int) -> dict[str, Any]:
    row = await webhooks.delivery(asked.db, asked.account_id, delivery_id)
    if row is None:
        raise NotFound("There is no such delivery, or it is too old to be kept.")
    body: str = row["body"][:LONGEST_BODY]
    return shown(row) | {
        "webhook_id": row["webhook_id"],
        "body": body,
        "is_whole": len(body) == len(row["body"]),
        "pairs": rules.pairs_of(body),
    }


async def one(asked: Asked, webhook_id: int) -> dict[str, Any]:
    rows = await webhooks.overview(asked.db, asked.account_id, MOST_COUNTED + 1, webhook_id)
    if not rows:
        raise NotFound("There is no such webhook.")
    return hook(rows[0])


def hook(row: Row) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "settings", "disabled", "created_at", "created_by")},
        "destination": rules.shown_destination(row["destination"]),
        **{
            name: {"count": min(row[name], MOST_COUNTED), "more": row[name] > MOST_COUNTED}
            for name in ("waiting", "failed")
        },
    }


def shown(row: Row) -> dict[str, Any]:
    status = row["last_status"]
    cause = rules.cause_of(status, row["last_error"])
    return {
        **{name: row[name] for name in ("id", "event", "attempts", "created_at", "answered_at", "next_at")},
        "state": rules.state_of(row["waits"], status),
        "status": status or None,
        "cause": cause,
        "detail": row["last_error"] if cause in ("unreachable", "closed", "private", "other") else None,
    }


def state_of(asked: Asked) -> rules.State | None:
    match asked.query.text("state"):
        case "waiting" | "failed" | "delivered" as state:
            return state
        case None | "":
            return None
        case _:
            raise Refused("state is waiting, failed or delivered.")
