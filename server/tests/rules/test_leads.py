"""Where a lead stands."""

import pytest

from trubka.errors import Flaw
from trubka.rules import leads
from trubka.rules.leads import LOST, WON, Place, place

MAIN, OTHER = 3001, 3002
PLACES = [
    Place(MAIN, 1, 1),
    Place(MAIN, 2),
    Place(MAIN, 3),
    Place(MAIN, WON),
    Place(MAIN, LOST),
    Place(OTHER, 11, 1),
    Place(OTHER, 12),
    Place(OTHER, WON),
    Place(OTHER, LOST),
]


@pytest.mark.parametrize(
    ("old", "pipeline_id", "status_id", "found"),
    [
        (None, None, None, (MAIN, 2)),
        (None, OTHER, None, (OTHER, 12)),
        (None, None, 12, (OTHER, 12)),
        (None, None, 1, (MAIN, 1)),  # a new lead may wait in the unsorted
        (None, None, WON, (MAIN, WON)),
        (None, OTHER, WON, (OTHER, WON)),
        (None, MAIN, 12, "status_id"),
        (None, None, 99, "status_id"),
        (None, 99, None, "pipeline_id"),
        ((OTHER, 12), None, None, (OTHER, 12)),
        ((OTHER, 12), None, LOST, (OTHER, LOST)),
        ((OTHER, 12), OTHER, None, (OTHER, 12)),
        ((OTHER, 12), MAIN, None, (MAIN, 2)),
        ((OTHER, WON), MAIN, None, (MAIN, 2)),
        ((OTHER, 12), None, 3, (MAIN, 3)),
        ((MAIN, 2), None, 1, "status_id"),  # never back to the unsorted
        ((MAIN, 2), OTHER, 11, "status_id"),
        ((MAIN, 1), MAIN, 1, (MAIN, 1)),  # a whole lead that is sent back
        ((MAIN, 1), None, 2, (MAIN, 2)),
    ],
)
def test_place(
    old: tuple[int, int] | None, pipeline_id: int | None, status_id: int | None, found: tuple[int, int] | str
):
    answer = place(PLACES, old, pipeline_id, status_id)
    told = answer.path if isinstance(answer, Flaw) else (answer.pipeline_id, answer.status_id)
    assert told == found


def test_without_a_pipeline_there_is_no_place():
    assert isinstance(place([], None, None, None), Flaw)


@pytest.mark.parametrize(
    ("status", "was_closed", "old", "given", "at"),
    [
        (2, False, None, None, None),
        (2, True, 50, 60, None),  # opened again
        (WON, False, None, None, 100),
        (LOST, False, None, 70, 70),
        (WON, True, 50, None, 50),  # a change to a closed lead leaves its moment
        (WON, True, 50, 60, 60),
    ],
)
def test_closed_at(status: int, was_closed: bool, old: int | None, given: int | None, at: int | None):
    assert leads.closed_at(Place(MAIN, status), was_closed, old, given, 100) == at


@pytest.mark.parametrize(
    ("status", "old", "given", "reason"),
    [
        (LOST, None, 5, 5),
        (LOST, 4, None, 4),
        (LOST, 4, 5, 5),
        (LOST, 4, 0, None),
        (WON, 4, 5, None),
        (2, 4, None, None),
    ],
)
def test_only_a_lost_lead_has_a_reason(status: int, old: int | None, given: int | None, reason: int | None):
    assert leads.loss_reason(Place(MAIN, status), old, given) == reason


def test_active_is_neither_closed_nor_unsorted():
    assert [each.status_id for each in PLACES if each.is_active] == [2, 3, 12]


def test_default_name():
    assert (leads.default_name("ru", 7), leads.default_name("en", 7)) == ("Сделка #7", "Lead #7")
