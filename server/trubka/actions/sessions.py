"""How people come in: by e-mail and password, or by a link that works once; and how they leave."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from trubka.actions import accounts as companies
from trubka.actions import passwords
from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, attempts, facts, links, people, schema, sessions, users
from trubka.errors import Forbidden, NotFound, Refused, TooMany, Unauthorized, Unprocessable
from trubka.rules import accounts as account_rules
from trubka.rules import people as rules
from trubka.rules.facts import SessionEnded
from trubka.rules.search import folded

TRIES_SECONDS = 900
TRIES_PER_PAIR = 10  # of one login from one address
TRIES_PER_ADDRESS = 60
SLOW_AFTER = 10  # tries of one login, wherever they come from: strangers can slow it down and never lock it
SLOWER_SECONDS = 0.1  # for each try more
SLOWEST_SECONDS = 3.0
TOKEN_BYTES = 32
LINK_SECONDS = {"sign_in": 86_400, "invite": 7 * 86_400, "reset": 86_400, "first_run": 86_400}
LONGEST_AGENT = 300

GONE = "This link is unknown, was used already, or is too old: ask for a new one."


class Visit(msgspec.Struct, frozen=True):
    """Where a person comes from."""

    address: str
    agent: str
    label: str  # the first of the host's name: it may name an account
    scope: str
    days: int
    now: int
    old_token: str = ""  # of the session that ends as the new one begins


class Form(msgspec.Struct, frozen=True):
    """What the page of a link may send; each kind reads its own."""

    name: str = ""
    password: str = ""
    company: str = ""
    email: str = ""
    country: str = "RU"
    language: str = "ru"
    time_zone: str = "Europe/Moscow"
    currency: str = "RUB"


async def sign_in(db: Db, email: str, password: str, visit: Visit) -> str:
    """The token of a new session."""
    key = folded(email.strip())
    await slowed(await count_try(db, key, visit.address))
    person = await people.by_login(db, key)
    known = person["password_hash"] if person else None
    fits = await passwords.fits(known, password[: rules.LONGEST_PASSWORD])
    if person is None or not fits or len(password) > rules.LONGEST_PASSWORD:
        raise Unauthorized("The e-mail or the password is wrong.", hint="Wrong e-mail or password")
    async with db.transaction() as tx:
        await attempts.forgive(tx, *keys_of(key, visit.address))
        return await begin(tx, person["id"], visit)


async def begin(tx: Db, person_id: int, visit: Visit, chosen_id: int | None = None) -> str:
    """A session with a token of its own, whatever the browser had before."""
    if visit.old_token:
        await ended(tx, await sessions.end_by_token(tx, digest(visit.old_token)))
    if chosen_id is None:
        chosen_id = first_choice(await people.accounts_of(tx, person_id), visit.label)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    agent = visit.agent[:LONGEST_AGENT]
    await sessions.add(tx, digest(token), person_id, chosen_id, visit.scope, visit.days, visit.address, agent)
    return token


def first_choice(accounts_of: list[Row], label: str) -> int | None:
    """The account that the host names, else the only one; among several the person chooses."""
    if len(accounts_of) == 1:
        return accounts_of[0]["id"]
    return next((row["id"] for row in accounts_of if row["subdomain"] == label), None)


async def choose(db: Db, person_id: int, session_id: UUID, account_id: int) -> None:
    if account_id not in {row["id"] for row in await people.accounts_of(db, person_id)}:
        raise NotFound("You are in no such company.")
    async with db.transaction() as tx:
        if (left := await sessions.choose(tx, session_id, account_id)) is not None:
            await facts.record(tx, left, [], [SessionEnded(0, int(time.time()), str(session_id))])


async def sign_out(db: Db, token: str) -> None:
    async with db.transaction() as tx:
        await ended(tx, await sessions.end_by_token(tx, digest(token)))


async def end(db: Db, person_id: int, session_id: UUID) -> None:
    async with db.transaction() as tx:
        rows = await sessions.end(tx, person_id, session_id)
        if not rows:
            raise NotFound("There is no such session.")
        await ended(tx, rows)


async def end_others(db: Db, person_id: int, session_id: UUID | None) -> None:
    """All of the person's, but this one."""
    async with db.transaction() as tx:
        await ended(tx, await sessions.end_others(tx, person_id, session_id))


