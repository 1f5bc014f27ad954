"""People, groups and roles, as the administrator's pages ask for them."""

from __future__ import annotations

from typing import Any

import msgspec

from trubka.actions import people as deeds
from trubka.actions import sessions as doors
from trubka.actions.people import NewUser, UserChange
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import Routes
from trubka.db import Row, groups, roles, users
from trubka.errors import NotFound
from trubka.rules.rights import ALL, Rights

routes = Routes("/desk")

USER = (
    "id",
    "name",
    "email",
    "lang",
    "phone_number",
    "group_id",
    "role_id",
    "is_admin",
    "is_free",
    "is_active",
    "rights",
    "created_at",
)


COLLEAGUE = ("id", "name", "group_id", "group_name")


class Invited(msgspec.Struct, kw_only=True):
    name: str
    email: str
    lang: str = "ru"
    phone_number: str | None = None
    group_id: int | None = None
    role_id: int | None = None
    is_admin: bool = False
    is_free: bool = False
    rights: Rights = ALL


class GroupName(msgspec.Struct):
    name: str


class NewRole(msgspec.Struct):
    name: str
    rights: Rights


class RoleChange(msgspec.Struct):
    name: str | None = None
    rights: Rights | None = None


@routes.on("GET", "/users", auth="session", admin=True, hidden=True)
async def list_users(asked: Asked) -> Answer:
    """All users of the account."""
    return said({"users": [user_of(row) for row in await users.all_of(asked.db, asked.account_id)]})


@routes.on("GET", "/colleagues", auth="session", hidden=True)
async def list_colleagues(asked: Asked) -> Answer:
    """Who works here, for everybody: a card says whose it is by a name."""
    rows = await users.colleagues(asked.db, asked.account_id)
    return said({"colleagues": [{name: row[name] for name in COLLEAGUE} for row in rows]})


@routes.on("POST", "/users", auth="session", admin=True, body=Invited, hidden=True)
async def invite(asked: Asked, given: Invited) -> Answer:
    """A new user, and the link that invites them."""
    new = NewUser(**msgspec.structs.asdict(given))
    (user_id,) = await deeds.add_users(asked.db, asked.by, [new])
    _, token, _ = await doors.link_for_user(asked.db, asked.by, user_id)
    asked.changed()
    return said({"user": await one_user(asked, user_id), "link": asked.page(f"/link#{token}")}, 201)


@routes.on("PATCH", "/users/{id}", auth="session", admin=True, body=UserChange, hidden=True)
async def change_user(asked: Asked, user_id: int, change: UserChange) -> Answer:
    """Changes what is given."""
    await deeds.change_user(asked.db, asked.by, user_id, change)
    asked.changed()
    return said(await one_user(asked, user_id))


@routes.on("POST", "/users/{id}/deactivate", auth="session", admin=True, hidden=True)
async def deactivate(asked: Asked, user_id: int) -> Answer:
    """Lets a user in no more."""
    await deeds.set_active(asked.db, asked.by, [user_id], False)
    asked.changed()
    return said(await one_user(asked, user_id))


@routes.on("POST", "/users/{id}/activate", auth="session", admin=True, hidden=True)
async def activate(asked: Asked, user_id: int) -> Answer:
    """Lets a user in again."""
    await deeds.set_active(asked.db, asked.by, [user_id], True)
    asked.changed()
    return said(await one_user(asked, user_id))


@routes.on("POST", "/users/{id}/link", auth="session", admin=True, hidden=True)
async def make_link(asked: Asked, user_id: int) -> Answer:
    """A link to hand over: the invitation again, or a new password."""
    kind, token, expires_at = await doors.link_for_user(asked.db, asked.by, user_id)
    return said({"kind": kind, "link": asked.page(f"/link#{token}"), "expires_at": expires_at})


async def one_user(asked: Asked, user_id: int) -> dict[str, Any]:
    row = await users.get(asked.db, asked.account_id, user_id)
    if row is None:
        raise NotFound("There is no such user.")
    return user_of(row)


def user_of(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in USER} | {"joined": row["joined_at"] is not None}


@routes.on("GET", "/groups", auth="session", hidden=True)
async def list_groups(asked: Asked) -> Answer:
    """The default department and the groups."""
    return said({"groups": await groups_of(asked)})


@routes.on("POST", "/groups", auth="session", admin=True, body=GroupName, hidden=True)
async def add_group(asked: Asked, given: GroupName) -> Answer:
    """A new group."""
    group_id = await deeds.add_group(asked.db, asked.by, given.name)
    asked.changed()
    return said(await one_group(asked, group_id), 201)


@routes.on("PATCH", "/groups/{group:text}", auth="session", admin=True, body=GroupName, hidden=True)
async def rename_group(asked: Asked, text: str, given: GroupName) -> Answer:
    """Another name; 0 is the default department."""
    group_id = number_of(text)
    await deeds.rename_group(asked.db, asked.by, group_id, given.name)
    asked.changed()
    return said(await one_group(asked, group_id))


@routes.on("DELETE", "/groups/{group:text}", auth="session", admin=True, hidden=True)
async def delete_group(asked: Asked, text: str) -> None:
    """Its people come to the default department."""
    await deeds.delete_group(asked.db, asked.by, number_of(text))
    asked.changed()


def number_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound("There is no such group.")
    return int(text)


async def groups_of(asked: Asked) -> list[dict[str, Any]]:
    default = await groups.default(asked.db, asked.account_id)
    rows = await groups.all_of(asked.db, asked.account_id)
    return [
        {"id": 0, "name": default["name"], "users": default["users"]},
        *({"id": row["id"], "name": row["name"], "users": row["users"]} for row in rows),
    ]


async def one_group(asked: Asked, group_id: int) -> dict[str, Any]:
    found = next((group for group in await groups_of(asked) if group["id"] == group_id), None)
    if found is None:
        raise NotFound("There is no such group.")
    return found


@routes.on("GET", "/roles", auth="session", admin=True, hidden=True)
async def list_roles(asked: Asked) -> Answer:
    """The roles with their rights."""
    return said({"roles": [role_of(row) for row in await roles.all_of(asked.db, asked.account_id)]})


@routes.on("POST", "/roles", auth="session", admin=True, body=NewRole, hidden=True)
async def add_role(asked: Asked, given: NewRole) -> Answer:
    """A new role."""
    (role_id,) = await deeds.add_roles(asked.db, asked.by, [(given.name, given.rights)])
    asked.changed()
    return said(await one_role(asked, role_id), 201)


@routes.on("PATCH", "/roles/{id}", auth="session", admin=True, body=RoleChange, hidden=True)
async def change_role(asked: Asked, role_id: int, given: RoleChange) -> Answer:
    """Changes what is given."""
    await deeds.change_role(asked.db, asked.by, role_id, given.name, given.rights)
    asked.changed()
    return said(await one_role(asked, role_id))


@routes.on("DELETE", "/roles/{id}", auth="session", admin=True, hidden=True)
async def delete_role(asked: Asked, role_id: int) -> None:
    """Only a role that nobody has."""
    await deeds.delete_role(asked.db, asked.by, role_id)
    asked.changed()


async def one_role(asked: Asked, role_id: int) -> dict[str, Any]:
    row = await roles.get(asked.db, asked.account_id, role_id)
    if row is None:
        raise NotFound("There is no such role.")
    return role_of(row)


def role_of(row: Row) -> dict[str, Any]:
    return {"id": row["id"], "name": row["name"], "rights": row["rights"], "users": len(row["users"])}
