"""The unsorted (неразобранное): who called, which items are the same, which tell of one call, and who sees them
(reference 3.16)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from trubka.rules import phones
from trubka.rules.calls import SLACK_SECONDS
from trubka.rules.rights import Me, may_at_status

Category = Literal["sip", "forms"]
T = TypeVar("T")
Place = tuple[int, int, int]  # of the lead: who answers for it, its pipeline and status

SHORTEST_OUTSIDE = 7  # digits: what has fewer is an extension of ours
SIP_IDENTITY = ("phone", "from", "call_responsible", "duration", "called_at", "service_code", "uniq")
FORM_IDENTITY = ("form_id", "form_page", "form_sent_at", "ip", "visitor_uid")
NAMES = {
    "ru": {"sip": "Звонок {}", "hidden": "Звонок со скрытого номера", "forms": "Заявка с сайта", "form": "Заявка: {}"},
    "en": {"sip": "Call {}", "hidden": "Call from a withheld number", "forms": "Request from a form", "form": "{}"},
}


def caller(metadata: Mapping[str, Any]) -> str:
    """Who called. Integrations use `phone` and `from` either way round; one of them may be an extension of ours."""
    phone, other = (str(metadata.get(name) or "") for name in ("phone", "from"))
    if len(phones.digits_of(phone)) < SHORTEST_OUTSIDE <= len(phones.digits_of(other)):
        return other
    return phone or other


def identity(category: Category, source_uid: str | None, metadata: Mapping[str, Any]) -> bytes:
    """What makes two items the same. A number counts by its digits, however it is written."""
    names = SIP_IDENTITY if category == "sip" else FORM_IDENTITY
    told = [category, source_uid or "", *(str(metadata.get(name) or "") for name in names)]
    if category == "sip":
        told[2:4] = [phones.digits_of(text) or text for text in told[2:4]]
    return hashlib.sha256(msgspec.json.encode(told)).digest()


def number_of(identity: bytes) -> int:
    """What an identity is locked by."""
    return int.from_bytes(identity[:8], signed=True)


class Told(msgspec.Struct, frozen=True):
    """A call as one item tells of it."""

    id: int
    uniq: str | None
    began: int
    ended: int


def joined(uniq: str | None, began: int, ended: int, known: Iterable[Told]) -> Told | None:
    """Which of the items with this number tells of the same call: by its id, else by the time that they share."""
    items = list(known)
    for each in items:
        if uniq and each.uniq == uniq:
            return each
    shared = [(min(ended, each.ended) - max(began, each.began), -each.id, each) for each in items]
    best = max(shared, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] >= -SLACK_SECONDS else None


def filled(metadata: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What one item tells, with what only another one of the same call knows."""
    return {key: more.get(key) if metadata.get(key) in (None, "") else metadata[key] for key in {**metadata, **more}}


def lead_name(language: str, category: Category, number: str, form: str) -> str:
    names = NAMES["ru" if language == "ru" else "en"]
    if category == "sip":
        return names["sip"].format(number) if number else names["hidden"]
    return names["form"].format(form) if form else names["forms"]


def may(me: Me, action: Literal["view", "edit"], users: Sequence[int], place: Place) -> bool:
    """Whoever may do this to the lead in its unsorted status; who took part in the call, as if the lead were theirs.
    Whoever sees no leads, or none in this status, sees no item either."""
    if may_at_status(me, action, place):
        return True
    return me.user_id in users and may_at_status(me, action, (me.user_id, *place[1:]))


def grouped(items: Iterable[tuple[int | None, T]]) -> list[list[T]]:
    """The items of one number together, where its first one stands; one without a number stands alone."""
    groups: list[list[T]] = []
    places: dict[int, list[T]] = {}
    for tail, item in items:
        if tail is not None and tail in places:
            places[tail].append(item)
            continue
        groups.append([item])
        if tail is not None:
            places[tail] = groups[-1]
    return groups
