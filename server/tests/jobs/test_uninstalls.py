"""An integration is told that it was switched off or removed: signed, once, and again when it did not hear."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlsplit

from tests.cast import Cast
from tests.jobs.receiver import receiving
from tests.jobs.test_webhooks import shift_of
from trubka.actions import integrations
from trubka.actions.audit import By
from trubka.actions.integrations import Change, Made
from trubka.api.asked import Site
from trubka.db import Db, uninstalls
from trubka.jobs import uninstalls as jobs
from trubka.jobs.shift import Shift


async def tell_due(shift: Shift) -> None:
    while (row := await uninstalls.claim(shift.db, 30)) is not None:
        await jobs.tell_one(shift, row)


async def rewind(db: Db) -> None:
    await db.run("update uninstalls set due_at = now()")


async def made(db: Db, site: Site, by: By, url: str) -> Made:
    return await integrations.add(db, site.secret, by, "PBX", "", url)


async def test_who_is_switched_off_or_removed_is_told_once(db: Db, site: Site, cast: Cast, now: int):
    by = By(cast.account_id, cast.olga, now)
    async with receiving() as receiver, shift_of(db) as shift:
        one, two = [await made(db, site, by, f"{receiver.url}/end{more}") for more in ("?x=1", "")]
        silent = await made(db, site, by, "")
        await integrations.change(db, site.secret, by, one.id, Change(is_active=False))
        await integrations.change(db, site.secret, by, one.id, Change(name="off already"))
        for each in (one, two, silent):
            await integrations.remove(db, site.secret, by, each.id)
        await tell_due(shift)
        await rewind(db)
        await tell_due(shift)
        assert [came.path.partition("account_id")[0] for came in receiver.came] == ["/end?x=1&", "/end?"]
        for came, each in zip(receiver.came, (one, two), strict=True):
            words = dict(parse_qsl(urlsplit(came.path).query))
            assert (words["account_id"], words["client_uuid"]) == (str(cast.account_id), str(each.id))
            signed = hmac.new(each.secret.encode(), f"{each.id}|{cast.account_id}".encode(), hashlib.sha256)
            assert words["signature"] == signed.hexdigest()
    assert await db.value("select count(*) from uninstalls") == 0


async def test_who_did_not_hear_is_told_again_and_then_no_more(db: Db, site: Site, cast: Cast, now: int):
    by = By(cast.account_id, cast.olga, now)
    async with receiving(lambda came: 404) as receiver, shift_of(db) as shift:
        await integrations.remove(db, site.secret, by, (await made(db, site, by, receiver.url)).id)
        for attempt in (1, 2, 3):
            await tell_due(shift)
            assert len(receiver.came) == attempt, "not before its time"
            await rewind(db)
        await tell_due(shift)
        assert len(receiver.came) == 3
    assert await db.value("select count(*) from uninstalls") == 0


async def test_a_private_address_is_not_asked(db: Db, site: Site, cast: Cast, now: int):
    by = By(cast.account_id, cast.olga, now)
    async with receiving() as receiver, shift_of(db, ()) as shift:
        await integrations.remove(db, site.secret, by, (await made(db, site, by, receiver.url)).id)
        await tell_due(shift)
        assert receiver.came == []
