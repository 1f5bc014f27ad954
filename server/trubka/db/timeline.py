"""What the timeline of one card is made of. Each source goes along an index and stops at the limit.

Notes are found by their lines in the log of events, which an index has in the order of time.
"""

from __future__ import annotations

from collections.abc import Sequence

from trubka.db import Db, Row
from trubka.db.calls import CARD, seen, shown
from trubka.db.compose import Statement
from trubka.db.events import links_seen
from trubka.rules.entities import Entity
from trubka.rules.rights import Me, Sight

MOST_PINNED = 20
MOST_NUMBERS = 20  # of a card, whose calls are looked for

Below = tuple[int, int]  # (moment, id) that all rows stand before


async def events(
    db: Db,
    account_id: int,
    card: tuple[Entity, int],
    sights: Sequence[Sight],
    types: tuple[tuple[str, ...] | None, tuple[str, ...]],
    below: Below,
    limit: int,
) -> list[Row]:
    """Lines of the log, and the notes that they tell of; of links only those to cards that one sees."""
    only, but = types
    found = Statement(account_id)
    found.add("select e.id, e.type, e.created_by, e.created_at, e.value_after, e.value_before, n.id as note_id,")
    found.add("n.note_type, n.params, n.created_by as note_by, n.updated_by, n.updated_at, n.is_pinned")
    found.add("from (select e.* from events e where e.account_id = $1 and e.entity = ? and e.entity_id = ?", *card)
    if only is not None:
        found.add("and e.type = any(?::text[])", list(only))
    if but:
        found.add("and e.type <> all(?::text[])", list(but))
    links_seen(found, sights)
    found.add("and (e.created_at, e.id) < (?, ?)", *below)
    found.add("order by e.created_at desc, e.id desc limit ?) e", limit)
    found.add("left join notes n on n.account_id = $1 and n.id = (e.value_after -> 0 -> 'note' ->> 'id')::int8")
    found.add("and n.entity = ? and n.entity_id = ? order by e.created_at desc, e.id desc", *card)
    return await db.lists.rows(found.text, *found.values)


async def pinned(db: Db, account_id: int, card: tuple[Entity, int]) -> list[Row]:
    """The notes that stand above all others, the latest first."""
    return await db.lists.rows(
        """
        select n.id as note_id, n.note_type, n.params, n.created_by as note_by, n.updated_by, n.created_at,
          n.updated_at, n.is_pinned
        from notes n where n.account_id = $1 and n.entity = $2 and n.entity_id = $3 and n.is_pinned
        order by n.id desc limit $4
        """,
        account_id,
        *card,
        MOST_PINNED,
    )


async def tasks(
    db: Db,
    account_id: int,
    card: tuple[Entity, int],
    owners: tuple[int, ...] | None,
    below: Below,
    limit: int,
) -> list[Row]:
    """What has been done; the tasks that are open stand elsewhere."""
    found = Statement(account_id)
    found.add("select t.* from tasks t where t.account_id = $1 and t.entity = ? and t.entity_id = ?", *card)
    found.add("and t.is_completed and not t.is_deleted")
    if owners is not None:
        found.add("and t.responsible_user_id = any(?::int8[])", list(owners))
    found.add("and (t.updated_at, t.id) < (?, ?) order by t.updated_at desc, t.id desc limit ?", *below, limit)
    return await db.lists.rows(found.text, *found.values)


async def calls(db: Db, account_id: int, card: tuple[Entity, int], me: Me, below: Below, limit: int) -> list[Row]:
    """The conversations of a card that one sees; and those with the numbers of a contact or a company that stand on
    another card of theirs, as far as one sees that one."""
    entity, _ = card
    found = Statement(account_id)
    shown(found, me)
    found.add("from (select k.* from ((select k.id from calls k where k.account_id = $1 and k.same_as is null")
    found.add("and k.entity = ? and k.entity_id = ? and (k.started_at, k.id) < (?, ?)", *card, *below)
    found.add("order by k.started_at desc, k.id desc limit ?)", limit)
    if entity in (Entity.contact, Entity.company):
        found.add("union (select i.id from (select distinct h.tail from phones h where h.account_id = $1")
        found.add("and h.entity = ? and h.id = ? order by h.tail limit ?) t, lateral (", *card, MOST_NUMBERS)
        found.add("select k.id from calls k where k.account_id = $1 and k.same_as is null and k.tail = t.tail")
        found.add("and (k.started_at, k.id) < (?, ?)", *below)
        seen(found, me)
        found.add("order by k.started_at desc, k.id desc limit ?) i)", limit)
    found.add(") i join calls k on k.account_id = $1 and k.id = i.id")
    found.add("order by k.started_at desc, k.id desc limit ?) k", limit)
    found.add("left join " + CARD + " on true order by k.started_at desc, k.id desc")
    return await db.lists.rows(found.text, *found.values)


async def unsorted(db: Db, account_id: int, lead_id: int, below: Below, limit: int) -> list[Row]:
    """The items of the unsorted that a lead has come from."""
    return await db.lists.rows(
        """
        select u.id, u.uid, u.category, u.source_uid, u.source_name, u.metadata, u.state, u.decided_by, u.created_at
        from unsorted u where u.account_id = $1 and u.lead_id = $2 and (u.created_at, u.id) < ($3, $4)
        order by u.created_at desc, u.id desc limit $5
        """,
        account_id,
        lead_id,
        *below,
        limit,
    )
