"""A PBX of the demo company: it has no lines and no memory. What it does follows from the command, or from the time,
and from how the call stands in the database; so no restart of anything loses a call of it."""

from __future__ import annotations

from collections.abc import Sequence

from trubka.rules import commands
from trubka.rules.commands import AnyCommand, Phones
from trubka.rules.signals import Answered, ByCall, Held, HungUp, Ringing, Transferred, Unheld

RING_SECONDS = 30  # then the customer gives up
TALK_SECONDS = 300  # then the customer has heard enough
NORMAL, NO_ANSWER, REJECTED = 16, 19, 21  # Q.850


def ring(call: str, number: str | None, line: str, agents: Sequence[str], at: float) -> list[ByCall]:
    """A customer calls, and these phones ring together."""
    return [Ringing(call=call, number=number, line=line, agent=agent, at=at) for agent in agents]


def obey(command: AnyCommand, phones: Phones, at: float) -> list[ByCall]:
    """What comes of a command at once."""
    call, agent = command.call, command.agent
    others = [each for each in phones.ringing if each != agent]
    match command:
        case commands.Answer():
            stop = [HungUp(call=call, agent=each, at=at) for each in others]
            return [Answered(call=call, agent=agent, at=at), *stop]
        case commands.Decline():
            alone = not others and not phones.talking
            over = [HungUp(call=call, cause=REJECTED, at=at)] if alone else []
            return [HungUp(call=call, agent=agent, cause=REJECTED, at=at), *over]
        case commands.Hold():
            return [Held(call=call, agent=agent, at=at)]
        case commands.Unhold():
            return [Unheld(call=call, agent=agent, at=at)]
        case commands.Transfer():
            back: list[ByCall] = [Unheld(call=call, agent=agent, at=at)] if phones.on_hold else []
            return [
                *back,
                Transferred(call=call, agent=agent, to=command.to, at=at),
                HungUp(call=call, agent=agent, cause=NORMAL, at=at),
                Ringing(call=call, agent=command.to, at=at),
            ]
        case commands.HangUp():
            return [HungUp(call=call, cause=NORMAL, at=at)]


def passed(call: str, phones: Phones, *, quiet_seconds: float, talk_seconds: float, at: float) -> list[ByCall]:
    """What the customer does by himself: `quiet_seconds` since something happened, `talk_seconds` since the answer."""
    over = talk_seconds >= TALK_SECONDS if phones.talking else quiet_seconds >= RING_SECONDS
    return [HungUp(call=call, cause=NORMAL if phones.talking else NO_ANSWER, at=at)] if over else []
