"""What recordings do not show: streams written here, as `docs/replay.md` and the connector's README describe them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from trubka.pbx import Office
from trubka.pbx.asterisk.events import Asterisk
from trubka.rules.signals import LegBegan, LegRang, PbxFound, PbxRestarted

from .record import FIXTURES
from .test_replay import office_of
from .told import Piece, different, messages_of, pieces_of, told

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
OFFICE = Office(
    extensions=("101", "102", "103"),
    lines=("+74950000001",),
    trunks=("PJSIP/mtt",),
    mobiles={"+79031110101": "101"},
)
CUSTOMER, LINE = "+79161234567", "+74950000001"
START = 1_795_190_000.0


def event(name: str, at: float | None = None, **fields: object) -> bytes:
    lines = [f"Event: {name}", "Privilege: call,all"]
    lines += [] if at is None else [f"Timestamp: {START + at:.6f}"]
    lines += [f"{key}: {value}" for key, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def channel(uniqueid: str, name: str, number: str = "<unknown>", prefix: str = "", **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "Channel": name,
        "ChannelState": 6,
        "CallerIDNum": number,
        "Context": "from-trunk" if "mtt" in name else "from-internal",
        "Exten": "s",
        "Linkedid": uniqueid,
        "Uniqueid": uniqueid,
    } | more
    return {prefix + key: value for key, value in fields.items()}


def customer(**more: Any) -> dict[str, Any]:
    return channel("c", "PJSIP/mtt-00000001", CUSTOMER, **more)


def anna(prefix: str = "", **more: Any) -> dict[str, Any]:
    return channel("a", "PJSIP/101-00000002", "101", prefix, Linkedid="c", **more)


def beginning() -> bytes:
    return (
        event("Newchannel", 1, **customer(ChannelState=4, Exten=LINE))
        + event("Newchannel", 1, **anna(ChannelState=0))
        + event("DialBegin", 1, **customer(ChannelState=4), **anna("Dest"), DialString="101")
        + event("Newstate", 1.1, **anna(ChannelState=5))
    )


def talk(at: float) -> bytes:
    bridge = {"BridgeUniqueid": "b", "BridgeType": "basic", "BridgeTechnology": "simple_bridge"}
    return event("BridgeEnter", at, **bridge, **anna()) + event("BridgeEnter", at, **bridge, **customer())


def ending(at: float) -> bytes:
    return event("Hangup", at, **customer(), Cause=16) + event("Hangup", at, **anna(), Cause=16)


def replayed(*pieces: bytes | Piece, office: Office = OFFICE) -> list[dict[str, Any]]:
    whole = [one if isinstance(one, tuple) else (BANNER + one, START, 0.0) for one in pieces]
    return told(whole, office)


def test_a_call():
    (call,) = replayed(beginning() + talk(5) + ending(15))
    assert (call["line"], call["rang"], call["answered_by"], call["talk_seconds"]) == (LINE, ["101"], "101", 10)


def test_a_stream_that_begins_in_the_middle():
    """Nobody was asked what is there: channels are met in their events."""
    (call,) = replayed(talk(5) + ending(15))
    assert (call["direction"], call["customer_number"], call["line"]) == ("inbound", CUSTOMER, None)
    assert (call["answered_by"], call["talk_seconds"], call["missed"]) == ("101", 10, False)
    (call,) = replayed(event("Newstate", 3, **customer(Exten="74950000001")) + ending(15))
    assert (call["line"], call["missed"]) == (LINE, True)


def test_one_message_lost_at_a_cut_is_told_by_others():
    call = beginning() + event("DialState", 1.2, **customer(), **anna("Dest"), DialStatus="RINGING") + talk(5)
    call += event("BridgeLeave", 15, BridgeUniqueid="b", **anna())
    call += event("BridgeLeave", 15, BridgeUniqueid="b", **customer()) + ending(15)
    (well,) = replayed(call)
    messages = messages_of(call)
    for lost in (b"Event: Newstate", b"Event: DialState", b"Event: BridgeEnter", b"Event: BridgeLeave"):
        place = next(place for place, message in enumerate(messages) if message.startswith(lost))
        half, rest = messages[place][:100], b"".join(messages[place + 1 :])
        assert replayed((BANNER + b"".join(messages[:place]) + half, START, 0.0), rest) == [well]


def test_the_mobile_of_an_agent():
    mobile = channel("m", "PJSIP/mtt-00000003", Linkedid="c")
    stream = (
        event("Newchannel", 1, **customer(ChannelState=4, Exten=LINE))
        + event("Newchannel", 1, **(mobile | {"ChannelState": 0}))
        + event(
            "DialBegin",
            1,
            **customer(),
            **{"Dest" + key: value for key, value in mobile.items()},
            DialString="89031110101@mtt",
        )
        + event("Newstate", 2, **(mobile | {"ChannelState": 5}))
        + event("BridgeEnter", 4, BridgeUniqueid="b", **mobile)
        + event("BridgeEnter", 4, BridgeUniqueid="b", **customer())
        + event("Hangup", 9, **mobile)
        + event("Hangup", 9, **customer())
    )
    (call,) = replayed(stream)
    assert (call["rang"], call["answered_by"], call["talk_seconds"]) == (["101"], "101", 5)
    nobodys = Office(lines=OFFICE.lines, trunks=OFFICE.trunks)
    (call,) = replayed(stream, office=nobodys)
    assert (call["direction"], call["rang"], call["answered_by"]) == ("inbound", [], "89031110101")


def found(uniqueid: str, name: str, at: str = "00:00:20", **more: Any) -> bytes:
    return event("CoreShowChannel", None, ActionID="snap-1", **channel(uniqueid, name, **more), Duration=at)


COMPLETE = event("CoreShowChannelsComplete", None, ActionID="snap-1", EventList="Complete")


def test_what_is_there_after_a_gap():
    connector = Asterisk(OFFICE)
    connector.opened(START)
    connector.hear(BANNER + beginning())
    connector.closed(START + 10)
    connector.opened(START + 30)
    signals = connector.hear(
        BANNER
        + event("FullyBooted", None, Uptime=1000)
        + event("Hangup", 30.5, **channel("x", "PJSIP/102-00000009"))
        + event("CoreShowChannel", None, ActionID="other", **channel("y", "PJSIP/103-00000009"))
        + found("x", "PJSIP/102-00000009")
        + found("d", "PJSIP/mtt-00000005", "00:01:05", ChannelState=6, Application="Queue")
        + found("e", "PJSIP/102-00000006", ChannelState=5, Linkedid="d", Application="AppQueue")
        + found("l", "Local/1@q-00000001;1", Linkedid="d")
        + found("k", "Local/1@q-00000001;2", Linkedid="d")
        + found("c", "PJSIP/mtt-00000001", BridgeId="b")
        + COMPLETE
        + event("Status", None, ActionID="snap-2", Seconds=65, DNID=LINE, **channel("d", "PJSIP/mtt-00000005"))
        + event("StatusComplete", None, ActionID="snap-2")
        + event("BridgeListItem", None, ActionID="snap-3", BridgeUniqueid="b", BridgeType="basic")
        + event("BridgeListItem", None, ActionID="snap-3", BridgeUniqueid="h", BridgeTechnology="holding_bridge")
    )
    legs = [signal for signal in signals if isinstance(signal, LegBegan)]
    assert [(leg.leg, leg.at - START, leg.incoming, leg.dialled) for leg in legs] == [
        ("d", 30.5 - 65, True, None),
        ("e", 10.5, False, None),
        ("l", 10.5, False, None),
        ("k", 10.5, False, None),
        ("d", 30.5 - 65, True, LINE),
    ]
    assert [signal.leg for signal in signals if isinstance(signal, LegRang)] == ["e"]
    snapshots = [signal for signal in signals if isinstance(signal, PbxFound)]
    assert [dict(one.legs) for one in snapshots] == [{"d": None, "e": None, "l": None, "k": None, "c": "b"}] * 3
    assert [one.waiting for one in snapshots] == [(), (), ("h",)]
    assert {one.since for one in snapshots} == {START + 10}


@pytest.mark.parametrize(("uptime", "restarted"), [(5, True), (20, True), (21, False), (1000, False)])
def test_a_pbx_that_is_up_for_less_than_the_gap_has_been_restarted(uptime: int, restarted: bool):
    connector = Asterisk(OFFICE)
    connector.opened(START)
    connector.hear(BANNER + beginning())
    connector.closed(START + 10)
    connector.opened(START + 30)
    signals = connector.hear(BANNER + event("FullyBooted", None, Uptime=uptime))
    assert signals == ([PbxRestarted(at=START + 30, since=START + 10)] if restarted else [])


def test_another_process_goes_on_where_one_has_stopped():
    connector = Asterisk(OFFICE)
    connector.opened(START + 30, since=START + 10)
    assert connector.hear(BANNER + event("FullyBooted", None, Uptime=3))
    (snapshot,) = connector.hear(COMPLETE, at=START + 31)
    assert snapshot == PbxFound((), since=START + 10, at=START + 31)


def test_events_that_cannot_be_theirs_do_no_harm():
    stream = (
        event("Hangup", 1)
        + event("BridgeEnter", 1, Uniqueid="x")
        + event("Newchannel", 1, Uniqueid="x")
        + b"Event: Hangup\r\nTimestamp: never\r\nUniqueid: c\r\n\r\n"
        + event("BlindTransfer", 1, Result="Fail", TransfererUniqueid="a", Extension="9")
        + event("AttendedTransfer", 1, Result="Fail", OrigTransfererUniqueid="a")
        + event("LocalBridge", 1, LocalOneUniqueid="x")
        + event("VarSet", 1, Variable="MIXMONITOR_FILENAME", Value="/a/b.wav")
        + event("VarSet", 1, Variable="MIXMONITOR_FILENAME", Value="/a/", Uniqueid="c")
        + event("UnParkedCall", 1, ParkeeUniqueid="c")
        + event("FullyBooted", None, Uptime="long")
        + event("HangupRequest", 1, Uniqueid="nobody")
    )
    (call,) = replayed(stream + beginning() + stream + talk(5) + stream + ending(15) + stream)
    assert (call["answered_by"], call["talk_seconds"], call["transferred"]) == ("101", 10, [])


def test_many_channels_that_are_gone_are_not_kept_in_mind():
    connector = Asterisk(OFFICE)
    connector.opened(START)
    for number in range(6000):
        connector.hear(event("Hangup", 1, **channel(str(number), "PJSIP/101-00000001"), Cause="?"))
    assert len(connector.ended) == 5000
    assert connector.calls == {}


# Cuts.

CUT = ["attended-refer-answered-22", "queue-local-members-16", "click-answered-22", "parked-and-retrieved-16"]
PLACES = 12


@pytest.mark.parametrize("name", CUT)
def test_a_line_cut_between_two_messages_and_made_at_once_loses_nothing(name: str):
    ((stream, opened_at, closed_at),) = pieces_of(FIXTURES, name)
    well = told([(stream, opened_at, closed_at)], office_of(name))
    messages = messages_of(stream)
    for place in random.Random(name).sample(range(1, len(messages)), PLACES):
        one, other = b"".join(messages[:place]), b"".join(messages[place:])
        for again in (other, BANNER + other):
            assert told([(one, opened_at, 0.0), (again, 0.0, closed_at)], office_of(name)) == well


def test_what_is_not_heard_of_again_ended_when_the_line_was_cut():
    """And nobody has asked what is there: no duration is invented."""
    later = event("Newchannel", 500, **channel("d", "PJSIP/mtt-00000007", CUSTOMER, ChannelState=4, Exten=LINE))
    one, other = replayed((beginning() + talk(5), START, START + 15), later)
    assert (one["ended_at"] - START, one["talk_seconds"], one["missed"]) == (15, 10, False)
    assert (other["ended_at"] - START, other["missed"]) == (500, None)
    (call,) = replayed((beginning() + talk(5), START, START + 15), b"", b"", ending(30))
    assert (call["ended_at"] - START, call["talk_seconds"]) == (30, 25)


@pytest.mark.parametrize("name", CUT)
def test_a_line_cut_anywhere_and_lost_for_good_invents_nothing(name: str):
    ((stream, opened_at, _),) = pieces_of(FIXTURES, name)
    (well,) = told([(stream, opened_at, 0.0)], office_of(name))
    for place in random.Random(name).sample(range(500, len(stream)), PLACES):
        for call in told([(stream[:place], opened_at, 0.0)], office_of(name)):
            assert call["ended_at"] is not None
            assert call["talk_seconds"] <= well["talk_seconds"] + 1
            assert call["missed"] is not True
            assert different([{"direction": well["direction"]}], [call]) == [] or call["direction"] == "internal"
