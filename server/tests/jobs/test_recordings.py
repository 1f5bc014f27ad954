"""Recordings are fetched from the worst of providers, verified, kept, tried again, and end when their time is over."""

from __future__ import annotations

import asyncio
import base64
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from tests import programs
from tests.cast import Cast
from tests.jobs.hostile import GOOD, Hostile, hostile
from trubka.actions import accounts as account_deeds
from trubka.actions import recordings as actions
from trubka.actions import secrets
from trubka.actions.audit import By
from trubka.db import Db, Row, accounts, recordings, schema
from trubka.jobs import recordings as jobs
from trubka.jobs.shift import Shift
from trubka.outside.store import Missing
from trubka.outside.web import Web
from trubka.rules import recordings as rules
from trubka.settings import Settings

HERE = ("127.0.0.0/8",)
LIMITS = Settings(private_networks=HERE, recording_bytes=2_000_000, recording_seconds=20)


@pytest.fixture
async def provider() -> AsyncGenerator[Hostile]:
    async with hostile() as server:
        yield server


async def call(db: Db, cast: Cast, number: str = "79161234567", **columns: Any) -> int:
    """A call of Anna's."""
    row: dict[str, Any] = {
        "source": 2,
        "direction": 1,
        "number": number,
        "tail": int(number[-10:]),
        "started_at": 1_700_000_000,
        "user_id": cast.anna,
        "user_ids": [cast.anna],
        "updated_at": 1_700_000_000,
        **columns,
    }
    names = ", ".join(row)
    places = ", ".join(f"${place}" for place in range(2, len(row) + 2))
    sql: Any = f"insert into calls (account_id, {names}) values ($1, {places}) returning id"
    return await db.value(sql, cast.account_id, *row.values())


async def wanted(db: Db, cast: Cast, link: str, call_id: int | None = None) -> int:
    call_id = call_id or await call(db, cast)
    return (await recordings.add(db, cast.account_id, [call_id], [link], int(time.time())))[0]


async def row_of(db: Db, recording_id: int) -> Row:
    row = await db.row(
        "select r.*, extract(epoch from next_at - now())::int as wait from recordings r where id = $1", recording_id
    )
    assert row is not None
    return row


@asynccontextmanager
async def shift_of(db: Db, folder: Path, **settings: Any) -> AsyncGenerator[Shift]:
    given = msgspec.structs.replace(LIMITS, **{"recordings": str(folder), **settings})
    async with Web(given.private_networks) as web:
        yield Shift(db, given, web, asyncio.Event())


@asynccontextmanager
async def fetching(db: Db, folder: Path, **settings: Any) -> AsyncGenerator[None]:
    """The loop itself, as in `trubka work`."""
    async with shift_of(db, folder, **settings) as shift, asyncio.TaskGroup() as group:
        task = group.create_task(jobs.fetch(shift))
        try:
            yield
        finally:
            shift.stop.set()
            await asyncio.wait([task], timeout=2)
            task.cancel()


async def once(db: Db, folder: Path, **settings: Any) -> None:
    """One try of everything that is due now."""
    async with shift_of(db, folder, **settings) as shift:
        bench = jobs.Bench(shift, await schema.secret(db))
        async with asyncio.TaskGroup() as turns:
            while (row := await recordings.claim(db, shift.name, jobs.CLAIM_SECONDS, [], [])) is not None:
                turns.create_task(jobs.turn(bench, row))


async def until(db: Db, recording_id: int, state: str, seconds: float = 30) -> Row:
    async with asyncio.timeout(seconds):
        while True:
            row = await row_of(db, recording_id)
            if row["state"] == state:
                return row
            await asyncio.sleep(0.05)


