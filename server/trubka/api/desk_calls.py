"""Calls as our own browser shows them: what others announce, what is owed, the list, and one call with its outcome."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec

from trubka.actions import calls as deeds
from trubka.actions import debts as debt_deeds
from trubka.actions import notices as notice_deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said, uuid_of
from trubka.api.query import int_of
from trubka.api.routes import Routes
from trubka.db import calls, debts, lines, notices
from trubka.errors import NotFound, Refused
from trubka.rules import phones
from trubka.rules.calls import Direction
from trubka.rules.debts import LONGEST_REASON
from trubka.rules.entities import BY_PLURAL, CARDS, Entity
from trubka.rules.notes import LONGEST_TEXT
from trubka.rules.rights import may_card

routes = Routes("/desk")

LONGEST_MARK = 60
WHOLE_NUMBER = 10**9  # ten digits
MOST_DEBTS = 1_000  # counted
MOST_SUMMARIZED = 100_000  # calls of the company that a summary looks at
LONGEST_PERIOD = 93 * 86_400  # seconds


class Reason(msgspec.Struct):
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_REASON)]


class Owner(msgspec.Struct):
    user_id: int | None = None


class CardChoice(msgspec.Struct):
    entity: str
    id: int


class CallChange(msgspec.Struct):
    status: Annotated[int, msgspec.Meta(ge=1, le=8)] | None = None
    result: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | None = None
    card: CardChoice | None = None


@routes.on("GET", "/notices", auth="session", hidden=True)
async def list_notices(asked: Asked) -> Answer:
    """The calls that integrations announce to me right now."""
    rows = await notices.current(asked.db, asked.account_id, asked.me.user_id, asked.now)
    names = ("id", "number", "created_at", "until")
    return said({"notices": [{**{name: row[name] for name in names}, "card": card_of(asked, row)} for row in rows]})


@routes.on("POST", "/notices/{notice:text}/close", auth="session", hidden=True)
async def close_notice(asked: Asked, notice_id: str) -> None:
    """Takes it from my screens."""
    await notice_deeds.close(asked.db, asked.me, uuid_of(notice_id, "notice"), asked.now)


@routes.on("GET", "/debts", auth="session", query=("whose", "owner", "number", "after", "limit"), hidden=True)
async def list_debts(asked: Asked) -> Answer:
    """Open debts that I see, the oldest first."""
    limit, whose, me = asked.query.limit, asked.query.text("whose") or "all", asked.me
    if whose not in ("mine", "group", "all"):
        raise Refused("whose is mine, group or all.")
    wanted = debts.Wanted(
        limit=limit + 1,
        after=mark_of(asked),
        owner=me.user_id if whose == "mine" else asked.query.int("owner"),
        owners=me.group_users if whose == "group" else None,
        number=number_of(asked),
    )
    counted = msgspec.structs.replace(wanted, limit=MOST_DEBTS + 1, after=None)
    rows, found = await asyncio.gather(
        debts.page(asked.db, asked.account_id, me, wanted), debts.count(asked.db, asked.account_id, me, counted)
    )
    return said(
        {
            "debts": [debt_shown(asked, row) for row in rows[:limit]],
            "after": mark(rows[limit - 1], "opened_at") if len(rows) > limit else None,
            "count": min(found, MOST_DEBTS),
            "more": found > MOST_DEBTS,
        }
    )


@routes.on("POST", "/debts/{id}/close", auth="session", body=Reason, hidden=True)
async def close_debt(asked: Asked, debt_id: int, given: Reason) -> None:
    """Nothing is owed any more, and why."""
    await debt_deeds.close(asked.db, asked.me, debt_id, given.reason, asked.now)


@routes.on("POST", "/debts/{id}/owner", auth="session", body=Owner, hidden=True)
async def give_debt(asked: Asked, debt_id: int, given: Owner) -> None:
    """Somebody else owes the call."""
    await debt_deeds.give(asked.db, asked.me, debt_id, given.user_id, asked.now)


@routes.on(
    "GET",
    "/calls",
    auth="session",
    query=(
        *("direction", "missed", "user", "number", "line", "from", "to", "shortest", "longest", "owed", "recorded"),
        *("after", "limit"),
    ),
    hidden=True,
)
async def list_calls(asked: Asked) -> Answer:
    """Calls that I see, the latest first. Where few of many are wanted, a page may end before it is full: `searched`
    says how far back was looked, and from `after` on one goes on."""
    query, limit = asked.query, asked.query.limit
    word = query.text("direction")
    if word is not None and word not in Direction.__members__:
        raise Refused("direction is inbound, outbound or internal.")
    number, ending = number_of(asked), None
    if number is not None and number < WHOLE_NUMBER:  # a part of one: what it ends with
        digits = len(phones.digits_of(query.text("number") or ""))
        number, ending = None, (10 ** min(digits, 10), number)
    wanted = calls.Listed(
        limit=limit + 1,
        after=mark_of(asked),
        direction=None if word is None else int(Direction[word]),
        missed=told(asked, "missed"),
        user=query.int("user"),
        number=number,
        ending=ending,
        low=query.int("from"),
        high=query.int("to"),
        line=query.text("line") or None,
        shortest=query.int("shortest"),
        longest=query.int("longest"),
        owed=told(asked, "owed"),
        recorded=told(asked, "recorded"),
    )
    wanted.until = reached = await calls.reach(asked.db, asked.account_id, asked.me, wanted)
    rows = await calls.page(asked.db, asked.account_id, asked.me, wanted)
    after = searched = None
    if len(rows) > limit:
        after = mark(rows[limit - 1], "started_at")
    elif reached is not None:
        after, searched = f"{reached[0]}.{reached[1]}", reached[0]
    shown = [call_shown(asked, row) for row in rows[:limit]]
    return said({"calls": shown, "after": after, "searched": searched})


@routes.on("GET", "/calls/summary", auth="session", query=("from", "to", "user", "line"), hidden=True)
async def summarize_calls(asked: Asked) -> Answer:
    """The calls that I see, by the hour of the day and by whose they are."""
    query = asked.query
    high = query.int("to") or asked.now
    low = max(query.int("from") or 0, high - LONGEST_PERIOD)
    wanted = calls.Counted(
        low=low,
        high=high,
        time_zone=asked.account.time_zone,
        most=MOST_SUMMARIZED,
        user=query.int("user"),
        line=query.text("line") or None,
    )
    me = asked.me
    rows = await asked.site.known.summaries.of(
        (asked.account_id, me.user_id, me.is_admin, me.group_users, me.rights, wanted),
        lambda: calls.summary(asked.db, asked.account_id, me, wanted),
    )
    return said(
        {
            "from": low,
            "to": high,
            "more": any(row["looked"] > MOST_SUMMARIZED for row in rows),
            "all": next(
                ({name: row[name] for name in SUMMED} for row in rows if row["of_user"] and row["of_hour"]), None
            ),
            "hours": [{name: row[name] for name in ("hour", *SUMMED)} for row in rows if not row["of_user"]],
            "users": [{name: row[name] for name in ("user_id", *SUMMED)} for row in rows if not row["of_hour"]],
        }
    )


@routes.on("GET", "/lines", auth="session", hidden=True)
async def list_lines(asked: Asked) -> Answer:
    """Our numbers by name, for everybody."""
    rows = await lines.all_of(asked.db, asked.account_id)
    return said({"lines": [{name: row[name] for name in ("id", "number", "name", "is_active")} for row in rows]})


@routes.on("GET", "/calls/{id}", auth="session", hidden=True)
async def get_call(asked: Asked, call_id: int) -> Answer:
    """One call with why it stands on its card, and the other cards that may have been meant."""
    return said(await whole(asked, call_id))


@routes.on("PATCH", "/calls/{id}", auth="session", body=CallChange, hidden=True)
async def change_call(asked: Asked, call_id: int, change: CallChange) -> Answer:
    """Its outcome, or another card."""
    card = None
    if change.card is not None:
        entity = BY_PLURAL.get(change.card.entity)
        if entity is None or entity not in CARDS:
            raise Refused("entity is contacts, companies, leads or customers.")
        card = (entity, change.card.id)
    await deeds.change(asked.db, asked.me, call_id, change.status, change.result, card, asked.now)
    return said(await whole(asked, call_id))


async def whole(asked: Asked, call_id: int) -> dict[str, Any]:
    rows = await calls.page(asked.db, asked.account_id, asked.me, calls.Listed(limit=1, id=call_id))
    if not rows:
        raise NotFound("There is no such call.")
    placed: dict[str, Any] = rows[0]["details"].get("placed") or {}
    others: list[tuple[int, int]] = placed.get("others") or []
    cards = [(entity, card_id) for entity, card_id in others]
    found = {(row["entity"], row["id"]): row for row in await calls.cards(asked.db, asked.account_id, cards)}
    candidates: list[dict[str, Any]] = [
        {"entity": Entity(entity).plural, "id": card_id, "name": row["name"]}
        for entity, card_id in cards
        if (row := found.get((entity, card_id))) and may_card(asked.me, "view", Entity(entity), tuple(row["place"]))
    ]
    reports = [dict(row) for row in await calls.reports(asked.db, asked.account_id, call_id)]
    shown = call_shown(asked, rows[0])
    known = placed if shown["card"] else {}  # how a card was found tells of it
    return shown | {
        "chosen": known.get("chosen"),
        "why": known.get("why"),
        "candidates": candidates,
        "reports": reports,
    }


CALL = (
    "id",
    "source",
    "number",
    "line",
    "started_at",
    "answered_at",
    "ended_at",
    "talk_seconds",
    "missed",
    "user_id",
    "user_ids",
    "note_id",
    "status",
    "result",
    "recordings",
    "owed",
)
SUMMED = ("answered", "missed", "outbound", "talk_seconds")
DEBT = ("id", "number", "line", "calls", "is_sure", "call_id", "last_call_id", "opened_at", "last_at")


def call_shown(asked: Asked, row: Any) -> dict[str, Any]:
    call = {name: row[name] for name in CALL}
    return call | {
        "direction": Direction(row["direction"]).name,
        "who": row["details"].get("who"),
        "card": card_of(asked, row, row["card_name"]),
    }


def debt_shown(asked: Asked, row: Any) -> dict[str, Any]:
    card = card_of(asked, row, row["card_name"])
    age = {"age_seconds": max(asked.now - row["opened_at"], 0), "owner": row["user_id"]}
    return {name: row[name] for name in DEBT} | age | {"card": card}


def card_of(asked: Asked, row: Any, name: str | None = None) -> dict[str, Any] | None:
    """The card as far as I may see it: that a number rings me does not say whose it is."""
    if row["entity"] is None or row["place"] is None:
        return None
    entity = Entity(row["entity"])
    if not may_card(asked.me, "view", entity, tuple(row["place"])):
        return None
    return {"entity": entity.plural, "id": row["entity_id"]} | ({} if name is None else {"name": name})


def told(asked: Asked, name: str) -> bool | None:
    """Yes, no, or it does not matter."""
    return {"1": True, "true": True, "0": False, "false": False}.get(asked.query.text(name) or "")


def number_of(asked: Asked) -> int | None:
    text = asked.query.text("number")
    digits = phones.digits_of(text) if text else ""
    return phones.tail_of(digits) if digits else None


def mark_of(asked: Asked) -> tuple[int, int] | None:
    """The place after which the next rows stand: `moment.id` of the last one."""
    text = asked.query.text("after") or ""
    if not text:
        return None
    moment, _, number = text[:LONGEST_MARK].partition(".")
    at, row_id = int_of(moment), int_of(number)
    if at is None or row_id is None:
        raise Refused("after is what the page before has told.")
    return at, row_id


def mark(row: Any, column: str) -> str:
    return f"{row[column]}.{row['id']}"
