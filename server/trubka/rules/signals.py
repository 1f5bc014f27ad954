"""Signals: what a PBX tells us, in our words. `rules/call.py` makes conversations of them.

There are two vocabularies for the same thing, and a connector speaks the one that its PBX can fill:

- *by call*, for a PBX that only knows "call c1 rings at 101, 101 answered, it is over" (HTTP webhooks):
  `Ringing`, `Dialling`, `Answered`, `Held`, `Unheld`, `Transferred`, `HungUp`, `Recorded`. They name the call and the
  agent's extension;
- *by leg*, for a PBX that shows every channel and every bridge: `LegBegan` … `LegEnded`. A leg is one phone or one
  trunk in use; a room is where legs hear one another.

The first are spelled out in the second (`spelled_out`), with `leg_of(call, agent)` as the id of an agent's leg and the
call's own id as the customer's, so what the first lack (rooms, parking) is told with the second beside them.
Signals may be told twice, late and in any order that keeps each leg's own; ids are unique for one PBX, and for good.
`at` is Unix seconds, with a fraction where there is one. An *agent* is always an extension ("101").
"""

from __future__ import annotations

from typing import Literal

import msgspec

Side = Literal["ours", "outside", "inner"]
Kind = Literal["blind", "attended", "park", "forward"]


class Signal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="signal"):
    at: float


# By call.


class Ringing(Signal, frozen=True, tag="ringing"):
    """A customer calls us. With an agent: that phone rings now; told again for each phone. No number: withheld."""

    call: str
    number: str | None = None
    agent: str | None = None
    line: str | None = None  # the number of ours that was dialled
    queue: str | None = None


class Dialling(Signal, frozen=True, tag="dialling"):
    """An agent calls a customer, or a colleague (`inside`): then the number is an extension, and that phone rings."""

    call: str
    number: str
    agent: str
    line: str | None = None  # the number of ours that the customer sees
    inside: bool = False


class Answered(Signal, frozen=True, tag="answered"):
    """From now on this agent and the other side talk; who talked before goes on until he hangs up."""

    call: str
    agent: str


class Held(Signal, frozen=True, tag="held"):
    """This agent lets the customer wait, with music."""

    call: str
    agent: str


class Unheld(Signal, frozen=True, tag="unheld"):
    call: str
    agent: str


class Transferred(Signal, frozen=True, tag="transferred"):
    """This agent sends the customer on: that the other phone rings, and that this one leaves, is told besides."""

    call: str
    agent: str
    to: str | None = None  # what was dialled
    kind: Kind = "blind"


class HungUp(Signal, frozen=True, tag="hung_up"):
    """The call is over; with an agent, only that phone has stopped ringing or has left."""

    call: str
    agent: str | None = None
    cause: int | None = None  # Q.850


class Recorded(Signal, frozen=True, tag="recorded"):
    """The name of a recording: known when it begins or long after the call."""

    call: str
    file: str


# By leg.


class LegBegan(Signal, frozen=True, tag="leg_began"):
    """A channel is there. `adopted` ones were only found: by a snapshot or in the middle, so birth may correct them."""

    leg: str
    call: str  # legs that ever have this in common belong together
    side: Side
    who: str | None = None  # ours: the extension; outside: the number of the other end, if it is shown
    dialled: str | None = None  # what an incoming leg has dialled, before any dialplan wandered
    inside: bool = False  # what it dialled is an extension of ours
    incoming: bool = True  # it called the PBX; else the PBX made it
    adopted: bool = False


class LegLinked(Signal, frozen=True, tag="leg_linked"):
    """This leg belongs together with another leg, or with a call that is not the one it began with.

    `through`: what is heard in one is heard in the other (the halves of a Local channel).
    """

    leg: str
    other: str | None = None
    call: str | None = None
    through: bool = False


class LegDialled(Signal, frozen=True, tag="leg_dialled"):
    """The PBX calls `leg`, for another leg or for nobody (click-to-call)."""

    leg: str
    by: str | None = None
    number: str | None = None  # what is dialled, where the leg is a trunk
    shown: str | None = None  # the number that the other end sees
    agent: str | None = None  # whose mobile it is, where it is a trunk and one of ours is behind it


class LegRang(Signal, frozen=True, tag="leg_rang"):
    leg: str


class LegJoined(Signal, frozen=True, tag="leg_joined"):
    """It is in a room, and so in no other. In a `waiting` room nobody hears anybody: parking, music."""

    leg: str
    room: str
    waiting: bool = False
    instead_of: str | None = None  # the leg whose place it took
    talks: bool = False  # the PBX itself says that these two talk, be it for no time at all


