"""Which card a call belongs to: the one that is meant among several with its number, then the published rule of amoCRM
(exactly one active lead and no customer: the lead; exactly one customer and no active lead: the customer)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from trubka.rules import phones
from trubka.rules.entities import Entity

MOST_OTHERS = 10  # candidates that are kept besides the choice

Chosen = Literal["only", "contact", "whole_number", "latest", "oldest"]
Why = Literal["one_lead", "one_customer", "nothing_linked", "several_linked"]
Card = tuple[Entity, int]


class Candidate(msgspec.Struct, frozen=True):
    """A contact or a company that may be meant."""

    entity: Entity
    id: int
    numbers: tuple[str, ...] = ()  # as they are written on the card
    talked_at: int | None = None
    updated_at: int = 0
    leads: tuple[int, ...] = ()  # the active ones that are linked
    customers: tuple[int, ...] = ()


class Placed(msgspec.Struct, frozen=True):
    """The card that a call belongs to, and why."""

    entity: Entity
    id: int
    card: Card  # the contact or company with the number
    chosen: Chosen  # why that one among several with the number
    why: Why  # why it, or what is linked to it
    others: tuple[Card, ...] = ()  # what else may have been meant, the likeliest first


def placed(found: Iterable[Candidate], number: str, country: str) -> Placed | None:
    """None: nobody has the number."""
    cards = list(found)
    if not cards:
        return None
    best, *rest = best_first(cards, number, country) if len(cards) > 1 else cards
    entity, card_id, why = target(best)
    linked = [(Entity.lead, each) for each in best.leads] + [(Entity.customer, each) for each in best.customers]
    others = [(best.entity, best.id), *linked, *((each.entity, each.id) for each in rest)]
    return Placed(
        entity,
        card_id,
        (best.entity, best.id),
        reason(best, rest[0], number, country) if rest else "only",
        why,
        tuple(each for each in others if each != (entity, card_id))[:MOST_OTHERS],
    )


def target(card: Candidate) -> tuple[Entity, int, Why]:
    match card.leads, card.customers:
        case (lead,), ():
            return Entity.lead, lead, "one_lead"
        case (), (customer,):
            return Entity.customer, customer, "one_customer"
        case (), ():
            return card.entity, card.id, "nothing_linked"
        case _:
            return card.entity, card.id, "several_linked"


def reason(best: Candidate, second: Candidate, number: str, country: str) -> Chosen:
    """What set the best apart from the next."""
    whole = phones.national(phones.digits_of(number), country)
    if best.entity is not second.entity:
        return "contact"
    if has_number(best.numbers, whole, country) != has_number(second.numbers, whole, country):
        return "whole_number"
    return "latest" if last_touched(best) != last_touched(second) else "oldest"


def best_first(found: Iterable[Candidate], number: str, country: str) -> list[Candidate]:
    """A contact before a company; then who has the whole number and not only its ending; then who was talked to or
    changed last; then the oldest card."""
    whole = phones.national(phones.digits_of(number), country)

    def place(each: Candidate) -> tuple[bool, bool, int, int]:
        has_whole = has_number(each.numbers, whole, country)
        return each.entity is not Entity.contact, not has_whole, -last_touched(each), each.id

    return sorted(found, key=place)


def last_touched(card: Candidate) -> int:
    return max(card.talked_at or 0, card.updated_at)


def has_number(numbers: Sequence[str], whole: str, country: str) -> bool:
    return whole != "" and any(phones.national(phones.digits_of(each), country) == whole for each in numbers)
