"""Facts: what has happened. Browsers and webhooks are fed from these and from nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from trubka.rules.entities import Entity


def snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


class Fact(msgspec.Struct, frozen=True, tag_field="fact", tag=snake, omit_defaults=True):
    """`by` is the user whose deed it was; 0 is the robot."""

    by: int
    at: int


class CardAdded(Fact, frozen=True):
    entity: Entity
    id: int
    owner: int


class CardChanged(Fact, frozen=True):
    """`changed` names what is different now; the old owner stands here when the owner is."""

    entity: Entity
    id: int
    owner: int
    changed: tuple[str, ...] = ()
    old_owner: int | None = None


class CardDeleted(Fact, frozen=True):
    entity: Entity
    id: int
    owner: int


class CardRestored(Fact, frozen=True):
    entity: Entity
    id: int
    owner: int


class LeadMoved(Fact, frozen=True):
    """To another status, perhaps of another pipeline."""

    id: int
    owner: int
    pipeline_id: int
    status_id: int
    old_pipeline_id: int
    old_status_id: int


class CardsBound(Fact, frozen=True):
    entity: Entity
    id: int
    to_entity: Entity
    to_id: int


class CardsUnbound(Fact, frozen=True):
    entity: Entity
    id: int
    to_entity: Entity
    to_id: int


class NoteAdded(Fact, frozen=True):
    id: int
    entity: Entity
    entity_id: int
    note_type: str


class NoteChanged(Fact, frozen=True):
    id: int
    entity: Entity
    entity_id: int
    note_type: str


class TaskAdded(Fact, frozen=True):
    id: int
    owner: int
    entity: Entity | None = None
    entity_id: int | None = None


class TaskChanged(Fact, frozen=True):
    id: int
    owner: int
    completed: bool = False  # by this change
    old_owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class TaskDeleted(Fact, frozen=True):
    id: int
    owner: int


class AccountChanged(Fact, frozen=True):
    """People, rights, fields, pipelines or tokens: what processes and browsers keep in memory is old."""

    what: str


AnyFact = (
    CardAdded
    | CardChanged
    | CardDeleted
    | CardRestored
    | LeadMoved
    | CardsBound
    | CardsUnbound
    | NoteAdded
    | NoteChanged
    | TaskAdded
    | TaskChanged
    | TaskDeleted
    | AccountChanged
)


class Event(msgspec.Struct, frozen=True):
    """A line of amoCRM's log of events."""

    type: str
    entity: Entity
    entity_id: int
    created_by: int
    created_at: int
    value_after: list[Any] = []
    value_before: list[Any] = []
