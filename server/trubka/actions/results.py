"""The result window: how a call went, its card chosen or made, and the next task, all in one transaction."""

from __future__ import annotations

from typing import Any

import msgspec

from trubka.actions import calls, cards, contacts, leads, tasks, unsorted
from trubka.db import Db, notes, pipelines
from trubka.db import calls as call_rows
from trubka.db import results as rows_of
from trubka.db import unsorted as unsorted_rows
from trubka.db.calls import Place
from trubka.errors import Conflict, Forbidden, NotFound, Unprocessable
from trubka.rules import results as rules
from trubka.rules import tasks as task_rules
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond
from trubka.rules.calls import Direction
from trubka.rules.cards import Asked as CardAsked
from trubka.rules.entities import Entity
from trubka.rules.facts import NoteAdded
from trubka.rules.fields import Given
from trubka.rules.notes import event_of
from trubka.rules.results import Asked, Card
from trubka.rules.rights import Me, may_card


class Saved(msgspec.Struct):
    """What a save has made."""

    contact_id: int | None = None
    lead_id: int | None = None
    task_id: int | None = None
    accepted: bool = False  # an item of the unsorted


async def save(db: Db, me: Me, account: Account, call_id: int, asked: Asked, now: int) -> Saved:
    """All of it or nothing. A save that was taken already, told again after a gap in the net, changes nothing more."""
    async with db.transaction() as tx:
        call = await call_rows.locked(tx, me.account_id, me, call_id)
        if call is None:
            raise NotFound("There is no such call.")
        if (before := await rows_of.saved(tx, me.account_id, call_id, asked.key)) is not None:
            return msgspec.convert(before, Saved)
        if call["ended_at"] is None:
            raise Unprocessable("This call is not over yet.")
        kind = calls.NOTE_TYPES.get(Direction(call["direction"]))
        if kind is None and (asked.card or asked.contact is not None or asked.lead):
            raise Unprocessable("A call between colleagues has no card.")
        check_once(asked, await rows_of.made_before(tx, me.account_id, call_id))
        about = await rows_of.about(tx, me.account_id, call_id)
        made = Saved()
        card = await placed(tx, me, account, call, about["uid"] if about else None, asked, made, now)
        await calls.change(tx, me, call_id, asked.status, asked.result, card, now)
        call = await call_rows.locked(tx, me.account_id, me, call_id)
        assert call is not None, "who takes part sees the call, and so does who may change its card"
        if kind is not None and call["note_id"] is None and call["place"] is not None:
            await write_note(tx, me, call, kind, now)
        if asked.task is not None:
            made.task_id = await add_task(tx, me, call, asked.task, now)
        await rows_of.keep(tx, me.account_id, call_id, asked.key, msgspec.to_builtins(made), me.user_id, now)
    return made


def check_once(asked: Asked, before: list[dict[str, Any]]) -> None:
    """Another browser, with a key of its own, has made these already."""
    new = {"contact_id": asked.contact, "lead_id": asked.lead, "task_id": asked.task}
    if any(new[name] is not None and made.get(name) for made in before for name in new):
        raise Conflict("This result was saved already.")


async def placed(
    tx: Db, me: Me, account: Account, call: Any, uid: str | None, asked: Asked, made: Saved, now: int
) -> Card | None:
    """The card that the call goes to; None: it stays where it is."""
    match rules.way(asked, uid is not None):
        case None:
            raise Unprocessable("Either a card is chosen, or new ones are made.")
        case "stay":
            return None
        case "choose":
            return asked.card
        case "make":
            return await make(tx, me, account, call, asked, made, now)
        case "accept":
            assert uid is not None
            await accept(tx, me, account, uid, asked, made, now)
            return None
        case "link":
            assert uid is not None and asked.card is not None
            await unsorted.link(tx, me, account, uid, None, asked.card, None, now)
            made.accepted = True
            return await make(tx, me, account, call, asked, made, now)
        case "link_new":
            assert uid is not None and asked.contact is not None
            card = await add_contact(tx, me, account, call, asked.contact, made, now)
            await unsorted.link(tx, me, account, uid, None, card, None, now)
            made.accepted = True
            return card


async def make(tx: Db, me: Me, account: Account, call: Any, asked: Asked, made: Saved, now: int) -> Card | None:
    """A contact with the number, a lead, or both. A new lead is what the call was about."""
    card: Card | None = asked.card
    if asked.contact is not None:
        card = await add_contact(tx, me, account, call, asked.contact, made, now)
    elif card is None and call["entity"]:
        card = (Entity(call["entity"]), call["entity_id"])
    if asked.lead is None:
        return card
    if asked.card is None and card is not None and card[0] is Entity.lead:
        card = await caller(tx, me, call)
    if card is None or not rules.may_have_lead(card[0]):
        raise Unprocessable("A lead is made for a contact or a company.")
    more = {"price": asked.lead.price, "pipeline_id": asked.lead.pipeline_id, "status_id": asked.lead.status_id}
    wish = CardAsked(
        name=asked.lead.name or None,
        responsible_user_id=me.user_id,
        bonds=[Bond(Entity.lead, 0, *card)],
        more={name: value for name, value in more.items() if value is not None},
    )
    (made.lead_id,) = await cards.added(tx, me, account, leads.KIND, [wish], now)
    return Entity.lead, made.lead_id


