"""Pages by number, as fast at the end of a million rows as at the beginning.

Clients ask for page 1, 2, 3 …; the database is asked for what comes after the last row of the page before. Where each
page ended is remembered for a while; a page that nobody came to from the one before is found by counting rows.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET

from trubka.api import hal
from trubka.api.asked import Answer, Asked

MOST_MARKS = 20_000
MARK_SECONDS = 900  # who comes to a page later than this begins anew: the list has moved on

T = TypeVar("T")


class Slice(msgspec.Struct, frozen=True):
    """The rows that are wanted: `limit` of them, after a place that is known or after `skip` rows."""

    limit: int
    skip: int = 0
    after: tuple[Any, int] | None = None  # (value of the sorting column, id) of the row before


class Marks:
    """Where pages ended: {(who, what was asked, page): (sorting value, id) of the last row before it, and when}."""

    def __init__(self) -> None:
        self._marks: OrderedDict[tuple[Any, ...], tuple[tuple[Any, int], int]] = OrderedDict()

    def before(self, key: tuple[Any, ...], now: int) -> tuple[Any, int] | None:
        mark, at = self._marks.get(key, (None, 0))
        return mark if now - at <= MARK_SECONDS else None

    def keep(self, key: tuple[Any, ...], mark: tuple[Any, int], now: int) -> None:
        self._marks[key] = (mark, now)
        self._marks.move_to_end(key)
        while len(self._marks) > MOST_MARKS:
            self._marks.popitem(last=False)


def key_of(asked: Asked, page: int) -> tuple[Any, ...]:
    """As short for a long query as for a short one: many keys are kept."""
    words = [pair for pair in parse_qsl(asked.query.raw, keep_blank_values=True) if pair[0] != "page"]
    told = hashlib.sha256(repr((asked.path, words)).encode(errors="replace")).digest()
    return (asked.account_id, asked.me.user_id, told, page)


def wanted(asked: Asked) -> Slice:
    """The rows of the page that is asked for, and one more that tells whether there is a next page."""
    page, limit = asked.query.page, asked.query.limit
    if page == 1:
        return Slice(limit + 1)
    if (mark := asked.site.pages.before(key_of(asked, page), asked.now)) is not None:
        return Slice(limit + 1, after=mark)
    return Slice(limit + 1, skip=(page - 1) * limit)


def answer(
    asked: Asked,
    name: str,
    rows: Sequence[T],
    show: Callable[[T], Any],
    mark: Callable[[T], tuple[Any, int]],
    total: int | None = None,
) -> Answer | None:
    """The page as HAL; no rows is 204. The few lists whose rows are counted say so in `total`."""
    if not rows:
        return None
    page, limit = asked.query.page, asked.query.limit
    more = len(rows) > limit
    if more:
        asked.site.pages.keep(key_of(asked, page + 1), mark(rows[limit - 1]), asked.now)
    base = hal.without_parameters(asked.url(asked.path), asked.query.raw, "page", "limit")

    def link(number: int) -> hal.Link:
        return hal.Link(f"{base}page={number}&limit={limit}")

    return Answer(
        hal.Page(
            page,
            hal.Pages(
                self=link(page),
                first=link(1) if page > 1 else None,
                prev=link(page - 1) if page > 1 else None,
                next=link(page + 1) if more else None,
                last=link(-(-total // limit)) if total else None,
            ),
            {name: [show(row) for row in rows[:limit]]},
            UNSET if total is None else total,
            UNSET if total is None else -(-total // limit),
        )
    )


def whole(asked: Asked, name: str, rows: Sequence[T], show: Callable[[T], Any]) -> Answer | None:
    """A page of a list that is all here already, counted."""
    page, limit = asked.query.page, asked.query.limit
    part = rows[(page - 1) * limit : page * limit + 1]
    return answer(asked, name, part, show, lambda row: (0, 0), len(rows))
