"""Which of several cards with one number is the one that is meant (reference 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from trubka.rules import phones
from trubka.rules.entities import Entity


class Candidate(msgspec.Struct, frozen=True):
    """A contact or a company that may be meant."""

    entity: Entity
    id: int
    numbers: tuple[str, ...] = ()  # as they are written on the card
    talked_at: int | None = None
    updated_at: int = 0


def best_first(found: Iterable[Candidate], number: str, country: str) -> list[Candidate]:
    """A contact before a company; then who has the whole number and not only its ending; then who was talked to or
    changed last; then the oldest card."""
    whole = phones.national(phones.digits_of(number), country)

    def place(each: Candidate) -> tuple[bool, bool, int, int]:
        has_whole = has_number(each.numbers, whole, country)
        return each.entity is not Entity.contact, not has_whole, -max(each.talked_at or 0, each.updated_at), each.id

    return sorted(found, key=place)


def has_number(numbers: Sequence[str], whole: str, country: str) -> bool:
    return whole != "" and any(phones.national(phones.digits_of(each), country) == whole for each in numbers)
