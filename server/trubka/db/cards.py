"""What contacts, companies, leads and customers have in common: pages of ids, reading by id, keys, numbers, bonds.

A page is found in two steps of one statement: the narrow step walks an index and stops at the limit, the wide one
fetches what is shown for those few ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, LiteralString

import msgspec

from trubka.db import Db, Row, search
from trubka.db.compose import Statement
from trubka.db.search import NUMBERS, TABLES
from trubka.rules import phones
from trubka.rules.bonds import KEPT
from trubka.rules.entities import Entity
from trubka.rules.rights import Sight
from trubka.rules.search import FEW, Sample, Term, Way, cheapest, only_in_keys, rarest

MOST_LINKED = 1_000  # cards of one kind that a list tells of one card

Sorting = Literal["id", "created_at", "updated_at", "price", "next_date"]

COLUMNS: dict[str, LiteralString] = {
    "id": "c.id",
    "created_at": "c.created_at",
    "updated_at": "c.updated_at",
    "closest_task_at": "c.closest_task_at",
    "price": "c.price",
    "closed_at": "c.closed_at",
    "next_price": "c.next_price",
    "next_date": "c.next_date",
    "status_id": "c.status_id",
    "pipeline_id": "c.pipeline_id",
    "created_by": "c.created_by",
    "updated_by": "c.updated_by",
    "responsible_user_id": "c.responsible_user_id",
}


WALK = Way("walk")


def place_of(row: LiteralString, account: LiteralString = "$1", where: LiteralString = "") -> LiteralString:
    """Where the card of a row stands, as an array: who answers for it, and of a lead its pipeline and status; null when
    there is none. By its own number, in the table of its kind alone."""
    of: LiteralString = " c where c.account_id = " + account + " and c.id = " + row + ".entity_id" + where + ")"
    return (
        "case " + row + ".entity"
        " when 1 then (select array[c.responsible_user_id, 0, 0] from contacts" + of + ""
        " when 2 then (select array[c.responsible_user_id, c.pipeline_id, c.status_id] from leads" + of + ""
        " when 3 then (select array[c.responsible_user_id, 0, 0] from companies" + of + ""
        " when 12 then (select array[c.responsible_user_id, 0, 0] from customers" + of + " end"
    )


class Wanted(msgspec.Struct, kw_only=True):
    """Which records of a list are wanted; everything that is None does not matter."""

    limit: int
    skip: int = 0
    after: tuple[Any, int] | None = None
    sorting: Sorting = "id"
    descending: bool = False
    sight: Sight | None = None  # rights: which records one sees
    deleted: bool = False  # only those
    ids: list[int] | None = None
    among: dict[str, list[int]] = {}  # column: its values
    spans: dict[str, tuple[int | None, int | None]] = {}  # column: from, to
    statuses: list[tuple[int, int]] | None = None  # (pipeline, status)
    numeric: dict[int, tuple[int | None, int | None]] = {}  # custom field: from, to
    numbers: list[int] | None = None  # phone numbers by their last digits: the filter of that field
    tails: list[int] | None = None  # and what is searched for: also by their last digits
    runs: Term = ()  # or by the digits they have somewhere
    keys: list[list[str]] = []  # each: any of these keys
    tags: list[int] = []  # any of these
    terms: list[Term] = []  # words, runs of digits, an e-mail: all of them
    linked: Sequence[Sight] = ()  # which cards that are bound to these are told, as far as one sees them

    @property
    def plain(self) -> bool:
        """Some ids or numbers and nothing else: the same plan is good for all of them."""
        few = self.ids is not None or self.tails is not None
        others = self.among or self.spans or self.statuses or self.numeric or self.keys or self.terms or self.tags
        return few and not others


TAGS: LiteralString = """case when c.tags = '{}' then null else
    (select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'color', t.color)
                      order by array_position(c.tags, t.id))
     from tags t where t.account_id = $1 and t.id = any(c.tags)) end as tag_list"""
HIDDEN: dict[Entity, LiteralString] = {  # what lists never show
    Entity.contact: "not c.is_deleted and not c.is_unsorted",
    Entity.company: "not c.is_deleted and not c.is_unsorted",
    Entity.lead: "not c.is_deleted",
    Entity.customer: "not c.is_deleted",
}


SHARED: LiteralString = """name, responsible_user_id, created_by, updated_by, created_at, updated_at, tags, fields,
    words"""
OWN: dict[Entity, LiteralString] = {  # the columns that only this kind of card has, as changes write them
    Entity.contact: ", first_name, last_name",
    Entity.company: "",
    Entity.lead: ", price, pipeline_id, status_id, is_active, loss_reason_id, closed_at, visitor_uid",
    Entity.customer: ", next_price, next_date, status_id, periodicity",
}


MADE_UNSORTED: dict[Entity, LiteralString] = {  # those that may wait in the unsorted from the start
    Entity.contact: ", is_unsorted",
    Entity.company: ", is_unsorted",
    Entity.lead: ", is_unsorted",
    Entity.customer: "",
}


async def page(db: Db, account_id: int, entity: Entity, wanted: Wanted, show: LiteralString = "") -> list[Row]:
    """One page of a list; `show` adds columns to what every card shows."""
    if wanted.sight is not None and wanted.sight.none:
        return []
    how = await way_to(db, account_id, entity, wanted)
    found = Statement(account_id)
    table = TABLES[entity]
    way: LiteralString = " desc" if wanted.descending else ""
    found.add("select c.*, coalesce(u.group_id, 0) as group_id, " + TAGS + show)
    for sight in wanted.linked:
        linked(found, entity, sight)
    found.add("from (")
    if how.kind == "merge":
        merged(found, entity, wanted)
    else:
        found.add("select c.id as page_id from " + table + " c where c.account_id = $1")
        search.among(found, entity, how, wanted.terms, owners_of(wanted))
        narrow(found, entity, wanted)
        found.add("order by " + COLUMNS[wanted.sorting] + way + ", c.id" + way)
    found.add("limit ? offset ?) p", wanted.limit, wanted.skip)
    found.add("join " + table + " c on c.account_id = $1 and c.id = p.page_id")
    found.add("left join users u on u.account_id = $1 and u.id = c.responsible_user_id")
    found.add("order by " + COLUMNS[wanted.sorting] + way + ", c.id" + way)
    return await (db if wanted.plain else db.lists).rows(found.text, *found.values)


async def count(db: Db, account_id: int, sight: Sight, most: int) -> int:
    """How many cards of a kind one sees; counting stops at `most`."""
    found = Statement(account_id)
    found.add("select count(*) from (select from " + TABLES[sight.entity] + " c where c.account_id = $1 and")
    found.add(HIDDEN[sight.entity])
    visible(found, sight)
    found.add("limit ?) s", most)
    return await db.lists.value(found.text, *found.values)


async def counted(db: Db, account_id: int, entity: Entity, wanted: Wanted, most: int) -> int:
    """How many cards a filter lets through; counting stops at `most`."""
    if wanted.sight is not None and wanted.sight.none:
        return 0
    how = await way_to(db, account_id, entity, wanted)
    found = Statement(account_id)
    found.add("select count(*) from (select from " + TABLES[entity] + " c where c.account_id = $1")
    search.among(found, entity, how, wanted.terms, owners_of(wanted))
    narrow(found, entity, wanted)
    found.add("limit ?) s", most)
    return await db.lists.value(found.text, *found.values)


async def way_to(db: Db, account_id: int, entity: Entity, wanted: Wanted) -> Way:
    """How a page is found: a list that is not searched, or only among some ids, is walked through as it stands."""
    if not wanted.terms:
        return WALK
    if wanted.ids is not None or wanted.deleted:
        return Way("gather") if only_in_keys(wanted.terms) else WALK
    counts = await search.counted(db, account_id, entity, wanted.terms)
    if counts[driver := rarest(counts)] < FEW:
        return Way("gather", driver)
    row = await search.sampled(db, account_id, entity, wanted.terms, owners_of(wanted))
    assert row is not None
    sample = Sample(row["rows"], row["seen"], row["terms"], row["all_terms"], row["owned"], row["fitting"])
    rows = wanted.limit + wanted.skip
    owners = owners_of(wanted)
    return cheapest(counts, sample, wanted.terms, None if owners is None else len(owners), rows, wanted.sorting)


def merged(found: Statement, entity: Entity, wanted: Wanted) -> None:
    """The cards of each owner, which an index has in the order that is asked for: PostgreSQL goes along all of them
    side by side, no further than the page needs."""
    sight, way = wanted.sight, " desc" if wanted.descending else ""
    assert sight is not None and sight.owners
    for place, owner in enumerate(sight.owners):
        found.add("select m.page_id from ((select c.id as page_id," if place == 0 else "union all (select c.id,")
        found.add(COLUMNS[wanted.sorting] + " as place from " + TABLES[entity] + " c where c.account_id = $1")
        own = msgspec.structs.replace(sight, owners=(owner,))
        narrow(found, entity, msgspec.structs.replace(wanted, sight=own))
        found.add("order by " + COLUMNS[wanted.sorting] + way + ", c.id" + way)
        found.add("limit ?)", wanted.limit + wanted.skip)
    found.add(") m order by m.place" + way + ", m.page_id" + way)


def owners_of(wanted: Wanted) -> tuple[int, ...] | None:
    return None if wanted.sight is None or wanted.sight.opened else wanted.sight.owners


def linked(found: Statement, entity: Entity, sight: Sight) -> None:
    """A column of [id, is main] pairs: the cards of another kind that are bound to this one, the main one first."""
    found.add(", (select jsonb_agg(jsonb_build_array(l.id, l.is_main)) from (select c.id, b.is_main")
    other = sight.entity
    found.add(bonds_of(entity, other) + " and " + HIDDEN[other])
    visible(found, sight)
    found.add("order by b.is_main desc, b.sort, c.id limit ?) l) as " + TABLES[other], MOST_LINKED)


def bonds_of(entity: Entity, other: Entity) -> LiteralString:
    """The bonds of the row `p.page_id` to cards of another kind, which are called c, whichever way they are kept."""
    here, there = NUMBERS[entity], NUMBERS[other]
    table = TABLES[other]
    if (entity, other) in KEPT:
        return (
            f"from bonds b join {table} c on c.account_id = $1 and c.id = b.to_id where b.account_id = $1"
            f" and b.entity = {here} and b.id = p.page_id and b.to_entity = {there}"
        )
    return (
        f"from bonds b join {table} c on c.account_id = $1 and c.id = b.id where b.account_id = $1"
        f" and b.to_entity = {here} and b.to_id = p.page_id and b.entity = {there}"
    )


def narrow(found: Statement, entity: Entity, wanted: Wanted) -> None:
    """The conditions, each from a literal."""
    found.add("and c.is_deleted" if wanted.deleted else "and " + HIDDEN[entity])
    visible(found, wanted.sight)
    if wanted.ids is not None:
        found.add("and c.id = any(?::int8[])", wanted.ids)
    for column, values in wanted.among.items():
        if len(values) == 1:  # whose cards an index has in their order
            found.add("and " + COLUMNS[column] + " = ?", values[0])
        else:
            found.add("and " + COLUMNS[column] + " = any(?::int8[])", values)
    for column, (low, high) in wanted.spans.items():
        if low is not None:
            found.add("and " + COLUMNS[column] + " >= ?", low)
        if high is not None:
            found.add("and " + COLUMNS[column] + " <= ?", high)
    if wanted.tags:
        found.add("and c.tags <> '{}' and c.tags && ?::int8[]", wanted.tags)
    if wanted.statuses is not None and len(wanted.statuses) == 1:  # whose leads an index has in their order
        found.add("and c.pipeline_id = ? and c.status_id = ?", *wanted.statuses[0])
    elif wanted.statuses is not None:
        pipelines = [pipeline for pipeline, _ in wanted.statuses]
        statuses = [status for _, status in wanted.statuses]
        # The pairs alone do not lead the planner to the index; the two columns do.
        found.add("and c.pipeline_id = any(?::int8[]) and c.status_id = any(?::int8[])", pipelines, statuses)
        found.add(
            "and (c.pipeline_id, c.status_id) in (select * from unnest(?::int8[], ?::int8[]))", pipelines, statuses
        )
    for field, (low, high) in wanted.numeric.items():
        found.add(
            "and exists (select from jsonb_array_elements(c.fields -> ?::text) v"
            " where (v ->> 'value')::numeric between coalesce(?::int8, '-infinity'::numeric)"
            " and coalesce(?::int8, 'infinity'::numeric))",
            str(field),
            low,
            high,
        )
    sought(found, entity, wanted)
    if wanted.after is not None:
        sign: LiteralString = "<" if wanted.descending else ">"
        if wanted.sorting == "id":
            found.add("and c.id " + sign + " ?", wanted.after[1])
        else:
            found.add("and (" + COLUMNS[wanted.sorting] + ", c.id) " + sign + " (?, ?)", *wanted.after)


def visible(found: Statement, sight: Sight | None) -> None:
    """Rights, of the rows called c: whose records, and for leads which statuses are closed or open to one."""
    if sight is None:
        return
    if sight.owners is not None:
        if sight.opened:
            found.add(
                "and (c.responsible_user_id = any(?::int8[])"
                " or (c.pipeline_id, c.status_id) in (select * from unnest(?::int8[], ?::int8[])))",
                list(sight.owners),
                [pipeline for pipeline, _ in sight.opened],
                [status for _, status in sight.opened],
            )
        elif len(sight.owners) == 1:  # whose cards an index has in their order
            found.add("and c.responsible_user_id = ?", sight.owners[0])
        else:
            found.add("and c.responsible_user_id = any(?::int8[])", list(sight.owners))
    if sight.hidden:
        found.add(
            "and not exists (select from unnest(?::int8[], ?::int8[]) as h(p, s)"
            " where h.p = c.pipeline_id and h.s = c.status_id)",
            [pipeline for pipeline, _ in sight.hidden],
            [status for _, status in sight.hidden],
        )


def on_card(found: Statement, sight: Sight, card: LiteralString, deleted: bool = False) -> None:
    """A condition of what hangs on cards (or on tasks): that one sees the one whose number `card` names."""
    table: LiteralString = "tasks" if sight.entity is Entity.task else TABLES[sight.entity]
    found.add("exists (select from " + table + " c where c.account_id = $1 and c.id = " + card)
    if not deleted:
        found.add("and " + HIDDEN[sight.entity])
    visible(found, sight)
    found.add(")")


def sought(found: Statement, entity: Entity, wanted: Wanted) -> None:
    """What the tables of numbers and keys are asked."""
    number = NUMBERS[entity]
    if wanted.numbers is not None:
        found.add(
            "and c.id = any(array(select h.id from phones h where h.account_id = $1 and h.entity = "
            + number
            + " and h.tail = any(?::int8[])))",
            wanted.numbers,
        )
    if wanted.tails is not None:
        found.add(
            "and c.id = any(array(select h.id from phones h where h.account_id = $1 and h.entity = "
            + number
            + " and h.tail = any(?::int8[])",
            wanted.tails,
        )
        if wanted.runs:
            found.add("union select k.id from (")
            search.candidates(found, entity, wanted.runs)
            found.add(") k")
        found.add("))")
    for keys in wanted.keys:
        found.add(
            "and c.id = any(array(select k.id from keys k where k.account_id = $1 and k.entity = "
            + number
            + " and k.key = any(?::text[])))",
            keys,
        )
    search.holds(found, wanted.terms)


async def new_ids(db: Db, account_id: int, entity: Entity, count: int) -> list[int]:
    """Numbers for new records, in order."""
    rows = await db.rows(
        """
        select nextval(pg_get_serial_sequence(case $2::int when 1 then 'contacts' when 2 then 'leads'
                 when 3 then 'companies' else 'customers' end, 'id')) as id
        from generate_series(1, $3::int) where $1::int is not null
        """,
        account_id,
        int(entity),
        count,
    )
    return sorted(row["id"] for row in rows)


async def locked(db: Db, account_id: int, entity: Entity, card_ids: Sequence[int]) -> list[Row]:
    """The records as they stand, locked in the order of their ids so that two changes never wait for each other."""
    found = Statement(account_id)
    found.add("select c.* from " + TABLES[entity] + " c where c.account_id = $1")
    found.add("and c.id = any(?::int8[]) and not c.is_deleted order by c.id for update", list(card_ids))
    return await db.rows(found.text, *found.values)


async def by_ids(
    db: Db, account_id: int, entity: Entity, card_ids: Sequence[int], sight: Sight | None = None
) -> list[Row]:
    """These records, as far as one sees them; deleted ones are not found."""
    found = Statement(account_id)
    found.add("select c.* from " + TABLES[entity] + " c where c.account_id = $1")
    found.add("and c.id = any(?::int8[]) and not c.is_deleted", list(card_ids))
    visible(found, sight)
    found.add("order by c.id")
    return await db.rows(found.text, *found.values)


async def places(
    db: Db, account_id: int, named: Sequence[tuple[Entity, int]]
) -> dict[tuple[Entity, int], tuple[int, int, int]]:
    """Who answers for each of these cards, and of a lead where it stands; of deleted ones too."""
    rows = await db.rows(
        """
        with n as (select * from unnest($2::int2[], $3::int8[]) as n(entity, id))
        select n.entity, c.id, c.responsible_user_id as owner, 0::int8 as pipeline_id, 0::int8 as status_id
        from n join contacts c on c.account_id = $1 and c.id = n.id where n.entity = 1
        union all
        select n.entity, c.id, c.responsible_user_id, c.pipeline_id, c.status_id
        from n join leads c on c.account_id = $1 and c.id = n.id where n.entity = 2
        union all
        select n.entity, c.id, c.responsible_user_id, 0, 0
        from n join companies c on c.account_id = $1 and c.id = n.id where n.entity = 3
        union all
        select n.entity, c.id, c.responsible_user_id, 0, 0
        from n join customers c on c.account_id = $1 and c.id = n.id where n.entity = 12
        """,
        account_id,
        [int(entity) for entity, _ in named],
        [card_id for _, card_id in named],
    )
    return {(Entity(row["entity"]), row["id"]): (row["owner"], row["pipeline_id"], row["status_id"]) for row in rows}


async def add(db: Db, account_id: int, entity: Entity, rows: Sequence[dict[str, Any]]) -> None:
    """New rows, their ids among their columns; jsonb_populate_recordset takes each column's type from the table."""
    table = TABLES[entity]
    names = "id, " + SHARED + OWN[entity] + MADE_UNSORTED[entity]
    await db.run(
        f"insert into {table} (account_id, {names})"
        f" select $1, {names} from jsonb_populate_recordset(null::{table}, $2)",
        account_id,
        list(rows),
    )


