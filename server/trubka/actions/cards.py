"""Making and changing contacts, companies, leads and customers: one batch, one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trubka.actions import bonds as bonding
from trubka.db import Db, cards, facts, tags, users
from trubka.errors import Conflict, Flaw, FlawedItem, Forbidden, Invalid, NotFound, Unprocessable
from trubka.rules import fields as field_rules
from trubka.rules import search
from trubka.rules.accounts import Account, zone
from trubka.rules.bonds import Bond, bound
from trubka.rules.cards import (
    MOST_TAGS,
    Asked,
    Keyed,
    Tag,
    changed_columns,
    changed_since,
    events_of_change,
    keyed,
    may_touch,
    tags_after,
)
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CardAdded, CardChanged, CardDeleted, Event, LeadMoved
from trubka.rules.people import NAMING, strangers, users_named
from trubka.rules.rights import Me, level

CHANGING = ("responsible_user_id", "updated_by")  # whom a change may name: who has made the card stays

Columns = dict[str, Any]
Own = Callable[[Asked, Columns], list[Flaw]]
After = Callable[[Db, Me, Account, dict[int, Columns], dict[int, Columns], int], Awaitable[None]]


class Kind(msgspec.Struct, frozen=True):
    """How one kind of card is written: `own` reads what it needs and gives the rule that fills in the columns that
    only this kind has, of a new row or a changed one, and tells what is wrong with them. `after` does what follows
    from a change, in its transaction.
    """

    entity: Entity
    own: Callable[[Db, Me, Account, Sequence[Asked], int], Awaitable[Own]]
    after: After | None = None


async def add(db: Db, me: Me, account: Account, kind: Kind, batch: Sequence[Asked], now: int) -> list[int]:
    """New cards; their ids in the order of the batch."""
    async with db.transaction() as tx:
        return await added(tx, me, account, kind, batch, now)


async def added(
    tx: Db,
    me: Me,
    account: Account,
    kind: Kind,
    batch: Sequence[Asked],
    now: int,
    made: Collection[tuple[Entity, int]] = (),
    waiting: bool = False,
) -> list[int]:
    """The same within a transaction that makes more than these; what it has `made` may be bound to whoever sees it.
    What is `waiting` in the unsorted is told of when it is accepted."""
    entity = kind.entity
    if level(me, "add", entity) == "D":
        raise Forbidden(f"You have no right to add {entity.plural}.")
    kept = checked_fields(account, entity, batch)
    await check_people(tx, account.id, batch)
    bonds = [bond for asked in batch for bond in asked.bonds]
    if bonds:
        seen = await bonding.ends(tx, me, account.id, bonds)
        check_bonds(batch, {*seen, *made})
    own = await kind.own(tx, me, account, batch, now)
    tag_ids = await tags_of(tx, account.id, entity, batch)
    ids = await cards.new_ids(tx, account.id, entity, len(batch))
    rows = [
        new_row(card_id, me, asked, fields, tag_ids, now)
        for card_id, asked, fields in zip(ids, batch, kept, strict=True)
    ]
    check_tags(batch, rows)
    fill(own, batch, rows)
    for row in rows:
        row["is_unsorted"] = waiting
    found = [index(row, account, entity) for row in rows]
    await cards.add(tx, account.id, entity, rows)
    await cards.write_keys(tx, account.id, entity, ([], []), pairs(zip(ids, found, strict=True)))
    events, told = told_of_new(entity, rows, me, now)
    await facts.record(tx, account.id, events, [] if waiting else told)
    if bonds:
        placed = [
            Bond(entity, card_id, bond.to_entity, bond.to_id, bond.is_main)
            for card_id, asked in zip(ids, batch, strict=True)
            for bond in asked.bonds
        ]
        await bonding.write(tx, me, account.id, placed, now, bound, me.user_id, {})
    return ids


async def change(
    db: Db,
    me: Me,
    account: Account,
    kind: Kind,
    batch: Sequence[Asked],
    now: int,
    seen: Mapping[str, Any] | None = None,
) -> list[Columns]:
    """Changes to cards; their rows afterwards, in the order of the batch. `seen` is what somebody who changes one card
    had before their eyes: what a colleague has changed since is not overwritten."""
    entity = kind.entity
    kept = checked_fields(account, entity, batch)
    async with db.transaction() as tx:
        await check_people(tx, account.id, batch, CHANGING)
        own = await kind.own(tx, me, account, batch, now)
        tag_ids = await tags_of(tx, account.id, entity, batch)
        locked = await cards.locked(tx, account.id, entity, [asked.id or 0 for asked in batch])
        before: dict[int, Columns] = {row["id"]: dict(row) for row in locked}
        check_found(me, entity, batch, before)
        if seen is not None and any(changed_since(row, seen, account.showings) for row in before.values()):
            raise Conflict("Somebody has changed this meanwhile.")
        after: dict[int, Columns] = {}
        for asked, fields in zip(batch, kept, strict=True):
            card_id = asked.id or 0
            row = changed_row(after.get(card_id, before[card_id]), me, asked, fields, tag_ids, now)
            check_tags([asked], [row])
            fill(own, [asked], [row])
            after[card_id] = row
        gone, new = keys_between(before, after, account, entity)
        await cards.change(tx, account.id, entity, list(after.values()))
        if any(gone) or any(new):
            await cards.write_keys(tx, account.id, entity, gone, new)
        names = await tag_names(tx, account.id, entity, before, after)
        await facts.record(tx, account.id, *told_of_change(entity, before, after, names, account, me, now))
        if kind.after is not None:
            await kind.after(tx, me, account, before, after, now)
    return [after[asked.id or 0] for asked in batch]


async def remove(db: Db, me: Me, account: Account, entity: Entity, card_ids: Sequence[int], now: int) -> None:
    """To the bin. What one does not see does not exist; what waits in the unsorted is decided there."""
    async with db.transaction() as tx:
        rows = {row["id"]: dict(row) for row in await cards.locked(tx, account.id, entity, card_ids)}
        if not all((row := rows.get(each)) is not None and may_touch(me, "view", entity, row) for each in card_ids):
            raise NotFound(f"There is no such {entity.name}.")
        if not all(may_touch(me, "delete", entity, row) for row in rows.values()):
            raise Forbidden(f"You have no right to delete this {entity.name}.")
        if any(row.get("is_unsorted") for row in rows.values()):
            raise Unprocessable("What waits in the unsorted is declined there, not deleted.")
        await cards.remove(tx, account.id, entity, list(rows), me.user_id, now)
        gone = [
            CardDeleted(me.user_id, now, entity, card_id, row["responsible_user_id"], **stands(entity, row))
            for card_id, row in rows.items()
        ]
        events = [Event(f"{entity.name}_deleted", entity, card_id, me.user_id, now) for card_id in rows]
        await facts.record(tx, account.id, events, gone)


def check_tags(batch: Sequence[Asked], rows: Sequence[Columns]) -> None:
    flaw = Flaw("TooLong", "_embedded.tags", f"A card may have {MOST_TAGS} tags at most.")
    flawed = [
        FlawedItem(asked.request_id, [flaw])
        for asked, row in zip(batch, rows, strict=True)
        if len(row["tags"]) > MOST_TAGS
    ]
    if flawed:
        raise Invalid(flawed)


def fill(own: Own, batch: Sequence[Asked], rows: Sequence[Columns]) -> None:
    flawed = [
        FlawedItem(asked.request_id, flaws)
        for asked, row in zip(batch, rows, strict=True)
        if (flaws := own(asked, row))
    ]
    if flawed:
        raise Invalid(flawed)


def check_bonds(batch: Sequence[Asked], seen: Collection[tuple[Entity, int]]) -> None:
    """A new card is bound only to cards that one sees."""
    flawed: list[FlawedItem] = []
    for asked in batch:
        flaws: list[Flaw] = []
        counts: dict[Entity, int] = {}
        for bond in asked.bonds:
            place = counts[bond.to_entity] = counts.get(bond.to_entity, -1) + 1
            if (bond.to_entity, bond.to_id) not in seen:
                path = f"_embedded.{bond.to_entity.plural}.{place}.id"
                flaws.append(Flaw("NotSupportedChoice", path, f"There is no such {bond.to_entity.name}."))
        if flaws:
            flawed.append(FlawedItem(asked.request_id, flaws))
    if flawed:
        raise Invalid(flawed)


def checked_fields(account: Account, entity: Entity, batch: Sequence[Asked]) -> list[field_rules.Kept]:
    fields = account.fields_of(entity)
    flawed: list[FlawedItem] = []
    found: list[field_rules.Kept] = []
    for asked in batch:
        kept, flaws = field_rules.kept(fields, asked.given, zone(account.time_zone)) if asked.given else ({}, [])
        found.append(kept)
        if flaws:
            flawed.append(FlawedItem(asked.request_id, flaws))
    if flawed:
        raise Invalid(flawed)
    return found


async def check_people(tx: Db, account_id: int, batch: Sequence[Asked], names: Sequence[str] = NAMING) -> None:
    """A card is never given to somebody who is no user of the account, nor said to be made by one."""
    named = users_named(batch, names)
    if named and (wrong := strangers(batch, await users.existing(tx, account_id, named), names)):
        raise Invalid(wrong)


def check_found(me: Me, entity: Entity, batch: Sequence[Asked], rows: dict[int, Columns]) -> None:
    """What one does not see does not exist; what one sees and may not change is refused."""
    missing = [
        FlawedItem(asked.request_id, [Flaw("NotSupportedChoice", "id", f"There is no such {entity.name}.")])
        for asked in batch
        if (row := rows.get(asked.id or 0)) is None or not may_touch(me, "view", entity, row)
    ]
    if missing:
        raise Invalid(missing)
    if not all(may_touch(me, "edit", entity, rows[asked.id or 0]) for asked in batch):
        raise Forbidden(f"You have no right to change this {entity.name}.")


async def tags_of(tx: Db, account_id: int, entity: Entity, batch: Sequence[Asked]) -> dict[str, int]:
    """The ids of all the tags that a batch names; by name key, and by `#id` for given ids. Those that it gives to cards
    are made where they are new."""
    given = [tag for asked in batch for tag in (*(asked.tags or ()), *asked.tags_to_add)]
    taken = [tag for asked in batch for tag in asked.tags_to_delete]
    named = {search.folded(tag.name.strip()): tag.name.strip() for tag in given if tag.name and tag.name.strip()}
    found: dict[str, int] = {}
    if gone := sorted({search.folded(tag.name.strip()) for tag in taken if tag.name and tag.name.strip()}):
        rows = await tags.of_keys(tx, account_id, entity, gone)
        found |= {row["name_key"]: row["id"] for row in rows}
    if named:
        keys = sorted(named)  # one order, so that two batches never wait for each other
        rows = await tags.named(tx, account_id, entity, [named[key] for key in keys], keys)
        found |= {row["name_key"]: row["id"] for row in rows}
    if numbered := sorted({tag.id for tag in (*given, *taken) if tag.id is not None}):
        rows = await tags.existing(tx, account_id, entity, numbered)
        found |= {f"#{row['id']}": row["id"] for row in rows}
    return found


def ids_of_tags(asked: Iterable[Tag], known: dict[str, int]) -> list[int]:
    keys = [f"#{t.id}" if t.id is not None else search.folded((t.name or "").strip()) for t in asked]
    return [known[key] for key in keys if key in known]


def new_row(
    card_id: int,
    me: Me,
    asked: Asked,
    fields: field_rules.Kept,
    tag_ids: dict[str, int],
    now: int,
) -> Columns:
    by = me.user_id if asked.created_by is None else asked.created_by
    at = now if asked.created_at is None else asked.created_at
    row: Columns = {
        "id": card_id,
        "name": asked.name or "",
        "responsible_user_id": asked.responsible_user_id or me.user_id,
        "created_by": by,
        "updated_by": by if asked.updated_by is None else asked.updated_by,
        "created_at": at,
        "updated_at": at if asked.updated_at is None else asked.updated_at,
        "tags": tags_after(
            [],
            ids_of_tags(asked.tags or (), tag_ids),
            ids_of_tags(asked.tags_to_add, tag_ids),
            ids_of_tags(asked.tags_to_delete, tag_ids),
        ),
        "fields": {key: values for key, values in fields.items() if values},
    }
    return row


def changed_row(
    old: Columns,
    me: Me,
    asked: Asked,
    fields: field_rules.Kept,
    tag_ids: dict[str, int],
    now: int,
) -> Columns:
    row = dict(old)
    if asked.name is not None:
        row["name"] = asked.name
    row["responsible_user_id"] = asked.responsible_user_id or old["responsible_user_id"]
    row["updated_by"] = me.user_id if asked.updated_by is None else asked.updated_by
    # A client that sends a whole card back sends its old time along: only a later one counts.
    later = asked.updated_at is not None and asked.updated_at > old["updated_at"]
    row["updated_at"] = asked.updated_at if later else now
    row["tags"] = tags_after(
        old["tags"],
        None if asked.tags is None else ids_of_tags(asked.tags, tag_ids),
        ids_of_tags(asked.tags_to_add, tag_ids),
        ids_of_tags(asked.tags_to_delete, tag_ids),
    )
    row["fields"] = {key: values for key, values in (old["fields"] | fields).items() if values}
    return row


def index(row: Columns, account: Account, entity: Entity) -> Keyed:
    found = keyed(row["name"], account.keying(entity), row["fields"], account.country)
    row["words"] = found.words
    return found


def pairs(found: Iterable[tuple[int, Keyed]]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(card, key) and (card, digits), sorted so that the index is filled in order."""
    listed = list(found)
    return (
        sorted(((card, key) for card, one in listed for key in one.keys), key=lambda pair: (pair[1], pair[0])),
        sorted((card, digits) for card, one in listed for digits in one.digits),
    )


