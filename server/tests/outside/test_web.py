"""The door for outgoing requests, against real servers that misbehave."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import certificates
from trubka.errors import CannotStart, Trouble
from trubka.outside import web
from trubka.outside.web import Refusal, Web, checked, is_open, networks, shown

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HERE = ("127.0.0.0/8",)


@asynccontextmanager
async def serving(serve: Serve) -> AsyncGenerator[str]:
    async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(each, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def head_of(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\r\n\r\n")).decode()


def answering(text: str) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await head_of(reader)
            except asyncio.IncompleteReadError:
                return
            length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0)
            await reader.readexactly(length)
            writer.write(text.replace("\n", "\r\n").encode())

    return serve


FINE = "HTTP/1.1 200 OK\ncontent-length: 2\n\nok"


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("239.1.1.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.1.1.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:7f00:1::", False),
        ("2002:c0a8:101::1", False),
    ],
)
def test_only_public_addresses_are_open(text: str, open_: bool):
    assert is_open(ipaddress.ip_address(text), ()) is open_


@pytest.mark.parametrize(
    ("text", "open_"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("10.2.0.1", False), ("fd00::7", True), ("127.0.0.1", False)],
)
def test_the_administrator_may_open_a_network(text: str, open_: bool):
    assert is_open(ipaddress.ip_address(text), networks(("10.1.0.0/16", "fd00::/64"))) is open_


def test_a_wrong_network_stops_the_start():
    with pytest.raises(CannotStart, match="TRUBKA_PRIVATE_NETWORKS"):
        networks(("10.0.0.0/99",))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com",
        "//example.com/x",
        "example.com",
        "http://",
        "http:///x",
        "http://exam ple.com/",
        "http://example.com/\r\nX: y",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://пример.рф/",
        "http://example.com\\@127.0.0.1/",
        "http://[::1",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://db.localhost:5432/",
        "http://[::1]:80/",
        "http://[::ffff:127.0.0.1]/",
        "http://192.168.0.1/x",
        "https://user:secret@10.0.0.1/",
        "http://example.com/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str):
    with pytest.raises(Refusal):
        checked(url, ())


def test_a_log_shows_no_secrets():
    assert shown("https://user:secret@hooks.example:8443/path/token?key=1#x") == "https://hooks.example:8443"
    assert shown("http://[::1") == "(not an address)"


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "017700000001"])
async def test_odd_spellings_of_this_machine_are_refused(host: str):
    async with Web() as door:
        with pytest.raises(Refusal):
            await door.send("GET", f"http://{host}:1/", seconds=2)


async def test_an_answer_comes_and_the_connection_is_used_again():
    opened = 0
    answer = answering(FINE)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await answer(reader, writer)

    async with serving(serve) as url, Web(HERE) as door:
        for _ in range(3):
            answered = await door.send("POST", url, body=b"a=1", seconds=2)
            assert (answered.status, answered.body, answered.cut) == (200, b"ok", False)
    assert opened == 1


async def test_what_is_sent_stands_in_the_request():
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await head_of(reader))
        writer.write(FINE.replace("\n", "\r\n").encode())

    async with serving(serve) as url, Web(HERE) as door:
        place = url.replace("http://", "http://me:p%40ss@")
        await door.send("POST", f"{place}/in?x=1#y", body=b"a", seconds=2, headers={"X-Sign": "1"})
    assert heads[0].startswith("POST /in?x=1 HTTP/1.1\r\n")
    assert "authorization: Basic bWU6cEBzcw==" in heads[0]
    assert "x-sign: 1" in heads[0]
    assert f"host: {url.removeprefix('http://')}\r\n" in heads[0]


async def test_a_name_that_points_here_is_refused(monkeypatch: pytest.MonkeyPatch):
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving(answering(FINE)) as url, Web() as door:
        with pytest.raises(Refusal, match="not a public address"):
            await door.send("GET", url.replace("127.0.0.1", "rebound.example"), seconds=2)


async def test_the_name_is_asked_for_once_and_that_address_is_connected_to(monkeypatch: pytest.MonkeyPatch):
    """A second look-up, between the check and the connection, would give another address: there is none."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving(answering(FINE)) as url, Web(("127.0.0.1/32",)) as door:
        answered = await door.send("GET", url.replace("127.0.0.1", "rebound.example"), seconds=2)
    assert (answered.status, asked) == (200, ["rebound.example"])


