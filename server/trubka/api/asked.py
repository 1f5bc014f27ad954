"""One request as an endpoint sees it: who asks, of which account, with which words; and what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from trubka.actions.audit import By
from trubka.api import hal
from trubka.api.known import Known
from trubka.api.query import Query
from trubka.api.rate import Rates
from trubka.api.tokens import Claims, Tokens
from trubka.db import Db
from trubka.errors import Forbidden
from trubka.live.hub import Hub
from trubka.outside.store import Store
from trubka.rules.accounts import Account
from trubka.rules.rights import Me
from trubka.settings import Settings

HAL = "application/hal+json"
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(slots=True)
class Site:
    """What all requests of a process share."""

    db: Db
    settings: Settings
    known: Known
    tokens: Tokens
    pages: Any  # api/pages.py
    secret: bytes  # of the installation
    rates: Rates
    hub: Hub
    store: Store  # of recordings


@dataclass(slots=True)
class Session:
    id: UUID
    person_id: int
    account_id: int | None
    user_id: int | None
    scope: str


@dataclass(slots=True)
class Asked:
    site: Site
    method: str
    path: str  # without doubled or closing slashes
    base: str  # scheme and host that the client used
    headers: Mapping[str, str]
    query: Query
    now: int  # Unix seconds
    address: str  # the client's
    changes: int = 0  # of rights and sessions that the hub had heard of before it was asked who asks
    raw: bytes = b""
    form: bool = False
    _account: Account | None = None
    _me: Me | None = None
    claims: Claims | None = None
    session: Session | None = None

    @property
    def db(self) -> Db:
        return self.site.db

    @property
    def account(self) -> Account:
        assert self._account is not None, "an open endpoint has no account"
        return self._account

    @property
    def me(self) -> Me:
        assert self._me is not None, "an open endpoint has no user"
        return self._me

    def acts(self, account: Account, me: Me) -> None:
        self._account = account
        self._me = me

    @property
    def account_id(self) -> int:
        return self.account.id

    @property
    def by(self) -> By:
        """Whose deed a change is, for the audit list."""
        return By(self.account.id, self.me.user_id, self.now, self.address)

    def url(self, path: str) -> str:
        return self.base + path

    def page(self, path: str) -> str:
        """The address of a page of ours, to be handed to a person: as the settings say, else as this request came."""
        return (self.site.settings.public_url.rstrip("/") or self.base) + path

    def link(self, path: str) -> hal.Self:
        return hal.link(self.base + path)

    def admin(self) -> None:
        """Only administrators come further."""
        if not self.me.is_admin:
            raise Forbidden("Only an administrator may do this.")
        if self.me.scope == "desk":
            raise Forbidden("Administration is not open to a session of the desk.")

    def whole(self) -> None:
        """Not with a session of the desk, where scripts of others run."""
        if self.session is not None and self.session.scope != "whole":
            raise Forbidden("This is not open to a session of the desk.")

    def changed(self) -> None:
        """The account's own data was changed: this process must know it at once."""
        self.site.known.forget(self.account_id)


@dataclass(slots=True)
class Answer:
    body: Any = None
    status: int = 200
    media: str = HAL
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    pieces: AsyncIterator[bytes] | None = None  # instead of a body: a file as it is read
    length: int = 0  # of all pieces together
