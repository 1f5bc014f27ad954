"""Sockets: what one costs in memory, how a broadcast compares with writing the same bytes, how soon an agent is told.

`python -m bench.sockets [--sockets 10000]`. One process is the server with its hub, this one is all the browsers. The
limit is measured with the same sockets in the same run: the bare `transport.write` of the same frame to each; a ping.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import socket
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench.ground import ground
from trubka import db as database
from trubka.api import server
from trubka.api.tokens import Grant, sign
from trubka.cli.serve import Web, config_of, spare
from trubka.db import facts, grants
from trubka.live import hub as hubs
from trubka.rules.facts import AccountChanged
from trubka.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
HANDSHAKE = (
    "GET /live/socket?position={position} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
)
PING = bytes([0x89, 0x80, 1, 2, 3, 4])
SOCKETS = 10_000
AGENTS = 1_000  # sockets while an agent waits to be told
POSTS = 300
WARMING = 20  # that do not count
BROADCASTS = 20
AT_ONCE = 100  # sockets opened at the same time


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.sockets")
    given.add_argument("--sockets", type=int, default=SOCKETS)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "bench")
    given.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.serve:
        uvloop.run(serve(asked.serve[0], int(asked.serve[1])))
    else:
        measure(asked.folder, asked.sockets)


def measure(folder: Path, sockets: int = SOCKETS) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and most < sockets + 200:
        sys.exit(f"This machine lets a process open {most} files: fewer sockets, or a higher limit.")
    uvloop.run(crowd(folder, sockets))


# The server, with two deeds more: they are asked for by a line on its standard input.


async def serve(dsn: str, fd: int) -> None:
    hubs.MOST_A_PROCESS = hubs.MOST_A_USER = hubs.MOST_A_SESSION = 1_000_000
    db = await database.connect(dsn)
    site = await server.site_of(db, Settings())
    web = Web(config_of(server.over(site), site.settings))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    spare()
    async with server.living(site), asyncio.TaskGroup() as group:
        serving = group.create_task(web.serve(sockets=[socket.socket(fileno=fd)]))
        while line := (await lines.readline()).decode().strip():
            told: Any = await {"raw": raw, "broadcast": broadcast, "memory": memory}[line](site)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        web.should_exit = True
        await serving


async def memory(site: Any) -> Any:
    import gc

    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"bytes": pages * os.sysconf("SC_PAGE_SIZE"), "sockets": site.hub.count}


def listeners(site: Any) -> list[hubs.Listener]:
    return [each for room in site.hub._rooms.values() for each in room.listeners()]


async def raw(site: Any) -> Any:
    """The same bytes to the same transports, and nothing else."""
    wires: list[Any] = [listener.wire for listener in listeners(site)]
    transports: list[Any] = [wire.transport for wire in wires]
    frame = hubs.Frame(site.hub._said, [b'{"fact":"account_changed","by":0,"at":1,"what":"bench"}']).framed
    return await measured(site, lambda: None, lambda: write(transports, frame))


async def write(transports: list[Any], frame: bytes) -> None:
    for place, transport in enumerate(transports):
        transport.write(frame)
        if place % hubs.AT_ONCE == hubs.AT_ONCE - 1:
            await asyncio.sleep(0)


async def broadcast(site: Any) -> Any:
    """A fact to everybody: recorded, read, judged, made a frame and written; without the rights, read anew after it."""
    account_id = next(iter(site.hub._rooms))
    tell, obey, told = site.hub._tell, site.hub._obey, asyncio.Event()

    async def telling(items: Any) -> None:
        await tell(items)
        if items:
            told.set()

    async def nothing(items: Any) -> None: ...

    async def one() -> None:
        told.clear()
        await facts.record(site.db, account_id, [], [AccountChanged(0, 1, "bench")])
        await told.wait()

    site.hub._tell, site.hub._obey = telling, nothing
    try:
        return await measured(site, lambda: None, one)
    finally:
        site.hub._tell, site.hub._obey = tell, obey


async def measured(site: Any, before: Any, deed: Any) -> Any:
    """Milliseconds of this process's CPU, and by the clock."""
    cpu: list[float] = []
    clock: list[float] = []
    for _ in range(BROADCASTS):
        await asyncio.sleep(0.2)  # those before have read
        began, started = time.perf_counter(), time.process_time()
        await deed()
        cpu.append((time.process_time() - started) * 1_000)
        clock.append((time.perf_counter() - began) * 1_000)
    return {"cpu_ms": statistics.median(cpu), "clock_ms": statistics.median(clock)}


# The browsers.


class Browser(asyncio.Protocol):
    """Counts what it is told; the one that is watched says when."""

    watched: asyncio.Event | None = None

    def __init__(self, hello: bytes) -> None:
        self.hello = hello
        self.head = b""
        self.heard_at = 0.0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.hello)

    def data_received(self, data: bytes) -> None:
        if not self.ready.done():
            self.head += data
            if b'"facts":[' in self.head:
                assert self.head.startswith(b"HTTP/1.1 101"), self.head[:300]
                self.ready.set_result(None)
        elif self.watched is not None:
            self.heard_at = time.perf_counter()
            self.watched.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(AssertionError(f"cut off: {self.head[:300]}"))


