"""Recordings: rows that wait to be fetched, what came of it, who may hear them, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from trubka.db import Db, Row

# The host is what stands in the link before the path: enough to see that two links lead to one server.
HOST: LiteralString = "coalesce(substring(r.link from '^[A-Za-z]+://([^/?#]*)'), r.pbx_id::text, '')"
FIELDS: LiteralString = """
  r.id, r.call_id, r.state, r.why, r.tries_left, extract(epoch from r.next_at - now())::int8 as again_seconds,
  r.claimed_until > now() as at_work, r.path, r.media, r.bytes, r.seconds, r.sha256, r.created_at, r.fetched_at
"""


async def add(db: Db, account_id: int, call_ids: Sequence[int], links: Sequence[str], now: int) -> list[int]:
    """Recordings of calls that others have told of, to be fetched at once."""
    rows = await db.rows(
        """
        insert into recordings (account_id, call_id, link, created_at)
        select $1, n.call_id, n.link, $4 from unnest($2::int8[], $3::text[]) with ordinality as n(call_id, link, place)
        order by n.place returning id
        """,
        account_id,
        list(call_ids),
        list(links),
        now,
    )
    return [row["id"] for row in rows]


# Fetching.


async def claim(
    db: Db, worker: str, seconds: float, busy_hosts: Sequence[str], busy_accounts: Sequence[int]
) -> Row | None:
    """What has been due for the longest time, for this worker alone, with one try less; or a deleted one whose file is
    to go. `had` is what there was before: without a try left, its workers have died of it."""
    return await db.row(
        """
        with found as (
          select r.account_id, r.id, r.tries_left from recordings r
          where r.next_at <= now() and (r.claimed_until is null or r.claimed_until < now())
            and r.account_id <> all($4::int[]) and """
        + HOST
        + """ <> all($3::text[])
          order by r.next_at limit 1 for update skip locked
        )
        update recordings r set claimed_by = $1, claimed_until = now() + make_interval(secs => $2::float8),
          tries_left = case when r.state = 'deleted' then r.tries_left else greatest(r.tries_left - 1, 0) end
        from found
        where r.account_id = found.account_id and r.id = found.id
        returning r.account_id, r.id, r.call_id, r.link, r.pbx_id, r.state, r.tries_left, found.tries_left as had, """
        + HOST
        + """ as host
        """,
        worker,
        float(seconds),
        list(busy_hosts),
        list(busy_accounts),
    )


async def renew(db: Db, account_id: int, recording_id: int, worker: str, seconds: float) -> bool:
    """Whether it is still this worker's."""
    return bool(
        await db.run(
            """
            update recordings set claimed_until = now() + make_interval(secs => $4::float8)
            where account_id = $1 and id = $2 and claimed_by = $3 and next_at is not null
            """,
            account_id,
            recording_id,
            worker,
            float(seconds),
        )
    )


async def release(db: Db, account_id: int, recording_id: int, worker: str) -> None:
    """The worker stops in the middle: the try does not count."""
    await db.run(
        """
        update recordings set claimed_by = null, claimed_until = null,
          tries_left = case when state = 'deleted' then tries_left else tries_left + 1 end
        where account_id = $1 and id = $2 and claimed_by = $3
        """,
        account_id,
        recording_id,
        worker,
    )


async def settle(
    db: Db,
    account_id: int,
    recording_id: int,
    worker: str,
    state: str,
    why: str,
    tries_left: int,
    again_seconds: int | None,
) -> bool:
    """What came of a try that brought nothing. A worker that has lost its claim changes nothing."""
    return bool(
        await db.run(
            """
            update recordings set state = $4, why = $5, tries_left = $6, claimed_by = null, claimed_until = null,
              next_at = now() + make_interval(secs => $7::float8)
            where account_id = $1 and id = $2 and claimed_by = $3 and state <> 'deleted'
            """,
            account_id,
            recording_id,
            worker,
            state,
            why,
            tries_left,
            None if again_seconds is None else float(again_seconds),
        )
    )


