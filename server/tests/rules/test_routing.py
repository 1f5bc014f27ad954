"""Who rings: plans, hours, absence, devices, and the line that the PBX reads."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from trubka.rules.routing import (
    MOST_DEVICES,
    Device,
    Dialling,
    EnterQueue,
    Line,
    Person,
    Plan,
    Reason,
    RingGroup,
    RingOwner,
    RingUsers,
    Schedule,
    Taken,
    Word,
    doubled,
    is_away,
    is_open,
    route,
)

NOW = 1_760_000_000
HOW = Dialling()


def person(user_id: int, *devices: Device, **about: object) -> Person:
    return msgspec.structs.replace(
        Person(user_id, devices=devices or (Device(str(user_id + 100), "desk"),)),
        **about,
    )


ANNA = person(1, Device("101", "desk"), Device("201", "browser"))
BORIS, CLARA = person(2, group_id=7), person(3, group_id=7)
MOBILE = person(4, Device("8 916 000-11-22", "mobile"))
CONFIRMS = person(5, Device("+7 916 000-11-33", "fmc", is_confirmed=True))
ALL = (ANNA, BORIS, CLARA, MOBILE, CONFIRMS)
FULL = Line((RingOwner(20), RingGroup(7, 15), EnterQueue("sales")), fallback="queue:night")


@pytest.mark.parametrize(
    ("line", "owner", "people", "said"),
    [
        (FULL, 1, ALL, "PJSIP/101&PJSIP/201,20|PJSIP/102&PJSIP/103,15|queue:sales"),
        (FULL, None, ALL, "PJSIP/102&PJSIP/103,15|queue:sales"),
        (FULL, 2, ALL, "PJSIP/102,20|PJSIP/103,15|queue:sales"),
        (Line((RingOwner(), RingOwner())), 1, ALL, "PJSIP/101&PJSIP/201,20"),
        (Line((RingUsers((4, 5), 30),)), None, ALL, "PJSIP/89160001122@trunk&Local/79160001133@trubka-confirm,30"),
        (Line((RingUsers((4,)),), fallback="queue:night"), None, ALL, "PJSIP/89160001122@trunk,20|queue:night"),
        (Line((RingUsers((2, 2, 2)),)), None, ALL, "PJSIP/102,20"),
        (Line(fallback="voicemail:7"), 1, ALL, "voicemail:7"),
        (Line(), 1, ALL, ""),
        (None, 1, ALL, "PJSIP/101&PJSIP/201,20"),
        (None, None, ALL, ""),
        (FULL, 9, ALL, "PJSIP/102&PJSIP/103,15|queue:sales"),
        (Line((RingOwner(),)), 1, [person(1, Device("101", "desk", "SIP/anna-desk"))], "SIP/anna-desk,20"),
        (Line((RingOwner(),)), 1, [person(1, Device("101", "desk", rings=False), Device("7", "desk"))], "PJSIP/7,20"),
        (Line((RingUsers((1, 2)),)), None, [person(each, Device("7", "desk")) for each in (1, 2)], "PJSIP/7,20"),
    ],
)  # fmt: skip
def test_what_the_pbx_is_told(line: Line | None, owner: int | None, people: list[Person], said: str):
    assert str(route(line, owner, people, HOW, NOW)) == said


@pytest.mark.parametrize(
    ("people", "said", "reasons"),
    [
        ([ANNA], "PJSIP/101&PJSIP/201,20", ["rings", "nobody"]),
        ([], "", ["left", "nobody"]),
        ([person(1, is_active=False)], "", ["left", "nobody"]),
        ([person(1, quiet_until=NOW + 1)], "", ["quiet", "nobody"]),
        ([person(1, quiet_until=NOW)], "PJSIP/101,20", ["rings", "nobody"]),
        ([Person(1)], "", ["no_device", "nobody"]),
        ([person(1, away_until=NOW + 1)], "", ["away", "nobody"]),
        ([person(1, away_until=NOW + 1, deputy_id=2), BORIS], "PJSIP/102,20", ["away", "deputy", "rings", "nobody"]),
        ([person(1, away_from=0, deputy_id=2), person(2, away_from=0, deputy_id=1)], "", ["away", "nobody"]),
        ([person(1, away_from=0, deputy_id=2), person(2, is_active=False)], "", ["away", "nobody"]),
        (
            [person(1, away_from=0, deputy_id=2), person(2, quiet_until=NOW + 9)],
            "",
            ["away", "deputy", "quiet", "nobody"],
        ),
    ],
)
def test_who_is_left_out_and_why(people: list[Person], said: str, reasons: list[str]):
    found = route(Line((RingOwner(),)), 1, people, HOW, NOW)
    assert (str(found), [reason.code for reason in found.reasons]) == (said, reasons)


def test_reasons_name_the_user_and_the_step():
    found = route(Line((RingOwner(), RingUsers((1, 2))), fallback="queue:all"), 1, [ANNA, BORIS], HOW, NOW)
    assert found.reasons == (
        Reason("rings", 1, "owner"),
        Reason("twice", 1, "users"),
        Reason("rings", 2, "users"),
        Reason("fallback", word="queue:all"),
    )
    assert [ring.users for ring in found.rings] == [(1,), (2,)]


def test_too_many_devices_do_not_ring_together():
    crowd = [person(number, group_id=7) for number in range(1, MOST_DEVICES + 2)]
    found = route(Line((RingGroup(7),)), None, crowd, HOW, NOW)
    assert len(found.rings[0].dial) == MOST_DEVICES
    assert Reason("too_many", MOST_DEVICES + 1, "group") in found.reasons


def test_who_had_no_room_rings_in_the_next_step():
    crowd = [person(number, group_id=7) for number in range(1, MOST_DEVICES + 2)]
    left_out = MOST_DEVICES + 1
    found = route(Line((RingGroup(7), RingUsers((1, left_out)))), None, crowd, HOW, NOW)
    assert [ring.users for ring in found.rings] == [tuple(range(1, left_out)), (left_out,)]
    assert [each for each in found.reasons if each.step == "users"] == [
        Reason("twice", 1, "users"),
        Reason("rings", left_out, "users"),
    ]


def test_outside_the_hours_another_plan_counts():
    closed = Line((RingOwner(),), (EnterQueue("night"),), schedule=Schedule(week=()))
    found = route(closed, 1, ALL, HOW, NOW)
    assert (str(found), found.reasons[0].code) == ("queue:night", "closed")
    always = Line((RingOwner(),), (EnterQueue("night"),), schedule=Schedule(week=(((0, 1440),),) * 7))
    found = route(always, 1, ALL, HOW, NOW)
    assert (str(found), found.reasons[0].code) == ("PJSIP/101&PJSIP/201,20", "open")


WORKDAYS = (((540, 1080),),) * 5 + ((), ())
NIGHTS = ((), (), (), (), ((1320, 360),), (), ())  # Friday at 22 until Saturday at 6


@pytest.mark.parametrize(
    ("schedule", "when", "opened"),
    [
        (Schedule(week=WORKDAYS), "2026-11-20 09:00", True),
        (Schedule(week=WORKDAYS), "2026-11-20 08:59", False),
        (Schedule(week=WORKDAYS), "2026-11-20 17:59", True),
        (Schedule(week=WORKDAYS), "2026-11-20 18:00", False),
        (Schedule(week=WORKDAYS), "2026-11-21 12:00", False),
        (Schedule("Europe/Moscow", WORKDAYS), "2026-11-20 06:00", True),
        (Schedule("Europe/Moscow", WORKDAYS), "2026-11-20 15:00", False),
        (Schedule("Asia/Vladivostok", WORKDAYS), "2026-11-22 23:30", True),
        (Schedule(week=NIGHTS), "2026-11-20 21:59", False),
        (Schedule(week=NIGHTS), "2026-11-20 22:00", True),
        (Schedule(week=NIGHTS), "2026-11-21 05:59", True),
        (Schedule(week=NIGHTS), "2026-11-21 06:00", False),
        (Schedule(week=NIGHTS), "2026-11-20 05:00", False),
        (Schedule(week=WORKDAYS, holidays={"2026-11-20": ()}), "2026-11-20 12:00", False),
        (Schedule(week=WORKDAYS, holidays={"2026-11-20": ((600, 660),)}), "2026-11-20 10:30", True),
        (Schedule(week=WORKDAYS, holidays={"2026-11-21": ((600, 660),)}), "2026-11-21 10:30", True),
        (Schedule(week=()), "2026-11-20 12:00", False),
        (None, "2026-11-21 03:00", True),
    ],
)
def test_working_hours(schedule: Schedule | None, when: str, opened: bool):
    moment = datetime.strptime(when, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert is_open(schedule, int(moment.timestamp())) is opened


@given(some.integers(0, 2**31), some.integers(0, 1439), some.integers(0, 1440))
def test_one_span_is_open_as_long_as_it_is(now: int, begin: int, end: int):
    week = (((begin, end),),) * 7
    minute = (now % 86_400) // 60
    within = begin <= minute < end if begin < end else minute >= begin or minute < end
    assert is_open(Schedule(week=week), now) is within


def test_summer_time_moves_with_the_clock_on_the_wall():
    berlin = Schedule("Europe/Berlin", (((540, 1020),),) * 7)
    for day in ("2026-03-28", "2026-03-30", "2026-10-24", "2026-10-26"):
        nine = datetime.fromisoformat(day + "T09:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
        assert is_open(berlin, int(nine.timestamp()))
        assert not is_open(berlin, int(nine.timestamp()) - 60)


@pytest.mark.parametrize(
    ("begin", "end", "away"),
    [(None, None, False), (None, NOW + 1, True), (None, NOW, False), (NOW, None, True), (NOW + 1, NOW + 9, False)],
)
def test_absence(begin: int | None, end: int | None, away: bool):
    assert is_away(person(1, away_from=begin, away_until=end), NOW) is away


def test_an_extension_has_one_user():
    others = {"101": 1, "8 916 000-11-22": 2}
    assert doubled(["102", "103"], others) == []
    assert doubled(["102", "+79160001122", "101"], others) == [Taken("+79160001122", 2), Taken("101", 1)]


@pytest.mark.parametrize("word", ["PJSIP/101&SIP/9", "a,b", "a|b", "queue: x", "a\n", "SIP/1\n", "${X}", "é"])
def test_words_cannot_say_more_to_a_dialplan(word: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(word, Word)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([{"step": "queue", "name": word}], Plan)
