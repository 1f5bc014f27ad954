"""Published clients of amoCRM, unchanged, walk through a real server of ours."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import programs
from tests.cast import Cast
from tests.clients.redirect import redirecting
from trubka.actions import integrations
from trubka.actions.audit import By
from trubka.actions.integrations import Made
from trubka.api.asked import Site
from trubka.db import Db

pytestmark = pytest.mark.patient

SERVER = Path(__file__).parents[2]
CONTACTS = 1_050
WALK_SECONDS = 120


REDIRECT = "https://app.example/"


@dataclass
class Served:
    url: str
    token: str  # an administrator's
    other: str  # of somebody who may not read users
    integration: Made  # with an authorization code that nobody has used

    def words(self, place: str, refresh: str = "") -> list[str]:
        """What a walk begins with."""
        made = self.integration
        return [self.token, place, str(CONTACTS), self.other, str(made.id), made.secret, REDIRECT, refresh or made.code]


@pytest.fixture
async def served(db: Db, site: Site, cast: Cast, dsn: str) -> AsyncGenerator[Served]:
    """A server with enough contacts for several pages."""
    token, other = await cast.token(db, site, "olga"), await cast.token(db, site, "anna")
    program = await asyncio.to_thread(programs.serve, dsn)
    try:
        async with httpx.AsyncClient(base_url=program.url, headers={"authorization": f"Bearer {token}"}) as api:
            for start in range(0, CONTACTS, 250):
                batch = [{"name": f"Person {number}"} for number in range(start, min(start + 250, CONTACTS))]
                (await api.post("/api/v4/contacts", json=batch)).raise_for_status()
        by = By(cast.account_id, cast.olga, int(time.time()))
        made = await integrations.add(db, site.secret, by, "Client", REDIRECT)
        yield Served(program.url, token, other, made)
    finally:
        await asyncio.to_thread(program.stop)


async def walked(script: str, *words: str, **environment: str) -> dict[str, str]:
    """What the walk tells of each of its steps."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.clients.{script}", *words),
        cwd=SERVER,
        env=kept | {"PYTHONPATH": str(SERVER)} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, error = await asyncio.wait_for(process.communicate(), WALK_SECONDS)
    except TimeoutError:
        process.kill()
        raise
    assert out.strip(), error.decode()
    return json.loads(out.decode().splitlines()[-1])


def check(told: dict[str, str], steps: int) -> None:
    wrong = {name: text for name, text in told.items() if text != "fine"}
    assert not wrong, "\n".join(f"--- {name}\n{text}" for name, text in wrong.items())
    assert len(told) >= steps


async def test_amocrm_api_which_knows_only_amocrm_ru(served: Served, tmp_path: Path):
    async with redirecting(served.url, tmp_path) as environment:
        check(await walked("walk_amocrm_api", *served.words("acme"), **environment), 15)


async def test_amocrm_api_wrapper(served: Served):
    """It has no call that exchanges a code: it begins with a refresh token."""
    made = served.integration
    asked = {"client_id": str(made.id), "client_secret": made.secret, "redirect_uri": REDIRECT, "code": made.code}
    async with httpx.AsyncClient(base_url=served.url) as client:
        answer = await client.post("/oauth2/access_token", json={"grant_type": "authorization_code"} | asked)
    check(await walked("walk_wrapper", *served.words(served.url, answer.json()["refresh_token"])), 18)


async def test_the_proxy_leads_nowhere_else(served: Served, tmp_path: Path):
    async with redirecting(served.url, tmp_path) as environment:
        proxy, authority = environment["HTTPS_PROXY"], environment["SSL_CERT_FILE"]
        context = ssl.create_default_context(cafile=authority)
        async with httpx.AsyncClient(proxy=proxy, verify=context) as client:
            told = {"authorization": f"Bearer {served.token}"}
            answer = await client.get("https://acme.amocrm.ru/api/v4/contacts?limit=1", headers=told)
            assert answer.json()["_links"]["next"]["href"].startswith("https://acme.amocrm.ru/api/v4/contacts?")
            with pytest.raises(httpx.ProxyError):
                await client.get("https://example.com/")
