"""A relay between the server and PostgreSQL, which a test takes away, or lets fall silent."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import parse_qs, urlsplit

import pytest


class Relay:
    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        folder = parse_qs(parts.query).get("host", [""])[0]
        if not folder.startswith("/"):
            pytest.skip("PostgreSQL is not reached by a socket here")
        self.path = f"{folder}/.s.PGSQL.5432"
        self.name = parts.path
        self.port = 0
        self.server: asyncio.Server | None = None
        self.open: list[asyncio.StreamWriter] = []
        self.speaks = asyncio.Event()
        self.speaks.set()

    @property
    def dsn(self) -> str:
        return f"postgresql://trubka@127.0.0.1:{self.port}{self.name}"

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_unix_connection(self.path)
        self.open += [writer, outer]
        with contextlib.suppress(OSError):
            await asyncio.gather(self.pump(reader, outer), self.pump(inner, writer))

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            await self.speaks.wait()
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.open:
            writer.close()
        self.open.clear()
