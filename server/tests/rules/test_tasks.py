"""What is told of a task, and when the next task of a card may be another one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from trubka.rules.entities import Entity
from trubka.rules.tasks import card_of, days, events_of_change, events_of_new, moves_closest

TASK: dict[str, Any] = {
    "id": 5,
    "entity": 2,
    "entity_id": 11,
    "text": "Call",
    "complete_till": 100,
    "task_type_id": 1,
    "is_completed": False,
    "responsible_user_id": 7,
    "created_by": 7,
    "updated_by": 8,
    "created_at": 10,
    "updated_at": 20,
}


@pytest.mark.parametrize(
    ("new", "note", "expected", "moves"),
    [
        ({}, None, [], False),
        ({"text": "Meet"}, None, ["task_text_changed"], False),
        ({"task_type_id": 2}, None, ["task_type_changed"], False),
        ({"complete_till": 200}, None, ["task_deadline_changed"], True),
        ({"responsible_user_id": 9}, None, ["entity_responsible_changed"], False),
        ({"is_completed": True}, None, ["task_completed"], True),
        ({"is_completed": True}, 22, ["task_completed", "task_result_added"], True),
        ({}, 22, ["task_result_added"], False),
        ({"entity_id": 12}, None, [], True),
        ({"entity": 1}, None, [], True),
    ],
)
def test_what_is_told_of_a_change(new: dict[str, Any], note: int | None, expected: list[str], moves: bool):
    events = events_of_change(TASK, TASK | new, note)
    assert [event.type for event in events] == expected
    assert all((event.entity, event.entity_id, event.created_by) == (Entity.task, 5, 8) for event in events)
    assert moves_closest(TASK, TASK | new) is moves


def test_opening_a_task_again_is_no_completion():
    assert events_of_change(TASK | {"is_completed": True}, TASK, None) == []
    assert moves_closest(TASK | {"is_completed": True}, TASK)


@pytest.mark.parametrize(
    ("more", "note", "expected"),
    [
        ({}, None, ["task_added"]),
        ({"is_completed": True}, 22, ["task_added", "task_completed", "task_result_added"]),
    ],
)
def test_what_is_told_of_a_new_one(more: dict[str, Any], note: int | None, expected: list[str]):
    events = events_of_new(TASK | more, note)
    assert [event.type for event in events] == expected
    assert (events[0].created_by, events[0].created_at) == (7, 10)


def test_the_card_of_a_task():
    assert card_of(TASK) == (Entity.lead, 11)
    assert card_of(TASK | {"entity": None, "entity_id": None}) is None


def test_days_begin_where_the_company_is():
    east = timezone(timedelta(hours=3))
    now = int(datetime(2026, 11, 20, 22, 30, tzinfo=UTC).timestamp())
    assert [datetime.fromtimestamp(day, east).isoformat() for day in days(now, east)] == [
        "2026-11-21T00:00:00+03:00",
        "2026-11-22T00:00:00+03:00",
        "2026-11-23T00:00:00+03:00",
    ]


def test_a_day_may_have_more_hours_than_another():
    now = int(datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp())
    first, second, third = days(now, ZoneInfo("Europe/Berlin"))
    assert (second - first, third - second) == (24 * 3600, 25 * 3600)
