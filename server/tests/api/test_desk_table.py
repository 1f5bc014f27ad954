"""Tables of cards: pages, filters, changes to many, files and saved views, all by the rights of whoever asks."""

from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions import many
from trubka.db import Db
from trubka.errors import Unavailable


async def made(api: Client, path: str, items: list[dict[str, Any]]) -> list[int]:
    answer = await api.post(f"/api/v4/{path}", json=items)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["_embedded"][path]]


@pytest.fixture
async def olga(signed_in: Visitor) -> httpx.AsyncClient:
    return await signed_in("olga")


@pytest.fixture
async def people(api: Client, cast: Cast) -> list[int]:
    """Twelve contacts, every third one of Anna's; the first four have a tag."""
    phone = [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}]
    return await made(
        api,
        "contacts",
        [
            {
                "name": f"Person {number:02}",
                "responsible_user_id": cast.anna if number % 3 == 0 else cast.olga,
                "created_at": 1000 + number,
                "updated_at": 2000 + number // 2,  # two of each: the number decides between them
                "custom_fields_values": phone,
                **({"tags_to_add": [{"name": "VIP"}]} if number < 4 else {}),
            }
            for number in range(12)
        ],
    )


async def names(client: httpx.AsyncClient, query: str = "", kind: str = "contacts") -> list[str]:
    """All the rows, page by page."""
    found: list[str] = []
    after = ""
    while True:
        answer = await client.get(f"/desk/table/{kind}?{query}{after}")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found += [row["name"] for row in told["rows"]]
        if told["after"] is None:
            return found
        after = f"&after={told['after']}"


NUMBERED = [f"Person {number:02}" for number in range(12)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=5", NUMBERED[::-1]),
        ("after=².1", NUMBERED[::-1]),
        ("limit=5&order=updated_at", NUMBERED),
        ("limit=1&order=-created_at", NUMBERED[::-1]),
        ("limit=3&order=created_at&created_at[from]=1004&created_at[to]=1006", NUMBERED[4:7]),
        ("order=created_at&owner=ANNA", NUMBERED[::3]),
        ("order=created_at&owner=ANNA,OLGA", NUMBERED),
        ("order=created_at&tag=VIP", NUMBERED[:4]),
        ("order=created_at&tag=VIP&owner=ANNA", NUMBERED[:4:3]),
        ("query=person+07", ["Person 07"]),
        ("order=created_at&query=9990001122", NUMBERED),
        ("owner=nobody", []),
        ("tag=nothing", []),
    ],
)
async def test_a_table_is_filtered_sorted_and_paged(
    olga: httpx.AsyncClient, people: list[int], cast: Cast, db: Db, query: str, expected: list[str]
):
    tag = await db.value("select id from tags where account_id = $1 and name = 'VIP'", cast.account_id)
    query = query.replace("ANNA", str(cast.anna)).replace("OLGA", str(cast.olga)).replace("VIP", str(tag))
    assert await names(olga, query) == expected
    counted = (await olga.get(f"/desk/table/contacts/count?{query}")).json()
    assert counted == {"count": len(expected), "more": False}


async def test_one_sees_ones_own(people: list[int], signed_in: Visitor):
    for name, seen in (("anna", 4), ("boris", 4), ("clara", 0)):
        visitor = await signed_in(name)
        assert len(await names(visitor)) == seen
        assert (await visitor.get("/desk/table/contacts/count")).json()["count"] == seen
    stranger = await signed_in("stranger", email="olga@other.example", host="other.example")
    assert await names(stranger) == []


