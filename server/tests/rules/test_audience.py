"""Who is told of a fact: the whole cast against every kind of fact, and the short cut that spares most verdicts."""

from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.audience import ANYBODY, named, told
from trubka.rules.entities import CARDS, Entity
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
    UnsortedAdded,
    UnsortedChanged,
    UnsortedDecided,
)
from trubka.rules.rights import ALL, NONE, CardRights, Me, Rights, StatusLevels, StatusRights, TaskRights

ANNA, BORIS, CLARA, OLGA = 1, 2, 3, 4
GROUP = CardRights(view="G")
TEAM = Rights(leads=GROUP, contacts=GROUP, companies=GROUP, tasks=TaskRights("M", "D"))
OWN = Rights(leads=CardRights("M"), contacts=CardRights("M"), companies=CardRights("M"), tasks=TaskRights("G", "D"))
SHUT = msgspec.structs.replace(TEAM, status_rights=[StatusRights(30, 300, StatusLevels(view="D"))])
OPEN = msgspec.structs.replace(NONE, status_rights=[StatusRights(30, 300, StatusLevels(view="A"))])
CAST = {
    "anna": Me(31, ANNA, False, (ANNA, BORIS), TEAM),
    "boris": Me(31, BORIS, False, (ANNA, BORIS), OWN),
    "clara": Me(31, CLARA, False, (CLARA, OLGA), NONE),
    "olga": Me(31, OLGA, True, (CLARA, OLGA), NONE),
    "shut": Me(31, 5, False, (ANNA, BORIS, 5), SHUT),  # of Anna's group, but one status is closed to them
    "open": Me(31, 6, False, (6,), OPEN),  # sees nothing but the leads of one status
}
AT = (BORIS, 1_760_000_000)
LEAD, CONTACT, TASK = Entity.lead, Entity.contact, Entity.task
GONE_LEAD, GONE_CONTACT, GONE_TASK = (Gone(0, AT[1], kind, 9) for kind in (LEAD, CONTACT, TASK))
STATUS: dict[str, Any] = {"pipeline_id": 30, "status_id": 300}

NOTICE = UUID(int=1)

Cases = list[tuple[AnyFact, set[str], set[str]]]  # the fact, who is told it, and who is told that it is gone
CASES: Cases = [
    (CardAdded(*AT, CONTACT, 9, ANNA), {"anna", "olga", "shut"}, set()),
    (CardAdded(*AT, CONTACT, 9, BORIS), {"anna", "boris", "olga", "shut"}, set()),
    (CardAdded(*AT, CONTACT, 9, CLARA), {"olga"}, set()),
    (CardAdded(*AT, LEAD, 9, ANNA, **STATUS), {"anna", "olga", "open"}, set()),
    (CardAdded(*AT, LEAD, 9, ANNA, pipeline_id=30, status_id=301), {"anna", "olga", "shut"}, set()),
    (CardDeleted(*AT, Entity.customer, 9, ANNA), {"anna", "olga", "shut"}, set()),
    (CardRestored(*AT, Entity.company, 9, CLARA), {"olga"}, set()),
    (CardChanged(*AT, CONTACT, 9, ANNA, ("name",)), {"anna", "olga", "shut"}, set()),
    (CardChanged(*AT, CONTACT, 9, CLARA, (), ANNA), {"olga"}, {"anna", "shut"}),
    (CardChanged(*AT, CONTACT, 9, ANNA, (), BORIS), {"anna", "olga", "shut"}, {"boris"}),
    (CardChanged(*AT, CONTACT, 9, ANNA, (), CLARA), {"anna", "olga", "shut"}, set()),
    (CardChanged(*AT, LEAD, 9, ANNA, (), None, 30, 301, **STATUS), {"anna", "olga", "open"}, {"shut"}),
    (LeadMoved(*AT, 9, ANNA, 30, 301, 30, 300), {"anna", "olga", "shut"}, {"open"}),
    (LeadMoved(*AT, 9, CLARA, 30, 302, 30, 301, ANNA), {"olga"}, {"anna", "shut"}),
    (CardsBound(*AT, LEAD, 8, CONTACT, 9, ANNA, BORIS, **STATUS), {"anna", "olga"}, set()),
    (CardsBound(*AT, LEAD, 8, CONTACT, 9, BORIS, BORIS), {"anna", "boris", "olga", "shut"}, set()),
    (CardsUnbound(*AT, LEAD, 8, CONTACT, 9, ANNA, CLARA), {"olga"}, set()),
    (NoteAdded(*AT, 7, LEAD, 9, "common", ANNA, **STATUS), {"anna", "olga", "open"}, set()),
    (NoteChanged(*AT, 7, CONTACT, 9, "common", CLARA), {"olga"}, set()),
    (NoteAdded(*AT, 7, TASK, 9, "task_result", BORIS), {"boris", "olga"}, set()),
    (TaskAdded(*AT, 9, ANNA), {"anna", "boris", "olga"}, set()),
    (TaskAdded(*AT, 9, CLARA), {"clara", "olga"}, set()),
    (TaskChanged(*AT, 9, CLARA, False, ANNA), {"clara", "olga"}, {"anna", "boris"}),
    (TaskChanged(*AT, 9, ANNA), {"anna", "boris", "olga"}, set()),
    (TaskDeleted(*AT, 9, BORIS), {"boris", "olga"}, set()),
    (NoticeClosed(*AT, NOTICE, (CLARA,)), {"clara", "olga"}, set()),
    (NoticeClosed(*AT, NOTICE), set(CAST), set()),
    (UnsortedAdded(*AT, 7, "u", "sip", 9, owner=ANNA, **STATUS), {"anna", "olga", "open"}, set()),
    (UnsortedAdded(*AT, 7, "u", "sip", 9, owner=ANNA, pipeline_id=30), {"anna", "olga", "shut"}, set()),
    (UnsortedAdded(*AT, 7, "u", "sip", 9, users=(BORIS, CLARA), pipeline_id=30), {"boris", "olga"}, set()),
    (UnsortedChanged(*AT, 7, "u", "sip", 9, owner=CLARA), {"olga"}, set()),
    (UnsortedDecided(*AT, 7, "u", "sip", "accept", 9, owner=BORIS), {"anna", "boris", "olga", "shut"}, set()),
    (AlertRaised(*AT, NOTICE, CLARA, "recording_lost"), {"clara"}, set()),
    (AlertRaised(*AT, NOTICE, CLARA, "webhook_off"), set(), set()),  # no administrator any more
    (AlertRaised(*AT, NOTICE, OLGA, "webhook_off"), {"olga"}, set()),
    (AlertClosed(*AT, NOTICE, ANNA), {"anna"}, set()),
    (RoutingChanged(*AT, "hours"), set(CAST), set()),
    (AccountChanged(*AT, "roles"), set(CAST), set()),
    (SessionEnded(*AT, "a1b2"), set(), set()),
]


