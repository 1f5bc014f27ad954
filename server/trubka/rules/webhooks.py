"""Webhooks: which fact is which event, what is sent for it, when it is tried again, and when a hook is switched off.

The bodies are forms as PHP makes them (`contacts[add][0][id]=…`), with every value a text: the amoCRM webhooks' own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from trubka.rules.accounts import zone
from trubka.rules.entities import CARDS, Entity
from trubka.rules.facts import (
    AnyFact,
    CardAdded,
    CardChanged,
    CardDeleted,
    CardRestored,
    LeadMoved,
    NoteAdded,
    TaskAdded,
    TaskChanged,
    TaskDeleted,
    UnsortedAdded,
    UnsortedChanged,
    UnsortedDecided,
)
from trubka.rules.fields import CHOICES, Field, Kept

MOST_WEBHOOKS = 100  # an account
MOST_ATTEMPTS = 5
ANSWER_SECONDS = 2.0
MOST_BAD = 100  # answers within BAD_SECONDS; one more switches the hook off
BAD_SECONDS = 2 * 3600

NAMES = ("lead", "contact", "company", "customer", "task")
EVENTS = frozenset(
    [f"{verb}_{name}" for verb in ("add", "update", "delete", "responsible") for name in NAMES]
    + [f"restore_{name}" for name in NAMES[:3]]
    + [f"note_{name}" for name in NAMES[:4]]
    + ["status_lead", "add_talk", "update_talk", "add_chat_template_review"]
    # Not in amoCRM's list of names, but its payloads are described.
    + ["add_unsorted", "update_unsorted", "delete_unsorted", "add_message"]
)
NOTE_NUMBERS = {  # amoCRM's old numbers of the types of notes
    "common": 4,
    "attachment": 5,
    "call_in": 10,
    "call_out": 11,
    "task_result": 13,
    "amomail_message": 15,
    "service_message": 25,
    "sms_in": 102,
    "sms_out": 103,
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The account, as far as a body tells of it."""

    id: int
    subdomain: str
    url: str
    time_zone: str
    fields: tuple[Field, ...] = ()


def events_of(fact: AnyFact) -> list[str]:
    """The names that one subscribes to."""
    match fact:
        case CardAdded():
            return [f"add_{fact.entity.name}"]
        case CardChanged(old_owner=None):
            return [f"update_{fact.entity.name}"]
        case CardChanged():
            return [f"update_{fact.entity.name}", f"responsible_{fact.entity.name}"]
        case CardDeleted():
            return [f"delete_{fact.entity.name}"]
        case CardRestored():
            return [f"restore_{fact.entity.name}"]
        case LeadMoved():
            return ["status_lead"]
        case NoteAdded() if fact.entity in CARDS:
            return [f"note_{fact.entity.name}"]
        case TaskAdded():
            return ["add_task"]
        case TaskChanged(old_owner=None):
            return ["update_task"]
        case TaskChanged():
            return ["update_task", "responsible_task"]
        case TaskDeleted():
            return ["delete_task"]
        case UnsortedAdded():
            return ["add_unsorted"]
        case UnsortedChanged():
            return ["update_unsorted"]
        case UnsortedDecided():
            return ["delete_unsorted"]
        case _:
            return []


def told(fact: AnyFact, settings: Iterable[str]) -> list[str]:
    """Which of its events a hook is told. Some have the same body under two names: that one is told once."""
    asked = set(settings)
    found: dict[tuple[str, str], str] = {}
    for event in events_of(fact):
        if event in asked:
            found.setdefault(key_of(event), event)
    return list(found.values())


def key_of(event: str) -> tuple[str, str]:
    """The first two keys of the body: contacts and companies share theirs; a task and the unsorted stand alone."""
    verb, _, name = event.partition("_")
    if verb == "responsible" and name in ("contact", "company", "task"):
        verb = "update"
    return KEYS.get(name, "contacts"), verb


KEYS = {"lead": "leads", "customer": "customers", "task": "task", "unsorted": "unsorted"}


def card_of(fact: AnyFact) -> tuple[str, int] | None:
    """What must be read for its body: (kind, id). A deleted one is told by its number alone."""
    match fact:
        case CardAdded() | CardChanged() | CardRestored():
            return fact.entity.name, fact.id
        case LeadMoved():
            return "lead", fact.id
        case NoteAdded():
            return "note", fact.id
        case TaskAdded() | TaskChanged():
            return "task", fact.id
        case UnsortedAdded() | UnsortedChanged() | UnsortedDecided():
            return "unsorted", fact.id
        case _:
            return None


def body(event: str, fact: AnyFact, row: Mapping[str, Any] | None, about: About) -> str:
    """The form that tells one event. `row` is the record as it stands when the event is told."""
    key, verb = key_of(event)
    return form({key: {verb: [item_of(fact, row or {}, about)]}} | account(about))


def account(about: About) -> dict[str, Any]:
    return {"account": {"subdomain": about.subdomain, "id": about.id, "_links": {"self": about.url}}}


def form(tree: Mapping[str, Any]) -> str:
    return urlencode([pair for name, value in tree.items() for pair in pairs(name, value)])


def pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """As PHP's http_build_query: what is nothing is left out, yes is 1."""
    if isinstance(value, Mapping):
        for key, below in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from pairs(f"{name}[{key}]", below)
    elif isinstance(value, list):
        for index, below in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from pairs(f"{name}[{index}]", below)
    elif value is not None:
        yield name, text_of(value)


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def item_of(fact: AnyFact, row: Mapping[str, Any], about: About) -> dict[str, Any]:
    match fact:
        case CardDeleted():
            return {"id": fact.id} | typed(fact.entity)
        case TaskDeleted():
            return {"id": fact.id}
        case NoteAdded():
            return {"note": note(row, about)} | typed(fact.entity)
        case UnsortedAdded() | UnsortedChanged():
            return waiting(row)
        case UnsortedDecided():
            return sorted_out(fact, row)
        case TaskAdded() | TaskChanged():
            return task(fact, row, about)
        case LeadMoved():
            old_pipeline = fact.old_pipeline_id if fact.old_pipeline_id != fact.pipeline_id else None
            moved = {"status_id": fact.status_id, "pipeline_id": fact.pipeline_id}
            return lead(row, about, old_status=fact.old_status_id, old_pipeline=old_pipeline) | moved
        case CardAdded() | CardChanged() | CardRestored():
            old_owner = fact.old_owner if isinstance(fact, CardChanged) else None
            match fact.entity:
                case Entity.lead:
                    return lead(row, about, old_owner=old_owner)
                case Entity.customer:
                    return customer(row, about, old_owner)
                case _:
                    return contact(row, about, fact.entity, old_owner)
        case _:
            return {}


def typed(entity: Entity) -> dict[str, str]:
    return {"type": entity.name} if entity in (Entity.contact, Entity.company) else {}


def lead(
    row: Mapping[str, Any],
    about: About,
    *,
    old_status: int | None = None,
    old_pipeline: int | None = None,
    old_owner: int | None = None,
) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "status_id": row["status_id"],
        "old_status_id": old_status,
        "price": row["price"],
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": old_owner,
        "last_modified": row["updated_at"],
        "modified_user_id": row["updated_by"],
        "created_user_id": row["created_by"],
        "date_create": row["created_at"],
        "pipeline_id": row["pipeline_id"],
        "old_pipeline_id": old_pipeline,
        "tags": tags(row),
        "custom_fields": custom_fields(about.fields, row["fields"]),
        "account_id": about.id,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def contact(row: Mapping[str, Any], about: About, entity: Entity, old_owner: int | None) -> dict[str, Any]:
    """A contact or a company."""
    return {
        "id": row["id"],
        "name": row["name"],
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": old_owner,
        "date_create": row["created_at"],
        "last_modified": row["updated_at"],
        "created_user_id": row["created_by"],
        "modified_user_id": row["updated_by"],
        "company_name": row["company_name"],
        "linked_company_id": row["company_id"],
        "account_id": about.id,
        "custom_fields": custom_fields(about.fields, row["fields"]),
        "linked_leads_id": {lead_id: {"ID": lead_id} for lead_id in row["lead_ids"]},
        "tags": tags(row),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "type": entity.name,
    }


