"""The door for PBXes that ask us over HTTP: who shall ring. In 300 ms or not at all."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac

import structlog

from trubka.api.asked import Answer, Asked
from trubka.api.known import Pbx
from trubka.api.routes import Routes
from trubka.api.routing import found_for, number
from trubka.errors import Unauthorized, Unavailable
from trubka.rules.phones import digits_of, tail_of

routes = Routes("/pbx")

ANSWER_SECONDS = 0.25
TEXT = "text/plain"

log = structlog.get_logger()


@routes.on("GET", "/route", auth="open", query=("caller", "dialled", "id"), answer=str, media=TEXT)
async def route(asked: Asked) -> Answer:
    """One line for a dialplan: `PJSIP/101&PJSIP/201,20|PJSIP/102,15|queue:sales`. Empty: the PBX goes its own way."""
    key_id, secret = given(asked)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return Answer(await answer(asked, key_id, secret), media=TEXT)
    except (TimeoutError, Unavailable):
        return Answer(fallback(asked, key_id, secret), media=TEXT)


async def answer(asked: Asked, key_id: str, secret: bytes) -> bytes:
    pbx = proved(await asked.site.known.pbx(key_id), secret)
    account = await asked.site.known.account(pbx.account_id)
    found = await found_for(asked.db, account, pbx.id, number(asked, "caller"), number(asked, "dialled"), asked.now)
    return str(found.route).encode()


def fallback(asked: Asked, key_id: str, secret: bytes) -> bytes:
    """The line's own way, as it was known last; a PBX that has never asked gets none and goes its own."""
    last = asked.site.known.last_pbx(key_id)
    if last is None:
        raise Unavailable("The database does not answer, and nothing is known of this PBX yet.")
    pbx = proved(last, secret)
    log.warning("a call is sent its line's own way", pbx=pbx.id, why="the database does not answer in time")
    return pbx.fallbacks.get(tail_of(digits_of(number(asked, "dialled"))), "").encode()


def given(asked: Asked) -> tuple[str, bytes]:
    """The key and the secret of a PBX, as curl sends them for `user:password`."""
    kind, _, text = asked.headers.get("authorization", "").partition(" ")
    try:
        key_id, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise no_pbx() from None
    if kind.lower() != "basic" or not colon:
        raise no_pbx()
    return key_id, secret.encode()


def proved(pbx: Pbx | None, secret: bytes) -> Pbx:
    if pbx is None or not hmac.compare_digest(pbx.secret, secret):
        raise no_pbx()
    return pbx


def no_pbx() -> Unauthorized:
    return Unauthorized("No PBX has this key and secret.", hint="Use the key and the secret of the PBX's settings")
