"""Tags of a kind of card: making them and changing their names and colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, tags
from trubka.errors import Conflict, Flaw, FlawedItem, Forbidden, Invalid
from trubka.rules.entities import Entity
from trubka.rules.rights import Me, level
from trubka.rules.search import folded
from trubka.rules.tags import Asked


async def add(db: Db, me: Me, entity: Entity, batch: Sequence[Asked]) -> list[Any]:
    """The tags in the order of the batch; those that exist stay as they are."""
    check_rights(me, entity)
    check(batch, "name", [asked for asked in batch if not asked.name])
    named: dict[str, Asked] = {}
    for asked in batch:
        named.setdefault(folded(asked.name or ""), asked)
    keys = sorted(named)  # one order, so that two batches never wait for each other
    names = [named[key].name or "" for key in keys]
    colors = [named[key].color if entity is Entity.lead else None for key in keys]
    async with db.transaction() as tx:
        rows = await tags.named(tx, me.account_id, entity, names, keys, colors)
    found = {row["name_key"]: row for row in rows}
    return [found[folded(asked.name or "")] for asked in batch]


async def change(db: Db, me: Me, entity: Entity, batch: Sequence[Asked]) -> list[Any]:
    """The tags as they stand afterwards, in the order of the batch."""
    check_rights(me, entity)
    try:
        return await changed(db, me, entity, batch)
    except Conflict:  # a tag got the same name at this very moment: now it can be seen
        return await changed(db, me, entity, batch)


async def changed(db: Db, me: Me, entity: Entity, batch: Sequence[Asked]) -> list[Any]:
    async with db.transaction() as tx:
        rows = await tags.locked(tx, me.account_id, entity, [asked.id or 0 for asked in batch])
        known = {row["id"]: dict(row) for row in rows}
        check(batch, "id", [asked for asked in batch if asked.id not in known])
        for asked in batch:
            row = known[asked.id or 0]
            if asked.name:
                row |= {"name": asked.name, "name_key": folded(asked.name)}
            if asked.color and entity is Entity.lead:
                row["color"] = asked.color
        new = list(known.values())
        keys = [row["name_key"] for row in new]
        taken = await tags.taken(tx, me.account_id, entity, [row["id"] for row in new], keys)
        twice = {key for key in keys if keys.count(key) > 1}
        check(batch, "name", [asked for asked in batch if known[asked.id or 0]["name_key"] in taken | twice])
        await tags.change(tx, me.account_id, new)
    return [known[asked.id or 0] for asked in batch]


def check_rights(me: Me, entity: Entity) -> None:
    """Whoever may add or change cards of a kind may name their tags."""
    if level(me, "edit", entity) == "D" and level(me, "add", entity) == "D":
        raise Forbidden(f"You have no right to change the tags of {entity.plural}.")


def check(batch: Sequence[Asked], path: str, wrong: Sequence[Asked]) -> None:
    texts = {"name": ("InvalidValue", "This value should be a name that no other tag has.")}
    code, text = texts.get(path, ("NotSupportedChoice", "There is no such tag."))
    if wrong:
        raise Invalid([FlawedItem(asked.request_id, [Flaw(code, path, text)]) for asked in wrong])
