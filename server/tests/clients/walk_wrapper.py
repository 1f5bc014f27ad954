# pyright: basic, reportMissingImports=false, reportMissingTypeStubs=false
"""amocrm-api-wrapper (bzdvdn), unchanged: TOKEN URL CONTACTS OTHER_TOKEN CLIENT_ID SECRET REDIRECT REFRESH_TOKEN.

It calls `Client.get(url, json=None)` and `Client.delete(url, json=…)`, which no published httpx takes. Its sessions
are made by a method that is there to be overridden: ours makes one that takes them, and the client stays as it is.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import httpx
from amocrm_api import AmoOAuthClient
from amocrm_api.errors import AmoException

from tests.clients.steps import refused, step, walk

TOKEN, URL, COUNT, OTHER, CLIENT, SECRET, REDIRECT, REFRESH = sys.argv[1:]
WRONG = TOKEN[:-8] + "AAAAAAAA"
NAMES = ["lead", "contact", "company", "customer", "task"]
EVENTS = [f"{verb}_{name}" for verb in ("add", "update", "delete", "responsible") for name in NAMES]
EVENTS += ["restore_lead", "restore_contact", "restore_company", "status_lead", "add_talk", "update_talk"]
EVENTS += ["note_lead", "note_contact", "note_company", "note_customer", "add_chat_template_review"]


class Session(httpx.Client):
    def get(self, url: Any, *, json: Any = None, **more: Any) -> httpx.Response:
        return self.request("GET", url, json=json, **more)

    def delete(self, url: Any, *, json: Any = None, **more: Any) -> httpx.Response:
        return self.request("DELETE", url, json=json, **more)


class Client(AmoOAuthClient):
    def _init_session(self, params: dict[str, str] | None = None) -> Session:
        return Session(timeout=self.timeout, headers=self._auth_headers() | (params or {}))


def client_of(token: str, refresh: str = "not a token") -> Client:
    return Client(token, refresh, f"{URL}/", CLIENT, SECRET, REDIRECT)


amo = client_of(TOKEN)


def ids(answer: dict[str, Any], name: str) -> list[int]:
    return [each["id"] for each in answer["_embedded"][name]]


@step
def oauth() -> None:
    kept: list[tuple[str, str]] = []
    own = client_of(WRONG, REFRESH)
    own.token_store = lambda access, refresh: kept.append((access, refresh))
    assert own.get_account_info()["id"] == amo.get_account_info()["id"]  # 401, then a new pair, then the answer
    assert len(kept) == 1 and kept[0][1] != REFRESH


@step
def account() -> None:
    found = amo.get_account_info(
        with_users_groups=True, with_task_types=True, with_version=True, with_datetime_settings=True,
        with_amojo_id=True, with_amojo_rights=True, with_entity_names=True, with_drive_url=True)  # fmt: skip
    assert found["subdomain"] and found["version"] and found["amojo_id"]
    assert set(found["_embedded"]) >= {"users_groups", "task_types", "datetime_settings"}, found["_embedded"]


@step
def users() -> None:
    found = amo.get_users(with_role=True, with_group=True)
    assert found["_page"] == 1 and found["_page_count"] == 1 and len(found["_embedded"]["users"]) >= 4
    one = amo.get_user(found["_embedded"]["users"][0]["id"], with_role=True, with_group=True)
    assert one["rights"]["is_active"] and one["email"]
    amo.get_roles()


@step
def pipelines() -> None:
    (pipeline,) = amo.get_pipelines()["_embedded"]["pipelines"]
    assert amo.get_pipeline(pipeline["id"])["_embedded"]["statuses"] == pipeline["_embedded"]["statuses"]
    assert len(amo.get_pipeline_statuses(pipeline["id"])["_embedded"]["statuses"]) == 7
    assert amo.get_pipeline_status(pipeline["id"], 142)["id"] == 142


@step
def custom_fields() -> None:
    found = amo.get_contacts_custom_fields(page=1)["_embedded"]["custom_fields"]
    phone = next(field for field in found if field["code"] == "PHONE")
    assert phone["type"] == "multitext" and "WORK" in [enum["value"] for enum in phone["enums"]]
    assert amo.get_contacts_custom_field(phone["id"])["id"] == phone["id"]
    amo.get_leads_custom_fields()
    amo.get_companies_custom_fields(limit=50)


@step
def contacts() -> None:
    phone = {"field_code": "PHONE", "values": [{"value": "+79161234567", "enum_code": "WORK"}]}
    made = amo.create_contacts([{"name": "Petr", "custom_fields_values": [phone], "request_id": "p"}, {}])
    assert [each["request_id"] for each in made["_embedded"]["contacts"]] == ["p", "1"]
    contact_id = ids(made, "contacts")[0]
    assert amo.get_contact(contact_id)["name"] == "Petr"
    for query in ("+79161234567", "89161234567", "petr"):
        assert contact_id in ids(amo.get_contacts(query=query), "contacts"), query
    assert amo.get_contacts(query="+79169999999") == {}
    changed = amo.update_contacts([{"id": contact_id, "name": "Pavel"}])
    assert changed["_embedded"]["contacts"][0]["name"] == "Pavel"
    with_links = amo.get_contacts(filters={"id": [contact_id]}, with_params=["leads", "catalog_elements", "customers"])
    assert with_links["_embedded"]["contacts"][0]["_embedded"]["leads"] == []
    recent = {"updated_at__from": int(time.time()) - 600, "updated_at__to": int(time.time()) + 600}
    newest = amo.get_contacts(filters=recent, order={"updated_at": "desc"}, limit=1)
    assert ids(newest, "contacts") == [max(ids(made, "contacts"))] or contact_id in ids(newest, "contacts")
    assert amo.get_contact(999_999_999) == {}


@step
def paging() -> None:
    seen = [contact["id"] for contact in amo.iter_contacts()]
    assert len(seen) == len(set(seen)) >= int(COUNT)
    assert [contact["id"] for contact in amo.iter_contacts(limit=100, order={"id": "desc"})] == sorted(seen)[::-1]


@step
def companies() -> None:
    (company_id,) = ids(amo.create_companies([{"name": "Wrapper Ltd"}]), "companies")
    assert amo.get_company(company_id)["name"] == "Wrapper Ltd"
    amo.update_companies([{"id": company_id, "name": "Wrapper Inc"}])
    assert ids(amo.get_companies(query="wrapper inc"), "companies") == [company_id]


@step
def leads() -> None:
    first, second = ids(amo.create_leads([{"name": "One", "price": 100}, {"name": "Two"}]), "leads")
    read = amo.get_lead(first, with_params=["contacts", "loss_reason", "source_id"])
    assert (read["price"], read["_embedded"]["contacts"]) == (100, [])
    amo.update_leads(
        [{"id": first, "price": 200}, {"id": second, "status_id": 143, "pipeline_id": read["pipeline_id"]}]
    )
    assert amo.get_lead(second)["closed_at"]
    lost = amo.get_leads(filters={"statuses][0][pipeline_id": read["pipeline_id"], "statuses][0][status_id": 143})
    assert second in ids(lost, "leads") and first not in ids(lost, "leads")


@step
def leads_complex() -> None:
    answer = amo.create_leads_complex(
        [{"name": "Complex", "_embedded": {"contacts": [{"first_name": "Vera"}], "companies": [{"name": "V"}]}}]
    )
    assert answer[0]["contact_id"] and answer[0]["company_id"] and answer[0]["merged"] is False


@step
def links() -> None:
    (lead_id,) = ids(amo.create_leads([{"name": "Linked"}]), "leads")
    (contact_id,) = ids(amo.create_contacts([{"name": "Linked"}]), "contacts")
    target = {"to_entity_id": contact_id, "to_entity_type": "contacts", "metadata": {"is_main": True}}
    amo.link_leads_entity(lead_id, [target])
    (link,) = amo.get_leads_links(lead_id)["_embedded"]["links"]
    assert (link["to_entity_id"], link["to_entity_type"]) == (contact_id, "contacts")
    assert link["metadata"]["main_contact"] is True
    amo.unlink_leads_entity(lead_id, [target])
    assert not amo.get_leads_links(lead_id).get("_embedded", {}).get("links")


@step
def tags() -> None:
    made = amo.add_tags_for_entity_type("leads", [{"name": "hot"}, {"name": "cold", "request_id": "mine"}])
    assert [each["request_id"] for each in made["_embedded"]["tags"]] == ["0", "mine"]
    assert {"hot", "cold"} <= {tag["name"] for tag in amo.iter_tags_by_entity_type("leads")}
    assert [t["name"] for t in amo.get_tags_by_entity_type("leads", query="hot")["_embedded"]["tags"]] == ["hot"]


@step
def notes() -> None:
    (contact_id,) = ids(amo.create_contacts([{"name": "Noted"}]), "contacts")
    call = {"uniq": "u2", "duration": 62, "source": "pbx", "link": "https://pbx.example/2.mp3", "phone": "+79161234567"}
    wanted = [{"entity_id": contact_id, "note_type": "common", "params": {"text": "Hello"}, "request_id": "n"},
              {"entity_id": contact_id, "note_type": "call_out", "params": call}]  # fmt: skip
    made = amo.create_entity_note("contacts", wanted)
    first, second = ids(made, "notes")
    assert amo.get_entity_note("contacts", first)["params"]["text"] == "Hello"
    only = amo.get_notes_by_entity_type_and_entity_id("contacts", contact_id, filter_by_note_type="call_out")
    assert ids(only, "notes") == [second]
    both = amo.get_notes_by_entity_type("contacts", filter_by_id=[first, second])
    assert sorted(ids(both, "notes")) == [first, second]
    amo.update_entity_note("contacts", contact_id, first, {"note_type": "common", "params": {"text": "Changed"}})
    assert amo.get_entity_note("contacts", first, contact_id)["params"]["text"] == "Changed"
    amo.create_entity_note("contacts", [{"note_type": "common", "params": {"text": "More"}}], contact_id)
    assert amo.pin_note("contacts", contact_id, first) == {}
    pinned = amo.get_notes_by_entity_type("contacts", filter_by_id=first, with_params=["is_pinned"])
    assert pinned["_embedded"]["notes"][0]["is_pinned"] is True
    assert amo.unpin_note("contacts", contact_id, first) == {}


@step
def tasks() -> None:
    (lead_id,) = ids(amo.create_leads([{"name": "Tasked"}]), "leads")
    till = int(time.time()) + 3600
    made = amo.add_tasks([{"text": "Call", "complete_till": till, "entity_id": lead_id, "entity_type": "leads"}])
    (task_id,) = ids(made, "tasks")
    assert amo.get_task(task_id)["result"] == []
    amo.update_tasks([{"id": task_id, "text": "Call now"}])
    amo.execution_task(task_id, True, "Talked")
    read = amo.get_task(task_id)
    assert (read["is_completed"], read["result"], read["text"]) == (True, {"text": "Talked"}, "Call now")
    found = amo.get_tasks(filters={"entity_type": "leads", "entity_id": [lead_id], "is_completed": 1})
    assert ids(found, "tasks") == [task_id]


@step
def customers() -> None:
    (customer_id,) = ids(amo.create_customers([{"name": "Regular", "next_price": 10}]), "customers")
    assert amo.get_customer(customer_id)["next_price"] == 10
    assert customer_id in ids(amo.get_customers(), "customers")


@step
def events() -> None:
    types = amo.get_events_type("ru")["_embedded"]["events_types"]
    assert {"lead_added", "incoming_call"} <= {each["key"] for each in types}
    found = amo.get_events(filter_by_type=["lead_added", "contact_added"], limit=50)["_embedded"]["events"]
    assert len(found) == 50 and {each["type"] for each in found} <= {"lead_added", "contact_added"}
    assert amo.get_event(found[0]["id"])["id"] == found[0]["id"]


@step
def webhooks() -> None:
    url = "https://hooks.example/in?key=1"
    assert amo.get_webhooks() == {}
    made = amo.subscribe_webhook(url, EVENTS)
    assert set(made["settings"]) == set(EVENTS) and made["disabled"] is False
    found = amo.get_webhooks(url)
    assert found["_total_items"] == 1 and found["_embedded"]["webhooks"] == [made]
    assert amo.unsubscribe_webhook(url) == {}
    assert refused(AmoException, lambda: amo.unsubscribe_webhook(url)).code == 404


@step
def errors() -> None:
    wrong = refused(AmoException, lambda: amo.create_leads([{"name": "x", "responsible_user_id": 1}]))
    assert wrong.code == 400 and wrong.error_data["validation-errors"][0]["request_id"] == "0"
    assert refused(AmoException, lambda: client_of(OTHER).get_users()).code == 403
    told = refused(AmoException, lambda: client_of(WRONG).get_contacts())  # its refresh token is refused too
    assert told.code in (400, 401) and told.error_data["hint"] and told.error_data["title"], told


walk()
