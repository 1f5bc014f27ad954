"""The reference's own examples of cards, pipelines, fields, links and tags: requests and answers word for word, with
this database's numbers in the places of theirs."""

from typing import Any

import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.db import Db

__all__ = ["neighbours"]

HOST = "https://acme.example"
API = f"{HOST}/api/v4"


def href(path: str) -> dict[str, Any]:
    return {"self": {"href": f"{API}/{path}"}}


async def fields(db: Db, cast: Cast) -> dict[str, Any]:
    rows = await db.rows("select * from custom_fields where account_id = $1", cast.account_id)
    return {row["code"]: row for row in rows}


def enum(field: Any, value: str) -> int:
    return next(each["id"] for each in field["enums"] if each["value"] == value)


async def at_a_time(db: Db, table: str, card_id: int, created: int, updated: int) -> None:
    statement = {
        "contacts": "update contacts set created_at = $2, updated_at = $3 where id = $1",
        "leads": "update leads set created_at = $2, updated_at = $3 where id = $1",
        "customers": "update customers set created_at = $2, updated_at = $3 where id = $1",
    }[table]
    await db.run(statement, card_id, created, updated)  # pyright: ignore[reportArgumentType]


IVAN: dict[str, Any] = {
    "name": "Ivan Sidorov",
    "request_id": "79990001122",
    "custom_fields_values": [
        {"field_code": "PHONE", "values": [{"value": "+79990001122", "enum_code": "MOB"}]},
    ],
}


async def test_a_contact_is_added_and_read(api: Client, cast: Cast, db: Db):
    answer = await api.post("/api/v4/contacts", json=[IVAN | {"responsible_user_id": cast.olga}])
    contact = answer.json()["_embedded"]["contacts"][0]["id"]
    assert answer.status_code == 200
    assert answer.json() == {
        "_links": href("contacts"),
        "_embedded": {
            "contacts": [{"id": contact, "request_id": "79990001122", "_links": href(f"contacts/{contact}")}]
        },
    }
    (lead,) = await made(api, "leads", {"_embedded": {"contacts": [{"id": contact}]}})
    await at_a_time(db, "contacts", contact, 1760000000, 1760000000)
    phone = (await fields(db, cast))["PHONE"]
    read = await api.get(f"/api/v4/contacts/{contact}?with=leads,customers")
    assert read.status_code == 200
    assert read.headers["content-type"] == "application/hal+json"
    assert read.json() == {
        "id": contact,
        "name": "Ivan Sidorov",
        "first_name": "Ivan",
        "last_name": "Sidorov",
        "responsible_user_id": cast.olga,
        "group_id": 0,
        "created_by": cast.olga,
        "updated_by": cast.olga,
        "created_at": 1760000000,
        "updated_at": 1760000000,
        "is_deleted": False,
        "closest_task_at": None,
        "custom_fields_values": [
            {
                "field_id": phone["id"],
                "field_name": "Phone",
                "field_code": "PHONE",
                "field_type": "multitext",
                "values": [{"value": "+79990001122", "enum_id": enum(phone, "MOB"), "enum_code": "MOB"}],
            }
        ],
        "account_id": cast.account_id,
        "_links": href(f"contacts/{contact}"),
        "_embedded": {
            "tags": [],
            "companies": [],
            "leads": [{"id": lead, "_links": href(f"leads/{lead}")}],
            "customers": [],
        },
    }


async def test_a_page_of_contacts(api: Client):
    first, second, _ = await made(api, "contacts", {}, {}, {})
    page = (await api.get("/api/v4/contacts?limit=2")).json()
    contacts = page.pop("_embedded")["contacts"]
    assert page == {
        "_page": 1,
        "_links": {
            "self": {"href": f"{API}/contacts?page=1&limit=2"},
            "next": {"href": f"{API}/contacts?page=2&limit=2"},
        },
    }
    assert [each["id"] for each in contacts] == [first, second]
    assert contacts[0]["_links"] == href(f"contacts/{first}")


