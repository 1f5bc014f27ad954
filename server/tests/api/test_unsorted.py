"""/api/v4/leads/unsorted: the reference's own example, looseness, decisions and what follows, rights and refusals."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.actions.test_unsorted import call_of
from tests.actions.test_unsorted import put as put_call
from tests.api.conftest import Visitor
from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.api.asked import Site
from trubka.db import Db
from trubka.db import facts as rows_of
from trubka.jobs.webhooks import spread_some

assert neighbours

BASE = "/api/v4/leads/unsorted"
NUMBER = "+79990003344"
CALL: dict[str, Any] = {
    "phone": NUMBER,
    "called_at": 1760000000,
    "duration": 62,
    "uniq": "1760000000.1",
    "link": "https://pbx.example/rec/1.mp3",
    "service_code": "our_pbx",
    "is_call_event_needed": True,
}
LOGGED: dict[str, Any] = {"direction": "inbound", "phone": NUMBER, "duration": 1, "source": "x"}
PHONED: list[dict[str, Any]] = [{"field_code": "PHONE", "values": [{"value": NUMBER}]}]
LOOSE: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({}, "Call from a withheld number", {"phone": None, "duration": 0}),
    ({"metadata": {"phone": 79990003344, "duration": "0"}}, "Call 79990003344", {"phone": "79990003344"}),
    ({"metadata": {"phone": "101", "from": NUMBER}, "pipeline_id": None}, f"Call {NUMBER}", {"phone": "101"}),
    (
        {"metadata": {"phone": NUMBER, "from": "Our PBX", "called_at": "5"}, "_embedded": None},
        f"Call {NUMBER}",
        {"from": "Our PBX", "called_at": 5},
    ),
    (
        {"metadata": {"from": NUMBER}, "_embedded": {"leads": [{"status_id": 142}], "contacts": []}},
        f"Call {NUMBER}",
        {"phone": NUMBER},
    ),
    ({"metadata": {"phone": NUMBER}, "_embedded": {"companies": [{"name": "Firm"}]}}, f"Call {NUMBER}", {"uniq": None}),
]


def sip(**metadata: Any) -> dict[str, Any]:
    return {"source_name": "Our PBX", "source_uid": "our-pbx", "metadata": CALL | metadata}


async def put(api: Client, *items: dict[str, Any], kind: str = "sip", status: int = 200) -> Any:
    answer = await api.post(f"{BASE}/{kind}", json=list(items))
    assert answer.status_code == status, answer.text
    return answer.json()


async def one(api: Client, item: dict[str, Any] | None = None, kind: str = "sip") -> tuple[str, int, int]:
    """(uid, lead, contact)."""
    (found,) = (await put(api, sip() if item is None else item, kind=kind))["_embedded"]["unsorted"]
    return found["uid"], found["_embedded"]["leads"][0]["id"], found["_embedded"]["contacts"][0]["id"]


async def uids(api: Client, query: str = "") -> list[str]:
    answer = await api.get(f"{BASE}?{query}")
    return [] if answer.status_code == 204 else [each["uid"] for each in answer.json()["_embedded"]["unsorted"]]


async def facts(db: Db, *kinds: str) -> list[Any]:
    rows = await db.rows(
        "select f.fact from facts f join accounts a on a.id = f.account_id and a.subdomain = 'acme'"
        " where f.fact->>'fact' = any($1::text[]) order by f.id",
        list(kinds),
    )
    return [row["fact"] for row in rows]


def ref(kind: str, card_id: int) -> dict[str, Any]:
    return {"id": card_id, "_links": {"self": {"href": f"https://acme.example/api/v4/{kind}/{card_id}"}}}


async def test_the_references_own_example(api: Client, cast: Cast, db: Db):
    pipeline = await db.value("select id from pipelines where account_id = $1", cast.account_id)
    item = sip(call_responsible=cast.anna) | {
        "request_id": "79990001122",
        "pipeline_id": pipeline,
        "created_at": 1760000000,
        "_embedded": {
            "leads": [{"name": f"Call {NUMBER}", "price": 500}],
            "contacts": [
                {"name": NUMBER, "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": NUMBER}]}]}
            ],
        },
    }
    told = await put(api, item)
    (found,) = told["_embedded"]["unsorted"]
    uid, lead = found["uid"], found["_embedded"]["leads"][0]["id"]
    contact = found["_embedded"]["contacts"][0]["id"]
    cards: dict[str, Any] = {"contacts": [ref("contacts", contact)], "leads": [ref("leads", lead)], "companies": []}
    link = {"self": {"href": f"https://acme.example{BASE}/{uid}"}}
    assert len(uid) == 60
    assert told == {
        "_total_items": 1,
        "_embedded": {
            "unsorted": [
                {
                    "uid": uid,
                    "account_id": cast.account_id,
                    "request_id": "79990001122",
                    "_links": link,
                    "_embedded": cards,
                }
            ]
        },
    }
    read = (await api.get(f"{BASE}/{uid}")).json()
    assert read == {
        "uid": uid,
        "source_uid": "our-pbx",
        "source_name": "Our PBX",
        "category": "sip",
        "pipeline_id": pipeline,
        "created_at": 1760000000,
        "metadata": {
            "from": NUMBER,
            "phone": NUMBER,
            "call_responsible": cast.anna,
            "called_at": 1760000000,
            "duration": 62,
            "link": "https://pbx.example/rec/1.mp3",
            "service_code": "our_pbx",
            "uniq": "1760000000.1",
        },
        "account_id": cast.account_id,
        "_links": link,
        "_embedded": cards,
    }
    assert (await api.get(BASE)).json()["_embedded"]["unsorted"] == [read]
    waiting = (await api.get(f"/api/v4/leads/{lead}?with=contacts")).json()
    unsorted = await db.value("select id from statuses where pipeline_id = $1 and type = 1", pipeline)
    assert (waiting["status_id"], waiting["price"], waiting["responsible_user_id"]) == (unsorted, 500, cast.anna)
    assert waiting["_embedded"]["contacts"] == []
    assert (await api.get("/api/v4/contacts")).status_code == 204
    assert (await api.post("/api/v4/calls", json=[LOGGED])).status_code == 400
    (note,) = (await api.get(f"/api/v4/leads/{lead}/notes")).json()["_embedded"]["notes"]
    assert (note["note_type"], note["params"]["uniq"], note["created_by"]) == ("call_in", "1760000000.1", cast.anna)
    call = await db.row("select * from calls")
    assert call is not None
    assert (call["entity"], call["entity_id"], call["note_id"], call["user_id"]) == (2, lead, note["id"], cast.anna)
    assert await db.value("select call_id from recordings") == call["id"]
    assert await facts(db, "card_added") == []

    status = await db.value("select id from statuses where pipeline_id = $1 and type = 0 order by sort", pipeline)
    accepted = await api.post(f"{BASE}/{uid}/accept", json={"user_id": cast.boris})
    assert accepted.status_code == 200
    about = {"uid": uid, "pipeline_id": pipeline, "category": "sip", "created_at": 1760000000}
    assert accepted.json() == about | {"_embedded": cards}
    shown = (await api.get(f"/api/v4/leads/{lead}?with=contacts")).json()
    assert (shown["status_id"], shown["responsible_user_id"], shown["price"]) == (status, cast.boris, 500)
    assert [each["id"] for each in shown["_embedded"]["contacts"]] == [contact]
    listed = (await api.get(f"/api/v4/contacts?query={NUMBER[-10:]}")).json()["_embedded"]["contacts"]
    assert [(each["id"], each["responsible_user_id"]) for each in listed] == [(contact, cast.boris)]
    assert await uids(api) == []
    assert (await api.get(f"{BASE}/{uid}")).status_code == 204
    events = (await api.get(f"/api/v4/events?filter[entity]=lead&filter[entity_id][]={lead}")).json()
    types = [each["type"] for each in events["_embedded"]["events"]]
    assert {"lead_added", "incoming_call", "lead_status_changed"} <= set(types)
    kinds = [fact["fact"] for fact in await facts(db, "unsorted_decided", "card_added", "lead_moved", "card_changed")]
    assert kinds == ["unsorted_decided", "card_added", "card_added"]
    active = await db.row("select is_active, is_unsorted from leads where id = $1", lead)
    assert active is not None
    assert tuple(active) == (True, False)
    # From now on calls with this number go to that lead.
    logged = await api.post("/api/v4/calls", json=[LOGGED])
    assert logged.json()["_embedded"]["calls"][0]["entity_id"] == lead


@pytest.mark.parametrize(("item", "name", "metadata"), LOOSE)
async def test_looseness(api: Client, db: Db, item: dict[str, Any], name: str, metadata: dict[str, Any]):
    uid, lead, contact = await one(api, item)
    read = (await api.get(f"{BASE}/{uid}")).json()
    assert {key: read["metadata"][key] for key in metadata} == metadata
    assert (await api.get(f"/api/v4/leads/{lead}")).json()["name"] == name
    assert (await api.post(f"{BASE}/{uid}/accept", json=[])).status_code == 200
    shown = (await api.get(f"/api/v4/contacts/{contact}")).json()
    number = name.removeprefix("Call ")
    if "3344" in name:
        assert shown["custom_fields_values"][0]["values"][0]["value"] == number
    if read["_embedded"]["companies"]:
        assert shown["_embedded"]["companies"][0]["id"] == read["_embedded"]["companies"][0]["id"]


async def test_a_form(api: Client, db: Db):
    form = {
        "form_id": 3,
        "form_name": "Order",
        "form_page": "https://a.example/",
        "form_sent_at": 1760000000,
        "ip": "::1",
    }
    embedded = {"contacts": [{"name": "Ivan", "custom_fields_values": PHONED}]}
    uid, lead, contact = await one(api, {"source_uid": "a", "metadata": form, "_embedded": embedded}, "forms")
    assert (await api.get(f"/api/v4/leads/{lead}")).json()["name"] == "Order"
    read = (await api.get(f"{BASE}?filter[category][]=forms")).json()["_embedded"]["unsorted"][0]
    assert (read["uid"], read["metadata"]["form_id"], read["metadata"]["referer"]) == (uid, "3", None)
    assert await db.value("select count(*) from calls") == 0
    refused = await put(api, {"source_uid": "a", "metadata": form, "request_id": "again"}, kind="forms", status=400)
    assert refused["validation-errors"][0]["request_id"] == "again"
    declined = await api.request("DELETE", f"{BASE}/{uid}/decline", json={})
    assert declined.status_code == 200
    assert declined.json()["_embedded"] == {"contacts": [ref("contacts", contact)], "leads": [ref("leads", lead)]}
    assert (await api.get(f"/api/v4/leads/{lead}")).status_code == 204
    assert (await api.get(f"/api/v4/contacts/{contact}?with=only_deleted")).status_code == 200
    types = {each["type"] for each in await db.rows("select type from events")}
    assert {"lead_deleted", "contact_deleted"} <= types


async def test_identical_items_are_refused_and_honest_repeats_are_not(api: Client, db: Db):
    uid, *_ = await one(api)
    refused = await put(api, sip() | {"request_id": "x"}, status=400)
    flaw = {"code": "Duplicate", "path": "metadata", "detail": "This item was put into the unsorted already."}
    assert refused["validation-errors"] == [{"request_id": "x", "errors": [flaw]}]
    assert len(await uids(api)) == 1
    again, *_ = await one(api, sip(uniq="1760000000.2"))
    assert again != uid
    await put(api, sip(uniq="3"), sip(uniq="3"), status=400)
    assert set(await uids(api)) == {uid, again}
    both = await asyncio.gather(*(api.post(f"{BASE}/sip", json=[sip(uniq="4")]) for _ in range(4)))
    assert sorted(each.status_code for each in both) == [200, 400, 400, 400]


async def test_filters_order_and_pages(api: Client, cast: Cast):
    found = [(await one(api, sip(uniq=str(number)) | {"created_at": 1760000000 - number}))[0] for number in range(3)]
    assert await uids(api) == found
    assert await uids(api, "order[created_at]=asc") == found[::-1]
    assert await uids(api, "order[updated_at]=desc&limit=1&page=2") != []
    assert await uids(api, f"filter[uid]={found[1]}") == [found[1]]
    assert await uids(api, f"filter[uid][]={found[1]}&filter[uid][]={found[0]}") == found[:2]
    assert await uids(api, "filter[category][0]=forms") == []
    assert await uids(api, "filter[pipeline_id]=1") == []
    page = (await api.get(f"{BASE}?limit=2&order[created_at]=desc")).json()
    assert [each["uid"] for each in page["_embedded"]["unsorted"]] == found[:2]
    rest = (await api.get(page["_links"]["next"]["href"])).json()
    assert [each["uid"] for each in rest["_embedded"]["unsorted"]] == found[2:]
    assert await uids(api, "page=9") == []


async def test_the_summary(api: Client, db: Db):
    assert (await api.get(f"{BASE}/summary")).json()["average_sort_time"] == 0
    ids = [(await one(api, sip(uniq=str(number))))[0] for number in range(2)]
    ids.append((await one(api, {"metadata": {"form_id": "1"}, "created_at": 1760000000}, "forms"))[0])
    await api.post(f"{BASE}/{ids[0]}/accept")
    await api.delete(f"{BASE}/{ids[2]}/decline")
    await db.run("update unsorted set created_at = 1760000000, decided_at = 1760000340 where decided_at is not null")
    assert (await api.get(f"{BASE}/summary")).json() == {
        "total": 3,
        "accepted": 1,
        "declined": 1,
        "average_sort_time": 340,
        "categories": {"sip": {"total": 2}, "mail": {"total": 0}, "forms": {"total": 1}, "chats": {"total": 0}},
    }
    assert (await api.get(f"{BASE}/summary?filter[uid][]={ids[1]}")).json()["total"] == 1
    assert (await api.get(f"{BASE}/summary?filter[created_at][to]=1760000000")).json()["total"] == 2
    assert (await api.get(f"{BASE}/summary?filter[created_at]=1760000001&filter[pipeline_id]=1")).json()["total"] == 0


async def test_accepted_into_a_status_of_another_pipeline(api: Client, cast: Cast, db: Db):
    pipeline = await db.value(
        "insert into pipelines (account_id, name, sort, is_main) values ($1, 'B', 9, false) returning id",
        cast.account_id,
    )
    await db.run(
        "insert into statuses (account_id, pipeline_id, id, name, sort, color, type)"
        " values ($1, $2, 5001, 'New', 10, '#fff000', 1), ($1, $2, 5002, 'Work', 20, '#fff000', 0)",
        cast.account_id,
        pipeline,
    )
    uid, lead, _ = await one(api)
    for wrong in (5001, 4):
        assert (await api.post(f"{BASE}/{uid}/accept", json={"status_id": wrong})).status_code == 400
    assert (await api.post(f"{BASE}/{uid}/accept", json={"status_id": "5002"})).status_code == 200
    shown = (await api.get(f"/api/v4/leads/{lead}")).json()
    assert (shown["pipeline_id"], shown["status_id"], shown["responsible_user_id"]) == (pipeline, 5002, cast.olga)
    won, closed, _ = await one(api, sip(uniq="w"))
    assert (await api.post(f"{BASE}/{won}/accept", json={"status_id": 142})).status_code == 200
    assert (await api.get(f"/api/v4/leads/{closed}")).json()["closed_at"]


async def test_a_lead_that_is_moved_out_by_hand_is_accepted(api: Client, cast: Cast, db: Db):
    uid, lead, contact = await one(api)
    still, other, hidden = await one(api, sip(uniq="2"))
    status = await db.value("select id from statuses where account_id = $1 and type = 0 order by sort", cast.account_id)
    moves = [{"id": lead, "status_id": status, "responsible_user_id": cast.anna}, {"id": other, "name": "Renamed"}]
    assert (await api.patch("/api/v4/leads", json=moves)).status_code == 200
    assert await uids(api) == [still]
    assert (await api.get(f"/api/v4/contacts/{contact}")).json()["responsible_user_id"] == cast.anna
    assert (await api.get(f"/api/v4/contacts/{hidden}")).status_code == 204
    assert (await api.post(f"{BASE}/{uid}/accept")).status_code == 400
    (fact,) = await facts(db, "unsorted_decided")
    assert (fact["uid"], fact["decision"], fact["contacts"]) == (uid, "accept", [contact])


async def test_linked_to_a_lead_with_the_caller_as_its_new_contact(api: Client, cast: Cast, db: Db):
    (lead,) = await made(api, "leads", {"name": "Old", "responsible_user_id": cast.anna})
    uid, waiting, contact = await one(api)
    answer = await api.post(f"{BASE}/{uid}/link", json={"link": {"entity_id": lead, "entity_type": "leads"}})
    assert answer.json() == {"uid": uid, "_embedded": {"leads": [ref("leads", lead)]}}
    (note,) = (await api.get(f"/api/v4/leads/{lead}/notes")).json()["_embedded"]["notes"]
    assert note["note_type"] == "call_in"
    assert (await api.get(f"/api/v4/leads/{waiting}")).status_code == 204
    shown = (await api.get(f"/api/v4/leads/{lead}?with=contacts")).json()
    assert [each["id"] for each in shown["_embedded"]["contacts"]] == [contact]
    found = (await api.get(f"/api/v4/contacts/{contact}")).json()
    assert found["responsible_user_id"] == cast.anna
    call = await db.row("select entity, entity_id from calls")
    assert call is not None
    assert tuple(call) == (2, lead)
    assert (await facts(db, "call_changed"))[-1]["entity_id"] == lead


async def test_linked_to_a_customer_whose_contact_gets_the_number(api: Client, cast: Cast, db: Db):
    (contact,) = await made(api, "contacts", {"name": "Ivan"})
    (customer,) = await made(api, "customers", {"name": "Regular"})
    uid, _, waiting = await one(api)
    body = {
        "user_id": cast.boris,
        "link": {"entity_id": customer, "entity_type": "customers", "metadata": {"contact_id": contact}},
    }
    answer = await api.post(f"/api/v4/leads/{uid}/link", json=body)  # as one PBX writes it
    assert answer.json() == {"uid": uid, "_embedded": {"customers": [ref("customers", customer)]}}
    assert (await api.get(f"/api/v4/customers/{customer}/notes")).status_code == 200
    found = (await api.get(f"/api/v4/contacts?query={NUMBER[-10:]}")).json()["_embedded"]["contacts"]
    assert [each["id"] for each in found] == [contact]
    assert await db.value("select is_deleted from contacts where id = $1", waiting)
    item = await db.row("select state, decided_by from unsorted")
    assert item is not None
    assert tuple(item) == ("linked", cast.boris)
    again, *_ = await one(api, sip(uniq="2"))
    assert (await api.post(f"{BASE}/{again}/link", json=body)).status_code == 200  # it has the number already
    fields = (await api.get(f"/api/v4/contacts/{contact}")).json()["custom_fields_values"]
    assert len(fields[0]["values"]) == 1


async def test_refusals(api: Client, cast: Cast):
    uid, lead, _ = await one(api)
    for method, path in (("POST", "accept"), ("DELETE", "decline")):
        assert (await api.request(method, f"{BASE}/{'0' * 60}/{path}")).status_code == 404
        wrong = await api.request(method, f"{BASE}/{uid}/{path}", json={"user_id": 1})
        assert (wrong.status_code, wrong.json()["validation-errors"][0]["errors"][0]["path"]) == (400, "user_id")
    for body in (
        {},
        {"link": {"entity_id": 1, "entity_type": "contacts"}},
        {"link": {"entity_id": 1, "entity_type": "leads"}},
        {"link": {"entity_id": lead, "entity_type": "leads"}},  # itself
        {"link": {"entity_id": "x", "entity_type": "leads"}},
    ):
        assert (await api.post(f"{BASE}/{uid}/link", json=body)).status_code == 400, body
    (other,) = await made(api, "leads", {"name": "Other"})
    for contact in (1, (await one(api, sip(uniq="2")))[2]):
        to = {"entity_id": other, "entity_type": "leads", "metadata": {"contact_id": contact}}
        assert (await api.post(f"{BASE}/{uid}/link", json={"link": to})).status_code == 400
    itself = {"link": {"entity_id": lead, "entity_type": "leads"}}
    assert (await api.post(f"{BASE}/{'0' * 60}/link", json=itself)).status_code == 404
    assert (await api.post(f"{BASE}/sip", content=b"")).status_code == 400
    wrong_items: list[dict[str, Any]] = [
        {"pipeline_id": 1},
        {"metadata": {"duration": -1}},
        {"metadata": "x"},
        {"_embedded": {"leads": [{}, {}]}},
        {"_embedded": {"leads": [{"responsible_user_id": 1}]}},
        {"_embedded": {"contacts": [{"custom_fields_values": [{"field_id": 1, "values": []}]}]}},
    ]
    for item in wrong_items:
        await put(api, item, status=400)
    assert len(await uids(api)) == 2
    assert (await api.post(f"{BASE}/{uid}/accept", json={})).status_code == 200
    again = await api.post(f"{BASE}/{uid}/accept", json={})
    assert (again.status_code, again.json()["detail"]) == (400, "This item of the unsorted was decided on already.")
    assert (await api.delete(f"{BASE}/{uid}/decline")).status_code == 400


async def test_of_two_who_accept_at_once_one_does(api: Client, db: Db, cast: Cast):
    uid, *_ = await one(api)
    answers = await asyncio.gather(
        *(api.post(f"{BASE}/{uid}/accept", json={"user_id": user}) for user in (cast.anna, cast.boris, cast.olga)),
        api.delete(f"{BASE}/{uid}/decline"),
    )
    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400]
    assert len(await facts(db, "unsorted_decided")) == 1
    again, lead, _ = await one(api, sip(uniq="2"))
    status = await db.value("select id from statuses where account_id = $1 and type = 0 order by sort", cast.account_id)
    moved, taken = await asyncio.gather(
        api.patch("/api/v4/leads", json=[{"id": lead, "status_id": status}]), api.post(f"{BASE}/{again}/accept")
    )
    assert (moved.status_code, taken.status_code) in ((200, 400), (200, 200))
    assert len(await facts(db, "unsorted_decided")) == 2


async def test_an_item_of_our_own_call_is_joined_and_not_doubled(api: Client, db: Db, site: Site, cast: Cast):
    """Either side may be the first."""
    own = await put_call(db, site, cast, await call_of(db, cast, number=NUMBER, tail=9990003344, uniq="a"))
    assert own is not None
    uid, lead, contact = await one(api, sip(uniq="other", called_at=1760000005))
    assert (uid, lead, contact) == (own.uid, own.lead_id, own.contact_id)
    read = (await api.get(f"{BASE}/{uid}")).json()
    assert (read["metadata"]["link"], read["metadata"]["uniq"]) == (CALL["link"], "a")
    assert [fact["uid"] for fact in await facts(db, "unsorted_changed")] == [uid]
    assert (await one(api, sip(uniq="a", called_at=1)))[0] == uid  # by its id
    later = sip(uniq="b", called_at=1760009000)
    other, *_ = await one(api, later)
    assert other != uid
    call = await call_of(db, cast, number=NUMBER, tail=9990003344, uniq="c", started_at=1760009000, ended_at=1760009060)
    joined = await put_call(db, site, cast, call)
    assert joined is not None
    assert joined.uid == other
    assert set(await uids(api)) == {uid, other}
    notes = await db.value("select count(*) from notes")
    assert notes == 2


async def test_who_sees_and_who_decides(client_of: ClientOf, db: Db, site: Site, cast: Cast):
    """Anna answered, Boris was rung: both see it, as do the administrators; nobody else's rights reach so far."""
    call = await call_of(db, cast, user_ids=[cast.anna, cast.boris])
    own = await put_call(db, site, cast, call)
    assert own is not None
    olga = await client_of("olga")
    nobodys, lead, _ = await one(olga, sip())
    apis = {name: await client_of(name) for name in ("anna", "boris", "clara")}
    stranger = await client_of("stranger", "other.example")
    seen = {name: set(await uids(api)) for name, api in (apis | {"olga": olga, "stranger": stranger}).items()}
    assert seen == {
        "anna": {own.uid},
        "boris": {own.uid},
        "clara": set(),
        "olga": {own.uid, nobodys},
        "stranger": set(),
    }
    for name in ("clara", "stranger"):
        api = stranger if name == "stranger" else apis[name]
        assert (await api.get(f"{BASE}/{own.uid}")).status_code == 204
        assert (await api.post(f"{BASE}/{own.uid}/accept")).status_code == 404
        assert (await api.delete(f"{BASE}/{own.uid}/decline")).status_code == 404
        assert (await api.get(f"{BASE}/summary")).json()["total"] == 0
    assert (await apis["anna"].post(f"{BASE}/{nobodys}/accept")).status_code == 404
    assert (await apis["clara"].post(f"{BASE}/sip", json=[sip(uniq="c")])).status_code == 403
    # Of a colleague's item that she sees by her group but may not change, Anna may not decide.
    await db.run("update leads set responsible_user_id = $1 where id = $2", cast.boris, lead)
    assert nobodys in await uids(apis["anna"])
    assert (await apis["anna"].post(f"{BASE}/{nobodys}/accept")).status_code == 403
    assert (await apis["boris"].post(f"{BASE}/{own.uid}/accept")).status_code == 200


