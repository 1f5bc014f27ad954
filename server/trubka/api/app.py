"""The web server's application: finds the endpoint, asks who calls, reads the body, answers or refuses."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast, get_args, get_origin

import msgspec
import structlog

from trubka.api import cookies, loose, problem, signed
from trubka.api.asked import HAL, JSON, PROBLEM, Answer, Asked, Session, Site
from trubka.api.query import Query
from trubka.api.routes import Endpoint, Tree
from trubka.db import sessions, users
from trubka.errors import (
    Forbidden,
    MethodNotAllowed,
    NotFound,
    OutOfRange,
    Refused,
    TooLarge,
    Trouble,
    Unauthorized,
)
from trubka.rules.rights import Me, Rights

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

WIRE = "trubka.wire"  # the extension of ASGI by which a socket is written to directly: cli/sockets.py
LONGEST_QUERY = 50_000
STALL_SECONDS = 120  # a listener who takes nothing for so long has gone; a player that pauses asks again

log = structlog.get_logger()
encode = msgspec.json.Encoder().encode
slashes = re.compile(r"/{2,}")
raw_bytes = re.compile(rb"[^\x00-\x7f]")
host_like = re.compile(r"[A-Za-z0-9.\-:\[\]_]+")


class Api:
    """An ASGI application of our endpoints."""

    def __init__(self, site: Site, endpoints: list[Endpoint]) -> None:
        self.site = site
        self.tree = Tree(endpoints)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        try:
            answer = await self._answer(scope, receive)
        except Refused as refused:
            answer = refusal(refused, scope["path"])
        except (ClientGone, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("request failed", method=scope["method"], path=scope["path"], request_id=request_id)
            answer = Answer(problem.UNEXPECTED, 500, PROBLEM)
        if answer.pieces is not None:
            await stream(receive, send, scope["method"], answer, request_id)
        else:
            await respond(send, scope["method"], answer, request_id)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What refuses a request refuses a hand-shake, in the same words."""
        await receive()  # websocket.connect
        try:
            asked = self._asked({**scope, "method": "SOCKET"})
            endpoint, values = self._endpoint(asked)
            await self._who(asked, endpoint)
            await endpoint.do(asked, *values, scope["extensions"][WIRE], receive, send)
        except Refused as refused:
            await respond(send, "GET", refusal(refused, scope["path"]), secrets.token_hex(8), "websocket.http.response")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        asked = self._asked(scope)
        endpoint, values = self._endpoint(asked)
        await self._who(asked, endpoint)
        if endpoint.body is not None or asked.headers.get("transfer-encoding") or asked.headers.get("content-length"):
            asked.raw = await body_of(asked, receive)
        if endpoint.body is not None:
            form = asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            asked.form = form
            values.append(read_body(endpoint, asked.raw, form))
        found = await endpoint.do(asked, *values)
        if isinstance(found, Answer):
            return found
        return Answer(status=204) if found is None else Answer(found, endpoint.status)

    def _asked(self, scope: Scope) -> Asked:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        raw_query = cast(bytes, scope["query_string"])
        if len(raw_query) > LONGEST_QUERY:
            raise TooLarge("The query string is too long.")
        path = slashes.sub("/", scope["path"]).rstrip("/") or "/"
        return Asked(
            site=self.site,
            method=scope["method"],
            path=path,
            base=base_of(scope, headers),
            headers=headers,
            query=Query(raw_bytes.sub(encoded, raw_query).decode("ascii"), self.site.settings.query_parameters),
            now=int(time.time()),
            address=scope["client"][0] if scope.get("client") else "",
            changes=self.site.hub.changes,
        )

    def _endpoint(self, asked: Asked) -> tuple[Endpoint, list[Any]]:
        found = self.tree.find(asked.path)
        method = "GET" if asked.method == "HEAD" else asked.method
        for methods, values in found:
            if (endpoint := methods.get(method)) is not None:
                return endpoint, values
        if found:
            raise MethodNotAllowed(f"{asked.path} does not take {asked.method}.")
        raise NotFound(f"Cannot {asked.method} {asked.url(asked.path)}")

    async def _who(self, asked: Asked, endpoint: Endpoint) -> None:
        if endpoint.auth == "open":
            return
        bearer = asked.headers.get("authorization", "")
        if endpoint.auth == "signed" and asked.query.text("signature") is not None:
            await self._by_signature(asked)
        elif bearer[:7].lower() == "bearer " and endpoint.auth in ("user", "signed"):
            await self._by_token(asked, bearer[7:].strip())
        else:
            await self._by_session(asked, endpoint)
        if endpoint.admin:
            asked.admin()

    async def _by_token(self, asked: Asked, token: str) -> None:
        claims = asked.claims = await self.site.tokens.claims(token, asked.now)
        self.site.rates.take(str(claims.grant_id), time.monotonic())
        try:
            account = await self.site.known.account(claims.account_id)
        except NotFound:
            raise Unauthorized() from None
        if str(claims.grant_id) in account.revoked:
            raise Unauthorized()
        row = await users.acting(asked.db, account.id, claims.user_id, claims.grant_id)
        if row is None:
            raise Unauthorized()
        if (instead := asked.headers.get("x-context-user-id")) is not None:
            # On behalf of another user: only for an administrator's token, and never for a free user.
            other = int(instead) if instead.isascii() and instead.isdigit() and len(instead) < 19 else 0
            row = await users.acting(asked.db, account.id, other, None) if row["is_admin"] else None
            if row is None or row["is_free"]:
                raise Unauthorized(hint="X-Context-User-ID names no user whose rights this token may use")
        asked.acts(account, me_of(account.id, row))

    async def _by_signature(self, asked: Asked) -> None:
        """A link for players, which send no header: whose it is, and for how long. The rights are those of now."""
        account_id, user_id = signed.read(self.site.secret, asked.path, asked.query.text("signature") or "", asked.now)
        try:
            account = await self.site.known.account(account_id)
        except NotFound:
            raise Unauthorized() from None
        row = await users.acting(asked.db, account.id, user_id, None)
        if row is None:
            raise Unauthorized()
        asked.acts(account, me_of(account.id, row))

    async def _by_session(self, asked: Asked, endpoint: Endpoint) -> None:
        token = cookies.token_of(asked)
        row = await sessions.current(asked.db, hashlib.sha256(token.encode()).digest()) if token else None
        if row is None:
            raise Unauthorized(detail="Sign in first.", hint="No session and no access token")
        cookies.from_our_page(asked)
        if row["stale"]:
            await sessions.touch(asked.db, row["id"], self.site.settings.session_days)
        asked.session = Session(row["id"], row["person_id"], row["account_id"], row["user_id"], row["scope"])
        if row["user_id"] is None:
            if endpoint.auth == "person":
                return
            raise Forbidden("Choose a company first.")
        user = await users.acting(asked.db, row["account_id"], row["user_id"], None)
        if user is None:
            raise Unauthorized()
        account = await self.site.known.account(row["account_id"])
        asked.acts(account, me_of(account.id, user, row["scope"]))


