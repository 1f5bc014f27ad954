"""Who a note is of, and which line of the log tells of it."""

import pytest

from trubka.rules.entities import Entity
from trubka.rules.facts import Event
from trubka.rules.notes import EVENTS, PARAMS, Asked, authors, event_of, people_named
from trubka.rules.rights import ALL, Me

ME = Me(1, 7, True, (7,), ALL)
USERS = {7, 8, 9}


@pytest.mark.parametrize(
    ("note_type", "created_by", "responsible", "answered", "expected"),
    [
        ("common", None, None, None, (7, 7)),
        ("common", 8, None, None, (8, 7)),
        ("common", None, 9, None, (7, 9)),
        ("call_in", None, None, None, (7, 7)),
        ("call_in", 8, None, None, (8, 8)),
        ("call_in", 8, 9, 7, (8, 9)),
        ("call_in", None, 9, None, (9, 9)),
        ("call_out", None, 9, 8, (8, 9)),
        ("call_out", None, None, 8, (8, 8)),
        ("call_in", None, None, 101, (7, 7)),  # an extension, and no user
        ("call_in", None, None, "Ivan", (7, 7)),
        ("call_in", 0, None, None, (0, 7)),  # the robot answers for nothing
        ("call_in", 8, 0, None, (8, 8)),
    ],
)
def test_who_a_note_is_of(
    note_type: str,
    created_by: int | None,
    responsible: int | None,
    answered: object,
    expected: tuple[int, int],
):
    params = {"call_responsible": answered} if note_type != "common" else {"text": "a"}
    asked = Asked(note_type=note_type, created_by=created_by, responsible_user_id=responsible, params=params)
    assert authors(asked, ME, USERS) == expected
    numbers = {each for each in (responsible, created_by, answered) if isinstance(each, int) and each > 0}
    assert people_named(asked) == numbers


def test_which_line_tells_of_a_note():
    assert event_of("call_in", Entity.lead, 11, 22, 7, 100) == Event(
        "incoming_call", Entity.lead, 11, 7, 100, [{"note": {"id": 22}}]
    )
    assert event_of("amomail_message", Entity.lead, 11, 22, 7, 100) is None
    assert set(PARAMS) <= set(EVENTS)
