"""`python -m bench.growth`: what ten times the contacts and twenty times the calls cost. Two databases, made by plain
SQL with all indexes on, are asked the same by turns."""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import statistics
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

from bench import calls
from bench.__main__ import ROOT, Running, cpu_of, token, written
from bench.ground import Ground
from trubka import db as database
from trubka.actions import accounts
from trubka.api import server
from trubka.db import Db, schema
from trubka.outside import postgres
from trubka.settings import Settings

STEP = 100_000  # rows at a time
FIRST = 1_000_000  # the number of the first contact
SELLERS = 20
PROMISED = 0.9
BACKENDS: LiteralString = "select pid from pg_stat_activity where backend_type = 'client backend'"
TABLES: tuple[LiteralString, ...] = ("contacts", "phones", "calls", "notes", "events", "facts")

# A contact has about 400 bytes, as those of the seed; its number is spread over a whole operator's.
CONTACTS = """with new as (
  insert into contacts (account_id, id, name, first_name, last_name, responsible_user_id, created_by, updated_by,
    created_at, updated_at, fields, words)
  select $1, $4 + i, 'Contact ' || i, 'Contact', i::text, ($3::int8[])[1 + i % array_length($3::int8[], 1)], $2, $2,
    1700000000 + i / 10, 1700000000 + i / 10,
    jsonb_build_object('1101', jsonb_build_array(jsonb_build_object('value', '+79' || lpad(n::text, 9, '0'))),
      '1103', jsonb_build_array(jsonb_build_object('value', 'contact' || i || '@example.com'))),
    'contact ' || i || ' contact' || i || '@example.com'
  from (select i, (i * 100003) % 1000000007 % 1000000000 as n from generate_series($5::int8, $6::int8 - 1) i) s
  returning id
)
insert into phones (account_id, tail, entity, id, digits)
select $1, 9000000000 + n, 1, $4 + i, '79' || lpad(n::text, 9, '0')
from (select i, (i * 100003) % 1000000007 % 1000000000 as n from generate_series($5::int8, $6::int8 - 1) i) s"""
# Calls of a year, in their order; whoever has called once calls again.
CALLS = """with told as (
  select i, $4 + c as card, (c * 100003) % 1000000007 % 1000000000 as n, 1700000000 + i * 31536000 / $7::int8 as at,
    ($3::int8[])[1 + i % array_length($3::int8[], 1)] as who, nextval('notes_id_seq') as note
  from (select i, (i * 7919) % $8::int8 as c from generate_series($5::int8, $6::int8 - 1) i) s
), noted as (
  insert into notes (account_id, id, entity, entity_id, note_type, params, responsible_user_id, created_by, updated_by,
    created_at, updated_at) overriding system value
  select $1, note, 1, card, 'call_in', jsonb_build_object('uniq', 'g' || i, 'duration', 60, 'source', 'growth', 'link',
    null, 'phone', '+79' || lpad(n::text, 9, '0'), 'call_result', 'Agreed', 'call_status', 4), who, who, who, at, at
  from told
)
insert into calls (account_id, source, origin, uniq, direction, number, tail, started_at, ended_at, answered_at,
  talk_seconds, missed, user_id, user_ids, entity, entity_id, note_id, status, result, updated_at)
select $1, 2, 'growth', 'g' || i, 1, '+79' || lpad(n::text, 9, '0'), 9000000000 + n, at, at + 60, at, 60, false, who,
  array[who], 1, card, note, 4, 'Agreed', at
from told where $2::int8 > 0"""


def main() -> None:
    given = argparse.ArgumentParser(prog="python -m bench.growth")
    given.add_argument("--contacts", type=int, nargs=2, default=(1_000_000, 10_000_000), metavar=("FROM", "TO"))
    given.add_argument("--calls", type=int, nargs=2, default=(1_000_000, 20_000_000), metavar=("FROM", "TO"))
    given.add_argument("--seconds", type=float, default=1.0)
    given.add_argument("--rounds", type=int, default=9)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "growth", help="keeps both databases")
    asked = given.parse_args()
    import uvloop

    uvloop.run(grown(asked))


async def grown(asked: Any) -> None:
    sizes = list(zip(asked.contacts, asked.calls, strict=True))
    async with ground(asked.folder, *sizes[0]) as small, ground(asked.folder, *sizes[1]) as large:
        for base, (contacts, told) in zip((small, large), sizes, strict=True):
            size = await base.db.value("select pg_database_size(current_database())")
            print(f"{contacts:,} contacts, {told:,} calls: {size / 1e9:.1f} GB")
        print(f"A load of {os.getloadavg()[0]:.1f}. Medians of {asked.rounds} rounds of {asked.seconds:g} s, by turns.")
        await compared(asked, [small, large])


