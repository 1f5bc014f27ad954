"""Recordings: copied into our store at once, verified, and taken away when their time is over.

`fetch` claims rows that are due, one worker at a time each, and renews its claim while it is at one. A file is fetched
into a place of its own, judged by decoding, put into the store, synced, and only then is the recording *fetched*.
Killed at any line, the claim runs out and the next worker begins anew; a file of the same content takes the same name.
Deleted ones come by the same queue: the row says first that nobody hears it, then the file goes, then its name. Those
of an account that is gone have no row: its folder goes as a whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager
from io import RawIOBase
from pathlib import Path
from typing import Any

import msgspec
import structlog

from trubka import __version__
from trubka.actions import recordings as actions
from trubka.actions import secrets
from trubka.actions.audit import By
from trubka.db import Row, left_folders, recordings, schema
from trubka.errors import Trouble, Unavailable
from trubka.jobs.shift import Shift
from trubka.outside import audio
from trubka.outside.store import Store, StoreTrouble, troubles
from trubka.outside.web import Refusal
from trubka.rules import recordings as rules
from trubka.rules.recordings import Audio, Pbx, Source, Wrong
from trubka.settings import Settings

BELL = "recordings"
DUE_SECONDS = 1.0  # between looks for what is due
AT_ONCE = 8  # recordings that a process fetches at the same time
AT_ONCE_HOST = 4  # of them from one host
AT_ONCE_ACCOUNT = 6
AT_ONCE_DECODED = 2
CLAIM_SECONDS = 15.0  # after a worker's death another one takes over
RENEW_SECONDS = 4.0
REDIRECTS = 5
WRITE_BYTES = 1_048_576  # gathered before they are written
KEPT_SECONDS = 600.0  # between looks for what has been kept long enough
STEP_SECONDS = 0.2
LEFT_SECONDS = 60.0  # between looks for accounts that are gone
LEFT_AT_ONCE = 5_000  # files of such an account, before it is another one's turn
CLEARED_SECONDS = 900.0  # longer than so many take
LONGEST_DETAIL = 300
PACKED = frozenset((b"gzip", b"x-gzip", b"deflate"))
ANY_HEADER = 47  # zlib's: of gzip or of deflate

log = structlog.get_logger()


def store_of(settings: Settings) -> Store:
    return Store(
        settings.recordings_place,
        endpoint=settings.recordings_endpoint,
        region=settings.recordings_region,
        key=settings.recordings_key,
        secret=settings.recordings_secret,
    )


# Fetching.


class Bench:
    """What the turns of one process share."""

    def __init__(self, shift: Shift, secret: bytes) -> None:
        self.shift = shift
        self.secret = secret
        self.store = store_of(shift.settings)
        self.decoding = asyncio.Semaphore(AT_ONCE_DECODED)
        self.hosts: Counter[str] = Counter()
        self.accounts: Counter[int] = Counter()


async def fetch(shift: Shift) -> None:
    bench = Bench(shift, await schema.secret(shift.db))
    await bench.store.tidy()
    async with asyncio.TaskGroup() as turns:
        while not shift.over:
            row = None
            if bench.hosts.total() < AT_ONCE:
                hosts = [host for host, count in bench.hosts.items() if count >= AT_ONCE_HOST]
                accounts = [account for account, count in bench.accounts.items() if count >= AT_ONCE_ACCOUNT]
                row = await recordings.claim(shift.db, shift.name, CLAIM_SECONDS, hosts, accounts)
            if row is None:
                await shift.rest(DUE_SECONDS, BELL)
                continue
            bench.hosts[row["host"]] += 1
            bench.accounts[row["account_id"]] += 1
            turns.create_task(turn(bench, row))


async def turn(bench: Bench, row: Row) -> None:
    """One try; whatever happens, the others go on."""
    shift = bench.shift
    try:
        async with held(shift, row):
            if row["state"] == "deleted":
                await sweep(bench, row)
            else:
                await one_try(bench, row)
    except TimeoutError:
        log.warning("another worker has the recording now", recording=row["id"])
    except asyncio.CancelledError:
        # It is time to stop. What cannot be given back now is free when the claim runs out.
        await recordings.release(shift.db, row["account_id"], row["id"], shift.name)
        raise
    except Unavailable:
        pass  # the claim runs out, and it is tried again
    except Exception:
        log.exception("a recording's turn failed", recording=row["id"])
    finally:
        bench.hosts[row["host"]] -= 1
        bench.accounts[row["account_id"]] -= 1
        shift.ring(BELL)


@asynccontextmanager
async def held(shift: Shift, row: Row) -> AsyncGenerator[None]:
    """While this lasts, the recording is ours: when the claim cannot be renewed in time, what is done within is cut off
    by `TimeoutError` before another worker can begin."""
    clock = asyncio.get_running_loop().time

    async def renewing(limit: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            asked = clock()
            try:
                ours = await recordings.renew(shift.db, row["account_id"], row["id"], shift.name, CLAIM_SECONDS)
            except Unavailable:
                continue  # the limit stands
            limit.reschedule(asked + CLAIM_SECONDS if ours else clock())

    try:
        async with asyncio.timeout_at(clock() + CLAIM_SECONDS) as limit, asyncio.TaskGroup() as group:
            task = group.create_task(renewing(limit))
            yield
            task.cancel()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None  # what the work itself has raised


async def one_try(bench: Bench, row: Row) -> None:
    """Fetched, judged, kept, and only then said."""
    db, name = bench.shift.db, bench.shift.name
    by = By(row["account_id"], 0, int(time.time()))
    if row["had"] <= 0:
        await actions.settle(db, by, row, name, rules.after(Wrong("worker"), 0))
        return
    folder = rules.folder_of(row["account_id"], row["id"])
    try:
        with bench.store.incoming() as file:
            found = await brought(bench, row, file)
            outcome = rules.after(found if isinstance(found, Wrong) else rules.verdict(found), row["tries_left"])
            if isinstance(found, Audio) and outcome.state == "fetched":
                file_bytes = file.stat().st_size
                sha256 = await asyncio.to_thread(digest, file)
                path = await bench.store.keep(file, folder, rules.name_of(row["id"], sha256, found.suffix))
                by = By(row["account_id"], 0, int(time.time()))
                ours = await actions.fetched(db, by, row, name, outcome, found, path, file_bytes, sha256)
                # What an earlier try may have left; or all of it, when the recording was erased meanwhile.
                await bench.store.remove(folder, f"{row['id']}-", but=path if ours else "")
                return
    except StoreTrouble as trouble:
        outcome = rules.after(wrong("store", trouble), row["tries_left"])
        log.warning("the store of recordings does not work", why=str(trouble))
    by = By(row["account_id"], 0, int(time.time()))
    await actions.settle(db, by, row, name, outcome)


async def brought(bench: Bench, row: Row, file: Path) -> Audio | Wrong:
    """What the link gives, in the file."""
    source = await source_of(bench, row)
    if source is None:
        return Wrong("link")
    headers = {"user-agent": f"trubka/{__version__}"}
    if source.authorization:
        headers["authorization"] = source.authorization
    settings = bench.shift.settings
    try:
        async with bench.shift.web.open(
            source.url, seconds=settings.recording_seconds, headers=headers, redirects=REDIRECTS
        ) as answer:
            if (bad := rules.of_status(answer.status)) is not None:
                return bad
            told = {key.lower(): value for key, value in answer.headers}
            length = told.get(b"content-length", b"")
            if length.isdigit() and int(length) > settings.recording_bytes:
                return too_large(settings)
            packed = told.get(b"content-encoding", b"").strip().lower() in PACKED
            if not await written(answer.aiter_stream(), packed, file, settings.recording_bytes):
                return too_large(settings)
    except StoreTrouble:
        raise
    except Refusal as refusal:
        return wrong("private", refusal)
    except Trouble as trouble:
        return wrong("unreachable", trouble)
    except zlib.error:
        return Wrong("unreadable", "it is packed in a wrong way")
    async with bench.decoding:
        return await audio.listened(file)


async def source_of(bench: Bench, row: Row) -> Source | None:
    if row["pbx_id"] is None:
        return rules.source_of(row["link"])
    pbx = await recordings.pbx(bench.shift.db, row["account_id"], row["pbx_id"])
    if pbx is None:
        return rules.source_of(row["link"])
    secret = secrets.opened(bench.secret, pbx["secret_box"])
    return rules.source_of(row["link"], msgspec.convert(pbx["settings"], Pbx), pbx["key_id"], secret)


def wrong(code: str, trouble: Trouble) -> Wrong:
    return Wrong(code, str(trouble)[:LONGEST_DETAIL])


def too_large(settings: Settings) -> Wrong:
    return Wrong("large", f"{settings.recording_bytes / 1_000_000:g} MB")


async def written(pieces: AsyncIterable[bytes], packed: bool, file: Path, most: int) -> bool:
    """False: there is more than may be. What comes packed, although we ask for it plain, is unpacked piece by piece, so
    that a few bytes cannot become more than there is room for."""
    inside = zlib.decompressobj(ANY_HEADER) if packed else None
    gathered = bytearray()
    total = 0
    with troubles():
        out = file.open("wb", buffering=0)
    with out:
        async for piece in pieces:
            rest = piece
            while rest:
                plain, rest = (rest, b"") if inside is None else unpacked(inside, rest)
                total += len(plain)
                if total > most:
                    return False
                gathered += plain
                if len(gathered) >= WRITE_BYTES:
                    await write(out, gathered)
        await write(out, gathered)
    if inside is not None and not inside.eof:
        raise Trouble("The packed file breaks off.", again=True)
    return True


def unpacked(inside: Any, piece: bytes) -> tuple[bytes, bytes]:
    """Some of it, and what is left to unpack."""
    return inside.decompress(piece, WRITE_BYTES), b"" if inside.eof else inside.unconsumed_tail


async def write(out: RawIOBase, gathered: bytearray) -> None:
    def whole() -> None:
        with memoryview(bytes(gathered)) as view:
            at = 0
            while at < len(view):
                at += out.write(view[at:]) or 0

    with troubles():
        await asyncio.to_thread(whole)
    gathered.clear()


def digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


# The end of them.


async def sweep(bench: Bench, row: Row) -> None:
    """Nobody hears it since the row says so; now the file goes."""
    db, account_id, name = bench.shift.db, row["account_id"], bench.shift.name
    try:
        await bench.store.remove(rules.folder_of(account_id, row["id"]), f"{row['id']}-")
    except StoreTrouble as trouble:
        log.warning("a deleted recording's file does not go", recording=row["id"], why=str(trouble))
        await recordings.later(db, account_id, row["id"], name, rules.STORE_SECONDS)
        return
    await recordings.gone(db, account_id, row["id"], name)


async def keep(shift: Shift) -> None:
    """Ends recordings that were kept as long as their company's rule says."""
    while not shift.over:
        async with shift.lease("recordings") as ours:
            if ours:
                await end_old(shift)
        await shift.rest(KEPT_SECONDS)


async def end_old(shift: Shift) -> None:
    for row in await recordings.keeping(shift.db):
        by = By(row["id"], 0, int(time.time()))
        while not shift.over and await actions.expire(shift.db, by, row["recording_days"]) == actions.STEP:
            await shift.rest(STEP_SECONDS)
    shift.ring(BELL)


async def clear(shift: Shift) -> None:
    """The files of accounts that are gone: no row tells of them any more."""
    store = store_of(shift.settings)
    while not shift.over:
        if not await clear_some(shift, store):
            await shift.rest(LEFT_SECONDS)


async def clear_some(shift: Shift, store: Store) -> bool:
    """Whether there was anything to do."""
    account_id = await left_folders.claim(shift.db, CLEARED_SECONDS)
    if account_id is None:
        return False
    try:
        count = await store.clear(rules.folder_of_account(account_id), LEFT_AT_ONCE)
    except StoreTrouble as trouble:
        log.warning("the files of an account that is gone do not go", account=account_id, why=str(trouble))
        await left_folders.put_off(shift.db, account_id, rules.STORE_SECONDS)
        return True
    if count == LEFT_AT_ONCE:
        await left_folders.put_off(shift.db, account_id, 0)
    else:
        await left_folders.remove(shift.db, account_id)
    return True
