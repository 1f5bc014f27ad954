"""The settings of how calls go: only administrators change them, and nothing that does not fit together is kept."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.cast import Cast
from trubka.db import Db, accounts

WEEK: list[Any] = [[[540, 1080]]] * 5 + [[], []]


@pytest.fixture
async def olga(signed_in: Visitor) -> httpx.AsyncClient:
    return await signed_in("olga")


async def made(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_pbx_shows_its_secret_once(olga: httpx.AsyncClient, db: Db):
    told = await made(olga, "/desk/pbxes", {"kind": "asterisk", "name": "Office"})
    assert len(told["secret"]) > 30 and told["key_id"]
    listed = (await olga.get("/desk/routing")).json()
    assert [(pbx["id"], pbx["name"], pbx["is_active"]) for pbx in listed["pbxes"]] == [(told["id"], "Office", True)]
    assert told["secret"] not in str(listed) and "secret_box" not in listed["pbxes"][0]
    box = await db.value("select secret_box from pbxes")
    assert told["secret"].encode() not in box
    again = (await olga.post(f"/desk/pbxes/{told['id']}/secret")).json()["secret"]
    assert again != told["secret"] and await db.value("select secret_box from pbxes") != box
    assert (await olga.patch(f"/desk/pbxes/{told['id']}", json={"name": "Hall", "is_active": False})).status_code == 204
    listed = (await olga.get("/desk/routing")).json()["pbxes"][0]
    assert (listed["name"], listed["is_active"], listed["kind"]) == ("Hall", False, "asterisk")
    assert (await olga.post("/desk/pbxes", json={"kind": "morse", "name": "x"})).status_code == 422
    line = await made(olga, "/desk/lines", {"number": "100", "pbx_id": told["id"]})
    assert (await olga.delete(f"/desk/pbxes/{told['id']}")).status_code == 422
    assert (await olga.delete(f"/desk/lines/{line['id']}")).status_code == 204
    assert (await olga.delete(f"/desk/pbxes/{told['id']}")).status_code == 204
    assert (await olga.delete(f"/desk/pbxes/{told['id']}")).status_code == 404
    deeds = [row["deed"] for row in await db.rows("select deed from audit where deed ~ 'pbx|line' order by id")]
    assert deeds == ["pbx_added", "pbx_secret_changed", "pbx_changed", "line_added", "line_deleted", "pbx_deleted"]
    assert told["secret"] not in str([dict(row) for row in await db.rows("select details from audit")])
    facts = [row["fact"]["what"] for row in await db.rows("select fact from facts where fact ->> 'fact' ~ 'routing'")]
    assert facts == ["pbx", "pbx", "pbx", "line", "line", "pbx"]


async def until_waiting(db: Db) -> None:
    """Until a request of this database waits for a lock of somebody else's."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    for _ in range(1_000):
        if await db.value(waiting):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(
    ("method", "path", "body"), [("PATCH", "", {"trunks": ["PJSIP/new"]}), ("POST", "/secret", None)]
)
async def test_two_changes_of_a_pbx_at_once_are_both_kept(
    olga: httpx.AsyncClient, db: Db, cast: Cast, method: str, path: str, body: Any
):
    told = await made(olga, "/desk/pbxes", {"kind": "asterisk", "name": "Office"})
    old = await db.value("select secret_box from pbxes")
    async with db.transaction() as tx:
        await accounts.lock(tx, cast.account_id)
        await tx.run("update pbxes set name = 'Hall', secret_box = 'other'")
        request = asyncio.create_task(olga.request(method, f"/desk/pbxes/{told['id']}{path}", json=body))
        await until_waiting(db)
    assert (await request).is_success
    row = await db.row("select name, trunks, secret_box from pbxes")
    assert row is not None and row["name"] == "Hall"
    if path:
        assert row["secret_box"] not in (old, b"other")
    else:
        assert (row["trunks"], row["secret_box"]) == (["PJSIP/new"], b"other")


