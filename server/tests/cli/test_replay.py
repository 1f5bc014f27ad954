"""`trubka replay` as one runs it: records as lines of JSON, in the order in which they started; and what it refuses."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from tests.pbx.record import FIXTURES
from tests.pbx.test_replay import truth_of
from tests.pbx.told import different
from trubka import __main__ as command
from trubka import pbx
from trubka.cli import replay
from trubka.pbx import Office

TWICE = "gap-twice-22"


def said(capfdbinary: pytest.CaptureFixture[bytes], *words: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    code = command.run(["replay", "--pbx", "asterisk", *map(str, words)])
    out, err = capfdbinary.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.decode()


def test_a_stream_is_told(capfdbinary: pytest.CaptureFixture[bytes]):
    config, stream = FIXTURES / "direct-recorded-22.json", FIXTURES / "direct-recorded-22.ami"
    assert said(capfdbinary, "--config", config, stream) == (
        0,
        [
            {
                "direction": "inbound",
                "customer_number": "+79161234567",
                "line": "+74950000002",
                "started_at": 1795190241,
                "ended_at": 1795190245,
                "rang": ["101"],
                "answered_by": "101",
                "last_talked": "101",
                "missed": False,
                "talk_seconds": 3,
                "hold_seconds": 0,
                "transferred": [],
                "hangup_cause": 16,
                "recording": "79161234567-74950000002.wav",
            }
        ],
        "",
    )


def test_several_connections_are_one_story(capfdbinary: pytest.CaptureFixture[bytes]):
    streams = sorted(FIXTURES.glob(f"{TWICE}.[0-9].ami"))
    assert len(streams) == 3
    code, told, _ = said(capfdbinary, *streams)
    assert code == 0
    assert different(truth_of(TWICE), told) == []


@pytest.mark.parametrize("beside", ["{}.ami.json", "{}.json"])
def test_times_lie_beside_a_stream(beside: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    whole = (FIXTURES / "direct-answered-22.ami").read_bytes()
    stream = tmp_path / "cut.ami"
    stream.write_bytes(whole[: whole.rfind(b"Event: BridgeLeave")].rpartition(b"Event: BridgeLeave")[0])
    _, (untold,), _ = said(capfdbinary, stream)
    (tmp_path / beside.format("cut")).write_text(json.dumps({"closed_at": untold["ended_at"] + 100}))
    _, (told,), _ = said(capfdbinary, stream)
    assert told["ended_at"] == untold["ended_at"] + 100
    assert told["talk_seconds"] in range(100, 110)


def test_they_come_in_the_order_in_which_they_started(capfdbinary: pytest.CaptureFixture[bytes]):
    _, told, _ = said(capfdbinary, FIXTURES / "busy-minute-22.ami")
    starts = [one["started_at"] for one in told]
    assert len(starts) > 3
    assert starts == sorted(starts)


def test_what_it_refuses(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    config = tmp_path / "office.json"
    stream = FIXTURES / "direct-answered-22.ami"
    for wrong in ("", "[]", '{"lines": 5}'):
        config.write_text(wrong)
        code, told, error = said(capfdbinary, "--config", config, stream)
        assert (code, told) == (1, [])
        assert "is no configuration" in error
    code, told, error = said(capfdbinary, tmp_path / "none.ami")
    assert (code, told) == (1, [])
    assert "none.ami" in error


def test_extensions_may_have_more_beside_them(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    config = tmp_path / "office.json"
    config.write_text('{"extensions": {"101": "Anna"}, "lines": ["+74950000001"], "trunks": ["PJSIP/mtt"], "more": 1}')
    code, told, _ = said(capfdbinary, "--config", config, FIXTURES / "direct-answered-22.ami")
    assert (code, told[0]["rang"]) == (0, ["101"])


def test_memory_does_not_grow_with_the_stream(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]):
    """The same call again and again, each with channels and times of its own."""
    call = (FIXTURES / "direct-answered-22.ami").read_bytes()
    call = call[call.index(b"Event: Newchannel") :]

    def peak(calls: int) -> int:
        stream = tmp_path / f"{calls}.ami"
        with stream.open("wb") as file:
            for number in range(calls):
                stamp = b"%d" % (1795190000 + 20 * number)
                file.write(call.replace(call[call.index(b"Uniqueid: ") + 10 :][:10], stamp))
        tracemalloc.start()
        replay.replay(pbx.stream("asterisk", Office()), [stream], replay.Told())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(capfdbinary.readouterr().out.splitlines()) == calls
        return used

    few = peak(80)
    assert peak(240) < few * 1.5
