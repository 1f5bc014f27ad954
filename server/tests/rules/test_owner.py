"""Which of several cards with one number is meant."""

import pytest

from trubka.rules.entities import Entity
from trubka.rules.owner import MOST_OTHERS, Candidate, best_first, placed

CONTACT, COMPANY = Entity.contact, Entity.company


@pytest.mark.parametrize(
    ("number", "found", "expected"),
    [
        ("", [], []),
        ("+79990001122", [Candidate(COMPANY, 1), Candidate(CONTACT, 2)], [2, 1]),
        (
            "+79990001122",
            [Candidate(CONTACT, 1, ("+39990001122",)), Candidate(CONTACT, 2, ("8 999 000-11-22",))],
            [2, 1],
        ),
        ("9990001122", [Candidate(CONTACT, 1, ("+79990001122",)), Candidate(CONTACT, 2, ("9990001122",))], [2, 1]),
        ("9990001122", [Candidate(CONTACT, 1, updated_at=5), Candidate(CONTACT, 2, updated_at=6)], [2, 1]),
        ("9990001122", [Candidate(CONTACT, 1, talked_at=7, updated_at=5), Candidate(CONTACT, 2, updated_at=6)], [1, 2]),
        ("9990001122", [Candidate(CONTACT, 2, updated_at=5), Candidate(CONTACT, 1, updated_at=5)], [1, 2]),
        ("5", [Candidate(COMPANY, 1, ("5",), 9, 9), Candidate(CONTACT, 2, ("15",), 1, 1)], [2, 1]),
    ],
)
def test_the_best_stands_first(number: str, found: list[Candidate], expected: list[int]):
    assert [each.id for each in best_first(found, number, "RU")] == expected


LEAD, CUSTOMER = Entity.lead, Entity.customer
NUMBER = "+79990001122"


@pytest.mark.parametrize("entity", [CONTACT, COMPANY])
@pytest.mark.parametrize(
    ("leads", "customers", "expected"),
    [  # the reference's own vectors: only active leads are told
        ((9,), (), (LEAD, 9, "one_lead")),
        ((), (), (None, 1, "nothing_linked")),
        ((8, 9), (), (None, 1, "several_linked")),
        ((), (5,), (CUSTOMER, 5, "one_customer")),
        ((9,), (5,), (None, 1, "several_linked")),
        ((9,), (5, 6), (None, 1, "several_linked")),
        ((8, 9), (5,), (None, 1, "several_linked")),
        ((), (5, 6), (None, 1, "several_linked")),
    ],
)
def test_the_published_rule(
    entity: Entity, leads: tuple[int, ...], customers: tuple[int, ...], expected: tuple[Entity | None, int, str]
):
    found = placed([Candidate(entity, 1, (NUMBER,), leads=leads, customers=customers)], NUMBER, "RU")
    assert found is not None
    assert (found.entity, found.id, found.why) == (expected[0] or entity, *expected[1:])
    assert (found.card, found.chosen) == ((entity, 1), "only")
    linked = [(entity, 1), *((LEAD, each) for each in leads), *((CUSTOMER, each) for each in customers)]
    assert list(found.others) == [each for each in linked if each != (found.entity, found.id)]


def test_nobody_has_the_number():
    assert placed([], NUMBER, "RU") is None


@pytest.mark.parametrize(
    ("others", "chosen"),
    [
        ([Candidate(COMPANY, 1, (NUMBER,), 99, 99)], "contact"),
        ([Candidate(CONTACT, 1, ("+39990001122",), 99, 99)], "whole_number"),
        ([Candidate(CONTACT, 1, (NUMBER,), 4, 4)], "latest"),
        ([Candidate(CONTACT, 3, (NUMBER,), 5, 5)], "oldest"),
    ],
)
def test_the_choice_says_why(others: list[Candidate], chosen: str):
    best = Candidate(CONTACT, 2, (NUMBER,), 5, 5, leads=(7,))
    found = placed([*others, best], "8 (999) 000-11-22", "RU")
    assert found is not None
    assert (found.entity, found.id, found.card, found.chosen) == (LEAD, 7, (CONTACT, 2), chosen)
    assert found.others == ((CONTACT, 2), (others[0].entity, others[0].id))


def test_the_leads_of_other_candidates_do_not_count():
    mine = Candidate(CONTACT, 1, (NUMBER,), updated_at=9)
    other = Candidate(CONTACT, 2, (NUMBER,), leads=(7,), customers=(8,))
    found = placed([mine, other], NUMBER, "RU")
    assert found is not None
    assert (found.entity, found.id, found.others) == (CONTACT, 1, ((CONTACT, 2),))


def test_no_more_others_are_kept_than_a_person_looks_through():
    found = placed([Candidate(CONTACT, each, (NUMBER,)) for each in range(1, 30)], NUMBER, "RU")
    assert found is not None and len(found.others) == MOST_OTHERS
