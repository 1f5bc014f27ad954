"""The door to PostgreSQL: two pools opened at the start, plain SQL, one transaction at a time.

Fixed hot statements run with a generic plan and without the costly reset between uses; lists, filters and search go
through `db.lists`, where PostgreSQL plans each statement for its values.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import asyncpg
import msgspec
import structlog

from trubka.db.bell import Bell
from trubka.errors import Conflict, Unavailable

type_ = type
Row = asyncpg.Record
Connection = Any  # asyncpg ships no types: this door gives its callers theirs
Pool = Any

HOT_CONNECTIONS = 8
LIST_CONNECTIONS = 8
STATEMENT_SECONDS = 30
WAIT_SECONDS = 5  # for a free connection

log = structlog.get_logger()


def without_traceback(record: logging.LogRecord) -> bool:
    """The pool tells of each try to connect while the database is away: one line is enough."""
    if record.exc_info and record.exc_info[1] is not None:
        record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]!r}", ()
        record.exc_info = None
    return True


logging.getLogger("asyncpg.pool").addFilter(without_traceback)


class Quick(asyncpg.Connection):  # pyright: ignore[reportUntypedBaseClass]
    """A connection that nobody changes settings on, so it needs no reset between uses (75 µs each)."""

    async def reset(self, *, timeout: float | None = None) -> None:
        """Nothing to reset, but for a transaction whose end was cut off: nobody else shall come into it."""
        if self.is_in_transaction():
            await super().reset(timeout=timeout)


class Lender:
    """A pool whose connections are lent again without the pool's own ceremony, a third of a short request's time.

    Only what comes back in good order is kept here; the rest goes through the pool, as does who must wait.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: list[Connection] = []
        self._waiting = 0

    async def take(self) -> Connection:
        while self._kept:
            held = self._kept.pop()
            if alive(held):
                return held
            await self._back(held)
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=WAIT_SECONDS)
        finally:
            self._waiting -= 1

    async def give(self, held: Connection, well: bool) -> None:
        """One that was lost since its last statement is noticed when it is taken again."""
        if well and not self._waiting:
            self._kept.append(held)
        else:
            await self._back(held)

    async def close(self) -> None:
        while self._kept:
            await self._back(self._kept.pop())
        await self._pool.close()

    async def _back(self, held: Connection) -> None:
        """Between our giving and the pool's taking the connection may be lost; the pool has taken it then."""
        with contextlib.suppress(asyncpg.InternalClientError):
            await self._pool.release(held)


class Lent:
    """A connection for as long as it is used; a class, since a generator would cost as much as a short statement."""

    __slots__ = ("_held", "_pool")

    def __init__(self, pool: Lender | None, held: Connection) -> None:
        self._pool = pool
        self._held = held

    async def __aenter__(self) -> Connection:
        if self._pool is not None:
            try:
                self._held = await self._pool.take()
            except (
                OSError,
                TimeoutError,
                asyncpg.PostgresConnectionError,
                asyncpg.CannotConnectNowError,
                asyncpg.TooManyConnectionsError,
            ) as error:
                raise Unavailable("The database does not answer: try again in a moment.") from error
        return self._held

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._pool is None:
            return
        if isinstance(error, asyncio.CancelledError) and alive(self._held):
            # Who asked waits no more; to give it back, the pool would wait until the database has let go of it.
            self._held.terminate()
            return
        lost = isinstance(error, asyncpg.InterfaceError) and not alive(self._held)  # else it is a mistake of ours
        await self._pool.give(self._held, error is None)
        match error:
            case None:
                return
            case asyncpg.PostgresConnectionError() | asyncpg.CannotConnectNowError() | ConnectionError():
                raise Unavailable("The database has closed the connection: try again in a moment.") from error
            case asyncpg.InterfaceError() if lost:
                raise Unavailable("The database has closed the connection: try again in a moment.") from error
            case asyncpg.AdminShutdownError():
                raise Unavailable("The database is restarting: try again in a moment.") from error
            case asyncpg.QueryCanceledError():
                raise Unavailable(f"The database was at it for {STATEMENT_SECONDS} s: ask for less.") from error
            case asyncpg.DeadlockDetectedError():
                raise Unavailable("Another change was in the way: try again in a moment.") from error
            case asyncpg.UniqueViolationError() | asyncpg.ForeignKeyViolationError():
                # Everything is looked at before it is written, so only another change of this very moment leads here.
                log.warning("two changes at the same moment", error=str(error))
                raise Conflict() from error
            case _:
                return


