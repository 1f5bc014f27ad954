"""Who is told of a fact: whoever may see what it tells of, as their rights stand now. Too wide leaks, too narrow leaves
a browser stale. A new fact is a case here; the fields in which facts name users stand in NAMES and LISTS_OF_NAMES.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from trubka.rules import alerts, unsorted
from trubka.rules.entities import Entity
from trubka.rules.facts import (
    AccountChanged,
    AlertClosed,
    AlertRaised,
    AnyFact,
    CallAnswered,
    CallChanged,
    CallEnded,
    CallGone,
    CallLogged,
    CallNoticed,
    CallRang,
    CardAdded,
    CardChanged,
    CardDeleted,
    CardRestored,
    CardsBound,
    CardsUnbound,
    DebtClosed,
    DebtOpened,
    Gone,
    LeadMoved,
    NoteAdded,
    NoteChanged,
    NoticeClosed,
    RoutingChanged,
    SessionEnded,
    TaskAdded,
    TaskChanged,
    TaskDeleted,
    Told,
    UnsortedAdded,
    UnsortedChanged,
    UnsortedDecided,
)
from trubka.rules.rights import Me, may, may_card

Place = tuple[int, int, int]  # who answers for a card; of a lead its pipeline and status

NAMES = ("owner", "old_owner", "to_owner", "card_owner", "user")
NOBODY = -1  # answers for what nobody answers for
ANYBODY = -2  # stands for whoever a fact does not name
LISTS_OF_NAMES = ("users",)


def told(fact: AnyFact, me: Me) -> Told | None:
    """The fact, or less of it, or nothing."""
    match fact:
        case CardAdded() | CardDeleted() | CardRestored():
            return fact if sees(me, fact.entity, (fact.owner, fact.pipeline_id, fact.status_id)) else None
        case CardChanged():
            return moved(me, fact, fact.entity, (fact.owner, fact.pipeline_id, fact.status_id), old_place(fact))
        case LeadMoved():
            return moved(me, fact, Entity.lead, (fact.owner, fact.pipeline_id, fact.status_id), old_place(fact))
        case CardsBound() | CardsUnbound():
            # Who sees one of them is not shown the other, so for them nothing has changed.
            one = sees(me, fact.entity, (fact.owner, fact.pipeline_id, fact.status_id))
            return fact if one and sees(me, fact.to_entity, (fact.to_owner, 0, 0)) else None
        case NoteAdded() | NoteChanged():
            return fact if sees(me, fact.entity, (fact.owner, fact.pipeline_id, fact.status_id)) else None
        case TaskAdded() | TaskDeleted():
            return fact if sees(me, Entity.task, (fact.owner, 0, 0)) else None
        case TaskChanged():
            old_owner = fact.owner if fact.old_owner is None else fact.old_owner
            return moved(me, fact, Entity.task, (fact.owner, 0, 0), (old_owner, 0, 0))
        case CallRang() | CallAnswered() | CallEnded() | CallChanged():
            if sees_card_of(me, fact):
                return fact if fact.old_entity is None or saw_card_of(me, fact) else without_old_card(fact)
            if me.user_id in fact.users or getattr(fact, "user", None) == me.user_id:
                return without_card(fact)
            return CallGone(0, fact.at, fact.id) if saw_card_of(me, fact) else None
        case CallLogged() | CallGone() | CallNoticed():
            by_name = fact.users is None or me.user_id in fact.users or getattr(fact, "user", None) == me.user_id
            return fact if sees_card_of(me, fact) else without_card(fact) if by_name else None
        case NoticeClosed():
            return fact if me.is_admin or fact.users is None or me.user_id in fact.users else None
        case AlertRaised():
            return fact if fact.user == me.user_id and alerts.may_see(me.is_admin, fact.kind) else None
        case AlertClosed():
            return fact if fact.user == me.user_id else None
        case DebtOpened() | DebtClosed():
            seen = sees_card_of(me, fact)
            return fact if seen else without_card(fact) if fact.owner == me.user_id else None
        case UnsortedAdded() | UnsortedChanged() | UnsortedDecided():
            place = (fact.owner, fact.pipeline_id, fact.status_id)
            return fact if unsorted.may(me, "view", fact.users, place) else None
        case AccountChanged() | RoutingChanged():
            return fact
        case SessionEnded():
            return None
        case _:
            assert_never(fact)


def sees(me: Me, entity: Entity, place: Place) -> bool:
    return may(me, "view", entity, place[0]) if entity is Entity.task else may_card(me, "view", entity, place)


Call = CallRang | CallAnswered | CallEnded | CallChanged
Talk = Call | CallLogged | CallGone | CallNoticed | DebtOpened | DebtClosed


def sees_card_of(me: Me, fact: Talk) -> bool:
    """Of a call without a card: whether one sees whatever contact it may become."""
    owner = NOBODY if fact.card_owner is None else fact.card_owner
    return sees(me, fact.entity or Entity.contact, (owner, fact.pipeline_id, fact.status_id))


def saw_card_of(me: Me, fact: Call) -> bool:
    """The card that it stood on before, where that is another."""
    if fact.old_entity is None:
        return False
    owner = NOBODY if fact.old_owner is None else fact.old_owner
    return sees(me, fact.old_entity, (owner, fact.old_pipeline_id, fact.old_status_id))


def without_card(fact: Talk) -> Talk:
    """It rings me, yet whose number it is I may not know."""
    less = msgspec.structs.replace(fact, entity=None, entity_id=None, card_owner=None, pipeline_id=0, status_id=0)
    return without_old_card(less) if isinstance(less, Call) else less


def without_old_card(fact: Call) -> Call:
    """Where it stood before I may not know."""
    return msgspec.structs.replace(fact, old_entity=None, old_owner=None, old_pipeline_id=0, old_status_id=0)


def old_place(fact: CardChanged | LeadMoved) -> Place:
    return (
        fact.owner if fact.old_owner is None else fact.old_owner,
        fact.pipeline_id if fact.old_pipeline_id is None else fact.old_pipeline_id,
        fact.status_id if fact.old_status_id is None else fact.old_status_id,
    )


def moved(me: Me, fact: CardChanged | LeadMoved | TaskChanged, entity: Entity, now: Place, old: Place) -> Told | None:
    """Whoever has lost sight of it learns that it is gone, and neither where to nor by whom."""
    if sees(me, entity, now):
        return fact
    return Gone(0, fact.at, entity, fact.id) if old != now and sees(me, entity, old) else None


def named(fact: AnyFact) -> set[int]:
    """The users whom a fact names. To all others of the same rights and group it is told alike."""
    found: set[int] = {user for name in NAMES if (user := getattr(fact, name, None)) is not None}
    return found.union(*(getattr(fact, name, None) or () for name in LISTS_OF_NAMES))
