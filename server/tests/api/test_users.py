"""Users and roles over the API: only administrators, and the keys that strict clients read."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db

FULL = {
    "leads": {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"},
    "contacts": {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"},
    "companies": {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"},
    "tasks": {"edit": "A", "delete": "A"},
    "mail_access": True,
    "catalog_access": True,
    "status_rights": None,
}
NOTHING = {"view": "D", "edit": "D", "add": "D", "delete": "D", "export": "D"}


async def test_a_user_has_every_key(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    assert (await api.get(f"/api/v4/users/{cast.olga}")).json() == {
        "id": cast.olga,
        "name": "Olga",
        "email": "olga@acme.example",
        "lang": "ru",
        "rights": {
            **FULL,
            "is_admin": True,
            "is_free": False,
            "is_active": True,
            "group_id": None,
            "role_id": None,
        },
        "_links": {"self": {"href": f"https://acme.example/api/v4/users/{cast.olga}"}},
        "_embedded": {"roles": [], "groups": []},
    }


async def test_users_are_counted_page_by_page(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    first = (await api.get("/api/v4/users/?limit=3&with=role,group,uuid,amojo_id,user_rank,phone_number")).json()
    assert (first["_page"], first["_page_count"], first["_total_items"]) == (1, 2, 4)
    assert [user["id"] for user in first["_embedded"]["users"]] == [cast.olga, cast.anna, cast.boris]
    anna = first["_embedded"]["users"][1]
    group_id = await db.value("select id from groups where account_id = $1", cast.account_id)
    assert anna["_embedded"] == {"roles": [], "groups": [{"id": group_id, "name": "Team"}]}
    assert (anna["rights"]["group_id"], anna["user_rank"], anna["phone_number"]) == (group_id, "newbie", None)
    assert len({user["uuid"] for user in first["_embedded"]["users"]}) == 3
    second = (await api.get(first["_links"]["next"]["href"])).json()
    assert [user["id"] for user in second["_embedded"]["users"]] == [cast.clara]
    assert "next" not in second["_links"]
    assert (await api.get("/api/v4/users?page=3&limit=3")).status_code == 204


async def test_missing_ones_are_204(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    for path in ("users/1", f"users/{cast.stranger}", "roles/1"):
        assert (await api.get(f"/api/v4/{path}")).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "users", None),
        ("GET", "users/7001", None),
        ("POST", "users", [{"name": "New", "email": "new@acme.example", "password": "Secret1"}]),
        ("POST", "users/activate", [{"id": 7001}]),
        ("POST", "users/deactivate", [{"id": 7001}]),
        ("GET", "roles", None),
        ("GET", "roles/501", None),
        ("POST", "roles", {"name": "Sellers"}),
        ("PATCH", "roles/501", {"name": "Sellers"}),
        ("DELETE", "roles/501", None),
    ],
)
async def test_only_administrators(method: str, path: str, body: Any, client_of: ClientOf):
    for name in ("anna", "boris", "clara"):
        api = await client_of(name)
        assert (await api.request(method, f"/api/v4/{path}", json=body)).status_code == 403


async def test_a_user_is_made(client_of: ClientOf, cast: Cast):
    api = await client_of("olga")
    made = await api.post(
        "/api/v4/users",
        json=[
            {"name": "Pavel", "email": "pavel@acme.example", "password": "Secret1", "request_id": "p"},
            {
                "name": "Irina",
                "email": "irina@acme.example",
                "password": "Secret1",
                "lang": "en",
                "rights": {
                    "leads": {"view": "A", "edit": "G", "add": "A"},
                    "mail_access": 1,
                    "is_free": False,
                    "group_id": None,
                    "status_rights": [{"pipeline_id": 1, "status_id": 2, "rights": {"view": "D"}}],
                },
            },
        ],
    )
    assert made.status_code == 201, made.text
    pavel, irina = made.json()["_embedded"]["users"]
    assert {key: pavel["rights"][key] for key in FULL} == FULL
    assert (pavel["request_id"], irina["request_id"], irina["lang"]) == ("p", "1", "en")
    assert irina["rights"]["leads"] == {"view": "A", "edit": "G", "add": "A", "delete": "D", "export": "D"}
    assert (irina["rights"]["contacts"], irina["rights"]["mail_access"]) == (NOTHING, True)
    assert irina["rights"]["status_rights"] == [
        {
            "entity_type": "leads",
            "pipeline_id": 1,
            "status_id": 2,
            "rights": {"view": "D"},
        }
    ]
    assert (await api.get(f"/api/v4/users/{pavel['id']}")).json()["email"] == "pavel@acme.example"


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ({"email": "x@acme.example", "password": "Secret1"}, "name"),
        ({"name": "X", "email": "x@acme.example"}, "password"),
        ({"name": "X", "email": "x@acme.example", "password": "secret"}, "password"),
        ({"name": "X", "email": "olga@acme.example", "password": "Secret1"}, "email"),
        ({"name": "X" * 51, "email": "x@acme.example", "password": "Secret1"}, "name"),
        ({"name": "X", "email": "x@acme.example", "password": "Secret1", "rights": {"role_id": 1}}, "rights.role_id"),
        ({"name": "X", "email": "x@acme.example", "password": "Secret1", "rights": "all"}, "rights"),
        (
            {"name": "X", "email": "x@acme.example", "password": "Secret1", "rights": {"leads": {"view": "Z"}}},
            "rights.leads.view",
        ),
        (
            {
                "name": "X",
                "email": "x@acme.example",
                "password": "Secret1",
                "rights": {"status_rights": [{"pipeline_id": 1, "status_id": 2, "rights": {"view": "M"}}]},
            },
            "rights.status_rights.0.rights.view",
        ),
    ],
)
async def test_a_wrong_user_is_refused(user: dict[str, Any], path: str, client_of: ClientOf, db: Db):
    api = await client_of("olga")
    before = await db.value("select count(*) from users")
    refused = await api.post("/api/v4/users", json=[user])
    assert refused.status_code == 400
    assert refused.json()["validation-errors"][0]["errors"][0]["path"] == path
    assert await db.value("select count(*) from users") == before


async def test_a_user_is_switched_off_and_on(client_of: ClientOf, cast: Cast):
    api, anna = await client_of("olga"), await client_of("anna")
    for deed, status in (("deactivate", 401), ("activate", 200)):
        assert (await api.post(f"/api/v4/users/{deed}", json=[{"id": cast.anna}])).status_code == 204
        assert (await anna.get("/api/v4/account")).status_code == status
        shown = (await api.get(f"/api/v4/users/{cast.anna}")).json()
        assert shown["rights"]["is_active"] is (deed == "activate")
    assert (await api.post("/api/v4/users/deactivate", json=[{"id": cast.olga}])).status_code == 422
    assert (await api.post("/api/v4/users/deactivate", json=[{"id": cast.stranger}])).status_code == 404


async def test_roles_are_made_given_changed_and_deleted(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    made = await api.post("/api/v4/roles", json={"name": "Sellers", "rights": {"contacts": {"view": "M"}}})
    assert made.status_code == 201, made.text
    role = made.json()["_embedded"]["roles"][0]
    assert role["rights"]["contacts"] == {**NOTHING, "view": "M"}
    await db.run("update users set role_id = $1 where id = $2", role["id"], cast.anna)
    anna = (await api.get(f"/api/v4/users/{cast.anna}?with=role")).json()
    assert anna["_embedded"]["roles"] == [
        {
            "id": role["id"],
            "name": "Sellers",
            "_links": {"self": {"href": f"https://acme.example/api/v4/roles/{role['id']}"}},
        }
    ]
    assert (anna["rights"]["contacts"]["view"], anna["rights"]["role_id"]) == ("M", role["id"])
    changed = await api.patch(f"/api/v4/roles/{role['id']}", json={"rights": {"contacts": {"edit": "M"}}})
    assert changed.status_code == 202, changed.text
    assert changed.json()["rights"]["contacts"] == {**NOTHING, "view": "M", "edit": "M"}
    listed = (await api.get("/api/v4/roles?with=users")).json()
    assert (listed["_total_items"], listed["_page_count"]) == (1, 1)
    assert listed["_embedded"]["roles"][0]["_embedded"] == {"users": [cast.anna]}
    assert (await api.delete(f"/api/v4/roles/{role['id']}")).status_code == 422
    await db.run("update users set role_id = null where id = $1", cast.anna)
    assert (await api.request("DELETE", f"/api/v4/roles/{role['id']}", json=[])).status_code == 204
    assert (await api.get("/api/v4/roles")).status_code == 204
    assert (await api.patch("/api/v4/roles/1", json={"name": "x"})).status_code == 404
    refused = await api.post("/api/v4/roles", json=[{"rights": {}, "request_id": "r"}])
    assert refused.json()["validation-errors"][0]["request_id"] == "r"
