"""The door for PBXes that tell of calls over HTTP, and what becomes of what they tell."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.neighbours import made
from tests.api.test_routing import CALLER, LINE, contact, olga, pbx  # noqa: F401  # pyright: ignore[reportUnusedImport]
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.actions.accounts import account_of
from trubka.actions.conversations import close_silent
from trubka.db import Db, accounts

Tell = Callable[..., Awaitable[httpx.Response]]


def headers(pbx: dict[str, Any], body: bytes, at: int | str | None = None) -> dict[str, str]:  # noqa: F811
    moment = str(int(time.time()) if at is None else at)
    signature = hmac.new(pbx["secret"].encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"x-trubka-key": pbx["key_id"], "x-trubka-time": moment, "x-trubka-signature": signature}


@pytest.fixture
async def stranger_(client_of: ClientOf) -> httpx.AsyncClient:
    return await client_of(None)


@pytest.fixture
async def tell(stranger_: httpx.AsyncClient, pbx: dict[str, Any]) -> Tell:  # noqa: F811
    count = itertools.count()  # nothing is signed alike

    async def send(*signals: dict[str, Any], status: int = 200) -> httpx.Response:
        body = json.dumps({"signals": signals, "id": next(count)}).encode()
        answer = await stranger_.post("/pbx/events", content=body, headers=headers(pbx, body))
        assert answer.status_code == status, answer.text
        return answer

    return send


def story(call: str, began: int, *, talk: bool = True, agent: str = "101") -> list[dict[str, Any]]:
    """A customer calls, rings five seconds, and perhaps talks for half a minute."""
    rings = {"signal": "ringing", "call": call, "at": began, "number": CALLER, "agent": agent, "line": LINE}
    answered = {"signal": "answered", "call": call, "at": began + 5, "agent": agent}
    over = {"signal": "hung_up", "call": call, "at": began + (35 if talk else 20), "cause": 16}
    return [rings, *([answered] if talk else []), over]


async def one_call(db: Db) -> dict[str, Any]:
    rows = await db.rows("select * from calls")
    assert len(rows) == 1
    return dict(rows[0])


async def told_facts(db: Db) -> list[str]:
    rows = await db.rows(
        "select fact ->> 'fact' as fact from facts where fact ->> 'fact' ~ '^(call|debt|note)' order by id"
    )
    return [row["fact"] for row in rows]


async def test_a_talk_from_the_first_ring_to_its_note(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    card = await contact(api, cast.anna)
    lead = (await made(api, "leads", {"name": "Order", "_embedded": {"contacts": [{"id": card}]}}))[0]
    await db.run("delete from facts")
    began = int(time.time()) - 60
    rings, answered, over = story("c1", began)
    await tell(rings)
    call = await one_call(db)
    assert (call["ended_at"], call["entity"], call["entity_id"], call["user_ids"]) == (None, 2, lead, [cast.anna])
    assert call["details"]["ringing"] == ["101"] and call["details"]["placed"]["why"] == "one_lead"
    await tell(answered)
    call = await one_call(db)
    assert (call["answered_at"], call["user_id"], call["details"]["talking"]) == (began + 5, cast.anna, ["101"])
    assert await db.value("select count(*) from notes") == 0
    await tell(over)
    call = await one_call(db)
    assert (call["ended_at"], call["talk_seconds"], call["missed"], call["line"]) == (began + 35, 30, False, LINE)
    notes = (await api.get(f"/api/v4/leads/{lead}/notes")).json()["_embedded"]["notes"]
    assert len(notes) == 1 and notes[0]["id"] == call["note_id"] and notes[0]["note_type"] == "call_in"
    assert (notes[0]["created_by"], notes[0]["responsible_user_id"], notes[0]["created_at"]) == (
        cast.anna,
        cast.anna,
        began,
    )
    params = notes[0]["params"]
    assert (params["duration"], params["phone"], params["call_status"], params["uniq"]) == (30, CALLER, 4, "c1")
    events = (await api.get("/api/v4/events", params={"filter[type]": "incoming_call"})).json()["_embedded"]["events"]
    assert [event["entity_id"] for event in events] == [lead]
    assert await db.value("select talked_at from contacts where id = $1", card) == began + 35
    assert await told_facts(db) == ["call_rang", "call_answered", "note_added", "call_ended"]


@pytest.mark.parametrize("when", ["while it goes on", "after its end"])
async def test_a_late_signal_leaves_what_an_agent_has_chosen(
    tell: Tell, db: Db, api: httpx.AsyncClient, signed_in: Visitor, cast: Cast, when: str
):
    card, anna = await contact(api, cast.anna), await signed_in("anna")
    rings, answered, over = story("c1", int(time.time()) - 60)
    before, after = ([rings, answered], [over]) if when == "while it goes on" else ([rings, over], [answered])
    await tell(*before)
    call_id = (await one_call(db))["id"]
    chosen = {"status": 7, "result": "Call back on Monday"}
    assert (await anna.patch(f"/desk/calls/{call_id}", json=chosen)).status_code == 200
    await tell(*after)
    call = await one_call(db)
    assert (call["status"], call["result"], call["talk_seconds"]) == (7, "Call back on Monday", 30)
    notes = (await api.get(f"/api/v4/contacts/{card}/notes")).json()["_embedded"]["notes"]
    assert len(notes) == 1
    params = notes[0]["params"]
    assert (params["call_status"], params["call_result"]) == (7, "Call back on Monday")
    assert params["duration"] == 30


async def test_told_again_and_late_changes_nothing(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    await contact(api, cast.anna)
    told = story("c1", int(time.time()) - 60)
    for signal in told:
        await tell(signal)
    once = await one_call(db)
    facts = await told_facts(db)
    for signal in [*told, *reversed(told)]:
        await tell(signal | {"at": signal["at"] + 0.0})
    again = await one_call(db)
    assert once | {"updated_at": 0} == again | {"updated_at": 0}
    assert await told_facts(db) == facts and await db.value("select count(*) from notes") == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_in_whatever_order_it_is_told(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast, order: list[int]):
    await contact(api, cast.anna)
    told = story("c1", int(time.time()) - 60)
    for place in order:
        await tell(told[place])
    call = await one_call(db)
    assert (call["talk_seconds"], call["missed"], call["user_id"]) == (30, False, cast.anna)
    assert await db.value("select count(*) from notes") == 1
    note = await db.value("select params from notes")
    assert (note["duration"], note["call_status"]) == (30, 4)
    assert await db.value("select count(*) from debts where closed_at is null") == 0


async def test_a_missed_call_is_owed_until_somebody_talks(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    await contact(api, cast.boris)
    began = int(time.time()) - 300
    for place in range(2):
        await tell(*story(f"m{place}", began + place * 60, talk=False))
    debts = [dict(row) for row in await db.rows("select * from debts")]
    assert [(debt["calls"], debt["user_id"], debt["opened_at"], debt["last_at"]) for debt in debts] == [
        (2, cast.boris, began, began + 60)
    ]
    dials = {"signal": "dialling", "call": "o1", "at": began + 200, "number": "89160001122", "agent": "102"}
    await tell(dials, {"signal": "hung_up", "call": "o1", "at": began + 210})
    assert await db.value("select closed_at from debts") is None, "nobody answered"
    dials |= {"call": "o2", "at": began + 220}
    await tell(
        dials,
        {"signal": "answered", "call": "o2", "at": began + 230, "agent": "102"},
        {"signal": "hung_up", "call": "o2", "at": began + 240},
    )
    debt = dict((await db.rows("select * from debts"))[0])
    call = dict((await db.rows("select * from calls where uniq = 'o2'"))[0])
    assert (debt["closed_by_call"], debt["closed_by"], debt["closed_at"]) == (call["id"], cast.boris, began + 240)
    assert (call["direction"], call["talk_seconds"], call["missed"]) == (2, 10, False)
    types = [row["note_type"] for row in await db.rows("select note_type from notes order by id")]
    assert types == ["call_in", "call_in", "call_out", "call_out"]
    assert [fact for fact in await told_facts(db) if "debt" in fact] == ["debt_opened", "debt_opened", "debt_closed"]


async def test_an_unknown_number(tell: Tell, db: Db):
    await tell(*story("u1", int(time.time()) - 60, talk=False))
    call = await one_call(db)
    assert (call["entity"], call["note_id"], call["missed"]) == (None, None, True)
    assert await db.value("select count(*) from debts") == 1 and await db.value("select count(*) from notes") == 0


async def test_an_answered_call_of_an_unknown_number_waits_in_the_unsorted(
    tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast
):
    told = story("u1", int(time.time()) - 60)
    for _ in range(2):
        for signal in told:
            await tell(signal)
    call = await one_call(db)
    items = [dict(row) for row in await db.rows("select * from unsorted")]
    assert [(item["category"], item["call_id"], item["state"], item["lead_id"]) for item in items] == [
        ("sip", call["id"], "waiting", call["entity_id"])
    ]
    assert (call["entity"], items[0]["metadata"]["uniq"], items[0]["metadata"]["duration"]) == (2, "u1", 30)
    assert (await api.get("/api/v4/contacts")).status_code == 204, "its contact is not there yet"
    await tell(
        *story("u2", int(time.time()) - 20, talk=False),
        {"signal": "dialling", "call": "u3", "at": time.time(), "number": "+79991112233", "agent": "101"},
    )
    assert await db.value("select count(*) from unsorted") == 1, "missed calls and our own do not go there"


async def test_what_was_announced_joins_the_call(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    """/api/v2/events tells of a call before the PBX does: there is one card on the screen, not two."""
    await contact(api, cast.anna)
    for users in ([cast.anna], [cast.clara]):
        item = {"type": "phone_call", "phone_number": CALLER, "users": users}
        assert (await api.post("/api/v2/events", json={"add": [item]})).status_code == 202
    await tell(story("c1", int(time.time()) - 5)[0])
    call = await one_call(db)
    rows = {row["user_ids"][0]: row["call_id"] for row in await db.rows("select user_ids, call_id from notices")}
    assert rows == {cast.anna: call["id"], cast.clara: None}
    assert await db.value("select count(*) from facts where fact ->> 'fact' = 'notice_closed'") == 1


async def test_colleagues_among_themselves(tell: Tell, db: Db, cast: Cast):
    began = int(time.time()) - 60
    dials = {"signal": "dialling", "call": "i1", "at": began, "number": "102", "agent": "101", "inside": True}
    await tell(dials, {"signal": "hung_up", "call": "i1", "at": began + 9})
    call = await one_call(db)
    assert (call["direction"], call["number"], call["missed"], call["user_ids"]) == (
        3,
        None,
        False,
        [cast.anna, cast.boris],
    )
    assert await db.value("select count(*) from debts") + await db.value("select count(*) from notes") == 0


@pytest.mark.parametrize("report_first", [True, False])
async def test_a_report_of_the_same_talk_is_the_same_conversation(
    tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast, report_first: bool
):
    card = await contact(api, cast.anna)
    began = int(time.time()) - 100
    posted = {
        "direction": "inbound",
        "phone": CALLER,
        "duration": 30,
        "source": "other",
        "call_responsible": cast.anna,
        "created_at": began + 5,
    }
    if report_first:
        assert (await api.post("/api/v4/calls", json=[posted])).status_code == 200
    await tell(*story("c1", began))
    if not report_first:
        assert (await api.post("/api/v4/calls", json=[posted])).status_code == 200
    rows = [dict(row) for row in await db.rows("select * from calls order by source")]
    assert [row["source"] for row in rows] == [1, 2]
    assert (rows[0]["same_as"], rows[1]["same_as"]) == (None, rows[0]["id"])
    notes = (await api.get(f"/api/v4/contacts/{card}/notes")).json()["_embedded"]["notes"]
    assert len(notes) == (1 if report_first else 2), "every post has its note, and ours is not written beside it"
    assert rows[0]["note_id"] == notes[0]["id"]


async def test_a_recording_that_comes_late(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    await contact(api, cast.anna)
    began = int(time.time()) - 100
    await tell(*story("c1", began))
    recorded: dict[str, Any] = {
        "signal": "recorded",
        "call": "c1",
        "at": began + 50,
        "file": "https://pbx.example/1.mp3",
    }
    for _ in range(2):
        await tell(recorded)
        recorded["at"] += 1
    assert [row["link"] for row in await db.rows("select link from recordings")] == ["https://pbx.example/1.mp3"]
    await db.run("delete from tangles")
    await tell(recorded | {"file": "https://pbx.example/2.mp3"})
    call = await one_call(db)
    assert {row["call_id"] for row in await db.rows("select call_id from recordings")} == {call["id"]}
    assert await db.value("select count(*) from recordings") == 2


async def test_a_call_that_never_ends(tell: Tell, db: Db, cast: Cast, pbx: dict[str, Any]):  # noqa: F811
    began = int(time.time()) - 60
    await tell(*story("c1", began)[:2])
    row = await accounts.known(db, cast.account_id)
    assert row is not None
    account = account_of(row)
    await close_silent(db, account, pbx["id"], "c1", began + 3_600)
    assert (await one_call(db))["ended_at"] is None
    await close_silent(db, account, pbx["id"], "c1", began + 13 * 3_600)
    call = await one_call(db)
    assert call["ended_at"] is not None and call["details"]["gap"] is True
    assert await db.value("select count(*) from tangles") == 0


async def test_an_extension_that_is_given_away_takes_no_call_along(
    tell: Tell,
    db: Db,
    api: httpx.AsyncClient,
    cast: Cast,
    olga: httpx.AsyncClient,  # noqa: F811
    pbx: dict[str, Any],  # noqa: F811
):
    await contact(api, cast.anna)
    began = int(time.time()) - 60
    await tell(*story("c1", began))
    for user, numbers in ((cast.anna, []), (cast.boris, [{"number": "101"}])):
        assert (await olga.put(f"/desk/extensions/{user}", json={"extensions": numbers})).status_code == 204
    await tell({"signal": "recorded", "call": "c1", "at": began + 50, "file": "https://pbx.example/1.mp3"})
    row = await accounts.known(db, cast.account_id)
    assert row is not None
    await close_silent(db, account_of(row), pbx["id"], "c1", began + 14 * 3_600)
    call = await one_call(db)
    assert (call["user_id"], call["user_ids"], call["ended_at"]) == (cast.anna, [cast.anna], began + 35)
    await tell(*story("c2", began + 1))
    assert await db.value("select user_id from calls where uniq = 'c2'") == cast.boris


async def test_an_unknown_caller_whose_answer_is_told_after_the_end(tell: Tell, db: Db, cast: Cast):
    rings, answered, over = story("u1", int(time.time()) - 60)
    await tell(rings, over)
    assert await db.value("select count(*) from unsorted") == 0
    await tell(answered)
    assert await db.value("select count(*) from unsorted") == 1
    call = await one_call(db)
    assert (call["missed"], call["entity"]) == (False, 2)
    assert await db.value("select count(*) from debts where closed_at is null") == 0


async def test_every_recording_of_a_call_is_kept(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    await contact(api, cast.anna)
    began = int(time.time()) - 60
    files = [
        {"signal": "recorded", "call": "c1", "at": began + 20 + place, "file": f"https://pbx.example/{place}.wav"}
        for place in range(2)
    ]
    await tell(*story("c1", began)[:2], *files)
    for file in files:
        await tell(file)
    links = [row["link"] for row in await db.rows("select link from recordings order by id")]
    assert links == [file["file"] for file in files]
    await db.run("update recordings set link = '', state = 'deleted'")
    await tell(files[0])
    assert await db.value("select count(*) from recordings") == 2, "what was erased stays so"


async def test_what_a_report_brought_is_the_calls_own(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    """A missed call that others told of first: one debt, counted once; and their recording is heard with the call."""
    await contact(api, cast.anna)
    began = int(time.time()) - 100
    posted = {"direction": "inbound", "phone": CALLER, "duration": 0, "source": "other", "call_status": 6}
    posted |= {"call_responsible": cast.anna, "created_at": began + 5, "link": "https://pbx.example/1.mp3"}
    assert (await api.post("/api/v4/calls", json=[posted])).status_code == 200
    note = await db.value("select params from notes")
    await tell(*story("c1", began, talk=False))
    ours = await db.value("select id from calls where source = 1")
    assert await db.value("select call_id from recordings") == ours
    debts = [tuple(row) for row in await db.rows("select calls, call_id, last_call_id, closed_at from debts")]
    assert debts == [(1, ours, ours, None)]
    await tell(story("c1", began)[1])
    assert await db.value("select count(*) from debts where closed_at is null") == 0
    assert await db.value("select params from notes") == note, "others' note stays as it was posted"


async def test_two_of_our_pbxes_tell_of_one_talk(
    tell: Tell,
    db: Db,
    api: httpx.AsyncClient,
    cast: Cast,
    olga: httpx.AsyncClient,  # noqa: F811
    stranger_: httpx.AsyncClient,
):
    """A cloud PBX stands before one of our own: one conversation, one note, whichever is faster."""
    await contact(api, cast.anna)
    second = (await olga.post("/desk/pbxes", json={"kind": "http", "name": "Cloud"})).json()
    began = int(time.time()) - 60
    first, other = story("c1", began), story("x9", began)
    await tell(*first[:2])
    live = await db.value("select id from calls")
    for signal in other:
        body = json.dumps({"signals": [signal]}).encode()
        answer = await stranger_.post("/pbx/events", content=body, headers=headers(second, body))
        assert answer.status_code == 200
    await tell(first[2])
    rows = [tuple(row) for row in await db.rows("select uniq, same_as is null from calls order by uniq")]
    assert sorted(rows) == [("c1", False), ("x9", True)]
    assert await db.value("select count(*) from notes") == 1
    kept = await db.value("select id from calls where uniq = 'x9'")
    (gone,) = [json.loads(row["fact"]) for row in await db.rows(GONE)]
    assert (gone["id"], gone["users"], gone["card_owner"]) == (live, [cast.anna], cast.anna), "it went on, on screens"
    assert await took_part(db) == {(cast.anna, kept)}


GONE = "select fact::text as fact from facts where fact ->> 'fact' = 'call_gone'"


async def took_part(db: Db) -> set[tuple[int, int]]:
    """Who finds which conversation among his own: the table, held against what it is made from."""
    rows = await db.rows("select user_id, call_id, started_at from call_users")
    fresh = await db.rows(
        """
        select u.id as user_id, k.id as call_id, k.started_at from calls k, unnest(k.user_ids) u(id)
        where k.same_as is null and u.id is distinct from k.user_id
        """
    )
    assert {tuple(row) for row in rows} == {tuple(row) for row in fresh}
    whose = await db.rows("select user_id, id from calls where same_as is null and user_id is not null")
    return {(row["user_id"], row["call_id"]) for row in rows} | {tuple(row) for row in whose}


async def test_everybody_who_rang_finds_the_call(
    tell: Tell,
    db: Db,
    api: httpx.AsyncClient,
    cast: Cast,
    olga: httpx.AsyncClient,  # noqa: F811
):
    await contact(api, cast.anna)
    began = int(time.time()) - 60
    rings, answered, over = story("c1", began)
    await tell(rings)
    (call,) = [row["id"] for row in await db.rows("select id from calls")]
    assert await took_part(db) == {(cast.anna, call)}
    await tell(rings | {"agent": "102"})
    assert await took_part(db) == {(cast.anna, call), (cast.boris, call)}
    await tell(answered | {"agent": "102"})
    assert await took_part(db) == {(cast.anna, call), (cast.boris, call)}, "it is his now, and she has rung"
    await tell(over)
    (other,) = (await api.post("/api/v4/calls", json=[posted(began, cast.boris)])).json()["_embedded"]["calls"]
    assert other["id"] and await took_part(db) == {(cast.anna, call), (cast.boris, call)}, (
        "a further report is not shown"
    )

    async def listed(**query: Any) -> list[int]:
        answer = await olga.get("/desk/calls", params=query)
        return [each["id"] for each in answer.json()["calls"]]

    for user, found in ((cast.anna, [call]), (cast.boris, [call]), (cast.clara, [])):
        assert await listed(user=user) == found
        assert await listed(user=user, number=CALLER) == found
        assert await listed(user=user, direction="outbound") == []
        assert await listed(user=user, **{"from": began, "to": began}) == found
        assert await listed(user=user, **{"from": began + 1}) == await listed(user=user, to=began - 1) == []


def posted(began: int, user: int) -> dict[str, Any]:
    told = {"direction": "inbound", "phone": CALLER, "duration": 30, "source": "other", "created_at": began + 5}
    return told | {"call_responsible": user}


async def test_a_card_that_an_agent_has_chosen_stays(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    await contact(api, cast.anna)
    other = (await made(api, "companies", {"name": "Acme"}))[0]
    rings, answered, over = story("c1", int(time.time()) - 60)
    await tell(rings)
    bound = {"bound": True}
    await db.run("update calls set entity = 3, entity_id = $1, details = details || $2", other, bound)
    await tell(answered, over)
    call = await one_call(db)
    assert (call["entity"], call["entity_id"]) == (3, other)
    assert await db.value("select entity_id from notes") == other


async def test_the_calls_of_a_pbx_that_is_taken_away_are_over(
    tell: Tell,
    db: Db,
    api: httpx.AsyncClient,
    cast: Cast,
    olga: httpx.AsyncClient,  # noqa: F811
    pbx: dict[str, Any],  # noqa: F811
):
    card = await contact(api, cast.anna)
    began = int(time.time()) - 60
    await tell(*story("over", began, agent="102"))
    await tell(*story("rings", began)[:1])
    await tell(*(each | {"number": "+79160005566"} for each in story("talks", began + 1, agent="102")[:2]))
    other = (await olga.post("/desk/pbxes", json={"kind": "http", "name": "Other"})).json()["id"]
    await db.run(
        "insert into calls (account_id, source, origin, uniq, direction, started_at, updated_at)"
        " values ($1, 1, $2, 'other', 1, $3, 0)",
        cast.account_id,
        f"pbx:{other}",
        began,
    )
    before = await db.row("select * from calls where uniq = 'over'")
    await db.run("delete from facts")
    assert (await olga.delete(f"/desk/pbxes/{pbx['id']}")).status_code == 204
    rows = {row["uniq"]: row for row in await db.rows("select * from calls")}
    assert rows["over"] == before and rows["other"]["ended_at"] is None
    for uniq, missed in (("rings", None), ("talks", False)):
        row = rows[uniq]
        assert row["ended_at"] >= began + 60 and row["missed"] is missed
        assert (row["details"]["state"], row["details"]["gap"], row["details"]["ringing"]) == ("ended", True, [])
    told = await db.rows("select fact from facts where fact ->> 'fact' = 'call_ended' order by id")
    first, second = [row["fact"] for row in told]
    assert (first["id"], first["users"], first["entity"], first["entity_id"], first["card_owner"]) == (
        rows["rings"]["id"], [cast.anna], 1, card, cast.anna)  # fmt: skip
    assert (second["id"], second["users"], second["card_owner"]) == (rows["talks"]["id"], [cast.boris], cast.boris)
    assert "missed" not in first and second["missed"] is False
    owed = await db.rows("select number, call_id, is_sure, user_id, entity_id, line from debts")
    assert [tuple(row) for row in owed] == [(CALLER, rows["rings"]["id"], False, cast.anna, card, LINE)]


async def test_a_pbx_that_is_taken_away_in_a_talk_has_returned_the_call(
    tell: Tell,
    db: Db,
    olga: httpx.AsyncClient,  # noqa: F811
    pbx: dict[str, Any],  # noqa: F811
):
    began = int(time.time()) - 60
    await tell(*story("missed", began - 60, talk=False), *story("talks", began)[:2])
    assert (await olga.delete(f"/desk/pbxes/{pbx['id']}")).status_code == 204
    talk = await db.value("select id from calls where uniq = 'talks'")
    assert [row["closed_by_call"] for row in await db.rows("select * from debts")] == [talk]


async def test_a_missed_call_that_is_told_again_counts_once(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    """Also when it is neither the first nor the last of its debt; and a late answer of it takes it away."""
    await contact(api, cast.anna)
    began = int(time.time()) - 600
    for place in (0, 1, 2):
        await tell(*story(f"m{place}", began + place * 100, talk=False))
    await db.run("update calls set missed = null where uniq = 'm1'")
    await db.run("update debts set is_sure = false")
    await tell({"signal": "ringing", "call": "m1", "at": began + 99, "number": CALLER, "agent": "102", "line": LINE})
    row = await db.row("select calls, is_sure from debts")
    assert row is not None and tuple(row) == (3, True)
    await tell(story("m1", began + 100)[1])
    row = await db.row("select calls, opened_at, closed_at from debts")
    assert row is not None and tuple(row) == (1, began + 200, None)


async def test_a_card_that_is_chosen_while_it_rings_stays(
    tell: Tell,
    db: Db,
    api: httpx.AsyncClient,
    cast: Cast,
    olga: httpx.AsyncClient,  # noqa: F811
):
    card, chosen = await contact(api, cast.anna), await contact(api, cast.anna, "+79160009988")
    rings, answered, over = story("c1", int(time.time()) - 60)
    await tell(rings)
    call = await one_call(db)
    assert call["entity_id"] == card
    change = {"card": {"entity": "contacts", "id": chosen}}
    assert (await olga.patch(f"/desk/calls/{call['id']}", json=change)).status_code == 200
    await tell(answered)
    assert (await one_call(db))["entity_id"] == chosen
    await tell(over)
    call = await one_call(db)
    assert (call["entity_id"], call["talk_seconds"]) == (chosen, 30)
    assert await db.value("select entity_id from notes") == chosen


async def test_many_told_at_once(tell: Tell, db: Db, api: httpx.AsyncClient, cast: Cast):
    """Each signal by a request of its own, all at the same moment: no call is doubled, none is lost."""
    await contact(api, cast.anna)
    began = int(time.time()) - 60
    told = [signal for place in range(5) for signal in story(f"c{place}", began + place * 100 - 400)]
    await asyncio.gather(*(tell(signal) for signal in told))
    rows = await db.rows("select uniq, talk_seconds, missed from calls order by uniq")
    assert [(row["uniq"], row["talk_seconds"], row["missed"]) for row in rows] == [
        (f"c{place}", 30, False) for place in range(5)
    ]
    assert await db.value("select count(*) from notes") == 5
    assert await db.value("select count(*) from debts where closed_at is null") == 0


# Who may tell.


async def test_when_a_pbx_was_heard_of(
    tell: Tell,
    db: Db,
    olga: httpx.AsyncClient,  # noqa: F811
    pbx: dict[str, Any],  # noqa: F811
    stranger_: httpx.AsyncClient,
):
    """Written by what a PBX itself says, be it refused; and not each time."""

    async def heard_at() -> int | None:
        return (await olga.get("/desk/routing")).json()["pbxes"][0]["heard_at"]

    body = json.dumps({"signals": story("c1", int(time.time()) - 60)}).encode()
    assert (await stranger_.post("/pbx/events", content=body, headers=headers(pbx | {"secret": "x"}, body))).is_error
    assert await heard_at() is None
    await tell(status=400)
    assert abs((await heard_at() or 0) - time.time()) < 30
    await db.run("update pbxes set heard_at = null")
    await tell(*story("c2", int(time.time()) - 60))
    assert await heard_at() is None, "just written"


async def test_only_signed_requests_and_each_once(stranger_: httpx.AsyncClient, pbx: dict[str, Any], db: Db):  # noqa: F811
    body = json.dumps({"signals": story("c1", int(time.time()) - 60)}).encode()
    right = headers(pbx, body)
    assert (await stranger_.post("/pbx/events", content=body, headers=right)).status_code == 200
    again = await stranger_.post("/pbx/events", content=body, headers=right)
    assert again.status_code == 409 and "already" in again.json()["detail"]
    wrong = [
        {},
        right | {"x-trubka-key": "nobody"},
        right | {"x-trubka-signature": "0" * 64},
        right | {"x-trubka-signature": "é"},
        right | {"x-trubka-time": str(int(right["x-trubka-time"]) + 1)},
        headers(pbx, body, int(time.time()) - 301),
        headers(pbx, body, int(time.time()) + 301),
        headers(pbx, body, "soon"),
        headers(pbx | {"secret": "x"}, body),
    ]
    for each in wrong:
        encoded = [(name.encode(), value.encode()) for name, value in each.items()]
        assert (await stranger_.post("/pbx/events", content=body, headers=encoded)).status_code == 401
    assert (await stranger_.post("/pbx/events", content=body + b" ", headers=right)).status_code == 401
    assert await db.value("select count(*) from calls") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b'{"signals": []}',
        b'{"signals": [{"signal": "sneezed", "call": "c1", "at": 1}]}',
        b'{"signals": [{"signal": "answered", "call": "c1", "at": NOW}]}',
        b'{"signals": [{"signal": "answered", "call": "", "agent": "1", "at": NOW}]}',
        b'{"signals": [{"signal": "answered", "call": "' + b"x" * 201 + b'", "agent": "1", "at": NOW}]}',
        b'{"signals": [{"signal": "answered", "call": "c1", "agent": "1", "at": 5}]}',
        b'{"signals": [{"signal": "answered", "call": "c1", "agent": "1", "at": 1e300}]}',
        b'{"signals": [{"signal": "answered", "call": "c\\u0000", "agent": "1", "at": NOW}]}',
        b'{"signals": [{"signal": "ringing", "call": "c1", "number": "+7\\u00009", "at": NOW}]}',
        b'{"signals": [{"signal": "ringing", "call": "c1", "number": "\\ud800", "at": NOW}]}',
        b'{"signals": [{"signal": "ringing", "call": "c1", "queue": "' + b"x" * 201 + b'", "at": NOW}]}',
        b'{"signals": [{"signal": "hung_up", "call": "c1", "cause": 1000, "at": NOW}]}',
        b'{"signals": [{"signal": "hung_up", "call": "c1", "cause": -1, "at": NOW}]}',
        b'{"signals": [{"signal": "hung_up", "call": "c1", "cause": 9223372036854775808, "at": NOW}]}',
        b'{"signals": [{"signal": "hung_up", "call": "c1", "at": ' + b"9" * 400 + b"}]}",
        b'{"signals": [{"signal": "leg_began", "leg": "1", "call": "c1", "side": "ours", "at": NOW}]}',
        b'{"signals": [' + b",".join([b'{"signal": "hung_up", "call": "c", "at": NOW}'] * 101) + b"]}",
    ],
)
async def test_what_is_no_signal_is_refused(
    stranger_: httpx.AsyncClient,
    pbx: dict[str, Any],  # noqa: F811
    db: Db,
    body: bytes,
):
    body = body.replace(b"NOW", str(int(time.time())).encode())
    answer = await stranger_.post("/pbx/events", content=body, headers=headers(pbx, body))
    assert answer.status_code == 400, answer.text
    assert await db.value("select count(*) from calls") + await db.value("select count(*) from tangles") == 0


async def test_json_of_any_encoder_is_taken(tell: Tell, db: Db):
    """Some escape every letter beyond ASCII, some make ids of nanoseconds."""
    call = "1763650000123456789"
    rings, answered, over = story(call, int(time.time()) - 60)
    await tell(rings | {"queue": "продажи"}, answered, over | {"cause": 487})
    kept = await one_call(db)
    assert (kept["uniq"], kept["details"]["queue"], kept["details"]["hangup_cause"]) == (call, "продажи", 487)


# What an extension does.


async def test_the_state_of_an_extension(
    tell: Tell, api: httpx.AsyncClient, client_of: ClientOf, cast: Cast, signed_in: Visitor
):
    card = await contact(api, cast.anna)
    path = "/api/extensions/101/state"
    assert (await api.get(path)).json() == {"extension": "101", "calls": []}
    rings, answered, over = story("c1", int(time.time()) - 30)
    await tell(rings)
    told = (await api.get(path)).json()["calls"]
    assert [(each["state"], each["phone"], each["entity_type"], each["entity_id"]) for each in told] == [
        ("ringing", CALLER, "contacts", card)
    ]
    await tell(answered)
    assert (await api.get(path)).json()["calls"][0]["state"] == "talking"
    assert (await api.get("/api/extensions/102/state")).json()["calls"] == []
    assert len((await (await client_of("boris")).get(path)).json()["calls"]) == 1
    for name, host in (("clara", "acme.example"), ("stranger", "other.example")):
        assert (await (await client_of(name, host)).get(path)).json()["calls"] == []
    anna = await signed_in("anna")
    path += ".js"
    script = await anna.get(path, params={"callback": "widget.told"})
    assert script.text.startswith('/**/widget.told({"extension":"101","calls":[{') and script.text.endswith("});")
    assert script.headers["content-type"] == "application/javascript"
    other = {"sec-fetch-site": "cross-site"}
    assert (await anna.get(path, params={"callback": "x"}, headers=other)).status_code == 403
    assert (await anna.get(path, params={"callback": "alert(1)"})).status_code == 400
    await tell(over)
    assert (await api.get("/api/extensions/101/state")).json()["calls"] == []


async def test_the_card_of_a_call_is_only_for_who_may_view_it(
    tell: Tell,
    api: httpx.AsyncClient,
    client_of: ClientOf,
    olga: httpx.AsyncClient,  # noqa: F811
    cast: Cast,
):
    card = await contact(api, cast.anna)
    answer = await olga.put(f"/desk/extensions/{cast.clara}", json={"extensions": [{"number": "103"}]})
    assert answer.status_code == 204
    await tell(story("c1", int(time.time()) - 5, agent="103")[0])
    for name, about in (("clara", (CALLER, None, None)), ("anna", (CALLER, "contacts", card))):
        (told,) = (await (await client_of(name)).get("/api/extensions/103/state")).json()["calls"]
        assert (told["phone"], told["entity_type"], told["entity_id"]) == about
