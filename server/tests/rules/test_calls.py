"""What counts as a talk, which reports are of one talk, and who sees a call."""

from typing import Any

import pytest

from trubka.rules.calls import (
    SLACK_SECONDS,
    Asked,
    Direction,
    Part,
    Report,
    Shown,
    Source,
    authors,
    fetched,
    going,
    ids_named,
    is_missed,
    is_talk,
    may_see,
    named,
    names_somebody,
    same,
    span,
    status_of,
    twins,
    whose,
)
from trubka.rules.entities import Entity
from trubka.rules.facts import Going
from trubka.rules.rights import ALL, NONE, CardRights, Me, Rights, StatusLevels, StatusRights

ANNA, BORIS, CLARA = 1, 2, 3


@pytest.mark.parametrize(
    ("status", "seconds", "talk"),
    [
        (None, 0, False),
        (None, 5, True),
        (0, 5, True),
        (1, 30, False),
        (2, 30, True),
        (2, 0, False),
        (3, 30, False),
        (4, 0, True),
        (4, 5, True),
        (5, 5, True),
        (5, 0, False),
        (6, 40, False),
        (7, 40, False),
        (8, 5, True),
        (8, 0, False),
    ],
)
def test_a_talk(status: int | None, seconds: int, talk: bool):
    assert is_talk(status, seconds) is talk
    assert is_missed(Direction.inbound, is_talk(status, seconds)) is not talk
    assert not is_missed(Direction.outbound, is_talk(status, seconds))


@pytest.mark.parametrize("talk", [True, False])
def test_what_our_own_line_says_is_understood(talk: bool):
    assert is_talk(status_of(talk), 0) is talk
    assert is_talk(status_of(talk), 60) is talk


def part(root: int = 1, **more: object) -> Part:
    told: dict[str, object] = {
        "id": root,
        "root": root,
        "source": Source.pbx,
        "origin": "pbx:1",
        "users": (ANNA,),
        "began": 100,
        "ended": 200,
    }
    return Part(**(told | more))  # pyright: ignore[reportArgumentType]


def report(
    user: int | None = ANNA,
    began: int = 110,
    ended: int = 190,
    source: Source = Source.post,
    origin: str | None = "client",
) -> Report:
    return Report(source, origin, user, began, ended)


@pytest.mark.parametrize(
    ("told", "known", "root"),
    [
        (report(), [], None),
        (report(), [part()], 1),
        (report(user=BORIS), [part()], None),
        (report(user=BORIS), [part(users=(ANNA, BORIS))], 1),
        (report(user=None), [part(users=())], None),
        (report(began=200 + SLACK_SECONDS, ended=500), [part()], 1),
        (report(began=201 + SLACK_SECONDS, ended=500), [part()], None),
        (report(began=0, ended=100 - SLACK_SECONDS), [part()], 1),
        (report(began=0, ended=99 - SLACK_SECONDS), [part()], None),
        (report(began=5_000, ended=5_100), [part(ended=None)], 1),
        # whoever tells of two calls means two
        (report(), [part(source=Source.post, origin="client")], None),
        (report(), [part(), part(id=2, source=Source.post, origin="client")], None),
        (report(), [part(source=Source.post, origin="another client")], 1),
        (report(), [part(source=Source.note, origin="client")], 1),
        (report(source=Source.phone), [part(source=Source.post, origin="client")], 1),
        # the one with more in common; then the one that was first
        (report(began=190, ended=260), [part(1), part(2, began=205, ended=260)], 2),
        (report(), [part(2), part(1)], 1),
        # a further report may fit where the conversation itself does not
        (report(began=300, ended=310), [part(), part(id=2, source=Source.note, began=290, ended=320)], 1),
    ],
)
def test_reports_of_one_talk(told: Report, known: list[Part], root: int | None):
    assert same(told, known) == root


GROUP = CardRights(view="G")
OWN = CardRights(view="M")
CLOSED = StatusRights(5, 6, StatusLevels("D", "D", "D"))


def me(user: int, rights: Rights, admin: bool = False) -> Me:
    return Me(1, user, admin, (ANNA, BORIS), rights)


TEAM = Rights(contacts=GROUP, companies=GROUP, leads=GROUP)
MINE = Rights(contacts=OWN, companies=OWN, leads=OWN)


@pytest.mark.parametrize(
    ("who", "call", "seen"),
    [
        (me(CLARA, NONE), Shown(users=(CLARA,)), True),
        (me(CLARA, NONE), Shown(users=(ANNA,), user=ANNA), False),
        (me(9, NONE, admin=True), Shown(), True),
        (me(BORIS, ALL), Shown(), True),
        (me(BORIS, TEAM), Shown(), False),
        (me(BORIS, TEAM), Shown(user=ANNA), True),
        (me(BORIS, TEAM), Shown(user=CLARA), False),
        (me(BORIS, MINE), Shown(user=ANNA), False),
        (me(BORIS, TEAM), Shown(entity=Entity.contact, place=(ANNA, 0, 0)), True),
        (me(BORIS, MINE), Shown(entity=Entity.company, place=(ANNA, 0, 0)), False),
        (me(BORIS, TEAM), Shown(entity=Entity.lead, place=(ANNA, 5, 6)), True),
        (me(BORIS, Rights(leads=GROUP, status_rights=[CLOSED])), Shown(entity=Entity.lead, place=(ANNA, 5, 6)), False),
        (me(BORIS, TEAM), Shown(entity=Entity.contact, user=ANNA), False),
        (me(BORIS, ALL), Shown(entity=Entity.contact), True),
    ],
)
def test_who_sees_a_call(who: Me, call: Shown, seen: bool):
    assert may_see(who, call) is seen


