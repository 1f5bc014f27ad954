"""Finding cards by words and digits among a million: how common each thing is, and the cheapest way to a page of them.

Four ways give the same page. *Walk* goes through the cards in the order that is asked for and checks each: best for
what is common. *Merge* does so with the cards of each owner that one sees, side by side. *Gather* reads all that the
index of keys has for the rarest term, and fetches those cards in order until the page is full. *Owned* does the same
with the index of whose card it is: for many owners who have few.
`docs/decisions/0004-search-keys.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from trubka.db import Db, Row
from trubka.db.compose import Statement
from trubka.rules.entities import Entity
from trubka.rules.search import LAST, LONGEST_KEY, MOST_CANDIDATES, MOST_COUNTED, SAMPLE, Term, Way

TABLES: dict[Entity, LiteralString] = {
    Entity.contact: "contacts",
    Entity.company: "companies",
    Entity.lead: "leads",
    Entity.customer: "customers",
}
NUMBERS: dict[Entity, LiteralString] = {
    Entity.contact: "1",
    Entity.lead: "2",
    Entity.company: "3",
    Entity.customer: "12",
}


async def counted(db: Db, account_id: int, entity: Entity, terms: Sequence[Term]) -> list[int]:
    """How many keys each term has, counted up to a limit."""
    found = Statement(account_id)
    found.add("select array[")
    for place, term in enumerate(terms):
        found.add("(select count(*) from (" if place == 0 else ", (select count(*) from (")
        candidates(found, entity, term, MOST_COUNTED)
        found.add(") k)")
    found.add("]")
    return await db.lists.value(found.text, *found.values)


async def sampled(
    db: Db, account_id: int, entity: Entity, terms: Sequence[Term], owners: Sequence[int] | None
) -> Row | None:
    """A look at some pages of the table, always the same ones: how many cards there are and what part fits."""
    found = Statement(account_id)
    found.add("select n.rows::int8, count(c.id) as seen, array[")
    for place, term in enumerate(terms):
        found.add("count(c.id) filter (where true" if place == 0 else ", count(c.id) filter (where true")
        holds(found, [term])
        found.add(")")
    found.add("] as terms, count(c.id) filter (where true")
    holds(found, terms)
    found.add(") as all_terms, count(c.id) filter (where true")
    mine(found, owners)
    found.add(") as owned, count(c.id) filter (where true")
    holds(found, terms)
    mine(found, owners)
    found.add(") as fitting from (select greatest(reltuples, 1) as rows from pg_class")
    found.add("where oid = ?::text::regclass) n left join " + TABLES[entity] + " c", TABLES[entity])
    found.add("tablesample system ((select least(100.0, 100.0 * ?::int8 / greatest(reltuples, 1))", SAMPLE)
    found.add("from pg_class where oid = ?::text::regclass)) repeatable (1)", TABLES[entity])
    found.add("on c.account_id = $1 and not c.is_deleted group by n.rows")
    return await db.lists.row(found.text, *found.values)


def mine(found: Statement, owners: Sequence[int] | None) -> None:
    if owners is not None:
        found.add("and c.responsible_user_id = any(?::int8[])", list(owners))


def candidates(found: Statement, entity: Entity, term: Term, most: int = MOST_CANDIDATES) -> None:
    """The first keys of a term, in their order; any of its beginnings will do."""
    for place, beginning in enumerate(term):
        found.add("(" if place == 0 else "union all (")
        found.add("select k.key, k.id from keys k where k.account_id = $1 and k.entity = " + NUMBERS[entity])
        found.add("and k.key >= ? and k.key < ? order by k.key limit ?)", beginning, beginning + LAST, most)


def among(found: Statement, entity: Entity, way: Way, terms: Sequence[Term], owners: Sequence[int] | None) -> None:
    """The cards c are those that an index names. PostgreSQL fetches them in order, until the page is full."""
    if way.kind == "owned":
        assert owners is not None
        found.add("and c.id = any(array(select o.id from " + TABLES[entity] + " o where o.account_id = $1")
        if len(owners) == 1:
            found.add("and o.responsible_user_id = ?))", owners[0])
        else:
            found.add("and o.responsible_user_id = any(?::int8[])))", list(owners))
    elif way.kind == "gather":
        found.add("and c.id = any(array(select k.id from (")
        candidates(found, entity, terms[way.driver])
        found.add(") k where true")
        if len(terms[way.driver]) == 1:
            for other in terms:
                inside(found, other, terms[way.driver])
        found.add("))")


def inside(found: Statement, other: Term, driver: Term) -> None:
    """The key of a word carries the other words of its card, unless it was cut."""
    if other is driver or len(other) != 1 or not other[0][0] == driver[0][0] == "w":
        return
    if driver[0].startswith(other[0]) or other[0].startswith(driver[0]):
        return  # the word itself may be the other one, too
    found.add("and (strpos(k.key, ?) > 0 or octet_length(k.key) >= ?)", " " + other[0][1:], LONGEST_KEY)


def holds(found: Statement, terms: Sequence[Term]) -> None:
    """The words of the card c itself have every term; an e-mail's beginning only its keys can tell."""
    for term in terms:
        parts: list[tuple[LiteralString, str]] = []
        for beginning in term:
            match beginning[0]:
                case "w":
                    parts.append(("strpos(c.words, ?) > 0", " " + beginning[1:]))
                case "d":
                    parts.append(("c.words like ?", f"%#%{beginning[1:]}%"))
                case _:
                    pass
        if parts:
            found.add("and (" + " or ".join(text for text, _ in parts) + ")", *(value for _, value in parts))