def customer(row: Mapping[str, Any], about: About, old_owner: int | None) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "status_id": row["status_id"],
        "next_price": row["next_price"],
        "next_date": row["next_date"],
        "periodicity": row["periodicity"],
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": old_owner,
        "date_create": row["created_at"],
        "last_modified": row["updated_at"],
        "created_user_id": row["created_by"],
        "modified_user_id": row["updated_by"],
        "account_id": about.id,
        "tags": tags(row),
        "custom_fields": custom_fields(about.fields, row["fields"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def tags(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": tag["id"], "name": tag["name"]} for tag in row["tag_list"] or ()]


def custom_fields(fields: tuple[Field, ...], stored: Kept) -> list[dict[str, Any]]:
    by_id = {str(field.id): field for field in fields}
    return [
        {"id": field.id, "name": field.name, "values": [value_of(field, value) for value in values], "code": field.code}
        for key, values in stored.items()
        if values and (field := by_id.get(key)) is not None
    ]


def value_of(field: Field, value: Mapping[str, Any]) -> Any:
    """A plain text for simple types, [value] and [enum] where there are several to choose from."""
    if field.type == "multitext" or field.type in CHOICES:
        chosen = next((each.value for each in field.enums or () if each.id == value.get("enum_id")), None)
        shown = chosen if field.type in CHOICES and chosen is not None else value.get("value")
        return {"value": shown, "enum": value.get("enum_id")}
    return value.get("value")


def task(fact: TaskAdded | TaskChanged, row: Mapping[str, Any], about: About) -> dict[str, Any]:
    return {
        "id": row["id"],
        "element_id": row["entity_id"],
        "element_type": row["entity"],
        "task_type": row["task_type_id"],
        "date_create": moment(row["created_at"], about),
        "text": row["text"],
        "status": row["is_completed"],
        "account_id": about.id,
        "created_user_id": row["created_by"],
        "last_modified": moment(row["updated_at"], about),
        "responsible_user_id": row["responsible_user_id"],
        "old_responsible_user_id": fact.old_owner if isinstance(fact, TaskChanged) else None,
        "complete_till": moment(row["complete_till"], about),
        "action_close": 1 if isinstance(fact, TaskChanged) and fact.completed else None,
        # A result has no number of its own here: it bears its task's.
        "result": {"id": row["id"], "text": row["result_text"]} if row["result_text"] else None,
    }


def note(row: Mapping[str, Any], about: About) -> dict[str, Any]:
    params: Mapping[str, Any] = row["params"]
    text = params["text"] if set(params) == {"text"} else json.dumps(params, ensure_ascii=False)
    return {
        "id": row["id"],
        "note_type": NOTE_NUMBERS.get(row["note_type"], row["note_type"]),
        "text": text,
        "element_type": row["entity"],
        "element_id": row["entity_id"],
        "attachement": "",
        "date_create": moment(row["created_at"], about),
        "timestamp_x": moment(row["updated_at"], about),
        "created_by": row["created_by"],
        "modified_by": row["updated_by"],
        "main_user_id": row["responsible_user_id"],
        "group_id": row["group_id"],
        "account_id": about.id,
        "metadata": "{}",
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def waiting(row: Mapping[str, Any]) -> dict[str, Any]:
    """An item of the unsorted; the calls and forms of others call their metadata `source_data`."""
    return {
        "uid": row["uid"],
        "source": row["source_name"],
        "source_uid": row["source_uid"],
        "category": row["category"],
        "source_data": row["metadata"],
        "lead_id": row["lead_id"],
        "data": {
            "leads": [{"id": row["lead_id"]}],
            "contacts": [{"id": row["contact_id"]}],
            "companies": [{"id": row["company_id"]}],
        },
        "pipeline_id": row["pipeline_id"],
        "date_create": row["created_at"],
        "created_at": row["created_at"],
    }


def sorted_out(fact: UnsortedDecided, row: Mapping[str, Any]) -> dict[str, Any]:
    """What is linked to another card is accepted, too."""
    action = "decline" if fact.decision == "decline" else "accept"
    return {
        "uid": row["uid"],
        "category": row["category"],
        "created_at": row["created_at"],
        "action": action,
        f"{action}_result": {"leads": list(fact.leads), "contacts": list(fact.contacts)},
        "pipeline_id": row["pipeline_id"],
        "modified_user_id": row["decided_by"],
    }


def moment(seconds: int, about: About) -> str:
    """As the account's clocks show it; as UTC where their year would be 10000, which no date can tell."""
    try:
        at = datetime.fromtimestamp(seconds, zone(about.time_zone))
    except (ValueError, OverflowError):
        at = datetime.fromtimestamp(seconds, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S")


# Sending.


KEPT_DAYS = 7  # deliveries with how they went, and facts
GIVEN_UP = "The webhook was switched off after too many bad answers."
TEST = "test"  # the event of a delivery that an administrator asks for; nobody subscribes to it


def is_good(status: int) -> bool:
    """0 is no answer in time."""
    return 100 <= status <= 299


def retry_seconds(attempts: int, status: int) -> int | None:
    """After so many attempts, the last of which ended badly: how long to wait for the next, or none."""
    match attempts:
        case 1:
            return 5 * 60
        case 2:
            return 15 * 60
        case 3 if status == 499 or 500 <= status <= 599:
            return 15 * 60
        case 4 if status == 499 or 500 <= status <= 599:
            return 60 * 60
        case _:
            return None


def signature(secret: str, at: int, sent: str) -> str:
    """The header X-Trubka-Signature: who knows the secret can tell that we have sent this, and when."""
    digest = hmac.new(secret.encode(), f"{at}.{sent}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


# The log.

State = Literal["waiting", "failed", "delivered"]
Cause = Literal["answered", "slow", "unreachable", "closed", "private", "switched_off", "other"]

CAUSES: tuple[tuple[str, Cause], ...] = (  # how outside/web.py tells of them
    ("answered in time", "slow"),
    ("sent all of it", "slow"),
    ("cannot be connected to", "unreachable"),
    ("closed the connection", "closed"),
    ("not a public address", "private"),
)


def state_of(waits: bool, status: int | None) -> State:
    """Of a delivery as it stands in the table."""
    if waits:
        return "waiting"
    return "delivered" if status is not None and is_good(status) else "failed"


def cause_of(status: int | None, error: str | None) -> Cause | None:
    """What went wrong at the last try, in a word that pages can translate."""
    if error is None:
        return None
    if error == GIVEN_UP:
        return "switched_off"
    if status:
        return "answered"
    for words, cause in CAUSES:
        if words in error:
            return cause
    return "other"


def shown_destination(url: str) -> str:
    """Without the password, which is no affair of whoever looks at the list."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.username}:•••@{parts.netloc.rpartition('@')[2]}"))


def pairs_of(body: str) -> list[tuple[str, str]]:
    """A body as people read it."""
    return parse_qsl(body, keep_blank_values=True)


def test_body(about: About) -> str:
    """Tells of the account alone, so that a receiver has nothing to take for a change."""
    return form(account(about))
