"""A lead in one go with its contact and its company, each made with it or there already. One that comes with what is
known of a call or a form waits in the unsorted."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trubka.actions import bonds, cards, companies, contacts, leads, unsorted
from trubka.actions.cards import Kind
from trubka.actions.unsorted import Wish
from trubka.db import Db
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond, bound, bound_to
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.rights import Me


class Whole(msgspec.Struct, kw_only=True):
    """A lead with its contact and its company, each there already (a bond of the lead) or made with it."""

    lead: Asked
    contact: Asked | None = None
    company: Asked | None = None


class Made(msgspec.Struct, frozen=True):
    lead_id: int
    contact_id: int | None
    company_id: int | None


async def add(db: Db, me: Me, account: Account, origin: str, batch: Sequence[Whole | Wish], now: int) -> list[Made]:
    """All of them in one transaction, in the order of the batch."""
    waiting = [each for each in batch if isinstance(each, Wish)]
    plain = [each for each in batch if isinstance(each, Whole)]
    async with db.transaction() as tx:
        items = iter(await unsorted.put_in(tx, me, account, origin, waiting, now) if waiting else ())
        wholes = iter(await made(tx, me, account, plain, now) if plain else ())
    found: list[Made] = []
    for each in batch:
        if isinstance(each, Wish):
            item = next(items)
            found.append(Made(item.lead_id, item.contact_id, item.company_id))
        else:
            found.append(next(wholes))
    return found


async def made(tx: Db, me: Me, account: Account, batch: Sequence[Whole], now: int) -> list[Made]:
    """Leads that go to work at once; a new contact and a new company belong to each other."""
    contact_ids = await new_of(tx, me, account, contacts.KIND, [whole.contact for whole in batch], now)
    company_ids = await new_of(tx, me, account, companies.KIND, [whole.company for whole in batch], now)
    for whole, contact, company in zip(batch, contact_ids, company_ids, strict=True):
        if contact is not None:
            whole.lead.bonds.append(Bond(Entity.lead, 0, Entity.contact, contact))
        if company is not None:
            whole.lead.bonds.append(Bond(Entity.lead, 0, Entity.company, company))
    ours = {
        (entity, each)
        for entity, ids in ((Entity.contact, contact_ids), (Entity.company, company_ids))
        for each in ids
        if each is not None
    }
    lead_ids = await cards.added(tx, me, account, leads.KIND, [whole.lead for whole in batch], now, ours)
    both = [
        Bond(Entity.contact, contact, Entity.company, company)
        for contact, company in zip(contact_ids, company_ids, strict=True)
        if contact is not None and company is not None
    ]
    if both:
        await bonds.write(tx, me, account.id, both, now, bound, me.user_id, {})
    return [
        Made(lead_id, bound_to(whole.lead.bonds, Entity.contact), bound_to(whole.lead.bonds, Entity.company))
        for lead_id, whole in zip(lead_ids, batch, strict=True)
    ]


async def new_of(
    tx: Db, me: Me, account: Account, kind: Kind, batch: Sequence[Asked | None], now: int
) -> list[int | None]:
    """The numbers of those that are to be made, each in its place."""
    asked = [each for each in batch if each is not None]
    new = iter(await cards.added(tx, me, account, kind, asked, now) if asked else ())
    return [None if each is None else next(new) for each in batch]
