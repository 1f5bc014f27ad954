"""Alerts as our own browser reads and closes them; each user's are nobody else's."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.actions import alerts as deeds
from trubka.actions.audit import By
from trubka.db import Db
from trubka.rules import alerts as rules

AT = 1_700_000_000


async def raised(db: Db, cast: Cast, *given: Any, at: int = AT, **more: Any) -> None:
    async with db.transaction() as tx:
        await deeds.add(tx, By(cast.account_id, 0, at), *given, **more)


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/desk/alerts", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["alerts"]


async def told(db: Db) -> list[tuple[str, int]]:
    rows = await db.rows("select fact from facts where fact->>'fact' like 'alert%' order by id")
    return [(row["fact"]["fact"], row["fact"]["user"]) for row in rows]


async def test_whoever_can_act_is_told_and_a_repeat_is_counted(db: Db, cast: Cast, signed_in: Visitor):
    olga, anna, clara = [await signed_in(name) for name in ("olga", "anna", "clara")]
    await raised(db, cast, "webhook_bad", 901, {"webhook_id": 901, "host": "one.example", "status": 500})
    await raised(db, cast, "webhook_bad", 902, {"webhook_id": 902, "host": "two.example", "status": 500}, at=AT + 1)
    again = {"webhook_id": 901, "host": "one.example", "status": 0}
    await raised(db, cast, "webhook_bad", 901, again, at=AT + 5)
    await raised(db, cast, "recording_lost", "a", {"call_id": 5}, whom="agents", users=[cast.anna, cast.olga])
    first, second = await listed(olga)
    assert {name: first[name] for name in ("kind", "details", "count", "first_at", "last_at")} == {
        "kind": "webhook_bad",
        "details": again,
        "count": 2,
        "first_at": AT,
        "last_at": AT + 5,
    }
    assert (second["details"]["webhook_id"], second["count"]) == (902, 1)
    assert [each["kind"] for each in await listed(anna)] == ["recording_lost"]
    assert await listed(clara) == []
    assert await told(db) == [("alert_raised", cast.olga)] * 3 + [("alert_raised", cast.anna)]


async def test_page_after_page(db: Db, cast: Cast, signed_in: Visitor):
    for place in range(5):
        await raised(db, cast, "page", place, {"place": place}, whom="users", users=[cast.anna], at=AT + place // 2)
    anna, after = await signed_in("anna"), ""
    found: list[dict[str, Any]] = []
    while after is not None:
        answer = (await anna.get("/desk/alerts", params={"limit": 2, "after": after})).json()
        found += answer["alerts"]
        after = answer["after"]
    assert sorted(each["details"]["place"] for each in found) == [0, 1, 2, 3, 4]
    moments = [each["last_at"] for each in found]
    assert moments == sorted(moments, reverse=True)
    for wrong in ("x", "5.x", "x.5", f"5{uuid4()}"):
        assert (await anna.get("/desk/alerts", params={"after": wrong})).status_code == 400


async def test_closing_is_for_oneself_and_more_of_it_opens_another(db: Db, cast: Cast, signed_in: Visitor):
    await db.run("update users set is_admin = true where id = $1", cast.boris)
    olga, boris = await signed_in("olga"), await signed_in("boris")
    await raised(db, cast, "store_bad", "", {})
    (alert,), (of_boris,) = await listed(olga), await listed(boris)
    assert alert["id"] != of_boris["id"]
    assert (await boris.post(f"/desk/alerts/{alert['id']}/close")).status_code == 404
    for wrong in (uuid4(), "x"):
        answer = await olga.post(f"/desk/alerts/{wrong}/close")
        assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such alert.")
    for _ in range(2):
        assert (await olga.post(f"/desk/alerts/{alert['id']}/close")).status_code == 204
    assert (await listed(olga), len(await listed(boris))) == ([], 1)
    assert [kind for kind, _ in await told(db)].count("alert_closed") == 1
    await raised(db, cast, "store_bad", "", {}, at=AT + 9)
    (new,), (old,) = await listed(olga), await listed(boris)
    assert (new["count"], new["first_at"], old["count"]) == (1, AT + 9, 2)
    assert new["id"] != alert["id"]


async def test_all_are_closed_but_what_came_meanwhile(db: Db, cast: Cast, signed_in: Visitor):
    for place in range(3):
        await raised(db, cast, "webhook_off", place, {}, at=AT + place)
    olga = await signed_in("olga")
    assert (await olga.post("/desk/alerts/close", json={"until": AT + 1})).status_code == 204
    assert [each["last_at"] for each in await listed(olga)] == [AT + 2]
    for wrong in ({}, {"until": "soon"}, {"until": -1}):
        assert (await olga.post("/desk/alerts/close", json=wrong)).status_code == 400
    assert [kind for kind, _ in await told(db)].count("alert_closed") == 2


async def test_who_is_no_administrator_any_more_sees_nothing_of_theirs(db: Db, cast: Cast, signed_in: Visitor):
    await db.run("update users set is_admin = true where id = $1", cast.anna)
    anna = await signed_in("anna")
    await raised(db, cast, "webhook_off", 1, {})
    await raised(db, cast, "recording_lost", "a", {}, whom="users", users=[cast.anna])
    assert len(await listed(anna)) == len((await anna.get("/live/snapshot")).json()["desk"]["alerts"]) == 2
    await db.run("update users set is_admin = false where id = $1", cast.anna)
    assert [each["kind"] for each in await listed(anna)] == ["recording_lost"]
    assert len((await anna.get("/live/snapshot")).json()["desk"]["alerts"]) == 1


async def test_what_a_page_tells_is_kept_for_its_user(db: Db, cast: Cast, signed_in: Visitor, now: int):
    anna = await signed_in("anna")
    given = {"header": "My widget", "text": "The provider does not answer."}
    first = await anna.post("/desk/alerts", json={**given, "date": AT})
    again = await anna.post("/desk/alerts", json={**given, "header": " My widget "})
    other = await anna.post("/desk/alerts", json={**given, "text": "Something else.", "date": now + 9_999})
    assert [each.status_code for each in (first, again, other)] == [201] * 3
    assert first.json() == again.json() != other.json()
    found = {each["details"]["text"]: each for each in await listed(anna)}
    one = found[given["text"]]
    assert (one["id"], one["count"], one["details"], one["first_at"]) == (first.json()["id"], 2, given, AT)
    assert now <= found["Something else."]["last_at"] < now + 9_000, "not in the future"
    assert await listed(await signed_in("olga")) == []
    for wrong in ({"header": "x"}, {**given, "text": " "}, {**given, "text": "\0"}, {**given, "text": "x" * 1_001}):
        assert (await anna.post("/desk/alerts", json=wrong)).status_code == 400


async def test_a_thousand_troubles_do_not_fill_the_table(
    db: Db, cast: Cast, signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rules, "MOST_OPEN", 3)
    for place in range(5):
        await raised(db, cast, "recordings_bad", f"{place}.example", {})
    await raised(db, cast, "recordings_bad", "1.example", {})
    olga = await signed_in("olga")
    assert sorted(each["count"] for each in await listed(olga)) == [1, 1, 2]
    refused = await olga.post("/desk/alerts", json={"header": "x", "text": "y"})
    assert refused.status_code == 422
    await olga.post("/desk/alerts/close", json={"until": AT})
    assert (await olga.post("/desk/alerts", json={"header": "x", "text": "y"})).status_code == 201


async def test_strangers_are_told_nothing(db: Db, cast: Cast, client_of: ClientOf, signed_in: Visitor):
    await raised(db, cast, "store_bad", "", {})
    assert await listed(await signed_in("stranger", "olga@other.example", "other.example")) == []
    assert (await (await client_of(None)).get("/desk/alerts")).status_code == 401
