"""Which cards may be bound to which, and what follows when some are: one company each, one main contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trubka.rules.entities import Entity

MOST_BOUND = 250  # cards that one lead, customer or contact is bound to

# The direction in which a bond is kept; a request may name either end first.
KEPT = {
    (Entity.lead, Entity.contact),
    (Entity.lead, Entity.company),
    (Entity.customer, Entity.contact),
    (Entity.customer, Entity.company),
    (Entity.contact, Entity.company),
}


class Bond(msgspec.Struct, frozen=True):
    """`is_main` is said of contacts only; None: as it comes."""

    entity: Entity
    id: int
    to_entity: Entity
    to_id: int
    is_main: bool | None = None
    sort: int = 0

    @property
    def ends(self) -> tuple[Entity, int, Entity, int]:
        return (self.entity, self.id, self.to_entity, self.to_id)

    def seen_from(self, entity: Entity, card_id: int) -> Bond:
        """The same bond with the given card first."""
        return self if (self.entity, self.id) == (entity, card_id) else self.turned()

    def turned(self) -> Bond:
        return Bond(self.to_entity, self.to_id, self.entity, self.id, self.is_main, self.sort)

    def kept(self) -> Bond:
        """In the direction of the table."""
        return self if (self.entity, self.to_entity) in KEPT else self.turned()


def bound_to(bonds: Iterable[Bond], entity: Entity) -> int | None:
    """The first card of a kind that these lead to."""
    return next((bond.to_id for bond in bonds if bond.to_entity is entity), None)


def can_bind(entity: Entity, other: Entity) -> bool:
    return (entity, other) in KEPT or (other, entity) in KEPT


def bound(now: Sequence[Bond], asked: Iterable[Bond]) -> list[Bond]:
    """All the bonds of some cards after new ones were asked for; both in the direction of the table.

    A second company takes the place of the first; only a customer may have several.
    """
    kept = {bond.ends: bond for bond in now}
    for bond in asked:
        if bond.to_entity is Entity.company and bond.entity is not Entity.customer:
            others = [ends for ends in kept if ends[:3] == bond.ends[:3] and ends != bond.ends]
            for ends in others:
                del kept[ends]
        old = kept.get(bond.ends)
        is_main = bond.is_main if bond.is_main is not None else old is not None and old.is_main
        if bond.to_entity is Entity.contact and is_main:
            kept = {ends: demoted(each) if ends[:3] == bond.ends[:3] else each for ends, each in kept.items()}
        sort = old.sort if old else 1 + max((each.sort for each in kept.values() if same_kind(each, bond)), default=-1)
        kept[bond.ends] = Bond(*bond.ends, is_main=is_main if bond.to_entity is Entity.contact else False, sort=sort)
    return with_a_main(kept.values())


def unbound(now: Sequence[Bond], asked: Iterable[Bond]) -> list[Bond]:
    """What is left when these are taken away; what was not bound changes nothing."""
    gone = {bond.ends for bond in asked}
    return with_a_main([bond for bond in now if bond.ends not in gone])


def same_kind(one: Bond, other: Bond) -> bool:
    return one.ends[:3] == other.ends[:3]


def demoted(bond: Bond) -> Bond:
    return Bond(*bond.ends, is_main=False, sort=bond.sort)


def with_a_main(bonds: Iterable[Bond]) -> list[Bond]:
    """The first contact of a card is its main one when no other is."""
    found = sorted(bonds, key=lambda bond: (bond.entity, bond.id, bond.to_entity, bond.sort, bond.to_id))
    have = {bond.ends[:3] for bond in found if bond.is_main}
    made: list[Bond] = []
    for bond in found:
        if bond.to_entity is Entity.contact and bond.ends[:3] not in have:
            have.add(bond.ends[:3])
            bond = Bond(*bond.ends, is_main=True, sort=bond.sort)
        made.append(bond)
    return made
