"""Where pages ended is remembered shortly and told apart; what is no page is refused."""

from typing import Any

import pytest

from tests.conftest import Client
from trubka.api import pages, server
from trubka.api.asked import Site
from trubka.db import Db


async def test_what_is_remembered_of_a_long_query_is_short(api: Client, site: Site):
    for name in ("One", "Two"):
        await api.post("/api/v4/contacts", json=[{"name": name}])
    for query in ("x=" + "y" * 40_000, "order[updated_at]=", ""):
        assert (await api.get(f"/api/v4/contacts?limit=1&{query}")).status_code == 200
    kept = list(site.pages._marks)  # pyright: ignore[reportPrivateUsage]
    assert len(kept) == 3
    assert max(len(repr(key)) for key in kept) < 500


async def test_a_page_is_looked_for_anew_after_a_while(api: Client, db: Db, monkeypatch: pytest.MonkeyPatch):
    """Whoever comes back the next day to page 2 gets today's, not what stood after yesterday's page 1."""

    async def names(page: int) -> list[str]:
        answer = await api.get(f"/api/v4/contacts?limit=1&page={page}")
        return [each["name"] for each in answer.json()["_embedded"]["contacts"]]

    for name in ("One", "Two", "Three"):
        await api.post("/api/v4/contacts", json=[{"name": name}])
    assert (await names(1), await names(2)) == (["One"], ["Two"])
    await db.run("update contacts set is_deleted = true where name = 'One'")
    assert await names(2) == ["Two"], "in one walk no row is left out"
    monkeypatch.setattr(pages, "MARK_SECONDS", -1)
    assert await names(2) == ["Three"]


async def test_a_web_socket_of_nowhere_is_refused_and_no_mistake(site: Site):
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/live",
        "raw_path": b"/live",
        "headers": [],
        "query_string": b"",
    }
    await server.over(site)(scope, receive, send)
    assert [(each["type"], each.get("status")) for each in sent] == [
        ("websocket.http.response.start", 404),
        ("websocket.http.response.body", None),
    ]
