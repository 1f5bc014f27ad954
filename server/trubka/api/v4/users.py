"""Users and roles, for administrators: /api/v4/users, /api/v4/roles."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import people
from trubka.actions.people import NewUser
from trubka.api import hal, loose, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, Page, Routes
from trubka.api.v4.cards import mark
from trubka.db import roles, users
from trubka.errors import Flaw, FlawedItem, Invalid, NotFound, Unprocessable
from trubka.rules.rights import ALL, NONE, CardRights, Rights, StatusRights, TaskRights

routes = Routes("/api/v4")

MOST_NEW = 10  # users a request
LISTED = ("with", "page", "limit")
T = TypeVar("T")


class StatusLevels(msgspec.Struct, kw_only=True):
    view: str | UnsetType = UNSET
    edit: str | UnsetType = UNSET
    delete: str | UnsetType = UNSET
    export: str | UnsetType = UNSET


class ShownStatus(msgspec.Struct):
    entity_type: str
    pipeline_id: int
    status_id: int
    rights: StatusLevels


class RoleRights(msgspec.Struct, kw_only=True):
    leads: CardRights
    contacts: CardRights
    companies: CardRights
    tasks: TaskRights
    mail_access: bool
    catalog_access: bool
    status_rights: list[ShownStatus] | None


class UserRights(RoleRights, kw_only=True):
    is_admin: bool
    is_free: bool
    is_active: bool
    group_id: int | None
    role_id: int | None


class RoleRef(msgspec.Struct):
    id: int
    name: str
    links: hal.Self = msgspec.field(name="_links")


class GroupRef(msgspec.Struct):
    id: int
    name: str


class UserEmbedded(msgspec.Struct):
    roles: list[RoleRef]
    groups: list[GroupRef]


class User(msgspec.Struct, kw_only=True):
    id: int
    name: str
    email: str
    lang: str
    rights: UserRights
    uuid: str | UnsetType = UNSET
    amojo_id: str | UnsetType = UNSET
    user_rank: str | UnsetType = UNSET
    phone_number: str | UnsetType | None = UNSET
    request_id: str | UnsetType = UNSET
    links: hal.Self = msgspec.field(name="_links")
    embedded: UserEmbedded = msgspec.field(name="_embedded")


class UserIn(msgspec.Struct, kw_only=True):
    name: str
    email: str
    password: str
    lang: str = "ru"
    phone_number: str | None = None
    rights: Any = None
    request_id: str | None = None


class UserId(msgspec.Struct):
    id: int


class Place(msgspec.Struct, kw_only=True):
    """What stands among the rights of a user and is none."""

    is_admin: bool = False
    is_free: bool = False
    group_id: int | None = None
    role_id: int | None = None


class RoleEmbedded(msgspec.Struct):
    users: list[int] | UnsetType = UNSET


class Role(msgspec.Struct, kw_only=True):
    id: int
    name: str
    rights: RoleRights
    request_id: str | UnsetType = UNSET
    links: hal.Self = msgspec.field(name="_links")
    embedded: RoleEmbedded = msgspec.field(name="_embedded")


class RoleIn(msgspec.Struct, kw_only=True):
    name: str | None = None
    rights: Any = None
    request_id: str | None = None


@routes.on("GET", "/users", admin=True, answer=Page("users", User, counted=True), query=LISTED)
async def list_users(asked: Asked) -> Answer | None:
    """The users of the account, a page at a time."""
    part = pages.wanted(asked)
    rows = await users.page(asked.db, asked.account_id, part.limit, part.skip, part.after[1] if part.after else 0)
    total = rows[0]["total"] if rows else 0
    return pages.answer(asked, "users", rows, lambda row: shown(asked, row), mark("id"), total)


@routes.on("GET", "/users/{id}", admin=True, answer=User, query=("with",))
async def get_user(asked: Asked, user_id: int) -> User | None:
    """One user; one that is not there is 204."""
    rows = await users.shown(asked.db, asked.account_id, [user_id])
    return shown(asked, rows[0]) if rows else None


@routes.on("POST", "/users", admin=True, body=list[UserIn], most=MOST_NEW, status=201, answer=Items("users", User))
async def add_users(asked: Asked, batch: list[UserIn]) -> dict[str, Any]:
    """New users, ten at most."""
    keys = keys_of(batch)
    wishes = checked(batch, keys, wish)
    ids = await people.add_users(asked.db, asked.by, wishes)
    asked.changed()
    rows = {row["id"]: row for row in await users.shown(asked.db, asked.account_id, ids)}
    made = [shown(asked, rows[user_id], key) for user_id, key in zip(ids, keys, strict=True)]
    return listed(asked, "users", made)


@routes.on("POST", "/users/activate", admin=True, body=list[UserId], most=MOST_NEW, status=204)
async def activate_users(asked: Asked, batch: list[UserId]) -> None:
    """The users may come in again."""
    await people.set_active(asked.db, asked.by, [each.id for each in batch], True)
    asked.changed()


@routes.on("POST", "/users/deactivate", admin=True, body=list[UserId], most=MOST_NEW, status=204)
async def deactivate_users(asked: Asked, batch: list[UserId]) -> None:
    """The users are out at once."""
    await people.set_active(asked.db, asked.by, [each.id for each in batch], False)
    asked.changed()


@routes.on("GET", "/roles", admin=True, answer=Page("roles", Role, counted=True), query=LISTED)
async def list_roles(asked: Asked) -> Answer | None:
    """The roles of the account, a page at a time."""
    part = pages.wanted(asked)
    rows = await roles.all_of(asked.db, asked.account_id)
    later = [row for row in rows if part.after is None or row["id"] > part.after[1]]
    wanted = later[part.skip : part.skip + part.limit]
    return pages.answer(asked, "roles", wanted, lambda row: role(asked, row), mark("id"), len(rows))


@routes.on("GET", "/roles/{id}", admin=True, answer=Role, query=("with",))
async def get_role(asked: Asked, role_id: int) -> Role | None:
    """One role; one that is not there is 204."""
    row = await roles.get(asked.db, asked.account_id, role_id)
    return None if row is None else role(asked, row)


@routes.on("POST", "/roles", admin=True, body=list[RoleIn], status=201, answer=Items("roles", Role))
async def add_roles(asked: Asked, batch: list[RoleIn]) -> dict[str, Any]:
    """New roles."""
    keys = keys_of(batch)
    wishes = checked(batch, keys, new_role)
    ids = await people.add_roles(asked.db, asked.by, wishes)
    asked.changed()
    rows = {row["id"]: row for row in await roles.all_of(asked.db, asked.account_id)}
    return listed(asked, "roles", [role(asked, rows[each], key) for each, key in zip(ids, keys, strict=True)])


@routes.on("PATCH", "/roles/{id}", admin=True, body=RoleIn, status=202, answer=Role)
async def change_role(asked: Asked, role_id: int, change: RoleIn) -> Role:
    """Another name or other rights; rights that are not given stay."""
    row = await roles.get(asked.db, asked.account_id, role_id)
    if row is None:
        raise NotFound("There is no such role.")
    flaws: list[Flaw] = []
    rights = overlaid(msgspec.convert(row["rights"], Rights), change.rights, flaws) if change.rights else None
    if flaws:
        raise Invalid([FlawedItem("0", flaws)])
    await people.change_role(asked.db, asked.by, role_id, change.name, rights)
    asked.changed()
    row = await roles.get(asked.db, asked.account_id, role_id)
    if row is None:
        raise Unprocessable("The role has been deleted meanwhile.")
    return role(asked, row)


@routes.on("DELETE", "/roles/{id}", admin=True, status=204)
async def delete_role(asked: Asked, role_id: int) -> None:
    """A role that nobody has."""
    await people.delete_role(asked.db, asked.by, role_id)
    asked.changed()


def keys_of(batch: Sequence[UserIn] | Sequence[RoleIn]) -> list[str]:
    return [str(index) if each.request_id is None else each.request_id for index, each in enumerate(batch)]


In = TypeVar("In", UserIn, RoleIn)


def checked(batch: Sequence[In], keys: list[str], read: Callable[[In, str, list[Flaw]], T]) -> list[T]:
    """What each item wishes, or all that is wrong with them."""
    flawed: list[FlawedItem] = []
    found: list[T] = []
    for each, key in zip(batch, keys, strict=True):
        flaws: list[Flaw] = []
        found.append(read(each, key, flaws))
        if flaws:
            flawed.append(FlawedItem(key, flaws))
    if flawed:
        raise Invalid(flawed)
    return found


def wish(user: UserIn, key: str, flaws: list[Flaw]) -> NewUser:
    """A role, or being free, makes the rights of one's own say nothing. Without any rights a user has all of them;
    of rights that are given what is left out is denied."""
    given: Any = user.rights or {}
    place = Place(**loose.part(Place, given, "rights", flaws))
    return NewUser(
        name=user.name,
        email=user.email,
        lang=user.lang,
        phone_number=user.phone_number,
        password=user.password,
        group_id=place.group_id,
        role_id=place.role_id,
        is_admin=place.is_admin,
        is_free=place.is_free,
        rights=overlaid(NONE, given, flaws) if given and place.role_id is None and not place.is_free else ALL,
        request_id=key,
    )


def new_role(asked: RoleIn, _key: str, flaws: list[Flaw]) -> tuple[str, Rights]:
    if asked.name is None:
        flaws.append(Flaw("FieldMissing", "name", "This field is missing."))
    return asked.name or "", overlaid(NONE, asked.rights, flaws) if asked.rights else ALL


def overlaid(base: Rights, given: Any, flaws: list[Flaw]) -> Rights:
    """The rights with those parts changed that were given."""
    changed = loose.part(Rights, given, "rights", flaws)
    if flaws:
        return base
    sections = cast(dict[str, Any], given)
    for name in ("leads", "contacts", "companies", "tasks"):
        if name in changed:
            before: CardRights | TaskRights = getattr(base, name)
            section = loose.part(type(before), sections[name], f"rights.{name}", flaws)
            changed[name] = msgspec.structs.replace(before, **section)
    return msgspec.structs.replace(base, **changed)


def shown(asked: Asked, row: Any, request_id: str | UnsetType = UNSET) -> User:
    withs = asked.query.withs()
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"trubka:{asked.account_id}:{row['id']}")
    role_id, group_id = row["role_id"], row["group_id"]
    own = [RoleRef(role_id, row["role_name"], asked.link(f"/api/v4/roles/{role_id}"))] if role_id else []
    return User(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        lang=row["lang"],
        rights=UserRights(
            **parts_of(row["effective"]),
            is_admin=row["is_admin"],
            is_free=row["is_free"],
            is_active=row["is_active"],
            group_id=group_id,
            role_id=role_id,
        ),
        uuid=str(name) if "uuid" in withs else UNSET,
        amojo_id=str(uuid.uuid5(name, "amojo")) if "amojo_id" in withs else UNSET,
        user_rank="newbie" if "user_rank" in withs else UNSET,
        phone_number=row["phone_number"] if "phone_number" in withs else UNSET,
        request_id=request_id,
        links=asked.link(f"/api/v4/users/{row['id']}"),
        embedded=UserEmbedded(
            own if "role" in withs else [],
            [GroupRef(group_id, row["group_name"])] if "group" in withs and group_id else [],
        ),
    )


def role(asked: Asked, row: Any, request_id: str | UnsetType = UNSET) -> Role:
    return Role(
        id=row["id"],
        name=row["name"],
        rights=RoleRights(**parts_of(row["rights"])),
        request_id=request_id,
        links=asked.link(f"/api/v4/roles/{row['id']}"),
        embedded=RoleEmbedded(list(row["users"]) if "users" in asked.query.withs() else UNSET),
    )


def parts_of(stored: Any) -> dict[str, Any]:
    rights = msgspec.convert(stored, Rights)
    statuses = None if rights.status_rights is None else [status(each) for each in rights.status_rights]
    return {name: getattr(rights, name) for name in Rights.__struct_fields__} | {"status_rights": statuses}


def status(each: StatusRights) -> ShownStatus:
    words = {name: word for name in StatusLevels.__struct_fields__ if (word := getattr(each.rights, name)) is not None}
    return ShownStatus(each.entity_type, each.pipeline_id, each.status_id, StatusLevels(**words))


def listed(asked: Asked, name: str, made: Sequence[User] | Sequence[Role]) -> dict[str, Any]:
    return {"_total_items": len(made), "_links": asked.link(asked.path), "_embedded": {name: made}}
