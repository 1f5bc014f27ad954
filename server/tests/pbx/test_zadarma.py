"""A cloud PBX's notices: whose they are, and which conversations they become."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1
from hmac import new
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.api.conftest import Visitor, browser, signed_in, with_passwords  # noqa: F401  # pyright: ignore
from tests.conftest import ClientOf
from trubka.db import Db
from trubka.pbx import zadarma
from trubka.rules.call import Calls
from trubka.rules.conversation import Conversation

FIXTURES = Path(zadarma.__file__).parent / "fixtures"
SECRET = b"not-a-real-secret"
ENDED = {"event": "NOTIFY_END", "pbx_call_id": "1", "internal": "101", "disposition": "answered", "duration": "3"}


def forms(name: str) -> list[dict[str, str]]:
    return [dict(parse_qsl(line)) for line in (FIXTURES / f"{name}.txt").read_text().splitlines()]


def signature(form: dict[str, str], *names: str, secret: bytes = SECRET) -> dict[str, str]:
    text = "".join(form[name] for name in names)
    return {"signature": b64encode(new(secret, text.encode(), sha1).hexdigest().encode()).decode()}


def told(name: str, without: str = "") -> Conversation:
    """The notices of a call, two seconds apart."""
    calls = Calls()
    for place, form in enumerate(forms(name)):
        for signal in [] if form["event"] == without else zadarma.signals(form, 1_000.0 + 2 * place):
            calls.tell(signal)
    (found,) = calls.live()
    return found


def test_an_answered_call():
    call = told("answered")
    assert (call.direction, call.customer_number, call.line) == ("inbound", "+79160001122", "74950000001")
    assert (call.rang, call.answered_by, call.missed, call.talk_seconds) == (("101", "102"), "101", False, 2)
    assert call.hangup_cause == 16 and call.ended_at == 1_008


def test_an_answer_that_was_not_told_by_itself():
    call = told("answered", without="NOTIFY_ANSWER")
    assert (call.answered_by, call.missed, call.talk_seconds) == ("101", False, 2)


def test_a_missed_call_of_nobody():
    call = told("missed")
    assert (call.customer_number, call.rang, call.missed, call.talk_seconds) == (None, ("101",), True, 0)


def test_a_call_of_ours():
    call = told("outbound")
    assert (call.direction, call.customer_number, call.caller, call.answered_by) == (
        "outbound",
        "79160001122",
        "101",
        "101",
    )
    assert call.talk_seconds == 3, "as the provider says"


def test_what_is_signed():
    form = forms("answered")[3]
    right = signature(form, "caller_id", "destination", "call_start")
    assert zadarma.signed(right, form, SECRET)
    assert not zadarma.signed(right, form, b"other")
    assert not zadarma.signed(right, form | {"caller_id": "1"}, SECRET)
    assert not zadarma.signed({}, form, SECRET)
    assert not zadarma.signed({"signature": "é"}, form, SECRET)
    assert not zadarma.signed(right, form | {"event": "NOTIFY_X"}, SECRET)


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ({}, 0),
        ({"event": "NOTIFY_START"}, 0),
        ({"event": "NOTIFY_ANSWER", "pbx_call_id": "1"}, 0),
        ({"event": "NOTIFY_RECORD", "pbx_call_id": "1"}, 0),
        ({"event": "NOTIFY_OUT_START", "pbx_call_id": "1"}, 0),
        ({"event": "NOTIFY_OUT_END", "pbx_call_id": "1", "disposition": "answered", "duration": "x"}, 1),
        (ENDED | {"duration": "²"}, 1),
        (ENDED | {"duration": "٣"}, 1),
        (ENDED | {"internal": ""}, 1),
        (ENDED | {"disposition": "busy"}, 1),
        (ENDED, 2),
    ],
)
def test_what_says_nothing(form: dict[str, str], count: int):
    assert len(zadarma.signals(form, 5.0)) == count


@pytest.mark.parametrize(
    ("query", "read"), [({"zd_echo": "a1B2"}, "a1B2"), ({}, None), ({"zd_echo": "<b>"}, None), ({"zd_echo": "é"}, None)]
)
def test_what_is_read_back(query: dict[str, str], read: str | None):
    assert zadarma.echo(query) == read


async def test_through_the_door(client_of: ClientOf, signed_in: Visitor, db: Db):  # noqa: F811
    olga: httpx.AsyncClient = await signed_in("olga")
    new_pbx: dict[str, Any] = {"kind": "zadarma", "name": "Cloud", "secret": SECRET.decode()}
    made = (await olga.post("/desk/pbxes", json=new_pbx)).json()
    provider = await client_of(None)
    path = f"/pbx/hook/{made['key_id']}"
    assert (await provider.get(path, params={"zd_echo": "abc123"})).text == "abc123"
    assert (await provider.get("/pbx/hook/nobody", params={"zd_echo": "abc123"})).status_code == 401
    assert await db.value("select heard_at from pbxes") is None, "a stranger may ask that"
    for _ in range(2):
        for form in forms("answered"):
            signed = signature(form, *zadarma.SIGNED[form["event"]])
            heard = 2 if form["event"] == "NOTIFY_END" else 1
            assert (await provider.post(path, data=form, headers=signed)).json() == {"heard": heard}
            assert (await provider.post(path, data=form)).status_code == 401
    assert await db.value("select heard_at from pbxes") is not None
    rows = await db.rows("select uniq, number, missed from calls")
    assert [tuple(row) for row in rows] == [("in_0001", "+79160001122", False)]
    form = forms("answered")[4]
    signed = signature(form, *zadarma.SIGNED[form["event"]])
    for wrong in ({"pbx_call_id": "in\0"}, {f"field{place}": "x" for place in range(101)}):
        assert (await provider.post(path, data=form | wrong, headers=signed)).status_code == 400
    http = (await olga.post("/desk/pbxes", json={"kind": "http", "name": "Other"})).json()
    assert (await provider.post(f"/pbx/hook/{http['key_id']}", data=forms("answered")[0])).status_code == 401
