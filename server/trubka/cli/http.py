"""uvicorn's HTTP with limits of ours: a request's head may neither dawdle nor grow without end."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15
HEAD_BYTES = 131_072
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Limited(HttpToolsProtocol):
    head_bytes = 0
    hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._begin()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._grow(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._relax()
        if self.head_bytes <= HEAD_BYTES:
            super().on_headers_complete()

    def _begin(self) -> None:
        self._relax()
        self.head_bytes = 0
        self.hurry = self.loop.call_later(HEAD_SECONDS, self._end, TOO_SLOW)

    def _relax(self) -> None:
        if self.hurry is not None:
            self.hurry.cancel()
            self.hurry = None

    def _grow(self, more: int) -> None:
        before, self.head_bytes = self.head_bytes, self.head_bytes + more
        if before <= HEAD_BYTES < self.head_bytes:
            self._end(TOO_LARGE)

    def _end(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