async def test_leads_are_added_and_changed(api: Client, db: Db):
    answer = await api.post("/api/v4/leads", json=[{}, {"request_id": "my-key"}])
    first, second = (each["id"] for each in answer.json()["_embedded"]["leads"])
    assert answer.json() == {
        "_links": href("leads"),
        "_embedded": {
            "leads": [
                {"id": first, "request_id": "0", "_links": href(f"leads/{first}")},
                {"id": second, "request_id": "my-key", "_links": href(f"leads/{second}")},
            ]
        },
    }
    changed = (await api.patch(f"/api/v4/leads/{first}", json={"price": 5})).json()
    updated = await db.value("select updated_at from leads where id = $1", first)
    assert changed == {"id": first, "updated_at": updated, "request_id": "0", "_links": href(f"leads/{first}")}
    batch = await api.patch("/api/v4/leads", json=[{"id": second, "price": 1}, {"id": first, "request_id": "x"}])
    leads = batch.json()["_embedded"]["leads"]
    assert [(each["id"], each["request_id"], set(each)) for each in leads] == [
        (second, "0", {"id", "updated_at", "request_id", "_links"}),
        (first, "x", {"id", "updated_at", "request_id", "_links"}),
    ]


@pytest.mark.parametrize("path", ["contacts", "companies"])
async def test_changed_contacts_and_companies_tell_their_names(api: Client, path: str):
    (card,) = await made(api, path, {"name": "Old"})
    batch = (await api.patch(f"/api/v4/{path}", json=[{"id": card, "name": "New"}])).json()
    assert [each["name"] for each in batch["_embedded"][path]] == ["New"]
    assert (await api.patch(f"/api/v4/{path}/{card}", json={})).json()["name"] == "New"


async def test_a_lead_of_a_call(api: Client, cast: Cast, db: Db):
    (contact,) = await made(api, "contacts", IVAN)
    place = await db.row(
        "select pipeline_id, id from statuses where account_id = $1 and name = 'First contact'", cast.account_id
    )
    assert place is not None
    answer = await api.post(
        "/api/v4/leads",
        json=[
            {
                "name": "Call from +79990001122",
                "pipeline_id": place["pipeline_id"],
                "status_id": place["id"],
                "responsible_user_id": cast.olga,
                "_embedded": {"contacts": [{"id": contact}]},
                "tags_to_add": [{"name": "call"}],
            }
        ],
    )
    lead = answer.json()["_embedded"]["leads"][0]["id"]
    await at_a_time(db, "leads", lead, 1760000000, 1760000000)
    tag = await db.value("select id from tags where account_id = $1 and name = 'call'", cast.account_id)
    assert (await api.get(f"/api/v4/leads/{lead}")).json() == {
        "id": lead,
        "name": "Call from +79990001122",
        "price": 0,
        "responsible_user_id": cast.olga,
        "group_id": 0,
        "status_id": place["id"],
        "pipeline_id": place["pipeline_id"],
        "loss_reason_id": None,
        "created_by": cast.olga,
        "updated_by": cast.olga,
        "created_at": 1760000000,
        "updated_at": 1760000000,
        "closed_at": None,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "score": None,
        "account_id": cast.account_id,
        "labor_cost": None,
        "_links": href(f"leads/{lead}"),
        "_embedded": {"tags": [{"id": tag, "name": "call", "color": None}], "companies": []},
    }


async def test_a_whole_lead_is_answered_with_a_bare_array(api: Client, db: Db):
    answer = await api.post("/api/v4/leads/complex", json=[{"_embedded": {"contacts": [{"first_name": "Ivan"}]}}])
    assert answer.status_code == 200, answer.text
    lead, contact = await db.value("select max(id) from leads"), await db.value("select max(id) from contacts")
    assert answer.json() == [
        {"id": lead, "contact_id": contact, "company_id": None, "request_id": ["0"], "merged": False}
    ]


