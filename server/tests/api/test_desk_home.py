"""The first page's counts and the search over everything, by the rights of whoever asks."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.actions import passwords
from trubka.db import Db

PASSWORD = "correct horse battery"
OURS = {"x-requested-with": "trubka"}


@pytest.fixture
async def cards(client_of: ClientOf, cast: Cast, db: Db) -> None:
    """A contact of Anna's, one of Clara's, a company and two leads of Olga's."""
    await db.run("update people set password_hash = $1", await passwords.hashed(PASSWORD))
    api = await client_of("olga")
    phone = [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}]
    contacts: list[dict[str, Any]] = [
        {"name": "Ivan Sidorov", "responsible_user_id": cast.anna, "custom_fields_values": phone},
        {"name": "Ivan Petrov", "responsible_user_id": cast.clara},
    ]
    for path, body in (
        ("contacts", contacts),
        ("companies", [{"name": "Ivan and Sons"}]),
        ("leads", [{"name": "Boat for Ivan", "price": 500}, {"name": "Car"}]),
    ):
        assert (await api.post(f"/api/v4/{path}", json=body)).status_code == 200


async def signed_in(client_of: ClientOf, name: str, domain: str = "acme") -> Any:
    client = await client_of(None, f"{domain}.example", **OURS)
    answer = await client.post("/desk/sign-in", json={"email": f"{name}@{domain}.example", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


@pytest.mark.parametrize(
    ("name", "domain", "contacts", "leads"),
    [
        ("olga", "acme", 2, 2),
        ("anna", "acme", 1, 0),
        ("boris", "acme", 1, 0),
        ("clara", "acme", 0, 0),
        ("olga", "other", 0, 0),
    ],
)
async def test_one_counts_what_one_sees(
    cards: None, client_of: ClientOf, name: str, domain: str, contacts: int, leads: int
) -> None:
    browser = await signed_in(client_of, name, domain)
    told = (await browser.get("/desk/counts")).json()
    assert told == {"contacts": {"count": contacts, "more": False}, "leads": {"count": leads, "more": False}}


@pytest.mark.parametrize(
    ("name", "domain", "query", "names"),
    [
        ("olga", "acme", "iv", {"Ivan Sidorov", "Ivan Petrov", "Ivan and Sons", "Boat for Ivan"}),
        ("olga", "acme", "8 (999) 000-11-22", {"Ivan Sidorov"}),
        ("olga", "acme", "0011", {"Ivan Sidorov"}),
        ("olga", "acme", "i", set[str]()),
        ("olga", "acme", "nobody", set[str]()),
        ("anna", "acme", "ivan", {"Ivan Sidorov"}),
        ("clara", "acme", "ivan", set[str]()),
        ("olga", "other", "ivan", set[str]()),
    ],
)
async def test_one_finds_what_one_sees(
    cards: None, client_of: ClientOf, name: str, domain: str, query: str, names: set[str]
) -> None:
    browser = await signed_in(client_of, name, domain)
    told = await browser.get("/desk/search", params={"query": query})
    assert {each["name"] for each in told.json()["found"]} == names


async def test_what_is_found_says_what_it_is(cards: None, client_of: ClientOf) -> None:
    browser = await signed_in(client_of, "olga")
    found = (await browser.get("/desk/search?query=sidorov")).json()["found"]
    assert [(each["entity"], each["phone"], each["price"]) for each in found] == [("contacts", "+79990001122", None)]
    found = (await browser.get("/desk/search?query=boat")).json()["found"]
    assert [(each["entity"], each["phone"], each["price"]) for each in found] == [("leads", None, 500)]


async def test_only_a_session_asks(client_of: ClientOf) -> None:
    stranger = await client_of(None)
    assert (await stranger.get("/desk/counts")).status_code == 401
    assert (await stranger.get("/desk/search?query=ivan")).status_code == 401
