"""OAuth2 as amoCRM's clients speak it, integrations, long-lived tokens and the keys that sign."""

from __future__ import annotations

import asyncio
import time
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.exceptions import InvalidTag

from tests.api.conftest import OURS, PASSWORD
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.relay import Relay
from trubka import db as database
from trubka.actions import integrations, oauth, passwords
from trubka.actions.audit import By
from trubka.actions.integrations import Made
from trubka.actions.secrets import following, opened, sealed
from trubka.api import known as known_module
from trubka.api import oauth as oauth_api
from trubka.api import server, tokens
from trubka.api.asked import Site
from trubka.db import Db, audit, codes, refresh_tokens
from trubka.errors import Unavailable
from trubka.settings import Settings

REDIRECT = "https://pbx.example/oauth?from=crm"
URL = "/oauth2/access_token"


@pytest.fixture
def by(cast: Cast, now: int) -> By:
    return By(cast.account_id, cast.olga, now)


@pytest.fixture
async def made(db: Db, site: Site, by: By) -> Made:
    return await integrations.add(db, site.secret, by, "PBX", REDIRECT)


@pytest.fixture
async def stranger(client_of: ClientOf) -> httpx.AsyncClient:
    """A program without any token."""
    return await client_of(None)


@pytest.fixture
async def olga(client_of: ClientOf, db: Db) -> httpx.AsyncClient:
    """The administrator's browser."""
    await db.run("update people set password_hash = $1", await passwords.hashed(PASSWORD))
    return await browser_of(client_of, "olga@acme.example")


async def browser_of(client_of: ClientOf, email: str) -> httpx.AsyncClient:
    client = await client_of(None, **OURS)
    answer = await client.post("/desk/sign-in", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def asking(made: Made, **more: str) -> dict[str, str]:
    return {
        "client_id": str(made.id),
        "client_secret": made.secret,
        "grant_type": "authorization_code",
        "code": made.code,
        "redirect_uri": REDIRECT,
    } | more


def refreshing(made: Made, token: str, **more: str) -> dict[str, str]:
    words = asking(made, grant_type="refresh_token", refresh_token=token)
    return {name: value for name, value in words.items() if name != "code"} | more


async def status_with(client: httpx.AsyncClient, token: str, path: str = "/api/v4/contacts") -> int:
    return (await client.get(path, headers={"authorization": f"Bearer {token}"})).status_code


async def test_a_code_becomes_a_pair_and_the_pair_the_next(
    stranger: httpx.AsyncClient, made: Made, cast: Cast, by: By, db: Db, site: Site
):
    answer = await stranger.post(URL, json=asking(made))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    pair = answer.json()
    assert list(pair) == ["token_type", "expires_in", "server_time", "access_token", "refresh_token"]
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 86_400)
    assert abs(pair["server_time"] - time.time()) < 5
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    assert claims | {"iat": 0, "nbf": 0, "exp": 0, "jti": "", "hash_uuid": ""} == {
        "aud": str(made.id),
        "jti": "",
        "iat": 0,
        "nbf": 0,
        "exp": 0,
        "sub": str(cast.olga),
        "grant_type": "authorization_code",
        "account_id": cast.account_id,
        "base_domain": "acme.example",
        "version": 2,
        "scopes": ["crm", "notifications"],
        "user_flags": 0,
        "hash_uuid": "",
        "api_domain": "acme.example",
    }
    assert claims["exp"] == claims["iat"] + 86_400 and claims["nbf"] == claims["iat"]
    assert await status_with(stranger, pair["access_token"]) == 204
    next_pair = (await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))).json()
    assert next_pair["refresh_token"] != pair["refresh_token"]
    next_claims = jwt.decode(next_pair["access_token"], options={"verify_signature": False})
    assert next_claims["hash_uuid"] == claims["hash_uuid"] and next_claims["jti"] != claims["jti"]
    assert await status_with(stranger, next_pair["access_token"]) == 204
    assert await status_with(stranger, pair["access_token"]) == 204, "the old access token lives until its end"
    stored = await db.rows("select secret_hash, secret_box from integrations")
    assert opened(site.secret, stored[0]["secret_box"]) == made.secret
    texts = str(
        [
            dict(row)
            for table in ("refresh_tokens", "codes", "grants", "integrations", "audit")
            for row in await db.rows(f"select * from {table}")
        ]
    )  # pyright: ignore[reportArgumentType]
    for secret in (pair["refresh_token"], made.code, made.secret, pair["access_token"]):
        assert secret not in texts


