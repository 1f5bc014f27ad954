"""The unsorted: calls of unknown numbers and filled-in forms wait there until somebody accepts, links or declines them.
An item has a lead and a contact from the start, which lists do not show until it is accepted.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from trubka.actions import cards, companies, contacts, leads
from trubka.db import Db, facts, notes, pipelines
from trubka.db import bonds as bond_rows
from trubka.db import unsorted as rows_of
from trubka.errors import Flaw, FlawedItem, Invalid
from trubka.rules import notes as note_rules
from trubka.rules import unsorted as rules
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond
from trubka.rules.calls import Direction
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.facts import NoteAdded, UnsortedAdded, UnsortedChanged
from trubka.rules.fields import Given
from trubka.rules.leads import UNSORTED, Place
from trubka.rules.rights import ALL, Me
from trubka.rules.unsorted import Category, Told

UID_BYTES = 30


class Wish(msgspec.Struct, kw_only=True):
    """A new item. `metadata` is what is kept and read; the caller's number stands in it."""

    category: Category
    metadata: dict[str, Any]
    lead: Asked
    contact: Asked
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
        await rows_of.lock_numbers(tx, account.id, [tail])
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
    contact_ids = await cards.added(tx, me, account, contacts.KIND, [wish.contact for wish in batch], now, waiting=True)
    given = [wish.company for wish in batch if wish.company is not None]
    company_ids = iter(await cards.added(tx, me, account, companies.KIND, given, now, waiting=True) if given else ())
    lead_ids = await cards.added(tx, me, account, leads.KIND, [wish.lead for wish in batch], now, waiting=True)
    made = [
        Made(secrets.token_hex(UID_BYTES), lead_id, contact_id, None if wish.company is None else next(company_ids))
        for wish, lead_id, contact_id in zip(batch, lead_ids, contact_ids, strict=True)
    ]
    await bond_rows.put(tx, account.id, [bond for each in made for bond in bonds_of(each)])
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


def waiting_place(places: Sequence[Place], wish: Wish) -> Place:
    """The unsorted status of the pipeline that is asked for, or of the main one."""
    for each in places:
        if each.type == UNSORTED and wish.pipeline_id in (None, each.pipeline_id):
            return each
    flaw = Flaw("NotSupportedChoice", "pipeline_id", "The value you selected is not a valid choice.")
    raise Invalid([FlawedItem(wish.request_id, [flaw])])


def dress(account: Account, wish: Wish, place: Place) -> None:
    """Names, and the number by which the contact will be found, where the sender gave none."""
    number = rules.caller(wish.metadata) if wish.category == "sip" else ""
    wish.lead.more = {**wish.lead.more, "pipeline_id": place.pipeline_id, "status_id": place.status_id}
    form = str(wish.metadata.get("form_name") or "")
    wish.lead.name = wish.lead.name or rules.lead_name(account.language, wish.category, number, form)
    named = wish.contact.name or wish.contact.more.get("first_name") or wish.contact.more.get("last_name")
    if not named:
        wish.contact.name = number or wish.lead.name
    field = next((each for each in account.fields_of(Entity.contact) if each.code == "PHONE"), None)
    if number and field is not None:
        has = any(each.field_code == "PHONE" or each.field_id == field.id for each in wish.contact.given)
        if not has:
            wish.contact.given = [*wish.contact.given, Given(field_id=field.id, values=[{"value": number}])]


def bonds_of(made: Made) -> list[Bond]:
    found = [Bond(Entity.lead, made.lead_id, Entity.contact, made.contact_id, is_main=True)]
    if made.company_id is not None:
        found.append(Bond(Entity.lead, made.lead_id, Entity.company, made.company_id, is_main=False))
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
