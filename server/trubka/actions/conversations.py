"""Conversations of our own PBXes: kept from the first ring, and logged at the end on the card that they belong to.

What a PBX tells becomes a row of `calls` that drives the card on the screens. When the customer has left, the talk is a
note on the card chosen by the rule, a missed call is owed, and what others have told of the same talk joins it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trubka.actions import debts, notices, unsorted
from trubka.actions.calls import note_params
from trubka.db import Db, Row, calls, conversations, extensions, facts, notes
from trubka.db.debts import Missed
from trubka.errors import Conflict
from trubka.rules import debts as debt_rules
from trubka.rules import notes as note_rules
from trubka.rules import owner, phones
from trubka.rules.accounts import Account
from trubka.rules.call import SILENT_SECONDS, Calls, Tangle
from trubka.rules.calls import Direction, Part, Report, Source, going, same, status_of, twins
from trubka.rules.conversation import Conversation
from trubka.rules.entities import Entity
from trubka.rules.facts import (
    AnyFact,
    CallAnswered,
    CallChanged,
    CallEnded,
    CallGone,
    CallRang,
    NoteAdded,
    NoteChanged,
)
from trubka.rules.rights import Sight
from trubka.rules.signals import ByCall, PbxRestarted, Recorded

DIRECTIONS = {"inbound": Direction.inbound, "outbound": Direction.outbound, "internal": Direction.internal}
MOST_TWINS = 500  # in one look
MOST_NEAR = 100  # calls of one number around one that has a twin


class Ours(msgspec.Struct):
    """A PBX, and whose extensions its numbers are."""

    account: Account
    pbx_id: int
    users: dict[str, int]

    @property
    def origin(self) -> str:
        return f"pbx:{self.pbx_id}"


async def hear(
    db: Db, account: Account, pbx_id: int, told: Sequence[ByCall], now: int, signature: bytes | None = None
) -> None:
    """Signals of a PBX that tells by call, in the order in which it told them: all of them, or none. A signed request
    is taken once."""
    async with db.transaction() as tx:
        if signature is not None and not await conversations.heard(tx, account.id, pbx_id, signature):
            raise Conflict("This request was taken already.")
        owed = await take(tx, account, pbx_id, told, now)
    await settle(db, account, owed, now)


async def settle(db: Db, account: Account, owed: set[int], now: int) -> None:
    """After the transaction: a talk that was written meanwhile closes what is owed to these numbers."""
    if owed:
        await debts.settle(db, now, account.id, sorted(owed))


async def take(tx: Db, account: Account, pbx_id: int, told: Sequence[ByCall], now: int) -> set[int]:
    """In the caller's transaction; the numbers that are owed a call now."""
    owed: set[int] = set()
    by_call: dict[str, list[ByCall]] = {}
    for signal in told:
        by_call.setdefault(signal.call, []).append(signal)
    await conversations.lock(tx, account.id, pbx_id, sorted(by_call))
    kept = await conversations.tangles(tx, account.id, pbx_id, list(by_call))
    rows = await conversations.of(tx, account.id, f"pbx:{pbx_id}", list(by_call))
    for call_id, signals in by_call.items():
        row, tangle = rows.get(call_id), kept.get(call_id)
        if tangle is None and row is not None:
            await late(tx, account, pbx_id, row, signals, now)
            continue
        # The one call is all that this machine knows, so the end of others costs it nothing.
        machine = Calls([msgspec.convert(tangle, Tangle)] if tangle else [])
        changed = [machine.tell(signal).changed for signal in signals]
        over = all(conversation.ended_at is not None for conversation in machine.live())
        for remembered in machine.tangles.values():
            await conversations.remember(tx, account.id, pbx_id, call_id, remembered, over)
        if any(changed):
            for conversation in machine.live():
                owed |= await keep(tx, account, pbx_id, conversation, now)
        if any(isinstance(signal, Recorded) for signal in signals):
            kept_now = await conversations.of(tx, account.id, f"pbx:{pbx_id}", [call_id])
            if call_id in kept_now:
                await late(tx, account, pbx_id, kept_now[call_id], signals, now)
    return owed


