"""Integrations and long-lived tokens as the administrator's pages ask for them; and the page of consent."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import msgspec

from trubka.actions import integrations as deeds
from trubka.api import oauth
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said, uuid_of
from trubka.api.routes import Routes
from trubka.db import Row, grants, integrations
from trubka.errors import NotFound, Unprocessable

routes = Routes("/desk")

LONGEST_STATE = 4_000


class NewIntegration(msgspec.Struct):
    name: str
    redirect_uri: str = ""
    uninstall_url: str = ""


class NewToken(msgspec.Struct):
    name: str
    days: int


class Decision(msgspec.Struct):
    client_id: str
    allow: bool
    state: str = ""
    mode: str = ""


@routes.on("GET", "/integrations", auth="session", admin=True, hidden=True)
async def list_integrations(asked: Asked) -> Answer:
    """Those of the account, without their secrets."""
    rows = await integrations.all_of(asked.db, asked.account_id)
    return said({"integrations": [dict(row) for row in rows]})


@routes.on("POST", "/integrations", auth="session", admin=True, body=NewIntegration, hidden=True)
async def add_integration(asked: Asked, given: NewIntegration) -> Answer:
    """A new one; secret and code are shown this once."""
    new = (given.name, given.redirect_uri, given.uninstall_url)
    made = await deeds.add(asked.db, asked.site.secret, asked.by, *new)
    told = {"secret": made.secret, "code": made.code, "code_expires_at": made.code_expires_at}
    return said({"integration": await one(asked, made.id)} | told, 201)


@routes.on("PATCH", "/integrations/{integration:text}", auth="session", admin=True, body=deeds.Change, hidden=True)
async def change_integration(asked: Asked, text: str, change: deeds.Change) -> Answer:
    """Changes what is given; switched off, its tokens end at once."""
    integration_id = uuid_of(text, "integration")
    await deeds.change(asked.db, asked.site.secret, asked.by, integration_id, change)
    asked.changed()
    return said(await one(asked, integration_id))


@routes.on("POST", "/integrations/{integration:text}/secret", auth="session", admin=True, hidden=True)
async def new_secret(asked: Asked, text: str) -> Answer:
    """A new secret; the old one ends."""
    return said({"secret": await deeds.new_secret(asked.db, asked.site.secret, asked.by, uuid_of(text, "integration"))})


@routes.on("POST", "/integrations/{integration:text}/code", auth="session", admin=True, hidden=True)
async def new_code(asked: Asked, text: str) -> Answer:
    """An authorization code, without a page of consent."""
    code, ends = await deeds.add_code(asked.db, asked.by, uuid_of(text, "integration"))
    return said({"code": code, "code_expires_at": ends})


@routes.on("DELETE", "/integrations/{integration:text}", auth="session", admin=True, hidden=True)
async def remove_integration(asked: Asked, text: str) -> None:
    """With all its tokens, at once."""
    await deeds.remove(asked.db, asked.site.secret, asked.by, uuid_of(text, "integration"))
    asked.changed()


async def one(asked: Asked, integration_id: UUID) -> dict[str, Any]:
    rows = await integrations.all_of(asked.db, asked.account_id)
    found = next((dict(row) for row in rows if row["id"] == str(integration_id)), None)
    if found is None:
        raise NotFound("There is no such integration.")
    return found


@routes.on("GET", "/tokens", auth="session", admin=True, hidden=True)
async def list_tokens(asked: Asked) -> Answer:
    """Long-lived tokens, without themselves."""
    return said({"tokens": [dict(row) for row in await grants.long_lived(asked.db, asked.account_id)]})


@routes.on("POST", "/tokens", auth="session", admin=True, body=NewToken, hidden=True)
async def add_token(asked: Asked, given: NewToken) -> Answer:
    """A long-lived token, shown this once."""
    made, text = await oauth.long_lived(asked.site, asked.by, given.name, given.days, asked.base)
    return said({"token": oauth.shown(made), "text": text}, 201)


@routes.on("DELETE", "/tokens/{token:text}", auth="session", admin=True, hidden=True)
async def revoke_token(asked: Asked, text: str) -> None:
    """At once."""
    await deeds.revoke_token(asked.db, asked.by, uuid_of(text, "token"))
    asked.changed()


# Consent.


@routes.on("GET", "/oauth/request", auth="session", hidden=True)
async def consent_request(asked: Asked) -> Answer:
    """What the page of consent tells: who asks, and for what."""
    row = await client(asked, asked.query.text("client_id") or "")
    return said(
        {
            "name": row["name"],
            "client_id": str(row["id"]),
            "redirect_uri": row["redirect_uri"],
            "scopes": list(row["scopes"]),
            "by_admin": asked.me.is_admin,
            "account": {"id": asked.account.id, "name": asked.account.name},
        }
    )


@routes.on("POST", "/oauth/decision", auth="session", body=Decision, hidden=True)
async def decide(asked: Asked, given: Decision) -> Answer:
    """Where the browser goes with the answer. A page where scripts of others run may not consent for its user."""
    asked.whole()
    row = await client(asked, given.client_id)
    if not row["redirect_uri"]:
        raise Unprocessable("This integration has no redirect address: an administrator can give it one.")
    if len(given.state) > LONGEST_STATE:
        raise Unprocessable(f"The state may have {LONGEST_STATE} characters at most.")
    words: dict[str, str] = {}
    if given.allow:
        code, _ = await deeds.add_code(asked.db, asked.by, row["id"])
        words = {"code": code, "referer": urlsplit(asked.base).netloc}
    else:
        words = {"error": "access_denied"}
    if given.state:
        words["state"] = given.state
    if given.allow:
        words |= {"platform": platform_of(asked.account.language), "client_id": str(row["id"])}
    return said({"redirect": with_words(row["redirect_uri"], words)})


def platform_of(language: str) -> Literal["1", "2"]:
    """1 is amocrm.ru, 2 its international sister."""
    return "1" if language == "ru" else "2"


def with_words(url: str, words: dict[str, str]) -> str:
    return url + ("&" if "?" in url else "?") + urlencode(words, quote_via=quote)


async def client(asked: Asked, text: str) -> Row:
    row = await integrations.get(asked.db, asked.account_id, uuid_of(text, "integration"))
    if row is None or not row["is_active"]:
        raise NotFound("There is no such integration in this company, or it is switched off.")
    return row
