"""Notes: what each kind of note holds, who it is of, and which line of the log tells of it (reference 3.10)."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Any, Literal

import msgspec

from trubka.rules.entities import Entity
from trubka.rules.facts import Event
from trubka.rules.rights import Me

LONGEST_TEXT = 20_000
LONGEST_LINK = 2_000
LONGEST_LINE = 1_000  # names, numbers, addresses

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
Link = Annotated[str, msgspec.Meta(max_length=LONGEST_LINK)]
Line = Annotated[str, msgspec.Meta(max_length=LONGEST_LINE)]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LINE)]


class Common(msgspec.Struct, kw_only=True):
    text: Text


class Call(msgspec.Struct, kw_only=True):
    """Integrations leave out what they do not know; a reader finds every key all the same."""

    uniq: Line | None = None
    duration: Annotated[int, msgspec.Meta(ge=0)] = 0  # seconds
    source: Line | None = None
    link: Link | None = None
    phone: Line | None = None
    call_result: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] | None = None
    call_status: Annotated[int, msgspec.Meta(ge=0, le=8)] | None = None
    call_responsible: int | Line | None = None


class Sms(msgspec.Struct, kw_only=True):
    text: Text
    phone: Named


class Service(msgspec.Struct, kw_only=True):
    service: Line = ""
    text: Text


class Cashier(msgspec.Struct, kw_only=True):
    status: Literal["created", "shown", "canceled"]
    text: Text


class Place(msgspec.Struct, kw_only=True):
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] = ""
    address: Line
    longitude: Line
    latitude: Line


class Attachment(msgspec.Struct, kw_only=True):
    file_uuid: Named
    file_name: Named
    version_uuid: Line | None = None
    original_name: Line | None = None
    text: Line | None = None
    is_drive_attachment: bool = True


Params = Common | Call | Sms | Service | Cashier | Place | Attachment

PARAMS: dict[str, type[Params]] = {  # what may be written; other kinds are shown as they stand
    "common": Common,
    "call_in": Call,
    "call_out": Call,
    "sms_in": Sms,
    "sms_out": Sms,
    "service_message": Service,
    "extended_service_message": Service,
    "message_cashier": Cashier,
    "geolocation": Place,
    "attachment": Attachment,
}
CALLS = ("call_in", "call_out")

EVENTS = {
    "common": "common_note_added",
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
    "service_message": "service_note_added",
    "extended_service_message": "service_note_added",
    "message_cashier": "message_to_cashier_note_added",
    "geolocation": "geo_note_added",
    "attachment": "attachment_note_added",
    "site_visit": "site_visit_note_added",
    "targeting_in": "targeting_in_note_added",
    "targeting_out": "targeting_out_note_added",
    "link_followed": "link_followed",
    "task_result": "task_result_added",
}


class Asked(msgspec.Struct, kw_only=True):
    """A new note, or the changes to one: then `params` holds only what is different."""

    id: int = 0
    entity_id: int = 0
    request_id: str = "0"
    note_type: str = ""
    params: dict[str, Any] = {}
    created_by: int | None = None
    updated_by: int | None = None
    responsible_user_id: int | None = None
    created_at: int | None = None
    updated_at: int | None = None


def people_named(asked: Asked) -> set[int]:
    """The users whom a note names; of a call also whom it says to have talked."""
    named: list[Any] = [asked.responsible_user_id, asked.created_by, asked.updated_by]
    if asked.note_type in CALLS:
        named.append(asked.params.get("call_responsible"))
    return {each for each in named if isinstance(each, int) and each > 0}


def authors(asked: Asked, me: Me, users: Container[int]) -> tuple[int, int]:
    """(created by, responsible). The first is the person whom a call is shown with, so it is looked for in the call
    itself before it is taken to be the integration's own user; a call counts in statistics when both are the same."""
    responsible = asked.responsible_user_id or None
    author = asked.created_by
    if author is None and asked.note_type in CALLS:
        answered = asked.params.get("call_responsible")
        author = answered if isinstance(answered, int) and answered in users else responsible
    if author is None:
        author = me.user_id
    if responsible is None:
        responsible = author if asked.note_type in CALLS and author in users else me.user_id
    return author, responsible


def event_of(note_type: str, entity: Entity, card_id: int, note_id: int, by: int, at: int) -> Event | None:
    """The line of the log that tells of a new note."""
    kind = EVENTS.get(note_type)
    return None if kind is None else Event(kind, entity, card_id, by, at, [{"note": {"id": note_id}}])
