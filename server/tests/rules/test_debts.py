"""What a batch of calls does to debts."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trubka.rules.debts import Told, rounds

A, B = 1, 2


def missed(tail: int | None, at: int) -> Told:
    return Told(tail, at, at + 20, missed=True)


def talk(tail: int | None, at: int, seconds: int = 60) -> Told:
    return Told(tail, at, at + seconds, talk=True)


OTHER = Told(A, 100, 100)


CASES: list[tuple[list[Told], dict[int, int], list[list[tuple[int, str]]]]] = [
    ([], {}, [[]]),
    ([OTHER], {}, [[(0, "")]]),
    ([missed(A, 100)], {}, [[(0, "opens")]]),
    ([missed(A, 100), missed(A, 90)], {}, [[(1, "opens"), (0, "opens")]]),
    ([missed(A, 100)], {A: 99}, [[(0, "opens")]]),
    ([missed(A, 100)], {A: 100}, [[(0, "")]]),
    ([missed(A, 100)], {B: 100}, [[(0, "opens")]]),
    ([talk(A, 100)], {}, [[(0, "closes")]]),
    # in whatever order they are told
    ([talk(A, 100), missed(A, 50)], {}, [[(1, ""), (0, "closes")]]),
    ([missed(A, 50), talk(A, 100)], {}, [[(0, ""), (1, "closes")]]),
    # they called again while they were talking, and got what they wanted
    ([talk(A, 100, 60), missed(A, 150)], {}, [[(0, "closes"), (1, "")]]),
    # a new debt does not hide that the old one is closed
    ([talk(A, 100), missed(A, 200)], {}, [[(0, "closes")], [(1, "opens")]]),
    ([talk(A, 100), missed(B, 200)], {}, [[(0, "closes"), (1, "opens")]]),
    (
        [talk(A, 100), missed(A, 200), talk(B, 210), missed(B, 300)],
        {},
        [[(0, "closes")], [(1, "opens"), (2, "closes")], [(3, "opens")]],
    ),
    # a number that is withheld cannot be talked with again
    ([missed(None, 100), talk(None, 200)], {}, [[(0, "opens"), (1, "")]]),
]


@pytest.mark.parametrize(("batch", "talked", "expected"), CASES)
def test_what_each_call_does(batch: list[Told], talked: dict[int, int], expected: list[list[tuple[int, str]]]):
    assert rounds(batch, talked) == expected


def call(tail: int | None, began: int, seconds: int, kind: int) -> Told:
    return Told(tail, began, began + seconds, talk=kind == 1, missed=kind == 2)


told = some.builds(
    call, some.sampled_from([A, B, None]), some.integers(0, 50), some.integers(0, 20), some.integers(0, 2)
)


@given(some.lists(told, max_size=12))
def test_every_call_is_in_one_round_and_no_round_closes_before_it_opens(batch: list[Told]):
    found = rounds(batch, {})
    assert sorted(place for each in found for place, _ in each) == list(range(len(batch)))
    for each in found:
        closing: set[int | None] = set()
        for place, deed in each:
            one = batch[place]
            assert (deed == "closes") == (one.talk and one.tail is not None)
            if deed == "opens":
                assert one.missed and one.tail not in closing
            if one.missed and not deed:  # there is a talk that was over later
                assert any(other.talk and other.tail == one.tail and other.ended >= one.began for other in batch)
            closing |= {one.tail} if deed == "closes" else set()
