"""POST /api/v4/calls: the reference's own example, where calls go, what follows from them, looseness and refusals."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.api.neighbours import PHONE, made, neighbours
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db
from trubka.db import facts as rows_of
from trubka.jobs.webhooks import spread_some

assert neighbours

NUMBER = "+7 (999) 000-11-22"
CALL: dict[str, Any] = {"direction": "inbound", "phone": NUMBER, "duration": 62, "source": "our-pbx"}


def call(**more: Any) -> dict[str, Any]:
    return CALL | more


async def post(api: Client, *calls: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = await api.post("/api/v4/calls", json=list(calls))
    assert answer.status_code == status, answer.text
    return answer.json()


async def logged(api: Client, *calls: dict[str, Any]) -> list[tuple[int, str, int]]:
    """(note, kind of card, card) of each."""
    told = await post(api, *calls)
    return [(each["id"], each["entity_type"], each["entity_id"]) for each in told["_embedded"]["calls"]]


async def contact(api: Client, **more: Any) -> int:
    return (await made(api, "contacts", {"name": "Ivan Sidorov", "custom_fields_values": PHONE, **more}))[0]


async def facts(db: Db, *kinds: str) -> list[Any]:
    rows = await db.rows("select fact from facts where fact->>'fact' = any($1::text[]) order by id", list(kinds))
    return [row["fact"] for row in rows]


async def test_the_references_own_example(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await contact(api)
    (lead,) = await made(api, "leads", {"name": "One", "_embedded": {"contacts": [{"id": contact_id}]}})
    more = {
        "uniq": "1760000000.1",
        "link": "https://pbx.example/rec/1.mp3",
        "call_result": "agreed",
        "call_status": 4,
        "call_responsible": cast.anna,
        "created_by": cast.anna,
        "responsible_user_id": cast.anna,
        "created_at": 1760000000,
        "request_id": "a1",
    }
    told = await post(api, call(**more))
    note_id = told["_embedded"]["calls"][0]["id"]
    assert told == {
        "_total_items": 1,
        "errors": [],
        "_embedded": {
            "calls": [
                {
                    "id": note_id,
                    "entity_id": lead,
                    "entity_type": "lead",
                    "account_id": cast.account_id,
                    "request_id": "a1",
                    "_embedded": {
                        "entity": {
                            "id": lead,
                            "_links": {"self": {"href": f"https://acme.example/api/v4/leads/{lead}"}},
                        }
                    },
                }
            ]
        },
    }
    assert (await api.get(f"/api/v4/leads/notes/{note_id}")).json() == {
        "id": note_id,
        "entity_id": lead,
        "created_by": cast.anna,
        "updated_by": cast.anna,
        "created_at": 1760000000,
        "updated_at": 1760000000,
        "responsible_user_id": cast.anna,
        "group_id": await db.value("select group_id from users where id = $1", cast.anna),
        "note_type": "call_in",
        "params": {
            "uniq": "1760000000.1",
            "duration": 62,
            "source": "our-pbx",
            "link": "https://pbx.example/rec/1.mp3",
            "phone": NUMBER,
            "call_result": "agreed",
            "call_status": 4,
            "call_responsible": cast.anna,
        },
        "account_id": cast.account_id,
        "_links": {"self": {"href": f"https://acme.example/api/v4/leads/{lead}/notes/{note_id}"}},
    }
    (event,) = (await api.get("/api/v4/events?filter[type]=incoming_call")).json()["_embedded"]["events"]
    assert (event["entity_type"], event["entity_id"], event["created_by"], event["created_at"]) == (
        "lead",
        lead,
        cast.anna,
        1760000000,
    )
    assert event["value_after"] == [{"note": {"id": note_id}}]
    row = await db.row("select * from calls")
    assert row is not None
    names = ("source", "uniq", "direction", "number", "tail", "started_at", "ended_at", "answered_at", "talk_seconds")
    assert [row[name] for name in names] == [
        2, "1760000000.1", 1, NUMBER, 9990001122, 1760000000, 1760000062, 1760000000, 62]  # fmt: skip
    assert (row["missed"], row["user_id"], row["user_ids"]) == (False, cast.anna, [cast.anna])
    assert (row["entity"], row["entity_id"], row["note_id"]) == (2, lead, note_id)
    assert row["details"]["placed"] == {
        "card": [1, contact_id],
        "first": [2, lead],
        "chosen": "only",
        "why": "one_lead",
        "others": [[1, contact_id]],
    }
    place = await db.row("select pipeline_id, status_id from leads where id = $1", lead)
    assert place is not None
    pipeline_id, status_id = place
    assert await facts(db, "note_added") == [
        {
            "fact": "note_added",
            "by": cast.olga,
            "at": row["updated_at"],
            "id": note_id,
            "entity": 2,
            "entity_id": lead,
            "note_type": "call_in",
            "owner": cast.olga,
            "pipeline_id": pipeline_id,
            "status_id": status_id,
        }
    ]
    assert await facts(db, "call_logged") == [
        {
            "fact": "call_logged",
            "by": cast.olga,
            "at": row["updated_at"],
            "id": row["id"],
            "users": [cast.anna],
            "user": cast.anna,
            "entity": 2,
            "entity_id": lead,
            "card_owner": cast.olga,
            "pipeline_id": pipeline_id,
            "status_id": status_id,
        }
    ]
    recording = await db.row("select * from recordings")
    assert recording is not None
    assert (recording["call_id"], recording["link"], recording["state"]) == (row["id"], more["link"], "waiting")
    assert await db.value("select talked_at from contacts where id = $1", contact_id) == 1760000062
    assert (await api.get("/api/v4/calls")).status_code == 405


async def test_the_seeds_own_example(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    phone = [{"field_code": "PHONE", "values": [{"value": "123123"}]}]
    contact_id = await contact(api, custom_fields_values=phone)
    told = await post(
        api,
        {
            "duration": 10,
            "source": "example_integration",
            "phone": "123123",
            "link": "https://example.com/audio.mp3",
            "direction": "inbound",
            "call_result": "Успешный разговор",
            "call_status": 4,
            "call_responsible": cast.anna,
        },
    )
    (one,) = told["_embedded"]["calls"]
    assert (one["entity_type"], one["entity_id"], one["request_id"]) == ("contact", contact_id, "0")


async def test_nobody_found(api: Client):
    told = await post(api, call(request_id="a1"), status=400)
    assert told == {
        "_total_items": 0,
        "errors": [{"title": "Entity not found", "status": 263, "detail": "", "request_id": "a1"}],
        "_embedded": {"calls": []},
    }


async def test_good_and_bad_together(api: Client, db: Db):
    contact_id = await contact(api)
    told = await post(api, call(phone="+79160000000"), call(phone=79990001122), call(phone="5", request_id="x"))
    assert [each["request_id"] for each in told["errors"]] == ["0", "x"]
    (one,) = told["_embedded"]["calls"]
    assert (told["_total_items"], one["entity_id"], one["request_id"]) == (1, contact_id, "1")
    assert await db.value("select count(*) from calls") == 1


@pytest.mark.parametrize("written", ["+79990001122", "8 999 000 11 22", "9990001122", "+7 999 000-11-22 ext 5"])
async def test_any_spelling_of_a_number(api: Client, written: str):
    contact_id = await contact(api)
    assert (await logged(api, call(phone=written)))[0][1:] == ("contact", contact_id)


# (leads active, leads closed, customers) and where a call goes: the reference's own vectors
VECTORS = [
    (1, 0, 0, "lead"),
    (1, 5, 0, "lead"),
    (0, 3, 0, "contact"),
    (2, 0, 0, "contact"),
    (0, 0, 1, "customer"),
    (0, 2, 1, "customer"),
    (1, 0, 1, "contact"),
    (1, 0, 2, "contact"),
    (0, 0, 2, "contact"),
]


@pytest.mark.parametrize("kind", ["contacts", "companies"])
@pytest.mark.parametrize(("active", "closed", "customers", "expected"), VECTORS)
async def test_the_published_rule(
    api: Client, db: Db, cast: Cast, kind: str, active: int, closed: int, customers: int, expected: str
):
    (card,) = await made(api, kind, {"name": "Card", "custom_fields_values": PHONE})
    linked = {"_embedded": {kind: [{"id": card}]}}
    leads = [{"name": "Open", **linked}] * active + [{"name": "Lost", "status_id": 143, **linked}] * closed
    if leads:
        await made(api, "leads", *leads)
    for _ in range(customers):
        (customer,) = await made(api, "customers", {"name": "Regular"})
        link = [{"to_entity_id": card, "to_entity_type": kind}]
        assert (await api.post(f"/api/v4/customers/{customer}/link", json=link)).status_code == 200
    ((_, entity, entity_id),) = await logged(api, call())
    if expected == "contact":
        assert (entity, entity_id) == ("contact" if kind == "contacts" else "company", card)
    else:
        assert entity == expected
    if customers == 1 and not active:
        await db.run("update accounts set customers_mode = 'disabled' where id = $1", cast.account_id)
        await asyncio.sleep(1.05)  # an account is known for a second
        assert (await logged(api, call()))[0][1:] == ("contact" if kind == "contacts" else "company", card)


async def test_deleted_and_unsorted_cards_are_not_found(api: Client, db: Db):
    gone, waiting = await contact(api), await contact(api)
    await db.run("update contacts set is_deleted = true where id = $1", gone)
    await db.run("update contacts set is_unsorted = true where id = $1", waiting)
    await post(api, call(), status=400)
    contact_id = await contact(api)
    (lead,) = await made(api, "leads", {"name": "One", "_embedded": {"contacts": [{"id": contact_id}]}})
    await db.run("update leads set is_deleted = true where id = $1", lead)
    assert (await logged(api, call()))[0][1:] == ("contact", contact_id)


async def test_what_one_does_not_see_is_not_found(client_of: ClientOf, cast: Cast, neighbours: dict[str, int]):
    olga, anna, clara = await client_of("olga"), await client_of("anna"), await client_of("clara")
    hers = await contact(olga, responsible_user_id=cast.anna)
    (lead,) = await made(
        olga, "leads", {"name": "L", "responsible_user_id": cast.olga, "_embedded": {"contacts": [{"id": hers}]}}
    )
    await post(clara, call(), status=400)
    assert (await logged(anna, call()))[0][1:] == ("contact", hers)  # the lead is not hers to see
    assert (await logged(olga, call()))[0][1:] == ("lead", lead)
    assert (await logged(await client_of("boris"), call()))[0][1:] == ("contact", hers)
    stranger = await client_of("stranger", "other.example")
    assert (await logged(stranger, call()))[0][1:] == ("contact", neighbours["contacts"])  # a lead and a customer


WHO: list[tuple[dict[str, Any], str, str, str | None]] = [  # sent; created by, responsible, whose call it is
    ({}, "olga", "olga", None),
    ({"call_responsible": "anna"}, "anna", "anna", "anna"),
    ({"call_responsible": "anna", "as_text": True}, "anna", "anna", "anna"),
    ({"call_responsible": "anna", "created_by": "boris"}, "boris", "boris", "anna"),
    ({"responsible_user_id": "boris"}, "boris", "boris", "boris"),
    ({"call_responsible": "Ivan", "responsible_user_id": "boris"}, "boris", "boris", "boris"),
    ({"call_responsible": "Ivan"}, "olga", "olga", None),
    ({"call_responsible": "101"}, "anna", "anna", "anna"),
    ({"call_responsible": 101}, "anna", "anna", "anna"),
    ({"call_responsible": "8 (916) 000-00-01"}, "boris", "boris", "boris"),
    ({"call_responsible": "+79160000009"}, "olga", "olga", None),
    ({"call_responsible": 999_999}, "olga", "olga", None),
    ({"created_by": "anna", "responsible_user_id": "boris"}, "anna", "boris", "anna"),
    ({"created_by": 0}, "robot", "olga", None),
]


@pytest.mark.parametrize(("sent", "author", "responsible", "user"), WHO)
async def test_who(
    api: Client, cast: Cast, db: Db, sent: dict[str, Any], author: str, responsible: str, user: str | None
):
    contact_id = await contact(api)
    await db.run(
        "insert into extensions (account_id, user_id, number, tail, kind) values ($1, $2, '101', 101, 'desk'),"
        " ($1, $3, '+79160000001', 9160000001, 'mobile')",
        cast.account_id,
        cast.anna,
        cast.boris,
    )
    ids = cast.users | {"robot": 0}
    as_text = sent.pop("as_text", False) if (sent := dict(sent)) else False
    body = {key: ids.get(value, value) if isinstance(value, str) else value for key, value in sent.items()}
    if as_text:
        body["call_responsible"] = str(body["call_responsible"])
    ((note_id, _, _),) = await logged(api, call(**body))
    note = (await api.get(f"/api/v4/contacts/{contact_id}/notes/{note_id}")).json()
    assert (note["created_by"], note["responsible_user_id"]) == (ids[author], ids[responsible])
    assert note["params"]["call_responsible"] == body.get("call_responsible")
    assert await db.value("select user_id from calls") == (ids[user] if user else None)


async def test_looseness(api: Client):
    contact_id = await contact(api)
    sent = call(
        direction="outbound",
        phone=79990001122,
        duration=45.7,
        uniq=None,
        link="",
        call_result="",
        call_status="6",
        call_responsible=None,
        created_by=None,
        created_at=1760000000.9,
        updated_at="1760000005",
        unknown={"a": 1},
        request_id=7,
    )
    answer = await api.post("/api/v4/calls", json={"0": sent, "2": call()})
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["_embedded"]["calls"]
    assert (first["request_id"], second["request_id"]) == ("7", "1")
    note = (await api.get(f"/api/v4/contacts/{contact_id}/notes/{first['id']}")).json()
    assert (note["note_type"], note["created_at"], note["updated_at"]) == ("call_out", 1760000000, 1760000005)
    assert note["params"] == {
        "uniq": None,
        "duration": 45,
        "source": "our-pbx",
        "link": "",
        "phone": "79990001122",
        "call_result": "",
        "call_status": 6,
        "call_responsible": None,
    }


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"direction": None}, "FieldMissing", "direction"),
        ({"direction": "sideways"}, "NotSupportedChoice", "direction"),
        ({"phone": None}, "FieldMissing", "phone"),
        ({"phone": "no digits"}, "InvalidValue", "phone"),
        ({"phone": ""}, "FieldMissing", "phone"),
        ({"duration": None}, "FieldMissing", "duration"),
        ({"duration": "long"}, "InvalidType", "duration"),
        ({"duration": -1}, "InvalidValue", "duration"),
        ({"source": None}, "FieldMissing", "source"),
        ({"call_status": 9}, "InvalidValue", "call_status"),
        ({"responsible_user_id": 5}, "NotSupportedChoice", "responsible_user_id"),
    ],
)
async def test_refusals(api: Client, db: Db, change: dict[str, Any], code: str, path: str):
    await contact(api)
    told = await post(api, call(request_id="good"), call(request_id="bad", **change), status=400)
    (item,) = told["validation-errors"]
    assert (item["request_id"], item["errors"][0]["code"], item["errors"][0]["path"]) == ("bad", code, path)
    assert await db.value("select count(*) from calls") == 0


async def test_a_repeated_uniq_is_the_first_call(client_of: ClientOf, db: Db):
    api, other = await client_of("olga"), await client_of("olga")
    await contact(api)
    ((first, *_),) = await logged(api, call(uniq="u1"))
    again = await logged(
        api, call(uniq="u1", duration=99), call(uniq="u2"), call(uniq="u2"), call(uniq=""), call(uniq="")
    )
    assert again[0][0] == first
    assert again[1] == again[2] != again[0]
    assert again[3] != again[4]
    ((theirs, *_),) = await logged(other, call(uniq="u1"))  # another integration's own id
    assert theirs != first
    assert await db.value("select count(*) from calls") == 5
    # It is told where it stands now, even when nobody has the number any more.
    await db.run("delete from phones")
    assert (await logged(api, call(uniq="u1")))[0][0] == first


async def test_what_is_told_again_with_other_words_settles_no_debt(api: Client, db: Db):
    await contact(api)
    now = int(time.time())
    await logged(api, call(uniq="u1", direction="outbound", duration=0, created_at=now - 900))
    await logged(
        api,
        call(uniq="u1", direction="outbound", duration=600, created_at=now - 900),  # is stored nowhere
        call(uniq="u2", direction="inbound", duration=0, created_at=now - 800),
    )
    assert await db.value("select count(*) from debts where closed_at is null") == 1


async def test_a_repeated_uniq_tells_nothing_of_a_card_that_one_views_no_more(client_of: ClientOf, db: Db, cast: Cast):
    olga, anna = await client_of("olga"), await client_of("anna")
    hers = await contact(olga, responsible_user_id=cast.anna)
    (first,) = await logged(anna, call(uniq="u1"))

    async def give(user_id: int) -> None:
        answer = await olga.patch(f"/api/v4/contacts/{hers}", json={"responsible_user_id": user_id})
        assert answer.status_code == 200

    await give(cast.olga)
    told = await post(anna, call(uniq="u1"), status=400)
    assert told == await post(anna, call(phone="+79160000000"), status=400), "as where nobody has the number"
    await contact(olga, responsible_user_id=cast.anna)
    assert await post(anna, call(uniq="u1"), status=400) == told, "it is not doubled on another card either"
    assert await db.value("select count(*) from calls") == await db.value("select count(*) from notes") == 1
    await give(cast.boris)
    assert await logged(anna, call(uniq="u1")) == [first]


async def test_a_uniq_that_comes_many_times_at_once(client_of: ClientOf, db: Db):
    api = await client_of("olga")
    await contact(api)
    batches = [[call(uniq=f"u{(place + shift) % 6}") for place in range(6)] for shift in range(8)]
    told = await asyncio.gather(*(logged(api, *batch) for batch in batches))
    ids: dict[str, int] = {}
    for batch, found in zip(batches, told, strict=True):
        for sent, (note_id, *_) in zip(batch, found, strict=True):
            assert ids.setdefault(sent["uniq"], note_id) == note_id
    assert len(set(ids.values())) == 6
    for table in ("calls", "notes", "events where type = 'incoming_call'", "facts where fact->>'fact' = 'call_logged'"):
        assert await db.value(f"select count(*) from {table}") == 6, table


async def test_two_honest_posts_stay_two(api: Client, db: Db, cast: Cast):
    await contact(api)
    same = call(call_responsible=cast.anna, created_at=1760000000)
    first, second = await logged(api, same, same)
    assert first[0] != second[0]
    assert await db.value("select count(*) from calls where same_as is null") == 2


async def test_another_source_tells_of_the_same_talk(client_of: ClientOf, cast: Cast, db: Db):
    api, other = await client_of("olga"), await client_of("olga")
    contact_id = await contact(api)
    root = await db.value(
        "insert into calls (account_id, source, origin, uniq, direction, number, tail, started_at, ended_at, user_id,"
        " user_ids, updated_at) values ($1, 1, 'pbx:1', 'x', 1, $2, 9990001122, 1760000000, 1760000090, $3, $4, 0)"
        " returning id",
        cast.account_id,
        NUMBER,
        cast.anna,
        [cast.anna, cast.boris],
    )
    about = {"created_at": 1760000020, "link": "https://pbx.example/1.mp3", "request_id": "x"}
    mine = call(call_responsible=cast.anna, **about)
    ((note, *_),) = await logged(api, mine)
    ((second, *_),) = await logged(api, mine)  # honest, and so another
    ((theirs, *_),) = await logged(other, mine)
    ((later, *_),) = await logged(other, mine | {"created_at": 1760000200})
    rows = await db.rows("select note_id, same_as from calls where source = 2 order by id")
    assert [(row["note_id"], row["same_as"]) for row in rows] == [
        (note, root), (second, None), (theirs, root), (later, None)]  # fmt: skip
    assert [fact["id"] for fact in await facts(db, "call_changed")] == [root, root]
    assert {row["call_id"] for row in await db.rows("select call_id from recordings")} >= {root}
    notes = (await api.get(f"/api/v4/contacts/{contact_id}/notes")).json()["_embedded"]["notes"]
    assert [each["id"] for each in notes] == [note, second, theirs, later]


async def test_the_one_who_is_meant_among_several(api: Client, db: Db):
    first, second = await contact(api), await contact(api)
    await made(api, "companies", {"name": "Firm", "custom_fields_values": PHONE})
    await db.run("update contacts set updated_at = 100 where id = any($1::int8[])", [first, second])
    await db.run("update contacts set talked_at = 200 where id = $1", second)
    assert (await logged(api, call(created_at=300)))[0][1:] == ("contact", second)
    details = await db.value("select details from calls")
    company = (await api.get("/api/v4/companies")).json()["_embedded"]["companies"][0]["id"]
    assert details["placed"] == {
        "card": [1, second],
        "first": [1, second],
        "chosen": "latest",
        "why": "nothing_linked",
        "others": [[1, first], [3, company]],
    }
    await logged(api, call(created_at=250, duration=0))  # no talk
    assert await db.value("select talked_at from contacts where id = $1", second) == 362
    await logged(api, call(created_at=1, duration=5))  # an older one
    assert await db.value("select talked_at from contacts where id = $1", second) == 362


async def test_a_webhook_hears_of_a_call(api: Client, db: Db):
    hook = {"destination": "https://hooks.example/x", "settings": ["note_contact", "note_lead"]}
    assert (await api.post("/api/v4/webhooks", json=hook)).status_code == 201
    await rows_of.begin_reader(db, "webhooks")
    await contact(api)
    ((note_id, *_),) = await logged(api, call(call_result="agreed"))
    while await spread_some(db, "https://acme.example"):
        pass
    body = await db.value("select body from deliveries")
    assert f"contacts%5Bnote%5D%5B0%5D%5Bnote%5D%5Bid%5D={note_id}" in body and "agreed" in body


async def test_the_old_method(api: Client, db: Db, cast: Cast):
    contact_id = await contact(api)
    old = {"phone_number": NUMBER, "direction": "inbound", "uniq": "1", "duration": "62", "call_status": 4}
    answer = await api.post("/api/v2/calls", json={"add": [old]})
    assert answer.status_code == 200, answer.text
    note_id = answer.json()["_embedded"]["items"][0]["id"]
    assert answer.json() == {
        "_links": {"self": "/api/v2/calls", "method": "post"},
        "_embedded": {
            "items": [
                {
                    "id": note_id,
                    "element_id": contact_id,
                    "element_type": 1,
                    "phone_number": NUMBER,
                    "_links": {"self": {"href": f"/api/v2/notes?id={note_id}&type=contact", "method": "get"}},
                }
            ]
        },
    }
    form = (
        "add[0][phone_number]=5&add[0][direction]=outbound&add[1][phone_number]=89990001122&add[1][direction]=outbound"
    )
    answer = await api.post(
        "/api/v2/calls/", content=form, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    told = answer.json()["_embedded"]
    item = {"phone_number": "5", "direction": "outbound"}
    assert told["errors"] == [{"msg": "Entity not found", "code": 263, "item": item}]
    assert len(told["items"]) == 1
    answer = await api.post("/api/v2/calls", json={"add": [item]})
    assert (answer.status_code, answer.json()["_embedded"]["items"]) == (200, [])
    for body in ("{}", '{"add": []}', '{"add": [{"phone_number": "+79990001122"}]}', "[]"):
        assert (await api.post("/api/v2/calls", content=body)).status_code == 400
    assert await db.value("select count(*) from calls") == 2


async def test_a_call_note_is_a_call_too(client_of: ClientOf, db: Db, cast: Cast):
    api, other = await client_of("olga"), await client_of("olga")
    contact_id = await contact(api)

    async def noted(by: Client, note_type: str = "call_in", **more: Any) -> int:
        params = {"phone": NUMBER, "duration": 60, "source": "x", "call_responsible": cast.anna} | more
        body = [{"note_type": note_type, "params": params, "created_at": 1760000000}]
        answer = await by.post(f"/api/v4/contacts/{contact_id}/notes", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["_embedded"]["notes"][0]["id"]

    link = "https://pbx.example/1.mp3"
    first = await noted(api, uniq="1", link=link)
    again = await noted(api, uniq="1")
    ((posted, *_),) = await logged(other, call(call_responsible=cast.anna, created_at=1760000010))
    rows = await db.rows("select id, same_as, source, uniq, note_id, entity_id, user_id from calls order by id")
    root = rows[0]["id"]
    assert [tuple(row)[1:] for row in rows] == [
        (None, 3, "1", first, contact_id, cast.anna),
        (root, 3, None, again, contact_id, cast.anna),
        (root, 2, None, posted, contact_id, cast.anna),
    ]
    assert [tuple(row) for row in await db.rows("select call_id, link from recordings")] == [(root, link)]
    assert await db.value("select talked_at from contacts where id = $1", contact_id) == 1760000072
    assert (await logged(api, call(uniq="1")))[0][0] == first
    await noted(api, duration=0, phone=None)  # withheld
    await noted(api, duration=0, uniq="2")
    assert [tuple(row) for row in await db.rows("select number, tail, calls from debts")] == [(None, None, 1)]
