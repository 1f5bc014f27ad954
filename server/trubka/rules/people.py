"""What a name, a login, a password and a set of rights may be."""

import ipaddress
import re
from collections.abc import Container, Iterable, Sequence
from typing import Protocol

from trubka.errors import Flaw, FlawedItem
from trubka.rules.rights import Rights

LONGEST_NAME = 50
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
SHORTEST_API_PASSWORD = 6  # amoCRM's own rule, for users made over the API
LONGEST_PASSWORD = 200  # hashing takes its time
LANGUAGES = ("ru", "en", "es")
LONGEST_PHONE = 32
NAMING = ("responsible_user_id", "created_by", "updated_by")  # where a card, a note or a task names users

email_shape = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
unwanted_in_names = re.compile(r"[^\w\s.@'’-]")


def name_flaw(name: str) -> Flaw | None:
    if not name.strip():
        return Flaw("FieldMissing", "name", "This value should not be blank.")
    if len(name) > LONGEST_NAME:
        return Flaw("TooLong", "name", f"This value is too long. It should have {LONGEST_NAME} characters or less.")
    if unwanted_in_names.search(name):
        return Flaw("InvalidValue", "name", "A name may have letters, digits, spaces and the characters . @ - _ only.")
    return None


def email_flaw(email: str) -> Flaw | None:
    if len(email) > LONGEST_EMAIL or not email_shape.fullmatch(email.strip()):
        return Flaw("InvalidValue", "email", "This value is not a valid email address.")
    return None


def password_flaw(password: str, email: str) -> str | None:
    """Why a person may not take this password for themselves."""
    if len(password) < SHORTEST_PASSWORD:
        return f"A password has at least {SHORTEST_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"A password has at most {LONGEST_PASSWORD} characters."
    if password.strip().casefold() in (email.strip().casefold(), email.partition("@")[0].strip().casefold()):
        return "A password may not be the e-mail."
    return None


def api_password_flaw(password: str) -> Flaw | None:
    if len(password) > LONGEST_PASSWORD:
        return Flaw("TooLong", "password", f"A password has at most {LONGEST_PASSWORD} characters.")
    kinds = (str.isdigit, str.islower, str.isupper)
    if len(password) < SHORTEST_API_PASSWORD or not all(any(kind(c) for c in password) for kind in kinds):
        least = f"A password has at least {SHORTEST_API_PASSWORD} characters"
        return Flaw("InvalidValue", "password", f"{least}, a digit, a lower and an upper case letter among them.")
    return None


def phone_flaw(phone: str | None) -> Flaw | None:
    if phone is not None and (len(phone) > LONGEST_PHONE or (phone and not re.search(r"\d", phone))):
        return Flaw("InvalidValue", "phone_number", "This value is not a phone number.")
    return None


def lang_flaw(lang: str) -> Flaw | None:
    if lang not in LANGUAGES:
        return Flaw("NotSupportedChoice", "lang", "The value you selected is not a valid choice.")
    return None


class Naming(Protocol):
    """What names users: whoever answers for it, has made and changed it. 0 is no person but a robot."""

    @property
    def request_id(self) -> str: ...


def users_named(batch: Iterable[Naming], names: Sequence[str] = NAMING) -> list[int]:
    return sorted({user for asked in batch for name in names if (user := getattr(asked, name))})


def strangers(batch: Iterable[Naming], real: Container[int], names: Sequence[str] = NAMING) -> list[FlawedItem]:
    """Who is named must be a user of the account, also one who has left."""
    found: list[FlawedItem] = []
    for asked in batch:
        wrong = [name for name in names if (user := getattr(asked, name)) and user not in real]
        if wrong:
            found.append(FlawedItem(asked.request_id, [choice(name) for name in wrong]))
    return found


def rights_flaws(rights: Rights) -> list[Flaw]:
    """Adding is allowed or denied: there is nobody yet whose record it would be."""
    wrong = [name for name in ("leads", "contacts", "companies") if getattr(rights, name).add not in ("A", "D")]
    return [choice(f"rights.{name}.add") for name in wrong]


def choice(path: str) -> Flaw:
    return Flaw("NotSupportedChoice", path, "The value you selected is not a valid choice.")


def network_of(address: str) -> str:
    """What one attacker holds: a single IPv4 address, or a /64 of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
