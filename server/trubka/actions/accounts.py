"""Accounts: a new one has its fields, its first pipeline, reasons for losing and kinds of task."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, custom_fields, left_folders, loss_reasons, people, pipelines, schema, users
from trubka.errors import Refused, Unprocessable
from trubka.rules import fields as field_rules
from trubka.rules import rights as right_rules
from trubka.rules.accounts import Account, flaw_of_account, flaw_of_words
from trubka.rules.fields import Field
from trubka.rules.search import folded

FIELD_NAMES = {
    "ru": {
        "POSITION": "Должность",
        "PHONE": "Телефон",
        "EMAIL": "Email",
        "IM": "Мессенджер",
        "WEB": "Web",
        "ADDRESS": "Адрес",
    },
    "en": {
        "POSITION": "Position",
        "PHONE": "Phone",
        "EMAIL": "Email",
        "IM": "Messenger",
        "WEB": "Web",
        "ADDRESS": "Address",
    },
}
FUNNEL = {
    "ru": (
        "Воронка",
        "Неразобранное",
        "Первичный контакт",
        "Переговоры",
        "Принимают решение",
        "Согласование договора",
    ),
    "en": ("Pipeline", "Incoming leads", "First contact", "Negotiation", "Decision", "Contract"),
}
ENDS = {"ru": ("Успешно реализовано", "Закрыто и не реализовано"), "en": ("Won", "Lost")}
COLORS = ("#99ccff", "#ffff99", "#ffcc66", "#ffcccc")
TASK_TYPES = {"ru": ("Связаться", "Встреча"), "en": ("Follow up", "Meeting")}
LOSS_REASONS = {
    "ru": ("Слишком дорого", "Пропала потребность", "Не устроили условия", "Выбрали других", "Не удалось связаться"),
    "en": ("Too expensive", "No longer needed", "Terms did not suit", "Chose another", "Could not be reached"),
}
GROUP = {"ru": "Отдел продаж", "en": "Sales"}
WON, LOST = 142, 143
FETCHED_SECONDS = 60  # by then a worker that was fetching a recording has found out that its account is gone


async def add(
    db: Db,
    name: str,
    subdomain: str,
    *,
    now: int,
    country: str = "RU",
    currency: str = "RUB",
    time_zone: str = "Europe/Moscow",
    language: str = "ru",
) -> int:
    if wrong := flaw_of_account(subdomain, country, currency, time_zone):
        raise Unprocessable(wrong)
    words = "ru" if language == "ru" else "en"
    async with db.transaction() as tx:
        account_id = await accounts.add(tx, name, subdomain, country, currency, time_zone, language, now)
        if account_id is None:
            raise Unprocessable(f"There is a company “{subdomain}” already: choose another subdomain.")
        await accounts.set_task_types(tx, account_id, GROUP[words], task_types(words))
        fields = [{**field, "name": FIELD_NAMES[words][field["code"]]} for field in field_rules.system_fields()]
        await custom_fields.add(tx, account_id, fields)
        await pipelines.add(tx, account_id, FUNNEL[words][0], 1, True, statuses(words))
        reasons = [{"name": name, "sort": 10 * place} for place, name in enumerate(LOSS_REASONS[words], start=1)]
        await loss_reasons.add(tx, account_id, reasons, now)
    return account_id


def statuses(words: str) -> list[dict[str, Any]]:
    """Unsorted, the steps of work, won and lost."""
    first = {"name": FUNNEL[words][1], "sort": 10, "color": "#c1c1c1", "type": 1, "is_editable": False}
    steps = [
        {"name": name, "sort": 20 + 10 * place, "color": COLORS[place]} for place, name in enumerate(FUNNEL[words][2:])
    ]
    ends = [
        {"id": WON, "name": ENDS[words][0], "sort": 10_000, "color": "#CCFF66", "is_editable": False},
        {"id": LOST, "name": ENDS[words][1], "sort": 11_000, "color": "#D5D8DB", "is_editable": False},
    ]
    return [first, *steps, *ends]


def task_types(words: str) -> list[dict[str, Any]]:
    codes = ("FOLLOW_UP", "MEETING")
    return [
        {"id": place, "name": name, "color": None, "icon_id": None, "code": code}
        for place, (name, code) in enumerate(zip(TASK_TYPES[words], codes, strict=True), start=1)
    ]


class AccountChange(msgspec.Struct, frozen=True):
    """What is unset stays as it is."""

    name: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET


async def change(db: Db, by: By, change: AccountChange) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await accounts.get(tx, by.account_id)
        assert row is not None
        new = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        whole = {name: new.get(name, row[name]) for name in AccountChange.__struct_fields__}
        places = (whole["country"], whole["currency"], whole["time_zone"])
        flaw = flaw_of_words(whole["name"], whole["language"]) or flaw_of_account(row["subdomain"], *places)
        if flaw:
            raise Refused(flaw)
        await accounts.change(tx, by.account_id, **whole, user_id=by.user_id, now=by.at)
        changed = {name: [row[name], value] for name, value in new.items() if row[name] != value}
        await told(tx, by, "account_changed", by.account_id, changed="account", **changed)


async def remove_demo(db: Db, account_id: int) -> bool:
    """The demo company goes with all that is in it, and so do the people who were only there.

    Whether the installation is empty now.
    """
    async with db.transaction() as tx:
        await schema.lock(tx)
        await accounts.lock(tx, account_id)
        row = await accounts.get(tx, account_id)
        if row is None or not row["is_demo"]:
            raise Unprocessable("This is not the demo company: only that one can be removed here.")
        only_here = await people.only_in(tx, account_id)
        await accounts.remove(tx, account_id)
        await left_folders.add(tx, account_id, FETCHED_SECONDS)
        await people.remove(tx, only_here)
        return not await accounts.all_of(tx)


async def add_user(
    db: Db,
    account_id: int,
    *,
    name: str,
    email: str,
    now: int,
    is_admin: bool = False,
    rights: right_rules.Rights = right_rules.ALL,
    password_hash: str | None = None,
    language: str = "ru",
) -> int:
    """A user of the account, and the person who signs in, unless there is one of this e-mail already."""
    async with db.transaction() as tx:
        person = await people.get_or_add(tx, email, folded(email.strip()), name, language, password_hash)
        return await users.add(tx, account_id, person, name, email, language, is_admin, rights, now)


def account_of(row: Row) -> Account:
    """What a process keeps in memory of an account."""
    return Account(
        id=row["id"],
        name=row["name"],
        subdomain=row["subdomain"],
        country=row["country"],
        time_zone=row["time_zone"],
        language=row["language"],
        currency=row["currency"],
        name_order=row["contact_name_order"],
        customers_mode=row["customers_mode"],
        task_types=tuple(each["id"] for each in row["task_types"]),
        fields=tuple(msgspec.convert(row["custom_fields"], list[Field])),
        revoked=frozenset(row["revoked"]),
    )
