"""What an account keeps lists of: why leads are lost, where customers stand, pipelines, fields."""

from __future__ import annotations

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db

__all__ = ["neighbours"]

REASONS = "/api/v4/leads/loss_reasons"
STATUSES = "/api/v4/customers/statuses"


async def test_reasons_for_a_loss(api: Client, client_of: ClientOf, cast: Cast, db: Db):
    first = (await api.get(REASONS)).json()["_embedded"]["loss_reasons"]
    for each in first:  # with which the account began
        assert (await api.delete(f"{REASONS}/{each['id']}")).status_code == 204
    assert (await api.get(REASONS)).status_code == 204
    answer = await api.post(REASONS, json=[{"name": "Too dear", "request_id": "a"}, {"name": "Gone", "sort": 5}])
    assert answer.status_code == 200, answer.text
    dear, gone = answer.json()["_embedded"]["loss_reasons"]
    assert (dear["request_id"], gone["request_id"], dear["sort"]) == ("a", "1", 10)
    listed = (await api.get(REASONS)).json()["_embedded"]["loss_reasons"]
    assert [each["id"] for each in listed] == [gone["id"], dear["id"]]
    assert set(listed[0]) == {"id", "name", "sort", "created_at", "updated_at", "_links"}
    changed = await api.patch(f"{REASONS}/{gone['id']}", json={"name": "Went away"})
    assert (changed.json()["name"], changed.json()["sort"]) == ("Went away", 5)
    assert (await api.get(f"{REASONS}/{gone['id']}")).json()["name"] == "Went away"
    (lead,) = await made(api, "leads", {"status_id": 143, "loss_reason_id": gone["id"]})
    read = (await api.get(f"/api/v4/leads/{lead}?with=loss_reason")).json()
    assert read["_embedded"]["loss_reason"][0]["name"] == "Went away"
    assert (await api.delete(f"{REASONS}/{gone['id']}")).status_code == 204
    read = (await api.get(f"/api/v4/leads/{lead}?with=loss_reason")).json()
    assert (read["loss_reason_id"], read["_embedded"]["loss_reason"]) == (gone["id"], [])
    for answer in (
        await api.delete(f"{REASONS}/{gone['id']}"),
        await api.patch(f"{REASONS}/{gone['id']}", json={}),
        await api.get(f"{REASONS}/{gone['id']}"),
    ):
        assert answer.status_code == 404
    assert (await api.post(REASONS, json=[{"name": ""}])).status_code == 400
    assert (await api.post(REASONS, json=[{"name": "x"}] * 200)).status_code == 422
    assert [each["id"] for each in (await api.get(REASONS)).json()["_embedded"]["loss_reasons"]] == [dear["id"]]
    last = 2**31 - 1
    for given in ({"sort": last}, {}):
        answer = await api.post(REASONS, json=[{"name": "Last", **given}])
        assert answer.json()["_embedded"]["loss_reasons"][0]["sort"] == last, answer.text
    anna = await client_of("anna")
    assert (await anna.get(REASONS)).status_code == 200
    assert (await anna.post(REASONS, json=[{"name": "x"}])).status_code == 403
    stranger = await client_of("stranger")
    assert (await stranger.delete(f"{REASONS}/{dear['id']}")).status_code == 404


async def test_where_customers_stand(api: Client, client_of: ClientOf, cast: Cast, db: Db):
    assert (await api.get(STATUSES)).status_code == 422  # by segments
    mode = {"mode": "periodicity", "is_enabled": True}
    switched = await api.patch("/api/v4/customers/mode", json=mode)
    assert (switched.status_code, switched.json()) == (200, mode)
    first = (await api.get(STATUSES)).json()["_embedded"]["statuses"]
    assert [each["type"] for each in first] == [4, 1, 2, 3]
    made_now = await api.post(STATUSES, json=[{"name": "Thinks", "color": "#fff000", "request_id": "a"}])
    assert made_now.status_code == 200, made_now.text
    (status,) = made_now.json()["_embedded"]["statuses"]
    assert (set(status), status["request_id"]) == ({"id", "request_id", "_links"}, "a")
    url = f"{STATUSES}/{status['id']}"
    assert (await api.patch(url, json={"name": "Thinks again", "sort": 15})).json()["name"] == "Thinks again"
    read = (await api.get(url)).json()
    told = (read["sort"], read["color"], read["type"], read["is_default"], read["conditions"], read["account_id"])
    assert told == (15, "#fff000", 0, False, [], cast.account_id)
    for given in ({"sort": 2**31 - 1}, {}):
        answer = await api.post(STATUSES, json=[{"name": "Last", **given}])
        assert answer.status_code == 200, answer.text
    (customer,) = await made(api, "customers", {"name": "C", "next_date": 1770000000, "status_id": status["id"]})
    refused = await api.delete(url)
    assert (refused.status_code, refused.json()["detail"]) == (422, "Customers stand in this status: move them first.")
    assert (await api.patch(f"/api/v4/customers/{customer}", json={"status_id": first[0]["id"]})).status_code == 200
    assert (await api.delete(url)).status_code == 204
    assert (await api.get(url)).status_code == 404
    assert (await api.delete(f"{STATUSES}/{first[1]['id']}")).status_code == 422  # the account began with it
    assert (await api.patch(f"{STATUSES}/{first[1]['id']}", json={"color": "red"})).json()["color"] == "#fff000"
    anna = await client_of("anna")
    assert (await anna.post(STATUSES, json=[{"name": "x"}])).status_code == 403
    assert (await anna.patch("/api/v4/customers/mode", json=mode)).status_code == 403
    off = await api.patch("/api/v4/customers/mode", json={"mode": "segments", "is_enabled": False})
    assert off.status_code == 200
    assert (await api.get("/api/v4/customers")).status_code == 422
    assert (await api.patch("/api/v4/customers/mode", json=mode)).status_code == 200
    assert len((await api.get(STATUSES)).json()["_embedded"]["statuses"]) == 6, "four, and the last two"
