"""No list and no look-up goes through a whole table: the plans of the statements, over 200,000 leads and contacts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import Client, ClientOf
from trubka.actions import passwords
from trubka.db import Db, calls
from trubka.db.compose import Statement
from trubka.rules.rights import ALL, NONE, Me

pytestmark = pytest.mark.slow

CARDS = 200_000
LAST = 90_000_000  # before the numbers of these cards
PASSWORD = "correct horse battery"

# Filters whose column has no index of its own go along the numbers until the page is full: `leads_pkey`.
ASKED = {
    "leads": {"leads_pkey"},
    "leads?limit=250&with=contacts": {"leads_pkey", "bonds_pkey", "contacts_pkey"},
    f"leads/{LAST + 9}?with=contacts,loss_reason": {"leads_pkey"},
    f"leads?filter[id][]={LAST + 9}": {"leads_pkey"},
    "leads?order[updated_at]=desc": {"leads_updated"},
    "leads?order[created_at]=desc": {"leads_created"},
    "leads?filter[updated_at][from]=1000&filter[updated_at][to]=1010": {"leads_updated"},
    "leads?filter[created_at][from]=1000&filter[created_at][to]=1010": {"leads_created"},
    "leads?filter[closest_task_at][from]=1000": {"leads_task"},
    "leads?filter[responsible_user_id]=RARE": {"leads_owner"},
    "leads?filter[statuses][0][pipeline_id]=PIPELINE&filter[statuses][0][status_id]=143": {"leads_board|leads_status"},
    "leads?filter[price][from]=100": {"leads_pkey"},
    "leads?filter[created_by]=OLGA": {"leads_pkey"},
    "contacts?filter[name]=C 77": {"keys_pkey"},
    "contacts?query=9160000077": {"phones_pkey"},
    "contacts?with=leads,customers": {"contacts_pkey", "bonds_back"},
    f"leads/{LAST + 9}/links": {"leads_pkey", "bonds_pkey"},
    f"contacts/{LAST + 9}/links": {"contacts_pkey", "bonds_back"},
    "leads/tags?query=vip": {"tags_pkey"},
}
# The tables and the board of our own browser.
ASKED_AT_THE_DESK = {
    "table/leads": {"leads_updated"},
    "table/leads?order=-created_at": {"leads_created"},
    "table/leads?order=-price": {"leads_price"},
    f"table/leads?order=price&after=500.{LAST + 500}": {"leads_price"},
    "table/leads?price[from]=100&price[to]=101&order=price": {"leads_price"},
    "table/leads?owner=RARE": {"leads_owner"},
    "table/leads?tag=SELDOM": {"leads_tags"},
    "table/leads?tag=OFTEN": {"leads_updated"},
    "table/leads/count?owner=RARE": {"leads_owner"},
    "table/leads/ids?owner=OLGA": {"leads_"},
    "table/contacts": {"contacts_updated"},
    "table/contacts?order=created_at": {"contacts_created"},
    "board/PIPELINE/counts": {"leads_board"},
    "board/PIPELINE/counts?tag=SELDOM": {"leads_tags"},
    "board/PIPELINE/statuses/STEP": {"leads_board"},
    f"board/PIPELINE/statuses/STEP?after=150000.{LAST + 150_000}": {"leads_board"},
    "board/PIPELINE/statuses/143": {"leads_board"},
    f"board/PIPELINE/leads?ids={LAST + 9}": {"leads_pkey"},
}


@pytest.fixture
async def crowd(db: Db, cast: Cast) -> AsyncIterator[dict[str, str]]:
    """Leads and contacts, a contact each; one lead in 20,000 is Anna's, is lost, has a task and a tag."""
    pipeline = await db.value("select id from pipelines where account_id = $1", cast.account_id)
    step = await db.value("select id from statuses where account_id = $1 and sort = 20", cast.account_id)
    next_step = await db.value("select id from statuses where account_id = $1 and sort = 30", cast.account_id)
    await db.run(
        """
        insert into leads (account_id, id, name, price, responsible_user_id, pipeline_id, status_id, created_by,
          updated_by, created_at, updated_at, closest_task_at, tags)
        select $1, $3 + n, 'L ' || n, n % 1000, case when n % 20000 = 9 then $5::int8 else $4 end, $6,
          case when n % 20000 = 9 then 143 when n % 3 = 0 then $7::int8 else $8 end, $4, $4, n, n,
          case when n % 20000 = 9 then n end,
          case when n % 20000 = 9 then array[1] when n % 3 = 0 then array[2] else '{}' end::int8[]
        from generate_series(1, $2::int) n
        """,
        cast.account_id,
        CARDS,
        LAST,
        cast.olga,
        cast.anna,
        pipeline,
        step,
        next_step,
    )
    await db.run(
        """
        insert into contacts (account_id, id, name, responsible_user_id, created_by, updated_by, created_at, updated_at)
        select $1, $3 + n, 'C ' || n, $4, $4, $4, n, n from generate_series(1, $2::int) n
        """,
        cast.account_id,
        CARDS,
        LAST,
        cast.olga,
    )
    await db.run(
        "insert into bonds select $1, 2, $3 + n, 1, $3 + n, true from generate_series(1, $2::int) n",
        cast.account_id,
        CARDS,
        LAST,
    )
    await db.run(
        "insert into keys (account_id, entity, key, id)"
        " select $1, 1, 'nc ' || n, $3 + n from generate_series(1, $2::int) n",
        cast.account_id,
        CARDS,
        LAST,
    )
    await db.run(
        "insert into phones select $1, 9160000000 + n, 1, $3 + n, (79160000000 + n)::text"
        " from generate_series(1, $2::int) n",
        cast.account_id,
        CARDS,
        LAST,
    )
    await db.run(
        "insert into tags (account_id, entity, name, name_key)"
        " select $1, 2, n::text, n::text from generate_series(1, 20000) n",
        cast.account_id,
    )
    async with db.connection() as held:  # it waits for whoever is at a table by itself: what it says must be known
        await held.execute("vacuum (analyze) leads, contacts, bonds, keys, phones, tags")
    words = {"RARE": cast.anna, "PIPELINE": pipeline, "OLGA": cast.olga, "STEP": step, "SELDOM": 1, "OFTEN": 2}
    yield {word: str(value) for word, value in words.items()}


