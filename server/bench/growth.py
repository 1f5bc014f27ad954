"""`python -m bench.growth`: what ten times the contacts and twenty times the calls cost. One database, measured, grown
by plain SQL with all indexes on, and measured again."""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import statistics
import sys
import time
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
    given.add_argument("--seconds", type=float, default=2.0)
    given.add_argument("--rounds", type=int, default=9)
    given.add_argument("--folder", type=Path, default=ROOT / ".data" / "growth", help="is deleted at the end")
    asked = given.parse_args()
    import uvloop

    uvloop.run(grown(asked))


async def grown(asked: Any) -> None:
    asked.folder.mkdir(parents=True)  # never one that holds something
    try:
        with postgres.start(asked.folder, print) as running:
            db = await database.connect(running.dsn)
            try:
                await schema.migrate(db)
                base = await founded(running.dsn, db)
                found: list[dict[str, tuple[float, float]]] = []
                contacts = told = 0
                for more, further in zip(asked.contacts, asked.calls, strict=True):
                    await fill(base, CONTACTS, "contacts", contacts, more, more)
                    await fill(base, CALLS, "calls", told, further, more)
                    contacts, told = more, further
                    for table in TABLES:
                        await db.tidy(table)
                    found.append(await rates(asked, base, contacts, told))
            finally:
                await db.close()
    finally:
        shutil.rmtree(asked.folder)
    print(
        f"\nThe throughput that is left (promise: ≥ {PROMISED}): by the clock; by CPU, for a machine that others load"
    )
    for name, (rate, cpu) in found[1].items():
        print(f"  {name:<20}{rate / found[0][name][0]:>6.2f}{found[0][name][1] / cpu:>6.2f}")


async def founded(dsn: str, db: Db) -> Ground:
    now = int(time.time())
    account_id = await accounts.add(db, "Growth", "growth", now=now)
    for place in range(SELLERS + 1):
        name = f"seller{place}" if place else "admin"
        await accounts.add_user(db, account_id, name=name, email=f"{name}@growth.example", now=now, is_admin=not place)
    rows = await db.rows("select id, name from users where account_id = $1", account_id)
    return Ground(dsn, db, account_id, {row["name"]: row["id"] for row in rows})


async def fill(base: Ground, sql: LiteralString, what: str, low: int, high: int, contacts: int) -> None:
    began = time.perf_counter()
    who = sorted(base.users.values())
    async with base.db.connection() as held:
        await held.execute("set statement_timeout = 0")
        for place in range(low, high, STEP):
            values: list[Any] = [base.account_id, who[0], who, FIRST, place, min(place + STEP, high)]
            await held.execute(sql, *values, *((high, contacts) if what == "calls" else ()))
            if place // STEP % 10 == 9:
                print(f"  {place + STEP:,} {what}, {time.perf_counter() - began:,.0f} s", flush=True)
        await held.execute("reset statement_timeout")
        await held.execute("checkpoint")


async def rates(asked: Any, base: Ground, contacts: int, told: int) -> dict[str, tuple[float, float]]:
    """Requests a second, and the CPU that our server and PostgreSQL need for one; medians."""
    size = await base.db.value("select pg_database_size(current_database())")
    print(f"\n{contacts:,} contacts, {told:,} calls, {size / 1e9:.1f} GB; load {os.getloadavg()[0]:.1f}")
    site = await server.site_of(base.db, Settings())
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {await token(site, base, 'admin')}"}
    phones = await calls.phones_of(base)
    kinds = {
        "contact by phone": [
            written("GET", f"/api/v4/contacts?query={phone.number[1:]}", headers, b"") for phone in phones
        ],
        "50 calls": [written("POST", "/api/v4/calls", headers, each) for each in calls.batches(phones, 50)],
        "1 call": [written("POST", "/api/v4/calls", headers, each) for each in calls.batches(phones, 1)],
    }
    found: dict[str, tuple[float, float]] = {}
    ours = Running([sys.executable, "-m", "trubka", "serve"], base.dsn)
    try:
        for name, requests in kinds.items():
            before = await calls.last_of(base)
            file = asked.folder / "requests"
            file.write_bytes(pickle.dumps(requests))
            ours.loaded(file, asked.seconds)  # now all connections are there
            programs = [row["pid"] for row in await base.db.rows(BACKENDS)]
            taken: list[tuple[float, float, float]] = []
            for _ in range(asked.rounds):
                spent = cpu_of(programs)
                rate, cpu, p99 = ours.loaded(file, asked.seconds)
                taken.append((rate, cpu + (cpu_of(programs) - spent) / (rate * asked.seconds), p99))
            rate, cpu, p99 = (statistics.median(each[place] for each in taken) for place in range(3))
            print(f"  {name:<20}{rate:>8,.0f}/s{cpu:>9.3f} ms of CPU, p99 {p99:.1f} ms", flush=True)
            found[name] = rate, cpu
            if name != "contact by phone":
                await calls.forget(base, before, phones)
    finally:
        ours.stop()
    return found


if __name__ == "__main__":
    main()
