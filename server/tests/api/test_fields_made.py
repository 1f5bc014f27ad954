"""Custom fields are made, changed and taken away over the API, and what cards have in them is told of before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions import custom_fields as actions
from trubka.api import known
from trubka.api.asked import Site
from trubka.db import Db, facts
from trubka.rules.custom_fields import TYPES
from trubka.rules.facts import AccountChanged
from trubka.rules.fields import CHOICES

__all__ = ["neighbours"]

SignedIn = Callable[..., Awaitable[httpx.AsyncClient]]
KINDS = ("contacts", "companies", "leads", "customers")
SOON = 20.0  # seconds


def path(kind: str, field: int | str = "") -> str:
    return f"/api/v4/{kind}/custom_fields" + (f"/{field}" if field else "")


async def make(api: Client, kind: str, *fields: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.post(path(kind), json=list(fields))
    assert answer.status_code == 201, answer.text
    return answer.json()["_embedded"]["custom_fields"]


async def flaws(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [flaw["path"] for item in answer.json()["validation-errors"] for flaw in item["errors"]]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_type_can_be_made(api: Client, kind: str):
    wishes = [
        {"name": f"A {type_}", "type": type_, "request_id": type_}
        | ({"enums": [{"value": "One", "sort": 1}, {"value": "Two", "code": "TWO"}]} if type_ in CHOICES else {})
        for type_ in sorted(TYPES)
    ]
    fields = await make(api, kind, *wishes)
    assert [field["request_id"] for field in fields] == sorted(TYPES)
    for field in fields:
        told = {key: value for key, value in field.items() if key != "request_id"}
        assert (await api.get(path(kind, field["id"]))).json() == told
        assert (field["entity_type"], field["is_deletable"], bool(field["enums"])) == (
            kind,
            True,
            field["type"] in (*CHOICES, "smart_address"),
        )
    by_type = {field["type"]: field for field in fields}
    enums = by_type["select"]["enums"]
    assert [(each["value"], each["sort"], each.get("code")) for each in enums] == [("One", 1, None), ("Two", 10, "TWO")]
    assert len({each["id"] for name in CHOICES for each in by_type[name]["enums"]}) == 2 * len(CHOICES)
    assert [each["id"] for each in by_type["smart_address"]["enums"]] == [1, 2, 3, 4, 5, 6]
    assert (by_type["monetary"]["currency"], by_type["birthday"]["remind"]) == ("RUB", "never")
    # In a card at once: the same process has forgotten what it knew.
    given = [{"field_id": by_type["select"]["id"], "values": [{"value": "Two"}]}]
    (card,) = await made(api, kind, {"name": "C", "custom_fields_values": given})
    read = (await api.get(f"/api/v4/{kind}/{card}")).json()["custom_fields_values"]
    assert read[0]["values"] == [{"value": "Two", "enum_id": enums[1]["id"], "enum_code": "TWO"}]


async def test_a_field_changes(api: Client, cast: Cast, db: Db):
    (field,) = await make(
        api, "leads", {"name": "Colour", "type": "select", "code": "C", "enums": [{"value": "Red"}, {"value": "Blue"}]}
    )
    red, blue = field["enums"]
    given = [{"field_id": field["id"], "values": [{"enum_id": red["id"]}]}]
    (lead,) = await made(api, "leads", {"name": "L", "custom_fields_values": given})
    back = {key: value for key, value in field.items() if key not in ("request_id", "_links")}
    same = await api.patch(path("leads", field["id"]), json=back)
    assert same.status_code == 201, same.text
    assert {key: same.json()[key] for key in back} == back, "what comes back as it was read changes nothing"
    change = {
        "name": "Shade",
        "sort": 7,
        "is_required": True,
        "is_visible": False,
        "is_api_only": True,
        "enums": [{"value": "Green", "sort": 3}, {**blue, "sort": 1}, {**red, "value": "Crimson", "sort": 2}],
    }
    changed = (await api.patch(path("leads", field["id"]), json=change)).json()
    assert (changed["name"], changed["sort"], changed["is_required"], changed["is_visible"]) == (
        "Shade",
        7,
        True,
        False,
    )
    assert [each["value"] for each in changed["enums"]] == ["Blue", "Crimson", "Green"]
    assert [each["id"] for each in changed["enums"]][:2] == [blue["id"], red["id"]]
    read = (await api.get(f"/api/v4/leads/{lead}")).json()["custom_fields_values"][0]
    assert (read["field_name"], read["values"][0]["value"]) == ("Shade", "Crimson")
    batch = await api.patch(path("leads"), json=[{"id": field["id"], "name": "Hue", "request_id": "q"}])
    assert batch.status_code == 201, batch.text
    (told,) = batch.json()["_embedded"]["custom_fields"]
    assert (told["name"], told["request_id"], len(told["enums"])) == ("Hue", "q", 3)
    url = path("leads", field["id"])
    wrongs: list[tuple[dict[str, Any], list[str]]] = [
        ({"type": "text"}, ["type"]),
        ({"enums": []}, ["enums"]),
        ({"enums": [{"id": 1, "value": "x"}]}, ["enums.0.id"]),
        ({"enums": [{"value": "x"}, {"value": "x"}]}, ["enums.1.value"]),
        ({"code": "PHONE"}, ["code"]),
        ({"name": ""}, ["name"]),
    ]
    for wrong, expected in wrongs:
        assert await flaws(await api.patch(url, json=wrong)) == expected, wrong
    assert await flaws(await api.patch(path("leads"), json=[{"id": 1, "name": "x"}])) == ["id"]
    assert (await api.patch(path("contacts", field["id"]), json={"name": "x"})).status_code == 404
    facts_told = await db.value(
        "select count(*) from facts where account_id = $1 and fact ->> 'what' = 'fields'", cast.account_id
    )
    assert facts_told == 4


async def test_what_is_wrong_with_a_new_one(api: Client):
    for wrong, expected in (
        ({"name": "A", "type": "multitext"}, ["type"]),
        ({"name": "A", "type": "select"}, ["enums"]),
        ({"name": "A"}, ["type"]),
        ({"name": "A", "type": "birthday", "remind": "hour"}, ["remind"]),
        ({"name": "A", "type": "monetary", "currency": "рубль"}, ["currency"]),
        ({"name": "A", "type": "text", "code": "PHONE"}, ["code"]),
    ):
        assert await flaws(await api.post(path("contacts"), json=[wrong])) == expected, wrong
    two = [{"name": "A", "type": "text", "code": "X"}, {"name": "B", "type": "text", "code": "X", "request_id": "b"}]
    answer = await api.post(path("contacts"), json=two)
    assert (await flaws(answer), answer.json()["validation-errors"][0]["request_id"]) == (["code"], "b")


async def test_numbers_and_codes_stay_apart(api: Client):
    copied = {"type": "select", "enums": [{"id": -5, "value": "Red"}, {"id": 142, "value": "Blue"}]}
    one, two = await make(api, "leads", {"name": "A", "code": "A", **copied}, {"name": "B", **copied})
    ids = [each["id"] for field in (one, two) for each in field["enums"]]
    assert (len(set(ids)), {-5, 142} & set(ids)) == (4, set()), "numbers of its own"
    same = [{"id": one["id"], "code": "NEW"}, {"id": two["id"], "code": "NEW", "request_id": "b"}]
    answer = await api.patch(path("leads"), json=same)
    assert (await flaws(answer), answer.json()["validation-errors"][0]["request_id"]) == (["code"], "b")
    twice = [{"id": one["id"], "name": "First"}, {"id": one["id"], "sort": 9, "request_id": "b"}]
    answer = await api.patch(path("leads"), json=twice)
    assert (await flaws(answer), answer.json()["validation-errors"][0]["request_id"]) == (["id"], "b")
    red = {"id": one["enums"][0]["id"]}
    enums = [{**red, "value": "Red"}, {**red, "value": "Scarlet"}]
    assert await flaws(await api.patch(path("leads", one["id"]), json={"enums": enums})) == ["enums.1.id"]
    left = (await api.get(path("leads", one["id"]))).json()
    assert (left["name"], left["code"], left["enums"]) == ("A", "A", one["enums"]), "nothing of what was refused"
    back = [{"id": field["id"], "code": field["code"]} for field in (one, two)]
    assert (await api.patch(path("leads"), json=back)).status_code == 201


async def test_a_field_goes(api: Client, client_of: ClientOf, signed_in: SignedIn, cast: Cast, db: Db):
    text, choice, object_ = await make(
        api,
        "contacts",
        {"name": "Text", "type": "text"},
        {"name": "List", "type": "multiselect", "enums": [{"value": "One"}, {"value": "Two"}]},
        {"name": "Firm", "type": "legal_entity"},
    )
    one, two = choice["enums"]
    values = [
        {"field_id": text["id"], "values": [{"value": "x"}]},
        {"field_id": choice["id"], "values": [{"enum_id": one["id"]}, {"enum_id": two["id"]}]},
        {"field_id": object_["id"], "values": [{"value": {"name": "Firm"}}]},
    ]
    both = [{"name": "A", "custom_fields_values": values}, {"name": "B", "custom_fields_values": values[:1]}]
    card, other = await made(api, "contacts", *both)
    olga = await signed_in("olga")

    async def used(field: dict[str, Any], query: str = "") -> int:
        answer = await olga.get(f"/desk/fields/contacts/{field['id']}{query}")
        assert (answer.status_code, answer.json()["more"]) == (200, False), answer.text
        return answer.json()["cards"]

    assert [await used(each) for each in (text, choice, object_)] == [2, 1, 1]
    assert await used(choice, f"?enum={two['id']}") == 1
    assert (await olga.get("/desk/fields/leads/1")).status_code == 404
    assert (await (await signed_in("anna")).get(f"/desk/fields/contacts/{text['id']}")).status_code == 403

    assert (await api.delete(path("contacts", text["id"]))).status_code == 204
    assert (await api.get(path("contacts", text["id"]))).status_code == 404
    assert (await api.delete(path("contacts", text["id"]))).status_code == 404
    left = (await api.get(f"/api/v4/contacts/{card}")).json()["custom_fields_values"]
    assert {each["field_id"] for each in left} == {choice["id"], object_["id"]}
    assert (await api.get(f"/api/v4/contacts/{other}")).json()["custom_fields_values"] is None
    assert (await api.patch(f"/api/v4/contacts/{card}", json={"name": "Still there"})).status_code == 200
    # A value that is taken out of its list stays in the cards that have it.
    assert (await api.patch(path("contacts", choice["id"]), json={"enums": [one]})).status_code == 201
    left = (await api.get(f"/api/v4/contacts/{card}")).json()["custom_fields_values"]
    kept = next(each for each in left if each["field_id"] == choice["id"])
    assert [each["value"] for each in kept["values"]] == ["One", "Two"]


async def test_the_systems_fields_stay(api: Client):
    listed = (await api.get(path("contacts"))).json()["_embedded"]["custom_fields"]
    phone = next(each for each in listed if each["code"] == "PHONE")
    refused = await api.delete(path("contacts", phone["id"]))
    assert (refused.status_code, refused.json()["detail"]) == (422, "This field belongs to the system and stays.")
    renamed = await api.patch(path("companies", phone["id"]), json={"name": "Tel", "enums": phone["enums"]})
    assert renamed.status_code == 201, renamed.text
    assert (await api.get(path("contacts", phone["id"]))).json()["name"] == "Tel", "one field of both"
    assert await flaws(await api.patch(path("contacts", phone["id"]), json={"enums": phone["enums"][:2]})) == ["enums"]
    assert await flaws(await api.patch(path("contacts", phone["id"]), json={"code": "TEL"})) == ["code"]


async def test_limits_and_rights(api: Client, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "MOST_FIELDS", 6)
    (field,) = await make(api, "contacts", {"name": "A", "type": "text"})
    assert (await api.post(path("contacts"), json=[{"name": "B", "type": "text"}] * 2)).status_code == 422
    many = {"name": "B", "type": "select", "enums": [{"value": str(n)} for n in range(501)]}
    assert await flaws(await api.post(path("leads"), json=[many])) == ["enums"]
    anna, stranger = await client_of("anna"), await client_of("stranger")
    url = path("contacts", field["id"])
    for ask in (anna.post(path("contacts"), json=[]), anna.patch(url, json={"name": "x"}), anna.delete(url)):
        assert (await ask).status_code == 403
    for ask in (stranger.patch(url, json={"name": "x"}), stranger.delete(url)):
        assert (await ask).status_code == 404
    assert (await anna.get(url)).json()["name"] == "A"


async def test_a_change_elsewhere_is_known_when_it_is_told(
    api: Client, site: Site, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
):
    """A browser that hears of it asks at once: the process may not answer from what it remembers."""
    monkeypatch.setattr(known, "FRESH_SECONDS", 3600.0)
    assert len((await site.known.account(cast.account_id)).fields) == 6
    running = asyncio.create_task(site.hub.run())
    try:
        listening = time.monotonic() + SOON
        count = 6
        while count == 6 and time.monotonic() < listening:
            # Told again until the hub reads: it may not have begun.
            async with db.transaction() as tx:
                await tx.run(
                    "insert into custom_fields (account_id, entities, name, type) values ($1, '{1}', 'New', 'text')",
                    cast.account_id,
                )
                await facts.record(tx, cast.account_id, [], [AccountChanged(0, 0, "fields")])
            await asyncio.sleep(0.1)
            count = len((await site.known.account(cast.account_id)).fields)
        assert count > 6
    finally:
        running.cancel()
        # It uses the pool, which closes after this.
        await asyncio.gather(running, return_exceptions=True)
