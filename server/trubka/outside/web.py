"""The one door for requests that we send: to public addresses only, within limits of time and size.

A name is resolved here, every address is judged, and the connection goes to the very address that was judged: a name
that points elsewhere a moment later (DNS rebinding) gains nothing. Redirects are not followed unless asked for, and
each hop is judged again. Private networks open only through TRUBKA_PRIVATE_NETWORKS.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import socket
import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpcore

from trubka.errors import CannotStart, Trouble

CONNECTIONS = 100
IDLE_CONNECTIONS = 40
IDLE_SECONDS = 30
RESOLVERS = 16  # names being looked up at the same time: a slow name server of one host holds up no other
LONGEST_URL = 2_000
MOST_ADDRESSES = 8  # of a name, tried in their order
REDIRECTS = frozenset((301, 302, 303, 307, 308))
PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NOT_PUBLIC = (ipaddress.IPv6Network("fec0::/10"), ipaddress.IPv6Network("64:ff9b:1::/48"))  # not known to `is_global`


class Refusal(Trouble):
    """We do not send this: the address is wrong or private."""

    def __init__(self, text: str) -> None:
        super().__init__(text, again=False)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    cut: bool  # there was more than was asked for, or it did not come in time

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class Web:
    """Pooled connections through a guarded door. `private`: the networks that are allowed although not public."""

    def __init__(self, private: Sequence[str] = (), *, trust: ssl.SSLContext | None = None) -> None:
        self.allowed = networks(private)
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or httpcore.default_ssl_context(),
            max_connections=CONNECTIONS,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Door(self.allowed, self._resolvers),
        )

    async def __aenter__(self) -> Web:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def send(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        most_bytes: int = 65_536,
        redirects: int = 0,
    ) -> Answered:
        """The answer, its body cut at `most_bytes`; `Trouble` when there is none in time."""
        until = asyncio.get_running_loop().time() + seconds
        answer = await self._answer(method, url, until, body, headers or {}, redirects)
        try:
            text, cut = await body_of(answer, most_bytes, until)
        finally:
            await answer.aclose()
        return Answered(answer.status, pairs(answer.headers), text, cut)

    @asynccontextmanager
    async def open(
        self, url: str, *, seconds: float, headers: Mapping[str, str] | None = None, redirects: int = 0
    ) -> AsyncGenerator[httpcore.Response]:
        """A GET whose body is read piece by piece, within the same time."""
        until = asyncio.get_running_loop().time() + seconds
        answer = await self._answer("GET", url, until, b"", headers or {}, redirects)
        try:
            async with asyncio.timeout_at(until):
                yield answer
        except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Trouble(f"{shown(url)} has not sent all of it: {error or 'too slow'}.", again=True) from None
        finally:
            await answer.aclose()

    async def _answer(
        self, method: str, url: str, until: float, body: bytes, headers: Mapping[str, str], redirects: int
    ) -> httpcore.Response:
        """The head of the answer, after as many redirects as are allowed, each judged as the first address was."""
        clock = asyncio.get_running_loop().time
        for left in range(redirects, -1, -1):
            parts = checked(url, self.allowed)
            answer = await self._head(request_of(method, parts, body, headers, until - clock()), parts, until)
            place = next((value for key, value in pairs(answer.headers) if key == "location"), "")
            if redirects == 0 or answer.status not in REDIRECTS or not place:
                return answer
            await answer.aclose()
            if left == 0:
                break
            url = redirected(url, place)
            if origin(urlsplit(url)) != origin(parts):  # what was meant for one host is not told to another
                headers = {key: value for key, value in headers.items() if key.lower() != "authorization"}
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "GET", b""
        raise Trouble(f"{shown(url)} is the end of {redirects} redirects, and there are more.", again=False)

    async def _head(self, request: httpcore.Request, parts: SplitResult, until: float) -> httpcore.Response:
        place = f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"
        try:
            async with asyncio.timeout_at(until):
                return await self._pool.handle_async_request(request)
        except (TimeoutError, httpcore.TimeoutException):
            raise Trouble(f"{place} has not answered in time.", again=True) from None
        except httpcore.ConnectError as error:
            raise Trouble(f"{place} cannot be connected to: {error}", again=True) from None
        except httpcore.ProtocolError as error:
            raise Trouble(f"{place} does not speak HTTP: {error}", again=True) from None
        except httpcore.NetworkError as error:
            raise Trouble(f"{place} has closed the connection. {error}".strip(), again=True) from None


async def body_of(answer: httpcore.Response, most_bytes: int, until: float) -> tuple[bytes, bool]:
    """The body, and whether it was cut. The status has come: what the rest would have said is worth no second try."""
    pieces: list[bytes] = []
    left = most_bytes
    try:
        async with asyncio.timeout_at(until):
            async for piece in answer.aiter_stream():
                pieces.append(piece[:left])
                if len(piece) > left:
                    return b"".join(pieces), True
                left -= len(piece)
    except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return b"".join(pieces), True
    return b"".join(pieces), False


class Door(httpcore.AsyncNetworkBackend):
    """Resolves, judges, and connects to what was judged."""

    def __init__(self, allowed: Sequence[Network], resolvers: ThreadPoolExecutor) -> None:
        self._allowed = allowed
        self._resolvers = resolvers
        self._below = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = [address for address in await self._addresses(host, port) if is_open(address, self._allowed)]
        if not found:
            raise Refusal(private_text(host))
        trouble: Exception | None = None
        for address in found[:MOST_ADDRESSES]:
            try:
                return await self._below.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                trouble = error
        assert trouble is not None
        raise trouble

    async def _addresses(self, host: str, port: int) -> list[Address]:
        def look_up() -> list[Address]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found))

        try:
            return await asyncio.get_running_loop().run_in_executor(self._resolvers, look_up)
        except (socket.gaierror, UnicodeError, ValueError) as error:
            raise httpcore.ConnectError(f"the name is not known ({error})") from None

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise Refusal("A socket of this machine is no address of the web.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise CannotStart(f"TRUBKA_PRIVATE_NETWORKS is wrong: {error}.") from None


def is_open(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether one may connect there: a public unicast address, or one that the administrator has allowed. An IPv4
    address that is wrapped into an IPv6 one is judged as what it is."""
    inner = inner_of(address)
    if any(each.version == network.version and each in network for network in allowed for each in (address, inner)):
        return True
    return all(
        each.is_global
        and not each.is_multicast
        and not each.is_reserved
        and not each.is_unspecified
        and not each.is_loopback
        and not each.is_link_local
        and not any(each in network for network in NOT_PUBLIC)
        for each in ((inner,) if wraps(address) else (address, inner))
    )


