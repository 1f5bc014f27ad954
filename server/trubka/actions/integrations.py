"""Integrations and long-lived tokens: made, changed, switched off. What is secret is shown once and kept sealed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions.audit import By, told
from trubka.actions.secrets import opened, sealed
from trubka.db import Db, Row, accounts, codes, grants, integrations, uninstalls, users
from trubka.errors import NotFound, Refused, Unprocessable

SECRET_BYTES = 48  # 64 characters
CODE_SECONDS = 1_200
LONGEST_NAME = 100
LONGEST_URL = 2_000
LONGEST_HOOK = 1_800  # the signed words come behind it
MOST_INTEGRATIONS = 500
MOST_TOKENS = 500
SHORTEST_DAYS = 1
LONGEST_DAYS = 1_826  # five years
DAY = 86_400


class Made(msgspec.Struct, frozen=True):
    id: UUID
    secret: str
    code: str
    code_expires_at: int


class Change(msgspec.Struct, frozen=True):
    """What is unset stays as it is."""

    name: str | UnsetType = UNSET
    redirect_uri: str | UnsetType = UNSET
    uninstall_url: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


async def add(db: Db, installation: bytes, by: By, name: str, redirect_uri: str = "", uninstall_url: str = "") -> Made:
    """A new integration, with a first authorization code of the user whose deed it is, else of an administrator."""
    check(name, redirect_uri, uninstall_url)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if len(await integrations.all_of(tx, by.account_id)) >= MOST_INTEGRATIONS:
            raise Unprocessable(f"An account may have {MOST_INTEGRATIONS} integrations at most.")
        integration_id = await integrations.add(
            tx,
            by.account_id,
            name.strip(),
            digest(secret),
            sealed(installation, secret),
            redirect_uri,
            uninstall_url,
            by.user_id,
            by.at,
        )
        await told(tx, by, "integration_added", integration_id, name=name.strip(), redirect_uri=redirect_uri)
        code, code_expires_at = await add_code(tx, by, integration_id)
    return Made(integration_id, secret, code, code_expires_at)


async def add_code(db: Db, by: By, integration_id: UUID, user_id: int | None = None) -> tuple[str, int]:
    """(authorization code, when it ends). The account stands in its text, since a code alone must find it."""
    async with db.transaction() as tx:
        row = await found(tx, by, integration_id)
        if not row["is_active"]:
            raise Unprocessable("This integration is switched off.")
        whose = user_id or by.user_id
        if not whose:
            admin = await users.first_administrator(tx, by.account_id)
            if admin is None:
                raise Unprocessable("The account has no administrator yet: add one first.")
            whose = admin["id"]
        code = f"{by.account_id}.{secrets.token_urlsafe(SECRET_BYTES)}"
        await codes.add(tx, by.account_id, digest(code), integration_id, whose, row["redirect_uri"], CODE_SECONDS)
        await told(tx, by, "code_made", integration_id, user_id=whose)
    return code, by.at + CODE_SECONDS


async def change(db: Db, installation: bytes, by: By, integration_id: UUID, change: Change) -> None:
    """Switched off, it is told so, and all its tokens are worth nothing at once, also when it is switched on again."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await found(tx, by, integration_id)
        new = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        whole = {name: new.get(name, row[name]) for name in Change.__struct_fields__}
        check(whole["name"], whole["redirect_uri"], whole["uninstall_url"])
        await integrations.change(tx, by.account_id, integration_id, **whole)
        details = {name: [row[name], value] for name, value in new.items() if row[name] != value}
        if new.get("is_active") is False:
            await tell_of_the_end(tx, installation, by.account_id, row, whole["uninstall_url"])
            await codes.drop_of(tx, by.account_id, integration_id)
            details["tokens_revoked"] = [0, await grants.revoke_all(tx, by.account_id, integration_id)]
        await told(tx, by, "integration_changed", integration_id, changed="tokens", **details)


