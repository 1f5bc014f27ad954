"""Recordings: where one is fetched from, what a try means and when the next one is, how long it is kept, and its state
in words."""

from __future__ import annotations

import base64
import re
import zoneinfo
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

State = Literal["waiting", "fetched", "empty", "failed", "refused", "deleted"]
Language = Literal["ru", "en"]

RETRY_SECONDS = (15, 60, 300, 900, 3_600, 14_400, 43_200)  # after the first try, the second, …
TRIES = len(RETRY_SECONDS) + 1
STORE_SECONDS = 120  # our own disk is full: the link is not to blame, so no try is lost
SILENCE = 0.003  # of full scale (-50 dB): the loudest moment of a recording in which nobody can be heard
SHORTEST_SECONDS = 0.1  # less is a header, or a click
DAY_SECONDS = 86_400
LONGEST_KEEPING_DAYS = 36_500
LISTEN_SECONDS = 1_800  # and the recording's length: what one user asks of it within them is one listen
LINK_SECONDS = 600  # and the recording's length: a player asks again and again while it plays


# Where it comes from.


class Source(msgspec.Struct, frozen=True):
    url: str
    authorization: str = ""


class Pbx(msgspec.Struct, frozen=True):
    """What a PBX's settings say of its recordings. `{file}` in the address stands for the file's name; without it, the
    name is appended. `recordings_folder` is how the PBX's own names begin."""

    recordings_url: str = ""
    recordings_user: str = ""
    recordings_folder: str = ""


def source_of(link: str, pbx: Pbx | None = None, key_id: str = "", secret: str = "") -> Source | None:
    """None: this is no address, and no file that a PBX of ours would give. The PBX's secret is told to nobody else."""
    base = pbx.recordings_url if pbx else ""
    if link[:8].lower().startswith(("http://", "https://")):
        url = link
    elif base and link and ".." not in link.replace("\\", "/").split("/"):
        name = quote(link.removeprefix(pbx.recordings_folder if pbx else "").lstrip("/"))
        url = base.replace("{file}", name) if "{file}" in base else f"{base.rstrip('/')}/{name}"
    else:
        return None
    if not base or origin(base) is None or origin(url) != origin(base):
        return Source(url)
    pair = f"{(pbx.recordings_user if pbx else '') or key_id}:{secret}"
    return Source(url, "Basic " + base64.b64encode(pair.encode()).decode())


def origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        return (parts.scheme.lower(), (parts.hostname or "").lower(), parts.port)
    except ValueError:
        return None


# What a try means.


class Audio(msgspec.Struct, frozen=True):
    """What decoding told. `loudest` is a part of full scale; `cut`: its header promised more."""

    media: str
    suffix: str
    seconds: float
    loudest: float
    cut: bool = False
    peaks: bytes = b""  # the number of sides, then as many peaks for each


class Wrong(msgspec.Struct, frozen=True):
    """Why there is no audio: a key of WHY, with a detail."""

    code: str
    detail: str = ""


class Next(msgspec.Struct, frozen=True):
    state: State
    why: str = ""  # the code, then the detail
    tries_left: int = 0
    again_seconds: int | None = None  # none: nothing more is tried


REFUSED = frozenset({"private", "link", "large"})
LAST = frozenset({"gone", "worker"})  # failed, and no further try would help


def verdict(audio: Audio) -> Wrong | None:
    """Whether there is anything to hear."""
    if audio.seconds < SHORTEST_SECONDS:
        return Wrong("nothing")
    if audio.loudest < SILENCE:
        return Wrong("silent", f"{audio.seconds:.0f}")
    return Wrong("cut", f"{audio.seconds:.0f}") if audio.cut else None


def after(wrong: Wrong | None, tries_left: int) -> Next:
    """What follows from a try. `tries_left` no longer counts the try itself. A file of nothing but a header may be
    filled a little later, so it is asked for again; a piece of a recording is better than none, when no try is left."""
    if wrong is None:
        return Next("fetched")
    why = f"{wrong.code} {wrong.detail}".strip()
    if wrong.code in REFUSED:
        return Next("refused", why, tries_left)
    if wrong.code == "silent":
        return Next("empty", why)
    if wrong.code in LAST:
        return Next("failed", why)
    if wrong.code == "store":
        return Next("failed", why, min(tries_left + 1, TRIES), STORE_SECONDS)
    if wrong.code == "cut" and tries_left == 0:
        return Next("fetched", why)
    again = RETRY_SECONDS[max(0, TRIES - 1 - tries_left)] if tries_left else None
    return Next("empty" if wrong.code == "nothing" else "failed", why, tries_left, again)


def of_status(status: int) -> Wrong | None:
    """What an answer that is not the file means. Links that have expired, or are not yet there, are tried again."""
    if status == 200:
        return None
    return Wrong("gone") if status == 410 else Wrong("answered", str(status))


