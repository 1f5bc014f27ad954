"""Ids of events: made of time and number, in their order, and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.events import LETTERS, MOST_NUMBER, MOST_SECONDS, TYPES, id_of, read_id

places = st.tuples(st.integers(0, MOST_SECONDS), st.integers(0, MOST_NUMBER))


@given(places)
def test_an_id_is_read_back(place: tuple[int, int]):
    made = id_of(*place)
    assert len(made) == 26
    assert set(made) <= set(LETTERS)
    assert read_id(made) == place
    assert read_id(made.upper()) == place


@given(places, places)
def test_ids_stand_in_the_order_of_time(one: tuple[int, int], other: tuple[int, int]):
    assert (id_of(*one) < id_of(*other)) == (one < other)


@given(st.text(max_size=30) | st.text(LETTERS, min_size=26, max_size=26))
def test_any_text_is_an_id_or_none(text: str):
    place = read_id(text)
    assert place is None or id_of(*place) == text.lower()


@pytest.mark.parametrize("text", ["", "types", "0" * 25, "0" * 27, "i" * 26, "z" * 26, "01kb3x9q2v8m4n6p7r0s1t2w3u"])
def test_what_is_no_id(text: str):
    assert read_id(text) is None


def test_a_known_id():
    assert id_of(1_760_000_100, 770_001) == "01k742whn0000000000000qfyh"


def test_types_have_numbers_of_their_own():
    assert len({number for number, _, _ in TYPES.values()}) == len(TYPES)
    assert (TYPES["lead_added"][0], TYPES["lead_deleted"][0]) == (1, 7)