async def test_the_desk_groups_by_number(client_of: ClientOf, signed_in: Visitor, db: Db, site: Site, cast: Cast):
    api = await client_of("olga")
    own = await put_call(db, site, cast, await call_of(db, cast, number="8 (999) 000-33-44", tail=9990003344))
    assert own is not None
    first, *_ = await one(api, sip(called_at=1, uniq="2") | {"created_at": 1})
    second, *_ = await one(api, {"metadata": {"phone": "+74950000001"}, "created_at": 2})
    hidden, *_ = await one(api, {"created_at": 3})
    olga = await signed_in("olga")
    told = (await olga.get("/desk/unsorted")).json()
    assert [[each["uid"] for each in group["items"]] for group in told["groups"]] == [
        [first, own.uid],
        [second],
        [hidden],
    ]
    group = told["groups"][0]
    assert (group["phone"], group["oldest_at"], told["more"]) == (NUMBER, 1, False)
    assert group["items"][0]["recording_id"] == await db.value("select max(id) from recordings")
    assert group["items"][1] | {"uid": ""} == {
        "uid": "",
        "category": "sip",
        "source": "+74950000000",
        "pipeline_id": group["items"][0]["pipeline_id"],
        "created_at": 1760000081,
        "called_at": 1760000000,
        "seconds": 70,
        "form": None,
        "page": None,
        "line": "+74950000000",
        "user_ids": [cast.anna, cast.boris],
        "call_id": await db.value("select max(id) from calls where source = 1"),
        "recording_id": None,
        "link": None,
        "lead_id": own.lead_id,
        "contact_id": own.contact_id,
        "name": "Call 8 (999) 000-33-44",
        "may_decide": True,
    }
    by_hand = await olga.post(f"{BASE}/sip", json=[sip(uniq="h")])
    assert (by_hand.status_code, by_hand.json()["detail"]) == (403, "Nobody puts items into the unsorted by hand.")
    for name, seen in {"anna": [own.uid], "boris": [own.uid], "clara": []}.items():
        groups = (await (await signed_in(name)).get("/desk/unsorted")).json()["groups"]
        assert [item["uid"] for each in groups for item in each["items"]] == seen
        assert all(item["may_decide"] for each in groups for item in each["items"])
    # Boris took no part in it: he sees what his group answers for, and decides on his own alone.
    await db.run("update unsorted set user_ids = array[$1::int8]", cast.anna)
    for name, may in {"anna": True, "boris": False}.items():
        groups = (await (await signed_in(name)).get("/desk/unsorted")).json()["groups"]
        assert [item["may_decide"] for each in groups for item in each["items"] if item["uid"] == own.uid] == [may]
    anna = await signed_in("anna")
    assert (await anna.post(f"{BASE}/{own.uid}/accept", json={})).status_code == 200


