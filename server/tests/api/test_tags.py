"""Tags over the API."""

import asyncio
from typing import Any

import pytest

from tests.api.neighbours import neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.db import Db
from trubka.db import tags as rows_of

__all__ = ["neighbours"]


async def tags(api: Client, method: str, path: str, body: Any = None) -> list[dict[str, Any]]:
    answer = await api.request(method, f"/api/v4/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["_embedded"]["tags"]


@pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers"])
async def test_tags_are_made_found_and_changed(api: Client, kind: str):
    path = f"{kind}/tags"
    assert (await api.get(f"/api/v4/{path}")).status_code == 204
    sent = [{"name": " Ёлка ", "color": "FF8F92"}, {"name": "two", "request_id": "t"}, {"name": "TWO"}]
    one, two, again = await tags(api, "POST", path, sent)
    assert (one["name"], one["color"]) == ("Ёлка", "FF8F92" if kind == "leads" else None)
    assert (two["id"], two["request_id"], again["name"]) == (again["id"], "t", "two")
    assert (await tags(api, "POST", path, [{"name": "елка"}]))[0]["id"] == one["id"]
    in_order = sorted((one, two), key=lambda tag: tag["id"])
    for query, found in {
        "": in_order,
        "filter[name]=ЁЛКА": [one],
        f"filter[id][]={two['id']}": [two],
        "query=ВО": [],
        "query=лк": [one],
        "limit=1&page=2": in_order[1:],
    }.items():
        answer = await api.get(f"/api/v4/{path}?{query}")
        shown = answer.json()["_embedded"]["tags"] if answer.status_code == 200 else list[Any]()
        assert [each["id"] for each in shown] == [each["id"] for each in found], query
    (changed,) = await tags(api, "PATCH", path, [{"id": two["id"], "name": "three"}])
    assert (changed["id"], changed["name"]) == (two["id"], "three")
    for wrong, flaw in (({"id": one["id"], "name": "Three"}, "name"), ({"id": 999, "name": "x"}, "id")):
        refused = await api.patch(f"/api/v4/{path}", json=[wrong])
        assert refused.status_code == 400
        assert refused.json()["validation-errors"][0]["errors"][0]["path"] == flaw
    assert (await api.post(f"/api/v4/{path}", json=[{"color": "FF8F92"}])).status_code == 400


async def test_two_tags_that_take_one_name_at_the_same_moment(api: Client, db: Db, cast: Cast):
    one, two = await tags(api, "POST", "leads/tags", [{"name": "one"}, {"name": "two"}])
    async with asyncio.TaskGroup() as group, db.transaction() as tx:
        row = {"id": one["id"], "name": "Same", "name_key": "same", "color": None}
        await rows_of.change(tx, cast.account_id, [row])
        second = group.create_task(api.patch("/api/v4/leads/tags", json=[{"id": two["id"], "name": "same"}]))
        for _ in range(500):
            if await db.value("select exists(select from pg_locks where not granted)"):
                break
            await asyncio.sleep(0.02)
    answer = second.result()
    assert answer.status_code == 400, answer.text
    assert answer.json()["validation-errors"][0]["errors"][0]["path"] == "name"


async def test_each_kind_of_card_has_its_own_tags(api: Client):
    (lead,) = await tags(api, "POST", "leads/tags", [{"name": "same"}])
    (contact,) = await tags(api, "POST", "contacts/tags", [{"name": "same"}])
    assert lead["id"] != contact["id"]
    assert [each["id"] for each in await tags(api, "GET", "contacts/tags")] == [contact["id"]]


async def test_taking_away_makes_no_tag(api: Client):
    made = await api.post("/api/v4/contacts", json=[{"name": "Ivan", "_embedded": {"tags": [{"name": "VIP"}]}}])
    card = f"/api/v4/contacts/{made.json()['_embedded']['contacts'][0]['id']}"
    answer = await api.patch(card, json={"tags_to_delete": [{"name": "vip"}, {"name": "never seen"}]})
    assert answer.status_code == 200, answer.text
    assert (await api.get(card)).json()["_embedded"]["tags"] == []
    assert (await api.get("/api/v4/contacts/tags?query=never")).status_code == 204


async def test_a_card_has_so_many_tags_and_no_more(api: Client):
    many = [{"name": f"tag {number}"} for number in range(250)]
    made = await api.post("/api/v4/contacts", json=[{"name": "Ivan", "_embedded": {"tags": many}}])
    assert made.status_code == 200, made.text
    card = f"/api/v4/contacts/{made.json()['_embedded']['contacts'][0]['id']}"
    for body in ({"tags_to_add": [{"name": "one more"}]}, {"_embedded": {"tags": [*many, {"name": "one more"}]}}):
        answer = await api.patch(card, json=body)
        assert answer.json()["validation-errors"][0]["errors"][0]["code"] == "TooLong", answer.text
    assert len((await api.get(card)).json()["_embedded"]["tags"]) == 250
