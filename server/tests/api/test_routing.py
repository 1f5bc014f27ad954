"""Who rings, as a PBX, an integrator and a person ask for it."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.neighbours import made
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.relay import Relay
from trubka import db as database
from trubka.api import server
from trubka.db import Db
from trubka.settings import Settings

LINE, CALLER = "+7 495 000-00-01", "+7 (916) 000-11-22"
PLAN: list[dict[str, Any]] = [{"step": "owner", "seconds": 20}, {"step": "queue", "name": "sales"}]


@pytest.fixture
async def olga(signed_in: Visitor) -> httpx.AsyncClient:
    return await signed_in("olga")


@pytest.fixture
async def pbx(olga: httpx.AsyncClient, cast: Cast) -> dict[str, Any]:
    """A PBX with one line; Anna is 101, Boris 102."""
    told = (await olga.post("/desk/pbxes", json={"kind": "asterisk", "name": "Office"})).json()
    line = {"number": LINE, "plan": PLAN, "fallback": "queue:night"}
    assert (await olga.post("/desk/lines", json=line)).status_code == 201
    for user, number in ((cast.anna, "101"), (cast.boris, "102")):
        answer = await olga.put(f"/desk/extensions/{user}", json={"extensions": [{"number": number}]})
        assert answer.status_code == 204
    return told


@pytest.fixture
async def dialplan(client_of: ClientOf, pbx: dict[str, Any]) -> httpx.AsyncClient:
    """The PBX, as curl in its dialplan asks."""
    return await client_of(None, authorization=basic(pbx["key_id"], pbx["secret"]))


def basic(key_id: str, secret: str) -> str:
    return "Basic " + b64encode(f"{key_id}:{secret}".encode()).decode()


async def contact(api: httpx.AsyncClient, owner: int, number: str = CALLER) -> int:
    field = {"field_code": "PHONE", "values": [{"value": number}]}
    new = {"name": "Ivan", "responsible_user_id": owner, "custom_fields_values": [field]}
    return (await made(api, "contacts", new))[0]


async def asks(dialplan: httpx.AsyncClient, caller: str = CALLER, dialled: str = LINE) -> str:
    answer = await dialplan.get("/pbx/route", params={"caller": caller, "dialled": dialled, "id": "1.1"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain"
    return answer.text


async def test_the_owner_rings_and_a_change_counts_on_the_next_question(
    dialplan: httpx.AsyncClient, api: httpx.AsyncClient, cast: Cast
):
    assert await asks(dialplan) == "queue:sales"
    card = await contact(api, cast.anna)
    assert await asks(dialplan) == "PJSIP/101,20|queue:sales"
    assert await asks(dialplan, "89160001122", "84950000001") == "PJSIP/101,20|queue:sales"
    assert (await api.patch(f"/api/v4/contacts/{card}", json={"responsible_user_id": cast.boris})).status_code == 200
    assert await asks(dialplan) == "PJSIP/102,20|queue:sales"
    assert await asks(dialplan, CALLER, "100500") == "PJSIP/102,20", "a line that nobody has set up"
    assert await asks(dialplan, "anonymous", LINE) == "queue:sales"
    assert await asks(dialplan, "", "") == ""


async def test_a_question_is_heard_of_and_waits_for_nobody(
    client_of: ClientOf, olga: httpx.AsyncClient, pbx: dict[str, Any], db: Db, cast: Cast
):
    other = (await olga.post("/desk/pbxes", json={"kind": "http", "name": "Other"})).json()
    async with db.transaction() as tx:  # somebody changes the first at this moment
        await tx.run("update pbxes set name = 'x' where account_id = $1 and id = $2", cast.account_id, pbx["id"])
        for each in (pbx, other):
            dialplan = await client_of(None, authorization=basic(each["key_id"], each["secret"]))
            assert await asks(dialplan) == "queue:sales", "not the fall-back"
    stranger = await client_of(None, authorization=basic(pbx["key_id"], "x"))
    assert (await stranger.get("/pbx/route", params={"caller": CALLER, "dialled": LINE})).status_code == 401
    told = {each["id"]: each["heard_at"] for each in (await olga.get("/desk/routing")).json()["pbxes"]}
    assert told[pbx["id"]] is None and abs(told[other["id"]] - time.time()) < 30


async def test_absence_and_quiet_count_at_once(
    dialplan: httpx.AsyncClient, api: httpx.AsyncClient, olga: httpx.AsyncClient, cast: Cast
):
    await contact(api, cast.anna)
    later = int(time.time()) + 60
    absence = f"/desk/absence/{cast.anna}"
    assert (await olga.put(absence, json={"away_until": later, "deputy_id": cast.boris})).status_code == 204
    assert await asks(dialplan) == "PJSIP/102,20|queue:sales"
    assert (await olga.put(absence, json={"quiet_until": later})).status_code == 204
    assert await asks(dialplan) == "queue:sales"
    assert (await olga.put(absence, json={})).status_code == 204
    assert await asks(dialplan) == "PJSIP/101,20|queue:sales"


async def test_a_line_of_one_pbx(dialplan: httpx.AsyncClient, olga: httpx.AsyncClient, pbx: dict[str, Any]):
    other = (await olga.post("/desk/pbxes", json={"kind": "http", "name": "Other"})).json()["id"]
    night = [{"step": "queue", "name": "night"}]
    for number, owner in (("200", other), ("300", pbx["id"]), ("300", None)):
        plan = night if owner else PLAN[1:]
        body = {"number": number, "pbx_id": owner, "plan": plan}
        assert (await olga.post("/desk/lines", json=body)).status_code == 201
    assert await asks(dialplan, CALLER, "200") == "", "the line belongs to another PBX"
    assert await asks(dialplan, CALLER, "300") == "queue:night", "its own line before everybody's"


async def test_how_a_pbx_dials(
    dialplan: httpx.AsyncClient, api: httpx.AsyncClient, olga: httpx.AsyncClient, cast: Cast, pbx: dict[str, Any]
):
    await contact(api, cast.anna)
    devices = [
        {"number": "101"},
        {"number": "+7 916 000-22-33", "kind": "mobile", "is_confirmed_by_key": True},
        {"number": "105", "kind": "browser", "rings": False},
        {"number": "9160004455", "kind": "fmc", "device": "PJSIP/fmc/sip:9160004455@mobile.example"},
    ]
    assert (await olga.put(f"/desk/extensions/{cast.anna}", json={"extensions": devices})).status_code == 204
    dialling = {"settings": {"dialling": {"desk": "SIP/{number}", "confirmed": "Local/{number}@ask"}}}
    assert (await olga.patch(f"/desk/pbxes/{pbx['id']}", json=dialling)).status_code == 204
    said = "SIP/101&Local/79160002233@ask&PJSIP/fmc/sip:9160004455@mobile.example,20|queue:sales"
    assert await asks(dialplan) == said


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !", "Basic " + b64encode(b"nobody").decode(), basic("nobody", "x"), "Bearer x"]
)
async def test_strangers_are_told_nothing(client_of: ClientOf, pbx: dict[str, Any], header: str):
    stranger = await client_of(None, authorization=header)
    assert (await stranger.get("/pbx/route", params={"caller": CALLER, "dialled": LINE})).status_code == 401


async def test_a_wrong_secret_and_a_pbx_that_is_switched_off(
    client_of: ClientOf, dialplan: httpx.AsyncClient, olga: httpx.AsyncClient, pbx: dict[str, Any], cast: Cast
):
    wrong = await client_of(None, authorization=basic(pbx["key_id"], "wrong"))
    assert (await wrong.get("/pbx/route")).status_code == 401
    assert await asks(dialplan) == "queue:sales"
    new = (await olga.post(f"/desk/pbxes/{pbx['id']}/secret")).json()["secret"]
    await asyncio.sleep(1.05)
    assert (await dialplan.get("/pbx/route")).status_code == 401
    dialplan.headers["authorization"] = basic(pbx["key_id"], new)
    assert await asks(dialplan) == "queue:sales"
    assert (await olga.patch(f"/desk/pbxes/{pbx['id']}", json={"is_active": False})).status_code == 204
    await asyncio.sleep(1.05)
    assert (await dialplan.get("/pbx/route")).status_code == 401


@pytest.mark.parametrize("silent", [True, False])
async def test_without_the_database_a_call_goes_its_lines_own_way(
    dsn: str, api: httpx.AsyncClient, olga: httpx.AsyncClient, pbx: dict[str, Any], cast: Cast, silent: bool
):
    """Whether it refuses, or says nothing: the PBX is answered within 300 ms, and rightly once it is there again."""
    await contact(api, cast.anna)
    for owner, fallback in ((pbx["id"], "queue:own"), (None, "queue:everybodys")):
        line = {"number": "300", "pbx_id": owner, "fallback": fallback}
        assert (await olga.post("/desk/lines", json=line)).status_code == 201
    relay = Relay(dsn)
    await relay.start()
    own = await database.connect(relay.dsn, hot=2, lists=1)
    application = server.over(await server.site_of(own, Settings()))
    transport = httpx.ASGITransport(app=application)  # pyright: ignore[reportArgumentType]
    header = {"authorization": basic(pbx["key_id"], pbx["secret"])}
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example", headers=header) as client:
        assert await asks(client) == "PJSIP/101,20|queue:sales"
        if silent:
            relay.speaks.clear()
        else:
            await relay.stop()
        took: list[float] = []
        for _ in range(3):
            began = time.monotonic()
            assert await asks(client) == "queue:night"
            took.append(time.monotonic() - began)
        assert min(took) < 0.3, "the other two bear with a busy machine"
        assert await asks(client, CALLER, "100500") == "", "the PBX goes its own way"
        assert await asks(client, CALLER, "300") == "queue:own", "its own line before everybody's"
        client.headers["authorization"] = basic(pbx["key_id"], "wrong")
        assert (await client.get("/pbx/route")).status_code == 401
        client.headers["authorization"] = header["authorization"]
        if silent:
            relay.speaks.set()
        else:
            await relay.start()
        await asyncio.sleep(0.1)
        assert await asks(client) == "PJSIP/101,20|queue:sales"
    await relay.stop()
    await own.close()


async def test_explained(
    api: httpx.AsyncClient, client_of: ClientOf, pbx: dict[str, Any], olga: httpx.AsyncClient, cast: Cast
):
    card = await contact(api, cast.anna)
    asked = {"caller": CALLER, "dialled": LINE, "pbx_id": pbx["id"]}
    told = (await api.get("/api/routing/explain", params=asked)).json()
    caller = {"entity_type": "contacts", "entity_id": card, "responsible_user_id": cast.anna}
    assert told["caller"] == caller and told["answer"] == "PJSIP/101,20|queue:sales"
    assert told["rings"] == [{"users": [cast.anna], "seconds": 20, "dial": ["PJSIP/101"]}]
    assert [each["code"] for each in told["reasons"]] == ["known", "rings", "queue"]
    assert told["reasons"][1] == {
        "code": "rings",
        "text": "This user's devices ring.",
        "user_id": cast.anna,
        "step": "owner",
    }
    boris = await client_of("boris")
    told = (await boris.get("/api/routing/explain", params=asked)).json()
    assert told["caller"] == caller and told["answer"] is None and told["rings"][0]["dial"] is None
    clara = await client_of("clara")
    told = (await clara.get("/api/routing/explain", params=asked)).json()
    assert (told["caller"], told["rings"], told["then"]) == (None, [], "queue:sales")
    assert [each["code"] for each in told["reasons"]] == ["hidden", "no_owner", "queue"]
    stranger = await client_of("stranger", "other.example")
    told = (await stranger.get("/api/routing/explain", params=asked)).json()
    assert (told["line_id"], told["caller"], told["rings"]) == (None, None, [])
    assert (await api.get("/api/routing/explain", params={"caller": "1" * 51})).status_code == 400


async def test_who_is_responsible(api: httpx.AsyncClient, client_of: ClientOf, pbx: dict[str, Any], cast: Cast):
    path, asked = "/api/routing/responsible", {"phone": "8 916 000 11 22"}
    assert (await api.get(path, params=asked)).status_code == 204
    card = await contact(api, cast.anna)
    assert (await api.get(path, params=asked)).json() == {
        "responsible_user_id": cast.anna,
        "name": "Anna",
        "email": "anna@acme.example",
        "phone_number": None,
        "extensions": ["101"],
        "entity_type": "contacts",
        "entity_id": card,
    }
    assert (await (await client_of("boris")).get(path, params=asked)).status_code == 200
    for name, host in (("clara", "acme.example"), ("stranger", "other.example")):
        assert (await (await client_of(name, host)).get(path, params=asked)).status_code == 204


async def test_many_people_cost_one_question(db: Db, cast: Cast, pbx: dict[str, Any], dialplan: httpx.AsyncClient):
    """A group of a few hundred rings at most so many devices, and the answer stays short enough for a dialplan."""
    await db.run(
        """
        with p as (insert into people (email, email_key, name)
          select 'u' || n, 'u' || n, 'U' from generate_series(1, 300) n returning id)
        , u as (insert into users (account_id, person_id, name, email, rights, created_at, updated_at)
          select $1, id, 'U', 'u', '{}', 0, 0 from p returning id)
        insert into extensions (account_id, user_id, number, tail, kind)
        select $1, id, id::text, id, 'desk' from u
        """,
        cast.account_id,
    )
    plan = [{"step": "group", "id": 0, "seconds": 15}]
    await db.run("update lines set plan = $1", plan)
    said = await asks(dialplan)
    assert said.endswith(",15|queue:night") and said.count("PJSIP/") == 20 and len(said) < 1_000
