"""A web server that gives recordings as the worst of providers do. The path says how."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests import sounds

GOOD = sounds.wav(3, right=3_000)
BOMB = gzip.compress(bytes(50_000_000))


@dataclass
class Came:
    path: str
    headers: dict[str, str]


@dataclass
class Hostile:
    url: str = ""
    came: list[Came] = field(default_factory=list[Came])
    expires_after: int = 1  # answers of /expiring
    other: str = ""  # the address of another host, where /elsewhere leads
    drip_seconds: float = 0.02
    sent: int = 0  # bytes of /endless

    def asked(self, path: str) -> list[Came]:
        return [came for came in self.came if came.path.partition("?")[0] == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            came = Came(head[0].split(" ")[1], headers)
            self.came.append(came)
            await self.answer(came, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, came: Came, writer: asyncio.StreamWriter) -> None:
        path = came.path.partition("?")[0]
        name = path.strip("/").split("/")[0].partition(".")[0]
        answers: dict[str, Callable[[], Any]] = {
            "good": lambda: whole(GOOD),
            "expiring": lambda: whole(GOOD) if len(self.asked(path)) <= self.expires_after else whole(b"", 403),
            "late": lambda: whole(b"", 404) if len(self.asked(path)) <= 2 else whole(GOOD),
            "gone": lambda: whole(b"", 410),
            "broken": lambda: whole(b"", 500),
            "locked": lambda: whole(GOOD) if "authorization" in came.headers else whole(b"", 401),
            "chain": lambda: self.chain(path),
            "loop": lambda: redirect("/loop"),
            "private": lambda: redirect("http://10.1.2.3/good"),
            "metadata": lambda: redirect("http://169.254.169.254/latest/"),
            "file": lambda: redirect("file:///etc/passwd"),
            "odd": lambda: redirect("http://[broken/"),
            "elsewhere": lambda: redirect(f"{self.other}/locked"),
            "back": lambda: redirect(f"{self.url}/locked"),
            "truncated": lambda: head_of(len(GOOD)) + GOOD[: len(GOOD) // 2],
            "short": lambda: head_of(len(GOOD) // 2) + GOOD,  # the length is wrong, and less than there is
            "long": lambda: head_of(len(GOOD) + 1_000) + GOOD,
            "unsized": lambda: b"HTTP/1.0 200 OK\r\n\r\n" + GOOD,
            "cut": lambda: b"HTTP/1.0 200 OK\r\n\r\n" + GOOD[: len(GOOD) // 2],
            "html": lambda: whole(b"<!doctype html><title>Please sign in</title>", media="audio/mpeg"),
            "header": lambda: whole(sounds.header()),
            "silent": lambda: whole(sounds.wav(left=0)),
            "nothing": lambda: whole(b""),
            "nonsense": lambda: b"I do not speak HTTP\r\n\r\n",
            "packed": lambda: whole(gzip.compress(GOOD), coding="gzip"),
            "bomb": lambda: whole(BOMB, coding="gzip"),
            "unpacked": lambda: whole(b"not packed at all", coding="gzip"),
            "halfpacked": lambda: whole(gzip.compress(GOOD)[:200], coding="gzip"),
            "claims": lambda: head_of(10**15),
            "mute": lambda: b"",
        }
        if name == "endless":
            await self.endless(writer)
        elif name == "drip":
            await self.drip(writer)
        else:
            made = answers.get(name, lambda: whole(b"", 404))()
            writer.write(made)
            await writer.drain()
            if name in ("mute", "claims"):
                await asyncio.sleep(30)

    def chain(self, path: str) -> bytes:
        """/chain/5 needs five redirects."""
        left = int(path.rpartition("/")[2])
        return redirect(f"/chain/{left - 1}" if left > 1 else "/good")

    async def endless(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\nconnection: close\r\n\r\n" + GOOD[:44])
        while True:
            writer.write(bytes(65_536))
            await writer.drain()
            self.sent += 65_536

    async def drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(head_of(len(GOOD)))
        for place in range(len(GOOD)):
            writer.write(GOOD[place : place + 1])
            await writer.drain()
            await asyncio.sleep(self.drip_seconds)


def head_of(length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: {length}\r\n\r\n".encode()


def whole(body: bytes, status: int = 200, media: str = "audio/wav", coding: str = "") -> bytes:
    more = f"content-encoding: {coding}\r\n" if coding else ""
    head = f"HTTP/1.1 {status} So\r\ncontent-type: {media}\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def redirect(place: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n".encode()


@asynccontextmanager
async def hostile(host: str = "127.0.0.1") -> AsyncGenerator[Hostile]:
    server = Hostile()
    listening = await asyncio.start_server(server.serve, host, 0)
    server.url = f"http://{host}:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
