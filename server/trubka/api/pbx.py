"""The door for PBXes that speak HTTP: they ask who shall ring, and tell what happens to calls."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import time
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
import structlog

from trubka import pbx as pbx_kinds
from trubka.actions import conversations as deeds
from trubka.actions import pbxes
from trubka.api import loose
from trubka.api.asked import JSON, Answer, Asked
from trubka.api.known import Pbx
from trubka.api.routes import Routes
from trubka.api.routing import found_for, number
from trubka.db import Row, conversations
from trubka.errors import Forbidden, Refused, Unauthorized, Unavailable
from trubka.rules.calls import Direction, Shown, may_see
from trubka.rules.entities import Entity
from trubka.rules.phones import digits_of, tail_of
from trubka.rules.rights import may_card
from trubka.rules.signals import ByCall, HungUp

routes = Routes()

ANSWER_SECONDS = 0.25
APART_SECONDS = 300  # a PBX's clock and ours; an older request is refused, a younger one is taken once
MOST_SIGNALS = 100  # in one request
MOST_FIELDS = 100  # of a form
LONGEST_ID = 200
LONGEST_NUMBER = 60
TEXT = "text/plain"

OLDEST_SECONDS = 7 * 86_400  # a signal that is told later says nothing to anybody
LONGEST_LINK = 2_000
LARGEST_CAUSE = 999  # Q.850 ends at 127; some PBXes tell a status of SIP instead
MOST_CALLS = 20  # on one extension
OUR_SITES = ("same-origin", "none")

log = structlog.get_logger()


class OnExtension(msgspec.Struct):
    """A call that rings there, or that it talks in."""

    id: int
    state: str
    direction: str
    phone: str | None
    line: str | None
    started_at: int
    entity_type: str | None
    entity_id: int | None


class State(msgspec.Struct):
    extension: str
    calls: list[OnExtension]


@routes.on("GET", "/pbx/route", auth="open", query=("caller", "dialled", "id"), answer=str, media=TEXT)
async def route(asked: Asked) -> Answer:
    """One line for a dialplan: `PJSIP/101&PJSIP/201,20|PJSIP/102,15|queue:sales`. Empty: the PBX goes its own way."""
    key_id, secret = given(asked)
    told: bytes | None = None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            pbx = proved(await asked.site.known.pbx(key_id), secret)
            told = await answer(asked, pbx)
            await heard(asked, pbx)
    except (TimeoutError, Unavailable):
        if told is None:
            told = fallback(asked, key_id, secret)
    return Answer(told, media=TEXT)


class Told(msgspec.Struct):
    """What a PBX sends to /pbx/events."""

    signals: Annotated[list[ByCall], msgspec.Meta(min_length=1, max_length=MOST_SIGNALS)]


class Heard(msgspec.Struct):
    heard: int


@routes.on("POST", "/pbx/events", auth="open", body=bytes, answer=Heard, media=JSON)
async def events(asked: Asked, raw: bytes) -> Answer:
    """What happens to calls, in our signals as signed JSON. All of a request is taken, or nothing of it."""
    pbx = await signed(asked, raw)
    signals = loose.exactly(raw, Told).signals
    for signal in signals:
        check(signal, asked.now)
    account = await asked.site.known.account(pbx.account_id)
    mark = bytes.fromhex(asked.headers["x-trubka-signature"])
    await deeds.hear(asked.db, account, pbx.id, signals, asked.now, mark)
    return Answer(Heard(len(signals)), media=JSON)


@routes.on("GET", "/pbx/hook/{key:text}", auth="open", hidden=True)
async def tried(asked: Asked, key: str) -> Answer:
    """Some providers try an address before they trust it, and want to read a word of theirs."""
    found = await asked.site.known.pbx(key)
    if found is None or found.kind not in pbx_kinds.DIALECTS:
        raise no_pbx()
    return Answer((pbx_kinds.dialect(found.kind).echo(asked.query.plain()) or "").encode(), media=TEXT)


@routes.on("POST", "/pbx/hook/{key:text}", auth="open", body=bytes, hidden=True)
async def hook(asked: Asked, key: str, raw: bytes) -> Answer:
    """What a PBX tells in its own words, as a form signed in its own way: pbx/ has a folder for each."""
    found = await asked.site.known.pbx(key)
    if found is None or found.kind not in pbx_kinds.DIALECTS:
        raise no_pbx()
    dialect = pbx_kinds.dialect(found.kind)
    form = form_of(raw)
    if not dialect.signed(asked.headers, form, found.secret):
        raise Unauthorized("No PBX has signed this request.", hint="The secret of the PBX's settings")
    await heard(asked, found)
    told = dialect.signals(form, time.time())
    for signal in told:
        check(signal, asked.now)
    if told:
        account = await asked.site.known.account(found.account_id)
        await deeds.hear(asked.db, account, found.id, told, asked.now)
    return Answer(Heard(len(told)), media=JSON)


def form_of(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refused(f"A form may have {MOST_FIELDS} fields at most.") from None


async def signed(asked: Asked, raw: bytes) -> Pbx:
    """The PBX that has signed this request: HMAC-SHA256 of `time.body` with its secret, in hex."""
    pbx = await asked.site.known.pbx(asked.headers.get("x-trubka-key", ""))
    at, signature = asked.headers.get("x-trubka-time", ""), asked.headers.get("x-trubka-signature", "").lower()
    right = hmac.new(pbx.secret if pbx else b"", f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    if pbx is None or not hmac.compare_digest(right.encode(), signature.encode()):
        raise Unauthorized(
            "No PBX has signed this request.", hint="See X-Trubka-Key, X-Trubka-Time, X-Trubka-Signature"
        )
    if not (at.isascii() and at.isdigit() and len(at) < 12) or abs(int(at) - asked.now) > APART_SECONDS:
        raise Unauthorized("This request was signed too long ago, or by a clock that goes wrong.", hint="X-Trubka-Time")
    await heard(asked, pbx)
    return pbx


async def heard(asked: Asked, pbx: Pbx) -> None:
    """It speaks, whatever it says: at most once in some seconds, so that a busy PBX costs nothing."""
    if asked.site.known.hears(pbx):
        await pbxes.heard(asked.db, pbx.account_id, pbx.id)


def check(signal: ByCall, now: int) -> None:
    """What the rule takes as it is must be of a size that can be kept, and of our time."""
    for name in signal.__struct_fields__:
        value = getattr(signal, name)
        if not isinstance(value, str):
            continue
        if len(value) > (LONGEST_LINK if name == "file" else LONGEST_ID):
            raise Refused(f"{name} is too long.")
        if "\0" in value:
            raise Refused("A NUL character is not accepted.")
    if not signal.call:
        raise Refused("A signal names its call.")
    if isinstance(signal, HungUp) and signal.cause is not None and not 0 <= signal.cause <= LARGEST_CAUSE:
        raise Refused(f"The cause of a hang-up is a number from 0 to {LARGEST_CAUSE}.")
    if not now - OLDEST_SECONDS < signal.at < now + APART_SECONDS:
        raise Refused("The time of a signal lies too far from now.")


@routes.on("GET", "/api/extensions/{extension:text}/state", answer=State, media=JSON)
async def extension_state(asked: Asked, extension: str) -> Answer:
    """Is there a call on this extension now, and of whom."""
    return Answer(await state_of(asked, extension), media=JSON)


@routes.on("GET", "/api/extensions/{extension:text}/state.js", hidden=True)
async def extension_script(asked: Asked, extension: str) -> Answer:
    """The same as a script that calls `callback` (JSONP), for a widget in a page of ours."""
    callback = asked.query.text("callback") or ""
    if not re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$.]{0,100}", callback):
        raise Refused("A callback is the name of a function.")
    # A script of another site must not read what our visitor may see.
    if asked.session is not None and asked.headers.get("sec-fetch-site", "same-origin") not in OUR_SITES:
        raise Forbidden("This is only for pages of ours.")
    told = msgspec.json.encode(await state_of(asked, extension)).replace(b"<", b"\\u003c")
    # The comment in front keeps the answer from being taken for anything but a script.
    body = b"/**/" + callback.encode() + b"(" + told + b");"
    return Answer(body, media="application/javascript", headers=[("x-content-type-options", "nosniff")])


async def state_of(asked: Asked, extension: str) -> State:
    rows = await conversations.on_extension(asked.db, asked.account_id, extension[:LONGEST_NUMBER], MOST_CALLS)
    return State(extension, [call_of(asked, row, extension) for row in rows if may_see(asked.me, shown(row))])


def call_of(asked: Asked, row: Row, number: str) -> OnExtension:
    """With its card as far as I may view it: that a number rings me does not say whose it is."""
    about = shown(row)
    entity = about.entity
    if entity is not None and (about.place is None or not may_card(asked.me, "view", entity, about.place)):
        entity = None
    return OnExtension(
        id=row["id"],
        state="talking" if number in row["details"]["talking"] else "ringing",
        direction=Direction(row["direction"]).name,
        phone=row["number"],
        line=row["line"],
        started_at=row["started_at"],
        entity_type=entity.plural if entity else None,
        entity_id=row["entity_id"] if entity else None,
    )


def shown(row: Row) -> Shown:
    place = None
    if row["card_owner"] is not None:
        pipeline_id, status_id = row["card_status"] or (0, 0)
        place = (row["card_owner"], pipeline_id, status_id)
    entity = Entity(row["entity"]) if row["entity"] else None
    return Shown(tuple(row["user_ids"]), row["user_id"], entity, place)


async def answer(asked: Asked, pbx: Pbx) -> bytes:
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