def parts_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(part for below in plan.get("Plans", ()) for part in parts_of(below))]


@pytest.mark.parametrize("desk", [False, True])
async def test_no_list_goes_through_a_whole_table(
    api: Client, client_of: ClientOf, db: Db, crowd: dict[str, str], monkeypatch: pytest.MonkeyPatch, desk: bool
):
    asked: list[tuple[Any, tuple[object, ...]]] = []
    run, value_of = Db.rows, Db.value

    async def remembering(self: Db, sql: Any, *values: object) -> Any:
        asked.append((sql, values))
        return await run(self, sql, *values)

    async def remembering_one(self: Db, sql: Any, *values: object) -> Any:
        asked.append((sql, values))
        return await value_of(self, sql, *values)

    client = await signed_in(client_of, db) if desk else api
    monkeypatch.setattr(Db, "rows", remembering)
    monkeypatch.setattr(Db, "value", remembering_one)
    wrong: list[str] = []
    for query, indexes in (ASKED_AT_THE_DESK if desk else ASKED).items():
        for word, value in crowd.items():
            query = query.replace(word, value)
        asked.clear()
        answer = await client.get(f"/desk/{query}" if desk else f"/api/v4/{query}")
        assert answer.status_code in (200, 204), (query, answer.text)
        used: set[str] = set()
        for sql, values in list(asked):
            plan = (await run(db.lists, "explain (format json) " + sql, *values))[0][0]
            for part in parts_of(json.loads(plan)[0]["Plan"]):
                used.add(part.get("Index Name", ""))
                if part["Node Type"] == "Seq Scan" and part["Relation Name"] in ("leads", "contacts", "bonds", "keys"):
                    wrong.append(f"{query}: goes through {part['Relation Name']}")
        missing = [  # one of them, or a longer one
            index for index in indexes if not any(name.startswith(tuple(index.split("|"))) for name in used)
        ]
        if missing:
            wrong.append(f"{query}: {missing} not among {sorted(used)}")
    assert not wrong, "\n".join(wrong)


