"""Which fact is which event, what is sent for it, and when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from trubka.rules import webhooks as rules
from trubka.rules.entities import Entity
from trubka.rules.facts import (
    AccountChanged,
    AnyFact,
    CardAdded,
    CardChanged,
    CardDeleted,
    CardRestored,
    CardsBound,
    CardsUnbound,
    LeadMoved,
    NoteAdded,
    NoteChanged,
    TaskAdded,
    TaskChanged,
    TaskDeleted,
    UnsortedAdded,
    UnsortedChanged,
    UnsortedDecided,
)
from trubka.rules.fields import LAST_MOMENT, Enum, Field
from trubka.rules.webhooks import (
    EVENTS,
    About,
    body,
    card_of,
    events_of,
    is_good,
    key_of,
    pairs,
    retry_seconds,
    signature,
    told,
)

AT = 1_760_000_000
CARD = (7001, AT)
FIELDS = (
    Field(1101, "Phone", "PHONE", "multitext", (1, 3), enums=[Enum(2105, "WORK")]),
    Field(1102, "City", None, "text", (1, 2)),
    Field(1103, "Size", None, "select", (2,), enums=[Enum(2200, "Big")]),
    Field(1104, "VIP", None, "checkbox", (2,)),
)
ABOUT = About(id=31415926, subdomain="acme", url="https://acme.crm.example", time_zone="Europe/Moscow", fields=FIELDS)
COMMON: dict[str, Any] = {
    "responsible_user_id": 7001,
    "created_by": 7001,
    "updated_by": 7001,
    "created_at": AT,
    "updated_at": AT,
    "tag_list": None,
    "fields": {},
}
CONTACT: dict[str, Any] = {
    **COMMON,
    "id": 50123,
    "name": "Ivan Sidorov",
    "company_id": None,
    "company_name": None,
    "lead_ids": [90011],
    "fields": {"1101": [{"value": "+79990001122", "enum_id": 2105}]},
}
LEAD: dict[str, Any] = {
    **COMMON,
    "id": 90011,
    "name": "Order",
    "price": 1500,
    "status_id": 40002,
    "pipeline_id": 3001,
    "tag_list": [{"id": 601, "name": "vip", "color": None}],
    "fields": {
        "1102": [{"value": "Omsk"}],
        "1103": [{"value": "Old name", "enum_id": 2200}],
        "1104": [{"value": True}],
        "999": [{"value": "of a field that is no more"}],
    },
}
CUSTOMER: dict[str, Any] = {
    **COMMON,
    "id": 8801,
    "name": "Regular",
    "status_id": 45001,
    "next_price": 100,
    "next_date": AT,
    "periodicity": 0,
}
TASK: dict[str, Any] = {
    **COMMON,
    "id": 1201,
    "entity": 2,
    "entity_id": 90011,
    "task_type_id": 1,
    "text": "Call back",
    "is_completed": False,
    "complete_till": AT + 86_400,
    "result_text": None,
}
NOTE: dict[str, Any] = {
    **COMMON,
    "id": 770001,
    "entity": 1,
    "entity_id": 50123,
    "note_type": "common",
    "params": {"text": "Agreed"},
    "group_id": 301,
}

FACTS: list[tuple[AnyFact, list[str]]] = [
    (CardAdded(*CARD, Entity.lead, 1, 7), ["add_lead"]),
    (CardAdded(*CARD, Entity.customer, 1, 7), ["add_customer"]),
    (CardChanged(*CARD, Entity.contact, 1, 7, ("name",)), ["update_contact"]),
    (CardChanged(*CARD, Entity.company, 1, 7, (), 8), ["update_company", "responsible_company"]),
    (CardChanged(*CARD, Entity.lead, 1, 7, (), 8), ["update_lead", "responsible_lead"]),
    (CardDeleted(*CARD, Entity.customer, 1, 7), ["delete_customer"]),
    (CardRestored(*CARD, Entity.lead, 1, 7), ["restore_lead"]),
    (LeadMoved(*CARD, 1, 7, 3001, 2, 3001, 1), ["status_lead"]),
    (NoteAdded(*CARD, 1, Entity.customer, 1, "common", 7001), ["note_customer"]),
    (NoteAdded(*CARD, 1, Entity.task, 1, "common", 7001), []),
    (NoteChanged(*CARD, 1, Entity.lead, 1, "common", 7001), []),
    (TaskAdded(*CARD, 1, 7), ["add_task"]),
    (TaskChanged(*CARD, 1, 7), ["update_task"]),
    (TaskChanged(*CARD, 1, 7, old_owner=8), ["update_task", "responsible_task"]),
    (TaskDeleted(*CARD, 1, 7), ["delete_task"]),
    (UnsortedAdded(*CARD, 1, "u", "sip"), ["add_unsorted"]),
    (UnsortedChanged(*CARD, 1, "u", "sip"), ["update_unsorted"]),
    (UnsortedDecided(*CARD, 1, "u", "sip", "link"), ["delete_unsorted"]),
    (CardsBound(*CARD, Entity.lead, 1, Entity.contact, 2, 7, 8), []),
    (CardsUnbound(*CARD, Entity.lead, 1, Entity.contact, 2, 7, 8), []),
    (AccountChanged(*CARD, "users"), []),
]


@pytest.mark.parametrize(("fact", "events"), FACTS)
def test_which_fact_is_which_event(fact: AnyFact, events: list[str]):
    assert events_of(fact) == events
    assert told(fact, []) == []
    assert set(events) <= EVENTS | {"restore_customer"}


def test_the_same_body_under_two_names_is_told_once():
    owner = CardChanged(*CARD, Entity.contact, 1, 7, (), 8)
    assert told(owner, EVENTS) == ["update_contact"]
    assert told(owner, ["responsible_contact"]) == ["responsible_contact"]
    assert told(CardChanged(*CARD, Entity.lead, 1, 7, (), 8), EVENTS) == ["update_lead", "responsible_lead"]
    assert told(TaskChanged(*CARD, 1, 7, old_owner=8), EVENTS) == ["update_task"]


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("add_lead", ("leads", "add")),
        ("status_lead", ("leads", "status")),
        ("responsible_lead", ("leads", "responsible")),
        ("note_lead", ("leads", "note")),
        ("restore_contact", ("contacts", "restore")),
        ("update_company", ("contacts", "update")),
        ("responsible_contact", ("contacts", "update")),
        ("responsible_company", ("contacts", "update")),
        ("note_company", ("contacts", "note")),
        ("delete_customer", ("customers", "delete")),
        ("responsible_customer", ("customers", "responsible")),
        ("add_task", ("task", "add")),
        ("responsible_task", ("task", "update")),
    ],
)
def test_the_first_keys_of_the_body(event: str, key: tuple[str, str]):
    assert key_of(event) == key


def test_amocrm_has_thirty_one_names():
    more = {"add_unsorted", "update_unsorted", "delete_unsorted", "add_message"}
    assert len(EVENTS - more) == 31
    assert more < EVENTS


def sent(event: str, fact: AnyFact, row: dict[str, Any] | None) -> dict[str, str]:
    return dict(parse_qsl(body(event, fact, row, ABOUT), keep_blank_values=True, strict_parsing=True))


def test_a_new_contact_is_told_word_for_word():
    fact = CardAdded(*CARD, Entity.contact, 50123, 7001)
    assert body("add_contact", fact, CONTACT, ABOUT).replace("%5B", "[").replace("%5D", "]") == (
        "contacts[add][0][id]=50123&contacts[add][0][name]=Ivan+Sidorov&contacts[add][0][responsible_user_id]=7001"
        "&contacts[add][0][date_create]=1760000000&contacts[add][0][last_modified]=1760000000"
        "&contacts[add][0][created_user_id]=7001&contacts[add][0][modified_user_id]=7001"
        "&contacts[add][0][account_id]=31415926"
        "&contacts[add][0][custom_fields][0][id]=1101&contacts[add][0][custom_fields][0][name]=Phone"
        "&contacts[add][0][custom_fields][0][values][0][value]=%2B79990001122"
        "&contacts[add][0][custom_fields][0][values][0][enum]=2105"
        "&contacts[add][0][custom_fields][0][code]=PHONE&contacts[add][0][linked_leads_id][90011][ID]=90011"
        "&contacts[add][0][created_at]=1760000000&contacts[add][0][updated_at]=1760000000"
        "&contacts[add][0][type]=contact"
        "&account[subdomain]=acme&account[id]=31415926&account[_links][self]=https%3A%2F%2Facme.crm.example"
    )


def test_a_contact_with_its_company_and_a_new_owner():
    row = {**CONTACT, "company_id": 60001, "company_name": "Horns & Hoofs"}
    found = sent("responsible_contact", CardChanged(*CARD, Entity.contact, 50123, 7002, (), 7001), row)
    assert found["contacts[update][0][old_responsible_user_id]"] == "7001"
    assert found["contacts[update][0][company_name]"] == "Horns & Hoofs"
    assert found["contacts[update][0][linked_company_id]"] == "60001"


def test_a_company_says_what_it_is():
    found = sent("add_company", CardAdded(*CARD, Entity.company, 50123, 7001), CONTACT)
    assert found["contacts[add][0][type]"] == "company"


def test_a_lead_with_its_fields_and_tags():
    found = sent("add_lead", CardAdded(*CARD, Entity.lead, 90011, 7001), LEAD)
    start = "leads[add][0]"
    assert {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)} == {
        "[id]": "90011",
        "[name]": "Order",
        "[status_id]": "40002",
        "[price]": "1500",
        "[responsible_user_id]": "7001",
        "[last_modified]": str(AT),
        "[modified_user_id]": "7001",
        "[created_user_id]": "7001",
        "[date_create]": str(AT),
        "[pipeline_id]": "3001",
        "[tags][0][id]": "601",
        "[tags][0][name]": "vip",
        "[custom_fields][0][id]": "1102",
        "[custom_fields][0][name]": "City",
        "[custom_fields][0][values][0]": "Omsk",
        "[custom_fields][1][id]": "1103",
        "[custom_fields][1][name]": "Size",
        "[custom_fields][1][values][0][value]": "Big",
        "[custom_fields][1][values][0][enum]": "2200",
        "[custom_fields][2][id]": "1104",
        "[custom_fields][2][name]": "VIP",
        "[custom_fields][2][values][0]": "1",
        "[account_id]": "31415926",
        "[created_at]": str(AT),
        "[updated_at]": str(AT),
    }


def test_a_lead_that_has_moved_tells_the_move_of_that_moment():
    """It may have moved on since: the fact counts, not the row."""
    found = sent("status_lead", LeadMoved(*CARD, 90011, 7001, 3002, 40009, 3001, 40001), LEAD)
    assert (found["leads[status][0][status_id]"], found["leads[status][0][old_status_id]"]) == ("40009", "40001")
    assert (found["leads[status][0][pipeline_id]"], found["leads[status][0][old_pipeline_id]"]) == ("3002", "3001")
    within = sent("status_lead", LeadMoved(*CARD, 90011, 7001, 3001, 40009, 3001, 40001), LEAD)
    assert "leads[status][0][old_pipeline_id]" not in within


def test_a_lead_with_a_new_owner():
    found = sent("responsible_lead", CardChanged(*CARD, Entity.lead, 90011, 7001, (), 7009), LEAD)
    assert found["leads[responsible][0][old_responsible_user_id]"] == "7009"


def test_what_is_deleted_is_told_by_its_number():
    deleted = CardDeleted(*CARD, Entity.company, 5, 7001)
    assert card_of(deleted) is None
    found = sent("delete_company", deleted, None)
    assert (found["contacts[delete][0][id]"], found["contacts[delete][0][type]"]) == ("5", "company")
    assert len(found) == 5
    assert sent("delete_lead", CardDeleted(*CARD, Entity.lead, 5, 7001), None)["leads[delete][0][id]"] == "5"
    assert sent("delete_task", TaskDeleted(*CARD, 5, 7001), None)["task[delete][0][id]"] == "5"


def test_a_customer():
    found = sent("update_customer", CardChanged(*CARD, Entity.customer, 8801, 7001), CUSTOMER)
    assert found["customers[update][0][next_date]"] == str(AT)
    assert "customers[update][0][old_responsible_user_id]" not in found


def test_a_task_in_the_time_of_its_account():
    found = sent("add_task", TaskAdded(*CARD, 1201, 7001), TASK)
    assert found["task[add][0][complete_till]"] == "2025-10-10 11:53:20"
    assert (found["task[add][0][element_type]"], found["task[add][0][element_id]"]) == ("2", "90011")
    assert found["task[add][0][status]"] == "0"
    assert "task[add][0][action_close]" not in found


def test_the_last_moment_of_all_is_told_too():
    found = sent("add_task", TaskAdded(*CARD, 1201, 7001), {**TASK, "complete_till": LAST_MOMENT})
    assert found["task[add][0][complete_till]"] == "9999-12-31 23:59:59"


def test_a_task_that_was_closed_with_a_result():
    row = {**TASK, "is_completed": True, "result_text": "Done", "entity": None, "entity_id": None}
    found = sent("update_task", TaskChanged(*CARD, 1201, 7001, completed=True, old_owner=7002), row)
    assert found["task[update][0][action_close]"] == "1"
    assert found["task[update][0][status]"] == "1"
    assert found["task[update][0][result][text]"] == "Done"
    assert found["task[update][0][old_responsible_user_id]"] == "7002"
    assert "task[update][0][element_id]" not in found


def test_a_note_of_a_contact():
    found = sent("note_contact", NoteAdded(*CARD, 770001, Entity.contact, 50123, "common", 7001), NOTE)
    start = "contacts[note][0][note]"
    assert found[f"{start}[note_type]"] == "4"
    assert found[f"{start}[text]"] == "Agreed"
    assert found[f"{start}[date_create]"] == "2025-10-09 11:53:20"
    assert found[f"{start}[element_type]"] == "1"
    assert found[f"{start}[attachement]"] == ""
    assert found["contacts[note][0][type]"] == "contact"


def test_a_note_of_a_call_has_its_params_in_the_text():
    params = {"uniq": "1", "duration": 62, "phone": "+79990001122", "source": "Связь"}
    row = {**NOTE, "entity": 2, "note_type": "call_in", "params": params}
    found = sent("note_lead", NoteAdded(*CARD, 770001, Entity.lead, 90011, "call_in", 7001), row)
    assert found["leads[note][0][note][note_type]"] == "10"
    assert json.loads(found["leads[note][0][note][text]"]) == params
    assert "leads[note][0][type]" not in found


def test_a_time_zone_that_the_machine_does_not_know_loses_no_event():
    import msgspec

    about = msgspec.structs.replace(ABOUT, time_zone="Nowhere/Land")
    assert "2025-10-09+08%3A53%3A20" in body("add_task", TaskAdded(*CARD, 1201, 7001), TASK, about)


def test_values_as_php_writes_them():
    assert list(pairs("a", {"x": True, "y": False, "z": None, "w": 2.0, "v": 2.5, "l": [1, {"k": "е"}], "e": []})) == [
        ("a[x]", "1"),
        ("a[y]", "0"),
        ("a[w]", "2"),
        ("a[v]", "2.5"),
        ("a[l][0]", "1"),
        ("a[l][1][k]", "е"),
    ]


@pytest.mark.parametrize(("status", "good"), [(0, False), (99, False), (100, True), (204, True), (299, True)])
def test_what_a_good_answer_is(status: int, good: bool):
    assert is_good(status) is good


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        (0, [300, 900, None]),
        (302, [300, 900, None]),
        (404, [300, 900, None]),
        (499, [300, 900, 900, 3600, None]),
        (500, [300, 900, 900, 3600, None]),
        (599, [300, 900, 900, 3600, None]),
        (600, [300, 900, None]),
    ],
)
def test_when_a_bad_answer_is_tried_again(status: int, waits: list[int | None]):
    assert [retry_seconds(attempts, status) for attempts in range(1, len(waits) + 1)] == waits


def test_the_signature_can_be_checked_by_who_knows_the_secret():
    digest = hmac.new(b"secret", b"1760000000.a=1", hashlib.sha256).hexdigest()
    assert signature("secret", AT, "a=1") == f"t={AT},v1={digest}"


@pytest.mark.parametrize(
    ("fact", "card"),
    [
        (CardAdded(*CARD, Entity.company, 5, 7001), ("company", 5)),
        (CardChanged(*CARD, Entity.contact, 5, 7001), ("contact", 5)),
        (CardRestored(*CARD, Entity.lead, 5, 7001), ("lead", 5)),
        (LeadMoved(*CARD, 5, 7001, 1, 2, 1, 3), ("lead", 5)),
        (NoteAdded(*CARD, 6, Entity.contact, 5, "common", 7001), ("note", 6)),
        (TaskAdded(*CARD, 7, 7001), ("task", 7)),
        (TaskChanged(*CARD, 7, 7001), ("task", 7)),
        (CardDeleted(*CARD, Entity.lead, 5, 7001), None),
        (AccountChanged(*CARD, "users"), None),
    ],
)
def test_what_must_be_read_to_tell_of_a_fact(fact: AnyFact, card: tuple[str, int] | None):
    assert card_of(fact) == card


def test_a_fact_that_is_no_event_has_nothing_to_tell():
    told_of = parse_qsl(body("add_lead", AccountChanged(*CARD, "users"), None, ABOUT))
    assert {key.partition("[")[0] for key, _ in told_of} == {"account"}


def test_the_bodies_of_the_unsorted():
    row: dict[str, Any] = {
        "uid": "5d0c",
        "source_uid": "our-pbx",
        "source_name": "Our PBX",
        "category": "sip",
        "metadata": {"phone": "+79990001122", "link": None},
        "lead_id": 90040,
        "contact_id": 50140,
        "company_id": None,
        "pipeline_id": 3001,
        "created_at": AT,
        "decided_by": 7001,
    }
    about = About(id=1, subdomain="acme", url="https://acme.example", time_zone="UTC")
    added = UnsortedAdded(*CARD, 1, "5d0c", "sip")
    assert card_of(added) == ("unsorted", 1)
    told = dict(parse_qsl(body("add_unsorted", added, row, about)))
    assert told["unsorted[add][0][source_data][phone]"] == "+79990001122"
    assert told["unsorted[add][0][data][leads][0][id]"] == "90040"
    for decision, action in (("accept", "accept"), ("link", "accept"), ("decline", "decline")):
        fact = UnsortedDecided(*CARD, 1, "5d0c", "sip", decision, 90040, (90040,), (50140,))
        told = dict(parse_qsl(body("delete_unsorted", fact, row, about)))
        assert (told["unsorted[delete][0][action]"], told["unsorted[delete][0][uid]"]) == (action, "5d0c")
        assert told[f"unsorted[delete][0][{action}_result][leads][0]"] == "90040"
        assert told[f"unsorted[delete][0][{action}_result][contacts][0]"] == "50140"


# The log.


@pytest.mark.parametrize(
    ("waits", "status", "expected"),
    [
        (True, None, "waiting"),
        (True, 500, "waiting"),
        (False, 200, "delivered"),
        (False, 299, "delivered"),
        (False, 300, "failed"),
        (False, 0, "failed"),
        (False, None, "failed"),
    ],
)
def test_how_a_delivery_stands(waits: bool, status: int | None, expected: str):
    assert rules.state_of(waits, status) == expected


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (200, None, None),
        (None, None, None),
        (500, "It answered 500.", "answered"),
        (0, "http://h.example has not answered in time.", "slow"),
        (0, "http://h.example has not sent all of it: too slow.", "slow"),
        (0, "http://h.example cannot be connected to: refused", "unreachable"),
        (0, "http://h.example has closed the connection.", "closed"),
        (0, "h.example is not a public address. TRUBKA_PRIVATE_NETWORKS can allow it.", "private"),
        (500, rules.GIVEN_UP, "switched_off"),
        (0, "'ascii' codec can't encode", "other"),
    ],
)
def test_what_went_wrong(status: int | None, error: str | None, expected: str | None):
    assert rules.cause_of(status, error) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h.example/in?a=1", "https://h.example/in?a=1"),
        ("https://name@h.example/", "https://name@h.example/"),
        ("https://name:pass@h.example:8443/in?a=1", "https://name:•••@h.example:8443/in?a=1"),
        ("https://name:p%40ss@[::1]:8443/", "https://name:•••@[::1]:8443/"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, expected: str):
    assert rules.shown_destination(url) == expected


def test_a_test_tells_of_the_account_alone_and_is_shown_as_pairs():
    pairs = rules.pairs_of(rules.test_body(ABOUT))
    assert ("account[subdomain]", "acme") in pairs
    assert all(name.startswith("account[") for name, _ in pairs)