async def ended(tx: Db, rows: Sequence[Row]) -> None:
    """The sockets of these sessions end too, wherever they are."""
    for account_id in sorted({row["account_id"] for row in rows if row["account_id"] is not None}):
        told = [SessionEnded(0, int(time.time()), str(row["id"])) for row in rows if row["account_id"] == account_id]
        await facts.record(tx, account_id, [], told)


async def change_password(db: Db, person_id: int, session_id: UUID, present: str, new: str, address: str) -> None:
    person = await people.get(db, person_id)
    assert person is not None
    await require_password(db, person, present, address)
    made = await taken(new, person["email"])
    async with db.transaction() as tx:
        await people.set_password(tx, person_id, made)
        await end_others(tx, person_id, session_id)
        await links.drop_of(tx, person_id)


async def change_person(db: Db, person_id: int, name: str | None, language: str | None) -> None:
    if name is not None:
        check_name(name)
    if language is not None and language not in account_rules.LANGUAGES:
        raise Refused(f"The language is one of {', '.join(account_rules.LANGUAGES)}.")
    await people.change(db, person_id, name.strip() if name else None, language)


async def require_password(db: Db, person: Row, password: str, address: str) -> None:
    """Somebody at this person's browser, or with their link, must show that they are this person."""
    if person["password_hash"] is None:
        return
    await slowed(await count_try(db, person["email_key"], address))
    if not await passwords.fits(person["password_hash"], password[: rules.LONGEST_PASSWORD]):
        raise Forbidden("The present password is wrong.")
    await attempts.forgive(db, *keys_of(person["email_key"], address))


async def taken(password: str, email: str) -> str:
    if flaw := rules.password_flaw(password, email):
        raise Refused(flaw)
    return await passwords.hashed(password)


# Links.


async def link(db: Db, kind: str, *, person_id: int | None = None, account_id: int | None = None) -> str:
    """The token of a new link: `{base}/link#{token}` is its page."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    await links.add(db, digest(token), kind, person_id, account_id, LINK_SECONDS[kind])
    return token


async def link_for_user(db: Db, by: By, user_id: int) -> tuple[str, str, int]:
    """(kind, token, when it ends): an invitation until they have come, then a new password."""
    async with db.transaction() as tx:
        row = await users.get(tx, by.account_id, user_id)
        if row is None:
            raise NotFound("There is no such user.")
        if not row["is_active"]:
            raise Unprocessable("This user is switched off.")
        kind = "invite" if row["joined_at"] is None else "reset"
        if kind == "reset":
            await belongs_here_only(tx, row["person_id"], by.account_id)
        token = await link(tx, kind, person_id=row["person_id"], account_id=by.account_id)
        await told(tx, by, "link_made", user_id, kind=kind)
    return kind, token, by.at + LINK_SECONDS[kind]


async def belongs_here_only(tx: Db, person_id: int, account_id: int) -> None:
    """One company's administrator does not open the other companies of a person."""
    if any(row["id"] != account_id for row in await people.accounts_of(tx, person_id)):
        raise Unprocessable(
            "This person works in another company too, so only they can change their password, or the one who runs "
            "this installation, from the command line."
        )


async def seen(db: Db, token: str) -> Row:
    """What a link is for. Looking does not use it up: mail and chat programs look."""
    row = await links.open_one(db, digest(token))
    if row is None:
        raise NotFound(GONE)
    return row


async def enter(db: Db, token: str, form: Form, visit: Visit) -> str:
    """Uses the link up; the token of the session that begins."""
    row = await seen(db, token)
    match row["kind"]:
        case "first_run":
            return await first_run(db, token, form, visit)
        case "invite":
            return await accept(db, token, row, form, visit)
        case "reset":
            return await reset(db, token, row, form, visit)
        case _:
            async with db.transaction() as tx:
                await use(tx, token)
                return await begin(tx, row["person_id"], visit, row["account_id"])


async def use(tx: Db, token: str) -> None:
    if not await links.use(tx, digest(token)):
        raise NotFound(GONE)


async def accept(db: Db, token: str, row: Row, form: Form, visit: Visit) -> str:
    """An invitation: a new person sets name and password; one who signs in here already shows theirs."""
    new = row["password_hash"] is None
    if new:
        check_name(form.name)
        made = await taken(form.password, row["email"])
    else:
        await require_password(db, row, form.password, visit.address)
        made = row["password_hash"]
    async with db.transaction() as tx:
        await use(tx, token)
        if await people.password_hash(tx, row["person_id"]) != row["password_hash"]:
            raise NotFound(GONE)  # the password was set meanwhile, by another invitation
        user_id = await users.join(tx, row["account_id"], row["person_id"], visit.now)
        if user_id is None:
            raise NotFound(GONE)
        if new:
            await people.set_password(tx, row["person_id"], made)
            await people.change(tx, row["person_id"], form.name.strip(), None)
            await users.set_name(tx, row["account_id"], user_id, form.name.strip())
        # Whoever else sits in a session of this person shall not come along into this company.
        await end_others(tx, row["person_id"], None)
        by = By(row["account_id"], user_id, visit.now, visit.address)
        await told(tx, by, "user_joined", user_id, changed="users")
        return await begin(tx, row["person_id"], visit, row["account_id"])


