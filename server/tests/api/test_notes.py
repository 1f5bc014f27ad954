"""Notes over the API: the reference's own examples, every type, looseness and refusals."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.db import Db


async def card(api: Client, kind: str = "contacts", **more: Any) -> int:
    made = await api.post(f"/api/v4/{kind}", json=[{"name": "Card", **more}])
    assert made.status_code == 200, made.text
    return made.json()["_embedded"][kind][0]["id"]


async def note(api: Client, contact_id: int, note_type: str, params: Any, **more: Any) -> int:
    body = [{"note_type": note_type, "params": params, **more}]
    made = await api.post(f"/api/v4/contacts/{contact_id}/notes", json=body)
    assert made.status_code == 200, made.text
    return made.json()["_embedded"]["notes"][0]["id"]


async def test_a_pbx_logs_a_call(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    call = {
        "uniq": "1760000000.1",
        "duration": 62,
        "source": "our-pbx",
        "link": "https://pbx.example/rec/1.mp3",
        "phone": "+79990001122",
        "call_status": 4,
        "call_result": "agreed",
        "call_responsible": cast.anna,
    }
    made = await api.post(
        "/api/v4/contacts/notes",
        json=[
            {
                "entity_id": contact_id,
                "note_type": "call_in",
                "created_by": cast.anna,
                "responsible_user_id": cast.anna,
                "created_at": 1760000000,
                "request_id": "mikopbx-1760000000.1",
                "params": call,
            }
        ],
    )
    assert made.status_code == 200, made.text
    note_id = made.json()["_embedded"]["notes"][0]["id"]
    self_link = {"self": {"href": f"https://acme.example/api/v4/contacts/{contact_id}/notes/{note_id}"}}
    assert made.json() == {
        "_links": {"self": {"href": "https://acme.example/api/v4/contacts/notes"}},
        "_embedded": {
            "notes": [
                {
                    "id": note_id,
                    "entity_id": contact_id,
                    "request_id": "mikopbx-1760000000.1",
                    "_links": self_link,
                }
            ]
        },
    }
    group_id = await db.value("select group_id from users where id = $1", cast.anna)
    for path in (f"/api/v4/contacts/notes/{note_id}", f"/api/v4/contacts/{contact_id}/notes/{note_id}"):
        assert (await api.get(path)).json() == {
            "id": note_id,
            "entity_id": contact_id,
            "created_by": cast.anna,
            "updated_by": cast.anna,
            "created_at": 1760000000,
            "updated_at": 1760000000,
            "responsible_user_id": cast.anna,
            "group_id": group_id,
            "note_type": "call_in",
            "params": call,
            "account_id": cast.account_id,
            "_links": self_link,
        }
    event = await db.row("select * from events where type = 'incoming_call'")
    assert event is not None
    assert (event["entity"], event["entity_id"], event["value_after"]) == (1, contact_id, [{"note": {"id": note_id}}])
    fact = await db.value("select fact from facts where fact->>'fact' = 'note_added'")
    assert (fact["id"], fact["entity_id"], fact["note_type"], fact["by"]) == (
        note_id,
        contact_id,
        "call_in",
        cast.olga,
    )


WRITABLE: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [  # type, sent, read, event
    ("common", {"text": "Hi"}, {"text": "Hi"}, "common_note_added"),
    (
        "call_out",
        {"uniq": None, "duration": 45.7, "source": "x", "link": None, "phone": 79990001122, "call_status": None},
        {
            "uniq": None,
            "duration": 45,
            "source": "x",
            "link": None,
            "phone": "79990001122",
            "call_result": None,
            "call_status": None,
            "call_responsible": None,
        },
        "outgoing_call",
    ),
    (
        "call_in",
        {"uniq": 17, "duration": "62", "link": "", "call_result": "", "call_status": "4", "call_responsible": "Ivan"},
        {
            "uniq": "17",
            "duration": 62,
            "source": None,
            "link": "",
            "phone": None,
            "call_result": "",
            "call_status": 4,
            "call_responsible": "Ivan",
        },
        "incoming_call",
    ),
    ("sms_in", {"text": "a", "phone": "+7"}, {"text": "a", "phone": "+7"}, "incoming_sms"),
    ("sms_out", {"text": "a", "phone": 7}, {"text": "a", "phone": "7"}, "outgoing_sms"),
    ("service_message", {"service": "s", "text": "t"}, {"service": "s", "text": "t"}, "service_note_added"),
    ("extended_service_message", {"service": "s", "text": "t"}, {"service": "s", "text": "t"}, "service_note_added"),
    (
        "message_cashier",
        {"status": "shown", "text": "t"},
        {"status": "shown", "text": "t"},
        "message_to_cashier_note_added",
    ),
    (
        "geolocation",
        {"text": "t", "address": "a", "longitude": 37.5, "latitude": "55.7"},
        {"text": "t", "address": "a", "longitude": "37.5", "latitude": "55.7"},
        "geo_note_added",
    ),
    (
        "attachment",
        {"file_uuid": "u", "file_name": "f.txt"},
        {
            "file_uuid": "u",
            "file_name": "f.txt",
            "version_uuid": None,
            "original_name": None,
            "text": None,
            "is_drive_attachment": True,
        },
        "attachment_note_added",
    ),
]


@pytest.mark.parametrize("kind", ["contacts", "companies", "leads", "customers"])
async def test_every_writable_type_comes_back(kind: str, client_of: ClientOf, db: Db):
    api = await client_of("olga")
    card_id = await card(api, kind)
    body = [{"note_type": note_type, "params": sent} for note_type, sent, _, _ in WRITABLE]
    made = await api.post(f"/api/v4/{kind}/{card_id}/notes", json=body)
    assert made.status_code == 200, made.text
    assert [each["request_id"] for each in made.json()["_embedded"]["notes"]] == [str(i) for i in range(len(WRITABLE))]
    read = (await api.get(f"/api/v4/{kind}/{card_id}/notes")).json()["_embedded"]["notes"]
    assert [(each["note_type"], each["params"]) for each in read] == [
        (note_type, shown) for note_type, _, shown, _ in WRITABLE
    ]
    events = await db.rows("select type from events where value_after <> '[]' order by id")
    assert [row["type"] for row in events] == [event for _, _, _, event in WRITABLE]


REFUSED: list[tuple[dict[str, Any], str, str]] = [  # item, code, path
    ({"entity_id": None, "note_type": "call_in", "params": {}}, "FieldMissing", "entity_id"),
    ({"note_type": "common", "params": {"text": "a"}, "entity_id": 1}, "NotSupportedChoice", "entity_id"),
    ({"params": {"text": "a"}}, "FieldMissing", "note_type"),
    ({"note_type": "chat", "params": {"text": "a"}}, "NotSupportedChoice", "note_type"),
    ({"note_type": "common"}, "FieldMissing", "params"),
    ({"note_type": "common", "params": {}}, "FieldMissing", "params.text"),
    ({"note_type": "common", "params": {"text": " "}}, "FieldMissing", "params.text"),
    ({"note_type": "common", "params": {"text": ["a"]}}, "InvalidType", "params.text"),
    ({"note_type": "common", "params": "a"}, "InvalidType", "params"),
    ({"note_type": "call_in", "params": {"duration": "long"}}, "InvalidType", "params.duration"),
    ({"note_type": "call_in", "params": {"duration": -1}}, "InvalidValue", "params.duration"),
    ({"note_type": "call_in", "params": {"call_status": 9}}, "InvalidValue", "params.call_status"),
    ({"note_type": "call_in", "params": {"link": "x" * 2001}}, "TooLong", "params.link"),
    ({"note_type": "message_cashier", "params": {"status": "x", "text": "a"}}, "NotSupportedChoice", "params.status"),
    ({"note_type": "sms_in", "params": {"text": "a"}}, "FieldMissing", "params.phone"),
    (
        {"note_type": "common", "params": {"text": "a"}, "responsible_user_id": 1},
        "NotSupportedChoice",
        "responsible_user_id",
    ),
]


@pytest.mark.parametrize(("item", "code", "path"), REFUSED)
async def test_a_wrong_item_is_told_and_nothing_is_stored(
    item: dict[str, Any], code: str, path: str, client_of: ClientOf, db: Db
):
    api = await client_of("olga")
    contact_id = await card(api)
    good = {"entity_id": contact_id, "note_type": "common", "params": {"text": "good"}}
    answer = await api.post("/api/v4/contacts/notes", json=[good, {"entity_id": contact_id, "request_id": "r", **item}])
    assert answer.status_code == 400
    flawed = answer.json()["validation-errors"]
    assert [(each["request_id"], [(e["code"], e["path"]) for e in each["errors"]]) for each in flawed] == [
        ("r", [(code, path)])
    ]
    assert await db.value("select count(*) from notes") == 0
    assert await db.value("select count(*) from events where type = 'common_note_added'") == 0


async def test_a_batch_with_holes_is_a_list(client_of: ClientOf):
    api = await client_of("olga")
    contact_id = await card(api)
    item = {"entity_id": contact_id, "note_type": "call_in", "params": {"duration": 1}}
    made = await api.post("/api/v4/contacts/notes", json={"0": item, "2": {**item, "request_id": "79"}})
    assert [each["request_id"] for each in made.json()["_embedded"]["notes"]] == ["0", "79"]


@pytest.mark.parametrize(
    ("sent", "created_by", "responsible"),
    [
        ({}, "olga", "olga"),
        ({"created_by": "anna", "responsible_user_id": "anna"}, "anna", "anna"),
        ({"created_by": "anna"}, "anna", "anna"),
        ({"responsible_user_id": "boris"}, "boris", "boris"),
        ({"responsible_user_id": "boris", "call_responsible": "anna"}, "anna", "boris"),
        ({"created_by": 0}, 0, "olga"),
        ({"call_responsible": "anna"}, "anna", "anna"),
        ({"call_responsible": 101}, "olga", "olga"),
    ],
)
async def test_who_made_a_call(
    sent: dict[str, Any], created_by: Any, responsible: Any, client_of: ClientOf, cast: Cast
):
    def number(who: Any) -> Any:
        return cast.users.get(who, who)

    api = await client_of("olga")
    contact_id = await card(api)
    params = {"duration": 5, "call_responsible": number(sent.pop("call_responsible", None))}
    note_id = await note(api, contact_id, "call_in", params, **{key: number(who) for key, who in sent.items()})
    read = (await api.get(f"/api/v4/contacts/notes/{note_id}")).json()
    assert (read["created_by"], read["responsible_user_id"]) == (number(created_by), number(responsible))


async def test_a_note_is_changed_key_by_key(client_of: ClientOf, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    first = await note(api, contact_id, "common", {"text": "one"})
    call = await note(api, contact_id, "call_in", {"duration": 5, "phone": "+7999", "uniq": "u"}, created_at=1000)
    whole = (await api.get(f"/api/v4/contacts/notes/{call}")).json()
    answer = await api.patch(
        "/api/v4/contacts/notes",
        json=[
            {"id": first, "params": {"text": "two"}, "request_id": "a"},
            {**whole, "params": {"call_result": "sold", "uniq": None, "duration": 7.9}},
        ],
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()["_embedded"]["notes"]
    assert [(each["id"], each["entity_id"], each["request_id"]) for each in told] == [
        (first, contact_id, "a"),
        (call, contact_id, "1"),
    ]
    assert told[1]["updated_at"] > 1000
    read = (await api.get(f"/api/v4/contacts/notes/{call}")).json()
    assert (read["params"]["call_result"], read["params"]["uniq"], read["params"]["duration"]) == ("sold", "u", 7)
    single = await api.patch(f"/api/v4/contacts/{contact_id}/notes/{first}", json={"params": {"text": "three"}})
    assert single.json()["id"] == first
    assert (await api.get(f"/api/v4/contacts/notes/{first}")).json()["params"] == {"text": "three"}
    changed = await db.rows("select fact->'id' as note from facts where fact->>'fact' = 'note_changed' order by id")
    assert [row["note"] for row in changed] == [first, call, first]
    for path, body, flaw in [
        ("notes", [{"id": 1, "params": {"text": "x"}}], "id"),
        ("notes", [{"params": {"text": "x"}}], "id"),
        (f"{contact_id + 1}/notes/{first}", {"params": {"text": "x"}}, "id"),
        ("notes", [{"id": first, "params": {"text": ""}}], "params.text"),
        ("notes", [{"id": first, "note_type": "call_in"}], "note_type"),
    ]:
        refused = await api.patch(f"/api/v4/contacts/{path}", json=body)
        assert refused.status_code == 400
        assert refused.json()["validation-errors"][0]["errors"][0]["path"] == flaw
    assert (await api.get(f"/api/v4/contacts/notes/{first}")).json()["params"] == {"text": "three"}


async def test_a_note_that_only_the_server_writes_is_shown_as_it_stands(client_of: ClientOf, cast: Cast, db: Db):
    api = await client_of("olga")
    contact_id = await card(api)
    params = {"message": {"id": "x"}, "list": [1, 2]}
    note_id = await db.value(
        "insert into notes (account_id, entity, entity_id, note_type, params, responsible_user_id, created_by,"
        " updated_by, created_at, updated_at) values ($1, 1, $2, 'amomail_message', $3, $4, $4, $4, 5, 5) returning id",
        cast.account_id,
        contact_id,
        params,
        cast.olga,
    )
    path = f"/api/v4/contacts/{contact_id}/notes/{note_id}"
    assert (await api.get(path)).json()["params"] == params
    assert (await api.patch(path, json={"params": {"list": []}, "created_by": 0})).status_code == 200
    read = (await api.get(path)).json()
    assert (read["params"], read["created_by"]) == (params, 0)


async def test_lists_are_filtered_and_ordered(client_of: ClientOf):
    api = await client_of("olga")
    one, two = await card(api), await card(api)
    ids = [
        await note(api, one, "common", {"text": "a"}, created_at=300),
        await note(api, one, "call_in", {"duration": 1}, created_at=100),
        await note(api, two, "call_out", {"duration": 1}, created_at=200),
    ]

    async def found(query: str, path: str = "/api/v4/contacts/notes") -> list[int]:
        answer = await api.get(f"{path}?{query}")
        if answer.status_code == 204:
            return []
        return [ids.index(each["id"]) for each in answer.json()["_embedded"]["notes"]]

    assert await found("") == [0, 1, 2]
    assert await found("order[id]=desc") == [2, 1, 0]
    assert await found("order[updated_at]=asc") == [1, 2, 0]
    assert await found("order[updated_at]=desc") == [0, 2, 1]
    assert await found(f"filter[id][]={ids[0]}&filter[id][]={ids[2]}") == [0, 2]
    assert await found(f"filter[entity_id]={two}") == [2]
    assert await found("filter[note_type]=call_in,call_out") == [1, 2]
    assert await found("filter[note_type][0]=call_in") == [1]
    assert await found("filter[note_type][]=call_in&filter[note_type][]=common") == [0, 1]
    assert await found("filter[updated_at]=200") == [0, 2]
    assert await found("filter[updated_at][from]=100&filter[updated_at][to]=200") == [1, 2]
    assert await found("", f"/api/v4/contacts/{one}/notes") == [0, 1]
    assert await found("filter[note_type]=common", f"/api/v4/contacts/{one}/notes") == [0]
    assert await found("", "/api/v4/leads/notes") == []
    assert await found("limit=2&page=2") == [2]
    assert await found("filter[id]=abc") == []
    pages: list[int] = []
    url: str | None = "/api/v4/contacts/notes?limit=1&order[updated_at]=desc"
    while url:
        answer = (await api.get(url)).json()
        pages += [ids.index(each["id"]) for each in answer["_embedded"]["notes"]]
        url = answer["_links"].get("next", {}).get("href")
    assert pages == [0, 2, 1]
    assert (await api.get(f"/api/v4/contacts/{two}/notes/{ids[0]}")).status_code == 204
    assert (await api.get("/api/v4/contacts/notes/1")).status_code == 204


async def test_a_note_is_pinned_and_unpinned(client_of: ClientOf):
    api = await client_of("olga")
    note_id = await note(api, await card(api), "common", {"text": "a"})
    path = f"/api/v4/contacts/notes/{note_id}"
    assert "is_pinned" not in (await api.get(path)).json()
    for deed, pinned in (("pin", True), ("pin", True), ("unpin", False)):
        assert (await api.post(f"{path}/{deed}")).status_code == 204
        assert (await api.get(f"{path}?with=is_pinned")).json()["is_pinned"] is pinned
    assert (await api.post("/api/v4/contacts/notes/1/pin")).status_code == 404


async def test_a_note_is_pinned_on_its_own_card(client_of: ClientOf):
    api = await client_of("olga")
    own, other = await card(api), await card(api)
    note_id = await note(api, own, "common", {"text": "a"})
    for deed, pinned in (("pin", True), ("unpin", False)):
        assert (await api.post(f"/api/v4/contacts/{other}/notes/{note_id}/{deed}")).status_code == 404
        assert (await api.post(f"/api/v4/contacts/{own}/notes/{note_id}/{deed}")).status_code == 204
        told = await api.get(f"/api/v4/contacts/notes/{note_id}?with=is_pinned")
        assert told.json()["is_pinned"] is pinned


async def test_the_kind_of_a_note_that_one_does_not_see_is_not_told(client_of: ClientOf, cast: Cast):
    olga, clara = await client_of("olga"), await client_of("clara")
    note_id = await note(olga, await card(olga), "common", {"text": "a"})
    told: list[Any] = []
    changes: list[dict[str, Any]] = [{"note_type": "geolocation"}, {"note_type": "common"}, {"params": {"text": []}}]
    for change in changes:
        answer = await clara.patch(f"/api/v4/contacts/notes/{note_id}", json=change)
        told.append((answer.status_code, answer.json()["validation-errors"]))
    assert told[0] == told[1] == told[2]
    assert told[0][1][0]["errors"][0]["path"] == "id"


async def test_rights_are_those_of_the_card(client_of: ClientOf, cast: Cast):
    olga = await client_of("olga")
    contact_id = await card(olga, responsible_user_id=cast.anna)
    note_id = await note(olga, contact_id, "common", {"text": "a"})
    path = f"/api/v4/contacts/{contact_id}/notes"
    body = [{"note_type": "common", "params": {"text": "b"}}]
    for name, read, written in (
        ("anna", 200, 200),
        ("boris", 200, 403),  # sees what his group has, changes what is his
        ("clara", 204, 400),
        ("stranger", 204, 400),
    ):
        api = await client_of(name)
        assert (await api.get(path)).status_code == read, name
        assert (await api.get("/api/v4/contacts/notes")).status_code == read, name
        assert (await api.get(f"{path}/{note_id}")).status_code == read, name
        assert (await api.post(path, json=body)).status_code == written, name
        change = await api.patch(f"{path}/{note_id}", json={"params": {"text": "c"}})
        assert change.status_code == written, name
        pinned = (await api.post(f"/api/v4/contacts/notes/{note_id}/pin")).status_code
        assert pinned == {200: 204, 400: 404}.get(written, written), name