def keys_between(before: dict[int, Columns], after: dict[int, Columns], account: Account, entity: Entity) -> Any:
    gone: list[tuple[int, Keyed]] = []
    new: list[tuple[int, Keyed]] = []
    for card_id, row in after.items():
        was, now = index(dict(before[card_id]), account, entity), index(row, account, entity)
        gone.append((card_id, Keyed(was.keys - now.keys, was.digits - now.digits, "")))
        new.append((card_id, Keyed(now.keys - was.keys, now.digits - was.digits, "")))
    return pairs(gone), pairs(new)


def told_of_new(entity: Entity, rows: list[Columns], me: Me, now: int) -> tuple[list[Event], list[AnyFact]]:
    events = [Event(f"{entity.name}_added", entity, row["id"], row["created_by"], row["created_at"]) for row in rows]
    return events, [
        CardAdded(me.user_id, now, entity, row["id"], row["responsible_user_id"], **stands(entity, row)) for row in rows
    ]


def stands(entity: Entity, row: Columns) -> dict[str, int]:
    return {"pipeline_id": row["pipeline_id"], "status_id": row["status_id"]} if entity is Entity.lead else {}


async def tag_names(
    tx: Db, account_id: int, entity: Entity, before: dict[int, Columns], after: dict[int, Columns]
) -> dict[int, str]:
    moved = {tag for card_id, row in after.items() for tag in set(row["tags"]) ^ set(before[card_id]["tags"])}
    rows = await tags.existing(tx, account_id, entity, sorted(moved)) if moved else []
    return {row["id"]: row["name"] for row in rows}


def told_of_change(
    entity: Entity,
    before: dict[int, Columns],
    after: dict[int, Columns],
    names: dict[int, str],
    account: Account,
    me: Me,
    now: int,
) -> tuple[list[Event], list[AnyFact]]:
    events: list[Event] = []
    found: list[AnyFact] = []
    fields = account.fields_of(entity)
    for card_id, row in after.items():
        old = before[card_id]
        events += events_of_change(entity, old, row, names, fields)
        owner, old_owner = row["responsible_user_id"], old["responsible_user_id"]
        changed = changed_columns(old, row)
        other_owner = old_owner if old_owner != owner else None
        moved = entity is Entity.lead and bool({"pipeline_id", "status_id"} & set(changed))
        left = (old["pipeline_id"], old["status_id"]) if moved else (None, None)
        found.append(
            CardChanged(me.user_id, now, entity, card_id, owner, changed, other_owner, *left, **stands(entity, row))
        )
        if moved:
            places = (row["pipeline_id"], row["status_id"], old["pipeline_id"], old["status_id"])
            found.append(LeadMoved(me.user_id, now, card_id, owner, *places, other_owner))
    return events, found
