"""Alerts: what went wrong in the background and is still open for me."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from trubka.actions import alerts as deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said, uuid_of
from trubka.api.query import INT8, int_of
from trubka.api.routes import Routes
from trubka.db import alerts
from trubka.errors import Refused
from trubka.rules.alerts import LONGEST_HEADER, LONGEST_TEXT, hidden_from

LONGEST_MARK = 60

routes = Routes("/desk")

Moment = Annotated[int, msgspec.Meta(ge=0, le=INT8)]


class Told(msgspec.Struct):
    header: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_HEADER)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
    date: Moment | None = None


class Until(msgspec.Struct):
    until: Moment


@routes.on("GET", "/alerts", auth="session", query=("after", "limit"), hidden=True)
async def list_alerts(asked: Asked) -> Answer:
    """My open ones, the latest first."""
    limit, me = asked.query.limit, asked.me
    hidden = hidden_from(me.is_admin)
    rows = await alerts.page(asked.db, asked.account_id, me.user_id, hidden, mark_of(asked), limit + 1)
    more = len(rows) > limit
    return said(
        {
            "alerts": [dict(row) for row in rows[:limit]],
            "after": f"{rows[limit - 1]['last_at']}.{rows[limit - 1]['id']}" if more else None,
        }
    )


@routes.on("POST", "/alerts", auth="session", body=Told, strict=True, hidden=True)
async def tell(asked: Asked, told: Told) -> Answer:
    """What went wrong in my browser is kept until I close it; the same again is counted."""
    if any("\0" in each or not each.strip() for each in (told.header, told.text)):
        raise Refused("Say what went wrong: a header and a text.")
    at = asked.now if told.date is None else min(told.date, asked.now)
    return said({"id": await deeds.tell(asked.db, asked.me, told.header.strip(), told.text.strip(), at)}, 201)


@routes.on("POST", "/alerts/{alert:text}/close", auth="session", hidden=True)
async def close(asked: Asked, alert_id: str) -> None:
    """Gone from all of my screens."""
    await deeds.close(asked.db, asked.me, uuid_of(alert_id, "alert"), asked.now)


@routes.on("POST", "/alerts/close", auth="session", body=Until, strict=True, hidden=True)
async def close_all(asked: Asked, given: Until) -> None:
    """All that have happened last at that moment or before: what I have not seen yet stays."""
    await deeds.close_all(asked.db, asked.me, given.until, asked.now)


def mark_of(asked: Asked) -> tuple[int, UUID] | None:
    """The place after which the next ones stand: `moment.id` of the last one."""
    text = asked.query.text("after") or ""
    if not text:
        return None
    moment, _, alert_id = text[:LONGEST_MARK].partition(".")
    at = int_of(moment)
    try:
        found = UUID(alert_id)
    except ValueError:
        found = None
    if at is None or found is None:
        raise Refused("after is what the page before has told.")
    return at, found
