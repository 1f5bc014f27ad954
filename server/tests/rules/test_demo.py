"""The demo company's weeks: always the same for one moment, in working hours, and with numbers that are one's own."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from trubka.rules.calls import NO_ANSWER, TALKED
from trubka.rules.demo import BUSY, DAY, DAYS, HOURS, JUST_NOW, NOT_THERE, PEOPLE, SALES, SOUNDS, Life, life
from trubka.rules.demo_words import WORDS
from trubka.rules.phones import digits_of, tail_of

NOW = 1_763_640_000  # a Thursday, noon


@pytest.fixture(params=["ru", "en"])
def weeks(request: pytest.FixtureRequest) -> Life:
    return life(request.param, NOW, UTC)


def test_the_same_moment_makes_the_same():
    assert life("ru", NOW, UTC) == life("ru", NOW, UTC)
    assert life("ru", NOW, UTC) != life("ru", NOW, UTC, seed=2)


def test_the_cards_do_not_hang_on_the_moment():
    """Those that were made at one start are the ones that are filled at another."""
    one, other = life("ru", NOW, UTC), life("ru", NOW + 3 * DAY + 7_000, UTC)
    assert [(each.first, each.last, each.phones) for each in one.people] == [
        (each.first, each.last, each.phones) for each in other.people
    ]
    assert [(each.name, each.price, each.person) for each in one.sales] == [
        (each.name, each.price, each.person) for each in other.sales
    ]


def test_what_there_is(weeks: Life):
    assert (len(weeks.people), len(weeks.sales)) == (PEOPLE, SALES)
    assert {each.step for each in weeks.sales} == set(range(6))
    tails = [tail_of(digits_of(number)) for each in weeks.people for number in each.phones]
    assert max(Counter(tails).values()) == 1
    assert sum(call.sound for call in weeks.calls) == SOUNDS
    assert all(call.talk for call in weeks.calls if call.sound)
    assert any(call.passed is not None for call in weeks.calls)
    assert {each.step for each in weeks.sales if each.lately} == {1, 2, 3}


def test_nothing_is_of_the_future_but_what_is_promised(weeks: Life):
    assert all(NOW - (DAYS + 1) * DAY < call.at < call.over < NOW for call in weeks.calls)
    assert [call.at for call in weeks.calls] == sorted(call.at for call in weeks.calls)
    assert all(NOW - 500 * DAY < each.made < NOW for each in (*weeks.firms, *weeks.people, *weeks.sales))
    assert all(each.moved is None or each.made < each.moved < NOW for each in weeks.sales)
    assert all(each.made < NOW for each in weeks.todos)
    assert all(each.at < NOW for each in (*weeks.notes, *weeks.forms))


def test_people_call_by_day(weeks: Life):
    by_hour = [datetime.fromtimestamp(call.at, UTC).hour for call in weeks.calls if call.at < NOW - DAY]
    assert sum(hour in HOURS or hour == max(HOURS) + 1 for hour in by_hour) > 0.95 * len(by_hour)


def test_who_opens_it_at_night_sees_a_day_too():
    night = NOW - NOW % DAY + 2 * 3_600
    latest = [call for call in life("en", night, UTC).calls if call.at > night - 3 * 3_600]
    assert len(latest) >= len(JUST_NOW)
    assert any(not call.talk for call in latest)


def test_a_phone_rings_once_in_a_call(weeks: Life):
    for call in weeks.calls:
        rung = [*call.rings, *([] if call.passed is None else [call.passed])]
        assert len(rung) == len(set(rung))


def test_what_is_said_fits_the_call(weeks: Life):
    for call in weeks.calls:
        if call.said is not None:
            assert call.said.result
            assert (call.said.status in (NO_ANSWER, BUSY, NOT_THERE)) == (not call.talk)
            assert call.said.todo is None or call.said.due > call.over
    assert any(call.said is not None and call.said.name for call in weeks.calls)
    assert Counter(call.said.status for call in weeks.calls if call.said)[TALKED] > 20


def test_both_languages_have_as_many_words():
    one, other = WORDS["ru"], WORDS["en"]
    for name in ("firms", "positions", "tags", "goods", "inbound", "outbound", "todos", "done", "notes", "wishes"):
        assert len(getattr(one, name)) == len(getattr(other, name)), name
        assert len(set(getattr(one, name))) == len(getattr(one, name)), name
    assert one.not_reached.keys() == other.not_reached.keys()
