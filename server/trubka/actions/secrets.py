"""What the installation's secret makes: boxes that only this installation opens, and tokens that follow from others."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def sealed(installation: bytes, text: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key_for(installation, b"boxes")).encrypt(nonce, text.encode(), None)


def opened(installation: bytes, box: bytes) -> str:
    return AESGCM(key_for(installation, b"boxes")).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], None).decode()


def following(installation: bytes, token: str) -> str:
    """Always the same for the same token, and nobody else can tell it."""
    made = hmac.digest(key_for(installation, b"refresh tokens"), token.encode(errors="replace"), hashlib.sha384)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def key_for(installation: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(installation)
