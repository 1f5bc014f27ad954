"""Recordings: what came of fetching one, listens, and how recordings end."""

from __future__ import annotations

from collections.abc import Sequence

from trubka.actions import alerts
from trubka.actions.audit import By, told
from trubka.db import Db, Row, audit, facts, recordings
from trubka.errors import Forbidden, NotFound, Unprocessable
from trubka.rules import alerts as alert_rules
from trubka.rules import recordings as rules
from trubka.rules.alerts import Kind
from trubka.rules.entities import Entity
from trubka.rules.facts import CallChanged
from trubka.rules.recordings import Audio, Next
from trubka.rules.rights import Me, may_card

STEP = 500  # recordings that end in one transaction
LONGEST_WHY = 500


async def settle(db: Db, by: By, row: Row, worker: str, outcome: Next) -> bool:
    """A try has brought nothing. False: another worker has the recording now, or it was erased."""
    async with db.transaction() as tx:
        ours = await recordings.settle(
            tx,
            by.account_id,
            row["id"],
            worker,
            outcome.state,
            outcome.why[:LONGEST_WHY],
            outcome.tries_left,
            outcome.again_seconds,
        )
        if ours and (outcome.state != row["state"] or outcome.again_seconds is None):
            await tell(tx, by, [row["call_id"]])
        if ours and (kind := alert_rules.of_recording(outcome)):
            await tell_lost(tx, by, row, outcome, kind)
    return ours


async def tell_lost(tx: Db, by: By, row: Row, outcome: Next, kind: Kind) -> None:
    """Administrators, who know the place that it should have come from; and whoever's call it was."""
    if kind == "store_bad":
        await alerts.add(tx, by, kind, "", {})
        return
    subject, details = alert_rules.source(row["host"], row["pbx_id"], outcome)
    for call in await recordings.told_of(tx, by.account_id, [] if row["call_id"] is None else [row["call_id"]]):
        details["call_id"] = call["id"]
        if call["user_id"] is not None:
            await alerts.add(tx, by, "recording_lost", subject, details, "agents", [call["user_id"]])
    await alerts.add(tx, by, kind, subject, details)


async def fetched(
    db: Db, by: By, row: Row, worker: str, outcome: Next, audio: Audio, path: str, file_bytes: int, sha256: bytes
) -> bool:
    """The file is in the store. False: another worker has the recording now, or it was erased."""
    async with db.transaction() as tx:
        ours = await recordings.fetched(
            tx,
            by.account_id,
            row["id"],
            worker,
            outcome.why,
            path,
            audio.media,
            file_bytes,
            audio.seconds,
            sha256,
            audio.peaks,
            by.at,
        )
        if ours:
            await tell(tx, by, [row["call_id"]])
            await alerts.over(tx, by, ["store_bad"])
    return ours


async def retry(db: Db, by: By, row: Row) -> None:
    """By hand, with all tries anew."""
    async with db.transaction() as tx:
        if not await recordings.again(tx, by.account_id, row["id"], rules.TRIES):
            if row["at_work"]:
                raise Unprocessable("It is being fetched right now.")
            raise Unprocessable("There is nothing to fetch here any more.")
        await tell(tx, by, [row["call_id"]])


async def retry_all(db: Db, by: By, states: Sequence[str], code: str | None) -> int:
    """Those that are not here, with all tries anew, as many as one word fetches; how many. What waits already is not
    told again, so twice is as good as once."""
    async with db.transaction() as tx:
        rows = await recordings.wrong_again(tx, by.account_id, states, code, rules.TRIES, STEP)
        if rows:
            await tell(tx, by, [row["call_id"] for row in rows])
            await told(tx, by, "recordings_tried_again", recordings=len(rows))
    return len(rows)


async def listen(db: Db, by: By, recording_id: int, seconds: float, deed: str) -> None:
    """One line of the audit list for one listen, however many ranges a player asks for."""
    subject = str(recording_id)
    async with db.transaction() as tx:
        await recordings.lock_listens(tx, by.account_id, by.user_id)
        since = rules.listen_seconds(seconds)
        if not await recordings.heard(tx, by.account_id, by.user_id, subject, deed, since):
            await audit.add(tx, by.account_id, by.user_id, deed, subject, {}, by.address)


async def keep(db: Db, by: By, days: int | None) -> None:
    """How long recordings are kept from now on; none: for ever."""
    if days is not None and not 1 <= days <= rules.LONGEST_KEEPING_DAYS:
        raise Unprocessable(f"Recordings are kept for 1 to {rules.LONGEST_KEEPING_DAYS} days, or for ever (null).")
    async with db.transaction() as tx:
        await recordings.keep(tx, by.account_id, days)
        await told(tx, by, "recordings_kept_for", days=days)


async def expire(db: Db, by: By, days: int) -> int:
    """Ends some of those that have been kept long enough; how many."""
    async with db.transaction() as tx:
        rows = await recordings.expire(tx, by.account_id, by.at - days * rules.DAY_SECONDS, "kept", STEP)
        if rows:
            await tell(tx, by, [row["call_id"] for row in rows])
            await told(tx, by, "recordings_expired", recordings=len(rows), days=days)
    return len(rows)


async def erase(db: Db, by: By, contact_id: int) -> int:
    """The recordings of all calls with this contact's numbers; how many. Nobody hears them from this moment on; the
    files go as soon as a job comes by."""
    async with db.transaction() as tx:
        tails = await recordings.tails(tx, by.account_id, Entity.contact, contact_id)
        if not tails:
            raise NotFound("There is no such contact, or it has no number.")
        rows = await recordings.erase(tx, by.account_id, tails, "erased")
        await tell(tx, by, [row["call_id"] for row in rows])
        await told(tx, by, "recordings_erased", contact_id, recordings=len(rows))
    return len(rows)


def may_erase(me: Me, row: Row) -> bool:
    """Administrators, and who may delete the card of its call; of a call without a card administrators alone."""
    if me.is_admin:
        return True
    return (
        row["entity"] is not None
        and row["place"] is not None
        and may_card(me, "delete", Entity(row["entity"]), tuple(row["place"]))
    )


async def erase_one(db: Db, me: Me, by: By, row: Row) -> None:
    """For good: nobody hears it from this moment on, and the PBX is not asked for it again."""
    if not may_erase(me, row):
        raise Forbidden("You have no right to erase this recording.")
    async with db.transaction() as tx:
        if await recordings.erase_one(tx, by.account_id, row["id"], "erased"):
            await tell(tx, by, [row["call_id"]])
            await told(tx, by, "recording_erased", row["id"], call=row["call_id"])


async def tell(tx: Db, by: By, call_ids: Sequence[int | None]) -> None:
    """The recordings of these calls are in another state."""
    rows = await recordings.told_of(tx, by.account_id, [each for each in call_ids if each is not None])
    changed = [changed_call(by, row) for row in rows]
    if changed:
        await facts.record(tx, by.account_id, [], changed)


def changed_call(by: By, row: Row) -> CallChanged:
    """A call without a card counts as a contact of its user."""
    owner, pipeline_id, status_id = row["place"] or (row["user_id"], 0, 0)
    return CallChanged(
        by.user_id,
        by.at,
        row["id"],
        tuple(row["user_ids"]),
        None if row["entity"] is None else Entity(row["entity"]),
        row["entity_id"],
        card_owner=owner,
        pipeline_id=pipeline_id,
        status_id=status_id,
    )
