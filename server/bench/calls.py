"""POST /api/v4/calls for the bench: batches with numbers of the seed's contacts, and what its SQL costs PostgreSQL
beside the two rows a call that anybody must write."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from bench.ground import Ground
from bench.load import FRESH
from bench.recorded import Recorded
from trubka.actions import calls as actions
from trubka.api.known import Known
from trubka.db import Db, Lender, Quick, pool_of, speak_json
from trubka.db.bell import Bell
from trubka.rules import calls as rules
from trubka.rules.rights import Me, Rights

SECONDS = 60  # of each talk
MOST_PHONES = 200_000  # or each number would be called again and again, as nobody's is
MOST_BATCHES = 40_000
# A plan that was made while these were empty is a bad one: the worker counts them anew (jobs/upkeep.py), here we do.
TABLES = ("calls", "notes", "events", "facts", "contacts")
SETTINGS = {
    "jit": "off",
    "timezone": "UTC",
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_generic_plan",
}


connected: Any = asyncpg.connect  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class Phone(NamedTuple):
    number: str
    tail: int
    contact: int


class Last(NamedTuple):
    """What was there before."""

    call: int
    note: int
    event: int
    fact: int
    at: int


async def phones_of(base: Ground, seed: int = 1) -> list[Phone]:
    """Of contacts from all over the table."""
    rows = await base.db.rows(
        "select digits, tail, id from phones where account_id = $1 and entity = 1 and length(digits) = 11"
        " and digits like '7%' and id % (select greatest(count(*) / $2, 1) from contacts where account_id = $1) = 0"
        " limit $2",
        base.account_id,
        MOST_PHONES,
    )
    found = [Phone("+" + row["digits"], row["tail"], row["id"]) for row in rows]
    random.Random(seed).shuffle(found)
    return found


def body(phones: Sequence[Phone], uniq: str = FRESH) -> bytes:
    """A batch; every sending of it gets a `uniq` of its own (bench/load.py)."""
    return msgspec.json.encode(
        [
            {
                "uniq": f"{uniq}-{place:02}",
                "direction": "inbound",
                "duration": SECONDS,
                "source": "bench",
                "phone": phone.number,
                "call_result": "Agreed",
                "call_status": rules.TALKED,
            }
            for place, phone in enumerate(phones)
        ]
    )


def batches(phones: Sequence[Phone], size: int) -> list[bytes]:
    places = range(0, len(phones) - size + 1, size)[:MOST_BATCHES]
    return [body(phones[place : place + size]) for place in places]


async def moves(base: Ground, recorded: Recorded, phones: Sequence[Phone]) -> None:
    """What in the recorded values belongs to one call: the bare handler puts another's there, and the time."""
    told = msgspec.json.decode(recorded.answer)["_embedded"]["calls"]
    for phone, item in zip(phones, told, strict=True):
        row = await base.db.row(
            "select id, uniq, ended_at from calls where account_id = $1 and note_id = $2 and tail = $3",
            base.account_id,
            item["id"],
            phone.tail,
        )
        assert row is not None
        recorded.at = row["ended_at"]
        recorded.moves.append(
            (row["uniq"], phone.number, phone.tail, row["id"], item["id"], phone.contact, item["entity_id"])
        )


async def last_of(base: Ground) -> Last:
    row = await base.db.row(
        "select (select coalesce(max(id), 0) from calls) as call, (select coalesce(max(id), 0) from notes) as note,"
        " (select coalesce(max(id), 0) from events) as event, (select coalesce(max(id), 0) from facts) as fact"
    )
    assert row is not None
    return Last(*row, at=int(time.time()) - SECONDS)


async def forget(base: Ground, last: Last, phones: Sequence[Phone]) -> None:
    """What was made is taken away with its traces in the indexes."""
    async with base.db.transaction() as tx:
        await tx.run("set local statement_timeout = 0")
        await tx.run("delete from calls where account_id = $1 and id > $2", base.account_id, last.call)
        await tx.run("delete from notes where account_id = $1 and id > $2", base.account_id, last.note)
        await tx.run("delete from events where account_id = $1 and id > $2", base.account_id, last.event)
        await tx.run("delete from facts where account_id = $1 and id > $2", base.account_id, last.fact)
        await tx.run(
            "update contacts set talked_at = null where account_id = $1 and id = any($2) and talked_at >= $3",
            base.account_id,
            [phone.contact for phone in phones],
            last.at,
        )
    await base.db.tidy(*TABLES)


CALL = """insert into calls (account_id, source, origin, uniq, direction, number, tail, started_at, ended_at,
    answered_at, talk_seconds, missed, user_id, user_ids, entity, entity_id, status, result, updated_at)
  values ($1, 2, 'prototype', $2, 1, $3, $4, $5, $6, $5, 60, false, $7, array[$7::int8], 1, $8, 4, 'Agreed', $6)"""
NOTE = """insert into notes (account_id, entity, entity_id, note_type, params, responsible_user_id, created_by,
    updated_by, created_at, updated_at)
  values ($1, 1, $2, 'call_in', $3, $4, $4, $4, $5, $5)"""
