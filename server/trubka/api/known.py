"""What a process keeps in memory of each account for a second: the account, its fields, its revoked grants; and the
signing keys. A change made here is seen here at once, one made elsewhere within a second; when the database does not
answer, what is known serves for five seconds and then nothing is answered, since a token may have been revoked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from trubka.actions.accounts import account_of
from trubka.actions.secrets import opened
from trubka.db import Db, Row, accounts, pbxes, signing_keys
from trubka.errors import NotFound, Unavailable
from trubka.rules.accounts import Account

FRESH_SECONDS = 1.0
STALE_SECONDS = 5.0
AGAIN_SECONDS = 0.1  # at least between two readings for keys that are not known
MOST_ACCOUNTS = 1_000
MOST_PBXES = 1_000
SUMMARY_SECONDS = 30.0  # how old a summary may be, where
SLOW_SECONDS = 0.2  # it took as long to count; all others are counted anew, since a page asks again when told of a call
MOST_SUMMARIES = 500
HEARD_SECONDS = 10.0  # between two times that a PBX is written down as heard of
FALLBACK_SECONDS = 86_400.0  # how long a line's fall-back serves a PBX while the database is away


class Key(msgspec.Struct, frozen=True):
    id: str
    private_pem: str
    public: RSAPublicKey
    retired: bool


class Pbx(msgspec.Struct, frozen=True):
    """A PBX that asks us, and what its lines do when we have no better answer."""

    account_id: int
    id: int
    kind: str
    secret: bytes
    fallbacks: dict[int, str]  # by the last ten digits


class Summaries:
    """What takes long to count is counted once in a while for the same question of the same rights."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[float, Any]] = {}
        self._counting: dict[bytes, asyncio.Lock] = {}

    async def of(self, question: object, count: Callable[[], Awaitable[Any]]) -> Any:
        key = msgspec.json.encode(question)
        async with self._counting.setdefault(key, asyncio.Lock()):
            now = time.monotonic()
            if (kept := self._kept.get(key)) is None or now - kept[0] > SUMMARY_SECONDS:
                self._kept.pop(key, None)
                kept = now, await count()
                if time.monotonic() - now >= SLOW_SECONDS:
                    self._kept[key] = kept
            answer = kept[1]
        while len(self._kept) > MOST_SUMMARIES:
            oldest = next(iter(self._kept))
            self._kept.pop(oldest)
        self._counting = {key: lock for key, lock in self._counting.items() if lock.locked()}
        return answer


class Known:
    def __init__(self, db: Db, secret: bytes = b"") -> None:
        self._db = db
        self._secret = secret  # of the installation
        self._pbxes: dict[str, tuple[Pbx | None, float]] = {}
        self._heard: dict[int, float] = {}
        self._accounts: dict[int, tuple[Account, float]] = {}
        self.summaries = Summaries()
        self._keys: list[Key] = []
        self._keys_at = 0.0
        # What was begun to be read before a change may be as it was before it: such a reading is not kept.
        self._changes = 0

    async def account(self, account_id: int) -> Account:
        found, read_at = self._accounts.get(account_id, (None, 0.0))
        age = time.monotonic() - read_at
        if found and age < FRESH_SECONDS:
            return found
        changes = self._changes
        try:
            row = await accounts.known(self._db, account_id)
        except Unavailable:
            if found and age < STALE_SECONDS:
                return found
            raise
        if row is None:
            self._accounts.pop(account_id, None)
            raise NotFound("There is no such account.")
        found = account_of(row)
        if changes == self._changes:
            if len(self._accounts) >= MOST_ACCOUNTS:
                self._accounts.clear()
            self._accounts[account_id] = (found, time.monotonic())
        return found

    async def pbx(self, key_id: str) -> Pbx | None:
        """Strangers' keys are asked for each time: what is not there is not remembered."""
        found, read_at = self._pbxes.get(key_id, (None, 0.0))
        if found and time.monotonic() - read_at < FRESH_SECONDS:
            return found
        row = await pbxes.by_key(self._db, key_id)
        if row is None or not row["is_active"]:
            self._pbxes.pop(key_id, None)
            return None
        if len(self._pbxes) >= MOST_PBXES:
            self._pbxes.clear()
        secret = opened(self._secret, row["secret_box"]).encode()
        fallbacks = dict(zip(row["tails"], row["fallbacks"], strict=True))
        found = Pbx(row["account_id"], row["id"], row["kind"], secret, fallbacks)
        self._pbxes[key_id] = (found, time.monotonic())
        return found

    def last_pbx(self, key_id: str) -> Pbx | None:
        """What was known last, when the database cannot be asked: only to send a call its line's own way."""
        found, read_at = self._pbxes.get(key_id, (None, 0.0))
        return found if time.monotonic() - read_at < FALLBACK_SECONDS else None

    def hears(self, pbx: Pbx) -> bool:
        """Whether it is time to write down that a PBX, which has just proved itself, is heard of."""
        now = time.monotonic()
        if now - self._heard.get(pbx.id, -HEARD_SECONDS) < HEARD_SECONDS:
            return False
        if len(self._heard) >= MOST_PBXES:
            self._heard.clear()
        self._heard[pbx.id] = now
        return True

    def forget(self, account_id: int | None = None) -> None:
        """Something of the account was changed in this process: the next question reads it anew."""
        self._changes += 1
        self._keys_at = 0.0
        if account_id is not None:
            self._accounts.pop(account_id, None)

    async def keys(self) -> list[Key]:
        now = time.monotonic()
        if now - self._keys_at > FRESH_SECONDS or not self._keys:
            changes = self._changes
            keys = [key_of(row) for row in await signing_keys.all_of(self._db)]
            if changes != self._changes:
                return keys
            self._keys, self._keys_at = keys, now
        return self._keys

    async def key(self, key_id: str) -> Key | None:
        """A key that another process has just made is found at once, yet strangers' keys cost ten readings a second."""
        asked_at = time.monotonic()
        if (found := await self._key(key_id)) is not None:
            return found
        await asyncio.sleep(max(0.0, self._keys_at + AGAIN_SECONDS - time.monotonic()))
        if self._keys_at < asked_at:
            self._keys_at = 0.0
        return await self._key(key_id)

    async def _key(self, key_id: str) -> Key | None:
        return next((key for key in await self.keys() if key.id == key_id), None)


def key_of(row: Row) -> Key:
    public = serialization.load_pem_public_key(row["public_pem"].encode())
    assert isinstance(public, RSAPublicKey)
    return Key(row["id"], row["private_pem"], public, row["retired"])
