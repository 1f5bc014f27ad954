"""`trubka replay`: recorded streams of a PBX through the very code that hears it live, a line for each conversation."""

from __future__ import annotations

import argparse
import heapq
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import msgspec

from trubka import pbx
from trubka.errors import CannotStart
from trubka.pbx import Office, Stream
from trubka.rules.call import Calls, first_of
from trubka.rules.conversation import Conversation
from trubka.settings import Settings

CHUNK_BYTES = 1 << 18
LOOK_AHEAD_BYTES = 1 << 20  # for the first time in a stream that has no times beside it

stamp = re.compile(rb"^Timestamp: (\d+(?:\.\d+)?)\r?$", re.M)


class Times(msgspec.Struct):
    opened_at: float | None = None
    closed_at: float | None = None


def add_to(commands: Any) -> None:
    command = commands.add_parser("replay", help="tell the conversations in recorded streams of a PBX, as JSON lines")
    command.add_argument("--pbx", choices=sorted(pbx.STREAMS), required=True, help="whose streams they are")
    command.add_argument("--config", type=Path, metavar="FILE", help="JSON: our extensions, lines and trunks")
    command.add_argument("streams", nargs="+", type=Path, metavar="STREAM", help="one connection each, in order")
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    try:
        replay(pbx.stream(args.pbx, office_in(args.config)), args.streams, Told())
    except OSError as error:
        raise CannotStart(f"{error.filename}: {error.strerror}.") from None
    return 0


def office_in(config: Path | None) -> Office:
    if config is None:
        return Office()
    try:
        return msgspec.convert(lists(msgspec.json.decode(config.read_bytes())), Office, strict=False)
    except msgspec.MsgspecError as error:
        raise CannotStart(f"{config} is no configuration: {error}.") from None


def lists(given: Any) -> Any:
    """Where each extension, line or trunk has a name or more beside it, the keys are what we want."""
    if not isinstance(given, dict):
        return given
    told = cast("dict[str, Any]", given)
    wanted = ("extensions", "lines", "trunks")
    return told | {key: list(told[key]) for key in wanted if isinstance(told.get(key), dict)}


class Told:
    """Conversations come as they finish and go out as they started."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, int, Conversation]] = []
        self.count = 0

    def take(self, finished: Iterable[Conversation]) -> None:
        for conversation in finished:
            self.count += 1
            heapq.heappush(self.waiting, (conversation.started_at, self.count, conversation))

    def write_before(self, at: float) -> None:
        """None can finish any more that started before this time."""
        while self.waiting and self.waiting[0][0] <= at:
            _, _, conversation = heapq.heappop(self.waiting)
            sys.stdout.buffer.write(msgspec.json.encode(conversation.record()) + b"\n")


def replay(connector: Stream, streams: Iterable[Path], told: Told) -> None:
    calls = Calls(showing=False)
    closed_at = 0.0
    for path in streams:
        times = times_of(path)
        with path.open("rb") as stream:
            first = stamp.search(stream.read(LOOK_AHEAD_BYTES))
            stream.seek(0)
            connector.opened(times.opened_at or max(closed_at, float(first[1]) if first else 0.0))
            while data := stream.read(CHUNK_BYTES):
                for signal in connector.hear(data):
                    told.take(calls.tell(signal).finished)
                told.write_before(min(map(first_of, calls.tangles.values()), default=calls.now))
        closed_at = max(calls.now, times.closed_at or 0.0)
        for signal in connector.closed(closed_at):
            told.take(calls.tell(signal).finished)
    told.take(calls.end(closed_at))
    told.write_before(float("inf"))
    sys.stdout.flush()


def times_of(stream: Path) -> Times:
    """STREAM.json, or the same name with `.json` for its ending."""
    for beside in (stream.with_name(stream.name + ".json"), stream.with_suffix(".json")):
        if beside.is_file() and beside != stream:
            try:
                times = msgspec.json.decode(beside.read_bytes(), type=Times, strict=False)
            except msgspec.MsgspecError as error:
                raise CannotStart(f"{beside} tells no times: {error}.") from None
            if times != Times():
                return times
    return Times()
