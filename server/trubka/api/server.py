"""Puts the web server's parts together: what all requests share, and the application over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from trubka.api import catalogue, reference
from trubka.api.app import Api
from trubka.api.asked import Site
from trubka.api.known import Known
from trubka.api.pages import Marks
from trubka.api.rate import Rates
from trubka.api.tokens import Tokens, make_key
from trubka.api.web import Workspace
from trubka.db import Db, schema
from trubka.live.hub import Hub
from trubka.outside.store import Store
from trubka.settings import Settings


async def site_of(db: Db, settings: Settings) -> Site:
    secret = await schema.secret(db)
    known = Known(db, secret)
    if not any(not key.retired for key in await known.keys()):
        await make_key(db)
        known.forget()
    store = Store(
        settings.recordings_place,
        endpoint=settings.recordings_endpoint,
        region=settings.recordings_region,
        key=settings.recordings_key,
        secret=settings.recordings_secret,
    )
    hub = Hub(db)
    hub.forgets = known.forget
    return Site(db, settings, known, Tokens(known), Marks(), secret, Rates(settings.rate_limit), hub, store)


def over(site: Site) -> Api:
    return Api(site, [*catalogue.all_endpoints(), *reference.routes])


async def application(db: Db, settings: Settings) -> Workspace:
    return Workspace(over(await site_of(db, settings)))


@asynccontextmanager
async def living(site: Site) -> AsyncGenerator[None]:
    """Facts are read and told meanwhile."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(site.hub.run()), group.create_task(site.db.bell.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
