"""Pipelines and statuses are made, changed and taken away over the API; what stands in them is never lost."""

from __future__ import annotations

from typing import Any

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions import pipelines as actions
from trubka.db import Db
from trubka.rules import pipelines as rules

__all__ = ["neighbours"]

PIPELINES = "/api/v4/leads/pipelines"


async def all_of(api: Client) -> list[dict[str, Any]]:
    return (await api.get(PIPELINES)).json()["_embedded"]["pipelines"]


async def steps(api: Client, pipeline: int) -> list[tuple[str, int]]:
    statuses = (await api.get(f"{PIPELINES}/{pipeline}/statuses")).json()["_embedded"]["statuses"]
    return [(each["name"], each["sort"]) for each in statuses if each["is_editable"]]


async def test_a_pipeline_comes_changes_and_goes(api: Client, client_of: ClientOf, cast: Cast, db: Db):
    (first,) = await all_of(api)
    new = {
        "name": "Repeat sales",
        "sort": 20,
        "is_main": False,
        "is_unsorted_on": False,
        "request_id": "a",
        "_embedded": {
            "statuses": [
                {"id": 142, "name": "Sold again"},
                {"name": "Second", "sort": 200, "color": "#fffeb2"},
                {"name": "First", "sort": 100, "color": "#D6EAFF"},
            ]
        },
    }
    answer = await api.post(PIPELINES, json=[new, {"name": "Plain"}])
    assert answer.status_code == 200, answer.text
    repeat, plain = answer.json()["_embedded"]["pipelines"]
    told = [(s["name"], s["sort"], s["color"], s["type"]) for s in repeat["_embedded"]["statuses"]]
    assert told == [
        ("First", 20, "#d6eaff", 0),
        ("Second", 30, "#fffeb2", 0),
        ("Sold again", 10_000, "#CCFF66", 0),
        ("Lost", 11_000, "#D5D8DB", 0),
    ]
    assert (repeat["request_id"], repeat["sort"], repeat["is_main"], repeat["is_unsorted_on"]) == (
        "a",
        20,
        False,
        False,
    )
    assert (plain["request_id"], plain["is_unsorted_on"], plain["sort"]) == ("1", True, 3)
    assert [s["name"] for s in plain["_embedded"]["statuses"]] == [s["name"] for s in first["_embedded"]["statuses"]]
    assert {k: v for k, v in repeat.items() if k != "request_id"} in await all_of(api)

    url = f"{PIPELINES}/{repeat['id']}"
    changed = await api.patch(url, json={"name": "Again", "is_main": True, "is_unsorted_on": True, "request_id": "x"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["is_main"], changed.json()["request_id"]) == ("Again", True, "x")
    assert changed.json()["_embedded"]["statuses"][0]["type"] == 1, "its unsorted is there again"
    assert [each["id"] for each in await all_of(api) if each["is_main"]] == [repeat["id"]]
    refused = await api.patch(url, json={"is_main": False})
    assert (refused.status_code, "main" in refused.json()["detail"]) == (422, True)

    (lead,) = await made(api, "leads", {"name": "L"})  # stands in the main one
    assert (await api.get(f"/api/v4/leads/{lead}")).json()["pipeline_id"] == repeat["id"]
    refused = await api.delete(url)
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "Leads stand in this pipeline: move them to another one first.",
    )
    await db.run("update leads set is_deleted = true where account_id = $1 and id = $2", cast.account_id, lead)
    assert (await api.delete(url)).status_code == 204, "the bin does not keep it"
    assert (await api.get(url)).status_code == 404
    assert [each["id"] for each in await all_of(api) if each["is_main"]] == [first["id"]]
    assert (
        await db.value("select pipeline_id from leads where account_id = $1 and id = $2", cast.account_id, lead)
        == (first["id"])
    )
    assert (await api.delete(f"{PIPELINES}/{plain['id']}")).status_code == 204
    refused = await api.delete(f"{PIPELINES}/{first['id']}")
    assert (refused.status_code, refused.json()["detail"]) == (422, "The last pipeline stays.")
    told_of = await db.rows(
        "select fact ->> 'what' as what from facts where account_id = $1 and fact ->> 'fact' = 'account_changed'",
        cast.account_id,
    )
    assert [row["what"] for row in told_of] == ["pipelines"] * 5


