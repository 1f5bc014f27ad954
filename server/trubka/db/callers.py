"""Who calls: the cards that a number may mean, with what stands on them, and how often it has called today."""

from __future__ import annotations

from collections.abc import Sequence

from trubka.db import Db, Row
from trubka.db.calls import CARD, seen
from trubka.db.compose import Statement
from trubka.rules.rights import Me

MOST_LEADS = 5


async def ground(
    db: Db, account_id: int, me: Me, tail: int | None, line: int | None, pbx_id: int | None, midnight: int
) -> Row:
    """How often a number has called since midnight, as far as one sees its calls, and the name of the line that it has
    dialled."""
    found = Statement(account_id)
    found.add("select (select count(*) from calls k where k.account_id = $1 and k.tail = ?::int8", tail)
    found.add("and k.started_at >= ? and k.direction = 1 and k.same_as is null", midnight)
    seen(found, me)
    found.add(")::int as today,")
    found.add("(select l.name from lines l where l.account_id = $1 and l.tail = ?::int8", line)
    found.add("and (l.pbx_id is null or l.pbx_id = ?::int8)", pbx_id)
    found.add("order by l.pbx_id nulls last, l.id limit 1) as line_name,")
    found.add("(select p.kind from pbxes p where p.account_id = $1 and p.id = ?::int8) as kind", pbx_id)
    row = await db.row(found.text, *found.values)
    assert row is not None
    return row


async def around(db: Db, account_id: int, entity: int, card_id: int) -> list[tuple[int, int]]:
    """What is linked to a card: of a contact or company its open leads, the newest first; of a lead or customer its
    people, the main one first."""
    rows = await db.rows(
        """
        (select 2 as entity, c.id from bonds b join leads c on c.account_id = $1 and c.id = b.id
          where b.account_id = $1 and b.to_entity = $2 and b.to_id = $3 and b.entity = 2
            and c.is_active and not c.is_deleted
          order by c.updated_at desc, c.id limit $4)
        union all
        (select b.to_entity, b.to_id from bonds b
          where b.account_id = $1 and b.entity = $2 and b.id = $3 and $2 in (2, 12) and b.to_entity in (1, 3)
          order by b.to_entity, b.is_main desc, b.sort, b.to_id limit $4)
        """,
        account_id,
        entity,
        card_id,
        MOST_LEADS,
    )
    return [(row["entity"], row["id"]) for row in rows]


async def cards(db: Db, account_id: int, wanted: Sequence[tuple[int, int]]) -> list[Row]:
    """These cards as a caller's card shows them: (kind, id) with name and place, the last talk, the company, and of a
    lead its sum and stage."""
    return await db.lists.rows(
        """
        select k.entity, k.entity_id as id, p.place, p.name,
          case k.entity when 1 then (select c.talked_at from contacts c where c.account_id = $1 and c.id = k.entity_id)
            when 3 then (select c.talked_at from companies c where c.account_id = $1 and c.id = k.entity_id)
          end as talked_at,
          case when k.entity = 1 then (
            select jsonb_build_array(c.id, c.name, c.responsible_user_id) from bonds b
            join companies c on c.account_id = $1 and c.id = b.to_id and not c.is_deleted
            where b.account_id = $1 and b.entity = 1 and b.id = k.entity_id and b.to_entity = 3 limit 1) end as company,
          l.price, l.stage, l.color
        from unnest($2::int2[], $3::int8[]) with ordinality as k(entity, entity_id, place)
        join """
        + CARD
        + """ on true
        left join lateral (
          select c.price, s.name as stage, s.color from leads c
          join statuses s on s.account_id = $1 and s.pipeline_id = c.pipeline_id and s.id = c.status_id
          where k.entity = 2 and c.account_id = $1 and c.id = k.entity_id) l on true
        order by k.place
        """,
        account_id,
        [entity for entity, _ in wanted],
        [card_id for _, card_id in wanted],
    )
