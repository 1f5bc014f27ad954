"""How recordings stand, in numbers and one by one; fetched anew, and erased for good."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.neighbours import made
from tests.api.test_recordings import SOUND, call, recorded, store
from tests.cast import Cast
from tests.conftest import Client
from trubka.actions import recordings as deeds
from trubka.db import Db, audit, recordings
from trubka.outside.store import Store
from trubka.rules import recordings as rules
from trubka.rules.entities import Entity

assert store


@pytest.fixture
async def olga(signed_in: Visitor) -> httpx.AsyncClient:
    return await signed_in("olga")


async def settled(db: Db, account_id: int, state: str, why: str = "", again: float | None = None, **more: Any) -> int:
    recording_id = await recorded(db, None, account_id, more.get("call_id"))
    await db.run(
        "update recordings set state = $2, why = $3, tries_left = 0, next_at = now() + make_interval(secs => $4)"
        " where id = $1",
        recording_id,
        state,
        why,
        again,
    )
    return recording_id


async def got(client: httpx.AsyncClient, path: str, status: int = 200, method: str = "GET", **params: Any) -> Any:
    answer = await client.request(method, f"/desk/recordings/{path}", params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_numbers_and_reasons(db: Db, olga: httpx.AsyncClient, store: Store, cast: Cast):
    here = [await recorded(db, store, cast.account_id, None) for _ in range(2)]
    for state, why in (
        ("failed", "answered 404"),
        ("failed", "answered 500"),
        ("refused", "private h"),
        ("waiting", ""),
    ):
        await settled(db, cast.account_id, state, why)
    await recorded(db, store, cast.other_account_id, None)
    await settled(db, cast.other_account_id, "failed", "gone")
    told = await got(olga, "sums")
    counts = {state: number["count"] for state, number in told["states"].items()}
    assert counts == {"waiting": 1, "fetched": 2, "empty": 0, "failed": 2, "refused": 1, "deleted": 0}
    assert told["bytes"] == 2 * len(SOUND) and not any(number["more"] for number in told["states"].values())
    assert told["reasons"] == [
        {"state": "failed", "code": "answered", "count": 2},
        {"state": "refused", "code": "private", "count": 1},
    ]
    await got(olga, str(here[0]), method="DELETE")
    told = await got(olga, "sums")
    assert (told["states"]["deleted"]["count"], told["bytes"]) == (1, len(SOUND))


async def test_those_that_are_not_here(db: Db, api: Client, olga: httpx.AsyncClient, store: Store, cast: Cast):
    card = (await made(api, "contacts", {"name": "Ivan"}))[0]
    talk = await call(db, cast.account_id, [cast.anna], entity=int(Entity.contact), entity_id=card)
    report = await call(db, cast.account_id, [cast.anna], same_as=talk)
    await recorded(db, store, cast.account_id, talk)
    failed = await settled(db, cast.account_id, "failed", "answered 404", call_id=report)
    waits = await settled(db, cast.account_id, "failed", "unreachable h", 90)
    refused = await settled(db, cast.account_id, "refused", "large 100 MB")
    rows = (await got(olga, "wrong"))["recordings"]
    assert [row["id"] for row in rows] == [refused, waits, failed]
    assert rows[0]["call"] is None and rows[1]["again_seconds"] in range(60, 91)
    assert rows[2]["call"] == {
        "id": talk,
        "number": "+79161234567",
        "started_at": 1_700_000_000,
        "user_id": cast.anna,
        "direction": "inbound",
        "card": {"entity": "contacts", "id": card, "name": "Ivan"},
    }
    assert rows[2]["why"] == {"code": "answered", "detail": "404"}
    assert [row["id"] for row in (await got(olga, "wrong", state="failed"))["recordings"]] == [waits, failed]
    assert [row["id"] for row in (await got(olga, "wrong", code="answered"))["recordings"]] == [failed]
    first = await got(olga, "wrong", limit=2)
    assert first["after"] == waits
    last = await got(olga, "wrong", limit=2, after=first["after"])
    assert ([row["id"] for row in last["recordings"]], last["after"]) == ([failed], None)
    await got(olga, "wrong", 400, state="deleted")
    told = (await got(olga, "these", ids=f"{failed},{refused},1"))["recordings"]
    assert [row["id"] for row in told] == [refused, failed]


async def test_all_are_fetched_anew_once(db: Db, olga: httpx.AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    talk = await call(db, cast.account_id, [cast.anna])
    failed = [await settled(db, cast.account_id, "failed", "answered 404", call_id=talk) for _ in range(3)]
    empty = await settled(db, cast.account_id, "empty", "silent 5")
    theirs = await settled(db, cast.other_account_id, "failed", "answered 404")
    at_work = await settled(db, cast.account_id, "failed", "answered 404", 0)
    assert await recordings.claim(db, "me", 60, [], [cast.other_account_id]) is not None
    answers = await asyncio.gather(*(got(olga, "retry", method="POST", state="failed") for _ in range(3)))
    assert sorted(each["again"] for each in answers) == [0, 0, 3]
    rows = await db.rows("select id, state, tries_left, why from recordings order by id")
    stands = {row["id"]: (row["state"], row["tries_left"], row["why"]) for row in rows}
    assert [stands[each] for each in failed] == [("waiting", rules.TRIES, "")] * 3
    assert stands[empty][0] == "empty" and stands[theirs][0] == "failed" and stands[at_work][0] == "failed"
    assert await db.value("select count(*) from facts where fact ->> 'fact' = 'call_changed'") == 1
    monkeypatch.setattr(deeds, "STEP", 1)
    await db.run("update recordings set state = 'failed', why = 'gone' where id = any($1::int8[])", failed)
    assert (await got(olga, "retry", method="POST", code="gone"))["again"] == 1
    assert await db.value("select state from recordings where id = $1", failed[0]) == "waiting", "the oldest first"
    newest = await audit.newest(db, cast.account_id, 2**62, 10)
    assert [row["details"] for row in newest if row["deed"] == "recordings_tried_again"] == [
        {"recordings": 1},
        {"recordings": 3},
    ]


async def test_one_recording_is_erased_for_good(
    db: Db, api: Client, olga: httpx.AsyncClient, signed_in: Visitor, store: Store, cast: Cast
):
    mine, others = await made(
        api,
        "contacts",
        {"name": "Mine", "responsible_user_id": cast.anna},
        {"name": "Boris's", "responsible_user_id": cast.boris},
    )
    rights = {"view": "A", "edit": "A", "add": "A", "delete": "M", "export": "D"}
    await db.run("update users set rights = jsonb_set(rights, '{contacts}', $2) where id = $1", cast.anna, rights)
    calls = [
        await call(db, cast.account_id, [cast.anna], entity=int(Entity.contact), entity_id=mine),
        await call(db, cast.account_id, [cast.anna], entity=int(Entity.contact), entity_id=others),
        await call(db, cast.account_id, [cast.anna]),
    ]
    own, not_hers, of_nobody = [await recorded(db, store, cast.account_id, each) for each in calls]
    anna = await signed_in("anna")
    for recording, may in ((own, True), (not_hers, False), (of_nobody, False)):
        assert (await got(anna, str(recording)))["may_erase"] is may
        assert (await got(olga, str(recording)))["may_erase"] is True
    for recording in (not_hers, of_nobody):
        await got(anna, str(recording), 403, "DELETE")
    path = await db.value("select path from recordings where id = $1", own)
    assert path
    for _ in range(2):
        told = await got(anna, str(own), method="DELETE")
        assert (told["state"], told["why"], told["url"], told["may_erase"]) == (
            "deleted",
            {"code": "erased", "detail": ""},
            None,
            False,
        )
    assert (await api.get(f"/recordings/{own}")).status_code == 404
    assert await db.value("select next_at <= now() and link = '' from recordings where id = $1", own)
    rows = [row for row in await audit.newest(db, cast.account_id, 2**62, 10) if row["deed"] == "recording_erased"]
    assert [(row["user_id"], row["subject"], row["details"]) for row in rows] == [
        (cast.anna, str(own), {"call": calls[0]})
    ]
    await db.run("update sessions set scope = 'desk'")
    assert (await got(olga, str(not_hers)))["may_erase"] is False
    await got(olga, str(not_hers), 403, "DELETE")


async def test_what_is_being_fetched_is_erased_too(db: Db, olga: httpx.AsyncClient, cast: Cast):
    waiting = await recorded(db, None, cast.account_id, await call(db, cast.account_id, [cast.anna]))
    assert await recordings.claim(db, "me", 60, [], []) is not None
    assert (await got(olga, str(waiting), method="DELETE"))["state"] == "deleted"
    assert not await recordings.settle(db, cast.account_id, waiting, "me", "failed", "gone", 0, None)
    assert (await olga.post(f"/desk/recordings/{waiting}/retry")).status_code == 422


async def test_only_administrators_and_whoever_sees_the_call(
    db: Db, olga: httpx.AsyncClient, signed_in: Visitor, store: Store, cast: Cast
):
    theirs = await recorded(db, store, cast.other_account_id, None)
    annas = await recorded(db, store, cast.account_id, await call(db, cast.account_id, [cast.anna]))
    anna, clara = await signed_in("anna"), await signed_in("clara")
    for method, path in (("GET", "sums"), ("GET", "wrong"), ("GET", "these"), ("POST", "retry")):
        await got(anna, path, 403, method)
    await got(clara, str(annas), 404, "DELETE")
    await got(olga, str(theirs), 404, "DELETE")
    assert (await got(olga, "these", ids=str(theirs)))["recordings"] == []
