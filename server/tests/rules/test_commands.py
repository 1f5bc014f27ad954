"""What an agent may ask of a PBX, as the call stands."""

import pytest

from trubka.rules.commands import (
    Answer,
    AnyCommand,
    Decline,
    HangUp,
    Hold,
    Name,
    Phones,
    Transfer,
    Unhold,
    command,
    possible,
)

MINE = ("101", "1101")
RINGS = Phones(ringing=("102", "101"))
TALKS = Phones(ringing=("102",), talking=("103", "1101"))
HELD = Phones(talking=("101",), on_hold=True)
OTHERS = Phones(ringing=("102",), talking=("103",))


@pytest.mark.parametrize(
    ("phones", "expected"),
    [
        (RINGS, ("answer", "decline")),
        (TALKS, ("hold", "transfer", "hang_up")),
        (HELD, ("unhold", "transfer", "hang_up")),
        (OTHERS, ()),
        (Phones(), ()),
    ],
)
def test_what_makes_sense(phones: Phones, expected: tuple[Name, ...]):
    assert possible(phones, MINE) == expected


@pytest.mark.parametrize(
    ("name", "phones", "to", "expected"),
    [
        ("answer", RINGS, None, Answer("c", "101")),
        ("decline", RINGS, None, Decline("c", "101")),
        ("hold", TALKS, None, Hold("c", "1101")),
        ("unhold", HELD, None, Unhold("c", "101")),
        ("transfer", TALKS, "105", Transfer("c", "1101", "105")),
        ("transfer", TALKS, None, None),
        ("hang_up", TALKS, None, HangUp("c", "1101")),
        ("answer", TALKS, None, None),
        ("answer", OTHERS, None, None),
    ],
)
def test_a_command_is_of_the_phone_that_it_is_about(
    name: Name, phones: Phones, to: str | None, expected: AnyCommand | None
):
    assert command(name, "c", phones, MINE, to) == expected