async def late(tx: Db, account: Account, pbx_id: int, row: Row, signals: Sequence[ByCall], now: int) -> None:
    """Each recording is kept, however many there are; of a call that is forgotten nothing else can still come."""
    for signal in signals:
        if isinstance(signal, Recorded):
            await conversations.record(tx, account.id, row["id"], pbx_id, signal.file, now)


async def keep(tx: Db, account: Account, pbx_id: int, told: Conversation, now: int) -> set[int]:
    """A conversation as it is now, and what follows from what has changed in it; the number that is owed a call."""
    found = await conversations.of(tx, account.id, f"pbx:{pbx_id}", [told.id])
    was: dict[str, Any] | None = dict(found[told.id]) if told.id in found else None
    ours = Ours(account, pbx_id, await users_of(tx, account, pbx_id, told, was))
    call = columns(ours, told, was, now)
    ground = await calls.ground(tx, account.id, wanted(account, call, now))
    if was is None:
        call["id"] = ground.call_ids[0]
    await stand(tx, account, call, ground)
    await conversations.put(tx, account.id, call)
    if told.recording:
        await conversations.record(tx, account.id, call["same_as"] or call["id"], pbx_id, told.recording, now)
    if call["same_as"] is not None:  # another PBX of ours tells of it, and is the one that is shown
        return set()
    if call["tail"] is not None and set(call["user_ids"]) - set(was["user_ids"] if was else ()):
        await notices.join(tx, account.id, call["tail"], call["user_ids"], call["id"], now)
    new_facts: list[AnyFact] = []
    owed: set[int] = set()
    if told.ended_at is not None and told.direction != "internal":
        begins_to_end = was is None or was["ended_at"] is None
        is_counted = was is not None and was["ended_at"] is not None and is_missed(was)
        if begins_to_end or (call["note_id"] is None and differs(was or {}, call, "answered_at")):
            is_counted |= await log(tx, ours, call, ground, now)
        elif call["note_id"] is not None and differs(was or {}, call, "talk_seconds", "missed"):
            new_facts += await corrected(tx, account.id, call, ground, now)
        if begins_to_end or differs(was or {}, call, "missed", "answered_at"):
            owed = await owe(tx, account, call, ground, told.gap, is_counted, now)
    before = await place_before(tx, account.id, call, was)
    new_facts += told_of(call, was, told, ground, before, now)
    await facts.record(tx, account.id, [], new_facts)
    return owed


async def users_of(
    tx: Db, account: Account, pbx_id: int, told: Conversation, was: dict[str, Any] | None
) -> dict[str, int]:
    """Whose the numbers are that took part. An extension that is given to somebody else later takes no call along."""
    found: dict[str, int] = dict(was["details"].get("users", {})) if was else {}
    named = [*told.rang, *told.ringing, *told.talking, told.answered_by, told.last_talked, told.caller]
    numbers = sorted({each for each in named if each and each not in found})
    if not numbers:
        return found
    by_tail = {phones.tail_of(phones.digits_of(each)): each for each in numbers}
    for row in await extensions.whose(tx, account.id, pbx_id, numbers, list(by_tail)):
        name = row["number"] if row["number"] in numbers else by_tail.get(row["tail"])
        if name is not None:
            found[name] = row["user_id"]
    return found


