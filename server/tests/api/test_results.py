"""The result window: what waits for a result, and the one save of it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from tests.actions.test_unsorted import NUMBER, call_of
from tests.actions.test_unsorted import put as put_call
from tests.api.conftest import Visitor
from tests.api.neighbours import made, neighbours
from tests.api.test_calls import call, contact, logged
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.api.asked import Site
from trubka.db import Db, debts
from trubka.db.debts import Missed

assert neighbours

TILL = 1900000000
COUNTED = ("contacts", "leads", "tasks", "notes", "facts", "events", "results")


async def counts(db: Db) -> dict[str, int]:
    return {table: await db.value(f"select count(*) from {table}") for table in COUNTED}  # pyright: ignore[reportArgumentType]


async def own(db: Db, cast: Cast, **more: Any) -> dict[str, Any]:
    """A talk of Anna's with a number that nobody knows, a minute ago."""
    began = int(time.time()) - 120
    times = {"started_at": began, "answered_at": began + 5, "ended_at": began + 60}
    return await call_of(db, cast, **(times | more))


async def save(client: httpx.AsyncClient, call_id: int, code: int = 200, **given: Any) -> dict[str, Any]:
    answer = await client.post(f"/desk/calls/{call_id}/result", json={"key": "save-0001", **given})
    assert answer.status_code == code, answer.text
    return answer.json()


async def waiting(client: httpx.AsyncClient) -> list[int]:
    return [each["id"] for each in (await client.get("/desk/calls/to-finish")).json()["calls"]]


