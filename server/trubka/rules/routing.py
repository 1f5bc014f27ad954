"""Who should ring for this number on this line now: an ordered plan, and the reasons for it.

A plan is a list of steps (the card's owner, named users, a group, a queue of the PBX). The answer is what the PBX
can do with it: devices that ring together, for so many seconds, one step after another, and where the call goes when
nobody has answered. Whoever is away, quiet or without a device is left out, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from trubka.rules.phones import digits_of

MOST_STEPS = 10
MOST_DEVICES = 20  # that ring together
MOST_USERS = 100  # named in a step
SHORTEST_RING, LONGEST_RING = 5, 120  # seconds
USUAL_RING = 20
DAY_MINUTES = 24 * 60
LONGEST_WORD = 80

Kind = Literal["desk", "browser", "mobile", "fmc"]
Word = Annotated[
    str, msgspec.Meta(max_length=LONGEST_WORD, pattern=r"^[A-Za-z0-9_.+@:/-]*$(?!\n)")
]  # what a dialplan may read
Pattern = Annotated[str, msgspec.Meta(max_length=LONGEST_WORD, pattern=r"^[A-Za-z0-9_.+@:/{}-]*$(?!\n)")]
Ids = Annotated[tuple[int, ...], msgspec.Meta(max_length=MOST_USERS)]
Seconds = Annotated[int, msgspec.Meta(ge=SHORTEST_RING, le=LONGEST_RING)]


# What an administrator sets.


class RingOwner(msgspec.Struct, frozen=True, tag="owner", tag_field="step"):
    """The devices of whoever is responsible for the caller's card."""

    seconds: Seconds = USUAL_RING


class RingUsers(msgspec.Struct, frozen=True, tag="users", tag_field="step"):
    ids: Ids
    seconds: Seconds = USUAL_RING


class RingGroup(msgspec.Struct, frozen=True, tag="group", tag_field="step"):
    """Everybody of a group; 0 is the default one."""

    id: int
    seconds: Seconds = USUAL_RING


class EnterQueue(msgspec.Struct, frozen=True, tag="queue", tag_field="step"):
    """The PBX takes the call into a queue of its own and keeps it: the last step."""

    name: Word


Step = RingOwner | RingUsers | RingGroup | EnterQueue
Plan = Annotated[tuple[Step, ...], msgspec.Meta(max_length=MOST_STEPS)]
Span = tuple[Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES)], Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES)]]
Day = Annotated[tuple[Span, ...], msgspec.Meta(max_length=10)]


class Schedule(msgspec.Struct, frozen=True):
    """Working hours in minutes of the day, Monday first; a date may have hours of its own, or none."""

    zone: str = "UTC"
    week: tuple[Day, ...] = ()
    holidays: Mapping[str, Day] = {}


class Line(msgspec.Struct, frozen=True):
    plan: Plan = ()
    closed_plan: Plan = ()
    fallback: str = ""  # none: the PBX goes its own way
    schedule: Schedule | None = None  # none: always open


# What is known of people at this moment.


class Device(msgspec.Struct, frozen=True):
    number: str
    kind: Kind
    dial: str = ""  # as the PBX calls it; none: made of the number
    is_confirmed: bool = False  # by pressing 1, since a mobile's voicemail answers too
    rings: bool = True


class Person(msgspec.Struct, frozen=True):
    id: int
    group_id: int = 0
    is_active: bool = True
    quiet_until: int | None = None
    away_from: int | None = None
    away_until: int | None = None
    deputy_id: int | None = None
    devices: tuple[Device, ...] = ()


class Dialling(msgspec.Struct, frozen=True):
    """How a PBX calls each kind of device; `{number}` is the extension's or the mobile's."""

    desk: Pattern = "PJSIP/{number}"
    browser: Pattern = "PJSIP/{number}"
    mobile: Pattern = "PJSIP/{number}@trunk"
    confirmed: Pattern = "Local/{number}@trubka-confirm"


# What is answered.


class Ring(msgspec.Struct, frozen=True):
    dial: tuple[str, ...]
    seconds: int
    users: tuple[int, ...]


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why somebody rings, or does not. `code` is stable; the workspace has the words."""

    code: Literal[
        "open", "closed", "no_line", "known", "unknown", "hidden", "no_owner", "rings", "quiet", "away", "deputy",
        "left", "no_device", "twice", "queue", "too_many", "nobody", "fallback",
    ]  # fmt: skip
    user_id: int | None = None
    step: str = ""
    word: str = ""


class Route(msgspec.Struct, frozen=True):
    rings: tuple[Ring, ...] = ()
    then: str = ""  # queue:NAME, or the line's fall-back; none: the PBX goes its own way
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        """One line that a dialplan can read: `PJSIP/101&PJSIP/201,20|PJSIP/102,15|queue:sales`."""
        parts = [f"{'&'.join(ring.dial)},{ring.seconds}" for ring in self.rings]
        return "|".join([*parts, self.then] if self.then else parts)


UNKNOWN_LINE = Line(plan=(RingOwner(),))  # a number that nobody has set up: its owner, then the PBX's own way


def route(line: Line | None, owner_id: int | None, people: Iterable[Person], how: Dialling, now: int) -> Route:
    """The plan for one call. `owner_id` is the user who is responsible for the caller's card, if there is one."""
    reasons: list[Reason] = []
    if line is None:
        reasons.append(Reason("no_line"))
        line = UNKNOWN_LINE
    opened = is_open(line.schedule, now)
    if line.schedule is not None:
        reasons.append(Reason("open" if opened else "closed"))
    known = {person.id: person for person in people}
    rings: list[Ring] = []
    rung: set[int] = set()
    for step in line.plan if opened else line.closed_plan:
        if isinstance(step, EnterQueue):
            reasons.append(Reason("queue", word=step.name))
            return Route(tuple(rings), f"queue:{step.name}", tuple(reasons))
        wanted = members(step, owner_id, known, reasons)
        users = [user for each in wanted if (user := who_rings(each, known, rung, now, step_name(step), reasons))]
        ring = together(users, known, step.seconds, how, reasons, step_name(step))
        if ring is not None:
            rung |= set(ring.users)  # whom there was no room for may ring in a later step
            rings.append(ring)
    reasons.append(Reason("fallback", word=line.fallback) if line.fallback else Reason("nobody"))
    return Route(tuple(rings), line.fallback, tuple(reasons))


