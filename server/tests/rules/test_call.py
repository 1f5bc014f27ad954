"""Signals become conversations: every kind of call, told well, told twice, told in another order, and not at all."""

import msgspec

from trubka.rules.call import NOTHING, Calls, Changes, Tangle
from trubka.rules.conversation import Conversation, Transfer
from trubka.rules.signals import (
    Answered,
    AnySignal,
    Dialling,
    HungUp,
    LegHeld,
    LegTransferred,
    LegUnheld,
    PbxFound,
    PbxRestarted,
    Recorded,
    Ringing,
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
    for number in range(1000):
        call, at = f"c{number}", number * 10.0
        calls.tell(Ringing(call, CUSTOMER, "101", at=at))
        last = calls.tell(HungUp(call, at=at + 5))
        assert len(calls.tangles) < 10
    assert [found.id for found in last.finished] == ["c993"]
    assert last.dropped == ("c993",)
    late = calls.tell(Recorded("c1", "a.wav", at=1e4))
    assert late.strays == (Recorded("c1", "a.wav", at=1e4),)


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
