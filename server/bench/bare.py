"""The limit to compare with: an ASGI function that runs the same statements and sends their rows as JSON.

It knows no accounts, rights, filters or links: `python -m bench.bare DSN FILE PORT`.
"""

from __future__ import annotations

import pickle
import sys
import time
from typing import Any, cast

import asyncpg
import msgspec
import uvicorn

from bench.calls import SECONDS
from bench.recorded import Recorded
from trubka.db import HOT_CONNECTIONS, LIST_CONNECTIONS, Quick, pool_of
from trubka.rules.phones import tail_of

COMMON = {"jit": "off", "timezone": "UTC"}
encode = msgspec.json.Encoder(enc_hook=lambda row: dict(row)).encode


class Bare:
    def __init__(self, hot: Any, lists: Any, recorded: dict[tuple[str, str], Recorded]) -> None:
        self.pools = {False: hot, True: lists}
        self.recorded = recorded

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        recorded = self.recorded[scope["method"], scope["path"]]
        query: str = scope["query_string"].decode()
        if recorded.moves:
            rows = await self.logged(recorded, (await receive())["body"])
        elif recorded.method == "POST":
            await receive()
            rows = await self.written(recorded)
        elif query.startswith("query="):
            rows = await self.by_phone(recorded, query[-11:])
        else:
            rows = await self.asked(recorded, [values for _, _, values in recorded.statements])
        body = encode(rows)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def asked(self, recorded: Recorded, values: list[list[Any]]) -> Any:
        rows: Any = []
        for (lists, sql, _), given in zip(recorded.statements, values, strict=True):
            async with self.pools[lists].acquire() as held:
                rows = await held.fetch(sql, *given)
        return rows

    async def by_phone(self, recorded: Recorded, digits: str) -> Any:
        """The number stands in the recorded values: as its last ten digits, and as the beginning of a key."""
        tail, key = tail_of(digits), "d" + digits
        return await self.asked(
            recorded,
            [
                [
                    [tail] if isinstance(value, list) and value and value[0] == self.tail else self.keyed(value, key)
                    for value in values
                ]
                for _, _, values in recorded.statements
            ],
        )

    tail = 0
    key = ""

    def keyed(self, value: Any, key: str) -> Any:
        return key + value[len(self.key) :] if isinstance(value, str) and value.startswith(self.key) else value

    async def written(self, recorded: Recorded) -> Any:
        """Everything outside the transaction first, then all of it with new ids."""
        rows: Any = []
        async with self.pools[False].acquire() as held, held.transaction():
            ids: dict[int, int] = {}
            for _, sql, values in recorded.statements:
                rows = await held.fetch(sql, *[moved(value, ids) for value in values])
                if "nextval(pg_get_serial_sequence" in sql:
                    ids = dict(enumerate(sorted(row["id"] for row in rows), self.first_id))
        return rows

    first_id = 2**62

    async def logged(self, recorded: Recorded, body: bytes) -> Any:
        """Calls of this second. The numbers and `uniq`s of this batch stand where the recorded ones stood, and as soon
        as they are read its ids and cards."""
        batch = msgspec.json.decode(body)
        late = int(time.time()) - recorded.at
        other: dict[Any, Any] = {at: at + late for at in (recorded.at, recorded.at - SECONDS)}
        for (uniq, number, tail, *_), call in zip(recorded.moves, batch, strict=True):
            other |= {uniq: call["uniq"], number: call["phone"], tail: int(call["phone"][-10:])}
        rows: Any = []
        for lists, sql, values in recorded.statements:
            async with self.pools[lists].acquire() as held:
                rows = await held.fetch(sql, *[replaced(value, other) for value in values])
            if "calls_id_seq" in sql:
                cards = {tail: card for tail, _, card, *_ in msgspec.json.decode(rows[0]["found"])}
                ids = zip(rows[0]["call_ids"], rows[0]["note_ids"], strict=True)
                for (_, _, tail, *old), (call_id, note_id) in zip(recorded.moves, ids, strict=True):
                    card = cards[other[tail]]
                    other |= zip(old, (call_id, note_id, card, card), strict=True)
        return rows


def moved(value: Any, ids: dict[int, int]) -> Any:
    """The same values for other ids: what is an id of the recorded batch becomes one of this batch."""
    if isinstance(value, list):
        return [ids.get(each, each) if isinstance(each, int) else moved(each, ids) for each in cast(list[Any], value)]
    if isinstance(value, dict):
        items = cast(dict[str, Any], value).items()
        return {key: ids.get(each, each) if key in ("id", "entity_id") else each for key, each in items}
    return value


def replaced(value: Any, other: dict[Any, Any]) -> Any:
    if isinstance(value, list | tuple):
        return [replaced(each, other) for each in cast(list[Any], value)]
    if isinstance(value, dict):
        items = cast(dict[str, Any], value).items()
        return {key: other.get(each, each) if key in NAMING else each for key, each in items}
    return other.get(value, value)


NAMING = ("id", "entity_id", "uniq", "phone")


async def main(dsn: str, file: str, port: int) -> None:
    with open(file, "rb") as opened:
        recorded: list[Recorded] = pickle.load(opened)
    hot = await pool_of(dsn, HOT_CONNECTIONS, Quick, COMMON | {"plan_cache_mode": "force_generic_plan"})
    lists = await pool_of(dsn, LIST_CONNECTIONS, Quick, COMMON | {"plan_cache_mode": "force_custom_plan"})
    bare = Bare(hot, lists, {(each.method, each.url.partition("?")[0]): each for each in recorded})
    for each in recorded:
        if "query=" in each.url:
            bare.tail, bare.key = tail_of(each.url[-11:]), "d" + each.url[-11:]
            bare.recorded[each.method, "/by-phone"] = each
        if each.method == "POST" and not each.moves:
            bare.first_id = min(item["id"] for item in msgspec.json.decode(each.answer)["_embedded"]["contacts"])
    config = uvicorn.Config(bare, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    assert asyncpg
    import uvloop

    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
