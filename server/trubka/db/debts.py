"""Debts: the list of those that are open, and closing one. Calls open and close them where they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import NUMBERS, on_card, place_of
from trubka.db.compose import Statement
from trubka.db.facts import MOST_FACTS
from trubka.rules.calls import LONGEST_SECONDS
from trubka.rules.entities import CARDS, Entity
from trubka.rules.rights import Me, owners, sight

PLACE: LiteralString = place_of("d") + " as place"
NAME: LiteralString = """case d.entity
    when 1 then (select c.name from contacts c where c.account_id = $1 and c.id = d.entity_id)
    when 2 then (select c.name from leads c where c.account_id = $1 and c.id = d.entity_id)
    when 3 then (select c.name from companies c where c.account_id = $1 and c.id = d.entity_id)
    when 12 then (select c.name from customers c where c.account_id = $1 and c.id = d.entity_id)
  end as card_name"""


class Wanted(msgspec.Struct, kw_only=True):
    limit: int
    after: tuple[int, int] | None = None  # (opened_at, id) of the row before
    owner: int | None = None
    number: int | None = None  # its last digits
    owners: Sequence[int] | None = None  # theirs, and nobody's


async def page(db: Db, account_id: int, me: Me, wanted: Wanted) -> list[Row]:
    """Open debts, the oldest first."""
    found = Statement(account_id)
    found.add("select d.*, " + PLACE + ", " + NAME + " from debts d where d.account_id = $1 and d.closed_at is null")
    seen(found, me)
    narrow(found, wanted)
    if wanted.after is not None:
        found.add("and (d.opened_at, d.id) > (?, ?)", *wanted.after)
    found.add("order by d.opened_at, d.id limit ?", wanted.limit)
    return await db.lists.rows(found.text, *found.values)


async def count(db: Db, account_id: int, me: Me, wanted: Wanted) -> int:
    """How many are open, as far as one sees them; counting stops at the limit."""
    found = Statement(account_id)
    found.add("select count(*) from (select from debts d where d.account_id = $1 and d.closed_at is null")
    seen(found, me)
    narrow(found, wanted)
    found.add("limit ?) d", wanted.limit)
    return await db.lists.value(found.text, *found.values)


def narrow(found: Statement, wanted: Wanted) -> None:
    if wanted.owner is not None:
        found.add("and d.user_id = ?", wanted.owner)
    if wanted.owners is not None:
        found.add("and (d.user_id is null or d.user_id = any(?::int8[]))", list(wanted.owners))
    if wanted.number is not None:
        found.add("and d.tail = ?", wanted.number)


async def locked(db: Db, account_id: int, me: Me, debt_id: int) -> Row | None:
    """One debt that one sees, open or not."""
    found = Statement(account_id)
    found.add("select d.*, " + PLACE + " from debts d where d.account_id = $1 and d.id = ?", debt_id)
    seen(found, me)
    found.add("for update of d")
    return await db.row(found.text, *found.values)


def seen(found: Statement, me: Me) -> None:
    """What one owes, and what stands on a card that one may view; without a card it is as a contact of its owner."""
    sights = [sight(me, entity) for entity in CARDS]
    if all(each.all for each in sights):
        return
    found.add("and (d.user_id = ? or d.entity is null", me.user_id)
    if (own := owners(me, "view", Entity.contact)) is not None:
        found.add("and d.user_id = any(?::int8[])", list(own))
    for each in sights:
        if each.all:
            found.add("or d.entity = " + NUMBERS[each.entity])
        elif not each.none:
            found.add("or d.entity = " + NUMBERS[each.entity] + " and")
            on_card(found, each, "d.entity_id", deleted=True)
    found.add(")")


async def close(db: Db, account_id: int, debt_id: int, by: int, reason: str, now: int) -> None:
    await db.run(
        """
        update debts set closed_at = $5, closed_by = $3, reason = $4
        where account_id = $1 and id = $2 and closed_at is null
        """,
        account_id,
        debt_id,
        by,
        reason,
        now,
    )


async def give(db: Db, account_id: int, debt_id: int, user_id: int | None) -> None:
    await db.run("update debts set user_id = $3 where account_id = $1 and id = $2", account_id, debt_id, user_id)


TOLD: LiteralString = (
    """insert into facts (account_id, fact)
  select d.account_id, jsonb_strip_nulls(jsonb_build_object('fact', d.fact, 'by', d.by, 'at', d.at, 'id', d.id,
    'call_id', d.call_id, 'owner', d.user_id, 'entity', d.entity, 'entity_id', d.entity_id,
    'card_owner', case when d.entity is null then d.user_id else p.place[1] end,
    'pipeline_id', nullif(p.place[2], 0), 'status_id', nullif(p.place[3], 0)))
  from done d, lateral (select """
    + place_of("d", "d.account_id")
    + " as place) p"
)


class Missed(msgspec.Struct, kw_only=True):
    """A call that nobody has answered, or where a gap hides whether somebody did."""

    call_id: int
    number: str | None
    tail: int | None
    line: str | None = None
    is_sure: bool = True
    owner: int | None = None  # who answers for the card, and owes the call while he works here
    user: int | None = None  # else whoever was rung
    entity: int | None = None
    entity_id: int | None = None
    at: int  # when they called


async def open_again(db: Db, account_id: int, missed: Missed, now: int) -> None:
    """A debt, or one more call of one that is open; with its fact. One call counts once."""
    await db.run(
        """
        with done as (
          insert into debts as d (account_id, number, tail, call_id, last_call_id, line, is_sure, user_id, entity,
            entity_id, opened_at, last_at)
          select $1, $3, $4, $5, $5, $6, $7,
            coalesce((select u.id from users u where u.account_id = $1 and u.id = $8 and u.is_active), $9), $10, $11,
            $12, $12
          where not exists (select from debts o where o.account_id = $1 and o.call_id = $5)
          on conflict (account_id, tail) where closed_at is null and tail is not null do update set
            calls = d.calls + 1, opened_at = least(d.opened_at, excluded.opened_at),
            last_call_id = case when excluded.last_at >= d.last_at then excluded.last_call_id else d.last_call_id end,
            last_at = greatest(d.last_at, excluded.last_at), is_sure = d.is_sure or excluded.is_sure,
            user_id = coalesce(d.user_id, excluded.user_id), line = coalesce(excluded.line, d.line),
            entity = coalesce(d.entity, excluded.entity), entity_id = coalesce(d.entity_id, excluded.entity_id)
          where d.last_call_id <> excluded.last_call_id
          returning d.account_id, 'debt_opened' as fact, 0 as by, $2::int8 as at, d.id, d.last_call_id as call_id,
            d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        account_id,
        now,
        missed.number,
        missed.tail,
        missed.call_id,
        missed.line,
        missed.is_sure,
        missed.owner,
        missed.user,
        missed.entity,
        missed.entity_id,
        missed.at,
    )
    db.ring()


async def count_less(db: Db, account_id: int, tail: int, at: int, now: int) -> None:
    """Two of the calls that were missed are one."""
    changed = await db.run(
        """
        with done as (
          update debts d set calls = d.calls - 1
          where d.account_id = $1 and d.tail = $2 and d.closed_at is null and $3 between d.opened_at and d.last_at
            and d.calls > 1
          returning d.account_id, 'debt_opened' as fact, 0 as by, $4::int8 as at, d.id, d.last_call_id as call_id,
            d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        account_id,
        tail,
        at,
        now,
    )
    if changed:
        db.ring()


async def make_sure(db: Db, account_id: int, tail: int | None, at: int, now: int) -> None:
    """No gap hides any more that nobody talked in this call, which is counted already."""
    changed = await db.run(
        """
        with done as (
          update debts d set is_sure = true
          where d.account_id = $1 and d.tail = $2 and d.closed_at is null and $3 between d.opened_at and d.last_at
            and not d.is_sure
          returning d.account_id, 'debt_opened' as fact, 0 as by, $4::int8 as at, d.id, d.last_call_id as call_id,
            d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        account_id,
        tail,
        at,
        now,
    )
    if changed:
        db.ring()


async def close_by_talk(
    db: Db, account_id: int, tail: int, call_id: int, user_id: int | None, ended: int, now: int
) -> None:
    """Somebody has talked with the number: nothing is owed that was missed before the end of it."""
    await db.run(
        """
        with done as (
          update debts d set closed_at = $5, closed_by = $4, closed_by_call = $3
          where d.account_id = $1 and d.tail = $2 and d.closed_at is null
            and (d.last_at <= $5 or d.last_call_id = $3)
          returning d.account_id, 'debt_closed' as fact, coalesce($4, 0) as by, $6::int8 as at, d.id,
            null::int8 as call_id, d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        account_id,
        tail,
        call_id,
        user_id,
        ended,
        now,
    )
    db.ring()


Owed = Sequence[tuple[int, int]]  # (account, number): where nothing is owed, nothing is done


async def touched(db: Db, since: str) -> list[tuple[int, int]]:
    """The numbers of all accounts that are owed a call and of which calls have been told by transactions that were not
    over at `since`; among the last facts, for all numbers are looked at once in a while."""
    rows = await db.lists.rows(
        """
        select distinct k.account_id, k.tail from (
          select distinct f.account_id, (f.fact ->> 'id')::int8 as id from (
            select l.account_id, l.fact from facts l where l.xid >= $1::text::xid8
            order by l.xid desc, l.id desc limit $2
          ) f
          where f.fact ->> 'fact' in ('call_logged', 'call_changed', 'call_answered', 'call_ended', 'call_gone')
        ) f join calls k on k.account_id = f.account_id and k.id = f.id
        where k.tail is not null and exists (
          select from debts o where o.account_id = k.account_id and o.tail = k.tail and o.closed_at is null)
        order by k.account_id, k.tail
        """,
        since,
        MOST_FACTS,
    )
    return [(row["account_id"], row["tail"]) for row in rows]


async def open_numbers(db: Db, after: tuple[int, int], most: int) -> list[tuple[int, int]]:
    """The next numbers of all accounts that are owed a call."""
    rows = await db.rows(
        """
        select account_id, tail from debts
        where closed_at is null and tail is not null and (account_id, tail) > ($1::int, $2::int8)
        order by account_id, tail limit $3
        """,
        *after,
        most,
    )
    return [(row["account_id"], row["tail"]) for row in rows]


async def settle(db: Db, owed: Owed, now: int) -> int:
    """Closes what a talk has overtaken: a missed call and a talk that are written at the same moment do not see each
    other. How many there were."""
    closed = await db.run(
        """
        with done as (
          update debts d set closed_at = k.over, closed_by = k.user_id, closed_by_call = k.id
          from (
            select o.account_id, o.id as debt_id, o.last_at, o.last_call_id, t.*
            from unnest($2::int[], $3::int8[]) n(account_id, tail)
            join debts o on o.account_id = n.account_id and o.tail = n.tail and o.closed_at is null, lateral (
              select coalesce(c.same_as, c.id) as id, c.user_id, c.ended_at as over from calls c
              where c.account_id = o.account_id and c.tail = o.tail and c.started_at >= o.last_at - $4
                and c.answered_at is not null
                and (c.ended_at >= o.last_at or c.ended_at is not null and coalesce(c.same_as, c.id) = o.last_call_id)
              order by c.started_at limit 1) t
          ) k
          where d.account_id = k.account_id and d.id = k.debt_id and d.closed_at is null
            and (d.last_at, d.last_call_id) = (k.last_at, k.last_call_id)
          returning d.account_id, 'debt_closed' as fact, coalesce(d.closed_by, 0) as by, $1::int8 as at, d.id,
            null::int8 as call_id, d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        now,
        [account_id for account_id, _ in owed],
        [tail for _, tail in owed],
        LONGEST_SECONDS,
    )
    if closed:
        db.ring()
    return closed


async def recount(db: Db, owed: Owed, now: int) -> int:
    """A talk that is told late lies between the calls of a debt: what was missed before it is owed no more. What a
    reason closed is not counted again."""
    changed = await db.run(
        """
        with done as (
          update debts d set calls = k.calls, opened_at = k.opened_at, call_id = k.call_id
          from (
            select o.account_id, o.id as debt_id, o.last_at, m.*
            from unnest($2::int[], $3::int8[]) n(account_id, tail)
            join debts o on o.account_id = n.account_id and o.tail = n.tail and o.closed_at is null, lateral (
              select max(c.ended_at) as over from calls c
              where c.account_id = o.account_id and c.tail = o.tail and c.answered_at is not null
                and c.started_at between o.opened_at - $4 and o.last_at and c.ended_at between o.opened_at and o.last_at
            ) t, lateral (
              select count(*)::int as calls, min(c.started_at) as opened_at,
                (array_agg(c.id order by c.started_at, c.id))[1] as call_id
              from calls c
              where c.account_id = o.account_id and c.tail = o.tail and c.same_as is null and c.direction = 1
                and c.answered_at is null and c.ended_at is not null and c.missed is not false
                and c.started_at > t.over and c.started_at <= o.last_at and c.started_at > coalesce((
                  select max(r.last_at) from debts r
                  where r.account_id = o.account_id and r.tail = o.tail and r.reason is not null
                    and r.last_at < o.last_at), 0)
            ) m
            where t.over is not null and m.calls > 0
          ) k
          where d.account_id = k.account_id and d.id = k.debt_id and d.closed_at is null and d.last_at = k.last_at
          returning d.account_id, 'debt_opened' as fact, 0 as by, $1::int8 as at, d.id, d.last_call_id as call_id,
            d.user_id, d.entity, d.entity_id
        )
        """
        + TOLD,
        now,
        [account_id for account_id, _ in owed],
        [tail for _, tail in owed],
        LONGEST_SECONDS,
    )
    if changed:
        db.ring()
    return changed
