"""The unsorted: calls of unknown numbers and filled-in forms wait there until somebody accepts, links or declines them.
An item has a lead and a contact from the start, which lists do not show until it is accepted.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from trubka.actions import bonds as bonding
from trubka.actions import calls, cards, companies, contacts, leads
from trubka.actions.cards import Kind
from trubka.actions.leads import new_with
from trubka.db import Db, facts, notes, pipelines, users
from trubka.db import bonds as bond_rows
from trubka.db import calls as call_rows
from trubka.db import cards as card_rows
from trubka.db import unsorted as rows_of
from trubka.db.calls import Ground, Report
from trubka.errors import Flaw, FlawedItem, Forbidden, Invalid, NotFound, Refused
from trubka.rules import calls as call_rules
from trubka.rules import notes as note_rules
from trubka.rules import phones
from trubka.rules import unsorted as rules
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond, bound, bound_to
from trubka.rules.calls import Direction, Source
from trubka.rules.cards import Asked, events_of_change, may_touch
from trubka.rules.entities import Entity
from trubka.rules.facts import (
    AnyFact,
    CallChanged,
    CardAdded,
    Event,
    NoteAdded,
    UnsortedAdded,
    UnsortedChanged,
    UnsortedDecided,
)
from trubka.rules.fields import Given, choice_flaw
from trubka.rules.leads import UNSORTED, Place
from trubka.rules.rights import ALL, Me, sight
from trubka.rules.unsorted import Category, Told

UID_BYTES = 30


class Wish(msgspec.Struct, kw_only=True):
    """A new item. `metadata` is what is kept and read; the caller's number stands in it. A contact or company that is
    there already is a bond of the lead; without either a contact is made."""

    category: Category
    metadata: dict[str, Any]
    lead: Asked
    contact: Asked | None = None
    company: Asked | None = None
    source_uid: str | None = None
    source_name: str | None = None
    pipeline_id: int | None = None
    created_at: int | None = None
    request_id: str = "0"
    has_note: bool = False
    tail: int | None = None
    call_id: int | None = None
    users: tuple[int, ...] = ()
    identity: bytes | None = None


class Made(msgspec.Struct, frozen=True):
    uid: str
    lead_id: int
    contact_id: int
    company_id: int | None


class Item(msgspec.Struct, frozen=True):
    """One that somebody has decided on."""

    uid: str
    category: str
    pipeline_id: int
    created_at: int
    cards: list[tuple[Entity, int]]


def robot(account_id: int) -> Me:
    """Who puts in the calls of our own PBX."""
    return Me(account_id, 0, True, (), ALL)


async def from_call(tx: Db, account: Account, call: dict[str, Any], now: int) -> Made | None:
    """An answered inbound call of an unknown number on a PBX of ours, which is over. Its row must stand in `calls`
    already: it gets the lead for its card, and the note. None: it has its item."""
    assert call["direction"] == Direction.inbound
    assert call["answered_at"] is not None
    if call["same_as"] is not None or await rows_of.of_call(tx, account.id, call["id"]) is not None:
        return None
    number, tail = call["number"] or "", call["tail"]
    users = tuple(call["user_ids"])
    metadata: dict[str, Any] = {
        "from": number,
        "phone": number,
        "call_responsible": call["user_id"],
        "called_at": call["started_at"],
        "duration": call["talk_seconds"],
        "link": None,
        "service_code": call["origin"],
        "uniq": call["uniq"],
    }
    me = robot(account.id)
    if tail is not None:
        await rows_of.lock(tx, account.id, [tail])
        known = {row["id"]: row for row in await rows_of.of_numbers(tx, account.id, [tail], ours=False)}
        ended = now if call["ended_at"] is None else call["ended_at"]
        if (same := rules.joined(call["uniq"], call["started_at"], ended, told_of(known))) is not None:
            # An integration was faster: its item is this call's.
            row = known[same.id]
            await join(tx, me, row, metadata, call["id"], users, None, now)
            note_id = None
            if row["call_id"] is None:  # it came without a note
                note_id = await write_note(tx, me, account, row["lead_id"], call, metadata, now)
            await rows_of.place_call(tx, account.id, call["id"], Entity.lead, row["lead_id"], note_id, now)
            return Made(row["uid"], row["lead_id"], row["contact_id"], row["company_id"])
    wish = Wish(
        category="sip",
        metadata=metadata,
        lead=Asked(responsible_user_id=call["user_id"]),
        contact=Asked(responsible_user_id=call["user_id"]),
        source_uid=call["origin"],
        source_name=call["line"] or call["origin"],
        created_at=now,
        tail=tail,
        call_id=call["id"],
        users=users,
    )
    (made,) = await make(tx, me, account, [wish], now)
    note_id = await write_note(tx, me, account, made.lead_id, call, metadata, now)
    await rows_of.place_call(tx, account.id, call["id"], Entity.lead, made.lead_id, note_id, now)
    return made


async def put(db: Db, me: Me, account: Account, origin: str, batch: Sequence[Wish], now: int) -> list[Made]:
    """What integrations post; each in its place."""
    async with db.transaction() as tx:
        return await put_in(tx, me, account, origin, batch, now)


async def put_in(tx: Db, me: Me, account: Account, origin: str, batch: Sequence[Wish], now: int) -> list[Made]:
    """The same in a transaction that does more. Their own items stay apart, but one of a call that our own PBX has put
    in already is that one."""
    numbers = [rules.caller(wish.metadata) if wish.category == "sip" else "" for wish in batch]
    for wish, number in zip(batch, numbers, strict=True):
        digits = phones.digits_of(number)
        wish.tail = phones.tail_of(digits) if digits else wish.tail
        wish.identity = rules.identity(wish.category, wish.source_uid, wish.metadata)
    tails = [wish.tail for wish in batch if wish.tail is not None]
    await rows_of.lock(tx, account.id, tails + [rules.number_of(wish.identity or b"") for wish in batch])
    check_duplicates(batch, await rows_of.identities(tx, account.id, [wish.identity or b"" for wish in batch]))
    calls_told = [call_of(wish, number) for wish, number in zip(batch, numbers, strict=True)]
    ground = await call_rows.ground(tx, account.id, calls.about(origin, calls_told, [wish.tail for wish in batch], now))
    ours = {row["id"]: row for row in await rows_of.of_numbers(tx, account.id, tails, ours=True)} if tails else {}
    found: list[Made | None] = []
    for wish, told in zip(batch, calls_told, strict=True):
        who = call_rules.named(told, ground.users, ground.extensions)
        wish.users = () if who is None else (who,)
        same = same_item(wish, told, ours, now)
        if same is not None:
            await join(tx, me, same, wish.metadata, None, wish.users, wish.identity, now)
            found.append(Made(same["uid"], same["lead_id"], same["contact_id"], same["company_id"]))
        else:
            for card in (wish.lead, wish.contact, wish.company):
                if card is not None:
                    card.responsible_user_id = card.responsible_user_id or wish.lead.responsible_user_id or who
            found.append(None)
    new = [index for index, each in enumerate(found) if each is None]
    reports = reported(batch, new, ground)
    for index, call_id, _ in reports:
        batch[index].call_id = call_id
    made = iter(await make(tx, me, account, [batch[index] for index in new], now) if new else ())
    each_made = [next(made) if each is None else each for each in found]
    if reports:
        await report(tx, me, account, origin, batch, calls_told, each_made, reports, ground, now)
    return each_made


def check_duplicates(batch: Sequence[Wish], known: set[bytes]) -> None:
    flaw = Flaw("Duplicate", "metadata", "This item was put into the unsorted already.")
    flawed: list[FlawedItem] = []
    for wish in batch:
        if wish.identity in known:
            flawed.append(FlawedItem(wish.request_id, [flaw]))
        known.add(wish.identity or b"")
    if flawed:
        raise Invalid(flawed)


def call_of(wish: Wish, number: str) -> call_rules.Asked:
    """The call that an item tells of; a form tells of none."""
    told = wish.metadata
    return call_rules.Asked(
        direction=Direction.inbound,
        number=number,
        seconds=told.get("duration") or 0,
        uniq=told.get("uniq") or None,
        link=told.get("link"),
        who=told.get("call_responsible"),
        created_at=told.get("called_at"),
        params=note_params(told, wish.source_name) if wish.category == "sip" else None,
        request_id=wish.request_id,
    )


def same_item(wish: Wish, told: call_rules.Asked, ours: dict[int, Any], now: int) -> Any:
    """The item that our own PBX has put in for this call."""
    if wish.category != "sip" or wish.tail is None:
        return None
    of_number = {item_id: row for item_id, row in ours.items() if row["tail"] == wish.tail}
    same = rules.joined(told.uniq, *call_rules.span(told, now), told_of(of_number))
    return of_number[same.id] if same else None


def reported(batch: Sequence[Wish], new: Sequence[int], ground: Ground) -> list[tuple[int, int, int]]:
    """(place in the batch, call, note) of those whose call is to be noted; one that its `uniq` names already is not."""
    told = set(ground.known)
    found: list[tuple[int, int, int]] = []
    ids = zip(ground.call_ids, ground.note_ids, strict=True)
    for index in new:
        uniq = str(batch[index].metadata.get("uniq") or "")
        if batch[index].has_note and uniq not in told:
            found.append((index, *next(ids)))
            if uniq:
                told.add(uniq)
    return found


async def report(
    tx: Db,
    me: Me,
    account: Account,
    origin: str,
    batch: Sequence[Wish],
    told: Sequence[call_rules.Asked],
    made: Sequence[Made],
    reports: Sequence[tuple[int, int, int]],
    ground: Ground,
    now: int,
) -> None:
    """The calls with their notes on the leads that wait; their debts and recordings follow as for any call."""
    places = await card_rows.places(tx, account.id, [(Entity.lead, made[index].lead_id) for index, _, _ in reports])
    rows: list[Report] = []
    for index, call_id, note_id in reports:
        asked, each = told[index], made[index]
        card = (Entity.lead, each.lead_id)
        owner, pipeline_id, status_id = where = places[card]
        who = batch[index].users[0] if batch[index].users else None
        row = calls.report_of(me, Source.note, origin, asked, call_id, batch[index].tail, card, where, who, ground, now)
        row.owner = owner
        calls.talked(row, (Entity.contact, each.contact_id))
        row.note_id, row.note_type, row.params = note_id, "call_in", asked.params
        author = me.user_id if who is None else who
        row.responsible, row.created_by, row.updated_by = author, author, author
        row.created_at = row.updated_at = now if asked.created_at is None else asked.created_at
        row.note_fact = NoteAdded(
            me.user_id, now, note_id, *card, "call_in", owner, pipeline_id=pipeline_id, status_id=status_id
        )
        rows.append(row)
    await calls.write(tx, me, Source.note, origin, rows, ground, now)


def told_of(known: dict[int, Any]) -> list[Told]:
    return [
        Told(row["id"], row["metadata"].get("uniq"), row["began"], row["ended"])
        for row in known.values()
        if row["began"] is not None and row["ended"] is not None
    ]


async def join(
    tx: Db,
    me: Me,
    row: Any,
    metadata: dict[str, Any],
    call_id: int | None,
    users: Sequence[int],
    identity: bytes | None,
    now: int,
) -> None:
    """Another side tells of the call of an item that is there."""
    both = rules.filled(row["metadata"], metadata)
    await rows_of.tell_more(tx, me.account_id, row["id"], both, call_id, users, identity, now)
    about: dict[str, Any] = {"owner": row["owner"], "pipeline_id": row["pipeline_id"], "status_id": row["status_id"]}
    everybody = tuple(sorted({*row["user_ids"], *users}))
    changed = UnsortedChanged(
        me.user_id, now, row["id"], row["uid"], row["category"], row["lead_id"], users=everybody, **about
    )
    await facts.record(tx, me.account_id, [], [changed])


async def write_note(
    tx: Db, me: Me, account: Account, lead_id: int, call: dict[str, Any], metadata: dict[str, Any], now: int
) -> int:
    """The call, on the lead that waits."""
    places, _, (note_id,) = await notes.ground(tx, account.id, Entity.lead, [lead_id], [], 1)
    owner, pipeline_id, status_id = places[lead_id]
    row: dict[str, Any] = {
        "id": note_id,
        "entity_id": lead_id,
        "note_type": "call_in",
        "params": note_params(metadata, call["line"] or call["origin"]),
        "responsible_user_id": owner,
        "created_by": call["user_id"] or 0,
        "updated_by": call["user_id"] or 0,
        "created_at": call["started_at"],
        "updated_at": call["started_at"],
    }
    event = note_rules.event_of("call_in", Entity.lead, lead_id, note_id, row["created_by"], row["created_at"])
    told = NoteAdded(
        me.user_id, now, note_id, Entity.lead, lead_id, "call_in", owner, pipeline_id=pipeline_id, status_id=status_id
    )
    await notes.add(tx, account.id, Entity.lead, [row], [event] if event else [], [told])
    return note_id


def note_params(metadata: dict[str, Any], source: str | None) -> dict[str, Any]:
    return {
        "uniq": metadata["uniq"],
        "duration": metadata["duration"],
        "source": source,
        "link": metadata["link"],
        "phone": rules.caller(metadata),
        "call_result": None,
        "call_status": None,
        "call_responsible": metadata["call_responsible"],
    }


async def make(tx: Db, me: Me, account: Account, batch: Sequence[Wish], now: int) -> list[Made]:
    """New items, each with its lead and its contact; nobody is told of the cards until they are accepted."""
    rows = await pipelines.places(tx, account.id)
    places = [Place(row["pipeline_id"], row["id"], row["type"]) for row in rows]
    stands = [waiting_place(places, wish) for wish in batch]
    for wish, place in zip(batch, stands, strict=True):
        dress(account, wish, place)
    contact_ids = await made_or_bound(tx, me, account, contacts.KIND, batch, [wish.contact for wish in batch], now)
    company_ids = await made_or_bound(tx, me, account, companies.KIND, batch, [wish.company for wish in batch], now)
    lead_ids = await cards.added(tx, me, account, leads.KIND, [wish.lead for wish in batch], now, waiting=True)
    made: list[Made] = []
    for lead_id, contact_id, company_id in zip(lead_ids, contact_ids, company_ids, strict=True):
        assert contact_id is not None, "dressed, an item has a contact"
        made.append(Made(secrets.token_hex(UID_BYTES), lead_id, contact_id, company_id))
    await bond_rows.put(
        tx, account.id, [bond for wish, each in zip(batch, made, strict=True) for bond in bonds_of(wish, each)]
    )
    ids = await rows_of.add(tx, account.id, [row_of(me, *each, now) for each in zip(batch, made, stands, strict=True)])
    told = [
        UnsortedAdded(
            me.user_id,
            now,
            item_id,
            each.uid,
            wish.category,
            each.lead_id,
            owner=wish.lead.responsible_user_id or me.user_id,
            users=wish.users,
            pipeline_id=place.pipeline_id,
            status_id=place.status_id,
        )
        for item_id, wish, each, place in zip(ids, batch, made, stands, strict=True)
    ]
    await facts.record(tx, account.id, [], told)
    return made


async def made_or_bound(
    tx: Db, me: Me, account: Account, kind: Kind, batch: Sequence[Wish], new: Sequence[Asked | None], now: int
) -> list[int | None]:
    """The contact or the company of each item: a new one, one that its lead is bound to, or none."""
    given = [each for each in new if each is not None]
    ids = iter(await cards.added(tx, me, account, kind, given, now, waiting=True) if given else ())
    return [
        bound_to(wish.lead.bonds, kind.entity) if each is None else next(ids)
        for wish, each in zip(batch, new, strict=True)
    ]


def waiting_place(places: Sequence[Place], wish: Wish) -> Place:
    """The unsorted status of the pipeline that is asked for, itself or by a status of it; else of the main one."""
    status_id, wanted = wish.lead.more.get("status_id"), wish.pipeline_id
    if wanted is None:
        wanted = next((each.pipeline_id for each in places if each.status_id == status_id), None)
    for each in places:
        if each.type == UNSORTED and wanted in (None, each.pipeline_id):
            return each
    flaw = Flaw("NotSupportedChoice", "pipeline_id", "The value you selected is not a valid choice.")
    raise Invalid([FlawedItem(wish.request_id, [flaw])])


def dress(account: Account, wish: Wish, place: Place) -> None:
    """Names, and the number by which the contact will be found, where the sender gave none."""
    number = rules.caller(wish.metadata) if wish.category == "sip" else ""
    wish.lead.more = {**wish.lead.more, "pipeline_id": place.pipeline_id, "status_id": place.status_id}
    form = str(wish.metadata.get("form_name") or "")
    wish.lead.name = wish.lead.name or rules.lead_name(account.language, wish.category, number, form)
    if wish.contact is None and bound_to(wish.lead.bonds, Entity.contact) is None:
        wish.contact = Asked(request_id=wish.request_id, responsible_user_id=wish.lead.responsible_user_id)
    if wish.contact is None:
        return
    named = wish.contact.name or wish.contact.more.get("first_name") or wish.contact.more.get("last_name")
    if not named:
        wish.contact.name = number or wish.lead.name
    field = next((each for each in account.fields_of(Entity.contact) if each.code == "PHONE"), None)
    if number and field is not None:
        has = any(each.field_code == "PHONE" or each.field_id == field.id for each in wish.contact.given)
        if not has:
            wish.contact.given = [*wish.contact.given, Given(field_id=field.id, values=[{"value": number}])]


def bonds_of(wish: Wish, made: Made) -> list[Bond]:
    """What was made with an item belongs together; what was there already is bound by the lead itself."""
    found: list[Bond] = []
    if wish.contact is not None:
        found.append(Bond(Entity.lead, made.lead_id, Entity.contact, made.contact_id, is_main=True))
    if wish.company is not None and made.company_id is not None:
        found.append(Bond(Entity.lead, made.lead_id, Entity.company, made.company_id, is_main=False))
        if wish.contact is not None:
            found.append(Bond(Entity.contact, made.contact_id, Entity.company, made.company_id, is_main=False))
    return found


def row_of(me: Me, wish: Wish, made: Made, place: Place, now: int) -> dict[str, Any]:
    return {
        "uid": made.uid,
        "category": wish.category,
        "source_uid": wish.source_uid,
        "source_name": wish.source_name,
        "pipeline_id": place.pipeline_id,
        "metadata": wish.metadata,
        "tail": wish.tail,
        "lead_id": made.lead_id,
        "contact_id": made.contact_id,
        "company_id": made.company_id,
        "call_id": wish.call_id,
        "user_ids": list(wish.users),
        "identity": None if wish.identity is None else wish.identity.hex(),
        "created_by": me.user_id,
        "created_at": now if wish.created_at is None else wish.created_at,
        "updated_at": now,
    }


# Decisions.


async def accept(
    db: Db, me: Me, account: Account, uid: str, user_id: int | None, status_id: int | None, now: int
) -> Item:
    """The lead goes to work, its contact and company become ordinary ones; all of them are the user's."""
    async with db.transaction() as tx:
        item = await taken(tx, me, uid)
        owner = await somebody(tx, me, user_id)
        status = status_id or first_status(await pipelines.places(tx, account.id), item["pipeline_id"])
        asked = Asked(id=item["lead_id"], responsible_user_id=owner, more={"status_id": status})
        own = await leads.places(tx, me, account, [asked], now)
        (locked,) = await card_rows.locked(tx, account.id, Entity.lead, [item["lead_id"]])
        old = dict(locked)
        lead = cards.changed_row(old, me, asked, {}, {}, now)
        cards.fill(own, [asked], [lead])
        if lead["status_id"] == old["status_id"]:
            raise Invalid([FlawedItem("0", [choice_flaw("status_id")])])
        await card_rows.change(tx, account.id, Entity.lead, [lead])
        stands = {"pipeline_id": lead["pipeline_id"], "status_id": lead["status_id"]}
        told = await leads.accepted(tx, me, item, old, owner, now)
        told.append(CardAdded(me.user_id, now, Entity.lead, lead["id"], owner, **stands))
        events = events_of_change(Entity.lead, old, lead, {}, account.fields_of(Entity.lead))
        await facts.record(tx, account.id, events, told)
    return item_of(item, Entity.lead, Entity.contact, Entity.company)


