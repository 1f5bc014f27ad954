"""Leads over the API: where they stand, what they are bound to, and how they are found."""

from typing import Any

import pytest

from tests.api.neighbours import made, neighbours
from tests.cast import Cast
from tests.conftest import Client
from trubka.db import Db

__all__ = ["neighbours"]

LEADS = "/api/v4/leads"


async def test_a_lead_is_made_with_its_cards_and_read(api: Client, cast: Cast):
    (contact,), (company,) = await made(api, "contacts", {}), await made(api, "companies", {"name": "Acme Parts"})
    (lead,) = await made(
        api,
        "leads",
        {"price": 100.0, "_embedded": {"contacts": [{"id": contact}], "companies": [{"id": company}]}},
    )
    read = (await api.get(f"{LEADS}/{lead}?with=contacts,loss_reason,source_id,tags,null&limit=1&page=3")).json()
    assert (read["name"], read["price"], read["closed_at"]) == (f"Lead #{lead}", 100, None)
    assert [(each["id"], each["is_main"]) for each in read["_embedded"]["contacts"]] == [(contact, True)]
    assert [each["id"] for each in read["_embedded"]["companies"]] == [company]
    assert read["source_id"] is None
    assert read["_embedded"]["loss_reason"] == []
    for path, card in (("contacts", contact), ("companies", company)):
        other = (await api.get(f"/api/v4/{path}/{card}?with=leads")).json()
        assert [each["id"] for each in other["_embedded"]["leads"]] == [lead]


async def reason_of(db: Db, account_id: int) -> int:
    return await db.value(
        "insert into loss_reasons (account_id, name, sort, created_at, updated_at) values ($1, 'Price', 10, 1, 2)"
        " returning id",
        account_id,
    )


async def places(db: Db, cast: Cast) -> tuple[int, dict[str, int]]:
    rows = await db.rows("select pipeline_id, id, name from statuses where account_id = $1", cast.account_id)
    return rows[0]["pipeline_id"], {row["name"]: row["id"] for row in rows}


async def test_a_lead_is_moved_closed_and_opened_again(api: Client, cast: Cast, db: Db):
    pipeline, statuses = await places(db, cast)
    (lead,) = await made(api, "leads", {"price": 10})
    path = f"{LEADS}/{lead}"

    async def moved(**change: Any) -> dict[str, Any]:
        answer = await api.patch(path, json=change)
        assert answer.status_code == 200, answer.text
        row = await db.row("select * from leads where id = $1", lead)
        assert row is not None
        return dict(row)

    first = (await api.get(path)).json()
    assert (first["pipeline_id"], first["status_id"]) == (pipeline, statuses["First contact"])
    reason = await reason_of(db, cast.account_id)
    lost = await moved(status_id=143.0, loss_reason_id=reason)
    assert (lost["status_id"], lost["loss_reason_id"], lost["is_active"]) == (143, reason, False)
    assert lost["closed_at"] is not None
    won = await moved(status_id="142", closed_at=1760000000, loss_reason_id=reason)
    assert (won["loss_reason_id"], won["closed_at"]) == (None, 1760000000)
    again = await moved(status_id=statuses["Decision"])
    assert (again["closed_at"], again["is_active"]) == (None, True)
    refused = await api.patch(path, json={"status_id": statuses["Incoming leads"]})
    assert refused.status_code == 400
    assert refused.json()["validation-errors"][0]["errors"][0]["path"] == "status_id"
    events = await db.rows("select * from events where type = 'lead_status_changed' order by id")
    assert [row["value_after"][0]["lead_status"]["id"] for row in events] == [143, 142, statuses["Decision"]]
    assert events[0]["value_before"] == [{"lead_status": {"id": statuses["First contact"], "pipeline_id": pipeline}}]
    facts = await db.rows("select fact from facts where fact->>'fact' = 'lead_moved' order by id")
    assert [row["fact"]["status_id"] for row in facts] == [143, 142, statuses["Decision"]]


async def test_a_lead_may_be_made_in_the_unsorted_and_is_not_active_there(api: Client, cast: Cast, db: Db):
    _, statuses = await places(db, cast)
    (lead,) = await made(api, "leads", {"status_id": statuses["Incoming leads"]})
    assert await db.value("select is_active from leads where id = $1", lead) is False
    listed = (await api.get(LEADS)).json()
    assert [each["id"] for each in listed["_embedded"]["leads"]] == [lead]


