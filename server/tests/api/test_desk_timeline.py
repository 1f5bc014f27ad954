"""The timeline of a card: what stands in it, in which order, and who sees how much of it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.conftest import Visitor
from tests.api.test_calls import NUMBER, call, contact, logged
from tests.api.test_notes import card
from tests.api.test_tasks import task
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db

AT = 1760000000


async def page(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"/desk/{path}/timeline", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(client: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    """What stands there, in words."""
    return [word(item) for item in (await page(client, path, **query))["items"]]


def word(item: Any) -> str:
    match item["kind"]:
        case "note":
            return item["note"]["params"]["text"]
        case "task":
            return f"{item['task']['text']}: {item['task']['result']}"
        case "call":
            return f"call of {item['call']['talk_seconds']} s"
        case "change":
            return item["change"]["type"]
        case kind:
            return kind


async def note(api: Any, path: str, text: str, at: int) -> int:
    body = [{"note_type": "common", "params": {"text": text}, "created_at": at}]
    made = await api.post(f"/api/v4/{path}/notes", json=body)
    assert made.status_code == 200, made.text
    return made.json()["_embedded"]["notes"][0]["id"]


async def story(api: Any, cast: Cast) -> int:
    """A contact of Anna's to whom things happen, one after another."""
    ivan = await contact(api, responsible_user_id=cast.anna, created_at=AT)
    await note(api, f"contacts/{ivan}", "first", AT + 10)
    await logged(api, call(created_at=AT + 20, duration=7, call_responsible=cast.anna))
    about = {"entity_id": ivan, "entity_type": "contacts", "responsible_user_id": cast.anna}
    done = await task(api, text="Call back", **about)
    await task(api, text="Still open", **about)
    body = {"is_completed": True, "result": {"text": "agreed"}, "updated_at": AT + 30}
    assert (await api.patch(f"/api/v4/tasks/{done}", json=body)).status_code == 200
    await note(api, f"contacts/{ivan}", "last", AT + 40)
    return ivan


