"""Puts the web server's parts together: what all requests share, and the application over it."""

from __future__ import annotations

from trubka.api import catalogue, reference
from trubka.api.app import Api
from trubka.api.asked import Site
from trubka.api.known import Known
from trubka.api.pages import Marks
from trubka.api.rate import Rates
from trubka.api.tokens import Tokens, make_key
from trubka.api.web import Workspace
from trubka.db import Db, schema
from trubka.settings import Settings


async def site_of(db: Db, settings: Settings) -> Site:
    secret = await schema.secret(db)
    known = Known(db, secret)
    if not any(not key.retired for key in await known.keys()):
        await make_key(db)
        known.forget()
    return Site(db, settings, known, Tokens(known), Marks(), secret, Rates(settings.rate_limit))


def over(site: Site) -> Api:
    return Api(site, [*catalogue.all_endpoints(), *reference.routes])


async def application(db: Db, settings: Settings) -> Workspace:
    return Workspace(over(await site_of(db, settings)))