async def test_a_whole_lead_sent_back_changes_nothing(api: Client, cast: Cast, db: Db):
    (contact,) = await made(api, "contacts", {})
    (lead,) = await made(
        api,
        "leads",
        {"name": "L", "price": 5, "tags_to_add": [{"name": "vip"}], "_embedded": {"contacts": [{"id": contact}]}},
    )
    whole = (await api.get(f"{LEADS}/{lead}?with=contacts,source_id,loss_reason")).json()
    sent = {key: float(value) if key in ("price", "status_id", "updated_at") else value for key, value in whole.items()}
    sent |= {"created_by": 0, "loss_reason_id": None, "custom_fields_values": None, "unknown": {"a": [1]}}
    answer = await api.patch(LEADS, json=[sent])
    assert answer.status_code == 200, answer.text
    again = (await api.get(f"{LEADS}/{lead}?with=contacts,source_id,loss_reason")).json()
    assert {**again, "updated_at": 0} == {**whole, "updated_at": 0}


async def test_tags_are_replaced_added_and_removed(api: Client):
    (lead,) = await made(api, "leads", {"_embedded": {"tags": [{"name": "a"}, {"name": "b"}]}})

    async def after(**change: Any) -> list[str]:
        assert (await api.patch(f"{LEADS}/{lead}", json=change)).status_code == 200
        return [tag["name"] for tag in (await api.get(f"{LEADS}/{lead}")).json()["_embedded"]["tags"]]

    assert await after(tags_to_add=[{"name": "C"}], tags_to_delete=[{"name": "A"}]) == ["b", "C"]
    assert await after(_embedded={"tags": [{"name": "b"}]}) == ["b"]
    assert await after(price=1) == ["b"]
    assert await after(_embedded={"tags": None}) == []
    assert await after(_embedded={"tags": [{"name": "z"}]}) == ["z"]
    assert await after(_embedded={"tags": []}) == []


async def test_leads_are_found_by_every_filter(api: Client, cast: Cast, db: Db):
    pipeline, statuses = await places(db, cast)
    other = await db.value(
        "insert into pipelines (account_id, name, sort) values ($1, 'Second', 2) returning id", cast.account_id
    )
    await db.run(
        "insert into statuses (account_id, pipeline_id, id, name, sort, color) values"
        " ($1, $2, 142, 'Won', 10000, ''), ($1, $2, 49001, 'Work', 20, '')",
        cast.account_id,
        other,
    )
    one, two, three, four = await made(
        api,
        "leads",
        {"name": "Один", "price": 100, "created_at": 1000, "updated_at": 4000, "responsible_user_id": cast.anna},
        {"name": "Two, too", "price": 200, "created_at": 2000, "updated_at": 3000, "created_by": 0},
        {"name": "Three", "price": 300, "created_at": 3000, "updated_at": 2000, "status_id": 142, "closed_at": 3500},
        {"name": "Four", "price": 400, "created_at": 4000, "updated_at": 1000, "pipeline_id": other},
    )
    step = statuses["First contact"]
    for query, found in {
        "": [one, two, three, four],
        f"filter[id]={two}": [two],
        f"filter[id][]={two}&filter[id][]={four}": [two, four],
        f"filter%5Bid%5D%5B0%5D={two}&filter%5Bid%5D%5B1%5D={one}": [one, two],
        f"filter[id]={two},{three}": [two, three],
        f"filter[responsible_user_id][]={cast.anna}": [one],
        "filter[created_by]=0": [two],
        "filter[name]=Two, too": [two],
        "filter[name][]=two, too&filter[name][]=FOUR": [two, four],
        "filter[price][from]=200&filter[price][to]=300": [two, three],
        "filter[price][from]=301": [four],
        "filter[closed_at][from]=3500": [three],
        "filter[created_at][from]=2000&filter[created_at][to]=3000": [two, three],
        "filter[updated_at]=3000": [one, two],
        f"filter[pipeline_id]={other}": [four],
        f"filter[pipeline_id][0]={other}&filter[pipeline_id][1]={pipeline}": [one, two, three, four],
        f"filter[statuses][0][pipeline_id]={pipeline}&filter[statuses][0][status_id]=142": [three],
        f"filter[statuses][0][pipeline_id]={other}&filter[statuses][0][status_id]=142": [],
        f"filter[statuses][1][pipeline_id]={other}&filter[statuses][1][status_id]=49001"
        f"&filter[statuses][7][pipeline_id]={pipeline}&filter[statuses][7][status_id]={step}": [one, two, four],
        "query=один": [one],
        "order[updated_at]=asc": [four, three, two, one],
        "order[created_at]=desc&order[created_at]=desc": [four, three, two, one],
        "order[id]=desc&limit=2": [four, three],
        "order[id]=desc&limit=2&page=2": [two, one],
        "page=2": [],
        "filter[nonsense]=1&with=tags,null,statuses": [one, two, three, four],
        "filter[id]=abc": [],
    }.items():
        answer = await api.get(f"{LEADS}?{query}")
        assert answer.status_code == (200 if found else 204), (query, answer.text)
        ids = [each["id"] for each in answer.json()["_embedded"]["leads"]] if found else []
        assert ids == found, query


