"""Subscriptions to webhooks over the API."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db, audit

URL = "https://hooks.example/amo"
NAMES_31 = [
    *(
        f"{verb}_{name}"
        for verb in ("add", "update", "delete", "responsible")
        for name in ("lead", "contact", "company", "customer", "task")
    ),
    *("restore_lead", "restore_contact", "restore_company", "status_lead", "add_talk", "update_talk"),
    *("note_lead", "note_contact", "note_company", "note_customer", "add_chat_template_review"),
]


async def test_the_example_of_the_reference(api: Client, cast: Cast):
    assert (await api.get("/api/v4/webhooks")).status_code == 204
    before = int(time.time())
    made = await api.post(
        "/api/v4/webhooks", json={"destination": URL, "settings": ["add_lead", "note_contact"], "sort": 10}
    )
    assert made.status_code == 201, made.text
    told = made.json()
    assert before <= told["created_at"] == told["updated_at"] <= time.time()
    assert told == {
        "id": told["id"],
        "destination": URL,
        "created_at": told["created_at"],
        "updated_at": told["updated_at"],
        "account_id": cast.account_id,
        "created_by": cast.olga,
        "sort": 10,
        "disabled": False,
        "settings": ["add_lead", "note_contact"],
    }
    assert list(told)[:2] == ["id", "destination"]
    listed = await api.get("/api/v4/webhooks")
    assert listed.json() == {"_total_items": 1, "_embedded": {"webhooks": [told]}}


async def test_the_same_destination_again_has_its_settings_replaced(api: Client, db: Db):
    first = await api.post("/api/v4/webhooks", json={"destination": URL, "settings": ["add_lead"]})
    await db.run("update webhooks set disabled = true, bad_at = array[now()]")
    again = await api.post("/api/v4/webhooks/", json=[{"destination": URL, "settings": NAMES_31, "sort": 5}])
    assert again.status_code == 201, again.text
    assert again.json()["id"] == first.json()["id"]
    assert (again.json()["settings"], again.json()["sort"], again.json()["disabled"]) == (NAMES_31, 5, False)
    assert again.headers["x-trubka-webhook-secret"] == first.headers["x-trubka-webhook-secret"]
    assert len(first.headers["x-trubka-webhook-secret"]) == 64
    assert await db.value("select cardinality(bad_at) from webhooks") == 0


async def test_one_of_several_is_found_by_its_destination(api: Client):
    other = "https://other.example/in?key=1,2&x[]=3"
    for url in (URL, other):
        await api.post("/api/v4/webhooks", json={"destination": url, "settings": ["add_lead"]})
    found = (await api.get("/api/v4/webhooks", params={"filter[destination]": other})).json()
    assert [each["destination"] for each in found["_embedded"]["webhooks"]] == [other]
    none = await api.get("/api/v4/webhooks", params={"filter[destination]": "https://none.example/"})
    assert none.status_code == 204


async def test_unsubscribing(api: Client, db: Db):
    await api.post("/api/v4/webhooks", json={"destination": URL, "settings": ["add_lead"]})
    gone = await api.request("DELETE", "/api/v4/webhooks", json={"destination": URL})
    assert (gone.status_code, gone.content) == (204, b"")
    unknown = await api.request("DELETE", "/api/v4/webhooks", json={"destination": URL})
    assert unknown.status_code == 404
    assert unknown.json()["title"] == "Not Found"
    assert (await api.get("/api/v4/webhooks")).status_code == 204


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"settings": ["add_lead"]}, 400, "destination"),
        ({"destination": URL}, 400, "settings"),
        ({"destination": URL, "settings": []}, 400, "settings"),
        ({"destination": URL, "settings": ["add_lead", "add_moon"]}, 400, "settings.1"),
        ({"destination": URL, "settings": "add_lead"}, 400, "settings"),
        ({"destination": URL, "settings": ["add_lead"], "sort": -(2**31) - 1}, 400, "sort"),
        ({"destination": "", "settings": ["add_lead"]}, 422, None),
        ({"destination": "hooks.example", "settings": ["add_lead"]}, 422, None),
        ({"destination": "ftp://hooks.example", "settings": ["add_lead"]}, 422, None),
        ({"destination": "https://пример.рф/x", "settings": ["add_lead"]}, 422, None),
        ({"destination": "http://127.0.0.1/x", "settings": ["add_lead"]}, 422, None),
        ({"destination": "http://[::ffff:10.0.0.1]/x", "settings": ["add_lead"]}, 422, None),
        ({"destination": "http://169.254.169.254/latest", "settings": ["add_lead"]}, 422, None),
        ({"destination": "http://h.example/" + "x" * 2000, "settings": ["add_lead"]}, 422, None),
    ],
)
async def test_what_is_refused_changes_nothing(api: Client, body: object, status: int, path: str | None):
    answer = await api.post("/api/v4/webhooks", json=body)
    assert answer.status_code == status, answer.text
    if path is not None:
        assert answer.json()["validation-errors"][0]["errors"][0]["path"] == path
    assert (await api.get("/api/v4/webhooks")).status_code == 204


async def test_a_hundred_is_the_most_even_when_many_come_at_once(api: Client, db: Db):
    def asked(number: int):
        return api.post("/api/v4/webhooks", json={"destination": f"{URL}/{number}", "settings": ["add_lead"]})

    for start in range(0, 98, 14):
        assert {each.status_code for each in await asyncio.gather(*map(asked, range(start, start + 14)))} == {201}
    statuses = sorted(each.status_code for each in await asyncio.gather(*map(asked, range(200, 206))))
    assert statuses == [201, 201, 422, 422, 422, 422]
    assert (await asked(0)).status_code == 201
    assert await db.value("select count(*) from webhooks") == 100


async def test_only_administrators_of_this_account(client_of: ClientOf, api: Client):
    await api.post("/api/v4/webhooks", json={"destination": URL, "settings": ["add_lead"]})
    for name in ("anna", "boris", "clara"):
        client = await client_of(name)
        assert (await client.get("/api/v4/webhooks")).status_code == 403
        assert (await client.post("/api/v4/webhooks", json={})).status_code == 403
        assert (await client.request("DELETE", "/api/v4/webhooks", json={"destination": URL})).status_code == 403
    stranger = await client_of("stranger")
    assert (await stranger.get("/api/v4/webhooks")).status_code == 204
    assert (await stranger.request("DELETE", "/api/v4/webhooks", json={"destination": URL})).status_code == 404
    assert (await api.get("/api/v4/webhooks")).json()["_total_items"] == 1


async def test_it_is_written_down_without_the_secrets_of_the_address(api: Client, db: Db, cast: Cast):
    url = "https://user:pass@hooks.example/token"
    await api.post("/api/v4/webhooks", json={"destination": url, "settings": ["add_lead"]})
    await api.request("DELETE", "/api/v4/webhooks", json={"destination": url})
    rows = await audit.newest(db, cast.account_id, 2**62, 10)
    assert [row["deed"] for row in rows] == ["webhook_removed", "webhook_set"]
    assert all(row["details"]["host"] == "hooks.example" and "pass" not in str(dict(row)) for row in rows)