def columns(ours: Ours, told: Conversation, was: dict[str, Any] | None, now: int) -> dict[str, Any]:
    """The row of a conversation, but for its card."""
    outer = told.direction != "internal"
    number = told.customer_number if outer else None
    digits = phones.digits_of(number or "")
    named = [told.caller, *told.rang, told.answered_by, *told.talking, told.last_talked]
    users = list(dict.fromkeys(ours.users[each] for each in named if each in ours.users))
    whose = [told.last_talked, told.answered_by, told.caller, *told.rang]
    kept: dict[str, Any] = was["details"] if was else {}
    return {
        "id": was["id"] if was else 0,
        "same_as": was["same_as"] if was else None,
        "source": int(Source.pbx),
        "origin": ours.origin,
        "uniq": told.id,
        "direction": int(DIRECTIONS[told.direction]),
        "number": number,
        "tail": phones.tail_of(digits) or None,
        "line": told.line,
        "started_at": int(told.started_at),
        "ended_at": None if told.ended_at is None else int(told.ended_at),
        "answered_at": None if told.answered_at is None else int(told.answered_at),
        "talk_seconds": round(told.talk_seconds),
        "missed": told.missed if told.ended_at is not None else None,
        "user_id": next((ours.users[each] for each in whose if each in ours.users), None),
        "user_ids": users,
        "entity": was["entity"] if was else None,
        "entity_id": was["entity_id"] if was else None,
        "note_id": was["note_id"] if was else None,
        "status": was["status"] if was else None,  # an agent's: the note tells it, and nothing here changes it
        "result": was["result"] if was else None,
        "details": kept | story(told) | {"users": ours.users},
        "updated_at": now,
    }


def story(told: Conversation) -> dict[str, Any]:
    """What only the screens ask for."""
    return {
        "state": told.state,
        "caller": told.caller,
        "rang": told.rang,
        "ringing": told.ringing,
        "talking": told.talking,
        "on_hold": told.on_hold,
        "queue": told.queue,
        "answered_by": told.answered_by,
        "last_talked": told.last_talked,
        "transferred": [each.record() for each in told.transferred],
        "hold_seconds": round(told.hold_seconds),
        "hangup_cause": told.hangup_cause,
        "recording": told.recording,
        "gap": told.gap,
    }


def wanted(account: Account, call: dict[str, Any], now: int) -> calls.Wanted:
    """A PBX of ours sees every card: whom it rings may see less, and is told less."""
    found = calls.Wanted(now=now, count=1, origin=call["origin"])
    if (tail := call["tail"]) is not None:
        found.sights = [Sight(Entity.contact, None), Sight(Entity.company, None)]
        found.linked = [Sight(Entity.lead, None)] + ([Sight(Entity.customer, None)] if account.customers_on else [])
        found.tails = [tail]
        found.spans = [(tail, call["started_at"], call["ended_at"] or now)]
        found.missed = [(tail, call["started_at"])]
    return found


async def stand(tx: Db, account: Account, call: dict[str, Any], ground: calls.Ground) -> None:
    """On its card; one that was chosen before and is gone counts no more."""
    entity, card_id = card_of(call)
    if entity is not None and card_id is not None and (entity, card_id) not in ground.places:
        places, _, _ = await notes.ground(tx, account.id, entity, [card_id], [], 0)
        ground.places |= {(entity, each): place for each, place in places.items()}
        if card_id not in places and call["note_id"] is None:
            call["entity"], call["entity_id"] = None, None
            call["details"].pop("bound", None)
    place(account, call, ground)


def place(account: Account, call: dict[str, Any], ground: calls.Ground) -> None:
    """The card by the rule, until the call is over; one that an agent has chosen stays."""
    if call["note_id"] is not None or call["details"].get("bound") or call["direction"] == Direction.internal:
        return
    candidates = ground.found.get(call["tail"] or -1, ())
    placed = owner.placed(candidates, call["number"] or "", account.country)
    if placed is None:
        return
    call["entity"], call["entity_id"] = int(placed.entity), placed.id
    call["details"]["placed"] = {
        "card": placed.card,
        "first": (placed.entity, placed.id),
        "chosen": placed.chosen,
        "why": placed.why,
        "others": placed.others,
    }


