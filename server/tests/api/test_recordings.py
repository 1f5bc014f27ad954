"""Recordings over HTTP: who hears them, in which parts, by which links, and what is written down about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests import programs, sounds
from tests.api.conftest import Visitor
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.api import signed
from trubka.api.asked import Site
from trubka.db import Db, recordings
from trubka.outside.store import Store
from trubka.rules import recordings as rules
from trubka.rules.entities import Entity

SOUND = sounds.wav(20, right=1_000)
BEGAN = 1_700_000_000
ETAG = '"' + bytes(range(16)).hex() + '"'
FETCHED_AT = BEGAN + 100


@pytest.fixture
def store(site: Site, tmp_path: Path) -> Store:
    site.store = Store(str(tmp_path / "recordings"))
    return site.store


async def call(db: Db, account_id: int, user_ids: list[int], **columns: Any) -> int:
    row: dict[str, Any] = {"number": "+79161234567", "tail": 9161234567, "user_id": (user_ids or [None])[0], **columns}
    return await db.value(
        "insert into calls (account_id, source, direction, number, tail, started_at, user_id, user_ids, entity,"
        " entity_id, same_as, updated_at) values ($1, 2, 1, $2, $3, $4, $5, $6, $7, $8, $9, $4) returning id",
        account_id,
        row["number"],
        row["tail"],
        BEGAN,
        row["user_id"],
        user_ids,
        row.get("entity"),
        row.get("entity_id"),
        row.get("same_as"),
    )


async def recorded(db: Db, store: Store | None, account_id: int, call_id: int | None, sound: bytes = SOUND) -> int:
    """A recording; with a store it is fetched."""
    recording_id = await db.value(
        "insert into recordings (account_id, call_id, link, created_at) values ($1, $2, 'http://x/1', $3) returning id",
        account_id,
        call_id,
        BEGAN,
    )
    if store is not None:
        with store.incoming() as file:
            file.write_bytes(sound)
            folder = rules.folder_of(account_id, recording_id)
            path = await store.keep(file, folder, rules.name_of(recording_id, bytes(range(32)), "wav"))
        await db.run("update recordings set claimed_by = 'me' where id = $1", recording_id)
        peaks = bytes([2, 10, 20, 30, 40])
        assert await recordings.fetched(
            db,
            account_id,
            recording_id,
            "me",
            "",
            path,
            "audio/wav",
            len(sound),
            20.0,
            bytes(range(32)),
            peaks,
            FETCHED_AT,
        )
    return recording_id


@pytest.fixture
async def annas(db: Db, cast: Cast, store: Store) -> int:
    """The recording of a call of Anna's with an unknown number."""
    return await recorded(db, store, cast.account_id, await call(db, cast.account_id, [cast.anna]))


async def listens(db: Db) -> list[tuple[int, str, str]]:
    rows = await db.rows(
        "select user_id, deed, subject from audit where deed in ('recording_heard', 'recording_downloaded') order by id"
    )
    return [(row["user_id"], row["deed"], row["subject"]) for row in rows]


# The file and its parts.


async def test_a_recording_is_given_whole(api: Client, annas: int) -> None:
    answer = await api.get(f"/recordings/{annas}")
    assert (answer.status_code, answer.content) == (200, SOUND)
    told = {name: answer.headers[name] for name in ("content-type", "content-length", "accept-ranges", "etag")}
    assert told == {
        "content-type": "audio/wav",
        "content-length": str(len(SOUND)),
        "accept-ranges": "bytes",
        "etag": ETAG,
    }
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["last-modified"] == formatdate(FETCHED_AT, usegmt=True)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("inline; ")


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-", 0, len(SOUND)), ("bytes=100-199", 100, 200), ("bytes=-100", len(SOUND) - 100, len(SOUND))],
)
async def test_a_part_is_given(api: Client, annas: int, wanted: str, start: int, end: int) -> None:
    answer = await api.get(f"/recordings/{annas}", headers={"range": wanted})
    assert (answer.status_code, answer.content) == (206, SOUND[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(end - start)


async def test_the_other_answers_of_one_file(api: Client, annas: int, db: Db) -> None:
    path = f"/recordings/{annas}"
    head = await api.head(path, headers={"range": "bytes=0-9"})
    assert (head.status_code, head.content, head.headers["content-length"]) == (206, b"", "10")
    head = await api.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(SOUND)))
    same = await api.get(path, headers={"if-none-match": f'"x", {ETAG}', "range": "bytes=0-9"})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", ETAG)
    behind = await api.get(path, headers={"range": f"bytes={len(SOUND)}-"})
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{len(SOUND)}")
    assert behind.headers["content-type"] == "application/problem+json"
    several = await api.get(path, headers={"range": "bytes=0-1,4-5"})
    assert (several.status_code, several.json()["detail"]) == (416, "One range at a time, please.")
    assert await listens(db) == []  # nobody has heard anything yet
    another = await api.get(path, headers={"range": "bytes=0-9", "if-range": '"older"'})
    assert (another.status_code, len(another.content)) == (200, len(SOUND))


