"""`make bench`: our server beside a bare handler that runs the same SQL, in the same minutes, on the same database.

Prints requests a second, CPU of the server process for each, their ratio and what was promised (docs/bench.md).
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import socket
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench import calls
from bench.ground import Ground, ground
from bench.load import fresh
from bench.recorded import Recorded, record
from trubka.api import server
from trubka.api.tokens import Grant, sign
from trubka.db import grants
from trubka.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS = 8
PROMISED = {"contact by phone": 0.75, "50 calls": 0.85, "1 call": 0.75}
BATCHES = {"50 calls": 50, "1 call": 1}
COSTS = {50: 60, 1: 300}  # calls a batch: how often its SQL is measured
QUERIES = {
    "common": ("иван", "Александр", "мария", "сергей", "анна", "john"),
    "common∩common": ("Иван Мария", "александр иванов", "анна петрова", "пе ив", "сергеевна а"),
    "rare∩common": ("Фёкла Иванова", "елисей иван", "громов ростислав", "ничегонет иван"),
    "rare": ("фекла", "ульяна журавлёва", "ничегонет", "ivan.petrov7@"),
    "digits": ("9161", "4567", "8916", "7916123", "0000", "912345"),
}
WHO = ("admin", "seller0", "seller9", "few")  # sees all; his group's, of two; his own, of twenty; his own hundred
AGAIN = 3  # times each search is asked


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench")
    given.add_argument("--contacts", type=int, default=1_000_000)
    given.add_argument("--smaller", type=int, default=100_000, help="what growth is measured from; 0 leaves it out")
    given.add_argument("--seconds", type=float, default=1.0)
    given.add_argument("--rounds", type=int, default=9)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "bench")
    given.add_argument("--row", help="only this one, by its name")
    asked = given.parse_args()
    import uvloop

    found = {size: uvloop.run(measured(asked, size)) for size in (asked.smaller, asked.contacts) if size}
    if asked.smaller:
        print(f"\nGrowth {asked.smaller:,} → {asked.contacts:,} contacts (1.0 is none)")
        for name, rate in found[asked.contacts].items():
            print(f"  {name:<22} {rate / found[asked.smaller][name]:.2f}")
    if asked.row:
        return
    from bench import page, recordings, sockets  # which import this module

    uvloop.run(recordings.measured(asked.folder, recordings.ROUNDS))
    sockets.measure(asked.folder)
    uvloop.run(page.measured(asked.folder, asked.contacts))


async def measured(asked: Any, size: int) -> dict[str, float]:
    async with ground(asked.folder, size) as base:
        print(
            f"\n{size:,} contacts, {CONNECTIONS} connections, medians of {asked.rounds} rounds of {asked.seconds:g} s"
        )
        return await compared(asked, base, asked.folder / str(size))


async def compared(asked: Any, base: Ground, folder: Path) -> dict[str, float]:
    site = await server.site_of(base.db, Settings())
    tokens = {who: await token(site, base, who) for who in WHO}
    last = await base.db.value("select max(id) from contacts")
    phones = [
        row["digits"]
        for row in await base.db.rows(
            "select digits from phones where account_id = $1 and entity = 1 and length(digits) = 11"
            " and digits like '7%' order by id limit 20000",
            base.account_id,
        )
    ]
    random.Random(1).shuffle(phones)
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {tokens['admin']}"}
    kinds = {
        "contact by phone": Recorded("GET", f"/api/v4/contacts?query={phones[0]}", b""),
        "list of 250": Recorded("GET", "/api/v4/contacts?limit=250&page=1", b""),
        "create 50 contacts": Recorded("POST", "/api/v4/contacts", new_contacts()),
    } | {name: Recorded("POST", "/api/v4/calls", b"") for name in BATCHES}
    kinds = {name: kind for name, kind in kinds.items() if asked.row in (None, name)}
    known = await calls.phones_of(base)
    results: dict[str, float] = {}
    print(f"The machine has {os.cpu_count()} cores and a load of {os.getloadavg()[0]:.1f} before this begins.")
    print(
        f"{'':<22}{'ours/s':>9}{'bare/s':>9}{'ratio':>7}{'promise':>9}{'ours CPU ms':>13}{'bare CPU ms':>13}"
        f"{'p99 ms':>9}"
    )
    ours = Running([sys.executable, "-m", "trubka", "serve"], base.dsn)
    try:
        for name, kind in kinds.items():
            before = await calls.last_of(base)
            if name in BATCHES:
                await record(site, kind, headers, lambda size=BATCHES[name]: calls.body(known[:size], fresh()))
                await calls.moves(base, kind, known[: BATCHES[name]])
            else:
                await record(site, kind, headers)
            file = folder / "recorded"
            file.write_bytes(pickle.dumps([kind]))
            asking = folder / "requests"
            if name in BATCHES:
                asks = [written(kind.method, kind.url, headers, each) for each in calls.batches(known, BATCHES[name])]
            else:
                urls = [f"/api/v4/contacts?query={digits}" for digits in phones] if "phone" in name else [kind.url]
                asks = [written(kind.method, url, headers, kind.body) for url in urls]
            asking.write_bytes(pickle.dumps(asks))
            bare = Running([sys.executable, "-m", "bench.bare", base.dsn, str(file)], base.dsn)
            try:
                if name in BATCHES:
                    ours.loaded(asking, asked.seconds)
                    await base.db.tidy(*calls.TABLES)
                told = [
                    (ours.loaded(asking, asked.seconds), bare.loaded(asking, asked.seconds))
                    for _ in range(asked.rounds + 1)
                ]
            finally:
                bare.stop()
                await forget(base, last)
                if name in BATCHES:
                    await calls.forget(base, before, known)
            rate, cpu, p99 = (statistics.median(one[0][place] for one in told[1:]) for place in range(3))
            bare_rate, bare_cpu = (statistics.median(one[1][place] for one in told[1:]) for place in range(2))
            # Neighbours in time are compared, so that both have the same noise.
            ratio = statistics.median(one[0][0] / one[1][0] for one in told[1:])
            promise = f"≥ {PROMISED[name]}" if name in PROMISED else ""
            print(
                f"{name:<22}{rate:>9,.0f}{bare_rate:>9,.0f}{ratio:>7.2f}{promise:>9}"
                f"{cpu:>13.3f}{bare_cpu:>13.3f}{p99:>9.1f}",
                flush=True,
            )
            results[name] = rate
        if asked.row:
            return results
        before = await calls.last_of(base)
        for size, times in COSTS.items():
            await calls.cost(base, size, times)
        await calls.forget(base, before, known)
        await searched(ours, base, tokens)
    finally:
        ours.stop()
    return results


class Found(NamedTuple):
    """One search: how long it took, and the CPU that our server and PostgreSQL needed for it."""

    ms: float
    cpu_ms: float
    asked: str


async def searched(ours: Running, base: Ground, tokens: dict[str, str]) -> None:
    """One request at a time, for everybody and every kind of query, the first page and the second; half of them with
    the last changed first."""
    print(f"\n{'search, ms':<22}{'p50':>9}{'p99':>9}{'CPU p50':>9}{'CPU p99':>9}  slowest by CPU")
    ours.one("иван", "", tokens["admin"])  # now all connections are there
    backends = "select pid from pg_stat_activity where backend_type = 'client backend'"
    programs = [ours.process.pid, *(row["pid"] for row in await base.db.rows(backends))]
    whole: list[Found] = []
    pages: dict[str, list[Found]] = {"first pages": [], "second pages": []}
    users: dict[str, list[Found]] = {f"as {who}": [] for who in WHO}
    for kind, queries in QUERIES.items():
        taken: list[Found] = []
        for who, query, order in product(WHO, queries, ("", "&order[updated_at]=desc")):
            for _ in range(AGAIN):
                for page, name in enumerate(pages, 1):
                    before = cpu_of(programs)
                    ms = ours.one(query, f"{order}&page={page}", tokens[who])
                    one = Found(ms, cpu_of(programs) - before, f"{who}: {query}{order}&page={page}")
                    taken.append(one)
                    pages[name].append(one)
                    users[f"as {who}"].append(one)
        whole += taken
        tell(kind, taken)
    for name, taken in (pages | users).items():
        tell(name, taken)
    tell("search", whole, "; promise: p99 ≤ 30")


def cpu_of(programs: list[int]) -> float:
    """Milliseconds that these have run until now."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in programs) / 1e6


