"""Signals become conversations: every kind of call, told well, told twice, told in another order, and not at all."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.call import MOST_LEGS, MOST_RINGING, NOTHING, Calls, Changes, Gone, Tangle
from trubka.rules.conversation import Conversation, Transfer
from trubka.rules.signals import (
    Answered,
    AnySignal,
    Dialling,
    Held,
    HungUp,
    LegBegan,
    LegDialled,
    LegEnded,
    LegHeld,
    LegJoined,
    LegLeft,
    LegLinked,
    LegLost,
    LegParked,
    LegQueued,
    LegRang,
    LegRecorded,
    LegTransferred,
    LegUnheld,
    PbxFound,
    PbxRestarted,
    Recorded,
    Ringing,
    Transferred,
    Unheld,
    leg_of,
)

CUSTOMER, LINE = "+79161234567", "+74950000001"


def after(*signals: AnySignal) -> list[Conversation]:
    calls = Calls()
    for signal in signals:
        calls.tell(signal)
    return sorted(calls.live(), key=lambda found: (found.started_at, found.id))


def told(*signals: AnySignal) -> Conversation:
    (found,) = after(*signals)
    return found


def test_an_answer_told_twice_counts_once():
    call = told(
        Ringing("c1", CUSTOMER, "101", at=100),
        Answered("c1", agent="101", at=105),
        Answered("c1", agent="101", at=105),
        HungUp("c1", at=165),
    )
    assert (call.answered_by, call.talk_seconds) == ("101", 60)


def test_the_life_of_a_call_on_a_screen():
    calls = Calls()

    def seen(signal: AnySignal) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
        (now,) = calls.tell(signal).changed
        assert calls.live() == [now]
        return now.state, now.ringing, now.talking, now.on_hold

    assert seen(Ringing("c", CUSTOMER, line=LINE, queue="sales", at=1)) == ("waiting", (), (), False)
    assert seen(Ringing("c", CUSTOMER, "101", at=2)) == ("ringing", ("101",), (), False)
    assert seen(Ringing("c", CUSTOMER, "102", at=2)) == ("ringing", ("101", "102"), (), False)
    assert seen(HungUp("c", "101", at=4)) == ("ringing", ("102",), (), False)
    assert seen(Answered("c", "102", at=5)) == ("talking", (), ("102",), False)
    assert seen(LegHeld(leg_of("c", "102"), at=7)) == ("talking", (), ("102",), True)
    assert seen(LegUnheld(leg_of("c", "102"), at=9)) == ("talking", (), ("102",), False)
    assert seen(LegTransferred(leg_of("c", "102"), "blind", "103", at=10)) == ("talking", (), ("102",), False)
    assert seen(HungUp("c", "102", at=10)) == ("waiting", (), (), False)
    assert seen(Ringing("c", CUSTOMER, "103", at=11)) == ("ringing", ("103",), (), False)
    assert seen(Answered("c", "103", at=12)) == ("talking", (), ("103",), False)
    assert seen(HungUp("c", cause=16, at=20)) == ("ended", (), (), False)
    assert seen(Recorded("c", "c.wav", at=25)) == ("ended", (), (), False)
    assert calls.live() == [
        Conversation(
            id="c",
            direction="inbound",
            customer_number=CUSTOMER,
            line=LINE,
            started_at=1,
            answered_at=5,
            ended_at=20,
            rang=("101", "102", "103"),
            answered_by="102",
            last_talked="103",
            missed=False,
            talk_seconds=13,
            hold_seconds=2,
            transferred=(Transfer("102", "103", "blind"),),
            hangup_cause=16,
            recording="c.wav",
            state="ended",
            queue="sales",
        )
    ]


def test_missed():
    missed = told(Ringing("c", CUSTOMER, "101", at=1), HungUp("c", at=9))
    assert (missed.missed, missed.answered_by, missed.rang, missed.ended_at) == (True, None, ("101",), 9)


def test_held_and_sent_on_as_a_pbx_tells_by_call():
    begins = (Ringing("c", CUSTOMER, "101", at=1), Answered("c", "101", at=5), Held("c", "101", at=10))
    held = told(*begins)
    assert (held.on_hold, held.talking) == (True, ("101",))
    sent = told(
        *begins,
        Unheld("c", "101", at=12),
        Transferred("c", "101", "103", at=15),
        HungUp("c", "101", at=15),
        Ringing("c", CUSTOMER, "103", at=15),
    )
    assert (sent.state, sent.ringing, sent.on_hold, sent.hold_seconds) == ("ringing", ("103",), False, 2)
    assert [each.record() for each in sent.transferred] == [{"from": "101", "to": "103", "kind": "blind"}]


def test_calling_a_customer():
    dialled = Dialling("c", CUSTOMER, "101", LINE, at=1)
    assert told(dialled).state == "waiting"
    talked = told(dialled, Answered("c", "101", at=5), HungUp("c", at=9))
    assert (talked.id, talked.direction, talked.customer_number, talked.line) == ("c", "outbound", CUSTOMER, LINE)
    assert (talked.answered_by, talked.talk_seconds, talked.rang, talked.missed) == ("101", 4, (), False)
    nobody = told(dialled, HungUp("c", cause=17, at=9))
    assert (nobody.answered_by, nobody.missed, nobody.hangup_cause) == (None, False, 17)


def test_calling_a_colleague():
    inside = told(
        Dialling("c", "102", "101", inside=True, at=1),
        Answered("c", "102", at=5),
        HungUp("c", at=9),
    )
    assert (inside.direction, inside.customer_number, inside.line, inside.rang) == ("internal", None, "102", ("102",))
    assert (inside.answered_by, inside.talk_seconds, inside.ended_at) == ("102", 4, 9)


def test_a_signal_that_changes_nothing_is_no_news():
    calls = Calls()
    for signal in (Ringing("c", CUSTOMER, "101", at=1), Answered("c", "101", at=2), HungUp("c", at=5)):
        assert calls.tell(signal).changed
        kept = dict(calls.tangles)
        assert calls.tell(signal) is NOTHING
        assert all(calls.tangles[id] is tangle for id, tangle in kept.items())


def test_what_has_ended_leaves_after_a_while():
    calls = Calls()
    last = Changes()
    for number in range(100):
        call, at = f"c{number}", number * 10.0
        calls.tell(Ringing(call, CUSTOMER, "101", at=at))
        last = calls.tell(HungUp(call, at=at + 5))
        assert len(calls.tangles) < 10
    assert [found.id for found in last.finished] == ["c93"]
    assert last.dropped == ("c93",)
    late = calls.tell(Recorded("c1", "a.wav", at=1e4))
    assert late.strays == (Recorded("c1", "a.wav", at=1e4),)


def test_when_the_pbx_says_nothing_more_time_still_passes():
    calls = Calls()
    calls.tell(Ringing("c", CUSTOMER, "101", at=1))
    assert calls.pass_time(100) is NOTHING
    calls.tell(HungUp("c", at=5))
    assert [one.id for one in calls.pass_time(161).finished] == ["c"]
    assert calls.live() == []


def test_the_state_is_kept_and_read_again():
    calls = Calls()
    calls.tell(Ringing("c", CUSTOMER, "101", at=1))
    (kept,) = calls.tell(Answered("c", "101", at=3)).kept
    again = Calls([msgspec.json.decode(msgspec.json.encode(kept), type=Tangle)])
    again.tell(HungUp("c", at=10))
    (call,) = again.live()
    assert (call.rang, call.talk_seconds, call.ended_at) == (("101",), 7, 10)


def test_a_gap_hides_the_verdict_and_invents_nothing():
    talked, rang = Answered("c", "101", at=3), Ringing("c", CUSTOMER, "101", at=1)
    both = ("c", leg_of("c", "101"))
    gone = told(rang, PbxFound((), since=5, at=60))
    assert (gone.ended_at, gone.missed, gone.gap) == (5, None, True)
    gone = told(rang, talked, PbxFound((), since=5, at=60))
    assert (gone.ended_at, gone.missed, gone.talk_seconds, gone.gap) == (5, False, 2, True)
    still = told(rang, talked, PbxFound(tuple((leg, "c") for leg in both), since=5, at=60), HungUp("c", at=70))
    assert (still.ended_at, still.talk_seconds, still.gap) == (70, 67, True)
    alone = told(rang, talked, PbxFound(((both[0], None),), since=5, at=60), HungUp("c", at=70))
    assert (alone.ended_at, alone.talk_seconds) == (70, 2)
    restarted = told(rang, talked, PbxRestarted(at=60))
    assert (restarted.ended_at, restarted.talk_seconds) == (3, 0)


# By leg, with short names: c and d customers, o trunks that we call, a and b phones of ours, l halves of Locals.


def trunk(leg: str, at: float, number: str | None = CUSTOMER, line: str = LINE, call: str = "") -> LegBegan:
    return LegBegan(leg, call or leg, "outside", number, line, at=at)


def phone(leg: str, who: str, at: float, dialled: str, call: str = "", inside: bool = False) -> LegBegan:
    """A phone of ours that calls."""
    return LegBegan(leg, call or leg, "ours", who, dialled, inside, at=at)


def rings(leg: str, who: str, at: float, by: str | None, call: str) -> list[AnySignal]:
    began = LegBegan(leg, call, "ours", who, incoming=False, at=at)
    return [began, LegDialled(leg, by, at=at), LegRang(leg, at=at + 0.1)]


def outgoing(leg: str, number: str, at: float, by: str | None, call: str) -> list[AnySignal]:
    began = LegBegan(leg, call, "outside", incoming=False, at=at)
    return [began, LegDialled(leg, by, number, LINE, at=at), LegRang(leg, at=at + 0.1)]


def joined(room: str, at: float, *legs: str) -> list[AnySignal]:
    return [LegJoined(leg, room, at=at) for leg in legs]


def left(room: str, at: float, *legs: str) -> list[AnySignal]:
    return [LegLeft(leg, room, at=at) for leg in legs]


def ended(at: float, *legs: str, cause: int = 16) -> list[AnySignal]:
    return [LegEnded(leg, cause, at=at) for leg in legs]


def local(one: str, two: str, at: float, call: str, by: str | None) -> list[AnySignal]:
    return [
        LegBegan(one, call, "inner", incoming=False, at=at),
        LegBegan(two, call, "inner", at=at),
        LegLinked(one, two, through=True, at=at),
        LegDialled(one, by, at=at),
    ]


STORIES: dict[str, tuple[list[AnySignal], list[dict[str, Any]]]] = {
    "a group of which the second answers": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *rings("a2", "102", 1, "c", "c"),
            *ended(5, "a1", cause=26),
            *joined("r", 5, "a2", "c"),
            LegRecorded("c", "c.wav", at=5),
            LegRecorded("a2", "a.wav", at=4),
            *left("r", 15, "c", "a2"),
            *ended(15, "c", "a2"),
        ],
        [{"rang": ("101", "102"), "answered_by": "102", "talk_seconds": 10, "recording": "c.wav", "ended_at": 15}],
    ),
    "two handsets of one extension, and a phone that answers without ringing": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *rings("a2", "101", 1, "c", "c"),
            LegBegan("a3", "c", "ours", "102", incoming=False, at=2),
            *joined("r", 5, "a3", "c"),
            *ended(9, "c", "a1", "a2", "a3"),
        ],
        [{"rang": ("101", "102"), "answered_by": "102", "talk_seconds": 4}],
    ),
    "who hangs up instead of pressing 1 is connected for no time": (
        [trunk("c", 1), *rings("a", "101", 1, "c", "c"), *joined("r", 5, "a", "c"), *ended(5.01, "a", "c")],
        [{"rang": ("101",), "answered_by": None, "missed": True, "talk_seconds": 0}],
    ),
    "a blind transfer": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            LegUnheld("a1", at=8),
            LegTransferred("a1", "blind", "103", "c", at=8),
            *left("r", 8, "c", "a1"),
            *ended(8, "a1"),
            *rings("a3", "103", 8, "c", "c"),
            *joined("s", 10, "a3", "c"),
            *ended(20, "c", "a3"),
        ],
        [
            {
                "rang": ("101", "103"),
                "answered_by": "101",
                "last_talked": "103",
                "talk_seconds": 15,
                "transferred": (Transfer("101", "103", "blind"),),
                "hold_seconds": 0,
            }
        ],
    ),
    "an attended transfer: the one who was asked takes the place of the one who asked": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            LegHeld("a1", at=5),
            phone("b1", "101", 6, "103", inside=True),
            *rings("b2", "103", 6, "b1", "b1"),
            *joined("s", 8, "b1", "b2"),
            LegTransferred("a1", "attended", None, "c", "b1", "b2", at=11),
            LegJoined("b2", "r", instead_of="a1", at=11),
            LegLinked("b2", call="c", at=11),
            *ended(11, "a1", "b1"),
            *ended(21, "c", "b2"),
        ],
        [
            {
                "direction": "inbound",
                "answered_by": "101",
                "last_talked": "103",
                "talk_seconds": 18,
                "hold_seconds": 6,
                "transferred": (Transfer("101", "103", "attended"),),
            }
        ],
    ),
    "the same, told from the other side: the customer is the target": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            phone("b1", "101", 6, "103"),
            *rings("b2", "103", 6, "b1", "b1"),
            *joined("s", 8, "b1", "b2"),
            LegTransferred("b1", "attended", None, "b2", "a1", "c", at=11),
            LegJoined("c", "s", instead_of="b1", at=11),
            *ended(11, "a1", "b1"),
            *ended(21, "c", "b2"),
        ],
        [{"last_talked": "103", "talk_seconds": 18, "transferred": (Transfer("101", "103", "attended"),)}],
    ),
    "an attended transfer that finds nobody stays without a name": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            LegTransferred("a1", "attended", None, "c", "a1", at=11),
            *ended(11, "a1"),
            *ended(12, "c"),
        ],
        [{"transferred": (Transfer("101", None, "attended"),), "talk_seconds": 8}],
    ),
    "half attended: the phone that still rings gets the customer": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            phone("b1", "101", 6, "103"),
            *rings("b2", "103", 6, "b1", "b1"),
            LegTransferred("a1", "attended", None, "c", "b1", at=8),
            *left("r", 8, "c", "a1"),
            *ended(8, "a1", "b1"),
            LegLinked("b2", "c", at=9),
            *joined("s", 10, "c", "b2"),
            *ended(20, "c", "b2"),
        ],
        [{"last_talked": "103", "talk_seconds": 15, "transferred": (Transfer("101", "103", "attended"),)}],
    ),
    "an attended transfer by code: who was asked is behind a Local that nobody has dialled": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            *left("r", 5, "a1"),
            *local("l1", "l2", 5, "c", None),
            *joined("s", 5, "l1", "a1"),
            *rings("b2", "103", 5, "l2", "c"),
            *joined("t", 7, "b2", "l2"),
            *left("s", 9, "a1", "l1"),
            *ended(9, "a1"),
            LegTransferred("a1", "attended", None, "c", "a1", at=9),
            *joined("r", 9, "l1"),
            LegJoined("c", "t", instead_of="l2", at=10),
            *ended(10, "l1", "l2"),
            *ended(15, "c", "b2"),
        ],
        [
            {
                "answered_by": "101",
                "last_talked": "103",
                "talk_seconds": 8,
                "transferred": (Transfer("101", "103", "attended"),),
            }
        ],
    ),
    "two customers whom an agent has joined stay two": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            LegHeld("a1", at=5),
            trunk("d", 4, "+79167654321"),
            *rings("a2", "101", 4, "d", "d"),
            *rings("a3", "102", 4, "d", "d"),
            *joined("s", 6, "a2", "d"),
            *ended(6, "a3"),
            LegTransferred("a2", "blind", "190", "d", at=7),
            LegTransferred("a1", "attended", None, "c", "a2", "d", at=8),
            LegJoined("d", "r", instead_of="a1", at=8),
            *ended(8, "a1", "a2"),
            *ended(18, "c", "d"),
        ],
        [
            {
                "customer_number": CUSTOMER,
                "rang": ("101",),
                "talk_seconds": 5,
                "hold_seconds": 3,
                "transferred": (Transfer("101", "+79167654321", "attended"),),
            },
            {
                "customer_number": "+79167654321",
                "rang": ("101", "102"),
                "talk_seconds": 2,
                "hold_seconds": 0,
                "transferred": (Transfer("101", "190", "blind"), Transfer("101", CUSTOMER, "attended")),
            },
        ],
    ),
    "a customer who called joined with one whom we had called before": (
        [
            phone("a", "101", 1, "+79167654321"),
            *outgoing("o", "+79167654321", 1, "a", "a"),
            *joined("r", 3, "a", "o"),
            trunk("c", 5),
            *rings("b", "101", 5, "c", "c"),
            *rings("b2", "102", 5, "c", "c"),
            *joined("s", 7, "b", "c"),
            LegTransferred("b", "attended", None, "c", "a", "o", at=9),
            LegJoined("c", "r", instead_of="a", at=9),
            *ended(9, "a", "b", "b2"),
            *ended(15, "c", "o"),
        ],
        [
            {
                "direction": "outbound",
                "customer_number": "+79167654321",
                "answered_by": "101",
                "last_talked": "101",
                "talk_seconds": 6,
                "rang": (),
                "ended_at": 15,
                "transferred": (Transfer("101", CUSTOMER, "attended"),),
            },
            {
                "direction": "inbound",
                "customer_number": CUSTOMER,
                "answered_by": "101",
                "talk_seconds": 2,
                "rang": ("101", "102"),
                "transferred": (Transfer("101", "+79167654321", "attended"),),
            },
        ],
    ),
    "the line was cut for a moment when they met, and one was not seen to come": (
        [
            trunk("c", 1),
            *rings("a", "101", 1, "c", "c"),
            *joined("r", 5, "c"),
            *left("r", 9, "a", "c"),
            *left("r", 9.001, "a"),
            *ended(9, "a", "c"),
        ],
        [{"answered_by": "101", "talk_seconds": 4, "missed": False}],
    ),
    "picked up by somebody whose phone did not ring": (
        [
            trunk("c", 1),
            LegQueued("c", "sales", at=1),
            *rings("a1", "101", 1, "c", "c"),
            phone("p", "103", 3, "*8"),
            LegLinked("p", "a1", at=4),
            LegQueued("c", at=4),
            *joined("r", 4, "c", "p"),
            *ended(4, "a1"),
            *ended(9, "c", "p"),
        ],
        [{"rang": ("101",), "answered_by": "103", "talk_seconds": 5, "queue": "sales"}],
    ),
    "parked and fetched": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c"),
            *joined("r", 3, "a1", "c"),
            LegTransferred("a1", "blind", "700", "c", at=5),
            LegParked("c", "701", at=5),
            LegJoined("c", "lot", True, at=5),
            *ended(5, "a1"),
            trunk("d", 2, "+79167654321"),
            LegJoined("d", "lot", True, at=4),
            *ended(12, "d"),
            phone("f", "102", 9, "701"),
            LegLinked("c", "f", at=9),
            *joined("s", 9, "c", "f"),
            *ended(14, "c", "f"),
        ],
        [
            {"last_talked": "102", "talk_seconds": 7, "transferred": (Transfer("101", "700", "park"),)},
            {"customer_number": "+79167654321", "missed": True, "talk_seconds": 0},
        ],
    ),
    "forwarded to a mobile of nobody's: no call of ours to a customer": (
        [
            trunk("c", 1),
            *rings("a1", "101", 1, "c", "c")[:2],
            *local("l1", "l2", 2, "c", "c"),
            *outgoing("o", "+79031110101", 2, "l2", "c"),
            *ended(3, "a1"),
            *joined("r", 5, "o", "l2"),
            *joined("s", 5, "l1", "c"),
            *ended(9, "c", "l1", "l2", "o"),
        ],
        [{"direction": "inbound", "rang": (), "answered_by": "+79031110101", "talk_seconds": 4}],
    ),
    "a mobile that is known to be Anna's": (
        [
            trunk("c", 1),
            LegBegan("o", "c", "outside", incoming=False, at=2),
            LegDialled("o", "c", "+79031110101", agent="101", at=2),
            LegRang("o", at=3),
            *joined("r", 5, "o", "c"),
            *ended(9, "c", "o"),
        ],
        [{"direction": "inbound", "rang": ("101",), "answered_by": "101", "talk_seconds": 4}],
    ),
    "a queue whose member is behind a Local": (
        [
            trunk("c", 1),
            *local("l1", "l2", 2, "c", "c"),
            *rings("a", "101", 2, "l2", "c"),
            *joined("r", 4, "a", "l2"),
            *joined("s", 4, "c", "l1"),
            LegJoined("c", "r", instead_of="l2", at=6),
            *ended(6, "l1", "l2"),
            *ended(9, "c", "a"),
        ],
        [{"rang": ("101",), "answered_by": "101", "talk_seconds": 5}],
    ),
    "a menu, and nobody": ([trunk("c", 1, None), *ended(9, "c")], [{"customer_number": None, "missed": True}]),
    "a conference": (
        [
            trunk("c", 1),
            *joined("room", 2, "c"),
            phone("a", "101", 3, "800"),
            *joined("room", 4, "a"),
            phone("b", "102", 5, "800"),
            *joined("room", 6, "b"),
            *ended(8, "a"),
            *ended(10, "c"),
            *ended(12, "b"),
        ],
        [{"direction": "inbound", "rang": (), "answered_by": "101", "last_talked": "102", "talk_seconds": 6}],
    ),
    "to a customer by the second operator": (
        [
            phone("a", "101", 1, CUSTOMER),
            *outgoing("o1", CUSTOMER, 1, "a", "a"),
            *ended(2, "o1", cause=34),
            *outgoing("o2", CUSTOMER, 2, "a", "a"),
            *joined("r", 4, "a", "o2"),
            *ended(9, "a", "o2"),
        ],
        [
            {
                "direction": "outbound",
                "customer_number": CUSTOMER,
                "line": LINE,
                "answered_by": "101",
                "talk_seconds": 5,
                "rang": (),
                "hangup_cause": 16,
                "missed": False,
            }
        ],
    ),
    "to a customer who was busy": (
        [
            phone("a", "101", 1, CUSTOMER),
            *outgoing("o", CUSTOMER, 1, "a", "a"),
            *ended(3, "o", cause=17),
            *ended(5, "a"),
        ],
        [{"direction": "outbound", "ended_at": 3, "hangup_cause": 17, "answered_by": None, "missed": False}],
    ),
    "to a customer, and no trunk would": (
        [phone("a", "101", 1, CUSTOMER), *ended(3, "a", cause=34)],
        [{"direction": "outbound", "customer_number": CUSTOMER, "ended_at": 3, "hangup_cause": 34}],
    ),
    "click to call": (
        [
            *rings("a", "101", 1, None, "a"),
            *outgoing("o", CUSTOMER, 3, "a", "a"),
            phone("b", "101", 7, "103"),
            *rings("b3", "103", 7, "b", "b"),
            *joined("r", 5, "a", "o"),
            LegTransferred("a", "blind", "103", "o", at=9),
            *ended(9, "a"),
            *rings("a3", "103", 9, "o", "a"),
            *joined("s", 10, "o", "a3"),
            *ended(12, "o", "a3"),
            *ended(8, "b", "b3"),
        ],
        [
            {
                "direction": "outbound",
                "answered_by": "101",
                "last_talked": "103",
                "talk_seconds": 6,
                "transferred": (Transfer("101", "103", "blind"),),
            },
            {"direction": "internal", "line": "103", "answered_by": None},
        ],
    ),
    "click to call, and the agent did not pick up": ([*rings("a", "101", 1, None, "a"), *ended(9, "a")], []),
    "a robot calls a customer": (
        [*outgoing("o", CUSTOMER, 1, None, "o"), *ended(9, "o")],
        [{"direction": "outbound", "customer_number": CUSTOMER, "answered_by": None}],
    ),
    "a colleague's phone forwards to a mobile": (
        [
            phone("a", "101", 1, "102", inside=True),
            *rings("b", "102", 1, "a", "a"),
            *outgoing("o", "+79031110101", 2, "a", "a"),
            *joined("r", 3, "a", "o"),
            *ended(9, "a", "b", "o"),
        ],
        [{"direction": "internal", "customer_number": None, "line": "102", "answered_by": "+79031110101"}],
    ),
    "a colleague whose phone is not there": (
        [phone("a", "101", 1, "102", inside=True), *ended(2, "a", cause=20)],
        [{"direction": "internal", "line": "102", "hangup_cause": 20, "missed": False}],
    ),
    "an echo": ([phone("a", "101", 1, "600"), *ended(9, "a")], []),
    "only plumbing": ([*local("l1", "l2", 1, "l1", None), *ended(2, "l1", "l2")], []),
    "held twice over": (
        [
            trunk("c", 1),
            *rings("a", "101", 1, "c", "c"),
            *joined("r", 2, "a", "c"),
            *rings("b", "102", 1, "c", "c"),
            *joined("r", 2, "b"),
            LegHeld("a", at=3),
            LegHeld("b", at=4),
            LegUnheld("b", at=6),
            LegUnheld("a", at=5),
            LegHeld("a", at=9),
            *ended(12, "c", "a", "b"),
        ],
        [{"hold_seconds": 6, "talk_seconds": 10}],
    ),
}


def check(found: list[Conversation], true: list[dict[str, Any]]) -> None:
    assert len(found) == len(true)
    for conversation, expected in zip(found, true, strict=True):
        assert {key: getattr(conversation, key) for key in expected} == expected
        assert conversation.state == "ended"


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_as_it_was(story: str):
    signals, true = STORIES[story]
    check(after(*signals), true)


@given(st.sampled_from(sorted(STORIES)), st.randoms(use_true_random=False))
def test_repeats_and_the_order_of_telling_change_nothing(story: str, chance: random.Random):
    """Each leg's own order stays, and a leg is told of before others name it or after; any signal comes twice."""
    signals, true = STORIES[story]
    queues: dict[str, list[AnySignal]] = {}
    for signal in signals:
        queues.setdefault(leg_named(signal), []).extend([signal] * chance.choice((1, 1, 2)))
    calls, told_so_far = Calls(), list[AnySignal]()
    while queues:
        leg = chance.choice(sorted(queues))
        signal = queues[leg].pop(0)
        if not queues[leg]:
            del queues[leg]
        told_so_far.append(signal)
        calls.tell(signal)
        again = chance.choice(told_so_far)
        before = dict(calls.tangles)
        if leg_named(again) not in queues:  # of legs that are all told, any signal may come late
            assert calls.tell(again) is NOTHING
            assert all(calls.tangles[id] is tangle for id, tangle in before.items())
    found = sorted(calls.live(), key=lambda one: (one.started_at, one.id))
    check(found, true)
    assert found == after(*signals)