async def test_what_clients_read_of_a_refusal(stranger: httpx.AsyncClient, made: Made):
    await stranger.post(URL, json=asking(made))
    answer = await stranger.post(URL, json=asking(made))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "hint": "Authorization code has been revoked",
        "title": "Unauthorized",
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": 401,
        "detail": "A required parameter is missing or wrong, or the code or token is worth nothing any more.",
    }


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"client_secret": "wrong"}, 401, "Client authentication failed"),
    ({"client_id": "9f6c0f0e-1c1d-4d0b-9d55-1a2b3c4d5e6f"}, 401, "Client authentication failed"),
    ({"client_id": "no uuid"}, 401, "Client authentication failed"),
    ({"client_id": ""}, 400, "Check the `client_id` and `client_secret` parameters"),
    ({"client_id": None}, 400, "Check the `client_id` and `client_secret` parameters"),
    ({"grant_type": "password"}, 400, "The authorization grant type is not supported"),
    ({"grant_type": ""}, 400, "The authorization grant type is not supported"),
    ({"code": ""}, 400, "Check the `code` parameter"),
    ({"code": "def502"}, 400, "Authorization code is not valid"),
    ({"code": "31415001.x"}, 400, "Authorization code is not valid"),
    ({"code": "99999999999999999999.x"}, 400, "Authorization code is not valid"),
    ({"code": "\u0663.x"}, 400, "Authorization code is not valid"),
    ({"redirect_uri": "https://evil.example/"}, 400, "Invalid redirect URI"),
    ({"redirect_uri": "https://pbx.example/oauth"}, 400, "Invalid redirect URI"),
    ({"redirect_uri": ""}, 400, "Invalid redirect URI"),
    ({"redirect_uri": None}, 400, "Check the `redirect_uri` parameter"),
    ({"grant_type": "refresh_token"}, 400, "Check the `refresh_token` parameter"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, 401, "Token has been revoked"),
    ({"grant_type": "refresh_token", "refresh_token": "31415001.x"}, 401, "Token has been revoked"),
]


async def test_a_wrong_request_is_refused_and_takes_nothing(stranger: httpx.AsyncClient, made: Made):
    for wrong, status, hint in REFUSED:
        answer = await stranger.post(URL, json=asking(made) | wrong)
        told = answer.json()
        assert answer.status_code == status, (wrong, told)
        assert told["hint"].startswith(hint), wrong
        assert told["type"].endswith("Json") and told["title"] and told["detail"]
    assert (await stranger.post(URL, json=asking(made))).status_code == 200, "the code is still good"


async def test_both_kinds_of_body_and_odd_slashes(stranger: httpx.AsyncClient, made: Made, db: Db, by: By):
    for path, kind in product((URL, URL + "/", "/" + URL), ("data", "json")):
        code, _ = await integrations.add_code(db, by, made.id)
        url = f"https://acme.example{path}"
        answer = await stranger.post(url, **as_body(kind, asking(made, code=code)))
        assert answer.status_code == 200, (path, kind)
        token = answer.json()["refresh_token"]
        assert (await stranger.post(url, **as_body(kind, refreshing(made, token)))).status_code == 200, (path, kind)


def as_body(kind: str, words: dict[str, str]) -> dict[str, Any]:
    return {kind: words}


async def test_only_a_form_may_leave_the_redirect_address_out(stranger: httpx.AsyncClient, made: Made):
    without = {name: value for name, value in asking(made).items() if name != "redirect_uri"}
    assert (await stranger.post(URL, json=without)).status_code == 400
    as_form = {"content-type": "application/x-www-form-urlencoded"}
    assert (
        await stranger.post(URL, content=httpx.Request("POST", "http://x", json=without).content, headers=as_form)
    ).status_code == 400, "JSON under a form's name is JSON"
    assert (await stranger.post(URL, data=without | {"redirect_uri": "https://evil.example"})).status_code == 400
    assert (await stranger.post(URL, data=without)).status_code == 200


