"""What the connector tells of a stream, held against what is true; and streams as a worse line would have told them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from trubka.pbx import Office
from trubka.pbx.asterisk.events import Asterisk
from trubka.rules.call import Calls
from trubka.rules.conversation import Conversation

END = b"\r\n\r\n"
BESIDE = {"park", "pickup", "forward", "return", "redirect", "queue"}  # kinds of transfer that nobody claims
BURST_SECONDS = 0.005

Record = dict[str, Any]
Piece = tuple[bytes, float, float]  # the bytes of one connection, from when, till when
Worse = Callable[[bytes], bytes]


def told(pieces: Iterable[Piece], office: Office, worse: Worse = bytes) -> list[Record]:
    connector, calls = Asterisk(office), Calls(showing=False)
    found: list[Conversation] = []
    closed_at = 0.0
    for data, opened_at, closed_at in pieces:
        connector.opened(opened_at)
        for signal in connector.hear(worse(data)):
            found += calls.tell(signal).finished
        closed_at = max(closed_at, calls.now)
        for signal in connector.closed(closed_at):
            found += calls.tell(signal).finished
    found += calls.end(closed_at)
    return [one.record() for one in sorted(found, key=lambda one: one.started_at)]


def pieces_of(folder: Path, name: str) -> list[Piece]:
    pieces: list[Piece] = []
    for stream in sorted(folder.glob(f"{name}.ami")) or sorted(folder.glob(f"{name}.[0-9].ami")):
        beside = stream.with_name(stream.name + ".json")
        times: dict[str, float] = json.loads(beside.read_text()) if beside.exists() else {}
        data = stream.read_bytes()
        first = re.search(rb"^Timestamp: ([\d.]+)", data, re.M)
        opened_at = times.get("opened_at") or (float(first[1]) if first else 0.0)
        pieces.append((data, opened_at, times.get("closed_at") or 0.0))
    return pieces


def different(true: list[Record], found: list[Record]) -> list[str]:
    """In words, what is told wrongly."""
    wrong: list[str] = []
    left = list(found)
    for record in true:
        likely = [one for one in left if may_be(record, one)]
        if likely:
            best = min(likely, key=lambda one: len(mistakes(record, one)))
            left.remove(best)
            wrong += mistakes(record, best)
        elif not record.get("optional"):
            wrong.append(f"nothing is told of {record}")
    return wrong + [f"there was no {one}" for one in left]


def may_be(true: Record, found: Record) -> bool:
    same = all(true[key] == found[key] for key in ("direction", "customer_number") if key in true)
    return same and abs(true.get("started_at", found["started_at"]) - found["started_at"]) <= 2


def mistakes(true: Record, found: Record) -> list[str]:
    return [
        f"{key} is {found[key]!r} and not {value!r}"
        for key, value in true.items()
        if key != "optional" and not agrees(key, value, found)
    ]


def agrees(key: str, value: Any, found: Record) -> bool:
    given = found[key]
    match key:
        case "started_at" | "ended_at":  # the script reads its clock after the deed
            return value is None or abs(given - value) <= 2
        case "talk_seconds" | "hold_seconds":
            return abs(given - value) <= 1
        case "rang":
            return set(given) == set(value)
        case "transferred":
            return [one for one in given if one["kind"] not in BESIDE] == [
                one for one in value if one["kind"] not in BESIDE
            ]
        case _:
            return given == value


# A worse line.


def messages_of(stream: bytes) -> list[bytes]:
    """The first begins with the banner."""
    return [message + END for message in stream.split(END)[:-1]]


def twice(stream: bytes) -> bytes:
    """Every event is told twice."""
    return (
        b"".join(message * 2 if message.startswith(b"Event: ") else message for message in messages_of(stream))
        + stream.rpartition(END)[2]
    )


def swapped(chance: random.Random, stamps_stay: bool = False) -> Worse:
    """Neighbours of different channels within a burst change places."""

    def worse(stream: bytes) -> bytes:
        messages = messages_of(stream)
        place = 0
        while place + 1 < len(messages):
            one, other = messages[place], messages[place + 1]
            if may_swap(one, other) and chance.random() < 0.5:
                if stamps_stay:
                    one, other = with_stamp_of(one, other), with_stamp_of(other, one)
                messages[place : place + 2] = other, one
                place += 1
            place += 1
        return b"".join(messages) + stream.rpartition(END)[2]

    return worse


def may_swap(one: bytes, other: bytes) -> bool:
    times = field(one, b"Timestamp"), field(other, b"Timestamp")
    channels = [set(re.findall(rb"^Uniqueid: (\S+)", message, re.M)) for message in (one, other)]
    if None in times or not all(channels) or channels[0] & channels[1]:
        return False
    return abs(float(times[0] or 0) - float(times[1] or 0)) < BURST_SECONDS


def with_stamp_of(message: bytes, other: bytes) -> bytes:
    return re.sub(rb"^Timestamp: \S+", b"Timestamp: " + (field(other, b"Timestamp") or b""), message, flags=re.M)


def field(message: bytes, name: bytes) -> bytes | None:
    found = re.search(rb"^" + name + rb": (\S+)", message, re.M)
    return found[1] if found else None