async def test_webhooks_hear_of_it(api: Client, db: Db, cast: Cast):
    settings = ["add_unsorted", "update_unsorted", "delete_unsorted", "add_lead", "add_contact", "note_lead"]
    hook = {"destination": "https://hooks.example/amo", "settings": settings}
    assert (await api.post("/api/v4/webhooks", json=hook)).status_code == 201
    await rows_of.begin_reader(db, "webhooks")
    uid, lead, contact = await one(api)
    declined, bin_lead, _ = await one(api, sip(uniq="2"))
    await api.post(f"{BASE}/{uid}/accept")
    await api.delete(f"{BASE}/{declined}/decline")
    while await spread_some(db, "https://acme.example"):
        pass
    rows = await db.rows("select event, body from deliveries order by id")
    assert [row["event"] for row in rows] == [
        "add_unsorted", "note_lead", "add_unsorted", "note_lead",
        "delete_unsorted", "add_contact", "add_lead", "delete_unsorted",
    ]  # fmt: skip
    bodies = [dict(parse_qsl(row["body"])) for row in rows]
    assert (bodies[0]["unsorted[add][0][uid]"], bodies[0]["unsorted[add][0][source_data][phone]"]) == (uid, NUMBER)
    accepted, binned = "unsorted[delete][0][accept_result]", "unsorted[delete][0][decline_result]"
    assert bodies[4]["unsorted[delete][0][action]"] == "accept"
    assert (bodies[4][f"{accepted}[leads][0]"], bodies[4][f"{accepted}[contacts][0]"]) == (str(lead), str(contact))
    assert bodies[5]["contacts[add][0][id]"] == str(contact)
    assert (bodies[7]["unsorted[delete][0][uid]"], bodies[7][f"{binned}[leads][0]"]) == (declined, str(bin_lead))


