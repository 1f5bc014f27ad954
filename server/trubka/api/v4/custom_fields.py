"""The custom fields of contacts, companies, leads and customers: /api/v4/{cards}/custom_fields."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import custom_fields as actions
from trubka.api import hal, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, Page, Routes
from trubka.api.v4.cards import Int4
from trubka.api.v4.loss_reasons import Name
from trubka.errors import NotFound
from trubka.rules.custom_fields import MOST_ENUMS, EnumWish, Wish
from trubka.rules.entities import Entity
from trubka.rules.fields import Field

Code = Annotated[str, msgspec.Meta(max_length=255)]
Enums = Annotated[list["EnumIn"], msgspec.Meta(max_length=MOST_ENUMS)]
Some = Annotated[list[Any], msgspec.Meta(max_length=MOST_ENUMS)]

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


class MadeField(CustomField, kw_only=True):
    request_id: str


class EnumIn(msgspec.Struct, kw_only=True):
    """One value of a list. One that comes without its number is a new one."""

    value: Name
    id: int | None = None
    sort: Int4 | None = None
    code: Code | None = None


class FieldWords(msgspec.Struct, kw_only=True):
    code: Code | None = None
    sort: Int4 | None = None
    group_id: Code | None = None
    is_api_only: bool | None = None
    is_visible: bool | None = None
    is_required: bool | None = None
    settings: Some | None = None
    remind: str | None = None
    currency: str | None = None
    nested: Some | None = None
    enums: Enums | None = None
    request_id: str | None = None


class FieldIn(FieldWords, kw_only=True):
    name: Name
    type: str


class FieldChange(FieldWords, kw_only=True):
    """The type may come along; it cannot be another one."""

    name: Name | None = None
    type: str | None = None


class FieldsChange(FieldChange, kw_only=True):
    id: int


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
    return shown(asked, entity, known(asked.account.fields_of(entity), field_id))


@routes.on("POST", admin=True, body=list[FieldIn], answer=Items("custom_fields", MadeField), status=201)
async def add_custom_fields(asked: Asked, entity: Entity, batch: list[FieldIn]) -> dict[str, Any]:
    """New fields of a kind of card."""
    wishes = [wish(each, index) for index, each in enumerate(batch)]
    ids = await actions.add(asked.db, asked.by, entity, asked.account.currency, wishes)
    return await told(asked, entity, ids, wishes)


@routes.on("PATCH", admin=True, body=list[FieldsChange], answer=Items("custom_fields", MadeField), status=201)
async def change_custom_fields(asked: Asked, entity: Entity, batch: list[FieldsChange]) -> dict[str, Any]:
    """Changes to fields; the values of a list that are not named are taken away."""
    wishes = [wish(each, index, each.id) for index, each in enumerate(batch)]
    await actions.change(asked.db, asked.by, entity, wishes)
    return await told(asked, entity, [each.id for each in batch], wishes)


@routes.on("PATCH", "/{id}", admin=True, body=FieldChange, answer=MadeField, status=201)
async def change_custom_field(asked: Asked, entity: Entity, field_id: int, given: FieldChange) -> MadeField:
    """The same for one field."""
    known(asked.account.fields_of(entity), field_id)
    wishes = [wish(given, 0, field_id)]
    await actions.change(asked.db, asked.by, entity, wishes)
    return (await told(asked, entity, [field_id], wishes))["_embedded"]["custom_fields"][0]


@routes.on("DELETE", "/{id}", admin=True, status=204)
async def remove_custom_field(asked: Asked, entity: Entity, field_id: int) -> None:
    """A field, and with it what cards have in it."""
    await actions.remove(asked.db, asked.by, entity, field_id)
    asked.changed()


def wish(given: FieldIn | FieldChange, index: int, field_id: int | None = None) -> Wish:
    words = {
        name: getattr(given, name) for name in given.__struct_fields__ if name not in ("id", "enums", "request_id")
    }
    enums = [EnumWish(each.value, each.id, each.sort, each.code) for each in given.enums or ()]
    return Wish(
        **words,
        id=field_id,
        request_id=str(index) if given.request_id is None else given.request_id,
        enums=None if given.enums is None else enums,
    )


async def told(asked: Asked, entity: Entity, ids: list[int], wishes: list[Wish]) -> dict[str, Any]:
    """The fields as they are now; whoever asks next in this process knows them too."""
    asked.changed()
    account = await asked.site.known.account(asked.account_id)
    made = [
        MadeField(**parts(shown(asked, entity, known(account.fields_of(entity), field_id))), request_id=each.request_id)
        for field_id, each in zip(ids, wishes, strict=True)
    ]
    return hal.listed(asked.url(asked.path), "custom_fields", made)


def parts(field: CustomField) -> dict[str, Any]:
    return {name: getattr(field, name) for name in field.__struct_fields__}


def known(fields: list[Field], field_id: int) -> Field:
    for field in fields:
        if field.id == field_id:
            return field
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
