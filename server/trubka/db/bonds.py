"""Bonds between cards: reading them as far as one sees their ends, and writing what changed."""

from __future__ import annotations

from collections.abc import Sequence

from trubka.db import Db, Row
from trubka.db.cards import HIDDEN, NUMBERS, TABLES, bonds_of, visible
from trubka.db.compose import Statement
from trubka.rules.bonds import Bond
from trubka.rules.entities import Entity
from trubka.rules.rights import Sight

MOST_LISTED = 10_000  # links in one answer


async def of_cards(db: Db, account_id: int, cards: Sequence[tuple[Entity, int]]) -> list[Bond]:
    """The bonds that are kept from these cards to others."""
    rows = await db.rows(
        """
        select b.entity, b.id, b.to_entity, b.to_id, b.is_main, b.sort
        from unnest($2::smallint[], $3::int8[]) as f(entity, id)
        join bonds b on b.account_id = $1 and b.entity = f.entity and b.id = f.id
        """,
        account_id,
        [int(entity) for entity, _ in cards],
        [card_id for _, card_id in cards],
    )
    return [bond_of(row) for row in rows]


def bond_of(row: Row) -> Bond:
    return Bond(Entity(row["entity"]), row["id"], Entity(row["to_entity"]), row["to_id"], row["is_main"], row["sort"])


async def remove(db: Db, account_id: int, gone: Sequence[Bond]) -> None:
    await db.run(
        """
        delete from bonds b using unnest($2::smallint[], $3::int8[], $4::smallint[], $5::int8[])
          as g(entity, id, to_entity, to_id)
        where b.account_id = $1 and b.entity = g.entity and b.id = g.id
          and b.to_entity = g.to_entity and b.to_id = g.to_id
        """,
        account_id,
        *ends_of(gone),
    )


async def put(db: Db, account_id: int, bonds: Sequence[Bond]) -> None:
    """New bonds, and those whose place or whose being the main one has changed."""
    await db.run(
        """
        insert into bonds (account_id, entity, id, to_entity, to_id, is_main, sort)
        select $1, n.*
        from unnest($2::smallint[], $3::int8[], $4::smallint[], $5::int8[], $6::boolean[], $7::int[]) as n
        on conflict (account_id, entity, id, to_entity, to_id)
          do update set is_main = excluded.is_main, sort = excluded.sort
        """,
        account_id,
        *ends_of(bonds),
        [bool(bond.is_main) for bond in bonds],
        [bond.sort for bond in bonds],
    )


def ends_of(bonds: Sequence[Bond]) -> list[list[int]]:
    return [
        [int(bond.entity) for bond in bonds],
        [bond.id for bond in bonds],
        [int(bond.to_entity) for bond in bonds],
        [bond.to_id for bond in bonds],
    ]


async def seen(db: Db, account_id: int, sight: Sight, card_ids: Sequence[int], others: Sequence[Sight]) -> list[Row]:
    """What these cards are bound to, as (card, entity, id, is_main). A card that one sees and that has no bonds is
    told as a row without an end, so that it can be told from one that is not there.
    """
    found, entity = Statement(account_id), sight.entity
    found.add("with p as materialized (select c.id as page_id from " + TABLES[entity] + " c where c.account_id = $1")
    found.add("and c.id = any(?::int8[]) and " + HIDDEN[entity], list(card_ids))
    visible(found, sight)
    found.add(") select p.page_id as card_id, 0 as to_entity, 0::int8 as to_id, false as is_main, 0 as sort from p")
    for seen_there in others:
        other = seen_there.entity
        found.add("union all select l.* from p, lateral (")
        found.add("select p.page_id, " + NUMBERS[other] + ", c.id, b.is_main, b.sort")
        found.add(bonds_of(entity, other) + " and " + HIDDEN[other])
        visible(found, seen_there)
        found.add("limit ?) l", MOST_LISTED)
    found.add("order by card_id, to_entity, is_main desc, sort, to_id")
    return await db.lists.rows(found.text, *found.values)
