"""Custom fields: made, changed and taken away by administrators. What a field is for stays as it was made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trubka.actions.audit import By, told
from trubka.db import Db, accounts, custom_fields
from trubka.errors import FlawedItem, Invalid, NotFound, Unprocessable
from trubka.rules import custom_fields as rules
from trubka.rules.custom_fields import MOST_FIELDS, STEP, Wish
from trubka.rules.entities import Entity
from trubka.rules.fields import Field, choice_flaw

MOST_SORT = 2**31 - 1


async def add(db: Db, by: By, entity: Entity, currency: str, batch: Sequence[Wish]) -> list[int]:
    async with db.transaction() as tx:
        known = await fields_of(tx, by, entity)
        if len(known) + len(batch) > MOST_FIELDS:
            raise Unprocessable(f"A kind of card may have {MOST_FIELDS} fields at most.")
        codes = {field.code for field in known if field.code}
        flawed: list[FlawedItem] = []
        for wish in batch:
            if flaws := rules.flaws_of_new(wish, codes):
                flawed.append(FlawedItem(wish.request_id, flaws))
            if wish.code:
                codes.add(wish.code)
        if flawed:
            raise Invalid(flawed)
        last = max((field.sort for field in known), default=0)
        rows = [
            rules.columns_of(wish, min(last + STEP * place, MOST_SORT), currency)
            for place, wish in enumerate(batch, start=1)
        ]
        made = await custom_fields.make(tx, by.account_id, entity, rows)
        for field_id, wish in zip(made, batch, strict=True):
            await told(tx, by, "field_added", field_id, changed="fields", name=wish.name, entity=entity.plural)
        return made


async def change(db: Db, by: By, entity: Entity, batch: Sequence[Wish]) -> None:
    async with db.transaction() as tx:
        known = {field.id: field for field in await fields_of(tx, by, entity)}
        flawed: list[FlawedItem] = []
        seen: set[int | None] = set()
        given: set[str] = set()  # codes of the wishes before: two fields of a request do not get the same one
        for wish in batch:
            # A field that comes twice is refused: of two changes one would be lost.
            field = None if wish.id in seen else known.get(wish.id or 0)
            codes = given | {each.code for each in known.values() if each.code and each.id != wish.id}
            flaws = [choice_flaw("id")] if field is None else rules.flaws_of_change(wish, field, codes)
            if flaws:
                flawed.append(FlawedItem(wish.request_id, flaws))
            seen.add(wish.id)
            if wish.code:
                given.add(wish.code)
        if flawed:
            raise Invalid(flawed)
        rows = {wish.id: rules.columns_after(wish, known[wish.id or 0]) for wish in batch}
        await custom_fields.change(tx, by.account_id, list(rows.values()))
        for field_id, row in rows.items():
            await told(tx, by, "field_changed", field_id, changed="fields", name=row["name"], entity=entity.plural)


async def remove(db: Db, by: By, entity: Entity, field_id: int) -> None:
    """What cards have in it is seen and found no more."""
    async with db.transaction() as tx:
        field = next((each for each in await fields_of(tx, by, entity) if each.id == field_id), None)
        if field is None:
            raise NotFound("There is no such field.")
        if field.is_predefined:
            raise Unprocessable("This field belongs to the system and stays.")
        await custom_fields.remove(tx, by.account_id, field_id)
        await told(tx, by, "field_deleted", field_id, changed="fields", name=field.name, entity=entity.plural)


async def fields_of(tx: Db, by: By, entity: Entity) -> list[Field]:
    """One after another: two who make a field of the same code do not miss each other."""
    await accounts.lock(tx, by.account_id)
    fields = [msgspec.convert(dict(row), Field) for row in await custom_fields.all_of(tx, by.account_id)]
    return [field for field in fields if entity in field.entities]