def wraps(address: Address) -> bool:
    """Whether it is but a spelling of an IPv4 address."""
    return isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped is not None or address in NAT64)


def inner_of(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return address


def checked(url: str, allowed: Sequence[Network]) -> SplitResult:
    """The parts of an address that may be sent to, as far as can be told without asking for its name."""
    if len(url) > LONGEST_URL:
        raise Refusal(f"An address may have {LONGEST_URL} characters at most.")
    if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise Refusal("An address must be of Latin letters, without spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("This is not a web address.") from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or "\\" in url:
        raise Refusal("An address must begin with http:// or https:// and name a host.")
    host = parts.hostname
    if host == "localhost" or host.endswith(".localhost"):
        literal: Address | None = ipaddress.IPv4Address("127.0.0.1")
    else:
        try:
            literal = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            literal = None
    if literal is not None and not is_open(literal, allowed):
        raise Refusal(private_text(host))
    return parts


def redirected(url: str, place: str) -> str:
    """Where a redirect leads. The name and password of the first address go along to the same host alone."""
    try:
        parts, new = urlsplit(url), urlsplit(urljoin(url, place))
        if "@" in parts.netloc and "@" not in new.netloc and origin(new) == origin(parts):
            new = new._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@{new.netloc}")
        return new.geturl()
    except ValueError:
        raise Refusal("It redirects to what is not a web address.") from None


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def private_text(host: str) -> str:
    return f"{host} is not a public address. TRUBKA_PRIVATE_NETWORKS can allow it."


def request_of(
    method: str, parts: SplitResult, body: bytes, headers: Mapping[str, str], seconds: float
) -> httpcore.Request:
    host = parts.netloc.rpartition("@")[2]
    told = {"host": host, "accept": "*/*", "accept-encoding": "identity"}
    told |= {key.lower(): value for key, value in headers.items()}
    if parts.username is not None and "authorization" not in told:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        told["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    if body or method in ("POST", "PUT", "PATCH"):
        told["content-length"] = str(len(body))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    times = dict.fromkeys(("connect", "read", "write", "pool"), max(seconds, 0.001))
    hostname = parts.hostname or ""
    return httpcore.Request(
        method=method,
        url=httpcore.URL(scheme=parts.scheme.encode(), host=hostname.encode(), port=parts.port, target=target.encode()),
        headers=[(key.encode(), value.encode("latin-1")) for key, value in told.items()],
        content=body,
        extensions={"timeout": times},
    )


def pairs(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in headers]


def shown(url: str) -> str:
    """An address as it may stand in a log: no name, password, path or query, since these may be secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(not an address)"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
