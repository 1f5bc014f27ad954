"""In which order a timeline stands, and where its next page begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.timeline import CALL_EVENTS, MOST, NOTE_EVENTS, Mark, Source, below, event_types, mark_of, page

MARKS = st.builds(Mark, st.integers(0, 20), st.sampled_from([int(source) for source in Source]), st.integers(1, 20))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1760000000.3.660001", Mark(1760000000, 3, 660001)),
        ("1760000000.3", None),
        ("1760000000.3.x", None),
        ("1.2.3.4", None),
        (f"1.2.{MOST + 1}", None),
        ("٣.1.1", None),
        ("", None),
    ],
)
def test_a_mark_as_text(text: str, mark: Mark | None):
    assert mark_of(text) == mark
    assert mark is None or str(mark) == text


@pytest.mark.parametrize(
    ("kinds", "types"),
    [
        (("calls", "notes", "tasks", "changes"), (None, CALL_EVENTS)),
        (("notes",), (NOTE_EVENTS, ())),
        (("changes", "tasks"), (None, (*CALL_EVENTS, *NOTE_EVENTS))),
        (("calls", "tasks"), None),
    ],
)
def test_which_lines_of_the_log_are_wanted(kinds: tuple[str, ...], types: object):
    assert event_types(kinds) == types


def test_a_note_is_told_by_its_line_and_a_call_by_itself():
    assert "common_note_added" in NOTE_EVENTS
    assert CALL_EVENTS == ("incoming_call", "outgoing_call")
    assert not {*CALL_EVENTS, "task_result_added"} & {*NOTE_EVENTS}


@given(st.sets(MARKS, max_size=60), st.integers(1, 7))
def test_page_after_page_is_the_whole_in_its_order(marks: set[Mark], limit: int):
    """Each source gives what stands below the mark, the newest first, and one more than the limit."""
    told: list[Mark] = []
    mark: Mark | None = None
    for _ in range(len(marks) + 1):
        sources = [
            sorted((m for m in marks if m.source == source and (m.at, m.id) < below(mark, source)), reverse=True)
            for source in Source
        ]
        rows, mark = page([[(m, None) for m in source[: limit + 1]] for source in sources], limit)
        told += [m for m, _ in rows]
        if mark is None:
            break
    assert told == sorted(marks, reverse=True)
