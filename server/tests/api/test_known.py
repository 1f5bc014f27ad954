"""What a process keeps in memory: a reading that was begun before a change does not outlive it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from tests.cast import Cast
from trubka.api import known
from trubka.api.asked import Site
from trubka.api.tokens import make_key
from trubka.db import Db, accounts, signing_keys

Read = Callable[[], Coroutine[Any, Any, Any]]
Change = Callable[[], Awaitable[None]]


async def read_across(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, read: Read, change: Change) -> Any:
    """What is read when the change comes between the answer of the database and its keeping."""
    statement = getattr(module, name)
    answered, kept = asyncio.Event(), asyncio.Event()

    async def held(*given: Any) -> Any:
        rows = await statement(*given)
        answered.set()
        await kept.wait()
        return rows

    async with asyncio.TaskGroup() as group:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, held)
            reading = group.create_task(read())
            await answered.wait()
        await change()
        kept.set()
    return reading.result()


async def test_an_account_read_before_a_change_is_not_kept(
    site: Site, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(known, "FRESH_SECONDS", 3600.0)
    site.known.forget(cast.account_id)

    async def change() -> None:
        await db.run("update accounts set name = 'New' where id = $1", cast.account_id)
        site.known.forget(cast.account_id)

    old = await read_across(monkeypatch, accounts, "known", lambda: site.known.account(cast.account_id), change)
    assert old.name != "New"
    assert (await site.known.account(cast.account_id)).name == "New"


async def test_keys_read_before_a_change_are_not_kept(site: Site, db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(known, "FRESH_SECONDS", 3600.0)
    site.known.forget()

    async def change() -> None:
        await make_key(db)
        site.known.forget()

    old = await read_across(monkeypatch, signing_keys, "all_of", site.known.keys, change)
    assert len(await site.known.keys()) == len(old) + 1
