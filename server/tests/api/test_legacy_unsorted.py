"""/api/v2/incoming_leads: what published clients of the second version post and read, JSON or a form."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Visitor
from tests.api.neighbours import neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db

assert neighbours

BASE = "/api/v2/incoming_leads"
NUMBER = "+79990003344"


def sip(phone_field: int, **info: Any) -> dict[str, Any]:
    return {
        "source_name": "Our PBX",
        "source_uid": "our-pbx",
        "created_at": 1760000000,
        "incoming_entities": {
            "leads": [{"name": "Call", "sale": "700", "tags": "call, new"}],
            "contacts": [
                {
                    "name": "Ivan",
                    "custom_fields": [{"id": str(phone_field), "values": [{"value": NUMBER, "enum": "WORK"}]}],
                }
            ],
            "companies": [{"name": "Firm"}],
        },
        "incoming_lead_info": {
            "from": NUMBER,
            "to": "101",
            "date_call": "1760000000",
            "duration": "62",
            "link": "https://pbx.example/rec/1.mp3",
            "service_code": "our_pbx",
            "uniq": "1760000000.1",
            "add_note": "incoming call",
        }
        | info,
    }


async def phone_field(db: Db, cast: Cast) -> int:
    return await db.value("select id from custom_fields where account_id = $1 and code = 'PHONE'", cast.account_id)


async def test_a_call_from_putting_in_to_accepting(api: Client, cast: Cast, db: Db):
    answer = await api.post(f"{BASE}/sip", json={"add": [sip(await phone_field(db, cast))]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (uid,) = told["data"]
    links = {"self": {"href": f"{BASE}/sip", "method": "post"}}
    assert told == {"status": "success", "data": [uid], "_links": links}
    listed = (await api.get(f"{BASE}?categories[0]=sip&page_size=10&order_by[created_at]=desc")).json()
    (item,) = listed["_embedded"]["items"]
    (lead,), (contact,), (company,) = (item["incoming_entities"][each] for each in ("leads", "contacts", "companies"))
    assert item["incoming_lead_info"] == {
        "from": NUMBER,
        "to": "101",
        "date_call": 1760000000,
        "duration": 62,
        "link": "https://pbx.example/rec/1.mp3",
        "service_code": "our_pbx",
        "uniq": "1760000000.1",
    }
    assert (item["uid"], item["category"], item["source_name"]) == (uid, "sip", "Our PBX")
    read = (await api.get(f"/api/v4/leads/{lead['id']}")).json()
    assert (read["price"], [each["name"] for each in read["_embedded"]["tags"]]) == (700, ["call", "new"])
    (note,) = (await api.get(f"/api/v4/leads/{lead['id']}/notes")).json()["_embedded"]["notes"]
    assert (note["note_type"], note["params"]["phone"]) == ("call_in", NUMBER)
    accepted = await api.post(f"{BASE}/accept", json={"accept": [uid, "0" * 60], "user_id": cast.anna})
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["data"] == {
        uid: {"leads": [lead["id"]], "contacts": [contact["id"]], "companies": [company["id"]]}
    }
    found = (await api.get(f"/api/v4/contacts?query={NUMBER[2:]}")).json()["_embedded"]["contacts"]
    assert [(each["id"], each["responsible_user_id"]) for each in found] == [(contact["id"], cast.anna)]
    assert found[0]["custom_fields_values"][0]["values"][0]["enum_code"] == "WORK"
    assert (await api.get(BASE)).status_code == 204
    summary = (await api.get(f"{BASE}/summary?filter[date][from]=1")).json()
    assert {name: summary[name] for name in ("sip", "form", "mail", "chat", "total", "accepted")} == {
        "sip": 1,
        "form": 0,
        "mail": 0,
        "chat": 0,
        "total": 1,
        "accepted": 1,
    }
    later = (await api.get(f"{BASE}/summary?data[filter][date][from]=1760000001")).json()
    assert later["total"] == 0


async def test_a_form_as_a_form_and_a_second_decision(api: Client):
    body = {
        "add[0][source_name]": "Site",
        "add[0][source_uid]": "site",
        "add[0][incoming_entities][leads][0][name]": "Request",
        "add[0][incoming_lead_info][form_id]": "f1",
        "add[0][incoming_lead_info][form_page]": "acme.example/ask",
        "add[0][incoming_lead_info][ip]": "192.0.2.1",
    }
    answer = await api.post(f"{BASE}/form", data=body)
    assert answer.status_code == 200, answer.text
    (uid,) = answer.json()["data"]
    assert (await api.get(f"{BASE}?categories[]=sip")).status_code == 204
    (item,) = (await api.get(f"{BASE}?categories[]=form")).json()["_embedded"]["items"]
    assert (item["incoming_lead_info"]["form_id"], item["incoming_lead_info"]["ip"]) == ("f1", "192.0.2.1")
    declined = await api.post(f"{BASE}/decline", data={"decline[0]": uid, "decline[1]": "no such"})
    assert declined.json()["data"] == {uid: True, "no such": False}
    again = await api.post(f"{BASE}/decline", json={"decline": [uid]})
    assert (again.status_code, again.headers["content-type"]) == (400, "application/problem+json")


async def test_refusals(api: Client, client_of: ClientOf, signed_in: Visitor, cast: Cast, db: Db):
    field = await phone_field(db, cast)
    assert (await api.post(f"{BASE}/sip", json={"add": []})).status_code == 400
    flawed = await api.post(f"{BASE}/sip", json={"add": [sip(field), sip(field, date_call="yesterday")]})
    assert flawed.json()["validation-errors"][0]["request_id"] == "1"
    assert (await api.post(f"{BASE}/sip", json={"add": [sip(field), sip(field)]})).status_code == 400  # the same twice
    endless = await api.post(f"{BASE}/sip", json={"add": [sip(field, duration=2**31)]})
    assert endless.json()["validation-errors"][0]["errors"][0]["path"].endswith("duration")
    assert (await api.get(BASE)).status_code == 204
    olga = await signed_in("olga")
    assert (await olga.post(f"{BASE}/sip", json={"add": [sip(field)]})).status_code == 403
    (uid,) = (await api.post(f"{BASE}/sip", json={"add": [sip(field)]})).json()["data"]
    clara = await client_of("clara")
    assert (await clara.get(BASE)).status_code == 204
    assert (await clara.post(f"{BASE}/decline", json={"decline": [uid]})).status_code == 404
    assert (await api.post(f"{BASE}/accept", json={"accept": [uid], "status_id": 7})).status_code == 400
    assert (await api.post(f"{BASE}/accept", json={"accept": ["x"] * 51})).status_code == 404  # the same once
    many = [str(number) for number in range(51)]
    assert (await api.post(f"{BASE}/accept", json={"accept": many})).status_code == 400
    assert (await api.get(f"{BASE}?page=100")).status_code == 400
    assert (await api.get(f"{BASE}?page_size=1")).json()["_embedded"]["items"][0]["uid"] == uid