async def test_a_download_has_a_good_name(api: Client, annas: int, db: Db, cast: Cast) -> None:
    await db.run("update accounts set language = 'ru' where id = $1", cast.account_id)
    answer = await api.get(f"/recordings/{annas}?download=1")
    kind, plain, own = answer.headers["content-disposition"].split("; ")
    assert (kind, plain) == ("attachment", 'filename="2023-11-15 01-13 +79161234567 inbound.wav"')
    assert unquote(own) == "filename*=UTF-8''2023-11-15 01-13 +79161234567 входящий.wav"
    assert await listens(db) == [(cast.olga, "recording_downloaded", str(annas))]


async def test_what_is_not_fetched_is_said_in_words(api: Client, db: Db, cast: Cast, store: Store) -> None:
    waiting = await recorded(db, None, cast.account_id, await call(db, cast.account_id, [cast.anna]))
    answer = await api.get(f"/recordings/{waiting}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no sound to hear. The recording is being fetched."
    assert (await api.get("/recordings/1")).status_code == 404


async def test_a_file_that_is_gone_and_a_store_that_is_away(
    api: Client, annas: int, site: Site, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "recordings").rename(tmp_path / "away")
    assert (await api.get(f"/recordings/{annas}")).status_code == 404
    site.store = Store("s3://bucket", endpoint="http://127.0.0.1:9", key="key", secret="s3cret")
    answer = await api.get(f"/recordings/{annas}")
    assert answer.status_code == 503
    assert "127.0.0.1" not in answer.text


# Who hears it.


async def heard(client_of: ClientOf, recording_id: int) -> set[str]:
    found: set[str] = set()
    for name in ("olga", "anna", "boris", "clara", "stranger"):
        client = await client_of(name)
        answer = await client.get(f"/recordings/{recording_id}", headers={"range": "bytes=0-0"})
        assert answer.status_code in (206, 404), answer.text
        if answer.status_code == 206:
            found.add(name)
    return found


async def test_who_sees_the_call_hears_it(client_of: ClientOf, db: Db, cast: Cast, store: Store) -> None:
    account = cast.account_id

    async def of(user_ids: list[int], **columns: Any) -> set[str]:
        return await heard(client_of, await recorded(db, store, account, await call(db, account, user_ids, **columns)))

    async def contact(owner: int) -> dict[str, Any]:
        card = await db.value(
            "insert into contacts (account_id, name, responsible_user_id, created_by, updated_by, created_at,"
            " updated_at) values ($1, 'Ivan', $2, 1, 1, 1, 1) returning id",
            account,
            owner,
        )
        return {"entity": Entity.contact, "entity_id": card}

    assert await of([cast.anna]) == {"olga", "anna", "boris"}  # of her group
    assert await of([cast.clara]) == {"olga", "clara"}  # took part, though she sees nothing
    assert await of([]) == {"olga"}
    assert await of([cast.clara], **await contact(cast.anna)) == {"olga", "clara", "anna", "boris"}
    assert await of([cast.anna], **await contact(cast.clara)) == {"olga", "anna"}
    theirs = await call(db, account, [cast.clara])
    assert await of([cast.anna], same_as=theirs) == {"olga", "clara"}  # the conversation decides, not the report
    assert await heard(client_of, await recorded(db, store, account, None)) == {"olga"}


async def test_rights_are_those_of_now(client_of: ClientOf, db: Db, cast: Cast, annas: int) -> None:
    boris = await client_of("boris")
    assert (await boris.get(f"/recordings/{annas}", headers={"range": "bytes=0-0"})).status_code == 206
    await db.run("update users set group_id = null where account_id = $1 and id = $2", cast.account_id, cast.boris)
    assert (await boris.get(f"/recordings/{annas}", headers={"range": "bytes=1-1"})).status_code == 404
    assert (await boris.get(f"/recordings/{annas}", headers={"if-none-match": "*"})).status_code == 404


async def test_by_session_by_token_and_not_without(
    client_of: ClientOf, signed_in: Visitor, annas: int, db: Db, cast: Cast
) -> None:
    browser = await signed_in("anna")
    assert (await browser.get(f"/recordings/{annas}")).content == SOUND
    nobody = await client_of(None)
    assert (await nobody.get(f"/recordings/{annas}")).status_code == 401
    wrong = await client_of(None, authorization="Bearer nonsense")
    assert (await wrong.get(f"/recordings/{annas}")).status_code == 401


async def test_what_a_third_party_posts_comes_back_as_it_was(api: Client, db: Db) -> None:
    """And is to be copied into our store."""
    phone = [{"field_code": "PHONE", "values": [{"value": "+79161234567"}]}]
    made = await api.post("/api/v4/contacts", json=[{"name": "Ivan", "custom_fields_values": phone}])
    contact = made.json()["_embedded"]["contacts"][0]["id"]
    link = "https://calls.example/rec/1.mp3?token=a&x=%D1%8F"
    posted = {"direction": "inbound", "duration": 60, "source": "x", "phone": "+79161234567", "link": link, "uniq": "1"}
    assert (await api.post("/api/v4/calls", json=[posted])).status_code == 200
    notes = (await api.get(f"/api/v4/contacts/{contact}/notes")).json()["_embedded"]["notes"]
    assert [note["params"]["link"] for note in notes] == [link]
    rows = await db.rows("select link, state, tries_left, next_at is not null as due from recordings")
    assert [tuple(row) for row in rows] == [(link, "waiting", 8, True)]


# Links for players.


async def test_a_signed_link_plays_without_a_header(
    client_of: ClientOf, signed_in: Visitor, annas: int, db: Db, cast: Cast
) -> None:
    browser = await signed_in("anna")
    told = (await browser.post(f"/desk/recordings/{annas}/link")).json()
    assert 600 < told["expires_at"] - time.time() <= 625
    player = await client_of(None)
    answer = await player.get(told["url"], headers={"range": "bytes=5-9"})
    assert (answer.status_code, answer.content) == (206, SOUND[5:10])
    assert (await player.head(told["url"])).status_code == 200
    assert await listens(db) == [(cast.anna, "recording_heard", str(annas))]
    # It is Anna's, and her rights are looked at again.
    await db.run("update calls set user_ids = '{}', user_id = null")
    assert (await player.get(told["url"])).status_code == 404
    await db.run("update users set is_active = false where account_id = $1 and id = $2", cast.account_id, cast.anna)
    assert (await player.get(told["url"])).status_code == 401


async def test_a_link_that_is_wrong_or_old_plays_nothing(
    client_of: ClientOf, site: Site, store: Store, annas: int, db: Db, cast: Cast
) -> None:
    path, now = f"/recordings/{annas}", int(time.time())
    good = signed.sign(site.secret, path, cast.account_id, cast.olga, now + 60)
    account, user, until, mac = good.split(".")
    other = await recorded(db, store, cast.account_id, await call(db, cast.account_id, [cast.anna]))
    player = await client_of(None)
    assert (await player.get(f"{path}?signature={good}")).status_code == 200
    wrong = {
        f"{path}?signature={signed.sign(site.secret, path, cast.account_id, cast.olga, now)}": "too old",
        f"{path}?signature={account}.{user}.{int(until) + 1}.{mac}": "longer than allowed",
        f"{path}?signature={account}.{cast.anna}.{until}.{mac}": "another user",
        f"{path}?signature={cast.other_account_id}.{user}.{until}.{mac}": "another account",
        f"{path}?signature={good[:-1]}": "shortened",
        f"{path}?signature=": "empty",
        f"{path}?signature=...": "dots",
        f"{path}?signature=a.b.c.d": "letters",
        f"{path}?signature=%D1%8F": "Cyrillic",
        f"/recordings/{other}?signature={good}": "another recording",
        f"{path}?signature={signed.sign(b'another', path, cast.account_id, cast.olga, now + 60)}": "another secret",
        f"{path}?signature={signed.sign(site.secret, path, 1, 1, now + 60)}": "no such account",
    }
    for url, why in wrong.items():
        answer = await player.get(url)
        assert answer.status_code == 401, why
    # It opens nothing else.
    assert (await player.get(f"/api/v4/account?signature={good}")).status_code == 401
    assert (await player.get(f"/desk/recordings/{annas}?signature={good}")).status_code == 401


async def test_no_secret_reaches_the_log(
    client_of: ClientOf,
    site: Site,
    annas: int,
    cast: Cast,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/recordings/{annas}"
    good = signed.sign(site.secret, path, cast.account_id, cast.olga, int(time.time()) + 60)

    async def broken(*_: object) -> None:
        raise AssertionError("a mistake of ours")

    player = await client_of(None)
    monkeypatch.setattr(recordings, "get", broken)
    assert (await player.get(f"{path}?signature={good}")).status_code == 500
    told = "".join(capsys.readouterr())
    assert "request failed" in told
    assert good.rpartition(".")[2] not in told


# The audit list.


async def test_one_listen_is_one_line(client_of: ClientOf, annas: int, db: Db, cast: Cast) -> None:
    anna, boris = await client_of("anna"), await client_of("boris")
    path = f"/recordings/{annas}"
    await asyncio.gather(*(anna.get(path, headers={"range": f"bytes={at}-{at + 9}"}) for at in range(0, 200, 10)))
    await boris.get(path)
    assert sorted(await listens(db)) == sorted(
        [(cast.anna, "recording_heard", str(annas)), (cast.boris, "recording_heard", str(annas))]
    )
    await db.run("update audit set at = at - make_interval(secs => 1800 + 21)")
    await anna.get(path)
    assert len(await listens(db)) == 3
    row = await db.row("select account_id, address from audit where deed = 'recording_heard' order by id limit 1")
    assert row is not None
    assert (row["account_id"], row["address"]) == (cast.account_id, "127.0.0.1")


# The desk.


async def test_how_a_recording_stands(signed_in: Visitor, annas: int, db: Db, cast: Cast) -> None:
    browser = await signed_in("anna")
    told = (await browser.get(f"/desk/recordings/{annas}")).json()
    assert told == {
        "id": annas,
        "call_id": told["call_id"],
        "state": "fetched",
        "words": "The recording is here.",
        "why": None,
        "tries_left": 8,
        "again_seconds": None,
        "at_work": False,
        "media": "audio/wav",
        "bytes": len(SOUND),
        "seconds": 20.0,
        "fetched_at": FETCHED_AT,
        "kept_until": None,
        "url": f"/recordings/{annas}",
        "may_erase": False,
    }
    peaks = (await browser.get(f"/desk/recordings/{annas}/peaks")).json()
    assert peaks == {"seconds": 20.0, "sides": [[10, 20], [30, 40]]}
    clara = await signed_in("clara")
    for method, path in (("GET", ""), ("GET", "/peaks"), ("POST", "/retry"), ("POST", "/link")):
        assert (await clara.request(method, f"/desk/recordings/{annas}{path}")).status_code == 404


async def test_it_is_fetched_again_by_hand(signed_in: Visitor, annas: int, db: Db, cast: Cast, store: Store) -> None:
    browser = await signed_in("anna")
    failed = await recorded(db, None, cast.account_id, await call(db, cast.account_id, [cast.anna]))
    await db.run(
        "update recordings set state = 'failed', why = 'answered 403', tries_left = 0, next_at = null where id = $1",
        failed,
    )
    told = (await browser.get(f"/desk/recordings/{failed}")).json()
    assert told["why"] == {"code": "answered", "detail": "403"}
    assert told["words"] == "The recording could not be fetched: the recording's server answered 403."
    assert (await browser.get(f"/desk/recordings/{failed}/peaks")).status_code == 404
    again = (await browser.post(f"/desk/recordings/{failed}/retry")).json()
    assert (again["state"], again["tries_left"], again["again_seconds"]) == ("waiting", 8, 0)
    assert await db.value("select count(*) from facts where fact->>'fact' = 'call_changed'") == 1
    assert await recordings.claim(db, "worker", 10, [], []) is not None
    busy = await browser.post(f"/desk/recordings/{failed}/retry")
    assert (busy.status_code, busy.json()["detail"]) == (422, "It is being fetched right now.")
    assert (await browser.get(f"/desk/recordings/{failed}")).json()["at_work"] is True
    assert (await browser.post(f"/desk/recordings/{annas}/retry")).status_code == 422


async def test_how_long_they_are_kept(signed_in: Visitor, annas: int, db: Db, cast: Cast) -> None:
    olga = await signed_in("olga")
    assert (await olga.get("/desk/recordings/keeping")).json() == {"days": None}
    assert (await olga.patch("/desk/recordings/keeping", json={"days": 90})).json() == {"days": 90}
    told = (await olga.get(f"/desk/recordings/{annas}")).json()
    assert told["kept_until"] == BEGAN + 90 * 86_400
    for days in (0, -1, 40_000):
        assert (await olga.patch("/desk/recordings/keeping", json={"days": days})).status_code == 422
    assert (await olga.patch("/desk/recordings/keeping", json={"days": None})).json() == {"days": None}
    assert await db.value("select count(*) from accounts where recording_days is not null") == 0
    anna = await signed_in("anna")
    assert (await anna.get("/desk/recordings/keeping")).status_code == 403
    assert (await anna.patch("/desk/recordings/keeping", json={"days": 1})).status_code == 403


async def test_what_is_erased_is_heard_by_nobody(
    api: Client, signed_in: Visitor, annas: int, db: Db, cast: Cast
) -> None:
    olga = await signed_in("olga")
    phone = [{"field_code": "PHONE", "values": [{"value": "8 916 123-45-67"}]}]
    made = await api.post("/api/v4/contacts", json=[{"name": "Ivan", "custom_fields_values": phone}])
    contact = made.json()["_embedded"]["contacts"][0]["id"]
    anna = await signed_in("anna")
    assert (await anna.post("/desk/recordings/erase", json={"contact_id": contact})).status_code == 403
    assert (await olga.post("/desk/recordings/erase", json={"contact_id": contact + 1})).status_code == 404
    assert (await olga.post("/desk/recordings/erase", json={"contact_id": contact})).json() == {"erased": 1}
    answer = await api.get(f"/recordings/{annas}")
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith("The recording was deleted: the person's data were erased.")
    assert (await olga.get(f"/desk/recordings/{annas}/peaks")).status_code == 404


# A real server: what only a real connection shows.


@pytest.fixture
async def program(
    dsn: str, db: Db, site: Site, cast: Cast, tmp_path: Path
) -> AsyncGenerator[tuple[str, dict[str, str], Store]]:
    store = Store(str(tmp_path / "recordings"))
    running = await asyncio.to_thread(programs.serve, dsn, TRUBKA_RECORDINGS=str(tmp_path / "recordings"))
    yield running.url, {"authorization": f"Bearer {await cast.token(db, site, 'olga')}"}, store
    assert await asyncio.to_thread(running.stop) == 0


LARGE = sounds.header() + bytes(40_000_000)


@pytest.mark.patient
async def test_a_listener_costs_little_memory_and_no_connection(
    program: tuple[str, dict[str, str], Store], db: Db, cast: Cast, dsn: str
) -> None:
    url, headers, store = program
    call_id = await call(db, cast.account_id, [cast.anna])
    recording_id = await recorded(db, store, cast.account_id, call_id, LARGE)
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=httpx.Limits(max_connections=100)) as client:
        await client.get("/api/v4/account")
        before = memory_of(url)
        opened = [client.stream("GET", f"/recordings/{recording_id}") for _ in range(40)]
        answers = [await each.__aenter__() for each in opened]
        assert {answer.status_code for answer in answers} == {200}
        await asyncio.sleep(0.5)  # all of them have stopped taking: the sockets are full
        busy = await db.value(
            "select count(*) from pg_stat_activity where datname = current_database() and state <> 'idle'"
        )
        assert busy <= 1  # this question itself
        assert (await client.get("/api/v4/account")).status_code == 200
        grown = memory_of(url) - before
        assert grown < 40 * 1_500_000, grown
        for each in opened[1:]:
            await each.__aexit__(None, None, None)  # gone in the middle
        whole = b"".join([piece async for piece in answers[0].aiter_bytes()])
        assert whole == LARGE
        await opened[0].__aexit__(None, None, None)
        assert (await client.get("/api/v4/account")).status_code == 200


def memory_of(url: str) -> int:
    """Of the process that listens there, in bytes."""
    import psutil

    port = int(url.rpartition(":")[2])
    for process in psutil.Process().children(recursive=True):
        if any(each.laddr.port == port for each in process.net_connections() if each.status == "LISTEN"):
            return process.memory_info().rss
    raise AssertionError("nobody listens")


@pytest.mark.patient
async def test_a_file_that_breaks_off_is_no_whole_file(
    program: tuple[str, dict[str, str], Store], db: Db, cast: Cast
) -> None:
    url, headers, store = program
    recording_id = await recorded(db, store, cast.account_id, await call(db, cast.account_id, [cast.anna]), LARGE)
    await db.run("update recordings set bytes = bytes + 1000")
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"/recordings/{recording_id}")
        assert (await client.get("/api/v4/account")).status_code == 200