def complex_sip(**metadata: Any) -> dict[str, Any]:
    return {"category": "sip", **CALL, **metadata}


async def test_a_lead_that_comes_with_a_call_or_a_form_waits(api: Client, cast: Cast, db: Db):
    """Reference 3.6.5: its status is ignored, and others of the batch go to work at once."""
    form = {"category": "forms", "form_id": "f1", "form_name": "Ask us", "form_page": "https://acme.example/ask"}
    answer = await api.post(
        "/api/v4/leads/complex",
        json=[
            {
                "name": "From a call",
                "status_id": 142,
                "price": 7,
                "responsible_user_id": cast.anna,
                "request_id": "mine",
                "_embedded": {
                    "contacts": [{"name": "Ivan", "custom_fields_values": PHONED}],
                    "companies": [{"name": "Firm"}],
                    "metadata": complex_sip(),
                    "source": {"external_id": "our-pbx", "type": "widget"},
                },
            },
            {"name": "At work", "_embedded": {"metadata": []}},
            {"_embedded": {"metadata": form}},
        ],
    )
    assert answer.status_code == 200, answer.text
    call, plain, asked = answer.json()
    assert [each["request_id"] for each in (call, plain, asked)] == [["mine"], ["1"], ["2"]]
    assert (plain["contact_id"], asked["company_id"], call["merged"]) == (None, None, False)
    items = (await api.get(BASE)).json()["_embedded"]["unsorted"]
    assert [(each["category"], each["_embedded"]["leads"][0]["id"]) for each in items] == [
        ("sip", call["id"]),
        ("forms", asked["id"]),
    ]
    assert items[0]["source_uid"] == "our-pbx"
    assert items[0]["metadata"]["uniq"] == CALL["uniq"]
    assert (items[1]["metadata"]["form_id"], items[1]["metadata"]["form_name"]) == ("f1", "Ask us")
    assert [each["id"] for each in items[0]["_embedded"]["contacts"]] == [call["contact_id"]]
    lead = (await api.get(f"/api/v4/leads/{call['id']}")).json()
    unsorted = await db.value("select id from statuses where type = 1 and account_id = $1", cast.account_id)
    assert (lead["name"], lead["price"], lead["status_id"]) == ("From a call", 7, unsorted)
    assert lead["responsible_user_id"] == cast.anna
    assert (await api.get(f"/api/v4/contacts?query={NUMBER[2:]}")).status_code == 204  # it waits with the lead
    (note,) = (await api.get(f"/api/v4/leads/{call['id']}/notes")).json()["_embedded"]["notes"]
    assert (note["note_type"], note["params"]["phone"]) == ("call_in", NUMBER)
    again = await api.post(
        "/api/v4/leads/complex", json=[{"_embedded": {"metadata": complex_sip(), "source": {"external_id": "our-pbx"}}}]
    )
    assert again.json()["validation-errors"][0]["errors"][0]["code"] == "Duplicate"
    await api.post(f"{BASE}/{items[0]['uid']}/accept", json={})
    shown = (await api.get(f"/api/v4/contacts/{call['contact_id']}?with=leads")).json()
    assert [each["id"] for each in shown["_embedded"]["companies"]] == [call["company_id"]]


