"""Rights over the API: level × kind of card × owner, for lists, reads, writes and new cards."""

from itertools import product
from typing import Any, get_args

import pytest

from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db
from trubka.rules.rights import Level

KINDS = {"contacts": "contacts", "companies": "companies", "leads": "leads", "customers": "leads"}
OWNERS = ("anna", "boris", "clara", "olga")
# Anna and Boris are of one group; what each level lets Anna do to whose cards.
LETS: dict[str, set[str]] = {
    "A": {"anna", "boris", "clara", "olga"},
    "G": {"anna", "boris"},
    "M": {"anna"},
    "L": {"anna"},
    "D": set(),
}


async def ids_in(client: Client, path: str, query: str = "") -> set[int]:
    answer = await client.get(f"/api/v4/{path}?limit=250{query}")
    if answer.status_code == 204:
        return set()
    return {card["id"] for card in answer.json()["_embedded"][path]}


def test_the_table_knows_every_level():
    assert set(LETS) == set(get_args(Level))


@pytest.mark.parametrize("path", KINDS)
async def test_cards_are_seen_and_changed_by_right(client_of: ClientOf, cast: Cast, db: Db, path: str):
    olga, anna, stranger = await client_of("olga"), await client_of("anna"), await client_of("stranger")
    items = [{"name": "Rita", "responsible_user_id": cast.users[name]} for name in OWNERS]
    answer = await olga.post(f"/api/v4/{path}", json=items)
    assert answer.status_code == 200, answer.text
    card_of = dict(zip(OWNERS, [card["id"] for card in answer.json()["_embedded"][path]], strict=True))
    owner_of = {card: name for name, card in card_of.items()}

    async def names(query: str = "") -> set[str]:
        return {owner_of[card] for card in await ids_in(anna, path, query)}

    for view, edit in product(LETS, LETS):
        levels = {"view": view, "edit": edit, "add": "A", "delete": "D", "export": "D"}
        await db.run(
            "update users set rights = jsonb_set(rights, array[$3], $4) where account_id = $1 and id = $2",
            cast.account_id,
            cast.anna,
            KINDS[path],
            levels,
        )
        may_see, may_edit = LETS[view], LETS[view] & LETS[edit]
        assert await names() == may_see
        assert await names("&query=rita") == may_see
        assert await names("".join(f"&filter[id][]={card}" for card in owner_of)) == may_see
        for name, card in card_of.items():
            seen = await anna.get(f"/api/v4/{path}/{card}")
            assert seen.status_code == (200 if name in may_see else 204), (view, name)
            changed = await anna.patch(f"/api/v4/{path}/{card}", json={"name": f"Rita {view}{edit}"})
            assert (changed.status_code == 200) == (name in may_edit), (view, edit, name, changed.text)
            assert changed.status_code in (200, 400, 403), (view, edit, name)
    assert await ids_in(stranger, path) == set()
    for card in owner_of:
        assert (await stranger.get(f"/api/v4/{path}/{card}")).status_code == 204
        assert (await stranger.patch(f"/api/v4/{path}/{card}", json={"name": "Mine"})).status_code == 400
    assert await ids_in(olga, path) == set(owner_of)


@pytest.mark.parametrize("path", KINDS)
async def test_a_right_to_add(client_of: ClientOf, cast: Cast, db: Db, path: str):
    anna = await client_of("anna")
    for level, status in (("A", 200), ("D", 403)):
        await db.run(
            "update users set rights = jsonb_set(rights, array[$3, 'add'], $4) where account_id = $1 and id = $2",
            cast.account_id,
            cast.anna,
            KINDS[path],
            level,
        )
        answer = await anna.post(f"/api/v4/{path}", json=[{"name": level}])
        assert answer.status_code == status, answer.text


WHO: list[tuple[str, str, Any, dict[str, int]]] = [
    # method, path, body; the status for the administrator and for an agent
    ("GET", "/api/v4/account", None, {"olga": 200, "anna": 200, "clara": 200}),
    ("GET", "/api/v4/leads/pipelines", None, {"olga": 200, "anna": 200, "clara": 200}),
    ("GET", "/api/v4/contacts/custom_fields", None, {"olga": 200, "anna": 200, "clara": 200}),
    ("GET", "/api/v4/users", None, {"olga": 200, "anna": 403, "clara": 403}),
    ("GET", "/api/v4/roles", None, {"olga": 204, "anna": 403, "clara": 403}),
    ("GET", "/api/v4/webhooks", None, {"olga": 204, "anna": 403, "clara": 403}),
]


async def test_what_is_for_administrators(client_of: ClientOf):
    clients = {name: await client_of(name) for name in ("olga", "anna", "clara")}
    for method, path, body, expected in WHO:
        seen = {name: (await clients[name].request(method, path, json=body)).status_code for name in expected}
        assert seen == expected, path
    nobody = await client_of(None)
    for method, path, body, _ in WHO:
        assert (await nobody.request(method, path, json=body)).status_code == 401, path
