"""Where pages ended is remembered shortly and told apart; what is no page is refused."""

from typing import Any

from tests.conftest import Client
from trubka.api import server
from trubka.api.asked import Site


async def test_what_is_remembered_of_a_long_query_is_short(api: Client, site: Site):
    for name in ("One", "Two"):
        await api.post("/api/v4/contacts", json=[{"name": name}])
    for query in ("x=" + "y" * 40_000, "order[updated_at]=", ""):
        assert (await api.get(f"/api/v4/contacts?limit=1&{query}")).status_code == 200
    kept = list(site.pages._marks)  # pyright: ignore[reportPrivateUsage]
    assert len(kept) == 3
    assert max(len(repr(key)) for key in kept) < 500


async def test_a_web_socket_is_refused_and_no_mistake(site: Site):
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "websocket", "path": "/live", "headers": [], "query_string": b""}
    await server.over(site)(scope, receive, send)
    assert sent == [{"type": "websocket.close"}]
