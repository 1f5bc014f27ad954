"""OAuth2 as amoCRM's clients speak it: the token endpoint, the account's address, and long-lived tokens."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Any
from urllib.parse import urlsplit

import msgspec

from trubka.actions import integrations, oauth
from trubka.actions.audit import By
from trubka.actions.oauth import ACCESS_SECONDS, Asking, Pair
from trubka.api.asked import JSON, Answer, Asked, Site
from trubka.api.routes import Routes
from trubka.api.tokens import Grant, sign
from trubka.db import accounts
from trubka.errors import BadGrant, NotFound

routes = Routes("/oauth2")


class TokenRequest(msgspec.Struct):
    """JSON, or a form. What a kind of grant needs is checked in the endpoint, in the words of OAuth."""

    client_id: str = ""
    client_secret: str = ""
    grant_type: str = ""
    code: str = ""
    refresh_token: str = ""
    redirect_uri: str | None = None


class TokenPair(msgspec.Struct):
    token_type: str
    expires_in: int
    server_time: int
    access_token: str
    refresh_token: str


class Domain(msgspec.Struct):
    id: int
    subdomain: str
    domain: str
    top_level_domain: str


@routes.on("POST", "/access_token", auth="open", body=TokenRequest, answer=TokenPair, media=JSON)
async def access_token(asked: Asked, given: TokenRequest) -> Answer:
    """A pair of tokens for an authorization code or a refresh token."""
    asking = msgspec.convert(msgspec.structs.asdict(given), Asking)
    lenient = asked.form and asked.raw.lstrip()[:1] not in (b"{", b"[")
    now = asked.now
    if not given.client_id or not given.client_secret:
        raise BadGrant("Check the `client_id` and `client_secret` parameters")
    match given.grant_type:
        case "authorization_code" if given.code:
            pair = await oauth.exchange(asked.db, asking, now, lenient=lenient)
        case "refresh_token" if given.refresh_token:
            pair = await oauth.refresh(asked.db, asked.site.secret, asking, now, lenient=lenient)
        case "authorization_code" | "refresh_token":
            name = "code" if given.grant_type == "authorization_code" else "refresh_token"
            raise BadGrant(f"Check the `{name}` parameter")
        case _:
            raise BadGrant("The authorization grant type is not supported: authorization_code or refresh_token")
    answer = TokenPair(
        token_type="Bearer",  # noqa: S106 the kind of token
        expires_in=max(pair.issued_at + ACCESS_SECONDS - now, 1),
        server_time=now,
        access_token=await sign(asked.site.known, grant_of(asked, pair)),
        refresh_token=pair.refresh_token,
    )
    return Answer(answer, 200, JSON, [("cache-control", "no-store")])


def grant_of(asked: Asked, pair: Pair) -> Grant:
    host = urlsplit(asked.base).netloc
    return Grant(
        account_id=pair.account_id,
        user_id=pair.user_id,
        grant_id=pair.grant_id,
        client_id=pair.client_id,
        scopes=pair.scopes,
        api_domain=host,
        base_domain=base_domain(host),
        issued_at=pair.issued_at,
        expires_at=pair.issued_at + ACCESS_SECONDS,
        # The same pair gives the same token, and another pair another one.
        token_id=hashlib.sha256(pair.refresh_token.encode()).hexdigest()[:32],
    )


@routes.on("GET", "/account/current/subdomain", auth="open", answer=Domain, media=JSON)
async def current_subdomain(asked: Asked) -> Answer:
    """The account's address by a refresh token in X-Refresh-Token: asked by clients whose refresh has failed."""
    account_id = await oauth.account_of_refresh_token(asked.db, asked.headers.get("x-refresh-token", "").strip())
    return Answer(await domain_of(asked, account_id), 200, JSON)


@routes.on("GET", "/account/subdomain", answer=Domain, media=JSON)
async def subdomain(asked: Asked) -> Answer:
    """The account's address by an access token."""
    return Answer(await domain_of(asked, asked.account_id), 200, JSON)


async def domain_of(asked: Asked, account_id: int) -> Domain:
    row = await accounts.get(asked.db, account_id)
    if row is None:
        raise NotFound("There is no such account.")
    host = urlsplit(asked.base).netloc
    return Domain(row["id"], row["subdomain"], host, top_level(host))


def base_domain(host: str) -> str:
    """crm.example of acme.crm.example; an address, or a name that has no part to spare, stays whole."""
    name = host.partition(":")[0]
    return host.partition(".")[2] if not is_address(host) and name.count(".") >= 2 else host


def top_level(host: str) -> str:
    name = host.partition(":")[0]
    return "" if is_address(host) or "." not in name else name.rpartition(".")[2]


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True


async def long_lived(
    site: Site, by: By, name: str, days: int, base: str, user_id: int | None = None
) -> tuple[integrations.LongLived, str]:
    """(what the list shows, the token itself). The deed's user, or another one of the account."""
    made = await integrations.add_token(site.db, by, name, days, user_id)
    site.known.forget()  # signed by the newest key: it shall live as long as this token
    host = urlsplit(base).netloc
    grant = Grant(
        account_id=by.account_id,
        user_id=made.user_id,
        grant_id=made.id,
        client_id="",
        scopes=["crm", "notifications"],
        api_domain=host,
        base_domain=base_domain(host),
        issued_at=made.issued_at,
        expires_at=made.expires_at,
    )
    return made, await sign(site.known, grant)


def shown(made: integrations.LongLived) -> dict[str, Any]:
    return {
        "id": str(made.id),
        "name": made.name,
        "user_id": made.user_id,
        "created_at": made.issued_at,
        "expires_at": made.expires_at,
    }