async def test_steps_are_put_in_order(api: Client, cast: Cast):
    (first,) = await all_of(api)
    url = f"{PIPELINES}/{first['id']}/statuses"
    answer = await api.post(url, json=[{"name": "Call", "sort": 25, "request_id": "a"}, {"name": "Deliver"}])
    assert answer.status_code == 200, answer.text
    call, deliver = answer.json()["_embedded"]["statuses"]
    assert (call["request_id"], call["sort"], call["color"], call["is_editable"]) == ("a", 30, "#fffeb2", True)
    assert (deliver["request_id"], deliver["sort"]) == ("1", 70)
    began = [("First contact", 20), ("Call", 30), ("Negotiation", 40), ("Decision", 50), ("Contract", 60)]
    assert await steps(api, first["id"]) == [*began, ("Deliver", 70)]
    moved = await api.patch(f"{url}/{deliver['id']}", json={"sort": 15, "color": "#87F2C0", "name": "Bring"})
    assert (moved.json()["sort"], moved.json()["color"], moved.json()["name"]) == (20, "#87f2c0", "Bring")
    assert (await steps(api, first["id"]))[:2] == [("Bring", 20), ("First contact", 30)]
    won = await api.patch(f"{url}/142", json={"name": "Hooray", "sort": 5, "color": "#98cbff"})
    assert (won.json()["name"], won.json()["sort"], won.json()["color"]) == ("Hooray", 10_000, "#CCFF66")
    unsorted = next(each for each in first["_embedded"]["statuses"] if each["type"] == 1)
    read = {key: unsorted[key] for key in ("name", "sort", "color")}
    back = await api.patch(f"{url}/{unsorted['id']}", json=read)
    assert (back.status_code, {key: back.json().get(key) for key in read}) == (200, read), "as it was read"
    kept = await api.patch(f"{url}/{deliver['id']}", json={"color": ""})
    assert kept.json()["color"] == "#87f2c0", "no colour is no wish"
    for given, path in (({"color": "red"}, "color"), ({"name": " "}, "name")):
        refused = await api.patch(f"{url}/{deliver['id']}", json=given)
        assert (refused.status_code, refused.json()["validation-errors"][0]["errors"][0]["path"]) == (400, path)
    bad = {"name": "P", "_embedded": {"statuses": [{"name": "S", "color": "red"}, {"sort": 5}]}}
    refused = await api.post(PIPELINES, json=[{"name": "Good"}, bad])
    assert [each["path"] for each in refused.json()["validation-errors"][0]["errors"]] == [
        "_embedded.statuses.0.color",
        "_embedded.statuses.1.name",
    ]
    assert len(await all_of(api)) == 1, "nothing of a batch that is refused"


async def test_the_leads_of_a_step_that_goes(api: Client, cast: Cast, db: Db):
    (first,) = await all_of(api)
    ids = {each["name"]: each["id"] for each in first["_embedded"]["statuses"]}
    url = f"{PIPELINES}/{first['id']}/statuses"
    leads = await made(api, "leads", *({"name": f"L{n}", "status_id": ids["Decision"]} for n in range(3)))
    await api.delete(f"/api/v4/leads/{leads[2]}")
    await db.run("update leads set is_deleted = true where account_id = $1 and id = $2", cast.account_id, leads[2])
    assert (await api.delete(f"{url}/{ids['Decision']}")).status_code == 204
    assert await steps(api, first["id"]) == [("First contact", 20), ("Negotiation", 30), ("Contract", 40)]
    for lead in leads[:2]:
        assert (await api.get(f"/api/v4/leads/{lead}")).json()["status_id"] == ids["First contact"]
        log = (await api.get(f"/api/v4/events?filter[entity]=lead&filter[entity_id]={lead}")).json()["_embedded"]
        moved = next(each for each in log["events"] if each["type"] == "lead_status_changed")
        assert moved["value_before"][0]["lead_status"]["id"] == ids["Decision"]
    told = await db.rows(
        "select (fact ->> 'id')::int8 as id from facts where account_id = $1 and fact ->> 'fact' = 'lead_moved'",
        cast.account_id,
    )
    assert [row["id"] for row in told] == leads[:2]
    for system in (ids["Incoming leads"], 142, 143):
        refused = await api.delete(f"{url}/{system}")
        assert (refused.status_code, refused.json()["detail"]) == (
            422,
            "This status belongs to every pipeline and stays.",
        )
    assert (await api.delete(f"{url}/{ids['Negotiation']}")).status_code == 204
    assert (await api.delete(f"{url}/{ids['First contact']}")).status_code == 204
    assert (await api.get(f"/api/v4/leads/{leads[0]}")).json()["status_id"] == ids["Contract"]
    refused = await api.delete(f"{url}/{ids['Contract']}")
    assert (refused.status_code, refused.json()["detail"]) == (422, "A pipeline keeps at least one step.")


