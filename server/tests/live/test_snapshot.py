"""A snapshot and the facts after it give what a fresh snapshot shows: random changes, and the browser's own code."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.live.browser import House
from trubka.actions import alerts, conversations, notices
from trubka.actions import calls as outcomes
from trubka.actions.audit import By
from trubka.rules.entities import Entity
from trubka.rules.signals import Answered, ByCall, HungUp, Ringing

pytestmark = pytest.mark.patient

NODE = shutil.which("node") or ""
REDUCE = Path(__file__).with_name("reduce.mjs")
NAMES = ("anna", "boris", "clara", "olga")

# What is done, to which of the tasks so far, for whom, until when.
deeds = st.tuples(
    st.sampled_from(["add", "give", "finish", "reopen", "put off", "contact", "fail", "fail", "over", "close"]),
    st.integers(0, 9),
    st.sampled_from(NAMES),
    st.integers(2_000_000_000, 2_000_000_005),
)


async def do(house: House, tasks: list[int], deed: str, place: int, who: str, till: int) -> None:
    user = house.cast.users[who]
    if deed == "contact":
        await house.ask("olga", "POST", "/api/v4/contacts", json=[{"name": "x", "responsible_user_id": user}])
        return
    if deed in ("fail", "over", "close"):
        await trouble(house, deed, place, who)
        return
    if deed == "add" or not tasks:
        new = {"text": "Call", "complete_till": till, "responsible_user_id": user}
        made = await house.ask("olga", "POST", "/api/v4/tasks", json=[new])
        tasks.append(made["_embedded"]["tasks"][0]["id"])
        return
    change: dict[str, dict[str, Any]] = {
        "give": {"responsible_user_id": user},
        "finish": {"is_completed": True, "result": {"text": "Done"}},
        "reopen": {"is_completed": False},
        "put off": {"complete_till": till},
    }
    await house.ask("olga", "PATCH", f"/api/v4/tasks/{tasks[place % len(tasks)]}", json=change[deed])


async def trouble(house: House, deed: str, place: int, who: str) -> None:
    """Alerts of three kinds: one is told to somebody, the others to all administrators."""
    db, by, me = house.db, By(house.cast.account_id, 0, place), await house.cast.me(house.db, who)
    kind = ("recording_lost", "webhook_off", "store_bad")[place % 3]
    if deed == "close":
        await alerts.close_all(db, me, place, place)
        return
    async with db.transaction() as tx:
        if deed == "over":
            await alerts.over(tx, by, [kind], place)
        else:
            await alerts.add(tx, by, kind, place, {}, "users" if place % 3 == 0 else "admins", [me.user_id])


async def told_since(house: House, name: str, position: str) -> list[dict[str, Any]]:
    """Everything until now: the last of it is a mark that everybody sees."""
    answer = await house.ask("olga", "POST", "/api/v4/tasks", json=[mark(house.cast.users[name])])
    last = answer["_embedded"]["tasks"][0]["id"]
    found: list[dict[str, Any]] = []
    while not any(fact["id"] == last for fact in found if fact["fact"] == "task_added"):
        told = await house.ask(name, "GET", "/live/facts", params={"position": position, "wait": "20"})
        position = told["position"]
        found += told["facts"]
    return found


def mark(user: int) -> dict[str, Any]:
    return {"text": "mark", "complete_till": 2_000_000_009, "responsible_user_id": user}


def applied(desk: Any, facts: list[dict[str, Any]]) -> Any:
    """By web/src/live/desk.ts itself."""
    line = json.dumps({"desk": desk, "facts": facts}) + "\n"
    done = subprocess.run([NODE, REDUCE], input=line, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.skipif(not NODE, reason="there is no Node to run the browser's code")
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deeds, min_size=1, max_size=12), st.sampled_from(NAMES), st.randoms(use_true_random=False))
async def test_a_snapshot_and_facts_give_a_fresh_snapshot(
    house: House, changes: list[tuple[str, int, str, int]], name: str, chance: random.Random
):
    tasks: list[int] = []
    half = chance.randrange(len(changes) + 1)
    for change in changes[:half]:
        await do(house, tasks, *change)
    begin = await house.snapshot(name)
    for change in changes[half:]:
        await do(house, tasks, *change)
    facts = await told_since(house, name, begin["position"])
    fresh = (await house.snapshot(name))["desk"]
    assert applied(begin["desk"], facts) == {**fresh, "old": False}
    assert applied(begin["desk"], [*facts, *facts]) == {**fresh, "old": False}, "told twice"


# Calls: what a PBX tells of one of four calls, and what people do with it.

EXTENSIONS = {"anna": "101", "boris": "102"}
NUMBERS = ("+79160001101", "+79160001102", "+79160001103", None)  # Anna's, Clara's, nobody's; withheld
call_deeds = st.tuples(
    st.sampled_from(["ring", "ring", "answer", "answer", "leave", "end", "bind", "hide", "announce", "close"]),
    st.integers(0, 3),
    st.sampled_from(["anna", "boris"]),
)
runs = itertools.count()


class Office:
    """A PBX with two extensions; a contact of Anna's and one of Clara's."""

    def __init__(self, house: House, account: Any, pbx_id: int, cards: list[int]) -> None:
        self.house, self.account, self.pbx_id, self.cards = house, account, pbx_id, cards
        self.began = int(time.time()) - 600
        self.step = 0
        self.run = f"{next(runs)}."
        self.announced: list[Any] = []

    @classmethod
    async def opened(cls, house: House) -> Office:
        db, account_id = house.db, house.cast.account_id
        await db.run("delete from extensions")
        await db.run("update calls set ended_at = started_at where ended_at is null")
        await db.run("delete from notices")
        await db.run("delete from phones")
        pbx_id = await db.value(
            "insert into pbxes (account_id, kind, name, key_id, secret_box, created_at) values"
            " ($1, 'http', 'Office', gen_random_uuid()::text, '', 0) returning id",
            account_id,
        )
        for name, number in EXTENSIONS.items():
            await db.run(
                "insert into extensions (account_id, user_id, number, tail, kind)"
                " values ($1, $2, $3, $3::text::int8, 'desk')",
                account_id,
                house.cast.users[name],
                number,
            )
        cards: list[int] = []
        for number, owner in zip(NUMBERS[:2], ("anna", "clara"), strict=True):
            field = {"field_code": "PHONE", "values": [{"value": number}]}
            new = {"name": "x", "responsible_user_id": house.cast.users[owner], "custom_fields_values": [field]}
            made = await house.ask("olga", "POST", "/api/v4/contacts", json=[new])
            cards.append(made["_embedded"]["contacts"][0]["id"])
        return cls(house, await house.site.known.account(account_id), pbx_id, cards)

    async def do(self, deed: str, place: int, who: str) -> None:
        self.step += 1
        now = self.began + self.step
        db, number, call, agent = self.house.db, NUMBERS[place], f"{self.run}{place}", EXTENSIONS[who]
        told: dict[str, ByCall] = {
            "ring": Ringing(call=call, number=number, agent=agent, line="84950000001", at=now),
            "answer": Answered(call=call, agent=agent, at=now),
            "leave": HungUp(call=call, agent=agent, at=now),
            "end": HungUp(call=call, at=now),
        }
        if deed in told:
            await conversations.hear(db, self.account, self.pbx_id, [told[deed]], now)
        elif deed == "bind":
            # By an administrator, to Anna's card or to Clara's, which neither Anna nor Boris sees.
            row = await db.row("select id from calls where uniq = $1 and ended_at is null", call)
            if row is not None:
                me = await self.house.cast.me(db, "olga")
                await outcomes.change(db, me, row["id"], None, None, (Entity.contact, self.cards[place % 2]), now)
        elif deed == "hide":  # Anna's card is Clara's now
            path = f"/api/v4/contacts/{self.cards[0]}"
            await self.house.ask("olga", "PATCH", path, json={"responsible_user_id": self.house.cast.users["clara"]})
        elif deed == "announce":
            users = None if place == 3 else [self.house.cast.users[who]]
            asked = notices.Asked(number=NUMBERS[place] or "+79160001109", users=users)
            me = await self.house.cast.me(db, "olga")
            at = int(time.time())
            self.announced += [n.id for n in await notices.announce(db, me, self.account, [asked], at, 600)]
        elif self.announced:
            for notice_id in self.announced[-3:]:
                user = await self.house.cast.me(db, who)
                mine = await db.value(
                    "select coalesce($1 = any(user_ids), true) from notices where id = $2", user.user_id, notice_id
                )
                if mine:
                    await notices.close(db, user, notice_id, now)


@pytest.mark.skipif(not NODE, reason="there is no Node to run the browser's code")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(call_deeds, min_size=1, max_size=14), st.sampled_from(NAMES), st.randoms(use_true_random=False))
async def test_calls_that_go_on_are_in_a_fresh_snapshot_what_facts_have_made_of_an_old_one(
    house: House, changes: list[tuple[str, int, str]], name: str, chance: random.Random
):
    office = await Office.opened(house)
    half = chance.randrange(len(changes) + 1)
    for change in changes[:half]:
        await office.do(*change)
    begin = await house.snapshot(name)
    for change in changes[half:]:
        await office.do(*change)
    facts = await told_since(house, name, begin["position"])
    fresh = (await house.snapshot(name))["desk"]
    assert applied(begin["desk"], facts) == {**fresh, "old": False}
    assert applied(begin["desk"], [*facts, *facts]) == {**fresh, "old": False}, "told twice"
