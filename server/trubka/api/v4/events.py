"""The log of events: /api/v4/events."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from trubka.api import hal, pages
from trubka.api.asked import Answer, Asked
from trubka.api.query import int_of
from trubka.api.routes import Items, Page, Routes
from trubka.db import events as rows_of
from trubka.db.events import Wanted
from trubka.errors import Refused
from trubka.rules import events as rules
from trubka.rules.entities import CARDS, Entity
from trubka.rules.rights import sight

routes = Routes("/api/v4/events")
LISTED = ("with", "page", "limit", "filter")
MOST_IDS = 100
MOST_NAMED = 10  # users, and cards, in a filter
LOGGED = (*CARDS, Entity.task)  # what has lines in the log


class Subject(msgspec.Struct, kw_only=True):
    """What a line tells of."""

    id: int
    name: str | UnsetType | None = UNSET
    links: hal.Self = msgspec.field(name="_links")


class Embedded(msgspec.Struct):
    entity: Subject


class Event(msgspec.Struct, kw_only=True):
    id: str
    type: str
    entity_id: int
    entity_type: str
    created_by: int
    created_at: int
    value_after: list[Any]
    value_before: list[Any]
    account_id: int
    links: hal.Self = msgspec.field(name="_links")
    embedded: Embedded = msgspec.field(name="_embedded")


class EventType(msgspec.Struct):
    key: str
    type: int
    lang: str


@routes.on("GET", answer=Page("events", Event), query=LISTED)
async def list_events(asked: Asked) -> Answer | None:
    """What has happened, newest first, a page at a time."""
    wanted = wanted_of(asked)
    if wanted is None:
        return None
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return pages.answer(
        asked, "events", rows, lambda row: shown(asked, row, wanted), lambda row: (row["created_at"], row["id"])
    )


@routes.on("GET", "/{event:text}", answer=Event, query=("with",))
async def get_event(asked: Asked, event_id: str) -> Event | None:
    """One line of the log."""
    place = rules.read_id(event_id)
    if place is None:
        return None
    wanted = Wanted(sights=sights(asked), limit=1, ids=[place], named=named(asked))
    rows = await rows_of.page(asked.db, asked.account_id, wanted)
    return shown(asked, rows[0], wanted) if rows else None


@routes.on("GET", "/types", answer=Items("events_types", EventType), query=("language_code",))
async def list_event_types(asked: Asked) -> dict[str, Any]:
    """The types of lines, each with its number and its name in Russian or English."""
    russian = (asked.query.text("language_code") or asked.account.language) == "ru"
    types = [EventType(key, number, ru if russian else en) for key, (number, ru, en) in rules.TYPES.items()]
    word = "Изменение поля" if russian else "Field changed"
    types += [
        EventType(f"custom_field_{field.id}_value_changed", rules.FIRST_FIELD_TYPE + field.id, f"{word}: {field.name}")
        for field in asked.account.fields
    ]
    return {
        "_total_items": len(types),
        "_links": asked.link(asked.path),
        "_embedded": {"events_types": types},
    }


def sights(asked: Asked) -> list[Any]:
    return [sight(asked.me, entity) for entity in LOGGED]


def named(asked: Asked) -> list[Entity]:
    withs = asked.query.withs()
    return [entity for entity in CARDS if f"{entity.name}_name" in withs]


def wanted_of(asked: Asked) -> Wanted | None:
    """The filters of the list. None: nothing can match."""
    query, part = asked.query, pages.wanted(asked)
    span = query.span("filter", "created_at")
    wanted = Wanted(
        sights=sights(asked),
        limit=part.limit,
        skip=part.skip,
        after=part.after,
        created=(span.low, span.high) if span else (None, None),
        created_by=few(asked, "created_by", MOST_NAMED),
        entity_ids=few(asked, "entity_id", MOST_NAMED),
        types=query.texts("filter", "type"),
        values_after=values(asked, "value_after"),
        values_before=values(asked, "value_before"),
        named=named(asked),
    )
    wanted.any_field = rules.ANY_FIELD in (wanted.types or ())
    if (ids := query.texts("filter", "id")) is not None:
        if len(ids) > MOST_IDS:
            raise Refused(f"filter[id] takes {MOST_IDS} ids at most.")
        wanted.ids = [place for text in ids if (place := rules.read_id(text)) is not None]
    if (kinds := query.texts("filter", "entity")) is not None:
        wanted.entities = [int(Entity[kind]) for kind in kinds if kind in Entity.__members__]
    if wanted.entity_ids is not None and len(kinds or ()) != 1:
        raise Refused("filter[entity_id] needs exactly one filter[entity].")
    filters = (wanted.ids, wanted.created_by, wanted.entities, wanted.entity_ids, wanted.types)
    nothing = [] in (*filters, wanted.values_after, wanted.values_before)
    return None if nothing else wanted


def few(asked: Asked, name: str, most: int) -> list[int] | None:
    found = asked.query.ints("filter", name)
    if found is not None and len(found) > most:
        raise Refused(f"filter[{name}] takes {most} ids at most.")
    return found


def values(asked: Asked, side: str) -> list[Any] | None:
    """What `filter[value_after]` or `filter[value_before]` asks for: any one of these must be held by the value."""
    query, path = asked.query, ("filter", side)
    given = query.get(*path)
    if not isinstance(given, dict):
        return None
    found: list[Any] = []
    for pipeline_id, status_id in query.statuses(*path, "leads_statuses") or ():
        found.append([{"lead_status": {"id": status_id, "pipeline_id": pipeline_id}}])
    customers = query.get(*path, "customers_statuses")
    for key in cast(dict[str, object], customers) if isinstance(customers, dict) else ():
        if (status_id := query.int(*path, "customers_statuses", key, "status_id")) is not None:
            found.append([{"customer_status": {"id": status_id}}])
    for user_id in query.ints(*path, "responsible_user_id") or ():
        found.append([{"responsible_user": {"id": user_id}}])
    for enum_id in query.ints(*path, "custom_field_values") or ():
        found.append([{"custom_field_value": {"enum_id": enum_id}}])
    for text in query.whole_texts(*path, "value") or ():
        found += written(text)
    return found


def written(text: str) -> list[Any]:
    """The values that a person could have written so."""
    found: list[Any] = [[{"name_field_value": {"name": text}}], [{"custom_field_value": {"text": text}}]]
    if (number := int_of(text)) is not None:
        found += [
            [{"sale_field_value": {"sale": number}}],
            [{"ltv_field_value": {"ltv": number}}],
            [{"nps": {"rate": number}}],
        ]
    return found


def shown(asked: Asked, row: Any, wanted: Wanted) -> Event:
    entity = Entity(row["entity"])
    event_id = rules.id_of(row["created_at"], row["id"])
    return Event(
        id=event_id,
        type=row["type"],
        entity_id=row["entity_id"],
        entity_type=entity.name,
        created_by=row["created_by"],
        created_at=row["created_at"],
        value_after=row["value_after"],
        value_before=row["value_before"],
        account_id=asked.account_id,
        links=asked.link(f"/api/v4/events/{event_id}"),
        embedded=Embedded(
            Subject(
                id=row["entity_id"],
                name=row["name"] if entity in wanted.named else UNSET,
                links=asked.link(f"/api/v4/{entity.plural}/{row['entity_id']}"),
            )
        ),
    )
