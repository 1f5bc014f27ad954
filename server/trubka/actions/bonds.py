"""Binding cards to one another and letting them go again.

Who links must be allowed to change the card that they link from and to see the other one; where the other one loses
its company by that, they must be allowed to change it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trubka.db import Db, cards, facts
from trubka.db import bonds as rows_of
from trubka.errors import Flaw, FlawedItem, Forbidden, Invalid, Unprocessable
from trubka.rules.bonds import MOST_BOUND, Bond, bound, unbound
from trubka.rules.cards import may_touch
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CardsBound, CardsUnbound, Event
from trubka.rules.rights import Me, sight

Rows = Mapping[tuple[Entity, int], Any]
Rule = Callable[[Sequence[Bond], Iterable[Bond]], list[Bond]]


class Wish(msgspec.Struct, frozen=True):
    """One link of a request, as its sender sees it: from the card that they named first."""

    bond: Bond
    request_id: str = "0"
    by: int | None = None


async def link(db: Db, me: Me, account_id: int, wishes: Sequence[Wish], now: int) -> list[Bond]:
    """The bonds as they stand afterwards, in the order and the direction of the wishes."""
    after = await changed(db, me, account_id, wishes, now, bound)
    by_ends = {bond.ends: bond for bond in after}
    return [
        by_ends[wish.bond.kept().ends].seen_from(wish.bond.entity, wish.bond.id)
        for wish in wishes
        if wish.bond.kept().ends in by_ends  # a later wish of the same request may have taken its place
    ]


async def unlink(db: Db, me: Me, account_id: int, wishes: Sequence[Wish], now: int) -> None:
    await changed(db, me, account_id, wishes, now, unbound)


async def changed(db: Db, me: Me, account_id: int, wishes: Sequence[Wish], now: int, rule: Rule) -> list[Bond]:
    async with db.transaction() as tx:
        rows = await ends(tx, me, account_id, [wish.bond for wish in wishes])
        check_ends(me, wishes, rows)
        by = wishes[0].by if wishes and wishes[0].by is not None else me.user_id
        return await write(tx, me, account_id, [wish.bond for wish in wishes], now, rule, by, rows)


async def ends(tx: Db, me: Me, account_id: int, bonds: Sequence[Bond]) -> Rows:
    """The cards at both ends of all these bonds, as far as one sees them."""
    wanted: dict[Entity, set[int]] = {}
    for bond in bonds:
        if bond.id:  # a new card is not there yet
            wanted.setdefault(bond.entity, set()).add(bond.id)
        wanted.setdefault(bond.to_entity, set()).add(bond.to_id)
    found: dict[tuple[Entity, int], Any] = {}
    for entity, ids in sorted(wanted.items()):
        for row in await cards.by_ids(tx, account_id, entity, sorted(ids), sight(me, entity)):
            found[entity, row["id"]] = row
    return found


def check_ends(me: Me, wishes: Sequence[Wish], rows: Rows) -> None:
    flawed: list[FlawedItem] = []
    for wish in wishes:
        bond = wish.bond
        for path, entity, card_id in (
            ("entity_id", bond.entity, bond.id),
            ("to_entity_id", bond.to_entity, bond.to_id),
        ):
            if (entity, card_id) not in rows:
                flaw = Flaw("NotSupportedChoice", path, f"There is no such {entity.name}.")
                flawed.append(FlawedItem(wish.request_id, [flaw]))
    if flawed:
        raise Invalid(flawed)
    for wish in wishes:
        check_edit(me, wish.bond.entity, rows[wish.bond.entity, wish.bond.id])


def check_edit(me: Me, entity: Entity, row: Any) -> None:
    if not may_touch(me, "edit", entity, row):
        raise Forbidden(f"You have no right to change this {entity.name}.")


async def write(
    tx: Db, me: Me, account_id: int, asked: Sequence[Bond], now: int, rule: Rule, by: int, rows: Rows
) -> list[Bond]:
    """Asks the rule, writes what is different and tells of it. `rows` are the cards whose change may be a side effect:
    it is allowed only to those who may change them.
    """
    kept = [bond.kept() for bond in asked]
    holders = sorted({(bond.entity, bond.id) for bond in kept})
    for entity in sorted({entity for entity, _ in holders}):
        # The holders are locked in one order: two requests see each other's bonds and never wait for each other.
        await cards.locked(tx, account_id, entity, [card_id for kind, card_id in holders if kind is entity])
    before = await rows_of.of_cards(tx, account_id, holders)
    after = rule(before, kept)
    check_most(after)
    ends_before, ends_after = {bond.ends: bond for bond in before}, {bond.ends: bond for bond in after}
    gone = [bond for bond in before if bond.ends not in ends_after]
    new = [bond for bond in after if ends_before.get(bond.ends) != bond]
    if rule is bound:
        for bond in gone:
            if (row := rows.get((bond.entity, bond.id))) is not None:
                check_edit(me, bond.entity, row)
    if gone:
        await rows_of.remove(tx, account_id, gone)
    if new:
        await rows_of.put(tx, account_id, new)
    first = [bond for bond in new if bond.ends not in ends_before]
    if gone or first:
        named = sorted({end for bond in (*gone, *first) for end in (bond.ends[:2], bond.ends[2:])})
        places = await cards.places(tx, account_id, named)
        await facts.record(tx, account_id, *told(gone, first, places, me, now, by))
    return after


def check_most(bonds: Sequence[Bond]) -> None:
    counts: dict[tuple[Entity, int], int] = {}
    for bond in bonds:
        counts[bond.entity, bond.id] = counts.get((bond.entity, bond.id), 0) + 1
    if any(count > MOST_BOUND for count in counts.values()):
        raise Unprocessable(f"One card can be linked to {MOST_BOUND} others at most.")


def told(
    gone: Sequence[Bond],
    new: Sequence[Bond],
    places: Mapping[tuple[Entity, int], tuple[int, int, int]],
    me: Me,
    now: int,
    by: int,
) -> tuple[list[Event], list[AnyFact]]:
    """Both cards' logs tell of a link; a fact is told once, in the direction in which the bond is kept."""
    events: list[Event] = []
    for bonds, ending, word in ((gone, "unlinked", "unlink"), (new, "linked", "link")):
        for bond in bonds:
            for each in (bond, bond.turned()):
                other = {"type": each.to_entity.name, "id": each.to_id}
                after = [{word: {"entity": other}}]
                events.append(Event(f"{each.to_entity.name}_{ending}", each.entity, each.id, by, now, after))
    found: list[AnyFact] = []
    for bonds, kind in ((gone, CardsUnbound), (new, CardsBound)):
        for bond in bonds:
            owner, pipeline_id, status_id = places[bond.entity, bond.id]
            to_owner = places[bond.to_entity, bond.to_id][0]
            found.append(
                kind(me.user_id, now, *bond.ends, owner, to_owner, pipeline_id=pipeline_id, status_id=status_id)
            )
    return events, found
