"""Users, groups and roles: who may be added, and that an administrator is always left."""

from typing import Any

import pytest

from tests.cast import Cast
from trubka.actions import people
from trubka.actions.audit import By
from trubka.actions.people import NewUser, UserChange
from trubka.db import Db, audit, groups, roles, users
from trubka.errors import Invalid, NotFound, Refused, Unprocessable
from trubka.rules.rights import ALL, NONE, CardRights, Rights


@pytest.fixture
def by(cast: Cast, now: int) -> By:
    return By(cast.account_id, cast.olga, now, "203.0.113.9")


async def deeds(db: Db, account_id: int) -> list[str]:
    return [row["deed"] for row in await audit.newest(db, account_id, 2**62, 100)][::-1]


async def test_a_user_is_invited_or_comes_with_a_password(db: Db, by: By, cast: Cast):
    invited, ready = await people.add_users(
        db,
        by,
        [
            NewUser(name="Vera", email="Vera@acme.example ", group_id=0),
            NewUser(name="Petr", email="petr@acme.example", password="Passw0rd", role_id=None, lang="en"),
        ],
    )
    first, second = await users.get(db, by.account_id, invited), await users.get(db, by.account_id, ready)
    assert first and second
    assert (first["joined_at"], first["group_id"], first["email"]) == (None, None, "Vera@acme.example")
    assert (second["joined_at"], second["lang"]) == (by.at, "en")
    assert await deeds(db, cast.account_id) == ["user_added", "user_added"]
    rows = await audit.newest(db, cast.account_id, 2**62, 1)
    assert (rows[0]["user_id"], rows[0]["subject"], rows[0]["address"]) == (cast.olga, str(ready), "203.0.113.9")
    facts = await db.rows("select fact from facts where account_id = $1 order by id", cast.account_id)
    assert [row["fact"]["fact"] for row in facts] == ["account_changed"] * 2


async def test_a_person_of_another_account_must_take_the_invitation(db: Db, by: By, cast: Cast):
    before = await db.value("select password_hash from people where email_key = 'olga@other.example'")
    (user_id,) = await people.add_users(
        db, by, [NewUser(name="Olga", email="OLGA@other.example", password="Passw0rd", is_admin=True)]
    )
    row = await users.get(db, by.account_id, user_id)
    assert row is not None and row["joined_at"] is None
    assert await db.value("select password_hash from people where email_key = 'olga@other.example'") == before
    assert await db.value("select count(*) from users where person_id = $1", row["person_id"]) == 2


FLAWED: list[tuple[dict[str, Any], str, str]] = [
    ({"name": " "}, "FieldMissing", "name"),
    ({"name": "x" * 51}, "TooLong", "name"),
    ({"name": "Bobby<script>"}, "InvalidValue", "name"),
    ({"email": "nobody"}, "InvalidValue", "email"),
    ({"email": "a@b, c@d"}, "InvalidValue", "email"),
    ({"email": "anna@ACME.example"}, "InvalidValue", "email"),
    ({"lang": "de"}, "NotSupportedChoice", "lang"),
    ({"phone_number": "none"}, "InvalidValue", "phone_number"),
    ({"password": "short"}, "InvalidValue", "password"),
    ({"password": "alllower1"}, "InvalidValue", "password"),
    ({"password": "Aa1" + "x" * 200}, "TooLong", "password"),
    ({"group_id": 999_999}, "NotSupportedChoice", "rights.group_id"),
    ({"role_id": 999_999}, "NotSupportedChoice", "rights.role_id"),
    ({"rights": Rights(leads=CardRights(add="G"))}, "NotSupportedChoice", "rights.leads.add"),
]


async def test_what_is_wrong_is_told_and_nobody_is_added(db: Db, by: By):
    good = NewUser(name="Good", email="good@acme.example", request_id="g")
    for wrong, code, path in FLAWED:
        given: dict[str, Any] = {"name": "Bad", "email": "bad@acme.example", "request_id": "b"}
        with pytest.raises(Invalid) as refused:
            await people.add_users(db, by, [good, NewUser(**(given | wrong))])
        told = [(item.request_id, item.errors[0].code, item.errors[0].path) for item in refused.value.items]
        assert told == [("b", code, path)], wrong
    assert len(await users.all_of(db, by.account_id)) == 4
    assert await deeds(db, by.account_id) == []


async def test_the_same_login_twice_in_one_batch_is_refused(db: Db, by: By):
    twice = [NewUser(name="A", email="same@x.example"), NewUser(name="B", email="SAME@x.example", request_id="1")]
    with pytest.raises(Invalid) as refused:
        await people.add_users(db, by, twice)
    assert [item.request_id for item in refused.value.items] == ["1"]


