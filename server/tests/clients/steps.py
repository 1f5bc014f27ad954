"""A walk through the API by a published client: every step is tried, and what failed is told with its reason."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

E = TypeVar("E", bound=BaseException)
STEPS: list[Callable[[], None]] = []


def step(do: Callable[[], None]) -> Callable[[], None]:
    STEPS.append(do)
    return do


def walk() -> None:
    """The last line of the output is {step: "fine" or what went wrong}, in the order of the steps."""
    told: dict[str, str] = {}
    for do in STEPS:
        try:
            do()
            told[do.__name__] = "fine"
        except BaseException:
            told[do.__name__] = traceback.format_exc(limit=-4)
    print(json.dumps(told), file=sys.stdout, flush=True)


def refused(kind: type[E], do: Callable[[], object]) -> E:
    try:
        do()
    except kind as refusal:
        return refusal
    raise AssertionError(f"{kind.__name__} was expected")