def me_of(account_id: int, row: Any, scope: str = "whole") -> Me:
    return Me(
        account_id=account_id,
        user_id=row["id"],
        is_admin=row["is_admin"],
        group_users=tuple(row["group_users"]),
        rights=msgspec.convert(row["rights"], Rights),
        scope="desk" if scope == "desk" else "whole",
    )


SCHEMES = {"ws": "http", "wss": "https"}


def base_of(scope: Scope, headers: dict[str, str]) -> str:
    """Scheme and host as the client used them; uvicorn has already taken a trusted proxy's word for the scheme."""
    host = headers.get("host", "")
    if not host or not host_like.fullmatch(host):
        server = scope.get("server") or ("127.0.0.1", 80)
        host = f"{server[0]}:{server[1]}"
    return f"{SCHEMES.get(scope['scheme'], scope['scheme'])}://{host}"


def encoded(byte: re.Match[bytes]) -> bytes:
    """Letters that came as they are, which many clients send, in the spelling that is meant."""
    return b"%%%02X" % byte[0][0]


class ClientGone(Exception):
    """The client closed the connection while its request was being read."""


async def body_of(asked: Asked, receive: Receive) -> bytes:
    """The whole body within its limits of size and time."""
    most = asked.site.settings.body_bytes
    length = asked.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise TooLarge(f"A body may have {most} bytes at most.")
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(asked.site.settings.body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                piece = message.get("body", b"")
                size += len(piece)
                if size > most:
                    raise TooLarge(f"A body may have {most} bytes at most.")
                pieces.append(piece)
                if not message.get("more_body"):
                    return b"".join(pieces)
    except TimeoutError:
        raise Slow from None


class Slow(Refused):
    """The body came too slowly."""

    status = 408


def read_body(endpoint: Endpoint, raw: bytes, form: bool) -> Any:
    if get_origin(endpoint.body) is list:
        return loose.items(raw, form, get_args(endpoint.body)[0], endpoint.most)
    if endpoint.body is bytes:
        return raw
    if endpoint.strict:
        return loose.strictly(raw, endpoint.body)
    return loose.one(raw, form, endpoint.body)


def refusal(refused: Refused, path: str) -> Answer:
    headers: list[tuple[str, str]] = []
    if (wait := getattr(refused, "retry_seconds", None)) is not None:
        headers.append(("retry-after", str(wait)))
    if isinstance(refused, OutOfRange):
        headers.append(("content-range", f"bytes */{refused.file_bytes}"))
    if path.lstrip("/").startswith("private/"):
        return Answer(problem.legacy_of(refused), refused.status, JSON, headers)
    return Answer(problem.body_of(refused), refused.status, PROBLEM, headers)


async def respond(send: Send, method: str, answer: Answer, request_id: str, kind: str = "http.response") -> None:
    body = b""
    if answer.body is not None:
        body = answer.body if isinstance(answer.body, bytes) else encode(answer.body)
    headers = [(b"x-request-id", request_id.encode())]
    if answer.body is not None:
        headers.append((b"content-type", answer.media.encode()))
    if answer.status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    headers.extend((name.encode(), value.encode("latin-1")) for name, value in answer.headers)
    await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": b"" if method == "HEAD" else body})


async def stream(receive: Receive, send: Send, method: str, answer: Answer, request_id: str) -> None:
    """A file, piece by piece, each read when the one before it was taken. When the store fails in the middle, or the
    listener stalls, the answer stays unfinished and the connection is closed: nobody takes a part for the whole."""
    assert answer.pieces is not None
    headers = [(b"x-request-id", request_id.encode()), (b"content-type", answer.media.encode())]
    headers.append((b"content-length", str(answer.length).encode()))
    headers.extend((name.encode(), value.encode("latin-1")) for name, value in answer.headers)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if method == "HEAD":
        await send({"type": "http.response.body", "body": b""})
        return
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(sent(send, answer.pieces, request_id))
        watching = group.create_task(gone(receive))
        await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
        sending.cancel()
        watching.cancel()


async def sent(send: Send, pieces: AsyncIterator[bytes], request_id: str) -> None:
    try:
        async for piece in pieces:
            async with asyncio.timeout(STALL_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        return
    except Trouble as trouble:
        log.warning("a file broke off", why=str(trouble), request_id=request_id)
        return
    await send({"type": "http.response.body", "body": b""})


async def gone(receive: Receive) -> None:
    """Until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


__all__ = ["HAL", "JSON", "Api"]
