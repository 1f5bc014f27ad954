"""A second account with cards of the same names, numbers and tags, so that whatever crosses accounts is seen at once.

A module of tests imports the fixture; it looks at the neighbours again after each test: nothing of theirs has changed.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import Client, ClientOf

KINDS = ("contacts", "companies", "leads", "customers")
PHONE: list[dict[str, Any]] = [{"field_code": "PHONE", "values": [{"value": "+79990001122", "enum_code": "MOB"}]}]


async def made(api: Client, path: str, *items: dict[str, Any]) -> list[int]:
    """The numbers of new cards."""
    answer = await api.post(f"/api/v4/{path}", json=list(items))
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["_embedded"][path]]


async def seen(api: Client) -> dict[str, Any]:
    """All that there is, page by page."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        for path in (f"{kind}?with=contacts,companies,leads,customers", f"{kind}/tags?", f"{kind}/custom_fields?"):
            answer = await api.get(f"/api/v4/{path}&limit=250")
            found[path] = answer.json()["_embedded"] if answer.status_code == 200 else None
    return found


@pytest.fixture(autouse=True)
async def neighbours(client_of: ClientOf) -> AsyncIterator[dict[str, int]]:
    """The numbers of the neighbours' cards, one of each kind, all linked to the contact."""
    api = await client_of("stranger", "other.example")
    tags = [{"name": "call"}, {"name": "vip"}]
    (company,) = await made(
        api, "companies", {"name": "Acme Parts", "custom_fields_values": PHONE, "tags_to_add": tags}
    )
    (contact,) = await made(
        api, "contacts", {"name": "Ivan Sidorov", "custom_fields_values": PHONE, "tags_to_add": tags}
    )
    embedded = {"contacts": [{"id": contact}], "companies": [{"id": company}]}
    (lead,) = await made(api, "leads", {"name": "Один", "price": 200, "tags_to_add": tags, "_embedded": embedded})
    (customer,) = await made(api, "customers", {"name": "Sidorov (regular)", "tags_to_add": tags})
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    assert (await api.post(f"/api/v4/customers/{customer}/link", json=link)).status_code == 200
    before = await seen(api)
    yield {"contacts": contact, "companies": company, "leads": lead, "customers": customer}
    assert await seen(api) == before