def alive(held: Connection) -> bool:
    """The pool takes back by itself a connection that was lost; there is nothing to ask it then."""
    try:
        return not held.is_closed()
    except asyncpg.InterfaceError:
        return False


class Db:
    """Statements over a pool, or over the one connection of a transaction."""

    def __init__(self, pool: Lender | None, lists: Lender | None, bell: Bell, held: Connection = None):
        self._pool = pool
        self._lists = lists
        self._held = held
        self._rung = False
        self.bell = bell

    @property
    def lists(self) -> Db:
        """The same database, planned for each statement's values: for lists, filters and search."""
        return self if self._held else Db(self._lists, self._lists, self.bell)

    def connection(self) -> Lent:
        assert self._pool is not None or self._held is not None
        return Lent(None if self._held is not None else self._pool, self._held)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Db]:
        """All or nothing. Inside, `db` is the transaction's one connection."""
        async with self.connection() as held, held.transaction():
            tx = Db(None, None, self.bell, held)
            yield tx
        if tx._rung:
            self.ring()

    @asynccontextmanager
    async def moment(self) -> AsyncGenerator[Db]:
        """Several statements that all see the same moment; for reading."""
        async with self.connection() as held, held.transaction(isolation="repeatable_read", readonly=True):
            yield Db(None, None, self.bell, held)

    def ring(self) -> None:
        """Facts were written: whoever tells them is woken when they are there for all to see."""
        if self._held is None:
            self.bell.ring()
        else:
            self._rung = True

    async def rows(self, sql: LiteralString, *values: object) -> list[Row]:
        async with self.connection() as held:
            return await held.fetch(sql, *values)

    async def row(self, sql: LiteralString, *values: object) -> Row | None:
        async with self.connection() as held:
            return await held.fetchrow(sql, *values)

    async def value(self, sql: LiteralString, *values: object) -> Any:
        async with self.connection() as held:
            return await held.fetchval(sql, *values)

    async def run(self, sql: LiteralString, *values: object) -> int:
        """The number of rows that the statement touched."""
        async with self.connection() as held:
            status = await held.execute(sql, *values)
        tail = status.rsplit(" ", 1)[-1]
        return int(tail) if tail.isdigit() else 0

    async def many(self, sql: LiteralString, batch: Sequence[Sequence[object]]) -> None:
        if not batch:
            return
        async with self.connection() as held:
            await held.executemany(sql, batch)

    async def copy(self, table: LiteralString, columns: Sequence[str], lines: bytes) -> None:
        """Many rows at once, as lines of COPY's text format; nothing else is as fast."""
        async with self.connection() as held:
            await held.copy_to_table(table, source=io.BytesIO(lines), columns=columns, format="text")

    async def tidy(self, *tables: LiteralString) -> None:
        """Statistics, and pages that an index alone can answer for; after many rows were written at once."""
        async with self.connection() as held:
            await held.execute("set statement_timeout = 0")
            try:
                for table in tables:
                    await held.execute("vacuum (analyze, skip_locked) " + table)
            finally:
                await held.execute("reset statement_timeout")

    async def close(self) -> None:
        for pool in (self._pool, self._lists):
            if pool is not None:
                await pool.close()


async def connect(dsn: str, *, hot: int = HOT_CONNECTIONS, lists: int = LIST_CONNECTIONS) -> Db:
    """Both pools, with their connections open."""
    common: dict[str, str] = {
        "jit": "off",
        "max_parallel_workers_per_gather": "0",  # requests come side by side; starting workers costs more than a page
        "timezone": "UTC",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
    }
    return Db(
        Lender(await pool_of(dsn, hot, Quick, common | {"plan_cache_mode": "force_generic_plan"})),
        Lender(await pool_of(dsn, lists, Quick, common | {"plan_cache_mode": "force_custom_plan"})),
        Bell(dsn),
    )


async def pool_of(dsn: str, size: int, kind: type_[Quick], settings: dict[str, str]) -> Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        connection_class=kind,
        init=speak_json,
        server_settings={"application_name": "trubka"} | settings,
    )


async def speak_json(held: Connection) -> None:
    """jsonb travels as msgspec's objects in both directions."""
    await held.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=json_of,
        decoder=object_of,
        format="binary",
    )


def json_of(value: object) -> bytes:
    """The first byte is the version of jsonb's wire format."""
    return b"\x01" + msgspec.json.encode(value)


def object_of(data: bytes) -> object:
    return msgspec.json.decode(memoryview(data)[1:])
