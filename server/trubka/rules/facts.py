"""Facts: what has happened. Browsers and webhooks are fed from these and from nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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


class CallRang(Fact, frozen=True):
    """A conversation has begun, or rings somebody else now."""

    id: int
    users: tuple[int, ...]  # everybody of ours who rings or has rung
    entity: Entity | None = None
    entity_id: int | None = None


class CallAnswered(Fact, frozen=True):
    """Somebody of ours talks, or another of us does now."""

    id: int
    users: tuple[int, ...]
    user: int | None = None  # who talks
    entity: Entity | None = None
    entity_id: int | None = None


class CallEnded(Fact, frozen=True):
    id: int
    users: tuple[int, ...]
    missed: bool | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class CallLogged(Fact, frozen=True):
    """Others have told of a call that is over. `user` is offered the result window."""

    id: int
    users: tuple[int, ...]
    user: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class CallChanged(Fact, frozen=True):
    """Its card, its outcome or its recording is another."""

    id: int
    users: tuple[int, ...]
    entity: Entity | None = None
    entity_id: int | None = None


class CallNoticed(Fact, frozen=True):
    """Others say that somebody calls right now (/api/v2/events)."""

    id: UUID
    users: tuple[int, ...] | None = None  # none: everybody
    entity: Entity | None = None
    entity_id: int | None = None


class NoticeClosed(Fact, frozen=True):
    """By `by` for himself; or for all, when it joined a conversation."""

    id: UUID
    users: tuple[int, ...] | None = None
    call_id: int | None = None


class DebtOpened(Fact, frozen=True):
    """Or they called again."""

    id: int
    call_id: int
    owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class DebtClosed(Fact, frozen=True):
    id: int
    owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class UnsortedAdded(Fact, frozen=True):
    uid: str
    category: str
    lead_id: int | None = None


class UnsortedDecided(Fact, frozen=True):
    uid: str
    category: str
    decision: str  # accept, decline, link
    lead_id: int | None = None


class RoutingChanged(Fact, frozen=True):
    """Lines, plans, hours, extensions, absence: who rings may be another now."""

    what: str


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
    | CallRang
    | CallAnswered
    | CallEnded
    | CallLogged
    | CallChanged
    | CallNoticed
    | NoticeClosed
    | DebtOpened
    | DebtClosed
    | UnsortedAdded
    | UnsortedDecided
    | RoutingChanged
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
