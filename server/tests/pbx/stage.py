"""What a scenario sees: the office, the recorded AMI line, and a place to say what is true.

A scenario is an `async def` with a docstring that tells the story. It says with `truth` what the record of each
conversation must be, written by hand from the story, never from what a program made of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from .kit import DESK, NEVER_REGISTERED, OPERATORS, PHONES, Ami, Office
from .phone import Call, Phone

IVAN, MARIA, OLEG = "+79161234567", "+79167654321", "+79265550101"
SPARE_SECONDS = 0.35  # a pause that lasts longer makes the truth about seconds a lie: record again
QUIET_SECONDS = 20  # until all channels are gone
LINES = [f"+7495000{number:04}" for number in range(1, 32)]
CONFIG = {
    "extensions": [*PHONES, DESK, NEVER_REGISTERED],
    "lines": LINES,
    "trunks": [f"PJSIP/{name}" for name in OPERATORS],
}
# The questions on connecting, and what ends their answers; those have no Timestamp and are known by their ActionID.
SNAPSHOT = {
    "snap-core": ("CoreStatus", ""),
    "snap-channels": ("CoreShowChannels", "CoreShowChannelsComplete"),
    "snap-status": ("Status", "StatusComplete"),
    "snap-bridges": ("BridgeList", "BridgeListComplete"),
}


class TooSlow(Exception):
    """The machine was busy: pauses were longer than the script says."""


@dataclass
class Stage:
    office: Office
    hands: Ami = field(default_factory=Ami)
    streams: list[Ami] = field(default_factory=list[Ami])
    halved: set[int] = field(default_factory=set[int])  # which streams end in half a message, counted from 1
    truths: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    # Who there is.

    def phone(self, user: str) -> Phone:
        return self.office.phones[user]

    def operator(self, name: str = "mtt") -> Phone:
        return self.office.operators[name]

    def customer(self, line: str, number: str = IVAN, name: str = "", operator: str = "mtt") -> Call:
        """A customer's call to a line of ours, as the operator hands it over. Four digits name a line of LINES."""
        return self.operator(operator).dial(f"+7495000{line}" if len(line) == 4 else line, caller=number, name=name)

    async def first_of(self, *users: str) -> Call:
        """Whose phone rings first."""
        waiting = {asyncio.create_task(self.phone(user).rings()): user for user in users}
        done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        return min(done, key=lambda one: waiting[one]).result()

    async def originate(self, first: str, number: str, shown: str = "") -> str:
        """A program calls a channel; when that is picked up, it dials the number."""
        told = {"Channel": first, "Exten": number, "Context": "from-internal", "CallerID": f"<{shown or number}>"}
        return await self.hands.ask("Originate", **told, Priority=1, Timeout=6000, Async="true")

    async def click(self, agent: str, number: str) -> str:
        """Click-to-call: first the agent's phone, then the customer's."""
        return await self.originate(f"PJSIP/{agent}", number)

    async def channel(self, prefix: str) -> str:
        """The name of the newest channel that begins so."""
        said = await self.office.says("core show channels concise")
        names = [line.split("!")[0] for line in said.splitlines() if line.startswith(prefix)]
        assert names, f"no channel {prefix} in {said}"
        return max(names, key=lambda name: name.rpartition("-")[2])

    # Time.

    async def pause(self, seconds: float) -> None:
        start = time.monotonic()
        await asyncio.sleep(seconds)
        if (late := time.monotonic() - start - seconds) > SPARE_SECONDS:
            raise TooSlow(f"a pause of {seconds} s took {late:.1f} s more")

    async def quiet(self) -> None:
        """Until every call is over."""
        deadline = time.monotonic() + QUIET_SECONDS
        while "0 active channels" not in await self.office.says("core show channels count"):
            assert time.monotonic() < deadline, await self.office.says("core show channels concise")
            await asyncio.sleep(0.3)
        await asyncio.sleep(0.3)

    # The recorded line.

    async def listen(self) -> None:
        """Connects and asks what is going on, as a connector does."""
        stream = Ami()
        self.streams.append(stream)
        await stream.open(self.office.ami, "reader", self.office.secret)
        for name, (action, end) in SNAPSHOT.items():
            await self.question(stream, name, action, end)
        said = [fields(message) for message in messages(bytes(stream.heard))]
        bridges = [one["BridgeUniqueid"] for one in said if one.get("Event") == "BridgeListItem"]
        for number, bridge in enumerate(bridges, 1):
            await self.question(
                stream, f"snap-bridge-{number}", "BridgeInfo", "BridgeInfoComplete", BridgeUniqueid=bridge
            )

    async def question(self, stream: Ami, name: str, action: str, end: str, **more: str) -> None:
        start = len(stream.heard)
        said = await stream.ask(action, name, **more)
        if end and "Response: Success" in said:
            await stream.hear(rf"Event: {end}\r\n(?:[^\r]+\r\n)*?ActionID: {name}\r\n", start)

    async def heard(self, event: str, of: str = "") -> None:
        """Until the recorded line has told of such an event, and of such a channel."""
        await self.streams[-1].hear(rf"Event: {event}\r\n(?s:.*){of}")

    async def cut(self, half: bool = False) -> None:
        """The line is lost; with `half`, in the middle of the last message that is kept."""
        await self.streams[-1].close()
        if half:
            self.halved.add(len(self.streams))

    # The truth.

    def truth(self, call: Call | None, **told: Any) -> None:
        """The record of one conversation; `call` is the customer's end of it (internal: the caller's).

        What is not told and has no plain default is not claimed. `optional=True`: there may be no such record.
        """
        direction = told.get("direction", "inbound")
        plain: dict[str, Any] = {"direction": direction, "answered_by": None, "transferred": []}
        if call and direction == "inbound":
            plain |= {"customer_number": call.caller, "line": call.dialled}
        if call:
            plain |= {"started_at": round(call.started_at), "ended_at": round(call.ended_at or time.time())}
        record = plain | told
        record.setdefault("last_talked", record["answered_by"])
        record.setdefault("missed", direction == "inbound" and record["answered_by"] is None)
        if record["answered_by"] is None:
            record.setdefault("talk_seconds", 0)
        record.setdefault("recording", None)
        self.truths.append({name: value for name, value in record.items() if value is not ...})


def messages(stream: bytes | bytearray) -> list[bytes]:
    """Whole messages with their ends; the banner is with the first, a last half message is the last."""
    parts = bytes(stream).split(b"\r\n\r\n")
    return [part + b"\r\n\r\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def fields(message: bytes) -> dict[str, str]:
    lines = message.decode(errors="replace").split("\r\n")
    return dict(line.split(": ", 1) for line in lines if ": " in line)


Story = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    name: str
    play: Story
    system: str = ""
    everything: bool = False  # recorded with every class of events on
    config: dict[str, Any] = field(default_factory=lambda: CONFIG)
    versions: tuple[int, ...] = (22, 16)  # what differs in nothing is kept of the newer one alone


SCENARIOS: dict[str, Scenario] = {}


def scenario(**options: Any) -> Callable[[Story], Story]:
    def take(story: Story) -> Story:
        name = story.__name__.replace("_", "-")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        SCENARIOS[str(name)] = Scenario(str(name), story, **options)  # pyright: ignore[reportUnknownArgumentType]
        return story

    return take
