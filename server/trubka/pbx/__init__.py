"""What a PBX is to us: bytes or requests in, signals out. Each kind is a folder here; a new one is a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, cast

import msgspec

from trubka.rules.commands import AnyCommand, Phones
from trubka.rules.signals import AnySignal, ByCall


class Office(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is who on a PBX. What is not told is inferred, as far as that goes."""

    extensions: tuple[str | int, ...] = ()
    lines: tuple[str, ...] = ()  # our numbers
    trunks: tuple[str, ...] = ()  # what the names of the trunks' channels begin with
    mobiles: dict[str, str] = {}  # number: the extension whose mobile it is


class Stream(Protocol):
    """A PBX to which we keep a line open, as far as it needs no socket. One object lives through all connections."""

    def opened(self, at: float, since: float | None = None) -> None:
        """A connection is made. `since`: how far we had heard, when another process has to be followed."""
        ...

    def hear(self, data: bytes, at: float | None = None) -> list[AnySignal]:
        """What the bytes tell, with any piece of a message kept for later. `at` is now; None: go by the stream."""
        ...

    def closed(self, at: float | None = None) -> list[AnySignal]:
        """The connection is lost or closed; half a message is forgotten."""
        ...


class Dialect(Protocol):
    """A PBX that calls us over HTTP in its own words: /pbx/hook/KEY."""

    def echo(self, query: Mapping[str, str]) -> str | None:
        """What it wants to read back when it tries an address; None: nothing."""
        ...

    def signed(self, headers: Mapping[str, str], form: Mapping[str, str], secret: bytes) -> bool:
        """Whether the form comes from whoever knows the secret."""
        ...

    def signals(self, form: Mapping[str, str], now: float) -> list[ByCall]: ...


class Obedient(Protocol):
    """A PBX that does what agents ask. What it has done it tells in signals like any other news of the call: here they
    come back at once; a PBX at the other end of a line gets the same commands over it and tells on its stream."""

    def obey(self, command: AnyCommand, phones: Phones, at: float) -> list[ByCall]: ...


STREAMS = {"asterisk": "trubka.pbx.asterisk"}
DIALECTS = {"zadarma": "trubka.pbx.zadarma"}
OBEDIENT = {"demo": "trubka.pbx.demo"}  # only demo companies have it, and nobody adds it by hand
KINDS = frozenset({*STREAMS, *DIALECTS, "http"})  # http: any PBX that sends our signals to /pbx/events


def stream(name: str, office: Office) -> Stream:
    """The connector of that name; only its own modules are imported."""
    make: Callable[[Office], Any] = import_module(STREAMS[name]).connector
    return make(office)


def dialect(name: str) -> Dialect:
    """The words of that kind of PBX."""
    return cast(Dialect, import_module(DIALECTS[name]))


def obedient(kind: str) -> Obedient | None:
    """Whoever takes commands for a PBX of this kind."""
    return cast(Obedient, import_module(OBEDIENT[kind])) if kind in OBEDIENT else None
