"""Every recorded stream is told as it was: well told, told twice, with neighbours swapped, and in pieces."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import pytest

from trubka.pbx import Office

from .record import FIXTURES
from .told import Record, different, pieces_of, swapped, told, twice

NAMES = sorted(path.name.removesuffix(".truth.jsonl") for path in FIXTURES.glob("*.truth.jsonl"))


def truth_of(name: str) -> list[Record]:
    return [json.loads(line) for line in (FIXTURES / f"{name}.truth.jsonl").read_text().splitlines()]


def office_of(name: str) -> Office:
    config: Path = FIXTURES / f"{name}.json"
    return msgspec.json.decode(config.read_bytes(), type=Office)


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_is_told_as_it_was(name: str) -> None:
    assert different(truth_of(name), told(pieces_of(FIXTURES, name), office_of(name))) == []


@pytest.mark.parametrize("name", NAMES)
def test_without_a_config_too(name: str) -> None:
    assert different(truth_of(name), told(pieces_of(FIXTURES, name), Office())) == []


@pytest.mark.parametrize("name", NAMES)
def test_told_twice_or_in_another_order_it_is_the_same(name: str) -> None:
    pieces, office, chance = pieces_of(FIXTURES, name), office_of(name), random.Random(name)
    well = told(pieces, office)
    assert told(pieces, office, twice) == well
    for _ in range(3):
        assert told(pieces, office, swapped(chance)) == well
        moved = told(pieces, office, swapped(chance, stamps_stay=True))
        assert different(well, moved) == []
