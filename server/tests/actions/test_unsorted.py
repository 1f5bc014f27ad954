"""Calls of our own PBX that land in the unsorted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import Client
from trubka.actions import unsorted
from trubka.api.asked import Site
from trubka.db import Db

NUMBER = "+7 (999) 000-11-22"


async def call_of(db: Db, cast: Cast, **more: Any) -> dict[str, Any]:
    """A call that is over, as it stands in its table."""
    told: dict[str, Any] = {
        "source": 1,
        "origin": "pbx:101",
        "uniq": "1760000000.1",
        "direction": 1,
        "number": NUMBER,
        "tail": 9990001122,
        "line": "+74950000000",
        "started_at": 1760000000,
        "ended_at": 1760000080,
        "answered_at": 1760000010,
        "talk_seconds": 70,
        "missed": False,
        "user_id": cast.anna,
        "user_ids": [cast.anna, cast.boris],
        "details": dict[str, Any](),
        "updated_at": 1760000080,
    } | more
    columns = ", ".join(told)
    row = await db.row(
        f"insert into calls (account_id, {columns}) select $1, {columns} from jsonb_populate_record(null::calls, $2)"  # pyright: ignore[reportArgumentType]
        " returning *",
        cast.account_id,
        told,
    )
    assert row is not None
    return dict(row)


async def put(db: Db, site: Site, cast: Cast, call: dict[str, Any], now: int = 1760000081) -> unsorted.Made | None:
    account = await site.known.account(cast.account_id)
    async with db.transaction() as tx:
        return await unsorted.from_call(tx, account, call, now)


async def test_an_answered_call_of_an_unknown_number_waits_in_the_unsorted(db: Db, site: Site, cast: Cast, api: Client):
    call = await call_of(db, cast)
    made = await put(db, site, cast, call)
    assert made is not None
    assert await put(db, site, cast, call) is None  # the end of a call may be told twice
    (item,) = await db.rows("select * from unsorted")
    assert (item["uid"], item["category"], item["state"], item["tail"]) == (made.uid, "sip", "waiting", 9990001122)
    assert (item["call_id"], item["user_ids"]) == (call["id"], [cast.anna, cast.boris])
    assert item["metadata"] == {
        "from": NUMBER,
        "phone": NUMBER,
        "call_responsible": cast.anna,
        "called_at": 1760000000,
        "duration": 70,
        "link": None,
        "service_code": "pbx:101",
        "uniq": "1760000000.1",
    }
    lead = (await api.get(f"/api/v4/leads/{made.lead_id}?with=contacts")).json()
    assert (lead["name"], lead["responsible_user_id"]) == (f"Call {NUMBER}", cast.anna)
    assert lead["_embedded"]["contacts"] == []
    assert (await api.get("/api/v4/contacts")).status_code == 204  # not before it is accepted
    assert (await api.get(f"/api/v4/contacts?query={NUMBER.replace('+', '%2B')}")).status_code == 204
    (note,) = (await api.get(f"/api/v4/leads/{made.lead_id}/notes")).json()["_embedded"]["notes"]
    assert (note["note_type"], note["params"]["phone"], note["params"]["duration"]) == ("call_in", NUMBER, 70)
    row = await db.row("select entity, entity_id, note_id from calls where id = $1", call["id"])
    assert row is not None
    assert tuple(row) == (2, made.lead_id, note["id"])
    (added,) = await db.rows("select fact from facts where fact->>'fact' = 'unsorted_added'")
    assert added["fact"]["users"] == [cast.anna, cast.boris]
    assert not await db.rows("select fact from facts where fact->>'fact' = 'card_added'")


async def test_a_withheld_number_waits_without_one(db: Db, site: Site, cast: Cast, api: Client):
    made = await put(db, site, cast, await call_of(db, cast, number=None, tail=None, user_id=None, user_ids=[]))
    assert made is not None
    assert (await api.get(f"/api/v4/leads/{made.lead_id}")).json()["name"] == "Call from a withheld number"


@pytest.mark.parametrize("more", [{"same_as": 1}])
async def test_a_further_report_is_no_item(db: Db, site: Site, cast: Cast, more: dict[str, Any]):
    assert await put(db, site, cast, await call_of(db, cast, **more)) is None
    assert await db.value("select count(*) from unsorted") == 0
