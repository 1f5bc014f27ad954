"""Leads a client that insists on https://SUBDOMAIN.amocrm.ru to a server of ours, with nothing of it patched.

A forward proxy on the loopback: CONNECT to an amoCRM name is ended here with a certificate of a throw-away authority,
and what is asked inside goes to our server, with the scheme told as a real proxy tells it. Any other name is refused,
so that a client under test can reach nothing else.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests import certificates

NAMES = ("*.amocrm.ru", "*.amocrm.com", "*.kommo.com")
OURS = re.compile(r"[a-z0-9-]+\.(amocrm\.ru|amocrm\.com|kommo\.com)")
PIECE = 65_536


@asynccontextmanager
async def redirecting(server: str, folder: Path) -> AsyncGenerator[dict[str, str]]:
    """The environment in which a client finds `server` under every amoCRM name."""
    authority, context = certificates.make(folder, *NAMES)
    place = urlsplit(server)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await tunnel(reader, writer, context, place.hostname or "", place.port or 80)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client has what it wanted, and goes
        finally:
            writer.close()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    try:
        yield {
            **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), url),
            **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), str(authority)),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
        }
    finally:
        proxy.close()


async def tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, host: str, port: int
) -> None:
    method, target, *_ = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ")
    if method != "CONNECT" or not OURS.fullmatch(target.rpartition(":")[0]):
        writer.write(b"HTTP/1.1 403 Not an amoCRM name\r\ncontent-length: 0\r\n\r\n")
        return
    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
    await writer.start_tls(context)
    ours, to_us = await asyncio.open_connection(host, port)
    try:
        async with asyncio.TaskGroup() as group:
            answers = group.create_task(copy(ours, writer))
            await requests(reader, to_us)
            answers.cancel()
    finally:
        to_us.close()


async def requests(reader: asyncio.StreamReader, to_us: asyncio.StreamWriter) -> None:
    """Every request with its body, until the client goes."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        to_us.write(head[:-2] + b"X-Forwarded-Proto: https\r\n\r\n")
        if b"\r\ntransfer-encoding: chunked" in head.lower():
            to_us.write(await reader.readuntil(b"0\r\n\r\n"))
        elif found := re.search(rb"\r\ncontent-length: *(\d+)", head.lower()):
            to_us.write(await reader.readexactly(int(found[1])))
        await to_us.drain()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()
