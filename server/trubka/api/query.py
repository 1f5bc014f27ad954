"""The query string as amoCRM's clients spell it: PHP brackets, comma lists, ranges, doubled and unknown parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import cast
from urllib.parse import unquote_plus

from trubka.errors import Refused, Unprocessable

type_ = type
Tree = "str | dict[str, Tree]"

DEEPEST = 8
ROWS = 250  # a page
DEFAULT_ROWS = 50
LAST_PAGE = 10**9
LONGEST_INDEX = 10  # digits
INT8 = 2**63 - 1
KEY = re.compile(r"\[([^\[\]]*)\]")


def parse(raw: str, most: int) -> dict[str, object]:
    """`filter[id][]=1&filter[id][]=2` becomes {"filter": {"id": {"0": "1", "1": "2"}}}."""
    pairs = [pair for pair in raw.split("&") if pair]
    if len(pairs) > most:
        raise Refused(f"No more than {most} parameters are accepted.")
    tree: dict[str, object] = {}
    ends: dict[int, int] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        put(tree, path_of(unquote_plus(name)), clean(unquote_plus(value)), ends)
    return tree


def path_of(name: str) -> list[str]:
    head, bracket, _ = name.partition("[")
    if not bracket or not head:
        return [clean(name)]
    path = [head, *KEY.findall(name[len(head) :])]
    if len(path) > DEEPEST:
        raise Refused(f"Parameters nested deeper than {DEEPEST} levels are not accepted.")
    return [clean(step) for step in path]


def clean(text: str) -> str:
    if "\0" in text:
        raise Refused("A NUL character is not accepted.")
    return text


def put(tree: dict[str, object], path: list[str], value: str, ends: dict[int, int]) -> None:
    here = tree
    for step in path[:-1]:
        key = key_in(here, step, ends)
        if not isinstance(here.get(key), dict):
            here[key] = dict[str, object]()
        here = cast(dict[str, object], here[key])
    here[key_in(here, path[-1], ends)] = value


def key_in(here: dict[str, object], step: str, ends: dict[int, int]) -> str:
    """`[]` stands after the greatest number so far, as PHP counts; `ends` remembers it for each list."""
    if step == "":
        step = str(ends.get(id(here), 0))
    if step.isascii() and step.isdigit() and len(step) < LONGEST_INDEX:
        ends[id(here)] = max(ends.get(id(here), 0), int(step) + 1)
    return step


class Query:
    """Tolerant readings of one query string; what cannot be meant is as if it were not there."""

    def __init__(self, raw: str, most: int) -> None:
        self.raw = raw
        self.tree = parse(raw, most) if raw else {}

    def get(self, *path: str) -> object:
        here: object = self.tree
        for step in path:
            if not isinstance(here, dict):
                return None
            here = here.get(step)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return here  # pyright: ignore[reportUnknownVariableType]

    def plain(self) -> dict[str, str]:
        """The parameters that are one text each."""
        return {name: value for name, value in self.tree.items() if isinstance(value, str)}

    def text(self, *path: str) -> str | None:
        found = self.get(*path)
        return found if isinstance(found, str) else None

    def texts(self, *path: str) -> list[str] | None:
        """A scalar, a comma list, an indexed list: all the same. None when the parameter is absent or empty."""
        found = [part.strip() for leaf in leaves(self.get(*path)) for part in leaf.split(",")]
        return [part for part in found if part] or None

    def whole_texts(self, *path: str) -> list[str] | None:
        """The same for values that may hold commas."""
        return [leaf for leaf in leaves(self.get(*path)) if leaf] or None

    def ints(self, *path: str) -> list[int] | None:
        """Ids; one that cannot exist matches nothing, so it is left out of a list that is still a filter."""
        found = self.texts(*path)
        if found is None:
            return None
        return [value for text in found if (value := int_of(text)) is not None]

    def int(self, *path: str) -> int | None:
        text = self.text(*path)
        return None if text is None else int_of(text)

    def flag(self, *path: str) -> bool | None:
        found = self.texts(*path)
        if not found:
            return None
        return found[0].lower() not in ("0", "false", "n", "no")

    def span(self, *path: str) -> Span | None:
        """`[from]` and `[to]`, either alone; `a,b`; or one moment, meaning from then on."""
        found = self.get(*path)
        if isinstance(found, dict) and ("from" in found or "to" in found):
            low, high = self.int(*path, "from"), self.int(*path, "to")
            return None if low is None and high is None else Span(low, high)
        texts = self.texts(*path)
        if not texts:
            return None
        ends = [int_of(text) for text in texts[:2]]
        return Span(ends[0], ends[1] if len(ends) > 1 else None)

    def statuses(self, *path: str) -> list[tuple[int, int]] | None:
        """`[0][pipeline_id]` with `[0][status_id]`: only both together mean a status. None when nothing is given."""
        given = self.get(*path)
        if not isinstance(given, dict) or not given:
            return None
        found: list[tuple[int, int]] = []
        for key in cast(dict[str, object], given):
            pipeline, status = self.int(*path, key, "pipeline_id"), self.int(*path, key, "status_id")
            if pipeline is not None and status is not None:
                found.append((pipeline, status))
        return found

    def order(self, *allowed: str) -> Order | None:
        """The first allowed field of `order[field]=asc|desc`."""
        for name in allowed:
            if (way := self.text("order", name)) is not None:
                return Order(name, way.strip().lower() == "desc")
        return None

    def withs(self) -> set[str]:
        return self._withs

    @cached_property
    def _withs(self) -> set[str]:
        return set(self.texts("with") or ())

    @cached_property
    def page(self) -> int:
        return min(max(self.int("page") or 1, 1), LAST_PAGE)

    @cached_property
    def limit(self) -> int:
        asked = self.int("limit")
        if asked is None or asked < 1:
            return DEFAULT_ROWS
        if asked > ROWS:
            raise Unprocessable(f"Limit {ROWS} per page")
        return asked


class Span:
    """From a moment to a moment, both included; None is open."""

    def __init__(self, low: int | None, high: int | None) -> None:
        self.low = low
        self.high = high


class Order:
    def __init__(self, field: str, descending: bool) -> None:
        self.field = field
        self.descending = descending


def leaves(tree: object) -> Iterable[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for below in tree.values():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            yield from leaves(below)  # pyright: ignore[reportUnknownArgumentType]


def int_of(text: str) -> int | None:
    """A whole number that PostgreSQL can hold; `45.0` is one, `abc` and 2**80 are not."""
    try:
        value = int(text) if len(text) < 20 else None
    except ValueError:
        try:
            value = int(float(text)) if len(text) < 40 else None
        except (ValueError, OverflowError):
            return None
    return value if value is not None and -INT8 <= value <= INT8 else None