async def test_a_line_and_its_hours(olga: httpx.AsyncClient, cast: Cast):
    hours = (await made(olga, "/desk/hours", {"name": "Days", "week": WEEK, "holidays": {"2026-12-31": []}}))["id"]
    plan = [{"step": "owner", "seconds": 15}, {"step": "users", "ids": [cast.anna]}, {"step": "queue", "name": "all"}]
    line = await made(
        olga, "/desk/lines", {"number": "+7 495 000-00-01", "name": "Sales", "schedule_id": hours, "plan": plan}
    )
    listed = (await olga.get("/desk/routing")).json()["lines"][0]
    assert listed["plan"] == [plan[0], plan[1] | {"seconds": 20}, plan[2]]
    path = f"/desk/lines/{line['id']}"
    assert (await olga.patch(path, json={"fallback": "queue:night", "schedule_id": None})).status_code == 204
    listed = (await olga.get("/desk/routing")).json()["lines"][0]
    assert (listed["fallback"], listed["schedule_id"], listed["name"]) == ("queue:night", None, "Sales")
    assert (await olga.put(f"/desk/hours/{hours}", json={"name": "x", "week": WEEK})).status_code == 204
    assert (await olga.patch(path, json={"schedule_id": hours})).status_code == 204
    assert (await olga.delete(f"/desk/hours/{hours}")).status_code == 422
    assert (await olga.patch("/desk/lines/1", json={})).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/desk/lines", {"number": "12"}, 422),
        ("/desk/lines", {"number": "1&2"}, 400),
        ("/desk/lines", {"number": "100", "pbx_id": 5}, 404),
        ("/desk/lines", {"number": "100", "schedule_id": 5}, 404),
        ("/desk/lines", {"number": "100", "plan": [{"step": "users", "ids": [1]}]}, 404),
        ("/desk/lines", {"number": "100", "plan": [{"step": "group", "id": 1}]}, 404),
        ("/desk/lines", {"number": "100", "plan": [{"step": "owner", "seconds": 1}]}, 400),
        ("/desk/lines", {"number": "100", "plan": [{"step": "queue", "name": "a|b"}]}, 400),
        ("/desk/lines", {"number": "100", "plan": [{"step": "owner"}] * 11}, 400),
        ("/desk/lines", {"number": "100", "fallback": "a,b"}, 400),
        ("/desk/lines", {"number": "555 00 00"}, 422),
        ("/desk/hours", {"name": "x", "week": WEEK, "time_zone": "Mars/Base"}, 422),
        ("/desk/hours", {"name": "x", "week": WEEK, "time_zone": "../etc/passwd"}, 422),
        ("/desk/hours", {"name": "x", "week": WEEK, "holidays": {"31.12": []}}, 422),
        ("/desk/hours", {"name": "x", "week": WEEK[:6]}, 400),
        ("/desk/hours", {"name": "x", "week": [[[0, 1441]]] * 7}, 400),
    ],
)
async def test_what_does_not_fit_is_refused(
    olga: httpx.AsyncClient, db: Db, path: str, body: dict[str, Any], status: int
):
    await made(olga, "/desk/lines", {"number": "5550000"})
    answer = await olga.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert await db.value("select count(*) from lines") + await db.value("select count(*) from schedules") == 1


async def test_an_extension_belongs_to_one(olga: httpx.AsyncClient, cast: Cast, signed_in: Visitor):
    anna, boris = f"/desk/extensions/{cast.anna}", f"/desk/extensions/{cast.boris}"
    mine = [{"number": "101"}, {"number": "+7 916 000-11-22", "kind": "mobile", "is_confirmed_by_key": True}]
    assert (await olga.put(anna, json={"extensions": mine})).status_code == 204
    refused = await olga.put(boris, json={"extensions": [{"number": "8 (916) 000-11-22", "kind": "mobile"}]})
    assert refused.status_code == 422 and "Anna" in refused.json()["detail"]
    assert (await olga.put(boris, json={"extensions": [{"number": "7"}, {"number": "7"}]})).status_code == 422
    assert (await olga.put(boris, json={"extensions": [{"number": "102", "pbx_id": 9}]})).status_code == 404
    assert (await olga.put("/desk/extensions/1", json={"extensions": []})).status_code == 404
    first = (await made(olga, "/desk/pbxes", {"kind": "http", "name": "One"}))["id"]
    second = (await made(olga, "/desk/pbxes", {"kind": "http", "name": "Two"}))["id"]
    assert (await olga.put(anna, json={"extensions": [{"number": "101", "pbx_id": first}]})).status_code == 204
    assert (await olga.put(boris, json={"extensions": [{"number": "101"}]})).status_code == 422
    assert (await olga.put(boris, json={"extensions": [{"number": "101", "pbx_id": second}]})).status_code == 204
    listed = (await olga.get("/desk/extensions")).json()["extensions"]
    assert [(row["user_id"], row["number"], row["pbx_id"]) for row in listed] == [
        (cast.anna, "101", first),
        (cast.boris, "101", second),
    ]
    visitor = await signed_in("anna")
    assert (await visitor.patch(f"/desk/extensions/{listed[0]['id']}", json={"rings": False})).status_code == 204
    assert (await visitor.patch(f"/desk/extensions/{listed[1]['id']}", json={"rings": False})).status_code == 404
    assert [row["rings"] for row in (await olga.get("/desk/extensions")).json()["extensions"]] == [False, True]