async def decline(db: Db, me: Me, uid: str, user_id: int | None, now: int) -> Item:
    """The lead and what was made with it go to the bin."""
    async with db.transaction() as tx:
        item = await taken(tx, me, uid)
        by = await somebody(tx, me, user_id)
        contact_ids, company_ids = new_with(item, "contact"), new_with(item, "company")
        await rows_of.bin_cards(tx, me.account_id, [item["lead_id"]], contact_ids, company_ids, by, now)
        await rows_of.decide(tx, me.account_id, item["id"], "declined", by, now)
        told = decided(me, item, "decline", [item["lead_id"]], contact_ids, now)
        await facts.record(tx, me.account_id, deleted(item, by, now), [told])
    return item_of(item, Entity.lead, Entity.contact)


async def link(
    db: Db,
    me: Me,
    account: Account,
    uid: str,
    user_id: int | None,
    target: tuple[Entity, int],
    contact_id: int | None,
    now: int,
) -> None:
    """The call belongs to a card that is there: its note moves to it. The caller is a contact of that card from now
    on, or is one that is there already, who gets the number. The card may be a contact itself."""
    async with db.transaction() as tx:
        item = await taken(tx, me, uid)
        by = await somebody(tx, me, user_id)
        entity, card_id = target
        found = await card_rows.by_ids(tx, account.id, entity, [card_id], sight(me, entity))
        if not found or (entity is Entity.lead and found[0]["is_unsorted"]):
            raise Invalid([FlawedItem("0", [choice_flaw("link.entity_id")])])
        card = dict(found[0])
        if not may_touch(me, "edit", entity, card):
            raise Forbidden(f"You have no right to change this {entity.name}.")
        told: list[AnyFact] = []
        if entity is Entity.contact:
            contact_id = card_id
        if contact_id is None:
            contact_ids, gone = ids_of(item["contact_id"]), list[int]()
            owner = card["responsible_user_id"]
            contacts_shown, companies_shown = new_with(item, "contact"), new_with(item, "company")
            await rows_of.show_cards(tx, account.id, contacts_shown, companies_shown, owner, by, now)
            told += [CardAdded(me.user_id, now, Entity.company, each, owner) for each in companies_shown]
            told += [CardAdded(me.user_id, now, Entity.contact, each, owner) for each in contacts_shown]
        else:
            contact_ids, gone, companies_shown = [contact_id], new_with(item, "contact"), []
            await give_number(tx, me, account, contact_id, rules.caller(item["metadata"]), now)
        binned = [] if companies_shown else new_with(item, "company")
        await rows_of.bin_cards(tx, account.id, [item["lead_id"]], gone, binned, by, now)
        callers = [] if entity is Entity.contact else contact_ids
        bonds = [Bond(entity, card_id, Entity.contact, each) for each in callers]
        await bonding.write(tx, me, account.id, bonds, now, bound, by, {})
        await rows_of.decide(tx, account.id, item["id"], "linked", by, now)
        stands: dict[str, Any] = cards.stands(entity, card)
        events = deleted(item, by, now, contacts_too=bool(gone))
        owner = card["responsible_user_id"]
        for note in await rows_of.move_notes(tx, account.id, item["lead_id"], entity, card_id):
            told.append(NoteAdded(me.user_id, now, note["id"], entity, card_id, note["note_type"], owner, **stands))
            event = note_rules.event_of(note["note_type"], entity, card_id, note["id"], note["created_by"], now)
            events += [event] if event else []
        if item["call_id"] is not None:
            await rows_of.place_call(tx, account.id, item["call_id"], entity, card_id, None, now)
            people = tuple(item["user_ids"])
            told.append(
                CallChanged(me.user_id, now, item["call_id"], people, entity, card_id, None, card_owner=owner, **stands)
            )
        linked = [card_id] if entity is Entity.lead else []
        told.append(decided(me, item, "link", linked, contact_ids, now))
        await facts.record(tx, account.id, events, told)


