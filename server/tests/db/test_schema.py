"""The schema and the migrations make the same database, and a database is brought up to date whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import LiteralString, cast
from uuid import uuid4

import pytest

from tests.conftest import connected, with_database
from trubka import db as database
from trubka.db import Db, schema
from trubka.errors import CannotStart

SHAPE = """
  select 'column' as kind, table_name || '.' || column_name as name,
    concat_ws(' ', data_type, udt_name, is_nullable, column_default, collation_name, identity_generation,
      identity_start)
      as told
  from information_schema.columns where table_schema = 'public'
  union all
  select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  from pg_constraint where connamespace = 'public'::regnamespace
  union all
  select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
  union all
  select 'sequence', sequencename, concat_ws(' ', start_value, increment_by) from pg_sequences
  where schemaname = 'public'
  order by 1, 2
"""


@pytest.fixture
async def empty(postgres_url: str) -> AsyncIterator[Db]:
    """A database with nothing in it."""
    name = f"empty_{uuid4().hex[:12]}"
    admin = await connected(postgres_url)
    await admin.execute(f"create database {name} encoding 'UTF8' template template0 strategy file_copy")
    db = await database.connect(with_database(postgres_url, name), hot=1, lists=1)
    yield db
    await db.close()
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


def migrations() -> dict[int, str]:
    return {int(path.name[:4]): path.read_text() for path in sorted((schema.FOLDER / "migrations").glob("*.sql"))}


def test_every_version_has_its_migration():
    assert list(migrations()) == list(range(1, schema.VERSION + 1))


async def test_the_schema_and_the_migrations_make_the_same(empty: Db, db: Db):
    for text in migrations().values():
        await empty.run(cast(LiteralString, text))
    assert [tuple(row) for row in await empty.rows(SHAPE)] == [tuple(row) for row in await db.rows(SHAPE)]


async def test_who_took_part_is_filled_in_from_what_there_is(empty: Db):
    scripts = migrations()
    await empty.run(cast(LiteralString, scripts[1]))
    await empty.run(
        """
        insert into calls (account_id, id, source, direction, started_at, user_id, user_ids, same_as, updated_at)
        overriding system value values (1, 1, 1, 1, 100, 7, '{5,7,5}', null, 0),
          (1, 2, 1, 1, 200, null, '{7}', null, 0),
          (1, 3, 1, 1, 300, 7, '{7}', null, 0), (1, 4, 1, 1, 400, 7, '{5,7}', 1, 0)
        """
    )
    await empty.run(cast(LiteralString, scripts[2]))
    rows = await empty.rows("select user_id, started_at, call_id from call_users order by call_id")
    assert [tuple(row) for row in rows] == [(5, 100, 1), (7, 200, 2)]


async def test_a_large_database_has_its_time(empty: Db, monkeypatch: pytest.MonkeyPatch):
    async def slow(db: Db, *_: object) -> None:
        await db.run("select pg_sleep(0.3)")
        await db_script(db, *_)  # pyright: ignore[reportArgumentType]

    db_script = schema.script
    monkeypatch.setattr(schema, "script", slow)
    await empty.run("set statement_timeout = '100ms'")  # the one connection's, as all have one of 30 s
    assert await schema.migrate(empty) == (0, schema.VERSION)


async def test_an_empty_database_is_made_once(empty: Db):
    said: list[str] = []
    assert await schema.migrate(empty, said.append) == (0, schema.VERSION)
    assert await schema.migrate(empty, said.append) == (schema.VERSION, schema.VERSION)
    assert said == ["Making the tables…"]


async def test_a_newer_one_is_left_alone(db: Db):
    await db.run("update installation set schema_version = 99")
    with pytest.raises(CannotStart, match="made by a newer one"):
        await schema.migrate(db)
    assert await schema.version(db) == 99


async def test_a_script_that_fails_leaves_nothing(empty: Db, monkeypatch: pytest.MonkeyPatch):
    async def fails(*_: object) -> None:
        await db_script(*_)  # pyright: ignore[reportArgumentType]
        raise RuntimeError("in the middle")

    db_script = schema.script
    monkeypatch.setattr(schema, "script", fails)
    with pytest.raises(RuntimeError):
        await schema.migrate(empty)
    assert await schema.version(empty) == 0
