"""A conversation: one customer's call from the first ring to the leaving, whatever legs and transfers it had."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Direction = Literal["inbound", "outbound", "internal"]
State = Literal["waiting", "ringing", "talking", "ended"]


class Transfer(msgspec.Struct, frozen=True):
    """Agents are extensions; `to` is what was dialled, so it may be a queue or a mobile."""

    agent: str | None
    to: str | None
    kind: str  # blind, attended, park, forward

    def record(self) -> dict[str, str | None]:
        return {"from": self.agent, "to": self.to, "kind": self.kind}


class Conversation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known so far. Only `ended_at` makes it final, and a late signal may still correct it for a while.

    The id is the PBX's own and never comes again: the leg of the customer, or of who began it where we call.
    """

    id: str
    direction: Direction
    customer_number: str | None = None  # withheld, or internal
    line: str | None = None
    caller: str | None = None  # who of ours began it
    started_at: float
    answered_at: float | None = None  # when the first person talked
    ended_at: float | None = None
    rang: tuple[str, ...] = ()
    answered_by: str | None = None
    last_talked: str | None = None
    missed: bool | None = False  # true only at the end; None: a gap hides it
    talk_seconds: float = 0
    hold_seconds: float = 0
    transferred: tuple[Transfer, ...] = ()
    hangup_cause: int | None = None
    recording: str | None = None
    gap: bool = False  # the line to the PBX was cut while it lasted

    # For a screen: what is going on now.
    state: State = "waiting"  # nobody's phone rings yet: a menu, a queue, voicemail
    ringing: tuple[str, ...] = ()
    talking: tuple[str, ...] = ()
    on_hold: bool = False
    queue: str | None = None

    def record(self) -> dict[str, Any]:
        """As `trubka replay` prints it."""
        return {
            "direction": self.direction,
            "customer_number": self.customer_number,
            "line": self.line,
            "started_at": round(self.started_at),
            "ended_at": None if self.ended_at is None else round(self.ended_at),
            "rang": list(self.rang),
            "answered_by": self.answered_by,
            "last_talked": self.last_talked,
            "missed": self.missed,
            "talk_seconds": round(self.talk_seconds),
            "hold_seconds": round(self.hold_seconds),
            "transferred": [transfer.record() for transfer in self.transferred],
            "hangup_cause": self.hangup_cause,
            "recording": self.recording,
        }
