"""The custom fields of contacts, companies, leads and customers: /api/v4/{cards}/custom_fields."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.api import hal, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Page, Routes
from trubka.errors import NotFound
from trubka.rules.entities import Entity
from trubka.rules.fields import Field

routes = Routes("/api/v4/{cards}/custom_fields")


class Enum(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: int
    value: str
    sort: int
    code: str | None = None


class CustomField(msgspec.Struct, kw_only=True):
    """What a field does not have is left out, but for `code`, `enums`, `group_id` and `remind`."""

    id: int
    name: str
    type: str
    account_id: int
    code: str | None
    sort: int
    is_api_only: bool
    enums: list[Enum] | None
    group_id: str | None
    required_statuses: list[Any]
    is_deletable: bool
    is_predefined: bool | UnsetType = UNSET  # contacts and companies
    is_computed: bool | UnsetType = UNSET  # leads
    is_required: bool | UnsetType = UNSET
    is_visible: bool | UnsetType = UNSET
    settings: list[Any] | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    nested: list[Any] | UnsetType = UNSET
    entity_type: str
    remind: str | None
    links: hal.Self = msgspec.field(name="_links")


@routes.on("GET", answer=Page("custom_fields", CustomField, counted=True), query=("page", "limit", "filter", "order"))
async def list_custom_fields(asked: Asked, entity: Entity) -> Answer | None:
    """The fields of a kind of card, a page at a time."""
    query = asked.query
    ids, types = query.ints("filter", "id"), query.texts("filter", "type")
    order = query.order("sort", "id")
    found = [
        field
        for field in asked.account.fields_of(entity)
        if (ids is None or field.id in ids) and (types is None or field.type in types)
    ]
    if order is not None:
        found.sort(key=lambda field: (field.sort if order.field == "sort" else 0, field.id), reverse=order.descending)
    return pages.whole(asked, "custom_fields", found, lambda field: shown(asked, entity, field))


@routes.on("GET", "/{id}", answer=CustomField)
async def get_custom_field(asked: Asked, entity: Entity, field_id: int) -> CustomField:
    """One field."""
    for field in asked.account.fields_of(entity):
        if field.id == field_id:
            return shown(asked, entity, field)
    raise NotFound("There is no such field.")


def shown(asked: Asked, entity: Entity, field: Field) -> CustomField:
    people = entity in (Entity.contact, Entity.company)
    return CustomField(
        id=field.id,
        name=field.name,
        type=field.type,
        account_id=asked.account_id,
        code=field.code,
        sort=field.sort,
        is_api_only=field.is_api_only,
        enums=enums_of(field),
        group_id=field.group_id,
        required_statuses=[],
        is_deletable=not field.is_predefined,
        is_predefined=field.is_predefined if people else UNSET,
        is_computed=False if entity is Entity.lead else UNSET,
        is_required=True if field.is_required else UNSET,
        is_visible=UNSET if field.is_visible else False,
        settings=UNSET if field.settings is None else field.settings,
        currency=UNSET if field.currency is None else field.currency,
        nested=UNSET if field.nested is None else field.nested,
        entity_type=entity.plural,
        remind=field.remind,
        links=asked.link(f"/api/v4/{entity.plural}/custom_fields/{field.id}"),
    )


def enums_of(field: Field) -> list[Enum] | None:
    if field.enums is None:
        return None
    return [Enum(id=enum.id, value=enum.value, sort=enum.sort, code=enum.code) for enum in field.enums]