async def test_of_several_addresses_the_open_ones_are_tried(monkeypatch: pytest.MonkeyPatch):
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (each, port)) for each in ("10.0.0.1", "127.0.0.9", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving(answering(FINE)) as url, Web(HERE) as door:
        assert (await door.send("GET", url.replace("127.0.0.1", "many.example"), seconds=2)).status == 200


async def test_redirects_are_not_followed_unless_asked_for():
    text = "HTTP/1.1 302 Found\nlocation: /other\ncontent-length: 0\n\n"
    async with serving(answering(text)) as url, Web(HERE) as door:
        assert (await door.send("POST", url, seconds=2)).status == 302
        with pytest.raises(Trouble, match="redirects"):
            await door.send("GET", url, seconds=2, redirects=3)


@pytest.mark.parametrize("place", ["http://10.0.0.1/", "http://[::1]:9/", "http://localhost:1/", "file:///etc/passwd"])
async def test_a_redirect_to_a_private_place_is_refused(place: str):
    text = f"HTTP/1.1 302 Found\nlocation: {place}\ncontent-length: 0\n\n"
    async with serving(answering(text)) as url, Web(("127.0.0.1/32",)) as door:
        with pytest.raises(Refusal):
            await door.send("GET", url, seconds=2, redirects=5) if "localhost" not in place else checked(place, ())


async def test_a_redirect_to_another_host_carries_no_password():
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await head_of(reader))
        writer.write(FINE.replace("\n", "\r\n").encode())

    async with serving(serve) as other, Web(HERE) as door:
        text = f"HTTP/1.1 303 See Other\nlocation: {other}/there\ncontent-length: 0\n\n"
        async with serving(answering(text)) as url:
            told = {"Authorization": "Bearer secret", "X-Other": "1"}
            assert (await door.send("POST", url, body=b"a", seconds=2, headers=told, redirects=1)).status == 200
    assert heads[0].startswith("GET /there ")
    assert "secret" not in heads[0]


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte now and then: no single wait is long."""
    for letter in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await head_of(reader)


async def babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"I am no web server\r\n\r\n" * 100)
    await asyncio.sleep(1)


async def heavy_headed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        writer.write(b"x-%d: " % number + b"y" * 1000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (silent, "in time"),
        (dripping, "in time"),
        (gone, "does not speak HTTP"),
        (babbling, "does not speak HTTP"),
        (heavy_headed, "does not speak HTTP"),
    ],
)
async def test_a_server_that_gives_no_answer_costs_little_time(serve: Serve, told: str):
    begun = time.monotonic()
    async with serving(serve) as url, Web(HERE) as door:
        with pytest.raises(Trouble, match=told) as trouble:
            await door.send("POST", url, body=b"x", seconds=0.5)
        assert trouble.value.again
    assert time.monotonic() - begun < 2


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def stuck_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    await asyncio.sleep(30)


async def short_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await head_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")


@pytest.mark.parametrize(("serve", "size"), [(endless, 1000), (stuck_body, 4), (short_body, 4)])
async def test_a_body_is_cut_and_its_status_counts(serve: Serve, size: int):
    begun = time.monotonic()
    async with serving(serve) as url, Web(HERE) as door:
        answered = await door.send("POST", url, seconds=0.5, most_bytes=1000)
    assert (answered.status, len(answered.body), answered.cut) == (200, size, True)
    assert time.monotonic() - begun < 2


async def test_nobody_listens():
    async with serving(answering(FINE)) as url:
        pass
    async with Web(HERE) as door:
        with pytest.raises(Trouble, match="cannot be connected to"):
            await door.send("GET", url, seconds=2)
        with pytest.raises(Trouble, match="the name is not known"):
            await door.send("GET", "http://nothing.invalid/", seconds=5)


async def test_a_body_can_be_read_piece_by_piece():
    async with serving(endless) as url, Web(HERE) as door:
        size = 0
        async with door.open(url, seconds=2) as answer:
            async for piece in answer.aiter_stream():
                size += len(piece)
                if size > 1_000_000:
                    break
        assert size > 1_000_000
        with pytest.raises(Trouble, match="has not sent all of it"):
            async with door.open(url, seconds=0.2) as answer:
                async for _ in answer.aiter_stream():
                    pass


async def test_a_certificate_must_fit(tmp_path: Path):
    """A server of an authority that we do not know is not believed."""
    authority, context = certificates.make(tmp_path, "127.0.0.1")
    server = await asyncio.start_server(answering(FINE), "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        async with Web(HERE) as door:
            with pytest.raises(Trouble, match="cannot be connected to"):
                await door.send("GET", url, seconds=3)
        async with Web(HERE, trust=ssl.create_default_context(cafile=authority)) as door:
            assert (await door.send("GET", url, seconds=3)).status == 200
            with pytest.raises(Trouble, match="cannot be connected to"):  # the name must be the certificate's
                await door.send("GET", url.replace("127.0.0.1", "127.0.0.1.nip.invalid"), seconds=3)
    finally:
        server.close()


def test_limits_have_names():
    assert (web.CONNECTIONS, web.LONGEST_URL) == (100, 2_000)
