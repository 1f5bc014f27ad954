"""What is saved after a call: how it went, whose it was, what is to be done next; and what becomes of its card."""

from __future__ import annotations

from typing import Literal

import msgspec

from trubka.rules.entities import Entity

TO_FINISH_SECONDS = 7 * 86_400  # an older call waits for no result any more
MOST_TO_FINISH = 50  # that are listed

Card = tuple[Entity, int]
# It stays, goes to the card that was chosen, or to new ones. An item of the unsorted is accepted with its lead, or
# linked to the card that was chosen, or to a new contact.
Way = Literal["stay", "choose", "make", "accept", "link", "link_new"]


class NewLead(msgspec.Struct, frozen=True):
    name: str = ""
    price: int | None = None
    pipeline_id: int | None = None
    status_id: int | None = None


class NewTask(msgspec.Struct, frozen=True):
    complete_till: int
    text: str = ""
    task_type_id: int | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One save. `key` is the browser's own name of it; `contact` the name of a new one with the call's number."""

    key: str
    status: int | None = None
    result: str | None = None
    card: Card | None = None
    contact: str | None = None
    lead: NewLead | None = None
    task: NewTask | None = None


def way(asked: Asked, waits: bool) -> Way | None:
    """What becomes of the card; `waits`: the call stands in the unsorted. None: the request contradicts itself."""
    if asked.card is not None and asked.contact is not None:
        return None
    if not waits:
        if asked.contact is not None or asked.lead is not None:
            return "make"
        return "choose" if asked.card is not None else "stay"
    if asked.card is not None:
        return "link"
    if asked.lead is not None:
        return "accept"
    return "link_new" if asked.contact is not None else "stay"


def may_have_lead(entity: Entity | None) -> bool:
    """A new lead is somebody's."""
    return entity in (Entity.contact, Entity.company)
