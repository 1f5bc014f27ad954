"""Who is responsible for a number, who would ring for it on a line, and why: for integrators and for people."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from trubka.api.asked import JSON, Answer, Asked
from trubka.api.routes import Routes
from trubka.db import Db, Row, calls, extensions, lines, users
from trubka.errors import Refused
from trubka.rules import routing as rules
from trubka.rules.accounts import Account
from trubka.rules.entities import Entity
from trubka.rules.owner import best_first
from trubka.rules.phones import digits_of, tail_of
from trubka.rules.rights import may_card
from trubka.rules.routing import Device, Dialling, Line, Person, Reason, RingGroup, RingUsers, Route, Schedule

routes = Routes("/api/routing")

MOST_PEOPLE = 200  # who ring in one plan
LONGEST_NUMBER = 50

SENTENCES = {
    "open": "It is working time.",
    "closed": "It is outside the working hours: the plan for then counts.",
    "no_line": "This number is not among the lines: the owner's devices ring, then the PBX goes its own way.",
    "known": "The number stands on a card, and this user answers for it.",
    "unknown": "The number stands on no card.",
    "hidden": "The number stands on a card that you may not see: its owner is left out here.",
    "no_owner": "Nobody answers for this number.",
    "rings": "This user's devices ring.",
    "quiet": "This user does not want to be disturbed.",
    "away": "This user is away.",
    "deputy": "This user stands in for the one who is away.",
    "left": "This user does not work here any more.",
    "no_device": "This user has no device that rings.",
    "twice": "This user has rung in an earlier step.",
    "queue": "The PBX takes the call into this queue.",
    "too_many": "Too many devices would ring together: this user's are left out.",
    "nobody": "Nobody is left: the PBX goes its own way.",
    "fallback": "Nobody is left: the line's fall-back counts.",
}


class Caller(msgspec.Struct):
    """The card of a number, as it is chosen among several."""

    entity_type: str
    entity_id: int
    responsible_user_id: int


class Responsible(msgspec.Struct):
    responsible_user_id: int
    name: str
    email: str
    phone_number: str | None
    extensions: list[str]
    entity_type: str
    entity_id: int


class Why(msgspec.Struct, omit_defaults=True):
    code: str
    text: str
    user_id: int | None = None
    step: str = ""
    word: str = ""


class Rings(msgspec.Struct):
    users: tuple[int, ...]
    seconds: int
    dial: tuple[str, ...] | None  # only for administrators


class Explained(msgspec.Struct):
    line_id: int | None
    caller: Caller | None
    rings: list[Rings]
    then: str
    reasons: list[Why]
    answer: str | None  # what the PBX is told; only for administrators


class Found(msgspec.Struct):
    """What a question for a route has found out."""

    line_id: int | None
    owner: tuple[Entity, int, int] | None  # the card, and who answers for it
    route: Route


@routes.on("GET", "/explain", query=("caller", "dialled", "pbx_id"), answer=Explained, media=JSON)
async def explain(asked: Asked) -> Answer:
    """Who would ring now if this number called that line, and why."""
    found = await found_for(
        asked.db,
        asked.account,
        asked.query.int("pbx_id"),
        number(asked, "caller"),
        number(asked, "dialled"),
        asked.now,
        asked,
    )
    admin = asked.me.is_admin
    owner = found.owner
    return Answer(
        Explained(
            line_id=found.line_id,
            caller=Caller(owner[0].plural, owner[1], owner[2]) if owner else None,
            rings=[Rings(ring.users, ring.seconds, ring.dial if admin else None) for ring in found.route.rings],
            then=found.route.then,
            reasons=[
                Why(each.code, SENTENCES[each.code], each.user_id, each.step, each.word) for each in found.route.reasons
            ],
            answer=str(found.route) if admin else None,
        ),
        media=JSON,
    )


@routes.on("GET", "/responsible", query=("phone",), answer=Responsible, media=JSON)
async def responsible(asked: Asked) -> Answer | None:
    """Who is responsible for this number; 204 when nobody is, or for a card that one does not see."""
    owner = await owner_of(asked.db, asked.account, number(asked, "phone"))
    if owner is None or not may_card(asked.me, "view", owner[0], (owner[2], 0, 0)):
        return None
    row = await users.get(asked.db, asked.account_id, owner[2])
    if row is None:
        return None
    people = await extensions.people(asked.db, asked.account_id, [owner[2]], [], None, 1)
    numbers = [device["number"] for each in people if each["id"] == owner[2] for device in each["devices"]]
    return Answer(
        Responsible(owner[2], row["name"], row["email"], row["phone_number"], numbers, owner[0].plural, owner[1]),
        media=JSON,
    )


def number(asked: Asked, name: Literal["caller", "dialled", "phone"]) -> str:
    text = asked.query.text(name) or ""
    if len(text) > LONGEST_NUMBER:
        raise Refused(f"A number has {LONGEST_NUMBER} characters at most.")
    return text


async def found_for(
    db: Db, account: Account, pbx_id: int | None, caller: str, dialled: str, now: int, asked: Asked | None = None
) -> Found:
    """Reads what the rule wants to know, at this moment: nothing is remembered from one call to the next. `asked` is
    a person, who is told only of cards that he sees."""
    row = await lines.dialled(db, account.id, tail_of(digits_of(dialled)), pbx_id)
    assert row is not None
    owner = await owner_of(db, account, caller)
    reasons = [Reason("unknown") if owner is None else Reason("known", owner[2])]
    if asked is not None and owner is not None and not may_card(asked.me, "view", owner[0], (owner[2], 0, 0)):
        owner, reasons = None, [Reason("hidden")]
    line = line_of(row, account)
    people = await people_for(db, account.id, line or rules.UNKNOWN_LINE, owner, pbx_id)
    settings: dict[str, Any] = row["settings"]
    how = msgspec.convert(settings.get("dialling", {}), Dialling)
    route = rules.route(line, owner[2] if owner else None, people, how, now)
    return Found(row["id"], owner, msgspec.structs.replace(route, reasons=(*reasons, *route.reasons)))


async def owner_of(db: Db, account: Account, caller: str) -> tuple[Entity, int, int] | None:
    """The contact or company that is meant by a number, and who is responsible for it."""
    tail = tail_of(digits_of(caller))
    if not tail:
        return None
    found = await calls.callers(db, account.id, tail)
    if not found:
        return None
    best = best_first([card for card, _ in found.values()], caller, account.country)[0]
    return best.entity, best.id, found[best.entity, best.id][1]


def line_of(row: Row, account: Account) -> Line | None:
    if row["id"] is None:
        return None
    schedule = None
    if row["schedule_id"] is not None:
        hours = {"zone": row["time_zone"] or account.time_zone, "week": row["week"], "holidays": row["holidays"]}
        schedule = msgspec.convert(hours, Schedule)
    kept = {"plan": row["plan"], "closed_plan": row["closed_plan"], "fallback": row["fallback"]}
    return msgspec.structs.replace(msgspec.convert(kept, Line), schedule=schedule)


async def people_for(
    db: Db, account_id: int, line: Line, owner: tuple[Entity, int, int] | None, pbx_id: int | None
) -> list[Person]:
    """Everybody whom the line's plans name, and who stands in for them."""
    steps = [*line.plan, *line.closed_plan]
    named = {user for step in steps if isinstance(step, RingUsers) for user in step.ids}
    if owner is not None:
        named.add(owner[2])
    teams = sorted({step.id for step in steps if isinstance(step, RingGroup)})
    if not named and not teams:
        return []
    rows = await extensions.people(db, account_id, sorted(named), teams, pbx_id, MOST_PEOPLE)
    return [
        Person(
            id=row["id"],
            group_id=row["group_id"],
            is_active=row["is_active"],
            quiet_until=row["quiet_until"],
            away_from=row["away_from"],
            away_until=row["away_until"],
            deputy_id=row["deputy_id"],
            devices=tuple(msgspec.convert(row["devices"], list[Device])),
        )
        for row in rows
    ]
