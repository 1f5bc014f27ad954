"""Zadarma, a PBX in the cloud that tells of calls with signed forms. README.md has its words."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from trubka.rules.signals import Answered, ByCall, Dialling, HungUp, Ringing

SIGNATURE = "signature"  # the header
LONGEST_ECHO = 100
# What of each notice is signed, in this order.
SIGNED = {
    "NOTIFY_START": ("caller_id", "called_did", "call_start"),
    "NOTIFY_INTERNAL": ("caller_id", "called_did", "call_start"),
    "NOTIFY_ANSWER": ("caller_id", "destination", "call_start"),
    "NOTIFY_END": ("caller_id", "called_did", "call_start"),
    "NOTIFY_OUT_START": ("internal", "destination", "call_start"),
    "NOTIFY_OUT_END": ("internal", "destination", "call_start"),
}
CAUSES = {"answered": 16, "busy": 17, "cancel": 16, "no answer": 19, "failed": 38}


def echo(query: Mapping[str, str]) -> str | None:
    """What the provider wants to read back before it trusts an address."""
    word = query.get("zd_echo", "")
    return word if word.isascii() and word.isalnum() and len(word) <= LONGEST_ECHO else None


def signed(headers: Mapping[str, str], form: Mapping[str, str], secret: bytes) -> bool:
    """The base64 of the *hex* of HMAC-SHA1, as PHP makes it."""
    names = SIGNED.get(form.get("event", ""))
    if names is None:
        return False
    text = "".join(form.get(name, "") for name in names)
    right = base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha1).hexdigest().encode())
    return hmac.compare_digest(right, headers.get(SIGNATURE, "").encode())


def signals(form: Mapping[str, str], now: float) -> list[ByCall]:
    """A notice comes at the moment it tells of; the only time within it is that of the call's beginning, on the wall
    clock of the provider's account."""
    call, inner = form.get("pbx_call_id", ""), form.get("internal") or None
    if not call:
        return []
    match form.get("event"):
        case "NOTIFY_START":
            return [Ringing(call=call, number=number(form, "caller_id"), line=number(form, "called_did"), at=now)]
        case "NOTIFY_INTERNAL":
            about = {"number": number(form, "caller_id"), "line": number(form, "called_did")}
            return [Ringing(call=call, agent=inner, at=now, **about)]
        case "NOTIFY_OUT_START" if inner is not None:
            line = number(form, "caller_id")
            return [Dialling(call=call, number=form.get("destination", ""), agent=inner, line=line, at=now)]
        case "NOTIFY_ANSWER" if inner is not None:
            return [Answered(call=call, agent=inner, at=now)]
        case "NOTIFY_END" | "NOTIFY_OUT_END":
            told: list[ByCall] = []
            duration = form.get("duration", "")
            if form.get("disposition") == "answered" and inner and duration.isascii() and duration.isdigit():
                # The answer is not always told of by itself.
                told.append(Answered(call=call, agent=inner, at=now - int(duration[:6])))
            return [*told, HungUp(call=call, cause=CAUSES.get(form.get("disposition", "")), at=now)]
        case _:
            return []


def number(form: Mapping[str, str], name: str) -> str | None:
    """The caller may be withheld, and then is a word or nothing."""
    text = form.get(name, "")
    return text if any(letter.isdigit() for letter in text) else None
