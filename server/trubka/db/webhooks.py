"""Webhooks: who wants to be told, what waits to be sent to them, and how sending went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from trubka.db import Db, Row
from trubka.db.cards import TABLES, TAGS
from trubka.db.compose import Statement
from trubka.rules.entities import Entity
from trubka.rules.webhooks import State

# Subscriptions.

SHOWN: LiteralString = "id, destination, settings, sort, disabled, secret, created_by, created_at, updated_at"


async def all_of(db: Db, account_id: int, destination: str | None = None) -> list[Row]:
    return await db.rows(
        "select "
        + SHOWN
        + " from webhooks where account_id = $1 and ($2::text is null or destination = $2) order by id",
        account_id,
        destination,
    )


async def put(
    db: Db,
    account_id: int,
    destination: str,
    host: str,
    settings: Sequence[str],
    sort: int,
    secret: str,
    by: int,
    now: int,
) -> Row:
    """A new one, or new settings for one that is there. One that was switched off begins anew, with what comes now."""
    row = await db.row(
        """
        insert into webhooks as w (account_id, destination, host, settings, sort, secret, created_by, created_at,
          updated_at, heard_from)
        select $1, $2, $3, $4, $5, $6, $7, $8, $8, nextval(pg_get_serial_sequence('facts', 'id'))
        on conflict (account_id, destination) do update set settings = excluded.settings, sort = excluded.sort,
          updated_at = excluded.updated_at, disabled = false,
          heard_from = case when w.disabled then excluded.heard_from else w.heard_from end,
          bad_at = case when w.disabled then '{}' else w.bad_at end
        returning """
        + SHOWN,
        account_id,
        destination,
        host,
        list(settings),
        sort,
        secret,
        by,
        now,
    )
    assert row is not None
    return row


async def remove(db: Db, account_id: int, destination: str) -> int | None:
    """The id of the one that is no more; with it goes what waited for it."""
    return await db.value(
        "delete from webhooks where account_id = $1 and destination = $2 returning id", account_id, destination
    )


# From facts to deliveries.


async def of_accounts(tx: Db, account_ids: Sequence[int]) -> list[Row]:
    """Those that are on; none of them is removed before this transaction ends."""
    return await tx.rows(
        """
        select account_id, id, settings, heard_from from webhooks
        where account_id = any($1::int[]) and not disabled order by account_id, id for key share
        """,
        list(account_ids),
    )


async def cards(db: Db, account_id: int, entity: Entity, ids: Sequence[int]) -> list[Row]:
    """What bodies tell of cards; deleted ones too, since their last change is told all the same."""
    found = Statement(account_id)
    found.add("select c.*, " + TAGS)
    if entity in (Entity.contact, Entity.company):
        found.add(LINKED[entity])
    found.add("from " + TABLES[entity] + " c where c.account_id = $1 and c.id = any(?::int8[])", list(ids))
    return await db.lists.rows(found.text, *found.values)


LINKED: dict[Entity, LiteralString] = {
    Entity.contact: """,
      (select b.to_id from bonds b where b.account_id = $1 and b.entity = 1 and b.id = c.id and b.to_entity = 3)
        as company_id,
      (select o.name from bonds b join companies o on o.account_id = $1 and o.id = b.to_id
       where b.account_id = $1 and b.entity = 1 and b.id = c.id and b.to_entity = 3) as company_name,
      array(select b.id from bonds b where b.account_id = $1 and b.to_entity = 1 and b.to_id = c.id and b.entity = 2
            order by b.id limit 250) as lead_ids
      """,
    Entity.company: """, null::int8 as company_id, null::text as company_name,
      array(select b.id from bonds b where b.account_id = $1 and b.to_entity = 3 and b.to_id = c.id and b.entity = 2
            order by b.id limit 250) as lead_ids
      """,
}


async def notes(db: Db, account_id: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows(
        """
        select n.*, coalesce(u.group_id, 0) as group_id
        from notes n left join users u on u.account_id = $1 and u.id = n.responsible_user_id
        where n.account_id = $1 and n.id = any($2::int8[])
        """,
        account_id,
        list(ids),
    )


async def tasks(db: Db, account_id: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows("select * from tasks where account_id = $1 and id = any($2::int8[])", account_id, list(ids))


async def unsorted(db: Db, account_id: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows("select * from unsorted where account_id = $1 and id = any($2::int8[])", account_id, list(ids))


async def about(db: Db, account_id: int) -> Row | None:
    """What every body tells of the account."""
    return await db.row(
        """
        select a.subdomain, a.time_zone, coalesce((select jsonb_agg(to_jsonb(f) order by f.sort, f.id)
          from custom_fields f where f.account_id = $1), '[]') as custom_fields
        from accounts a where a.id = $1
        """,
        account_id,
    )


async def add_deliveries(db: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> int:
    """In the order given; what is there already is not made again. Their webhooks are due."""
    return await db.run(
        """
        with made as (
          insert into deliveries (account_id, webhook_id, fact_id, event, body)
          select $1, d.webhook_id, d.fact_id, d.event, d.body
          from jsonb_array_elements($2) with ordinality as e(one, place),
            jsonb_to_record(e.one) as d(webhook_id int8, fact_id int8, event text, body text)
          order by e.place
          on conflict do nothing
          returning webhook_id
        )
        update webhooks set due_at = least(due_at, now())
        where account_id = $1 and id in (select webhook_id from made)
        """,
        account_id,
        list(rows),
    )


# Sending.


async def claim(db: Db, worker: str, seconds: float, busy: Sequence[str]) -> Row | None:
    """The webhook that has been due for the longest time, for this worker alone; none of the busy hosts."""
    return await db.row(
        """
        update webhooks set claimed_by = $1, claimed_until = now() + make_interval(secs => $2::float8)
        where (account_id, id) = (
          select account_id, id from webhooks
          where due_at <= now() and not disabled and (claimed_until is null or claimed_until < now())
            and host <> all($3::text[])
          order by due_at limit 1 for update skip locked)
        returning account_id, id, destination, host, secret
        """,
        worker,
        float(seconds),
        list(busy),
    )


async def due(db: Db, account_id: int, webhook_id: int, most: int) -> list[Row]:
    """What may be sent now, in the order of the facts. One that has failed and waits for its next try holds up none."""
    return await db.rows(
        """
        select id, event, body, attempts from deliveries
        where account_id = $1 and webhook_id = $2 and next_at <= now() order by id limit $3
        """,
        account_id,
        webhook_id,
        most,
    )


async def sent(
    db: Db, account_id: int, delivery_id: int, attempts: int, status: int, error: str | None, again: int | None
) -> bool:
    """How an attempt ended, and after how many seconds there is another. False: a worker comes late with an attempt
    that another one has made meanwhile, and changes nothing."""
    return bool(
        await db.run(
            """
            update deliveries set attempts = attempts + 1, last_status = $4, last_error = $5, answered_at = now(),
              next_at = now() + make_interval(secs => $6::float8)
            where account_id = $1 and id = $2 and attempts = $3
            """,
            account_id,
            delivery_id,
            attempts,
            status,
            error,
            None if again is None else float(again),
        )
    )


async def bad(db: Db, account_id: int, webhook_id: int, most: int, seconds: int) -> Row | None:
    """Counts a bad answer: how many there were within so many seconds, and whether it was one too many, so that the
    webhook is switched off. None: it was off or gone already."""
    return await db.row(
        """
        update webhooks set
          bad_at = (bad_at || now())[greatest(1, cardinality(bad_at) + 1 - $3):],
          disabled = cardinality(bad_at) >= $3 and
            bad_at[cardinality(bad_at) + 1 - $3] > now() - make_interval(secs => $4::float8)
        where account_id = $1 and id = $2 and not disabled
        returning disabled,
          (select count(*) from unnest(bad_at) b where b > now() - make_interval(secs => $4::float8)) as recent
        """,
        account_id,
        webhook_id,
        most,
        float(seconds),
    )


async def give_up(db: Db, account_id: int, webhook_id: int, why: str) -> None:
    """What waits for a webhook that is switched off is not sent any more."""
    await db.run(
        """
        update deliveries set next_at = null, last_error = $3
        where account_id = $1 and webhook_id = $2 and next_at is not null
        """,
        account_id,
        webhook_id,
        why,
    )


async def lock(tx: Db, account_id: int, webhook_id: int) -> None:
    """Before what waits is looked at: whoever makes deliveries meanwhile waits for us, and sets its time after us."""
    await tx.run("select from webhooks where account_id = $1 and id = $2 for no key update", account_id, webhook_id)


async def release(tx: Db, account_id: int, webhook_id: int, worker: str) -> None:
    """Another worker may have it, when it is due; behind those that have been waiting."""
    await tx.run(
        """
        update webhooks set claimed_by = null, claimed_until = null, due_at = (
          select case when min(next_at) > now() then min(next_at) when min(next_at) is not null then now() end
          from deliveries
          where account_id = $1 and webhook_id = $2 and next_at is not null)
        where account_id = $1 and id = $2 and claimed_by = $3
        """,
        account_id,
        webhook_id,
        worker,
    )


async def forget(db: Db, days: int, most: int) -> int:
    """Deletes some of the oldest deliveries of all accounts; how many."""
    return await db.run(
        """
        delete from deliveries where (account_id, id) in (
          select account_id, id from deliveries
          where created_at < now() - make_interval(days => $1) order by created_at limit $2)
        """,
        days,
        most,
    )


# The log.

STANDS: dict[State, LiteralString] = {
    "waiting": "next_at is not null",
    "failed": "next_at is null and (last_status is null or last_status not between 100 and 299)",  # as the index
    "delivered": "next_at is null and last_status between 100 and 299",
}
LOGGED: LiteralString = """
  id, event, attempts, next_at is not null as waits, last_status, last_error,
  extract(epoch from created_at)::int8 as created_at, extract(epoch from answered_at)::int8 as answered_at,
  extract(epoch from next_at)::int8 as next_at
