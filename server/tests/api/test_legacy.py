"""The old look-ups that PBX connectors and published clients still make."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.api.v2 import account
from trubka.db import Db

LIST = "/private/api/v2/json/contacts/list"
ALL = "users,groups,pipelines,custom_fields,task_types,note_types"


@pytest.mark.parametrize("path", ["/api/v2/account", "/private/api/v2/account"])
async def test_the_account_is_keyed_by_ids(path: str, client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("anna")
    answer = await api.get(f"{path}?with={ALL}")
    assert answer.headers["content-type"] == "application/hal+json"
    whole = answer.json()
    embedded = whole.pop("_embedded")
    assert whole == {
        "_links": {"self": {"href": path, "method": "get"}},
        "id": cast.account_id,
        "name": "Acme",
        "subdomain": "acme",
        "currency": "RUB",
        "timezone": "Europe/Moscow",
        "timezone_offset": "+03:00",
        "language": "en",
        "date_pattern": {"date": "d.m.Y", "time": "H:i", "date_time": "d.m.Y H:i", "time_full": "H:i:s"},
        "current_user": cast.anna,
    }
    group_id = await db.value("select id from groups where account_id = $1", cast.account_id)
    assert set(embedded["users"]) == {str(cast.users[name]) for name in ("olga", "anna", "boris", "clara")}
    anna = embedded["users"][str(cast.anna)]
    assert (anna["login"], anna["group_id"], anna["is_admin"]) == ("anna@acme.example", group_id, False)
    assert (anna["rights"]["lead_view"], anna["rights"]["company_delete"], anna["rights"]["mail"]) == ("G", "D", "A")
    pipeline = next(iter(embedded["pipelines"].values()))
    assert pipeline["is_main"] is True
    assert {"142", "143"} < set(pipeline["statuses"])
    assert pipeline["statuses"]["142"]["is_editable"] is False
    phone = next(each for each in embedded["custom_fields"]["contacts"].values() if each["code"] == "PHONE")
    assert (phone["field_type"], phone["is_multiple"], phone["is_system"]) == (8, True, True)
    assert "WORK" in phone["enums"].values()
    assert set(embedded["custom_fields"]) == {"contacts", "leads", "companies", "customers"}
    assert embedded["groups"] == {
        "0": {"id": 0, "name": "Sales"},
        str(group_id): {"id": group_id, "name": "Team"},
    }
    assert embedded["task_types"]["1"] == {"id": 1, "name": "Follow up"}
    assert embedded["note_types"]["10"]["code"] == "CALL_IN"


async def test_rights_are_told_to_administrators_and_ones_own_to_everybody(client_of: ClientOf, cast: Cast):
    for name, told in (("olga", {"olga", "anna", "boris", "clara"}), ("anna", {"anna"}), ("clara", {"clara"})):
        api = await client_of(name)
        users = (await api.get("/api/v2/account?with=users")).json()["_embedded"]["users"]
        assert len(users) == 4
        assert {key for key, user in users.items() if "rights" in user} == {str(cast.users[each]) for each in told}


async def test_more_users_than_one_answer_holds_are_not_cut_off(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch):
    api = await client_of("anna")
    monkeypatch.setattr(account, "MOST_USERS", 4)
    assert (await api.get("/api/v2/account?with=users")).status_code == 200
    monkeypatch.setattr(account, "MOST_USERS", 3)
    refused = await api.get("/api/v2/account?with=users")
    assert (refused.status_code, "/api/v4/users" in refused.json()["detail"]) == (422, True)


async def test_only_what_is_asked_for(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    assert (await api.get("/api/v2/account")).json()["_embedded"] == {}
    await db.run("update users set is_free = true where id = $1", cast.boris)
    for query, there in (("with=users", False), ("with=users&free_users=Y", True)):
        users = (await api.get(f"/api/v2/account?{query}")).json()["_embedded"]["users"]
        assert (str(cast.boris) in users) is there


async def made(api: Client, kind: str, name: str, phone: str, **more: Any) -> int:
    fields = [{"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]}]
    answer = await api.post(f"/api/v4/{kind}", json=[{"name": name, "custom_fields_values": fields, **more}])
    assert answer.status_code == 200, answer.text
    return answer.json()["_embedded"][kind][0]["id"]


async def found(api: Client, query: str, **more: str) -> list[str]:
    answer = await api.get(LIST, params={"query": query, **more})
    assert answer.status_code in (200, 204), answer.text
    return [] if answer.status_code == 204 else [each["name"] for each in answer.json()["response"]["contacts"]]


async def test_a_caller_is_found(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    company_id = await made(api, "companies", "Acme Parts", "+74950000000")
    contact_id = await made(api, "contacts", "Ivan Sidorov", "+79990001122", responsible_user_id=cast.anna)
    lead = await api.post("/api/v4/leads", json=[{"_embedded": {"contacts": [{"id": contact_id}]}}])
    lead_id = lead.json()["_embedded"]["leads"][0]["id"]
    await db.run(
        "insert into bonds (account_id, entity, id, to_entity, to_id) values ($1, 1, $2, 3, $3)",
        cast.account_id,
        contact_id,
        company_id,
    )
    answer = await api.get(f"{LIST}?query=89990001122&type=all")
    assert answer.headers["content-type"] == "application/json"
    whole = answer.json()["response"]
    assert isinstance(whole["server_time"], int)
    row = await db.row("select * from contacts where id = $1", contact_id)
    field = await db.row(
        "select id, name, enums from custom_fields where account_id = $1 and code = 'PHONE'", cast.account_id
    )
    assert row is not None
    assert field is not None
    work = next(str(enum["id"]) for enum in field["enums"] if enum["value"] == "WORK")
    assert whole["contacts"] == [
        {
            "id": str(contact_id),
            "name": "Ivan Sidorov",
            "type": "contact",
            "company_name": "Acme Parts",
            "linked_company_id": str(company_id),
            "linked_leads_id": [str(lead_id)],
            "responsible_user_id": str(cast.anna),
            "group_id": whole["contacts"][0]["group_id"],
            "account_id": str(cast.account_id),
            "date_create": row["created_at"],
            "last_modified": row["updated_at"],
            "created_user_id": cast.olga,
            "modified_user_id": cast.olga,
            "closest_task": 0,
            "tags": [],
            "custom_fields": [
                {
                    "id": str(field["id"]),
                    "name": field["name"],
                    "code": "PHONE",
                    "values": [{"value": "+79990001122", "enum": work}],
                }
            ],
        }
    ]


async def test_who_is_meant_stands_first(client_of: ClientOf, db: Db):
    api = await client_of("olga")
    await made(api, "companies", "Company", "+79990001122")
    await made(api, "contacts", "Ending", "+39990001122")
    old = await made(api, "contacts", "Old", "8 (999) 000-11-22")
    await made(api, "contacts", "New", "+7 999 000 11 22", updated_at=4_000_000_000)
    query = "+79990001122"
    assert await found(api, query) == ["New", "Old", "Ending", "Company"]
    await db.run("update contacts set talked_at = 4100000000 where id = $1", old)
    assert await found(api, query) == ["Old", "New", "Ending", "Company"]
    assert await found(api, query, type="contact") == ["Old", "New", "Ending"]
    assert await found(api, query, type="company") == ["Company"]
    assert await found(api, query, limit_rows="2", limit_offset="1") == ["New", "Ending"]
    for spelled in ("79990001122", "89990001122", "9990001122", " 79990001122", "999 000-11-22"):
        assert await found(api, spelled) == ["Old", "New", "Ending", "Company"], spelled
    assert await found(api, "+78880001122") == []
    assert await found(api, "comp") == ["Company"]
    assert await found(api, "", id=str(old)) == ["Old"]


async def test_what_was_changed_later(client_of: ClientOf):
    api = await client_of("olga")
    await made(api, "contacts", "Old", "+79990001122", created_at=1_500_000_000, updated_at=1_500_000_000)
    for since, there in (
        ("Fri, 14 Jul 2017 02:39:59 UTC", True),
        ("Fri, 14 Jul 2017 02:40:00 UTC", False),
        ("1499999999", True),
        ("1500000000", False),
        ("never", True),
    ):
        answer = await api.get(LIST, headers={"if-modified-since": since})
        assert answer.status_code == (200 if there else 204), since


async def test_rights_and_accounts(client_of: ClientOf, cast: Cast):
    olga = await client_of("olga")
    await made(olga, "contacts", "Hers", "+79990001122", responsible_user_id=cast.anna)
    await made(olga, "companies", "Hers too", "+79990001122", responsible_user_id=cast.anna)
    for name, seen in (("olga", 2), ("anna", 2), ("boris", 2), ("clara", 0), ("stranger", 0)):
        assert len(await found(await client_of(name), "+79990001122")) == seen, name


async def test_refusals_have_their_old_shape(client_of: ClientOf):
    nobody, api = await client_of(None), await client_of("olga")
    refused = await nobody.get(LIST)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/json")
    assert refused.json() == {"response": {"error": refused.json()["response"]["error"], "error_code": "110"}}
    missing = await api.get("/private/api/v2/json/nothing/list")
    assert (missing.status_code, missing.json()["response"]["error_code"]) == (404, "104")
    assert (await nobody.get("/api/v2/account")).json()["status"] == 401


@pytest.mark.parametrize("moment", ["9223372036854775807", "-9223372036854775807"])
async def test_any_moment_may_be_asked_for(moment: str, api: Client):
    answer = await api.get(LIST, headers={"if-modified-since": moment})
    assert answer.status_code in (200, 204), answer.text


@pytest.mark.parametrize("skipped", [10_001, 2**63 - 1])
async def test_so_many_rows_are_not_skipped(skipped: int, api: Client):
    answer = await api.get(f"{LIST}?limit_rows=500&limit_offset={skipped}")
    assert answer.status_code == 400
    assert "10000 at most" in answer.json()["response"]["error"]