async def new_secret(db: Db, installation: bytes, by: By, integration_id: UUID) -> str:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    async with db.transaction() as tx:
        box = sealed(installation, secret)
        if not await integrations.set_secret(tx, by.account_id, integration_id, digest(secret), box):
            raise NotFound("There is no such integration.")
        await told(tx, by, "integration_secret_changed", integration_id)
    return secret


async def remove(db: Db, installation: bytes, by: By, integration_id: UUID) -> None:
    """With all its tokens; it is told so, unless it was switched off and knows already."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await found(tx, by, integration_id)
        await tell_of_the_end(tx, installation, by.account_id, row, row["uninstall_url"])
        await integrations.remove(tx, by.account_id, integration_id)
        await told(tx, by, "integration_deleted", integration_id, changed="tokens", name=row["name"])


async def tell_of_the_end(tx: Db, installation: bytes, account_id: int, row: Row, url: str) -> None:
    """Leaves a GET of the integration's uninstall hook for `work`, signed with its secret while we still have it."""
    if not row["is_active"] or not url:
        return
    signed = f"{row['id']}|{account_id}".encode()
    signature = hmac.new(opened(installation, row["secret_box"]).encode(), signed, hashlib.sha256).hexdigest()
    words = {"account_id": account_id, "client_uuid": row["id"], "signature": signature}
    await uninstalls.add(tx, account_id, url + ("&" if "?" in url else "?") + urlencode(words))


async def found(tx: Db, by: By, integration_id: UUID) -> Row:
    row = await integrations.get(tx, by.account_id, integration_id)
    if row is None:
        raise NotFound("There is no such integration.")
    return row


# Long-lived tokens: a grant that is one token.


class LongLived(msgspec.Struct, frozen=True):
    id: UUID
    user_id: int
    name: str
    issued_at: int
    expires_at: int


async def add_token(db: Db, by: By, name: str, days: int, user_id: int | None = None) -> LongLived:
    """With full access when its user is an administrator, else with that user's rights."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise Refused(f"A long-lived token lives {SHORTEST_DAYS} to {LONGEST_DAYS} days.")
    title = name_of(name)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await users.get(tx, by.account_id, user_id or by.user_id)
        if row is None or not row["is_active"]:
            raise NotFound("There is no such user.")
        if len(await grants.long_lived(tx, by.account_id)) >= MOST_TOKENS:
            raise Unprocessable(f"An account may have {MOST_TOKENS} long-lived tokens at most.")
        until = by.at + days * DAY
        grant_id = await grants.add(tx, by.account_id, None, row["id"], row["is_admin"], title, until)
        await told(tx, by, "token_added", grant_id, name=title, days=days, user_id=row["id"])
    return LongLived(grant_id, row["id"], title, by.at, until)


async def revoke_token(db: Db, by: By, grant_id: UUID) -> None:
    async with db.transaction() as tx:
        name = await grants.revoke_long_lived(tx, by.account_id, grant_id)
        if name is None:
            raise NotFound("There is no such token.")
        await told(tx, by, "token_revoked", grant_id, changed="tokens", name=name)


# What may stand in them.


def check(name: str, redirect_uri: str, uninstall_url: str) -> None:
    name_of(name)
    for url, what, longest in (
        (redirect_uri, "redirect address", LONGEST_URL),
        (uninstall_url, "address of the uninstall hook", LONGEST_HOOK),
    ):
        if not url:
            continue
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            raise Refused(f"The {what} is not a URL.") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
            raise Refused(f"The {what} begins with http:// or https:// and has no #.")
        if len(url) > longest or any(ord(letter) <= 32 or letter == "\x7f" for letter in url):
            raise Refused(f"The {what} has at most {longest} characters and no spaces.")


def name_of(name: str) -> str:
    title = name.strip()
    if not title or len(title) > LONGEST_NAME:
        raise Refused(f"A name has 1 to {LONGEST_NAME} characters.")
    return title


def digest(token: str) -> bytes:
    """What the tables keep of a secret: each is random and long, so no slow hash is needed."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
