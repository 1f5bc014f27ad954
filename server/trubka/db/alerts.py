"""Alerts: what went wrong in the background, one open row for each user, kind and subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from trubka.db import Db, Row

Whom = Literal["admins", "agents", "users"]  # agents: those named who are no administrators; users: those named


async def add(
    db: Db,
    account_id: int,
    kind: str,
    subject: str,
    details: dict[str, Any],
    whom: Whom,
    users: Sequence[int],
    now: int,
    most: int,
) -> list[Row]:
    """Once more, for everybody of them: id and user_id. Who has too many open ones gets no new one."""
    return await db.rows(
        """
        insert into alerts as a (account_id, user_id, kind, subject, details, first_at, last_at)
        select $1, u.id, $2, $3, $4, $7, $7 from users u
        where u.account_id = $1 and u.is_active
          and case $5::text when 'admins' then u.is_admin when 'agents' then u.id = any($6) and not u.is_admin
                else u.id = any($6) end
          and ((select count(*) from alerts o
                where o.account_id = $1 and o.user_id = u.id and o.closed_at is null) < $8
            or exists(select from alerts o where o.account_id = $1 and o.kind = $2 and o.subject = $3
                and o.user_id = u.id and o.closed_at is null))
        order by u.id
        on conflict (account_id, kind, subject, user_id) where closed_at is null do update
          set count = a.count + 1, last_at = greatest(a.last_at, excluded.last_at), details = excluded.details
        returning id, user_id
        """,
        account_id,
        kind,
        subject,
        details,
        whom,
        list(users),
        now,
        most,
    )


async def over(db: Db, account_id: int, kinds: Sequence[str], subject: str, now: int) -> list[Row]:
    """The trouble is over for everybody: id and user_id of those that were open."""
    return await db.rows(
        """
        update alerts set closed_at = $4 where account_id = $1 and id in (
          select id from alerts
          where account_id = $1 and kind = any($2::text[]) and subject = $3 and closed_at is null
          order by user_id, id for update)
        returning id, user_id
        """,
        account_id,
        list(kinds),
        subject,
        now,
    )


async def page(
    db: Db, account_id: int, user_id: int, hidden: Sequence[str], after: tuple[int, UUID] | None, limit: int
) -> list[Row]:
    """A user's open ones, the latest first, without those kinds that are hidden from him."""
    at, alert_id = after or (None, None)
    return await db.rows(
        """
        select id, kind, details, count, first_at, last_at from alerts
        where account_id = $1 and user_id = $2 and closed_at is null and kind <> all($3::text[])
          and ($4::int8 is null or (last_at, id) < ($4, $5::uuid))
        order by last_at desc, id desc limit $6
        """,
        account_id,
        user_id,
        list(hidden),
        at,
        alert_id,
        limit,
    )


async def open_of(db: Db, account_id: int, user_id: int, hidden: Sequence[str], most: int) -> list[UUID]:
    """Their ids, in the order of these."""
    rows = await db.rows(
        """
        select id from alerts where account_id = $1 and user_id = $2 and closed_at is null
          and kind <> all($3::text[]) order by id limit $4
        """,
        account_id,
        user_id,
        list(hidden),
        most,
    )
    return [row["id"] for row in rows]


async def close(db: Db, account_id: int, user_id: int, alert_id: UUID, now: int) -> bool | None:
    """Whether it was open; None: this user has no such alert."""
    return await db.value(
        """
        with mine as (
          select id, closed_at from alerts where account_id = $1 and user_id = $2 and id = $3 for update
        ), shut as (
          update alerts a set closed_at = $4 from mine
          where a.account_id = $1 and a.id = mine.id and mine.closed_at is null
        )
        select closed_at is null from mine
        """,
        account_id,
        user_id,
        alert_id,
        now,
    )


async def close_all(db: Db, account_id: int, user_id: int, until: int, now: int) -> list[UUID]:
    """All of a user's that have happened last at that moment or before."""
    rows = await db.rows(
        """
        update alerts set closed_at = $4
        where account_id = $1 and user_id = $2 and closed_at is null and last_at <= $3 returning id
        """,
        account_id,
        user_id,
        until,
        now,
    )
    return [row["id"] for row in rows]


async def forget(db: Db, days: int, most: int) -> int:
    """Deletes some of all accounts that were closed long ago; how many."""
    return await db.run(
        """
        delete from alerts where (account_id, id) in (
          select account_id, id from alerts where closed_at < extract(epoch from now()) - $1 * 86400 limit $2)
        """,
        days,
        most,
    )


# Silent PBXes.


async def unheard(db: Db, kinds: Sequence[str], before: int, after: tuple[int, int], most: int) -> list[Row]:
    """PBXes that were not heard since that moment, and of whose silence nobody was told yet. One that was never heard
    has been silent since it was added."""
    return await db.rows(
        """
        select p.account_id, p.id, p.name, p.heard_at is null as never, h.at as heard_at, a.time_zone
        from pbxes p join accounts a on a.id = p.account_id,
          lateral (select coalesce(extract(epoch from p.heard_at)::int8, p.created_at) as at) h
        where (p.account_id, p.id) > ($1, $2) and p.is_active and p.kind = any($3::text[]) and h.at < $4
          and not exists(select from alerts l where l.account_id = p.account_id and l.kind = 'pbx_silent'
            and l.subject = p.id::text and l.first_at > h.at)
        order by p.account_id, p.id limit $5
        """,
        *after,
        list(kinds),
        before,
        most,
    )


async def lock_unheard(tx: Db, account_id: int, pbx_id: int, heard_at: int) -> bool:
    """Whether it is still silent; nobody else tells of it before this transaction ends."""
    found = await tx.value(
        """
        select id from pbxes where account_id = $1 and id = $2 and is_active
          and coalesce(extract(epoch from heard_at)::int8, created_at) = $3
        for no key update
        """,
        account_id,
        pbx_id,
        heard_at,
    )
    return found is not None


async def is_told(tx: Db, account_id: int, kind: str, subject: str, since: int) -> bool:
    return await tx.value(
        """
        select exists(select from alerts where account_id = $1 and kind = $2 and subject = $3 and first_at > $4)
        """,
        account_id,
        kind,
        subject,
        since,
    )


async def heard_again(db: Db, most: int) -> list[Row]:
    """Alerts of silent PBXes that have been heard since, or are gone or switched off: account_id and subject."""
    return await db.rows(
        """
        select distinct l.account_id, l.subject
        from alerts l left join pbxes p on p.account_id = l.account_id and p.id::text = l.subject
        where l.kind = 'pbx_silent' and l.closed_at is null
          and (p.id is null or not p.is_active or p.heard_at > to_timestamp(l.first_at)) limit $1
        """,
        most,
    )
