"""Calls and notices as our own browser asks for them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.api.conftest import Visitor
from tests.api.neighbours import made, neighbours
from tests.api.test_calls import NUMBER, call, contact, facts, logged
from tests.api.test_notices import announced, ring
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db, calls

assert neighbours

AT = 1760000000


async def listed(client: httpx.AsyncClient, **query: Any) -> list[int]:
    answer = await client.get("/desk/calls", params=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["calls"]]


async def test_the_list_and_who_sees_what(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    hers = await contact(api, responsible_user_id=cast.anna)
    phone = [{"field_code": "PHONE", "values": [{"value": "+79160000000"}]}]
    await contact(api, custom_fields_values=phone, responsible_user_id=cast.olga)
    await logged(api, call(created_at=AT, call_responsible=cast.anna, link="https://pbx.example/1.mp3"))
    await logged(api, call(created_at=AT + 10, duration=0))
    await logged(api, call(created_at=AT + 20, direction="outbound", phone="+79160000000", call_responsible=cast.clara))
    first, second, third = [row["id"] for row in await db.rows("select id from calls order by id")]
    nobodys, boriss = [
        await db.value(
            "insert into calls (account_id, source, direction, started_at, user_id, user_ids, updated_at)"
            " values ($1, 1, 1, $2, $3, $4, 0) returning id",
            cast.account_id,
            AT + 30 + place,
            user,
            [user] if user else [],
        )
        for place, user in enumerate((None, cast.boris))
    ]
    everybody = [boriss, nobodys, third, second, first]
    olga, anna, clara = [await signed_in(name) for name in ("olga", "anna", "clara")]
    assert await listed(olga) == everybody
    assert await listed(anna) == [boriss, second, first]
    assert await listed(clara) == [third]
    for query, found in (
        ({"direction": "outbound"}, [third]),
        ({"direction": "inbound", "missed": "1"}, [second]),
        ({"missed": "0"}, [third, first]),
        ({"user": cast.anna}, [first]),
        ({"number": "8 (999) 000-11-22"}, [second, first]),
        ({"number": "11-22"}, [second, first]),
        ({"number": "00"}, [third]),
        ({"number": "33"}, []),
        ({"from": AT + 10, "to": AT + 20}, [third, second]),
    ):
        assert await listed(olga, **query) == found, query
    assert (await olga.get("/desk/calls?direction=up")).status_code == 400
    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        page = (await olga.get("/desk/calls", params={"limit": 2, "after": after})).json()
        seen += [each["id"] for each in page["calls"]]
        after = page["after"]
    assert seen == everybody

    one = (await anna.get(f"/desk/calls/{first}")).json()
    assert one["card"] == {"entity": "contacts", "id": hers, "name": "Ivan Sidorov"}
    assert (one["number"], one["direction"], one["talk_seconds"], one["missed"]) == (NUMBER, "inbound", 62, False)
    assert [each["state"] for each in one["recordings"]] == ["waiting"]
    assert (one["candidates"], one["reports"], one["why"]) == ([], [], "nothing_linked")
    mine = (await clara.get(f"/desk/calls/{third}")).json()
    assert (mine["number"], mine["card"]) == ("+79160000000", None)
    assert (await clara.get(f"/desk/calls/{first}")).status_code == 404


async def test_another_card_and_an_outcome(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    first, second = await contact(api), await contact(api)
    (lead,) = await made(api, "leads", {"name": "One", "_embedded": {"contacts": [{"id": second}]}})
    await db.run("update contacts set updated_at = updated_at + 10 where id = $1", first)
    ((note_id, _, card),) = await logged(api, call(duration=0, created_at=AT))
    assert card == first
    call_id = await db.value("select id from calls")
    olga, clara = await signed_in("olga"), await signed_in("clara")
    path = f"/desk/calls/{call_id}"
    candidates = (await olga.get(path)).json()["candidates"]
    assert candidates == [{"entity": "contacts", "id": second, "name": "Ivan Sidorov"}]
    change = {"status": 2, "result": "Calls back at five", "card": {"entity": "leads", "id": lead}}
    assert (await clara.patch(path, json=change)).status_code == 404
    assert (await olga.patch(path, json={"card": {"entity": "leads", "id": 5}})).status_code == 422
    assert (await olga.patch(path, json={"card": {"entity": "tasks", "id": 5}})).status_code == 400
    told = (await olga.patch(path, json=change)).json()
    assert (told["card"]["id"], told["status"], told["result"]) == (lead, 2, "Calls back at five")
    note = (await api.get(f"/api/v4/leads/{lead}/notes/{note_id}")).json()
    assert (note["params"]["call_status"], note["params"]["call_result"]) == (2, "Calls back at five")
    assert note["params"]["phone"] == NUMBER and note["updated_by"] == cast.olga
    assert (await api.get(f"/api/v4/contacts/{first}/notes")).status_code == 204
    events = (await api.get("/api/v4/events?filter[type]=incoming_call")).json()["_embedded"]["events"]
    assert [(each["entity_type"], each["entity_id"]) for each in events] == [("lead", lead), ("contact", first)]
    assert tuple((await db.row("select entity, entity_id from debts")) or ()) == (2, lead)
    (changed,) = await facts(db, "call_changed")
    assert (changed["id"], changed["entity"], changed["entity_id"]) == (call_id, 2, lead)
    (noted,) = await facts(db, "note_changed")
    assert (noted["id"], noted["entity"], noted["entity_id"]) == (note_id, 2, lead)
    assert (await olga.patch(path, json={"result": ""})).json()["card"]["id"] == lead


async def test_who_may_change_a_call(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    """Boris views what Anna answers for, and may not change it."""
    api = await client_of("olga")
    annas = await contact(api, responsible_user_id=cast.anna)
    phone = [{"field_code": "PHONE", "values": [{"value": "+79160000000"}]}]
    boriss, annas_too = [
        await contact(api, custom_fields_values=phone, responsible_user_id=user) for user in (cast.boris, cast.anna)
    ]
    await logged(api, call(call_responsible=cast.anna), call(call_responsible=cast.boris, created_at=AT))
    hers, his = [f"/desk/calls/{row['id']}" for row in await db.rows("select id from calls order by id")]
    nobodys, annas_own = [
        await db.value(
            "insert into calls (account_id, source, direction, started_at, user_id, updated_at)"
            " values ($1, 1, 1, $2, $3, 0) returning id",
            cast.account_id,
            AT,
            user,
        )
        for user in (None, cast.anna)
    ]
    olga, anna, boris = [await signed_in(name) for name in ("olga", "anna", "boris")]

    def card(card_id: int) -> dict[str, Any]:
        return {"card": {"entity": "contacts", "id": card_id}}

    for who, path, change, status in (
        (boris, hers, {"result": "Bought"}, 403),
        (boris, hers, card(boriss), 403),
        (boris, f"/desk/calls/{annas_own}", {"status": 4}, 403),
        (boris, f"/desk/calls/{nobodys}", {"status": 4}, 404),
        (olga, f"/desk/calls/{nobodys}", {"status": 4}, 200),
        (anna, f"/desk/calls/{annas_own}", {"status": 4}, 200),
        (anna, hers, {"result": "Bought"}, 200),
        (boris, his, {"result": "Calls back"}, 200),
        (boris, his, card(annas), 200),  # where it stands already
        (boris, his, card(annas_too), 403),
        (boris, his, card(boriss), 200),
        (anna, hers, card(boriss), 403),
        (anna, hers, card(annas_too), 200),
    ):
        answer = await who.patch(path, json=change)
        assert answer.status_code == status, (path, change, answer.text)
    assert answer.json()["card"]["id"] == annas_too
    bound = [row["b"] for row in await db.rows("select details -> 'bound' as b from calls order by id")]
    assert bound == [True, True, None, None]


async def test_notices_on_ones_screen(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    hers = await contact(api, responsible_user_id=cast.olga)
    await announced(api, ring(users=[cast.anna, cast.olga]))
    olga, anna, boris = [await signed_in(name) for name in ("olga", "anna", "boris")]
    (mine,) = (await olga.get("/desk/notices")).json()["notices"]
    assert (mine["number"], mine["card"]) == ("+79990001122", {"entity": "contacts", "id": hers})
    (same,) = (await anna.get("/desk/notices")).json()["notices"]
    assert (same["id"], same["card"]) == (mine["id"], None)  # not hers to see
    assert (await boris.get("/desk/notices")).json() == {"notices": []}
    assert (await boris.post(f"/desk/notices/{mine['id']}/close")).status_code == 404
    assert (await anna.post("/desk/notices/x/close")).status_code == 404
    assert (await anna.post(f"/desk/notices/{mine['id']}/close")).status_code == 204
    assert (await anna.get("/desk/notices")).json() == {"notices": []}
    assert len((await olga.get("/desk/notices")).json()["notices"]) == 1


async def test_filters_of_the_list(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    await contact(api, responsible_user_id=cast.anna)
    await logged(
        api,
        call(created_at=AT, duration=62, call_responsible=cast.anna, link="https://pbx.example/1.mp3"),
        call(created_at=AT + 100, duration=300, call_responsible=cast.anna),
        call(created_at=AT + 500, duration=0, call_responsible=cast.anna),
    )
    short, long, missed = [row["id"] for row in await db.rows("select id from calls order by id")]
    await db.run("update calls set line = '+74950000001' where id = $1", long)
    olga, anna, boris, clara = [await signed_in(name) for name in ("olga", "anna", "boris", "clara")]
    await db.run("update recordings set state = 'fetched'")
    for query, found in (
        ({"line": "+74950000001"}, [long]),
        ({"line": "+74950000002"}, []),
        ({"shortest": 63}, [long]),
        ({"longest": 62}, [missed, short]),
        ({"shortest": 3_000_000_000}, []),
        ({"longest": 3_000_000_000}, [missed, long, short]),
        ({"owed": "1"}, [missed]),
        ({"owed": "0"}, [long, short]),
        ({"recorded": "1"}, [short]),
        ({"recorded": "0"}, [missed, long]),
    ):
        assert await listed(olga, **query) == found, query
        assert await listed(anna, **query) == found, query
        assert await listed(clara, **query) == [], query
    shown = (await anna.get("/desk/calls")).json()["calls"]
    assert [each["owed"] for each in shown] == [True, False, False]
    # A call that Clara took part in: whether it is owed is for those who see the debt.
    await db.run("update calls set user_ids = array[$1::int8] where id = $2", cast.clara, missed)
    assert [each["owed"] for each in (await clara.get("/desk/calls")).json()["calls"]] == [False]
    assert await listed(clara, owed="1") == []
    (debt,) = (await boris.get("/desk/debts")).json()["debts"]
    assert (await olga.post(f"/desk/debts/{debt['id']}/close", json={"reason": "Wrote to them"})).status_code == 204
    assert await listed(olga, owed="1") == []


async def test_few_of_many_are_looked_for_in_pieces(
    client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast, monkeypatch: Any
):
    api = await client_of("olga")
    await contact(api, responsible_user_id=cast.anna)
    await logged(api, *(call(created_at=AT + place, call_responsible=cast.anna) for place in range(11)))
    ids = [row["id"] for row in await db.rows("select id from calls order by started_at desc")]
    await db.run("update calls set line = '1', user_id = $2 where id = any($1)", [ids[3], ids[9]], cast.boris)
    monkeypatch.setattr("trubka.db.calls.MOST_LOOKED", 4)
    olga, anna, clara = [await signed_in(name) for name in ("olga", "anna", "clara")]

    async def looked(who: httpx.AsyncClient, **query: Any) -> list[tuple[list[int], int | None]]:
        found: list[tuple[list[int], int | None]] = []
        after: str | None = ""
        while after is not None:
            page = (await who.get("/desk/calls", params={"limit": 3, "after": after, **query})).json()
            found.append(([each["id"] for each in page["calls"]], page["searched"]))
            after = page["after"]
        return found

    assert await looked(olga, line="1") == [([ids[3]], AT + 7), ([], AT + 3), ([ids[9]], None)]
    assert await looked(olga, line="2", **{"from": AT + 3}) == [([], AT + 7), ([], AT + 3), ([], None)]
    assert await looked(olga, line="1", user=cast.boris) == [([ids[3], ids[9]], None)]
    assert await looked(clara) == [([], AT + 7), ([], AT + 3), ([], None)], "nothing that she may see"
    full = [(ids[:3], None), (ids[3:6], None), (ids[6:9], None), (ids[9:], None)]
    assert await looked(anna) == await looked(olga, direction="inbound") == full, "full before the end is reached"
    assert [searched for _, searched in await looked(olga)] == [None] * 4
    assert await looked(olga, number=NUMBER, recorded="1") == [([], AT + 7), ([], AT + 3), ([], None)]


async def test_a_summary_of_calls(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast, monkeypatch: Any):
    api = await client_of("olga")
    await contact(api, responsible_user_id=cast.anna)
    await db.run("update accounts set time_zone = 'Europe/Moscow' where id = $1", cast.account_id)
    hour = AT - AT % 3600
    await logged(
        api,
        call(created_at=hour, duration=60, call_responsible=cast.anna),
        call(created_at=hour + 10, duration=0, call_responsible=cast.anna),
        call(created_at=hour + 3600, duration=30, direction="outbound", call_responsible=cast.olga),
    )
    await db.run(
        "insert into calls (account_id, source, direction, started_at, user_id, updated_at)"
        " values ($1, 1, 3, $2, $3, 0)",
        cast.account_id,
        hour,
        cast.anna,
    )
    olga, boris, clara = [await signed_in(name) for name in ("olga", "boris", "clara")]
    query = {"from": hour - 60, "to": hour + 7200}
    for who in (olga, boris):
        told = (await who.get("/desk/calls/summary", params=query)).json()
        assert told["all"] == {"answered": 1, "missed": 1, "outbound": 1, "talk_seconds": 90}
        first = (hour // 3600 + 3) % 24
        assert [(each["hour"], each["answered"], each["missed"], each["outbound"]) for each in told["hours"]] == sorted(
            [(first, 1, 1, 0), ((first + 1) % 24, 0, 0, 1)]
        )
        assert {each["user_id"]: each["talk_seconds"] for each in told["users"]} == {cast.anna: 60, cast.olga: 30}
        assert told["more"] is False
    nothing = (await clara.get("/desk/calls/summary", params=query)).json()
    assert (nothing["hours"], nothing["users"]) == ([], [])
    assert nothing["all"] == {"answered": 0, "missed": 0, "outbound": 0, "talk_seconds": 0}
    alone = (await olga.get("/desk/calls/summary", params=query | {"user": cast.olga})).json()
    assert alone["all"]["outbound"] == 1 and len(alone["users"]) == 1
    assert (await olga.get("/desk/calls/summary", params=query | {"line": "1"})).json()["hours"] == []
    # A year is cut to its last three months, and more calls than that are said to be more.
    year = (await olga.get("/desk/calls/summary", params={"from": 0, "to": hour + 7200})).json()
    assert year["to"] - year["from"] == 93 * 86_400
    # What is quickly counted is counted anew for a page that was told of one more call.
    monkeypatch.setattr("trubka.api.known.SLOW_SECONDS", 1_000)
    anew = query | {"to": hour + 7250}
    for answered in (1, 2):
        assert (await olga.get("/desk/calls/summary", params=anew)).json()["all"]["answered"] == answered
        if answered == 1:
            await logged(api, call(created_at=hour, duration=60, call_responsible=cast.anna))
    # What is not: for a while once for the same question of the same rights, however many ask.
    monkeypatch.setattr("trubka.api.known.SLOW_SECONDS", 0)
    counted: list[int] = []
    count = calls.summary

    async def counting(*given: Any) -> Any:
        counted.append(given[2].user_id)
        return await count(*given)

    monkeypatch.setattr(calls, "summary", counting)
    again = query | {"to": hour + 7300}
    first, *others = await asyncio.gather(*(olga.get("/desk/calls/summary", params=again) for _ in range(5)))
    assert counted == [cast.olga] and first.json()["all"]["answered"] == 2
    assert {each.text for each in others} == {first.text}
    for who, found in ((boris, 2), (clara, 0)):
        told = (await who.get("/desk/calls/summary", params=again)).json()
        assert told["all"]["answered"] == found, "others' rights are others' figures"
    await logged(api, call(created_at=hour, duration=60, call_responsible=cast.anna))
    assert (await olga.get("/desk/calls/summary", params=again)).text == first.text
    monkeypatch.setattr("trubka.api.known.SUMMARY_SECONDS", -1)
    assert (await olga.get("/desk/calls/summary", params=again)).json()["all"]["answered"] == 3
    monkeypatch.setattr("trubka.api.desk_calls.MOST_SUMMARIZED", 2)
    cut = (await olga.get("/desk/calls/summary", params=query)).json()
    assert cut["more"] is True and cut["all"]["answered"] + cut["all"]["missed"] + cut["all"]["outbound"] == 2


async def test_everybody_knows_our_lines(signed_in: Visitor, db: Db, cast: Cast):
    await db.run(
        "insert into lines (account_id, number, tail, name) values ($1, '+74950000001', 4950000001, 'Sales')",
        cast.account_id,
    )
    stranger = await signed_in("stranger", "olga@other.example", "other.example")
    assert (await stranger.get("/desk/lines")).json() == {"lines": []}
    clara = await signed_in("clara")
    (line,) = (await clara.get("/desk/lines")).json()["lines"]
    assert (line["number"], line["name"], line["is_active"]) == ("+74950000001", "Sales", True)
