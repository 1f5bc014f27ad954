"""Tasks over the API: the reference's example, filters, changes, the next task of a card, rights."""

import asyncio
from typing import Any

import pytest

from tests.api.test_notes import card
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db


async def task(api: Client, **about: Any) -> int:
    made = await api.post("/api/v4/tasks", json=[{"text": "Call", "complete_till": 1_760_086_400, **about}])
    assert made.status_code == 200, made.text
    return made.json()["_embedded"]["tasks"][0]["id"]


async def events(db: Db) -> list[tuple[str, int, Any, Any]]:
    rows = await db.rows("select * from events where entity = 4 order by id")
    return [(row["type"], row["entity_id"], row["value_after"], row["value_before"]) for row in rows]


async def test_a_task_is_made_and_read(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    made = await api.post(
        "/api/v4/tasks",
        json=[
            {
                "text": "Call back",
                "complete_till": 1_760_086_400.7,
                "created_at": 1_760_000_000,
                "entity_id": contact_id,
                "entity_type": "contacts",
                "request_id": "t",
                "result": [],
            },
            {"text": "", "complete_till": "1760086400", "entity_id": None, "entity_type": None},
        ],
    )
    assert made.status_code == 200, made.text
    first, second = made.json()["_embedded"]["tasks"]
    assert made.json() == {
        "_links": {"self": {"href": "https://acme.example/api/v4/tasks"}},
        "_embedded": {
            "tasks": [
                {
                    "id": first["id"],
                    "request_id": "t",
                    "_links": {"self": {"href": f"https://acme.example/api/v4/tasks/{first['id']}"}},
                },
                {
                    "id": second["id"],
                    "request_id": "1",
                    "_links": {"self": {"href": f"https://acme.example/api/v4/tasks/{second['id']}"}},
                },
            ]
        },
    }
    assert (await api.get(f"/api/v4/tasks/{first['id']}")).json() == {
        "id": first["id"],
        "created_by": cast.olga,
        "updated_by": cast.olga,
        "created_at": 1_760_000_000,
        "updated_at": 1_760_000_000,
        "responsible_user_id": cast.olga,
        "group_id": 0,
        "entity_id": contact_id,
        "entity_type": "contacts",
        "duration": 0,
        "is_completed": False,
        "task_type_id": 1,
        "text": "Call back",
        "result": [],
        "complete_till": 1_760_086_400,
        "account_id": cast.account_id,
        "_links": {"self": {"href": f"https://acme.example/api/v4/tasks/{first['id']}"}},
    }
    bare = (await api.get(f"/api/v4/tasks/{second['id']}")).json()
    assert (bare["entity_id"], bare["entity_type"]) == (None, None)
    assert (await api.get(f"/api/v4/contacts/{contact_id}")).json()["closest_task_at"] == 1_760_086_400
    assert await events(db) == [("task_added", first["id"], [], []), ("task_added", second["id"], [], [])]
    fact = await db.value("select fact from facts where fact->>'fact' = 'task_added' order by id limit 1")
    assert (fact["id"], fact["owner"], fact["entity"], fact["entity_id"]) == (first["id"], cast.olga, 1, contact_id)


@pytest.mark.parametrize(
    ("item", "flaws"),
    [
        ({}, [("FieldMissing", "text"), ("FieldMissing", "complete_till")]),
        ({"text": "a", "complete_till": "soon"}, [("InvalidType", "complete_till")]),
        ({"text": "a", "complete_till": 5, "entity_id": 1}, [("FieldMissing", "entity_type")]),
        (
            {"text": "a", "complete_till": 5, "entity_id": 1, "entity_type": "cars"},
            [("NotSupportedChoice", "entity_type")],
        ),
        (
            {"text": "a", "complete_till": 5, "entity_id": 1, "entity_type": "leads"},
            [("NotSupportedChoice", "entity_id")],
        ),
        ({"text": "a", "complete_till": 5, "task_type_id": 77}, [("NotSupportedChoice", "task_type_id")]),
        ({"text": "a", "complete_till": 5, "responsible_user_id": 1}, [("NotSupportedChoice", "responsible_user_id")]),
        ({"text": "a", "complete_till": 5, "result": "done"}, [("InvalidType", "result")]),
        ({"text": "a", "complete_till": 5, "duration": -5}, [("InvalidValue", "duration")]),
    ],
)
async def test_a_wrong_task_is_refused(item: dict[str, Any], flaws: list[tuple[str, str]], client_of: ClientOf, db: Db):
    api = await client_of("olga")
    refused = await api.post("/api/v4/tasks", json=[{"text": "good", "complete_till": 5}, item])
    assert refused.status_code == 400
    told = refused.json()["validation-errors"]
    assert [(each["request_id"], [(e["code"], e["path"]) for e in each["errors"]]) for each in told] == [("1", flaws)]
    assert await db.value("select count(*) from tasks") == 0


async def test_a_task_is_changed_and_completed(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    task_id = await task(api, entity_id=contact_id, entity_type="contacts", created_at=1000)
    path = f"/api/v4/tasks/{task_id}"
    whole = (await api.get(path)).json()
    assert (await api.patch(path, json=whole)).status_code == 200
    assert [each[0] for each in await events(db)] == ["task_added"]
    changed = await api.patch(
        "/api/v4/tasks",
        json=[
            {
                "id": task_id,
                "text": "Meet",
                "task_type_id": 2,
                "complete_till": 1_760_000_000,
                "responsible_user_id": cast.anna,
                "request_id": "x",
            }
        ],
    )
    assert changed.status_code == 200, changed.text
    item = changed.json()["_embedded"]["tasks"][0]
    assert item == {"id": task_id, "updated_at": item["updated_at"], "request_id": "x", "_links": item["_links"]}
    done = await api.patch(path, json={"is_completed": True, "result": {"text": "Sold"}})
    assert done.status_code == 200, done.text
    assert (done.json()["id"], done.json()["request_id"]) == (task_id, "0")
    read = (await api.get(path)).json()
    assert (read["is_completed"], read["result"], read["text"]) == (True, {"text": "Sold"}, "Meet")
    note = await db.row("select * from notes")
    assert note is not None
    assert (note["entity"], note["entity_id"], note["params"]) == (4, task_id, {"text": "Sold"})
    assert await events(db) == [
        ("task_added", task_id, [], []),
        (
            "task_deadline_changed",
            task_id,
            [{"task_deadline": {"timestamp": 1_760_000_000}}],
            [{"task_deadline": {"timestamp": 1_760_086_400}}],
        ),
        ("task_type_changed", task_id, [{"task_type": {"id": 2}}], [{"task_type": {"id": 1}}]),
        ("task_text_changed", task_id, [{"task": {"text": "Meet"}}], [{"task": {"text": "Call"}}]),
        (
            "entity_responsible_changed",
            task_id,
            [{"responsible_user": {"id": cast.anna}}],
            [{"responsible_user": {"id": cast.olga}}],
        ),
        ("task_completed", task_id, [], []),
        ("task_result_added", task_id, [{"note": {"id": note["id"]}}], []),
    ]
    rows = await db.rows("select fact from facts where fact->>'fact' = 'task_changed' order by id")
    assert [row["fact"].get("completed", False) for row in rows] == [False, False, True]
    assert (rows[1]["fact"]["owner"], rows[1]["fact"]["old_owner"]) == (cast.anna, cast.olga)
    for wrong in ({"id": 1, "text": "x"}, {"text": "x"}):
        refused = await api.patch("/api/v4/tasks", json=[wrong])
        assert refused.status_code == 400
        assert refused.json()["validation-errors"][0]["errors"][0]["path"] == "id"


async def test_the_next_task_of_a_card_is_always_right(client_of: ClientOf):
    api = await client_of("olga")
    one, two = await card(api), await card(api)

    async def closest() -> list[int | None]:
        return [(await api.get(f"/api/v4/contacts/{each}")).json()["closest_task_at"] for each in (one, two)]

    on_one = {"entity_id": one, "entity_type": "contacts"}
    late = await task(api, **on_one, complete_till=300)
    assert await closest() == [300, None]
    early = await task(api, **on_one, complete_till=100)
    await task(api, **on_one, complete_till=50, is_completed=True)
    assert await closest() == [100, None]
    await api.patch(f"/api/v4/tasks/{early}", json={"complete_till": 400})
    assert await closest() == [300, None]
    await api.patch(f"/api/v4/tasks/{late}", json={"is_completed": True})
    assert await closest() == [400, None]
    await api.patch(f"/api/v4/tasks/{early}", json={"entity_id": two})
    assert await closest() == [None, 400]
    await api.patch(f"/api/v4/tasks/{late}", json={"is_completed": False})
    assert await closest() == [300, 400]
    made = await asyncio.gather(
        *(api.post("/api/v4/tasks", json=[{"text": "t", **on_one, "complete_till": 200 - i}]) for i in range(8))
    )
    assert [each.status_code for each in made] == [200] * 8
    assert await closest() == [193, 400]
    listed = await api.get("/api/v4/contacts?filter[closest_task_at][from]=1&filter[closest_task_at][to]=200")
    assert [each["id"] for each in listed.json()["_embedded"]["contacts"]] == [one]


async def test_a_task_without_a_card_is_hung_on_one(client_of: ClientOf):
    api = await client_of("olga")
    contact_id, task_id = await card(api), await task(api)
    refused = await api.patch(f"/api/v4/tasks/{task_id}", json={"entity_id": contact_id})
    assert refused.json()["validation-errors"][0]["errors"][0]["path"] == "entity_type"
    body = {"entity_id": contact_id, "entity_type": "contacts"}
    assert (await api.patch(f"/api/v4/tasks/{task_id}", json=body)).status_code == 200
    assert (await api.get(f"/api/v4/tasks/{task_id}")).json()["entity_type"] == "contacts"


async def test_lists_are_filtered_and_ordered(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    contact_id = await card(api)
    hung = {"entity_id": contact_id, "entity_type": "contacts"}
    ids = [
        await task(api, created_at=300, complete_till=1000, **hung),
        await task(api, created_at=100, complete_till=3000, task_type_id=2, responsible_user_id=cast.anna),
        await task(api, created_at=200, complete_till=2000, is_completed=True, created_by=0, **hung),
    ]

    async def found(query: str) -> list[int]:
        answer = await api.get(f"/api/v4/tasks?{query}")
        if answer.status_code == 204:
            return []
        return [ids.index(each["id"]) for each in answer.json()["_embedded"]["tasks"]]

    for query, expected in [
        ("", [0, 1, 2]),
        ("order[created_at]=asc", [1, 2, 0]),
        ("order[complete_till]=desc", [1, 2, 0]),
        ("order[id]=desc", [2, 1, 0]),
        (f"filter[responsible_user_id]={cast.anna}", [1]),
        (f"filter[id][0]={ids[0]}&filter[id][1]={ids[2]}", [0, 2]),
        ("filter[is_completed]=1", [2]),
        ("filter[is_completed]=false", [0, 1]),
        ("filter[is_completed][]=1", [2]),
        ("filter[is_completed][]=1&filter[is_completed][]=0", [0, 1, 2]),
        ("filter[task_type]=2", [1]),
        ("filter[task_type_id][]=2", [1]),
        ("filter[task_type][0]=2&filter[task_type_id][0]=2", [1]),
        ("filter[entity_type]=contacts", [0, 2]),
        (f"filter[entity_type]=contacts&filter[entity_id]={contact_id}", [0, 2]),
        (f"entity_type=contacts&filter[entity_id][0]={contact_id}", [0, 2]),
        (f"entity_type=leads&filter[entity_id]={contact_id}", []),
        ("filter[entity_type]=cars", []),
        ("filter[updated_at]=200", [0, 2]),
        ("filter[updated_at][from]=100&filter[updated_at][to]=250", [1, 2]),
        ("filter[created_by]=0", [2]),
        ("filter[lead_statuses][0][pipeline_id]=1&filter[lead_statuses][0][status_id]=142", []),
        ("limit=2&page=2", [2]),
        ("page=5", []),
    ]:
        assert await found(query) == expected, query
    pages: list[int] = []
    url: str | None = "/api/v4/tasks?limit=1&order[complete_till]=asc"
    while url:
        page = (await api.get(url)).json()
        pages += [ids.index(each["id"]) for each in page["_embedded"]["tasks"]]
        url = page["_links"].get("next", {}).get("href")
    assert pages == [0, 2, 1]
    assert (await api.get("/api/v4/tasks/1")).status_code == 204


async def test_rights_are_those_of_who_answers_for_it(client_of: ClientOf, cast: Cast):
    """Anna and Boris change their own tasks; Clara, who is denied all, still sees what she must do."""
    olga = await client_of("olga")
    annas = await task(olga, responsible_user_id=cast.anna)
    claras = await task(olga, responsible_user_id=cast.clara)
    for name, seen, statuses in (
        ("anna", [annas], {annas: 200, claras: 400}),
        ("boris", [], {annas: 400, claras: 400}),
        ("clara", [claras], {annas: 400, claras: 403}),
        ("stranger", [], {annas: 400, claras: 400}),
        ("olga", [annas, claras], {annas: 200, claras: 200}),
    ):
        api = await client_of(name)
        answer = await api.get("/api/v4/tasks")
        listed = [] if answer.status_code == 204 else [each["id"] for each in answer.json()["_embedded"]["tasks"]]
        assert listed == seen, name
        for task_id, status in statuses.items():
            assert (await api.get(f"/api/v4/tasks/{task_id}")).status_code == (200 if task_id in seen else 204)
            assert (await api.patch(f"/api/v4/tasks/{task_id}", json={"text": "x"})).status_code == status, name


async def test_the_status_of_a_lead_that_one_does_not_see_is_no_filter(client_of: ClientOf, cast: Cast):
    olga = await client_of("olga")
    for owner in ("anna", "olga"):
        lead_id = await card(olga, "leads", responsible_user_id=cast.users[owner])
        await task(olga, entity_id=lead_id, entity_type="leads", responsible_user_id=cast.anna)
    lead = (await olga.get(f"/api/v4/leads/{lead_id}")).json()
    query = "&".join(f"filter[lead_statuses][0][{name}]={lead[name]}" for name in ("pipeline_id", "status_id"))
    for name, told in (("olga", 2), ("anna", 1)):
        answer = await (await client_of(name)).get(f"/api/v4/tasks?{query}")
        assert len(answer.json()["_embedded"]["tasks"]) == told, name


async def test_a_task_is_hung_only_on_a_card_that_one_sees(client_of: ClientOf, cast: Cast):
    contact_id = await card(await client_of("olga"), responsible_user_id=cast.anna)
    body = {"text": "t", "complete_till": 5, "entity_id": contact_id, "entity_type": "contacts"}
    for name, status in (("anna", 200), ("boris", 200), ("clara", 400), ("stranger", 400)):
        assert (await (await client_of(name)).post("/api/v4/tasks", json=body)).status_code == status, name
