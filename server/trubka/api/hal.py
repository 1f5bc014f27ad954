"""HAL envelopes: pages, lists and answers to changes, with links on the request's own scheme and host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from msgspec import UNSET, UnsetType

Json = dict[str, Any]


class Link(msgspec.Struct):
    href: str


class Self(msgspec.Struct):
    self: Link


class Pages(msgspec.Struct, omit_defaults=True):
    self: Link
    first: Link | None = None
    prev: Link | None = None
    next: Link | None = None
    last: Link | None = None


def link(href: str) -> Self:
    return Self(Link(href))


class Ref(msgspec.Struct):
    """A record that is named inside another one."""

    id: int
    links: Self = msgspec.field(name="_links")


class Page(msgspec.Struct):
    """The answer of a paged list; `key` of `embedded` is the resource's plural name."""

    page: int = msgspec.field(name="_page")
    links: Pages = msgspec.field(name="_links")
    embedded: Json = msgspec.field(name="_embedded")
    total_items: int | UnsetType = msgspec.field(name="_total_items", default=UNSET)
    page_count: int | UnsetType = msgspec.field(name="_page_count", default=UNSET)


def without_parameters(url: str, raw_query: str, *names: str) -> str:
    """The URL with the parameters of the request but for these, ready for more to be written behind it."""
    kept = [pair for pair in parse_qsl(raw_query, keep_blank_values=True) if pair[0] not in names]
    return url + "?" + (urlencode(kept, quote_via=quote, safe="[],:@") + "&" if kept else "")


def listed(url: str, name: str, items: Sequence[Any]) -> Json:
    """A list that has no pages, with its length."""
    return {"_total_items": len(items), "_links": link(url), "_embedded": {name: items}}
