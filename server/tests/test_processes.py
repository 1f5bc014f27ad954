"""Two web servers and two workers over one PostgreSQL: what one does the others know, and any of them may be killed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from tests import programs
from tests.cast import Cast
from tests.jobs.receiver import Receiver, receiving
from trubka.actions import sessions
from trubka.api.asked import Site
from trubka.db import Db

pytestmark = pytest.mark.patient

KNOWN_SECONDS = 1.0  # a revocation is known in every process after these
HERE = {"TRUBKA_PRIVATE_NETWORKS": "127.0.0.0/8"}  # the receiver is on this machine
DELIVERY_SECONDS = 20  # a killed worker's turn is over, and another one has sent


@dataclass
class House:
    """2 + 2, and who listens to the webhooks."""

    serving: list[programs.Program]
    working: list[programs.Program]
    clients: list[httpx.AsyncClient]
    receiver: Receiver
    dsn: str


@pytest.fixture
async def house(dsn: str, db: Db, site: Site, cast: Cast) -> AsyncIterator[House]:
    token = await cast.token(db, site, "olga")
    serving = [programs.serve(dsn, **HERE) for _ in range(2)]
    working = [programs.work(dsn, **HERE) for _ in range(2)]
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(receiving())
        headers = {"authorization": f"Bearer {token}"}
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=each.url, headers=headers)) for each in serving
        ]
        yield House(serving, working, clients, receiver, dsn)
    for program in [*serving, *working]:
        if program.process.poll() is None:
            assert program.stop() in (0, -15)  # -15: it had hardly begun


async def test_a_session_and_its_end_are_known_everywhere(house: House, db: Db, cast: Cast):
    person = await db.value("select person_id from users where id = $1", cast.olga)
    one, other = (httpx.AsyncClient(base_url=each.url, headers={"x-requested-with": "test"}) for each in house.serving)
    token = await sessions.link(db, "sign_in", person_id=person, account_id=cast.account_id)
    entered = await one.post("/desk/link", json={"token": token})
    assert entered.status_code == 200, entered.text
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert (await other.get("/desk/me", headers={"cookie": cookie})).json()["user"]["id"] == cast.olga
    assert (await one.post("/desk/sign-out", headers={"cookie": cookie})).status_code == 204
    assert (await other.get("/desk/me", headers={"cookie": cookie})).status_code == 401
    await one.aclose()
    await other.aclose()


async def test_a_revoked_token_is_refused_everywhere_within_a_second(house: House, db: Db):
    one, other = house.clients
    assert {(await each.get("/api/v4/account")).status_code for each in (one, other)} == {200}
    await db.run("update grants set revoked_at = now()")
    revoked = time.monotonic()
    while {(await each.get("/api/v4/account")).status_code for each in (one, other)} != {401}:
        assert time.monotonic() - revoked < KNOWN_SECONDS + 1
        await asyncio.sleep(0.02)


async def test_one_is_killed_at_a_time_and_every_event_is_told(house: House, db: Db):
    """Leads are made by both servers while a worker and then a server is killed; each is told at least once."""
    one, other = house.clients
    hook = await one.post(
        "/api/v4/webhooks", json={"destination": f"{house.receiver.url}/hook", "settings": ["add_lead"]}
    )
    assert hook.status_code == 201, hook.text
    made = {await add_lead(client) for client in (one, other) for _ in range(10)}
    house.working[0].kill()
    made |= {await add_lead(client) for client in (one, other) for _ in range(10)}
    house.serving[0].kill()
    made |= {await add_lead(other) for _ in range(10)}
    house.working.append(programs.work(house.dsn, **HERE))
    house.working[1].kill()
    made |= {await add_lead(other) for _ in range(10)}
    deadline = time.monotonic() + DELIVERY_SECONDS
    while not made <= told_of(house.receiver):
        assert time.monotonic() < deadline, f"{len(made - told_of(house.receiver))} of {len(made)} leads were not told"
        await asyncio.sleep(0.1)
    assert await db.value("select count(*) from leads") == len(made) == 60


async def add_lead(client: httpx.AsyncClient) -> int:
    made = await client.post("/api/v4/leads", json=[{"name": "Told"}])
    assert made.status_code == 200, made.text
    return made.json()["_embedded"]["leads"][0]["id"]


def told_of(receiver: Receiver) -> set[int]:
    return {int(came.body["leads[add][0][id]"]) for came in receiver.came}
