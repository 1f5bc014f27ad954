"""Hostile input against a real server: each is refused with a sentence or taken harmlessly; nothing else changes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests import programs
from tests.cast import Cast
from trubka.api import server
from trubka.api.asked import Site
from trubka.cli.http import HEAD_BYTES
from trubka.db import Db

BIG = 10_500_000


@pytest.fixture
async def served(dsn: str, db: Db, site: Site, cast: Cast) -> Any:
    program = programs.serve(dsn, TRUBKA_BODY_SECONDS="1")
    token = await cast.token(db, site, "olga")
    async with httpx.AsyncClient(base_url=program.url, headers={"authorization": f"Bearer {token}"}) as client:
        yield client
    assert program.stop() == 0


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


BODIES = [
    ("a NUL", '[{"name": "a\\u0000b"}]', 400),
    ("a lone surrogate", '[{"name": "\\ud800"}]', 400),
    ("bytes that are no UTF-8", b'[{"name": "\xff\xfe"}]', 400),
    ("a number beyond int8", '[{"responsible_user_id": 9223372036854775808}]', 400),
    ("a number far beyond", '[{"created_at": 1' + "0" * 400 + "}]", 400),
    ("NaN", '[{"created_at": NaN}]', 400),
    ("infinity", '[{"created_at": 1e999}]', 400),
    ("the year 99999", '[{"created_at": 3093527980800}]', 400),
    ("a negative time", '[{"created_at": -1}]', 400),
    ("251 items", json.dumps([{"name": "x"}] * 251), 400),
    ("no item", "[]", 400),
    ("nothing", "", 400),
    ("no JSON", "hello", 400),
    ("1,000 levels", "[" + deep(1_000) + "]", 400),
    ("100,000 levels", "[" * 100_000, 400),
    ("a name without end", json.dumps([{"name": "x" * 100_000}]), 400),
    ("10 MB", '[{"name": "' + "x" * BIG + '"}]', 413),
    ("a value that is a tree", '[{"name": {"a": [1]}}]', 400),
    ("a stranger's user", '[{"responsible_user_id": 1}]', 400),
    ("an unknown field", '[{"custom_fields_values": [{"field_id": 1, "values": [{"value": "x"}]}]}]', 400),
    (
        "300 values",
        json.dumps([{"custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "1"}] * 300}]}]),
        400,
    ),
]


async def test_a_body_is_refused_and_nothing_is_changed(client_of: Any, db: Db):
    api = await client_of("olga")
    got: dict[str, int] = {}
    for name, body, _ in BODIES:
        raw = body if isinstance(body, bytes) else body.encode()
        answer = await api.post("/api/v4/contacts", content=raw, headers={"content-type": "application/json"})
        got[name] = answer.status_code
        assert answer.json()["detail"], name
    assert got == {name: status for name, _, status in BODIES}
    assert await db.value("select count(*) from contacts") == 0
    assert await db.value("select count(*) from facts") == await db.value("select count(*) from events") == 0


QUERIES = [
    ("filter[id]=99999999999999999999999", 204),
    ("filter[id][]=abc", 204),
    ("filter[updated_at][from]=99999999999999999999", 204),
    ("page=999999999999999999&limit=250", 204),
    ("limit=251", 422),
    ("query=%00", 400),
    ("query=" + "x" * 40_000, 204),
    ("query=%ff%fe%ed%a0%80", 204),
    ("query=%25%5F%27%22%3B--", 204),
    ("query=" + "%D0%B8%20" * 4_000, 204),
    ("&".join(f"filter[id][]={n}" for n in range(2_000)), 204),
    ("&".join("a[]=1" for _ in range(5_001)), 400),
    ("filter" + "[x]" * 50 + "=1", 400),
    ("a=" + "x" * 51_000, 413),
    ("order[id]=sideways&order[drop table]=asc", 204),
    ("with=" + ",".join(["leads"] * 1_000), 204),
    ("filter[custom_fields_values][x][]=1&filter[custom_fields_values]=2", 204),
    ("filter[name][]=" + "y" * 5_000, 204),
]


async def test_a_query_is_answered(client_of: Any):
    api = await client_of("olga")
    got: dict[str, int] = {}
    for query, _ in QUERIES:
        began = time.monotonic()
        got[query[:40]] = (await api.get(f"/api/v4/contacts?{query}")).status_code
        assert time.monotonic() - began < 5, query[:40]
    assert got == {query[:40]: status for query, status in QUERIES}


PATHS = [
    ("/api/v4/contacts/0", 404),
    ("/api/v4/contacts/9223372036854775808", 404),
    ("/api/v4/contacts/9223372036854775807", 204),
    ("/api/v4/contacts/-1", 404),
    ("/api/v4/contacts/%00", 404),
    ("/api/v4/contacts/%31", 204),
    ("/api/v4/contacts/%2531", 404),  # unquoted once, this is %31 and no number
    ("/api/v4/contacts/abc", 404),
    ("/api/v4/nothing", 404),
    ("//api//v4//contacts//", 204),
    ("/api/v4/" + "x/" * 5_000, 404),
]


async def test_a_search_for_many_words_is_answered(client_of: Any):
    api = await client_of("olga")
    for words in ([f"w{number}x" for number in range(40)], [str(81_234_000 + number) for number in range(40)] + ["a"]):
        answer = await api.get("/api/v4/contacts", params={"query": " ".join(words)})
        assert answer.status_code == 204, answer.text


async def test_letters_in_a_query_may_come_as_they_are(client_of: Any, site: Site):
    """uvicorn's parser lets none through; what else may serve the application does."""
    api = await client_of("olga")
    made = await api.post("/api/v4/contacts", json=[{"name": f"Жанна {number}"} for number in (1, 2)])
    assert made.status_code == 200
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    bearer = api.headers["authorization"].encode()
    scope = {"type": "http", "method": "GET", "scheme": "https", "path": "/api/v4/contacts"}
    scope |= {"query_string": "query=Жанна&limit=1".encode(), "headers": [(b"authorization", bearer)]}
    await server.over(site)(scope, receive, send)
    found = json.loads(sent[1]["body"])
    assert [each["name"] for each in found["_embedded"]["contacts"]] == ["Жанна 1"]
    assert "query=%D0%96%D0%B0%D0%BD%D0%BD%D0%B0" in found["_links"]["next"]["href"]


