"""How calls go, as the settings ask for it: PBXes, lines, working hours, extensions, absence."""

from __future__ import annotations

from typing import Any

import msgspec

from trubka import pbx
from trubka.actions import lines as deeds
from trubka.actions import pbxes as pbx_deeds
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import Routes
from trubka.db import extensions, lines, pbxes
from trubka.errors import Forbidden

routes = Routes("/desk")


class Rings(msgspec.Struct):
    rings: bool


@routes.on("GET", "/routing", auth="session", admin=True, hidden=True)
async def routing(asked: Asked) -> Answer:
    """All that a call's way depends on, but for people."""
    return said(
        {
            "pbxes": [dict(row) for row in await pbxes.all_of(asked.db, asked.account_id)],
            "lines": [dict(row) for row in await lines.all_of(asked.db, asked.account_id)],
            "hours": [dict(row) for row in await lines.schedules(asked.db, asked.account_id)],
            "kinds": sorted(pbx.KINDS),
        }
    )


@routes.on("POST", "/pbxes", auth="session", admin=True, body=pbx_deeds.NewPbx, strict=True, hidden=True)
async def add_pbx(asked: Asked, given: pbx_deeds.NewPbx) -> Answer:
    """A new PBX; its secret is shown this once."""
    return said(await pbx_deeds.add(asked.db, asked.site.secret, asked.by, pbx.KINDS, given), 201)


@routes.on("PATCH", "/pbxes/{id}", auth="session", admin=True, body=pbx_deeds.PbxChange, strict=True, hidden=True)
async def change_pbx(asked: Asked, pbx_id: int, given: pbx_deeds.PbxChange) -> None:
    """Changes what is given."""
    await pbx_deeds.change(asked.db, asked.by, pbx_id, given)


@routes.on("POST", "/pbxes/{id}/secret", auth="session", admin=True, hidden=True)
async def new_secret(asked: Asked, pbx_id: int) -> Answer:
    """A new secret; the old one ends."""
    return said({"secret": await pbx_deeds.new_secret(asked.db, asked.site.secret, asked.by, pbx_id)})


@routes.on("DELETE", "/pbxes/{id}", auth="session", admin=True, hidden=True)
async def remove_pbx(asked: Asked, pbx_id: int) -> None:
    """Only one that nothing belongs to."""
    await pbx_deeds.remove(asked.db, asked.by, pbx_id)


@routes.on("POST", "/lines", auth="session", admin=True, body=deeds.NewLine, strict=True, hidden=True)
async def add_line(asked: Asked, given: deeds.NewLine) -> Answer:
    """A number of ours with its plan."""
    return said({"id": await deeds.add(asked.db, asked.by, given)}, 201)


@routes.on("PATCH", "/lines/{id}", auth="session", admin=True, body=deeds.LineChange, strict=True, hidden=True)
async def change_line(asked: Asked, line_id: int, given: deeds.LineChange) -> None:
    """Changes what is given."""
    await deeds.change(asked.db, asked.by, line_id, given)


@routes.on("DELETE", "/lines/{id}", auth="session", admin=True, hidden=True)
async def remove_line(asked: Asked, line_id: int) -> None:
    """Its calls stay."""
    await deeds.remove(asked.db, asked.by, line_id)


@routes.on("POST", "/hours", auth="session", admin=True, body=deeds.Hours, strict=True, hidden=True)
async def add_hours(asked: Asked, given: deeds.Hours) -> Answer:
    """Working hours that lines go by."""
    return said({"id": await deeds.add_hours(asked.db, asked.by, given)}, 201)


@routes.on("PUT", "/hours/{id}", auth="session", admin=True, body=deeds.Hours, strict=True, hidden=True)
async def change_hours(asked: Asked, hours_id: int, given: deeds.Hours) -> None:
    """All of it anew."""
    await deeds.change_hours(asked.db, asked.by, hours_id, given)


@routes.on("DELETE", "/hours/{id}", auth="session", admin=True, hidden=True)
async def remove_hours(asked: Asked, hours_id: int) -> None:
    """Only hours that no line goes by."""
    await deeds.remove_hours(asked.db, asked.by, hours_id)


@routes.on("GET", "/extensions", auth="session", hidden=True)
async def list_extensions(asked: Asked) -> Answer:
    """How calls reach the colleagues, for everybody transfers calls; mobiles are shown to administrators alone."""
    rows = [dict(row) for row in await extensions.all_of(asked.db, asked.account_id)]
    if not asked.me.is_admin:
        mobile = ("mobile", "fmc")
        rows = [row for row in rows if row["kind"] not in mobile or row["user_id"] == asked.me.user_id]
    absences: list[dict[str, Any]] = [dict(row) for row in await extensions.absences(asked.db, asked.account_id)]
    return said({"extensions": rows, "absences": absences})


@routes.on("PUT", "/extensions/{id}", auth="session", admin=True, body=deeds.Extensions, strict=True, hidden=True)
async def set_extensions(asked: Asked, user_id: int, given: deeds.Extensions) -> None:
    """All devices of a user, in their order."""
    await deeds.set_extensions(asked.db, asked.by, user_id, given.extensions)


@routes.on("PATCH", "/extensions/{id}", auth="session", body=Rings, strict=True, hidden=True)
async def ring_here(asked: Asked, extension_id: int, given: Rings) -> None:
    """Whether a device of one's own rings."""
    await deeds.ring_here(asked.db, asked.by, extension_id, given.rings)


@routes.on("PUT", "/absence/{id}", auth="session", body=deeds.Absence, strict=True, hidden=True)
async def set_absence(asked: Asked, user_id: int, given: deeds.Absence) -> None:
    """Do not disturb, and absence with a deputy: one's own; an administrator sets anybody's."""
    if user_id != asked.me.user_id and not asked.me.is_admin:
        raise Forbidden("Only an administrator may do this.")
    await deeds.set_absence(asked.db, asked.by, user_id, given)