class LegLeft(Signal, frozen=True, tag="leg_left"):
    leg: str
    room: str


class LegHeld(Signal, frozen=True, tag="leg_held"):
    """This leg's user has pressed hold."""

    leg: str


class LegUnheld(Signal, frozen=True, tag="leg_unheld"):
    leg: str


class LegTransferred(Signal, frozen=True, tag="leg_transferred"):
    """The user of `leg` sent the other side away, to a number (blind) or to the one asked before (attended)."""

    leg: str
    kind: Kind
    to: str | None = None
    moved: str | None = None  # the leg that was sent
    second: str | None = None  # attended: the leg on which he asked
    target: str | None = None  # attended: the leg that was asked


class LegParked(Signal, frozen=True, tag="leg_parked"):
    leg: str
    space: str


class LegQueued(Signal, frozen=True, tag="leg_queued"):
    """It waits in a queue, or (None) no longer does."""

    leg: str
    queue: str | None = None


class LegRecorded(Signal, frozen=True, tag="leg_recorded"):
    leg: str
    file: str


class LegEnded(Signal, frozen=True, tag="leg_ended"):
    """`whole`: and with it every leg that began with the same call."""

    leg: str
    cause: int | None = None
    whole: bool = False


class LegLost(Signal, frozen=True, tag="leg_lost"):
    """It was last known to be there when a gap began (`at`), and has not been heard of since."""

    leg: str


# The PBX itself.


class PbxFound(Signal, frozen=True, tag="pbx_found"):
    """After a gap: all legs that are there, each with its room. What is not among them ended in the gap.

    `since` is when the gap began; None: with the last signal that was told.
    """

    legs: tuple[tuple[str, str | None], ...]
    waiting: tuple[str, ...] = ()  # the rooms among them where nobody hears anybody
    since: float | None = None


class PbxRestarted(Signal, frozen=True, tag="pbx_restarted"):
    """Nothing of what was there before `since` is there any more."""

    since: float | None = None


ByCall = Ringing | Dialling | Answered | Held | Unheld | Transferred | HungUp | Recorded
ByLeg = (
    LegBegan
    | LegLinked
    | LegDialled
    | LegRang
    | LegJoined
    | LegLeft
    | LegHeld
    | LegUnheld
    | LegTransferred
    | LegParked
    | LegQueued
    | LegRecorded
    | LegEnded
    | LegLost
)
OfPbx = PbxFound | PbxRestarted
AnySignal = ByCall | ByLeg | OfPbx


def leg_of(call: str, agent: str) -> str:
    """The leg of an agent in a call that is told by call."""
    return f"{call}/{agent}"


def spelled_out(signal: ByCall) -> tuple[ByLeg, ...]:
    """The same, told by leg."""
    call, at = signal.call, signal.at
    match signal:
        case Ringing():
            told: list[ByLeg] = [LegBegan(call, call, "outside", signal.number, signal.line, at=at)]
            if signal.queue is not None:
                told.append(LegQueued(call, signal.queue, at=at))
            if signal.agent is not None:
                told += rings(call, signal.agent, call, at)
            return tuple(told)
        case Dialling(inside=True):  # the caller stands where a customer would
            began = LegBegan(call, call, "ours", signal.agent, signal.number, True, at=at)
            return began, *rings(call, signal.number, call, at)
        case Dialling():
            caller = leg_of(call, signal.agent)
            return (
                LegBegan(caller, call, "ours", signal.agent, signal.number, at=at),
                LegBegan(call, call, "outside", signal.number, incoming=False, at=at),
                LegDialled(call, caller, signal.number, signal.line, at=at),
            )
        case Answered():
            return LegJoined(call, call, at=at), LegJoined(leg_of(call, signal.agent), call, talks=True, at=at)
        case Held():
            return (LegHeld(leg_of(call, signal.agent), at=at),)
        case Unheld():
            return (LegUnheld(leg_of(call, signal.agent), at=at),)
        case Transferred():
            return (LegTransferred(leg_of(call, signal.agent), signal.kind, signal.to, call, at=at),)
        case HungUp():
            if signal.agent is None:
                return (LegEnded(call, signal.cause, True, at=at),)
            return (LegEnded(leg_of(call, signal.agent), signal.cause, at=at),)
        case Recorded():
            return (LegRecorded(call, signal.file, at=at),)


def rings(call: str, agent: str, by: str, at: float) -> list[ByLeg]:
    leg = leg_of(call, agent)
    return [
        LegBegan(leg, call, "ours", agent, incoming=False, at=at),
        LegDialled(leg, by, at=at),
        LegRang(leg, at=at),
    ]
