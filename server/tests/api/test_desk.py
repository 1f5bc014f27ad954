"""The doors for our own browser: signing in, links, sessions, and pages of administrators."""

import time
from typing import Any

import httpx
import pytest

from tests.api.conftest import OURS, PASSWORD, Visitor
from tests.cast import Cast
from tests.conftest import ClientOf
from trubka.actions import passwords, sessions
from trubka.api import server
from trubka.api.asked import Site
from trubka.db import Db
from trubka.settings import Settings

SESSION = "__Host-trubka_session"


async def test_signing_in_and_out(browser: httpx.AsyncClient, with_passwords: None, db: Db, cast: Cast):
    assert (await browser.get("/desk/door")).json() == {"first_run": False, "signed_in": False}
    assert (await browser.get("/desk/me")).status_code == 401
    given = {"email": " Anna@Acme.example", "password": PASSWORD}
    answer = await browser.post("/desk/sign-in", json=given)
    assert answer.status_code == 200
    told = answer.json()
    assert told["person"]["email"] == "anna@acme.example" and told["scope"] == "whole"
    assert told["account"]["id"] == cast.account_id and told["user"]["id"] == cast.anna
    assert told["rights"]["contacts"]["view"] == "G"
    assert told["accounts"] == [
        {"id": cast.account_id, "name": "Acme", "subdomain": "acme", "is_demo": False, "user_id": cast.anna}
    ]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-trubka_session=") and "domain" not in cookie.lower()
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["cache-control"] == "no-store"
    token = browser.cookies[SESSION]
    stored = await db.rows("select token_hash, agent from sessions")
    assert stored[0]["token_hash"] == sessions.digest(token) and token.encode() not in stored[0]["token_hash"]
    assert (await browser.get("/desk/me")).json() == told
    assert (await browser.get("/desk/door")).json()["signed_in"] is True
    assert (await browser.get("/api/v4/contacts")).status_code == 204
    assert (await browser.post("/desk/sign-out")).status_code == 204
    assert (await browser.get("/desk/me")).status_code == 401
    again = await browser.get("/desk/me", headers={"cookie": f"{SESSION}={token}"})
    assert again.status_code == 401, "the token itself is worth nothing any more"


WRONG_PAIRS = [
    ("anna@acme.example", "wrong"),
    ("anna@acme.example", ""),
    ("nobody@acme.example", PASSWORD),
    ("anna@acme.example", PASSWORD + "x" * 300),
    ("", ""),
]


async def test_a_wrong_pair_says_nothing_more(browser: httpx.AsyncClient, with_passwords: None):
    for email, password in WRONG_PAIRS:
        answer = await browser.post("/desk/sign-in", json={"email": email, "password": password})
        assert (answer.status_code, answer.json()["detail"]) == (401, "The e-mail or the password is wrong.")
        assert "set-cookie" not in answer.headers


