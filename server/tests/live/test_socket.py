"""The socket: what it tells, in which order, to whom, and when it ends."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import websockets

from tests.cast import Cast
from tests.conftest import connected, postgres_binaries
from tests.live.browser import House, housed, opened
from trubka.actions import people, sessions
from trubka.actions.audit import By
from trubka.api.asked import Site
from trubka.db import Db, facts
from trubka.live import hub as hubs
from trubka.rules.entities import Entity
from trubka.rules.facts import AccountChanged, CardAdded, CardDeleted
from trubka.rules.rights import NONE, CardRights, Rights, TaskRights

EVERYBODY = ("anna", "boris", "clara", "olga", "stranger")


async def happen(db: Db, account_id: int, number: int, owner: int) -> None:
    await facts.record(db, account_id, [], [CardDeleted(0, 1, Entity.contact, number, owner)])


def numbers(told: list[dict[str, Any]]) -> list[int]:
    return [fact["id"] for fact in told]


async def contact_of(house: House, owner: str, name: str = "Ivan") -> int:
    item = {"name": name, "responsible_user_id": house.cast.users[owner]}
    made = await house.ask("olga", "POST", "/api/v4/contacts", json=[item])
    return made["_embedded"]["contacts"][0]["id"]


# What is told.


async def test_a_change_is_told_at_once(house: House):
    async with house.at("anna") as anna:
        assert await anna.frame() == []  # she is on, and has missed nothing
        contact = await contact_of(house, "anna")
        assert await anna.frame() == [
            {
                "fact": "card_added",
                "by": house.cast.olga,
                "at": anna.facts[0]["at"],
                "entity": 1,
                "id": contact,
                "owner": house.cast.anna,
            }
        ]
    async with house.at("anna", anna.position) as anna:
        assert await anna.frame() == []


async def test_facts_that_come_together_are_one_frame(house: House):
    async with house.at("olga") as olga:
        await olga.frame()
        items = [{"name": f"N {place}"} for place in range(50)]
        await house.ask("olga", "POST", "/api/v4/contacts", json=items)
        assert len(await olga.frame()) == 50


async def test_what_was_missed_is_told_first(house: House):
    async with house.at("anna") as anna:
        await anna.frame()
        first = await contact_of(house, "anna")
        await anna.until(1)
    second, third = await contact_of(house, "boris"), await contact_of(house, "anna")
    await contact_of(house, "olga")
    async with house.at("anna", anna.position) as anna:
        assert numbers(await anna.until(2)) == [second, third]
        fourth = await contact_of(house, "anna")
        assert numbers(await anna.until(3)) == [second, third, fourth]
    assert first not in numbers(anna.facts)


async def test_what_was_missed_is_found_in_the_table_too(house: House, monkeypatch: pytest.MonkeyPatch):
    """By who has been away longer than the process remembers."""
    begin = (await house.snapshot("anna"))["position"]
    monkeypatch.setattr(hubs, "RING_FACTS", 2)
    made = [await contact_of(house, "anna") for _ in range(6)]
    async with house.at("olga") as olga:
        await olga.frame()  # the ring has gone on
    async with house.at("anna", begin) as anna:
        assert numbers(await anna.until(6)) == made
        made.append(await contact_of(house, "anna"))
        assert numbers(await anna.until(7)) == made
    monkeypatch.setattr(hubs, "MOST_BEHIND", 5)
    async with house.at("anna", begin) as anna:
        assert await anna.ended() == (4001, "start again")


async def test_a_later_number_that_commits_first_hides_nothing(house: House, db: Db):
    anna = house.cast.anna
    async with house.at("anna") as browser:
        async with db.transaction() as slow:
            await happen(slow, house.cast.account_id, 1, anna)
            async with db.transaction() as quick:
                await happen(quick, house.cast.account_id, 2, anna)
            assert numbers(await browser.until(1)) == [2]
            between = browser.position
        assert numbers(await browser.until(2)) == [2, 1]
    async with house.at("anna", between) as browser:
        assert numbers(await browser.until(1)) == [1]
    async with house.at("anna", browser.position) as browser:
        assert await browser.frame() == []
        await browser.nothing()


async def test_nobody_waits_for_a_transaction_that_stays_open(house: House, db: Db):
    anna = house.cast.anna
    async with house.at("anna") as browser:
        async with db.transaction() as slow:
            await happen(slow, house.cast.account_id, 1, anna)
            for number in range(2, 30):
                await happen(db, house.cast.account_id, number, anna)
                begun = time.monotonic()
                await browser.until(number - 1)
                assert time.monotonic() - begun < SOON
            async with house.at("anna") as fresh:  # it starts while the other is open
                await fresh.frame()
                position = fresh.position
        assert numbers(await browser.until(29))[-1] == 1
    async with house.at("anna", position) as fresh:
        assert numbers(await fresh.until(1)) == [1]


SOON = 3.0


async def test_who_rings_nobody_is_heard_by_looking(site: Site, cast: Cast):
    from tests.live.browser import housed

    async with housed(site, cast, bell=False) as house, house.at("anna") as anna:
        await anna.frame()
        await site.db.run(
            "insert into facts (account_id, fact) values ($1, $2)",
            cast.account_id,
            CardDeleted(0, 1, Entity.contact, 7, cast.anna),
        )
        begun = time.monotonic()
        assert numbers(await anna.until(1)) == [7]
        assert time.monotonic() - begun < hubs.LOOK_SECONDS + SOON


async def test_an_unknown_fact_of_a_newer_version_stops_nothing(house: House, db: Db):
    async with house.at("anna") as anna:
        await anna.frame()
        new = {"fact": "moon_landed", "by": 1, "at": 1}
        await db.run("insert into facts (account_id, fact) values ($1, $2)", house.cast.account_id, new)
        await happen(db, house.cast.account_id, 5, house.cast.anna)
        assert numbers(await anna.until(1)) == [5]


async def test_a_position_after_many_pages_has_seen_them_all(house: House, db: Db):
    async with house.at("anna") as anna:
        await anna.frame()
        many = [CardDeleted(0, 1, Entity.contact, number, house.cast.anna) for number in range(1, hubs.FACTS + 1)]
        async with db.transaction() as tx:
            await facts.record(tx, house.cast.account_id, [], many)
        assert numbers(await anna.until(len(many))) == [fact.id for fact in many]
        await happen(db, house.cast.account_id, 0, house.cast.anna)  # on the page after the full one
        await anna.until(len(many) + 1)
        position = anna.position
    async with house.at("anna", position) as again:
        assert await again.frame() == []


async def test_a_checkpoint_tells_nothing_twice(house: House, db: Db):
    async with house.at("anna") as anna:
        await anna.frame()
        for number in range(1, 6):
            await happen(db, house.cast.account_id, number, house.cast.anna)
            await anna.until(number)
            await db.run("checkpoint")
        assert numbers(anna.facts) == [1, 2, 3, 4, 5]


async def test_a_quiet_socket_is_told_its_position(house: House, monkeypatch: pytest.MonkeyPatch):
    async with house.at("clara") as clara:
        await clara.frame()
        before = clara.position
        monkeypatch.setattr(hubs, "BEAT_SECONDS", 1)  # of the rounds to come: the present one has 20 steps
        await happen(house.db, house.cast.account_id, 1, house.cast.anna)
        deadline = time.monotonic() + 25
        while clara.position == before:
            assert time.monotonic() < deadline
            assert json.loads(await asyncio.wait_for(clara.wire.recv(), 25))["facts"] == []
            return


# To whom.


async def test_everybody_is_told_what_they_may_see(house: House):
    """The rights of rules/test_audience.py on the whole way, for one of each kind."""
    told: dict[str, list[int]] = {}
    async with (
        house.at("anna") as anna,
        house.at("boris") as boris,
        house.at("clara") as clara,
        house.at("olga") as olga,
        house.at("stranger") as stranger,
    ):
        of = {name: await contact_of(house, name) for name in ("anna", "boris", "clara", "olga")}
        note = [{"entity_id": of["boris"], "note_type": "common", "params": {"text": "secret"}}]
        await house.ask("boris", "POST", "/api/v4/contacts/notes", json=note)
        task = {"text": "secret", "complete_till": 2_000_000_000, "responsible_user_id": house.cast.clara}
        await house.ask("olga", "POST", "/api/v4/tasks", json=[task])
        await facts.record(house.db, house.cast.account_id, [], [AccountChanged(0, 1, "end")])
        for name, browser in zip(EVERYBODY[:4], (anna, boris, clara, olga), strict=True):
            while not browser.facts or browser.facts[-1]["fact"] != "account_changed":
                await browser.frame()
            cards = [fact["id"] for fact in browser.facts if fact["fact"] == "card_added"]
            told[name] = cards
            kinds = [fact["fact"] for fact in browser.facts if fact["fact"] != "card_added"]
            assert (
                kinds
                == {
                    "anna": ["note_added", "account_changed"],
                    "boris": ["note_added", "account_changed"],
                    "clara": ["task_added", "account_changed"],
                    "olga": ["note_added", "task_added", "account_changed"],
                }[name]
            )
            assert "secret" not in str(browser.facts)
        assert await stranger.frame() == []
        await stranger.nothing()
    assert told == {
        "anna": [of["anna"], of["boris"]],
        "boris": [of["anna"], of["boris"]],
        "clara": [],
        "olga": list(of.values()),
    }


async def test_a_new_owner_takes_it_from_the_sight_of_the_old_one(house: House):
    contact = await contact_of(house, "anna", "Secret")
    async with house.at("anna") as anna, house.at("clara") as clara, house.at("olga") as olga:
        change = {"responsible_user_id": house.cast.clara, "name": "More secret"}
        await house.ask("olga", "PATCH", f"/api/v4/contacts/{contact}", json=change)
        (gone,) = await anna.until(1)
        assert gone == {"fact": "gone", "by": 0, "at": gone["at"], "entity": 1, "id": contact}
        assert (await olga.until(1))[0]["old_owner"] == house.cast.anna
        assert await clara.frame() == []
        await clara.nothing()  # it is hers, but she may see nothing


async def test_new_rights_hold_for_the_next_fact(house: House, db: Db):
    """Clara gets a role, is moved to a group, and loses it all; her socket stays open."""
    by = By(house.cast.account_id, house.cast.olga, int(time.time()))
    mine = CardRights(view="M")
    own, team = (Rights(contacts=rights, tasks=TaskRights("D", "D")) for rights in (mine, CardRights(view="G")))
    (own_id, team_id) = await people.add_roles(db, by, [("Own", own), ("Team", team)])
    group = await db.value("select group_id from users where id = $1", house.cast.anna)
    steps: list[tuple[people.UserChange, list[str]]] = [
        (people.UserChange(role_id=own_id), ["clara"]),
        (people.UserChange(role_id=team_id, group_id=group), ["anna", "clara"]),
        (people.UserChange(role_id=None, rights=NONE), []),
        (people.UserChange(is_admin=True), ["anna", "clara", "olga"]),
    ]
    async with house.at("clara") as clara:
        for change, expected in steps:
            await people.change_user(db, by, house.cast.clara, change)
            of = {name: await contact_of(house, name) for name in ("anna", "clara", "olga")}
            await facts.record(db, house.cast.account_id, [], [AccountChanged(0, 1, "end")])
            clara.facts.clear()
            while not any(fact.get("what") == "end" for fact in clara.facts):
                await clara.frame()
            heard = [fact["id"] for fact in clara.facts if fact["fact"] == "card_added"]
            assert heard == [of[name] for name in expected], change


async def test_of_many_sockets_those_of_one_user_hear_it(house: House):
    async with house.at("anna") as one, house.at("anna") as other, house.at("boris") as boris:
        for browser in (one, other, boris):
            await browser.frame()
        task = {"text": "Call", "complete_till": 2_000_000_000, "responsible_user_id": house.cast.anna}
        await house.ask("olga", "POST", "/api/v4/tasks", json=[task])
        assert [fact["fact"] for fact in await one.until(1)] == ["task_added"]
        assert await other.until(1) == one.facts
        await boris.nothing()


# When it ends.


@pytest.mark.patient
async def test_a_restore_under_a_live_browser(house: House, db: Db, dsn: str, postgres_url: str, tmp_path: Path):
    """From a dump, under the same name and on the same server, where the numbers of transactions go on."""
    dump, name = tmp_path / "dump.sql", dsn.partition("?")[0].rpartition("/")[2]
    async with house.at("anna") as anna:
        await anna.frame()
        kept = await contact_of(house, "anna")
        with dump.open("wb") as file:
            await ran([str(postgres_binaries() / "pg_dump"), "--dbname", dsn], file)
        lost = await contact_of(house, "anna")
        assert numbers(await anna.until(2)) == [kept, lost]
        admin = await connected(postgres_url)
        await admin.execute(f"drop database {name} with (force)")
        await admin.execute(f"create database {name} encoding 'UTF8' template template0")
        await admin.close()
        await ran([str(postgres_binaries() / "psql"), "--quiet", "--dbname", dsn, "--file", str(dump)], None)
        assert await anna.ended() == (4001, "start again")
    async with house.at("anna", anna.position) as again:
        assert await again.ended() == (4001, "start again")
    async with house.at("anna") as fresh:
        await fresh.frame()
        contact = await contact_of(house, "anna")
        assert contact == lost
        assert numbers(await fresh.until(1)) == [contact]


async def ran(command: list[str], output: Any) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdout=output or asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


async def test_another_database_means_to_start_again(house: House, db: Db):
    async with house.at("anna") as anna:
        await anna.frame()
        await db.run("update installation set epoch = gen_random_uuid()")
        assert await anna.ended() == (4001, "start again")
    async with house.at("anna", anna.position) as again:
        assert await again.ended() == (4001, "start again")
    async with house.at("anna") as fresh:
        await fresh.frame()
        contact = await contact_of(house, "anna")
        assert numbers(await fresh.until(1)) == [contact]


async def test_facts_that_are_forgotten_mean_to_start_again(site: Site, cast: Cast, db: Db):
    from tests.live.browser import housed

    old = await facts.position(db)
    await happen(db, cast.account_id, 1, cast.anna)
    new = await facts.position(db)
    await db.run("update facts set at = now() - interval '8 days'")
    assert await facts.forget(db, 7, 100) == await db.value("select 1") and not await facts.forget(db, 7, 100)
    async with housed(site, cast) as house:
        async with house.at("anna", old) as anna:
            assert await anna.ended() == (4001, "start again")
        async with house.at("anna", new) as anna:
            assert await anna.frame() == []


async def test_who_is_signed_out_is_told_no_more(house: House, db: Db):
    cookie = await house.cookie("anna")
    async with house.at("anna", headers=cookie) as anna, house.at("anna") as other:
        await anna.frame()
        token = cookie["cookie"].partition("=")[2]
        await sessions.sign_out(db, token)
        assert await anna.ended() == (4002, "signed out")
        assert await other.frame() == []
        await other.nothing()


async def test_a_session_that_goes_to_another_company_leaves_this_one(house: House, db: Db):
    cookie = await house.cookie("anna")
    person = await db.value("select person_id from users where id = $1", house.cast.anna)
    session = await db.value("select id from sessions where person_id = $1", person)
    await db.run(
        "insert into users (account_id, person_id, name, email, rights, joined_at, created_at, updated_at)"
        " select $2, person_id, name, email, rights, 1, 1, 1 from users where id = $1",
        house.cast.anna,
        house.cast.other_account_id,
    )
    async with house.at("anna", headers=cookie) as anna:
        await anna.frame()
        await sessions.choose(db, person, session, house.cast.other_account_id)
        assert await anna.ended() == (4002, "signed out")


async def test_a_revoked_token_ends_its_sockets(house: House, db: Db):
    async with house.at("anna") as anna, house.at("boris") as boris:
        await anna.frame()
        tokens = await house.db.rows("select id from grants where user_id = $1", house.cast.anna)
        from trubka.actions import integrations

        by = By(house.cast.account_id, house.cast.olga, int(time.time()))
        for row in tokens:
            await integrations.revoke_token(db, by, UUID(str(row["id"])))
        assert await anna.ended() == (4002, "signed out")
        assert [fact["fact"] for fact in await boris.until(len(tokens))] == ["account_changed"] * len(tokens)


async def test_who_is_switched_off_is_out(house: House, db: Db):
    async with house.at("anna") as anna:
        await anna.frame()
        by = By(house.cast.account_id, house.cast.olga, int(time.time()))
        await people.set_active(db, by, [house.cast.anna], False)
        assert await anna.ended() == (4002, "signed out")


async def test_what_no_fact_told_is_seen_by_looking(house: House, db: Db, monkeypatch: pytest.MonkeyPatch):
    """A session that ends by itself, a right changed by hand."""
    cookie = await house.cookie("anna")
    async with house.at("anna", headers=cookie) as anna:
        await anna.frame()
        await db.run("update sessions set expires_at = now() - interval '1 second'")
        for room in list(house.site.hub._rooms.values()):  # pyright: ignore[reportPrivateUsage]
            await house.site.hub._renew(room, room.listeners())  # pyright: ignore[reportPrivateUsage]
        assert await anna.ended() == (4002, "signed out")


async def test_a_socket_that_does_not_read_is_dropped(house: House, db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hubs, "MOST_WAITING_BYTES", 65_536)
    position = (await house.snapshot("anna"))["position"]
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    lazy.setblocking(False)
    await asyncio.get_running_loop().sock_connect(lazy, ("127.0.0.1", int(house.url.rpartition(":")[2])))
    token = (await house.headers("anna"))["authorization"]
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    ask = f"GET /live/socket?position={position} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    await asyncio.get_running_loop().sock_sendall(lazy, f"{ask}{key}Authorization: {token}\r\n\r\n".encode())
    async with house.at("anna") as quick:
        await quick.frame()
        assert house.site.hub.count == 2
        rounds = 0
        while house.site.hub.count == 2:
            many = [CardAdded(1, 1, Entity.contact, number, house.cast.anna) for number in range(500)]
            await facts.record(db, house.cast.account_id, [], many)
            rounds += 1
            assert rounds < 200, "it was never dropped"
            await quick.until(500 * rounds)
    lazy.close()


async def test_a_socket_only_tells(house: House):
    async with house.at("anna") as anna:
        await anna.frame()
        await anna.wire.send("hello")
        assert await anna.ended() == (4004, "this socket only tells")
    async with house.at("anna") as anna:
        await anna.frame()
        await anna.wire.send("x" * 2_000)
        assert (await anna.ended())[0] == 1009
    assert house.site.hub.count == 0


async def test_the_end_of_a_socket_is_forgotten(house: House):
    for _ in range(3):
        async with house.at("anna") as anna, house.at("olga"):
            await anna.frame()
    for _ in range(100):
        if house.site.hub.count == 0:
            break
        await asyncio.sleep(0.02)
    assert not house.site.hub._rooms  # pyright: ignore[reportPrivateUsage]
    assert not any(house.site.hub._beats)  # pyright: ignore[reportPrivateUsage]


# Who gets in.


async def refused(house: House, headers: dict[str, str], query: str) -> tuple[int, str]:
    address = f"{house.url.replace('http', 'ws')}/live/socket{query}"
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with websockets.connect(address, additional_headers=headers, proxy=None):
            pass
    answer = caught.value.response
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, json.loads(answer.body or b"{}")["detail"]


async def test_who_may_not_is_refused_in_words(house: House, monkeypatch: pytest.MonkeyPatch):
    position = (await house.snapshot("anna"))["position"]
    query = f"?position={position}"
    anna, cookie = await house.headers("anna"), await house.cookie("anna")
    assert (await refused(house, {}, query))[0] == 401
    assert (await refused(house, {"authorization": "Bearer nonsense"}, query))[0] == 401
    assert (await refused(house, {**cookie, "origin": "https://evil.example"}, query))[0] == 403
    assert (await refused(house, {"cookie": cookie["cookie"]}, query))[0] == 403
    assert (await refused(house, anna, "?position=5"))[0] == 400
    assert (await refused(house, anna, ""))[0] == 400
    on_behalf = {**await house.headers("olga"), "x-context-user-id": str(house.cast.anna)}
    assert (await refused(house, on_behalf, query))[0] == 400
    monkeypatch.setattr(hubs, "MOST_A_SESSION", 2)
    async with house.at("anna") as one, house.at("anna") as two:
        assert await one.frame() == await two.frame() == []
        status, detail = await refused(house, anna, query)
        assert (status, "2 of these" in detail) == (429, True)
        async with house.at("anna", headers=cookie) as other:  # a session of its own
            assert await other.frame() == []
        monkeypatch.setattr(hubs, "MOST_A_PROCESS", 2)
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get(f"/live/socket{query}", headers=anna)
        assert answer.status_code == 405


async def test_an_address_that_is_no_socket_is_refused(house: House):
    address = house.url.replace("http", "ws")
    for path, status in (("/api/v4/contacts", 405), ("/nothing", 404)):
        with pytest.raises(websockets.InvalidStatus) as caught:
            async with websockets.connect(address + path, additional_headers=await house.headers("anna"), proxy=None):
                pass
        assert caught.value.response.status_code == status


# What goes wrong.


async def test_a_mistake_in_a_side_task_ends_nothing(site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hubs, "RENEW_SECONDS", 0.5)
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 1)
    renewing, beating = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def groups(*_: object) -> list[Any]:
        renewing.release()
        raise ZeroDivisionError

    def write(*_: object) -> None:
        beating.release()
        raise ZeroDivisionError

    async with housed(site, cast) as house, house.at("anna") as anna:
        await anna.frame()
        with monkeypatch.context() as broken:
            broken.setattr(hubs.standing, "groups", groups)
            broken.setattr(hubs.Hub, "_write", write)
            async with asyncio.timeout(20):
                for failed in (renewing, renewing, beating, beating):  # each goes on after the first time
                    await failed.acquire()
        contact = await contact_of(house, "anna")
        assert numbers(await anna.until(1)) == [contact]


async def test_a_group_that_is_new_since_the_users_were_read_is_empty(house: House, monkeypatch: pytest.MonkeyPatch):
    """Users and groups are read one after the other."""

    async def groups(*_: object) -> list[Any]:
        return []

    async with house.at("clara") as clara:
        await clara.frame()
        monkeypatch.setattr(hubs.standing, "groups", groups)
        await facts.record(house.db, house.cast.account_id, [], [AccountChanged(0, 1, "groups")])
        assert len(await clara.frame()) == 1


# Where no socket gets through.


async def test_a_long_poll_tells_the_same(house: House):
    begin = await house.snapshot("anna")
    first = await contact_of(house, "anna")
    told = await house.ask("anna", "GET", "/live/facts", params={"position": begin["position"]})
    assert numbers(told["facts"]) == [first]
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(house.ask("anna", "GET", "/live/facts", params={"position": told["position"]}))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        second = await contact_of(house, "boris")
    again = waiting.result()
    assert numbers(again["facts"]) == [second]
    async with opened(house.url, again["position"], await house.headers("anna")) as socket:
        assert await socket.frame() == []
    quiet = await house.ask("anna", "GET", "/live/facts", params={"position": again["position"], "wait": "0"})
    assert quiet["facts"] == []


async def test_a_long_poll_is_refused_in_words(house: House, client_of: Any):
    client = await client_of("anna")
    position = (await house.snapshot("anna"))["position"]
    other = "00000000-0000-0000-0000-000000000000" + position[36:]
    for query, status in (
        (f"position={other}", 410),
        ("position=x", 400),
        *((f"position={position[:36]}:{seen}", 400) for seen in ("0:0:", "1:0:", "5:9:7,6", "5:9:9", f"1:{2**63}:")),
        (f"position={position[:36]}:{2**32}:{2**32 + 1}:", 400),
        (f"position={position}&wait=61", 400),
        (f"position={position}&wait=x", 400),
    ):
        assert (await client.get(f"/live/facts?{query}")).status_code == status, query
    nobody = await client_of(None)
    assert (await nobody.get(f"/live/facts?position={position}")).status_code == 401
    assert (await nobody.get("/live/snapshot")).status_code == 401
