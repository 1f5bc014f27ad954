"""Custom fields over the API: every type is written and read as the reference says, and the fields can be looked up."""

from typing import Any

import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.api.asked import Site
from trubka.db import Db

__all__ = ["neighbours"]

KINDS = {"contacts": 1, "leads": 2, "companies": 3, "customers": 12}
ENUMS = [{"id": 1, "value": "Red", "sort": 1, "code": "RED"}, {"id": 2, "value": "Blue", "sort": 2}]
RED = {"value": "Red", "enum_id": 1, "enum_code": "RED"}
BLUE = {"value": "Blue", "enum_id": 2, "enum_code": None}
LINES = ("address_line_1", "address_line_2", "city", "state", "zip", "country")
ADDRESS = [{"id": place, "value": code, "sort": place, "code": code} for place, code in enumerate(LINES, start=1)]
COMPANY = {"name": "ООО «Ромашка»", "entity_type": 2, "vat_id": "7700000000", "kpp": "770001001"}
ITEM = {"sku": "a1", "description": "Box", "unit_price": 10, "quantity": 2, "unit_type": "pcs"}
LINKED = {"name": "Box", "entity_id": 7, "entity_type": "catalog_elements", "catalog_id": 5}

TYPES: list[tuple[str, list[dict[str, Any]] | None, list[dict[str, Any]], list[dict[str, Any]]]] = [
    # type, enums, values sent, values read
    ("text", None, [{"value": "Да"}], [{"value": "Да"}]),
    ("text", None, [{"value": 5}], [{"value": "5"}]),
    ("numeric", None, [{"value": 12.50}], [{"value": "12.5"}]),
    ("numeric", None, [{"value": "12.50"}], [{"value": "12.50"}]),
    ("price", None, [{"value": 100.0}], [{"value": "100"}]),
    ("monetary", None, [{"value": "99.90"}], [{"value": "99.90"}]),
    ("textarea", None, [{"value": "a\nb"}], [{"value": "a\nb"}]),
    ("url", None, [{"value": "https://a.example"}], [{"value": "https://a.example"}]),
    ("streetaddress", None, [{"value": "Lenina 1"}], [{"value": "Lenina 1"}]),
    ("tracking_data", None, [{"value": "utm"}], [{"value": "utm"}]),
    ("org_legal_name", None, [{"value": "ООО"}], [{"value": "ООО"}]),
    ("checkbox", None, [{"value": True}], [{"value": True}]),
    ("checkbox", None, [{"value": "0"}], [{"value": False}]),
    ("date", None, [{"value": 1760000000}], [{"value": 1760000000}]),
    ("date_time", None, [{"value": "2025-10-09T08:53:20+00:00"}], [{"value": 1760000000}]),
    ("birthday", None, [{"value": "1760000000"}], [{"value": 1760000000}]),
    ("select", ENUMS, [{"value": "Red"}], [RED]),
    ("radiobutton", ENUMS, [{"enum_id": 2}], [BLUE]),
    ("multiselect", ENUMS, [{"enum_code": "RED"}, {"enum_id": "2"}], [RED, BLUE]),
    ("category", ENUMS, [{"enum_id": 1}], [RED]),
    ("multitext", ENUMS, [{"value": "x", "enum_id": 2}], [{"value": "x", "enum_id": 2, "enum_code": "Blue"}]),
    ("multitext", ENUMS, [{"value": "x"}], [{"value": "x", "enum_id": 1, "enum_code": "Red"}]),
    (
        "smart_address",
        ADDRESS,
        [{"value": "Москва", "enum_code": "city"}, {"value": "RU", "enum_id": 6}],
        [
            {"value": "Москва", "enum_id": 3, "enum_code": "city"},
            {"value": "RU", "enum_id": 6, "enum_code": "country"},
        ],
    ),
    ("legal_entity", None, [{"value": COMPANY}], [{"value": COMPANY}]),
    ("items", None, [{"value": ITEM}], [{"value": ITEM}]),
    ("linked_entity", None, [{"value": LINKED}], [{"value": LINKED}]),
    ("chained_list", None, [{"value": {"catalog_id": 5}}], [{"value": {"catalog_id": 5}}]),
    ("file", None, [{"value": {"file_uuid": "u"}}], [{"value": {"file_uuid": "u"}}]),
    ("payer", None, [{"value": {"name": "P"}}], [{"value": {"name": "P"}}]),
    ("supplier", None, [{"value": {"name": "S"}}], [{"value": {"name": "S"}}]),
]


async def add_field(db: Db, site: Site, account_id: int, type_: str, enums: object, name: str = "Field") -> int:
    field = await db.value(
        "insert into custom_fields (account_id, entities, name, type, enums) values ($1, $2, $3, $4, $5) returning id",
        account_id,
        list(KINDS.values()),
        name,
        type_,
        enums,
    )
    site.known.forget(account_id)
    return field