async def test_plain_http_gets_a_cookie_that_plain_http_sends(site: Site, with_passwords: None):
    transport = httpx.ASGITransport(app=server.over(site))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.2:8080", headers=OURS) as client:
        answer = await client.post("/desk/sign-in", json={"email": "anna@acme.example", "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("trubka_session=")
        assert "Secure" not in answer.headers["set-cookie"]
        assert (await client.get("/desk/me")).status_code == 200
        token = client.cookies["trubka_session"]
        client.cookies.clear()
        # Over https only the name that nobody else can set counts, whatever stands before it.
        for base, cookie, status in (
            ("https://10.0.0.2:8080", f"trubka_session={token}", 401),
            ("https://10.0.0.2:8080", f'trubka_session=planted; b@d[="; {SESSION}={token}', 200),
            ("https://10.0.0.2:8080", f"x={SESSION}={token}; __host-trubka_session={token}", 401),
            ("http://10.0.0.2:8080", f"{SESSION}={token}", 401),
        ):
            answer = await client.get(f"{base}/desk/me", headers={"cookie": cookie})
            assert answer.status_code == status, cookie


async def test_a_session_gets_a_new_id_at_every_sign_in(signed_in: Visitor, db: Db):
    client = await signed_in("anna")
    first = client.cookies[SESSION]
    await client.post("/desk/sign-in", json={"email": "anna@acme.example", "password": PASSWORD})
    assert client.cookies[SESSION] != first
    assert await db.value("select count(*) from sessions") == 1
    # A token that somebody planted is not taken over either.
    client.cookies.set(SESSION, "planted", domain="acme.example")
    await client.post("/desk/sign-in", json={"email": "anna@acme.example", "password": PASSWORD})
    assert await db.row("select 1 from sessions where token_hash = $1", sessions.digest("planted")) is None


async def test_a_session_lives_on_while_it_is_used(signed_in: Visitor, db: Db):
    client = await signed_in("anna")
    await db.run("update sessions set seen_at = now() - interval '2 days', expires_at = now() + interval '1 day'")
    assert (await client.get("/desk/me")).status_code == 200
    assert await db.value("select expires_at > now() + interval '29 days' from sessions")
    await db.run("update sessions set expires_at = now() - interval '1 second'")
    assert (await client.get("/desk/me")).status_code == 401
    await sessions.tidy(db)
    assert await db.value("select count(*) from sessions") == 0


async def test_a_stranger_slows_a_login_and_locks_nobody_out(site: Site, with_passwords: None, db: Db):
    async def sign_in(address: str, password: str) -> int:
        transport = httpx.ASGITransport(app=server.over(site), client=(address, 1))  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="https://acme.example", headers=OURS) as client:
            given = {"email": "anna@acme.example", "password": password}
            return (await client.post("/desk/sign-in", json=given)).status_code

    for address in ("198.51.100.1", "198.51.100.2"):
        assert [await sign_in(address, f"guess {n}") for n in range(7)] == [401] * 7
    assert [await sign_in("198.51.100.1", f"guess {n}") for n in range(4)] == [401, 401, 401, 429]
    began = time.monotonic()
    assert await sign_in("203.0.113.7", PASSWORD) == 200, "Anna comes in"
    slow = (17 - sessions.SLOW_AFTER) * sessions.SLOWER_SECONDS
    assert slow <= time.monotonic() - began, "a little slower"
    assert await sign_in("198.51.100.1", PASSWORD) == 429, "her coming in opens nothing to the stranger"


async def test_tries_are_counted_for_a_login_and_for_an_address(
    browser: httpx.AsyncClient, with_passwords: None, db: Db, monkeypatch: pytest.MonkeyPatch
):
    async def try_once(email: str, password: str = "wrong password") -> int:
        return (await browser.post("/desk/sign-in", json={"email": email, "password": password})).status_code

    assert [await try_once("anna@acme.example") for _ in range(sessions.TRIES_PER_PAIR)] == [401] * 10
    answer = await browser.post("/desk/sign-in", json={"email": "ANNA@acme.example", "password": PASSWORD})
    assert answer.status_code == 429, "even the right password waits"
    assert answer.json()["detail"] == "Too many tries to sign in: wait 15 min and try again."
    assert 0 < int(answer.headers["retry-after"]) <= sessions.TRIES_SECONDS
    assert await try_once("boris@acme.example", PASSWORD) == 200, "others are not kept out"
    await db.run("update sign_in_attempts set at = at - interval '15 minutes'")
    assert await try_once("anna@acme.example", PASSWORD) == 200
    monkeypatch.setattr(sessions, "TRIES_PER_ADDRESS", 3)
    assert [await try_once(f"nobody{n}@x.example") for n in range(4)] == [401, 401, 401, 429]
    assert await db.value("select bool_and(length(key) = 64) from sign_in_attempts")


async def test_the_right_password_forgets_the_wrong_ones(browser: httpx.AsyncClient, with_passwords: None):
    wrong = {"email": "anna@acme.example", "password": "wrong password"}
    for _ in range(3):
        for _ in range(sessions.TRIES_PER_PAIR - 1):
            assert (await browser.post("/desk/sign-in", json=wrong)).status_code == 401
        good = await browser.post("/desk/sign-in", json=wrong | {"password": PASSWORD})
        assert good.status_code == 200


ORIGINS: list[tuple[dict[str, str], int]] = [
    ({"origin": "https://acme.example"}, 204),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "http://acme.example"}, 403),
    ({"origin": "https://acme.example:444"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "https://evil.example", "x-requested-with": "x"}, 403),
    ({"sec-fetch-site": "same-origin"}, 204),
    ({"sec-fetch-site": "none"}, 204),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "cross-site", "x-requested-with": "x"}, 403),
    ({"x-requested-with": "trubka"}, 204),
    ({}, 403),
    ({"content-type": "text/plain"}, 403),
]