def leg_named(signal: AnySignal) -> str:
    leg = getattr(signal, "leg", "")
    assert isinstance(leg, str)
    return leg


@given(st.lists(st.tuples(st.sampled_from(sorted(STORIES)), st.integers(0, 300)), max_size=8))
def test_every_conversation_ends_once_whatever_comes_between(plan: list[tuple[str, int]]):
    """Many calls at once, cut off at any place, and then nothing more: each is finished exactly once."""
    calls, finished = Calls(showing=False), list[Conversation]()
    signals = [
        renamed(signal, f"{number}", float(shift))
        for number, (story, shift) in enumerate(plan)
        for signal in STORIES[story][0]
    ]
    signals.sort(key=lambda signal: signal.at)
    for signal in signals[: len(signals) * 3 // 4]:
        finished += calls.tell(signal).finished
    finished += calls.end(calls.now + 1)
    assert len({one.id for one in finished}) == len(finished)
    for one in finished:
        assert one.ended_at is not None
        assert one.missed is not True or (one.direction == "inbound" and one.talk_seconds == 0)
        assert 0 <= one.hold_seconds <= one.talk_seconds <= one.ended_at - one.started_at + 1e-6
    assert (calls.tangles, calls.home, calls.shown) == ({}, {}, {})


def renamed(signal: AnySignal, suffix: str, shift: float) -> AnySignal:
    names = ("leg", "call", "other", "by", "room", "instead_of", "moved", "second", "target")
    given = {name: getattr(signal, name, None) for name in names}
    fields = {name: value + suffix for name, value in given.items() if isinstance(value, str)}
    return msgspec.structs.replace(signal, at=signal.at + shift, **fields)


def test_a_consultation_was_a_part_of_the_call():
    calls = Calls()
    gone: list[Gone] = []
    dropped: list[str] = []
    for signal in STORIES["an attended transfer: the one who was asked takes the place of the one who asked"][0]:
        changes = calls.tell(signal)
        gone += changes.gone
        dropped += changes.dropped
    assert (gone, dropped) == ([Gone("b1", "c")], ["b1"])


def test_what_was_in_another_place_after_the_gap():
    calls = Calls()
    story: list[AnySignal] = [trunk("c", 1), *rings("a1", "101", 1, "c", "c"), *joined("r", 3, "c", "a1")]
    for signal in story:
        calls.tell(signal)
    found: list[AnySignal] = [
        LegBegan("a2", "c", "ours", "102", incoming=False, adopted=True, at=12),
        PbxFound((("c", "s"), ("a2", "s"), ("x", None)), since=10, at=20),
        PbxFound((("c", "s"), ("a2", "s"), ("x", None)), since=10, at=20),
    ]
    for signal in found:
        calls.tell(signal)
    calls.tell(LegEnded("c", 16, at=30))
    (call,) = calls.live()
    assert (call.answered_by, call.last_talked, call.talk_seconds, call.gap) == ("101", "102", 7 + 10, True)


def test_what_waits_after_the_gap_does_not_talk():
    signals: list[AnySignal] = [trunk("c", 1), *rings("a", "101", 1, "c", "c"), *joined("r", 3, "c", "a")]
    signals += [PbxFound((("c", "lot"), ("a", "lot")), ("lot",), since=10, at=20), *ended(30, "c", "a")]
    (call,) = after(*signals)
    assert (call.talk_seconds, call.answered_by) == (7, "101")


def test_a_leg_that_the_snapshot_has_overlooked_lives():
    signals: list[AnySignal] = [trunk("c", 1), PbxFound((), since=10, at=20), LegQueued("c", "sales", at=21)]
    (call,) = after(*signals)
    assert (call.ended_at, call.state) == (None, "waiting")


def test_a_leg_of_which_nothing_was_heard_after_a_gap_is_lost():
    signals: list[AnySignal] = [trunk("c", 1), *rings("a", "101", 1, "c", "c"), *joined("r", 3, "c", "a")]
    lost: list[AnySignal] = [LegLost("c", at=10), LegLost("a", at=10), LegLost("x", at=10)]
    (call,) = after(*signals, *lost)
    assert (call.ended_at, call.talk_seconds, call.gap, call.missed) == (10, 7, True, False)
    (call,) = after(*signals, *ended(20, "c", "a"), *lost)
    assert (call.ended_at, call.talk_seconds, call.gap) == (20, 17, False)
    found = PbxFound((("c", "r"), ("a", "r")), since=15, at=18)
    (call,) = after(*signals, *lost, found, *ended(20, "c", "a"))
    assert (call.ended_at, call.talk_seconds, call.gap) == (20, 17, True)


def test_a_birth_beats_what_was_only_found():
    found = LegBegan("c", "c", "outside", CUSTOMER, adopted=True, at=3)
    for signals in ([trunk("c", 5), found], [found, trunk("c", 5)], [found, trunk("c", 5), found]):
        (call,) = after(*signals)
        assert (call.started_at, call.line, call.customer_number) == (5, LINE, CUSTOMER)


def test_a_call_of_which_nothing_more_is_heard_has_ended():
    calls = Calls()
    calls.tell(trunk("c", 1))
    last = calls.tell(trunk("d", 13 * 3600))
    assert [(one.id, one.ended_at, one.missed) for one in last.changed] == [("d", None, False), ("c", 1, None)]


def test_the_end_of_what_nobody_knows_is_no_news():
    calls = Calls()
    for signal in (LegEnded("x", at=1), LegLeft("x", "r", at=1), LegUnheld("x", at=1)):
        assert calls.tell(signal) is NOTHING
    assert calls.tell(LegRecorded("x", "x.wav", at=1)).strays == (LegRecorded("x", "x.wav", at=1),)


def test_a_call_answered_within_its_second_was_answered():
    call = told(Ringing("c", CUSTOMER, "101", at=100), Answered("c", "101", at=105), HungUp("c", at=105))
    assert (call.answered_by, call.missed, call.talk_seconds) == ("101", False, 0)


def test_the_record_as_it_is_printed():
    call = told(Ringing("c", CUSTOMER, "101", LINE, at=100), HungUp("c", cause=16, at=105))
    assert call.record() == {
        "direction": "inbound",
        "customer_number": CUSTOMER,
        "line": LINE,
        "started_at": 100,
        "ended_at": 105,
        "rang": ["101"],
        "answered_by": None,
        "last_talked": None,
        "missed": True,
        "talk_seconds": 0,
        "hold_seconds": 0,
        "transferred": [],
        "hangup_cause": 16,
        "recording": None,
    }
    live = told(
        Ringing("c", CUSTOMER, "101", LINE, at=100),
        LegTransferred(leg_of("c", "101"), "blind", "103", at=105),
    )
    assert (live.record()["ended_at"], live.record()["transferred"]) == (
        None,
        [{"from": "101", "to": "103", "kind": "blind"}],
    )


def logged_in_all_day(customers: int) -> tuple[Calls, list[Conversation], int]:
    """Anna's phone is one leg the whole day, and each customer is put through to it."""
    calls, finished, most = Calls(), list[Conversation](), 0
    calls.tell(phone("a", "101", 0, "*7000"))
    for number in range(customers):
        customer, at = f"c{number:04}", 30.0 * number + 30
        signals: list[AnySignal] = [
            trunk(customer, at),
            *joined(f"r{number}", at + 1, "a", customer),
            LegHeld("a", at=at + 5),
            LegUnheld("a", at=at + 6),
            LegTransferred("a", "blind", "103", customer, at=at + 20),
            *left(f"r{number}", at + 20, "a", customer),
            *ended(at + 25, customer),
        ]
        for signal in signals:
            changes = calls.tell(signal)
            assert not changes.gone
            finished += changes.finished
        most = max(most, *(len(tangle.legs) for tangle in calls.tangles.values()))
    return calls, finished, most


def test_an_agent_who_is_logged_in_all_day_costs_no_more_in_the_evening():
    calls, finished, most = logged_in_all_day(40)
    assert most <= 25
    finished += calls.end(10_000)
    assert len({one.id for one in finished}) == len(finished) == 40
    assert {(one.answered_by, one.talk_seconds, one.hold_seconds, len(one.transferred)) for one in finished} == {
        ("101", 19, 1, 1)
    }


def test_a_great_meeting_is_not_thinned_while_its_customers_are_there():
    calls = Calls(showing=False)
    for number in range(60):
        calls.tell(trunk(f"c{number}", number))
        calls.tell(LegJoined(f"c{number}", "room", at=number))
    (tangle,) = calls.tangles.values()
    assert len(tangle.legs) == 60
    calls.tell(LegEnded("c1", at=70))
    assert [one.id for one in calls.tell(LegHeld("c2", at=200)).finished] == ["c1"]


def test_a_call_told_by_call_has_so_many_legs_and_one_end():
    calls = Calls()
    calls.tell(Dialling("c", CUSTOMER, "1", at=0))
    for agent in range(2, 300):
        calls.tell(Ringing("c", CUSTOMER, str(agent), at=agent))
        calls.tell(Dialling("c", CUSTOMER, f"d{agent}", at=agent))
        calls.tell(Dialling("c", f"i{agent}", "1", inside=True, at=agent))
    assert len(calls.tangles["c/1"].legs) == MOST_RINGING
    for agent in range(400, 700):
        calls.tell(Answered("c", str(agent), at=agent))
        calls.tell(HungUp("c", at=2_000 - agent))
        calls.tell(HungUp("c", str(agent), at=2_000))
    (tangle,) = calls.tangles.values()
    assert len(tangle.legs) == MOST_LEGS
    assert tangle.over == (("c", 1_301),)
    calls.tell(HungUp("d", at=700))
    calls.tell(Ringing("d", CUSTOMER, "701", at=690))
    assert len(calls.tangles) == 2, "another call has legs of its own"


def test_no_leg_is_told_of_without_end():
    calls = Calls(showing=False)
    calls.tell(trunk("c", 0))
    for number in range(1100):
        calls.tell(LegHeld("c", at=number))
    (tangle,) = calls.tangles.values()
    assert len(tangle.legs["c"].holds) == 1000