async def test_a_row_tells_what_a_table_shows(olga: httpx.AsyncClient, api: Client, cast: Cast):
    fields = {field["code"]: field["id"] for field in (await olga.get("/desk/table/contacts/about")).json()["fields"]}
    (firm,) = await made(api, "companies", [{"name": "Boats"}])
    (person,) = await made(
        api,
        "contacts",
        [
            {
                "name": "Rita",
                "custom_fields_values": [
                    {"field_code": "POSITION", "values": [{"value": "Captain"}]},
                    {"field_code": "EMAIL", "values": [{"value": "rita@boats.example", "enum_code": "WORK"}]},
                ],
            }
        ],
    )
    link = [{"to_entity_id": firm, "to_entity_type": "companies"}]
    assert (await api.post(f"/api/v4/contacts/{person}/link", json=link)).status_code == 200
    position = fields["POSITION"]
    (row,) = (await olga.get(f"/desk/table/contacts?fields={position},999")).json()["rows"]
    assert (row["id"], row["company"], row["email"]) == (person, {"id": firm, "name": "Boats"}, "rita@boats.example")
    assert row["fields"] == {str(position): ["Captain"], "999": []} and row["owner"] == cast.olga
    columns = [{"id": "name", "width": 300}, {"id": f"f{position}", "width": 90}]
    await olga.put("/desk/table/contacts/columns", json={"columns": columns})
    (row,) = (await olga.get(f"/desk/table/contacts?ids={person},1")).json()["rows"]
    assert row["fields"] == {str(position): ["Captain"]}
    await olga.put("/desk/table/contacts/columns", json={"columns": [{"id": "f²", "width": 90}]})
    assert (await olga.get(f"/desk/table/contacts?ids={person}")).json()["rows"][0]["fields"] == {}
    assert (await olga.get("/desk/table/contacts?ids=1")).json()["rows"] == []
    about = (await olga.get("/desk/table/leads/about")).json()
    assert about["pipelines"][0]["is_main"] and len(about["pipelines"][0]["statuses"]) == 7
    (lead,) = await made(api, "leads", [{"name": "Boat", "price": 70, "_embedded": {"contacts": [{"id": person}]}}])
    (row,) = (await olga.get("/desk/table/leads?order=-price&price[from]=70")).json()["rows"]
    assert (row["id"], row["price"], row["contact"]["name"], row["company"]) == (lead, 70, "Rita", None)
    assert (await olga.get("/desk/table/leads?order=name")).status_code == 400


async def test_ids_of_a_filter_come_piece_by_piece(olga: httpx.AsyncClient, api: Client):
    ids = [
        each
        for start in (0, 125)
        for each in await made(api, "companies", [{"name": f"Firm {start + n}"} for n in range(125)])
    ]
    found: list[int] = []
    after = None
    while True:
        told = (await olga.get("/desk/table/companies/ids", params={"after": after} if after else {})).json()
        assert len(told["ids"]) <= 100
        found += told["ids"]
        if (after := told["after"]) is None:
            break
    assert found == sorted(ids)


async def test_many_are_changed_and_what_is_refused_is_told(
    signed_in: Visitor, people: list[int], api: Client, cast: Cast, db: Db
):
    await db.run(
        "update users set rights = jsonb_set(rights, '{contacts,view}', '\"A\"') where account_id = $1 and id = $2",
        cast.account_id,
        cast.anna,
    )
    anna = await signed_in("anna")
    change = {
        "ids": [*people, 1],
        "responsible_user_id": cast.boris,
        "tags_to_add": ["Sold"],
        "tags_to_delete": ["VIP"],
    }
    told = (await anna.post("/desk/table/contacts/change", json=change)).json()
    assert told["done"] == 4
    assert {each["why"] for each in told["left"] if each["id"] == 1} == {"There is no such contact."}
    assert {each["why"] for each in told["left"] if each["id"] != 1} == {"You have no right to change this contact."}
    assert {each["name"] for each in told["left"]} == {"", *NUMBERED} - set(NUMBERED[::3])
    rows = (await api.get("/api/v4/contacts?limit=250")).json()["_embedded"]["contacts"]
    for row in rows:
        mine = row["id"] in people[::3]
        assert (row["responsible_user_id"] == cast.boris) == mine
        assert ("Sold" in [tag["name"] for tag in row["_embedded"]["tags"]]) == mine
    assert (await anna.post("/desk/table/contacts/change", json={"ids": [people[0]]})).json()["left"] != []
    assert (await anna.post("/desk/table/contacts/change", json={"ids": []})).status_code == 400
    assert (await anna.post("/desk/table/contacts/change", json={"ids": [1] * 101})).status_code == 400


