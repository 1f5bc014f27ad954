"""Signals told by call are spelled out by leg, and all of them are kept and read again."""

import msgspec

from trubka.rules import signals
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
    LegQueued,
    LegRang,
    LegRecorded,
    LegTransferred,
    LegUnheld,
    Recorded,
    Ringing,
    Transferred,
    Unheld,
    leg_of,
    spelled_out,
)


def test_what_is_told_by_call_is_spelled_out_by_leg():
    one = leg_of("c", "101")
    assert spelled_out(Ringing("c", "+7916", "101", "+7495", "sales", at=1)) == (
        LegBegan("c", "c", "outside", "+7916", "+7495", at=1),
        LegQueued("c", "sales", at=1),
        LegBegan(one, "c", "ours", "101", incoming=False, at=1),
        LegDialled(one, "c", at=1),
        LegRang(one, at=1),
    )
    assert spelled_out(Ringing("c", at=1)) == (LegBegan("c", "c", "outside", at=1),)
    assert spelled_out(Dialling("c", "+7916", "101", "+7495", at=1)) == (
        LegBegan(one, "c", "ours", "101", "+7916", at=1),
        LegBegan("c", "c", "outside", "+7916", incoming=False, at=1),
        LegDialled("c", one, "+7916", "+7495", at=1),
    )
    assert spelled_out(Dialling("c", "102", "101", inside=True, at=1))[:1] == (
        LegBegan("c", "c", "ours", "101", "102", True, at=1),
    )
    assert spelled_out(Answered("c", "101", at=2)) == (LegJoined("c", "c", at=2), LegJoined(one, "c", talks=True, at=2))
    assert spelled_out(Held("c", "101", at=3)) == (LegHeld(one, at=3),)
    assert spelled_out(Unheld("c", "101", at=3)) == (LegUnheld(one, at=3),)
    assert spelled_out(Transferred("c", "101", "103", at=3)) == (LegTransferred(one, "blind", "103", "c", at=3),)
    assert spelled_out(HungUp("c", "101", 16, at=3)) == (LegEnded(one, 16, at=3),)
    assert spelled_out(HungUp("c", at=3)) == (LegEnded("c", None, True, at=3),)
    assert spelled_out(Recorded("c", "a.wav", at=3)) == (LegRecorded("c", "a.wav", at=3),)


def test_a_signal_is_kept_and_read_again():
    told: list[AnySignal] = [
        Ringing("c", "+7916", at=1.5),
        LegJoined("l", "r", True, "k", at=2),
        signals.PbxFound((("l", None), ("k", "r")), ("r",), at=3),
        signals.LegTransferred("l", "attended", second="m", at=4),
    ]
    kept = msgspec.json.encode(told)
    assert msgspec.json.decode(kept, type=list[AnySignal]) == told