async def reset(db: Db, token: str, row: Row, form: Form, visit: Visit) -> str:
    made = await taken(form.password, row["email"])
    async with db.transaction() as tx:
        await use(tx, token)
        if row["account_id"] is not None:
            await belongs_here_only(tx, row["person_id"], row["account_id"])
        await people.set_password(tx, row["person_id"], made)
        await end_others(tx, row["person_id"], None)
        await links.drop_of(tx, row["person_id"])
        return await begin(tx, row["person_id"], visit, row["account_id"])


async def first_run(db: Db, token: str, form: Form, visit: Visit) -> str:
    """An empty installation gets its company and the administrator of it."""
    check_name(form.name)
    if flaw := rules.email_flaw(form.email):
        raise Refused(f"The e-mail is wrong: {flaw.detail}")
    subdomain = account_rules.subdomain_of(form.company)
    places = (form.country, form.currency, form.time_zone)
    flaw = account_rules.flaw_of_words(form.company, form.language) or account_rules.flaw_of_account(subdomain, *places)
    if flaw:
        raise Refused(flaw)
    made = await taken(form.password, form.email)
    async with db.transaction() as tx:
        await schema.lock(tx)
        await use(tx, token)
        if await accounts.all_of(tx):
            raise Unprocessable("There is a company here already: sign in.")
        account_id = await companies.add(
            tx,
            form.company.strip(),
            subdomain,
            now=visit.now,
            country=form.country,
            currency=form.currency,
            time_zone=form.time_zone,
            language=form.language,
        )
        user_id = await companies.add_user(
            tx,
            account_id,
            name=form.name.strip(),
            email=form.email.strip(),
            now=visit.now,
            is_admin=True,
            password_hash=made,
            language=form.language,
        )
        user = await users.get(tx, account_id, user_id)
        assert user is not None
        await people.set_password(tx, user["person_id"], made)
        await told(tx, By(account_id, user_id, visit.now, visit.address), "account_added", account_id)
        return await begin(tx, user["person_id"], visit, account_id)


def check_name(name: str) -> None:
    if flaw := rules.name_flaw(name):
        raise Refused(f"The name is wrong: {flaw.detail}")


# Tries.


async def count_try(db: Db, login: str, address: str) -> int:
    """How many there were of this login. Counted before the password is looked at, so that many at once count too."""
    keys = keys_of(login, address)
    limits = {keys.pair: TRIES_PER_PAIR, keys.address: TRIES_PER_ADDRESS}
    async with db.transaction() as tx:
        await attempts.lock(tx, list(limits))
        found = {row["key"]: row for row in await attempts.recent(tx, list(keys), TRIES_SECONDS)}
        for key, limit in limits.items():
            if key in found and found[key]["tries"] >= limit:
                wait = max(1, TRIES_SECONDS - found[key]["oldest_seconds"])
                raise TooMany(f"Too many tries to sign in: wait {-(-wait // 60)} min and try again.", wait)
        await attempts.add(tx, list(keys))
    return found[keys.login]["tries"] if keys.login in found else 0


async def slowed(tries: int) -> None:
    await asyncio.sleep(min(max(0, tries - SLOW_AFTER) * SLOWER_SECONDS, SLOWEST_SECONDS))


class Keys(NamedTuple):
    pair: str
    login: str
    address: str


def keys_of(login: str, address: str) -> Keys:
    """Hashed: the table shall not tell which logins were tried."""
    network = rules.network_of(address)
    words = (f"login {login} address {network}", f"login {login}", f"address {network}")
    return Keys(*(hashlib.sha256(each.encode(errors="replace")).hexdigest() for each in words))


def digest(token: str) -> bytes:
    """What the tables keep of a token."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


async def tidy(db: Db) -> None:
    """What has ended is thrown away; `work` does this from time to time."""
    await sessions.tidy(db)
    await links.tidy(db)
    await attempts.tidy(db, TRIES_SECONDS)
