"""Calls: where a report of one comes from, whether somebody talked, which reports are of the same talk, who sees it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from enum import IntEnum
from typing import Any

import msgspec

from trubka.rules import phones
from trubka.rules.entities import Entity
from trubka.rules.facts import Going
from trubka.rules.rights import Me, may, may_card

LONGEST_TALK = 2**31 - 1  # seconds, as the table counts them
SLACK_SECONDS = 15  # clocks of others go a little wrong
LATEST = 2**62  # a moment that never comes: two calls that go on share all of their time
LONGEST_SECONDS = 4 * 3600  # a call that began earlier is not looked for

TALKED = 4  # amoCRM's statuses: the talk has taken place
NO_ANSWER = 6
NOT_REACHED = (1, 3, NO_ANSWER, 7)  # left a message, not there, no answer, busy


class Source(IntEnum):
    """Who tells of a call; the number stands in the table."""

    pbx = 1  # our own line
    post = 2  # POST /calls
    note = 3  # a call note
    phone = 4  # the app on a phone


class Direction(IntEnum):
    inbound = 1
    outbound = 2
    internal = 3


def is_talk(status: int | None, seconds: int) -> bool:
    """Whether people talked. A status says so, or says that they did not whatever the length (a busy line may ring for
    a minute); without one the length decides."""
    if status == TALKED:
        return True
    return seconds > 0 and status not in NOT_REACHED


def status_of(talk: bool) -> int:
    """What our own line says of a call that nobody has said more of."""
    return TALKED if talk else NO_ANSWER


def is_missed(direction: Direction, talk: bool) -> bool:
    """They have called, and nobody has talked with them."""
    return direction is Direction.inbound and not talk


class Asked(msgspec.Struct, kw_only=True):
    """A call as an integration tells it: over, and with somebody who may be known."""

    direction: Direction
    number: str
    seconds: int
    uniq: str | None = None
    link: str | None = None
    result: str | None = None
    status: int | None = None
    who: int | str | None = None  # of ours: a user's id, a number or a name
    created_by: int | None = None
    responsible_user_id: int | None = None
    updated_by: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    params: object = None  # of its note
    request_id: str = "0"


def ids_named(asked: Asked) -> set[int]:
    """What may be users of ours."""
    named = [asked.created_by, asked.responsible_user_id, id_of(asked.who)]
    return {each for each in named if each}


def names_somebody(asked: Asked) -> bool:
    """Whether it may be found out who of ours took part."""
    return bool(asked.who or asked.created_by or asked.responsible_user_id)


def id_of(who: int | str | None) -> int | None:
    if isinstance(who, str):
        return int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None
    return who if who and who > 0 else None


def number_of(who: int | str | None) -> str:
    """The digits, where somebody of ours is named by an extension or a mobile."""
    text = str(who or "")
    return phones.digits_of(text) if not any(letter.isalpha() for letter in text) else ""


def named(asked: Asked, users: Container[int], extensions: Mapping[str, int]) -> int | None:
    """Whom of ours `who` names."""
    found = id_of(asked.who)
    return found if found is not None and found in users else extensions.get(number_of(asked.who))


def whose(asked: Asked, user: int | None, users: Container[int]) -> int | None:
    """The user whose call it is: who is named, else whom the integration gives for the author or the responsible."""
    if user is not None:
        return user
    return next((each for each in (asked.created_by, asked.responsible_user_id) if each and each in users), None)


def authors(asked: Asked, user: int | None, users: Container[int], me: int) -> tuple[int, int]:
    """(created by, responsible): the first is the person whom the call is shown with; a call counts in statistics when
    both are the same."""
    author = asked.created_by
    if author is None:
        author = user or asked.responsible_user_id or me
    return author, asked.responsible_user_id or (author if author in users or author == user else me)


def span(asked: Asked, now: int) -> tuple[int, int]:
    """When it began and ended. Without a time of its own it has just ended; one that a wrong clock puts into the future
    is of now, or it would outdo every call until then."""
    seconds = min(asked.seconds, LONGEST_TALK)
    began = now - seconds if asked.created_at is None else min(asked.created_at, now)
    return began, min(began + seconds, now)


def fetched(link: str | None) -> str | None:
    """The address of a recording that can be fetched; others are only shown as they were posted."""
    return link if link and link.lower().startswith(("http://", "https://")) else None


class Report(msgspec.Struct, frozen=True):
    """Somebody tells of a call with a number. `user` of ours took part; without one it is like no other report."""

    source: Source
    origin: str | None
    user: int | None
    began: int
    ended: int


class Part(msgspec.Struct, frozen=True):
    """What is known of a call already: a conversation, or a further report of it."""

    id: int
    root: int  # the conversation that it is of
    source: int
    origin: str | None
    users: tuple[int, ...]
    began: int
    ended: int | None  # none: it goes on


def same(report: Report, known: Iterable[Part]) -> int | None:
    """The conversation with this number that a report is of: the same user at the same time, told by another source.
    Whoever tells of two calls means two calls, so nobody's second report joins his first."""
    parts = list(known)
    own = {part.root for part in parts if (part.source, part.origin) == (report.source, report.origin)}
    found = [
        (shared, -part.root)
        for part in parts
        if report.user in part.users and part.root not in own and (shared := overlap(report, part)) >= -SLACK_SECONDS
    ]
    return -max(found)[1] if found else None


