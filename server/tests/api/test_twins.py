"""Two sources tell of one talk at the very same moment, so that neither sees the other: it becomes one conversation."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.test_calls import facts
from tests.api.test_pbx_events import headers, story
from tests.api.test_routing import CALLER, contact, olga, pbx  # noqa: F401  # pyright: ignore[reportUnusedImport]
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.actions import debts
from trubka.actions.conversations import join_twins
from trubka.db import Db, calls

At = Callable[..., Awaitable[None]]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> At:
    """Whoever tells has read what there is before any of the others writes."""

    async def tell(*requests: Awaitable[httpx.Response]) -> None:
        met, ground = asyncio.Barrier(len(requests)), calls.ground

        async def read(*given: Any) -> calls.Ground:
            found = await ground(*given)
            await met.wait()
            return found

        with monkeypatch.context() as patch:
            patch.setattr(calls, "ground", read)
            for answer in await asyncio.gather(*requests):
                assert answer.is_success, answer.text

    return tell


def posted(began: int, user: int, seconds: int = 30, **more: Any) -> dict[str, Any]:
    told = {"direction": "inbound", "phone": CALLER, "duration": seconds, "source": "other", "created_at": began}
    return told | {"call_responsible": user} | more


async def shown(db: Db) -> list[tuple[Any, ...]]:
    rows = await db.rows("select source, missed, id from calls where same_as is null order by id")
    return [(row["source"], row["missed"]) for row in rows]


@pytest.mark.parametrize("seconds", [0, 30])
async def test_two_integrations(client_of: ClientOf, at_once: At, db: Db, cast: Cast, seconds: int):
    first, second = [await client_of("olga") for _ in range(2)]
    card, began = await contact(first, cast.anna), int(time.time()) - 100
    link = {"link": "https://pbx.example/1.mp3"}
    await at_once(
        first.post("/api/v4/calls", json=[posted(began, cast.anna, seconds)]),
        second.post("/api/v4/calls", json=[posted(began + 3, cast.anna, seconds, **link)]),
    )
    assert len(await shown(db)) == 2
    assert await join_twins(db, 60, began + 100) == 1
    assert await shown(db) == [(2, seconds == 0)]
    kept = await db.value("select id from calls where same_as is null")
    assert await db.value("select call_id from recordings") == kept
    owed = [tuple(row) for row in await db.rows("select calls, closed_at is null from debts")]
    assert owed == ([(1, True)] if seconds == 0 else [])
    told = (await facts(db, "call_changed"))[0]
    assert (told["id"], told["users"], told["entity_id"], told["card_owner"]) == (kept, [cast.anna], card, cast.anna)
    assert await join_twins(db, 60, began + 100) == 0, "once"
    assert await db.value("select count(*) from notes") == 2, "every post keeps its note"


async def test_a_report_and_our_own_pbx(
    client_of: ClientOf,
    signed_in: Visitor,
    at_once: At,
    db: Db,
    cast: Cast,
    pbx: dict[str, Any],  # noqa: F811
):
    """Ours is the one that stays; and a talk that only one of them knows of pays the debt that the other opened."""
    api, stranger = await client_of("olga"), await client_of(None)
    await contact(api, cast.anna)
    began = int(time.time()) - 100
    body = json.dumps({"signals": story("c1", began, talk=False)}).encode()
    await at_once(
        api.post("/api/v4/calls", json=[posted(began - 40, cast.anna, seconds=38)]),
        stranger.post("/pbx/events", content=body, headers=headers(pbx, body)),
    )
    assert sorted(await shown(db)) == [(1, True), (2, False)]
    assert await db.value("select count(*) from debts where closed_at is null") == 1
    assert await join_twins(db, 60, began + 100) == 1
    assert await shown(db) == [(1, True)]
    assert await db.value("select count(*) from debts where closed_at is null") == 0
    assert await debts.settle_all(db, began) == 0


async def test_two_honest_calls_stay_two(client_of: ClientOf, at_once: At, db: Db, cast: Cast):
    first, second = [await client_of("olga") for _ in range(2)]
    await contact(first, cast.anna)
    began = int(time.time()) - 1_000
    await at_once(
        first.post("/api/v4/calls", json=[posted(began, cast.anna)]),
        first.post("/api/v4/calls", json=[posted(began + 5, cast.anna)]),
        second.post("/api/v4/calls", json=[posted(began, cast.boris)]),
        second.post("/api/v4/calls", json=[posted(began + 500, cast.anna)]),
    )
    assert await join_twins(db, 60, began) == 0 and len(await shown(db)) == 4


async def test_what_a_talk_has_paid_was_paid_by_the_one_that_stays(
    client_of: ClientOf, at_once: At, db: Db, cast: Cast
):
    first, second = [await client_of("olga") for _ in range(2)]
    await contact(first, cast.anna)
    began = int(time.time()) - 100
    missed = posted(began - 500, cast.anna, 0)
    assert (await first.post("/api/v4/calls", json=[missed])).is_success
    await at_once(
        first.post("/api/v4/calls", json=[posted(began, cast.anna)]),
        second.post("/api/v4/calls", json=[posted(began + 3, cast.anna)]),
    )
    missed_id, kept, other = [row["id"] for row in await db.rows("select id from calls order by id")]
    await db.run("update debts set closed_by_call = $1", other)  # whichever came first
    assert await join_twins(db, 60, began + 100) == 1
    rows = await db.rows("select call_id, last_call_id, closed_by_call from debts")
    assert [tuple(row) for row in rows] == [(missed_id, missed_id, kept)]
