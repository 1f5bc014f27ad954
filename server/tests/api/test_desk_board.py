"""The board: what stands in each column, by the rights of whoever asks."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.api.conftest import Visitor
from tests.cast import Cast
from tests.conftest import Client
from trubka.api import desk_board
from trubka.db import Db


@dataclass
class Board:
    olga: httpx.AsyncClient
    pipeline: int
    statuses: list[int]  # unsorted, four steps, won, lost
    leads: list[int]

    async def counts(self, client: httpx.AsyncClient, query: str = "") -> dict[int, tuple[int, int, bool]]:
        answer = await client.get(f"/desk/board/{self.pipeline}/counts?{query}")
        assert answer.status_code == 200, answer.text
        told = answer.json()["columns"]
        return {each["status_id"]: (each["count"], each["sum"], each["more"]) for each in told if each["count"]}

    async def column(self, client: httpx.AsyncClient, status: int, query: str = "") -> list[int]:
        found: list[int] = []
        after = ""
        while True:
            answer = await client.get(f"/desk/board/{self.pipeline}/statuses/{status}?{query}{after}")
            assert answer.status_code == 200, answer.text
            told = answer.json()
            found += [lead["id"] for lead in told["leads"]]
            if told["after"] is None:
                return found
            after = f"&after={told['after']}"


@pytest.fixture
async def board(api: Client, signed_in: Visitor, cast: Cast) -> Board:
    """Six leads of 100, 200 … in the first step, the even ones Anna's; one of Olga's in the second."""
    olga = await signed_in("olga")
    pipeline = (await olga.get("/desk/board")).json()["pipelines"][0]
    statuses = [each["id"] for each in pipeline["statuses"]]
    items: list[dict[str, Any]] = [
        {
            "name": f"Boat {number}",
            "price": 100 * (number + 1),
            "status_id": statuses[1],
            "updated_at": 5000 + number,
            "responsible_user_id": cast.olga if number % 2 else cast.anna,
        }
        for number in range(6)
    ]
    items.append({"name": "Car", "price": 7, "status_id": statuses[2], "updated_at": 6000})
    answer = await api.post("/api/v4/leads", json=items)
    assert answer.status_code == 200, answer.text
    return Board(olga, pipeline["id"], statuses, [each["id"] for each in answer.json()["_embedded"]["leads"]])


async def test_columns_are_counted_as_far_as_one_sees(board: Board, signed_in: Visitor):
    first, second = board.statuses[1], board.statuses[2]
    assert await board.counts(board.olga) == {first: (6, 2100, False), second: (1, 7, False)}
    for name in ("anna", "boris"):
        assert await board.counts(await signed_in(name)) == {first: (3, 900, False)}
    assert await board.counts(await signed_in("clara")) == {}
    stranger = await signed_in("stranger", email="olga@other.example", host="other.example")
    assert (await stranger.get(f"/desk/board/{board.pipeline}/counts")).status_code == 404
    assert await board.column(stranger, first) == []


async def test_a_sum_is_never_too_great(board: Board, db: Db):
    second = board.statuses[2]
    for price in (2**63 - 1, -(2**63)):
        await db.run("update leads set price = $1, status_id = $2", price, second)
        for query in ("", "query=boat"):
            assert (await board.counts(board.olga, query))[second][1] == price


async def test_a_filter_narrows_counts_and_columns_alike(board: Board, cast: Cast):
    first = board.statuses[1]
    for query, places in (
        (f"owner={cast.anna}", [4, 2, 0]),
        ("price[from]=300&price[to]=500", [4, 3, 2]),
        ("query=boat+3", [3]),
        (f"query=boat&owner={cast.olga}", [5, 3, 1]),
        ("query=plane", []),
        ("owner=nobody", []),
    ):
        found = [board.leads[place] for place in places]
        assert await board.column(board.olga, first, query) == found, query
        total = sum(100 * (place + 1) for place in places)
        expected = {first: (len(places), total, False)} if places else {}
        assert await board.counts(board.olga, query) == expected, query


async def test_a_column_comes_piece_by_piece(board: Board, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk_board, "MOST_CARDS", 2)
    assert await board.column(board.olga, board.statuses[1]) == board.leads[5::-1]


async def test_a_count_that_is_cut_says_so(board: Board, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk_board, "MOST_COUNTED", 4)
    count, _, more = (await board.counts(board.olga))[board.statuses[1]]
    assert (count, more) == (4, True)
    found = await board.counts(board.olga, "query=boat")
    assert found[board.statuses[1]][0] == 4 and found[board.statuses[1]][2]


async def test_a_lead_tells_what_its_card_shows(board: Board, api: Client):
    contact = (await api.post("/api/v4/contacts", json=[{"name": "Rita"}])).json()["_embedded"]["contacts"][0]["id"]
    lead = board.leads[0]
    link = [{"to_entity_id": contact, "to_entity_type": "contacts"}]
    assert (await api.post(f"/api/v4/leads/{lead}/link", json=link)).status_code == 200
    path = f"/desk/board/{board.pipeline}/leads?ids={lead},{board.leads[6]},1"
    told = (await board.olga.get(path)).json()["leads"]
    assert [each["id"] for each in told] == [lead, board.leads[6]]
    assert told[0]["contact"] == {"id": contact, "name": "Rita"} and told[0]["company"] is None
    assert (told[0]["price"], told[0]["status_id"]) == (100, board.statuses[1])
    filtered = (await board.olga.get(f"{path}&price[from]=100")).json()["leads"]
    assert [each["id"] for each in filtered] == [lead]
    elsewhere = (await board.olga.get(f"/desk/board/{board.pipeline + 99}/leads?ids={lead}")).json()["leads"]
    assert elsewhere == []


async def test_a_hidden_status_is_no_column_and_a_closed_one_takes_nothing(
    board: Board, signed_in: Visitor, cast: Cast, db: Db
):
    hidden, closed = board.statuses[2], board.statuses[3]
    words = [
        {"entity_type": "leads", "pipeline_id": board.pipeline, "status_id": hidden, "rights": {"view": "D"}},
        {"entity_type": "leads", "pipeline_id": board.pipeline, "status_id": closed, "rights": {"edit": "D"}},
    ]
    await db.run(
        "update users set rights = rights || $3 where account_id = $1 and id = $2",
        cast.account_id,
        cast.anna,
        {"status_rights": words},
    )
    anna = await signed_in("anna")
    told = (await anna.get("/desk/board")).json()["pipelines"][0]["statuses"]
    takes = {each["id"]: each["takes"] for each in told}
    assert takes == {each: each not in (board.statuses[0], closed) for each in board.statuses if each != hidden}
    assert await board.column(anna, hidden) == []
    reasons = (await anna.get("/desk/board")).json()["loss_reasons"]
    assert [each["name"] for each in reasons][:2] == ["Too expensive", "No longer needed"]