async def taken(tx: Db, me: Me, uid: str) -> Any:
    """An item that waits, for this transaction alone; with its call, the first of the four that are locked: the call,
    the lead, the item, the notes."""
    await rows_of.lock_call(tx, me.account_id, uid)
    item = await rows_of.locked(tx, me.account_id, uid)
    place = (item["owner"], item["pipeline_id"], item["status_id"]) if item else (0, 0, 0)
    if item is None or not rules.may(me, "view", item["user_ids"], place):
        raise NotFound("There is no such item in the unsorted.")
    if item["state"] != "waiting" or item["is_deleted"]:
        raise Refused("This item of the unsorted was decided on already.")
    if not rules.may(me, "edit", item["user_ids"], place):
        raise Forbidden("You have no right to decide on this item of the unsorted.")
    return item


async def somebody(tx: Db, me: Me, user_id: int | None) -> int:
    """Whom the request names, else who asks."""
    if not user_id:
        return me.user_id
    if user_id not in await users.existing(tx, me.account_id, [user_id]):
        raise Invalid([FlawedItem("0", [choice_flaw("user_id")])])
    return user_id


def first_status(rows: Sequence[Any], pipeline_id: int) -> int | None:
    """Where work begins in a pipeline."""
    places = (Place(row["pipeline_id"], row["id"], row["type"]) for row in rows)
    return next((each.status_id for each in places if each.pipeline_id == pipeline_id and each.is_active), None)


