"""Facts: what has happened. Browsers and webhooks are fed from these and from nothing else.

A fact bears what it takes to say who may be told of it (rules/audience.py): whose card it is and, of a lead, where it
stands.
"""

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


class OfCard(Fact, frozen=True, kw_only=True):
    """Where a lead stands, for a status may be closed or open to a role; other cards have none."""

    pipeline_id: int = 0
    status_id: int = 0


class CardAdded(OfCard, frozen=True):
    entity: Entity
    id: int
    owner: int


class CardChanged(OfCard, frozen=True):
    """`changed` names what is different now; the old owner and the old status stand here when they are."""

    entity: Entity
    id: int
    owner: int
    changed: tuple[str, ...] = ()
    old_owner: int | None = None
    old_pipeline_id: int | None = None
    old_status_id: int | None = None


class CardDeleted(OfCard, frozen=True):
    entity: Entity
    id: int
    owner: int


class CardRestored(OfCard, frozen=True):
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
    old_owner: int | None = None


class CardsBound(OfCard, frozen=True):
    """Both cards with their owners; only the first can be a lead."""

    entity: Entity
    id: int
    to_entity: Entity
    to_id: int
    owner: int
    to_owner: int


class CardsUnbound(OfCard, frozen=True):
    entity: Entity
    id: int
    to_entity: Entity
    to_id: int
    owner: int
    to_owner: int


class NoteAdded(OfCard, frozen=True):
    """The owner is the card's."""

    id: int
    entity: Entity
    entity_id: int
    note_type: str
    owner: int


class NoteChanged(OfCard, frozen=True):
    id: int
    entity: Entity
    entity_id: int
    note_type: str
    owner: int


class TaskAdded(Fact, frozen=True):
    id: int
    owner: int
    entity: Entity | None = None
    entity_id: int | None = None
    complete_till: int = 0
    is_completed: bool = False


class TaskChanged(Fact, frozen=True):
    id: int
    owner: int
    completed: bool = False  # by this change
    old_owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None
    complete_till: int = 0
    is_completed: bool = False


class TaskDeleted(Fact, frozen=True):
    id: int
    owner: int


class OfTalk(OfCard, frozen=True, kw_only=True):
    """Whose card the talk belongs to: without it only those are told of the card who see everybody's."""

    card_owner: int | None = None


class OfCall(OfTalk, frozen=True, kw_only=True):
    """With `old_entity`, the call stood on another card until now; of one without a card it is a contact, whose owner
    the user of the call is."""

    old_entity: Entity | None = None
    old_owner: int | None = None
    old_pipeline_id: int = 0
    old_status_id: int = 0


class Going(msgspec.Struct, frozen=True):
    """A call that goes on, as it stands: with it a card is on the screen before anything is asked. Users of ours by
    their ids; whoever talks and is none of them by the number of the phone."""

    direction: str
    number: str | None  # the customer's; none: withheld, or a colleague's
    line: str | None
    started_at: int
    answered_at: int | None
    caller: int | None  # who of ours began it
    ringing: tuple[int, ...]
    talking: tuple[int, ...]
    talks_at: str | None  # the phone that talks
    on_hold: bool
    queue: str | None
    sent_by: int | None  # who has transferred it last


class CallRang(OfCall, frozen=True):
    """A conversation has begun, or rings somebody else now."""

    id: int
    users: tuple[int, ...]  # everybody of ours who rings or has rung
    entity: Entity | None = None
    entity_id: int | None = None
    going: Going | None = None


class CallAnswered(OfCall, frozen=True):
    """Somebody of ours talks, or another of us does now."""

    id: int
    users: tuple[int, ...]
    user: int | None = None  # who talks
    entity: Entity | None = None
    entity_id: int | None = None
    going: Going | None = None


class CallEnded(OfCall, frozen=True):
    id: int
    users: tuple[int, ...]
    missed: bool | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class CallLogged(OfTalk, frozen=True):
    """Others have told of a call that is over. `user` is offered the result window."""

    id: int
    users: tuple[int, ...]
    user: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class CallChanged(OfCall, frozen=True):
    """Its card, its outcome or its recording is another; or it is held, or goes on in another way."""

    id: int
    users: tuple[int, ...]
    entity: Entity | None = None
    entity_id: int | None = None
    going: Going | None = None


class CallGone(OfTalk, frozen=True):
    """It has joined another conversation, which alone is shown from now on. Told in place of a change, too, to those
    who saw the call by the card that it stood on and do not see it now."""

    id: int
    users: tuple[int, ...] = ()
    entity: Entity | None = None
    entity_id: int | None = None


class CallNoticed(OfTalk, frozen=True):
    """Others say that somebody calls right now (/api/v2/events)."""

    id: UUID
    users: tuple[int, ...] | None = None  # none: everybody
    entity: Entity | None = None
    entity_id: int | None = None
    number: str = ""
    until: int = 0  # it stays so long, unless it is closed


class NoticeClosed(Fact, frozen=True):
    """By `by` for himself; or for all, when it joined a conversation."""

    id: UUID
    users: tuple[int, ...] | None = None
    call_id: int | None = None


class AlertRaised(Fact, frozen=True):
    """Something has gone wrong in the background, perhaps once more: told to this user alone."""

    id: UUID
    user: int
    kind: str


class AlertClosed(Fact, frozen=True):
    """By the user; or by itself, since the trouble is over."""

    id: UUID
    user: int


class DebtOpened(OfTalk, frozen=True):
    """Or they called again."""

    id: int
    call_id: int
    owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class DebtClosed(OfTalk, frozen=True):
    id: int
    owner: int | None = None
    entity: Entity | None = None
    entity_id: int | None = None


class OfUnsorted(OfCard, frozen=True, kw_only=True):
    """The lead that waits: who answers for it and where it stands; and who of ours took part in the call."""

    owner: int = 0
    users: tuple[int, ...] = ()


class UnsortedAdded(OfUnsorted, frozen=True):
    id: int
    uid: str
    category: str
    lead_id: int | None = None


class UnsortedChanged(OfUnsorted, frozen=True):
    """Somebody else told of the same call, and knew more of it."""

    id: int
    uid: str
    category: str
    lead_id: int | None = None


class UnsortedDecided(OfUnsorted, frozen=True):
    """Where the lead stood until then; and the cards that it has become, or that went to the bin."""

    id: int
    uid: str
    category: str
    decision: str  # accept, decline, link
    lead_id: int | None = None
    leads: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()


class RoutingChanged(Fact, frozen=True):
    """Lines, plans, hours, extensions, absence: who rings may be another now."""

    what: str


class AccountChanged(Fact, frozen=True):
    """People, rights, fields, pipelines or tokens: what processes and browsers keep in memory is old."""

    what: str


class SessionEnded(Fact, frozen=True):
    """A browser is signed out, or stands in another company now: its sockets end. Told to nobody."""

    session: str


class Gone(Fact, frozen=True):
    """Told in place of a change to those who saw the record before it and do not see it now; never recorded."""

    entity: Entity
    id: int


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
    | CallGone
    | CallNoticed
    | NoticeClosed
    | AlertRaised
    | AlertClosed
    | DebtOpened
    | DebtClosed
    | UnsortedAdded
    | UnsortedChanged
    | UnsortedDecided
    | RoutingChanged
    | AccountChanged
    | SessionEnded
)
Told = AnyFact | Gone


class Event(msgspec.Struct, frozen=True):
    """A line of amoCRM's log of events."""

    type: str
    entity: Entity
    entity_id: int
    created_by: int
    created_at: int
    value_after: list[Any] = []
    value_before: list[Any] = []
