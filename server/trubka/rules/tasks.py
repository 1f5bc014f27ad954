"""Tasks: what is asked of one, and which lines of the log tell what is different (reference 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import msgspec

from trubka.rules.entities import Entity
from trubka.rules.facts import Event

LONGEST_TEXT = 20_000
LONGEST_RESULT = 20_000
FIRST_TYPE = 1  # to call back: what a task is when nothing is said


class Asked(msgspec.Struct, kw_only=True):
    """A new task, or the changes to one. What is None stays as it is, or takes its default when new."""

    id: int = 0
    request_id: str = "0"
    text: str | None = None
    complete_till: int | None = None
    task_type_id: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None
    responsible_user_id: int | None = None
    is_completed: bool | None = None
    duration: int | None = None
    result_text: str | None = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: int | None = None
    updated_at: int | None = None


def days(now: int, zone: tzinfo) -> tuple[int, int, int]:
    """When today, tomorrow and the day after begin there. A day may have 23 or 25 hours."""
    today = datetime.fromtimestamp(now, zone).date()
    first, second, third = (
        int(datetime.combine(today + timedelta(days=each), time(), zone).timestamp()) for each in range(3)
    )
    return first, second, third


def card_of(row: Mapping[str, Any]) -> tuple[Entity, int] | None:
    return None if row["entity"] is None else (Entity(row["entity"]), row["entity_id"])


def moves_closest(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the time of a card's next task may be another one now."""
    return any(old[key] != new[key] for key in ("complete_till", "is_completed", "entity", "entity_id"))


def events_of_new(row: Mapping[str, Any], result_note: int | None) -> list[Event]:
    added = [event(row, "task_added", at=row["created_at"], by=row["created_by"])]
    return added + ended(row, bool(row["is_completed"]), result_note)


def events_of_change(old: Mapping[str, Any], new: Mapping[str, Any], result_note: int | None) -> list[Event]:
    found: list[Event] = []
    for key, kind, name, inner in (
        ("complete_till", "task_deadline_changed", "task_deadline", "timestamp"),
        ("task_type_id", "task_type_changed", "task_type", "id"),
        ("text", "task_text_changed", "task", "text"),
        ("responsible_user_id", "entity_responsible_changed", "responsible_user", "id"),
    ):
        if old[key] != new[key]:
            found.append(event(new, kind, [{name: {inner: new[key]}}], [{name: {inner: old[key]}}]))
    return found + ended(new, new["is_completed"] and not old["is_completed"], result_note)


def ended(row: Mapping[str, Any], completed: bool, result_note: int | None) -> list[Event]:
    found = [event(row, "task_completed")] if completed else []
    if result_note is not None:
        found.append(event(row, "task_result_added", [{"note": {"id": result_note}}]))
    return found


def event(
    row: Mapping[str, Any],
    kind: str,
    after: list[Any] | None = None,
    before: list[Any] | None = None,
    by: int | None = None,
    at: int | None = None,
) -> Event:
    return Event(
        kind,
        Entity.task,
        row["id"],
        row["updated_by"] if by is None else by,
        row["updated_at"] if at is None else at,
        after or [],
        before or [],
    )
