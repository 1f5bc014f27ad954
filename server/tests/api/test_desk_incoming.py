"""The card of a call that rings, what its buttons do, and the demo line behind it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.neighbours import made
from tests.api.test_notices import announced
from tests.api.test_notices import ring as announce
from tests.api.test_pbx_events import Tell, stranger_, tell
from tests.api.test_routing import CALLER, LINE, contact, olga, pbx
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.jobs.test_webhooks import shift_of
from trubka.actions.commands import MOST_RINGS
from trubka.db import Db
from trubka.jobs import demo as job
from trubka.pbx.demo import RING_SECONDS, TALK_SECONDS

assert olga and pbx and tell and stranger_

UNKNOWN = "+7 921 555-00-00"


def ringing(call: str, agent: str = "101", number: str | None = CALLER) -> dict[str, Any]:
    told = {"signal": "ringing", "call": call, "at": int(time.time()) - 5, "agent": agent, "line": LINE}
    return told if number is None else told | {"number": number}


async def card(client: httpx.AsyncClient, call_id: int, status: int = 200) -> Any:
    answer = await client.get(f"/desk/calls/{call_id}/card")
    assert answer.status_code == status, answer.text
    return answer.json()


async def call_id(db: Db, uniq: str) -> int:
    return await db.value("select id from calls where uniq = $1", uniq)


async def test_who_calls(tell: Tell, db: Db, api: httpx.AsyncClient, signed_in: Visitor, cast: Cast):
    company = (await made(api, "companies", {"name": "Romashka", "responsible_user_id": cast.anna}))[0]
    person = await contact(api, cast.anna)
    await api.post(f"/api/v4/contacts/{person}/link", json=[{"to_entity_id": company, "to_entity_type": "companies"}])
    lead = (
        await made(
            api,
            "leads",
            {
                "name": "Order",
                "price": 5000,
                "responsible_user_id": cast.boris,
                "_embedded": {"contacts": [{"id": person}]},
            },
        )
    )[0]
    for call in ("c1", "c2"):
        await tell(ringing(call))
        if call == "c1":
            await tell({"signal": "hung_up", "call": call, "at": int(time.time()) - 1})
    anna, clara = await signed_in("anna"), await signed_in("clara")
    told = await card(anna, await call_id(db, "c2"))
    assert (told["person"]["id"], told["person"]["company"]) == (person, {"id": company, "name": "Romashka"})
    assert (told["lead"]["id"], told["lead"]["price"], told["lead"]["owner"]) == (lead, 5000, cast.boris)
    assert told["lead"]["stage"] and told["card"] == told["lead"]
    assert told["line"] == {"number": LINE, "name": ""} and told["today"] == 2 and told["debt"]["calls"] == 1
    assert (told["chosen"], told["why"], told["obeys"]) == ("only", "one_lead", False)
    assert [(each["entity"], each["id"]) for each in told["candidates"]] == [("leads", lead), ("contacts", person)]

    # Another card is chosen: the first choice stays among those that one may go back to.
    number = await call_id(db, "c2")
    chosen = await anna.patch(f"/desk/calls/{number}", json={"card": {"entity": "contacts", "id": person}})
    assert chosen.status_code == 200, chosen.text
    told = await card(anna, number)
    assert (told["card"]["id"], told["lead"]["id"], told["leads"]) == (person, lead, 1)
    assert [(each["entity"], each["id"]) for each in told["candidates"]] == [("contacts", person), ("leads", lead)]

    await card(clara, number, 404)
    await tell(ringing("c2", "103"))
    answer = await (await signed_in("olga")).put(
        f"/desk/extensions/{cast.clara}", json={"extensions": [{"number": "103"}]}
    )
    assert answer.status_code == 204
    await tell(ringing("c2", "103"), ringing("c2", "102"))
    hidden = await card(clara, number)
    assert (hidden["person"], hidden["card"], hidden["lead"], hidden["candidates"]) == (None, None, None, [])
    assert (hidden["chosen"], hidden["why"]) == (None, None)
    assert hidden["debt"] is None and hidden["today"] == 1, "the first call never rang her"
    opened = (await clara.get(f"/desk/calls/{number}")).json()
    assert (opened["card"], opened["chosen"], opened["why"]) == (None, None, None)


async def test_nobody_knows_the_number(tell: Tell, db: Db, signed_in: Visitor):
    await tell(ringing("c1", number=UNKNOWN), ringing("c2", number=None))
    anna = await signed_in("anna")
    told = await card(anna, await call_id(db, "c1"))
    assert (told["person"], told["candidates"], told["today"], told["why"]) == (None, [], 1, None)
    assert (await card(anna, await call_id(db, "c2")))["today"] == 0


async def test_what_others_announce(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    person = await contact(api, cast.anna)
    notice = (await announced(api, announce(phone_number=CALLER, users=[cast.anna])))[0]["uid"]
    anna, boris = await signed_in("anna"), await signed_in("boris")
    told = (await anna.get(f"/desk/notices/{notice}/card")).json()
    assert (told["person"]["id"], told["line"], told["obeys"]) == (person, None, False)
    assert (await boris.get(f"/desk/notices/{notice}/card")).status_code == 404


# The demo line.


@pytest.fixture
async def demo(db: Db, cast: Cast) -> None:
    await db.run("update accounts set is_demo = true where id = $1", cast.account_id)


async def rung(client: httpx.AsyncClient, status: int = 201, **wish: Any) -> int:
    answer = await client.post("/desk/demo/ring", json=wish)
    assert answer.status_code == status, answer.text
    return answer.json().get("id", 0)


async def asks(client: httpx.AsyncClient, call: int, command: str, status: int = 204, **more: Any) -> None:
    answer = await client.post(f"/desk/calls/{call}/command", json={"command": command, **more})
    assert answer.status_code == status, answer.text


async def details(db: Db, call: int) -> Any:
    return await db.value("select details from calls where id = $1", call)


async def test_a_demo_call_to_its_end(db: Db, api: httpx.AsyncClient, signed_in: Visitor, cast: Cast, demo: None):
    person = await contact(api, cast.anna)
    anna, boris, clara = [await signed_in(name) for name in ("anna", "boris", "clara")]
    call = await rung(anna, to="group", number=CALLER)
    assert sorted((await details(db, call))["users"].values()) == sorted([cast.anna, cast.boris])
    told = await card(anna, call)
    assert told["person"]["id"] == person and told["obeys"] and told["line"]["name"] == "Demo line"
    await asks(clara, call, "answer", 404)
    await asks(boris, call, "hold", 409)
    await asks(boris, call, "answer")
    await asks(anna, call, "answer", 409)
    row = await db.row("select * from calls where id = $1", call)
    assert row is not None and row["user_id"] == cast.boris
    assert (row["details"]["ringing"], len(row["details"]["talking"])) == ([], 1)
    await asks(boris, call, "hold")
    assert (await details(db, call))["on_hold"]
    await asks(boris, call, "transfer", to=cast.anna)
    now = await details(db, call)
    assert (now["state"], now["on_hold"], len(now["transferred"])) == ("ringing", False, 1)
    assert now["users"][now["ringing"][0]] == cast.anna
    snapshot = (await anna.get("/live/snapshot")).json()["desk"]["calls"]
    assert [(each["id"], each["going"]["sent_by"], each["going"]["ringing"]) for each in snapshot] == [
        (call, cast.boris, [cast.anna])
    ]
    await asks(anna, call, "answer")
    await asks(anna, call, "transfer", 422, to=cast.boris + 1_000_000)
    await asks(anna, call, "hang_up")
    await asks(anna, call, "hang_up", 409)
    row = await db.row("select ended_at, missed, user_id, note_id from calls where id = $1", call)
    assert (
        row is not None and row["ended_at"] and row["note_id"] and (row["missed"], row["user_id"]) == (False, cast.anna)
    )


async def test_two_who_answer_at_once_do_not_both_talk(db: Db, signed_in: Visitor, demo: None):
    anna, boris = await signed_in("anna"), await signed_in("boris")
    call = await rung(anna, caller="unknown", to="group")
    answers = await asyncio.gather(
        *(each.post(f"/desk/calls/{call}/command", json={"command": "answer"}) for each in (anna, boris))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert len((await details(db, call))["talking"]) == 1


async def test_whoever_declines_is_left_alone(db: Db, signed_in: Visitor, cast: Cast, demo: None):
    anna, boris = await signed_in("anna"), await signed_in("boris")
    call = await rung(anna, caller="unknown", to="group")
    await asks(anna, call, "decline")
    assert [(await details(db, call))["users"][each] for each in (await details(db, call))["ringing"]] == [cast.boris]
    await asks(boris, call, "decline")
    assert await db.value("select missed from calls where id = $1", call)
    assert await db.value("select count(*) from debts where call_id = $1", call) == 1


async def test_only_a_demo_company_has_it(signed_in: Visitor, tell: Tell, db: Db):
    anna = await signed_in("anna")
    await rung(anna, 422)
    await tell(ringing("c1"))
    await asks(anna, await call_id(db, "c1"), "answer", 422)


async def test_the_demo_line_rings_nobody_without_end(db: Db, signed_in: Visitor, cast: Cast, demo: None):
    anna, boris = await signed_in("anna"), await signed_in("boris")
    answers = await asyncio.gather(
        *(anna.post("/desk/demo/ring", json={"caller": "unknown"}) for _ in range(MOST_RINGS + 3))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * MOST_RINGS + [429] * 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "60" and f"{MOST_RINGS} times" in refused.json()["detail"]
    await rung(boris)
    await db.run("update calls set started_at = started_at - 61")
    await rung(anna)
    await db.run(
        "insert into calls (account_id, source, origin, uniq, direction, started_at, updated_at)"
        " select account_id, 1, origin, 'x' || n, 1, 1, 1 from calls, generate_series(1, 200) n"
        " where id = (select min(id) from calls)"
    )
    full = await boris.post("/desk/demo/ring", json={})
    assert full.status_code == 422 and full.json()["detail"].startswith("200 calls go on"), full.text


async def test_who_has_no_phone_on_the_demo_line_is_told_so(db: Db, signed_in: Visitor, cast: Cast, demo: None):
    anna = await signed_in("anna")
    await rung(anna)
    await db.run("delete from extensions where user_id = $1 and kind = 'desk'", cast.anna)
    await rung(anna, 422)


@pytest.mark.parametrize("talks", [False, True])
async def test_a_customer_does_not_wait_for_ever(db: Db, signed_in: Visitor, demo: None, talks: bool):
    """Whatever was restarted meanwhile: all that is needed stands in the call."""
    anna = await signed_in("anna")
    call = await rung(anna, number=UNKNOWN)
    if talks:
        await asks(anna, call, "answer")
    patience = TALK_SECONDS if talks else RING_SECONDS
    now = time.time()
    async with shift_of(db) as shift:
        await job.play_once(shift, now + patience - 5)
        assert await db.value("select ended_at from calls where id = $1", call) is None
        await job.play_once(shift, now + patience + 2)
    row = await db.row("select ended_at, missed from calls where id = $1", call)
    assert row is not None and row["ended_at"] is not None and row["missed"] is not talks


async def test_who_calls_on_the_demo_line(db: Db, api: httpx.AsyncClient, signed_in: Visitor, cast: Cast, demo: None):
    anna = await signed_in("anna")
    nobodys = await rung(anna)
    assert await db.value("select entity from calls where id = $1", nobodys) is None, "there are no contacts yet"
    person = await contact(api, cast.anna)
    known, unknown = await rung(anna, caller="known"), await rung(anna, caller="unknown")
    assert await db.value("select entity_id from calls where id = $1", known) == person
    assert await db.value("select entity_id from calls where id = $1", unknown) is None
    await rung(anna, 400, number="1")
    await db.run("update extensions set number = '10-1' where user_id = $1 and kind = 'desk'", cast.anna)
    await db.run("delete from extensions where user_id = $1", cast.boris)
    await rung(anna)
    assert await db.value("select count(*) from pbxes where kind = 'demo'") == 1
