"""Alerts: which failures in the background are told to whom, and when a PBX has been silent for too long."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Literal

from trubka.rules.recordings import Next

Kind = Literal[
    "webhook_bad",  # one webhook, by its id, answers badly
    "webhook_off",  # and was switched off for it
    "recordings_bad",  # recordings that could not be fetched, by where they come from
    "recording_lost",  # the same, for whoever's call it was
    "store_bad",  # our own store takes no recordings
    "pbx_silent",  # one PBX, by its id, has not been heard
    "page",  # what a page in the browser tells: a header and a text of its own
]
FOR_ADMINS: frozenset[str] = frozenset({"webhook_bad", "webhook_off", "recordings_bad", "store_bad", "pbx_silent"})

MOST_OPEN = 200  # of one user; until some are closed, nothing but these is counted
FEW_BAD = 3  # bad answers of a webhook within its two hours: now and then one fails by itself
SILENT_SECONDS = 86_400  # on working days
SURELY_SECONDS = 8 * 86_400  # there are working days among them, whatever they are
WEEKEND = (5, 6)
LONGEST_SUBJECT = 200
LONGEST_HEADER = 200
LONGEST_TEXT = 1_000
SHOWN_DETAILS = ("answered", "large", "cut")  # a number; other details are for the log


def may_see(is_admin: bool, kind: str) -> bool:
    """Who is no administrator any more does not see what is told to administrators."""
    return is_admin or kind not in FOR_ADMINS


def hidden_from(is_admin: bool) -> tuple[str, ...]:
    return () if is_admin else tuple(sorted(FOR_ADMINS))


def of_webhook(recent: int, disabled: bool) -> Kind | None:
    """After one more bad answer; so many of them were of late."""
    if disabled:
        return "webhook_off"
    return "webhook_bad" if recent >= FEW_BAD else None


def of_recording(outcome: Next) -> Literal["store_bad", "recordings_bad"] | None:
    """After a try that brought nothing. A call in which nobody spoke is no failure."""
    code = outcome.why.partition(" ")[0]
    if code == "store":
        return "store_bad"
    return "recordings_bad" if outcome.again_seconds is None and code != "silent" else None


def source(host: str, pbx_id: int | None, outcome: Next) -> tuple[str, dict[str, Any]]:
    """(subject, details) of recordings that cannot be fetched: one for each place that they come from. A link may name
    a user with a password."""
    code, _, detail = outcome.why.partition(" ")
    name = host.rpartition("@")[2].lower()[:LONGEST_SUBJECT] if pbx_id is None or not host.isdigit() else ""
    told: dict[str, Any] = {"host": name, "pbx_id": pbx_id, "code": code}
    if code in SHOWN_DETAILS:
        told["detail"] = detail
    return name or ("" if pbx_id is None else f"pbx:{pbx_id}"), told


def of_page(header: str, text: str) -> str:
    """The subject of what a page tells: the same words are the same trouble."""
    return hashlib.sha256(f"{header}\0{text}".encode()).hexdigest()


def is_silent(heard_at: int, now: int, zone: tzinfo) -> bool:
    """A PBX tells of calls, and on a weekend there may be none: only the time of working days counts."""
    if now - heard_at >= SURELY_SECONDS:
        return True
    silent, begin = 0, heard_at
    while begin < now:
        day = datetime.fromtimestamp(begin, zone).date()
        end = min(int(datetime.combine(day + timedelta(days=1), time(), zone).timestamp()), now)
        silent += 0 if day.weekday() in WEEKEND else end - begin
        begin = end
    return silent >= SILENT_SECONDS
