"""What our server asks the database for one request, recorded, so that the bare handler can ask exactly the same."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from trubka.api import server
from trubka.api.asked import Site
from trubka.db import Db


@dataclass
class Recorded:
    """One request and its statements: (planned for its values, text, values)."""

    method: str
    url: str
    body: bytes
    in_transaction: bool = False
    statements: list[tuple[bool, str, list[Any]]] = field(default_factory=list[tuple[bool, str, list[Any]]])
    answer: bytes = b""
    status: int = 0
    at: int = 0  # when its calls ended
    moves: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])  # of calls: bench/calls.py


class Listening:
    """A connection that writes down what it is asked."""

    def __init__(self, held: Any, recorded: Recorded, lists: bool) -> None:
        self._held = held
        self._recorded = recorded
        self._lists = lists

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._held, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return found

        async def asked(sql: str, *values: Any) -> Any:
            self._recorded.statements.append((self._lists, sql, msgspec.to_builtins(list(values), builtin_types=KEPT)))
            return await found(sql, *values)

        return asked

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[None]:
        self._recorded.in_transaction = True
        async with self._held.transaction():
            yield


KEPT: Any = (bytes,)


class Recording(Db):
    recorded: Recorded
    whole: Db

    @property
    def lists(self) -> Db:
        other = Recording(self._lists, self._lists, self.bell)
        other.recorded, other.planned = self.recorded, True
        return other

    planned = False

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        async with super().connection() as held:
            yield Listening(held, self.recorded, self.planned)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Db]:
        async with self.connection() as held, held.transaction():
            yield Db(None, None, self.bell, held)


async def record(
    site: Site, recorded: Recorded, headers: dict[str, str], body: Callable[[], bytes] | None = None
) -> Recorded:
    """Asks our own application twice: what is asked only once a second (the account) does not count."""
    for _ in range(2):
        if body is not None:
            recorded.body = body()
        recorded.statements.clear()
        db = Recording(site.db._pool, site.db._lists, site.db.bell)  # pyright: ignore[reportPrivateUsage]
        db.recorded = recorded
        watched = Site(**{name: getattr(site, name) for name in site.__slots__ if name != "db"}, db=db)
        recorded.status, recorded.answer = await called(server.over(watched), recorded, headers)
    assert recorded.status == 200, recorded.answer
    return recorded


async def called(application: Any, recorded: Recorded, headers: dict[str, str]) -> tuple[int, bytes]:
    path, _, query = recorded.url.partition("?")
    scope = {
        "type": "http",
        "method": recorded.method,
        "path": path,
        "query_string": query.encode(),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()]
        + [(b"content-length", str(len(recorded.body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": recorded.body}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await application(scope, receive, send)
    return told[0]["status"], b"".join(each.get("body", b"") for each in told)
