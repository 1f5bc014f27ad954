"""Companies' names as addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules.accounts import Account, flaw_of_account, flaw_of_words, offset_of, subdomain_of
from trubka.rules.entities import Entity
from trubka.rules.fields import Field, Showing


@pytest.mark.parametrize(
    ("name", "subdomain"),
    [
        ("Рога и Копыта", "roga-i-kopyta"),
        ("Acme Ltd.", "acme-ltd"),
        ("«Щука»", "schuka"),
        ("!!!", "company"),
        ("A" * 60, "a" * 40),
    ],
)
def test_a_name_as_a_label(name: str, subdomain: str):
    assert subdomain_of(name) == subdomain


@given(st.text(max_size=80))
def test_every_name_makes_a_good_label(name: str):
    assert flaw_of_account(subdomain_of(name), "RU", "RUB", "Europe/Moscow") == ""


@pytest.mark.parametrize(
    ("subdomain", "country", "currency", "zone"),
    [
        ("-a", "RU", "RUB", "Europe/Moscow"),
        ("a.b", "RU", "RUB", "Europe/Moscow"),
        ("a" * 41, "RU", "RUB", "Europe/Moscow"),
        ("acme", "ru", "RUB", "Europe/Moscow"),
        ("acme", "RU", "R", "Europe/Moscow"),
        ("acme", "RU", "RUB", "Moscow"),
    ],
)
def test_what_is_wrong_is_said(subdomain: str, country: str, currency: str, zone: str):
    assert flaw_of_account(subdomain, country, currency, zone).endswith((".", "Moscow."))


def test_fields_of_a_kind_of_card():
    phone = Field(1, "Phone", "PHONE", "multitext", (1, 3))
    account = Account(id=31, name="Acme", subdomain="acme", fields=(phone,))
    assert account.fields_of(Entity.company) == [phone]
    assert account.fields_of(Entity.lead) == []


@pytest.mark.parametrize(
    ("name", "language", "good"),
    [("Acme", "ru", True), (" ", "ru", False), ("x" * 5_000, "ru", False), ("Acme", "fr", False)],
)
def test_a_companys_name_and_language(name: str, language: str, good: bool):
    assert (flaw_of_words(name, language) == "") is good


@pytest.mark.parametrize(
    ("zone", "now", "offset"),
    [
        ("Europe/Moscow", 1760000000, "+03:00"),
        ("Asia/Kolkata", 1760000000, "+05:30"),
        ("America/New_York", 1767312245, "-05:00"),
    ],
)
def test_how_far_a_zone_is_from_utc(zone: str, now: int, offset: str):
    assert offset_of(zone, now) == offset


def test_a_zone_that_the_machine_does_not_know_is_utc():
    assert offset_of("Nowhere/Land", 0) == "+00:00"


@pytest.mark.parametrize(("mode", "on"), [("segments", True), ("periodicity", True), ("disabled", False)])
def test_whether_there_are_customers(mode: str, on: bool):
    assert Account(id=31, name="Acme", subdomain="acme", customers_mode=mode).customers_on is on


def test_how_fields_are_shown_is_made_ready_once():
    field = Field(1101, "Phone", "PHONE", "multitext", (1, 3))
    account = Account(id=31, name="Acme", subdomain="acme", fields=(field,))
    assert account.showings == {"1101": Showing.of(field)}
    assert account.showings is account.showings
