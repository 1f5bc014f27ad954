"""A snapshot and the facts after it give what a fresh snapshot shows: random changes, and the browser's own code."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.live.browser import House

pytestmark = pytest.mark.patient

NODE = shutil.which("node") or ""
REDUCE = Path(__file__).with_name("reduce.mjs")
NAMES = ("anna", "boris", "clara", "olga")

# What is done, to which of the tasks so far, for whom, until when.
deeds = st.tuples(
    st.sampled_from(["add", "give", "finish", "reopen", "put off", "contact"]),
    st.integers(0, 9),
    st.sampled_from(NAMES),
    st.integers(2_000_000_000, 2_000_000_005),
)


async def do(house: House, tasks: list[int], deed: str, place: int, who: str, till: int) -> None:
    user = house.cast.users[who]
    if deed == "contact":
        await house.ask("olga", "POST", "/api/v4/contacts", json=[{"name": "x", "responsible_user_id": user}])
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
