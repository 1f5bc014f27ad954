"""A code for a grant, a refresh token for the next one. What the real service says of it stands in docs/api.md.

A refresh token is used once. For a minute more it gives the very pair it gave before, for workers of one PBX race: the
next token follows from the old one, and the access token from the next one's time.
"""

from __future__ import annotations

import hmac
import secrets
from uuid import UUID

import msgspec

from trubka.actions.audit import By, told
from trubka.actions.integrations import SECRET_BYTES, digest
from trubka.actions.secrets import following
from trubka.db import Db, Row, codes, grants, integrations, refresh_tokens, users
from trubka.errors import BadGrant

REFRESH_DAYS = 92  # three months
ACCESS_SECONDS = 86_400
GRACE_SECONDS = 60
LONGEST = 1_000  # characters of a code, token or secret

WRONG_CLIENT = "Client authentication failed"
CODE_REVOKED = "Authorization code has been revoked"
TOKEN_REVOKED = "Token has been revoked"  # noqa: S105 a text


class Asking(msgspec.Struct, frozen=True):
    """The token endpoint's words. No redirect address at all is told from an empty one."""

    client_id: str
    client_secret: str
    grant_type: str
    code: str = ""
    refresh_token: str = ""
    redirect_uri: str | None = None


class Pair(msgspec.Struct, frozen=True):
    """What is signed and answered."""

    account_id: int
    grant_id: UUID
    user_id: int
    client_id: str
    scopes: list[str]
    issued_at: int
    refresh_token: str


async def exchange(db: Db, asking: Asking, now: int, *, lenient: bool) -> Pair:
    """An authorization code for the first pair. A second use of the code takes back what the first one gave."""
    account_id = account_in(asking.code)
    if account_id is None:
        raise BadGrant("Authorization code is not valid")
    client = await client_of(db, account_id, asking)
    async with db.transaction() as tx:
        row = await codes.held(tx, account_id, digest(asking.code))
        if row is None or row["integration_id"] != client["id"]:
            raise BadGrant("Authorization code is not valid")
        if row["used"]:
            await grants.revoke(tx, account_id, row["grant_id"])
            await told(tx, By(account_id, row["user_id"], now), "code_used_twice", client["id"], changed="tokens")
        else:
            return await first_pair(tx, asking, client, row, now, lenient)
    raise BadGrant(CODE_REVOKED, status=401)


async def first_pair(tx: Db, asking: Asking, client: Row, code: Row, now: int, lenient: bool) -> Pair:
    account_id = client["account_id"]
    if code["expired"]:
        raise BadGrant("Authorization code has expired", status=401)
    check_redirect(asking, client["redirect_uri"], lenient)
    user = await users.get(tx, account_id, code["user_id"])
    if user is None or not user["is_active"]:
        raise BadGrant(CODE_REVOKED, status=401)
    until = now + ACCESS_SECONDS
    grant_id = await grants.add(tx, account_id, client["id"], user["id"], user["is_admin"], "", until)
    await codes.use(tx, account_id, digest(asking.code), grant_id)
    token = f"{account_id}.{secrets.token_urlsafe(SECRET_BYTES)}"
    await refresh_tokens.add(tx, account_id, digest(token), grant_id, now, REFRESH_DAYS)
    await told(tx, By(account_id, user["id"], now), "grant_added", client["id"], by_admin=user["is_admin"])
    return Pair(account_id, grant_id, user["id"], str(client["id"]), list(client["scopes"]), now, token)


async def refresh(db: Db, installation: bytes, asking: Asking, now: int, *, lenient: bool) -> Pair:
    account_id = account_in(asking.refresh_token)
    if account_id is None:
        raise BadGrant(TOKEN_REVOKED, status=401)
    client = await client_of(db, account_id, asking)
    check_redirect(asking, client["redirect_uri"], lenient)
    old = digest(asking.refresh_token)
    token = f"{account_id}.{following(installation, asking.refresh_token)}"
    async with db.transaction() as tx:
        row = await refresh_tokens.held(tx, account_id, old)
        if row is None or row["integration_id"] != client["id"] or row["revoked"] or not row["may_act"]:
            raise BadGrant(TOKEN_REVOKED, status=401)
        if row["expired"]:
            raise BadGrant("Refresh token has expired", status=401)
        if not row["used"]:
            await refresh_tokens.use(tx, account_id, old)
            await refresh_tokens.add(tx, account_id, digest(token), row["grant_id"], now, REFRESH_DAYS)
            await grants.extend(tx, account_id, row["grant_id"], now + ACCESS_SECONDS)
        elif row["used_for"] > GRACE_SECONDS:
            raise BadGrant(TOKEN_REVOKED, status=401)
        issued_at = await refresh_tokens.issued_at(tx, account_id, digest(token))
        assert issued_at is not None, "a used token has a next one"
    return Pair(account_id, row["grant_id"], row["user_id"], str(client["id"]), list(row["scopes"]), issued_at, token)


async def account_of_refresh_token(db: Db, token: str) -> int:
    """The account of a refresh token that could still be used."""
    account_id = account_in(token)
    row = await refresh_tokens.held(db, account_id, digest(token)) if account_id is not None else None
    if account_id is None or row is None or row["revoked"] or row["expired"] or not row["may_act"]:
        raise BadGrant(TOKEN_REVOKED, status=401)
    if row["used"] and row["used_for"] > GRACE_SECONDS:
        raise BadGrant(TOKEN_REVOKED, status=401)
    return account_id


async def client_of(db: Db, account_id: int, asking: Asking) -> Row:
    try:
        client_id = UUID(asking.client_id)
    except ValueError:
        raise BadGrant(WRONG_CLIENT, status=401) from None
    row = await integrations.get(db, account_id, client_id)
    secret = digest(asking.client_secret)
    if row is None or not hmac.compare_digest(row["secret_hash"], secret) or not row["is_active"]:
        raise BadGrant(WRONG_CLIENT, status=401)
    return row


def check_redirect(asking: Asking, expected: str, lenient: bool) -> None:
    """Exactly as registered. Old PBXs that post a form leave it out."""
    given = asking.redirect_uri
    if lenient and not given:
        return
    if given is None:
        raise BadGrant("Check the `redirect_uri` parameter")
    if given != expected:
        raise BadGrant("Invalid redirect URI")


def account_in(token: str) -> int | None:
    """The account stands before the point; whether the token is one of ours, the table tells."""
    head, point, _ = token.partition(".")
    if not point or len(token) > LONGEST or not (head.isascii() and head.isdigit() and len(head) < 10):
        return None
    return int(head)
