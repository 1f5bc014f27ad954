"""The look-up of a caller that PBX connectors still make: GET /private/api/v2/json/contacts/list (reference 3.23.8)."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from trubka.api.asked import JSON, Answer, Asked
from trubka.api.query import INT8, int_of
from trubka.api.routes import Routes
from trubka.api.v4.cards import by_text
from trubka.db import cards
from trubka.db.cards import Wanted
from trubka.errors import Refused
from trubka.rules import fields
from trubka.rules.entities import Entity
from trubka.rules.owner import Candidate, best_first
from trubka.rules.rights import sight

routes = Routes("/private/api/v2/json")

ROWS = 500  # a request
MOST_SKIPPED = 10_000  # they are read all the same, for the order is made here
KINDS = {"contact": (Entity.contact,), "company": (Entity.company,)}
BOTH = (Entity.contact, Entity.company)
Found = dict[tuple[Entity, int], Any]


@routes.on("GET", "/contacts/list", hidden=True)
async def list_contacts(asked: Asked) -> Answer | None:
    """Contacts and companies with this number or name, the one that is meant first; nobody is 204."""
    query = asked.query
    rows = max(min(query.int("limit_rows") or ROWS, ROWS), 1)
    skip = max(query.int("limit_offset") or 0, 0) if query.int("limit_rows") else 0
    if skip > MOST_SKIPPED:
        raise Refused(f"limit_offset may be {MOST_SKIPPED} at most: /api/v4/contacts pages through all of them.")
    kinds = KINDS.get((query.text("type") or "").strip().lower(), BOTH)
    text = (query.text("query") or "").strip()
    found: Found = {}
    for entity in kinds:
        wanted = wanted_of(asked, entity, text, rows + skip)
        if wanted is not None:
            listed = await cards.page(asked.db, asked.account_id, entity, wanted)
            found |= {(entity, row["id"]): row for row in listed}
    chosen = ranked(asked, found, text)[skip : skip + rows]
    if not chosen:
        return None
    companies = await names_of(asked, chosen)
    shown = [element(asked, entity, row, companies) for entity, row in chosen]
    return Answer({"response": {"contacts": shown, "server_time": asked.now}}, media=JSON)


def wanted_of(asked: Asked, entity: Entity, text: str, rows: int) -> Wanted | None:
    """None: nothing can match. What is sought comes with the latest changed first, the rest in the order of ids."""
    query = asked.query
    wanted = Wanted(
        limit=rows,
        sorting="updated_at" if text else "id",
        descending=bool(text),
        sight=sight(asked.me, entity),
        linked=[sight(asked.me, each) for each in (Entity.lead, Entity.company) if each is not entity],
        ids=query.ints("id"),
    )
    if (users := query.ints("responsible_user_id")) is not None:
        wanted.among["responsible_user_id"] = users
    if (since := moment_of(asked.headers.get("if-modified-since", ""))) is not None:
        wanted.spans["updated_at"] = (min(since, INT8 - 1) + 1, None)
    if text and not by_text(asked, text, wanted):
        return None
    return None if [] in (wanted.ids, *wanted.among.values()) else wanted


def moment_of(header: str) -> int | None:
    """A date as HTTP writes it, or bare Unix seconds."""
    text = header.strip()
    if not text:
        return None
    if (seconds := int_of(text)) is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(text.replace(" UTC", " GMT"))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def ranked(asked: Asked, found: Found, text: str) -> list[tuple[Entity, Any]]:
    if not text:
        return [(entity, row) for (entity, _), row in found.items()]
    own = list(asked.account.fields)
    candidates = [
        Candidate(
            entity,
            row["id"],
            tuple(fields.texts_by_code(own, row["fields"], "PHONE")),
            row["talked_at"],
            row["updated_at"],
        )
        for (entity, _), row in found.items()
    ]
    best = best_first(candidates, text, asked.account.country)
    return [(each.entity, found[each.entity, each.id]) for each in best]


async def names_of(asked: Asked, chosen: list[tuple[Entity, Any]]) -> dict[int, str]:
    """The names of the companies of contacts."""
    ids = {pair[0] for entity, row in chosen if entity is Entity.contact for pair in row["companies"] or ()}
    rows = await cards.by_ids(asked.db, asked.account_id, Entity.company, sorted(ids)) if ids else []
    return {row["id"]: row["name"] for row in rows}


def element(asked: Asked, entity: Entity, row: Any, companies: dict[int, str]) -> dict[str, Any]:
    """Numbers travel as texts here, as they always have."""
    company = next((pair[0] for pair in row["companies"] or ()), None) if entity is Entity.contact else None
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "type": entity.name,
        "company_name": companies.get(company, "") if company is not None else "",
        "linked_company_id": None if company is None else str(company),
        "linked_leads_id": [str(pair[0]) for pair in row["leads"] or ()],
        "responsible_user_id": str(row["responsible_user_id"]),
        "group_id": row["group_id"],
        "account_id": str(asked.account_id),
        "date_create": row["created_at"],
        "last_modified": row["updated_at"],
        "created_user_id": row["created_by"],
        "modified_user_id": row["updated_by"],
        "closest_task": row["closest_task_at"] or 0,
        "tags": [{"id": str(tag["id"]), "name": tag["name"]} for tag in row["tag_list"] or ()],
        "custom_fields": custom_fields(asked, row["fields"]),
    }


def custom_fields(asked: Asked, stored: fields.Kept) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = msgspec.to_builtins(fields.shown(asked.account.showings, stored) or [])
    return [
        {
            "id": str(each["field_id"]),
            "name": each["field_name"],
            "code": each["field_code"],
            "values": [value_of(value) for value in each["values"]],
        }
        for each in shown
    ]


def value_of(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"value": value["value"]}
    if value.get("enum_id") is not None:
        found["enum"] = str(value["enum_id"])
    return found
