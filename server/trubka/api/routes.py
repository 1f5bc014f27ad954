"""Which function answers which method and path; the OpenAPI description is made of the same entries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from trubka.api.query import INT8
from trubka.rules.entities import BY_PLURAL, CARDS, Entity

Do = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=Do)
Auth = Literal["user", "signed", "session", "person", "open"]
# user: a token, or a session with an account chosen; signed: these, or a signed link; session: only a session with an
# account; person: a signed-in person, an account chosen or not; open: anybody.


@dataclass(frozen=True, slots=True)
class Page:
    """The body of a paged list, for the description: `_page`, `_links`, and items under `_embedded` and this name."""

    name: str
    item: Any
    counted: bool = False  # with _total_items and _page_count


@dataclass(frozen=True, slots=True)
class Items:
    """The body of a list that has no pages, or of an answer to a batch: items under `_embedded` and this name."""

    name: str
    item: Any


@dataclass(frozen=True, slots=True)
class File:
    """A file, whole or a part of it."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A body or an item that is one of several types, for the description."""

    kinds: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    do: Do
    auth: Auth = "user"
    admin: bool = False
    body: Any = None  # list[T]: a batch, each item under its request_id; T: one object
    most: int = 250  # items of a batch
    strict: bool = False  # the body is read as it is described, not as loosely as amoCRM's
    answer: Any = None  # the body of a success, for the description: a type, a Page or Items of one
    refused: Any = None  # the body of a 400 that is no problem of the usual shape, for the description
    status: int = 200
    query: tuple[str, ...] = ()  # parameters, for the description
    media: str = "application/hal+json"  # of the answer, for the description
    hidden: bool = False  # an alias, or what only our browser asks

    @property
    def summary(self) -> str:
        return (self.do.__doc__ or "").strip().split("\n")[0]


class Routes(list[Endpoint]):
    """The endpoints of one module."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.prefix = prefix

    def on(self, method: str, path: str = "", **about: Any) -> Callable[[F], F]:
        def remember(do: F) -> F:
            self.append(Endpoint(method, self.prefix + path, do, **about))
            return do

        return remember


@dataclass(slots=True)
class Node:
    """One step of paths: fixed words first, then what may stand there."""

    words: dict[str, Node] = field(default_factory=dict[str, "Node"])
    kinds: dict[str, Node] = field(default_factory=dict[str, "Node"])
    methods: dict[str, Endpoint] = field(default_factory=dict[str, Endpoint])


def card_of(step: str) -> Entity | None:
    entity = BY_PLURAL.get(step)
    return entity if entity in CARDS else None


def id_of(step: str) -> int | None:
    return int(step) if step.isascii() and step.isdigit() and len(step) < 20 and 0 < int(step) <= INT8 else None


def text_of(step: str) -> str | None:
    return step if 0 < len(step) <= 500 else None


def uid_of(step: str) -> str | None:
    return step if len(step) == 60 and set(step) <= set("0123456789abcdef") else None


# A kind of card, a number, the uid of an item of the unsorted, or any text.
KINDS: dict[str, Callable[[str], Any]] = {"cards": card_of, "id": id_of, "uid": uid_of, "text": text_of}


class Tree:
    """Finds the endpoint of a path, however many there are, in the time of its own steps."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self.root = Node()
        for endpoint in endpoints:
            self._add(endpoint)

    def _add(self, endpoint: Endpoint) -> None:
        node = self.root
        for step in endpoint.path.strip("/").split("/"):
            if step.startswith("{"):
                name, _, kind = step[1:-1].partition(":")
                key = kind or (name if name in KINDS else "id")
                node = node.kinds.setdefault(key, Node())
            else:
                node = node.words.setdefault(step, Node())
        assert endpoint.method not in node.methods, f"{endpoint.method} {endpoint.path} stands twice"
        node.methods[endpoint.method] = endpoint

    def find(self, path: str) -> list[tuple[dict[str, Endpoint], list[Any]]]:
        """What can be meant by a path: the methods there, with the values that stand in it."""
        found: list[tuple[dict[str, Endpoint], list[Any]]] = []
        collect(self.root, path.strip("/").split("/"), [], found)
        return found


def collect(
    node: Node, steps: list[str], values: list[Any], found: list[tuple[dict[str, Endpoint], list[Any]]]
) -> None:
    if not steps:
        if node.methods:
            found.append((node.methods, values))
        return
    step, rest = steps[0], steps[1:]
    if (below := node.words.get(step)) is not None:
        collect(below, rest, values, found)
    for kind, below in node.kinds.items():
        if (value := KINDS[kind](step)) is not None:
            collect(below, rest, [*values, value], found)
