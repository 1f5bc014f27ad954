"""The account as the second version of the API tells it: users, pipelines and fields as objects keyed by their ids."""

from __future__ import annotations

from typing import Any

import msgspec

from trubka.api.asked import Asked
from trubka.api.routes import Routes
from trubka.db import accounts, groups, pipelines, users
from trubka.errors import Unprocessable
from trubka.rules.accounts import offset_of
from trubka.rules.cards import FIELD_NUMBERS
from trubka.rules.entities import CARDS, Entity
from trubka.rules.fields import Field
from trubka.rules.rights import Me, Rights

routes = Routes()

MOST_USERS = 10_000
DATES = {"date": "d.m.Y", "time": "H:i", "date_time": "d.m.Y H:i", "time_full": "H:i:s"}
MULTIPLE = ("multitext", "multiselect", "smart_address", "items")
NOTE_TYPES = {  # number: (code, whether people may write such notes)
    1: ("DEAL_CREATED", False),
    2: ("CONTACT_CREATED", False),
    3: ("DEAL_STATUS_CHANGED", False),
    4: ("COMMON", True),
    5: ("ATTACHEMENT", True),
    6: ("CALL", True),
    10: ("CALL_IN", True),
    11: ("CALL_OUT", True),
    12: ("COMPANY_CREATED", False),
    13: ("TASK_RESULT", True),
    17: ("CHAT", False),
    25: ("SYSTEM", True),
    99: ("MAX_SYSTEM", False),
    101: ("DROPBOX", False),
    102: ("SMS_IN", True),
    103: ("SMS_OUT", True),
}

Json = dict[str, Any]


@routes.on("GET", "/api/v2/account", hidden=True, query=("with", "free_users"))
@routes.on("GET", "/private/api/v2/account", hidden=True)
async def get_account(asked: Asked) -> Json:
    """The account, with those dictionaries that are asked for."""
    row = await accounts.get(asked.db, asked.account_id)
    assert row is not None, "a request has an account that is there"
    withs = asked.query.withs()
    embedded: Json = {}
    if "users" in withs:
        embedded["users"] = await users_of(asked)
    if "custom_fields" in withs:
        embedded["custom_fields"] = fields_of(asked)
    if "note_types" in withs:
        embedded["note_types"] = {
            str(number): {"id": number, "code": code, "is_editable": editable}
            for number, (code, editable) in NOTE_TYPES.items()
        }
    if "groups" in withs:
        found = await groups.all_of(asked.db, asked.account_id)
        embedded["groups"] = keyed(
            [{"id": 0, "name": row["default_group_name"]}, *({"id": g["id"], "name": g["name"]} for g in found)]
        )
    if "task_types" in withs:
        embedded["task_types"] = keyed([{"id": each["id"], "name": each["name"]} for each in row["task_types"]])
    if "pipelines" in withs:
        embedded["pipelines"] = keyed([pipeline(each) for each in await pipelines.listed(asked.db, row["id"], None)])
    return {
        "_links": {"self": {"href": asked.path, "method": "get"}},
        "id": row["id"],
        "name": row["name"],
        "subdomain": row["subdomain"],
        "currency": row["currency"],
        "timezone": row["time_zone"],
        "timezone_offset": offset_of(row["time_zone"], asked.now),
        "language": row["language"],
        "date_pattern": DATES,
        "current_user": asked.me.user_id,
        "_embedded": embedded,
    }


def keyed(listed: list[Json]) -> Json:
    return {str(each["id"]): each for each in listed}


async def users_of(asked: Asked) -> Json:
    """Users by their ids; free ones only when they are asked for. Others' rights are for administrators alone."""
    rows = await users.page(asked.db, asked.account_id, MOST_USERS + 1, 0, 0)
    if len(rows) > MOST_USERS:
        raise Unprocessable(f"There are more than {MOST_USERS} users: ask /api/v4/users, which has pages.")
    free = (asked.query.text("free_users") or "").upper() in ("Y", "1", "TRUE")
    return keyed([user(row, asked.me) for row in rows if free or not row["is_free"]])


def user(row: Any, me: Me) -> Json:
    told: Json = {
        "id": row["id"],
        "name": row["name"],
        "last_name": None,
        "login": row["email"],
        "language": row["lang"],
        "phone_number": row["phone_number"] or "",
        "group_id": row["group_id"] or 0,
        "is_active": row["is_active"],
        "is_free": row["is_free"],
        "is_admin": row["is_admin"],
    }
    if me.is_admin or me.user_id == row["id"]:
        told["rights"] = rights_of(msgspec.convert(row["effective"], Rights))
    return told


def rights_of(rights: Rights) -> Json:
    levels = {
        f"{name}_{action}": getattr(each, action)
        for name, each in (("lead", rights.leads), ("contact", rights.contacts), ("company", rights.companies))
        for action in ("add", "view", "edit", "delete", "export")
    }
    return {
        "mail": "A" if rights.mail_access else "D",
        "incoming_leads": "A",
        "catalogs": "A" if rights.catalog_access else "D",
        **levels,
    }


def fields_of(asked: Asked) -> Json:
    return {
        entity.plural: {str(each.id): field(each, entity) for each in asked.account.fields_of(entity)}
        for entity in CARDS
    }


def field(each: Field, entity: Entity) -> Json:
    found: Json = {
        "id": each.id,
        "name": each.name,
        "code": each.code,
        "field_type": FIELD_NUMBERS.get(each.type, 0),
        "sort": each.sort,
        "element_type": int(entity),
        "is_multiple": each.type in MULTIPLE,
        "is_system": each.is_predefined,
        "is_editable": not each.is_api_only,
        "is_required": each.is_required,
        "is_deletable": not each.is_predefined,
        "is_visible": each.is_visible,
        "params": {},
    }
    if each.enums is not None:
        found["enums"] = {str(enum.id): enum.value for enum in each.enums}
    return found


def pipeline(row: Any) -> Json:
    return {
        "id": row["id"],
        "name": row["name"],
        "sort": row["sort"],
        "is_main": row["is_main"],
        "statuses": keyed([status(each) for each in row["statuses"]]),
    }


def status(each: Json) -> Json:
    return {
        "id": each["id"],
        "name": each["name"],
        "color": each["color"],
        "sort": each["sort"],
        "is_editable": each["is_editable"],
        "editable": "Y" if each["is_editable"] else "N",
    }
