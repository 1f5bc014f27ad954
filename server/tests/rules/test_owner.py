"""Which of several cards with one number is meant."""

import pytest

from trubka.rules.entities import Entity
from trubka.rules.owner import Candidate, best_first

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
