"""What the page itself takes in a real Chromium: its first load, a list of all contacts, a board, a call that rings.

`python -m bench.page` runs this alone; `make bench` at its end. The browser is driven by web/bench/page.ts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import calls
from bench.__main__ import ROOT, Running, part
from bench.ground import Ground, ground
from trubka.actions import sessions

CONTACTS = 1_000_000
OPENS = 15
RINGS = 60
LEADS = 10_000
SECONDS = 4
LONGEST = 900  # seconds for all of it


async def measured(folder: Path, contacts: int) -> None:
    async with ground(folder, contacts) as base:
        known = await calls.phones_of(base)
        before = await calls.last_of(base)
        token = await entered(base)
        ours = Running([sys.executable, "-m", "trubka", "serve"], base.dsn)
        try:
            print(f"\nThe page over {contacts:,} contacts, in Chromium; load {os.getloadavg()[0]:.1f}", flush=True)
            wanted = {
                "base": f"http://127.0.0.1:{ours.port}",
                "token": token,
                "phone": known[0].number,
                "opens": OPENS,
                "rings": RINGS,
                "leads": LEADS,
                "seconds": SECONDS,
            }
            found = browsed(wanted)
        finally:
            ours.stop()
            await calls.forget(base, before, known)
    if found is None:
        print("Left out: there is no Chromium here.")
    else:
        tell(found)


async def entered(base: Ground) -> str:
    """A session of the administrator's."""
    user = base.users["admin"]
    await base.db.run(
        "update users set joined_at = coalesce(joined_at, 1) where account_id = $1 and id = $2", base.account_id, user
    )
    person = await base.db.value("select person_id from users where account_id = $1 and id = $2", base.account_id, user)
    visit = sessions.Visit(
        address="127.0.0.1", agent="bench", label="bench", scope="whole", days=1, now=int(time.time())
    )
    async with base.db.transaction() as tx:
        return await sessions.begin(tx, person, visit)


def browsed(wanted: dict[str, Any]) -> Any:
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, "bench/page.ts"],
        cwd=ROOT / "web",
        input=json.dumps(wanted),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
        check=True,
    )
    return json.loads(done.stdout)


def tell(found: Any) -> None:
    first, shown, leads, rung = found["first"], found["list"], found["leads"], found["calls"]
    print(f"{'ms':<38}{'p50':>8}{'p95':>8}{'worst':>8}{'CPU ms':>8}  promise")
    row("first load until one can begin", first["ready"], "p50 ≤ 1,000", statistics.median(first["cpu"]))
    row("the list opens, from key to paint", shown["shown"], "p50 ≤ 200", statistics.median(shown["cpu"]))
    row("a frame of a board at rest", leads["still"]["frames"], "worst ≤ 50", leads["still"]["cpu"])
    row("a frame while it scrolls", leads["scrolled"]["frames"], "p95 ≤ 20", leads["scrolled"]["cpu"])
    row("a frame while a card is carried", leads["carried"]["frames"], "p95 ≤ 20", leads["carried"]["cpu"])
    row("fact in the socket → call painted", rung["fact"], "p95 ≤ 100")
    row("fact in the socket → caller painted", rung["caller"], "p95 ≤ 100")
    row("the PBX tells → call painted", rung["told"], "")
    print(f"First load, everything, in gzip: {first['kilobytes']:.0f} KB (promise: ≤ 300)")
    print(f"The board has {leads['count']:,} leads in one column, all loaded; {len(rung['fact'])} rings.")


def row(name: str, taken: list[float], promise: str, cpu: float | None = None) -> None:
    times = sorted(taken)
    spent = "" if cpu is None else f"{cpu:.1f}"
    print(
        f"{name:<38}{statistics.median(times):>8.1f}{part(times, 0.95):>8.1f}{times[-1]:>8.1f}{spent:>8}  {promise}",
        flush=True,
    )


def main() -> None:
    import uvloop

    given = argparse.ArgumentParser(prog="python -m bench.page")
    given.add_argument("--contacts", type=int, default=CONTACTS)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "bench")
    wanted = given.parse_args()
    uvloop.run(measured(wanted.folder, wanted.contacts))


if __name__ == "__main__":
    main()