async def crowd(folder: Path, sockets: int) -> None:
    async with ground(folder, 1_000) as base:
        site = await server.site_of(base.db, Settings())
        tokens = [await token(site, base, name) for name in sorted(base.users)]
        mine = await token(site, base, "few")
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        bound.listen(4_096)
        port = bound.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.sockets", "--serve", base.dsn, str(bound.fileno()),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, pass_fds=[bound.fileno()],
            cwd=ROOT / "server",
        )  # fmt: skip
        bound.close()
        try:
            await told(sockets, base, process, port, tokens, mine)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()


async def told(sockets: int, base: Any, process: Any, port: int, tokens: list[str], mine: str) -> None:
    print(f"\nSockets. A load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before this begins.")
    position = await facts.position(base.db)
    empty = await ask(process, "memory")
    (agent,) = await opened(port, position, [mine], 1)
    await opened(port, position, tokens, AGENTS - 1)
    pings = await pinged(agent)
    answers, frames = await posted(base, port, agent, mine)
    print(f"{'ms':<50}{'p50':>8}{'p99':>8}")
    rows = (
        (f"ping → pong, {AGENTS:,} sockets", pings),
        ("POST /api/v2/events → its answer", answers),
        ("POST /api/v2/events → frame (promise: p99 ≤ 3)", frames),
    )
    for name, taken in rows:
        print(f"{name:<50}{part(taken, 0.5):>8.2f}{part(taken, 0.99):>8.2f}")
    await opened(port, position, tokens, sockets - AGENTS)
    full = await ask(process, "memory")
    each = (full["bytes"] - empty["bytes"]) / full["sockets"] / 1_024
    print(f"\n{full['sockets']:,} sockets: {each:.1f} KiB each (promise: ≤ 48)")
    raw, ours = await ask(process, "raw"), await ask(process, "broadcast")
    print(f"bare writes: {raw['cpu_ms']:.0f} ms of CPU, {raw['clock_ms']:.0f} by the clock")
    print(f"a fact to everybody: {ours['cpu_ms']:.0f} ms of CPU, {ours['clock_ms']:.0f} by the clock")
    print(f"of bare writes: {raw['cpu_ms'] / ours['cpu_ms']:.2f} (promise: ≥ 0.45)")


async def ask(process: Any, deed: str) -> Any:
    process.stdin.write(f"{deed}\n".encode())
    return json.loads(await process.stdout.readline())


async def opened(port: int, position: str, tokens: list[str], count: int) -> list[Browser]:
    found: list[Browser] = []
    while len(found) < count:
        some = [
            Browser(HANDSHAKE.format(position=position, token=tokens[place % len(tokens)]).encode())
            for place in range(len(found), min(len(found) + AT_ONCE, count))
        ]
        for browser in some:
            await asyncio.get_running_loop().create_connection(lambda browser=browser: browser, "127.0.0.1", port)
        await asyncio.wait_for(asyncio.gather(*(browser.ready for browser in some)), 60)
        found += some
    return found


async def pinged(agent: Browser) -> list[float]:
    """A socket's own round: what nothing can be quicker than."""
    agent.watched = asyncio.Event()
    taken: list[float] = []
    for _ in range(POSTS):
        agent.watched.clear()
        began = time.perf_counter()
        agent.transport.write(PING)
        await agent.watched.wait()
        taken.append((time.perf_counter() - began) * 1_000)
    return sorted(taken)


async def posted(base: Any, port: int, agent: Browser, token: str) -> tuple[list[float], list[float]]:
    """A call of a contact is announced to the agent: when that was answered, and when the agent was told."""
    assert agent.watched is not None
    row = await base.db.row(
        "select h.digits from phones h join contacts c on c.account_id = $1 and c.id = h.id where h.account_id = $1"
        " and h.entity = 1 and c.responsible_user_id = $2 limit 1",
        base.account_id,
        base.users["few"],
    )
    item = {"event": "phone_call", "type": "phone_call", "phone_number": row["digits"], "users": [base.users["few"]]}
    body = json.dumps({"add": [item]}).encode()
    head = f"POST /api/v2/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    request = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers: list[float] = []
    frames: list[float] = []
    for place in range(POSTS + WARMING):
        agent.watched.clear()
        began = time.perf_counter()
        writer.write(request)
        answered = await reader.readuntil(b"\r\n\r\n")
        ended = time.perf_counter()
        assert answered.startswith(b"HTTP/1.1 202"), answered
        told = await reader.readexactly(int(answered.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
        assert b'"element_id":null' not in told, told
        await asyncio.wait_for(agent.watched.wait(), 10)
        if place >= WARMING:
            answers.append((ended - began) * 1_000)
            frames.append((agent.heard_at - began) * 1_000)
        await asyncio.sleep(0.01)
    writer.close()
    return sorted(answers), sorted(frames)


def part(times: list[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]


async def token(site: Any, base: Any, who: str) -> str:
    now = int(time.time())
    grant = await grants.add(base.db, base.account_id, None, base.users[who], False, "bench", now + 86_400)
    told = Grant(base.account_id, base.users[who], grant, "", ["crm"], "127.0.0.1", "127.0.0.1", now, now + 86_400)
    return await sign(site.known, told)


if __name__ == "__main__":
    main()
