"""Asks a server as fast as it answers, over some connections: `python -m bench.load PORT CONNECTIONS SECONDS FILE`.

FILE holds the requests, whole, in a pickled list; each sending of one that holds the mark FRESH has another word there.
Prints how many were answered and how long each took.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
from typing import cast

import msgspec

FRESH = "as yet unwritten"  # 16 letters, as each of the words that come in its place
MARK = FRESH.encode()
begun = time.time_ns()


def fresh() -> str:
    """No process has said it before."""
    global begun
    begun += 1
    return f"{begun % 10**16:016}"


class Caller(asyncio.Protocol):
    def __init__(self, requests: list[bytes], place: int, until: float, done: asyncio.Event) -> None:
        self.requests, self.place, self.until, self.done = requests, place * 7_919, until, done
        self.taken: list[float] = []
        self.refused = 0
        self.left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # uvloop has classes of its own
        self.ask()

    def ask(self) -> None:
        self.begun = time.perf_counter()
        if self.begun >= self.until:
            self.transport.close()
            self.done.set()
            return
        self.place += 1
        request = self.requests[self.place % len(self.requests)]
        self.transport.write(request.replace(MARK, fresh().encode()) if MARK in request else request)

    def data_received(self, data: bytes) -> None:
        self.left += data
        end = self.left.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.left[:end].lower()
        place = head.find(b"content-length: ")
        length = int(head[place + 16 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(self.left) < end + 4 + length:
            return
        self.refused += head[9:12] not in (b"200", b"204")
        self.left = self.left[end + 4 + length :]
        self.taken.append(time.perf_counter() - self.begun)
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done.set()


async def main(port: int, connections: int, seconds: float, file: str) -> None:
    with open(file, "rb") as opened:
        requests: list[bytes] = pickle.load(opened)
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    callers = [Caller(requests, place, until, asyncio.Event()) for place in range(connections)]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    for caller in callers:
        await caller.done.wait()
    taken = sorted(each for caller in callers for each in caller.taken)
    told = {
        "answered": len(taken),
        "refused": sum(caller.refused for caller in callers),
        "p50_ms": taken[len(taken) // 2] * 1_000,
        "p99_ms": taken[int(len(taken) * 0.99)] * 1_000,
    }
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
