"""Calls that others announce: POST /api/v2/events and /api/v4/events, and what stands on a screen of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.neighbours import made, neighbours
from tests.api.test_calls import contact, facts
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions import notices
from trubka.db import Db
from trubka.db import notices as rows_of

assert neighbours

NUMBER = "+79990001122"


def ring(**more: Any) -> dict[str, Any]:
    return {"type": "phone_call", "phone_number": NUMBER} | more


async def announced(api: Client, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.post("/api/v2/events/", json={"add": list(items)})
    assert answer.status_code == 202, answer.text
    return answer.json()["_embedded"]["items"]


async def test_the_references_own_example(api: Client, cast: Cast, db: Db, now: int):
    contact_id = await contact(api)
    (lead,) = await made(api, "leads", {"name": "One", "_embedded": {"contacts": [{"id": contact_id}]}})
    answer = await api.post("/api/v2/events/", json={"add": [ring(users=[cast.anna, cast.boris])]})
    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/hal+json")
    uid = answer.json()["_embedded"]["items"][0]["uid"]
    assert answer.json() == {
        "_links": {"self": {"href": "/api/v2/events", "method": "post"}},
        "_embedded": {"items": [{"element_id": lead, "element_type": 2, "uid": uid, "phone_number": NUMBER}]},
    }
    row = await db.row("select * from notices")
    assert row is not None
    assert (row["id"], row["user_ids"], row["tail"], row["until"] - row["created_at"]) == (
        UUID(uid), [cast.anna, cast.boris], 9990001122, 60)  # fmt: skip
    assert row["details"]["placed"]["why"] == "one_lead"
    (fact,) = await facts(db, "call_noticed")
    told = {key: fact[key] for key in ("by", "id", "users", "entity", "entity_id", "card_owner")}
    assert told == {"by": cast.olga, "id": uid, "users": [cast.anna, cast.boris], "entity": 2, "entity_id": lead,
                    "card_owner": cast.olga}  # fmt: skip
    assert abs(fact["at"] - now) < 60


async def test_v4(api: Client, cast: Cast):
    contact_id = await contact(api)
    answer = await api.post("/api/v4/events", json=[ring(users=[cast.anna], request_id="x"), ring(phone_number="5")])
    assert answer.status_code == 200, answer.text
    told = answer.json()
    first, second = (item["uid"] for item in told["_embedded"]["items"])
    assert told == {
        "_total_items": 2,
        "_links": {"self": {"href": "https://acme.example/api/v4/events"}},
        "_embedded": {
            "items": [
                {
                    "element_id": contact_id,
                    "element_type": 1,
                    "entity_id": contact_id,
                    "entity_type": "contact",
                    "uid": first,
                    "phone_number": NUMBER,
                    "request_id": "x",
                },
                {
                    "element_id": None,
                    "element_type": None,
                    "entity_id": None,
                    "entity_type": None,
                    "uid": second,
                    "phone_number": "5",
                    "request_id": "1",
                },
            ]
        },
    }
    for body in (ring(), {"add": [ring()]}, {"add": {"0": ring()}}):
        assert (await api.post("/api/v4/events", json=body)).json()["_total_items"] == 1
    assert (await api.get("/api/v4/events")).status_code in (200, 204)


USERS: list[tuple[Any, list[str] | None]] = [
    (["anna", "boris"], ["anna", "boris"]),
    (["anna", "anna"], ["anna"]),
    ("anna", ["anna"]),
    (["anna", 999_999], ["anna"]),
    ([999_999], []),
    ({"0": "anna", "3": "boris"}, ["anna", "boris"]),
    (["stranger"], []),
    ([], None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize("spelled", [int, str, '"{}"'.format], ids=["number", "text", "quoted"])
@pytest.mark.parametrize(("users", "told"), USERS)
async def test_users_in_all_spellings(
    api: Client, cast: Cast, db: Db, users: Any, told: list[str] | None, spelled: Any
):
    def wire(value: Any) -> Any:
        if isinstance(value, list):
            return [wire(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, dict):
            return {key: wire(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return spelled(cast.users[value]) if value in cast.users else value

    await announced(api, ring(users=wire(users)))
    expected = None if told is None else [cast.users[name] for name in told]
    assert await db.value("select user_ids from notices") == expected


@pytest.mark.parametrize("path", ["/api/v2/events", "/api/v2/events/"])
@pytest.mark.parametrize(
    "users", ["add[0][users][0]={0}&add[0][users][1]={1}", "add[0][users][]={0}", "add[0][users]={0}"]
)
async def test_forms(api: Client, cast: Cast, db: Db, path: str, users: str):
    body = f"add[0][phone_number]=%2B79990001122&{users.format(cast.anna, cast.boris)}&add[0][type]=phone_call"
    answer = await api.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["_embedded"]["items"][0]["phone_number"] == NUMBER
    assert (await db.value("select user_ids from notices"))[0] == cast.anna


async def test_nobody_has_the_number(api: Client, db: Db):
    for number in ("+79160000000", "withheld"):
        (item,) = await announced(api, ring(phone_number=number))
        assert (item["element_id"], item["element_type"], item["phone_number"]) == (None, None, number)
    (item,) = await announced(api, ring(phone_number=79160000000))
    assert item["phone_number"] == "79160000000"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"add": []}',
        '{"add": [{"type": "letter", "phone_number": "1"}]}',
        '{"add": [{"type": "phone_call"}]}',
        '{"add": [7]}',
    ],
)
async def test_refusals(api: Client, body: str):
    for path in ("/api/v2/events", "/api/v4/events"):
        answer = await api.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400 and answer.json()["status"] == 400, answer.text


async def test_the_card_is_one_that_the_integration_sees(client_of: ClientOf, cast: Cast):
    olga, clara = await client_of("olga"), await client_of("clara")
    await contact(olga, responsible_user_id=cast.anna)
    (item,) = await announced(clara, ring())
    assert item["element_id"] is None


async def test_a_notice_lives_until_it_is_closed_or_joins_a_call(api: Client, db: Db, cast: Cast, now: int):
    for users in (None, [cast.anna], [cast.boris]):
        await announced(api, ring(users=users))
    acme = cast.account_id
    (closed, *rest) = await rows_of.current(db, acme, cast.anna, now)
    assert [len(await rows_of.current(db, acme, user, now)) for user in (cast.anna, cast.boris, cast.clara)] == [
        2,
        2,
        1,
    ]
    assert not await rows_of.current(db, acme, cast.anna, now + 200)
    assert not await rows_of.current(db, cast.other_account_id, cast.anna, now)
    anna = await cast.me(db, "anna")
    await notices.close(db, anna, closed["id"], now)
    await notices.close(db, anna, closed["id"], now)
    assert [row["id"] for row in await rows_of.current(db, acme, cast.anna, now)] == [row["id"] for row in rest]
    assert (await facts(db, "notice_closed"))[0]["users"] == [cast.anna]
    with pytest.raises(Exception, match="no such notice"):
        await notices.close(db, anna, uuid4(), now)
    async with db.transaction() as tx:
        await notices.join(tx, acme, 9990001122, [cast.anna], 5, now)
    left = await rows_of.current(db, acme, cast.boris, now)
    assert len(left) == 1  # what was told to Boris alone
    assert {fact.get("call_id") for fact in await facts(db, "notice_closed")} == {None, 5}


async def test_a_call_that_rings_already_takes_the_notice(api: Client, db: Db, cast: Cast, now: int):
    await db.run(
        "insert into calls (account_id, source, direction, tail, started_at, user_ids, updated_at)"
        " values ($1, 1, 1, 9990001122, $2, $3, 0)",
        cast.account_id,
        now - 5,
        [cast.anna],
    )
    await announced(api, ring(users=[cast.anna]), ring(users=[cast.boris]))
    assert len(await facts(db, "call_noticed")) == 1
    assert not await rows_of.current(db, cast.account_id, cast.anna, now)
    assert await rows_of.current(db, cast.account_id, cast.boris, now)
    assert await rows_of.forget(db, 1, 100) == 0
