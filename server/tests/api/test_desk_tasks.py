"""Tasks as our own browser lists them."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.api.test_notes import card
from tests.api.test_tasks import task
from tests.cast import Cast
from tests.conftest import ClientOf

DAY = 86_400


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/desk/tasks", params=query)
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.json()["tasks"]]


@pytest.fixture
async def tasks(client_of: ClientOf, cast: Cast) -> None:
    api = await client_of("olga")
    now = int(time.time())
    for text, user, till in (
        ("Anna's late", cast.anna, now - 60),
        ("Anna's far", cast.anna, now + 9 * DAY),
        ("Anna's later", cast.anna, now + 5 * DAY),
        ("Boris's", cast.boris, now + 5 * DAY),
        ("Olga's", cast.olga, now - 5 * DAY),
    ):
        await task(api, text=text, responsible_user_id=user, complete_till=till)
    done = await task(api, text="Anna's done", responsible_user_id=cast.anna)
    assert (await api.patch(f"/api/v4/tasks/{done}", json={"is_completed": True})).status_code == 200


async def test_whose_and_when(tasks: None, client_of: ClientOf, signed_in: Visitor):
    olga, anna, clara = [await signed_in(name) for name in ("olga", "anna", "clara")]
    mine = ["Anna's late", "Anna's later", "Anna's far"]
    assert await listed(anna) == mine
    assert await listed(anna, whose="group") == mine  # she may not see what Boris answers for
    assert await listed(olga, whose="all") == ["Olga's", "Anna's late", "Anna's later", "Boris's", "Anna's far"]
    assert await listed(olga) == ["Olga's"]
    assert await listed(olga, whose="all", when="overdue") == ["Olga's", "Anna's late"]
    assert await listed(anna, when="later") == ["Anna's later", "Anna's far"]
    assert await listed(anna, when="today") == []
    assert await listed(anna, done=1) == ["Anna's done"]
    assert await listed(clara, whose="all") == []
    for query in ({"whose": "his"}, {"when": "never"}, {"after": "x"}):
        assert (await anna.get("/desk/tasks", params=query)).status_code == 400
    assert (await (await client_of(None)).get("/desk/tasks")).status_code == 401


async def test_they_are_counted(tasks: None, signed_in: Visitor):
    told = (await (await signed_in("anna")).get("/desk/tasks/counts")).json()
    assert told == {"counts": {"overdue": 1, "today": 0, "tomorrow": 0, "later": 2}, "most": 1000}
    told = (await (await signed_in("olga")).get("/desk/tasks/counts?whose=all")).json()
    assert told["counts"] == {"overdue": 2, "today": 0, "tomorrow": 0, "later": 3}


async def test_page_after_page(tasks: None, signed_in: Visitor):
    olga = await signed_in("olga")
    found: list[str] = []
    after = None
    while True:
        query = {"whose": "all", "limit": 2} | ({} if after is None else {"after": after})
        told = (await olga.get("/desk/tasks", params=query)).json()
        found += [each["text"] for each in told["tasks"]]
        if (after := told["after"]) is None:
            break
    assert found == ["Olga's", "Anna's late", "Anna's later", "Boris's", "Anna's far"]


async def test_a_task_says_which_card_it_hangs_on(client_of: ClientOf, signed_in: Visitor, cast: Cast):
    api = await client_of("olga")
    ivan = await card(api, name="Ivan", responsible_user_id=cast.anna)
    hidden = await card(api, name="Hidden", responsible_user_id=cast.clara)
    for place, contact_id in enumerate((ivan, hidden)):
        about = {"entity_id": contact_id, "entity_type": "contacts", "responsible_user_id": cast.anna}
        await task(api, text=str(place), complete_till=1_760_000_000 + place, **about)
    first, second = (await (await signed_in("anna")).get("/desk/tasks")).json()["tasks"]
    assert first["card"] == {"entity": "contacts", "id": ivan, "name": "Ivan"}
    assert (second["card"], first["may"]) == (None, {"edit": True})
    assert first["result"] is None
    assert await listed(await signed_in("olga"), whose="all", entity="contacts", id=ivan) == ["0"]
    assert (await (await signed_in("olga")).get("/desk/tasks?entity=houses&id=1")).status_code == 400
    assert (first["entity"], first["entity_id"]) == ("contacts", ivan)
