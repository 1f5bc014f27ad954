"""Rights where cards meet: links, what `with` tells, new leads bound to others, tags, and the word of a status.

What one does not see does not exist for one (204, or 400 where it is named in a body); what one sees and may not change
is 403.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import TEAM, Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db
from trubka.rules.bonds import can_bind
from trubka.rules.entities import BY_PLURAL
from trubka.rules.rights import CardRights, Rights, StatusLevels, StatusRights, TaskRights

__all__ = ["neighbours"]

OWNERS = ("olga", "anna", "boris", "clara")
KINDS = ("contacts", "companies", "leads", "customers")


@dataclass(frozen=True)
class Role:
    """A person, and whose cards they see and change; `rights` replaces what the cast gives them."""

    person: str
    sees: tuple[str, ...]
    changes: tuple[str, ...]
    adds: bool = True
    rights: CardRights | None = None


ROLES = {
    "administrator": Role("olga", OWNERS, OWNERS),
    "all": Role("boris", OWNERS, OWNERS, rights=CardRights()),
    "all, changes the group's": Role("boris", OWNERS, ("anna", "boris"), rights=CardRights("A", "G")),
    "group, changes own": Role("anna", ("anna", "boris"), ("anna",)),
    "the same, beside her": Role("boris", ("anna", "boris"), ("boris",)),
    "own": Role("boris", ("boris",), ("boris",), rights=CardRights("M", "M")),
    "own, only to look": Role("boris", ("boris",), (), adds=False, rights=CardRights("M", "D", "D")),
    "nobody": Role("clara", (), (), adds=False),
    "another account": Role("stranger", (), ()),
}

Clients = Callable[[str], Awaitable[Client]]
Ask = Callable[[Client, str, int], Awaitable[httpx.Response]]


def get(path: str) -> Ask:
    return lambda api, kind, card: api.get(path.format(kind=f"/api/v4/{kind}", card=card))


READS: dict[str, Ask] = {
    "links": get("{kind}/{card}/links"),
    "links of many": get("{kind}/links?filter[entity_id][]={card}"),
}


@pytest.fixture
async def clients(client_of: ClientOf, db: Db, cast: Cast) -> AsyncIterator[Clients]:
    """clients(role) speaks as the person of that role, with its rights."""

    async def of(name: str) -> Client:
        role = ROLES[name]
        if role.rights is not None:
            rights = Rights(leads=role.rights, contacts=role.rights, companies=role.rights, tasks=TaskRights())
            await db.run("update users set rights = $2 where id = $1", cast.users[role.person], rights)
        elif role.person == "boris":
            await db.run("update users set rights = $2 where id = $1", cast.boris, TEAM)
        return await client_of(role.person)

    yield of


@pytest.fixture
async def cards(request: pytest.FixtureRequest, client_of: ClientOf, cast: Cast) -> dict[str, int]:
    """A card of each owner, each linked to another card of that owner."""
    api, kind = await client_of("olga"), request.getfixturevalue("kind")
    other = "companies" if kind == "contacts" else "contacts"
    mine = [{"name": f"Card of {owner}", "responsible_user_id": cast.users[owner]} for owner in OWNERS]
    ids, partners = await made(api, kind, *mine), await made(api, other, *mine)
    links = [
        {"entity_id": card, "to_entity_id": partner, "to_entity_type": other}
        for card, partner in zip(ids, partners, strict=True)
    ]
    assert (await api.post(f"/api/v4/{kind}/link", json=links)).status_code == 200
    return dict(zip(OWNERS, ids, strict=True))


each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
async def test_whose_links_one_sees(kind: str, clients: Clients, cards: dict[str, int]):
    for who, role in ROLES.items():
        client = await clients(who)
        for name, ask in READS.items():
            seen = {owner for owner, card in cards.items() if (await ask(client, kind, card)).status_code == 200}
            assert seen == set(role.sees), (who, name)


@each_kind
async def test_who_links(kind: str, clients: Clients, cards: dict[str, int], client_of: ClientOf, cast: Cast):
    """From a card that one may change, to a card that one sees."""
    for who, role in ROLES.items():
        client = await clients(who)
        olga = await client_of("olga")
        other = "contacts" if kind != "contacts" else "companies"
        for target_of in ("anna", "clara"):
            (target,) = await made(olga, other, {"responsible_user_id": cast.users[target_of]})
            for owner, card in cards.items():
                hidden = owner not in role.sees or target_of not in role.sees
                expected = 400 if hidden else 200 if owner in role.changes else 403
                link = [{"to_entity_id": target, "to_entity_type": other}]
                assert (await client.post(f"/api/v4/{kind}/{card}/link", json=link)).status_code == expected
                batch = [{"entity_id": card, **link[0]}]
                gone = await client.post(f"/api/v4/{kind}/unlink", json=batch)
                assert gone.status_code == (204 if expected == 200 else expected)


@each_kind
async def test_linked_cards_are_told_as_far_as_one_sees_them(
    kind: str, clients: Clients, client_of: ClientOf, cast: Cast
):
    for who, role in ROLES.items():
        client = await clients(who)
        olga = await client_of("olga")
        owner = role.sees[0] if role.sees else "olga"
        entity = BY_PLURAL[kind]
        for other in KINDS:
            if not can_bind(entity, BY_PLURAL[other]):
                continue
            (card,) = await made(olga, kind, {"name": "Card", "responsible_user_id": cast.users[owner]})
            ids = await made(olga, other, *({"name": "X", "responsible_user_id": cast.users[each]} for each in OWNERS))
            many = entity.name != "lead" and entity.name != "contact" if other == "companies" else True
            for linked, whose in zip(ids, OWNERS, strict=True):
                link = [{"to_entity_id": linked, "to_entity_type": other}]
                assert (await olga.post(f"/api/v4/{kind}/{card}/link", json=link)).status_code == 200
                bound = OWNERS[: OWNERS.index(whose) + 1] if many else (whose,)
                expected = {each for each in bound if each in role.sees}
                read = await client.get(f"/api/v4/{kind}/{card}?with={other}")
                links = await client.get(f"/api/v4/{kind}/{card}/links?filter[to_entity_type]={other}")
                if not role.sees:
                    assert (read.status_code, links.status_code) == (204, 204), who
                    continue
                told = {each["id"] for each in read.json()["_embedded"][other]}
                assert told == {ids[OWNERS.index(each)] for each in expected}, (who, other)
                shown = {each["to_entity_id"] for each in links.json()["_embedded"]["links"]}
                assert shown == told, (who, other)


@pytest.mark.parametrize("kind", ["contacts", "companies"])
async def test_a_new_lead_is_bound_only_to_what_one_sees(kind: str, clients: Clients, cards: dict[str, int]):
    for who, role in ROLES.items():
        client = await clients(who)
        for path in ("leads", "leads/complex"):
            for owner, card in cards.items():
                answer = await client.post(f"/api/v4/{path}", json=[{"_embedded": {kind: [{"id": card}]}}])
                expected = 403 if not role.adds else 200 if owner in role.sees else 400
                assert answer.status_code == expected, (who, path, owner)


@each_kind
async def test_tags_and_fields(kind: str, clients: Clients, client_of: ClientOf):
    for who, role in ROLES.items():
        client = await clients(who)
        path = f"/api/v4/{kind}/tags"
        assert (await (await client_of("olga")).post(path, json=[{"name": "secret"}])).status_code == 200
        answer = await client.get(path)
        names = {tag["name"] for tag in answer.json()["_embedded"]["tags"]} if answer.status_code == 200 else set[str]()
        assert ("secret" in names) == bool(role.sees), who
        if role.person != "stranger":
            allowed = role.adds or bool(role.changes)
            assert (await client.post(path, json=[{"name": "mine"}])).status_code == (200 if allowed else 403), who
        assert (await client.get(f"/api/v4/{kind}/custom_fields")).status_code in (200, 204)
        assert (await client.get("/api/v4/leads/pipelines")).status_code == 200


async def test_the_word_of_a_status_is_the_last_one(client_of: ClientOf, cast: Cast, db: Db):
    """Boris sees and changes everybody's leads of one status, and not even his own of another."""
    rows = await db.rows("select pipeline_id, id, name from statuses where account_id = $1", cast.account_id)
    pipeline, ids = rows[0]["pipeline_id"], {row["name"]: row["id"] for row in rows}
    rights = Rights(
        leads=CardRights("M", "M"),
        status_rights=[
            StatusRights(pipeline, ids["Decision"], StatusLevels("A", "A")),
            StatusRights(pipeline, ids["Contract"], StatusLevels("A", "D")),
            StatusRights(pipeline, ids["Negotiation"], StatusLevels("D", "D")),
        ],
    )
    await db.run("update users set rights = $2 where id = $1", cast.boris, rights)
    olga, boris = await client_of("olga"), await client_of("boris")
    cases = {  # owner, status: what boris gets for a look, and for a change
        ("boris", "First contact"): (200, 200),
        ("anna", "First contact"): (204, 400),
        ("anna", "Decision"): (200, 200),
        ("anna", "Contract"): (200, 403),
        ("boris", "Contract"): (200, 403),
        ("boris", "Negotiation"): (204, 400),
    }
    seen: list[int] = []
    for (owner, status), (look, change) in cases.items():
        (lead,) = await made(olga, "leads", {"responsible_user_id": cast.users[owner], "status_id": ids[status]})
        (contact,) = await made(olga, "contacts", {"responsible_user_id": cast.boris})
        link = [{"to_entity_id": lead, "to_entity_type": "leads"}]
        assert (await olga.post(f"/api/v4/contacts/{contact}/link", json=link)).status_code == 200
        assert (await boris.get(f"/api/v4/leads/{lead}")).status_code == look, (owner, status)
        assert (await boris.patch(f"/api/v4/leads/{lead}", json={"price": 1})).status_code == change, (owner, status)
        told = (await boris.get(f"/api/v4/contacts/{contact}?with=leads")).json()["_embedded"]["leads"]
        assert bool(told) == (look == 200)
        seen += [lead] if look == 200 else []
    listed = (await boris.get("/api/v4/leads")).json()["_embedded"]["leads"]
    assert [lead["id"] for lead in listed] == seen


