"""The order of steps, by tables."""

import pytest

from trubka.rules.pipelines import COLORS, Step, color_of, heir, own, renumbered

UNSORTED, WON, LOST = Step(1, 10, False), Step(142, 10_000, False), Step(143, 11_000, False)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(5, 20), (6, 30)], {}),
        ([(5, 20), (6, 100), (7, 200)], {6: 30, 7: 40}),
        ([(5, 20), (6, 30), (7, 20)], {7: 30, 6: 40}),  # of two in one place the older stands first
        ([(5, 20), (6, 30), (7, 15)], {7: 20, 5: 30, 6: 40}),
        ([(5, 20_000)], {5: 20}),  # never behind won and lost
        ([], {}),
    ],
)
def test_steps_stand_ten_apart(steps: list[tuple[int, int]], expected: dict[int, int]):
    assert renumbered([UNSORTED, *(Step(*each) for each in steps), WON, LOST]) == expected


def test_what_is_the_systems_is_no_step():
    assert own([LOST, Step(6, 30), UNSORTED, Step(5, 20)]) == [Step(5, 20), Step(6, 30)]


def test_leads_go_to_the_first_step_that_is_left():
    steps = [UNSORTED, Step(5, 20), Step(6, 30), WON, LOST]
    assert (heir(steps, 6), heir(steps, 5), heir([UNSORTED, Step(5, 20), WON], 5)) == (5, 6, None)


@pytest.mark.parametrize(
    ("given", "expected"), [(None, COLORS[0]), ("", COLORS[0]), ("#FFFEB2", "#fffeb2"), ("red", None), ("#000", None)]
)
def test_colours_are_those_of_a_list(given: str | None, expected: str | None):
    assert color_of(given) == expected