async def fetched(
    db: Db,
    account_id: int,
    recording_id: int,
    worker: str,
    why: str,
    path: str,
    media: str,
    file_bytes: int,
    seconds: float,
    sha256: bytes,
    peaks: bytes,
    now: int,
) -> bool:
    """The file is in the store for good."""
    return bool(
        await db.run(
            """
            update recordings set state = 'fetched', why = $4, path = $5, media = $6, bytes = $7, seconds = $8,
              sha256 = $9, peaks = $10, fetched_at = $11, next_at = null, claimed_by = null, claimed_until = null
            where account_id = $1 and id = $2 and claimed_by = $3 and state <> 'deleted'
            """,
            account_id,
            recording_id,
            worker,
            why,
            path,
            media,
            file_bytes,
            seconds,
            sha256,
            peaks,
            now,
        )
    )


async def pbx(db: Db, account_id: int, pbx_id: int) -> Row | None:
    """How a PBX gives its recordings."""
    return await db.row(
        "select key_id, secret_box, settings from pbxes where account_id = $1 and id = $2", account_id, pbx_id
    )


PLACE: LiteralString = """
  case c.entity
    when 1 then (select array[k.responsible_user_id, 0, 0] from contacts k
                 where k.account_id = $1 and k.id = c.entity_id)
    when 2 then (select array[k.responsible_user_id, k.pipeline_id, k.status_id] from leads k
                 where k.account_id = $1 and k.id = c.entity_id)
    when 3 then (select array[k.responsible_user_id, 0, 0] from companies k
                 where k.account_id = $1 and k.id = c.entity_id)
    when 12 then (select array[k.responsible_user_id, 0, 0] from customers k
                  where k.account_id = $1 and k.id = c.entity_id)
  end::int8[] as place
"""


async def told_of(db: Db, account_id: int, call_ids: Sequence[int]) -> list[Row]:
    """The conversations that these calls are of, as facts tell of them."""
    return await db.rows(
        "select c.id, c.user_id, c.user_ids, c.entity, c.entity_id, "
        + PLACE
        + """ from calls c where c.account_id = $1 and c.id in (
          select coalesce(p.same_as, p.id) from calls p where p.account_id = $1 and p.id = any($2::int8[]))
        order by c.id
        """,
        account_id,
        list(call_ids),
    )


# Hearing.


async def get(db: Db, account_id: int, recording_id: int) -> Row | None:
    """A recording with what decides who may hear it: its conversation, and the place of that one's card; and with what
    names the file."""
    return await db.row(
        "select "
        + FIELDS
        + """, c.user_ids, c.user_id, c.entity, c.entity_id, c.number, c.direction, c.started_at, """
        + PLACE
        + """
        from recordings r
        left join calls p on p.account_id = $1 and p.id = r.call_id
        left join calls c on c.account_id = $1 and c.id = coalesce(p.same_as, p.id)
        where r.account_id = $1 and r.id = $2
        """,
        account_id,
        recording_id,
    )


async def peaks(db: Db, account_id: int, recording_id: int) -> bytes | None:
    return await db.value("select peaks from recordings where account_id = $1 and id = $2", account_id, recording_id)


async def again(db: Db, account_id: int, recording_id: int, tries: int) -> bool:
    """It is fetched anew, with all its tries; one that is being fetched right now goes on as it is."""
    return bool(
        await db.run(
            """
            update recordings set state = 'waiting', why = '', tries_left = $3, next_at = now()
            where account_id = $1 and id = $2 and state in ('waiting', 'empty', 'failed', 'refused')
              and (claimed_until is null or claimed_until < now())
            """,
            account_id,
            recording_id,
            tries,
        )
    )


async def lock_listens(tx: Db, account_id: int, user_id: int) -> None:
    """Requests for the same listen come at once; one after another they find its line."""
    await tx.value("select pg_advisory_xact_lock($1, $2)", account_id, user_id % 2**31)


