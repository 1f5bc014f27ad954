"""Recordings: heard by whoever sees the call, from our own store, whole or in parts; and what the workspace asks.

Rights are read before the first byte, and again for every range; no connection to the database is held while sending.
"""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import msgspec
import structlog

from trubka.actions import recordings as deeds
from trubka.api import files, signed
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import File, Routes
from trubka.db import Row, recordings
from trubka.errors import NotFound, Refused, Unavailable
from trubka.outside.store import Missing, StoreTrouble
from trubka.rules import recordings as rules
from trubka.rules.calls import Direction, Shown, may_hear
from trubka.rules.entities import Entity

routes = Routes()
log = structlog.get_logger()

MOST_COUNTED = 1_000_000  # recordings of each state
MOST_REASONED = 10_000  # of those that are not here, the latest
MOST_ASKED = 100  # recordings that are asked for by their numbers


@routes.on("GET", "/recordings/{id}", auth="signed", answer=File(), media="audio/*", query=("download", "signature"))
async def recording(asked: Asked, recording_id: int) -> Answer:
    """The sound of a call, whole or the part that `Range` names."""
    row = await heard_by(asked, recording_id)
    if row["state"] != "fetched":
        raise NotFound(f"There is no sound to hear. {words(asked, row, 'en')}")
    etag, modified = f'"{row["sha256"].hex()[:32]}"', formatdate(row["fetched_at"], usegmt=True)
    download = asked.query.text("download") in ("1", "true")
    headers = [
        ("accept-ranges", "bytes"),
        ("etag", etag),
        ("last-modified", modified),
        ("cache-control", "private, no-cache"),  # may be kept, and is asked for each time: rights may have changed
        ("content-disposition", name_of(asked, row, download)),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ]
    if files.is_same(asked.headers.get("if-none-match", ""), etag):
        return Answer(status=304, headers=headers)
    part = files.part_of(
        asked.headers.get("range", ""), asked.headers.get("if-range", ""), etag, modified, row["bytes"]
    )
    start, end = part or (0, row["bytes"])
    if part is not None:
        headers.append(("content-range", f"bytes {start}-{end - 1}/{row['bytes']}"))
    answer = Answer(status=206 if part else 200, media=row["media"], headers=headers, length=end - start)
    try:
        answer.pieces = await asked.site.store.open(row["path"], start, end)
    except Missing:
        raise NotFound("The file is not in the store any more.") from None
    except StoreTrouble as trouble:
        log.warning("the store of recordings does not answer", why=str(trouble))
        raise Unavailable("The store of recordings does not answer: try again in a moment.") from None
    if asked.method != "HEAD":
        deed = "recording_downloaded" if download else "recording_heard"
        await deeds.listen(asked.db, asked.by, recording_id, row["seconds"], deed)
    return answer


async def heard_by(asked: Asked, recording_id: int) -> Row:
    """A recording that one may hear; to others it is not there."""
    row = await recordings.get(asked.db, asked.account_id, recording_id)
    if row is None or not may_hear(asked.me, shown_of(row)):
        raise NotFound("There is no such recording.")
    return row


def shown_of(row: Row) -> Shown:
    return Shown(
        users=tuple(row["user_ids"] or ()),
        user=row["user_id"],
        entity=None if row["entity"] is None else Entity(row["entity"]),
        place=None if row["place"] is None else tuple(row["place"]),
    )


def name_of(asked: Asked, row: Row, download: bool) -> str:
    about = row["started_at"] or row["created_at"], asked.account.time_zone, row["number"], row["direction"] or 1
    suffix = row["path"].rpartition(".")[2]
    plain, own = (rules.title(*about, language) for language in ("en", asked.account.language))
    return files.disposition("attachment" if download else "inline", f"{plain}.{suffix}", f"{own}.{suffix}")


def words(asked: Asked, row: Row, language: str = "") -> str:
    return rules.in_words(
        row["state"], row["why"], row["tries_left"], row["again_seconds"], language or asked.account.language
    )


# What the workspace asks.


class Keeping(msgspec.Struct):
    days: int | None


class Erasure(msgspec.Struct):
    contact_id: int


@routes.on("GET", "/desk/recordings/keeping", auth="session", admin=True, hidden=True)
async def keeping(asked: Asked) -> Answer:
    """How long recordings are kept."""
    return said({"days": await recordings.kept_days(asked.db, asked.account_id)})


@routes.on("PATCH", "/desk/recordings/keeping", auth="session", admin=True, body=Keeping, hidden=True)
async def keep(asked: Asked, given: Keeping) -> Answer:
    """For so many days from now on; null: for ever."""
    await deeds.keep(asked.db, asked.by, given.days)
    return await keeping(asked)


@routes.on("POST", "/desk/recordings/erase", auth="session", admin=True, body=Erasure, hidden=True)
async def erase(asked: Asked, given: Erasure) -> Answer:
    """All recordings with a contact's numbers, for good."""
    return said({"erased": await deeds.erase(asked.db, asked.by, given.contact_id)})


@routes.on("GET", "/desk/recordings/sums", auth="session", admin=True, hidden=True)
async def sums(asked: Asked) -> Answer:
    """How the account's recordings stand, in numbers."""
    rows = await recordings.sums(asked.db, asked.account_id, MOST_COUNTED + 1)
    reasons = await recordings.reasons(asked.db, asked.account_id, MOST_REASONED)
    return said(
        {
            "states": {
                row["state"]: {"count": min(row["count"], MOST_COUNTED), "more": row["count"] > MOST_COUNTED}
                for row in rows
            },
            "bytes": next(row["bytes"] for row in rows if row["state"] == "fetched"),
            "reasons": [{"state": row["state"], "code": row["code"], "count": row["count"]} for row in reasons],
            "reasons_of": MOST_REASONED,
        }
    )