async def remove(db: Db, account_id: int, entity: Entity, card_ids: Sequence[int], by: int, now: int) -> None:
    """To the bin, whence they could come back: what hangs on them stays."""
    table = TABLES[entity]
    closed: LiteralString = ", is_active = false" if entity is Entity.lead else ""
    await db.run(
        f"update {table} c set is_deleted = true, updated_by = $3, updated_at = $4{closed}"
        " where c.account_id = $1 and c.id = any($2::int8[])",
        account_id,
        list(card_ids),
        by,
        now,
    )


async def bound_names(db: Db, account_id: int, entity: Entity, card_ids: Sequence[int], sight: Sight) -> list[Row]:
    """The first card of another kind that each of these is bound to, as far as one sees it: its number and name."""
    found = Statement(account_id)
    found.add("select p.page_id as id, o.id as other_id, o.name from unnest(?::int8[]) as p(page_id)", list(card_ids))
    found.add("cross join lateral (select c.id, c.name")
    found.add(bonds_of(entity, sight.entity) + " and " + HIDDEN[sight.entity])
    visible(found, sight)
    found.add("order by b.is_main desc, b.sort, c.id limit 1) o")
    return await db.rows(found.text, *found.values)


async def change(db: Db, account_id: int, entity: Entity, rows: Sequence[dict[str, Any]]) -> None:
    table = TABLES[entity]
    names = SHARED + OWN[entity]
    await db.run(
        f"update {table} c set ({names}) = (select {names} from jsonb_populate_record(null::{table}, n.card))"
        " from jsonb_array_elements($2) as n(card) where c.account_id = $1 and c.id = (n.card ->> 'id')::int8",
        account_id,
        list(rows),
    )