@pytest.mark.parametrize("decision", ["accept", "decline", "link", "move"])
async def test_a_contact_that_was_there_stays_as_it_is(decision: str, api: Client, cast: Cast, db: Db):
    """Whatever becomes of the item, for it was not made with it."""
    (contact,) = await made(api, "contacts", {"name": "Old", "responsible_user_id": cast.boris})
    (company,) = await made(api, "companies", {"name": "Old firm"})
    (target,) = await made(api, "leads", {"name": "Target"})
    embedded = {"contacts": [{"id": contact}], "companies": [{"id": company}], "metadata": complex_sip()}
    answer = await api.post("/api/v4/leads/complex", json=[{"_embedded": embedded}])
    assert answer.status_code == 200, answer.text
    (whole,) = answer.json()
    assert (whole["contact_id"], whole["company_id"]) == (contact, company)
    assert await db.value("select count(*) from contacts where account_id = $1", cast.account_id) == 1
    (item,) = (await api.get(BASE)).json()["_embedded"]["unsorted"]
    assert [each["id"] for each in item["_embedded"]["contacts"]] == [contact]
    before = await db.value("select count(*) from facts where fact->>'fact' = 'card_added'")
    url = f"{BASE}/{item['uid']}"
    if decision == "accept":
        assert (await api.post(f"{url}/accept", json={"user_id": cast.anna})).status_code == 200
    elif decision == "decline":
        assert (await api.request("DELETE", f"{url}/decline", json={})).status_code == 200
    elif decision == "link":
        link = {"link": {"entity_id": target, "entity_type": "leads"}}
        assert (await api.post(f"{url}/link", json=link)).status_code == 200
        read = (await api.get(f"/api/v4/leads/{target}?with=contacts")).json()
        assert [each["id"] for each in read["_embedded"]["contacts"]] == [contact]
    else:
        assert (await api.patch(f"/api/v4/leads/{whole['id']}", json={"status_id": 142})).status_code == 200
    assert await uids(api) == []
    row = await db.row("select * from contacts where account_id = $1 and id = $2", cast.account_id, contact)
    assert row is not None
    assert (row["is_deleted"], row["is_unsorted"], row["responsible_user_id"]) == (False, False, cast.boris)
    assert not await db.value("select is_deleted from companies where account_id = $1", cast.account_id)
    told = await db.value("select count(*) from facts where fact->>'fact' = 'card_added'") - before
    assert told == (1 if decision == "accept" else 0)  # the lead