async def test_changes_come_from_our_pages_only(signed_in: Visitor, client_of: ClientOf):
    cookie = {"cookie": f"{SESSION}={(await signed_in('anna')).cookies[SESSION]}"}
    bare = await client_of(None)
    for headers, status in ORIGINS:
        assert (await bare.delete("/desk/sessions", headers=cookie | headers)).status_code == status, headers
        assert (await bare.get("/desk/me", headers=cookie | headers)).status_code == 200
        for path in ("/desk/sign-in", "/desk/sign-out", "/desk/link"):
            found = await bare.post(path, json={"email": "a", "password": "b", "token": "c"}, headers=headers)
            assert (found.status_code == 403) == (status == 403), (path, headers)
        contact = await bare.post("/api/v4/contacts", json=[{"name": "X"}], headers=cookie | headers)
        assert contact.status_code == (403 if status == 403 else 200), headers


async def test_what_somebody_deletes_at_the_same_moment_is_not_there(signed_in: Visitor, db: Db):
    """A trigger stands for the other administrator: the row goes as soon as it was changed."""
    olga = await signed_in("olga")
    group = (await olga.post("/desk/groups", json={"name": "One"})).json()["id"]
    integration = (await olga.post("/desk/integrations", json={"name": "PBX"})).json()["integration"]["id"]
    await db.run(
        """
        create function gone() returns trigger language plpgsql as $$
        begin
          execute format('delete from %I where id = $1', tg_table_name) using new.id;
          return null;
        end $$
        """
    )
    await db.run("create trigger gone after update on groups for each row execute function gone()")
    await db.run("create trigger gone after update on integrations for each row execute function gone()")
    for path in (f"/desk/groups/{group}", f"/desk/integrations/{integration}"):
        answer = await olga.patch(path, json={"name": "Two"})
        assert answer.status_code == 404, answer.text


async def test_a_page_of_the_public_address_is_ours(db: Db, with_passwords: None):
    site = await server.site_of(db, Settings(public_url="https://crm.acme.example/"))
    transport = httpx.ASGITransport(app=server.over(site))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        given = {"email": "anna@acme.example", "password": PASSWORD}
        for origin, status in (("https://crm.acme.example", 200), ("https://acme.example", 403)):
            answer = await client.post("/desk/sign-in", json=given, headers={"origin": origin})
            assert answer.status_code == status
        assert "TRUBKA_PUBLIC_URL" in answer.json()["detail"]


async def test_a_link_to_hand_over_has_the_public_address(db: Db, with_passwords: None, cast: Cast):
    site = await server.site_of(db, Settings(public_url="https://crm.acme.example/"))
    transport = httpx.ASGITransport(app=server.over(site))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example", headers=OURS) as client:
        await client.post("/desk/sign-in", json={"email": "olga@acme.example", "password": PASSWORD})
        answer = await client.post(f"/desk/users/{cast.anna}/link")
        assert answer.json()["link"].startswith("https://crm.acme.example/link#"), answer.text


async def test_sessions_are_listed_and_ended(signed_in: Visitor):
    office, home = await signed_in("anna"), await signed_in("anna")
    boris = await signed_in("boris")
    listed = (await office.get("/desk/sessions")).json()["sessions"]
    assert [each["is_this"] for each in listed] == [False, True] and listed[0]["account"] == "Acme"
    foreign = (await boris.get("/desk/sessions")).json()["sessions"][0]["id"]
    assert (await office.delete(f"/desk/sessions/{foreign}")).status_code == 404
    assert (await office.delete("/desk/sessions/not-a-uuid")).status_code == 404
    assert (await office.delete(f"/desk/sessions/{listed[0]['id']}")).status_code == 204
    assert (await home.get("/desk/me")).status_code == 401
    third = await signed_in("anna")
    assert (await third.delete("/desk/sessions")).status_code == 204
    assert [(await each.get("/desk/me")).status_code for each in (office, third, boris)] == [401, 200, 200]


