"""Customers over the API."""

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.db import Db

__all__ = ["neighbours"]

CUSTOMERS = "/api/v4/customers"


async def status_of(db: Db, account_id: int) -> int:
    return await db.value(
        "insert into customer_statuses (account_id, name, sort, color) values ($1, 'Regular', 10, '#fff') returning id",
        account_id,
    )


async def test_a_status_is_one_of_the_account(api: Client, cast: Cast, db: Db):
    ours, theirs = await status_of(db, cast.account_id), await status_of(db, cast.other_account_id)
    (customer,) = await made(api, "customers", {"name": "One", "status_id": ours})
    for wrong in (theirs, 5):
        for answer in (
            await api.post(CUSTOMERS, json=[{"name": "Two", "status_id": wrong}]),
            await api.patch(f"{CUSTOMERS}/{customer}", json={"status_id": wrong}),
        ):
            assert answer.status_code == 400
            (flaw,) = answer.json()["validation-errors"][0]["errors"]
            assert (flaw["code"], flaw["path"]) == ("NotSupportedChoice", "status_id")
    assert (await api.get(f"{CUSTOMERS}/{customer}")).json()["status_id"] == ours
    assert (await api.patch(f"{CUSTOMERS}/{customer}", json={"status_id": 0})).status_code == 200


async def test_customers_are_made_changed_and_found(api: Client, cast: Cast, db: Db):
    status = await status_of(db, cast.account_id)
    one, two = await made(
        api,
        "customers",
        {"name": "One", "next_price": "100", "next_date": 1760000000.5, "status_id": status},
        {"name": "Two", "next_price": 200, "next_date": 1770000000},
    )
    changed = await api.patch(f"{CUSTOMERS}/{one}", json={"periodicity": 30, "next_price": None})
    assert set(changed.json()) == {"id", "updated_at", "request_id", "_links"}
    batch = await api.patch(CUSTOMERS, json=[{"id": one, "name": "First"}])
    assert [each["id"] for each in batch.json()["_embedded"]["customers"]] == [one]
    read = (await api.get(f"{CUSTOMERS}/{one}")).json()
    assert (read["name"], read["next_price"], read["next_date"], read["periodicity"]) == ("First", 100, 1760000000, 30)
    for query, found in {
        "filter[next_price][from]=150": [two],
        "filter[next_date][to]=1760000000": [one],
        f"filter[status_id][]={status}": [one],
        "query=two": [two],
        "filter[name]=first": [one],
    }.items():
        listed = (await api.get(f"{CUSTOMERS}?{query}")).json()["_embedded"]["customers"]
        assert [each["id"] for each in listed] == found, query


async def test_their_contacts_and_companies(api: Client):
    (customer,) = await made(api, "customers", {"name": "C"})
    (contact,), companies = await made(api, "contacts", {}), await made(api, "companies", {}, {})
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    link += [{"to_entity_id": company, "to_entity_type": "companies"} for company in companies]
    assert (await api.post(f"{CUSTOMERS}/{customer}/link", json=link)).status_code == 200
    embedded = (await api.get(f"{CUSTOMERS}/{customer}?with=contacts,companies,catalog_elements")).json()["_embedded"]
    assert [(each["id"], each["is_main"]) for each in embedded["contacts"]] == [(contact, True)]
    assert [each["id"] for each in embedded["companies"]] == companies
    assert embedded["catalog_elements"] == []


async def test_a_customer_has_a_name(api: Client, cast: Cast, db: Db):
    answer = await api.post(CUSTOMERS, json=[{"name": "Good"}, {"request_id": "x", "name": ""}])
    assert answer.status_code == 400
    (item,) = answer.json()["validation-errors"]
    assert (item["request_id"], item["errors"][0]["path"]) == ("x", "name")
    await db.run("update accounts set customers_mode = 'periodicity' where id = $1", cast.account_id)
    api_now = await api.post(CUSTOMERS, json=[{"name": "Good", "next_date": 1760000000}])
    assert api_now.status_code == 200


async def test_customers_that_are_switched_off(api: Client, cast: Cast, db: Db, site: object):
    (contact,) = await made(api, "contacts", {})
    await db.run("update accounts set customers_mode = 'disabled' where id = $1", cast.account_id)
    site.known.forget(cast.account_id)  # pyright: ignore
    for answer in (
        await api.get(CUSTOMERS),
        await api.get(f"{CUSTOMERS}/1"),
        await api.post(CUSTOMERS, json=[{"name": "X"}]),
        await api.patch(CUSTOMERS, json=[{"id": 1}]),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (422, "Customers are switched off in this account.")
    link = [{"to_entity_id": 1, "to_entity_type": "customers"}]
    assert (await api.post(f"/api/v4/contacts/{contact}/link", json=link)).status_code == 400
