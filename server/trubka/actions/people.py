"""The people of an account: users, groups and roles. Whoever changes them leaves an administrator who can come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import passwords
from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, groups, people, roles, users
from trubka.errors import Flaw, FlawedItem, Invalid, NotFound, Refused, Unprocessable
from trubka.rules import people as rules
from trubka.rules.rights import ALL, Rights
from trubka.rules.search import folded

LONGEST_TITLE = 100  # of a group or a role
MOST_GROUPS = 500
MOST_ROLES = 500
MOST_USERS = 10_000


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """Without a password they are invited: a link lets them in."""

    name: str
    email: str
    lang: str = "ru"
    phone_number: str | None = None
    group_id: int | None = None  # none or 0: the default department
    role_id: int | None = None
    is_admin: bool = False
    is_free: bool = False
    rights: Rights = ALL
    password: str | None = None
    request_id: str = "0"


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is unset stays as it is."""

    name: str | UnsetType = UNSET
    lang: str | UnsetType = UNSET
    phone_number: str | UnsetType | None = UNSET
    group_id: int | UnsetType | None = UNSET
    role_id: int | UnsetType | None = UNSET
    is_admin: bool | UnsetType = UNSET
    is_free: bool | UnsetType = UNSET
    rights: Rights | UnsetType = UNSET


async def add_users(db: Db, by: By, batch: Sequence[NewUser]) -> list[int]:
    """All or none; what is wrong is told under each one's request_id."""
    hashes = [await passwords.hashed(new.password) if new.password else None for new in batch if sound(new)]
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        refuse([FlawedItem(new.request_id, flaws) for new in batch if (flaws := await flaws_of_new(tx, by, new))])
        keys = [folded(new.email.strip()) for new in batch]
        taken = await users.with_emails(tx, by.account_id, keys)
        doubled = [
            FlawedItem(new.request_id, [Flaw("InvalidValue", "email", "A user with this e-mail is here already.")])
            for place, (new, key) in enumerate(zip(batch, keys, strict=True))
            if key in taken or key in keys[:place]
        ]
        refuse(doubled)
        if len(await users.all_of(tx, by.account_id)) + len(batch) > MOST_USERS:
            raise Unprocessable(f"An account may have {MOST_USERS} users at most.")
        return [await add_user(tx, by, new, made) for new, made in zip(batch, hashes, strict=True)]


async def add_user(tx: Db, by: By, new: NewUser, password_hash: str | None) -> int:
    email = new.email.strip()
    person = await people.get_or_add(tx, email, folded(email), new.name, new.lang, password_hash)
    # Somebody who signs in here already must take the invitation themselves: the password given is not theirs.
    made = password_hash is not None and await people.password_hash(tx, person) == password_hash
    user_id = await users.add(
        tx,
        by.account_id,
        person,
        new.name.strip(),
        email,
        new.lang,
        new.is_admin,
        new.rights,
        by.at,
        joined=made,
        phone_number=new.phone_number or None,
        group_id=new.group_id or None,
        role_id=new.role_id,
        is_free=new.is_free,
    )
    await told(tx, by, "user_added", user_id, changed="users", name=new.name, email=email, is_admin=new.is_admin)
    return user_id


async def change_user(db: Db, by: By, user_id: int, change: UserChange) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await users.get(tx, by.account_id, user_id)
        if row is None:
            raise NotFound("There is no such user.")
        new = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        if "group_id" in new:
            new["group_id"] = new["group_id"] or None
        flaws = flaws_of_change(change) + await flaws_of_places(tx, by, new.get("group_id"), new.get("role_id"))
        refuse([FlawedItem("0", flaws)] if flaws else [])
        whole = {name: new.get(name, row[name]) for name in UserChange.__struct_fields__}
        await users.change(tx, by.account_id, user_id, **whole, now=by.at)
        if "is_admin" in new:
            await keep_an_administrator(tx, by)
        await told(tx, by, "user_changed", user_id, changed="users", **difference(row, new))


