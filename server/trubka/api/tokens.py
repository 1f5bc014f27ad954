"""Access tokens: JWTs of RS256 that clients decode for `exp`. Verified without a query, once a process."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID, uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from trubka.api.known import Key, Known
from trubka.db import Db, schema, signing_keys
from trubka.errors import Unauthorized

ACCESS_SECONDS = 86_400
LONGEST_TOKEN = 8_192
MOST_TOKENS = 10_000  # kept verified
KEY_BITS = 2_048
MARGIN_SECONDS = 60  # another process may sign with the old key a moment longer


class Claims(msgspec.Struct, frozen=True):
    account_id: int
    user_id: int
    grant_id: UUID
    client_id: str
    expires_at: int


class Grant(msgspec.Struct, frozen=True):
    """What an access token says, before it is signed."""

    account_id: int
    user_id: int
    grant_id: UUID
    client_id: str  # empty for a long-lived token made without an integration
    scopes: list[str]
    api_domain: str
    base_domain: str
    issued_at: int
    expires_at: int
    grant_type: str = "authorization_code"
    token_id: str = ""  # none: the grant is one token


async def sign(known: Known, grant: Grant) -> str:
    """The same grant gives the same token, so that a repeated refresh is answered with the same pair."""
    key = next(key for key in await known.keys() if not key.retired)
    return jwt.encode(
        {
            "aud": grant.client_id,
            "jti": grant.token_id or str(grant.grant_id),
            "iat": grant.issued_at,
            "nbf": grant.issued_at,
            "exp": grant.expires_at,
            "sub": str(grant.user_id),
            "grant_type": grant.grant_type,
            "account_id": grant.account_id,
            "base_domain": grant.base_domain,
            "version": 2,
            "scopes": grant.scopes,
            "user_flags": 0,
            "hash_uuid": str(grant.grant_id),
            "api_domain": grant.api_domain,
        },
        key.private_pem,
        algorithm="RS256",
        headers={"kid": key.id},
    )


class Tokens:
    """Verifies, and remembers what it has verified."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: dict[str, Claims] = {}

    async def claims(self, token: str, now: int) -> Claims:
        claims = self._seen.get(token)
        if claims is None:
            claims = await self._verified(token)
            if len(self._seen) >= MOST_TOKENS:
                self._seen.clear()
            self._seen[token] = claims
        if claims.expires_at <= now:
            raise Unauthorized(hint="Token has expired")
        return claims

    async def _verified(self, token: str) -> Claims:
        if len(token) > LONGEST_TOKEN:
            raise Unauthorized()
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = await self._known.key(str(key_id))
            if key is None:
                raise Unauthorized()
            told: dict[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                options={
                    "verify_aud": False,
                    "verify_exp": False,
                    "require": ["exp", "sub", "jti", "account_id"],
                },
            )
            return Claims(
                account_id=int(told["account_id"]),
                user_id=int(told["sub"]),
                grant_id=UUID(told["hash_uuid"]),
                client_id=str(told.get("aud") or ""),
                expires_at=int(told["exp"]),
            )
        except (jwt.InvalidTokenError, ValueError, KeyError, TypeError):
            raise Unauthorized() from None


async def rotate(db: Db) -> Key:
    """A new key signs from now on; those before verify until the last token that they signed has ended."""
    async with db.transaction() as tx:
        await schema.lock(tx)
        key = await make_key(tx)
        await signing_keys.retire_others(tx, key.id, ACCESS_SECONDS + MARGIN_SECONDS)
    return key


async def make_key(db: Db) -> Key:
    """A new signing key, which signs from now on."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = private.public_key()
    public_pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    key_id = base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
    await signing_keys.add(db, key_id, pem, public_pem)
    return Key(key_id, pem, public, retired=False)