async def test_everything_stands_in_its_order(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    ivan = await story(api, cast)
    await db.run("update tasks set updated_at = $1 where is_completed", AT + 30)
    olga = await signed_in("olga")
    whole = ["last", "Call back: agreed", "call of 7 s", "first", "contact_added"]
    path = f"contacts/{ivan}"
    assert await told(olga, path) == whole
    for kinds, found in (
        ("calls", ["call of 7 s"]),
        ("notes", ["last", "first"]),
        ("tasks", ["Call back: agreed"]),
        ("changes", ["contact_added"]),
        ("notes,changes", ["last", "first", "contact_added"]),
        ("nothing", []),
    ):
        assert await told(olga, path, **{"kinds[]": kinds.split(",")}) == found, kinds

    # Page after page is the same.
    items: list[Any] = []
    after = None
    while True:
        part = await page(olga, path, limit=2, **({} if after is None else {"after": after}))
        items += part["items"]
        if (after := part["after"]) is None:
            break
    assert [word(item) for item in items] == whole
    assert len({item["key"] for item in items}) == len(whole)
    assert (await olga.get(f"/desk/{path}/timeline", params={"after": "soon"})).status_code == 400


async def test_changes_say_what_was_and_what_is(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    ivan = await card(api, name="Ivan", responsible_user_id=cast.anna)
    works = await card(api, "companies", name="Works", responsible_user_id=cast.anna)
    hidden = await card(api, "leads", name="Hidden", responsible_user_id=cast.clara)
    await api.patch(f"/api/v4/contacts/{ivan}", json={"name": "Ivan S.", "tags_to_add": [{"name": "VIP"}]})
    for kind, card_id in (("companies", works), ("leads", hidden)):
        body = [{"to_entity_id": card_id, "to_entity_type": kind}]
        assert (await api.post(f"/api/v4/contacts/{ivan}/link", json=body)).status_code == 200
    items = (await page(await signed_in("olga"), f"contacts/{ivan}"))["items"]
    changes = {item["change"]["type"]: item["change"] for item in items}
    assert changes["name_field_changed"]["value_before"] == [{"name_field_value": {"name": "Ivan"}}]
    assert changes["name_field_changed"]["value_after"] == [{"name_field_value": {"name": "Ivan S."}}]
    assert changes["name_field_changed"]["by"] == cast.olga
    assert changes["company_linked"]["card"] == {"entity": "companies", "id": works, "name": "Works"}
    assert changes["lead_linked"]["card"] == {"entity": "leads", "id": hidden, "name": "Hidden"}
    seen = (await page(await signed_in("anna"), f"contacts/{ivan}"))["items"]
    assert "lead_linked" not in {item["change"]["type"] for item in seen}
    assert "company_linked" in {item["change"]["type"] for item in seen}


async def test_pinned_notes_stand_above(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    ivan = await card(api, responsible_user_id=cast.anna)
    first = await note(api, f"contacts/{ivan}", "first", AT)
    await note(api, f"contacts/{ivan}", "second", AT + 1)
    assert (await api.post(f"/api/v4/contacts/notes/{first}/pin")).status_code == 204
    anna = await signed_in("anna")
    whole = await page(anna, f"contacts/{ivan}", limit=2)
    assert [word(item) for item in whole["pinned"]] == ["first"]
    assert "first" in await told(anna, f"contacts/{ivan}")
    rest = await page(anna, f"contacts/{ivan}", after=whole["after"])
    assert rest["pinned"] == []
    assert (await page(anna, f"contacts/{ivan}", kinds="calls"))["pinned"] == []


async def test_who_sees_how_much(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    ivan = await story(api, cast)
    about = {"entity_id": ivan, "entity_type": "contacts", "responsible_user_id": cast.olga}
    await task(api, text="Olga's own", is_completed=True, **about)
    path = f"contacts/{ivan}"
    assert "Olga's own: None" in await told(await signed_in("olga"), path)
    assert "Olga's own: None" not in await told(await signed_in("anna"), path)
    assert await told(await signed_in("boris"), path, kinds="tasks") == []
    for refused in (
        await signed_in("clara"),
        await signed_in(email="olga@other.example", host="other.example"),
    ):
        assert (await refused.get(f"/desk/{path}/timeline")).status_code == 404
    assert (await (await client_of(None)).get(f"/desk/{path}/timeline")).status_code == 401


async def test_a_talk_stands_with_the_contact_too_when_it_is_the_leads(
    client_of: ClientOf, signed_in: Visitor, cast: Cast
):
    """The rule puts it on the one active lead; whoever looks at the contact wants to know that they talked."""
    api = await client_of("olga")
    ivan = await contact(api, responsible_user_id=cast.anna)
    lead = await card(api, "leads", responsible_user_id=cast.clara, _embedded={"contacts": [{"id": ivan}]})
    await logged(api, call(created_at=AT, duration=7, call_responsible=cast.olga))
    olga, anna = await signed_in("olga"), await signed_in("anna")
    (shown,) = (await page(olga, f"contacts/{ivan}", kinds="calls"))["items"]
    assert (shown["call"]["number"], shown["call"]["card"]["id"]) == (NUMBER, lead)
    assert len(await told(olga, f"leads/{lead}", kinds="calls")) == 1
    assert await told(anna, f"contacts/{ivan}", kinds="calls") == []


async def test_a_lead_tells_where_it_came_from(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    pipelines = (await api.get("/api/v4/leads/pipelines")).json()["_embedded"]["pipelines"]
    form = {
        "source_uid": "site",
        "source_name": "Site",
        "pipeline_id": pipelines[0]["id"],
        "metadata": {
            "form_id": "1",
            "form_name": "Order",
            "form_page": "https://shop.example/order",
            "form_sent_at": AT,
            "ip": "192.0.2.1",
            "referer": "",
        },
        "_embedded": {"leads": [{"name": "From the site"}], "contacts": [{"name": "Ivan"}]},
    }
    made = await api.post("/api/v4/leads/unsorted/forms", json=[form])
    assert made.status_code == 200, made.text
    uid = made.json()["_embedded"]["unsorted"][0]["uid"]
    assert (await api.post(f"/api/v4/leads/unsorted/{uid}/accept", json={})).status_code == 200
    lead = (await api.get("/api/v4/leads")).json()["_embedded"]["leads"][0]["id"]
    items = (await page(await signed_in("olga"), f"leads/{lead}"))["items"]
    (found,) = [item["unsorted"] for item in items if item["kind"] == "unsorted"]
    assert (found["form"], found["source"], found["state"]) == ("Order", "Site", "accepted")


async def test_a_long_story_is_paged_without_a_gap(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    """Many lines of the same second among them: the page ends between two of them."""
    ivan = await card(await client_of("olga"), responsible_user_id=cast.anna)
    await db.run(
        """
        with e as (
          insert into events (account_id, type, entity, entity_id, created_by, created_at)
          select $1, 'name_field_changed', 1, $2, 1, $3 + n / 7 from generate_series(1, 400) n
        )
        insert into calls (account_id, source, direction, started_at, entity, entity_id, updated_at)
        select $1, 1, 1, $3 + n / 5, 1, $2, 0 from generate_series(1, 400) n
        """,
        cast.account_id,
        ivan,
        AT,
    )
    olga = await signed_in("olga")
    seen: list[Any] = []
    after = None
    while True:
        part = await page(olga, f"contacts/{ivan}", limit=101, **({} if after is None else {"after": after}))
        seen += part["items"]
        if (after := part["after"]) is None:
            break
    assert (len(seen), len({item["key"] for item in seen})) == (801, 801)
    assert [item["at"] for item in seen] == sorted((item["at"] for item in seen), reverse=True)