async def test_ones_own_password_and_language(signed_in: Visitor):
    client, other = await signed_in("anna"), await signed_in("anna")
    wrong = await client.post("/desk/password", json={"password": "wrong", "new_password": "a new long one"})
    assert wrong.status_code == 403
    for bad in ("short", "anna@acme.example", "ANNA@ACME.EXAMPLE", "x" * 201):
        answer = await client.post("/desk/password", json={"password": PASSWORD, "new_password": bad})
        assert answer.status_code == 400 and answer.json()["detail"].startswith("A password")
    good = {"password": PASSWORD, "new_password": "a new long one"}
    assert (await client.post("/desk/password", json=good)).status_code == 204
    assert [(await each.get("/desk/me")).status_code for each in (client, other)] == [200, 401]
    changed = await client.patch("/desk/person", json={"language": "en", "name": "Anna B."})
    assert changed.json()["language"] == "en" and changed.json()["person"]["name"] == "Anna B."
    assert (await client.patch("/desk/person", json={"language": "xx"})).status_code == 400


# Links.


async def test_an_invitation_is_taken_once(signed_in: Visitor, client_of: ClientOf, cast: Cast):
    olga = await signed_in("olga")
    made = await olga.post("/desk/users", json={"name": "Vera", "email": "vera@acme.example", "lang": "en"})
    assert made.status_code == 201 and made.json()["user"]["joined"] is False
    link = {"token": token_of(made.json()["link"])}
    vera = await client_of(None, **OURS)
    for _ in range(2):
        told = (await vera.post("/desk/link/look", json=link)).json()
        assert told["kind"] == "invite" and told["company"] == "Acme" and told["has_password"] is False
    assert (await vera.post("/desk/link", json=link | {"name": "Vera V.", "password": "short"})).status_code == 400
    entered = await vera.post("/desk/link", json=link | {"name": "Vera V.", "password": PASSWORD})
    assert entered.status_code == 200 and entered.json()["user"]["name"] == "Vera V."
    assert (await vera.post("/desk/link", json=link | {"name": "Again", "password": PASSWORD})).status_code == 404
    assert (await vera.post("/desk/link/look", json=link)).status_code == 404
    assert (await signed_in("vera")).cookies[SESSION]
    listed = {user["name"]: user for user in (await olga.get("/desk/users")).json()["users"]}
    assert listed["Vera V."]["joined"] is True


