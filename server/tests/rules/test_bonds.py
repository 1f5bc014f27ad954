"""What follows when cards are bound to one another."""

import pytest

from trubka.rules.bonds import Bond, bound, bound_to, can_bind, unbound
from trubka.rules.entities import CARDS, Entity

LEAD, CONTACT, COMPANY, CUSTOMER = Entity.lead, Entity.contact, Entity.company, Entity.customer


def lead_to(contact: int, is_main: bool | None = None, sort: int = 0) -> Bond:
    return Bond(LEAD, 1, CONTACT, contact, is_main, sort)


def told(bonds: list[Bond]) -> list[tuple[int, bool]]:
    return [(bond.to_id, bool(bond.is_main)) for bond in bonds]


@pytest.mark.parametrize(
    ("now", "asked", "after"),
    [
        ([], [lead_to(5)], [(5, True)]),  # the first is the main one
        ([], [lead_to(5), lead_to(6)], [(5, True), (6, False)]),
        ([], [lead_to(5), lead_to(6, True)], [(5, False), (6, True)]),
        ([lead_to(5, True)], [lead_to(6)], [(5, True), (6, False)]),
        ([lead_to(5, True)], [lead_to(6, True)], [(5, False), (6, True)]),
        ([lead_to(5, True), lead_to(6, False, 1)], [lead_to(5)], [(5, True), (6, False)]),  # linked again
        ([lead_to(5, True), lead_to(6, False, 1)], [lead_to(5, False)], [(5, True), (6, False)]),
    ],
)
def test_main_contact(now: list[Bond], asked: list[Bond], after: list[tuple[int, bool]]):
    assert told(bound(now, asked)) == after


def test_another_becomes_the_main_one():
    now = [lead_to(5, True), lead_to(6, False, 1), lead_to(7, False, 2)]
    assert told(unbound(now, [lead_to(5)])) == [(6, True), (7, False)]
    assert told(unbound(now, [lead_to(99)])) == [(5, True), (6, False), (7, False)]


@pytest.mark.parametrize(("entity", "left"), [(LEAD, [9]), (CONTACT, [9]), (CUSTOMER, [8, 9])])
def test_a_second_company_takes_the_place_of_the_first(entity: Entity, left: list[int]):
    now = [Bond(entity, 1, COMPANY, 8, False)]
    assert [bond.to_id for bond in bound(now, [Bond(entity, 1, COMPANY, 9)])] == left


def test_bonds_are_kept_in_one_direction():
    for one, other in ((LEAD, CONTACT), (LEAD, COMPANY), (CUSTOMER, CONTACT), (CUSTOMER, COMPANY), (CONTACT, COMPANY)):
        kept = Bond(one, 1, other, 2)
        assert kept.kept() == kept == kept.turned().kept()
        assert kept.seen_from(other, 2) == Bond(other, 2, one, 1)
        assert kept.seen_from(one, 1) == kept


def test_the_first_card_of_a_kind_that_is_bound():
    bonds = [Bond(LEAD, 1, COMPANY, 9), lead_to(5), lead_to(6)]
    assert [bound_to(bonds, each) for each in (CONTACT, COMPANY, CUSTOMER)] == [5, 9, None]


def test_what_can_be_bound():
    pairs = {(one, other) for one in CARDS for other in CARDS if can_bind(one, other)}
    assert all((other, one) in pairs for one, other in pairs)
    assert len(pairs) == 10
    assert (LEAD, CUSTOMER) not in pairs