async def test_a_change_leaves_the_rest_and_is_written_down(db: Db, by: By, cast: Cast):
    before = await users.get(db, by.account_id, cast.anna)
    await people.change_user(db, by, cast.anna, UserChange(name="Anna Bell", rights=NONE))
    after = await users.get(db, by.account_id, cast.anna)
    assert before and after
    changed = {name for name in after.keys() if after[name] != before[name]}  # noqa: SIM118
    assert changed - {"updated_at"} == {"name", "rights"}
    (row,) = await audit.newest(db, by.account_id, 2**62, 5)
    assert row["details"]["name"] == ["Anna", "Anna Bell"]
    with pytest.raises(NotFound):
        await people.change_user(db, by, cast.stranger, UserChange(name="Mine now"))


async def test_the_last_administrator_stays(db: Db, by: By, cast: Cast):
    with pytest.raises(Unprocessable):
        await people.change_user(db, by, cast.olga, UserChange(is_admin=False))
    with pytest.raises(Unprocessable):
        await people.set_active(db, by, [cast.anna, cast.olga], False)
    anna = await users.get(db, by.account_id, cast.anna)
    assert anna and anna["is_active"] and await deeds(db, by.account_id) == []
    # An administrator who was invited and has not come is none that could open the door again.
    await people.add_users(db, by, [NewUser(name="New", email="new@acme.example", is_admin=True)])
    with pytest.raises(Unprocessable):
        await people.set_active(db, by, [cast.olga], False)
    await people.change_user(db, by, cast.anna, UserChange(is_admin=True))
    await people.change_user(db, by, cast.olga, UserChange(is_admin=False))


async def test_users_are_switched_off_and_on(db: Db, by: By, cast: Cast):
    await people.set_active(db, by, [cast.anna, cast.boris], False)
    await people.set_active(db, by, [cast.anna], False)
    assert await users.acting(db, by.account_id, cast.anna, None) is None
    await people.set_active(db, by, [cast.anna], True)
    assert await users.acting(db, by.account_id, cast.anna, None) is not None
    assert await deeds(db, by.account_id) == ["user_deactivated", "user_deactivated", "user_activated"]
    with pytest.raises(NotFound):
        await people.set_active(db, by, [cast.anna, cast.stranger], False)


async def test_groups(db: Db, by: By, cast: Cast):
    group_id = await people.add_group(db, by, " Support ")
    await people.change_user(db, by, cast.clara, UserChange(group_id=group_id))
    await people.rename_group(db, by, group_id, "Help")
    await people.rename_group(db, by, 0, "Sales and more")
    assert [(row["name"], row["users"]) for row in await groups.all_of(db, by.account_id)] == [
        ("Team", 2),
        ("Help", 1),
    ]
    default = await groups.default(db, by.account_id)
    assert (default["name"], default["users"]) == ("Sales and more", 1)
    await people.delete_group(db, by, group_id)
    clara = await users.get(db, by.account_id, cast.clara)
    assert clara and clara["group_id"] is None
    for wrong, error in ((group_id, NotFound), (0, Unprocessable)):
        with pytest.raises(error):
            await people.delete_group(db, by, wrong)
    with pytest.raises(Refused):
        await people.add_group(db, by, "  ")
    assert await deeds(db, by.account_id) == [
        "group_added",
        "user_changed",
        "group_changed",
        "group_changed",
        "group_deleted",
    ]


async def test_a_roles_rights_win_and_a_role_in_use_stays(db: Db, by: By, cast: Cast):
    role_id, _ = await people.add_roles(db, by, [("Sellers", NONE), ("Heads", ALL)])
    await people.change_user(db, by, cast.anna, UserChange(role_id=role_id))
    assert (await cast.me(db, "anna")).rights == NONE
    await people.change_role(db, by, role_id, None, ALL)
    assert (await cast.me(db, "anna")).rights == ALL
    with pytest.raises(Unprocessable):
        await people.delete_role(db, by, role_id)
    await people.change_user(db, by, cast.anna, UserChange(role_id=None))
    await people.delete_role(db, by, role_id)
    assert [row["name"] for row in await roles.all_of(db, by.account_id)] == ["Heads"]
    with pytest.raises(NotFound):
        await people.change_role(db, by, role_id, "Again", None)
    with pytest.raises(Invalid):
        await people.add_roles(db, by, [("Odd", Rights(contacts=CardRights(add="M")))])
