"""Positions: what a snapshot sees, and when one sees all that another does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.positions import LONGEST, Position, Snapshot, read, snapshot_of

EPOCH = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


@pytest.mark.parametrize(
    ("xid", "seen"), [(9, True), (10, False), (11, True), (12, False), (13, True), (14, False), (99, False)]
)
def test_what_a_snapshot_sees(xid: int, seen: bool):
    assert snapshot_of("10:14:10,12").sees(xid) is seen


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (f"{EPOCH}:10:14:10,12", True),
        (f"{EPOCH}:10:10:", True),
        (f"{EPOCH}:10:14:10,", False),
        (f"{EPOCH}:10:14", False),
        (f"{EPOCH}:-1:14:", False),
        ("10:14:10", False),
        ("", False),
        (f"{EPOCH}:10:14:" + "1," * LONGEST + "1", False),
        (f"{EPOCH}:١:٢:", False),
        (f"{EPOCH}:0:0:", False),
        (f"{EPOCH}:0:1:", False),
        (f"{EPOCH}:1:0:", False),
        (f"{EPOCH}:10:9:", False),
        (f"{EPOCH}:10:14:12,10", False),
        (f"{EPOCH}:10:14:12,12", False),
        (f"{EPOCH}:10:14:9", False),
        (f"{EPOCH}:10:14:14", False),
        (f"{EPOCH}:1:{2**63 - 1}:{2**63 - 2}", True),
        (f"{EPOCH}:1:{2**63}:", False),
        (f"{EPOCH}:{2**32}:{2**32 + 1}:", False),
        (f"{EPOCH}:{2**32 - 1}:{2**33}:", False),
    ],
)
def test_what_is_a_position(text: str, good: bool):
    found = read(text)
    assert (found is not None) is good
    assert found is None or str(found) == text
    assert found is None or found == Position(EPOCH, found.seen)


ids = st.integers(1, 12)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    xmax = draw(ids)
    xip = draw(st.frozensets(ids, max_size=4).map(lambda some: frozenset(xid for xid in some if xid < xmax)))
    return Snapshot(min({xmax, *xip}), xmax, xip)


@given(snapshots(), snapshots())
def test_one_that_covers_another_sees_all_that_it_sees(one: Snapshot, other: Snapshot):
    assert not one.covers(other) or all(one.sees(xid) for xid in range(20) if other.sees(xid))
    assert one.covers(one)


@given(snapshots(), st.integers(0, 5))
def test_a_later_one_of_the_same_database_covers_it(earlier: Snapshot, more: int):
    """Some of what was open has ended, and new ones have begun."""
    ended = frozenset(xid for xid in earlier.open if xid % 2)
    later = Snapshot(earlier.xmin, earlier.xmax + more, earlier.open - ended)
    assert later.covers(earlier)


@pytest.mark.parametrize(
    ("one", "last", "expected"),
    [
        ("5:9:5,7", 20, "5:9:5,7"),
        ("5:9:5,7", 8, "5:9:5,7"),
        ("5:9:5,7", 6, "5:7:5"),
        ("9:9:", 5, "6:6:"),  # what is numbered 6 to 8 left nothing: it is not seen
    ],
)
def test_it_ends_with_a_transaction(one: str, last: int, expected: str):
    assert str(snapshot_of(one).until(last)) == expected