async def test_a_code_used_twice_takes_the_first_grant_back(stranger: httpx.AsyncClient, made: Made, db: Db, by: By):
    pair = (await stranger.post(URL, json=asking(made))).json()
    assert await status_with(stranger, pair["access_token"]) == 204
    wrong_client = await stranger.post(URL, json=asking(made, client_secret="guess"))
    assert wrong_client.status_code == 401
    assert await status_with(stranger, pair["access_token"]) == 204, "who cannot show the secret takes nothing back"
    assert (await stranger.post(URL, json=asking(made))).status_code == 401
    assert await status_with(stranger, pair["access_token"]) == 401
    assert (await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))).status_code == 401
    deeds = [row["deed"] for row in await audit.newest(db, by.account_id, 2**62, 9)]
    assert deeds == ["code_used_twice", "grant_added", "code_made", "integration_added"]


async def test_a_code_exchanged_many_times_at_once_gives_one_grant(stranger: httpx.AsyncClient, made: Made, db: Db):
    answers = await asyncio.gather(*(stranger.post(URL, json=asking(made)) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    assert await db.value("select count(*) from grants") == 1


async def test_a_code_ends_after_twenty_minutes(stranger: httpx.AsyncClient, made: Made, db: Db):
    assert await db.value("select expires_at > now() + interval '19 minutes' from codes")
    await db.run("update codes set expires_at = now() - interval '1 second'")
    answer = await stranger.post(URL, json=asking(made))
    assert (answer.status_code, answer.json()["hint"]) == (401, "Authorization code has expired")


async def test_workers_that_refresh_at_once_get_the_same_pair(stranger: httpx.AsyncClient, made: Made, db: Db):
    first = (await stranger.post(URL, json=asking(made))).json()
    other_site = await server.site_of(db, Settings())  # another process over the same database
    transport = httpx.ASGITransport(app=server.over(other_site))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example") as other:
        words = refreshing(made, first["refresh_token"])
        answers = await asyncio.gather(*(client.post(URL, json=words) for client in (stranger, other) * 4))
        pairs = {(answer.json()["access_token"], answer.json()["refresh_token"]) for answer in answers}
        assert len(pairs) == 1
        await db.run("update refresh_tokens set used_at = used_at - interval '50 seconds' where used_at is not null")
        again = (await stranger.post(URL, json=words)).json()
        assert (again["access_token"], again["refresh_token"]) in pairs, "still within the grace"
        await db.run("update refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null")
        late = await stranger.post(URL, json=words)
        assert (late.status_code, late.json()["hint"]) == (401, "Token has been revoked")
        # The grace of an old token does not end the new pair.
        (access, refresh) = pairs.pop()
        assert await status_with(other, access) == 204
        assert (await other.post(URL, json=refreshing(made, refresh))).status_code == 200


async def test_a_refresh_token_ends_after_three_months(stranger: httpx.AsyncClient, made: Made, db: Db):
    pair = (await stranger.post(URL, json=asking(made))).json()
    assert await db.value("select expires_at > now() + interval '3 months' - interval '1 hour' from refresh_tokens")
    await db.run("update refresh_tokens set expires_at = now() - interval '1 second'")
    answer = await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))
    assert (answer.status_code, answer.json()["hint"]) == (401, "Refresh token has expired")


async def test_what_nobody_can_use_any_more_is_forgotten(stranger: httpx.AsyncClient, made: Made, db: Db):
    first = (await stranger.post(URL, json=asking(made))).json()
    await stranger.post(URL, json=refreshing(made, first["refresh_token"]))
    assert (await codes.forget(db, 1), await refresh_tokens.forget(db, 1)) == (0, 0)
    await db.run("update codes set expires_at = now() - interval '25 hours'")
    await db.run("update refresh_tokens set used_at = now() - interval '25 hours' where used_at is not null")
    assert (await codes.forget(db, 1), await refresh_tokens.forget(db, 1)) == (1, 1)
    await db.run("update refresh_tokens set expires_at = now() - interval '25 hours'")
    assert await refresh_tokens.forget(db, 1) == 1


async def test_another_integration_cannot_use_a_token_or_code(
    stranger: httpx.AsyncClient, made: Made, db: Db, site: Site, by: By, cast: Cast
):
    second = await integrations.add(db, site.secret, by, "Other", REDIRECT)
    their = By(cast.other_account_id, cast.stranger, by.at)
    foreign = await integrations.add(db, site.secret, their, "Foreign", REDIRECT)
    pair = (await stranger.post(URL, json=asking(made))).json()
    for thief in (second, foreign):
        stolen = await stranger.post(URL, json=refreshing(thief, pair["refresh_token"]))
        assert stolen.status_code == 401
        assert (
            await stranger.post(URL, json=asking(thief, code=second.code if thief is foreign else made.code))
        ).status_code in (400, 401)
    # The account's number in a token's text is only where to look.
    moved = f"{cast.other_account_id}.{pair['refresh_token'].partition('.')[2]}"
    assert (await stranger.post(URL, json=refreshing(foreign, moved))).status_code == 401
    assert (await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))).status_code == 200
    assert (await stranger.post(URL, json=asking(foreign))).json()["access_token"]


