"""A web server that takes webhooks down, and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

HERE = ("127.0.0.0/8",)


@dataclass
class Came:
    path: str
    headers: dict[str, str]
    raw: str

    @property
    def body(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw, keep_blank_values=True, strict_parsing=True))

    @property
    def event(self) -> str:
        return self.headers["x-trubka-event"]


@dataclass
class Receiver:
    url: str
    status: Callable[[Came], int]
    came: list[Came] = field(default_factory=list[Came])
    seconds: float = 0.0  # before it answers
    open: int = 0
    most_open: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, count: int, seconds: float = 10) -> list[Came]:
        """What has come, once it is so much."""
        async with asyncio.timeout(seconds), self.news:
            await self.news.wait_for(lambda: len(self.came) >= count)
        return self.came

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                raw = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                came = Came(head[0].split(" ")[1], headers, raw)
                async with self.news:
                    self.came.append(came)
                    self.news.notify_all()
                self.open += 1
                self.most_open = max(self.open, self.most_open)
                await asyncio.sleep(self.seconds)
                self.open -= 1
                writer.write(f"HTTP/1.1 {self.status(came)} Fine\r\ncontent-length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(status: Callable[[Came], int] = lambda _: 200) -> AsyncGenerator[Receiver]:
    receiver = Receiver("", status)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield receiver
    finally:
        server.close()
