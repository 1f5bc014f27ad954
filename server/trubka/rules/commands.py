"""Commands: what an agent asks of a PBX about a call that goes on, and which of them make sense as it stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

Name = Literal["answer", "decline", "hold", "unhold", "transfer", "hang_up"]


class Phones(msgspec.Struct, frozen=True):
    """The phones of a call as it stands."""

    ringing: tuple[str, ...] = ()
    talking: tuple[str, ...] = ()
    on_hold: bool = False


class Command(msgspec.Struct, frozen=True, tag_field="command"):
    """Both in the PBX's own words: its id of the call, and the phone of whoever asks."""

    call: str
    agent: str


class Answer(Command, frozen=True, tag="answer"):
    pass


class Decline(Command, frozen=True, tag="decline"):
    """For this phone only: it rings on at the others."""


class Hold(Command, frozen=True, tag="hold"):
    pass


class Unhold(Command, frozen=True, tag="unhold"):
    pass


class Transfer(Command, frozen=True, tag="transfer"):
    """Without asking: this phone is free at once."""

    to: str


class HangUp(Command, frozen=True, tag="hang_up"):
    pass


AnyCommand = Answer | Decline | Hold | Unhold | Transfer | HangUp


def possible(phones: Phones, mine: Collection[str]) -> tuple[Name, ...]:
    """What whoever has these phones may ask now."""
    if any(each in mine for each in phones.talking):
        return ("unhold" if phones.on_hold else "hold"), "transfer", "hang_up"
    return ("answer", "decline") if any(each in mine for each in phones.ringing) else ()


def command(name: Name, call: str, phones: Phones, mine: Collection[str], to: str | None = None) -> AnyCommand | None:
    """None: the call does not stand so any more."""
    if name not in possible(phones, mine):
        return None
    agent = next(each for each in (*phones.talking, *phones.ringing) if each in mine)
    match name:
        case "answer":
            return Answer(call, agent)
        case "decline":
            return Decline(call, agent)
        case "hold":
            return Hold(call, agent)
        case "unhold":
            return Unhold(call, agent)
        case "hang_up":
            return HangUp(call, agent)
        case "transfer":
            return None if to is None else Transfer(call, agent, to)
