"""Plays scenarios on a real Asterisk and keeps what it said: python -m tests.pbx.record [--version 16] [NAME …]

Without names it plays all of them. NAME may be the beginning of several names.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from . import scenarios
from .asterisk import SUITES, Asterisk, NoAsterisk, installed
from .kit import CLASSES, EVERYTHING, opened
from .stage import SCENARIOS, Scenario, Stage, TooSlow, fields, messages

FIXTURES = Path(__file__).resolve().parents[2] / "trubka" / "pbx" / "asterisk" / "fixtures"
PLAY_SECONDS = 120
TRIES = 3
KNOWN = scenarios  # brings the stories


async def play(scenario: Scenario, asterisk: Asterisk) -> Stage:
    """The scenario, played once; its streams and truths are in what comes back."""
    classes = EVERYTHING if scenario.everything else CLASSES
    async with opened(asterisk, scenario.system, classes) as office:
        stage = Stage(office)
        await stage.hands.open(office.ami, "hands", office.secret)
        await stage.listen()
        await asyncio.wait_for(scenario.play(stage), PLAY_SECONDS)
        await stage.quiet()
        for stream in [stage.streams[-1], stage.hands]:
            await stream.close()
        return stage


def kept(scenario: Scenario, heard: bytes) -> bytes:
    """Whole messages that a connector has no use for go: it may ask Asterisk to leave them out (eventfilter)."""
    return heard if scenario.everything else b"".join(message for message in messages(heard) if is_of_use(message))


def is_of_use(message: bytes) -> bool:
    said = fields(message)
    match said.get("Event"):
        case "VarSet":
            return said.get("Variable") == "MIXMONITOR_FILENAME"
        case "Newexten" | "QueueMemberStatus" | "DeviceStateChange" | "SoftHangupRequest":
            return False
        case _:
            return True


def write(scenario: Scenario, version: int, stage: Stage, folder: Path) -> None:
    name = f"{scenario.name}-{version}"
    for old in folder.glob(f"{name}.*"):
        old.unlink()
    several = len(stage.streams) > 1
    for number, stream in enumerate(stage.streams, 1):
        path = folder / (f"{name}.{number}.ami" if several else f"{name}.ami")
        heard = bytearray(kept(scenario, bytes(stream.heard)))
        if number in stage.halved:
            del heard[-(len(messages(heard)[-1]) // 2) :]
        path.write_bytes(heard)
        if several:
            times = {"opened_at": round(stream.opened_at, 3), "closed_at": round(stream.closed_at, 3)}
            (folder / f"{path.name}.json").write_text(json.dumps(times) + "\n")
    (folder / f"{name}.json").write_text(json.dumps(scenario.config, separators=(",", ":")) + "\n")
    truths: list[dict[str, Any]] = sorted(stage.truths, key=lambda truth: truth.get("started_at", 0))
    lines = [json.dumps(truth, ensure_ascii=False) for truth in truths]
    (folder / f"{name}.truth.jsonl").write_text("".join(f"{line}\n" for line in lines))


async def record(scenario: Scenario, asterisk: Asterisk, folder: Path) -> bool:
    for left in reversed(range(TRIES)):
        try:
            stage = await play(scenario, asterisk)
        except TooSlow as slow:
            if left:
                continue
            print(f"SLOW {scenario.name}-{asterisk.version}: {slow}", flush=True)
            return False
        except Exception as wrong:
            print(f"FAIL {scenario.name}-{asterisk.version}: {wrong!r}", flush=True)
            traceback.print_exception(wrong, limit=-3)
            return False
        write(scenario, asterisk.version, stage, folder)
        size = sum(path.stat().st_size for path in folder.glob(f"{scenario.name}-{asterisk.version}*.ami"))
        print(f"ok   {scenario.name}-{asterisk.version}: {size // 1000} kB", flush=True)
        return True
    return False


async def main(names: list[str], versions: list[int], at_once: int, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in SCENARIOS.values() if not names or any(one.name.startswith(name) for name in names)]
    places = asyncio.Semaphore(at_once)

    async def one(scenario: Scenario, version: int) -> bool:
        async with places:
            return await record(scenario, installed(version), folder)

    jobs = [one(scenario, version) for version in versions for scenario in chosen if version in scenario.versions]
    return 0 if jobs and all(await asyncio.gather(*jobs)) else 1


if __name__ == "__main__":
    asking = argparse.ArgumentParser(prog="python -m tests.pbx.record", description=__doc__)
    asking.add_argument("names", nargs="*", metavar="NAME")
    asking.add_argument("--version", type=int, action="append", choices=list(SUITES))
    asking.add_argument("--at-once", type=int, default=3, metavar="N")
    asking.add_argument("--into", type=Path, default=FIXTURES, metavar="FOLDER")
    asked = asking.parse_args()
    try:
        sys.exit(asyncio.run(main(asked.names, asked.version or list(SUITES), asked.at_once, asked.into)))
    except NoAsterisk as why:
        sys.exit(str(why))
