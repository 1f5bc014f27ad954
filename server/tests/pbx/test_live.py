"""A few scenarios on a real Asterisk of both versions: the kit still works, and the recorded line hears all of it."""

from __future__ import annotations

import asyncio

import pytest

from . import scenarios
from .asterisk import SUITES, Asterisk, NoAsterisk, installed
from .record import TRIES, kept, play
from .stage import SCENARIOS, Stage, TooSlow, fields, messages

pytestmark = pytest.mark.slow
KNOWN = scenarios  # brings the stories
TALK_SPARE_SECONDS = 1.0


@pytest.fixture(scope="module", params=SUITES)
async def asterisk(request: pytest.FixtureRequest) -> Asterisk:
    try:
        return await asyncio.to_thread(installed, request.param)
    except NoAsterisk as why:
        pytest.skip(str(why))


async def played(name: str, asterisk: Asterisk) -> Stage:
    for left in reversed(range(TRIES)):
        try:
            return await play(SCENARIOS[name], asterisk)
        except TooSlow:
            if not left:
                raise
    raise AssertionError


@pytest.mark.parametrize(
    "name", ["direct-answered", "direct-caller-gives-up", "group-second-answers", "hold-and-unhold"]
)
async def test_a_scenario_is_heard(name: str, asterisk: Asterisk) -> None:
    stage = await played(name, asterisk)
    (stream,), (truth,) = stage.streams, stage.truths
    told = [fields(message) for message in messages(kept(SCENARIOS[name], bytes(stream.heard)))]

    def events(kind: str) -> list[dict[str, str]]:
        return [one for one in told if one.get("Event") == kind]

    came = events("Newchannel")
    assert came[0]["CallerIDNum"] == truth["customer_number"]
    assert came[0]["Exten"] == truth["line"]
    assert {one["Uniqueid"] for one in events("Hangup")} == {one["Uniqueid"] for one in came}
    rang = {one["Channel"] for one in events("Newstate") if one["ChannelStateDesc"] == "Ringing"}
    assert {channel.removeprefix("PJSIP/").split("-")[0] for channel in rang} == set(truth["rang"])
    talks = [one for kind in ("BridgeEnter", "BridgeLeave") for one in events(kind)]
    if truth["answered_by"] is None:
        assert not talks
    else:
        assert {one["Channel"].split("-")[0] for one in talks} >= {f"PJSIP/{truth['answered_by']}", "PJSIP/mtt"}
        times = [float(one["Timestamp"]) for one in talks]
        assert abs(max(times) - min(times) - truth["talk_seconds"]) < TALK_SPARE_SECONDS