async def heard(db: Db, account_id: int, user_id: int, subject: str, deed: str, seconds: int) -> bool:
    """Whether the audit list has this listen already."""
    return bool(
        await db.value(
            """
            select exists (select from audit where account_id = $1 and user_id = $2 and subject = $3 and deed = $4
              and deed in ('recording_heard', 'recording_downloaded')
              and at > now() - make_interval(secs => $5::float8))
            """,
            account_id,
            user_id,
            subject,
            deed,
            float(seconds),
        )
    )


# How they stand.

WRONG: tuple[str, ...] = ("waiting", "empty", "failed", "refused")


async def sums(db: Db, account_id: int, most: int) -> list[Row]:
    """How many stand in each state and how large they are, counted as far as `most`."""
    return await db.lists.rows(
        """
        select s.state, n.count, n.bytes
        from unnest(array['waiting', 'fetched', 'empty', 'failed', 'refused', 'deleted']) as s(state),
          lateral (select count(*) as count, coalesce(sum(f.bytes), 0)::int8 as bytes from (
            select r.bytes from recordings r where r.account_id = $1 and r.state = s.state limit $2) f) n
        """,
        account_id,
        most,
    )


async def reasons(db: Db, account_id: int, most: int) -> list[Row]:
    """Why those that are not here are not, the most frequent first; of the latest `most`."""
    return await db.lists.rows(
        """
        select f.state, split_part(f.why, ' ', 1) as code, count(*) as count
        from (select r.state, r.why from recordings r
              where r.account_id = $1 and r.state in ('waiting', 'empty', 'failed', 'refused')
              order by r.id desc limit $2) f
        where f.state <> 'waiting' group by 1, 2 order by 3 desc, 1, 2
        """,
        account_id,
        most,
    )


CALLED: LiteralString = """
  , c.id as conversation_id, c.number, c.direction, c.started_at, c.user_id, c.entity, c.entity_id,
  case c.entity
    when 1 then (select k.name from contacts k where k.account_id = $1 and k.id = c.entity_id)
    when 2 then (select k.name from leads k where k.account_id = $1 and k.id = c.entity_id)
    when 3 then (select k.name from companies k where k.account_id = $1 and k.id = c.entity_id)
    when 12 then (select k.name from customers k where k.account_id = $1 and k.id = c.entity_id)
  end as card_name
  from recordings r
  left join calls p on p.account_id = $1 and p.id = r.call_id
  left join calls c on c.account_id = $1 and c.id = coalesce(p.same_as, p.id)
"""


async def wrong(
    db: Db, account_id: int, states: Sequence[str], code: str | None, after: int | None, limit: int
) -> list[Row]:
    """Those that are not here, the latest first, with their calls."""
    return await db.lists.rows(
        "select "
        + FIELDS
        + CALLED
        + """
        where r.account_id = $1 and r.state in ('waiting', 'empty', 'failed', 'refused') and r.state = any($2::text[])
          and ($3::text is null or split_part(r.why, ' ', 1) = $3) and ($4::int8 is null or r.id < $4)
        order by r.id desc limit $5
        """,
        account_id,
        list(states),
        code,
        after,
        limit,
    )


async def these(db: Db, account_id: int, ids: Sequence[int]) -> list[Row]:
    """As they stand now, whatever has become of them."""
    return await db.rows(
        "select " + FIELDS + CALLED + " where r.account_id = $1 and r.id = any($2::int8[]) order by r.id desc",
        account_id,
        list(ids),
    )


