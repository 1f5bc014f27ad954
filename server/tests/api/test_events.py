"""The log of events over the API: the reference's example, every filter, deep pages, rights, types."""

from typing import Any

import pytest

from tests.api.test_notes import card, note
from tests.api.test_tasks import task
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db
from trubka.rules.events import id_of


async def listed(api: Client, query: str = "") -> list[Any]:
    answer = await api.get(f"/api/v4/events?{query}")
    assert answer.status_code in (200, 204), answer.text
    return [] if answer.status_code == 204 else answer.json()["_embedded"]["events"]


async def test_a_call_is_in_the_log(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    note_id = await note(api, contact_id, "call_in", {"duration": 5}, created_by=cast.anna, created_at=1_760_000_100)
    found = (await listed(api, "filter[type]=incoming_call&with=contact_name,lead_name"))[0]
    row = await db.row("select id from events where type = 'incoming_call'")
    assert row is not None
    event_id = id_of(1_760_000_100, row["id"])
    assert found == {
        "id": event_id,
        "type": "incoming_call",
        "entity_id": contact_id,
        "entity_type": "contact",
        "created_by": cast.anna,
        "created_at": 1_760_000_100,
        "value_after": [{"note": {"id": note_id}}],
        "value_before": [],
        "account_id": cast.account_id,
        "_links": {"self": {"href": f"https://acme.example/api/v4/events/{event_id}"}},
        "_embedded": {
            "entity": {
                "id": contact_id,
                "name": "Card",
                "_links": {"self": {"href": f"https://acme.example/api/v4/contacts/{contact_id}"}},
            }
        },
    }
    one = (await api.get(f"/api/v4/events/{event_id}")).json()
    assert "name" not in one["_embedded"]["entity"]
    assert (one["id"], one["type"]) == (event_id, "incoming_call")
    for missing in (id_of(1_760_000_101, row["id"]), "nonsense", "1"):
        assert (await api.get(f"/api/v4/events/{missing}")).status_code == 204


async def fill(db: Db, cast: Cast, *lines: tuple[str, int, int, int, int, Any, Any]) -> None:
    """(type, entity, entity_id, created_by, created_at, value_after, value_before) in the log of Acme."""
    for line in lines:
        await db.run(
            "insert into events (account_id, type, entity, entity_id, created_by, created_at, value_after,"
            " value_before) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            cast.account_id,
            *line,
        )


def in_status(side: str, pipeline_id: int, status_id: int) -> str:
    path = f"filter[{side}][leads_statuses][0]"
    return f"{path}[pipeline_id]={pipeline_id}&{path}[status_id]={status_id}"


async def test_every_filter(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    owners = [{"responsible_user": {"id": 8}}], [{"responsible_user": {"id": 9}}]
    sums = [{"sale_field_value": {"sale": 1500}}], [{"sale_field_value": {"sale": 0}}]
    moved = {"lead_status": {"id": 142, "pipeline_id": 9}}, {"lead_status": {"id": 143, "pipeline_id": 9}}
    chosen = {"custom_field_value": {"field_id": 7, "field_type": 4, "enum_id": 71, "text": "red"}}
    await fill(
        db,
        cast,
        ("lead_status_changed", 2, 11, 5, 100, [moved[0]], [moved[1]]),
        ("customer_status_changed", 12, 12, 5, 200, [{"customer_status": {"id": 3}}], []),
        ("entity_responsible_changed", 1, 13, 6, 300, *owners),
        ("custom_field_7_value_changed", 3, 14, 6, 400, [chosen], []),
        ("sale_field_changed", 2, 11, 7, 500, *sums),
        ("name_field_changed", 1, 13, 7, 600, [{"name_field_value": {"name": "Ann, Lee"}}], []),
        ("task_completed", 4, 15, 7, 600, [], []),
    )
    ids = [event["id"] for event in reversed(await listed(api))]

    async def found(query: str) -> list[int]:
        return [ids.index(event["id"]) for event in await listed(api, query)]

    for query, expected in [
        ("", [6, 5, 4, 3, 2, 1, 0]),
        (f"filter[id]={ids[0]}", [0]),
        (f"filter[id]={ids[0]},{ids[4]}", [4, 0]),
        (f"filter[id][]={ids[0]}&filter[id][]={ids[4]}", [4, 0]),
        ("filter[id]=nonsense", []),
        ("filter[created_at]=400", [6, 5, 4, 3]),
        ("filter[created_at]=200,400", [3, 2, 1]),
        ("filter[created_at]=200%2C400", [3, 2, 1]),
        ("filter[created_at][from]=200&filter[created_at][to]=400", [3, 2, 1]),
        ("filter[created_at][to]=200", [1, 0]),
        ("filter[created_by]=5", [1, 0]),
        ("filter[created_by][]=5&filter[created_by][]=6", [3, 2, 1, 0]),
        ("filter[entity]=lead", [4, 0]),
        ("filter[entity]=lead,task", [6, 4, 0]),
        ("filter[entity][]=company", [3]),
        ("filter[entity]=catalog_5", []),
        ("filter[entity]=contact&filter[entity_id]=13", [5, 2]),
        ("filter[entity]=contact&filter[entity_id][0]=13&filter[entity_id][1]=11", [5, 2]),
        ("filter[type]=task_completed,name_field_changed", [6, 5]),
        ("filter[type][]=task_completed", [6]),
        ("filter[type]=custom_field_7_value_changed", [3]),
        ("filter[type]=custom_field_value_changed", [3]),
        ("filter[type]=custom_field_value_changed,task_completed", [6, 3]),
        (in_status("value_after", 9, 142), [0]),
        (in_status("value_after", 9, 143), []),
        (in_status("value_before", 9, 143), [0]),
        ("filter[value_after][customers_statuses][0][status_id]=3", [1]),
        ("filter[value_after][responsible_user_id]=7,8", [2]),
        ("filter[value_before][responsible_user_id]=9", [2]),
        ("filter[value_after][custom_field_values]=70,71&filter[type]=custom_field_7_value_changed", [3]),
        ("filter[value_after][value]=1500", [4]),
        ("filter[value_before][value]=0", [4]),
        ("filter[value_after][value]=Ann, Lee", [5]),
        ("filter[value_after][value]=red", [3]),
        ("filter[value_after][value]=blue", []),
        ("limit=2&page=2", [4, 3]),
        ("page=9", []),
    ]:
        assert await found(query) == expected, query
    for wrong in (
        "filter[entity_id]=13",
        "filter[entity_id]=13&filter[entity]=lead,contact",
        "filter[created_by]=" + ",".join(map(str, range(11))),
        "filter[id]=" + ",".join(["a"] * 101),
    ):
        assert (await api.get(f"/api/v4/events?{wrong}")).status_code == 400, wrong
    assert (await api.get("/api/v4/events?limit=251")).status_code == 422


async def test_pages_go_to_the_end(client_of: ClientOf, cast: Cast, db: Db):
    """Many lines of one second, and new ones while somebody reads: none twice, none left out."""
    api = await client_of("olga")
    for place in range(14):
        await fill(db, cast, ("lead_added", 2, 11, 5, 100 + place // 4, [], []))
    url: str | None = "/api/v4/events?limit=3"
    seen: list[str] = []
    while url:
        page = (await api.get(url)).json()
        seen += [event["id"] for event in page["_embedded"]["events"]]
        url = page["_links"].get("next", {}).get("href")
        await fill(db, cast, ("lead_added", 2, 11, 5, 900, [], []))
    assert len(seen) == 14
    assert seen == sorted(set(seen), reverse=True)


async def test_rights_are_those_of_the_record(client_of: ClientOf, cast: Cast, db: Db):
    olga = await client_of("olga")
    owner = {"responsible_user_id": cast.anna}
    for kind in ("contacts", "companies", "leads", "customers"):
        await card(olga, kind, **owner)
        await card(olga, kind, responsible_user_id=cast.olga)
    await task(olga, **owner)
    await task(olga, responsible_user_id=cast.clara)
    deleted = await card(olga, "leads", **owner)
    await db.run("update leads set is_deleted = true where id = $1", deleted)
    four = ["company", "contact", "customer", "lead", "lead"]
    for name, seen in (
        ("olga", sorted([*four, "company", "contact", "customer", "lead", "task", "task"])),
        ("anna", sorted([*four, "task"])),
        ("boris", four),  # he sees what his group has, and his own tasks
        ("clara", ["task"]),
        ("stranger", []),
    ):
        api = await client_of(name)
        assert sorted(event["entity_type"] for event in await listed(api)) == seen, name
        for event in await listed(olga):
            status = (await api.get(f"/api/v4/events/{event['id']}")).status_code
            mine = any(event["id"] == each["id"] for each in await listed(api))
            assert status == (200 if mine else 204)


async def test_a_link_to_a_card_that_one_does_not_see_is_not_told_of(client_of: ClientOf, cast: Cast, db: Db):
    olga = await client_of("olga")
    lead = await card(olga, "leads", responsible_user_id=cast.anna)
    hers = await card(olga, "contacts", responsible_user_id=cast.anna)
    his = await card(olga, "contacts", responsible_user_id=cast.olga)
    for deed in ("link", "unlink"):
        body = [{"to_entity_id": each, "to_entity_type": "contacts"} for each in (hers, his)]
        assert (await olga.post(f"/api/v4/leads/{lead}/{deed}", json=body)).status_code in (200, 204)
    for name, told in (("olga", {hers, his}), ("anna", {hers}), ("clara", set[int]())):
        api = await client_of(name)
        events = [event for event in await listed(api) if event["type"] in ("contact_linked", "contact_unlinked")]
        values = [event["value_after"][0] for event in events]
        found = [(value.get("link") or value["unlink"])["entity"]["id"] for value in values]
        assert sorted(found) == sorted([*told, *told]), name
    # Who sees all contacts and no leads is told of a contact, not of its leads.
    await db.run("update users set rights = jsonb_set(rights, '{contacts,view}', $2) where id = $1", cast.clara, "A")
    assert {event["type"] for event in await listed(await client_of("clara"))} == {"contact_added"}


async def test_a_lead_in_a_closed_status_is_not_told_of(client_of: ClientOf, cast: Cast, db: Db):
    olga = await client_of("olga")
    lead_id = await card(olga, "leads", responsible_user_id=cast.anna)
    lead = (await olga.get(f"/api/v4/leads/{lead_id}")).json()
    place = {"pipeline_id": lead["pipeline_id"], "status_id": lead["status_id"]}
    anna, clara = await client_of("anna"), await client_of("clara")
    for rights, seen in (([], (1, 0)), ([{"rights": {"view": "D"}}], (0, 0)), ([{"rights": {"view": "A"}}], (1, 1))):
        statuses = [{**place, "entity_type": "leads", **each} for each in rights]
        await db.run(
            "update users set rights = jsonb_set(rights, '{status_rights}', $2) where id = any($1)",
            [cast.anna, cast.clara],
            statuses,
        )
        assert (len(await listed(anna)), len(await listed(clara))) == seen, rights


@pytest.mark.parametrize(
    ("query", "name"), [("", "New lead"), ("language_code=ru", "Новая сделка"), ("language_code=en", "New lead")]
)
async def test_types_have_numbers_and_names(query: str, name: str, client_of: ClientOf, db: Db):
    api = await client_of("clara")
    answer = (await api.get(f"/api/v4/events/types?{query}")).json()
    types = answer["_embedded"]["events_types"]
    assert answer["_total_items"] == len(types)
    assert types[0] == {"key": "lead_added", "type": 1, "lang": name}
    assert {"key", "type", "lang"} == set(types[-1])
    phone = await db.value("select min(id) from custom_fields where code = 'PHONE'")
    assert f"custom_field_{phone}_value_changed" in {each["key"] for each in types}
    assert len({each["type"] for each in types}) == len(types)
