"""The card of a call that rings or goes on: who calls, as far as one may see it; and what its buttons do."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from trubka import pbx as pbx_kinds
from trubka.actions import commands as deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said, uuid_of
from trubka.api.routes import Routes
from trubka.db import callers, calls, debts, notices
from trubka.errors import NotFound, Refused
from trubka.pbx import demo
from trubka.rules import phones
from trubka.rules.accounts import zone
from trubka.rules.commands import Name
from trubka.rules.entities import Entity
from trubka.rules.rights import may_card

routes = Routes("/desk")

PEOPLE = (Entity.contact, Entity.company)
LONGEST_NUMBER = 30

Card = tuple[int, int]  # kind, id


class CommandWish(msgspec.Struct):
    command: Name
    to: int | None = None  # a transfer: the user


class RingWish(msgspec.Struct):
    caller: Literal["known", "unknown"] = "known"
    to: Literal["me", "group"] = "me"
    number: Annotated[str, msgspec.Meta(max_length=LONGEST_NUMBER)] | None = None


@routes.on("GET", "/calls/{id}/card", auth="session", hidden=True)
async def call_card(asked: Asked, call_id: int) -> Answer:
    """Who calls, and what there is to know before one answers."""
    rows = await calls.page(asked.db, asked.account_id, asked.me, calls.Listed(limit=1, id=call_id))
    if not rows:
        raise NotFound("There is no such call.")
    row = rows[0]
    kind, _, pbx_id = (row["origin"] or "").partition(":")
    return said(await caller(asked, row, row["line"], int(pbx_id) if kind == "pbx" else None))


@routes.on("GET", "/notices/{notice:text}/card", auth="session", hidden=True)
async def notice_card(asked: Asked, notice_id: str) -> Answer:
    """The same of a call that an integration announces to me."""
    wanted = uuid_of(notice_id, "notice")
    rows = await notices.current(asked.db, asked.account_id, asked.me.user_id, asked.now)
    row = next((row for row in rows if row["id"] == wanted), None)
    if row is None:
        raise NotFound("There is no such notice.")
    return said(await caller(asked, row, None, None))


@routes.on("POST", "/calls/{id}/command", auth="session", body=CommandWish, strict=True, hidden=True)
async def command(asked: Asked, call_id: int, wish: CommandWish) -> None:
    """What I ask of the PBX about a call that rings me or that I talk in."""

    def obeys(kind: str) -> deeds.Obey | None:
        found = pbx_kinds.obedient(kind)
        return None if found is None else found.obey

    await deeds.give(asked.db, asked.account, asked.me, call_id, wish.command, wish.to, obeys, time.time())


@routes.on("POST", "/demo/ring", auth="session", body=RingWish, strict=True, hidden=True)
async def ring(asked: Asked, wish: RingWish) -> Answer:
    """In a demo company somebody calls me, or all of my group."""
    if wish.number is not None and len(phones.digits_of(wish.number)) < phones.SHORTEST:
        raise Refused("The number is too short.")
    given = deeds.Wish(wish.caller == "known", wish.to == "group", wish.number)
    call_id = await deeds.ring(asked.db, asked.site.secret, asked.account, asked.me, given, demo.ring, time.time())
    return said({"id": call_id}, 201)


async def caller(asked: Asked, row: Any, line: str | None, pbx_id: int | None) -> dict[str, Any]:
    digits = phones.digits_of(row["number"] or "")
    tail = phones.tail_of(digits) or None
    line_tail = phones.tail_of(phones.digits_of(line)) if line else None
    placed: dict[str, Any] = row["details"].get("placed") or {}
    now = (row["entity"], row["entity_id"]) if row["entity"] else None
    midnight = datetime.fromtimestamp(asked.now, zone(asked.account.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    ground, owed, linked = await asyncio.gather(
        callers.ground(asked.db, asked.account_id, asked.me, tail, line_tail, pbx_id, int(midnight.timestamp())),
        owed_to(asked, tail),
        callers.around(asked.db, asked.account_id, *now) if now else nothing(),
    )
    person = person_of(now, placed, linked)
    leads = [card for card in linked if card[0] == Entity.lead] if now and now[0] in PEOPLE else []
    candidates = list(dict.fromkeys(card for card in (now, *candidates_of(placed)) if card))
    wanted = list(dict.fromkeys(card for card in (*candidates, person, *leads) if card))
    seen = {
        (row["entity"], row["id"]): shown(asked, row)
        for row in await callers.cards(asked.db, asked.account_id, wanted)
        if may_card(asked.me, "view", Entity(row["entity"]), tuple(row["place"]))
    }
    lead = (
        seen.get(now) if now and now[0] == Entity.lead else next((seen[each] for each in leads if each in seen), None)
    )
    known = placed if now in seen else {}  # how a card was found tells of it
    return {
        "person": seen.get(person) if person else None,
        "card": seen.get(now) if now else None,
        "lead": lead,
        "leads": sum(each in seen for each in leads),
        "line": None if line is None else {"number": line, "name": ground["line_name"] or ""},
        "today": ground["today"],
        "debt": owed,
        "chosen": known.get("chosen"),
        "why": known.get("why"),
        "candidates": [seen[each] for each in candidates if each in seen],
        "obeys": ground["kind"] is not None and pbx_kinds.obedient(ground["kind"]) is not None,
    }


async def nothing() -> list[Card]:
    return []


async def owed_to(asked: Asked, tail: int | None) -> dict[str, Any] | None:
    """The missed calls of this number that nobody has returned, as far as I see the debt."""
    if tail is None:
        return None
    rows = await debts.page(asked.db, asked.account_id, asked.me, debts.Wanted(limit=1, number=tail))
    return {name: rows[0][name] for name in ("id", "calls", "opened_at")} if rows else None


def person_of(now: Card | None, placed: dict[str, Any], linked: list[Card]) -> Card | None:
    """Who calls: the contact or company itself, or the one with the number that the lead or customer is linked to."""
    if now is None or now[0] in PEOPLE:
        return now
    card: Card | None = tuple(placed["card"]) if "card" in placed else None
    return card if card in linked else next(iter(linked), card)


def candidates_of(placed: dict[str, Any]) -> list[Card]:
    """In the order in which they may be meant; the first choice stays among them when another one is chosen."""
    first = [placed["first"]] if "first" in placed else []
    return [(entity, card_id) for entity, card_id in [*first, *(placed.get("others") or ())]]


def shown(asked: Asked, row: Any) -> dict[str, Any]:
    company: tuple[int, str, int] | None = row["company"]
    if company is not None and not may_card(asked.me, "view", Entity.company, (company[2], 0, 0)):
        company = None
    return {
        "entity": Entity(row["entity"]).plural,
        "id": row["id"],
        "name": row["name"],
        "owner": row["place"][0],
        "company": {"id": company[0], "name": company[1]} if company else None,
        "talked_at": row["talked_at"],
        "price": row["price"],
        "stage": row["stage"],
        "color": row["color"],
    }
