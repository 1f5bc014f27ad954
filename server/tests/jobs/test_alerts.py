"""Failures in the background become alerts: in the failure's own transaction, once each, and over when they are."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.jobs.receiver import receiving
from tests.jobs.test_recordings import call, once, wanted
from tests.jobs.test_webhooks import happen, send_due, shift_of, spread_all, subscribe
from trubka.actions import alerts as deeds
from trubka.actions import recordings as recording_deeds
from trubka.actions import webhooks as webhook_deeds
from trubka.actions.audit import By
from trubka.db import Db, recordings, webhooks
from trubka.jobs import upkeep
from trubka.jobs import webhooks as jobs
from trubka.rules.alerts import FEW_BAD, SURELY_SECONDS
from trubka.rules.recordings import Next

DAY = 86_400


async def alerts(db: Db, is_open: bool = True) -> list[tuple[str, str, int, int]]:
    """(kind, subject, user, count)"""
    rows = await db.rows(
        "select kind, subject, user_id, count from alerts where (closed_at is null) = $1 order by 1, 2, 3",
        is_open,
    )
    return [tuple(row) for row in rows]


# Webhooks.


async def test_a_webhook_that_answers_badly_is_told_once_and_counted(db: Db, cast: Cast):
    async with receiving(lambda _: 500) as receiver, shift_of(db) as shift:
        webhook_id = await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(1, FEW_BAD))
        await spread_all(db)
        await send_due(shift)
        assert await alerts(db) == [], "now and then one fails by itself"
        await happen(db, cast.account_id, 11, 12)
        await spread_all(db)
        await send_due(shift)
    assert await alerts(db) == [("webhook_bad", str(webhook_id), cast.olga, 2)]
    details = {"webhook_id": webhook_id, "host": "127.0.0.1", "status": 500}
    assert await db.value("select details from alerts") == details
    told = await db.rows("select fact from facts where fact->>'fact' = 'alert_raised'")
    assert [row["fact"]["user"] for row in told] == [cast.olga] * 2
    by = By(cast.account_id, cast.olga, int(time.time()))
    await webhook_deeds.subscribe(db, by, receiver.url, "127.0.0.1", ["add_lead"], 0)
    assert await alerts(db) == [], "somebody has looked after it"


async def test_one_that_is_switched_off_is_told_instead(db: Db, cast: Cast):
    async with receiving(lambda _: 410) as receiver, shift_of(db) as shift:
        webhook_id = await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(1, 106))
        await spread_all(db)
        await send_due(shift)
    assert await alerts(db) == [("webhook_off", str(webhook_id), cast.olga, 1)]
    assert await alerts(db, False) == [("webhook_bad", str(webhook_id), cast.olga, 101 - FEW_BAD)]
    await webhook_deeds.unsubscribe(db, By(cast.account_id, cast.olga, 1), receiver.url, "127.0.0.1")
    assert await alerts(db) == []


async def test_a_failure_counts_once_wherever_its_worker_is_killed(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Cut off at any of its statements it is neither written down nor counted; then it is tried again."""
    await subscribe(db, cast.account_id, "http://127.0.0.1:9/")
    await happen(db, cast.account_id, 1, 2, 3)
    await spread_all(db)
    ids = [row["id"] for row in await db.rows("select id from deliveries order by id")]
    hook = await db.value("select id from webhooks")
    by = By(cast.account_id, 0, int(time.time()))

    async def fails(delivery_id: int, attempts: int) -> bool:
        row: Any = {"id": delivery_id, "attempts": attempts}
        return await webhook_deeds.answered_badly(db, by, hook, "127.0.0.1", row, 0, "down", 300)

    for delivery_id in ids[:2]:
        await fails(delivery_id, 0)
    steps = [(webhooks, "sent"), (webhooks, "bad"), (deeds.alerts, "add"), (deeds.facts, "record")]
    for module, name in steps:
        whole = getattr(module, name)

        async def killed(*given: Any, whole: Any = whole) -> None:
            await whole(*given)
            raise asyncio.CancelledError

        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(asyncio.CancelledError):
                await fails(ids[2], 0)
        assert await alerts(db) == []
        assert await db.value("select attempts from deliveries where id = $1", ids[2]) == 0
        assert await db.value("select cardinality(bad_at) from webhooks") == 2
    await fails(ids[2], 0)
    await fails(ids[2], 0)  # a worker that comes late with the same attempt
    assert await alerts(db) == [("webhook_bad", str(hook), cast.olga, 1)]
    assert await db.value("select cardinality(bad_at) from webhooks") == 3