"""


async def overview(db: Db, account_id: int, most: int, webhook_id: int | None = None) -> list[Row]:
    """All of them, or one, with how many deliveries wait and how many came to nothing, counted as far as `most`."""
    return await db.lists.rows(
        """
        select w.id, w.destination, w.settings, w.disabled, w.created_at, w.created_by,
          (select count(*) from (select from deliveries d
            where d.account_id = $1 and d.webhook_id = w.id and d.next_at is not null limit $2) as n) as waiting,
          (select count(*) from (select from deliveries d
            where d.account_id = $1 and d.webhook_id = w.id and d.next_at is null
              and (d.last_status is null or d.last_status not between 100 and 299) limit $2) as n) as failed
        from webhooks w where w.account_id = $1 and ($3::int8 is null or w.id = $3) order by w.id
        """,
        account_id,
        most,
        webhook_id,
    )


async def log(
    db: Db, account_id: int, webhook_id: int, state: State | None, after: int | None, limit: int
) -> list[Row]:
    """Its deliveries, the latest first."""
    found = Statement(account_id)
    found.add("select " + LOGGED + " from deliveries where account_id = $1 and webhook_id = ?", webhook_id)
    if state is not None:
        found.add("and " + STANDS[state])
    if after is not None:
        found.add("and id < ?", after)
    found.add("order by id desc limit ?", limit)
    return await db.lists.rows(found.text, *found.values)


async def these(db: Db, account_id: int, webhook_id: int, ids: Sequence[int]) -> list[Row]:
    return await db.rows(
        "select "
        + LOGGED
        + " from deliveries where account_id = $1 and webhook_id = $2 and id = any($3::int8[]) order by id desc",
        account_id,
        webhook_id,
        list(ids),
    )


async def newer(db: Db, account_id: int, webhook_id: int, state: State | None, since: int, most: int) -> int:
    """How many have come since that one, counted as far as `most`."""
    found = Statement(account_id)
    found.add("select count(*) from (select from deliveries where account_id = $1 and webhook_id = ?", webhook_id)
    if state is not None:
        found.add("and " + STANDS[state])
    found.add("and id > ? limit ?) as n", since, most)
    return await db.lists.value(found.text, *found.values)


async def delivery(db: Db, account_id: int, delivery_id: int) -> Row | None:
    return await db.row(
        "select " + LOGGED + ", webhook_id, body from deliveries where account_id = $1 and id = $2",
        account_id,
        delivery_id,
    )


async def locked(tx: Db, account_id: int, webhook_id: int) -> Row | None:
    """One of them, which nobody changes and for which nobody makes deliveries meanwhile."""
    return await tx.row(
        "select id, host, disabled from webhooks where account_id = $1 and id = $2 for no key update",
        account_id,
        webhook_id,
    )


async def again(tx: Db, account_id: int, delivery_id: int) -> bool:
    """It is sent now, with all its tries. One that waits for its next try keeps how often it was tried; one that is to
    be sent at this moment is left as it is."""
    return bool(
        await tx.run(
            """
            update deliveries set next_at = now(),
              attempts = case when next_at is null then 0 else attempts end,
              last_status = case when next_at is null then null else last_status end,
              last_error = case when next_at is null then null else last_error end
            where account_id = $1 and id = $2 and (next_at is null or next_at > now())
            """,
            account_id,
            delivery_id,
        )
    )


async def failed_again(tx: Db, account_id: int, webhook_id: int, most: int) -> int:
    """The oldest of those that came to nothing are sent now, with all their tries; how many."""
    return await tx.run(
        """
        with chosen as materialized (  -- once: a subquery that locks would be asked anew for each row, past its limit
          select id from deliveries
          where account_id = $1 and webhook_id = $2 and next_at is null
            and (last_status is null or last_status not between 100 and 299)
          order by id limit $3 for update
        )
        update deliveries d set next_at = now(), attempts = 0, last_status = null, last_error = null
        from chosen where d.account_id = $1 and d.id = chosen.id
        """,
        account_id,
        webhook_id,
        most,
    )


async def wake(tx: Db, account_id: int, webhook_id: int) -> None:
    """Something of it is due now."""
    await tx.run(
        "update webhooks set due_at = least(due_at, now()) where account_id = $1 and id = $2", account_id, webhook_id
    )


async def switch_on(tx: Db, account_id: int, webhook_id: int, now: int) -> bool:
    """It is told what comes from now on."""
    return bool(
        await tx.run(
            """
            update webhooks set disabled = false, bad_at = '{}', updated_at = $3,
              heard_from = nextval(pg_get_serial_sequence('facts', 'id'))
            where account_id = $1 and id = $2 and disabled
            """,
            account_id,
            webhook_id,
            now,
        )
    )


async def add_test(tx: Db, account_id: int, webhook_id: int, event: str, body: str) -> int:
    """A delivery of no fact; one that has not been tried yet is enough. Under the lock of its webhook."""
    return await tx.value(
        """
        with waits as (
          select id from deliveries where account_id = $1 and webhook_id = $2 and event = $3 and next_at is not null
            and attempts = 0 order by id desc limit 1
        ), made as (
          insert into deliveries (account_id, webhook_id, fact_id, event, body)
          select $1, $2, least(coalesce(
            (select min(fact_id) from deliveries where account_id = $1 and webhook_id = $2), 0), 0) - 1, $3, $4
          where not exists (select from waits)
          returning id
        )
        select id from made union all select id from waits
        """,
        account_id,
        webhook_id,
        event,
        body,
    )
