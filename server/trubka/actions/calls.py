"""Calls that others tell of: each goes to the card that it belongs to, and what follows from it is written with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec
import structlog

from trubka.db import Db, calls, facts
from trubka.db import debts as debts_of
from trubka.db.calls import Ground, Known, Place, Report
from trubka.errors import FlawedItem, Forbidden, Invalid, NotFound, Unavailable, Unprocessable
from trubka.rules import calls as rules
from trubka.rules import debts, owner, phones
from trubka.rules.accounts import Account
from trubka.rules.calls import Asked, Direction, Part, Source
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CallChanged, CallLogged, Event, NoteAdded, NoteChanged
from trubka.rules.fields import choice_flaw
from trubka.rules.notes import event_of
from trubka.rules.owner import Placed
from trubka.rules.rights import Me, may_card, sight

logger = structlog.get_logger()

NOTE_TYPES = {Direction.inbound: "call_in", Direction.outbound: "call_out"}


class Logged(msgspec.Struct, frozen=True):
    """The note that tells of a call, and its card."""

    note_id: int
    entity: Entity
    entity_id: int


async def log(db: Db, me: Me, account: Account, origin: str, batch: Sequence[Asked], now: int) -> list[Logged | None]:
    """POST /calls: where each call went; None where nobody has its number. A `uniq` that this integration has told of
    before is the call that it was then."""
    tails = [phones.tail_of(phones.digits_of(asked.number)) for asked in batch]
    ground = await calls.ground(db, account.id, wanted(me, account, origin, batch, tails, now))
    check_people(batch, ground.users)
    ids = zip(ground.call_ids, ground.note_ids, strict=True)
    known = {uniq: told_again(me, each) for uniq, each in ground.known.items()}
    rows: list[Report] = []
    told: set[str] = set(known)
    places: dict[int, Report] = {}
    for index, (asked, tail) in enumerate(zip(batch, tails, strict=True)):
        if asked.uniq and asked.uniq in told:
            continue
        if (found := place(asked, tail, ground, account)) is not None:
            rows.append(row_of(me, asked, tail, found, ground, next(ids), origin, now))
            places[index] = rows[-1]
            told.add(asked.uniq or "")
    added = await write(db, me, Source.post, origin, rows, ground, now)
    known |= {row.uniq: own_of(row) for row in rows if row.uniq and row.id in added}
    if lost := [row.uniq for row in rows if row.id not in added and row.uniq]:  # told of at the same moment
        meanwhile = await calls.known(db, account.id, origin, lost)
        known |= {uniq: told_again(me, each) for uniq, each in meanwhile.items()}
    return [
        known.get(asked.uniq) if asked.uniq else own_of(places[index]) if index in places else None
        for index, asked in enumerate(batch)
    ]


def note_params(call: Any, responsible: object) -> dict[str, Any]:
    """What the note of a conversation of our own says, in the words of one that an integration posts."""
    return {
        "uniq": call["uniq"],
        "duration": call["talk_seconds"],
        "source": "trubka",
        "link": None,
        "phone": call["number"],
        "call_result": call.get("result"),
        "call_status": call.get("status") or rules.status_of(call["answered_at"] is not None),
        "call_responsible": responsible,
    }


def told_again(me: Me, told: Known) -> Logged | None:
    """Where it stands now, as far as one may view that card."""
    if told.entity is None or told.place is None or not may_card(me, "view", told.entity, told.place):
        return None
    return logged_of(told.note_id, told.entity, told.entity_id)


def logged_of(note_id: int | None, entity: int | None, entity_id: int | None) -> Logged | None:
    return Logged(note_id, Entity(entity), entity_id) if note_id and entity and entity_id else None


def own_of(row: Report) -> Logged | None:
    return logged_of(row.note_id, row.entity, row.entity_id)


def wanted(
    me: Me, account: Account, origin: str, batch: Sequence[Asked], tails: Sequence[int], now: int
) -> calls.Wanted:
    linked = [sight(me, Entity.lead)] + ([sight(me, Entity.customer)] if account.customers_on else [])
    asked = about(origin, batch, tails, now)
    asked.sights, asked.linked = [sight(me, Entity.contact), sight(me, Entity.company)], linked
    return asked


def about(origin: str, batch: Sequence[Asked], tails: Sequence[int | None], now: int) -> calls.Wanted:
    """What must be known of reports, wherever they come from."""
    people: set[int] = set()
    numbers: set[str] = set()
    spans: dict[int, tuple[int, int]] = {}
    missed: dict[int, int] = {}
    talks: set[int] = set()
    for asked, tail in zip(batch, tails, strict=True):
        people |= rules.ids_named(asked)
        if asked.who is not None and (digits := rules.number_of(asked.who)):
            numbers.add(digits)
        if tail is None:
            continue
        began, ended = rules.span(asked, now)
        if rules.names_somebody(asked):  # else it joins no conversation
            low, high = spans.get(tail, (began, ended))
            spans[tail] = min(low, began), max(high, ended)
        if rules.is_talk(asked.status, asked.seconds):
            talks.add(tail)
        elif rules.is_missed(asked.direction, False):
            missed[tail] = min(missed.get(tail, began), began)
    return calls.Wanted(
        now=now,
        count=len(batch),
        tails=list({tail: None for tail in tails if tail is not None}),
        origin=origin,
        uniqs=[asked.uniq for asked in batch if asked.uniq],
        people=list(people),
        numbers=list(numbers),
        spans=[(tail, low, high) for tail, (low, high) in spans.items()],
        missed=list(missed.items()),
        talks=list(talks),
    )


def check_people(batch: Sequence[Asked], real: set[int]) -> None:
    wrong = [asked for asked in batch if asked.responsible_user_id and asked.responsible_user_id not in real]
    if wrong:
        raise Invalid([FlawedItem(asked.request_id, [choice_flaw("responsible_user_id")]) for asked in wrong])


def place(asked: Asked, tail: int, ground: Ground, account: Account) -> Placed | None:
    found = ground.found.get(tail)
    return owner.placed(found, asked.number, account.country) if found else None


def row_of(
    me: Me, asked: Asked, tail: int, placed: Placed, ground: Ground, ids: tuple[int, int], origin: str, now: int
) -> Report:
    """The call with a note of its own."""
    who = rules.named(asked, ground.users, ground.extensions)
    author, responsible = rules.authors(asked, who, ground.users, me.user_id)
    card, where = (placed.entity, placed.id), ground.places[placed.entity, placed.id]
    row = report_of(me, Source.post, origin, asked, ids[0], tail, card, where, who, ground, now)
    row.owner = ground.places[placed.card][0]
    talked(row, placed.card)
    row.details["placed"] = told_of(placed)
    row.note_id, row.note_type, row.params = ids[1], NOTE_TYPES[asked.direction], asked.params
    row.responsible, row.created_by = responsible, author
    row.updated_by = author if asked.updated_by is None else asked.updated_by
    row.created_at = now if asked.created_at is None else asked.created_at
    row.updated_at = row.created_at if asked.updated_at is None else asked.updated_at
    row.note_fact = NoteAdded(
        me.user_id, now, ids[1], *card, row.note_type, where[0], pipeline_id=where[1], status_id=where[2]
    )
    return row


def talked(row: Report, card: tuple[Entity, int]) -> None:
    """The contact or company with the number remembers its last talk."""
    if row.answered is not None:
        row.talked_entity, row.talked_id = card


def told_of(placed: Placed) -> dict[str, Any]:
    """Why this card, and which other cards it might have been."""
    return {
        "card": placed.card,
        "first": (placed.entity, placed.id),
        "chosen": placed.chosen,
        "why": placed.why,
        "others": placed.others,
    }


def report_of(
    me: Me,
    source: Source,
    origin: str,
    asked: Asked,
    call_id: int,
    tail: int | None,
    card: tuple[Entity, int] | None,
    where: Place | None,
    who: int | None,
    ground: Ground,
    now: int,
) -> Report:
    """The call itself: a conversation, or a further report of one that is known."""
    began, ended = rules.span(asked, now)
    user = rules.whose(asked, who, ground.users)
    talk = rules.is_talk(asked.status, asked.seconds)
    root = None
    if tail is not None and user is not None and (parts := ground.parts.get(tail)):
        root = rules.same(rules.Report(source, origin, user, began, ended), parts)
        if root is not None:  # so that the next of this batch does not join it too
            parts.append(Part(call_id, root, source, origin, (user,), began, ended))
    entity, entity_id = card or (None, None)
    users = () if user is None else (user,)
    # A call without a card counts as a contact of its user.
    owned_by = where[0] if where else user
    pipeline_id, status_id = where[1:] if where else (0, 0)
    about = (me.user_id, now, call_id if root is None else root, users)
    if root is None:
        fact = CallLogged(
            *about, user, entity, entity_id, card_owner=owned_by, pipeline_id=pipeline_id, status_id=status_id
        )
    else:
        fact = CallChanged(*about, entity, entity_id, card_owner=owned_by, pipeline_id=pipeline_id, status_id=status_id)
    return Report(
        id=call_id,
        same_as=root,
        uniq=asked.uniq,
        direction=asked.direction,
        number=asked.number,
        tail=tail,
        began=began,
        ended=ended,
        answered=began if talk else None,
        talk_seconds=min(asked.seconds, rules.LONGEST_TALK) if talk else 0,
        missed=rules.is_missed(asked.direction, talk),
        user_id=user,
        entity=entity,
        entity_id=entity_id,
        note_id=0,
        status=asked.status,
        result=asked.result,
        details={"who": asked.who} if who is None and asked.who else {},
        link=rules.fetched(asked.link),
        fact=fact,
    )


async def write(
    db: Db, me: Me, source: Source, origin: str, rows: Sequence[Report], ground: Ground, now: int
) -> set[int]:
    """The numbers of the calls that are new."""
    added: set[int] = set()
    # A missed call that is told once more owes nothing more.
    told = [
        debts.Told(row.tail, row.began, row.ended, row.answered is not None, row.missed and row.same_as is None)
        for row in rows
    ]
    parts: list[list[Report]] = []
    for each in debts.rounds(told, ground.talked):
        for index, deed in each:
            # A debt that is opened at this very moment is settled below, where it is opened.
            rows[index].deed = "" if deed == "closes" and rows[index].tail not in ground.owed else deed
        if each:
            parts.append([rows[index] for index, _ in each])
    async with db.transaction() if len(parts) > 1 else nullcontext(db) as tx:  # one statement needs no transaction
        for part in parts:
            added |= await calls.add(tx, me.account_id, source, origin, me.user_id, now, part)
    if opened := [row.tail for row in rows if row.deed == "opens" and row.tail is not None]:
        try:
            # A talk may have been written meanwhile.
            await debts_of.settle(db, [(me.account_id, tail) for tail in opened], now)
        except Unavailable as error:  # the calls are written: told of as refused, they would come twice
            logger.warning("debts are settled later", error=str(error))
    return added


async def of_notes(
    tx: Db,
    me: Me,
    origin: str,
    entity: Entity,
    batch: Sequence[tuple[int, int, Asked]],
    places: Mapping[int, Place],
    now: int,
) -> None:
    """Call notes, each with its number and its card's, are calls too. They keep their card, whatever the rule says."""
    tails = [phones.tail_of(digits) if (digits := phones.digits_of(asked.number)) else None for *_, asked in batch]
    ground = await calls.ground(tx, me.account_id, about(origin, [asked for *_, asked in batch], tails, now))
    told = {uniq: each.root for uniq, each in ground.known.items()}
    rows: list[Report] = []
    for (note_id, card_id, asked), tail, call_id in zip(batch, tails, ground.call_ids, strict=True):
        who = rules.named(asked, ground.users, ground.extensions)
        card, place = (entity, card_id), places[card_id]
        row = report_of(me, Source.note, origin, asked, call_id, tail, card, place, who, ground, now)
        row.note_id, row.owner, row.number = note_id, place[0], asked.number or None
        if entity in (Entity.contact, Entity.company):
            talked(row, card)
        if asked.uniq and asked.uniq in told:  # the same call, with one more note
            row.uniq, row.same_as = None, told[asked.uniq]
        elif asked.uniq:
            told[asked.uniq] = row.same_as or call_id
        rows.append(row)
    await write(tx, me, Source.note, origin, rows, ground, now)


