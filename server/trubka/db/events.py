"""The log of events, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec

from trubka.db import Db, Row
from trubka.db.cards import on_card
from trubka.db.compose import Statement
from trubka.rules.entities import Entity
from trubka.rules.rights import Sight

NAMES: dict[Entity, LiteralString] = {
    Entity.contact: "when 1 then (select c.name from contacts c where c.account_id = $1 and c.id = e.entity_id)",
    Entity.lead: "when 2 then (select c.name from leads c where c.account_id = $1 and c.id = e.entity_id)",
    Entity.company: "when 3 then (select c.name from companies c where c.account_id = $1 and c.id = e.entity_id)",
    Entity.customer: "when 12 then (select c.name from customers c where c.account_id = $1 and c.id = e.entity_id)",
}


class Wanted(msgspec.Struct, kw_only=True):
    """Which lines of the log are wanted; what is None does not matter."""

    sights: Sequence[Sight]  # rights: the records whose lines one may read
    limit: int
    skip: int = 0
    after: tuple[int, int] | None = None  # (created_at, number) of the line before
    ids: list[tuple[int, int]] | None = None
    created: tuple[int | None, int | None] = (None, None)
    created_by: list[int] | None = None
    entities: list[int] | None = None
    entity_ids: list[int] | None = None
    types: list[str] | None = None
    any_field: bool = False  # besides `types`: changes of any field
    values_after: list[Any] | None = None  # each: what the value must hold
    values_before: list[Any] | None = None
    named: Sequence[Entity] = ()  # the kinds of card whose names are told


async def page(db: Db, account_id: int, wanted: Wanted) -> list[Row]:
    found = Statement(account_id)
    name: LiteralString = "null"
    if wanted.named:
        name = "case e.entity " + " ".join([NAMES[entity] for entity in wanted.named]) + " end"
    found.add("select e.*, " + name + " as name")
    found.add("from (select e.created_at as page_at, e.id as page_id from events e where e.account_id = $1")
    narrow(found, wanted)
    found.add("order by e.created_at desc, e.id desc limit ? offset ?) p", wanted.limit, wanted.skip)
    found.add("join events e on e.account_id = $1 and e.created_at = p.page_at and e.id = p.page_id")
    found.add("order by e.created_at desc, e.id desc")
    return await db.lists.rows(found.text, *found.values)


def narrow(found: Statement, wanted: Wanted) -> None:
    seen(found, wanted.sights)
    if wanted.ids is not None:
        found.add(
            "and (e.created_at, e.id) in (select * from unnest(?::int8[], ?::int8[]))",
            [created_at for created_at, _ in wanted.ids],
            [number for _, number in wanted.ids],
        )
    low, high = wanted.created
    if low is not None:
        found.add("and e.created_at >= ?", low)
    if high is not None:
        found.add("and e.created_at <= ?", high)
    if wanted.created_by is not None:
        found.add("and e.created_by = any(?::int8[])", wanted.created_by)
    if wanted.entities is not None:
        found.add("and e.entity = any(?::int2[])", wanted.entities)
    if wanted.entity_ids is not None:
        found.add("and e.entity_id = any(?::int8[])", wanted.entity_ids)
    if wanted.any_field:
        found.add("and (e.type = any(?::text[])", wanted.types or [])
        found.add(r"or e.type like 'custom\_field\_%\_value\_changed')")
    elif wanted.types is not None:
        found.add("and e.type = any(?::text[])", wanted.types)
    if wanted.values_after is not None:
        found.add(
            "and exists (select from jsonb_array_elements(?::jsonb) v where e.value_after @> v.value)",
            wanted.values_after,
        )
    if wanted.values_before is not None:
        found.add(
            "and exists (select from jsonb_array_elements(?::jsonb) v where e.value_before @> v.value)",
            wanted.values_before,
        )
    if wanted.after is not None:
        found.add("and (e.created_at, e.id) < (?, ?)", *wanted.after)


LINKS: dict[Entity, LiteralString] = {  # the types of lines that name another card of this kind
    Entity.contact: "('contact_linked', 'contact_unlinked')",
    Entity.lead: "('lead_linked', 'lead_unlinked')",
    Entity.company: "('company_linked', 'company_unlinked')",
    Entity.customer: "('customer_linked', 'customer_unlinked')",
}
LINKED: LiteralString = """(coalesce(e.value_after -> 0 -> 'link', e.value_after -> 0 -> 'unlink')
    -> 'entity' ->> 'id')::int8"""


def seen(found: Statement, sights: Sequence[Sight]) -> None:
    """The lines of what one sees, deleted or not; and of links only those to cards that one sees."""
    if all(sight.all for sight in sights):
        return
    links_seen(found, sights)
    found.add("and (e.entity = any(?::int2[])", [int(sight.entity) for sight in sights if sight.all])
    for sight in sights:
        if not sight.all and not sight.none:
            found.add("or e.entity = ? and", int(sight.entity))
            on_card(found, sight, "e.entity_id", deleted=True)
    found.add(")")


def links_seen(found: Statement, sights: Sequence[Sight]) -> None:
    """No line of a link to a card that one does not see."""
    for sight in sights:
        if sight.entity in LINKS and not sight.all:
            found.add("and (e.type not in " + LINKS[sight.entity])
            if not sight.none:
                found.add("or")
                on_card(found, sight, LINKED, deleted=True)
            found.add(")")
