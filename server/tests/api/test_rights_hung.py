"""Who reads and writes what hangs on cards: notes, tasks, the log of events, the look-up of a caller.

The rights on the card decide, for each kind of card, role and owner; a task is its responsible user's own. A neighbour
account has the same of everything, so that whatever crosses accounts is seen at once.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_notes import card
from tests.api.test_tasks import task
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db
from trubka.rules.rights import CardRights, Rights, TaskRights

OWNERS = ("olga", "anna", "boris", "clara")
ALL, TEAM = OWNERS, ("anna", "boris")
NOTE: list[dict[str, Any]] = [{"note_type": "call_in", "params": {"duration": 1, "phone": "+79990001122"}}]
PHONE: list[dict[str, Any]] = [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}]

# person, rights on cards, whose one sees, whose one changes
ROLES: dict[str, tuple[str, CardRights | None, tuple[str, ...], tuple[str, ...]]] = {
    "administrator": ("olga", None, ALL, ALL),
    "all": ("boris", CardRights(), ALL, ALL),
    "all, changes the group's": ("boris", CardRights("A", "G"), ALL, TEAM),
    "group, changes own": ("anna", None, TEAM, ("anna",)),
    "own": ("boris", CardRights("M", "M"), ("boris",), ("boris",)),
    "own, only to look": ("boris", CardRights("M", "D"), ("boris",), ()),
    "nobody": ("clara", None, (), ()),
    "another account": ("stranger", None, (), ()),
}
each_role = pytest.mark.parametrize("role", ROLES)
each_kind = pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers"])


async def client(role: str, client_of: ClientOf, cast: Cast, db: Db, tasks: TaskRights | None = None) -> Client:
    person, rights, _, _ = ROLES[role]
    if rights is not None:
        whole = Rights(leads=rights, contacts=rights, companies=rights, tasks=tasks or TaskRights())
        await db.run("update users set rights = $2 where id = $1", cast.users[person], whole)
    neighbour = await client_of("stranger", "other.example")
    await neighbour.post("/api/v4/contacts", json=[{"name": "Card", "custom_fields_values": PHONE}])
    return await client_of(person, "other.example" if person == "stranger" else "acme.example")


async def cards(kind: str, client_of: ClientOf, cast: Cast) -> dict[str, tuple[int, int]]:
    """A card of each owner with a note: {owner: (card, note)}."""
    olga = await client_of("olga")
    found: dict[str, tuple[int, int]] = {}
    for owner in OWNERS:
        phone = {"custom_fields_values": PHONE} if kind in ("contacts", "companies") else {}
        card_id = await card(olga, kind, responsible_user_id=cast.users[owner], **phone)
        made = await olga.post(f"/api/v4/{kind}/{card_id}/notes", json=NOTE)
        found[owner] = card_id, made.json()["_embedded"]["notes"][0]["id"]
    return found


async def ids(api: Client, path: str, name: str, key: str = "id") -> set[Any]:
    answer = await api.get(f"/api/v4/{path}")
    return {each[key] for each in answer.json()["_embedded"][name]} if answer.status_code == 200 else set()


@each_role
@each_kind
async def test_notes_and_events(role: str, kind: str, client_of: ClientOf, cast: Cast, db: Db):
    made = await cards(kind, client_of, cast)
    api = await client(role, client_of, cast, db)
    _, _, sees, changes = ROLES[role]
    notes = await ids(api, f"{kind}/notes?limit=250", "notes")
    events = await ids(api, "events?filter[type]=incoming_call", "events", "entity_id")
    for owner, (card_id, note_id) in made.items():
        seen = owner in sees
        assert (note_id in notes, card_id in events) == (seen, seen), owner
        for path in (f"{card_id}/notes", f"notes/{note_id}", f"{card_id}/notes/{note_id}"):
            assert (await api.get(f"/api/v4/{kind}/{path}")).status_code == (200 if seen else 204), path
        expected = 200 if owner in changes else 403 if seen else 400
        rows = "select count(*), max(updated_at), bool_or(is_pinned), max(params::text) from notes where entity_id = $1"
        before = await db.rows(rows, card_id)
        batch = [{"id": note_id, "params": {"duration": 9}}]
        for method, path, body in (
            ("POST", f"{card_id}/notes", NOTE),
            ("POST", "notes", [{**NOTE[0], "entity_id": card_id}]),
            ("PATCH", "notes", batch),
            ("PATCH", f"{card_id}/notes", batch),
            ("PATCH", f"{card_id}/notes/{note_id}", batch[0]),
        ):
            answer = await api.request(method, f"/api/v4/{kind}/{path}", json=body)
            assert answer.status_code == expected, (owner, method, path)
        pinned = (await api.post(f"/api/v4/{kind}/notes/{note_id}/pin")).status_code
        assert pinned == {200: 204, 403: 403, 400: 404}[expected]
        assert (await db.rows(rows, card_id) == before) is (expected != 200)


@each_role
@each_kind
async def test_tasks_are_hung_on_what_one_sees(role: str, kind: str, client_of: ClientOf, cast: Cast, db: Db):
    made = await cards(kind, client_of, cast)
    olga, api = await client_of("olga"), await client(role, client_of, cast, db)
    for owner, (card_id, _) in made.items():
        body = {"text": "t", "complete_till": 5, "entity_id": card_id, "entity_type": kind}
        expected = 200 if owner in ROLES[role][2] else 400
        assert (await api.post("/api/v4/tasks", json=[body])).status_code == expected, owner
        closest = (await olga.get(f"/api/v4/{kind}/{card_id}")).json()["closest_task_at"]
        assert closest == (5 if expected == 200 else None)


@pytest.mark.parametrize(
    ("rights", "sees", "changes"),
    [
        (TaskRights("A", "A"), ALL, ALL),
        (TaskRights("G", "G"), TEAM, TEAM),
        (TaskRights("M", "M"), ("boris",), ("boris",)),
        (TaskRights("D", "D"), ("boris",), ()),
    ],
)
async def test_tasks(
    rights: TaskRights, sees: tuple[str, ...], changes: tuple[str, ...], client_of: ClientOf, cast: Cast, db: Db
):
    olga = await client_of("olga")
    tasks = {owner: await task(olga, responsible_user_id=cast.users[owner]) for owner in OWNERS}
    api = await client("own", client_of, cast, db, rights)
    listed = await ids(api, "tasks", "tasks")
    told = await ids(api, "events?filter[type]=task_added", "events", "entity_id")
    for owner, task_id in tasks.items():
        seen = owner in sees
        assert (task_id in listed, task_id in told) == (seen, seen), owner
        assert (await api.get(f"/api/v4/tasks/{task_id}")).status_code == (200 if seen else 204)
        expected = 200 if owner in changes else 403 if seen else 400
        for path, body in ((f"/{task_id}", {"is_completed": True}), ("", [{"id": task_id, "text": "x"}])):
            assert (await api.patch(f"/api/v4/tasks{path}", json=body)).status_code == expected, owner
        row = await db.row("select text, is_completed from tasks where id = $1", task_id)
        assert row is not None
        assert (row["text"], row["is_completed"]) == (("x", True) if expected == 200 else ("Call", False))


@each_role
@pytest.mark.parametrize("kind", ["contacts", "companies"])
async def test_a_caller_is_looked_up(role: str, kind: str, client_of: ClientOf, cast: Cast, db: Db):
    made = await cards(kind, client_of, cast)
    api = await client(role, client_of, cast, db)
    answer = await api.get("/private/api/v2/json/contacts/list?query=89990001122")
    found = (
        {int(each["id"]) for each in answer.json()["response"]["contacts"]} if answer.status_code == 200 else set[int]()
    )
    assert {owner for owner, (card_id, _) in made.items() if card_id in found} == set(ROLES[role][2])
