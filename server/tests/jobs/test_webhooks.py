"""Facts become deliveries and are sent: nothing missed, nothing twice, in order, again when it failed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import Client
from tests.jobs.receiver import HERE, Came, Receiver, receiving
from trubka import db as database
from trubka.db import Db, audit, facts, webhooks
from trubka.jobs import upkeep
from trubka.jobs import webhooks as jobs
from trubka.jobs.shift import Shift
from trubka.jobs.work import work
from trubka.outside.web import Web
from trubka.rules import webhooks as rules
from trubka.rules.entities import Entity
from trubka.rules.facts import CardDeleted
from trubka.rules.webhooks import EVENTS, signature
from trubka.settings import Settings

SETTINGS = Settings(private_networks=HERE, public_url="https://acme.crm.example/")


async def subscribe(db: Db, account_id: int, url: str, settings: Sequence[str] = tuple(EVENTS)) -> int:
    row = await webhooks.put(db, account_id, url, "127.0.0.1", list(settings), 0, "s3cret", 1, 1)
    return row["id"]


async def happen(db: Db, account_id: int, *numbers: int) -> None:
    """Something that is told by its number alone, so that any number does."""
    await facts.record(db, account_id, [], [CardDeleted(1, 1, Entity.lead, number, 1) for number in numbers])


def number_of(came: Came) -> int:
    return int(came.body["leads[delete][0][id]"])


async def spread_all(db: Db, most: int = 500) -> None:
    await facts.begin_reader(db, jobs.READER)
    while await jobs.spread_some(db, "https://acme.crm.example", most):
        pass


async def made(db: Db) -> list[int]:
    """The numbers of the deliveries, in the order of sending."""
    rows = await db.rows("select body from deliveries order by id")
    return [number_of(Came("", {}, row["body"])) for row in rows]


@asynccontextmanager
async def shift_of(db: Db, private: Sequence[str] = HERE) -> AsyncGenerator[Shift]:
    async with Web(private) as web:
        yield Shift(db, SETTINGS, web, asyncio.Event())


@asynccontextmanager
async def working(db: Db) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(work(db, SETTINGS, stop))
        try:
            yield
        finally:
            stop.set()


async def send_due(shift: Shift) -> int:
    """One turn of every webhook that is due; how many had one."""
    from collections import Counter

    turns = 0
    while (hook := await webhooks.claim(shift.db, shift.name, 10, [])) is not None:
        await jobs.turn(shift, hook, Counter({hook["host"]: 1}))
        turns += 1
    return turns


async def rewind(db: Db, seconds: float) -> None:
    """As if so much time had passed."""
    await db.run(
        """
        with d as (update deliveries set next_at = next_at - make_interval(secs => $1) where next_at is not null)
        update webhooks set due_at = due_at - make_interval(secs => $1),
          bad_at = array(select b - make_interval(secs => $1) from unnest(bad_at) as b)
        """,
        seconds,
    )


# The whole way.


async def test_what_happens_over_the_api_arrives(db: Db, api: Client, cast: Cast):
    async with receiving() as receiver, working(db):
        await subscribe(db, cast.account_id, f"{receiver.url}/hook?x=1")
        person = {"name": "Ivan Sidorov", "custom_fields_values": [
            {"field_code": "PHONE", "values": [{"value": "+79990001122", "enum_code": "WORK"}]}]}  # fmt: skip
        answer = await api.post("/api/v4/contacts", json=[person])
        contact_id = answer.json()["_embedded"]["contacts"][0]["id"]
        await receiver.until(1)
        await api.patch(f"/api/v4/contacts/{contact_id}", json={"responsible_user_id": cast.anna})
        added, changed = await receiver.until(2)
    assert added.path == "/hook?x=1"
    assert added.headers["content-type"] == "application/x-www-form-urlencoded"
    body = added.body
    assert body["contacts[add][0][id]"] == str(contact_id)
    assert body["contacts[add][0][name]"] == "Ivan Sidorov"
    assert body["contacts[add][0][custom_fields][0][values][0][value]"] == "+79990001122"
    assert body["contacts[add][0][custom_fields][0][code]"] == "PHONE"
    assert body["contacts[add][0][type]"] == "contact"
    assert body["account[id]"] == str(cast.account_id)
    assert body["account[subdomain]"] == "acme"
    assert body["account[_links][self]"] == "https://acme.crm.example"
    assert changed.body["contacts[update][0][old_responsible_user_id]"] == str(cast.olga)
    at = int(added.headers["x-trubka-signature"].partition(",")[0].removeprefix("t="))
    assert abs(at - time.time()) < 60
    assert added.headers["x-trubka-signature"] == signature("s3cret", at, added.raw)
    assert added.event == "add_contact"
    assert await db.value("select count(*) from deliveries where next_at is not null") == 0
    assert await db.value("select bool_and(last_status = 200 and attempts = 1) from deliveries")


async def test_a_delivery_that_cannot_be_sent_counts_and_holds_up_none(db: Db, cast: Cast):
    """Its event does not fit into a header: no trouble outside, a mistake."""
    async with receiving() as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1, 2)
        await spread_all(db)
        await db.run("update deliveries set event = 'плохо' where id = (select min(id) from deliveries)")
        await send_due(shift)
        assert [number_of(came) for came in receiver.came] == [2]
    row = await db.row("select * from deliveries order by id limit 1")
    assert row is not None
    assert (row["attempts"], row["last_status"], bool(row["last_error"])) == (1, 0, True)
    assert row["next_at"] > row["answered_at"], "and it is tried again later"


async def test_other_accounts_and_other_events_are_not_told(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/", ["delete_lead"])
    await subscribe(db, cast.other_account_id, "http://two.example/", ["delete_lead"])
    await subscribe(db, cast.account_id, "http://three.example/", ["add_lead"])
    await happen(db, cast.account_id, 1)
    await spread_all(db)
    rows = await db.rows("select w.destination from deliveries d join webhooks w on w.id = d.webhook_id")
    assert [row["destination"] for row in rows] == ["http://one.example/"]


async def test_an_event_that_cannot_be_told_holds_up_no_other(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    whole = rules.body

    def body(event: str, fact: Any, *more: Any) -> str:
        assert fact.id != 1, "a mistake of ours"
        return whole(event, fact, *more)

    monkeypatch.setattr(rules, "body", body)
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1, 2)
    await spread_all(db)
    assert await made(db) == [2]


async def test_what_was_before_the_subscription_is_not_told(db: Db, cast: Cast):
    await happen(db, cast.account_id, 1)
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 2)
    await spread_all(db)
    assert await made(db) == [2]


async def test_a_webhook_that_is_on_again_is_told_what_comes_then(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await db.run("update webhooks set disabled = true")
    await happen(db, cast.account_id, 1)
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 2)
    await spread_all(db)
    assert await made(db) == [2]


# Nothing is missed.


@pytest.mark.parametrize("most", [1, 2, 3, 500])
async def test_facts_that_are_committed_out_of_order(db: Db, dsn: str, cast: Cast, most: int):
    other = await database.connect(dsn, hot=3, lists=1)
    try:
        await subscribe(db, cast.account_id, "http://one.example/")
        async with other.transaction() as first, other.transaction() as second:
            await happen(first, cast.account_id, 1, 2)
            await happen(second, cast.account_id, 3)
            await happen(db, cast.account_id, 4, 5, 6)
            await spread_all(db, most)
            assert await made(db) == [4, 5, 6]
            async with other.transaction() as third:
                await happen(third, cast.account_id, 7)
            await spread_all(db, most)
            assert await made(db) == [4, 5, 6, 7]
        await happen(db, cast.account_id, 8)
        await spread_all(db, most)
    finally:
        await other.close()
    assert await made(db) == [4, 5, 6, 7, 1, 2, 3, 8]


async def test_commits_between_the_pieces_of_one_reading(db: Db, dsn: str, cast: Cast):
    other = await database.connect(dsn, hot=3, lists=1)
    try:
        await subscribe(db, cast.account_id, "http://one.example/")
        await facts.begin_reader(db, jobs.READER)
        async with other.transaction() as late:
            await happen(late, cast.account_id, 1)
            await happen(db, cast.account_id, 2, 3)
            assert await jobs.spread_some(db, "", 1)
        await happen(db, cast.account_id, 4)
        for _ in range(10):
            await jobs.spread_some(db, "", 1)
    finally:
        await other.close()
    assert await made(db) == [2, 3, 1, 4]


async def test_many_writers_and_two_readers_miss_nothing_and_make_nothing_twice(db: Db, dsn: str, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await facts.begin_reader(db, jobs.READER)
    writers = await database.connect(dsn, hot=8, lists=1)
    done = asyncio.Event()

    async def write(start: int) -> None:
        for number in range(start, start + 40):
            async with writers.transaction() as tx:
                await happen(tx, cast.account_id, number)
                await asyncio.sleep(0.003 * (number % 5))

    async def read() -> None:
        while not done.is_set():
            if not await jobs.spread_some(db, "", 7):
                await asyncio.sleep(0.005)

    try:
        async with asyncio.TaskGroup() as readers:
            for _ in range(2):
                readers.create_task(read())
            await asyncio.gather(*(write(1000 * place) for place in range(1, 7)))
            done.set()
        await spread_all(db)
    finally:
        await writers.close()
    assert sorted(await made(db)) == [1000 * p + n for p in range(1, 7) for n in range(40)]


async def test_a_transaction_that_stays_open_costs_nothing(db: Db, dsn: str, cast: Cast):
    """What was read while it is open is not looked at again."""
    other = await database.connect(dsn, hot=2, lists=1)
    try:
        await subscribe(db, cast.account_id, "http://one.example/")
        async with other.transaction() as tx:
            await tx.value("select pg_current_xact_id()")
            await happen(db, cast.account_id, *range(1, 51))
            await spread_all(db)
            place = await facts.reader(db, jobs.READER)
            assert await facts.since(db, place, 100) == []
    finally:
        await other.close()


async def test_a_position_that_is_written_down_sees_no_further_than_its_own_transaction(db: Db, cast: Cast):
    """A crash of the database gives the later numbers away again: what then has them must not count as read."""
    await facts.begin_reader(db, jobs.READER)
    async with db.transaction() as tx:
        assert await facts.take_reader(tx, jobs.READER)
        await happen(db, cast.account_id, 1)
        place = await facts.reader(tx, jobs.READER)
        rows = await facts.since(tx, place, 10)
        assert rows == []
    rows = await facts.since(db, place, 10)
    assert len(rows) == 1
    async with db.transaction() as tx:
        own = await tx.value("select pg_current_xact_id()::text::int8")
        await db.value("select pg_current_xact_id()")  # a later one, of which nothing is kept
        rows = await facts.since(tx, place, 10)
        seen = place.then(rows, 10).seen
        assert len(rows) == 1 and int(seen.split(":")[1]) == own
    assert await facts.since(db, facts.Position(place.epoch, seen), 10) == []


async def test_another_epoch_reads_again_and_makes_nothing_twice(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1, 2)
    await spread_all(db)
    await happen(db, cast.account_id, 3)
    await db.run("update installation set epoch = gen_random_uuid()")
    await spread_all(db, 2)
    assert await made(db) == [1, 2, 3]


async def test_a_reader_that_fails_in_the_middle_loses_nothing(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1)

    async def fails(*_: Any) -> None:
        raise ValueError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(facts, "stand", fails)
        with pytest.raises(ValueError, match="killed"):
            await spread_all(db)
    assert await made(db) == []
    await spread_all(db)
    assert await made(db) == [1]


async def test_a_webhook_may_go_while_facts_are_spread(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1)
    async with db.transaction() as tx:
        rows = await facts.since(tx, facts.Position(), 10)
        hooks = await webhooks.of_accounts(tx, [cast.account_id])
        assert len(hooks) == 1
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await webhooks.remove(db, cast.account_id, "http://one.example/")
        await jobs.spread_rows(tx, rows, "")
    await webhooks.remove(db, cast.account_id, "http://one.example/")
    assert await made(db) == []


async def test_a_fact_of_a_newer_version_is_passed_over(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await db.run("insert into facts (account_id, fact) values ($1, $2)", cast.account_id, {"fact": "moon_rose"})
    await happen(db, cast.account_id, 1)
    await spread_all(db)
    assert await made(db) == [1]


# Sending.


async def test_deliveries_go_out_in_order(db: Db, cast: Cast):
    async with receiving() as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(1, 131))
        await spread_all(db)
        assert await send_due(shift) == 1
        assert [number_of(came) for came in receiver.came] == list(range(1, 131))
        assert receiver.most_open == 1


@pytest.mark.parametrize(
    ("status", "waits"),
    [(404, [300, 900]), (503, [300, 900, 900, 3600]), (302, [300, 900]), (500, [300, 900, 900, 3600])],
)
async def test_a_bad_answer_is_tried_again_on_the_schedule(db: Db, cast: Cast, status: int, waits: list[int]):
    async with receiving(lambda _: status) as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1)
        await spread_all(db)
        for tries, wait in enumerate(waits, start=1):
            await send_due(shift)
            assert len(receiver.came) == tries
            row = await db.row(
                "select attempts, last_status, extract(epoch from next_at - now())::float8 as wait from deliveries"
            )
            assert row is not None
            assert (row["attempts"], row["last_status"]) == (tries, status)
            assert wait - 5 < row["wait"] <= wait
            await rewind(db, wait - 10)
            assert await send_due(shift) == 0
            await rewind(db, 10)
        await send_due(shift)
        assert len(receiver.came) == len(waits) + 1
        assert await db.value("select next_at is null from deliveries")
        await rewind(db, 86_400)
        assert await send_due(shift) == 0


async def test_a_delivery_that_fails_holds_up_none_behind_it(db: Db, cast: Cast):
    async with receiving(lambda came: 500 if number_of(came) == 1 else 200) as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1, 2, 3)
        await spread_all(db)
        await send_due(shift)
        assert [number_of(came) for came in receiver.came] == [1, 2, 3]
        receiver.status = lambda _: 200
        await rewind(db, 300)
        await send_due(shift)
        assert [number_of(came) for came in receiver.came] == [1, 2, 3, 1]
        assert await db.value("select bool_and(last_status = 200) and sum(attempts) = 4 from deliveries")


@pytest.mark.patient
async def test_an_answer_after_two_seconds_is_none(db: Db, cast: Cast):
    async with receiving() as receiver, shift_of(db) as shift:
        receiver.seconds = 2.5
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1)
        await spread_all(db)
        begun = time.monotonic()
        await send_due(shift)
        assert 1.8 < time.monotonic() - begun < 2.4
        row = await db.row("select last_status, last_error, next_at is not null as again from deliveries")
        assert row is not None
        assert (row["last_status"], row["again"]) == (0, True)
        assert "in time" in row["last_error"]


async def test_a_private_address_is_never_asked(db: Db, cast: Cast):
    async with receiving() as receiver, shift_of(db, ()) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, 1)
        await spread_all(db)
        await send_due(shift)
        assert receiver.came == []
        assert "TRUBKA_PRIVATE_NETWORKS" in await db.value("select last_error from deliveries")


async def test_more_than_a_hundred_bad_answers_in_two_hours_switch_it_off(db: Db, cast: Cast):
    async with receiving(lambda _: 410) as receiver, shift_of(db) as shift:
        webhook_id = await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(1, 106))
        await spread_all(db)
        await send_due(shift)
        assert len(receiver.came) == 101
        assert await db.value("select disabled from webhooks")
        assert await db.value("select count(*) from deliveries where next_at is not null") == 0
        assert await db.value("select count(*) from deliveries where last_error like '%switched off%'") == 105
    entry = (await audit.newest(db, cast.account_id, 2**62, 1))[0]
    assert (entry["deed"], entry["user_id"], entry["subject"]) == ("webhook_disabled", 0, str(webhook_id))
    told = await db.value("select fact from facts order by id desc limit 1")
    assert (told["fact"], told["what"]) == ("account_changed", "webhooks")
    await happen(db, cast.account_id, 999)
    await spread_all(db)
    assert 999 not in await made(db)


async def test_a_hundred_bad_answers_or_old_ones_do_not(db: Db, cast: Cast):
    async with receiving(lambda _: 410) as receiver, shift_of(db) as shift:
        await subscribe(db, cast.account_id, receiver.url)
        await happen(db, cast.account_id, *range(1, 101))
        await spread_all(db)
        await send_due(shift)
        assert not await db.value("select disabled from webhooks")
        await db.run("update deliveries set next_at = null")
        await rewind(db, 7200)
        await happen(db, cast.account_id, *range(201, 301))
        await spread_all(db)
        await send_due(shift)
        assert len(receiver.came) == 200
        assert not await db.value("select disabled from webhooks")
        await happen(db, cast.account_id, 301)
        await spread_all(db)
        await send_due(shift)
        assert await db.value("select disabled from webhooks")


@pytest.mark.patient
async def test_a_slow_host_takes_no_more_than_its_share(db: Db, cast: Cast):
    async with receiving() as slow, receiving() as quick:
        slow.seconds = 1.0
        for number in range(jobs.AT_ONCE_HOST + 4):
            await subscribe(db, cast.account_id, f"{slow.url}/{number}")
        await db.run("update webhooks set host = 'slow'")
        await subscribe(db, cast.account_id, quick.url)
        async with working(db):
            await happen(db, cast.account_id, 1)
            await quick.until(1, 20)
            assert slow.most_open <= jobs.AT_ONCE_HOST
            await slow.until(jobs.AT_ONCE_HOST + 4, 20)
            assert slow.most_open == jobs.AT_ONCE_HOST


async def test_only_one_worker_at_a_time_sends_for_a_webhook(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1)
    await spread_all(db)
    assert await webhooks.claim(db, "a", 10, ["127.0.0.1"]) is None
    assert await webhooks.claim(db, "a", 10, ["another"])
    assert await webhooks.claim(db, "b", 10, []) is None
    await db.run("update webhooks set claimed_until = now() - interval '1 second'")
    hook = await webhooks.claim(db, "b", 10, [])
    assert hook
    await webhooks.release(db, cast.account_id, hook["id"], "a")
    assert await webhooks.claim(db, "a", 10, []) is None
    await webhooks.release(db, cast.account_id, hook["id"], "b")
    assert await webhooks.claim(db, "a", 10, [])


async def test_a_late_word_about_an_attempt_changes_nothing(db: Db, cast: Cast):
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, 1)
    await spread_all(db)
    delivery = await db.value("select id from deliveries")
    await webhooks.sent(db, cast.account_id, delivery, 0, 200, None, None)
    await webhooks.sent(db, cast.account_id, delivery, 0, 0, "late", 300)
    row = await db.row("select attempts, last_status, next_at from deliveries")
    assert row is not None and tuple(row) == (1, 200, None)


async def test_what_comes_while_a_turn_ends_is_not_forgotten(db: Db, dsn: str, cast: Cast):
    """Deliveries are made while the sender looks whether there is more: whoever is second sees the first."""
    other = await database.connect(dsn, hot=2, lists=1)
    try:
        hook = await subscribe(db, cast.account_id, "http://one.example/")
        row = {"webhook_id": hook, "fact_id": 1, "event": "delete_lead", "body": "x"}
        async with db.transaction() as tx:
            await webhooks.lock(tx, cast.account_id, hook)
            async with asyncio.TaskGroup() as group:
                making = group.create_task(webhooks.add_deliveries(other, cast.account_id, [row]))
                await asyncio.sleep(0.2)
                assert not making.done()
                await webhooks.release(tx, cast.account_id, hook, "a")
                await tx.run("commit")
                await making
                await tx.run("begin")
        assert await webhooks.claim(db, "a", 10, [])
    finally:
        await other.close()


async def test_old_facts_and_deliveries_are_forgotten(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upkeep, "STEP", 3)
    monkeypatch.setattr(upkeep, "STEP_SECONDS", 0)
    await subscribe(db, cast.account_id, "http://one.example/")
    await happen(db, cast.account_id, *range(10))
    await spread_all(db)
    await db.run("update facts set at = now() - interval '8 days' where fact->>'id' < '8'")
    await db.run(
        "update deliveries set created_at = now() - interval '8 days' where id < (select max(id) from deliveries)"
    )
    async with shift_of(db) as shift:
        await upkeep.forget_old(shift)
    assert await db.value("select count(*) from facts where fact->>'fact' = 'card_deleted'") == 2
    assert await db.value("select count(*) from deliveries") == 1


# Several real processes.

WORKER = """
import asyncio, signal, sys
from trubka import db as database
from trubka.jobs.work import work
from trubka.settings import Settings

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    db = await database.connect(sys.argv[1], hot=4, lists=2)
    await work(db, Settings(private_networks=("127.0.0.0/8",)), stop)
    await db.close()

