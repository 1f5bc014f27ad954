"""The company's settings, its audit list, and the end of the demo company."""

from __future__ import annotations

from typing import Any

from trubka.actions import accounts as deeds
from trubka.actions import sessions as doors
from trubka.actions.accounts import AccountChange
from trubka.api.asked import Answer, Asked
from trubka.api.desk import COMPANY, said
from trubka.api.query import INT8
from trubka.api.routes import Routes
from trubka.db import accounts, audit, demo, leases

routes = Routes("/desk")


@routes.on("GET", "/company", auth="session", hidden=True)
async def company(asked: Asked) -> Answer:
    """What everybody of the company may know of it."""
    return said(await company_of(asked))


@routes.on("PATCH", "/company", auth="session", admin=True, body=AccountChange, hidden=True)
async def change_company(asked: Asked, change: AccountChange) -> Answer:
    """Changes what is given."""
    await deeds.change(asked.db, asked.by, change)
    asked.changed()
    return said(await company_of(asked))


@routes.on("GET", "/demo", auth="session", hidden=True)
async def demo_stands(asked: Asked) -> Answer:
    """Whether the weeks of the demo company are being made at this moment."""
    return said({"filling": await leases.is_held(asked.db, demo.FILLING)})


@routes.on("DELETE", "/demo", auth="session", admin=True, hidden=True)
async def remove_demo(asked: Asked) -> Answer:
    """The demo company goes, with all that is in it."""
    empty = await deeds.remove_demo(asked.db, asked.account_id)
    asked.changed()
    link = asked.page(f"/link#{await doors.link(asked.db, 'first_run')}") if empty else None
    return said({"link": link})


@routes.on("GET", "/audit", auth="session", admin=True, hidden=True)
async def audit_list(asked: Asked) -> Answer:
    """What administrators did, the newest first."""
    limit = asked.query.limit
    rows = await audit.newest(asked.db, asked.account_id, asked.query.int("before") or INT8, limit + 1)
    more = len(rows) > limit
    return said({"audit": [dict(row) for row in rows[:limit]], "before": rows[limit - 1]["id"] if more else None})


async def company_of(asked: Asked) -> dict[str, Any]:
    row = await accounts.get(asked.db, asked.account_id)
    assert row is not None
    return {name: row[name] for name in COMPANY}
