"""The log of deliveries on the administrator's page, and what is sent once more to a real receiver by a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.cast import Cast
from tests.jobs.receiver import Came, receiving
from tests.jobs.test_webhooks import happen, number_of, send_due, shift_of, spread_all, subscribe, working
from trubka.actions.webhooks import MOST_AGAIN
from trubka.db import Db, audit, webhooks
from trubka.rules import webhooks as rules

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def olga(signed_in: Visitor) -> httpx.AsyncClient:
    return await signed_in("olga")


@pytest.fixture
def ask(olga: httpx.AsyncClient) -> Ask:
    async def asked(path: str, status: int = 200, method: str = "GET", **params: Any) -> Any:
        answer = await olga.request(method, f"/desk/webhooks{path}", params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


async def log(ask: Ask, hook: int, **params: Any) -> list[dict[str, Any]]:
    return (await ask(f"/{hook}/log", **params))["deliveries"]


async def until(ask: Ask, hook: int, state: str, count: int, attempts: int = 0) -> list[dict[str, Any]]:
    """The log, once so many of it stand so and were tried so often."""
    async with asyncio.timeout(20):
        while True:
            rows = await log(ask, hook, state=state)
            if sum(row["attempts"] >= attempts for row in rows) == count:
                return rows
            await asyncio.sleep(0.1)


async def test_a_receiver_that_was_down_gets_what_it_has_missed(db: Db, ask: Ask, cast: Cast):
    up = False

    def status(came: Came) -> int:
        return 200 if up else 404

    async with receiving(status) as receiver, working(db):
        hook = await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1, 2, 3)
        await receiver.until(3, seconds=20)
        rows = await until(ask, hook, "waiting", 3, attempts=1)
        assert [(row["state"], row["status"], row["cause"], row["event"]) for row in rows] == [
            ("waiting", 404, "answered", "delete_lead")
        ] * 3
        assert all(row["next_at"] > row["answered_at"] >= row["created_at"] for row in rows)
        # No try is left to two of them; the third waits for its next one.
        await db.run("update deliveries set next_at = null where id <> $1", rows[0]["id"])
        failed = await until(ask, hook, "failed", 2)
        assert (await ask(f"/{hook}/log"))["webhook"]["failed"] == {"count": 2, "more": False}
        up = True
        answers = await asyncio.gather(*(ask(f"/{hook}/send-failed", method="POST") for _ in range(3)))
        assert sorted(each["again"] for each in answers) == [0, 0, 2], "told thrice they are sent once"
        delivered = await until(ask, hook, "delivered", 2)
        assert [(row["id"], row["attempts"], row["status"], row["cause"]) for row in delivered] == [
            (row["id"], 1, 200, None) for row in failed
        ]
        waits = (await log(ask, hook, state="waiting"))[0]
        assert (await ask(f"/deliveries/{waits['id']}/send", method="POST"))["state"] == "waiting"
        rows = await until(ask, hook, "delivered", 3)
        assert rows[0]["attempts"] == 2, "what it was tried before counts"
        assert len(await receiver.until(6, seconds=20)) == 6
        assert [number_of(came) for came in receiver.came] == [1, 2, 3, 1, 2, 3], "in their order"
        assert receiver.came[5].headers["x-trubka-delivery"] == str(waits["id"])
        # What has arrived is sent once more, too.
        await ask(f"/deliveries/{waits['id']}/send", method="POST")
        await receiver.until(7, seconds=20)
        await until(ask, hook, "delivered", 3)
    deeds = [row["deed"] for row in await audit.newest(db, cast.account_id, 2**62, 10)]
    assert deeds[:3] == ["delivery_sent_again", "delivery_sent_again", "deliveries_sent_again"]


async def test_the_body_without_what_signs_it(db: Db, ask: Ask, olga: httpx.AsyncClient, cast: Cast):
    url = "https://name:pass@hooks.example/in?key=1"
    hook = await subscribe(db, cast.account_id, url)
    await happen(db, cast.account_id, 7)
    await spread_all(db)
    row = (await log(ask, hook))[0]
    told = await ask(f"/deliveries/{row['id']}")
    assert told["body"].startswith("leads%5Bdelete%5D%5B0%5D%5Bid%5D=7&account") and told["is_whole"]
    assert told["pairs"][0] == ["leads[delete][0][id]", "7"] and told["webhook_id"] == hook
    for path in ("", f"/{hook}/log", f"/deliveries/{row['id']}"):
        said = (await olga.get(f"/desk/webhooks{path}")).text
        assert "s3cret" not in said and "pass" not in said
    assert (await ask(""))["webhooks"][0]["destination"] == "https://name:•••@hooks.example/in?key=1"
    assert (await ask(""))["kept_days"] == 7


async def test_pages_and_what_is_new(db: Db, ask: Ask, cast: Cast):
    hook = await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, *range(1, 8))
    await spread_all(db)
    await db.run("update deliveries set next_at = null, last_status = 200 where id % 2 = 0")
    rows = await log(ask, hook)
    numbers = [row["id"] for row in rows]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 7
    page, found = await ask(f"/{hook}/log", limit=3), list[int]()
    while True:
        found += [row["id"] for row in page["deliveries"]]
        if page["after"] is None:
            break
        page = await ask(f"/{hook}/log", limit=3, after=page["after"])
    assert found == numbers
    told = await ask(f"/{hook}/news", since=numbers[3], ids=f"{numbers[5]},{numbers[1]},999999")
    assert [row["id"] for row in told["deliveries"]] == [numbers[1], numbers[5]]
    assert told["newer"] == {"count": 3, "more": False} and told["webhook"]["id"] == hook
    delivered = [number for number in numbers if number % 2 == 0]
    told = await ask(f"/{hook}/news", since=delivered[-1], state="delivered")
    assert told["newer"]["count"] == len(delivered) - 1 and told["deliveries"] == []
    assert (await ask(f"/{hook}/news"))["newer"]["count"] == 0
    await ask(f"/{hook}/log", 400, state="lost")


async def test_a_webhook_that_was_switched_off_is_switched_on(db: Db, ask: Ask, cast: Cast):
    async with receiving() as receiver, shift_of(db) as shift:
        hook = await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1)
        await spread_all(db)
        await db.run("update webhooks set disabled = true, bad_at = array[now()]")
        await webhooks.give_up(db, cast.account_id, hook, rules.GIVEN_UP)
        await happen(db, cast.account_id, 2)
        row = (await log(ask, hook))[0]
        assert (row["state"], row["cause"], row["status"], row["detail"]) == ("failed", "switched_off", None, None)
        for path in (f"/deliveries/{row['id']}/send", f"/{hook}/send-failed", f"/{hook}/test"):
            refused = await ask(path, 422, "POST")
            assert refused["detail"] == "This webhook is switched off: switch it on first."
        for _ in range(2):
            assert (await ask(f"/{hook}/enable", method="POST"))["webhook"]["disabled"] is False
        await happen(db, cast.account_id, 3)
        await spread_all(db)
        assert (await ask(f"/{hook}/send-failed", method="POST"))["again"] == 1
        await send_due(shift)
        assert [number_of(came) for came in receiver.came] == [1, 3], "what happened meanwhile is not told"
    deeds = [row["deed"] for row in await audit.newest(db, cast.account_id, 2**62, 10)]
    assert deeds.count("webhook_enabled") == 1


async def test_a_test_tells_of_nothing_that_has_happened(db: Db, ask: Ask, cast: Cast):
    async with receiving() as receiver, shift_of(db) as shift:
        hook = await subscribe(db, cast.account_id, receiver.url, ["add_lead"])
        first, second = [(await ask(f"/{hook}/test", 201, "POST"))["id"] for _ in range(2)]
        assert first == second, "one that waits is enough"
        await send_due(shift)
        (came,) = receiver.came
        assert came.event == "test" and came.body["account[id]"] == str(cast.account_id)
        assert set(came.body) == {"account[subdomain]", "account[id]", "account[_links][self]"}
        assert (await ask(f"/{hook}/test", 201, "POST"))["id"] > first
        await send_due(shift)
        assert [row["state"] for row in await log(ask, hook)] == ["delivered", "delivered"]


async def test_one_word_sends_no_more_than_so_many(db: Db, ask: Ask, cast: Cast):
    hook = await subscribe(db, cast.account_id, "http://one.example/")
    await db.run(
        "insert into deliveries (account_id, webhook_id, fact_id, event, body, attempts, next_at, last_status)"
        " select $1, $2, n, 'add_lead', '', 5, null, 500 from generate_series(1, $3::int) n",
        cast.account_id,
        hook,
        MOST_AGAIN + 5,
    )
    assert (await ask(""))["webhooks"][0]["failed"] == {"count": 1000, "more": True}
    told = await ask(f"/{hook}/send-failed", method="POST")
    assert (told["again"], told["webhook"]["failed"]["count"]) == (MOST_AGAIN, 5)
    assert await db.value("select min(id) from deliveries where next_at is null") == await db.value(
        "select max(id) - 4 from deliveries"
    )
    assert (await ask(f"/{hook}/send-failed", method="POST"))["again"] == 5
    assert await db.value("select due_at <= now() from webhooks")


async def test_only_administrators_of_this_account(db: Db, signed_in: Visitor, ask: Ask, cast: Cast):
    await db.run("update users set is_admin = true where account_id = $1", cast.other_account_id)
    theirs = await subscribe(db, cast.other_account_id, "http://two.example/")
    await happen(db, cast.other_account_id, 1)
    await spread_all(db)
    delivery = await db.value("select id from deliveries")
    paths = [
        ("GET", f"/{theirs}/log"),
        ("GET", f"/{theirs}/news"),
        ("POST", f"/{theirs}/enable"),
        ("POST", f"/{theirs}/test"),
        ("POST", f"/{theirs}/send-failed"),
        ("GET", f"/deliveries/{delivery}"),
        ("POST", f"/deliveries/{delivery}/send"),
    ]
    for method, path in paths:
        await ask(path, 404, method)
    assert (await ask(""))["webhooks"] == []
    anna = await signed_in("anna")
    for method, path in [*paths, ("GET", "")]:
        assert (await anna.request(method, f"/desk/webhooks{path}")).status_code == 403
    await db.run("update sessions set scope = 'desk'")
    for method, path in [*paths, ("GET", "")]:
        await ask(path, 403, method)