# Where it lies, and for how long.


def folder_of(account_id: int, recording_id: int) -> str:
    """No folder has more than a thousand recordings."""
    return f"{folder_of_account(account_id)}/{recording_id // 1_000}"


def folder_of_account(account_id: int) -> str:
    return str(account_id)


def name_of(recording_id: int, sha256: bytes, suffix: str) -> str:
    """Of its own content: fetched twice, it takes its own place."""
    return f"{recording_id}-{sha256.hex()[:16]}.{suffix}"


def kept_until(created_at: int, days: int | None) -> int | None:
    return None if days is None else created_at + days * DAY_SECONDS


def link_seconds(seconds: float | None) -> int:
    return LINK_SECONDS + int(seconds or 0)


def listen_seconds(seconds: float) -> int:
    return LISTEN_SECONDS + int(seconds)


DIRECTIONS = {
    1: ("входящий", "inbound"),
    2: ("исходящий", "outbound"),
    3: ("внутренний", "internal"),
}
NO_NUMBER = ("номер скрыт", "withheld")


def title(started_at: int, time_zone: str, number: str | None, direction: int, language: str) -> str:
    """What a file is called when it is taken away: when, with whom, which way."""
    place = 0 if language == "ru" else 1
    at = datetime.fromtimestamp(started_at, zoneinfo.ZoneInfo(time_zone)).strftime("%Y-%m-%d %H-%M")
    digits = re.sub(r"[^0-9+]", "", number or "") or NO_NUMBER[place]
    return f"{at} {digits} {DIRECTIONS.get(direction, DIRECTIONS[1])[place]}"


# In words.

WHY: dict[str, tuple[str, str]] = {
    "nothing": ("в файле нет звука, один заголовок", "the file has no sound, only a header"),
    "silent": ("{detail} с полной тишины", "{detail} s of complete silence"),
    "cut": ("файл обрывается на {detail} с", "the file breaks off after {detail} s"),
    "html": ("вместо звука пришла веб-страница", "a web page came instead of sound"),
    "unknown": ("это не запись известного вида", "this is no kind of recording that we know"),
    "unreadable": ("файл не читается: {detail}", "the file cannot be read: {detail}"),
    "answered": ("сервер записи ответил {detail}", "the recording's server answered {detail}"),
    "gone": ("записи больше нет на сервере", "the recording is no longer on its server"),
    "unreachable": ("сервер записи не отдал её: {detail}", "its server did not give it: {detail}"),
    "large": ("запись больше, чем разрешено: {detail}", "the recording is larger than allowed: {detail}"),
    "private": ("адрес не открыт для нас: {detail}", "the address is not open to us: {detail}"),
    "link": ("это не веб-адрес и не файл АТС", "this is neither a web address nor a file of the PBX"),
    "store": ("наше хранилище не приняло запись: {detail}", "our store did not take it: {detail}"),
    "worker": ("на этой записи программа завершилась", "the program ended while at it, again and again"),
    "erased": ("данные человека удалены", "the person's data were erased"),
    "kept": ("срок хранения истёк", "it was kept as long as the rule says"),
}
STATES: dict[State, tuple[str, str]] = {
    "waiting": ("Запись забирается.", "The recording is being fetched."),
    "fetched": ("Запись у нас.", "The recording is here."),
    "empty": ("Звука нет: {why}.", "There is no sound: {why}."),
    "failed": ("Запись не получена: {why}.", "The recording could not be fetched: {why}."),
    "refused": ("Запись не забирается: {why}.", "The recording is not fetched: {why}."),
    "deleted": ("Запись удалена: {why}.", "The recording was deleted: {why}."),
}
AGAIN = (
    " Следующая попытка через {time}, осталось попыток: {left}.",
    " It is tried again in {time}; tries left: {left}.",
)
NOW = ("несколько секунд", "some seconds")
UNITS = ((86_400, "{} д", "{} d"), (3_600, "{} ч", "{} h"), (60, "{} мин", "{} min"), (1, "{} с", "{} s"))


def in_words(state: State, why: str, tries_left: int, again_seconds: int | None, language: str) -> str:
    """A whole sentence or two for people."""
    place = 0 if language == "ru" else 1
    code, _, detail = why.partition(" ")
    cause = WHY[code][place].format(detail=detail.rstrip(".")) if code in WHY else why
    if state == "fetched" and code:
        return STATES[state][place] + " " + cause[:1].upper() + cause[1:] + "."
    told = STATES[state][place].format(why=cause)
    if state in ("failed", "empty") and again_seconds is not None:
        told += AGAIN[place].format(time=span(again_seconds, place), left=tries_left)
    return told


def span(seconds: int, place: int) -> str:
    for size, *words in UNITS:
        if seconds >= size:
            return words[place].format(round(seconds / size))
    return NOW[place]