async def test_which_calls_wait_for_a_result(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    await contact(api, responsible_user_id=cast.anna)
    began = int(time.time()) - 600
    uniq = iter(range(100))

    async def one(**more: Any) -> int:
        return (await own(db, cast, started_at=began, uniq=f"u{next(uniq)}", **more))["id"]

    talk = await one()
    tried = await one(direction=2, answered_at=None)
    for not_one in (
        {"answered_at": None, "missed": True},
        {"direction": 3},
        {"ended_at": None},
        {"user_id": cast.boris},
        {"result": "Agreed"},
        {"finished_at": began},
    ):
        await one(**not_one)
    await own(db, cast, uniq="old", started_at=began - 8 * 86_400)
    await logged(api, call(created_at=began - 3600, call_responsible=cast.anna))
    told = await db.value("select id from calls where source = 2 and same_as is null")
    anna, boris = await signed_in("anna"), await signed_in("boris")
    assert sorted(await waiting(anna)) == sorted({talk, tried, told})
    assert len(await waiting(boris)) == 1
    # Told by another source with a result: nothing more is to be told.
    await one(same_as=tried, source=2, origin="other", result="No answer")
    assert sorted(await waiting(anna)) == sorted({talk, told})
    await anna.patch(f"/desk/calls/{talk}", json={"status": 4})
    assert await waiting(anna) == [told]
    await save(anna, told)
    assert await waiting(anna) == []


async def test_everything_in_one_save_of_an_item_of_the_unsorted(
    client_of: ClientOf, signed_in: Visitor, db: Db, site: Site, cast: Cast
):
    api, anna = await client_of("olga"), await signed_in("anna")
    talk = await own(db, cast)
    item = await put_call(db, site, cast, talk)
    assert item is not None
    told = (await anna.get(f"/desk/calls/{talk['id']}/result")).json()
    assert (told["unsorted"], told["finished_at"], told["number"]) == (item.uid, None, NUMBER)
    await db.run("delete from facts")
    given: dict[str, Any] = {
        "status": 4,
        "result": "Wants ten doors",
        "contact": {"name": "Pyotr Volkov"},
        "lead": {"name": "Doors", "price": 900},
        "task": {"complete_till": TILL, "text": "Send the offer", "task_type_id": 1},
    }
    saved = await save(anna, talk["id"], **given)
    assert (saved["contact_id"], saved["lead_id"], saved["accepted"]) == (item.contact_id, item.lead_id, True)
    assert saved["call"]["card"] == {"entity": "leads", "id": item.lead_id, "name": "Doors"}
    assert (saved["call"]["unsorted"], saved["call"]["status"], saved["call"]["result"]) == (None, 4, "Wants ten doors")
    lead = (await api.get(f"/api/v4/leads/{item.lead_id}?with=contacts")).json()
    assert (lead["name"], lead["price"], lead["responsible_user_id"]) == ("Doors", 900, cast.anna)
    assert [each["id"] for each in lead["_embedded"]["contacts"]] == [item.contact_id]
    person = (await api.get(f"/api/v4/contacts/{item.contact_id}")).json()
    assert person["name"] == "Pyotr Volkov"
    assert person["custom_fields_values"][0]["values"][0]["value"] == NUMBER
    (note,) = (await api.get(f"/api/v4/leads/{item.lead_id}/notes")).json()["_embedded"]["notes"]
    assert (note["params"]["call_status"], note["params"]["call_result"]) == (4, "Wants ten doors")
    task = (await api.get(f"/api/v4/tasks/{saved['task_id']}")).json()
    assert (task["entity_type"], task["entity_id"], task["complete_till"]) == ("leads", item.lead_id, TILL)
    assert (task["responsible_user_id"], task["text"]) == (cast.anna, "Send the offer")
    kinds = {row["kind"] for row in await db.rows("select distinct fact ->> 'fact' as kind from facts")}
    assert kinds >= {"unsorted_decided", "card_added", "card_changed", "call_changed", "note_changed", "task_added"}
    before = await counts(db)
    again = await save(anna, talk["id"], **given)
    assert again == saved
    assert await counts(db) == before


async def test_the_same_save_at_the_same_moment_is_one(signed_in: Visitor, db: Db, cast: Cast):
    anna, talk = await signed_in("anna"), await own(db, cast)
    both = [save(anna, talk["id"], contact={"name": "Ann"}, task={"complete_till": TILL}) for _ in range(3)]
    first, *others = await asyncio.gather(*both)
    assert [each["contact_id"] for each in others] == [first["contact_id"]] * 2
    assert await db.value("select count(*) from contacts where name = 'Ann'") == 1
    assert await db.value("select count(*) from tasks") == 1


async def test_a_call_without_a_card_gets_new_ones_and_its_note(
    client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast
):
    """An outbound call to a number that nobody knew: nothing was written of it until now."""
    api, anna = await client_of("olga"), await signed_in("anna")
    talk = await own(db, cast, direction=2)
    pipeline = await db.value("select id from pipelines where account_id = $1 and is_main", cast.account_id)
    status = await db.value(
        "select id from statuses where account_id = $1 and pipeline_id = $2 and type = 0"
        " order by sort offset 1 limit 1",
        cast.account_id,
        pipeline,
    )
    lead = {"pipeline_id": pipeline, "status_id": status}
    saved = await save(anna, talk["id"], status=2, result="Later", contact={"name": "Ann"}, lead=lead)
    shown = (await api.get(f"/api/v4/leads/{saved['lead_id']}?with=contacts")).json()
    assert (shown["status_id"], shown["responsible_user_id"]) == (status, cast.anna)
    assert [each["id"] for each in shown["_embedded"]["contacts"]] == [saved["contact_id"]]
    (note,) = (await api.get(f"/api/v4/leads/{saved['lead_id']}/notes")).json()["_embedded"]["notes"]
    assert (note["note_type"], note["params"]["call_result"], note["params"]["call_status"]) == ("call_out", "Later", 2)
    assert (note["params"]["phone"], note["created_by"], note["id"]) == (NUMBER, cast.anna, saved["call"]["note_id"])
    alone = await own(db, cast, uniq="2")
    saved = await save(anna, alone["id"], contact={"name": "Boris"})
    assert saved["call"]["card"] == {"entity": "contacts", "id": saved["contact_id"], "name": "Boris"}
    assert saved["lead_id"] is None
    tasked = await own(db, cast, uniq="3")
    saved = await save(anna, tasked["id"], task={"complete_till": TILL})
    assert saved["call"]["card"] is None and saved["call"]["note_id"] is None
    assert (await api.get(f"/api/v4/tasks/{saved['task_id']}")).json()["entity_id"] is None


async def test_an_item_of_the_unsorted_goes_to_a_card_or_a_new_contact(
    client_of: ClientOf, signed_in: Visitor, db: Db, site: Site, cast: Cast
):
    api, anna = await client_of("olga"), await signed_in("anna")
    (known,) = await made(api, "contacts", {"name": "Known", "responsible_user_id": cast.anna})
    (firm,) = await made(api, "companies", {"name": "Firm", "responsible_user_id": cast.anna})
    ways: list[tuple[dict[str, Any], str]] = [
        ({"contact": {"name": "New"}}, "contacts"),
        ({"card": {"entity": "contacts", "id": known}}, "contacts"),
        ({"card": {"entity": "companies", "id": firm}}, "companies"),
        ({"card": {"entity": "contacts", "id": known}, "lead": {"name": "More"}}, "leads"),
    ]
    for place, (given, entity) in enumerate(ways):
        talk = await own(db, cast, uniq=f"n{place}", number=f"+7916000000{place}", tail=9160000000 + place)
        item = await put_call(db, site, cast, talk)
        assert item is not None
        saved = await save(anna, talk["id"], result="Yes", **given)
        card = saved["call"]["card"]
        assert (card["entity"], saved["accepted"], saved["call"]["unsorted"]) == (entity, True, None)
        state = await db.value("select state from unsorted where uid = $1", item.uid)
        gone = await db.value("select is_deleted from leads where id = $1", item.lead_id)
        assert (state, gone) == ("linked", True)
        notes = (await api.get(f"/api/v4/{entity}/{card['id']}/notes?filter[note_type]=call_in")).json()
        assert notes["_embedded"]["notes"][-1]["params"]["call_result"] == "Yes"
        assert (entity == "leads") == (saved["lead_id"] == card["id"])
    phones = await db.rows("select digits from phones where entity = 1 and id = $1 order by digits", known)
    assert [row["digits"] for row in phones] == ["79160000001", "79160000003"]
    callers = (await api.get(f"/api/v4/companies/{firm}?with=contacts")).json()["_embedded"]["contacts"]
    assert len(callers) == 1


async def test_leaving_an_unknown_caller_leaves_the_item(signed_in: Visitor, db: Db, site: Site, cast: Cast):
    anna, talk = await signed_in("anna"), await own(db, cast)
    item = await put_call(db, site, cast, talk)
    assert item is not None
    saved = await save(anna, talk["id"], status=5, result="Wrong number")
    assert (saved["accepted"], saved["call"]["unsorted"]) == (False, item.uid)
    assert await db.value("select state from unsorted") == "waiting"
    assert await waiting(anna) == []


async def test_a_refusal_changes_nothing(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api = await client_of("olga")
    anna, boris, clara = [await signed_in(name) for name in ("anna", "boris", "clara")]
    (olgas,) = await made(api, "contacts", {"name": "Olga's", "responsible_user_id": cast.olga})
    (boriss,) = await made(api, "contacts", {"name": "Boris's", "responsible_user_id": cast.boris})
    (lead,) = await made(api, "leads", {"name": "Lead", "responsible_user_id": cast.anna})
    talk = await own(db, cast, user_ids=[cast.anna])
    live = await own(db, cast, uniq="live", ended_at=None)
    before = await counts(db)
    new: dict[str, Any] = {"contact": {"name": "New"}}
    late: dict[str, Any] = {"task": {"complete_till": TILL}}
    refused: list[tuple[httpx.AsyncClient, int, int, dict[str, Any]]] = [
        (clara, talk["id"], 404, new),
        (boris, talk["id"], 403, {"status": 4}),
        (anna, live["id"], 422, new),
        (anna, talk["id"], 422, {**new, "card": {"entity": "contacts", "id": boriss}}),
        (anna, talk["id"], 422, {"card": {"entity": "contacts", "id": olgas}, **late}),
        (anna, talk["id"], 403, {"card": {"entity": "contacts", "id": boriss}, **late}),
        (anna, talk["id"], 422, {"card": {"entity": "leads", "id": lead}, "lead": {}}),
        (anna, talk["id"], 422, {"lead": {}}),
        (anna, talk["id"], 400, {**new, "lead": {"status_id": 5}, **late}),
        (anna, talk["id"], 400, {"status": 9}),
        (anna, talk["id"], 400, {"key": "short"}),
        (anna, talk["id"], 400, {"contact": {"name": ""}}),
    ]
    for client, call_id, status, given in refused:
        answer = await client.post(f"/desk/calls/{call_id}/result", json={"key": "save-0001", **given})
        assert answer.status_code == status, (given, answer.text)
    assert await counts(db) == before
    assert (await db.value("select finished_at from calls where id = $1", talk["id"])) is None
    await save(anna, talk["id"], **new)


async def test_who_may_not_add_contacts_saves_the_rest_alone(signed_in: Visitor, db: Db, cast: Cast):
    await db.run(
        "update users set rights = jsonb_set(rights, '{contacts,add}', '\"D\"') where id = $1",
        cast.anna,
    )
    anna, talk = await signed_in("anna"), await own(db, cast)
    before = await counts(db)
    refused = await save(anna, talk["id"], 403, contact={"name": "New"}, result="Yes")
    assert refused["detail"] == "You have no right to add contacts."
    assert await counts(db) == before
    assert (await save(anna, talk["id"], result="Yes"))["call"]["result"] == "Yes"


@pytest.mark.parametrize("card", ["contact", "company"])
async def test_a_new_lead_of_a_known_card(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast, card: str):
    api, anna = await client_of("olga"), await signed_in("anna")
    kind = "contacts" if card == "contact" else "companies"
    (known,) = await made(api, kind, {"name": "Known", "responsible_user_id": cast.anna})
    talk = await own(db, cast, entity=1 if card == "contact" else 3, entity_id=known)
    saved = await save(anna, talk["id"], lead={"name": "Second"})
    assert saved["call"]["card"] == {"entity": "leads", "id": saved["lead_id"], "name": "Second"}
    shown = (await api.get(f"/api/v4/leads/{saved['lead_id']}?with=contacts")).json()["_embedded"]
    assert [each["id"] for each in shown[kind]] == [known]


async def test_a_call_between_colleagues_has_no_card(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api, anna = await client_of("olga"), await signed_in("anna")
    (known,) = await made(api, "contacts", {"name": "Known", "responsible_user_id": cast.anna})
    talk = await own(db, cast, direction=3)
    cards: list[dict[str, Any]] = [
        {"card": {"entity": "contacts", "id": known}},
        {"contact": {"name": "New"}},
        {"lead": {}},
    ]
    for given in cards:
        refused = await save(anna, talk["id"], 422, **given)
        assert refused["detail"] == "A call between colleagues has no card."
    assert (await save(anna, talk["id"], result="Agreed"))["call"]["result"] == "Agreed"
    put_by_hand = await own(db, cast, uniq="2", direction=3, entity=1, entity_id=known)
    assert (await save(anna, put_by_hand["id"], result="Agreed"))["call"]["note_id"] is None


async def test_a_note_may_hold_what_looks_like_an_escape(signed_in: Visitor, db: Db, cast: Cast):
    anna, talk = await signed_in("anna"), await own(db, cast)
    text = "C:\\users\\ann 40702810900000012345 \v"
    assert (await save(anna, talk["id"], result=text))["call"]["result"] == text
    refused = await save(anna, talk["id"], 400, key="save-0002", result="a\0b")
    assert refused["detail"] == "A NUL character is not accepted."


async def test_two_browsers_make_nothing_twice(signed_in: Visitor, db: Db, cast: Cast):
    anna, talk = await signed_in("anna"), await own(db, cast)
    new: dict[str, Any] = {"contact": {"name": "Ann"}, "lead": {"name": "Doors"}, "task": {"complete_till": TILL}}
    await save(anna, talk["id"], **new)
    before = await counts(db)
    for given in [new, *({name: value} for name, value in new.items())]:
        refused = await save(anna, talk["id"], 409, key="save-0002", **given)
        assert refused["detail"] == "This result was saved already."
    assert await counts(db) == before
    assert (await save(anna, talk["id"], key="save-0003", result="Yes"))["call"]["result"] == "Yes"


async def test_a_second_lead_of_who_called_about_the_first(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api, anna = await client_of("olga"), await signed_in("anna")
    known = await contact(api, responsible_user_id=cast.anna)
    about = {"name": "First", "responsible_user_id": cast.anna, "_embedded": {"contacts": [{"id": known}]}}
    (first,) = await made(api, "leads", about)
    ((_, kind, card),) = await logged(api, call(created_at=int(time.time()) - 600, call_responsible=cast.anna))
    assert (kind, card) == ("lead", first)
    call_id = await db.value("select id from calls")
    saved = await save(anna, call_id, lead={"name": "Second"})
    shown = (await api.get(f"/api/v4/leads/{saved['lead_id']}?with=contacts")).json()["_embedded"]
    assert [each["id"] for each in shown["contacts"]] == [known]
    await db.run("update contacts set responsible_user_id = $1 where id = $2", cast.olga, known)
    refused = await save(anna, call_id, 409, key="save-0002", lead={"name": "Third"})
    assert refused["detail"] == "This result was saved already."
    await db.run("delete from results")
    await db.run("update calls set entity = 2, entity_id = $1", first)
    refused = await save(anna, call_id, 422, key="save-0002", lead={"name": "Third"})
    assert refused["detail"] == "A lead is made for a contact or a company."


async def test_who_may_add_contacts_and_see_none_makes_none(signed_in: Visitor, db: Db, cast: Cast):
    await db.run("update users set rights = jsonb_set(rights, '{contacts,view}', '\"D\"') where id = $1", cast.anna)
    anna, talk = await signed_in("anna"), await own(db, cast)
    before = await counts(db)
    refused = await save(anna, talk["id"], 403, contact={"name": "New"})
    assert refused["detail"] == "You have no right to see contacts."
    assert await counts(db) == before


async def test_an_outcome_leaves_the_card_of_what_is_owed(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast):
    api, anna = await client_of("olga"), await signed_in("anna")
    (known,) = await made(api, "contacts", {"name": "Known", "responsible_user_id": cast.anna})
    talk = await own(db, cast, answered_at=None, missed=True)
    owed = Missed(call_id=talk["id"], number=NUMBER, tail=talk["tail"], entity=1, entity_id=known, at=5)
    await debts.open_again(db, cast.account_id, owed, 5)
    assert (await anna.patch(f"/desk/calls/{talk['id']}", json={"status": 2})).status_code == 200
    assert tuple((await db.row("select entity, entity_id from debts")) or ()) == (1, known)
