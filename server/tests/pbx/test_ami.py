"""AMI's bytes: in any pieces, with anything inside, without end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.pbx.asterisk import ami
from trubka.pbx.asterisk.ami import Message, Reader

BANNERS = [b"Asterisk Call Manager/5.0.2\r\n", b"Asterisk Call Manager/11.0.0\r\n"]  # of 16 and of 22
STREAM = (
    b"Response: Success\r\nActionID: snap-0\r\nMessage: Authentication accepted\r\n\r\n"
    b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 17\r\n\r\n"
    b"Event: Hangup\r\nCallerIDName: a: b, c\r\nChanVariable: x=1\r\nChanVariable: y=2\r\nCause-txt:  two spaces\r\n"
    b"AccountCode: \r\nBroken value\r\nAppData: \xff\xd0\x90\r\n\r\n"
    b"Event: OriginateResponse\r\nResponse: Failure\r\nUniqueid: <null>\r\n\r\n"
)
READ = [
    {"Response": "Success", "ActionID": "snap-0", "Message": "Authentication accepted"},
    {"Event": "FullyBooted", "Privilege": "system,all", "Uptime": "17"},
    {
        "Event": "Hangup",
        "CallerIDName": "a: b, c",
        "ChanVariable": "x=1",
        "Cause-txt": " two spaces",
        "AccountCode": "",
        "AppData": "\ufffd\u0410",
    },
    {"Event": "OriginateResponse", "Response": "Failure", "Uniqueid": "<null>"},
]


@pytest.mark.parametrize("banner", [*BANNERS, b""])
def test_messages_are_read(banner: bytes):
    read = Reader().feed(banner + STREAM)
    assert read == READ
    assert [message.name for message in read] == ["", "FullyBooted", "Hangup", "OriginateResponse"]


@given(st.sampled_from(BANNERS), st.lists(st.integers(0, len(STREAM) + 30), max_size=40))
def test_the_pieces_do_not_matter(banner: bytes, cuts: list[int]):
    reader, read = Reader(), list[Message]()
    places = [0, *sorted(cuts), None]
    whole = banner + STREAM
    for start, stop in pairwise(places):
        read += reader.feed(whole[start:stop])
    assert read == READ


def test_only_what_is_wanted_is_read():
    assert Reader({b"Hangup"}).feed(STREAM) == [READ[2]]


def test_a_second_empty_line_costs_no_message():
    event = b"Event: BridgeEnter\r\nUniqueid: 1.1\r\n\r\n"
    stream = b"Event: TestEvent\r\nNewState: MULTI\r\n\r\n\r\n" + event
    assert Reader({b"BridgeEnter"}).feed(stream) == [{"Event": "BridgeEnter", "Uniqueid": "1.1"}]
    reader = Reader()
    read = [message for place in range(len(stream)) for message in reader.feed(stream[place : place + 1])]
    assert [message.name for message in read] == ["TestEvent", "BridgeEnter"]


def test_half_a_message_is_forgotten_at_a_cut():
    reader = Reader()
    assert reader.feed(BANNERS[0] + STREAM[:100]) == READ[:1]
    reader.close()
    assert reader.feed(BANNERS[0] + STREAM) == READ
    assert Reader().feed(STREAM[200:])[-1:] == READ[-1:]


def test_what_has_no_end_is_skipped_and_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ami, "MOST_MESSAGE_BYTES", 1000)
    reader = Reader()
    for _ in range(100):
        assert reader.feed(b"Event: VarSet\r\nValue: " + b"x" * 100) == []
        assert len(reader.rest) <= 1000
    assert reader.feed(b"\r\n") == []
    assert reader.feed(b"\r\n" + STREAM) == READ
    assert reader.feed(b"Event: VarSet\r\nValue: " + b"x" * 1000 + b"\r\n\r\n" + STREAM) == READ
    assert reader.skipped == 2
    endless_banner = Reader()
    for _ in range(100):
        endless_banner.feed(BANNERS[0][:-2] * 10)
        assert len(endless_banner.rest) <= 1000


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_no_bytes_can_break_it(pieces: list[bytes]):
    reader = Reader()
    for piece in pieces:
        assert all(isinstance(message, Message) for message in reader.feed(piece))
