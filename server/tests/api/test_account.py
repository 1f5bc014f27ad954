"""The account over the API: every key that clients read."""

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.db import Db

WITHS = (
    "users_groups,task_types,datetime_settings,amojo_rights,amojo_id,uuid,version,drive_url,entity_names,"
    "is_api_filter_enabled,invoices_settings,users,pipelines,null"
)


async def test_the_account_has_every_key(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("anna")
    row = await db.row("select *, uuid::text as uuid_text from accounts where id = $1", cast.account_id)
    group = await db.row("select id, uuid::text as uuid from groups where account_id = $1", cast.account_id)
    assert row is not None
    assert group is not None
    whole = (await api.get(f"/api/v4/account?with={WITHS}")).json()
    names = whole.pop("entity_names")
    assert names["leads"]["en"]["plural_form"]["default"] == "leads"
    assert whole["_embedded"].pop("entity_names") == names
    amojo_id = whole.pop("amojo_id")
    assert len(amojo_id) == 36
    assert amojo_id != row["uuid_text"]
    assert whole == {
        "id": cast.account_id,
        "name": "Acme",
        "subdomain": "acme",
        "created_at": row["created_at"],
        "created_by": 0,
        "updated_at": row["updated_at"],
        "updated_by": 0,
        "current_user_id": cast.anna,
        "country": "RU",
        "currency": "RUB",
        "currency_symbol": "₽",
        "customers_mode": "segments",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
        "language": "en",
        "uuid": row["uuid_text"],
        "version": 22,
        "drive_url": "https://acme.example",
        "is_api_filter_enabled": True,
        "invoices_settings": {"lang": "en", "invoices_catalog_id": None},
        "_links": {"self": {"href": "https://acme.example/api/v4/account"}},
        "_embedded": {
            "amojo_rights": {"can_direct": True, "can_create_groups": False},
            "users_groups": [
                {"id": 0, "name": "Sales", "uuid": None},
                {"id": group["id"], "name": "Team", "uuid": group["uuid"]},
            ],
            "task_types": [
                {"id": 1, "name": "Follow up", "color": None, "icon_id": None, "code": "FOLLOW_UP"},
                {"id": 2, "name": "Meeting", "color": None, "icon_id": None, "code": "MEETING"},
            ],
            "datetime_settings": {
                "date_pattern": "d.m.Y H:i",
                "short_date_pattern": "d.m.Y",
                "short_time_pattern": "H:i",
                "date_format": "d.m.Y",
                "date_formant": "d.m.Y",
                "time_format": "H:i:s",
                "timezone": "Europe/Moscow",
                "timezone_offset": "+03:00",
            },
        },
    }


async def test_what_is_not_asked_for_is_left_out(client_of: ClientOf):
    api = await client_of("olga")
    bare = (await api.get("https://acme.example//api/v4/account/")).json()
    assert bare["_embedded"] == {}
    for name in WITHS.split(","):
        assert name not in bare
    assert (await api.get("/api/v4/account?with=version")).json()["version"] == 22


@pytest.mark.parametrize("name", ["clara", "stranger"])
async def test_everybody_has_their_own_account(name: str, client_of: ClientOf, cast: Cast):
    found = (await (await client_of(name)).get("/api/v4/account")).json()
    assert (found["id"], found["current_user_id"]) == (cast.account_of(name), cast.users[name])
