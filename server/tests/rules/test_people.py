"""What a name, a login, a password and a set of rights may be."""

import pytest

from trubka.rules import people
from trubka.rules.notes import Asked
from trubka.rules.rights import CardRights, Rights


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Olga Petrova", None),
        ("Ольга О'Нил-Смит", None),
        ("o.petrova@acme", None),
        (" ", "FieldMissing"),
        ("x" * 51, "TooLong"),
        ("<b>", "InvalidValue"),
        ("a\0b", "InvalidValue"),
    ],
)
def test_names(name: str, code: str | None):
    flaw = people.name_flaw(name)
    assert (flaw.code if flaw else None) == code


@pytest.mark.parametrize(
    ("email", "good"),
    [
        ("olga@acme.example", True),
        (" olga@acme.example ", True),
        ("olga", False),
        ("a b@c", False),
        ("x" * 255 + "@a", False),
    ],
)
def test_emails(email: str, good: bool):
    assert (people.email_flaw(email) is None) is good


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct horse", True),
        ("short", False),
        ("x" * 201, False),
        ("OLGA@acme.example", False),
        ("olga.petrova", False),
    ],
)
def test_passwords(password: str, good: bool):
    email = "olga@acme.example" if "@" in password else "olga.petrova@acme.example"
    assert (people.password_flaw(password, email) is None) is good


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Secret1", None),
        ("Sec1", "InvalidValue"),
        ("secret1", "InvalidValue"),
        ("SECRET1", "InvalidValue"),
        ("Secrets", "InvalidValue"),
        ("Aa1" * 100, "TooLong"),
    ],
)
def test_passwords_over_the_api(password: str, code: str | None):
    flaw = people.api_password_flaw(password)
    assert (flaw.code if flaw else None) == code


@pytest.mark.parametrize(
    ("phone", "good"), [(None, True), ("", True), ("+7 999", True), ("abc", False), ("1" * 33, False)]
)
def test_phones(phone: str | None, good: bool):
    assert (people.phone_flaw(phone) is None) is good


def test_languages():
    assert people.lang_flaw("ru") is None
    flaw = people.lang_flaw("fr")
    assert flaw is not None
    assert flaw.code == "NotSupportedChoice"


def test_adding_is_allowed_or_denied():
    rights = Rights(leads=CardRights(add="M"), companies=CardRights(add="D"))
    assert [flaw.path for flaw in people.rights_flaws(rights)] == ["rights.leads.add"]
    assert people.rights_flaws(Rights()) == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("unix", "unix"),
    ],
)
def test_what_one_attacker_holds(address: str, network: str):
    assert people.network_of(address) == network


def test_who_is_named_works_here():
    batch = [
        Asked(request_id="a", created_by=0, updated_by=7),
        Asked(request_id="b", created_by=8, updated_by=9, responsible_user_id=7),
        Asked(request_id="c"),
    ]
    assert people.users_named(batch) == [7, 8, 9]
    assert people.users_named(batch, ("updated_by",)) == [7, 9]
    (flawed,) = people.strangers(batch, {7})
    assert (flawed.request_id, [flaw.path for flaw in flawed.errors]) == ("b", ["created_by", "updated_by"])
    assert people.strangers(batch, {7, 8, 9}) == people.strangers(batch, {7}, ("responsible_user_id",)) == []
