"""The unsorted: what came in and has no card yet. An item is seen by its lead, and by who took part in its call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, LiteralString

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import visible
from trubka.db.compose import Statement
from trubka.rules.calls import LONGEST_SECONDS
from trubka.rules.entities import Entity
from trubka.rules.rights import Me, Sight, sight

MOST_NEAR = 50  # items of one number that may tell of the same call

COLUMNS: dict[str, LiteralString] = {"id": "i.id", "created_at": "i.created_at", "updated_at": "i.updated_at"}

# Whether the contact and the company were made with the item, and so share its fate.
NEW: LiteralString = """
  exists (select from contacts c where c.account_id = $1 and c.id = i.contact_id and c.is_unsorted) as is_contact_new,
  exists (select from companies c where c.account_id = $1 and c.id = i.company_id and c.is_unsorted) as is_company_new
"""


class Wanted(msgspec.Struct, kw_only=True):
    """Which waiting items of a list are wanted; what is None does not matter."""

    limit: int
    skip: int = 0
    after: tuple[Any, int] | None = None
    sorting: Literal["id", "created_at", "updated_at"] = "id"
    descending: bool = False
    uids: list[str] | None = None
    categories: list[str] | None = None
    pipelines: list[int] | None = None


async def page(db: Db, account_id: int, me: Me, wanted: Wanted) -> list[Row]:
    """One page of what waits; with the recording of its call, when there is one."""
    found = Statement(account_id)
    way: LiteralString = " desc" if wanted.descending else ""
    found.add("select i.*, k.line, k.talk_seconds, c.name as lead_name,")
    found.add("array[c.responsible_user_id, c.pipeline_id, c.status_id] as place,")
    found.add("(select r.id from recordings r where r.account_id = $1 and r.call_id = coalesce(k.same_as, k.id)")
    found.add("and r.state <> 'deleted' order by r.id desc limit 1) as recording_id")
    found.add("from unsorted i join leads c on c.account_id = $1 and c.id = i.lead_id")
    found.add("left join calls k on k.account_id = $1 and k.id = i.call_id")
    found.add("where i.account_id = $1 and i.state = 'waiting'")
    seen(found, me)
    for column, values in (("uid", wanted.uids), ("category", wanted.categories)):
        if values is not None:
            found.add("and i." + NAMED[column] + " = any(?::text[])", values)
    if wanted.pipelines is not None:
        found.add("and i.pipeline_id = any(?::int8[])", wanted.pipelines)
    if wanted.after is not None:
        sign: LiteralString = "<" if wanted.descending else ">"
        found.add("and (" + COLUMNS[wanted.sorting] + ", i.id) " + sign + " (?, ?)", *wanted.after)
    found.add("order by " + COLUMNS[wanted.sorting] + way + ", i.id" + way)
    found.add("limit ? offset ?", wanted.limit, wanted.skip)
    return await db.lists.rows(found.text, *found.values)


NAMED: dict[str, LiteralString] = {"uid": "uid", "category": "category"}


def seen(found: Statement, me: Me) -> None:
    """A condition of the items i and their leads c: that one sees them (rules/unsorted.py has the same for one)."""
    mine = sight(me, Entity.lead)
    if mine.all:
        return
    found.add("and (true")
    visible(found, mine)
    if mine.owners != ():
        found.add("or ? = any(i.user_ids)", me.user_id)
        visible(found, Sight(Entity.lead, None, mine.hidden))
    found.add(")")


async def summary(
    db: Db,
    account_id: int,
    me: Me,
    uids: list[str] | None,
    pipelines: list[int] | None,
    created: tuple[int | None, int | None],
) -> Row:
    """How many items there were, and what became of them."""
    found = Statement(account_id)
    found.add("select count(*) as total, count(*) filter (where i.state in ('accepted', 'linked')) as accepted,")
    found.add("count(*) filter (where i.state = 'declined') as declined,")
    found.add(
        "count(*) filter (where i.category = 'sip') as sip, count(*) filter (where i.category = 'forms') as forms,"
    )
    found.add(
        "coalesce(avg(greatest(i.decided_at - i.created_at, 0)) filter (where i.decided_at is not null), 0)::int8"
    )
    found.add("as average_sort_time from unsorted i join leads c on c.account_id = $1 and c.id = i.lead_id")
    found.add("where i.account_id = $1")
    seen(found, me)
    if uids is not None:
        found.add("and i.uid = any(?::text[])", uids)
    if pipelines is not None:
        found.add("and i.pipeline_id = any(?::int8[])", pipelines)
    low, high = created
    if low is not None:
        found.add("and i.created_at >= ?", low)
    if high is not None:
        found.add("and i.created_at <= ?", high)
    row = await db.lists.row(found.text, *found.values)
    assert row is not None
    return row


async def lock_call(tx: Db, account_id: int, uid: str) -> None:
    """The call of an item, before its lead: whoever saves how a call went has locked them in this order."""
    await tx.run(
        """
        select from calls k where k.account_id = $1
          and k.id = (select u.call_id from unsorted u where u.account_id = $1 and u.uid = $2) for update
        """,
        account_id,
        uid,
    )


async def locked(tx: Db, account_id: int, uid: str) -> Row | None:
    """An item, whatever became of it, with the place of its lead; of two who decide at once the second one waits. The
    lead is locked first, as by whoever moves it by hand."""
    return await tx.row(
        """
        with lead as materialized (
          select c.id, c.responsible_user_id as owner, c.status_id, c.is_deleted from leads c
          where c.account_id = $1
            and c.id = (select u.lead_id from unsorted u where u.account_id = $1 and u.uid = $2) for update
        )
        select i.*, lead.owner, lead.status_id, lead.is_deleted, """
        + NEW
        + """
        from lead join unsorted i on i.account_id = $1 and i.lead_id = lead.id
        where i.account_id = $1 and i.uid = $2 for update of i
        """,
        account_id,
        uid,
    )


async def of_leads(tx: Db, account_id: int, lead_ids: Sequence[int]) -> list[Row]:
    """The items that wait with these leads, for this transaction alone."""
    return await tx.rows(
        """
        select i.*, """
        + NEW
        + """ from unsorted i
        where i.account_id = $1 and i.state = 'waiting' and i.lead_id = any($2::int8[]) order by i.id for update
        """,
        account_id,
        list(lead_ids),
    )


async def decide(tx: Db, account_id: int, item_id: int, state: str, by: int, now: int) -> None:
    await tx.run(
        """
        update unsorted set state = $3, decided_by = $4, decided_at = $5, updated_at = $5
        where account_id = $1 and id = $2
        """,
        account_id,
        item_id,
        state,
        by,
        now,
    )


async def show_cards(
    tx: Db, account_id: int, contact_ids: Sequence[int], company_ids: Sequence[int], owner: int, by: int, now: int
) -> None:
    """Contacts and companies are ordinary ones from now on."""
    await tx.run(
        """
        with firms as (
          update companies c set is_unsorted = false, responsible_user_id = $4, updated_by = $5, updated_at = $6
          where c.account_id = $1 and c.id = any($3::int8[])
        )
        update contacts c set is_unsorted = false, responsible_user_id = $4, updated_by = $5, updated_at = $6
        where c.account_id = $1 and c.id = any($2::int8[])
        """,
        account_id,
        list(contact_ids),
        list(company_ids),
        owner,
        by,
        now,
    )


async def show_lead(tx: Db, account_id: int, lead_id: int) -> None:
    await tx.run("update leads set is_unsorted = false where account_id = $1 and id = $2", account_id, lead_id)


async def bin_cards(
    tx: Db,
    account_id: int,
    lead_ids: Sequence[int],
    contact_ids: Sequence[int],
    company_ids: Sequence[int],
    by: int,
    now: int,
) -> None:
    """To the bin, where they are no unsorted ones any more."""
    await tx.run(
        """
        with firms as (
          update companies c set is_deleted = true, is_unsorted = false, updated_by = $5, updated_at = $6
          where c.account_id = $1 and c.id = any($4::int8[])
        ), people as (
          update contacts c set is_deleted = true, is_unsorted = false, updated_by = $5, updated_at = $6
          where c.account_id = $1 and c.id = any($3::int8[])
        )
        update leads c set is_deleted = true, is_unsorted = false, is_active = false, updated_by = $5, updated_at = $6
        where c.account_id = $1 and c.id = any($2::int8[])
        """,
        account_id,
        list(lead_ids),
        list(contact_ids),
        list(company_ids),
        by,
        now,
    )


async def move_notes(tx: Db, account_id: int, lead_id: int, entity: int, card_id: int) -> list[Row]:
    """What was written on the lead that waited goes to the card that it was linked to."""
    return await tx.rows(
        """
        update notes set entity = $3, entity_id = $4 where account_id = $1 and entity = 2 and entity_id = $2
        returning id, note_type, created_by, created_at
        """,
        account_id,
        lead_id,
        entity,
        card_id,
    )


async def identities(tx: Db, account_id: int, wanted: Sequence[bytes]) -> set[bytes]:
    """Which of these items are there already."""
    rows = await tx.rows(
        "select identity from unsorted where account_id = $1 and identity = any($2::bytea[])", account_id, list(wanted)
    )
    return {row["identity"] for row in rows}


async def lock(tx: Db, account_id: int, keys: Sequence[int]) -> None:
    """Until the end of the transaction nobody else adds an item with these numbers or of these identities: one call
    that is told from two sides at the same moment would become two items."""
    await tx.run(
        """
        select pg_advisory_xact_lock(hashtextextended('unsorted ' || $1::int || ' ' || t, 0))
        from unnest($2::int8[]) t
        """,
        account_id,
        sorted(set(keys)),
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
            coalesce(k.ended_at, (i.metadata ->> 'called_at')::int8
              + least(coalesce((i.metadata ->> 'duration')::int8, 0), $5)) as ended
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
        LONGEST_SECONDS,
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
    """The card of a call, whoever tells of it."""
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