@routes.on(
    "GET", "/desk/recordings/wrong", auth="session", admin=True, query=("state", "code", "after", "limit"), hidden=True
)
async def wrong(asked: Asked) -> Answer:
    """Recordings that are not here, the latest first."""
    limit, query = asked.query.limit, asked.query
    code = query.text("code") or None
    rows = await recordings.wrong(asked.db, asked.account_id, states_of(asked), code, query.int("after"), limit + 1)
    days = await recordings.kept_days(asked.db, asked.account_id)
    return said(
        {
            "recordings": [listed(asked, row, days) for row in rows[:limit]],
            "after": rows[limit - 1]["id"] if len(rows) > limit else None,
        }
    )


@routes.on("GET", "/desk/recordings/these", auth="session", admin=True, query=("ids",), hidden=True)
async def these(asked: Asked) -> Answer:
    """How some of them stand now."""
    ids = (asked.query.ints("ids") or [])[:MOST_ASKED]
    rows = await recordings.these(asked.db, asked.account_id, ids) if ids else []
    days = await recordings.kept_days(asked.db, asked.account_id)
    return said({"recordings": [listed(asked, row, days) for row in rows]})


@routes.on("POST", "/desk/recordings/retry", auth="session", admin=True, query=("state", "code"), hidden=True)
async def retry_all(asked: Asked) -> Answer:
    """All that are not here are fetched anew, as many as one word fetches."""
    code = asked.query.text("code") or None
    return said({"again": await deeds.retry_all(asked.db, asked.by, states_of(asked), code)})


def states_of(asked: Asked) -> tuple[str, ...]:
    state = asked.query.text("state")
    if not state:
        return recordings.WRONG
    if state not in recordings.WRONG:
        raise Refused("state is waiting, empty, failed or refused.")
    return (state,)


def listed(asked: Asked, row: Row, days: int | None) -> dict[str, Any]:
    card = row["entity"] and {
        "entity": Entity(row["entity"]).plural,
        "id": row["entity_id"],
        "name": row["card_name"] or "",
    }
    call = {name: row[name] for name in ("number", "started_at", "user_id")}
    direction = Direction(row["direction"]).name if row["direction"] else None
    return shown(asked, row, days) | {
        "call": row["conversation_id"] and {"id": row["conversation_id"], **call, "direction": direction, "card": card},
        "created_at": row["created_at"],
    }


@routes.on("GET", "/desk/recordings/{id}", auth="session", hidden=True)
async def about(asked: Asked, recording_id: int) -> Answer:
    """How a recording stands, in words."""
    return said(await told(asked, await heard_by(asked, recording_id)))


@routes.on("DELETE", "/desk/recordings/{id}", auth="session", hidden=True)
async def erase_one(asked: Asked, recording_id: int) -> Answer:
    """For good."""
    asked.whole()
    await deeds.erase_one(asked.db, asked.me, asked.by, await heard_by(asked, recording_id))
    return said(await told(asked, await heard_by(asked, recording_id)))


@routes.on("POST", "/desk/recordings/{id}/retry", auth="session", hidden=True)
async def retry(asked: Asked, recording_id: int) -> Answer:
    """It is fetched anew, with all its tries."""
    await deeds.retry(asked.db, asked.by, await heard_by(asked, recording_id))
    return said(await told(asked, await heard_by(asked, recording_id)))


@routes.on("POST", "/desk/recordings/{id}/link", auth="session", hidden=True)
async def link(asked: Asked, recording_id: int) -> Answer:
    """An address that a player may ask for some minutes without a header."""
    row = await heard_by(asked, recording_id)
    path, until = f"/recordings/{recording_id}", asked.now + rules.link_seconds(row["seconds"])
    signature = signed.sign(asked.site.secret, path, asked.account_id, asked.me.user_id, until)
    return said({"url": asked.url(f"{path}?signature={signature}"), "expires_at": until})


@routes.on("GET", "/desk/recordings/{id}/peaks", auth="session", hidden=True)
async def peaks(asked: Asked, recording_id: int) -> Answer:
    """The waveform, each side by itself, from 0 to 255."""
    row = await heard_by(asked, recording_id)
    found = await recordings.peaks(asked.db, asked.account_id, recording_id) if row["state"] == "fetched" else None
    if not found:
        raise NotFound(f"There is no sound to hear. {words(asked, row, 'en')}")
    count = (len(found) - 1) // found[0]
    sides = [list(found[1 + side * count : 1 + (side + 1) * count]) for side in range(found[0])]
    return said({"seconds": row["seconds"], "sides": sides})


async def told(asked: Asked, row: Row) -> dict[str, Any]:
    whole = asked.session is None or asked.session.scope == "whole"
    days = await recordings.kept_days(asked.db, asked.account_id)
    may_erase = whole and row["state"] != "deleted" and deeds.may_erase(asked.me, row)
    return shown(asked, row, days) | {"may_erase": may_erase}


def shown(asked: Asked, row: Row, days: int | None) -> dict[str, Any]:
    code, _, detail = row["why"].partition(" ")
    return {
        **{name: row[name] for name in ("id", "call_id", "state", "media", "bytes", "seconds", "fetched_at")},
        "words": words(asked, row),
        "why": {"code": code, "detail": detail} if code else None,
        "tries_left": row["tries_left"],
        "again_seconds": None if row["again_seconds"] is None else max(0, row["again_seconds"]),
        "at_work": bool(row["at_work"]),
        "kept_until": rules.kept_until(row["created_at"], days) if row["state"] == "fetched" else None,
        "url": f"/recordings/{row['id']}" if row["state"] == "fetched" else None,
    }