async def wrong_again(
    db: Db, account_id: int, states: Sequence[str], code: str | None, tries: int, most: int
) -> list[Row]:
    """They are fetched anew, the oldest first; those that are at work, or wait for their first try, go on as they
    are."""
    return await db.rows(
        """
        with chosen as materialized (  -- once: a subquery that locks would be asked anew for each row, past its limit
          select id from recordings
          where account_id = $1 and state in ('waiting', 'empty', 'failed', 'refused') and state <> 'waiting'
            and state = any($2::text[]) and ($3::text is null or split_part(why, ' ', 1) = $3)
            and (claimed_until is null or claimed_until < now())
          order by id limit $5 for update skip locked
        )
        update recordings r set state = 'waiting', why = '', tries_left = $4, next_at = now()
        from chosen where r.account_id = $1 and r.id = chosen.id
        returning r.id, r.call_id
        """,
        account_id,
        list(states),
        code,
        tries,
        most,
    )


# The end of them.


async def erase_one(db: Db, account_id: int, recording_id: int, why: str) -> bool:
    """False: it was erased already. A worker that is fetching it finds out."""
    return bool(
        await db.run(
            """
            update recordings set state = 'deleted', why = $3, link = '', peaks = null, sha256 = null,
              next_at = greatest(now(), claimed_until)
            where account_id = $1 and id = $2 and (state <> 'deleted' or link <> '')
            """,
            account_id,
            recording_id,
            why,
        )
    )


async def keeping(db: Db) -> list[Row]:
    """The accounts that keep recordings for so many days."""
    return await db.rows("select id, recording_days from accounts where recording_days is not null")


async def keep(db: Db, account_id: int, days: int | None) -> None:
    await db.run("update accounts set recording_days = $2 where id = $1", account_id, days)


async def kept_days(db: Db, account_id: int) -> int | None:
    return await db.value("select recording_days from accounts where id = $1", account_id)


async def expire(db: Db, account_id: int, before: int, why: str, most: int) -> list[Row]:
    """The oldest of those that came before: nobody hears them any more, and their files are about to go."""
    return await db.rows(
        """
        with chosen as materialized (
          select id from recordings
          where account_id = $1 and state in ('fetched', 'empty') and created_at < $2
          order by created_at limit $4 for update skip locked
        )
        update recordings r set state = 'deleted', why = $3, next_at = now(), peaks = null
        from chosen where r.account_id = $1 and r.id = chosen.id
        returning r.id, r.call_id
        """,
        account_id,
        before,
        why,
        most,
    )


async def erase(db: Db, account_id: int, tails: Sequence[int], why: str) -> list[Row]:
    """Those of all calls with these numbers, in whatever state. A worker that is fetching one finds out; its file is
    looked for when its claim is over."""
    return await db.rows(
        """
        update recordings set state = 'deleted', why = $3, link = '', peaks = null, sha256 = null,
          next_at = greatest(now(), claimed_until)
        where account_id = $1 and (state <> 'deleted' or link <> '') and call_id in (
          select id from calls where account_id = $1 and tail = any($2::int8[]))
        returning id, call_id
        """,
        account_id,
        list(tails),
        why,
    )


async def tails(db: Db, account_id: int, entity: int, card_id: int) -> list[int]:
    """The numbers of a card."""
    rows = await db.rows(
        "select distinct tail from phones where account_id = $1 and entity = $2 and id = $3",
        account_id,
        entity,
        card_id,
    )
    return [row["tail"] for row in rows]


async def gone(db: Db, account_id: int, recording_id: int, worker: str) -> None:
    """The file of a deleted one is no more."""
    await db.run(
        """
        update recordings set path = null, bytes = null, next_at = null, claimed_by = null, claimed_until = null
        where account_id = $1 and id = $2 and claimed_by = $3 and state = 'deleted'
        """,
        account_id,
        recording_id,
        worker,
    )


async def later(db: Db, account_id: int, recording_id: int, worker: str, seconds: int) -> None:
    """The store does not let go of the file now."""
    await db.run(
        """
        update recordings set claimed_by = null, claimed_until = null,
          next_at = now() + make_interval(secs => $4::float8)
        where account_id = $1 and id = $2 and claimed_by = $3
        """,
        account_id,
        recording_id,
        worker,
        float(seconds),
    )
