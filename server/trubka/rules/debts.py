"""Debts: a missed call opens one, and only a talk with the number or an agent's reason closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

LONGEST_REASON = 1_000

Deed = Literal["opens", "closes", ""]


class Told(msgspec.Struct, frozen=True):
    """A call, as far as debts turn on it. No number: withheld, so that only a reason closes its debt."""

    tail: int | None
    began: int
    ended: int
    talk: bool = False
    missed: bool = False


def rounds(batch: Sequence[Told], talked: Mapping[int, int]) -> list[list[tuple[int, Deed]]]:
    """What each call of a batch does, in the order of time; `talked` tells when the last known talk with a number was
    over. A missed call after which there was a talk owes nothing, in whatever order the two are told. A debt that is
    closed and one that is opened by a number's next call are two, so the second waits for another round."""
    over = dict(talked)
    for call in batch:
        if call.talk and call.tail is not None:
            over[call.tail] = max(call.ended, over.get(call.tail, call.ended))
    found: list[list[tuple[int, Deed]]] = [[]]
    closing: set[int | None] = set()
    for place in sorted(range(len(batch)), key=lambda each: batch[each].began):
        call = batch[place]
        deed: Deed = ""
        if call.talk and call.tail is not None:
            deed = "closes"
            closing.add(call.tail)
        elif call.missed and (call.tail is None or over.get(call.tail, -1) < call.began):
            deed = "opens"
            if call.tail is not None and call.tail in closing:
                found.append([])
                closing = set()
        found[-1].append((place, deed))
    return found
