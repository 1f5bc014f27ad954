"""What happens, as it happens: a snapshot to start with, a socket, and a long-poll for where no socket gets through
(docs/live.md)."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from trubka.api.asked import JSON, Answer, Asked
from trubka.api.routes import Routes
from trubka.errors import Refused
from trubka.live import hub as hubs
from trubka.live.hub import Ending, Frame, Listener, StartAgain, Wire
from trubka.live.snapshot import Snapshot, snapshot
from trubka.rules.facts import Told

USUAL_WAIT = 25  # seconds of a long-poll
LONGEST_WAIT = 60
NOT_KEPT = ("cache-control", "no-store")
LATER = Ending(1013, "try again in a moment")

routes = Routes("/live")


class Facts(msgspec.Struct):
    """What is new since the position that was asked from, and the position after it."""

    position: str
    facts: list[Told]


@routes.on("GET", "/snapshot", answer=Snapshot, media=JSON)
async def live_snapshot(asked: Asked) -> Answer:
    """What a desk shows at this moment, and the position from which facts change it."""
    myself(asked)
    return Answer(await snapshot(asked.db, asked.me, asked.now), 200, JSON, [NOT_KEPT])


@routes.on("GET", "/facts", answer=Facts, media=JSON, query=("position", "wait"))
async def live_facts(asked: Asked) -> Answer:
    """What is new since a position; waits for it."""
    myself(asked)
    position = hubs.position_of(asked.query.text("position") or "")
    wait = asked.query.text("wait") or str(USUAL_WAIT)
    if not (wait.isascii() and wait.isdigit() and len(wait) < 4 and int(wait) <= LONGEST_WAIT):
        raise Refused(f"`wait` is 0 to {LONGEST_WAIT} seconds.")
    poll = Poll()
    listener = listener_of(asked, poll)
    await asked.site.hub.join(listener, position, asked.changes)
    try:
        await poll.heard(int(wait))
    finally:
        asked.site.hub.leave(listener)
    return Answer(poll.body(), 200, JSON, [NOT_KEPT])


@routes.on("SOCKET", "/socket", query=("position",), hidden=True)
async def live_socket(asked: Asked, wire: Wire, receive: Any, send: Any) -> None:
    """What is new since a position, for as long as the socket is open."""
    myself(asked)
    position = hubs.position_of(asked.query.text("position") or "")
    listener = listener_of(asked, wire)
    hub = asked.site.hub
    hub.check(listener)
    await send({"type": "websocket.accept"})
    try:
        await hub.join(listener, position, asked.changes)
        if (await receive())["type"] == "websocket.receive":
            wire.end(hubs.TALKED)
    except StartAgain:
        wire.end(hubs.AGAIN)
    except Refused:
        wire.end(LATER)
    finally:
        hub.leave(listener)


def myself(asked: Asked) -> None:
    if "x-context-user-id" in asked.headers:
        raise Refused("X-Context-User-ID does not work here: facts are told by the token's own rights.")


def listener_of(asked: Asked, wire: Wire) -> Listener:
    return Listener(
        asked.me,
        wire,
        session=asked.session.id if asked.session else None,
        grant=asked.claims.grant_id if asked.claims else None,
        until=asked.claims.expires_at if asked.claims else 0,
    )


class Poll:
    """Hears until there is something."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._ended = False
        self._done = asyncio.Event()

    def tell(self, frame: Frame) -> int:
        if self._frame is None or not self._frame.count:
            self._frame = frame  # what comes after the first news is told to the next question
        if frame.count:
            self._done.set()
        return 0

    def end(self, ending: Ending) -> None:
        self._ended = True
        self._done.set()

    async def heard(self, seconds: int) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            pass

    def body(self) -> bytes:
        if self._ended or self._frame is None:
            raise StartAgain
        return self._frame.body