async def test_a_lead_enters_no_status_that_is_denied(client_of: ClientOf, cast: Cast, db: Db):
    """Nor is it made there: a status that Boris does not see is no choice of his, one closed to changes is refused."""
    rows = await db.rows("select pipeline_id, id, name from statuses where account_id = $1", cast.account_id)
    pipeline, ids = rows[0]["pipeline_id"], {row["name"]: row["id"] for row in rows}
    rights = Rights(
        status_rights=[
            StatusRights(pipeline, ids["Contract"], StatusLevels("A", "D")),
            StatusRights(pipeline, ids["Negotiation"], StatusLevels("D", "D")),
        ],
    )
    await db.run("update users set rights = $2 where id = $1", cast.boris, rights)
    boris = await client_of("boris")
    (lead,) = await made(boris, "leads", {"status_id": ids["Decision"]})
    for status, refused in (("Contract", 403), ("Negotiation", 400)):
        place = {"status_id": ids[status]}
        for answer in (
            await boris.patch(f"/api/v4/leads/{lead}", json=place),
            await boris.patch("/api/v4/leads", json=[{"id": lead, **place}]),
            await boris.post("/api/v4/leads", json=[place]),
            await boris.post("/api/v4/leads/complex", json=[place]),
        ):
            assert answer.status_code == refused, (status, answer.text)
    assert (await boris.get(f"/api/v4/leads/{lead}")).json()["status_id"] == ids["Decision"]
    assert await db.value("select count(*) from leads where account_id = $1 and id <> $2", cast.account_id, lead) == 0


async def test_a_company_is_not_taken_from_a_contact_that_one_may_not_change(client_of: ClientOf, cast: Cast):
    """Boris sees Anna's contact and may not change it: linking it to his own company would take its company away."""
    olga, boris = await client_of("olga"), await client_of("boris")
    (contact,) = await made(olga, "contacts", {"responsible_user_id": cast.anna})
    hers, his = await made(olga, "companies", {"responsible_user_id": cast.anna}, {"responsible_user_id": cast.boris})
    path = f"/api/v4/companies/{his}/link"
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    assert (await boris.post(path, json=link)).status_code == 200  # it had none
    assert (await olga.post(f"/api/v4/companies/{hers}/link", json=link)).status_code == 200
    assert (await boris.post(path, json=link)).status_code == 403
    companies = (await olga.get(f"/api/v4/contacts/{contact}")).json()["_embedded"]["companies"]
    assert [each["id"] for each in companies] == [hers]