def members(
    step: RingOwner | RingUsers | RingGroup, owner_id: int | None, known: Mapping[int, Person], reasons: list[Reason]
) -> Sequence[int]:
    match step:
        case RingOwner():
            if owner_id is None:
                reasons.append(Reason("no_owner", step="owner"))
                return ()
            return (owner_id,)
        case RingUsers(ids):
            return ids
        case RingGroup(group_id):
            return sorted(person.id for person in known.values() if person.group_id == group_id and person.is_active)


def who_rings(
    user_id: int, known: Mapping[int, Person], rung: set[int], now: int, step: str, reasons: list[Reason]
) -> int | None:
    """The user, or who stands in for one who is away; nobody rings twice in one call."""
    person = known.get(user_id)
    if person is None or not person.is_active:
        reasons.append(Reason("left", user_id, step))
        return None
    if is_away(person, now):
        reasons.append(Reason("away", user_id, step))
        deputy = known.get(person.deputy_id or 0)
        # One step only: a deputy who is away too sends nobody else, so that two cannot send a call round in a circle.
        if deputy is None or not deputy.is_active or is_away(deputy, now):
            return None
        reasons.append(Reason("deputy", deputy.id, step))
        person = deputy
    if person.id in rung:
        reasons.append(Reason("twice", person.id, step))
        return None
    if person.quiet_until is not None and person.quiet_until > now:
        reasons.append(Reason("quiet", person.id, step))
        return None
    if not any(device.rings for device in person.devices):
        reasons.append(Reason("no_device", person.id, step))
        return None
    return person.id


def together(
    users: Sequence[int],
    known: Mapping[int, Person],
    seconds: int,
    how: Dialling,
    reasons: list[Reason],
    step: str,
) -> Ring | None:
    dial: list[str] = []
    rang: list[int] = []
    for user_id in dict.fromkeys(users):
        words = [dialled(device, how) for device in known[user_id].devices if device.rings]
        if len(dial) + len(words) > MOST_DEVICES:
            reasons.append(Reason("too_many", user_id, step))
            continue
        dial += [word for word in words if word not in dial]
        rang.append(user_id)
        reasons.append(Reason("rings", user_id, step))
    return Ring(tuple(dial), seconds, tuple(rang)) if dial else None


def dialled(device: Device, how: Dialling) -> str:
    """The word by which the PBX calls a device. A device that confirms by a key is called through the PBX's own
    context for that, which dials it and asks; a number loses all that a dialplan could read as more than a number."""
    number = digits_of(device.number)
    if device.is_confirmed:
        return how.confirmed.replace("{number}", number)
    usual = {"desk": how.desk, "browser": how.browser}.get(device.kind, how.mobile)
    return device.dial or usual.replace("{number}", number)


def is_away(person: Person, now: int) -> bool:
    if person.away_from is None and person.away_until is None:
        return False
    return (person.away_from or 0) <= now and (person.away_until is None or now < person.away_until)


def is_open(schedule: Schedule | None, now: int) -> bool:
    """Whether it is working time there. Hours that end before they begin go on after midnight."""
    if schedule is None:
        return True
    moment = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(schedule.zone))
    minute = moment.hour * 60 + moment.minute
    if any(begin <= minute < end or (end <= begin <= minute) for begin, end in hours(schedule, moment.date())):
        return True
    before = hours(schedule, moment.date() - timedelta(days=1))
    return any(end <= begin and minute < end for begin, end in before)


def hours(schedule: Schedule, day: date) -> Day:
    if (special := schedule.holidays.get(day.isoformat())) is not None:
        return special
    return schedule.week[day.weekday()] if day.weekday() < len(schedule.week) else ()


def step_name(step: RingOwner | RingUsers | RingGroup) -> str:
    return {RingOwner: "owner", RingUsers: "users", RingGroup: "group"}[type(step)]


# Checks of what an administrator sets.


class Taken(msgspec.Struct, frozen=True):
    """An extension that another user has already."""

    number: str
    user_id: int


def doubled(mine: Iterable[str], others: Mapping[str, int]) -> list[Taken]:
    """Which of these numbers are somebody else's: compared by their digits, so 8 916 … and +7 916 … are one mobile."""
    taken = {key_of(number): user for number, user in others.items()}
    return [Taken(number, taken[key_of(number)]) for number in mine if key_of(number) in taken]


def key_of(number: str) -> str:
    digits = digits_of(number)
    return digits[-10:] if len(digits) >= 10 else digits