USERS = {7001, 7002}
EXTENSIONS = {"101": 7002, "89160000001": 7001}


def asked(**more: Any) -> Asked:
    return Asked(direction=Direction.inbound, number="5", seconds=60, **more)


@pytest.mark.parametrize(
    ("who", "user"),
    [
        (None, None),
        (7001, 7001),
        ("7001", 7001),
        ("²", None),
        (0, None),
        (-1, None),
        (5, None),
        (101, 7002),
        ("101", 7002),
        ("8 (916) 000-00-01", 7001),
        ("101 Ivan", None),
        ("9" * 30, None),
    ],
)
def test_whom_a_report_names(who: int | str | None, user: int | None):
    assert named(asked(who=who), USERS, EXTENSIONS) == user


@pytest.mark.parametrize(
    ("given", "user", "expected"),
    [  # created by, responsible, whose call it is
        ({}, None, (9, 9, None)),
        ({}, 7001, (7001, 7001, 7001)),
        ({"created_by": 0}, None, (0, 9, None)),
        ({"created_by": 7001}, 7002, (7001, 7001, 7002)),
        ({"responsible_user_id": 7001}, None, (7001, 7001, 7001)),
        ({"created_by": 7002, "responsible_user_id": 7001}, None, (7002, 7001, 7002)),
        ({"created_by": 5}, None, (5, 9, None)),
    ],
)
def test_whose_it_is(given: dict[str, int], user: int | None, expected: tuple[int, int, int | None]):
    call = asked(**given)
    assert (*authors(call, user, USERS, 9), whose(call, user, USERS)) == expected
    assert ids_named(call) == {each for each in given.values() if each}
    assert names_somebody(call) is any(given.values())


def test_when_it_was_and_what_can_be_fetched():
    assert span(asked(), 100) == (40, 100)
    assert span(asked(created_at=10), 100) == (10, 70)
    assert span(asked(created_at=70), 100) == (70, 100)
    assert span(asked(created_at=5_000), 100) == (100, 100)
    assert fetched(None) is None and fetched("") is None and fetched("file:///etc/passwd") is None
    assert fetched("HTTPS://pbx.example/1.mp3") == "HTTPS://pbx.example/1.mp3"


# How a call stands that goes on.

ROW: dict[str, Any] = {
    "direction": 1,
    "number": "+79160001122",
    "line": "84950000001",
    "started_at": 5,
    "answered_at": None,
    "ended_at": None,
}
STORY: dict[str, Any] = {
    "state": "ringing",
    "caller": None,
    "ringing": ["101", "102", "201"],
    "talking": [],
    "on_hold": False,
    "queue": None,
    "transferred": [],
    "users": {"101": ANNA, "201": ANNA, "102": BORIS},
}
RINGS = Going("inbound", "+79160001122", "84950000001", 5, None, None, (ANNA, BORIS), (), None, False, None, None)


@pytest.mark.parametrize(
    ("row", "story", "expected"),
    [
        ({}, {}, RINGS),
        ({"ended_at": 9}, {}, None),
        (
            {"answered_at": 7},
            {"ringing": [], "talking": ["102"], "on_hold": True},
            Going("inbound", "+79160001122", "84950000001", 5, 7, None, (), (BORIS,), "102", True, None, None),
        ),
        (
            {"answered_at": 7},
            {"ringing": ["102"], "queue": "sales", "transferred": [{"from": "101", "to": "102", "kind": "blind"}]},
            Going("inbound", "+79160001122", "84950000001", 5, 7, None, (BORIS,), (), None, False, "sales", ANNA),
        ),
        (
            {},
            {"ringing": [], "talking": ["205"], "transferred": [{"from": None, "to": "205", "kind": "forward"}]},
            Going("inbound", "+79160001122", "84950000001", 5, None, None, (), (), "205", False, None, None),
        ),
    ],
)
def test_how_a_call_stands(row: dict[str, Any], story: dict[str, Any], expected: Going | None):
    assert going(ROW | row | {"details": STORY | story}) == expected


def test_who_of_ours_began_it():
    called = going(ROW | {"direction": 2, "details": STORY | {"ringing": [], "caller": "101"}})
    assert called is not None and (called.caller, called.direction) == (ANNA, "outbound")


def test_a_call_that_others_have_told_of_does_not_go_on():
    assert going(ROW | {"details": {}}) is None


def post(root: int, origin: str, **more: object) -> Part:
    return part(root, **({"source": Source.post, "origin": origin} | more))


@pytest.mark.parametrize(
    ("known", "found"),
    [  # what is there: which stays, and which joins it
        ([], None),
        ([post(1, "a"), post(2, "b")], (1, 2)),
        ([post(1, "a"), part(2)], (2, 1)),  # our own PBX's stays
        ([post(1, "a"), post(2, "a")], None),  # whoever tells of two calls means two
        ([post(1, "a"), post(2, "b"), post(2, "a", id=3)], None),
        ([post(1, "a"), post(2, "b", users=(BORIS,))], None),
        ([post(1, "a"), post(2, "b", began=200 + SLACK_SECONDS, ended=300)], (1, 2)),
        ([post(1, "a"), post(2, "b", began=201 + SLACK_SECONDS, ended=300)], None),
        ([post(1, "a", ended=None), post(2, "b", began=900, ended=None)], (1, 2)),
        ([post(1, "a"), post(2, "b", began=150), post(3, "c")], (1, 3)),  # the most in common
    ],
)
def test_which_conversations_are_one(known: list[Part], found: tuple[int, int] | None):
    assert twins(known) == found
