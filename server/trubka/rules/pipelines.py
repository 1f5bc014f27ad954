"""The steps of a pipeline: their order, their colours, and where the leads of one go that is taken away.

A step is a status of the account's own; the unsorted, won and lost belong to the system and keep their places.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

MOST_PIPELINES = 50
MOST_STATUSES = 100  # of a pipeline, the system's among them
MOST_MOVED = 10_000  # leads that go elsewhere with the step in which they stand, and of the bin at one time
MOST_PORTIONS = 100  # of the bin in one request
FIRST_SORT, STEP = 20, 10
COLORS = [
    "#fffeb2",
    "#fffd7f",
    "#fff000",
    "#ffeab2",
    "#ffdc7f",
    "#ffce5a",
    "#ffdbdb",
    "#ffc8c8",
    "#ff8f92",
    "#d6eaff",
    "#c1e0ff",
    "#98cbff",
    "#ebffb1",
    "#deff81",
    "#87f2c0",
    "#f9deff",
    "#f3beff",
    "#ccc8f9",
    "#eb93ff",
    "#f2f3f4",
    "#e6e8ea",
    "#99ccff",
    "#ffff99",
    "#ffcc66",
    "#ffcccc",
]


class Step(msgspec.Struct, frozen=True):
    id: int
    sort: int
    is_editable: bool = True


def own(statuses: Iterable[Step]) -> list[Step]:
    """The account's own steps, in their order; of two in one place the older stands first."""
    return sorted((each for each in statuses if each.is_editable), key=lambda each: (each.sort, each.id))


def renumbered(statuses: Iterable[Step]) -> dict[int, int]:
    """The new places of those steps that are not where they should be: 20, 30, 40 …"""
    places = {each.id: FIRST_SORT + STEP * place for place, each in enumerate(own(statuses))}
    return {each.id: places[each.id] for each in own(statuses) if each.sort != places[each.id]}


def heir(statuses: Iterable[Step], gone: int) -> int | None:
    """The first step that is left: the leads of the one that goes stand there from now on."""
    return next((each.id for each in own(statuses) if each.id != gone), None)


def color_of(given: str | None) -> str | None:
    """One of the colours that a step may have; None is no such colour."""
    found = (given or COLORS[0]).lower()
    return found if found in COLORS else None
