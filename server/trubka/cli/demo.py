"""The demo company that `make run` begins with: people, cards and leads, and two weeks of calls, none of it real."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import structlog

from trubka.actions import accounts, commands, demo, recordings
from trubka.actions.audit import By
from trubka.api.known import Known
from trubka.db import Db, Row, leases, schema
from trubka.db import accounts as account_rows
from trubka.db import conversations as call_rows
from trubka.db import demo as demo_rows
from trubka.db import recordings as recording_rows
from trubka.errors import Conflict, Trouble
from trubka.jobs.recordings import store_of
from trubka.outside import audio
from trubka.pbx.demo import speech
from trubka.rules.accounts import Account, zone
from trubka.rules.demo import Call, life
from trubka.rules.recordings import Audio, Next, folder_of, name_of
from trubka.rules.rights import ALL, CardRights, Me, Rights, TaskRights
from trubka.settings import Settings, spoken

OWN = CardRights(view="G", edit="M", add="A", delete="M", export="D")
AGENT = Rights(leads=OWN, contacts=OWN, companies=OWN, tasks=TaskRights("M", "M"))
PEOPLE = {
    "ru": ("Ольга Петрова", "Анна Смирнова", "Борис Кузнецов", "Клара Новикова"),
    "en": ("Olga Peters", "Anna Smith", "Boris Cooper", "Clara Newman"),
}
LOGINS = ("olga", "anna", "boris", "clara")
NAMES = {"ru": "Демо-компания", "en": "Demo company"}
PLACES = {"ru": ("RU", "RUB", "Europe/Moscow"), "en": ("GB", "GBP", "Europe/London")}
WORKER = "demo"
CLAIM_SECONDS = 60.0
FILLING_SECONDS = 120.0  # longer than it takes anywhere

log = structlog.get_logger()


async def make(db: Db, say: Callable[[str], None]) -> None:
    """A company with an administrator, three agents, a line and cards."""
    say("Making a demo company…")
    words = spoken()
    now = int(time.time())
    country, currency, time_zone = PLACES[words]
    account_id = await accounts.add(
        db,
        NAMES[words],
        "demo",
        now=now,
        language=words,
        country=country,
        currency=currency,
        time_zone=time_zone,
    )
    await account_rows.set_demo(db, account_id)
    users = [
        await accounts.add_user(
            db,
            account_id,
            name=name,
            email=f"{login}@demo.example",
            now=now,
            is_admin=login == "olga",
            rights=ALL if login == "olga" else AGENT,
            language=words,
        )
        for login, name in zip(LOGINS, PEOPLE[words], strict=True)
    ]
    account = await Known(db).account(account_id)
    async with db.transaction() as tx:
        pbx_id = await commands.demo_line(tx, await schema.secret(tx), account, me_of(account_id, users, 0), now)
    home = home_of(account, pbx_id, users, now)
    await demo.all_cards(db, home, life(home.words, now, zone(account.time_zone)))


async def fill(db: Db, settings: Settings, say: Callable[[str], None]) -> bool:
    """Two weeks of calls, where a demo company has none. It takes some seconds, in which the company can be used: they
    are there at once at the end, or, interrupted, at the next start; their recordings follow, and an interruption
    leaves out those that are not made yet. Whether there was anything to do."""
    found, holder = await demo_rows.unlived(db), uuid4().hex
    if found is None or not await leases.take(db, demo_rows.FILLING, holder, FILLING_SECONDS):
        return False
    try:
        account = await Known(db).account(found["id"])
        now = int(time.time())
        home = home_of(account, found["pbx_id"], found["users"][: len(LOGINS)], now)
        plan = life(home.words, now, zone(account.time_zone))
        known = demo.Known(found["companies"], found["contacts"], found["leads"])
        if not known.fits(plan) or len(home.people) < len(LOGINS):
            return False  # somebody has worked with it already
        recorded = await demo.live(db, home, plan, known)
        if recorded is None:
            return False
        try:
            for place, (call_id, call) in enumerate(recorded):
                await record(db, settings, home, place, call_id, call)
        except Trouble as trouble:  # calls without sound are a demo too
            log.warning("the demo company has no recordings", why=str(trouble))
    finally:
        await leases.release(db, demo_rows.FILLING, holder)
    say(f"The demo company has two weeks of calls now: {len(plan.calls)}.")
    return True


def home_of(account: Account, pbx_id: int, users: list[int], now: int) -> demo.Home:
    people = [me_of(account.id, users, place) for place in range(len(users))]
    return demo.Home(account, pbx_id, people, now, commands.words_of(account))


def me_of(account_id: int, users: list[int], place: int) -> Me:
    return Me(account_id, users[place], True, tuple(users), ALL)


async def record(db: Db, settings: Settings, home: demo.Home, place: int, call_id: int, call: Call) -> None:
    """A recording comes the way of any other, but that it is made here and not fetched."""
    store = store_of(settings)
    account_id, at = home.account.id, call.over + 5
    with store.incoming() as file:
        found = await asyncio.to_thread(sound, file, call.talk, place)
        digest = hashlib.sha256(file.read_bytes()).digest()
        size = file.stat().st_size
        row = await claimed(db, home, call_id, at)
        if row is None:
            return
        folder = folder_of(account_id, row["id"])
        path = await store.keep(file, folder, name_of(row["id"], digest, found.suffix))
        by, done = By(account_id, 0, at), Next("fetched")
        if not await recordings.fetched(db, by, row, WORKER, done, found, path, size, digest):
            await store.remove(folder, f"{row['id']}-")  # the company went meanwhile


async def claimed(db: Db, home: demo.Home, call_id: int, at: int) -> Row | None:
    """In one transaction, so that no worker goes to fetch what is nowhere. None: something else was due before."""
    try:
        async with db.transaction() as tx:
            await call_rows.record(tx, home.account.id, call_id, home.pbx_id, f"demo-{call_id}.mp3", at)
            row = await recording_rows.claim(tx, WORKER, CLAIM_SECONDS, [], [])
            if row is None or row["call_id"] != call_id:
                raise Conflict
            return row
    except Conflict:
        return None


def sound(file: Path, seconds: int, seed: int) -> Audio:
    audio.as_mp3(speech.talk(seconds, seed), file)
    found = audio.judged(file)
    assert isinstance(found, Audio), found
    return found
