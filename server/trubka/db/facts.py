"""Facts and events are written in the transaction of the change that they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import msgspec
import structlog

from trubka.db import Db, Row
from trubka.rules import positions
from trubka.rules.facts import AnyFact, Event

log = structlog.get_logger()
decode = msgspec.json.Decoder(AnyFact).decode  # from text: a twentieth of what msgspec.convert takes for this union

MOST_FACTS = 50_000  # of the last facts, where those of one moment are looked through again
NOTHING = "1:1:"  # a snapshot that sees no transaction
# Another one when the database was restored: from a dump (the table is a new one), to another server, to a moment of
# the past (a new time line).
EPOCH: LiteralString = """(
    select md5(concat_ws(' ', i.epoch, i.tableoid, s.system_identifier, c.timeline_id))::uuid::text
    from installation i, pg_control_system() s, pg_control_checkpoint() c)"""


async def record(db: Db, account_id: int, events: Sequence[Event], facts: Sequence[AnyFact]) -> None:
    """One statement for both."""
    await db.run(
        """
        with told as (
          insert into events (account_id, type, entity, entity_id, created_by, created_at, value_after, value_before)
          select $1, e.type, e.entity, e.entity_id, e.created_by, e.created_at, e.value_after, e.value_before
          from jsonb_to_recordset($2) as e(type text, entity smallint, entity_id int8, created_by int8,
            created_at int8, value_after jsonb, value_before jsonb)
        )
        insert into facts (account_id, fact) select $1, f from jsonb_array_elements($3) as f
        """,
        account_id,
        list(events),
        list(facts),
    )
    if facts:
        db.ring()


async def position(db: Db) -> str:
    """Where a reader who has read everything until now stands; it ends with the last fact, as the hub's does."""
    row = await db.row(
        "select "
        + EPOCH
        + """ as epoch, pg_current_snapshot()::text as seen,
          (select f.xid::text::int8 from facts f order by f.xid desc limit 1) as last"""
    )
    assert row is not None
    seen = positions.snapshot_of(row["seen"])
    return f"{row['epoch']}:{seen if row['last'] is None else seen.until(row['last'])}"


async def horizon(db: Db) -> str:
    """The oldest transaction that is not over: whatever is written from now on is of this one or of a later one."""
    return await db.value("select pg_snapshot_xmin(pg_current_snapshot())::text")


class Position(msgspec.Struct, frozen=True):
    """How far a job has read: everything that `seen` sees; and of what `upto` sees, everything until the fact `after`.

    A snapshot of another epoch says nothing (a restored database counts transactions anew): such a reader begins from
    the oldest fact that there is, and must not mind what it has read before.
    """

    epoch: str = ""
    seen: str = NOTHING
    upto: str | None = None
    after: int = 0

    @staticmethod
    def read(text: str, epoch: str) -> Position:
        parts = text.split(" ")
        if parts[0] != epoch:
            return Position(epoch)
        return Position(epoch, parts[1], parts[2], int(parts[3])) if len(parts) == 4 else Position(epoch, parts[1])

    def __str__(self) -> str:
        return " ".join([self.epoch, self.seen, *([self.upto, str(self.after)] if self.upto else [])])

    def then(self, rows: Sequence[Row], most: int) -> Position:
        """After these rows, of which at most so many were asked for: the last ones of their snapshot, or not."""
        if len(rows) == most:
            return Position(self.epoch, self.seen, rows[-1]["snapshot"], rows[-1]["id"])
        upto = rows[-1]["snapshot"] if rows else self.upto
        return Position(self.epoch, upto or self.seen)


async def since(db: Db, place: Position, most: int) -> list[Row]:
    """The next facts of all accounts, in the order of their ids. A transaction that was open in `seen` is looked at by
    its number, so that one that stays open for hours costs nothing; nothing waits for it, and nothing of it is missed.

    A transaction that will write down how far it has read sees no further than its own number: a crash of the database
    gives the numbers after it away again, unless something of theirs was kept.
    """
    return await db.rows(
        """
        with own as (
          select pg_current_xact_id_if_assigned() as xid
        ), lasting as materialized (
          select coalesce($2::text::pg_snapshot, (
            select (pg_snapshot_xmin(n.snapshot) || ':' || least(pg_snapshot_xmax(n.snapshot), own.xid) || ':' ||
              coalesce((select string_agg(x.xid::text, ',' order by x.xid) from pg_snapshot_xip(n.snapshot) as x(xid)
                        where x.xid < own.xid), ''))::pg_snapshot
            from own, (select pg_current_snapshot() as snapshot) n where own.xid is not null
          ), pg_current_snapshot()) as snapshot
        ), later as (
          select account_id, id, xid, fact, at from facts where xid >= pg_snapshot_xmax($1::text::pg_snapshot)
          union all
          select account_id, id, xid, fact, at from facts
          where xid = any(array(select pg_snapshot_xip($1::text::pg_snapshot)))
        )
        select l.account_id, l.id, l.fact::text as fact, l.at, n.snapshot::text as snapshot
        from later l, lasting n where l.id > $3 and pg_visible_in_snapshot(l.xid, n.snapshot)
        order by l.id limit $4
        """,
        place.seen,
        place.upto,
        place.after,
        most,
    )


def fact_of(row: Row) -> AnyFact | None:
    """A fact that a newer version has recorded is not known here: it says nothing."""
    try:
        return decode(row["fact"])
    except msgspec.ValidationError:
        log.warning("a fact of an unknown kind", fact=row["id"])
        return None