def told_of(
    call: dict[str, Any],
    was: dict[str, Any] | None,
    told: Conversation,
    ground: calls.Ground,
    before: dict[str, Any],
    now: int,
) -> list[AnyFact]:
    users, card = tuple(call["user_ids"]), card_of(call)
    about = where(call, ground) | before
    old: dict[str, Any] = was["details"] if was else {}
    if told.ended_at is not None and (was is None or was["ended_at"] is None):
        return [CallEnded(0, now, call["id"], users, call["missed"], *card, **about)]
    if told.talking and list(told.talking) != list(old.get("talking", ())):
        talking = told.talking[-1]
        user = call["user_id"] if talking == told.last_talked else None
        return [CallAnswered(0, now, call["id"], users, user, *card, going(call), **about)]
    if was is None or list(told.ringing) != list(old.get("ringing", ())):
        return [CallRang(0, now, call["id"], users, *card, going(call), **about)]
    if differs(was, call, "talk_seconds", "missed", "number", "line", "details", "entity_id"):
        return [CallChanged(0, now, call["id"], users, *card, going(call), **about)]
    return []


def card_of(call: dict[str, Any]) -> tuple[Entity | None, int | None]:
    return (Entity(call["entity"]), call["entity_id"]) if call["entity"] else (None, None)


def where(call: dict[str, Any], ground: calls.Ground) -> dict[str, Any]:
    """Who answers for the card, for who may be told of it. A call without one counts as a contact of its user."""
    entity, card_id = card_of(call)
    if entity is None or card_id is None:
        return {"card_owner": call["user_id"]}
    answers, pipeline_id, status_id = ground.places.get((entity, card_id), (None, 0, 0))
    return {"card_owner": answers, "pipeline_id": pipeline_id, "status_id": status_id}


def differs(was: dict[str, Any], call: dict[str, Any], *names: str) -> bool:
    return any(plain(was.get(name)) != plain(call[name]) for name in names)


def plain(value: Any) -> Any:
    """As it comes back from the table."""
    return msgspec.to_builtins(value)


# The end.


async def close_silent(db: Db, account: Account, pbx_id: int, call_id: str, now: int) -> None:
    """A call that is over is remembered no longer; one of which nothing was heard for half a day has ended unheard."""
    owed: set[int] = set()
    async with db.transaction() as tx:
        await conversations.lock(tx, account.id, pbx_id, [call_id])
        kept = await conversations.tangles(tx, account.id, pbx_id, [call_id])
        if call_id not in kept:
            return
        tangle = msgspec.convert(kept[call_id], Tangle)
        machine = Calls([tangle])
        if any(each.ended_at is None for each in machine.live()):
            if now - tangle.last < SILENT_SECONDS:
                return
            machine.tell(PbxRestarted(since=tangle.last, at=max(now, tangle.last)))
            for conversation in machine.live():
                owed |= await keep(tx, account, pbx_id, conversation, now)
        await conversations.forget(tx, account.id, pbx_id, call_id)
    if owed:
        await debts.settle(db, now, account.id, sorted(owed))


async def join_twins(db: Db, seconds: float, now: int, since: str = "0") -> int:
    """Two sources that told of one talk at the same moment did not see each other: what was written in the last
    seconds, by transactions that were not over at `since`, is looked through again. How many conversations were joined
    to others."""
    joined = 0
    for row in await conversations.twins(db, seconds, since, MOST_TWINS):
        account_id, tail, began = row["account_id"], row["tail"], row["started_at"]
        async with db.transaction() as tx:
            rows = await conversations.near(tx, account_id, tail, began, row["ended_at"] or began, MOST_NEAR)
            found = twins(part_of(each) for each in rows)
            if found is None:
                continue
            by_id = {each["id"]: each for each in rows}
            if found[0] not in by_id or found[1] not in by_id:  # somebody is writing it at this moment
                continue
            kept, other = by_id[found[0]], by_id[found[1]]
            joined_rows = await conversations.join(tx, account_id, *found)
            if any(each["missed"] for each in joined_rows) and is_owed(kept):
                await debts.count_less(tx, account_id, tail, kept["started_at"], now)
            told = await told_of_join(tx, account_id, kept, other, now)
            await facts.record(tx, account_id, [], told + await told_gone(tx, account_id, joined_rows, now))
        await debts.settle(db, now, account_id, [tail])
        joined += 1
    return joined