async def test_a_browser_puts_no_waiting_lead_in_and_a_contact_that_is_not_seen_is_none(
    signed_in: Visitor, api: Client, client_of: ClientOf, cast: Cast
):
    olga = await signed_in("olga")
    body = [{"_embedded": {"metadata": complex_sip()}}]
    assert (await olga.post("/api/v4/leads/complex", json=body)).status_code == 403
    (contact,) = await made(api, "contacts", {"name": "Olga's own"})
    anna = await client_of("anna")
    refused = await anna.post(
        "/api/v4/leads/complex", json=[{"_embedded": {"metadata": complex_sip(), "contacts": [{"id": contact}]}}]
    )
    assert refused.status_code == 400
    assert await uids(api) == []


async def test_a_call_of_no_sensible_length_stands_in_nobodys_way(api: Client, db: Db, site: Site, cast: Cast):
    await put(api, sip(duration=2**31), status=400)
    await one(api)
    await db.run("update unsorted set metadata = metadata || jsonb_build_object('duration', 9223372036854775807)")
    talk = await call_of(db, cast, number=NUMBER, tail=9990003344, uniq="another", started_at=1770000000)
    assert await put_call(db, site, cast, talk) is not None
    assert await db.value("select count(*) from unsorted") == 2


async def test_a_decision_locks_the_call_before_its_lead(api: Client, db: Db, cast: Cast):
    """As whoever saves how the call went: else one waits for the other."""
    (lead,) = await made(api, "leads", {"name": "Old", "responsible_user_id": cast.anna})
    uid, waiting, _ = await one(api)
    body = {"link": {"entity_id": lead, "entity_type": "leads"}}
    async with db.transaction() as tx:
        await tx.run("select from calls where id = (select call_id from unsorted where uid = $1) for update", uid)
        linking = asyncio.create_task(api.post(f"{BASE}/{uid}/link", json=body))
        for _ in range(1000):
            if await db.value("select exists(select from pg_locks where not granted)"):
                break
            await asyncio.sleep(0.02)
        await tx.run("select from leads where id = $1 for update nowait", waiting)
    assert (await linking).status_code == 200
