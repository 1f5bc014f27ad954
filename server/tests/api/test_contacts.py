"""Contacts over the API."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db


async def test_a_contact_is_made_read_and_changed(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    made = await api.post(
        "/api/v4/contacts",
        json=[
            {
                "name": "Ivan Sidorov",
                "responsible_user_id": cast.anna,
                "request_id": "79990001122",
                "custom_fields_values": [
                    {"field_code": "PHONE", "values": [{"value": "+79990001122", "enum_code": "MOB"}]}
                ],
            }
        ],
    )
    assert made.status_code == 200, made.text
    contact_id = made.json()["_embedded"]["contacts"][0]["id"]
    assert made.json() == {
        "_links": {"self": {"href": "https://acme.example/api/v4/contacts"}},
        "_embedded": {
            "contacts": [
                {
                    "id": contact_id,
                    "request_id": "79990001122",
                    "_links": {"self": {"href": f"https://acme.example/api/v4/contacts/{contact_id}"}},
                }
            ]
        },
    }
    read = (await api.get(f"/api/v4/contacts/{contact_id}")).json()
    assert (read["first_name"], read["last_name"]) == ("Ivan", "Sidorov")
    phone = read["custom_fields_values"][0]
    assert (phone["field_code"], phone["values"][0]["enum_code"]) == ("PHONE", "MOB")
    for query in ("89990001122", "+7 (999) 000-11-22", "сидор", "ivan sid", "0001122"):
        status = (await api.get("/api/v4/contacts", params={"query": query})).status_code
        assert status == (204 if query == "сидор" else 200), query
    changed = await api.patch(
        f"/api/v4/contacts/{contact_id}",
        json={
            "name": "Иван Сидоров",
            "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+79990009999"}]}],
            "_embedded": {"tags": [{"name": "vip"}]},
        },
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "Иван Сидоров"
    assert (await api.get("/api/v4/contacts?query=9990001122")).status_code == 204
    found = (await api.get("/api/v4/contacts?query=9990009999")).json()["_embedded"]["contacts"]
    assert [tag["name"] for tag in found[0]["_embedded"]["tags"]] == ["vip"]


async def test_rights_are_those_of_the_owner(client_of: ClientOf, cast: Cast):
    olga = await client_of("olga")
    made = await olga.post("/api/v4/contacts", json={"name": "Card", "responsible_user_id": cast.anna})
    contact_id = made.json()["_embedded"]["contacts"][0]["id"]
    path = f"/api/v4/contacts/{contact_id}"
    seen = {name: (await (await client_of(name)).get(path)).status_code for name in ("anna", "boris", "clara")}
    assert seen == {"anna": 200, "boris": 200, "clara": 204}
    changed = {
        name: (await (await client_of(name)).patch(path, json={"name": "New"})).status_code
        for name in ("anna", "boris", "clara", "stranger")
    }
    assert changed == {"anna": 200, "boris": 403, "clara": 400, "stranger": 400}


async def test_pages_end_without_a_next_link(client_of: ClientOf):
    api = await client_of("olga")
    await api.post("/api/v4/contacts", json=[{"name": f"N {i}"} for i in range(25)])
    url: str | None = "/api/v4/contacts?limit=10&filter[name]=&with=leads"
    seen: list[int] = []
    while url:
        page = (await api.get(url)).json()
        seen += [contact["id"] for contact in page["_embedded"]["contacts"]]
        url = page["_links"].get("next", {}).get("href")
    assert len(seen) == 25
    assert seen == sorted(set(seen))
    assert (await api.get("/api/v4/contacts?limit=10&page=4")).status_code == 204


@pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers", "contacts/ID/notes", "tasks"])
async def test_nobody_of_elsewhere_has_made_or_changed_it(kind: str, client_of: ClientOf, db: Db, cast: Cast):
    """What names no user of the account is refused, as for who answers for it; 0 is the robot."""
    olga = await client_of("olga")
    card = (await olga.post("/api/v4/contacts", json=[{"name": "Card"}])).json()["_embedded"]["contacts"][0]["id"]
    if kind == "customers":
        await db.run("update accounts set customers_mode = 'segments' where id = $1", cast.account_id)
    path = f"/api/v4/{kind.replace('ID', str(card))}"
    new: dict[str, Any] = {"name": "New"}
    if "notes" in kind:
        new = {"note_type": "common", "params": {"text": "a"}}
    elif kind == "tasks":
        new = {"text": "a", "complete_till": 2_000_000_000}
    elsewhere = await db.value("select min(id) from users where account_id <> $1", cast.account_id)
    for name in ("created_by", "updated_by"):
        for user in (1, -1, elsewhere):
            answer = await olga.post(path, json=[new | {name: user, "request_id": "x"}])
            assert answer.status_code == 400, (name, user, answer.text)
            (item,) = answer.json()["validation-errors"]
            assert [(flaw["code"], flaw["path"]) for flaw in item["errors"]] == [("NotSupportedChoice", name)]
    await db.run("update users set is_active = false where id = $1", cast.boris)
    made = await olga.post(path, json=[new | {"created_by": 0, "updated_by": cast.boris}])
    assert made.status_code in (200, 201), made.text
    ((item,),) = made.json()["_embedded"].values()
    change = new | {"id": item["id"]}
    assert (await olga.patch(path, json=[change | {"updated_by": elsewhere}])).status_code == 400
    assert (await olga.patch(path, json=[change | {"updated_by": cast.anna}])).status_code in (200, 202)
