"""Links that are signed for one user, one address and some minutes: for players, which cannot send a header. What
stands in them is a secret, so no query string is ever logged."""

from __future__ import annotations

import base64
import hashlib
import hmac

from trubka.actions.secrets import key_for
from trubka.errors import Unauthorized

PURPOSE = b"signed links"
MAC_BYTES = 18


def sign(secret: bytes, path: str, account_id: int, user_id: int, until: int) -> str:
    """`ACCOUNT.USER.UNTIL.…`, for the query parameter `signature`."""
    about = f"{account_id}.{user_id}.{until}"
    return f"{about}.{mac(secret, path, about)}"


def read(secret: bytes, path: str, signature: str, now: int) -> tuple[int, int]:
    """(account, user) of a signature that we have made and that is not too old."""
    about, _, given = signature.rpartition(".")
    if not hmac.compare_digest(given.encode(), mac(secret, path, about).encode()):
        raise Unauthorized("This link is wrong.", hint="The signature is not ours")
    account_id, user_id, until = (int(each) for each in about.split("."))
    if until <= now:
        raise Unauthorized("This link is too old.", hint="The signature has expired")
    return account_id, user_id


def mac(secret: bytes, path: str, about: str) -> str:
    made = hmac.digest(key_for(secret, PURPOSE), f"{path}\n{about}".encode(errors="replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(made[:MAC_BYTES]).decode()
