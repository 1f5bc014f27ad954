"""Debts: what opens and closes them, who sees them, and the races; random days are in test_debts_days.py."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.api.conftest import Visitor
from tests.api.neighbours import neighbours
from tests.api.test_calls import NUMBER, call, contact, facts, logged
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions.debts import settle_all
from trubka.db import Db, calls, debts
from trubka.db.debts import Missed
from trubka.errors import Unavailable

assert neighbours

AT = 1760000000


def missed(at: int, **more: Any) -> dict[str, Any]:
    return call(duration=0, created_at=at, **more)


def talk(at: int, **more: Any) -> dict[str, Any]:
    return call(duration=60, created_at=at, **more)


async def open_debts(db: Db) -> list[tuple[int, int, int]]:
    rows = await db.rows("select calls, opened_at, last_at from debts where closed_at is null order by id")
    return [tuple(row) for row in rows]


async def test_a_missed_call_is_owed_until_somebody_talks(api: Client, db: Db, cast: Cast):
    contact_id = await contact(api, responsible_user_id=cast.anna)
    await logged(api, missed(AT, call_responsible=cast.boris))
    row = await db.row("select * from debts")
    assert row is not None
    names = ("number", "tail", "calls", "user_id", "entity", "entity_id", "opened_at", "last_at", "closed_at")
    assert [row[name] for name in names] == [
        NUMBER, 9990001122, 1, cast.anna, 1, contact_id, AT, AT, None]  # fmt: skip
    await logged(api, missed(AT + 100), missed(AT + 50))
    assert await open_debts(db) == [(3, AT, AT + 100)]
    await logged(api, call(direction="outbound", duration=40, call_status=6, created_at=AT + 200))  # not reached
    await logged(api, talk(AT + 10))  # of before they called again
    assert await open_debts(db) == [(3, AT, AT + 100)]
    await logged(api, talk(AT + 300, direction="outbound", call_responsible=cast.boris))
    row = await db.row("select * from debts")
    assert row is not None
    assert (row["closed_at"], row["closed_by"], row["reason"]) == (AT + 360, cast.boris, None)
    assert row["closed_by_call"] == await db.value("select max(id) from calls")
    await logged(api, missed(AT + 250))  # told late: they have talked since
    assert not await open_debts(db)
    await logged(api, missed(AT + 400))
    assert await open_debts(db) == [(1, AT + 400, AT + 400)]
    opened, closed = await facts(db, "debt_opened"), await facts(db, "debt_closed")
    assert [len(opened), len(closed)] == [3, 1]
    assert (opened[0]["owner"], opened[0]["card_owner"], opened[0]["entity_id"]) == (cast.anna, cast.anna, contact_id)
    assert (closed[0]["owner"], closed[0]["id"]) == (cast.anna, row["id"])


async def test_a_talk_of_the_future_is_of_now(api: Client, db: Db, now: int):
    contact_id = await contact(api)
    ((note_id, *_),) = await logged(api, talk(now + 90_000_000))
    row = await db.row("select started_at, ended_at, (select max(talked_at) from contacts) as talked_at from calls")
    assert row is not None and max(row.values()) <= now + 60
    note = (await api.get(f"/api/v4/contacts/{contact_id}/notes/{note_id}")).json()
    assert note["created_at"] == now + 90_000_000, "as it was posted"
    await db.run("update calls set started_at = started_at - 200, ended_at = ended_at - 200")
    await logged(api, missed(now - 100), missed(now + 90_000_000))  # they call again after it
    ((calls, opened_at, last_at),) = await open_debts(db)
    assert (calls, opened_at) == (2, now - 100) and last_at <= now + 60
    await logged(api, talk(now))
    assert not await open_debts(db)


async def test_a_batch_may_close_one_debt_and_open_the_next(api: Client, db: Db):
    await contact(api)
    await logged(api, missed(AT + 300), talk(AT + 100), missed(AT))
    assert await open_debts(db) == [(1, AT + 300, AT + 300)]
    await logged(api, talk(AT + 400), missed(AT + 500), missed(AT + 600))
    assert await open_debts(db) == [(2, AT + 500, AT + 600)]
    assert await db.value("select count(*) from debts where closed_at is not null") == 1


async def test_a_user_who_has_left_owes_nothing(api: Client, db: Db, cast: Cast):
    await contact(api, responsible_user_id=cast.anna)
    await db.run("update users set is_active = false where id = $1", cast.anna)
    await logged(api, missed(AT, call_responsible=cast.boris))
    assert await db.value("select user_id from debts") == cast.boris


async def test_two_missed_calls_at_once_are_one_debt(client_of: ClientOf, db: Db):
    apis = [await client_of("olga") for _ in range(4)]
    await contact(apis[0])
    for number in range(5):
        at = AT + number * 1000
        await asyncio.gather(*(logged(api, missed(at + place)) for place, api in enumerate(apis)))
        assert await open_debts(db) == [(4, at, at + 3)]
        await logged(apis[0], talk(at + 100))
        assert not await open_debts(db)


async def test_a_missed_call_and_a_talk_at_once(client_of: ClientOf, db: Db):
    apis = [await client_of("olga") for _ in range(2)]
    await contact(apis[0])
    for number in range(10):
        at = AT + number * 1000
        await asyncio.gather(logged(apis[0], missed(at)), logged(apis[1], talk(at + 30)))
        await settle_all(db, at)
        assert not await open_debts(db)
        await asyncio.gather(logged(apis[0], missed(at + 500)), logged(apis[1], talk(at + 400)))
        await settle_all(db, at)
        assert await open_debts(db) == [(1, at + 500, at + 500)]
        await logged(apis[0], talk(at + 600))


async def test_what_a_pbx_line_tells(db: Db, cast: Cast):
    acme = cast.account_id
    told = Missed(call_id=1, number="+7", tail=9, owner=cast.anna, at=AT, line="+7495", is_sure=False)
    for _ in range(2):  # one call counts once
        await debts.open_again(db, acme, told, AT)
    await debts.open_again(db, acme, Missed(call_id=2, number="+7", tail=9, at=AT + 5), AT)
    for call_id in (3, 4, 3):  # withheld: each is a debt
        await debts.open_again(db, acme, Missed(call_id=call_id, number=None, tail=None, at=AT), AT)
    row = await db.row("select * from debts where tail = 9")
    assert row is not None
    assert (row["calls"], row["call_id"], row["last_call_id"], row["is_sure"], row["line"], row["user_id"]) == (
        2, 1, 2, True, "+7495", cast.anna)  # fmt: skip
    assert len(await open_debts(db)) == 3
    await debts.close_by_talk(db, acme, 9, 5, cast.boris, AT + 1, AT + 1)
    assert len(await open_debts(db)) == 3
    await debts.close_by_talk(db, acme, 9, 5, cast.boris, AT + 9, AT + 9)
    assert len(await open_debts(db)) == 2
    await debts.open_again(db, acme, told, AT)
    assert len(await open_debts(db)) == 2, "it was counted in the debt that is closed"
    assert [fact["owner"] for fact in await facts(db, "debt_closed")] == [cast.anna]
    await db.run("update users set is_active = false where id = $1", cast.anna)
    left = Missed(call_id=7, number="+7", tail=7, owner=cast.anna, user=cast.boris, at=AT)
    await debts.open_again(db, acme, left, AT)
    assert await db.value("select user_id from debts where tail = 7") == cast.boris
    opened = (await facts(db, "debt_opened"))[-1]
    assert (opened["owner"], opened["card_owner"]) == (cast.boris, cast.boris), "without a card it is his"


async def test_a_talk_between_two_missed_calls_that_is_told_late(api: Client, db: Db, cast: Cast):
    await contact(api)
    await logged(api, missed(AT), missed(AT + 100), missed(AT + 500))
    await logged(api, talk(AT + 200))
    assert await settle_all(db, AT) == 0
    assert await open_debts(db) == [(1, AT + 500, AT + 500)]
    last = await db.row("select call_id, last_call_id from debts")
    assert last is not None and last["call_id"] == last["last_call_id"]
    told = (await facts(db, "debt_opened"))[-1]
    assert (told["call_id"], told["owner"]) == (last["call_id"], cast.olga)
    await settle_all(db, AT)
    assert len(await facts(db, "debt_opened")) == 2, "what is right is not told again"


async def test_the_list_of_debts(client_of: ClientOf, signed_in: Visitor, db: Db, cast: Cast, now: int):
    api = await client_of("olga")
    hers = await contact(api, responsible_user_id=cast.anna)
    await contact(
        api, custom_fields_values=[{"field_code": "PHONE", "values": [{"value": "+79160000000"}]}],
        responsible_user_id=cast.clara,
    )  # fmt: skip
    await logged(api, missed(now - 600), missed(now - 500, phone="+79160000000"))
    olga, anna, clara = [await signed_in(name) for name in ("olga", "anna", "clara")]
    told = (await olga.get("/desk/debts")).json()
    first, second = told["debts"]
    assert told["after"] is None and first["number"] == NUMBER and second["number"] == "+79160000000"
    assert first["card"] == {"entity": "contacts", "id": hers, "name": "Ivan Sidorov"}
    assert (first["owner"], first["calls"], first["opened_at"]) == (cast.anna, 1, now - 600)
    assert 600 <= first["age_seconds"] < 900
    page = (await olga.get("/desk/debts?limit=1")).json()
    assert [each["id"] for each in page["debts"]] == [first["id"]]
    rest = (await olga.get("/desk/debts", params={"limit": 1, "after": page["after"]})).json()
    assert [each["id"] for each in rest["debts"]] == [second["id"]] and rest["after"] is None
    assert [each["id"] for each in (await anna.get("/desk/debts")).json()["debts"]] == [first["id"]]
    (owed,) = (await clara.get("/desk/debts")).json()["debts"]  # she owes it, whoever's card it may be
    assert (owed["id"], owed["card"]) == (second["id"], None)
    for query, found in (("owner", cast.anna), ("number", "8 999 000 11 22")):
        assert [e["id"] for e in (await olga.get("/desk/debts", params={query: found})).json()["debts"]] == [
            first["id"]
        ]
    assert (await olga.get("/desk/debts?after=x")).status_code == 400

    close, give = f"/desk/debts/{first['id']}/close", f"/desk/debts/{first['id']}/owner"
    assert (await clara.post(close, json={"reason": "x"})).status_code == 404
    assert (await anna.post(close, json={"reason": " "})).status_code == 422
    assert (await anna.post(give, json={"user_id": 5})).status_code == 422
    assert (await anna.post(give, json={"user_id": cast.boris})).status_code == 204
    assert await db.value("select user_id from debts where id = $1", first["id"]) == cast.boris
    assert (await anna.post(close, json={"reason": "He wrote an e-mail"})).status_code == 204
    assert (await anna.post(close, json={"reason": "again"})).status_code == 409
    row = await db.row("select closed_by, reason, closed_by_call from debts where id = $1", first["id"])
    assert row is not None and tuple(row) == (cast.anna, "He wrote an e-mail", None)
    assert (await facts(db, "debt_closed"))[-1]["owner"] == cast.boris
    assert [each["id"] for each in (await olga.get("/desk/debts")).json()["debts"]] == [second["id"]]


async def test_whose_debts_are_listed_and_counted(
    signed_in: Visitor, db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    """Olga looks at everything, Anna and Boris are a group, Clara sees what she owes herself and no more."""
    for place, owner in enumerate((cast.olga, cast.anna, cast.boris, None)):
        await db.run(
            "insert into debts (account_id, number, tail, call_id, last_call_id, user_id, opened_at, last_at)"
            " values ($1, $2, $3::int8, 1, 1, $4, 100 + $3::int8, 100 + $3::int8)",
            cast.account_id,
            f"+7916000000{place}",
            place,
            owner,
        )

    async def seen(who: str, whose: str) -> tuple[list[int], int]:
        client = await signed_in(who)
        told = (await client.get("/desk/debts", params={"whose": whose})).json()
        return [debt["owner"] for debt in told["debts"]], told["count"]

    olga, anna, boris = cast.olga, cast.anna, cast.boris
    for who, whose, found in (
        ("olga", "all", [olga, anna, boris, None]),
        ("olga", "mine", [olga]),
        ("anna", "all", [anna, boris]),
        ("anna", "group", [anna, boris]),
        ("anna", "mine", [anna]),
        ("clara", "all", []),
        ("clara", "group", []),
    ):
        assert await seen(who, whose) == (found, len(found)), (who, whose)
    assert (await (await signed_in("olga")).get("/desk/debts?whose=ours")).status_code == 400
    monkeypatch.setattr("trubka.api.desk_calls.MOST_DEBTS", 2)
    told = (await (await signed_in("olga")).get("/desk/debts")).json()
    assert (len(told["debts"]), told["count"], told["more"]) == (4, 2, True)


async def test_what_changes_without_a_call_is_told_too(db: Db, cast: Cast):
    acme = cast.account_id
    for call_id in (1, 2):
        told = Missed(call_id=call_id, number="+7", tail=9, owner=cast.anna, at=AT + call_id, is_sure=False)
        await debts.open_again(db, acme, told, AT)
    await db.run("delete from facts")
    await debts.count_less(db, acme, 9, AT + 1, AT + 5)
    await debts.make_sure(db, acme, 9, AT + 1, AT + 6)
    assert tuple((await db.row("select calls, is_sure from debts")) or ()) == (1, True)
    opened = await facts(db, "debt_opened")
    assert [(fact["at"], fact["owner"], fact["card_owner"]) for fact in opened] == [
        (AT + 5, cast.anna, cast.anna),
        (AT + 6, cast.anna, cast.anna),
    ]
    await debts.count_less(db, acme, 9, AT + 1, AT + 7)
    await debts.make_sure(db, acme, 9, AT + 1, AT + 7)
    assert len(await facts(db, "debt_opened")) == 2


async def test_a_debt_without_a_card_is_closed_for_its_owner(api: Client, db: Db, cast: Cast):
    told = Missed(call_id=1, number=NUMBER, tail=9990001122, owner=cast.anna, at=AT)
    await debts.open_again(db, cast.account_id, told, AT)
    await contact(api)
    await logged(api, talk(AT + 100))
    (closed,) = await facts(db, "debt_closed")
    assert (closed["owner"], closed["card_owner"]) == (cast.anna, cast.anna)


async def test_a_batch_of_several_rounds_is_written_whole_or_not_at_all(
    api: Client, db: Db, monkeypatch: pytest.MonkeyPatch
):
    await contact(api)
    batch = [missed(AT), talk(AT + 100), missed(AT + 200)]
    add, left = calls.add, iter(range(1))

    async def add_once(*given: Any) -> set[int]:
        if next(left, None) is None:
            raise Unavailable("The database does not answer: try again in a moment.")
        return await add(*given)

    with monkeypatch.context() as broken:
        broken.setattr(calls, "add", add_once)
        assert (await api.post("/api/v4/calls", json=batch)).status_code == 503
    assert await db.value("select count(*) from calls") == 0
    await logged(api, *batch)
    assert await db.value("select count(*) from calls") == 3


async def test_what_cannot_be_settled_now_is_settled_later(api: Client, db: Db, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: Any) -> int:
        raise Unavailable("The database does not answer: try again in a moment.")

    await contact(api)
    with monkeypatch.context() as broken:
        broken.setattr(debts, "settle", away)
        await logged(api, missed(AT))
    assert await open_debts(db) == [(1, AT, AT)]