async def test_two_takers_of_one_link_get_in_once(db: Db, client_of: ClientOf, cast: Cast):
    import asyncio

    person = await db.value("select person_id from users where id = $1", cast.anna)
    token = await sessions.link(db, "sign_in", person_id=person, account_id=cast.account_id)
    clients = [await client_of(None, **OURS) for _ in range(4)]
    answers = await asyncio.gather(*(client.post("/desk/link", json={"token": token}) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]


async def test_a_person_of_two_companies_chooses(
    signed_in: Visitor, client_of: ClientOf, cast: Cast, db: Db, with_passwords: None
):
    olga = await signed_in("olga")
    made = await olga.post("/desk/users", json={"name": "Olga B", "email": "olga@other.example", "is_admin": True})
    token = token_of(made.json()["link"])
    stranger = await signed_in(email="olga@other.example")
    before = (await stranger.get("/desk/me")).json()
    assert [account["subdomain"] for account in before["accounts"]] == ["other"], "invited is not joined"
    assert (await stranger.post("/desk/account", json={"id": cast.account_id})).status_code == 404
    taker = await client_of(None, **OURS)
    assert (await taker.post("/desk/link/look", json={"token": token})).json()["has_password"] is True
    assert (await taker.post("/desk/link", json={"token": token, "name": "X", "password": "x" * 9})).status_code == 403
    entered = await taker.post("/desk/link", json={"token": token, "password": PASSWORD})
    assert entered.status_code == 200, entered.text
    assert entered.json()["account"]["id"] == cast.account_id
    assert (await stranger.get("/desk/me")).status_code == 401, "older sessions do not come along"
    assert len(entered.json()["accounts"]) == 2
    switched = await taker.post("/desk/account", json={"id": cast.other_account_id})
    assert switched.json()["account"]["subdomain"] == "other"
    assert (await taker.get("/desk/company")).json()["name"] == "Other"
    # The host's first label names the account; a host that names none leaves the choice to the person.
    for host, chosen in (("other.crm.example", "other"), ("acme.crm.example", "acme"), ("crm.example", None)):
        client = await signed_in(email="olga@other.example", host=host)
        account = (await client.get("/desk/me")).json()["account"]
        assert (account and account["subdomain"]) == chosen
    assert (await client.get("/desk/users")).status_code == 403
    # Neither company's administrator opens the other one by a new password.
    olga_again = await signed_in("olga")
    user_id = entered.json()["user"]["id"]
    refused = await olga_again.post(f"/desk/users/{user_id}/link")
    assert refused.status_code == 422 and "another company" in refused.json()["detail"]


async def test_a_reset_link_ends_what_was_before(signed_in: Visitor, client_of: ClientOf, cast: Cast, db: Db):
    olga, anna = await signed_in("olga"), await signed_in("anna")
    first = (await olga.post(f"/desk/users/{cast.anna}/link")).json()
    second = (await olga.post(f"/desk/users/{cast.anna}/link")).json()
    assert first["kind"] == second["kind"] == "reset"
    taker = await client_of(None, **OURS)
    links = [{"token": token_of(told["link"])} for told in (first, second)]
    assert (await taker.post("/desk/link/look", json=links[0])).status_code == 404, (
        "a new link takes the place of the older one"
    )
    assert (await taker.post("/desk/link", json=links[1] | {"password": "another long one"})).status_code == 200
    assert (await anna.get("/desk/me")).status_code == 401
    old = await taker.post("/desk/sign-in", json={"email": "anna@acme.example", "password": PASSWORD})
    assert old.status_code == 401
    await db.run("update links set used_at = null, expires_at = now() - interval '1 second'")
    assert (await taker.post("/desk/link/look", json=links[1])).status_code == 404, "too old"


async def test_the_first_run_opens_an_empty_installation_once(db: Db, cast: Cast, client_of: ClientOf, site: Site):
    await db.run("update accounts set is_demo = true")
    await db.run("delete from accounts where subdomain = 'other'")
    await db.run("update people set password_hash = $1", await passwords.hashed(PASSWORD))
    olga = await client_of(None, **OURS)
    await olga.post("/desk/sign-in", json={"email": "olga@acme.example", "password": PASSWORD})
    link = (await olga.delete("/desk/demo")).json()["link"]
    assert (await olga.get("/desk/me")).status_code == 401
    assert (await olga.get("/desk/door")).json() == {"first_run": True, "signed_in": False}
    token = token_of(link)
    form: dict[str, Any] = {
        "company": "ООО «Ромашка»",
        "name": "Ольга Петрова",
        "email": "olga@romashka.example",
        "password": PASSWORD,
        "country": "KZ",
        "currency": "KZT",
        "time_zone": "Asia/Almaty",
    }
    for wrong in (
        {"company": " "},
        {"name": ""},
        {"email": "olga"},
        {"password": "short"},
        {"country": "Russia"},
        {"currency": "rouble"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "xx"},
    ):
        refused = await olga.post("/desk/link", json=form | wrong | {"token": token})
        assert refused.status_code == 400, wrong
    second = await sessions.link(db, "first_run")
    told = (await olga.post("/desk/link", json=form | {"token": token})).json()
    assert told["account"] | {"id": 0} == {
        "id": 0,
        "name": "ООО «Ромашка»",
        "subdomain": "ooo-romashka",
        "country": "KZ",
        "currency": "KZT",
        "time_zone": "Asia/Almaty",
        "language": "ru",
        "is_demo": False,
    }
    assert told["user"]["is_admin"] is True
    assert (await olga.get("/desk/users")).status_code == 200
    late = await (await client_of(None, **OURS)).post("/desk/link", json=form | {"token": second})
    assert late.status_code == 422, "there is a company now"


async def test_only_the_demo_company_is_removed(signed_in: Visitor, db: Db, cast: Cast):
    olga = await signed_in("olga")
    refused = await olga.delete("/desk/demo")
    assert refused.status_code == 422 and await db.value("select count(*) from accounts") == 2
    await olga.post("/api/v4/contacts", json=[{"name": "A", "first_name": "B"}])
    await db.run("update accounts set is_demo = true where id = $1", cast.account_id)
    assert (await olga.delete("/desk/demo")).json() == {"link": None}
    tables = await db.rows("select table_name from information_schema.columns where column_name = 'account_id'")
    for table in {row["table_name"] for row in tables} - {"left_folders"}:  # what is still to be cleared of its files
        left = await db.value(f"select count(*) from {table} where account_id = {cast.account_id}")  # pyright: ignore[reportArgumentType]
        assert left == 0, table
    assert [row["email"] for row in await db.rows("select email from people")] == ["olga@other.example"]


async def test_every_table_goes_with_its_account(db: Db):
    """By foreign keys that lead to the account (a session only leaves it), or by name where there is none. Folders that
    it leaves in the store are remembered until they are cleared."""
    rows = await db.rows(
        """
        select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent
        from pg_constraint c where c.contype = 'f' and c.confdeltype in ('c', 'n')
        """
    )
    reached = {"accounts"}
    while more := {row["child"] for row in rows if row["parent"] in reached} - reached:
        reached |= more
    named = {"phones", "keys", "facts", "grants", "calls", "call_users", "availability", "events", "left_folders"}
    tables = await db.rows(
        "select distinct table_name from information_schema.columns "
        "where column_name = 'account_id' and table_schema = 'public'"
    )
    assert {row["table_name"] for row in tables} - reached - named == set()


# Who may do what.

ADMINISTRATION: list[tuple[str, str, Any]] = [
    ("GET", "/desk/users", None),
    ("POST", "/desk/users", {"name": "X", "email": "x@x.example"}),
    ("PATCH", "/desk/users/{anna}", {"is_admin": True}),
    ("POST", "/desk/users/{anna}/deactivate", None),
    ("POST", "/desk/users/{anna}/activate", None),
    ("POST", "/desk/users/{anna}/link", None),
    ("POST", "/desk/groups", {"name": "X"}),
    ("PATCH", "/desk/groups/0", {"name": "X"}),
    ("DELETE", "/desk/groups/301", None),
    ("GET", "/desk/roles", None),
    ("POST", "/desk/roles", {"name": "X", "rights": {}}),
    ("PATCH", "/desk/roles/501", {"name": "X"}),
    ("DELETE", "/desk/roles/501", None),
    ("PATCH", "/desk/company", {"name": "X"}),
    ("DELETE", "/desk/demo", None),
    ("GET", "/desk/audit", None),
]


async def test_administration_is_closed_to_others_and_to_the_desk(
    signed_in: Visitor, client_of: ClientOf, cast: Cast, db: Db
):
    clients = [
        (await client_of(None, **OURS), 401),
        (await client_of("olga"), 401),  # an access token is no session
        (await signed_in("anna"), 403),
    ]
    desk, foreign = await signed_in("olga"), await signed_in(email="olga@other.example", host="other.example")
    await db.run("update sessions set scope = 'desk' where account_id = $1", cast.account_id)
    clients.append((desk, 403))
    for method, path, body in ADMINISTRATION:
        url = path.replace("{anna}", str(cast.anna))
        for client, status in [*clients, *([(foreign, 404)] if "{anna}" in path else [])]:
            assert (await client.request(method, url, json=body)).status_code == status, (method, path)
    assert await db.value("select count(*) from audit") == 0


async def test_everybody_learns_the_names_of_the_active_and_nothing_else(signed_in: Visitor, cast: Cast):
    olga = await signed_in("olga")
    group = (await olga.post("/desk/groups", json={"name": "Support"})).json()
    assert (await olga.patch(f"/desk/users/{cast.boris}", json={"group_id": group["id"]})).status_code == 200
    assert (await olga.post(f"/desk/users/{cast.clara}/deactivate")).status_code == 200
    told = (await (await signed_in("anna")).get("/desk/colleagues")).json()["colleagues"]
    assert {each["id"] for each in told} == {cast.anna, cast.boris, cast.olga}
    assert [each["name"] for each in told] == sorted(each["name"] for each in told)
    boris = next(each for each in told if each["id"] == cast.boris)
    assert boris == {"id": cast.boris, "name": boris["name"], "group_id": group["id"], "group_name": "Support"}
    default = (await olga.get("/desk/groups")).json()["groups"][0]
    assert next(each for each in told if each["id"] == cast.olga)["group_name"] == default["name"]
    other = await signed_in(email="olga@other.example", host="other.example")
    assert {each["id"] for each in (await other.get("/desk/colleagues")).json()["colleagues"]}.isdisjoint(
        {each["id"] for each in told}
    )


async def test_the_desks_own_name_gives_sessions_of_the_desk(db: Db, with_passwords: None):
    site = await server.site_of(db, Settings(desk_host="Desk.acme.example"))
    transport = httpx.ASGITransport(app=server.over(site))  # pyright: ignore[reportArgumentType]
    for host, scope in (("desk.acme.example", "desk"), ("desk.acme.example.", "desk"), ("acme.example", "whole")):
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}", headers=OURS) as client:
            given = {"email": "olga@acme.example", "password": PASSWORD}
            assert (await client.post("/desk/sign-in", json=given)).json()["scope"] == scope
            expected = 403 if scope == "desk" else 200
            for path in ("/desk/users", "/desk/sessions"):
                assert (await client.get(path)).status_code == expected
            new = {"password": PASSWORD, "new_password": "a new long one"}
            assert (await client.post("/desk/password", json=new)).status_code == (403 if scope == "desk" else 204)
            assert (await client.get("/desk/company")).status_code == 200