async def test_many_at_once_are_all_counted(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://127.0.0.1:9/")
    await happen(db, cast.account_id, *range(40))
    await spread_all(db)
    hook = await db.value("select id from webhooks")
    await db.run("update users set is_admin = true")
    rows: list[Any] = await db.rows("select id, attempts from deliveries order by id")
    by = By(cast.account_id, 0, int(time.time()))
    async with asyncio.timeout(60):
        await asyncio.gather(
            *(webhook_deeds.answered_badly(db, by, hook, "127.0.0.1", row, 0, "down", None) for row in rows)
        )
    assert {each[3] for each in await alerts(db)} == {40 - FEW_BAD + 1}
    assert len(await alerts(db)) == 4


async def test_a_worker_that_is_told_of_a_good_answer_raises_nothing(db: Db, cast: Cast):
    async with receiving() as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(5))
        await spread_all(db)
        hook = await webhooks.claim(db, shift.name, 10, [])
        assert hook is not None
        assert not await jobs.send_some(shift, hook, asyncio.get_running_loop().time() + 60)
    assert await alerts(db) == []
    assert await db.value("select count(*) from deliveries where last_status = 200") == 5


# Recordings.


async def test_a_lost_recording_is_told_to_whose_call_it_was_and_to_administrators(db: Db, cast: Cast, tmp_path: Path):
    call_id = await call(db, cast)
    for link in ("ftp://me:secret@Rec.example/1.mp3", "ftp://rec.example/2.mp3"):
        await wanted(db, cast, link, call_id)
    await once(db, tmp_path)
    assert await alerts(db) == [
        ("recording_lost", "rec.example", cast.anna, 2),
        ("recordings_bad", "rec.example", cast.olga, 2),
    ]
    details = {"host": "rec.example", "pbx_id": None, "code": "link", "call_id": call_id}
    assert [row["details"] for row in await db.rows("select details from alerts")] == [details] * 2


async def test_an_administrator_is_told_once_of_his_own_call(db: Db, cast: Cast, tmp_path: Path):
    await wanted(db, cast, "ftp://rec.example/1.mp3", await call(db, cast, user_id=cast.olga, user_ids=[cast.olga]))
    await wanted(db, cast, "ftp://rec.example/1.mp3", await call(db, cast, user_id=None, user_ids=[]))
    await once(db, tmp_path)
    assert await alerts(db) == [("recordings_bad", "rec.example", cast.olga, 2)]


async def test_only_the_worker_that_has_it_tells(db: Db, cast: Cast):
    await wanted(db, cast, "https://rec.example/1.mp3")
    row = await recordings.claim(db, "one", 60, [], [])
    assert row is not None
    by = By(cast.account_id, 0, int(time.time()))
    lost = Next("failed", "gone")
    assert not await recording_deeds.settle(db, by, row, "another", lost)
    assert await alerts(db) == []
    assert await recording_deeds.settle(db, by, row, "one", lost)
    assert not await recording_deeds.settle(db, by, row, "one", lost)
    assert {each[3] for each in await alerts(db)} == {1}


async def test_a_store_that_does_not_work_is_told_until_it_does(db: Db, cast: Cast):
    by = By(cast.account_id, 0, int(time.time()))
    await wanted(db, cast, "https://rec.example/1.mp3")
    row = await recordings.claim(db, "one", 60, [], [])
    assert row is not None
    assert await recording_deeds.settle(db, by, row, "one", Next("failed", "store no room", 8, 0))
    assert await alerts(db) == [("store_bad", "", cast.olga, 1)]
    row = await recordings.claim(db, "one", 60, [], [])
    assert row is not None
    audio = recording_deeds.Audio("audio/mpeg", ".mp3", 5.0, 0.5)
    assert await recording_deeds.fetched(db, by, row, "one", Next("fetched"), audio, "x", 1, b"x")
    assert await alerts(db) == []


