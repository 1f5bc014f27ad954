"""Leads: where they stand in their pipeline; and a lead made together with its contact and company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trubka.actions import bonds, cards, companies, contacts
from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db, facts, loss_reasons, pipelines, unsorted
from trubka.errors import Flaw, Forbidden
from trubka.rules import leads as rules
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond, bound
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CardAdded, UnsortedDecided
from trubka.rules.fields import choice_flaw
from trubka.rules.leads import Place
from trubka.rules.rights import Me, may_enter


async def places(db: Db, me: Me, account: Account, batch: Sequence[Asked], now: int) -> Own:
    rows = await pipelines.places(db, account.id)
    known = [Place(row["pipeline_id"], row["id"], row["type"]) for row in rows]
    named = {reason for asked in batch if (reason := asked.more.get("loss_reason_id"))}
    reasons = await loss_reasons.existing(db, account.id, sorted(named)) if named else set[int]()

    def fill(asked: Asked, row: Columns) -> list[Flaw]:
        more = asked.more
        old = (row["pipeline_id"], row["status_id"]) if "pipeline_id" in row else None
        found = rules.place(known, old, more.get("pipeline_id"), more.get("status_id"))
        if isinstance(found, Flaw):
            return [found]
        if old != (found.pipeline_id, found.status_id):
            # A status that one does not see does not exist; one that is closed to changes lets nothing in.
            if not may_enter(me, "view", found.pipeline_id, found.status_id):
                return [choice_flaw("status_id")]
            if not may_enter(me, "edit", found.pipeline_id, found.status_id):
                raise Forbidden("You have no right to put leads into this status.")
        reason = more.get("loss_reason_id")
        if reason and reason not in reasons and reason != row.get("loss_reason_id"):
            return [choice_flaw("loss_reason_id")]
        was_closed = old is not None and old[1] in (rules.WON, rules.LOST)
        row["closed_at"] = rules.closed_at(found, was_closed, row.get("closed_at"), more.get("closed_at"), now)
        row["loss_reason_id"] = rules.loss_reason(found, row.get("loss_reason_id"), reason)
        row["pipeline_id"], row["status_id"], row["is_active"] = found.pipeline_id, found.status_id, found.is_active
        for column, otherwise in (("price", 0), ("visitor_uid", None)):
            row[column] = row.get(column, otherwise) if more.get(column) is None else more[column]
        if old is None and not row["name"].strip():
            row["name"] = rules.default_name(account.language, row["id"])
        return []

    return fill


async def left(
    tx: Db, me: Me, account: Account, before: dict[int, Columns], after: dict[int, Columns], now: int
) -> None:
    """A lead that is moved out of the unsorted by hand is accepted, and all that came with it."""
    moved = [
        card_id
        for card_id, row in after.items()
        if before[card_id]["is_unsorted"] and row["status_id"] != before[card_id]["status_id"]
    ]
    if moved:
        told: list[AnyFact] = []
        for item in await unsorted.of_leads(tx, account.id, moved):
            old = before[item["lead_id"]]
            told += await accepted(tx, me, item, old, after[item["lead_id"]]["responsible_user_id"], now)
        await facts.record(tx, account.id, [], told)


async def accepted(tx: Db, me: Me, item: Any, old: Columns, owner: int, now: int) -> list[AnyFact]:
    """What came with a lead is ordinary from now on, and the owner's; `old` is the lead as it waited."""
    contact_ids, company_ids = ([] if item[each] is None else [item[each]] for each in ("contact_id", "company_id"))
    await unsorted.show_lead(tx, me.account_id, item["lead_id"])
    await unsorted.show_cards(tx, me.account_id, contact_ids, company_ids, owner, me.user_id, now)
    await unsorted.decide(tx, me.account_id, item["id"], "accepted", me.user_id, now)
    return [
        UnsortedDecided(
            me.user_id,
            now,
            item["id"],
            item["uid"],
            item["category"],
            "accept",
            item["lead_id"],
            (item["lead_id"],),
            tuple(contact_ids),
            owner=old["responsible_user_id"],
            users=tuple(item["user_ids"]),
            pipeline_id=old["pipeline_id"],
            status_id=old["status_id"],
        ),
        *(CardAdded(me.user_id, now, Entity.company, each, owner) for each in company_ids),
        *(CardAdded(me.user_id, now, Entity.contact, each, owner) for each in contact_ids),
    ]


KIND = Kind(Entity.lead, places, left)


class Whole(msgspec.Struct, kw_only=True):
    """A lead with its contact and its company, each there already (a bond of the lead) or made with it."""

    lead: Asked
    contact: Asked | None = None
    company: Asked | None = None


class Made(msgspec.Struct, frozen=True):
    lead_id: int
    contact_id: int | None
    company_id: int | None


async def add_whole(db: Db, me: Me, account: Account, batch: Sequence[Whole], now: int) -> list[Made]:
    """All of them in one transaction; a new contact and a new company belong to each other."""
    async with db.transaction() as tx:
        contact_ids = await new_of(tx, me, account, contacts.KIND, [whole.contact for whole in batch], now)
        company_ids = await new_of(tx, me, account, companies.KIND, [whole.company for whole in batch], now)
        for whole, contact, company in zip(batch, contact_ids, company_ids, strict=True):
            if contact is not None:
                whole.lead.bonds.append(Bond(Entity.lead, 0, Entity.contact, contact))
            if company is not None:
                whole.lead.bonds.append(Bond(Entity.lead, 0, Entity.company, company))
        made = {
            (entity, each)
            for entity, ids in ((Entity.contact, contact_ids), (Entity.company, company_ids))
            for each in ids
            if each is not None
        }
        lead_ids = await cards.added(tx, me, account, KIND, [whole.lead for whole in batch], now, made)
        both = [
            Bond(Entity.contact, contact, Entity.company, company)
            for contact, company in zip(contact_ids, company_ids, strict=True)
            if contact is not None and company is not None
        ]
        if both:
            await bonds.write(tx, me, account.id, both, now, bound, me.user_id, {})
    return [
        Made(lead_id, bound_to(whole.lead, Entity.contact), bound_to(whole.lead, Entity.company))
        for lead_id, whole in zip(lead_ids, batch, strict=True)
    ]


async def new_of(
    tx: Db, me: Me, account: Account, kind: Kind, batch: Sequence[Asked | None], now: int
) -> list[int | None]:
    """The numbers of those that are to be made, each in its place."""
    asked = [each for each in batch if each is not None]
    made = iter(await cards.added(tx, me, account, kind, asked, now) if asked else ())
    return [None if each is None else next(made) for each in batch]


def bound_to(lead: Asked, entity: Entity) -> int | None:
    return next((bond.to_id for bond in lead.bonds if bond.to_entity is entity), None)