async def test_the_pipelines(api: Client, cast: Cast, db: Db):
    pipeline = await db.value("select id from pipelines where account_id = $1", cast.account_id)
    rows = await db.rows("select name, id from statuses where account_id = $1", cast.account_id)
    ids = {row["name"]: row["id"] for row in rows}
    told = (
        ("Incoming leads", 10, False, "#c1c1c1", 1),
        ("First contact", 20, True, "#99ccff", 0),
        ("Negotiation", 30, True, "#ffff99", 0),
        ("Decision", 40, True, "#ffcc66", 0),
        ("Contract", 50, True, "#ffcccc", 0),
        ("Won", 10000, False, "#CCFF66", 0),
        ("Lost", 11000, False, "#D5D8DB", 0),
    )
    statuses = [
        {
            "id": ids[name],
            "name": name,
            "sort": sort,
            "is_editable": is_editable,
            "pipeline_id": pipeline,
            "color": color,
            "type": kind,
            "account_id": cast.account_id,
            "_links": href(f"leads/pipelines/{pipeline}/statuses/{ids[name]}"),
        }
        for name, sort, is_editable, color, kind in told
    ]
    assert (ids["Won"], ids["Lost"]) == (142, 143)
    shown = {
        "id": pipeline,
        "name": "Pipeline",
        "sort": 1,
        "is_main": True,
        "is_unsorted_on": True,
        "is_archive": False,
        "account_id": cast.account_id,
        "_links": href(f"leads/pipelines/{pipeline}"),
        "_embedded": {"statuses": statuses},
    }
    base = f"/api/v4/leads/pipelines/{pipeline}"
    assert (await api.get("/api/v4/leads/pipelines")).json() == {
        "_total_items": 1,
        "_links": href("leads/pipelines"),
        "_embedded": {"pipelines": [shown]},
    }
    assert (await api.get(base)).json() == shown
    assert (await api.get(f"{base}/statuses")).json() == {
        "_total_items": 7,
        "_links": href(f"leads/pipelines/{pipeline}/statuses"),
        "_embedded": {"statuses": statuses},
    }
    assert (await api.get(f"{base}/statuses/142?with=descriptions")).json() == statuses[5] | {"descriptions": []}
    assert (await api.get(f"{base}/statuses/144")).status_code == 404
    assert (await api.get("/api/v4/leads/pipelines/1")).status_code == 404
    await db.run("update pipelines set is_unsorted_on = false where account_id = $1", cast.account_id)
    assert (await api.get(base)).json()["_embedded"]["statuses"][0]["sort"] == 20


async def test_a_customer(api: Client, cast: Cast, db: Db):
    status = await db.value(
        "insert into customer_statuses (account_id, name, sort, color) values ($1, 'Regular', 10, '#fff') returning id",
        cast.account_id,
    )
    (customer,) = await made(
        api,
        "customers",
        {"name": "Sidorov (regular)", "next_price": 1500, "next_date": 1765000000, "status_id": status},
    )
    await at_a_time(db, "customers", customer, 1750000000, 1760000000)
    await db.run("update customers set ltv = 4500, purchases_count = 3, average_check = 1500 where id = $1", customer)
    assert (await api.get(f"/api/v4/customers/{customer}")).json() == {
        "id": customer,
        "name": "Sidorov (regular)",
        "next_price": 1500,
        "next_date": 1765000000,
        "responsible_user_id": cast.olga,
        "group_id": 0,
        "status_id": status,
        "periodicity": 0,
        "created_by": cast.olga,
        "updated_by": cast.olga,
        "created_at": 1750000000,
        "updated_at": 1760000000,
        "closest_task_at": None,
        "is_deleted": False,
        "custom_fields_values": None,
        "ltv": 4500,
        "purchases_count": 3,
        "average_check": 1500,
        "account_id": cast.account_id,
        "_links": href(f"customers/{customer}"),
        "_embedded": {"segments": [], "tags": []},
    }