def twins(parts: Iterable[Part]) -> tuple[int, int] | None:
    """Two conversations with a number that are one: two sources told of it at the same moment, and neither saw the
    other. The one that stays and the other; our own PBX's stays, else the first."""
    groups: dict[int, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.root, []).append(part)
    roots = sorted(groups, key=lambda root: (min(part.source for part in groups[root]) != Source.pbx, root))
    found: list[tuple[int, int, int]] = []
    for place, root in enumerate(roots):
        told = {(part.source, part.origin) for part in groups[root]}
        for other in roots[place + 1 :]:
            if told.isdisjoint((part.source, part.origin) for part in groups[other]):
                shared = [
                    overlap(one, each)
                    for one in groups[root]
                    for each in groups[other]
                    if not set(one.users).isdisjoint(each.users)
                ]
                if shared and max(shared) >= -SLACK_SECONDS:
                    found.append((max(shared), -root, -other))
    if not found:
        return None
    _, root, other = max(found)
    return -root, -other


def overlap(report: Report | Part, part: Part) -> int:
    """Seconds in common; less than none when one ended before the other began."""
    ends = [each.ended for each in (report, part) if each.ended is not None]
    return min(ends, default=LATEST) - max(report.began, part.began)


class Shown(msgspec.Struct, frozen=True):
    """What decides who sees a call: who took part, and its card with the card's place (responsible user, pipeline,
    status); no place: the card is gone."""

    users: tuple[int, ...] = ()
    user: int | None = None
    entity: Entity | None = None
    place: tuple[int, int, int] | None = None


def may_see(me: Me, call: Shown) -> bool:
    """Who took part, and who may view its card. A call without one counts as a contact of its user; nobody's is seen
    only by who sees all."""
    if me.user_id in call.users:
        return True
    if call.entity is None:
        return may(me, "view", Entity.contact, call.user or 0)
    return may_card(me, "view", call.entity, call.place or (0, 0, 0))


may_hear = may_see  # a recording is heard by whoever sees its call


def going(call: Mapping[str, Any]) -> Going | None:
    """How a row of calls stands that has not ended; None: it is over."""
    told: Mapping[str, Any] = call["details"]
    if call["ended_at"] is not None or "state" not in told:
        return None
    users: Mapping[str, int] = told["users"]
    sent: list[str | None] = [each["from"] for each in told["transferred"]]
    talking: list[str] = list(told["talking"])
    return Going(
        direction=Direction(call["direction"]).name,
        number=call["number"],
        line=call["line"],
        started_at=call["started_at"],
        answered_at=call["answered_at"],
        caller=users.get(told["caller"] or ""),
        ringing=whom(told["ringing"], users),
        talking=whom(talking, users),
        talks_at=talking[-1] if talking else None,
        on_hold=told["on_hold"],
        queue=told["queue"],
        sent_by=users.get(sent[-1] or "") if sent else None,
    )


def whom(phones_named: Iterable[str], users: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(users[each] for each in phones_named if each in users))