async def signed_in(client_of: ClientOf, db: Db) -> Client:
    await db.run("update people set password_hash = $1", await passwords.hashed(PASSWORD))
    client = await client_of(None, **{"x-requested-with": "trubka"})
    answer = await client.post("/desk/sign-in", json={"email": "olga@acme.example", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


async def test_the_last_page_is_as_near_as_the_first(api: Client, db: Db, crowd: dict[str, str]):
    """Who comes from page to page is led by the last row of the page before, not by counting rows."""
    first = await api.get("/api/v4/leads?limit=250")
    path = first.json()["_links"]["next"]["href"]
    second = await api.get(path)
    assert second.json()["_embedded"]["leads"][0]["id"] == LAST + 251
    assert second.json()["_links"]["prev"]["href"].endswith("page=1&limit=250")


async def test_what_is_owed_is_asked_of_three_indexes(db: Db, cast: Cast):
    await db.run(
        """
        insert into debts (account_id, tail, call_id, last_call_id, opened_at, last_at)
        select $1, n, n, n, n, n from generate_series(1, 20000) n
        """,
        cast.account_id,
    )
    await db.run(
        """
        insert into calls (account_id, id, source, direction, number, tail, started_at, updated_at, missed)
        overriding system value
        select $1, n, 1, 1, n::text, n, n, n, true from generate_series(1, 2000) n
        """,
        cast.account_id,
    )
    await db.tidy("debts", "calls")
    found = Statement(cast.account_id)
    calls.shown(found, Me(cast.account_id, cast.olga, True, (), ALL))
    found.add("from calls k cross join lateral (select null as place, null as name) p")
    found.add("where k.account_id = $1 and k.id = any(?::int8[])", [1, 2])
    plan = (await db.rows("explain (format json) " + found.text, *found.values))[0][0]
    used = {part.get("Index Name") for part in parts_of(json.loads(plan)[0]["Plan"])}
    assert {"debts_open", "debts_call", "debts_last_call"} <= used, used


async def test_a_page_of_calls_looks_at_few_of_many(db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Of 60,000 calls: those of one who seldom calls, or rings, and what matches seldom or never."""
    await db.run(
        """
        with k as (
          insert into calls (account_id, source, direction, number, tail, started_at, ended_at, updated_at, missed,
            user_id, user_ids)
          select $1, 1, 1, n::text, n, n / 3, n / 3, n, false, case when n % 20000 = 7 then $2::int8 else $3 end,
            case when n % 20000 in (7, 9) then array[$2, $3, $4] else array[$3, $4::int8] end
          from generate_series(1, 60000) n returning account_id, id, started_at, user_id, user_ids
        )
        insert into call_users select k.account_id, u.id, k.started_at, k.id from k, unnest(k.user_ids) u(id)
        where u.id <> k.user_id
        """,
        cast.account_id,
        cast.clara,
        cast.olga,
        cast.boris,
    )
    async with db.connection() as held:
        await held.execute("vacuum (analyze) calls, call_users")
    monkeypatch.setattr(calls, "MOST_LOOKED", 2_000)
    olga, clara = Me(cast.account_id, cast.olga, True, (), ALL), Me(cast.account_id, cast.clara, False, (), NONE)
    for me, wanted, found, most, index in (
        (olga, calls.Listed(limit=50, user=cast.clara), 6, 30, {"calls_user", "call_users_pkey"}),
        (olga, calls.Listed(limit=50, user=cast.clara, direction=1), 6, 30, {"calls_user", "call_users_pkey"}),
        (olga, calls.Listed(limit=50, user=cast.olga), 50, 250, {"call_users_pkey"}),
        (olga, calls.Listed(limit=50, line="1"), 0, 2_000, {"calls_time"}),
        (olga, calls.Listed(limit=50, recorded=True), 0, 4_000, set[str]()),
        (olga, calls.Listed(limit=50, shortest=5, after=(9_000, 0)), 0, 2_000, {"calls_time"}),
        (olga, calls.Listed(limit=50, ending=(10_000, 5_999)), 0, 2_000, {"calls_time"}),
        (clara, calls.Listed(limit=50), 0, 2_000, {"calls_time"}),
        (clara, calls.Listed(limit=50, user=cast.clara), 6, 30, {"calls_user", "call_users_pkey"}),
        (olga, calls.Listed(limit=50), 50, 50, {"calls_time"}),
    ):
        wanted.until = await calls.reach(db, cast.account_id, me, wanted)
        asked: list[tuple[Any, tuple[object, ...]]] = []
        rows = Db.rows

        async def remembering(self: Db, sql: Any, *values: object, rows: Any = rows, asked: Any = asked) -> Any:
            asked.append((sql, values))
            return await rows(self, sql, *values)

        with monkeypatch.context() as patch:
            patch.setattr(Db, "rows", remembering)
            assert len(await calls.page(db, cast.account_id, me, wanted)) == found, wanted
        ((sql, values),) = asked
        plan = json.loads((await db.lists.rows("explain (analyze, format json) " + sql, *values))[0][0])[0]["Plan"]
        scans = [part for part in parts_of(plan) if part.get("Relation Name") in ("calls", "call_users")]
        looked = sum(
            (part["Actual Rows"] + part.get("Rows Removed by Filter", 0)) * part["Actual Loops"] for part in scans
        )
        assert looked <= most, (wanted, looked)
        assert index <= {part.get("Index Name") for part in parts_of(plan)}, wanted
