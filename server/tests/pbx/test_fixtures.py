"""The recorded streams are whole, belong to scenarios, and tell nothing of the machine that recorded them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from . import scenarios
from .asterisk import ROOT, SUITES
from .record import FIXTURES
from .stage import SCENARIOS

KNOWN = scenarios  # brings the stories
FIXTURES_BYTES = 6_200_000
FOREIGN = re.compile(rb"/(home|root|usr|work|var|opt)/|Secret:|192\.168\.|\b10\.\d+\.\d+\.\d+")
FIELDS = {
    *("direction", "customer_number", "line", "started_at", "ended_at", "rang", "answered_by", "last_talked"),
    *("missed", "talk_seconds", "hold_seconds", "transferred", "hangup_cause", "recording", "optional"),
}


def recordings() -> list[Path]:
    return sorted(FIXTURES.glob("*.truth.jsonl"))


@pytest.mark.parametrize("truth", recordings(), ids=lambda path: path.name.partition(".")[0])
def test_a_recording_is_whole(truth: Path) -> None:
    name = truth.name.removesuffix(".truth.jsonl")
    scenario, _, version = name.rpartition("-")
    assert scenario in SCENARIOS
    assert int(version) in SUITES
    assert set(json.loads((FIXTURES / f"{name}.json").read_text())) <= {"extensions", "lines", "trunks"}
    streams = sorted(FIXTURES.glob(f"{name}.ami")) or sorted(FIXTURES.glob(f"{name}.[0-9].ami"))
    for stream in streams:
        heard = stream.read_bytes()
        assert heard.startswith(b"Asterisk Call Manager/"), stream
        assert not FOREIGN.search(heard), stream
        if len(streams) > 1:
            times = json.loads((FIXTURES / f"{stream.name}.json").read_text())
            assert times["opened_at"] < times["closed_at"]
    assert streams
    for line in truth.read_text().splitlines():
        record: dict[str, Any] = json.loads(line)
        assert set(record) <= FIELDS
        assert record["direction"] in {"inbound", "outbound", "internal"}


def test_every_scenario_is_recorded() -> None:
    expected = {f"{one.name}-{version}" for one in SCENARIOS.values() for version in one.versions}
    assert {path.name.removesuffix(".truth.jsonl") for path in recordings()} == expected


def test_the_recordings_stay_small() -> None:
    assert sum(path.stat().st_size for path in FIXTURES.iterdir()) < FIXTURES_BYTES


def test_every_story_is_told() -> None:
    assert [one.name for one in SCENARIOS.values() if not one.play.__doc__] == []
    assert (ROOT / "server/tests/pbx/README.md").exists()