async def test_one_that_cannot_move_does_not_keep_the_others(olga: httpx.AsyncClient, api: Client, cast: Cast, db: Db):
    leads = await made(api, "leads", [{"name": f"Lead {n}"} for n in range(5)])
    wrong = {"ids": leads, "status_id": 1}
    told = (await olga.post("/desk/table/leads/change", json=wrong)).json()
    assert told["done"] == 0 and {each["why"] for each in told["left"]} == {
        "The value you selected is not a valid choice."
    }
    await db.run("update leads set is_unsorted = true where account_id = $1 and id = $2", cast.account_id, leads[2])
    told = (await olga.post("/desk/table/leads/change", json={"ids": leads, "delete": True})).json()
    assert told["done"] == 4
    assert told["left"] == [
        {"id": leads[2], "name": "Lead 2", "why": "What waits in the unsorted is declined there, not deleted."}
    ]
    assert [row["id"] for row in (await olga.get("/desk/table/leads")).json()["rows"]] == [leads[2]]
    told = (await api.get("/api/v4/leads?with=only_deleted")).json()["_embedded"]["leads"]
    assert {each["id"] for each in told} == set(leads) - {leads[2]}
    facts = await db.rows("select fact from facts where fact ->> 'fact' = 'card_deleted' order by id")
    assert [row["fact"]["id"] for row in facts] == [lead for lead in leads if lead != leads[2]]
    types = {row["type"] for row in await db.rows("select type from events where type like '%deleted'")}
    assert types == {"lead_deleted"}


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cards each transaction has tried to change; one that comes to 13 cannot be had now."""
    found: list[int] = []
    really = many.at_once

    async def counting(db: Db, me: Any, account: Any, kind: Any, given: Any, ids: Any, now: int) -> None:
        found.append(len(ids))
        if 13 in found:
            raise Unavailable("Not now.")
        await really(db, me, account, kind, given, ids, now)

    monkeypatch.setattr(many, "at_once", counting)
    return found


async def test_what_is_wrong_for_each_card_is_not_tried_with_each(
    signed_in: Visitor, api: Client, cast: Cast, db: Db, tries: list[int]
):
    anna = await signed_in("anna")
    leads = await made(api, "leads", [{"name": f"{n}", "responsible_user_id": cast.anna} for n in range(9)])
    rows = await db.rows("select pipeline_id, id from statuses where account_id = $1 order by sort", cast.account_id)
    pipeline, closed = rows[0]["pipeline_id"], rows[2]["id"]
    word = {"pipeline_id": pipeline, "status_id": closed, "rights": {"edit": "D"}}
    await db.run("update users set rights = rights || $2 where id = $1", cast.anna, {"status_rights": [word]})
    for change in (
        {"responsible_user_id": 1},
        {"status_id": 1},
        {"status_id": closed},
        {"pipeline_id": 1},
        {"loss_reason_id": 1, "status_id": 143},
        {},
    ):
        told = (await anna.post("/desk/table/leads/change", json={"ids": leads, **change})).json()
        assert told["done"] == 0 and [each["id"] for each in told["left"]] == leads, change
        assert len({each["why"] for each in told["left"]}) == 1 and tries == [9], (change, tries)
        tries.clear()


async def test_what_cannot_be_had_now_is_left(
    olga: httpx.AsyncClient, api: Client, cast: Cast, db: Db, tries: list[int]
):
    leads = await made(api, "leads", [{"name": f"{n}"} for n in range(52)])
    await db.run("update leads set is_unsorted = true where account_id = $1 and id = $2", cast.account_id, leads[40])
    told = (await olga.post("/desk/table/leads/change", json={"ids": leads, "delete": True})).json()
    assert tries == [52, 26, 26, 13] and told["done"] == 26
    assert [each["id"] for each in told["left"]] == leads[26:] and {each["why"] for each in told["left"]} == {
        "Not now."
    }
    tries.clear()
    answer = await olga.post("/desk/table/leads/change", json={"ids": leads[26:39], "delete": True})
    assert answer.status_code == 503, "nothing is done yet"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("contacts", {"status_id": 142}),
        ("companies", {"pipeline_id": 1, "responsible_user_id": 1}),
        ("companies", {"loss_reason_id": 1}),
    ],
)
async def test_what_a_card_has_not_is_refused(olga: httpx.AsyncClient, api: Client, kind: str, change: dict[str, int]):
    ids = await made(api, kind, [{"name": "Rita"}])
    answer = await olga.post(f"/desk/table/{kind}/change", json={"ids": ids, **change})
    assert answer.status_code == 422 and answer.json()["detail"].startswith("Only leads"), answer.text


async def test_who_may_not_delete_is_told(signed_in: Visitor, people: list[int]):
    anna = await signed_in("anna")
    told = (await anna.post("/desk/table/contacts/change", json={"ids": [people[0]], "delete": True})).json()
    why = "You have no right to delete this contact."
    assert told == {"done": 0, "left": [{"id": people[0], "name": "Person 00", "why": why}]}


async def test_a_file_has_what_one_may_export(
    olga: httpx.AsyncClient, signed_in: Visitor, people: list[int], cast: Cast, db: Db
):
    wanted = {
        "columns": ["name", "phone", "owner", "tags", "nothing"],
        "heads": ["Name", "Phone", "Owner", "Tags", "-"],
    }
    told = (await olga.post("/desk/table/contacts/export", json=wanted)).json()
    lines = told["text"].splitlines()
    assert (lines[0], lines[1]) == ("Name;Phone;Owner;Tags;'-", "Person 00;+79990001122;Anna;VIP;")
    assert told["rows"] == 12 and len(lines) == 13 and told["after"] is None
    some = (await olga.post("/desk/table/contacts/export", json=wanted | {"ids": people[:2], "heads": []})).json()
    assert some["text"].splitlines() == ["Person 00;+79990001122;Anna;VIP;", "Person 01;+79990001122;Olga;VIP;"]
    anna = await signed_in("anna")
    assert (await anna.post("/desk/table/contacts/export", json=wanted)).status_code == 403
    await db.run(
        "update users set rights = jsonb_set(rights, '{contacts}', $3) where account_id = $1 and id = $2",
        cast.account_id,
        cast.anna,
        {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "M"},
    )
    told = (await anna.post("/desk/table/contacts/export", json=wanted)).json()
    assert told["rows"] == 4 and "Person 01" not in told["text"]
    deeds = await db.rows("select user_id, subject from audit where deed = 'cards_exported' order by id")
    assert [(row["user_id"], row["subject"]) for row in deeds][-1] == (cast.anna, "contacts")
    for after in (0, -1):
        assert (await anna.post("/desk/table/contacts/export", json=wanted | {"after": after})).status_code == 400


async def test_no_piece_of_a_file_is_taken_unseen(
    olga: httpx.AsyncClient, signed_in: Visitor, people: list[int], db: Db
):
    """A piece that goes on with a file is of one export; whoever only says so has begun another one."""
    path = "/desk/table/contacts/export"

    async def taken(visitor: httpx.AsyncClient, to: str = path, **more: Any) -> tuple[str, int]:
        answer = await visitor.post(to, json={"columns": ["name"]} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()["begun"], await db.value("select count(*) from audit where deed = 'cards_exported'")

    begun, count = await taken(olga)
    assert count == 1
    assert await taken(olga, begun=begun, after=people[0]) == (begun, 1)
    assert (await taken(olga, f"{path}?query=Person", begun=begun))[1] == 2, "all that another filter lets through"
    assert (await taken(olga, f"{path}?created_at[from]=1", begun=begun))[1] == 3
    assert (await taken(olga, columns=["name", "phone"], begun=begun))[1] == 4, "more of each"
    rows = await db.rows("select details from audit where deed = 'cards_exported' order by id")
    assert [row["details"] for row in rows] == [{"whole": True, "rows": 12}] * 4
    count = (await taken(olga, after=people[0]))[1]
    assert count == 5
    last = "select details from audit where deed = 'cards_exported' order by id desc limit 1"
    assert await db.value(last) == {"whole": True}, "a piece does not know of how many"
    for forged in (begun[:-1] + ("x" if begun[-1] != "x" else "y"), "", "1.2.3", "\u043f"):
        count += 1
        assert (await taken(olga, after=people[0], begun=forged))[1] == count
    count = await db.value("select count(*) from audit where deed = 'cards_exported'")
    assert (await taken(olga, begun=begun, ids=people[:1]))[1] == count + 1, "some are no part of all"
    assert (await taken(olga, "/desk/table/companies/export", begun=begun))[1] == count + 2
    some, count = await taken(olga, ids=people[:1])
    assert await db.value(last) == {"whole": False, "rows": 1}
    assert await taken(olga, begun=some, ids=people[:1]) == (some, count), "asked once more"
    assert (await taken(olga, begun=some, ids=people[1:]))[1] == count + 1
    assert await db.value(last) == {"whole": False, "rows": len(people) - 1}, "other cards"
    count += 1
    await db.run("update users set is_admin = true where name = 'Anna'")
    assert (await taken(await signed_in("anna"), begun=begun))[1] == count + 1, "it was not hers"


async def test_a_status_says_whether_its_leads_are_exported(
    olga: httpx.AsyncClient, signed_in: Visitor, api: Client, cast: Cast, db: Db
):
    rows = await db.rows("select pipeline_id, id from statuses where account_id = $1 order by sort", cast.account_id)
    pipeline, (first, second) = rows[0]["pipeline_id"], [row["id"] for row in rows[1:3]]
    items = [
        {"name": f"{who} {place}", "status_id": status, "responsible_user_id": cast.users[who]}
        for place, status in enumerate((first, second))
        for who in ("anna", "clara")
    ]
    await made(api, "leads", items)
    anna = await signed_in("anna")

    async def exported(general: str, word: str | None) -> set[str] | int:
        rights = {
            "leads": {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": general},
            "status_rights": [
                {"pipeline_id": pipeline, "status_id": first, "rights": {"export": word} if word else {"edit": "D"}}
            ],
        }
        await db.run("update users set rights = $1 where id = $2", rights, cast.anna)
        may = (await anna.get("/desk/table/leads/about")).json()["may"]["export"]
        answer = await anna.post("/desk/table/leads/export", json={"columns": ["name"]})
        assert may == (answer.status_code == 200)
        return set(answer.json()["text"].split("\r\n")) - {""} if may else answer.status_code

    everything = {"anna 0", "clara 0", "anna 1", "clara 1"}
    assert await exported("A", None) == everything
    assert await exported("A", "D") == {"anna 1", "clara 1"}
    assert await exported("M", "A") == {"anna 0", "clara 0", "anna 1"}
    assert await exported("M", None) == {"anna 0", "anna 1"}
    assert await exported("D", "A") == {"anna 0", "clara 0"}
    assert await exported("D", None) == 403


async def test_columns_and_filters_are_kept(olga: httpx.AsyncClient, signed_in: Visitor):
    assert (await olga.get("/desk/table/contacts/about")).json()["columns"] is None
    columns = [{"id": "name", "width": 300}, {"id": "f1101", "width": 90}]
    for chosen in (columns[:1], columns):
        assert (await olga.put("/desk/table/contacts/columns", json={"columns": chosen})).status_code == 204
    assert (await olga.get("/desk/table/contacts/about")).json()["columns"] == columns
    assert (await olga.get("/desk/table/leads/about")).json()["columns"] is None
    anna, boris = await signed_in("anna"), await signed_in("boris")
    mine = {"name": "Mine", "filter": {"owner": [5]}}
    kept = (await anna.post("/desk/table/contacts/filters", json=mine)).json()["id"]
    for_all = mine | {"name": "All", "is_shared": True}
    assert (await anna.post("/desk/table/contacts/filters", json=for_all)).status_code == 403
    shared = (await olga.post("/desk/table/contacts/filters", json=for_all)).json()["id"]

    async def listed(visitor: httpx.AsyncClient) -> list[tuple[int, bool]]:
        about = (await visitor.get("/desk/table/contacts/about")).json()
        return [(each["id"], each["is_mine"]) for each in about["filters"]]

    assert await listed(anna) == [(shared, False), (kept, True)] and await listed(boris) == [(shared, False)]
    assert (await boris.delete(f"/desk/table/filters/{kept}")).status_code == 404
    assert (await boris.delete(f"/desk/table/filters/{shared}")).status_code == 403
    assert (await anna.patch(f"/desk/table/filters/{kept}", json={"is_shared": True})).status_code == 403
    assert (await anna.patch(f"/desk/table/filters/{kept}", json={"name": "Other"})).status_code == 204
    assert (await anna.delete(f"/desk/table/filters/{kept}")).status_code == 204
    assert await listed(anna) == [(shared, False)]


async def test_filters_of_the_company_are_not_open_to_a_session_of_the_desk(
    olga: httpx.AsyncClient, cast: Cast, db: Db
):
    for_all = {"name": "All", "filter": {"owner": [5]}, "is_shared": True}
    shared = (await olga.post("/desk/table/contacts/filters", json=for_all)).json()["id"]
    own = (await olga.post("/desk/table/contacts/filters", json=for_all | {"is_shared": False})).json()["id"]
    await db.run("update sessions set scope = 'desk' where account_id = $1", cast.account_id)
    for answer in (
        await olga.post("/desk/table/contacts/filters", json=for_all),
        await olga.patch(f"/desk/table/filters/{own}", json={"is_shared": True}),
        await olga.patch(f"/desk/table/filters/{shared}", json={"name": "Other"}),
        await olga.delete(f"/desk/table/filters/{shared}"),
    ):
        assert answer.status_code == 403, answer.text
    assert (await olga.delete(f"/desk/table/filters/{own}")).status_code == 204


async def test_only_a_session_asks(client_of: ClientOf, api: Client):
    stranger = await client_of(None)
    assert (await stranger.get("/desk/table/contacts")).status_code == 401
    assert (await api.get("/desk/table/contacts")).status_code == 401
