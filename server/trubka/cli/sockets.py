"""uvicorn's WebSocket, which our hub writes to directly: a frame is made once and goes to thousands of sockets, and the
way through ASGI costs each of them more than the write itself. Hand-shakes and what clients send stay uvicorn's.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from trubka.api.app import WIRE
from trubka.live.hub import Ending, Frame

LONGEST_MESSAGE = 1_024  # bytes from a client: it has nothing to say
KERNEL_BYTES = 65_536  # that the system keeps for a socket which does not read
UNHEARD_MS = 60_000  # a client that has vanished without a word is given up
CLOSE_SECONDS = 3.0  # for a client to answer to a close frame


class Socket(WebSocketsSansIOProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.close_timeout = CLOSE_SECONDS
        bound = transport.get_extra_info("socket")
        if bound is not None:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
            if hasattr(socket, "TCP_USER_TIMEOUT") and bound.family != socket.AF_UNIX:
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope.setdefault("extensions", {})
        extensions[WIRE] = self
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # it was refused in words; uvicorn would complain of it

    def tell(self, frame: Frame) -> int:
        """The bytes that wait in this process."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return 0
        self.transport.write(frame.framed)
        return self.transport.get_write_buffer_size()

    def end(self, ending: Ending) -> None:
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": ending.code, "reason": ending.reason})
        self.conn.send_close(ending.code, ending.reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)