async def test_every_type_is_written_and_read(api: Client, cast: Cast, db: Db, site: Site):
    for type_, enums, sent, read in TYPES:
        field = await add_field(db, site, cast.account_id, type_, enums)
        for kind in KINDS:
            values = [{"field_id": field, "field_code": None, "field_name": "x", "values": sent}]
            (card,) = await made(api, kind, {"name": "C", "custom_fields_values": values})
            path = f"/api/v4/{kind}/{card}"
            shown = {"field_id": field, "field_name": "Field", "field_code": None, "field_type": type_, "values": read}
            assert (await api.get(path)).json()["custom_fields_values"] == [shown], (kind, type_)
            # Sent back as it was read, it stays; null or an empty list clears it.
            assert (await api.patch(path, json={"custom_fields_values": [shown]})).status_code == 200
            assert (await api.get(path)).json()["custom_fields_values"] == [shown], (kind, type_)
            for nothing in (None, list[Any]()):
                cleared = [{"field_id": field, "values": nothing}]
                assert (await api.patch(path, json={"custom_fields_values": cleared})).status_code == 200
                assert (await api.get(path)).json()["custom_fields_values"] is None


async def test_a_change_of_one_field_leaves_the_others(api: Client, cast: Cast, db: Db, site: Site):
    one, two = [await add_field(db, site, cast.account_id, "text", None, name) for name in ("One", "Two")]
    given = [{"field_id": one, "values": [{"value": "1"}]}, {"field_id": two, "values": [{"value": "2"}]}]
    (lead,) = await made(api, "leads", {"custom_fields_values": given})
    change = {"custom_fields_values": [{"field_id": two, "values": [{"value": "3"}]}]}
    assert (await api.patch(f"/api/v4/leads/{lead}", json=change)).status_code == 200
    read = (await api.get(f"/api/v4/leads/{lead}")).json()["custom_fields_values"]
    assert {each["field_id"]: each["values"][0]["value"] for each in read} == {one: "1", two: "3"}
    event = await db.row("select * from events where type = $1", f"custom_field_{two}_value_changed")
    assert event is not None
    assert event["value_after"][0]["custom_field_value"]["text"] == "3"


@pytest.mark.parametrize(
    ("type_", "sent", "query"),
    [
        ("text", {"value": "Да, да"}, "=да, да"),
        ("select", {"enum_id": 2}, "[]=2"),
        ("checkbox", {"value": True}, "=1"),
        ("numeric", {"value": "100"}, "=100"),
        ("numeric", {"value": "100.5"}, "[from]=100&{}[to]=101"),
        ("date", {"value": 1760000000}, "[from]=1760000000"),
        ("date_time", {"value": 1760000000}, "[to]=1760000000"),
    ],
)
async def test_cards_are_found_by_their_fields(
    api: Client, cast: Cast, db: Db, site: Site, type_: str, sent: dict[str, Any], query: str
):
    field = await add_field(db, site, cast.account_id, type_, ENUMS if type_ == "select" else None)
    card, _ = await made(api, "leads", {"custom_fields_values": [{"field_id": field, "values": [sent]}]}, {})
    name = f"filter[custom_fields_values][{field}]"
    found = (await api.get(f"/api/v4/leads?{name}{query.format(name)}")).json()["_embedded"]["leads"]
    assert [each["id"] for each in found] == [card]
    assert (await api.get(f"/api/v4/leads?{name}[]=77777")).status_code == 204


async def test_contacts_are_found_by_the_phone_field(api: Client, cast: Cast, db: Db):
    field = await db.value("select id from custom_fields where account_id = $1 and code = 'PHONE'", cast.account_id)
    given = [{"field_code": "PHONE", "values": [{"value": "8 (999) 000-11-22"}]}]
    contact, _ = await made(api, "contacts", {"custom_fields_values": given}, {})
    for number in ("%2B79990001122", "79990001122", "9990001122"):
        answer = await api.get(f"/api/v4/contacts?filter[custom_fields_values][{field}][]={number}")
        assert [each["id"] for each in answer.json()["_embedded"]["contacts"]] == [contact], number


async def test_the_list_of_fields(api: Client, cast: Cast, db: Db, site: Site):
    assert (await api.get("/api/v4/leads/custom_fields")).status_code == 204
    fields = [await add_field(db, site, cast.account_id, type_, None) for type_ in ("text", "date", "text")]
    base = "/api/v4/leads/custom_fields"
    for query, found in {
        "": fields,
        "filter[type]=date": [fields[1]],
        "filter[type][0]=text&filter[type][1]=date": fields,
        f"filter[id][]={fields[2]}": [fields[2]],
        "order[id]=desc": fields[::-1],
        "limit=2&page=2": [fields[2]],
    }.items():
        answer = (await api.get(f"{base}?{query}")).json()
        assert [each["id"] for each in answer["_embedded"]["custom_fields"]] == found, query
    assert (await api.get(f"{base}?page=2")).status_code == 204
    read = (await api.get(f"{base}/{fields[0]}")).json()
    assert (read["entity_type"], read["is_computed"], read["is_deletable"]) == ("leads", False, True)
    assert (await api.get(f"{base}/1")).status_code == 404
    theirs = await db.value("select max(id) from custom_fields where account_id = $1", cast.other_account_id)
    assert (await api.get(f"/api/v4/companies/custom_fields/{theirs}")).status_code == 404