async def test_mobiles_are_shown_to_administrators_and_their_owner(
    olga: httpx.AsyncClient,
    cast: Cast,
    signed_in: Visitor,
):
    new = {"extensions": [{"number": "101"}, {"number": "+79160001122", "kind": "mobile"}]}
    assert (await olga.put(f"/desk/extensions/{cast.anna}", json=new)).status_code == 204
    numbers = {
        name: [row["number"] for row in (await (await signed_in(name)).get("/desk/extensions")).json()["extensions"]]
        for name in ("anna", "boris", "clara")
    }
    assert numbers == {"anna": ["101", "+79160001122"], "boris": ["101"], "clara": ["101"]}


async def test_absence(olga: httpx.AsyncClient, cast: Cast, signed_in: Visitor):
    anna = await signed_in("anna")
    mine = f"/desk/absence/{cast.anna}"
    assert (await anna.put(mine, json={"away_from": 10, "away_until": 20, "deputy_id": cast.boris})).status_code == 204
    assert (await anna.put(f"/desk/absence/{cast.boris}", json={})).status_code == 403
    assert (await anna.put(mine, json={"away_from": 10, "away_until": 10})).status_code == 422
    assert (await anna.put(mine, json={"deputy_id": cast.anna})).status_code == 422
    assert (await anna.put(mine, json={"deputy_id": 1})).status_code == 404
    assert (await olga.put(f"/desk/absence/{cast.boris}", json={"quiet_until": 99})).status_code == 204
    told = (await anna.get("/desk/extensions")).json()["absences"]
    assert told == [
        {"user_id": cast.anna, "quiet_until": None, "away_from": 10, "away_until": 20, "deputy_id": cast.boris},
        {"user_id": cast.boris, "quiet_until": 99, "away_from": None, "away_until": None, "deputy_id": None},
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/desk/routing"),
        ("POST", "/desk/pbxes"),
        ("PATCH", "/desk/pbxes/1"),
        ("POST", "/desk/pbxes/1/secret"),
        ("DELETE", "/desk/pbxes/1"),
        ("POST", "/desk/lines"),
        ("PATCH", "/desk/lines/1"),
        ("DELETE", "/desk/lines/1"),
        ("POST", "/desk/hours"),
        ("PUT", "/desk/hours/1"),
        ("DELETE", "/desk/hours/1"),
        ("PUT", "/desk/extensions/1"),
    ],
)
async def test_only_administrators(signed_in: Visitor, method: str, path: str):
    anna = await signed_in("anna")
    assert (await anna.request(method, path, json={})).status_code == 403


async def test_another_account_sees_nothing_of_it(olga: httpx.AsyncClient, cast: Cast, signed_in: Visitor):
    pbx = (await made(olga, "/desk/pbxes", {"kind": "http", "name": "One"}))["id"]
    line = (await made(olga, "/desk/lines", {"number": "100", "pbx_id": pbx}))["id"]
    stranger = await signed_in(email="olga@other.example", host="other.example")
    told = (await stranger.get("/desk/routing")).json()
    assert (told["pbxes"], told["lines"]) == ([], [])
    for method, path in (("DELETE", f"/desk/pbxes/{pbx}"), ("DELETE", f"/desk/lines/{line}")):
        assert (await stranger.request(method, path)).status_code == 404
    answer = await stranger.post("/desk/lines", json={"number": "100", "pbx_id": pbx})
    assert answer.status_code == 404
    assert (await stranger.put(f"/desk/extensions/{cast.anna}", json={"extensions": []})).status_code == 404