async def caller(tx: Db, me: Me, call: Any) -> Card | None:
    """A call that went to somebody's only lead tells whose it is."""
    told: dict[str, Any] = call["details"].get("placed") or {}
    if "card" not in told:
        return None
    entity, card_id = told["card"]
    card: Card = Entity(entity), card_id
    found = await call_rows.cards(tx, me.account_id, [card])
    place: Place | None = found[0]["place"] if found else None
    return card if place is not None and may_card(me, "view", card[0], (place[0], place[1], place[2])) else None


async def add_contact(tx: Db, me: Me, account: Account, call: Any, name: str, made: Saved, now: int) -> Card:
    """A withheld number is nobody's."""
    if not may_card(me, "view", Entity.contact, (me.user_id, 0, 0)):
        raise Forbidden("You have no right to see contacts.")
    number: str = call["number"] or ""
    has_field = any(field.code == "PHONE" for field in account.fields_of(Entity.contact))
    given = [Given(field_code="PHONE", values=[{"value": number}])] if number and has_field else []
    wish = CardAsked(name=name, responsible_user_id=me.user_id, given=given)
    (made.contact_id,) = await cards.added(tx, me, account, contacts.KIND, [wish], now)
    return Entity.contact, made.contact_id


async def accept(tx: Db, me: Me, account: Account, uid: str, asked: Asked, made: Saved, now: int) -> None:
    """The lead and the contact that wait with the call are the new ones."""
    lead = asked.lead
    assert lead is not None
    status_id = lead.status_id
    if status_id is None and lead.pipeline_id is not None:
        status_id = unsorted.first_status(await pipelines.places(tx, account.id), lead.pipeline_id)
    item = await unsorted.accept(tx, me, account, uid, me.user_id, status_id, now)
    ids = dict(item.cards)
    made.accepted, made.lead_id, made.contact_id = True, ids[Entity.lead], ids.get(Entity.contact)
    if made.contact_id is not None and asked.contact is not None:
        renamed = CardAsked(id=made.contact_id, name=asked.contact)
        await cards.change(tx, me, account, contacts.KIND, [renamed], now)
    if lead.name or lead.price is not None:
        more = {} if lead.price is None else {"price": lead.price}
        told = CardAsked(id=made.lead_id, name=lead.name or None, more=more)
        await cards.change(tx, me, account, leads.KIND, [told], now)


async def write_note(tx: Db, me: Me, call: Any, kind: str, now: int) -> None:
    """A call that had no card until now is told of on the one that it has got."""
    entity, card_id = Entity(call["entity"]), call["entity_id"]
    owner, pipeline_id, status_id = call["place"]
    _, _, (note_id,) = await notes.ground(tx, me.account_id, entity, [card_id], [], 1)
    author = call["user_id"] or me.user_id
    row: dict[str, Any] = {
        "id": note_id,
        "entity_id": card_id,
        "note_type": kind,
        "params": calls.note_params(call, author),
        "responsible_user_id": author,
        "created_by": author,
        "updated_by": me.user_id,
        "created_at": call["started_at"],
        "updated_at": now,
    }
    event = event_of(kind, entity, card_id, note_id, author, call["started_at"])
    fact = NoteAdded(
        me.user_id, now, note_id, entity, card_id, kind, owner, pipeline_id=pipeline_id, status_id=status_id
    )
    await notes.add(tx, me.account_id, entity, [row], [event] if event else [], [fact])
    await unsorted_rows.place_call(tx, me.account_id, call["id"], entity, card_id, note_id, now)


async def add_task(tx: Db, me: Me, call: Any, task: rules.NewTask, now: int) -> int:
    """On the call's card, as far as one sees it."""
    place: Place | None = call["place"]
    entity = None if place is None else Entity(call["entity"])
    seen = entity is not None and place is not None and may_card(me, "view", entity, (place[0], place[1], place[2]))
    asked = task_rules.Asked(
        text=task.text,
        complete_till=task.complete_till,
        task_type_id=task.task_type_id,
        entity=entity if seen else None,
        entity_id=call["entity_id"] if seen else None,
        responsible_user_id=me.user_id,
    )
    return (await tasks.add(tx, me, [asked], now))[0]
