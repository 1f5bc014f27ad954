"""The unsorted: what came in and has no card yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row

MOST_NEAR = 50  # items of one number that may tell of the same call


async def lock_numbers(tx: Db, account_id: int, tails: Sequence[int]) -> None:
    """Until the end of the transaction nobody else adds an item of these numbers: one call that is told from two sides
    at the same moment would become two items."""
    await tx.run(
        """
        select pg_advisory_xact_lock(hashtextextended('unsorted ' || $1::int || ' ' || t, 0))
        from unnest($2::int8[]) t
        """,
        account_id,
        sorted(set(tails)),
    )


async def of_call(tx: Db, account_id: int, call_id: int) -> Row | None:
    return await tx.row("select * from unsorted where account_id = $1 and call_id = $2 limit 1", account_id, call_id)


async def of_numbers(tx: Db, account_id: int, tails: Sequence[int], ours: bool) -> list[Row]:
    """The latest items of calls with these numbers, of our own PBXes or the others; and when the calls were."""
    return await tx.rows(
        """
        select n.* from unnest($2::int8[]) t(tail), lateral (
          select i.*, c.owner, c.status_id,
            coalesce(k.started_at, (i.metadata ->> 'called_at')::int8) as began,
            coalesce(k.ended_at, (i.metadata ->> 'called_at')::int8 + (i.metadata ->> 'duration')::int8) as ended
          from unsorted i
          join lateral (select c.responsible_user_id as owner, c.status_id from leads c
                        where c.account_id = $1 and c.id = i.lead_id) c on true
          left join calls k on k.account_id = $1 and k.id = i.call_id and k.source = 1
          where i.account_id = $1 and i.tail = t.tail and i.category = 'sip' and (k.id is not null) = $3
          order by i.id desc limit $4) n
        """,
        account_id,
        sorted(set(tails)),
        ours,
        MOST_NEAR,
    )


async def add(tx: Db, account_id: int, rows: Sequence[dict[str, Any]]) -> list[int]:
    """New items; their numbers in the order of the rows."""
    made = await tx.rows(
        """
        insert into unsorted (account_id, id, uid, category, source_uid, source_name, pipeline_id, metadata, tail,
          lead_id, contact_id, company_id, call_id, user_ids, identity, created_by, created_at, updated_at)
          overriding system value
        select $1, nextval('unsorted_id_seq'), r.uid, r.category, r.source_uid, r.source_name, r.pipeline_id,
          r.metadata, r.tail, r.lead_id, r.contact_id, r.company_id, r.call_id, r.user_ids,
          decode(r.identity, 'hex'), r.created_by, r.created_at, r.updated_at
        from jsonb_to_recordset($2) as r(place int8, uid text, category text, source_uid text, source_name text,
          pipeline_id int8, metadata jsonb, tail int8, lead_id int8, contact_id int8, company_id int8, call_id int8,
          user_ids int8[], identity text, created_by int8, created_at int8, updated_at int8)
        order by r.place
        returning id
        """,
        account_id,
        [{"place": place} | row for place, row in enumerate(rows)],
    )
    return sorted(row["id"] for row in made)


async def tell_more(
    tx: Db,
    account_id: int,
    item_id: int,
    metadata: dict[str, Any],
    call_id: int | None,
    user_ids: Sequence[int],
    identity: bytes | None,
    now: int,
) -> None:
    """What another side knows of the same call."""
    await tx.run(
        """
        update unsorted set metadata = $3, call_id = coalesce($4, call_id), identity = coalesce(identity, $6),
          user_ids = array(select distinct u from unnest(user_ids || $5::int8[]) u order by u), updated_at = $7
        where account_id = $1 and id = $2
        """,
        account_id,
        item_id,
        metadata,
        call_id,
        list(user_ids),
        identity,
        now,
    )


async def place_call(
    tx: Db, account_id: int, call_id: int, entity: int, card_id: int, note_id: int | None, now: int
) -> None:
    """Whose call it is now."""
    await tx.run(
        """
        update calls set entity = $3, entity_id = $4, note_id = coalesce($5, note_id), updated_at = $6
        where account_id = $1 and id = $2
        """,
        account_id,
        call_id,
        entity,
        card_id,
        note_id,
        now,
    )