asyncio.run(main())
"""


class Workers:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.running: list[subprocess.Popen[bytes]] = []

    def begin(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", WORKER, self.dsn], stdout=subprocess.DEVNULL)
        self.running.append(process)
        return process


@asynccontextmanager
async def workers(dsn: str, count: int) -> AsyncGenerator[Workers]:
    found = Workers(dsn)
    try:
        for _ in range(count):
            found.begin()
        yield found
    finally:
        for process in found.running:
            process.kill()
            process.wait()


async def present(db: Db, count: int) -> None:
    async with asyncio.timeout(20):
        while True:
            if await db.value("select count(*) from leases where name like 'worker %'") >= count:
                return
            await asyncio.sleep(0.05)


async def some_webhooks(db: Db, cast: Cast, receiver: Receiver, count: int) -> None:
    for number in range(count):
        await subscribe(db, cast.account_id, f"{receiver.url}/{number}")


def told(receiver: Receiver, path: str) -> list[int]:
    return [number_of(came) for came in receiver.came if came.path == path]


@pytest.mark.patient
async def test_two_workers_send_everything_once_and_in_order(db: Db, dsn: str, cast: Cast):
    async with receiving() as receiver, workers(dsn, 2) as both:
        await present(db, 2)
        await some_webhooks(db, cast, receiver, 4)
        for number in range(60):
            await happen(db, cast.account_id, number)
            await asyncio.sleep(0.01)
        await receiver.until(240, 20)
        await asyncio.sleep(0.5)
        for path in ("/0", "/1", "/2", "/3"):
            assert told(receiver, path) == list(range(60))
        begun = time.monotonic()
        for process in both.running:
            process.send_signal(signal.SIGTERM)
        for process in both.running:
            assert await asyncio.to_thread(process.wait, 10) == 0
        assert time.monotonic() - begun < 3
        assert await db.value("select count(*) from leases") == 0


@pytest.mark.patient
async def test_a_killed_worker_is_replaced_and_nothing_is_missed(
    db: Db, dsn: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    async with receiving() as receiver, workers(dsn, 2) as both:
        await present(db, 2)
        receiver.seconds = 0.01
        await some_webhooks(db, cast, receiver, 4)
        for number in range(120):
            await happen(db, cast.account_id, number)
            await asyncio.sleep(0.005)
            if number == 40:
                both.running[0].kill()
            if number == 60:
                both.begin()
            if number == 90:
                both.running[1].kill()
        async with asyncio.timeout(40), receiver.news:
            await receiver.news.wait_for(lambda: all(len(set(told(receiver, f"/{n}"))) == 120 for n in range(4)))
        # At most one delivery of each webhook was under way at each of the two kills.
        assert len(receiver.came) <= 4 * (120 + 2)
        assert await db.value("select count(*) from deliveries") == 480


@pytest.mark.patient
async def test_the_database_may_restart_meanwhile(db: Db, dsn: str, cast: Cast):
    async with receiving() as receiver, working(db):
        await subscribe(db, cast.account_id, receiver.url)
        for number in range(60):
            try:
                await happen(db, cast.account_id, number)
            except Exception:
                await happen(db, cast.account_id, number)
            if number in (20, 40):
                other = await database.connect(dsn, hot=1, lists=1)
                await other.run(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                await other.close()
        # What was under way at a restart may come twice, so it is not their number that tells when all have come.
        async with asyncio.timeout(20), receiver.news:
            await receiver.news.wait_for(lambda: set(told(receiver, "/")) == set(range(60)))