# Whose rights.


async def test_an_administrators_grant_outlives_its_user(
    stranger: httpx.AsyncClient, made: Made, db: Db, cast: Cast, site: Site, by: By
):
    anna_code, _ = await integrations.add_code(db, By(cast.account_id, cast.anna, by.at), made.id)
    admins = (await stranger.post(URL, json=asking(made))).json()
    annas = (await stranger.post(URL, json=asking(made, code=anna_code))).json()
    await stranger.post(
        "/api/v4/contacts",
        json=[{"name": "Claras", "responsible_user_id": cast.clara}],
        headers={"authorization": f"Bearer {admins['access_token']}"},
    )
    assert await status_with(stranger, admins["access_token"]) == 200
    assert await status_with(stranger, annas["access_token"]) == 204, "Anna sees her group's only"
    await db.run("update users set is_admin = true where id = $1", cast.boris)
    await db.run("update users set is_active = false, is_admin = false where id = any($1)", [cast.olga, cast.anna])
    assert await status_with(stranger, admins["access_token"]) == 200
    assert await status_with(stranger, annas["access_token"]) == 401
    assert (await stranger.post(URL, json=refreshing(made, admins["refresh_token"]))).status_code == 200
    assert (await stranger.post(URL, json=refreshing(made, annas["refresh_token"]))).status_code == 401


async def test_a_users_rights_are_read_anew_at_every_request(client_of: ClientOf, db: Db, cast: Cast):
    await (await client_of("olga")).post(
        "/api/v4/contacts", json=[{"name": "Claras", "responsible_user_id": cast.clara}]
    )
    anna = await client_of("anna")
    assert (await anna.get("/api/v4/contacts")).status_code == 204
    await db.run("update users set is_admin = true where id = $1", cast.anna)
    assert (await anna.get("/api/v4/contacts")).status_code == 200
    await db.run("update users set is_admin = false where id = $1", cast.anna)
    assert (await anna.get("/api/v4/contacts")).status_code == 204


async def test_x_context_user_id(client_of: ClientOf, db: Db, cast: Cast):
    olga, anna = await client_of("olga"), await client_of("anna")
    await olga.post("/api/v4/contacts", json=[{"name": "Claras", "responsible_user_id": cast.clara}])
    await db.run("update users set is_free = true where id = $1", cast.clara)

    async def status(client: httpx.AsyncClient, instead: object) -> int:
        return (await client.get("/api/v4/contacts", headers={"x-context-user-id": str(instead)})).status_code

    assert await status(olga, cast.olga) == 200
    assert await status(olga, cast.anna) == 204, "with Anna's rights nothing is seen"
    assert await status(anna, cast.boris) == 401, "only for an administrator's token"
    assert await status(anna, cast.anna) == 401
    for nobody in (cast.clara, cast.stranger, 999_999, 0, -1, "anna", "", "9" * 30, "٣"):
        assert (
            await status(olga, nobody.encode() if isinstance(nobody, str) and not nobody.isascii() else nobody) == 401
        )
    made = await olga.post(
        "/api/v4/contacts", json=[{"name": "By Anna"}], headers={"x-context-user-id": str(cast.anna)}
    )
    contact_id = made.json()["_embedded"]["contacts"][0]["id"]
    assert await db.value("select created_by from contacts where id = $1", contact_id) == cast.anna
    await db.run("update users set is_active = false where id = $1", cast.anna)
    assert await status(olga, cast.anna) == 401


# Revoked at once: here, and in other processes.