def is_owed(row: Row) -> bool:
    return row["direction"] == Direction.inbound and row["missed"] is not False and row["ended_at"] is not None


def part_of(row: Row) -> Part:
    users = tuple(row["user_ids"])
    return Part(row["id"], row["root"], row["source"], row["origin"], users, row["started_at"], row["ended_at"])


async def told_of_join(tx: Db, account_id: int, kept: Row, other: Row, now: int) -> list[AnyFact]:
    """Whoever has shown the two shows one."""
    told: list[AnyFact] = []
    for row in (kept, other):
        about = await place_of(tx, account_id, row)
        told.append(CallChanged(0, now, kept["id"], tuple(row["user_ids"]), *card_of(dict(row)), **about))
    return told


async def told_gone(tx: Db, account_id: int, joined: Sequence[Row], now: int) -> list[AnyFact]:
    """Whoever shows one of these that went on shows it no more."""
    told: list[AnyFact] = []
    for row in joined:
        if row["ended_at"] is None:
            about = await place_of(tx, account_id, row)
            told.append(CallGone(0, now, row["id"], tuple(row["user_ids"]), *card_of(dict(row)), **about))
    return told


async def place_of(tx: Db, account_id: int, row: Any) -> dict[str, Any]:
    """Where its card stands. A call without one counts as a contact of its user."""
    place: Any = (row["user_id"], 0, 0)
    if row["entity"]:
        rows = await calls.cards(tx, account_id, [(row["entity"], row["entity_id"])])
        place = rows[0]["place"] if rows else (None, 0, 0)
    return {"card_owner": place[0], "pipeline_id": place[1], "status_id": place[2]}


async def place_before(tx: Db, account_id: int, call: Any, was: Any) -> dict[str, Any]:
    """The card that it stood on until now, for those who saw the call by it."""
    if was is None or (was["entity"], was["entity_id"]) == (call["entity"], call["entity_id"]):
        return {}
    old = await place_of(tx, account_id, was)
    entity = Entity(was["entity"] or Entity.contact)
    return {
        "old_entity": entity,
        "old_owner": old["card_owner"],
        "old_pipeline_id": old["pipeline_id"],
        "old_status_id": old["status_id"],
    }


async def log(tx: Db, ours: Ours, call: dict[str, Any], ground: calls.Ground, now: int) -> bool:
    """What others have told of this talk joins it; the talk is a note on its card, or waits in the unsorted. Whether
    what they have told of was a missed call, which is counted already."""
    account_id, talk = ours.account.id, call["answered_at"] is not None
    is_counted = False
    parts = ground.parts.get(call["tail"] or -1, [])
    for user in call["user_ids"]:
        report = Report(Source.pbx, ours.origin, user, call["started_at"], call["ended_at"])
        others = [part for part in parts if part.root != call["id"]]
        if (root := same(report, others)) is not None:
            joined = await conversations.join(tx, account_id, call["id"], root)
            is_counted = any(each["missed"] for each in joined)
            await facts.record(tx, account_id, [], await told_gone(tx, account_id, joined, now))
            break
    if (told := await conversations.reported(tx, account_id, call["id"])) is not None:
        call["note_id"], call["entity"], call["entity_id"] = told["note_id"], told["entity"], told["entity_id"]
        await stand(tx, ours.account, call, ground)
        await conversations.put(tx, account_id, call)
    entity, card_id = card_of(call)
    if entity is None or card_id is None:
        if talk and call["direction"] == Direction.inbound:
            await unsorted.from_call(tx, ours.account, call, now)
        return is_counted
    if call["note_id"] is None:
        call["note_id"] = ground.note_ids[0]
        await write_note(tx, account_id, call, entity, card_id, ground, now)
        await conversations.put(tx, account_id, call)
    if talk:
        kind, contact_id = call["details"].get("placed", {}).get("card", (entity, card_id))
        await conversations.talked_with(tx, account_id, int(kind), contact_id, call["ended_at"])
    return is_counted