Key = tuple[int, str]  # card, key
Number = tuple[int, str]  # card, digits


async def write_keys(
    db: Db,
    account_id: int,
    entity: Entity,
    gone: tuple[Sequence[Key], Sequence[Number]],
    new: tuple[Sequence[Key], Sequence[Number]],
) -> None:
    """Search keys and numbers of cards: those that are gone are deleted, the new ones added, in one statement."""
    await db.run(
        """
        with gone_keys as (
          delete from keys k using unnest($3::int8[], $4::text[]) as g(id, key)
          where k.account_id = $1 and k.entity = $2 and k.key = g.key and k.id = g.id
        ), gone_numbers as (
          delete from phones p using unnest($5::int8[], $6::int8[], $7::text[]) as g(id, tail, digits)
          where p.account_id = $1 and p.tail = g.tail and p.entity = $2 and p.id = g.id and p.digits = g.digits
        ), new_numbers as (
          insert into phones (account_id, entity, id, tail, digits)
          select $1, $2, n.id, n.tail, n.digits
          from unnest($10::int8[], $11::int8[], $12::text[]) as n(id, tail, digits)
          on conflict do nothing
        )
        insert into keys (account_id, entity, id, key)
        select $1, $2, n.id, n.key from unnest($8::int8[], $9::text[]) as n(id, key)
        on conflict do nothing
        """,
        account_id,
        int(entity),
        *columns_of(gone),
        *columns_of(new),
    )


def columns_of(pair: tuple[Sequence[Key], Sequence[Number]]) -> list[list[int] | list[str]]:
    keys, numbers = pair
    return [
        [card for card, _ in keys],
        [key for _, key in keys],
        [card for card, _ in numbers],
        [phones.tail_of(digits) for _, digits in numbers],
        [digits for _, digits in numbers],
    ]