# PBXes.


async def pbx(db: Db, cast: Cast, kind: str = "http", heard: int | None = None, created: int = 0) -> int:
    return await db.value(
        "insert into pbxes (account_id, kind, name, key_id, secret_box, created_at, heard_at)"
        " values ($1, $2, 'Office', gen_random_uuid()::text, '', $4, to_timestamp($3::int8)) returning id",
        cast.account_id,
        kind,
        heard,
        created,
    )


async def test_a_silent_pbx_is_told_once_and_is_over_when_it_is_heard(db: Db, cast: Cast):
    now = int(time.time())
    silent = await pbx(db, cast, heard=now - SURELY_SECONDS)
    never = await pbx(db, cast, created=now - SURELY_SECONDS)
    await pbx(db, cast, heard=now - 60)
    await pbx(db, cast, created=now - 60)
    await pbx(db, cast, "demo", created=now - SURELY_SECONDS)
    off = await pbx(db, cast, heard=now - SURELY_SECONDS)
    await db.run("update pbxes set is_active = false where id = $1", off)
    for _ in range(3):
        await deeds.look_at_pbxes(db, ["http"], now)
    assert await alerts(db) == [("pbx_silent", str(each), cast.olga, 1) for each in sorted((silent, never))]
    details = [row["details"] for row in await db.rows("select details from alerts order by subject")]
    assert [each["heard_at"] for each in details] == [now - SURELY_SECONDS, None]
    await db.run("update alerts set closed_at = $1 where subject = $2", now, str(never))
    await deeds.look_at_pbxes(db, ["http"], now + 60)
    assert len(await alerts(db)) == 1, "who has closed it knows"
    await db.run("update pbxes set heard_at = to_timestamp($2) where id = $1", silent, now + 90)
    await deeds.look_at_pbxes(db, ["http"], now + 120)
    assert await alerts(db) == []
    await deeds.look_at_pbxes(db, ["http"], now + 120 + SURELY_SECONDS)
    assert ("pbx_silent", str(silent), cast.olga, 1) in await alerts(db), "the next silence is another one"
    await db.run("delete from pbxes")
    await deeds.look_at_pbxes(db, ["http"], now + 180 + SURELY_SECONDS)
    assert await alerts(db) == []


async def test_two_that_look_at_once_tell_once(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(deeds, "MOST_PBXES", 2)
    now = int(time.time())
    for _ in range(5):
        await pbx(db, cast, heard=now - SURELY_SECONDS)
    await asyncio.gather(*(deeds.look_at_pbxes(db, ["http"], now) for _ in range(3)))
    assert [each[3] for each in await alerts(db)] == [1] * 5


async def test_the_worker_looks_by_itself(db: Db, cast: Cast):
    silent = await pbx(db, cast, heard=int(time.time()) - SURELY_SECONDS)
    async with shift_of(db) as shift, asyncio.TaskGroup() as group:
        group.create_task(upkeep.hear(shift))
        for _ in range(400):
            if await alerts(db):
                break
            await asyncio.sleep(0.05)
        shift.stop.set()
    assert await alerts(db) == [("pbx_silent", str(silent), cast.olga, 1)]


async def test_what_was_closed_long_ago_goes(db: Db, cast: Cast):
    by = By(cast.account_id, 0, int(time.time()))
    async with db.transaction() as tx:
        for subject in ("old", "new", "open"):
            await deeds.add(tx, by, "store_bad", subject, {})
    await db.run("update alerts set closed_at = $1 where subject = 'old'", by.at - 8 * DAY)
    await db.run("update alerts set closed_at = $1 where subject = 'new'", by.at - 6 * DAY)
    async with shift_of(db) as shift:
        await upkeep.forget_old(shift)
    assert {row["subject"] for row in await db.rows("select subject from alerts")} == {"new", "open"}