async def test_deleted_leads_are_told_little_of(api: Client, db: Db):
    one, two = await made(api, "leads", {}, {})
    await db.run("update leads set is_deleted = true, updated_at = 5000 where id = $1", one)
    assert [each["id"] for each in (await api.get(LEADS)).json()["_embedded"]["leads"]] == [two]
    gone = (await api.get(f"{LEADS}?with=only_deleted")).json()["_embedded"]["leads"]
    assert [set(each) for each in gone] == [{"id", "updated_at", "updated_by", "is_deleted", "_links"}]
    assert (gone[0]["id"], gone[0]["is_deleted"]) == (one, True)
    assert (await api.get(f"{LEADS}/{one}")).status_code == 204
    assert (await api.patch(f"{LEADS}/{one}", json={"price": 1})).status_code == 400


async def test_why_a_lead_was_lost(api: Client, cast: Cast, db: Db):
    reason, theirs = await reason_of(db, cast.account_id), await reason_of(db, cast.other_account_id)
    for wrong in (theirs, 7):
        answer = await api.post(LEADS, json=[{"status_id": 143, "loss_reason_id": wrong}])
        assert answer.status_code == 400
        (flaw,) = answer.json()["validation-errors"][0]["errors"]
        assert (flaw["code"], flaw["path"]) == ("NotSupportedChoice", "loss_reason_id")
    (lead,) = await made(api, "leads", {"status_id": 143, "loss_reason_id": reason})
    read = (await api.get(f"{LEADS}/{lead}?with=loss_reason,is_price_modified_by_robot,catalog_elements")).json()
    assert read["loss_reason_id"] == reason
    assert read["is_price_modified_by_robot"] is False
    (shown,) = read["_embedded"]["loss_reason"]
    assert {key: shown[key] for key in ("id", "name", "sort", "created_at", "updated_at")} == {
        "id": reason,
        "name": "Price",
        "sort": 10,
        "created_at": 1,
        "updated_at": 2,
    }
    assert read["_embedded"]["catalog_elements"] == []
    assert (await api.patch(f"{LEADS}/{lead}", json={"loss_reason_id": theirs})).status_code == 400
    await db.run("delete from loss_reasons where account_id = $1", cast.account_id)
    again = await api.patch(f"{LEADS}/{lead}", json={"loss_reason_id": reason})  # a whole lead that is sent back
    assert again.status_code == 200


async def test_a_batch_is_all_or_nothing(api: Client, db: Db, cast: Cast):
    (contact,) = await made(api, "contacts", {})
    answer = await api.post(
        LEADS,
        json=[
            {"name": "Good", "_embedded": {"contacts": [{"id": contact}]}},
            {"request_id": "bad", "_embedded": {"contacts": [{"id": contact}, {"id": 999}], "companies": [{"id": 1}]}},
            {"status_id": 1},
        ],
    )
    assert answer.status_code == 400
    assert {
        each["request_id"]: [flaw["path"] for flaw in each["errors"]] for each in answer.json()["validation-errors"]
    } == {"bad": ["_embedded.contacts.1.id", "_embedded.companies.0.id"]}
    for count in (
        "select count(*) from leads where account_id = $1",
        "select count(*) from bonds where account_id = $1",
        "select count(*) from facts where account_id = $1 and fact->>'entity' = '2'",
    ):
        assert await db.value(count, cast.account_id) == 0  # pyright: ignore[reportArgumentType]
    status = await api.post(LEADS, json=[{}, {"status_id": 1}])
    assert [each["request_id"] for each in status.json()["validation-errors"]] == ["1"]