@pytest.mark.parametrize(("fact", "told_it", "told_gone"), CASES, ids=lambda each: type(each).__name__)
def test_a_fact_is_told_to_those_who_see_it(fact: AnyFact, told_it: set[str], told_gone: set[str]):
    heard = {name: told(fact, me) for name, me in CAST.items()}
    assert {name for name, each in heard.items() if each is fact} == told_it
    assert {name for name, each in heard.items() if isinstance(each, Gone)} == told_gone
    assert all(each in (fact, None, GONE_LEAD, GONE_CONTACT, GONE_TASK) for each in heard.values())


OF_ANNA: dict[str, Any] = {"entity": CONTACT, "entity_id": 9, "card_owner": ANNA}
TALKS: list[tuple[Any, set[str], set[str]]] = [  # the fact, who is told it, and who is told it without the card
    (CallRang(*AT, 5, (CLARA, ANNA), **OF_ANNA), {"anna", "olga", "shut"}, {"clara"}),
    (CallRang(*AT, 5, (CLARA,)), {"olga"}, {"clara"}),
    (CallAnswered(*AT, 5, (), CLARA, **OF_ANNA), {"anna", "olga", "shut"}, {"clara"}),
    (CallEnded(*AT, 5, (BORIS,), True, LEAD, 9, card_owner=ANNA, **STATUS), {"anna", "olga", "open"}, {"boris"}),
    (CallLogged(*AT, 5, (), CLARA), {"olga"}, {"clara"}),
    (CallChanged(*AT, 5, (), **OF_ANNA), {"anna", "olga", "shut"}, set()),
    (CallGone(*AT, 5, (CLARA,), **OF_ANNA), {"anna", "olga", "shut"}, {"clara"}),
    (CallGone(*AT, 5, ()), {"olga"}, set()),
    (CallNoticed(*AT, NOTICE, (CLARA,), **OF_ANNA), {"anna", "olga", "shut"}, {"clara"}),
    (CallNoticed(*AT, NOTICE, **OF_ANNA), {"anna", "olga", "shut"}, {"boris", "clara", "open"}),
    (DebtOpened(*AT, 3, 5, CLARA, **OF_ANNA), {"anna", "olga", "shut"}, {"clara"}),
    (DebtClosed(*AT, 3, CLARA), {"olga"}, {"clara"}),
]


@pytest.mark.parametrize(("fact", "told_it", "told_less"), TALKS, ids=lambda each: type(each).__name__)
def test_whom_a_call_rings_is_told_without_a_card_that_is_hidden(fact: Any, told_it: set[str], told_less: set[str]):
    heard = {name: told(fact, me) for name, me in CAST.items()}
    assert {name for name, each in heard.items() if each is fact} == told_it
    less = {name: each for name, each in heard.items() if each is not None and each is not fact}
    assert set(less) == told_less
    each: Any
    for each in less.values():
        assert (each.id, each.entity, each.entity_id, each.card_owner) == (fact.id, None, None, None)


