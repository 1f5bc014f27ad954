"""The doors for our own browser: signing in and out, links that work once, sessions, and where a person stands."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from trubka.actions import sessions as doors
from trubka.api import cookies
from trubka.api.asked import JSON, Answer, Asked, Session
from trubka.api.routes import Routes
from trubka.db import accounts, people, sessions, users
from trubka.errors import NotFound, Unauthorized

routes = Routes("/desk")

NOT_KEPT = ("cache-control", "no-store")


class LinkToken(msgspec.Struct):
    token: str


class LinkForm(doors.Form, frozen=True, kw_only=True):
    """What the page of a link sends, with the token of the link."""

    token: str


class SignIn(msgspec.Struct):
    email: str
    password: str


class Choice(msgspec.Struct):
    id: int


class Passwords(msgspec.Struct):
    new_password: str
    password: str = ""


class PersonChange(msgspec.Struct):
    name: str | None = None
    language: str | None = None


@routes.on("GET", "/door", auth="open", hidden=True)
async def door(asked: Asked) -> Answer:
    """What the first page shows."""
    token = cookies.token_of(asked)
    signed_in = bool(token) and await sessions.current(asked.db, doors.digest(token)) is not None
    return said({"first_run": not await accounts.all_of(asked.db), "signed_in": signed_in})


@routes.on("POST", "/sign-in", auth="open", body=SignIn, hidden=True)
async def sign_in(asked: Asked, given: SignIn) -> Answer:
    """E-mail and password open a session."""
    cookies.from_our_page(asked)
    return await entered(asked, await doors.sign_in(asked.db, given.email, given.password, visit_of(asked)))


@routes.on("POST", "/sign-out", auth="open", hidden=True)
async def sign_out(asked: Asked) -> Answer:
    """The session ends; whoever has none is out already."""
    cookies.from_our_page(asked)
    if token := cookies.token_of(asked):
        await doors.sign_out(asked.db, token)
    return Answer(status=204, headers=[cookies.taken(asked), NOT_KEPT])


@routes.on("POST", "/link/look", auth="open", body=LinkToken, hidden=True)
async def link(asked: Asked, given: LinkToken) -> Answer:
    """What a link is for; looking does not use it up. Its token comes in a body, since addresses are logged."""
    row = await doors.seen(asked.db, given.token)
    return said(
        {
            "kind": row["kind"],
            "email": row["email"],
            "name": row["name"],
            "company": row["company"],
            "has_password": row["password_hash"] is not None,
            "expires_at": row["expires_at"],
        }
    )


@routes.on("POST", "/link", auth="open", body=LinkForm, hidden=True)
async def use_link(asked: Asked, form: LinkForm) -> Answer:
    """Comes in by a link."""
    cookies.from_our_page(asked)
    return await entered(asked, await doors.enter(asked.db, form.token, form, visit_of(asked)))


@routes.on("GET", "/me", auth="person", hidden=True)
async def me(asked: Asked) -> Answer:
    """Where the signed-in person stands."""
    return said(await here(asked, session_of(asked)))


@routes.on("POST", "/account", auth="person", body=Choice, hidden=True)
async def choose(asked: Asked, choice: Choice) -> Answer:
    """Goes to another company of this person."""
    session = session_of(asked)
    await doors.choose(asked.db, session.person_id, session.id, choice.id)
    return said(await here(asked, await session_now(asked, cookies.token_of(asked))))


@routes.on("PATCH", "/person", auth="person", body=PersonChange, hidden=True)
async def change_person(asked: Asked, given: PersonChange) -> Answer:
    """One's own name and language."""
    asked.whole()
    session = session_of(asked)
    await doors.change_person(asked.db, session.person_id, given.name, given.language)
    return said(await here(asked, session))


@routes.on("POST", "/password", auth="person", body=Passwords, hidden=True)
async def change_password(asked: Asked, given: Passwords) -> None:
    """One's own password; all other sessions end."""
    asked.whole()
    session = session_of(asked)
    await doors.change_password(
        asked.db, session.person_id, session.id, given.password, given.new_password, asked.address
    )


@routes.on("GET", "/sessions", auth="person", hidden=True)
async def list_sessions(asked: Asked) -> Answer:
    """Where one is signed in."""
    asked.whole()
    session = session_of(asked)
    rows = await sessions.of_person(asked.db, session.person_id)
    return said({"sessions": [{**row, "is_this": row["id"] == str(session.id)} for row in rows]})


@routes.on("DELETE", "/sessions", auth="person", hidden=True)
async def end_others(asked: Asked) -> None:
    """Ends all sessions but this one."""
    asked.whole()
    session = session_of(asked)
    await doors.end_others(asked.db, session.person_id, session.id)


@routes.on("DELETE", "/sessions/{session:text}", auth="person", hidden=True)
async def end_session(asked: Asked, session_id: str) -> None:
    """Ends one of one's own sessions."""
    asked.whole()
    await doors.end(asked.db, session_of(asked).person_id, uuid_of(session_id, "session"))


# What these and the other endpoints of the desk have in common.


def said(body: Any, status: int = 200) -> Answer:
    return Answer(body, status, JSON, [NOT_KEPT])


def session_of(asked: Asked) -> Session:
    assert asked.session is not None, "the endpoint is open to tokens"
    return asked.session


def uuid_of(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"There is no such {what}.") from None


def visit_of(asked: Asked) -> doors.Visit:
    host = (urlsplit(asked.base).hostname or "").rstrip(".")
    settings = asked.site.settings
    return doors.Visit(
        address=asked.address,
        agent=asked.headers.get("user-agent", ""),
        label=host.partition(".")[0],
        # The second name of the workspace is where others' widgets run: nobody administers there.
        scope="desk" if settings.desk_host and host == settings.desk_host.partition(":")[0].lower() else "whole",
        days=settings.session_days,
        now=asked.now,
        old_token=cookies.token_of(asked),
    )


async def entered(asked: Asked, token: str) -> Answer:
    answer = said(await here(asked, await session_now(asked, token)))
    answer.headers.append(cookies.given(asked, token))
    return answer


async def session_now(asked: Asked, token: str) -> Session:
    row = await sessions.current(asked.db, doors.digest(token))
    if row is None:  # ended meanwhile, from another browser
        raise Unauthorized("Sign in first.", hint="No session and no access token")
    return Session(row["id"], row["person_id"], row["account_id"], row["user_id"], row["scope"])


async def here(asked: Asked, session: Session) -> dict[str, Any]:
    """The person, their companies, and the chosen one with the rights there."""
    person = await people.get(asked.db, session.person_id)
    assert person is not None
    told: dict[str, Any] = {
        "person": {name: person[name] for name in ("id", "name", "email", "language")},
        "accounts": [dict(row) for row in await people.accounts_of(asked.db, session.person_id)],
        "account": None,
        "user": None,
        "rights": None,
        "language": person["language"],
        "scope": session.scope,
    }
    if session.account_id is not None and session.user_id is not None:
        account = await accounts.get(asked.db, session.account_id)
        user = await users.get(asked.db, session.account_id, session.user_id)
        acting = await users.acting(asked.db, session.account_id, session.user_id, None)
        if account and user and acting:
            told["account"] = {name: account[name] for name in COMPANY}
            told["user"] = {name: user[name] for name in USER}
            told["rights"] = acting["rights"]
    return told


COMPANY = ("id", "name", "subdomain", "country", "currency", "time_zone", "language", "is_demo")
USER = ("id", "name", "email", "lang", "phone_number", "group_id", "role_id", "is_admin", "is_free")
