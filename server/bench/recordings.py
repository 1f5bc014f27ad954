"""Until the first byte of a recording comes, at its beginning and after a seek, beside reading the file itself.

`python -m bench.recordings` runs this alone; `make bench` at its end.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import statistics
import sys
import time
from pathlib import Path

from bench.__main__ import ROOT, Running, part, token
from bench.ground import Ground, ground
from trubka.api import server
from trubka.rules import recordings as rules
from trubka.settings import Settings

CONTACTS = 1_000
FILE_BYTES = 57_600_044  # an hour, 8 kHz, one side
READ_BYTES = 65_536
PROMISED_MS = 20
ROUNDS = 300


async def measured(folder: Path, rounds: int) -> None:
    async with ground(folder, CONTACTS) as base:
        os.environ["TRUBKA_RECORDINGS"] = str(folder / "recordings")
        recording_id, file = await kept(base, folder / "recordings")
        bearer = await token(await server.site_of(base.db, Settings()), base, "admin")
        ours = Running([sys.executable, "-m", "trubka", "serve"], base.dsn)
        try:
            told(ours.port, recording_id, file, bearer, rounds)
        finally:
            ours.stop()


async def kept(base: Ground, folder: Path) -> tuple[int, Path]:
    """A recording in the store, as the job leaves it."""
    await base.db.run("delete from recordings where account_id = $1", base.account_id)
    recording_id = await base.db.value(
        "insert into recordings (account_id, link, state, media, bytes, seconds, sha256, created_at, fetched_at,"
        " next_at) values ($1, 'http://x/', 'fetched', 'audio/wav', $2, 3600, $3, 1, 1, null) returning id",
        base.account_id,
        FILE_BYTES,
        bytes(32),
    )
    path = f"{rules.folder_of(base.account_id, recording_id)}/{rules.name_of(recording_id, bytes(32), 'wav')}"
    await base.db.run("update recordings set path = $2 where id = $1", recording_id, path)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(os.urandom(FILE_BYTES))
    return recording_id, file


def told(port: int, recording_id: int, file: Path, bearer: str, rounds: int) -> None:
    print(f"\nThe first byte of a recording of {FILE_BYTES / 1e6:.0f} MB, ms; load {os.getloadavg()[0]:.1f}")
    print(f"{'':<22}{'p50':>9}{'p99':>9}{'file p50':>10}{'file p99':>10}  promise")
    chance = random.Random(1)
    for name in ("from the beginning", "after a seek"):
        places = [chance.randrange(FILE_BYTES - READ_BYTES) if "seek" in name else 0 for _ in range(rounds + 5)]
        pairs = [(asked(port, recording_id, bearer, place), read(file, place)) for place in places][5:]
        ours, raw = (sorted(each) for each in zip(*pairs, strict=True))
        print(
            f"{name:<22}{statistics.median(ours):>9.2f}{part(ours, 0.99):>9.2f}"
            f"{statistics.median(raw):>10.3f}{part(raw, 0.99):>10.3f}  ≤ {PROMISED_MS}",
            flush=True,
        )


def asked(port: int, recording_id: int, bearer: str, place: int) -> float:
    """As a player does: a connection of its own, everything from here on; it is left when the first byte is here."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"authorization": f"Bearer {bearer}", "range": f"bytes={place}-"}
    begun = time.perf_counter()
    line.request("GET", f"/recordings/{recording_id}", headers=headers)
    answer = line.getresponse()
    assert answer.status == 206
    assert len(answer.read(1)) == 1
    taken = (time.perf_counter() - begun) * 1_000
    line.close()
    return taken


def read(file: Path, place: int) -> float:
    begun = time.perf_counter()
    with file.open("rb") as opened:
        opened.seek(place)
        assert len(opened.read(READ_BYTES)) == READ_BYTES
    return (time.perf_counter() - begun) * 1_000


def main() -> None:
    import uvloop

    given = argparse.ArgumentParser(prog="python -m bench.recordings")
    given.add_argument("--rounds", type=int, default=ROUNDS)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "bench")
    wanted = given.parse_args()
    uvloop.run(measured(wanted.folder, wanted.rounds))


if __name__ == "__main__":
    main()
