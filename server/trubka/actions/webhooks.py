"""Webhooks: an administrator subscribes and unsubscribes; too many bad answers switch one off."""

from __future__ import annotations

import secrets

from trubka.actions import alerts
from trubka.actions.audit import By, told
from trubka.db import Db, Row, accounts, webhooks
from trubka.errors import NotFound, Unprocessable
from trubka.rules import webhooks as rules
from trubka.rules.alerts import Kind, of_webhook
from trubka.rules.webhooks import BAD_SECONDS, GIVEN_UP, MOST_BAD, MOST_WEBHOOKS

SECRET_BYTES = 32
ALERTS: tuple[Kind, ...] = ("webhook_bad", "webhook_off")
MOST_AGAIN = 1_000  # deliveries that are sent again at one word


async def subscribe(db: Db, by: By, destination: str, host: str, settings: list[str], sort: int) -> Row:
    """The same destination again: its settings are replaced, and one that was switched off is on again."""
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        here = await webhooks.all_of(tx, by.account_id)
        if len(here) >= MOST_WEBHOOKS and all(row["destination"] != destination for row in here):
            raise Unprocessable(f"An account may have {MOST_WEBHOOKS} webhooks at most.")
        secret = secrets.token_hex(SECRET_BYTES)
        row = await webhooks.put(tx, by.account_id, destination, host, settings, sort, secret, by.user_id, by.at)
        await alerts.over(tx, by, ALERTS, row["id"])
        await told(tx, by, "webhook_set", row["id"], changed="webhooks", host=host, settings=settings)
    return row


async def unsubscribe(db: Db, by: By, destination: str, host: str) -> None:
    async with db.transaction() as tx:
        webhook_id = await webhooks.remove(tx, by.account_id, destination)
        if webhook_id is None:
            raise NotFound("There is no webhook with this destination.")
        await alerts.over(tx, by, ALERTS, webhook_id)
        await told(tx, by, "webhook_removed", webhook_id, changed="webhooks", host=host)


async def answered_badly(
    db: Db, by: By, webhook_id: int, host: str, delivery: Row, status: int, error: str | None, again: int | None
) -> bool:
    """An attempt that failed is written down and counted in one transaction, so that it counts once whatever happens to
    us. True: that was one bad answer too many, the webhook is switched off, and administrators can see it."""
    async with db.transaction() as tx:
        await webhooks.lock(tx, by.account_id, webhook_id)
        if not await webhooks.sent(tx, by.account_id, delivery["id"], delivery["attempts"], status, error, again):
            return False
        bad = await webhooks.bad(tx, by.account_id, webhook_id, MOST_BAD, BAD_SECONDS)
        if bad is None:
            return False
        details = {"webhook_id": webhook_id, "host": host, "status": status}
        if kind := of_webhook(bad["recent"], bad["disabled"]):
            await alerts.add(tx, by, kind, webhook_id, details)
        if not bad["disabled"]:
            return False
        await alerts.over(tx, by, ["webhook_bad"], webhook_id)
        await webhooks.give_up(tx, by.account_id, webhook_id, GIVEN_UP)
        await told(tx, by, "webhook_disabled", webhook_id, changed="webhooks", host=host)
    return True


# By hand.


async def switch_on(db: Db, by: By, webhook_id: int) -> None:
    """After it was switched off. It is told what comes from now on; what it has missed can be sent from its log."""
    async with db.transaction() as tx:
        row = await webhooks.locked(tx, by.account_id, webhook_id)
        if row is None:
            raise NotFound("There is no such webhook.")
        if await webhooks.switch_on(tx, by.account_id, webhook_id, by.at):
            await alerts.over(tx, by, ALERTS, webhook_id)
            await told(tx, by, "webhook_enabled", webhook_id, changed="webhooks", host=row["host"])


async def send_again(db: Db, by: By, delivery_id: int) -> None:
    """At once, with all its tries; told twice it is sent once."""
    async with db.transaction() as tx:
        found = await webhooks.delivery(tx, by.account_id, delivery_id)
        if found is None:
            raise NotFound("There is no such delivery, or it is too old to be kept.")
        await check_on(tx, by, found["webhook_id"])
        if await webhooks.again(tx, by.account_id, delivery_id):
            await webhooks.wake(tx, by.account_id, found["webhook_id"])
            await told(tx, by, "delivery_sent_again", found["webhook_id"], delivery=delivery_id, event=found["event"])


async def send_failed_again(db: Db, by: By, webhook_id: int) -> int:
    """Those that came to nothing, the oldest first; how many. Told twice they are sent once."""
    async with db.transaction() as tx:
        await check_on(tx, by, webhook_id)
        count = await webhooks.failed_again(tx, by.account_id, webhook_id, MOST_AGAIN)
        if count:
            await webhooks.wake(tx, by.account_id, webhook_id)
            await told(tx, by, "deliveries_sent_again", webhook_id, deliveries=count)
    return count


async def send_test(db: Db, by: By, webhook_id: int, url: str) -> int:
    """A delivery that tells of nothing but the account; its number. While one waits to be sent there is no second."""
    async with db.transaction() as tx:
        await check_on(tx, by, webhook_id)
        row = await webhooks.about(tx, by.account_id)
        assert row is not None
        about = rules.About(
            id=by.account_id, subdomain=row["subdomain"], url=url, time_zone=row["time_zone"], fields=()
        )
        delivery_id = await webhooks.add_test(tx, by.account_id, webhook_id, rules.TEST, rules.test_body(about))
        await webhooks.wake(tx, by.account_id, webhook_id)
        await told(tx, by, "webhook_tested", webhook_id, delivery=delivery_id)
    return delivery_id


async def check_on(tx: Db, by: By, webhook_id: int) -> Row:
    """Nothing is sent to one that is switched off."""
    row = await webhooks.locked(tx, by.account_id, webhook_id)
    if row is None:
        raise NotFound("There is no such webhook.")
    if row["disabled"]:
        raise Unprocessable("This webhook is switched off: switch it on first.")
    return row