async def test_a_bin_of_any_size_keeps_nothing(api: Client, cast: Cast, monkeypatch: Any, db: Db):
    """Nobody sees it, so nobody could move it first."""
    monkeypatch.setattr(actions, "MOST_MOVED", 2)
    (first,) = await all_of(api)
    (other,) = (await api.post(PIPELINES, json=[{"name": "P"}])).json()["_embedded"]["pipelines"]
    ids = {each["name"]: each["id"] for each in other["_embedded"]["statuses"]}
    stands = {"pipeline_id": other["id"], "status_id": ids["Decision"]}
    leads = await made(api, "leads", *({"name": "L", **stands} for _ in range(7)))
    bin_, live = leads[:5], leads[5:]
    await db.run(
        "update leads set is_deleted = true where account_id = $1 and id = any($2::int8[])", cast.account_id, bin_
    )

    async def places(of: list[int]) -> set[tuple[int, int]]:
        rows = await db.rows(
            "select pipeline_id, status_id from leads where account_id = $1 and id = any($2::int8[])",
            cast.account_id,
            of,
        )
        return {(row["pipeline_id"], row["status_id"]) for row in rows}

    url = f"{PIPELINES}/{other['id']}"
    monkeypatch.setattr(actions, "MOST_PORTIONS", 2)
    unfinished = await api.delete(f"{url}/statuses/{ids['Decision']}")
    assert (unfinished.status_code, await places(live)) == (503, {(other["id"], ids["Decision"])})
    assert (await api.delete(f"{url}/statuses/{ids['Decision']}")).status_code == 204, "it goes on"
    assert await places(leads) == {(other["id"], ids["First contact"])}
    log = await db.value(
        "select count(*) from facts where account_id = $1 and fact ->> 'fact' = 'lead_moved'", cast.account_id
    )
    assert log == len(live), "of the bin nothing is told"

    await db.run(
        "update leads set is_deleted = true where account_id = $1 and pipeline_id = $2", cast.account_id, other["id"]
    )
    monkeypatch.setattr(actions, "MOST_PORTIONS", 4)
    assert (await api.delete(url)).status_code == 204
    begins = next(each["id"] for each in first["_embedded"]["statuses"] if each["is_editable"])
    assert await places(leads) == {(first["id"], begins)}


async def test_limits_and_rights(api: Client, client_of: ClientOf, cast: Cast, monkeypatch: Any, db: Db):
    (first,) = await all_of(api)
    url = f"{PIPELINES}/{first['id']}"
    decision = next(each["id"] for each in first["_embedded"]["statuses"] if each["name"] == "Decision")
    assert (await api.post(PIPELINES, json=[{"name": "P"}] * rules.MOST_PIPELINES)).status_code == 422
    assert (await api.post(f"{url}/statuses", json=[{"name": "S"}] * 94)).status_code == 422
    many = {"name": "P", "_embedded": {"statuses": [{"name": "S"}] * 98}}
    assert (await api.post(PIPELINES, json=[many])).status_code == 422
    assert (len(await all_of(api)), len(await steps(api, first["id"]))) == (1, 4)
    monkeypatch.setattr(actions, "MOST_MOVED", 1)
    await made(api, "leads", *({"name": "L", "status_id": decision} for _ in range(2)))
    refused = await api.delete(f"{url}/statuses/{decision}")
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "More than 1 leads stand in this step: move them first.",
    )
    for path in (f"{PIPELINES}/1", f"{PIPELINES}/1/statuses/142", f"{url}/statuses/1"):
        assert (await api.delete(path)).status_code == 404
        assert (await api.patch(path, json={"name": "x"})).status_code == 404
    assert (await api.post(f"{PIPELINES}/1/statuses", json=[{"name": "x"}])).status_code == 404
    anna, stranger = await client_of("anna"), await client_of("stranger")
    for ask in (anna.post(PIPELINES, json=[{"name": "x"}]), anna.patch(url, json={"name": "x"}), anna.delete(url)):
        assert (await ask).status_code == 403
    for ask in (stranger.patch(url, json={"name": "x"}), stranger.delete(f"{url}/statuses/{decision}")):
        assert (await ask).status_code == 404
    assert await all_of(anna) == [first]
