"""Webhooks: facts become deliveries, and deliveries are sent.

`spread` turns each fact into one delivery for each webhook that wants it: position and deliveries are written in one
transaction, and whoever holds the row of the position works alone, so nothing is missed and nothing made twice.

`send` claims a webhook that is due and sends its deliveries one by one, in the order of the facts, for a short turn;
then it goes to the back of the queue. A delivery that failed is put aside until its next try and holds up none of those
behind it: the order is that of first tries. A worker that is killed is replaced when its claim is over; what it was
sending is sent once more.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog

from trubka import __version__
from trubka.actions import webhooks as actions
from trubka.actions.audit import By
from trubka.db import Db, Row, facts, webhooks
from trubka.errors import Trouble, Unavailable
from trubka.jobs.shift import Shift
from trubka.rules import webhooks as rules
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact
from trubka.rules.fields import Field
from trubka.rules.webhooks import About

READER = "webhooks"
BELL = "deliveries"
FACTS = 500  # read and spread in one transaction
LOOK_SECONDS = 0.25  # between looks for new facts
DUE_SECONDS = 1.0  # between looks for deliveries that are due; new ones of this process ring the bell
AT_ONCE = 32  # webhooks that a process sends to at the same time
AT_ONCE_HOST = 8  # of them to one host
BATCH = 50  # deliveries of a webhook read at a time
TURN_SECONDS = 5.0  # of a webhook, then the next one has its turn
CLAIM_SECONDS = 10.0  # longer than a turn with its last request: after that another worker takes over
LONGEST_ERROR = 500

log = structlog.get_logger()


# Facts become deliveries.


async def spread(shift: Shift) -> None:
    await facts.begin_reader(shift.db, READER)
    while not shift.over:
        if await spread_some(shift.db, url_of(shift)):
            shift.ring(BELL)
        else:
            await shift.rest(LOOK_SECONDS)


def url_of(shift: Shift) -> str:
    settings = shift.settings
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


async def spread_some(db: Db, url: str, most: int = FACTS) -> bool:
    """The next facts; whether there were any. Looking costs nothing: a transaction begins when there are some."""
    place = await facts.reader(db, READER)
    if place.upto is None and not await facts.since(db, place, 1):
        return False
    async with db.transaction() as tx:
        if not await facts.take_reader(tx, READER):
            return False  # another worker is at it
        place = await facts.reader(tx, READER)
        rows = await facts.since(tx, place, most)
        await spread_rows(tx, rows, url)
        await facts.stand(tx, READER, place.then(rows, most))
    return True


async def spread_rows(tx: Db, rows: Sequence[Row], url: str) -> None:
    hooks: dict[int, list[Row]] = {}
    for hook in await webhooks.of_accounts(tx, sorted({row["account_id"] for row in rows})):
        hooks.setdefault(hook["account_id"], []).append(hook)
    for account_id in hooks:
        told = [
            (hook["id"], row["id"], event, fact)
            for row in rows
            if row["account_id"] == account_id and (fact := facts.fact_of(row)) is not None
            for hook in hooks[account_id]
            if row["id"] > hook["heard_from"]
            for event in rules.told(fact, hook["settings"])
        ]
        if told:
            await webhooks.add_deliveries(tx, account_id, await bodies(tx, account_id, told, url))


async def bodies(
    tx: Db, account_id: int, told: Sequence[tuple[int, int, str, AnyFact]], url: str
) -> list[dict[str, Any]]:
    account = await webhooks.about(tx, account_id)
    assert account is not None
    about = About(
        id=account_id,
        subdomain=account["subdomain"],
        url=url,
        time_zone=account["time_zone"],
        fields=tuple(msgspec.convert(account["custom_fields"], list[Field])),
    )
    records = await read(tx, account_id, {card for *_, fact in told if (card := rules.card_of(fact)) is not None})
    made: dict[tuple[int, str], str | None] = {}  # several webhooks are told the same
    found: list[dict[str, Any]] = []
    for webhook_id, fact_id, event, fact in told:
        card = rules.card_of(fact)
        row = records.get(card) if card else None
        if card and row is None:
            continue  # it is there no more: nothing can be told of it
        if (fact_id, event) not in made:
            made[fact_id, event] = body_of(fact_id, event, fact, row, about)
        if (body := made[fact_id, event]) is not None:
            found.append({"webhook_id": webhook_id, "fact_id": fact_id, "event": event, "body": body})
    return found


def body_of(fact_id: int, event: str, fact: AnyFact, row: Mapping[str, Any] | None, about: About) -> str | None:
    """None: a mistake of ours, which shall not hold up the webhooks of everybody."""
    try:
        return rules.body(event, fact, row, about)
    except Exception:
        log.exception("an event cannot be told", account=about.id, fact=fact_id, told=event)
        return None


async def read(tx: Db, account_id: int, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    ids: dict[str, list[int]] = {}
    for kind, record_id in sorted(wanted):
        ids.setdefault(kind, []).append(record_id)
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for kind, some in ids.items():
        match kind:
            case "note":
                rows = await webhooks.notes(tx, account_id, some)
            case "task":
                rows = await webhooks.tasks(tx, account_id, some)
            case "unsorted":
                rows = await webhooks.unsorted(tx, account_id, some)
            case _:
                rows = await webhooks.cards(tx, account_id, Entity[kind], some)
        for row in rows:
            found[kind, row["id"]] = dict(row)
    return found


# Deliveries are sent.


async def send(shift: Shift) -> None:
    """Gives turns to webhooks that are due, as many at the same time as the limits allow."""
    hosts: Counter[str] = Counter()
    async with asyncio.TaskGroup() as turns:
        while not shift.over:
            hook = None
            if hosts.total() < AT_ONCE:
                busy = [host for host, count in hosts.items() if count >= AT_ONCE_HOST]
                hook = await webhooks.claim(shift.db, shift.name, CLAIM_SECONDS, busy)
            if hook is None:
                await shift.rest(DUE_SECONDS, BELL)
                continue
            hosts[hook["host"]] += 1
            turns.create_task(turn(shift, hook, hosts))


async def turn(shift: Shift, hook: Row, hosts: Counter[str]) -> None:
    """Deliveries of one webhook, one by one; whatever happens, the others go on."""
    until = asyncio.get_running_loop().time() + TURN_SECONDS
    try:
        while await send_some(shift, hook, until):
            pass
        async with shift.db.transaction() as tx:
            await webhooks.lock(tx, hook["account_id"], hook["id"])
            await webhooks.release(tx, hook["account_id"], hook["id"], shift.name)
    except Unavailable:
        pass  # the claim runs out, and the webhook is taken again
    except Exception:
        log.exception("a webhook's turn failed", webhook=hook["id"])
    finally:
        hosts[hook["host"]] -= 1
        shift.ring(BELL)


async def send_some(shift: Shift, hook: Row, until: float) -> bool:
    """Whether there may be more to send in this turn."""
    clock = asyncio.get_running_loop().time
    rows = await webhooks.due(shift.db, hook["account_id"], hook["id"], BATCH)
    for row in rows:
        if shift.over or clock() >= until or not await send_one(shift, hook, row):
            return False
    return len(rows) == BATCH


async def send_one(shift: Shift, hook: Row, delivery: Row) -> bool:
    """One attempt, written down. False: the webhook was switched off by it."""
    status, error = await attempt(shift, hook, delivery)
    good = rules.is_good(status)
    again = None if good else rules.retry_seconds(delivery["attempts"] + 1, status)
    account_id = hook["account_id"]
    if good:
        await webhooks.sent(shift.db, account_id, delivery["id"], delivery["attempts"], status, error, again)
        return True
    by = By(account_id, 0, int(time.time()))
    if await actions.answered_badly(shift.db, by, hook["id"], hook["host"], delivery, status, error, again):
        log.warning("a webhook is switched off", account=account_id, webhook=hook["id"], host=hook["host"])
        return False
    return True


def plain(error: Exception) -> str:
    """What a table takes, whatever the text was made of."""
    return (str(error) or type(error).__name__).encode(errors="replace").decode().replace("\0", "")[:LONGEST_ERROR]


async def attempt(shift: Shift, hook: Row, delivery: Row) -> tuple[int, str | None]:
    """(status, what went wrong); 0 when there was no answer in time."""
    now = int(time.time())
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"trubka/{__version__}",
        "X-Trubka-Delivery": str(delivery["id"]),
        "X-Trubka-Event": delivery["event"],
        "X-Trubka-Signature": rules.signature(hook["secret"], now, delivery["body"]),
    }
    try:
        answered = await shift.web.send(
            "POST",
            hook["destination"],
            body=delivery["body"].encode(),
            headers=headers,
            seconds=rules.ANSWER_SECONDS,
        )
    except Trouble as trouble:
        return 0, plain(trouble)
    except Exception as mistake:
        # Ours, or the delivery's own: it counts as an attempt, or it would stand before those behind it for ever.
        log.exception("a delivery cannot be sent", webhook=hook["id"], delivery=delivery["id"])
        return 0, plain(mistake)
    return answered.status, None if rules.is_good(answered.status) else f"It answered {answered.status}."