CALLS = """insert into calls (account_id, source, origin, uniq, direction, number, tail, started_at, ended_at,
    answered_at, talk_seconds, missed, user_id, user_ids, entity, entity_id, status, result, updated_at)
  select $1, 2, 'prototype', t.uniq, 1, t.number, t.tail, t.began, t.began + 60, t.began, 60, false, $2,
    array[$2::int8], 1, t.card, 4, 'Agreed', t.began
  from unnest($3::text[], $4::text[], $5::int8[], $6::int8[], $7::int8[]) as t(uniq, number, tail, began, card)"""
NOTES = """insert into notes (account_id, entity, entity_id, note_type, params, responsible_user_id, created_by,
    updated_by, created_at, updated_at)
  select $1, 1, t.card, 'call_in', t.params, $2, $2, $2, t.at, t.at
  from unnest($3::int8[], $4::jsonb[], $5::int8[]) as t(card, params, at)"""


async def cost(base: Ground, size: int, times: int) -> None:
    """Milliseconds of PostgreSQL's CPU for a batch, one connection each, by turns, medians."""
    account = await Known(base.db).account(base.account_id)
    me = Me(base.account_id, base.users["admin"], True, (), Rights())
    pool = await pool_of(base.dsn, 1, Quick, SETTINGS)
    ours = Db(Lender(pool), Lender(pool), Bell(base.dsn))
    plain: Any = await connected(base.dsn, server_settings=SETTINGS)
    await speak_json(plain)
    programs: tuple[int, int] = await ours.value("select pg_backend_pid()"), plain.get_server_pid()
    phones = await phones_of(base, seed=2)
    taken: dict[str, list[float]] = {"ours": [], "inserts": [], "arrays": []}
    try:
        for turn in range(times):
            if turn == times // 5:  # what was before does not count
                await base.db.tidy(*TABLES)
            some = [phones[(turn * size + place) % len(phones)] for place in range(size)]
            uniq, now = f"cost{time.time_ns()}", int(time.time())
            batch = [asked(phone, f"{uniq}-{place:02}") for place, phone in enumerate(some)]
            told = await ran(programs[0], actions.log(ours, me, account, "bench", batch, now), taken["ours"])
            assert None not in told
            await ran(programs[1], inserted(plain, me, batch, some, now), taken["inserts"])
            await ran(programs[1], as_arrays(plain, me, batch, some, now), taken["arrays"])
    finally:
        await plain.close()
        pool.terminate()
    found = {name: statistics.median(each[times // 5 :]) / size * 1_000 for name, each in taken.items()}
    own = found["ours"]
    print(
        f"SQL, {size:>2} a batch: {own:,.0f} µs of PostgreSQL's CPU a call; the prototype's two rows: "
        f"{found['inserts']:,.0f} as plain inserts (× {own / found['inserts']:.2f}; promise: ≤ 2.5), "
        f"{found['arrays']:,.0f} as two of arrays (× {own / found['arrays']:.2f})",
        flush=True,
    )


def asked(phone: Phone, uniq: str) -> rules.Asked:
    return rules.Asked(
        direction=rules.Direction.inbound,
        number=phone.number,
        seconds=SECONDS,
        uniq=uniq,
        status=rules.TALKED,
        result="Agreed",
        params={"uniq": uniq, "duration": SECONDS, "source": "bench", "link": None, "phone": phone.number},
    )


async def ran(program: int, doing: Any, taken: list[float]) -> Any:
    before = cpu_ms(program)
    told = await doing
    taken.append(cpu_ms(program) - before)
    return told


def cpu_ms(program: int) -> float:
    return int(Path(f"/proc/{program}/schedstat").read_text().split()[0]) / 1e6


async def inserted(plain: Any, me: Me, batch: Sequence[rules.Asked], phones: Sequence[Phone], now: int) -> None:
    """As a program without further thought writes them: a row at a time, all in one transaction."""
    began = now - SECONDS
    of = me.account_id, me.user_id
    rows = [
        (of[0], f"p{each.uniq}", to.number, to.tail, began, now, of[1], to.contact) for each, to in both(batch, phones)
    ]
    notes = [(of[0], to.contact, each.params, of[1], now) for each, to in both(batch, phones)]
    async with plain.transaction():
        await plain.executemany(CALL, rows)
        await plain.executemany(NOTE, notes)


async def as_arrays(plain: Any, me: Me, batch: Sequence[rules.Asked], phones: Sequence[Phone], now: int) -> None:
    """The same rows by two statements, however many there are."""
    uniqs, numbers = [f"a{each.uniq}" for each in batch], [to.number for to in phones]
    tails, cards, params = [to.tail for to in phones], [to.contact for to in phones], [each.params for each in batch]
    began, ended = [now - SECONDS] * len(batch), [now] * len(batch)
    async with plain.transaction():
        await plain.execute(CALLS, me.account_id, me.user_id, uniqs, numbers, tails, began, cards)
        await plain.execute(NOTES, me.account_id, me.user_id, cards, params, ended)


def both(batch: Sequence[rules.Asked], phones: Sequence[Phone]) -> Any:
    return zip(batch, phones, strict=True)
