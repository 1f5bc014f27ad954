"""Browsers that are signed in as somebody of the cast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.conftest import ClientOf
from trubka.actions import passwords
from trubka.db import Db

PASSWORD = "correct horse battery"
OURS = {"x-requested-with": "trubka"}
Visitor = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def with_passwords(db: Db) -> None:
    made = await passwords.hashed(PASSWORD)
    await db.run("update people set password_hash = $1", made)


@pytest.fixture
async def browser(client_of: ClientOf) -> httpx.AsyncClient:
    return await client_of(None, **OURS)


@pytest.fixture
async def signed_in(client_of: ClientOf, with_passwords: None) -> Visitor:
    async def make(name: str = "olga", email: str = "", host: str = "acme.example") -> httpx.AsyncClient:
        client = await client_of(None, host, **OURS)
        given = {"email": email or f"{name}@acme.example", "password": PASSWORD}
        answer = await client.post("/desk/sign-in", json=given)
        assert answer.status_code == 200, answer.text
        return client

    return make