async def set_active(db: Db, by: By, ids: list[int], active: bool) -> None:
    """Whoever is switched off is out at once: rights are read from the data on every request."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if missing := set(ids) - await users.existing(tx, by.account_id, ids):
            raise NotFound(f"There is no user {min(missing)}.")
        for user_id in await users.set_active(tx, by.account_id, ids, active, by.at):
            deed = "user_activated" if active else "user_deactivated"
            await told(tx, by, deed, user_id, changed="users")
        await keep_an_administrator(tx, by)


async def keep_an_administrator(tx: Db, by: By) -> None:
    if not await users.has_administrator(tx, by.account_id):
        raise Unprocessable("The last administrator stays: make another user an administrator first.")


# Groups: the default department is 0.


async def add_group(db: Db, by: By, name: str) -> int:
    title = title_of(name)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if len(await groups.all_of(tx, by.account_id)) >= MOST_GROUPS:
            raise Unprocessable(f"An account may have {MOST_GROUPS} groups at most.")
        group_id = await groups.add(tx, by.account_id, title)
        await told(tx, by, "group_added", group_id, changed="groups", name=title)
    return group_id


async def rename_group(db: Db, by: By, group_id: int, name: str) -> None:
    title = title_of(name)
    async with db.transaction() as tx:
        if group_id == 0:
            await groups.rename_default(tx, by.account_id, title)
        elif not await groups.rename(tx, by.account_id, group_id, title):
            raise NotFound("There is no such group.")
        await told(tx, by, "group_changed", group_id, changed="groups", name=title)


async def delete_group(db: Db, by: By, group_id: int) -> None:
    if group_id == 0:
        raise Unprocessable("The default group stays.")
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        moved = await groups.empty(tx, by.account_id, group_id)
        if not await groups.remove(tx, by.account_id, group_id):
            raise NotFound("There is no such group.")
        await told(tx, by, "group_deleted", group_id, changed="groups", users_moved=moved)


# Roles.


async def add_roles(db: Db, by: By, batch: Sequence[tuple[str, Rights]]) -> list[int]:
    ids: list[int] = []
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        for place, (name, rights) in enumerate(batch):
            flaws = rules.rights_flaws(rights)
            refuse([FlawedItem(str(place), flaws)] if flaws else [])
            title = title_of(name)
            ids.append(await roles.add(tx, by.account_id, title, rights))
            await told(tx, by, "role_added", ids[-1], changed="roles", name=title)
        if len(await roles.all_of(tx, by.account_id)) > MOST_ROLES:
            raise Unprocessable(f"An account may have {MOST_ROLES} roles at most.")
    return ids


async def change_role(db: Db, by: By, role_id: int, name: str | None, rights: Rights | None) -> None:
    flaws = rules.rights_flaws(rights) if rights is not None else []
    refuse([FlawedItem("0", flaws)] if flaws else [])
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await roles.get(tx, by.account_id, role_id)
        if row is None:
            raise NotFound("There is no such role.")
        title = row["name"] if name is None else title_of(name)
        await roles.change(tx, by.account_id, role_id, title, row["rights"] if rights is None else rights)
        new: dict[str, Any] = {"name": title} | ({} if rights is None else {"rights": rights})
        await told(tx, by, "role_changed", role_id, changed="roles", **difference(row, new))


async def delete_role(db: Db, by: By, role_id: int) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await roles.get(tx, by.account_id, role_id)
        if row is None:
            raise NotFound("There is no such role.")
        if row["users"]:
            raise Unprocessable("Somebody has this role: give them another one first.")
        await roles.remove(tx, by.account_id, role_id)
        await told(tx, by, "role_deleted", role_id, changed="roles", name=row["name"])


# What is wrong with what was given.


def sound(new: NewUser) -> bool:
    """Only a password that may be taken is worth the time of hashing it."""
    if new.password and (flaw := rules.api_password_flaw(new.password)):
        raise Invalid([FlawedItem(new.request_id, [flaw])])
    return True


async def flaws_of_new(tx: Db, by: By, new: NewUser) -> list[Flaw]:
    found = [
        rules.name_flaw(new.name),
        rules.email_flaw(new.email),
        rules.lang_flaw(new.lang),
        rules.phone_flaw(new.phone_number),
    ]
    places = await flaws_of_places(tx, by, new.group_id, new.role_id)
    return [flaw for flaw in found if flaw] + rules.rights_flaws(new.rights) + places


def flaws_of_change(change: UserChange) -> list[Flaw]:
    found = [
        None if change.name is UNSET else rules.name_flaw(change.name),
        None if change.lang is UNSET else rules.lang_flaw(change.lang),
        None if change.phone_number is UNSET else rules.phone_flaw(change.phone_number),
    ]
    return [flaw for flaw in found if flaw] + ([] if change.rights is UNSET else rules.rights_flaws(change.rights))


async def flaws_of_places(tx: Db, by: By, group_id: int | None, role_id: int | None) -> list[Flaw]:
    flaws: list[Flaw] = []
    if group_id and not await groups.exists(tx, by.account_id, group_id):
        flaws.append(rules.choice("rights.group_id"))
    if role_id is not None and await roles.get(tx, by.account_id, role_id) is None:
        flaws.append(rules.choice("rights.role_id"))
    return flaws


def refuse(items: list[FlawedItem]) -> None:
    if items:
        raise Invalid(items)


def title_of(name: str) -> str:
    title = name.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(f"A name has 1 to {LONGEST_TITLE} characters.")
    return title


def difference(row: Row, new: dict[str, Any]) -> dict[str, Any]:
    """What the audit list tells: each changed value, before and after."""
    after = msgspec.to_builtins(new)
    return {name: [row[name], value] for name, value in after.items() if row[name] != value}
