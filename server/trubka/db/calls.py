"""Calls. What others report takes one read and one writing statement, however many calls there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any, LiteralString, NamedTuple, cast

import msgspec

from trubka.db import Db, Row, debts
from trubka.db.cards import HIDDEN, NUMBERS, TABLES, on_card, place_of, visible
from trubka.db.compose import PLACES, Statement
from trubka.rules.calls import LONGEST_SECONDS, SLACK_SECONDS, Part
from trubka.rules.debts import Deed
from trubka.rules.entities import CARDS, Entity
from trubka.rules.facts import AnyFact
from trubka.rules.owner import Candidate
from trubka.rules.rights import Me, Sight, owners, sight

MOST_CANDIDATES = 50  # contacts, and then companies, that one number is looked for in
MOST_LINKED = 10  # active leads, and then customers, that are read of each: more than one means none
MOST_PARTS = 100  # conversations of one number in the hours around a call
MOST_LOOKED = 10_000  # conversations that one page is looked for in, where no index leads to what is wanted


class Wanted(msgspec.Struct, kw_only=True):
    """What a batch of reports needs to know."""

    now: int
    count: int
    sights: Sequence[Sight] = ()  # of contacts and companies; empty: the cards are known
    linked: Sequence[Sight] = ()  # of leads, and of customers where the account has them
    tails: Sequence[int] = ()
    origin: str | None = None
    uniqs: Sequence[str] = ()
    people: Sequence[int] = ()  # users who are named
    numbers: Sequence[str] = ()  # and extensions or mobiles, as digits
    spans: Sequence[tuple[int, int, int]] = ()  # number, from, to: where reports of the same talk may be
    missed: Sequence[tuple[int, int]] = ()  # number, from: whether there was a talk since
    talks: Sequence[int] = ()  # numbers that somebody talked with: whether one owes them a call


Place = tuple[int, int, int]  # who answers for a card; of a lead its pipeline and status


class Known(msgspec.Struct, frozen=True, array_like=True):
    """A call that an integration has told of; no place: it has no card, or the card is gone."""

    note_id: int | None
    entity: Entity | None
    entity_id: int | None
    root: int  # the conversation
    place: Place | None


class Ground(msgspec.Struct):
    note_ids: list[int]
    call_ids: list[int]
    users: set[int]
    extensions: dict[str, int]  # digits: user
    known: dict[str, Known]  # by uniq
    parts: dict[int, list[Part]]  # by number
    talked: dict[int, int]  # number: when the last talk was over
    owed: set[int]  # numbers with an open debt
    found: dict[int, list[Candidate]]  # by number
    places: dict[tuple[Entity, int], Place]  # of all cards that are found


async def ground(db: Db, account_id: int, wanted: Wanted) -> Ground:
    """Everything at once; numbers for new notes and calls among it. What was told of before is asked for once more,
    with its card: that is rare."""
    found = Statement(account_id)
    found.add(
        "select array(select nextval('notes_id_seq') from generate_series(1, ?)) as note_ids,"
        " array(select nextval('calls_id_seq') from generate_series(1, ?)) as call_ids,"
        " array(select u.id from users u where u.account_id = $1 and u.id = any(?::int8[])) as users",
        wanted.count,
        wanted.count,
        wanted.people,
    )
    if wanted.numbers:
        found.add(
            ", (select jsonb_object_agg(n.number, e.user_id) from unnest(?::text[]) n(number),"
            " lateral (select x.user_id from extensions x where x.account_id = $1 and (x.number = n.number"
            " or length(n.number) > 6 and x.tail = right(n.number, 10)::int8) order by x.id limit 1) e) as extensions",
            wanted.numbers,
        )
    if wanted.uniqs:
        found.add(
            ", array(select u.uniq from unnest(?::text[]) u(uniq), lateral (select from calls k where k.account_id = $1"
            " and k.origin = ? and k.uniq = u.uniq and k.uniq <> '' limit 1) k) as known",
            wanted.uniqs,
            wanted.origin,
        )
    if wanted.spans:
        parts_near(found, wanted.spans)
    if wanted.missed:
        tails, since = zip(*wanted.missed, strict=True)
        found.add(
            ", (select json_agg(json_build_array(t.tail, k.over)) from unnest(?::int8[], ?::int8[]) t(tail, since),"
            " lateral (select max(coalesce(k.ended_at, ?)) as over from calls k where k.account_id = $1"
            " and k.tail = t.tail and k.started_at >= t.since - ? and k.answered_at is not null) k"
            " where k.over is not null) as talked",
            tails,
            since,
            wanted.now,
            LONGEST_SECONDS,
        )
    if wanted.talks:
        found.add(
            ", array(select d.tail from unnest(?::int8[]) t(tail), lateral (select d.tail from debts d"
            " where d.account_id = $1 and d.tail = t.tail and d.closed_at is null limit 1) d) as owed",
            wanted.talks,
        )
    if wanted.sights:
        candidates(found, wanted.sights, wanted.linked, wanted.tails)
    row = await db.row(found.text, *found.values)
    assert row is not None
    ground = ground_of(row)
    if wanted.origin is not None and (told := row.get("known")):
        ground.known = await known(db, account_id, wanted.origin, told)
    return ground


CARD: LiteralString = """lateral (
      select array[c.responsible_user_id, 0, 0] as place, c.name from contacts c
      where k.entity = 1 and c.account_id = $1 and c.id = k.entity_id and not c.is_deleted
      union all select array[c.responsible_user_id, c.pipeline_id, c.status_id], c.name from leads c
      where k.entity = 2 and c.account_id = $1 and c.id = k.entity_id and not c.is_deleted
      union all select array[c.responsible_user_id, 0, 0], c.name from companies c
      where k.entity = 3 and c.account_id = $1 and c.id = k.entity_id and not c.is_deleted
      union all select array[c.responsible_user_id, 0, 0], c.name from customers c
      where k.entity = 12 and c.account_id = $1 and c.id = k.entity_id and not c.is_deleted
    ) p"""
KNOWN: LiteralString = (
    """select (select jsonb_agg(jsonb_build_array(k.uniq, k.note_id, k.entity, k.entity_id, coalesce(k.same_as, k.id),
    (select to_jsonb(p.place) from """
    + CARD
    + """))) from calls k where k.account_id = $1 and k.origin = $2 and k.uniq = any($3::text[]) and k.uniq <> '')"""
)


def parts_near(found: Statement, spans: Sequence[tuple[int, int, int]]) -> None:
    tails, low, high = zip(*spans, strict=True)
    found.add(
        ", (select json_agg(json_build_array(t.tail, k.id, coalesce(k.same_as, k.id), k.source, k.origin, k.user_ids,"
        " k.started_at, k.ended_at)) from unnest(?::int8[], ?::int8[], ?::int8[]) t(tail, low, high), lateral"
        " (select k.id, k.same_as, k.source, k.origin, k.user_ids, k.started_at, k.ended_at from calls k"
        " where k.account_id = $1 and k.tail = t.tail and k.started_at between t.low - ? and t.high + ?"
        " order by k.started_at desc limit ?) k) as parts",
        tails,
        low,
        high,
        LONGEST_SECONDS,
        SLACK_SECONDS,
        MOST_PARTS,
    )


def candidates(found: Statement, sights: Sequence[Sight], linked: Sequence[Sight], tails: Sequence[int]) -> None:
    """The contacts and companies that have these numbers, as far as one sees them, with what is linked to each."""
    found.add(
        ", (select json_agg(json_build_array(t.tail, f.entity, f.id, f.digits, f.talked_at, f.updated_at, f.owner"
    )
    if linked:
        found.add(", array(select array[b.entity, o.id, o.owner, o.pipeline, o.status]::int8[] from bonds b, lateral (")
        for place, each in enumerate(linked):
            where: LiteralString = "c.pipeline_id" if each.entity is Entity.lead else "0"
            status: LiteralString = "c.status_id" if each.entity is Entity.lead else "0"
            active: LiteralString = " and c.is_active" if each.entity is Entity.lead else ""
            found.add(
                ("select " if place == 0 else "union all select ") + "c.id, c.responsible_user_id as owner, "
                "" + where + " as pipeline, " + status + " as status from " + TABLES[each.entity] + " c"
                " where b.entity = " + NUMBERS[each.entity] + " and c.account_id = $1 and c.id = b.id and "
                "" + HIDDEN[each.entity] + active
            )
            visible(found, each)
        found.add(
            ") o where b.account_id = $1 and b.to_entity = f.entity and b.to_id = f.id and b.entity in (2, 12)"
            " order by b.entity, b.id limit ?)",
            MOST_LINKED,
        )
    found.add(
        ")) from unnest(?::int8[]) t(tail), lateral (select h.entity, h.digits, o.* from phones h, lateral (", tails
    )
    for place, each in enumerate(sights):
        found.add(
            ("select " if place == 0 else "union all select ") + "c.id, c.talked_at, c.updated_at,"
            " c.responsible_user_id as owner from " + TABLES[each.entity] + " c where h.entity = "
            "" + NUMBERS[each.entity] + " and c.account_id = $1 and c.id = h.id and " + HIDDEN[each.entity]
        )
        visible(found, each)
    found.add(") o where h.account_id = $1 and h.tail = t.tail order by h.entity limit ?) f) as found", MOST_CANDIDATES)


def ground_of(row: Row) -> Ground:
    ground = Ground(
        row["note_ids"], row["call_ids"], set(row["users"]), row.get("extensions") or {}, {}, {}, {}, set(), {}, {}
    )
    for tail, call_id, root, source, origin, users, began, ended in listed(row, "parts"):
        part = Part(call_id, root, source, origin, tuple(users), began, ended)
        ground.parts.setdefault(tail, []).append(part)
    ground.talked, ground.owed = dict(listed(row, "talked")), set(row.get("owed") or ())
    ground.found = candidates_of(listed(row, "found"), ground.places)
    return ground


def candidates_of(told: Sequence[Sequence[Any]], places: dict[tuple[Entity, int], Place]) -> dict[int, list[Candidate]]:
    """By number; where they and what is linked to them stand goes to `places`."""
    cards: dict[tuple[int, int, int], tuple[list[str], list[Any]]] = {}
    for tail, entity, card_id, digits, *rest in told:  # a card may spell the number in two ways
        cards.setdefault((tail, entity, card_id), ([], rest))[0].append(digits)
    found: dict[int, list[Candidate]] = {}
    for (tail, kind, card_id), (digits, (talked, updated, owner, *linked)) in cards.items():
        places[Entity(kind), card_id] = owner, 0, 0
        ids: dict[Entity, tuple[int, ...]] = {}
        for other, linked_id, *place in linked[0] if linked else ():
            ids[Entity(other)] = (*ids.get(Entity(other), ()), linked_id)
            places[Entity(other), linked_id] = place[0], place[1], place[2]
        leads, customers = ids.get(Entity.lead, ()), ids.get(Entity.customer, ())
        card = Candidate(Entity(kind), card_id, tuple(digits), talked, updated, leads, customers)
        found.setdefault(tail, []).append(card)
    return found


async def callers(db: Db, account_id: int, tail: int) -> dict[tuple[Entity, int], tuple[Candidate, int]]:
    """The contacts and companies with a number, each with who answers for it: a call is routed by all of them."""
    found = Statement(account_id)
    found.add("select $1::int as account_id")
    candidates(found, [Sight(Entity.contact, None), Sight(Entity.company, None)], (), [tail])
    row = await db.row(found.text, *found.values)
    assert row is not None
    places: dict[tuple[Entity, int], Place] = {}
    cards = candidates_of(listed(row, "found"), places).get(tail, ())
    return {(card.entity, card.id): (card, places[card.entity, card.id][0]) for card in cards}


def listed(row: Row, name: str) -> list[Any]:
    """What was asked for as json: PostgreSQL writes that quicker than jsonb."""
    told: str | None = row.get(name)
    return msgspec.json.decode(told) if told else []


async def known(db: Db, account_id: int, origin: str, uniqs: Sequence[str]) -> dict[str, Known]:
    """The calls that an integration has told of under these ids."""
    return known_of(await db.value(KNOWN, account_id, origin, uniqs))


def known_of(told: Sequence[Sequence[Any]] | None) -> dict[str, Known]:
    return {uniq: msgspec.convert(rest, Known) for uniq, *rest in told or ()}


class Report(msgspec.Struct, kw_only=True):
    """A call as others tell it, ready to be written: the call, its note, and what follows from it."""

    id: int
    same_as: int | None
    uniq: str | None
    direction: int
    number: str | None
    tail: int | None
    began: int
    ended: int
    answered: int | None  # none: nobody talked
    talk_seconds: int
    missed: bool
    user_id: int | None
    entity: int | None
    entity_id: int | None
    note_id: int
    status: int | None
    result: str | None
    details: Any
    talked_entity: int | None = None  # the contact or company with the number, when somebody talked
    talked_id: int | None = None
    link: str | None = None  # of a recording that can be fetched
    deed: Deed = ""
    owner: int | None = None  # who answers for the card
    fact: AnyFact  # CallLogged, or CallChanged where it joined a conversation
    note_type: str | None = None  # none: the note is there already
    params: Any = None
    responsible: int = 0
    created_by: int = 0
    updated_by: int = 0
    created_at: int = 0
    updated_at: int = 0
    note_fact: AnyFact | None = None


# What is written of each report: the name here, its type. `Report` has most of them under the same name.
Columns = tuple[tuple[LiteralString, LiteralString], ...]
CALL: Columns = (
    ("id", "int8"),
    ("same_as", "int8"),
    ("uniq", "text"),
    ("direction", "int2"),
    ("number", "text"),
    ("tail", "int8"),
    ("began", "int8"),
    ("ended", "int8"),
    ("answered", "int8"),
    ("talk_seconds", "int4"),
    ("missed", "boolean"),
    ("user_id", "int8"),
    ("entity", "int2"),
    ("entity_id", "int8"),
    ("note_id", "int8"),
    ("status", "int2"),
    ("result", "text"),
    ("details", "jsonb"),
    ("fact", "jsonb"),
)
NOTE: Columns = (
    ("note_type", "text"),
    ("params", "jsonb"),
    ("responsible", "int8"),
    ("created_by", "int8"),
    ("updated_by", "int8"),
    ("created_at", "int8"),
    ("updated_at", "int8"),
    ("note_fact", "jsonb"),
)
LINK: Columns = (("link", "text"),)
TALKED: Columns = (("talked_entity", "int2"), ("talked_id", "int8"))
DEED: Columns = (("deed", "text"), ("owner", "int8"))


class Needs(NamedTuple):
    """What a batch of reports needs to have written. Each combination is a statement of its own, and few occur."""

    one: bool  # a single report travels as plain values, several as one array of rows: an array a column costs us more
    notes: bool  # their notes are new
    links: bool
    contacts: bool  # were talked to
    companies: bool
    closes: bool  # debts
    opens: bool


async def add(
    db: Db, account_id: int, source: int, origin: str | None, by: int, now: int, rows: Sequence[Report]
) -> set[int]:
    """Calls with their notes, events, facts and debts, in one statement. Those whose `uniq` is known already are left
    out, also when it came at the same moment; what is told are the numbers of the others."""
    rows = sorted(rows, key=lambda row: row.uniq or "")  # one order, so that two batches never wait for each other
    needs = Needs(
        len(rows) == 1,
        any(row.note_type for row in rows),
        any(row.link for row in rows),
        any(row.talked_entity == Entity.contact for row in rows),
        any(row.talked_entity == Entity.company for row in rows),
        any(row.deed == "closes" for row in rows),
        any(row.deed == "opens" for row in rows),
    )
    text, names = writing(needs)
    each = attrgetter(*names)
    values: list[object] = [*each(rows[0])] if needs.one else [[each(row) for row in rows]]
    if needs.closes or needs.opens:
        values.append(by)
    added = await db.rows(text, account_id, now, source, origin, *values)
    db.ring()
    return {row["id"] for row in added}


@cache
def writing(needs: Needs) -> tuple[LiteralString, list[str]]:
    """The statement, and what of each report it is given."""
    columns = CALL
    parts: list[LiteralString] = [NEW]
    spread: list[LiteralString] = []
    if needs.notes:
        columns += NOTE
        parts.extend((NOTED, LOGGED))
        spread.append("(select $1, f.note_fact from fresh f where f.note_fact is not null)")
    spread.append("(select $1, f.fact from fresh f)")
    if needs.links:
        columns += LINK
        parts.append(HEARD)
    if needs.contacts or needs.companies:
        columns += TALKED
    if needs.contacts:
        parts.append("contacts_talked as (update contacts c" + TALKED_WITH + "1" + TALKED_LAST)
    if needs.companies:
        parts.append("companies_talked as (update companies c" + TALKED_WITH + "3" + TALKED_LAST)
    if needs.closes or needs.opens:
        columns += DEED
        by = PLACES[OWN_VALUES + (len(columns) if needs.one else 1)]
        if needs.closes:
            parts.append(CLOSED)
            spread.append(DEBT + by + "::int8)) from (select 'debt_closed' as fact, * from closed) o, " + DEBT_PLACE)
        if needs.opens:
            parts.append(OPENED)
            spread.append(DEBT + by + "::int8)) from (select 'debt_opened' as fact, * from opened) o, " + DEBT_PLACE)
    every: LiteralString = " union all ".join(spread)
    parts.append("".join((SPREAD, every, ")")))
    text = "with " + told(needs, columns) + ", " + ", ".join(parts) + " table new"
    return text, [name for name, _ in columns]


def told(needs: Needs, columns: Columns) -> LiteralString:
    """The reports as a table."""
    places = PLACES[OWN_VALUES : OWN_VALUES + len(columns)]
    if needs.one:
        values: list[LiteralString] = [
            place + "::" + kind + " as " + name for (name, kind), place in zip(columns, places, strict=True)
        ]
        return "told as materialized (select " + ", ".join(values) + ")"
    found: list[LiteralString] = []
    for place, (name, kind) in enumerate(columns):
        at = cast(LiteralString, str(place))
        value = "nullif(e -> " + at + ", 'null')" if kind == "jsonb" else "(e ->> " + at + ")::" + kind
        found.append(value + " as " + name)
    return "told as materialized (select " + ", ".join(found) + " from jsonb_array_elements(" + places[0] + ") e)"


OWN_VALUES = 4  # $1 the account, $2 now, $3 source, $4 origin
NEW: LiteralString = """new as (
  insert into calls (account_id, id, same_as, source, origin, uniq, direction, number, tail, started_at, ended_at,
    answered_at, talk_seconds, missed, user_id, user_ids, entity, entity_id, note_id, status, result, details,
    updated_at) overriding system value
  select $1, t.id, t.same_as, $3, $4, t.uniq, t.direction, t.number, t.tail, t.began, t.ended, t.answered,
    t.talk_seconds, t.missed, t.user_id, case when t.user_id is null then '{}' else array[t.user_id] end, t.entity,
    t.entity_id, t.note_id, t.status, t.result, t.details, $2
  from told t
  on conflict (account_id, origin, uniq) where uniq <> '' do nothing
  returning id
), fresh as materialized (
  select t.* from new n join told t on t.id = n.id
)"""
NOTED: LiteralString = """written as (
  insert into notes (account_id, id, entity, entity_id, note_type, params, responsible_user_id, created_by, updated_by,
    created_at, updated_at) overriding system value
  select $1, f.note_id, f.entity, f.entity_id, f.note_type, f.params, f.responsible, f.created_by, f.updated_by,
    f.created_at, f.updated_at
  from fresh f where f.note_type is not null
)"""
LOGGED: LiteralString = """logged as (
  insert into events (account_id, type, entity, entity_id, created_by, created_at, value_after)
  select $1, case f.direction when 1 then 'incoming_call' else 'outgoing_call' end, f.entity, f.entity_id,
    f.created_by, f.created_at, ('[{"note": {"id": ' || f.note_id || '}}]')::jsonb
  from fresh f where f.note_type is not null
)"""
HEARD: LiteralString = """heard as (
  insert into recordings (account_id, call_id, link, created_at)
  select $1, coalesce(f.same_as, f.id), f.link, $2 from fresh f where f.link is not null
)"""
TALKED_WITH: LiteralString = """ set talked_at = t.at
  from (select f.talked_id as id, max(f.ended) as at from fresh f where f.talked_entity = """
TALKED_LAST: LiteralString = """ group by 1 order by 1) t
  where c.account_id = $1 and c.id = t.id and (c.talked_at is null or c.talked_at < t.at)
)"""
CLOSED: LiteralString = """closed as (
  update debts d set closed_at = t.ended, closed_by = t.user_id, closed_by_call = t.id
  from (select distinct on (f.tail) f.tail, f.ended, f.user_id, coalesce(f.same_as, f.id) as id
        from fresh f where f.deed = 'closes' order by f.tail, f.ended desc) t
  where d.account_id = $1 and d.tail = t.tail and d.closed_at is null and d.last_at <= t.ended
  returning d.id, null::int8 as call_id, d.user_id, d.entity, d.entity_id
)"""
OPENED: LiteralString = """opened as (
  insert into debts as d (account_id, number, tail, call_id, last_call_id, calls, user_id, entity, entity_id, opened_at,
    last_at)
  select $1, t.number[1], t.tail, t.first[1], t.last[1], t.calls,
    coalesce((select u.id from users u where u.account_id = $1 and u.id = t.owner[1] and u.is_active), t.called[1]),
    t.entity[1], t.entity_id[1], t.opened_at, t.last_at
  from (select f.tail, count(*) as calls, min(f.began) as opened_at, max(f.began) as last_at,
          array_agg(f.id order by f.began) as first, array_agg(f.id order by f.began desc) as last,
          array_agg(f.number order by f.began desc) as number, array_agg(f.owner order by f.began desc) as owner,
          array_agg(f.user_id order by f.began desc) as called, array_agg(f.entity order by f.began desc) as entity,
          array_agg(f.entity_id order by f.began desc) as entity_id
        from fresh f where f.deed = 'opens' group by f.tail, case when f.tail is null then f.id end order by f.tail) t
  on conflict (account_id, tail) where closed_at is null and tail is not null do update set
    calls = d.calls + excluded.calls, opened_at = least(d.opened_at, excluded.opened_at),
    last_call_id = case when excluded.last_at >= d.last_at then excluded.last_call_id else d.last_call_id end,
    last_at = greatest(d.last_at, excluded.last_at), user_id = coalesce(d.user_id, excluded.user_id),
    entity = coalesce(d.entity, excluded.entity), entity_id = coalesce(d.entity_id, excluded.entity_id)
  returning d.id, d.last_call_id as call_id, d.user_id, d.entity, d.entity_id
)"""
DEBT: LiteralString = """(select $1, jsonb_strip_nulls(jsonb_build_object('fact', o.fact, 'at', $2::int8, 'id', o.id,
  'call_id', o.call_id, 'owner', o.user_id, 'entity', o.entity, 'entity_id', o.entity_id,
  'card_owner', case when o.entity is null then o.user_id else p.place[1] end,
  'pipeline_id', nullif(p.place[2], 0), 'status_id', nullif(p.place[3], 0), 'by', """
DEBT_PLACE: LiteralString = "lateral (select " + place_of("o") + " as place) p)"
SPREAD: LiteralString = "spread as (insert into facts (account_id, fact) "  # `add` rings


def seen(found: Statement, me: Me) -> None:
    """A condition of the calls k: that one sees them (rules/calls.py has the same for a single one)."""
    sights = [sight(me, entity) for entity in CARDS]
    if all(each.all for each in sights):
        return
    found.add("and (? = any(k.user_ids) or k.entity is null", me.user_id)
    if (own := owners(me, "view", Entity.contact)) is not None:
        found.add("and k.user_id = any(?::int8[])", list(own))
    for each in sights:
        if each.all:
            found.add("or k.entity = " + NUMBERS[each.entity])
        elif not each.none:
            found.add("or k.entity = " + NUMBERS[each.entity] + " and")
            on_card(found, each, "k.entity_id", deleted=True)
    found.add(")")


class Listed(msgspec.Struct, kw_only=True):
    """Which conversations are wanted; what is None does not matter."""

    limit: int
    after: tuple[int, int] | None = None  # (started_at, id) of the row before
    until: tuple[int, int] | None = None  # of the last one that is looked at
    id: int | None = None
    direction: int | None = None
    missed: bool | None = None
    user: int | None = None  # who took part
    number: int | None = None  # its last digits
    ending: tuple[int, int] | None = None  # (power of ten, what the number leaves by it)
    unfinished_of: int | None = None  # whose call it was, of which nobody has told how it went
    low: int | None = None
    high: int | None = None
    line: str | None = None
    shortest: int | None = None  # seconds of talk
    longest: int | None = None
    owed: bool | None = None  # a debt that is open and that one sees
    recorded: bool | None = None  # there is sound here


async def page(db: Db, account_id: int, me: Me, wanted: Listed) -> list[Row]:
    """Conversations that one sees, the latest first, with their cards and recordings."""
    found = Statement(account_id)
    shown(found, me)
    found.add("from (select k.* from")
    order = walk(found, wanted, MOST_LOOKED if sifted(me, wanted) else wanted.limit)
    seen(found, me)
    if wanted.id is not None:
        found.add("and k.id = ?", wanted.id)
    if wanted.direction is not None:
        found.add("and k.direction = ?", wanted.direction)
    if wanted.missed is not None:
        found.add("and k.missed" if wanted.missed else "and not k.missed")
    if wanted.ending is not None:
        found.add("and k.tail % ?::int8 = ?", *wanted.ending)
    if wanted.unfinished_of is not None:
        unfinished(found, wanted.unfinished_of)
    if wanted.line is not None:
        found.add("and k.line = ?", wanted.line)
    if wanted.shortest is not None:
        found.add("and k.talk_seconds >= ?::int8", wanted.shortest)
    if wanted.longest is not None:
        found.add("and k.talk_seconds <= ?::int8", wanted.longest)
    if wanted.owed is not None:
        found.add("and" if wanted.owed else "and not")
        owing(found, me)
    if wanted.recorded is not None:
        found.add("and" if wanted.recorded else "and not")
        found.add("exists (select from recordings r where r.account_id = $1 and r.call_id = k.id")
        found.add("and r.state = 'fetched')")
    found.add("order by " + order + " limit ?) k", wanted.limit)
    found.add("left join " + CARD + " on true order by k.started_at desc, k.id desc")
    return await db.lists.rows(found.text, *found.values)


async def reach(db: Db, account_id: int, me: Me, wanted: Listed) -> tuple[int, int] | None:
    """How far back a page is looked for, at most: the place of that conversation. None: as far as there are any, or
    the page is full at once."""
    if not sifted(me, wanted):
        return None
    found = Statement(account_id)
    if wanted.user is not None and wanted.number is None:
        found.add("select w.started_at, w.id from")
        of_user(found, wanted, wanted.user, MOST_LOOKED)
        found.add("offset ? limit 1", MOST_LOOKED - 1)
    else:
        found.add("select k.started_at, k.id from")
        order = walk(found, wanted, MOST_LOOKED)
        found.add("order by " + order + " offset ? limit 1", MOST_LOOKED - 1)
    row = await db.lists.row(found.text, *found.values)
    return None if row is None else (row["started_at"], row["id"])


def sifted(me: Me, wanted: Listed) -> bool:
    """Whether one goes past calls that are not wanted, or not seen."""
    asked = (wanted.direction, wanted.missed, wanted.ending, wanted.line, wanted.shortest, wanted.longest, wanted.owed)
    some = any(each is not None for each in (*asked, wanted.recorded, wanted.number and wanted.user))
    return some or not all(sight(me, entity).all for entity in CARDS)


def walk(found: Statement, wanted: Listed, most: int) -> LiteralString:
    """So many conversations, or more, along an index in this order of time: those of a number, of a user, or all."""
    if wanted.number is not None or wanted.user is None:
        found.add("calls k where k.account_id = $1 and k.same_as is null")
        if wanted.number is not None:
            found.add("and k.tail = ?", wanted.number)
        if wanted.user is not None:
            found.add("and ? = any(k.user_ids)", wanted.user)
        span(found, wanted, "k.id")
        return "k.started_at desc, k.id desc"
    of_user(found, wanted, wanted.user, most)
    found.add(",")
    # By their numbers, one by one: as many as fill the page. A plan for all of them would go through the whole table.
    found.add("lateral (select k.* from calls k where k.account_id = $1 and k.id = w.id offset 0) k")
    found.add("where k.same_as is null")
    return "w.started_at desc, w.id desc"


def of_user(found: Statement, wanted: Listed, user: int, most: int) -> None:
    """When, and which: the calls that are this user's, and those that he took part in besides."""
    found.add("(select * from ((select k.started_at, k.id from calls k where k.account_id = $1 and k.same_as is null")
    found.add("and k.user_id = ?", user)
    span(found, wanted, "k.id")
    found.add("order by k.started_at desc, k.id desc limit ?)", most)
    found.add("union all (select k.started_at, k.call_id from call_users k where k.account_id = $1")
    found.add("and k.user_id = ?", user)
    span(found, wanted, "k.call_id")
    found.add("order by k.started_at desc, k.call_id desc limit ?)) w order by w.started_at desc, w.id desc) w", most)


def span(found: Statement, wanted: Listed, number: LiteralString) -> None:
    if wanted.low is not None:
        found.add("and k.started_at >= ?", wanted.low)
    if wanted.high is not None:
        found.add("and k.started_at <= ?", wanted.high)
    if wanted.after is not None:
        found.add("and (k.started_at, " + number + ") < (?, ?)", *wanted.after)
    if wanted.until is not None:
        found.add("and (k.started_at, " + number + ") >= (?, ?)", *wanted.until)


def shown(found: Statement, me: Me) -> None:
    """What is told of each call k, whose card is p."""
    found.add("select k.*, p.place, p.name as card_name,")
    found.add("coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'state', r.state, 'seconds', r.seconds)")
    found.add("order by r.id) from recordings r where r.account_id = $1 and r.call_id = k.id), '[]') as recordings,")
    owing(found, me)
    found.add("as owed")


OF_DEBT: tuple[LiteralString, ...] = (  # each by an index of its own
    "and d.tail = k.tail and k.started_at between d.opened_at and d.last_at",
    "and d.call_id = k.id",
    "and d.last_call_id = k.id",
)


def owing(found: Statement, me: Me) -> None:
    """Whether a call k is one of those that are owed, as far as one sees the debt."""
    found.add("(k.missed is distinct from false and k.direction = 1 and (")
    for place, each in enumerate(OF_DEBT):
        found.add("or exists (select from debts d" if place else "exists (select from debts d")
        found.add("where d.account_id = $1 and d.closed_at is null")
        found.add(each)
        debts.seen(found, me)
        found.add(")")
    found.add("))")


class Counted(msgspec.Struct, kw_only=True):
    """Of which calls there is to be a summary."""

    low: int
    high: int
    time_zone: str
    most: int  # calls of the company that are looked at, the latest
    user: int | None = None
    line: str | None = None


async def summary(db: Db, account_id: int, me: Me, wanted: Counted) -> list[Row]:
    """How many calls with customers one sees, by the hour of the day, by whose they are, and altogether: the row whose
    hour and user are `grouped` away. Calls between us are left out. However many calls there were, only so many of the
    company's latest are looked at; `looked` is one more where there were others."""
    found = Statement(account_id)
    found.add("select grouping(k.hour) = 1 as of_user, grouping(k.user_id) = 1 as of_hour, k.hour, k.user_id,")
    found.add("count(*) filter (where k.direction = 1 and not k.missed)::int8 as answered,")
    found.add("count(*) filter (where k.direction = 1 and k.missed)::int8 as missed,")
    found.add("count(*) filter (where k.direction = 2)::int8 as outbound,")
    found.add("coalesce(sum(k.talk_seconds), 0)::int8 as talk_seconds,")
    found.add("(select count(*) from (select from calls n where n.account_id = $1 and n.same_as is null")
    found.add("and n.started_at between ? and ? limit ?) n)::int8 as looked", wanted.low, wanted.high, wanted.most + 1)
    found.add("from (select k.direction, k.missed, k.user_id, k.talk_seconds,")
    found.add("extract(hour from to_timestamp(k.started_at) at time zone ?)::int as hour", wanted.time_zone)
    found.add(
        "from (select k.started_at, k.direction, k.missed, k.user_id, k.user_ids, k.talk_seconds, k.line, k.entity,"
    )
    found.add("k.entity_id from calls k where k.account_id = $1 and k.same_as is null")
    found.add("and k.started_at between ? and ?", wanted.low, wanted.high)
    found.add("order by k.started_at desc, k.id desc limit ?) k where k.direction <> 3", wanted.most)
    if wanted.user is not None:
        found.add("and ? = any(k.user_ids)", wanted.user)
    if wanted.line is not None:
        found.add("and k.line = ?", wanted.line)
    seen(found, me)
    found.add(") k group by grouping sets ((k.hour), (k.user_id), ()) order by k.hour, k.user_id")
    return await db.lists.rows(found.text, *found.values)


async def going(db: Db, account_id: int, me: Me, most: int) -> list[Row]:
    """What goes on of what one sees, each with the place of its card; the latest when there is too much of it."""
    found = Statement(account_id)
    found.add("select k.*, p.place")
    found.add("from (select k.* from calls k where k.account_id = $1 and k.ended_at is null")
    found.add("and k.same_as is null and k.origin is not null")
    seen(found, me)
    found.add("order by k.id desc limit ?) k left join " + CARD + " on true order by k.id", most)
    return await db.lists.rows(found.text, *found.values)


def unfinished(found: Statement, user: int) -> None:
    """A talk, or a try to reach somebody, that is over and has no result, not even by another report of it. Who missed
    a call owes one instead."""
    found.add("and k.finished_at is null and k.user_id = ? and k.ended_at is not null and k.direction <> 3", user)
    found.add("and (k.answered_at is not null or k.direction = 2) and coalesce(k.result, '') = ''")
    found.add("and not exists (select from calls r where r.account_id = $1 and r.tail = k.tail")
    found.add("and r.started_at >= k.started_at - ? and r.same_as = k.id", LONGEST_SECONDS)
    found.add("and coalesce(r.result, '') <> '')")


async def cards(db: Db, account_id: int, wanted: Sequence[tuple[int, int]]) -> list[Row]:
    """The names and places of these cards, as (kind, id)."""
    return await db.lists.rows(
        "select k.entity, k.entity_id as id, p.place, p.name"
        " from unnest($2::int2[], $3::int8[]) as k(entity, entity_id), " + CARD,
        account_id,
        [entity for entity, _ in wanted],
        [card_id for _, card_id in wanted],
    )


async def reports(db: Db, account_id: int, call_id: int) -> list[Row]:
    """What other sources have told of a conversation."""
    return await db.lists.rows(
        """
        select k.id, k.source, k.note_id, k.started_at, k.ended_at, k.talk_seconds, k.status, k.result from calls k
        where k.account_id = $1 and k.same_as = $2 and k.tail = (
          select r.tail from calls r where r.account_id = $1 and r.id = $2)
        order by k.id limit 50
        """,
        account_id,
        call_id,
    )


async def locked(db: Db, account_id: int, me: Me, call_id: int) -> Row | None:
    """A conversation that one sees, with the place of its card."""
    found = Statement(account_id)
    found.add("select k.*, (select p.place from " + CARD + ") as place from calls k")
    found.add("where k.account_id = $1 and k.same_as is null and k.id = ?", call_id)
    seen(found, me)
    found.add("for update of k")
    return await db.row(found.text, *found.values)


async def end_all(db: Db, account_id: int, origin: str, now: int) -> list[Row]:
    """What goes on of a source that tells nothing more is over; those calls, with the places of their cards."""
    return await db.rows(
        """
        with k as (
          update calls set ended_at = greatest(started_at, $3),
            missed = case when answered_at is not null then false end,
            details = details || '{"state": "ended", "ringing": [], "talking": [], "on_hold": false, "gap": true}',
            updated_at = $3
          where account_id = $1 and origin = $2 and ended_at is null
          returning id, direction, number, tail, line, started_at, ended_at, answered_at, user_id, user_ids, missed,
            entity, entity_id, same_as
        )
        select k.*, (select p.place from """
        + CARD
        + ") as place from k order by k.id",
        account_id,
        origin,
        now,
    )


async def change(
    db: Db,
    account_id: int,
    call_id: int,
    status: int | None,
    result: str | None,
    card: tuple[int | None, int | None],
    is_chosen: bool,
    by: int,
    now: int,
) -> None:
    """Its outcome and card; its note goes along, and so does what is owed for it. A card that was chosen stays: nothing
    that a PBX tells later moves the call."""
    await db.run(
        """
        with k as (
          update calls set status = coalesce($3, status), result = coalesce($4, result), entity = $5, entity_id = $6,
            updated_at = $8, details = case when $9 then details || '{"bound": true}' else details end,
            finished_at = case when $3::int2 is null and $4::text is null then finished_at
              else coalesce(finished_at, $8) end
          where account_id = $1 and id = $2
          returning note_id, answered_at, ended_at
        ), owed as (
          update debts d set entity = $5, entity_id = $6
          where d.account_id = $1 and $9 and d.closed_at is null and $2 in (d.call_id, d.last_call_id)
        ), contacts_talked as (
          update contacts c set talked_at = greatest(c.talked_at, k.ended_at) from k
          where c.account_id = $1 and $5 = 1 and c.id = $6 and k.answered_at is not null
        ), companies_talked as (
          update companies c set talked_at = greatest(c.talked_at, k.ended_at) from k
          where c.account_id = $1 and $5 = 3 and c.id = $6 and k.answered_at is not null
        )
        update notes n set entity = coalesce($5, n.entity), entity_id = coalesce($6, n.entity_id), updated_by = $7,
          updated_at = $8, params = n.params || jsonb_strip_nulls(
            jsonb_build_object('call_status', $3::int2, 'call_result', $4::text))
        from k where n.account_id = $1 and n.id = k.note_id
        """,
        account_id,
        call_id,
        status,
        result,
        *card,
        by,
        now,
        is_chosen,
    )
