"""Where customers stand in an account that works by periods: /api/v4/customers/statuses; and how it works:
/api/v4/customers/mode."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from trubka.actions import customer_statuses as actions
from trubka.actions.customer_statuses import Mode
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Items, Routes
from trubka.api.v4.cards import Int4
from trubka.api.v4.loss_reasons import Name
from trubka.db import customer_statuses
from trubka.errors import NotFound, Unprocessable

PLAIN = "#e6e8ea"
COLOR = re.compile("#[0-9A-Fa-f]{6}")

routes = Routes("/api/v4/customers")


class ModeIn(msgspec.Struct):
    mode: Mode
    is_enabled: bool = True


class StatusIn(msgspec.Struct, kw_only=True):
    name: Name
    sort: Int4 | None = None
    color: str | None = None
    request_id: str | None = None


class StatusChange(msgspec.Struct, kw_only=True):
    name: Name | None = None
    sort: Int4 | None = None
    color: str | None = None


class CustomerStatus(msgspec.Struct, kw_only=True):
    id: int
    name: str
    sort: int
    is_default: bool
    conditions: list[Any]
    color: str
    type: int
    account_id: int
    links: hal.Self = msgspec.field(name="_links")


class MadeStatus(msgspec.Struct, kw_only=True):
    id: int
    request_id: str
    links: hal.Self = msgspec.field(name="_links")


@routes.on("PATCH", "/mode", admin=True, body=ModeIn, answer=ModeIn)
async def set_customers_mode(asked: Asked, given: ModeIn) -> ModeIn:
    """By periods, by segments, or not at all."""
    await actions.set_mode(asked.db, asked.by, given.mode, given.is_enabled, asked.account.language)
    asked.changed()
    return given


@routes.on("GET", "/statuses", answer=Items("statuses", CustomerStatus))
async def list_customer_statuses(asked: Asked) -> dict[str, Any] | None:
    """Every status, in their order."""
    by_periods(asked)
    rows = [shown(asked, row) for row in await customer_statuses.all_of(asked.db, asked.account_id)]
    return hal.listed(asked.url(asked.path), "statuses", rows) if rows else None


@routes.on("GET", "/statuses/{id}", answer=CustomerStatus)
async def get_customer_status(asked: Asked, status_id: int) -> CustomerStatus:
    """One status."""
    by_periods(asked)
    for row in await customer_statuses.all_of(asked.db, asked.account_id):
        if row["id"] == status_id:
            return shown(asked, row)
    raise NotFound("There is no such status.")


@routes.on("POST", "/statuses", admin=True, body=list[StatusIn], answer=Items("statuses", MadeStatus))
async def add_customer_statuses(asked: Asked, batch: list[StatusIn]) -> dict[str, Any]:
    """New statuses."""
    by_periods(asked)
    wishes = [{"name": each.name, "sort": each.sort, "color": color_of(each.color) or PLAIN} for each in batch]
    ids = await actions.add(asked.db, asked.by, wishes)
    made = [
        MadeStatus(
            id=status_id,
            request_id=str(index) if given.request_id is None else given.request_id,
            links=asked.link(f"{routes.prefix}/statuses/{status_id}"),
        )
        for index, (status_id, given) in enumerate(zip(ids, batch, strict=True))
    ]
    return hal.listed(asked.url(asked.path), "statuses", made)


@routes.on("PATCH", "/statuses/{id}", admin=True, body=StatusChange, answer=CustomerStatus)
async def change_customer_status(asked: Asked, status_id: int, given: StatusChange) -> CustomerStatus:
    """Another name, place or colour."""
    by_periods(asked)
    return shown(
        asked, await actions.change(asked.db, asked.by, status_id, given.name, given.sort, color_of(given.color))
    )


@routes.on("DELETE", "/statuses/{id}", admin=True, status=204)
async def remove_customer_status(asked: Asked, status_id: int) -> None:
    """One in which nobody stands."""
    by_periods(asked)
    await actions.remove(asked.db, asked.by, status_id)


def color_of(text: str | None) -> str | None:
    """What is no colour is as if it were not given."""
    return text if text and COLOR.fullmatch(text) else None


def by_periods(asked: Asked) -> None:
    if asked.account.customers_mode != "periodicity":
        raise Unprocessable("Customers have statuses where the account works by periods.")


def shown(asked: Asked, row: Any) -> CustomerStatus:
    names = ("id", "name", "sort", "is_default", "color", "type", "account_id")
    return CustomerStatus(
        **{name: row[name] for name in names},
        conditions=[],
        links=asked.link(f"{routes.prefix}/statuses/{row['id']}"),
    )