async def soon(is_so: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


async def facts_told(db: Db) -> list[dict[str, Any]]:
    return [
        row["fact"] for row in await db.rows("select fact from facts where fact->>'fact' = 'call_changed' order by id")
    ]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_a_recording_is_fetched_verified_and_kept(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    call_id = await call(db, cast)
    recording_id = await wanted(db, cast, provider.url + "/good.wav?token=a", call_id)
    async with fetching(db, tmp_path):
        row = await until(db, recording_id, "fetched")
    assert row["media"] == "audio/wav"
    assert row["bytes"] == len(GOOD)
    assert row["seconds"] == pytest.approx(3)
    assert (row["why"], row["next_at"], row["claimed_by"]) == ("", None, None)
    assert row["peaks"][0] == 2
    assert [path.read_bytes() for path in files(tmp_path)] == [GOOD]
    assert str(files(tmp_path)[0]) == f"{tmp_path}/{row['path']}"
    assert [came.path for came in provider.came] == ["/good.wav?token=a"]
    assert await facts_told(db) == [
        {
            "fact": "call_changed",
            "by": 0,
            "at": row["fetched_at"],
            "id": call_id,
            "users": [cast.anna],
            "card_owner": cast.anna,
        }
    ]


# What a path of the hostile server gives: state, the beginning of why, tries left, seconds until the next.
TRIES: dict[str, tuple[str, str, int, int | None]] = {
    "/unsized": ("fetched", "", 7, None),
    "/packed": ("fetched", "", 7, None),
    "/chain/5": ("fetched", "", 7, None),
    "/gone": ("failed", "gone", 0, None),
    "/broken": ("failed", "answered 500", 7, 15),
    "/no-such": ("failed", "answered 404", 7, 15),
    "/locked": ("failed", "answered 401", 7, 15),
    "/chain/6": ("failed", "unreachable", 7, 15),
    "/loop": ("failed", "unreachable", 7, 15),
    "/private": ("refused", "private 10.1.2.3 is not a public address", 7, None),
    "/metadata": ("refused", "private 169.254.169.254", 7, None),
    "/file": ("refused", "private An address must begin", 7, None),
    "/odd": ("refused", "private It redirects to what", 7, None),
    "/truncated": ("failed", "unreachable", 7, 15),
    "/long": ("failed", "unreachable", 7, 15),
    "/short": ("failed", "cut 1", 7, 15),
    "/cut": ("failed", "cut 1", 7, 15),
    "/html": ("failed", "html", 7, 15),
    "/header": ("empty", "nothing", 7, 15),
    "/nothing": ("empty", "nothing", 7, 15),
    "/silent": ("empty", "silent 2", 0, None),
    "/nonsense": ("failed", "unreachable", 7, 15),
    "/unpacked": ("failed", "unreadable", 7, 15),
    "/halfpacked": ("failed", "unreachable The packed file breaks off", 7, 15),
    "/bomb": ("refused", "large 2 MB", 7, None),
    "/endless": ("refused", "large 2 MB", 7, None),
    "/claims": ("refused", "large 2 MB", 7, None),
}


async def test_what_becomes_of_a_try(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {path: await wanted(db, cast, provider.url + path) for path in TRIES}
    waits: dict[int, int | None] = {}
    true_settle = recordings.settle

    async def settle(*given: Any) -> bool:
        waits[given[2]] = given[-1]
        return await true_settle(*given)

    monkeypatch.setattr(recordings, "settle", settle)
    await once(db, tmp_path)
    found: dict[str, tuple[str, str, int, int | None]] = {}
    for path, recording_id in made.items():
        row = await row_of(db, recording_id)
        assert row["claimed_by"] is None
        expected = TRIES[path]
        found[path] = (row["state"], row["why"][: len(expected[1])], row["tries_left"], waits.get(recording_id))
    assert found == TRIES
    assert [path.read_bytes() for path in files(tmp_path)] == [GOOD] * 3
    assert len(await facts_told(db)) == len(TRIES)
    assert provider.sent < 30_000_000  # of what has no end


async def test_a_private_address_is_never_asked(db: Db, cast: Cast, tmp_path: Path) -> None:
    links = ("http://10.0.0.1/1.mp3", "http://127.0.0.1:1/1.mp3", "http://localhost/1", "http://[::1]/1", "x.mp3", "")
    made = [await wanted(db, cast, link) for link in links]
    await once(db, tmp_path, private_networks=())
    for each in made:
        row = await row_of(db, each)
        assert (row["state"], row["next_at"]) == ("refused", None)


async def test_who_sends_too_slowly_is_cut_off(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    made = [await wanted(db, cast, provider.url + path) for path in ("/drip", "/mute")]
    began = time.monotonic()
    await once(db, tmp_path, recording_seconds=1)
    for each in made:
        row = await row_of(db, each)
        assert (row["state"], row["tries_left"]) == ("failed", 7)
        assert row["why"].startswith("unreachable")
    assert time.monotonic() - began < 10


async def make_due(db: Db) -> None:
    await db.run("update recordings set next_at = now() where next_at is not null")


async def test_a_file_that_comes_late_is_fetched_then(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/late")
    for expected in (("failed", 7, 15), ("failed", 6, 60), ("fetched", 5, None)):
        await once(db, tmp_path)
        row = await row_of(db, recording_id)
        assert (row["state"], row["tries_left"]) == expected[:2]
        assert row["wait"] == (None if expected[2] is None else pytest.approx(expected[2], abs=5))
        await make_due(db)
    assert len(await facts_told(db)) == 2  # failed, fetched: the second failure is no other state


async def test_tries_come_to_an_end(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/expiring")
    provider.expires_after = 0
    for _ in range(rules.TRIES + 2):
        await once(db, tmp_path)
        await make_due(db)
    row = await row_of(db, recording_id)
    assert (row["state"], row["why"], row["tries_left"], row["next_at"]) == ("failed", "answered 403", 0, None)
    assert len(provider.came) == rules.TRIES
    assert len(await facts_told(db)) == 2  # failed; and no more tries


async def test_a_piece_is_kept_when_there_will_be_no_more(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    recording_id = await wanted(db, cast, provider.url + "/cut")
    await db.run("update recordings set tries_left = 1 where id = $1", recording_id)
    await once(db, tmp_path)
    row = await row_of(db, recording_id)
    assert (row["state"], row["why"]) == ("fetched", "cut 1")
    assert len(files(tmp_path)) == 1


# Who may read it there.


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


async def test_name_and_password_of_a_link_are_told_to_its_host_alone(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    host = provider.url.removeprefix("http://")
    async with hostile("127.0.0.2") as other:
        provider.other = other.url
        good = await wanted(db, cast, f"http://user:p%40ss@{host}/locked")
        back = await wanted(db, cast, f"http://user:p%40ss@{host}/back")
        away = await wanted(db, cast, f"http://user:p%40ss@{host}/elsewhere")
        await once(db, tmp_path)
    assert (await row_of(db, good))["state"] == "fetched"
    assert (await row_of(db, back))["state"] == "fetched"
    assert (await row_of(db, away))["why"] == "answered 401"
    assert {came.headers["authorization"] for came in provider.came} == {basic("user:p@ss")}
    assert ["authorization" in came.headers for came in other.came] == [False]


async def pbx(db: Db, cast: Cast, url: str) -> int:
    box = secrets.sealed(await schema.secret(db), "s3cret")
    return await db.value(
        "insert into pbxes (account_id, kind, name, settings, key_id, secret_box, created_at)"
        " values ($1, 'demo', 'Ours', $2, 'key-1', $3, 1) returning id",
        cast.account_id,
        {"recordings_url": url, "recordings_user": "reader", "other": 1},
        box,
    )


async def test_a_file_of_a_pbx_is_fetched_with_its_secret(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    pbx_id = await pbx(db, cast, provider.url + "/locked")
    async with hostile("127.0.0.2") as other:
        provider.other = other.url
        file = await wanted(db, cast, "2026/11/in 1.wav")
        posted = await wanted(db, cast, other.url + "/locked")
        away = await wanted(db, cast, provider.url + "/elsewhere")
        outside = await wanted(db, cast, "../secret.wav")
        await db.run("update recordings set pbx_id = $1", pbx_id)
        await once(db, tmp_path)
    assert (await row_of(db, file))["state"] == "fetched"
    assert (await row_of(db, posted))["why"] == (await row_of(db, away))["why"] == "answered 401"
    assert (await row_of(db, outside))["state"] == "refused"
    assert {came.path: came.headers.get("authorization") for came in provider.came} == {
        "/locked/2026/11/in%201.wav": basic("reader:s3cret"),
        "/elsewhere": basic("reader:s3cret"),
    }
    assert all("authorization" not in came.headers for came in other.came)


# Workers that die, and others that come.


async def test_only_one_worker_fetches_a_recording(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    several = [await wanted(db, cast, provider.url + "/good") for _ in range(6)]
    async with fetching(db, tmp_path), fetching(db, tmp_path):
        for each in several:
            await until(db, each, "fetched")
    assert len(provider.came) == 6


async def test_one_host_and_one_account_do_not_hold_up_others(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    slow = [await wanted(db, cast, provider.url + "/mute") for _ in range(jobs.AT_ONCE + 2)]
    async with hostile("127.0.0.2") as other:
        good = await wanted(db, cast, other.url + "/good")
        async with fetching(db, tmp_path):
            await until(db, good, "fetched")
            assert len(provider.came) == jobs.AT_ONCE_HOST
    assert {(await row_of(db, each))["state"] for each in slow} == {"waiting"}


async def test_a_stop_in_the_middle_costs_no_try(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/mute")
    async with fetching(db, tmp_path):
        await soon(lambda: provider.came)
    row = await row_of(db, recording_id)
    assert (row["state"], row["tries_left"], row["claimed_by"]) == ("waiting", 8, None)
    assert files(tmp_path) == []


async def test_a_worker_that_has_lost_its_claim_changes_nothing(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = await wanted(db, cast, provider.url + "/drip")
    provider.drip_seconds = 10
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.05)
    async with fetching(db, tmp_path):
        await soon(lambda: files(tmp_path))
        await db.run("update recordings set claimed_by = 'another', claimed_until = now() + interval '1 hour'")
        await soon(lambda: not files(tmp_path))
    row = await row_of(db, recording_id)
    assert (row["state"], row["claimed_by"], row["tries_left"]) == ("waiting", "another", 7)
    assert await facts_told(db) == []


async def test_what_kills_every_worker_is_given_up(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/good")
    for _ in range(rules.TRIES):  # each worker dies right after its claim
        assert await recordings.claim(db, "dead", 0.0, [], []) is not None
        await asyncio.sleep(0.01)
    await once(db, tmp_path)
    row = await row_of(db, recording_id)
    assert (row["state"], row["why"], row["next_at"]) == ("failed", "worker", None)
    assert provider.came == []


@pytest.mark.patient
async def test_a_worker_killed_in_the_middle_is_replaced(
    db: Db, dsn: str, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    recording_id = await wanted(db, cast, provider.url + "/drip")
    settings = {"TRUBKA_RECORDINGS": str(tmp_path), "TRUBKA_PRIVATE_NETWORKS": "127.0.0.0/8"}
    first = await asyncio.to_thread(programs.work, dsn, **settings)
    try:
        await soon(lambda: provider.came)
        first.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(first.process.wait)
        row = await row_of(db, recording_id)
        assert (row["state"], row["tries_left"]) == ("waiting", 7)
        assert row["claimed_until"] is not None
        assert len(files(tmp_path)) == 1  # half of it, under its first name
        provider.drip_seconds = 0.0
        second = await asyncio.to_thread(programs.work, dsn, **settings)
        try:
            row = await until(db, recording_id, "fetched", 60)
        finally:
            assert await asyncio.to_thread(second.stop) == 0
    finally:
        first.kill()
    assert row["tries_left"] == 6
    assert (tmp_path / row["path"]).read_bytes() == GOOD
    assert len(provider.came) == 2


# Our own store.


async def test_a_folder_that_cannot_be_written_costs_no_try(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    recording_id = await wanted(db, cast, provider.url + "/good")
    for _ in range(3):
        await once(db, tmp_path / "file" / "recordings")
        row = await row_of(db, recording_id)
        assert (row["state"], row["why"]) == ("failed", "store Not a directory")
        assert (row["tries_left"], row["wait"]) == (8, pytest.approx(rules.STORE_SECONDS, abs=3))
        await make_due(db)
    await once(db, tmp_path / "recordings")
    assert (await row_of(db, recording_id))["state"] == "fetched"


FULL_DISK = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
from pathlib import Path
from tests.jobs.test_recordings import once
from trubka import db as database
async def main():
    db = await database.connect(sys.argv[1], hot=2, lists=2)
    await once(db, Path(sys.argv[2]))
    await db.close()
asyncio.run(main())
"""


@pytest.mark.patient
async def test_a_disk_without_room_is_told_and_tried_again(
    db: Db, dsn: str, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    """The system refuses to write more than so many bytes, as a full disk does."""
    recording_id = await wanted(db, cast, provider.url + "/good")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FULL_DISK, dsn, str(tmp_path), cwd=programs.ROOT, stdout=subprocess.DEVNULL
    )
    assert await process.wait() == 0
    row = await row_of(db, recording_id)
    assert (row["state"], row["why"]) == ("failed", "store no larger file")
    assert (row["tries_left"], row["wait"]) == (8, pytest.approx(rules.STORE_SECONDS, abs=5))
    assert files(tmp_path) == []
    await make_due(db)
    await once(db, tmp_path)
    assert (await row_of(db, recording_id))["state"] == "fetched"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


async def test_what_an_earlier_try_has_left_goes(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/good")
    left = tmp_path / rules.folder_of(cast.account_id, recording_id) / f"{recording_id}-0011223344556677.wav"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"kept by a worker that died before it could say so")
    await once(db, tmp_path)
    row = await row_of(db, recording_id)
    assert files(tmp_path) == [tmp_path / row["path"]]


@pytest.mark.patient
async def test_the_same_by_a_bucket(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        given = {"recordings_endpoint": f"http://{host}:{port}", "recordings_key": "key", "recordings_secret": "secret"}
        recording_id = await wanted(db, cast, provider.url + "/good")
        await once(db, Path("unused"), recordings="s3://calls/ours", **given)  # there is no such bucket yet
        assert (await row_of(db, recording_id))["why"].startswith("store ")
        assert (await asyncio.to_thread(httpx.put, f"http://{host}:{port}/calls")).status_code == 200
        await make_due(db)
        await once(db, Path("unused"), recordings="s3://calls/ours", **given)
        row = await row_of(db, recording_id)
        assert row["state"] == "fetched"
        store = jobs.store_of(msgspec.structs.replace(LIMITS, recordings="s3://calls/ours", **given))
        pieces = await store.open(row["path"], 0, len(GOOD))
        assert b"".join([piece async for piece in pieces]) == GOOD
        await recordings.erase(db, cast.account_id, [9161234567], "erased")
        await once(db, Path("unused"), recordings="s3://calls/ours", **given)
        with pytest.raises(Missing):
            await store.open(row["path"], 0, 1)
    finally:
        server.stop()


# The end of them.


async def test_recordings_end_by_the_rule(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    old, new = [await wanted(db, cast, provider.url + "/good") for _ in range(2)]
    await once(db, tmp_path)
    await db.run("update recordings set created_at = created_at - 30 * 86400 - 60 where id = $1", old)
    await actions.keep(db, By(cast.account_id, cast.olga, 1), 30)
    await db.run("update accounts set recording_days = 1 where id <> $1", cast.account_id)
    async with shift_of(db, tmp_path) as shift:
        await jobs.end_old(shift)
    row = await row_of(db, old)
    assert (row["state"], row["why"], row["peaks"]) == ("deleted", "kept", None)
    assert len(files(tmp_path)) == 2  # the row has said so before the file goes
    await once(db, tmp_path)
    row = await row_of(db, old)
    assert (row["state"], row["path"], row["next_at"], row["bytes"]) == ("deleted", None, None, None)
    kept = await row_of(db, new)
    assert kept["state"] == "fetched"
    assert files(tmp_path) == [tmp_path / kept["path"]]
    assert [each["id"] for each in (await facts_told(db))[2:]] == [row["call_id"]]
    deeds = await db.rows("select account_id, deed, details from audit where deed like 'recordings_%' order by id")
    assert [(each["deed"], each["details"]) for each in deeds] == [
        ("recordings_kept_for", {"days": 30}),
        ("recordings_expired", {"days": 30, "recordings": 1}),
    ]


async def test_a_persons_recordings_are_erased(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    theirs = await call(db, cast, "79161234567")
    report = await call(db, cast, "89161234567", same_as=theirs)
    fetched = await wanted(db, cast, provider.url + "/good", theirs)
    reported = await wanted(db, cast, provider.url + "/good", report)
    others = await wanted(db, cast, provider.url + "/good", await call(db, cast, "79990000000"))
    await once(db, tmp_path)
    waiting = await wanted(db, cast, provider.url + "/good", theirs)
    contact = await db.value(
        "insert into contacts (account_id, name, responsible_user_id, created_by, updated_by, created_at, updated_at)"
        " values ($1, 'Ivan', 1, 1, 1, 1, 1) returning id",
        cast.account_id,
    )
    await db.run(
        "insert into phones (account_id, tail, entity, id, digits) values ($1, 9161234567, 1, $2, '79161234567')",
        cast.account_id,
        contact,
    )
    before = len(await facts_told(db))
    assert await actions.erase(db, By(cast.account_id, cast.olga, 1), contact) == 3
    assert [fact["id"] for fact in (await facts_told(db))[before:]] == [theirs]
    await once(db, tmp_path)
    for each in (fetched, reported, waiting):
        row = await row_of(db, each)
        assert (row["state"], row["why"], row["path"], row["link"], row["next_at"]) == (
            "deleted",
            "erased",
            None,
            "",
            None,
        )
    assert files(tmp_path) == [tmp_path / (await row_of(db, others))["path"]]
    assert await actions.erase(db, By(cast.account_id, cast.olga, 1), contact) == 0


async def test_what_is_erased_while_it_is_fetched_leaves_nothing(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = await wanted(db, cast, provider.url + "/good")
    true_fetched = actions.fetched

    async def late(*given: Any) -> bool:
        await recordings.erase(db, cast.account_id, [9161234567], "erased")
        return await true_fetched(*given)

    monkeypatch.setattr(actions, "fetched", late)
    await once(db, tmp_path)
    assert files(tmp_path) == []
    row = await row_of(db, recording_id)
    assert row["state"] == "deleted"
    await db.run("update recordings set next_at = now(), claimed_until = null")
    await once(db, tmp_path)
    row = await row_of(db, recording_id)
    assert (row["state"], row["next_at"], row["path"]) == ("deleted", None, None)


async def test_a_file_that_does_not_go_is_tried_again(db: Db, cast: Cast, provider: Hostile, tmp_path: Path) -> None:
    recording_id = await wanted(db, cast, provider.url + "/good")
    await once(db, tmp_path / "r")
    await recordings.erase(db, cast.account_id, [9161234567], "erased")
    (tmp_path / "r").rename(tmp_path / "away")
    (tmp_path / "r").write_bytes(b"")
    await once(db, tmp_path / "r")
    row = await row_of(db, recording_id)
    assert row["state"] == "deleted"
    assert row["path"] is not None
    assert row["wait"] == pytest.approx(rules.STORE_SECONDS, abs=3)
    (tmp_path / "r").unlink()
    (tmp_path / "away").rename(tmp_path / "r")
    await make_due(db)
    await once(db, tmp_path / "r")
    assert files(tmp_path) == []
    assert (await row_of(db, recording_id))["path"] is None


async def test_the_files_of_an_account_that_is_gone_go_and_those_of_others_stay(
    db: Db, cast: Cast, provider: Hostile, tmp_path: Path
) -> None:
    recording_id = await wanted(db, cast, provider.url + "/good")
    await once(db, tmp_path)
    path = tmp_path / (await row_of(db, recording_id))["path"]
    assert path.is_file()
    others = tmp_path / str(cast.other_account_id) / "880" / "880009-abc.mp3"
    others.parent.mkdir(parents=True)
    others.write_bytes(GOOD)
    await accounts.set_demo(db, cast.account_id)
    await account_deeds.remove_demo(db, cast.account_id)
    async with shift_of(db, tmp_path) as shift:
        store = jobs.store_of(shift.settings)
        assert not await jobs.clear_some(shift, store)  # a worker may still be fetching something
        assert path.is_file()
        await db.run("update left_folders set due_at = now()")
        away = jobs.store_of(msgspec.structs.replace(LIMITS, recordings=str(others)))  # no folder at all
        assert await jobs.clear_some(shift, away)
        assert await db.value("select due_at > now() from left_folders")
        await db.run("update left_folders set due_at = now()")
        assert await jobs.clear_some(shift, store)
    assert await db.value("select count(*) from left_folders") == 0
    assert not (tmp_path / str(cast.account_id)).exists()
    assert others.is_file()