async def test_whole_leads(api: Client, cast: Cast, db: Db):
    (contact,), (company,) = await made(api, "contacts", {"name": "Old"}), await made(api, "companies", {})
    answer = await api.post(
        f"{LEADS}/complex",
        json=[
            {
                "name": "New with new",
                "price": 7.0,
                "request_id": "call-1",
                "tags_to_add": [{"name": "call"}],
                "_embedded": {
                    "contacts": [
                        {
                            "first_name": "Ivan",
                            "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+79990001122"}]}],
                        }
                    ],
                    "companies": [{"name": "Acme Parts"}],
                },
            },
            {"_embedded": {"contacts": [{"id": contact}], "companies": [{"id": company}]}},
            {"_embedded": {"contacts": [{"id": contact}], "companies": [{"name": "New"}]}},
            {},
        ],
    )
    assert answer.status_code == 200, answer.text
    new, old, mixed, bare = answer.json()
    assert [each["request_id"] for each in (new, old, mixed, bare)] == [["call-1"], ["1"], ["2"], ["3"]]
    assert (old["contact_id"], old["company_id"]) == (contact, company)
    assert mixed["contact_id"] == contact
    assert (bare["contact_id"], bare["company_id"]) == (None, None)
    read = (await api.get(f"/api/v4/contacts/{new['contact_id']}?with=leads")).json()
    assert [each["id"] for each in read["_embedded"]["leads"]] == [new["id"]]
    assert [each["id"] for each in read["_embedded"]["companies"]] == [new["company_id"]]
    untouched = (await api.get(f"/api/v4/contacts/{contact}")).json()
    assert untouched["_embedded"]["companies"] == []
    assert (await api.get("/api/v4/contacts?query=89990001122")).json()["_embedded"]["contacts"][0]["id"] == read["id"]
    before = await db.value("select count(*) from contacts")
    wrong = await api.post(
        f"{LEADS}/complex", json=[{"_embedded": {"contacts": [{"name": "X"}], "companies": [{"id": 1}]}}]
    )
    assert wrong.status_code == 400
    unknown = await api.post(f"{LEADS}/complex", json=[{"_embedded": {"metadata": {"category": "mail"}}}])
    (flaw,) = unknown.json()["validation-errors"][0]["errors"]
    assert (unknown.status_code, flaw["path"]) == (400, "_embedded.metadata.category")
    without = await api.post(f"{LEADS}/complex", json=[{"_embedded": {"metadata": {"phone": "+79990001122"}}}])
    (flaw,) = without.json()["validation-errors"][0]["errors"]
    assert (without.status_code, flaw["code"], flaw["path"]) == (400, "FieldMissing", "_embedded.metadata.category")
    assert (await api.post(f"{LEADS}/complex", json=[{"name": "L"}] * 51)).status_code == 400
    assert await db.value("select count(*) from contacts") == before


async def test_a_page_of_250_leads_with_contacts_is_two_statements(
    api: Client, db: Db, monkeypatch: pytest.MonkeyPatch
):
    contacts = await made(api, "contacts", *[{"name": "C"}] * 250)
    await made(api, "leads", *[{"_embedded": {"contacts": [{"id": contact}]}} for contact in contacts])
    await api.get(LEADS)
    statements: list[str] = []

    def counted(name: str) -> None:
        run = getattr(Db, name)

        async def counting(self: Db, sql: Any, *values: object) -> Any:
            statements.append(sql)
            return await run(self, sql, *values)

        monkeypatch.setattr(Db, name, counting)

    for name in ("rows", "row", "value", "run"):
        counted(name)
    page = (await api.get(f"{LEADS}?with=contacts&limit=250")).json()["_embedded"]["leads"]
    assert [each["_embedded"]["contacts"][0]["id"] for each in page] == contacts
    assert len([sql for sql in statements if "from accounts a" not in sql]) == 2, statements
