"""What a PBX is to us: bytes or requests in, signals out. Each kind is a folder here; a new one is a line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

import msgspec

from trubka.rules.signals import AnySignal


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


STREAMS = {"asterisk": "trubka.pbx.asterisk"}
KINDS = frozenset({*STREAMS, "http"})  # http: any PBX that sends our signals to /pbx/events


def stream(name: str, office: Office) -> Stream:
    """The connector of that name; only its own modules are imported."""
    make: Callable[[Office], Any] = import_module(STREAMS[name]).connector
    return make(office)