async def test_an_integration_switched_off(
    olga: httpx.AsyncClient, stranger: httpx.AsyncClient, made: Made, db: Db, cast: Cast
):
    pair = (await stranger.post(URL, json=asking(made))).json()
    path = f"/desk/integrations/{made.id}"
    waiting = (await olga.post(f"{path}/code")).json()["code"]
    assert await status_with(stranger, pair["access_token"]) == 204
    other = await server.site_of(db, Settings())
    claims = await other.tokens.claims(pair["access_token"], int(time.time()))
    assert str(claims.grant_id) not in (await other.known.account(cast.account_id)).revoked
    assert (await olga.patch(path, json={"is_active": False})).json()["is_active"] is False
    assert await status_with(stranger, pair["access_token"]) == 401
    began = time.monotonic()
    async with asyncio.timeout(5):
        while str(claims.grant_id) not in (await other.known.account(cast.account_id)).revoked:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert time.monotonic() - began <= known_module.FRESH_SECONDS + 0.5
    for words in (refreshing(made, pair["refresh_token"]), asking(made, code=waiting)):
        assert (await stranger.post(URL, json=words)).status_code == 401
    await olga.patch(path, json={"is_active": True})
    assert await status_with(stranger, pair["access_token"]) == 401, "what was revoked stays so"
    assert (await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))).status_code == 401
    assert (await stranger.post(URL, json=asking(made, code=waiting))).status_code == 400
    code = (await olga.post(f"{path}/code")).json()["code"]
    assert (await stranger.post(URL, json=asking(made, code=code))).status_code == 200