async def test_deeds_stand_on_the_audit_list_in_pages(signed_in: Visitor, cast: Cast):
    olga = await signed_in("olga")
    group = (await olga.post("/desk/groups", json={"name": "Support"})).json()
    assert group == {"id": group["id"], "name": "Support", "users": 0}
    assert (await olga.patch("/desk/groups/0", json={"name": "Sellers"})).json()["name"] == "Sellers"
    role = (await olga.post("/desk/roles", json={"name": "Heads", "rights": {"leads": {"view": "G"}}})).json()
    assert role["rights"]["leads"]["view"] == "G" and role["rights"]["contacts"]["view"] == "A"
    given = {"role_id": role["id"], "group_id": group["id"]}
    assert (await olga.patch(f"/desk/users/{cast.anna}", json=given)).json()["role_id"] == role["id"]
    assert (await olga.delete(f"/desk/roles/{role['id']}")).status_code == 422
    assert (await olga.delete(f"/desk/groups/{group['id']}")).status_code == 204
    assert (await olga.patch("/desk/company", json={"name": "Acme & Co", "country": "KZ"})).json()["country"] == "KZ"
    assert (await olga.patch("/desk/company", json={"time_zone": "Nowhere/Land"})).status_code == 400
    assert (await olga.post(f"/desk/users/{cast.clara}/deactivate")).json()["is_active"] is False
    assert (await olga.post(f"/desk/users/{cast.olga}/deactivate")).status_code == 422
    seen: list[str] = []
    before = ""
    while True:
        page = (await olga.get(f"/desk/audit?limit=2{before}")).json()
        seen += [each["deed"] for each in page["audit"]]
        if page["before"] is None:
            break
        before = f"&before={page['before']}"
    assert seen == [
        "user_deactivated",
        "account_changed",
        "group_deleted",
        "user_changed",
        "role_added",
        "group_changed",
        "group_added",
    ]
    assert page["audit"][-1]["user_id"] == cast.olga


async def test_who_is_switched_off_is_out_at_once(signed_in: Visitor, cast: Cast):
    olga, anna = await signed_in("olga"), await signed_in("anna")
    await olga.post(f"/desk/users/{cast.anna}/deactivate")
    assert (await anna.get("/api/v4/contacts")).status_code == 403
    assert (await anna.get("/desk/me")).json()["account"] is None
    await olga.post(f"/desk/users/{cast.anna}/activate")
    assert (await anna.get("/api/v4/contacts")).status_code == 204


def token_of(link: str) -> str:
    """The page of a link carries its token after #, which is never sent."""
    base, _, token = link.partition("#")
    assert base == "https://acme.example/link"
    return token
