"""Where a reader of the facts stands: `epoch:xmin:xmax:xip`, PostgreSQL's snapshot of what was committed then.

Transactions commit in another order than they are numbered, so what is new to a reader is no number but a set.
"""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

LONGEST = 10_000  # characters: hundreds of transactions open at once
MOST = 2**63  # no transaction of ours has a number like that
WRAP = 2**32  # PostgreSQL never gives a number that is a multiple of it
TEXT = re.compile(r"([0-9a-f-]{36}):(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19})*)?)", re.ASCII)


class Snapshot(msgspec.Struct, frozen=True):
    """Everything before xmin has ended; of the rest, what is neither open nor at or after xmax."""

    xmin: int
    xmax: int
    open: frozenset[int] = frozenset()

    def sees(self, xid: int) -> bool:
        return xid < self.xmin or (xid < self.xmax and xid not in self.open)

    def covers(self, other: Snapshot) -> bool:
        """Whether it sees all that the other sees."""
        return self.xmax >= other.xmax and all(xid >= other.xmax or xid in other.open for xid in self.open)

    def until(self, last: int) -> Snapshot:
        """As far as a transaction: what is numbered after it is not seen yet, whatever has become of it."""
        if self.xmax <= last + 1:
            return self
        return Snapshot(min(self.xmin, last + 1), last + 1, frozenset(xid for xid in self.open if xid <= last))

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, sorted(self.open)))}"


class Position(msgspec.Struct, frozen=True):
    epoch: str  # another one after a restore: numbers of transactions mean nothing any more
    seen: Snapshot

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seen}"


def snapshot_of(text: str) -> Snapshot:
    """As PostgreSQL writes it."""
    xmin, xmax, xip = text.split(":")
    return Snapshot(int(xmin), int(xmax), frozenset(int(each) for each in xip.split(",") if each))


def read(text: str) -> Position | None:
    """What somebody sent; None when it is no position, or none that PostgreSQL would take as a snapshot."""
    found = TEXT.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    xmin, xmax, xip = int(found[2]), int(found[3]), [int(each) for each in found[4].split(",") if each]
    good = 1 <= xmin <= xmax < MOST and all(xid % WRAP for xid in (xmin, xmax))
    within = all(one < other for one, other in pairwise([xmin - 1, *xip, xmax]))
    return Position(found[1], Snapshot(xmin, xmax, frozenset(xip))) if good and within else None