async def corrected(tx: Db, account_id: int, call: dict[str, Any], ground: calls.Ground, now: int) -> list[AnyFact]:
    """The note says what a late signal has corrected."""
    talk = call["answered_at"] is not None
    entity, card_id = card_of(call)
    assert entity is not None and card_id is not None
    if talk:
        kind, contact_id = call["details"].get("placed", {}).get("card", (entity, card_id))
        await conversations.talked_with(tx, account_id, int(kind), contact_id, call["ended_at"])
    status = status_of(talk)
    seconds, note_id = call["talk_seconds"], call["note_id"]
    if not await conversations.set_duration(tx, account_id, call["id"], note_id, seconds, status, now):
        return []
    owned_by, pipeline_id, status_id = ground.places.get((entity, card_id), (0, 0, 0))
    note_type = note_type_of(call)
    return [
        NoteChanged(
            0, now, call["note_id"], entity, card_id, note_type, owned_by, pipeline_id=pipeline_id, status_id=status_id
        )
    ]


def note_type_of(call: dict[str, Any]) -> str:
    return "call_in" if call["direction"] == Direction.inbound else "call_out"


async def write_note(
    tx: Db, account_id: int, call: dict[str, Any], entity: Entity, card_id: int, ground: calls.Ground, now: int
) -> None:
    place = ground.places.get((entity, card_id), (0, 0, 0))
    author = call["user_id"] or 0
    note_type = note_type_of(call)
    row: dict[str, Any] = {
        "id": call["note_id"],
        "entity_id": card_id,
        "note_type": note_type,
        "params": note_params(call, call["user_id"] or call["details"]["last_talked"] or call["line"]),
        "responsible_user_id": author or place[0],
        "created_by": author,
        "updated_by": author,
        "created_at": call["started_at"],
        "updated_at": call["started_at"],
    }
    event = note_rules.event_of(note_type, entity, card_id, row["id"], author, call["started_at"])
    owned_by, pipeline_id, status_id = place
    fact = NoteAdded(
        author, now, row["id"], entity, card_id, note_type, owned_by, pipeline_id=pipeline_id, status_id=status_id
    )
    await notes.add(tx, account_id, entity, [row], [event] if event else [], [fact])


async def owe(
    tx: Db, account: Account, call: dict[str, Any], ground: calls.Ground, gap: bool, is_counted: bool, now: int
) -> set[int]:
    """A missed call opens a debt, a talk closes it; where a gap hides which it was, it is owed, and marked. The number
    that is owed a call now."""
    tail, talk = call["tail"], call["answered_at"] is not None
    told = debt_rules.Told(tail, call["started_at"], call["ended_at"], talk, is_missed(call))
    deed = debt_rules.rounds([told], ground.talked)[0][0][1]
    is_sure = call["missed"] is True and not gap
    if deed == "closes":
        await debts.talked(tx, account.id, tail, call["id"], call["user_id"], call["ended_at"], now)
    elif deed == "opens" and is_counted:
        if is_sure:
            await debts.make_sure(tx, account.id, tail, call["started_at"], now)
    elif deed == "opens":
        missed = Missed(
            call_id=call["id"],
            number=call["number"],
            tail=tail,
            line=call["line"],
            is_sure=is_sure,
            owner=where(call, ground)["card_owner"],
            user=call["user_id"],
            entity=call["entity"],
            entity_id=call["entity_id"],
            at=call["started_at"],
        )
        await debts.missed(tx, account.id, missed, now)
        return set() if tail is None else {tail}
    return set()


def is_missed(call: dict[str, Any]) -> bool:
    """They have called and nobody talked with them, or a gap hides whether somebody did."""
    return call["direction"] == Direction.inbound and call["answered_at"] is None and call["missed"] is not False