async def test_an_integrations_life(olga: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Db, by: By):
    answer = await olga.post("/desk/integrations", json={"name": " PBX ", "redirect_uri": REDIRECT})
    told = answer.json()
    assert answer.status_code == 201 and len(told["secret"]) == 64
    assert told["integration"]["name"] == "PBX" and told["integration"]["grants"] == 0
    path = f"/desk/integrations/{told['integration']['id']}"
    words = {
        "client_id": told["integration"]["id"],
        "client_secret": told["secret"],
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": REDIRECT,
    }
    pair = (await stranger.post(URL, json=words)).json()
    listed = await olga.get("/desk/integrations")
    assert listed.json()["integrations"][0]["grants"] == 1
    assert "secret" not in listed.text
    fresh = (await olga.post(f"{path}/secret")).json()["secret"]
    refresh = words | {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert (await stranger.post(URL, json=refresh)).status_code == 401, "the old secret has ended"
    assert (await stranger.post(URL, json=refresh | {"client_secret": fresh})).status_code == 200
    changed = await olga.patch(path, json={"name": "PBX 2", "redirect_uri": "http://10.0.0.5/back"})
    assert changed.json()["redirect_uri"] == "http://10.0.0.5/back"
    assert (await olga.delete(path)).status_code == 204
    assert await status_with(stranger, pair["access_token"]) == 401
    assert (await olga.delete(path)).status_code == 404
    assert await db.value("select count(*) from refresh_tokens") == 0
    deeds = [row["deed"] for row in await audit.newest(db, by.account_id, 2**62, 20)][::-1]
    assert deeds == [
        "integration_added",
        "code_made",
        "grant_added",
        "integration_secret_changed",
        "integration_changed",
        "integration_deleted",
    ]


NO_INTEGRATIONS = [
    {"name": ""},
    {"name": "x" * 101},
    {"redirect_uri": "javascript:alert(1)"},
    {"redirect_uri": "//evil.example"},
    {"redirect_uri": "https://"},
    {"redirect_uri": "https://a.example/#x"},
    {"redirect_uri": "https://a.example/a b"},
    {"redirect_uri": "https://a.example/\r\nset-cookie:x"},
    {"redirect_uri": "https://a.example:99999/"},
    {"redirect_uri": "https://[::1"},
    {"redirect_uri": "https://a.example/" + "x" * 2_000},
    {"uninstall_url": "ftp://a.example/"},
]


async def test_what_an_integration_may_not_be(olga: httpx.AsyncClient, db: Db):
    for wrong in NO_INTEGRATIONS:
        answer = await olga.post("/desk/integrations", json={"name": "Good"} | wrong)
        assert answer.status_code == 400, wrong
    assert await db.value("select count(*) from integrations") == 0


async def test_long_lived_tokens(olga: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Db, cast: Cast, now: int):
    for days in (0, 1_827, -1):
        assert (await olga.post("/desk/tokens", json={"name": "Bench", "days": days})).status_code == 400
    answer = await olga.post("/desk/tokens", json={"name": "Bench", "days": 1_826})
    assert answer.status_code == 201
    token, text = answer.json()["token"], answer.json()["text"]
    claims = jwt.decode(text, options={"verify_signature": False})
    assert claims["exp"] == token["expires_at"] == token["created_at"] + 1_826 * 86_400
    assert await status_with(stranger, text) == 204
    listed = await olga.get("/desk/tokens")
    assert [each["id"] for each in listed.json()["tokens"]] == [token["id"]] and text not in listed.text
    assert (await stranger.post(URL, json={"grant_type": "refresh_token", "refresh_token": text})).status_code == 400
    await db.run("update users set is_admin = true where id = $1", cast.anna)
    await db.run("update users set is_active = false, is_admin = false where id = $1", cast.olga)
    assert await status_with(stranger, text) == 204, "it keeps the administrator's access"
    await db.run("update users set is_active = true, is_admin = true where id = $1", cast.olga)
    assert (await olga.delete(f"/desk/tokens/{token['id']}")).status_code == 204
    assert await status_with(stranger, text) == 401
    assert (await olga.delete(f"/desk/tokens/{token['id']}")).status_code == 404
    assert (await olga.get("/desk/tokens")).json()["tokens"] == []


async def test_a_token_made_for_a_user_has_that_users_rights(
    site: Site, by: By, cast: Cast, stranger: httpx.AsyncClient
):
    made, text = await oauth_api.long_lived(site, by, "Anna's", 1, "https://acme.example", cast.anna)
    assert made.user_id == cast.anna and made.expires_at == by.at + 86_400
    assert await status_with(stranger, text, "/api/v4/users") == 403
    with pytest.raises(Exception, match="no such user"):
        await oauth_api.long_lived(site, by, "Foreign", 1, "https://acme.example", cast.stranger)


async def test_tokens_that_are_not_ours(
    client_of: ClientOf, site: Site, cast: Cast, db: Db, stranger: httpx.AsyncClient
):
    good = await cast.token(db, site, "olga")
    head, body, signature = good.split(".")
    key = (await site.known.keys())[0]
    told = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(told, "secret" * 9, algorithm="HS256", headers={"kid": key.id})
    none = jwt.encode(told, "", algorithm="none", headers={"kid": key.id})
    for wrong in ("", "x", "a.b.c", f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA", forged, none, good * 9):
        assert await status_with(stranger, wrong) == 401, wrong
    late = await cast.token(db, site, "olga", seconds=-1)
    refused = await stranger.get("/api/v4/contacts", headers={"authorization": f"Bearer {late}"})
    assert refused.status_code == 401 and "Jsonstatus: 401" in "".join(
        f"{k}{': ' if k == 'status' else ''}{v}" for k, v in refused.json().items()
    )
    gone = jwt.encode(told | {"account_id": 5}, key.private_pem, algorithm="RS256", headers={"kid": key.id})
    assert await status_with(stranger, gone) == 401
    crossed = jwt.encode(
        told | {"account_id": cast.other_account_id}, key.private_pem, algorithm="RS256", headers={"kid": key.id}
    )
    assert await status_with(stranger, crossed) == 401, "a grant counts in its own account"


# Keys.


async def test_old_keys_verify_until_their_last_token_ends(
    db: Db, site: Site, cast: Cast, stranger: httpx.AsyncClient, by: By
):
    old = await cast.token(db, site, "olga")
    _, long = await oauth_api.long_lived(site, by, "Long", 100, "https://acme.example")
    other = await server.site_of(db, Settings())  # keeps the old key in memory a moment longer
    first = (await site.known.keys())[0]
    new_key = await tokens.rotate(db)
    site.known.forget()
    new = await cast.token(db, site, "olga")
    assert jwt.get_unverified_header(new)["kid"] == new_key.id != first.id
    for token in (old, long, new):
        assert await status_with(stranger, token) == 204
        await other.tokens.claims(token, int(time.time()))  # raises when it does not verify
    until = await db.value("select extract(epoch from verify_until)::int8 from signing_keys where id = $1", first.id)
    assert until == by.at + 100 * 86_400, "as long as the longest token that it signed"
    await db.run("update grants set revoked_at = now() where name = 'Long'")
    await tokens.rotate(db)
    second = await db.value("select verify_until - now() from signing_keys where id = $1", new_key.id)
    assert 86_000 < second.total_seconds() < 86_500, "else a day, for that is how long any token lives"
    await db.run("update signing_keys set verify_until = now() - interval '1 second' where id = $1", first.id)
    fresh = await server.site_of(db, Settings())
    with pytest.raises(Exception, match="missing, expired or revoked"):
        await fresh.tokens.claims(old, int(time.time()))


# Without a database.


async def test_without_a_database_nothing_is_let_in(dsn: str, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    relay = Relay(dsn)
    await relay.start()
    own = await database.connect(relay.dsn, hot=2, lists=1)
    site = await server.site_of(own, Settings())
    token = await cast.token(own, site, "olga")
    transport = httpx.ASGITransport(app=server.over(site))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="https://acme.example") as client:
        assert await status_with(client, token) == 204
        await relay.stop()
        read_at = time.monotonic()
        answer = await client.get("/api/v4/contacts", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 503 and answer.json()["detail"].startswith("The database")
        # What was known of the account serves five seconds longer, and then not even that.
        monkeypatch.setattr(known_module.time, "monotonic", lambda: read_at + 4)
        assert (await site.known.account(cast.account_id)).id == cast.account_id
        monkeypatch.setattr(known_module.time, "monotonic", lambda: read_at + 6)
        with pytest.raises(Unavailable):
            await site.known.account(cast.account_id)
        monkeypatch.undo()
        await relay.start()
        assert await status_with(client, token) == 204, "and it comes back by itself"
        await own.close()
        await relay.stop()


# The account's address.


async def test_the_accounts_address(stranger: httpx.AsyncClient, made: Made, cast: Cast, db: Db):
    pair = (await stranger.post(URL, json=asking(made))).json()
    expected = {"id": cast.account_id, "subdomain": "acme", "domain": "acme.example", "top_level_domain": "example"}
    path = "/oauth2/account/current/subdomain"

    async def current(token: str) -> httpx.Response:
        return await stranger.request("GET", path, headers={"x-refresh-token": token}, json=[])

    answer = await current(pair["refresh_token"])
    assert answer.json() == expected
    bearer = {"authorization": f"Bearer {pair['access_token']}"}
    assert (await stranger.get("/oauth2/account/subdomain", headers=bearer)).json() == expected
    assert (await stranger.get("/oauth2/account/subdomain")).status_code == 401
    for wrong in ("", "x", "31415001.x", pair["access_token"]):
        refused = await current(wrong)
        assert refused.status_code == 401 and refused.json()["hint"] == "Token has been revoked"
    assert (await stranger.post(URL, json=refreshing(made, pair["refresh_token"]))).status_code == 200
    await db.run("update refresh_tokens set used_at = now() - interval '2 minutes' where used_at is not null")
    assert (await current(pair["refresh_token"])).status_code == 401


HOSTS = [
    ("acme.crm.example", "crm.example", "example"),
    ("acme.example:8080", "acme.example:8080", "example"),
    ("acme.crm.example:8080", "crm.example:8080", "example"),
    ("127.0.0.1:8080", "127.0.0.1:8080", ""),
    ("[::1]:8080", "[::1]:8080", ""),
    ("localhost:8080", "localhost:8080", ""),
    ("crm", "crm", ""),
]


@pytest.mark.parametrize(("host", "base", "top"), HOSTS)
def test_domains_of_a_host(host: str, base: str, top: str):
    assert (oauth_api.base_domain(host), oauth_api.top_level(host)) == (base, top)


# Consent.


def words_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def test_consent(
    olga: httpx.AsyncClient, stranger: httpx.AsyncClient, made: Made, client_of: ClientOf, cast: Cast, db: Db
):
    told = (await olga.get(f"/desk/oauth/request?client_id={made.id}&state=s&mode=popup")).json()
    assert told == {
        "name": "PBX",
        "client_id": str(made.id),
        "redirect_uri": REDIRECT,
        "scopes": ["crm", "notifications"],
        "by_admin": True,
        "account": {"id": cast.account_id, "name": "Acme"},
    }
    state = "a b&c=d#é"
    given = {"client_id": str(made.id), "state": state, "mode": "popup", "allow": True}
    redirect = (await olga.post("/desk/oauth/decision", json=given)).json()["redirect"]
    assert redirect.startswith(REDIRECT + "&code=")
    words = words_of(redirect)
    code = words.pop("code")
    assert words == {
        "from": "crm",
        "referer": "acme.example",
        "state": state,
        "platform": "2",
        "client_id": str(made.id),
    }
    assert (await stranger.post(URL, json=asking(made, code=code))).status_code == 200
    refused = (await olga.post("/desk/oauth/decision", json=given | {"allow": False})).json()["redirect"]
    assert words_of(refused) == {
        "from": "crm",
        "error": "access_denied",
        "state": state,
    }
    anna = await browser_of(client_of, "anna@acme.example")
    assert (await anna.get(f"/desk/oauth/request?client_id={made.id}")).json()["by_admin"] is False
    theirs = (await anna.post("/desk/oauth/decision", json=given)).json()["redirect"]
    code = words_of(theirs)["code"]
    pair = (await stranger.post(URL, json=asking(made, code=code))).json()
    assert await status_with(stranger, pair["access_token"], "/api/v4/users") == 403


async def test_who_may_not_consent(
    olga: httpx.AsyncClient, made: Made, client_of: ClientOf, cast: Cast, db: Db, site: Site, by: By
):
    path, given = "/desk/oauth/decision", {"client_id": str(made.id), "allow": True}
    nobody = await client_of(None, **OURS)
    assert (await nobody.post(path, json=given)).status_code == 401
    assert (await (await client_of("olga")).post(path, json=given)).status_code == 401, "a token gives no tokens"
    evil = {"origin": "https://evil.example"}
    assert (await olga.post(path, json=given, headers=evil)).status_code == 403
    stranger = await browser_of(client_of, "olga@other.example")
    assert (await stranger.post(path, json=given)).status_code == 404
    for wrong in ("", "x", "9f6c0f0e-1c1d-4d0b-9d55-1a2b3c4d5e6f"):
        assert (await olga.get(f"/desk/oauth/request?client_id={wrong}")).status_code == 404
    nowhere = await integrations.add(db, site.secret, by, "No address")
    assert (await olga.post(path, json=given | {"client_id": str(nowhere.id)})).status_code == 422
    await db.run("update sessions set scope = 'desk'")
    assert (await olga.post(path, json=given)).status_code == 403, "others' scripts run there"
    await db.run("update sessions set scope = 'whole'")
    await olga.patch(f"/desk/integrations/{made.id}", json={"is_active": False})
    assert (await olga.post(path, json=given)).status_code == 404


ADMINISTRATION: list[tuple[str, str, Any]] = [
    ("GET", "/desk/integrations", None),
    ("POST", "/desk/integrations", {"name": "X"}),
    ("PATCH", "/desk/integrations/{id}", {"is_active": False}),
    ("POST", "/desk/integrations/{id}/secret", None),
    ("POST", "/desk/integrations/{id}/code", None),
    ("DELETE", "/desk/integrations/{id}", None),
    ("GET", "/desk/tokens", None),
    ("POST", "/desk/tokens", {"name": "X", "days": 1}),
    ("DELETE", "/desk/tokens/{id}", None),
    ("GET", "/desk/webhooks", None),
]


async def test_administration_is_closed_to_others_and_to_the_desk(
    olga: httpx.AsyncClient, made: Made, client_of: ClientOf, db: Db
):
    anna = await browser_of(client_of, "anna@acme.example")
    other = await browser_of(client_of, "olga@other.example")
    token = await client_of("olga")
    nobody = await client_of(None, **OURS)
    before = await db.value("select count(*) from audit")
    for method, path, body in ADMINISTRATION:
        url = path.replace("{id}", str(made.id))
        expected = [(nobody, 401), (anna, 403), (token, 401)]
        if "{id}" in path:
            expected.append((other, 404))
        for client, status in expected:
            assert (await client.request(method, url, json=body)).status_code == status, (method, path)
        await db.run("update sessions set scope = 'desk'")
        assert (await olga.request(method, url, json=body)).status_code == 403, (method, path)
        await db.run("update sessions set scope = 'whole'")
    assert await db.value("select count(*) from audit") == before
    assert (await olga.get("/desk/webhooks")).json() == {"webhooks": [], "kept_days": 7}


# Boxes.


def test_a_box_opens_with_its_own_secret_only():
    box = sealed(b"a" * 32, "тайна")
    assert opened(b"a" * 32, box) == "тайна" and box != sealed(b"a" * 32, "тайна")
    with pytest.raises(InvalidTag):
        opened(b"b" * 32, box)
    with pytest.raises(InvalidTag):
        opened(b"a" * 32, box[:-1] + bytes([box[-1] ^ 1]))


def test_a_following_token_is_always_the_same_and_nobodys_guess():
    assert following(b"a" * 32, "1.x") == following(b"a" * 32, "1.x")
    assert len({following(b"a" * 32, "1.x"), following(b"a" * 32, "1.y"), following(b"b" * 32, "1.x")}) == 3


def test_the_account_in_a_token():
    table = {
        "31415001.abc": 31415001,
        "": None,
        "abc": None,
        ".abc": None,
        "-1.x": None,
        "٣.x": None,
        "1" * 10 + ".x": None,
    }
    assert {text: oauth.account_in(text) for text in table} == table
