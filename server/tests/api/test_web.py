"""The pages and their headers, and what is left to the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from trubka.api import server
from trubka.api.asked import Site
from trubka.api.web import FOR_PROGRAMS, SCREENS, Workspace

ROUTES = Path(__file__).resolve().parents[3] / "web" / "src" / "app" / "routes.tsx"
INDEX = (
    '<!doctype html><meta property="csp-nonce" nonce="__NONCE__"><script type="module" src="/assets/a-1.js"></script>'
)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "first.js").write_text("let dark")
    (tmp_path / "assets" / "a-1.js").write_text("export {}")
    (tmp_path / "assets" / "a-1.js.br").write_bytes(b"packed by brotli")
    (tmp_path / "assets" / "a-1.js.gz").write_bytes(b"packed by gzip")
    return tmp_path


@pytest.fixture
async def browser(site: Site, pages: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Workspace(server.over(site), pages))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/sign-in", "/settings/people", "/contacts/50001", "/oauth?client_id=x"])
async def test_every_screen_is_the_same_page_under_a_strict_policy(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    nonce = re.search(r'nonce="([^"]+)"', answer.text)
    assert nonce is not None
    assert f"style-src 'self' 'nonce-{nonce[1]}'" in policy


async def test_a_nonce_is_used_once(browser: httpx.AsyncClient) -> None:
    first, second = await browser.get("/"), await browser.get("/")
    assert first.text != second.text


async def test_hashed_files_are_kept_for_a_year_and_sent_packed(browser: httpx.AsyncClient) -> None:
    for accepted, expected in (("gzip, deflate, br", b"packed by brotli"), ("gzip", b"packed by gzip")):
        async with browser.stream("GET", "/assets/a-1.js", headers={"accept-encoding": accepted}) as answer:
            assert b"".join([piece async for piece in answer.aiter_raw()]) == expected
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
            assert answer.headers["vary"] == "accept-encoding"
    plain = await browser.get("/assets/a-1.js", headers={"accept-encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == ("export {}", False)


async def test_other_files_are_asked_for_anew_and_not_sent_twice(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/first.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await browser.get("/first.js", headers={"if-modified-since": first.headers["last-modified"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.get("/first.js", headers={"if-modified-since": "yesterday"})).status_code == 200


async def test_what_is_gone_or_unknown(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assets/old-2.js")).status_code == 404
    typed = await browser.get("/nothing/here", headers={"accept": "text/html"})
    assert (typed.status_code, "<script" in typed.text) == (404, True)
    asked = await browser.get("/nothing/here")
    assert (asked.status_code, asked.json()["status"]) == (404, 404)
    assert (await browser.get("/assets/../../web.py")).status_code == 404


async def test_programs_get_the_api(browser: httpx.AsyncClient) -> None:
    for path in ("/api/v4/contacts", "/api/v4/nothing"):
        answer = await browser.get(path, headers={"accept": "text/html"})
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await browser.post("/settings")).status_code == 404


async def test_a_missing_build_is_one_plain_sentence(site: Site, tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=Workspace(server.over(site), tmp_path))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example") as client:
        answer = await client.get("/")
        assert (answer.status_code, "has not been built" in answer.text) == (503, True)
        assert (await client.get("/api/v4/contacts")).status_code == 401


def test_the_server_and_the_browser_know_the_same_screens() -> None:
    paths = re.findall(r'path: "/([^"/$]*)', ROUTES.read_text())
    assert set(paths) == SCREENS
    assert not SCREENS & FOR_PROGRAMS
