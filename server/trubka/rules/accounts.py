"""What an account says about all that happens in it."""

import re
import zoneinfo
from datetime import UTC, datetime, tzinfo
from functools import cache, cached_property

import msgspec

from trubka.rules.entities import Entity
from trubka.rules.fields import Field, Keying, Showing


class Account(msgspec.Struct, frozen=True, kw_only=True, dict=True):  # the dict is for what is made ready once
    id: int
    name: str
    subdomain: str
    country: str = "RU"  # decides what `8…` means
    time_zone: str = "Europe/Moscow"
    language: str = "ru"
    currency: str = "RUB"
    name_order: int = 1  # 1: first name, last name
    customers_mode: str = "segments"
    task_types: tuple[int, ...] = (1, 2)
    fields: tuple[Field, ...] = ()
    revoked: frozenset[str] = frozenset()  # grants whose tokens would still verify

    @property
    def customers_on(self) -> bool:
        return self.customers_mode not in ("unavailable", "disabled")

    @cached_property
    def showings(self) -> dict[str, Showing]:
        """How each field is shown, by its number as cards keep it."""
        return {str(field.id): Showing.of(field) for field in self.fields}

    def keying(self, entity: Entity) -> Keying:
        """Which fields of a kind of card give keys."""
        if (found := self._keyings.get(entity)) is None:
            found = self._keyings[entity] = Keying.of(self.fields_of(entity))
        return found

    @cached_property
    def _keyings(self) -> dict[Entity, Keying]:
        return {}

    def fields_of(self, entity: Entity) -> list[Field]:
        return [field for field in self.fields if entity in field.entities]


LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
SOUNDS = "a b v g d e e zh z i y k l m n o p r s t u f h c ch sh sch  y  e yu ya"
LATIN = dict(zip(LETTERS, SOUNDS.split(" "), strict=True))
LONGEST_LABEL = 40
LONGEST_NAME = 100
LANGUAGES = ("ru", "en")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def subdomain_of(name: str) -> str:
    """A company's name as the first label of a host: «Рога и Копыта» is roga-i-kopyta."""
    latin = "".join(LATIN.get(letter, letter) for letter in name.casefold())
    words = re.findall(r"[a-z0-9]+", latin)
    return "-".join(words)[:LONGEST_LABEL].strip("-") or "company"


def flaw_of_words(name: str, language: str) -> str:
    if not name.strip() or len(name) > LONGEST_NAME:
        return f"The company's name has 1 to {LONGEST_NAME} characters."
    if language not in LANGUAGES:
        return f"The language is one of {', '.join(LANGUAGES)}."
    return ""


def flaw_of_account(subdomain: str, country: str, currency: str, time_zone: str) -> str:
    """What is wrong with a company's particulars, in a sentence; empty when nothing is."""
    if not LABEL.fullmatch(subdomain):
        return f"“{subdomain}” cannot stand in an address: use up to {LONGEST_LABEL} letters a-z, digits and hyphens."
    if not re.fullmatch(r"[A-Z]{2}", country):
        return "A country is two capital letters, such as RU."
    if not re.fullmatch(r"[A-Z]{3}", currency):
        return "A currency is three capital letters, such as RUB."
    if time_zone not in zoneinfo.available_timezones():
        return f"There is no time zone “{time_zone}”; one is Europe/Moscow."
    return ""


CURRENCY_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "UAH": "₴", "UZS": "сум", "GBP": "£"}


@cache
def zone(name: str) -> tzinfo:
    """A machine may lack the table of time zones; then its clock is UTC, and nothing is lost for it."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC


def offset_of(time_zone: str, now: int) -> str:
    """How far the zone is from UTC at that moment: +03:00."""
    away = datetime.fromtimestamp(now, zone(time_zone)).strftime("%z")
    return f"{away[:3]}:{away[3:5]}"
