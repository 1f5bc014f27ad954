"""Why leads are lost: /api/v4/leads/loss_reasons."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from trubka.actions import loss_reasons as actions
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Items, Routes
from trubka.api.v4.cards import Int4
from trubka.db import loss_reasons
from trubka.errors import NotFound

LONGEST_NAME = 255

routes = Routes("/api/v4/leads/loss_reasons")
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class ReasonIn(msgspec.Struct, kw_only=True):
    name: Name
    sort: Int4 | None = None
    request_id: str | None = None


class ReasonChange(msgspec.Struct, kw_only=True):
    name: Name | None = None
    sort: Int4 | None = None


class Reason(msgspec.Struct, kw_only=True):
    id: int
    name: str
    sort: int
    created_at: int
    updated_at: int
    links: hal.Self = msgspec.field(name="_links")


class MadeReason(Reason, kw_only=True):
    request_id: str


@routes.on("GET", answer=Items("loss_reasons", Reason))
async def list_loss_reasons(asked: Asked) -> dict[str, Any] | None:
    """Every reason, in their order."""
    rows = await loss_reasons.all_of(asked.db, asked.account_id)
    reasons = [Reason(**told(asked, row)) for row in rows]
    return hal.listed(asked.url(asked.path), "loss_reasons", reasons) if reasons else None


@routes.on("GET", "/{id}", answer=Reason)
async def get_loss_reason(asked: Asked, reason_id: int) -> Reason:
    """One reason."""
    for row in await loss_reasons.all_of(asked.db, asked.account_id):
        if row["id"] == reason_id:
            return Reason(**told(asked, row))
    raise NotFound("There is no such reason for a loss.")


@routes.on("POST", admin=True, body=list[ReasonIn], answer=Items("loss_reasons", MadeReason))
async def add_loss_reasons(asked: Asked, batch: list[ReasonIn]) -> dict[str, Any]:
    """New reasons."""
    rows = await actions.add(asked.db, asked.by, [{"name": each.name, "sort": each.sort} for each in batch])
    made = [
        MadeReason(**told(asked, row), request_id=str(index) if given.request_id is None else given.request_id)
        for index, (row, given) in enumerate(zip(rows, batch, strict=True))
    ]
    return hal.listed(asked.url(asked.path), "loss_reasons", made)


@routes.on("PATCH", "/{id}", admin=True, body=ReasonChange, answer=Reason)
async def change_loss_reason(asked: Asked, reason_id: int, given: ReasonChange) -> Reason:
    """Another name or place."""
    return Reason(**told(asked, await actions.change(asked.db, asked.by, reason_id, given.name, given.sort)))


@routes.on("DELETE", "/{id}", admin=True, status=204)
async def remove_loss_reason(asked: Asked, reason_id: int) -> None:
    """Leads keep its number."""
    await actions.remove(asked.db, asked.by, reason_id)


def told(asked: Asked, row: Any) -> dict[str, Any]:
    names = ("id", "name", "sort", "created_at", "updated_at")
    return {name: row[name] for name in names} | {"links": asked.link(f"{routes.prefix}/{row['id']}")}