@asynccontextmanager
async def ground(folder: Path, contacts: int, told: int) -> AsyncGenerator[Ground]:
    """A database of this size, made on the first use."""
    home = folder / f"{contacts}-{told}"
    whole = home / "whole"
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    with postgres.start(home, print) as running:
        db = await database.connect(running.dsn)
        try:
            await schema.migrate(db)
            base = await founded(running.dsn, db)
            if not whole.exists():
                await fill(base, CONTACTS, "contacts", contacts, contacts)
                await fill(base, CALLS, "calls", told, contacts)
                for table in TABLES:
                    await db.tidy(table)
                whole.touch()
            yield base
        finally:
            await db.close()


async def founded(dsn: str, db: Db) -> Ground:
    now = int(time.time())
    account_id = await db.value("select id from accounts where subdomain = 'growth'")
    if account_id is None:
        account_id = await accounts.add(db, "Growth", "growth", now=now)
        for place in range(SELLERS + 1):
            name = f"seller{place}" if place else "admin"
            await accounts.add_user(
                db, account_id, name=name, email=f"{name}@growth.example", now=now, is_admin=not place
            )
    rows = await db.rows("select id, name from users where account_id = $1", account_id)
    return Ground(dsn, db, account_id, {row["name"]: row["id"] for row in rows})


async def fill(base: Ground, sql: LiteralString, what: str, most: int, contacts: int) -> None:
    began = time.perf_counter()
    who = sorted(base.users.values())
    async with base.db.connection() as held:
        await held.execute("set statement_timeout = 0")
        for place in range(0, most, STEP):
            values: list[Any] = [base.account_id, who[0], who, FIRST, place, min(place + STEP, most)]
            await held.execute(sql, *values, *((most, contacts) if what == "calls" else ()))
            if place // STEP % 10 == 9:
                print(f"  {place + STEP:,} {what}, {time.perf_counter() - began:,.0f} s", flush=True)
        await held.execute("reset statement_timeout")
        await held.execute("checkpoint")


async def compared(asked: Any, bases: list[Ground]) -> None:
    """Requests a second of both, one after the other: whatever else the machine does falls on both."""
    both = [await requests_of(base) for base in bases]
    servers = [Running([sys.executable, "-m", "trubka", "serve"], base.dsn) for base in bases]
    print(f"{'':<20}{'few/s':>9}{'many/s':>9}{'ratio':>7}{'promise':>9}{'CPU ms':>9}{'CPU ms':>9}{'ratio':>7}")
    try:
        for name in both[0]:
            files = [asked.folder / "few", asked.folder / "many"]
            for file, kinds in zip(files, both, strict=True):
                file.write_bytes(pickle.dumps(kinds[name][1]))
            before = [await calls.last_of(base) for base in bases]
            pairs: list[list[tuple[float, float]]] = []
            for turn in range(asked.rounds + 2):
                if turn == 1 and name != "contact by phone":
                    for base in bases:
                        await base.db.tidy(*calls.TABLES)
                pair: list[tuple[float, float]] = []
                for base, running, file in zip(bases, servers, files, strict=True):
                    programs = [row["pid"] for row in await base.db.rows(BACKENDS)]
                    spent = cpu_of(programs)
                    rate, cpu, _ = running.loaded(file, asked.seconds)
                    pair.append((rate, cpu + (cpu_of(programs) - spent) / (rate * asked.seconds)))
                pairs.append(pair)
            counted = pairs[2:]  # by then all connections are there
            few, many = (statistics.median(pair[place][0] for pair in counted) for place in range(2))
            cpu, more = (statistics.median(pair[place][1] for pair in counted) for place in range(2))
            left = statistics.median(pair[1][0] / pair[0][0] for pair in counted)
            cost = statistics.median(pair[0][1] / pair[1][1] for pair in counted)
            promise = f"≥ {PROMISED}"
            print(
                f"{name:<20}{few:>9,.0f}{many:>9,.0f}{left:>7.2f}{promise:>9}{cpu:>9.3f}{more:>9.3f}{cost:>7.2f}",
                flush=True,
            )
            if name != "contact by phone":
                for base, last, kinds in zip(bases, before, both, strict=True):
                    await calls.forget(base, last, kinds[name][0])
    finally:
        for running in servers:
            running.stop()


async def requests_of(base: Ground) -> dict[str, tuple[list[calls.Phone], list[bytes]]]:
    site = await server.site_of(base.db, Settings())
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {await token(site, base, 'admin')}"}
    phones = await calls.phones_of(base)
    return {
        "contact by phone": (
            phones,
            [written("GET", f"/api/v4/contacts?query={phone.number[1:]}", headers, b"") for phone in phones],
        ),
        "50 calls": (phones, [written("POST", "/api/v4/calls", headers, each) for each in calls.batches(phones, 50)]),
        "1 call": (phones, [written("POST", "/api/v4/calls", headers, each) for each in calls.batches(phones, 1)]),
    }


if __name__ == "__main__":
    main()