class Read(msgspec.Struct, frozen=True):
    """Facts, and the position of who has read everything until them."""

    epoch: str
    snapshot: str
    rows: list[Row]
    checkpoint: str = ""  # another one after some minutes, and after every crash of the database

    @staticmethod
    def of(rows: Sequence[Row]) -> Read:
        first = rows[0]
        told = [row for row in rows if row["id"] is not None]
        return Read(first["epoch"], first["snapshot"], told, first.get("checkpoint", ""))


async def news(db: Db, place: Position, most: int) -> Read:
    """The same, and where the database stands now, in one statement."""
    return Read.of(
        await db.rows(
            """
            with now as materialized (
              select """
            + EPOCH
            + """ as epoch, coalesce($2::text::pg_snapshot, pg_current_snapshot()) as snapshot,
                (select c.checkpoint_lsn::text from pg_control_checkpoint() c) as checkpoint
            ), later as (
              select account_id, id, xid, fact from facts where xid >= pg_snapshot_xmax($1::text::pg_snapshot)
              union all
              select account_id, id, xid, fact from facts
              where xid = any(array(select pg_snapshot_xip($1::text::pg_snapshot)))
            ), told as (
              select l.account_id, l.id, l.xid::text::int8 as xid, l.fact::text as fact from later l
              where l.id > $3 and pg_visible_in_snapshot(l.xid, (select snapshot from now))
              order by l.id limit $4
            )
            select now.epoch, now.snapshot::text as snapshot, now.checkpoint, t.*
            from now left join told t on true order by t.id
            """,
            place.seen,
            place.upto,
            place.after,
            most,
        )
    )


async def latest(db: Db, most: int) -> tuple[Read, int]:
    """The last facts of all accounts; and the number of the transaction from which on all of them are there."""
    read = Read.of(
        await db.rows(
            """
            with last as (
              select account_id, id, xid::text::int8 as xid, fact::text as fact
              from facts order by facts.xid desc, id desc limit $1
            )
            select """
            + EPOCH
            + """ as epoch, pg_current_snapshot()::text as snapshot, l.*
            from (select) one left join last l on true order by l.id
            """,
            most,
        )
    )
    whole = len(read.rows) < most
    return read, await forgotten(db) + 1 if whole else min(row["xid"] for row in read.rows) + 1


async def of_account(db: Db, account_id: int, seen: str, most: int) -> tuple[Read, bool]:
    """What is new to one reader of one account; and whether that is all of it: it looks at so many facts at most."""
    rows = await db.rows(
        """
        with later as (
          (select account_id, id, xid, fact from facts
           where xid >= pg_snapshot_xmax($2::text::pg_snapshot) order by xid limit $3)
          union all
          (select account_id, id, xid, fact from facts
           where xid = any(array(select pg_snapshot_xip($2::text::pg_snapshot))) limit $3)
        )
        select """
        + EPOCH
        + """ as epoch, pg_current_snapshot()::text as snapshot, l.account_id, l.id,
          l.xid::text::int8 as xid, l.fact::text as fact, (select count(*) from later) as looked
        from (select) one left join later l on l.account_id = $1 order by l.id
        """,
        account_id,
        seen,
        most,
    )
    return Read.of(rows), rows[0]["looked"] < most


async def forgotten(db: Db) -> int:
    """The latest transaction of which facts were deleted; 0 when there is none."""
    return await db.value(
        """
        select coalesce((select split_part(r.position, ' ', 2)::int8 from readers r
                         where r.name = 'forgotten' and split_part(r.position, ' ', 1) = """
        + EPOCH
        + "), 0)"
    )


async def reader(db: Db, name: str) -> Position:
    """Where a reader stands; one that is new has everything before it."""
    row = await db.row(
        """
        select e.epoch, coalesce(r.position, '') as position
        from (select """
        + EPOCH
        + " as epoch) e left join readers r on r.name = $1",
        name,
    )
    assert row is not None
    return Position.read(row["position"], row["epoch"])


async def begin_reader(db: Db, name: str) -> None:
    """There is a row that one of several processes can hold."""
    await db.run("insert into readers (name, position) values ($1, '') on conflict do nothing", name)


async def take_reader(tx: Db, name: str) -> bool:
    """Whether this transaction alone reads on. A process that stands still while it holds it is cut off."""
    return bool(
        await tx.value(
            """
            select set_config('idle_in_transaction_session_timeout', '10s', true) is not null
            from readers where name = $1 for update skip locked
            """,
            name,
        )
    )


async def stand(db: Db, name: str, place: Position) -> None:
    await db.run("update readers set position = $2 where name = $1", name, str(place))


async def forget(db: Db, days: int, most: int) -> int:
    """Deletes some of the oldest facts of all accounts; how many. Whoever has not read them must begin anew. In a
    restored database, which counts transactions anew, the oldest have the highest numbers."""
    return await db.value(
        """
        with gone as (
          delete from facts where (xid, id) in (
            select o.xid, o.id from (
              (select xid, id, at from facts order by facts.xid, id limit $2)
              union (select xid, id, at from facts order by facts.xid desc, id desc limit $2)
            ) o where o.at < now() - make_interval(days => $1) limit $2)
          returning xid
        ), noted as (
          insert into readers (name, position)
          select 'forgotten', e.epoch || ' ' || greatest(g.last, f.last)::text
          from (select """
        + EPOCH
        + """ as epoch) e,
            (select max(xid::text::int8) as last, count(*) as count from gone) g,
            lateral (select coalesce((select split_part(r.position, ' ', 2)::int8 from readers r
                                      where r.name = 'forgotten' and split_part(r.position, ' ', 1) = e.epoch),
                                     0) as last) f
          where g.count > 0
          on conflict (name) do update set position = excluded.position
        )
        select count(*) from gone
        """,
        days,
        most,
    )