async def test_a_path_is_answered(client_of: Any):
    api = await client_of("olga")
    got = {path: (await api.get(f"https://acme.example{path}")).status_code for path, _ in PATHS}
    assert got == dict(PATHS)


TOKENS = ["", "x", "a.b.c", "e30.e30.e30", "x" * 20_000, "eyJhbGciOiJub25lIn0.e30."]


async def test_a_token_that_is_none(client_of: Any):
    api = await client_of(None)
    for token in TOKENS:
        answer = await api.get("/api/v4/contacts", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token[:20]
        assert list(answer.json())[-3:] == ["type", "status", "detail"]


def opened(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)


def answer_of(held: socket.socket) -> bytes:
    try:
        return held.recv(4_096)
    except ConnectionResetError:
        return b""


async def test_a_body_that_dawdles_and_a_head_without_end(served: httpx.AsyncClient):
    url = str(served.base_url)
    head = f"POST /api/v4/contacts HTTP/1.1\r\nhost: x\r\nauthorization: {served.headers['authorization']}\r\n"
    with opened(url) as slow, opened(url) as fat:
        slow.sendall(head.encode() + b"content-length: 1000\r\n\r\n[{")
        fat.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
        sent = 0
        try:
            while sent < 10 * HEAD_BYTES:
                fat.sendall(b"x-a: " + b"y" * 1_000 + b"\r\n")
                sent += 1_000
        except OSError:
            pass
        assert sent < 10 * HEAD_BYTES or answer_of(fat).startswith((b"HTTP/1.1 431", b""))
        assert answer_of(slow).startswith(b"HTTP/1.1 408")
    assert (await served.get("/healthz")).status_code == 200


async def test_a_client_that_leaves_in_the_middle(served: httpx.AsyncClient, db: Db):
    head = f"POST /api/v4/contacts HTTP/1.1\r\nhost: x\r\nauthorization: {served.headers['authorization']}\r\n"
    for _ in range(20):
        with opened(str(served.base_url)) as gone:
            gone.sendall(head.encode() + b'content-length: 1000\r\n\r\n[{"name": "x"}]')
    assert (await served.get("/healthz")).status_code == 200
    assert await db.value("select count(*) from contacts") == 0


async def test_chunks_and_a_form_with_json(served: httpx.AsyncClient):
    async def told() -> AsyncIterator[bytes]:
        yield b'[{"name":'
        yield b' "in chunks"}]'

    made = await served.post("/api/v4/contacts", content=told())
    assert made.status_code == 200, made.text
    form = {"content-type": "application/x-www-form-urlencoded"}
    made = await served.post("/api/v4/contacts", content=b'[{"name": "JSON in a form"}]', headers=form)
    assert made.status_code == 200, made.text
    made = await served.post("/api/v4/contacts", content=b"0[name]=a+form&0[request_id]=r", headers=form)
    assert made.json()["_embedded"]["contacts"][0]["request_id"] == "r"
