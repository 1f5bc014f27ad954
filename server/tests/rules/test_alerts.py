"""Which failures are told to whom, what is one and the same trouble, and when a PBX is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules import alerts as rules
from trubka.rules.recordings import RETRY_SECONDS, Next, Wrong, after

MOSCOW = ZoneInfo("Europe/Moscow")


def test_administrators_see_all_and_others_what_is_theirs():
    kinds = set(get_args(rules.Kind))
    assert set(rules.FOR_ADMINS) < kinds
    assert {kind for kind in kinds if rules.may_see(True, kind)} == kinds
    assert {kind for kind in kinds if rules.may_see(False, kind)} == {"recording_lost", "page"}
    assert (rules.hidden_from(True), set(rules.hidden_from(False))) == ((), set(rules.FOR_ADMINS))


@pytest.mark.parametrize(
    ("recent", "disabled", "kind"),
    [
        (1, False, None),
        (2, False, None),
        (3, False, "webhook_bad"),
        (100, False, "webhook_bad"),
        (101, True, "webhook_off"),
    ],
)
def test_a_webhook_that_answers_badly_now_and_then_is_no_trouble(recent: int, disabled: bool, kind: str | None):
    assert rules.of_webhook(recent, disabled) == kind


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Next("failed", "answered 503", 3, 300), None),
        (Next("empty", "nothing", 3, 300), None),
        (Next("failed", "answered 503"), "recordings_bad"),
        (Next("failed", "gone"), "recordings_bad"),
        (Next("refused", "private 10.0.0.1", 7), "recordings_bad"),
        (Next("empty", "nothing"), "recordings_bad"),
        (Next("empty", "silent 30"), None),
        (Next("failed", "store no room", 8, 120), "store_bad"),
    ],
)
def test_a_recording_is_lost_when_nothing_more_is_tried(outcome: Next, kind: str | None):
    assert rules.of_recording(outcome) == kind


@given(st.sampled_from(["answered", "gone", "cut", "nothing", "html", "unreachable"]))
def test_one_recording_is_lost_at_most_once(code: str):
    told = [rules.of_recording(after(Wrong(code), left)) for left in range(len(RETRY_SECONDS), -1, -1)]
    first = next((place for place, kind in enumerate(told) if kind), len(told))
    assert told[:first] == [None] * first


@pytest.mark.parametrize(
    ("host", "pbx_id", "why", "subject", "told"),
    [
        ("rec.example", None, "answered 503", "rec.example", {"host": "rec.example", "detail": "503"}),
        ("me:secret@REC.example:8080", None, "gone", "rec.example:8080", {"host": "rec.example:8080"}),
        ("101", 101, "unreachable no route to 10.0.0.1", "pbx:101", {"host": ""}),
        ("pbx.example", 101, "gone", "pbx.example", {"host": "pbx.example"}),
        ("", None, "link", "", {"host": ""}),
    ],
)
def test_where_recordings_come_from_is_one_trouble(
    host: str, pbx_id: int | None, why: str, subject: str, told: dict[str, str]
):
    code = why.split()[0]
    assert rules.source(host, pbx_id, Next("failed", why)) == (subject, {"pbx_id": pbx_id, "code": code} | told)


def test_the_same_words_are_the_same_trouble():
    assert rules.of_page("a", "b") == rules.of_page("a", "b")
    assert len({rules.of_page("a", "b"), rules.of_page("ab", ""), rules.of_page("", "ab")}) == 3


@pytest.mark.parametrize(
    ("heard", "now", "silent"),
    [
        ("2026-11-16 10:00", "2026-11-17 09:59", False),  # Monday
        ("2026-11-16 10:00", "2026-11-17 10:00", True),
        ("2026-11-20 18:00", "2026-11-23 09:00", False),  # Friday evening, Monday morning
        ("2026-11-20 18:00", "2026-11-23 18:00", True),
        ("2026-11-20 09:00", "2026-11-22 23:00", False),  # 15 hours of Friday
        ("2026-11-20 09:00", "2026-11-23 09:00", True),
        ("2026-11-21 09:00", "2026-11-22 23:00", False),
        ("2026-11-21 09:00", "2026-11-29 09:00", True),
        ("2026-11-16 10:00", "2026-11-16 09:00", False),  # clocks go a little wrong
    ],
)
def test_a_pbx_is_silent_after_a_day_of_work(heard: str, now: str, silent: bool):
    moments = [int(datetime.fromisoformat(each).replace(tzinfo=MOSCOW).timestamp()) for each in (heard, now)]
    assert rules.is_silent(moments[0], moments[1], MOSCOW) is silent


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(0, 10 * 86_400), st.integers(0, 86_400))
def test_silence_stays_silence(heard: datetime, seconds: int, later: int):
    at = int(heard.replace(tzinfo=UTC).timestamp())
    first, second = (rules.is_silent(at, at + each, MOSCOW) for each in (seconds, seconds + later))
    assert second or not first
    assert not first or seconds >= timedelta(days=1).total_seconds()