async def give_number(tx: Db, me: Me, account: Account, contact_id: int, number: str, now: int) -> None:
    """A contact that is there has called from a number that nobody knew."""
    found = await card_rows.by_ids(tx, account.id, Entity.contact, [contact_id], sight(me, Entity.contact))
    if not found or found[0]["is_unsorted"]:
        raise Invalid([FlawedItem("0", [choice_flaw("link.metadata.contact_id")])])
    field = next((each for each in account.fields_of(Entity.contact) if each.code == "PHONE"), None)
    digits = phones.digits_of(number)
    if field is None or not digits:
        return
    kept: list[dict[str, Any]] = found[0]["fields"].get(str(field.id)) or []
    if any(phones.same(phones.digits_of(str(each.get("value"))), digits) for each in kept):
        return
    values = [*kept, {"value": number}]
    asked = Asked(id=contact_id, given=[Given(field_id=field.id, values=values)])
    await cards.change(tx, me, account, contacts.KIND, [asked], now)


def ids_of(card_id: int | None) -> list[int]:
    return [] if card_id is None else [card_id]


def decided(
    me: Me, item: Any, decision: str, lead_ids: Sequence[int], contact_ids: Sequence[int], now: int
) -> UnsortedDecided:
    return UnsortedDecided(
        me.user_id,
        now,
        item["id"],
        item["uid"],
        item["category"],
        decision,
        item["lead_id"],
        tuple(lead_ids),
        tuple(contact_ids),
        owner=item["owner"],
        users=tuple(item["user_ids"]),
        pipeline_id=item["pipeline_id"],
        status_id=item["status_id"],
    )


def deleted(item: Any, by: int, now: int, *, contacts_too: bool = True) -> list[Event]:
    """The log tells of what went to the bin."""
    gone = [(Entity.lead, item["lead_id"])]
    if contacts_too:
        gone += [(Entity.contact, each) for each in new_with(item, "contact")]
        gone += [(Entity.company, each) for each in new_with(item, "company")]
    return [Event(f"{entity.name}_deleted", entity, card_id, by, now) for entity, card_id in gone]


def item_of(item: Any, *kinds: Entity) -> Item:
    named = [(kind, item[f"{kind.name}_id"]) for kind in kinds]
    return Item(
        item["uid"],
        item["category"],
        item["pipeline_id"],
        item["created_at"],
        [(kind, card_id) for kind, card_id in named if card_id is not None],
    )