async def change(
    db: Db,
    me: Me,
    call_id: int,
    status: int | None,
    result: str | None,
    card: tuple[Entity, int] | None,
    now: int,
) -> None:
    """The outcome of a call, or another card: its note moves along. Who took part may tell how it went; others as far
    as they may change its card."""
    async with db.transaction() as tx:
        row = await calls.locked(tx, me.account_id, me, call_id)
        if row is None:
            raise NotFound("There is no such call.")
        old = (Entity(row["entity"]), row["entity_id"]) if row["entity"] else None
        place: Any = row["place"]
        stood = place or ((None, 0, 0) if old else (row["user_id"], 0, 0))
        before: dict[str, Any] = {"old_entity": old[0] if old else Entity.contact, "old_owner": stood[0]}
        before |= {"old_pipeline_id": stood[1], "old_status_id": stood[2]}
        if me.user_id not in row["user_ids"]:
            # Without a card it is as a contact of its user.
            check_change(me, old[0] if old else Entity.contact, place or (0 if old else row["user_id"] or 0, 0, 0))
        if card is not None:
            found = await calls.cards(tx, me.account_id, [card])
            place = found[0]["place"] if found else None
            if place is None or not may_card(me, "view", card[0], tuple(place)):
                raise Unprocessable("There is no such card.")
            if card != old:
                check_change(me, card[0], tuple(place))
        entity, entity_id = card or old or (None, None)
        chosen = card is not None
        await calls.change(tx, me.account_id, call_id, status, result, (entity, entity_id), chosen, me.user_id, now)
        owner_id, pipeline_id, status_id = place or (None, 0, 0)
        about: dict[str, Any] = {"pipeline_id": pipeline_id, "status_id": status_id}
        users, note_id = tuple(row["user_ids"]), row["note_id"]
        told: list[AnyFact] = [
            CallChanged(
                *(me.user_id, now, call_id, users, entity, entity_id, rules.going(dict(row))),
                card_owner=owner_id or row["user_id"],
                **about,
                **(before if (entity, entity_id) != (old or (None, None)) else {}),
            )
        ]
        events: list[Event] = []
        kind = NOTE_TYPES.get(Direction(row["direction"]))
        if note_id and kind and entity and entity_id and owner_id is not None:
            told.append(NoteChanged(me.user_id, now, note_id, entity, entity_id, kind, owner_id, **about))
            event = event_of(kind, entity, entity_id, note_id, me.user_id, now)
            events = [event] if event and card != old and card is not None else []
        await facts.record(tx, me.account_id, events, told)


def check_change(me: Me, entity: Entity, place: Place) -> None:
    if not may_card(me, "edit", entity, place):
        raise Forbidden(f"You have no right to change this {entity.name}.")
