"""Links between cards over the API."""

from typing import Any

import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.db import Db

__all__ = ["neighbours"]


def to(kind: str, card: int, **more: Any) -> dict[str, Any]:
    return {"to_entity_id": card, "to_entity_type": kind, **more}


async def links(api: Client, path: str) -> list[tuple[str, int, bool | None]]:
    answer = await api.get(f"/api/v4/{path}")
    assert answer.status_code == 200, answer.text
    return [
        (each["to_entity_type"], each["to_entity_id"], each["metadata"] and each["metadata"]["main_contact"])
        for each in answer.json()["_embedded"]["links"]
    ]


async def test_links_are_made_and_taken_away_from_either_end(api: Client):
    one, two = await made(api, "contacts", {}, {})
    (company,), (lead,) = await made(api, "companies", {}), await made(api, "leads", {})
    assert (await api.post(f"/api/v4/leads/{lead}/link", json=[to("contacts", one)])).status_code == 200
    odd = to("leads", lead, metadata={"is_main": "true"}, entity_type=None, entity_id=None)
    assert (await api.post(f"/api/v4/contacts/{two}/link", json=odd)).status_code == 200
    assert (await api.post(f"/api/v4/companies/{company}/link", json=[to("lead", lead)])).status_code == 200
    path = f"leads/{lead}/links"
    assert await links(api, path) == [("contacts", two, True), ("contacts", one, False), ("companies", company, None)]
    assert await links(api, f"{path}?filter[to_entity_type]=companies") == [("companies", company, None)]
    chosen = f"{path}?filter[to_entity_id][]={one}&filter[to_entity_type]=contacts"
    assert await links(api, chosen) == [("contacts", one, False)]
    assert await links(api, f"{path}?filter[to_catalog_id]=5") == []
    assert await links(api, f"contacts/{two}/links") == [("leads", lead, None)]
    gone = await api.post(f"/api/v4/contacts/{two}/unlink", json=[to("leads", lead)])
    assert (gone.status_code, gone.content) == (204, b"")
    assert await links(api, path) == [("contacts", one, True), ("companies", company, None)]
    assert (await api.post(f"/api/v4/leads/{lead}/unlinks", json=[to("companies", company)])).status_code == 204
    assert (await api.post(f"/api/v4/leads/{lead}/unlink", json=[to("companies", company)])).status_code == 204
    assert await links(api, path) == [("contacts", one, True)]


async def test_many_cards_are_linked_at_once(api: Client):
    one, two, bare = await made(api, "leads", {}, {}, {})
    (contact,) = await made(api, "contacts", {})
    batch = [to("contacts", contact, entity_id=one), to("contacts", contact, entity_id=two)]
    answer = await api.post("/api/v4/leads/link", json=batch)
    assert answer.json()["_total_items"] == 2
    told = [(each["entity_id"], each["to_entity_id"]) for each in answer.json()["_embedded"]["links"]]
    assert told == [(one, contact), (two, contact)]
    query = "&".join(f"filter[entity_id][{place}]={card}" for place, card in enumerate((one, two, bare)))
    listed = (await api.get(f"/api/v4/leads/links?{query}")).json()["_embedded"]["links"]
    assert [(each["entity_id"], each["entity_type"]) for each in listed] == [(one, "leads"), (two, "leads")]
    assert await links(api, f"leads/{bare}/links") == []
    assert (await api.get("/api/v4/leads/links")).status_code == 400
    assert (await api.get("/api/v4/leads/links?filter[entity_id]=1")).status_code == 204
    assert (await api.post("/api/v4/leads/link", json=[to("contacts", contact)])).status_code == 400


@pytest.mark.parametrize("kind", ["leads", "contacts"])
async def test_a_second_company_takes_the_place_of_the_first(api: Client, kind: str, db: Db):
    (card,) = await made(api, kind, {})
    first, second = await made(api, "companies", {}, {})
    for company in (first, second):
        assert (await api.post(f"/api/v4/{kind}/{card}/link", json=[to("companies", company)])).status_code == 200
    assert [each[1] for each in await links(api, f"{kind}/{card}/links")] == [second]
    facts = await db.rows(
        "select fact from facts where fact->>'fact' like 'cards_%bound' and fact->>'id' = $1", str(card)
    )
    assert [(row["fact"]["fact"], row["fact"]["to_id"]) for row in facts] == [
        ("cards_bound", first),
        ("cards_unbound", first),
        ("cards_bound", second),
    ]


async def test_the_logs_of_both_cards_tell_of_a_link(api: Client, cast: Cast, db: Db):
    (contact,) = await made(api, "contacts", {})
    (lead,) = await made(api, "leads", {"_embedded": {"contacts": [{"id": contact}]}})
    assert (await api.post(f"/api/v4/leads/{lead}/unlink", json=[to("contacts", contact)])).status_code == 204
    rows = await db.rows(
        "select * from events where account_id = $1 and type like '%linked' order by id", cast.account_id
    )
    assert [(row["type"], row["entity_id"], row["value_after"]) for row in rows] == [
        ("contact_linked", lead, [{"link": {"entity": {"type": "contact", "id": contact}}}]),
        ("lead_linked", contact, [{"link": {"entity": {"type": "lead", "id": lead}}}]),
        ("contact_unlinked", lead, [{"unlink": {"entity": {"type": "contact", "id": contact}}}]),
        ("lead_unlinked", contact, [{"unlink": {"entity": {"type": "lead", "id": lead}}}]),
    ]


async def test_wrong_links_are_refused_whole(api: Client, neighbours: dict[str, int], cast: Cast, db: Db):
    (lead,), (contact,) = await made(api, "leads", {}), await made(api, "contacts", {})
    for link, path in (
        (to("leads", lead), "to_entity_type"),
        (to("customers", 1), "to_entity_type"),
        (to("catalog_elements", 1, metadata={"catalog_id": 5}), "to_entity_type"),
        (to("contacts", 999), "to_entity_id"),
        (to("contacts", neighbours["contacts"]), "to_entity_id"),
        ({"to_entity_type": "contacts"}, "to_entity_id"),
    ):
        answer = await api.post(f"/api/v4/leads/{lead}/link", json=[to("contacts", contact), link])
        assert answer.status_code == 400
        assert [each["errors"][0]["path"] for each in answer.json()["validation-errors"]] == [path]
    theirs = neighbours["leads"]
    assert (await api.get(f"/api/v4/leads/{theirs}/links")).status_code == 204
    assert (await api.post(f"/api/v4/leads/{theirs}/link", json=[to("contacts", contact)])).status_code == 400
    assert await links(api, f"leads/{lead}/links") == []
    assert await db.value("select count(*) from bonds where account_id = $1", cast.account_id) == 0


async def test_a_card_has_a_limit_of_links(api: Client):
    (lead,) = await made(api, "leads", {})
    contacts = await made(api, "contacts", *[{"name": "C"}] * 250)
    every = [to("contacts", contact) for contact in contacts]
    assert (await api.post(f"/api/v4/leads/{lead}/link", json=every)).status_code == 200
    (company,) = await made(api, "companies", {})
    answer = await api.post(f"/api/v4/leads/{lead}/link", json=[to("companies", company)])
    assert (answer.status_code, answer.json()["detail"]) == (422, "One card can be linked to 250 others at most.")
    assert len(await links(api, f"leads/{lead}/links")) == 250
