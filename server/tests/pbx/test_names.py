"""Whose a channel is, with and without being told; and the number in a DialString."""

from __future__ import annotations

import pytest

from trubka.pbx import Office
from trubka.pbx.asterisk.names import Names, dialled_by, number_of

TOLD = Names(
    Office(
        extensions=("101", 102, "201"),
        lines=("+7 495 000-00-01",),
        trunks=("PJSIP/mtt-", "PJSIP/tele-2", "DAHDI/"),
        mobiles={"+7 903 111-01-01": "101"},
    )
)


@pytest.mark.parametrize(
    ("channel", "number", "whose"),
    [
        ("PJSIP/101-0000000a", "+74950000001", ("ours", "101")),
        ("PJSIP/mtt-0000000a", "101", ("outside", None)),
        ("PJSIP/tele-2-0000000a", None, ("outside", None)),
        ("DAHDI/i1/79161234567-2", None, ("outside", None)),
        ("PJSIP/mtt-0000000a", "89031110101", ("ours", "101")),
        ("PJSIP/anna-home-0000000a", "101", ("ours", "101")),
        ("PJSIP/anna-home-0000000b", "+74950000001", ("ours", "101")),  # as it was met before
        ("PJSIP/mtt2-0000000a", None, ("ours", "mtt2")),
        ("Local/102@from-queue-00000001;2", "102", ("inner", None)),
        ("CBAnn/800-00000001;1", None, ("inner", None)),
        ("Message/ast_msg_queue", None, ("inner", None)),
    ],
)
def test_whose_a_channel_is(channel: str, number: str | None, whose: tuple[str, str | None]):
    assert TOLD.whose(channel, number, "any") == whose


@pytest.mark.parametrize(
    ("channel", "number", "context", "whose"),
    [
        ("PJSIP/101-0000000a", "101", "default", ("ours", "101")),
        ("PJSIP/mtt-0000000a", "+79161234567", "from-trunk", ("outside", None)),
        ("PJSIP/tele-2-0000000a", None, "default", ("outside", None)),
        ("PJSIP/agent1-0000000a", "103", "from-agent", ("ours", "103")),
        ("PJSIP/agent1-0000000b", "+74950000001", "from-agent", ("ours", "103")),
        ("PJSIP/reception-0000000a", None, "from-internal", ("ours", "reception")),
    ],
)
def test_whose_it_may_be_when_nobody_has_told(
    channel: str, number: str | None, context: str, whose: tuple[str, str | None]
):
    names = Names(Office())
    names.whose("PJSIP/agent1-00000001", "103", "from-agent")
    assert names.whose(channel, number, context) == whose


def test_lines_are_as_the_office_writes_them():
    assert TOLD.line("74950000001") == "+7 495 000-00-01"
    assert TOLD.line("74950000009") == "74950000009"
    assert (TOLD.line("s"), TOLD.line(None)) == (None, None)
    assert (TOLD.may_be_line("84950000001"), TOLD.may_be_line("84950000009"), TOLD.may_be_line(None)) == (
        True,
        False,
        False,
    )
    assert (Names(Office()).may_be_line("74950000009"), Names(Office()).may_be_line("101")) == (True, False)


@pytest.mark.parametrize(
    ("string", "number"),
    [
        ("79161234567@mtt", "79161234567"),
        ("+79161234567@tele-2", "+79161234567"),
        ("mtt/sip:79161234567@10.0.0.1:5060", "79161234567"),
        ("mtt/79161234567", "79161234567"),
        ("g1/79161234567", "79161234567"),
        ("mtt/sip:mtt@127.0.0.1", None),
        ("101", "101"),
        ("101/sip:101@127.0.0.1:5060;ob", "101"),
        ("ivan.petrov@mtt", None),
        ("", None),
    ],
)
def test_the_number_in_a_dial_string(string: str, number: str | None):
    assert dialled_by(string) == number


@pytest.mark.parametrize("text", ["", "<unknown>", "anonymous", "Anonymous", "unknown", "restricted", " "])
def test_a_withheld_number_is_none(text: str):
    assert number_of(text) is None
    assert number_of("ivan.petrov") == "ivan.petrov"