async def test_the_phone_field(api: Client, cast: Cast, db: Db):
    phone = (await fields(db, cast))["PHONE"]
    expected = {
        "id": phone["id"],
        "name": "Phone",
        "type": "multitext",
        "account_id": cast.account_id,
        "code": "PHONE",
        "sort": 4,
        "is_api_only": False,
        "enums": [
            {"id": enum(phone, value), "value": value, "sort": sort}
            for value, sort in (("WORK", 2), ("WORKDD", 4), ("MOB", 6), ("FAX", 8), ("HOME", 10), ("OTHER", 12))
        ],
        "group_id": None,
        "required_statuses": [],
        "is_deletable": False,
        "is_predefined": True,
        "entity_type": "contacts",
        "remind": None,
        "_links": href(f"contacts/custom_fields/{phone['id']}"),
    }
    assert (await api.get(f"/api/v4/contacts/custom_fields/{phone['id']}")).json() == expected
    page = (await api.get("/api/v4/contacts/custom_fields?filter[type][]=multitext&limit=1&order[sort]=asc")).json()
    assert page == {
        "_page": 1,
        "_page_count": 3,
        "_total_items": 3,
        "_links": {
            "self": {"href": f"{API}/contacts/custom_fields?filter[type][]=multitext&order[sort]=asc&page=1&limit=1"},
            "next": {"href": f"{API}/contacts/custom_fields?filter[type][]=multitext&order[sort]=asc&page=2&limit=1"},
            "last": {"href": f"{API}/contacts/custom_fields?filter[type][]=multitext&order[sort]=asc&page=3&limit=1"},
        },
        "_embedded": {"custom_fields": [expected]},
    }


async def test_a_contact_is_linked_to_a_lead(api: Client):
    (contact,), (lead,) = await made(api, "contacts", IVAN), await made(api, "leads", {})
    answer = await api.post(
        f"/api/v4/leads/{lead}/link",
        json=[{"to_entity_id": contact, "to_entity_type": "contacts", "metadata": {"is_main": True}}],
    )
    assert answer.status_code == 200
    link = {"to_entity_id": contact, "to_entity_type": "contacts", "metadata": {"main_contact": True}}
    whole = {"entity_id": lead, "entity_type": "leads", **link}
    assert answer.json() == {
        "_total_items": 1,
        "_links": href(f"leads/{lead}/links"),
        "_embedded": {"links": [whole]},
    }
    assert (await api.get(f"/api/v4/leads/{lead}/links")).json() == {
        "_total_items": 1,
        "_links": href(f"leads/{lead}/links"),
        "_embedded": {"links": [link]},
    }
    assert (await api.get(f"/api/v4/leads/links?filter[entity_id][]={lead}")).json() == {
        "_total_items": 1,
        "_links": href("leads/links"),
        "_embedded": {"links": [whole]},
    }


async def test_tags_are_added(api: Client):
    answer = await api.post(
        "/api/v4/leads/tags", json=[{"name": "call", "color": "#ff8f92"}, {"name": "b", "color": 1}]
    )
    tags = answer.json()["_embedded"]["tags"]
    assert answer.status_code == 200
    assert answer.json() == {
        "_links": href("leads/tags"),
        "_embedded": {
            "tags": [
                {"id": tags[0]["id"], "name": "call", "color": "FF8F92", "request_id": "0"},
                {"id": tags[1]["id"], "name": "b", "color": None, "request_id": "1"},
            ]
        },
    }


async def test_wrong_items_are_told_one_by_one(api: Client, db: Db, cast: Cast):
    answer = await api.post(
        "/api/v4/contacts",
        json=[
            {"name": "Good"},
            {"custom_fields_values": [{"field_id": 1, "values": [{"value": "x"}]}]},
        ],
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "validation-errors": [
            {
                "request_id": "1",
                "errors": [
                    {
                        "code": "NotSupportedChoice",
                        "path": "custom_fields_values.0.field_id",
                        "detail": "The value you selected is not a valid choice.",
                    }
                ],
            }
        ],
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Request validation failed",
    }
    wrong = await api.post("/api/v4/contacts", json=[{"_embedded": {"tags": "vip"}}])
    assert wrong.json()["validation-errors"][0]["errors"] == [
        {"code": "InvalidType", "path": "_embedded.tags", "detail": "This value should be of type array."}
    ]
    assert await db.value("select count(*) from contacts where account_id = $1", cast.account_id) == 0
    empty = await api.post("/api/v4/contacts", content=b"")
    assert empty.json() == {
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Request data can not be empty",
    }
