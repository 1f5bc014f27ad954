"""One card as our own browser asks for it, and changes that overwrite nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.test_notes import card
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db


async def whole(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"/desk/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def field_of(client: httpx.AsyncClient, kind: str, code: str) -> int:
    fields = (await client.get(f"/api/v4/{kind}/custom_fields")).json()["_embedded"]["custom_fields"]
    return next(each["id"] for each in fields if each["code"] == code)


async def test_a_card_comes_with_what_it_is_bound_to(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    phone = [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}]
    ivan = await card(api, name="Ivan", responsible_user_id=cast.anna, custom_fields_values=phone)
    hidden = await card(api, name="Hidden", responsible_user_id=cast.clara)
    both = [{"id": ivan}, {"id": hidden}]
    boat = await card(api, "leads", name="Boat", price=5, responsible_user_id=cast.anna, _embedded={"contacts": both})
    told = await whole(await signed_in("olga"), f"leads/{boat}")
    assert (told["card"]["id"], told["card"]["price"], told["may"]) == (boat, 5, {"edit": True})
    contacts = told["bound"]["contacts"]
    assert [(each["name"], each["is_main"], each["phone"]) for each in contacts["cards"]] == [
        ("Ivan", True, "+79990001122"),
        ("Hidden", False, None),
    ]
    assert (contacts["count"], told["bound"]["companies"]) == (2, {"cards": [], "count": 0})
    anna = await signed_in("anna")
    assert [each["id"] for each in (await whole(anna, f"leads/{boat}"))["bound"]["contacts"]["cards"]] == [ivan]
    bound = (await whole(anna, f"contacts/{ivan}"))["bound"]
    assert [(each["id"], each["price"]) for each in bound["leads"]["cards"]] == [(boat, 5)]
    assert set(bound) == {"companies", "leads", "customers"}
    assert (await whole(await signed_in("boris"), f"leads/{boat}"))["may"] == {"edit": False}
    assert (await anna.get(f"/desk/contacts/{hidden}")).status_code == 404
    assert (await (await signed_in("clara")).get(f"/desk/leads/{boat}")).status_code == 404
    assert (await (await client_of(None)).get(f"/desk/leads/{boat}")).status_code == 401


@pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers"])
async def test_each_kind_has_its_page(client_of: ClientOf, signed_in: Visitor, kind: str):
    made = await card(await client_of("olga"), kind)
    olga = await signed_in("olga")
    assert (await whole(olga, f"{kind}/{made}"))["card"]["name"] == "Card"
    changed = await olga.patch(f"/desk/{kind}/{made}", json={"change": {"name": "Other"}, "seen": {"name": "Card"}})
    assert changed.status_code == 200, changed.text
    assert changed.json()["card"]["name"] == "Other"


async def test_nothing_is_overwritten_that_was_changed_meanwhile(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    ivan = await card(await client_of("olga"), name="Ivan", responsible_user_id=cast.anna)
    olga, anna = await signed_in("olga"), await signed_in("anna")
    phone = await field_of(olga, "contacts", "PHONE")
    path = f"/desk/contacts/{ivan}"
    numbers = [{"field_id": phone, "values": [{"value": "+79990001122", "enum_code": "MOB"}]}]
    unseen: dict[str, Any] = {"fields": {phone: None}}
    first = await anna.patch(path, json={"change": {"custom_fields_values": numbers}, "seen": unseen})
    assert first.status_code == 200, first.text
    kept = first.json()["card"]["custom_fields_values"][0]["values"]

    # Another field of the same card is nobody's loss; the same one is.
    other = await olga.patch(path, json={"change": {"name": "Ivan S."}, "seen": {"name": "Ivan"}})
    assert other.status_code == 200, other.text
    none: dict[str, Any] = {"custom_fields_values": [{"field_id": phone, "values": []}]}
    refused = await olga.patch(path, json={"change": none, "seen": unseen})
    assert (refused.status_code, refused.json()["detail"]) == (409, "Somebody has changed this meanwhile.")
    assert (await whole(olga, f"contacts/{ivan}"))["card"]["custom_fields_values"][0]["values"] == kept

    # Whoever has seen it may.
    seen = await olga.patch(path, json={"change": none, "seen": {"fields": {phone: kept}}})
    assert seen.status_code == 200, seen.text
    assert seen.json()["card"]["custom_fields_values"] is None
    assert seen.json()["card"]["name"] == "Ivan S."


async def test_a_wrong_change_says_where(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    boat = await card(await client_of("olga"), "leads", responsible_user_id=cast.anna)
    anna, boris, clara = [await signed_in(name) for name in ("anna", "boris", "clara")]
    wrong = await anna.patch(f"/desk/leads/{boat}", json={"change": {"status_id": 1}})
    assert wrong.status_code == 400
    assert wrong.json()["validation-errors"][0]["errors"][0]["path"] == "status_id"
    wrong = await anna.patch(f"/desk/leads/{boat}", json={"change": {"price": "much"}})
    assert wrong.json()["validation-errors"][0]["errors"][0]["path"] == "price"
    change = {"change": {"name": "Mine"}}
    assert (await boris.patch(f"/desk/leads/{boat}", json=change)).status_code == 403
    assert (await clara.patch(f"/desk/leads/{boat}", json=change)).status_code == 400
    stranger = await signed_in(email="olga@other.example", host="other.example")
    assert (await stranger.get(f"/desk/leads/{boat}")).status_code == 404
    assert (await stranger.patch(f"/desk/leads/{boat}", json=change)).status_code == 400


async def test_what_one_chooses_from(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    await db.run(
        "insert into loss_reasons (account_id, name, created_at, updated_at) values ($1, 'Too dear', 0, 0)",
        cast.account_id,
    )
    told = await whole(await signed_in("anna"), "choices")
    assert [each["name"] for each in told["task_types"]] == ["Follow up", "Meeting"]
    assert "Too dear" in [each["name"] for each in told["loss_reasons"]]
    assert told["may_add"] == ["contacts", "leads", "companies", "customers"]
    assert (await whole(await signed_in("clara"), "choices"))["may_add"] == []
