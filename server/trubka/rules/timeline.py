"""The timeline of a card: what stands in it, and how a page is put together from its sources, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

import msgspec

from trubka.rules.notes import CALLS, EVENTS

KINDS = ("calls", "notes", "tasks", "changes")
LONGEST_MARK = 60
MOST = 2**63 - 1

CALL_EVENTS = tuple(EVENTS[each] for each in CALLS)  # told by the call itself
NOTE_EVENTS = tuple(
    dict.fromkeys(kind for note_type, kind in EVENTS.items() if note_type not in (*CALLS, "task_result"))
)


class Source(IntEnum):
    """Where a row comes from; of the same moment the greater number stands above."""

    event = 1
    task = 2
    call = 3
    unsorted = 4


class Mark(msgspec.Struct, frozen=True, order=True):
    """The place of a row."""

    at: int
    source: int
    id: int

    def __str__(self) -> str:
        return f"{self.at}.{self.source}.{self.id}"


def mark_of(text: str) -> Mark | None:
    """None: nobody was told such a place."""
    parts = text[:LONGEST_MARK].split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) <= MOST for part in parts):
        return None
    return Mark(*(int(part) for part in parts))


def below(mark: Mark | None, source: Source) -> tuple[int, int]:
    """(moment, id): the rows of a source that stand below a mark are those before this."""
    if mark is None:
        return (MOST, MOST)
    if source == mark.source:
        return (mark.at, mark.id)
    return (mark.at, MOST if source < mark.source else 0)


def page(sources: Iterable[Sequence[tuple[Mark, Any]]], limit: int) -> tuple[list[tuple[Mark, Any]], Mark | None]:
    """The first rows of all sources together, each of which gives one more than the limit where it has more; and the
    place after which the next page begins."""
    rows = sorted((row for source in sources for row in source), key=lambda row: row[0], reverse=True)
    return rows[:limit], rows[limit - 1][0] if len(rows) > limit else None


def event_types(kinds: Iterable[str]) -> tuple[tuple[str, ...] | None, tuple[str, ...]] | None:
    """Which lines of the log are wanted: only these (None: all), and which of them not. None: no line at all."""
    wanted = set(kinds)
    if {"notes", "changes"} <= wanted:
        return None, CALL_EVENTS
    if "notes" in wanted:
        return NOTE_EVENTS, ()
    if "changes" in wanted:
        return None, (*CALL_EVENTS, *NOTE_EVENTS)
    return None
