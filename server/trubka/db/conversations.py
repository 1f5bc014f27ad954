"""Conversations of our own PBXes: one row for each, from the first ring; and what the rule remembers of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row
from trubka.db.facts import MOST_FACTS
from trubka.rules.calls import LONGEST_SECONDS, SLACK_SECONDS


async def lock(tx: Db, account_id: int, pbx_id: int, call_ids: Sequence[str]) -> None:
    """Nobody else tells of these calls meanwhile, also of those that are not there yet."""
    await tx.run(
        """
        select pg_advisory_xact_lock(hashtextextended(c.id, $1 * 4294967296 + $2))
        from (select id from unnest($3::text[]) as n(id) order by id) c
        """,
        account_id,
        pbx_id,
        list(call_ids),
    )


async def tangles(tx: Db, account_id: int, pbx_id: int, call_ids: Sequence[str]) -> dict[str, Any]:
    rows = await tx.rows(
        "select id, tangle from tangles where account_id = $1 and pbx_id = $2 and id = any($3::text[])",
        account_id,
        pbx_id,
        list(call_ids),
    )
    return {row["id"]: row["tangle"] for row in rows}


async def remember(tx: Db, account_id: int, pbx_id: int, call_id: str, tangle: Any, over: bool) -> None:
    await tx.run(
        """
        insert into tangles (account_id, pbx_id, id, tangle, is_over) values ($1, $2, $3, $4, $5)
        on conflict (account_id, pbx_id, id) do update set tangle = excluded.tangle, is_over = excluded.is_over,
          last_at = now()
        """,
        account_id,
        pbx_id,
        call_id,
        tangle,
        over,
    )


async def silent(db: Db, over_hours: int, hours: int, most: int) -> list[Row]:
    """Calls of all accounts of which nothing was heard for so long: since their end, or at all."""
    return await db.rows(
        """
        select account_id, pbx_id, id from tangles
        where last_at < now() - make_interval(hours => case when is_over then $1::int else $2::int end)
        order by last_at limit $3
        """,
        over_hours,
        hours,
        most,
    )


async def forget(tx: Db, account_id: int, pbx_id: int, call_id: str) -> None:
    await tx.run("delete from tangles where account_id = $1 and pbx_id = $2 and id = $3", account_id, pbx_id, call_id)


async def of(tx: Db, account_id: int, origin: str, uniqs: Sequence[str]) -> dict[str, Row]:
    """The rows as they are, locked: an agent may choose another card at this moment."""
    rows = await tx.rows(
        """
        select * from calls where account_id = $1 and origin = $2 and uniq = any($3::text[]) order by id for update
        """,
        account_id,
        origin,
        list(uniqs),
    )
    return {row["uniq"]: row for row in rows}


async def put(tx: Db, account_id: int, call: dict[str, Any]) -> None:
    """The call as it is now, with who else took part. What people have said of it (status, result) stays."""
    await tx.run(
        """
        with now as (
          select c.id, c.started_at, u.id as user_id
          from jsonb_populate_record(null::calls, $2) c, unnest(c.user_ids) u(id)
          where c.same_as is null and u.id is distinct from c.user_id
        ), gone as (
          delete from call_users o using calls k, unnest(k.user_ids) u(id)
          where k.account_id = $1 and k.id = ($2 ->> 'id')::int8
            and o.account_id = $1 and o.user_id = u.id and o.started_at = k.started_at and o.call_id = k.id
            and not exists (select from now n where n.user_id = o.user_id and n.started_at = o.started_at)
        ), others as (
          insert into call_users (account_id, user_id, started_at, call_id)
          select $1, n.user_id, n.started_at, n.id from now n on conflict do nothing
        )
        insert into calls (account_id, id, source, origin, uniq, direction, number, tail, line, started_at, ended_at,
          answered_at, talk_seconds, missed, user_id, user_ids, entity, entity_id, note_id, details, updated_at)
          overriding system value
        select $1, c.id, c.source, c.origin, c.uniq, c.direction, c.number, c.tail, c.line, c.started_at, c.ended_at,
          c.answered_at, c.talk_seconds, c.missed, c.user_id, c.user_ids, c.entity, c.entity_id, c.note_id, c.details,
          c.updated_at
        from jsonb_populate_record(null::calls, $2) c
        on conflict (account_id, id) do update set direction = excluded.direction, number = excluded.number,
          tail = excluded.tail, line = excluded.line, started_at = excluded.started_at, ended_at = excluded.ended_at,
          answered_at = excluded.answered_at, talk_seconds = excluded.talk_seconds, missed = excluded.missed,
          user_id = excluded.user_id, user_ids = excluded.user_ids, entity = excluded.entity,
          entity_id = excluded.entity_id, note_id = excluded.note_id, details = excluded.details,
          updated_at = excluded.updated_at
        """,
        account_id,
        call,
    )


async def join(tx: Db, account_id: int, call_id: int, other_id: int) -> list[Row]:
    """What others have told of is this conversation: their rows stay, and are not shown beside it. Their recordings are
    its own, what their call was owed for is not owed twice, and what it has paid was paid by this one. The rows."""
    return await tx.rows(
        """
        with joined as (
          update calls set same_as = $2 where account_id = $1 and (id = $3 or same_as = $3) and id <> $2
          returning id, tail, started_at, ended_at, user_id, user_ids, entity, entity_id,
            coalesce(direction = 1 and missed, false) as missed
        ), others as (
          delete from call_users o using joined j, unnest(j.user_ids) u(id)
          where o.account_id = $1 and o.user_id = u.id and o.started_at = j.started_at and o.call_id = j.id
        ), heard as (
          update recordings set call_id = $2 where account_id = $1 and call_id = any(array(select id from joined))
        ), owed as (
          update debts set call_id = case when call_id in (select id from joined) then $2 else call_id end,
            last_call_id = case when last_call_id in (select id from joined) then $2 else last_call_id end,
            closed_by_call = case when closed_by_call in (select id from joined) then $2 else closed_by_call end
          where account_id = $1 and (call_id = any(array(select id from joined))
            or last_call_id = any(array(select id from joined)) or closed_by_call = any(array(select id from joined)))
        )
        select * from joined
        """,
        account_id,
        call_id,
        other_id,
    )


async def twins(db: Db, seconds: float, since: str, most: int) -> list[Row]:
    """Conversations of all accounts that were told in the last seconds, by transactions that were not over at `since`,
    where another source has told of one with the same number and user at the same time; among the last facts."""
    return await db.lists.rows(
        """
        select k.account_id, k.tail, k.started_at, k.ended_at
        from (
          select distinct f.account_id, (f.fact ->> 'id')::int8 as id from (
            select l.account_id, l.at, l.fact from facts l where l.xid >= $5::text::xid8
            order by l.xid desc, l.id desc limit $6
          ) f
          where f.at > now() - make_interval(secs => $1) and f.fact ->> 'fact' in ('call_logged', 'call_ended')
        ) f join calls k on k.account_id = f.account_id and k.id = f.id
        where k.same_as is null and k.tail is not null and exists (
          select from calls p
          where p.account_id = k.account_id and p.tail = k.tail and p.same_as is null and p.id <> k.id
            and p.started_at between k.started_at - $3 and coalesce(k.ended_at, k.started_at) + $4
            and (p.ended_at is null or p.ended_at >= k.started_at - $4)
            and p.user_ids && k.user_ids and (p.source <> k.source or p.origin is distinct from k.origin))
        limit $2
        """,
        seconds,
        most,
        LONGEST_SECONDS,
        SLACK_SECONDS,
        since,
        MOST_FACTS,
    )


async def near(tx: Db, account_id: int, tail: int, low: int, high: int, most: int) -> list[Row]:
    """What is known of calls with a number in some time, locked; without what somebody is writing at this moment."""
    return await tx.rows(
        """
        select id, coalesce(same_as, id) as root, source, origin, user_id, user_ids, started_at, ended_at, direction,
          missed, entity, entity_id
        from calls where account_id = $1 and tail = $2 and started_at between $3 and $4
        order by id limit $5 for update skip locked
        """,
        account_id,
        tail,
        low - LONGEST_SECONDS,
        high + SLACK_SECONDS,
        most,
    )


async def reported(tx: Db, account_id: int, call_id: int) -> Row | None:
    """A note that others have written of this conversation, with its card."""
    return await tx.row(
        """
        select note_id, entity, entity_id from calls
        where account_id = $1 and same_as = $2 and note_id is not null order by id limit 1
        """,
        account_id,
        call_id,
    )


async def talked_with(tx: Db, account_id: int, entity: int, card_id: int, at: int) -> None:
    """The last talk, for the choice among several cards with one number."""
    await tx.run(
        """
        with c as (
          update contacts set talked_at = $4 where account_id = $1 and id = $3 and $2 = 1
            and coalesce(talked_at, 0) < $4
        )
        update companies set talked_at = $4 where account_id = $1 and id = $3 and $2 = 3 and coalesce(talked_at, 0) < $4
        """,
        account_id,
        entity,
        card_id,
        at,
    )


async def set_duration(
    tx: Db, account_id: int, call_id: int, note_id: int, seconds: int, status: int, now: int
) -> bool:
    """What a late signal has corrected, in a note of ours: one that others have posted stays as they posted it, and the
    status that an agent has chosen stays chosen."""
    return bool(
        await tx.run(
            """
            update notes set updated_at = $6, params = params || jsonb_build_object('duration', $4::int,
              'call_status', coalesce((select k.status from calls k where k.account_id = $1 and k.id = $2), $5::int))
            where account_id = $1 and id = $3 and not exists (
              select from calls k where k.account_id = $1 and k.same_as = $2 and k.note_id = $3 and k.source <> 1)
            """,
            account_id,
            call_id,
            note_id,
            seconds,
            status,
            now,
        )
    )


async def record(tx: Db, account_id: int, call_id: int, pbx_id: int, link: str, now: int) -> None:
    """To be fetched; a recording that is told of twice is one, and one that was erased (its link with it) stays so."""
    await tx.run(
        """
        insert into recordings (account_id, call_id, pbx_id, link, created_at)
        select $1, $2, $3, $4, $5
        where not exists (select from recordings where account_id = $1 and call_id = $2 and link in ($4, ''))
        """,
        account_id,
        call_id,
        pbx_id,
        link,
        now,
    )


async def heard(tx: Db, account_id: int, pbx_id: int, signature: bytes) -> bool:
    """Whether this signed request comes for the first time."""
    return bool(
        await tx.run(
            "insert into heard (account_id, pbx_id, signature) values ($1, $2, $3) on conflict do nothing",
            account_id,
            pbx_id,
            signature,
        )
    )


async def forget_heard(db: Db, seconds: int, most: int) -> int:
    """Signed requests that are too old to be taken again, whosever they are; how many."""
    return await db.run(
        """
        delete from heard where (account_id, pbx_id, signature) in (
          select account_id, pbx_id, signature from heard where at < now() - make_interval(secs => $1)
          order by at limit $2)
        """,
        seconds,
        most,
    )


async def on_extension(db: Db, account_id: int, number: str, most: int) -> list[Row]:
    """The calls that ring at an extension, or that it talks in, right now."""
    return await db.rows(
        """
        select k.*, case k.entity when 1 then (select c.responsible_user_id from contacts c
            where c.account_id = $1 and c.id = k.entity_id)
          when 2 then (select c.responsible_user_id from leads c where c.account_id = $1 and c.id = k.entity_id)
          when 3 then (select c.responsible_user_id from companies c where c.account_id = $1 and c.id = k.entity_id)
          when 12 then (select c.responsible_user_id from customers c where c.account_id = $1 and c.id = k.entity_id)
          end as card_owner,
          (select array[c.pipeline_id, c.status_id] from leads c
           where c.account_id = $1 and c.id = k.entity_id and k.entity = 2) as card_status
        from calls k
        where k.account_id = $1 and k.ended_at is null and k.origin like 'pbx:%'
          and (k.details -> 'ringing' ? $2 or k.details -> 'talking' ? $2)
        order by k.started_at desc, k.id desc limit $3
        """,
        account_id,
        number,
        most,
    )
