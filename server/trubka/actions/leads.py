"""Leads: where they stand in their pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trubka.actions.cards import Columns, Kind, Own
from trubka.db import Db, facts, loss_reasons, pipelines, unsorted
from trubka.errors import Flaw, Forbidden
from trubka.rules import leads as rules
from trubka.rules.accounts import Account
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CardAdded, UnsortedDecided
from trubka.rules.fields import choice_flaw
from trubka.rules.leads import Place
from trubka.rules.rights import Me, may_enter

CLOSED = "You have no right to put leads into this status."


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
                raise Forbidden(CLOSED)
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
    contact_ids, company_ids = new_with(item, "contact"), new_with(item, "company")
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


def new_with(item: Any, name: str) -> list[int]:
    """The contact or the company of an item that was made with it; one that was there before stays as it is."""
    return [item[f"{name}_id"]] if item[f"is_{name}_new"] else []


KIND = Kind(Entity.lead, places, left)