def tell(name: str, taken: list[Found], more: str = "") -> None:
    times, cpus = sorted(each.ms for each in taken), sorted(each.cpu_ms for each in taken)
    shown = "".join(f"{part(each, share):>9.1f}" for each in (times, cpus) for share in (0.5, 0.99))
    print(f"{name:<22}{shown}  {max(taken, key=lambda each: each.cpu_ms).asked}{more}", flush=True)


def part(times: list[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]


class Running:
    """A server process of ours or a bare one."""

    def __init__(self, command: list[str], dsn: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        env = os.environ | {"TRUBKA_DATABASE_URL": dsn, "TRUBKA_PORT": str(self.port), "TRUBKA_LOG_LEVEL": "warning"}
        if "bench.bare" in command:
            command = [*command, str(self.port)]
        self.process = subprocess.Popen(command, env=env, cwd=ROOT / "server", stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, f"{command} has ended"
                time.sleep(0.1)
        raise AssertionError(f"{command} does not answer")

    def loaded(self, requests: Path, seconds: float) -> tuple[float, float, float]:
        """(requests a second, CPU milliseconds of the server process for each, p99)."""
        before = self.cpu_seconds()
        told = subprocess.run(
            [sys.executable, "-m", "bench.load", str(self.port), str(CONNECTIONS), str(seconds), str(requests)],
            cwd=ROOT / "server",
            check=True,
            capture_output=True,
        )
        found = msgspec.json.decode(told.stdout)
        assert not found["refused"], found
        cpu = (self.cpu_seconds() - before) / found["answered"] * 1_000
        return found["answered"] / seconds, cpu, found["p99_ms"]

    def one(self, query: str, order: str, token: str) -> float:
        import http.client
        from urllib.parse import quote

        if not hasattr(self, "line"):
            self.line = http.client.HTTPConnection("127.0.0.1", self.port)
        begun = time.perf_counter()
        self.line.request(
            "GET", f"/api/v4/contacts?query={quote(query)}{order}", headers={"authorization": f"Bearer {token}"}
        )
        answer = self.line.getresponse()
        answer.read()
        assert answer.status in (200, 204)
        return (time.perf_counter() - begun) * 1_000

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


async def token(site: Any, base: Ground, who: str) -> str:
    now = int(time.time())
    grant = await grants.add(base.db, base.account_id, None, base.users[who], False, "bench", now + 86_400)
    told = Grant(base.account_id, base.users[who], grant, "", ["crm"], "127.0.0.1", "127.0.0.1", now, now + 86_400)
    return await sign(site.known, told)


def new_contacts() -> bytes:
    return msgspec.json.encode(
        [
            {
                "name": f"Новый Контакт{place}",
                "custom_fields_values": [
                    {"field_code": "PHONE", "values": [{"value": f"+7999{place:07}", "enum_code": "MOB"}]},
                    {"field_code": "EMAIL", "values": [{"value": f"new{place}@example.com", "enum_code": "WORK"}]},
                ],
            }
            for place in range(50)
        ]
    )


def written(method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {url} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def forget(base: Ground, last: int) -> None:
    """What was created is taken away with its traces in the indexes, so that every run finds the same database."""
    if await base.db.value("select max(id) from contacts") == last:
        return
    async with base.db.transaction() as tx:
        await tx.run("set local statement_timeout = 0")
        await tx.run("delete from keys where account_id = $1 and entity = 1 and id > $2", base.account_id, last)
        await tx.run("delete from phones where account_id = $1 and entity = 1 and id > $2", base.account_id, last)
        await tx.run("delete from events where account_id = $1", base.account_id)
        await tx.run("delete from facts where account_id = $1", base.account_id)
        await tx.run("delete from contacts where account_id = $1 and id > $2", base.account_id, last)
    await base.db.tidy("contacts", "keys", "phones", "events", "facts")


if __name__ == "__main__":
    main()