OF_CLARA: dict[str, Any] = {"entity": CONTACT, "entity_id": 8, "card_owner": CLARA}
WAS_ANNAS: dict[str, Any] = {"old_entity": CONTACT, "old_owner": ANNA}
MOVED: list[tuple[Any, set[str], set[str], set[str]]] = [  # as above, and who is told that it is gone
    (CallRang(*AT, 5, (), **OF_CLARA, **WAS_ANNAS), {"olga"}, set(), {"anna", "shut"}),
    (CallAnswered(*AT, 5, (ANNA,), ANNA, **OF_CLARA, **WAS_ANNAS), {"olga"}, {"anna"}, {"shut"}),
    (CallEnded(*AT, 5, (BORIS,), True, **OF_CLARA, **WAS_ANNAS), {"olga"}, {"boris"}, {"anna", "shut"}),
    (
        CallChanged(*AT, 5, (), **OF_ANNA, old_entity=CONTACT, old_owner=BORIS),
        {"anna", "olga", "shut"},
        set(),
        {"boris"},
    ),
    (CallChanged(*AT, 5, (), **OF_CLARA, old_entity=CONTACT), {"olga"}, set(), set()),
    (
        CallChanged(*AT, 5, (), **OF_CLARA, old_entity=LEAD, old_owner=ANNA, old_pipeline_id=30, old_status_id=300),
        {"olga"},
        set(),
        {"anna", "open"},
    ),
]


@pytest.mark.parametrize(("fact", "told_it", "told_less", "told_gone"), MOVED)
def test_a_call_whose_card_is_another_leaves_the_screens_of_those_who_saw_the_old_one(
    fact: Any, told_it: set[str], told_less: set[str], told_gone: set[str]
):
    heard: dict[str, Any] = {name: told(fact, me) for name, me in CAST.items()}
    calls = {name: each for name, each in heard.items() if type(each) is type(fact)}
    assert {name for name, each in calls.items() if each.card_owner is not None} == told_it
    less = {name: each for name, each in calls.items() if name not in told_it}
    assert set(less) == told_less
    assert all(
        (each.entity_id, each.card_owner, each.old_entity, each.old_owner) == (None,) * 4 for each in less.values()
    )
    gone = {name: each for name, each in heard.items() if isinstance(each, CallGone)}
    assert set(gone) == told_gone and all(each == CallGone(0, AT[1], 5) for each in gone.values()), "and not where to"


def test_where_a_call_stood_before_is_told_to_whoever_saw_it_there():
    fact = CallChanged(*AT, 5, (), **OF_ANNA, old_entity=CONTACT, old_owner=CLARA)
    heard: dict[str, Any] = {name: told(fact, me) for name, me in CAST.items()}
    assert heard["olga"] is fact
    assert heard["anna"] == heard["shut"] == CallChanged(*AT, 5, (), **OF_ANNA)


def test_every_kind_of_fact_has_a_case():
    assert {type(fact) for fact, *_ in [*CASES, *TALKS]} == set(get_args(AnyFact))


def test_a_fact_without_a_case_is_told_to_nobody():
    with pytest.raises(AssertionError):
        told(GONE_LEAD, CAST["olga"])  # pyright: ignore[reportArgumentType]


users = st.integers(1, 8)
levels = st.sampled_from(["A", "G", "M", "L", "D"])
statuses = st.sampled_from([0, 300, 301])
cards = st.builds(CardRights, view=levels)
allowed = st.builds(
    Rights,
    leads=cards,
    contacts=cards,
    companies=cards,
    tasks=st.builds(TaskRights, edit=levels),
    status_rights=st.none()
    | st.lists(
        st.builds(StatusRights, st.just(30), statuses, st.builds(StatusLevels, view=st.sampled_from(["A", "D"]))),
        max_size=2,
    ),
)
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "entity": st.sampled_from(CARDS),
    "to_entity": st.sampled_from(CARDS),
    "old_entity": st.none() | st.sampled_from(CARDS),
    "pipeline_id": st.just(30),
    "old_pipeline_id": st.just(30),
    "status_id": statuses,
    "old_status_id": statuses,
    "owner": users,
    "to_owner": users,
    "user": st.none() | users,
    "old_owner": st.none() | users,
    "card_owner": st.none() | users,
    "users": st.lists(users, max_size=3).map(tuple),
}
facts: st.SearchStrategy[Any] = st.one_of(
    [
        st.builds(kind, **{name: SPECIAL[name] for name in kind.__struct_fields__ if name in SPECIAL})
        for kind in get_args(AnyFact)
    ]
)


@given(facts, allowed, st.booleans(), users, st.frozensets(users, max_size=3))
def test_whoever_a_fact_does_not_name_is_told_as_all_of_the_same_rights(
    fact: AnyFact, rights: Rights, admin: bool, user: int, others: frozenset[int]
):
    me = Me(31, user, admin, tuple(sorted(others | {user})), rights)
    if user not in named(fact):
        assert told(fact, me) == told(fact, msgspec.structs.replace(me, user_id=ANYBODY))


@given(facts)
def test_those_who_see_all_are_told_all(fact: AnyFact):
    if not isinstance(fact, SessionEnded | AlertRaised | AlertClosed):
        assert told(fact, Me(31, 9, True, (9,), ALL)) is fact
