"""The account: GET /api/v4/account."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Routes
from trubka.db import accounts, groups
from trubka.rules.accounts import CURRENCY_SIGNS, offset_of

routes = Routes("/api/v4/account")

VERSION = 22  # what clients compare with amoCRM's own
DATE = "d.m.Y"


class Group(msgspec.Struct):
    id: int
    name: str
    uuid: str | None


class TaskType(msgspec.Struct):
    id: int
    name: str
    color: str | None = None
    icon_id: int | None = None
    code: str | None = None


class AmojoRights(msgspec.Struct):
    can_direct: bool
    can_create_groups: bool


class Times(msgspec.Struct):
    """`date_formant` is how amoCRM's own documents misspell it."""

    date_pattern: str
    short_date_pattern: str
    short_time_pattern: str
    date_format: str
    date_formant: str
    time_format: str
    timezone: str
    timezone_offset: str


class Invoices(msgspec.Struct):
    lang: str
    invoices_catalog_id: int | None


class Embedded(msgspec.Struct, kw_only=True):
    amojo_rights: AmojoRights | UnsetType = UNSET
    users_groups: list[Group] | UnsetType = UNSET
    task_types: list[TaskType] | UnsetType = UNSET
    datetime_settings: Times | UnsetType = UNSET
    entity_names: Any = UNSET


class Account(msgspec.Struct, kw_only=True):
    id: int
    name: str
    subdomain: str
    created_at: int
    created_by: int
    updated_at: int
    updated_by: int
    current_user_id: int
    country: str
    currency: str
    currency_symbol: str | None
    customers_mode: str
    is_unsorted_on: bool
    mobile_feature_version: int
    is_loss_reason_enabled: bool
    is_helpbot_enabled: bool
    is_technical_account: bool
    contact_name_display_order: int
    language: str
    amojo_id: str | UnsetType = UNSET
    uuid: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    drive_url: str | UnsetType = UNSET
    is_api_filter_enabled: bool | UnsetType = UNSET
    entity_names: Any = UNSET
    invoices_settings: Invoices | UnsetType = UNSET
    links: hal.Self = msgspec.field(name="_links")
    embedded: Embedded = msgspec.field(name="_embedded")


@routes.on("GET", answer=Account, query=("with",))
async def get_account(asked: Asked) -> Account:
    """The account of the token."""
    row = await accounts.get(asked.db, asked.account_id)
    assert row is not None, "a request has an account that is there"
    withs = asked.query.withs()
    names = ENTITY_NAMES if "entity_names" in withs else UNSET
    invoices = Invoices(row["language"], None)
    return Account(
        id=row["id"],
        name=row["name"],
        subdomain=row["subdomain"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
        current_user_id=asked.me.user_id,
        country=row["country"],
        currency=row["currency"],
        currency_symbol=CURRENCY_SIGNS.get(row["currency"]),
        customers_mode=row["customers_mode"],
        is_unsorted_on=row["is_unsorted_on"],
        mobile_feature_version=0,
        is_loss_reason_enabled=row["is_loss_reason_enabled"],
        is_helpbot_enabled=False,
        is_technical_account=False,
        contact_name_display_order=row["contact_name_order"],
        language=row["language"],
        amojo_id=str(uuid.uuid5(row["uuid"], "amojo")) if "amojo_id" in withs else UNSET,
        uuid=str(row["uuid"]) if "uuid" in withs else UNSET,
        version=VERSION if "version" in withs else UNSET,
        drive_url=asked.base if "drive_url" in withs else UNSET,
        is_api_filter_enabled=True if "is_api_filter_enabled" in withs else UNSET,
        entity_names=names,
        invoices_settings=invoices if "invoices_settings" in withs else UNSET,
        links=asked.link(asked.path),
        embedded=Embedded(
            amojo_rights=AmojoRights(True, asked.me.is_admin) if "amojo_rights" in withs else UNSET,
            users_groups=await groups_of(asked, row["default_group_name"]) if "users_groups" in withs else UNSET,
            task_types=msgspec.convert(row["task_types"], list[TaskType]) if "task_types" in withs else UNSET,
            datetime_settings=times(row["time_zone"], asked.now) if "datetime_settings" in withs else UNSET,
            entity_names=names,
        ),
    )


async def groups_of(asked: Asked, default: str) -> list[Group]:
    """The default department is 0 outside."""
    rows = await groups.all_of(asked.db, asked.account_id)
    return [Group(0, default, None), *(Group(row["id"], row["name"], row["uuid"]) for row in rows)]


def times(time_zone: str, now: int) -> Times:
    return Times(
        date_pattern=f"{DATE} H:i",
        short_date_pattern=DATE,
        short_time_pattern="H:i",
        date_format=DATE,
        date_formant=DATE,
        time_format="H:i:s",
        timezone=time_zone,
        timezone_offset=offset_of(time_zone, now),
    )


def forms(*words: str) -> dict[str, str]:
    return dict(
        zip(("default", "genitive", "dative", "accusative", "instrumental", "prepositional"), words, strict=False)
    )


ENTITY_NAMES: dict[str, Any] = {
    "leads": {
        "ru": {
            "gender": "f",
            "singular_form": forms("сделка", "сделки", "сделке", "сделку", "сделкой", "сделке"),
            "plural_form": forms("сделки", "сделок", "сделкам", "сделки", "сделками", "сделках"),
        },
        "en": {"gender": "m", "singular_form": forms("lead"), "plural_form": forms("leads")},
    },
    "contacts": {
        "ru": {
            "gender": "m",
            "singular_form": forms("контакт", "контакта", "контакту", "контакт", "контактом", "контакте"),
            "plural_form": forms("контакты", "контактов", "контактам", "контакты", "контактами", "контактах"),
        },
        "en": {"gender": "m", "singular_form": forms("contact"), "plural_form": forms("contacts")},
    },
    "companies": {
        "ru": {
            "gender": "f",
            "singular_form": forms("компания", "компании", "компании", "компанию", "компанией", "компании"),
            "plural_form": forms("компании", "компаний", "компаниям", "компании", "компаниями", "компаниях"),
        },
        "en": {"gender": "f", "singular_form": forms("company"), "plural_form": forms("companies")},
    },
}
