"""Makes the schema in an empty database and brings an older one up to date, in one transaction under one lock."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import LiteralString, cast

from trubka.db import Db
from trubka.errors import CannotStart

VERSION = 2
FOLDER = Path(__file__).parent
MEMORY = "512MB"  # to build indexes in
LOCK = 728_206_110  # any number that only we use


def newer(found: int) -> str:
    return (
        f"The database has schema {found}, this trubka knows {VERSION}: it was made by a newer one. "
        "Install the newer trubka, or restore a backup."
    )


async def migrate(db: Db, say: Callable[[str], None] = lambda sentence: None) -> tuple[int, int]:
    """(version before, version after); 0 is an empty database. Nothing is half-done when it fails."""
    async with db.transaction() as tx:
        # An index of many millions of rows takes minutes.
        await tx.run(
            "select set_config('statement_timeout', '0', true), set_config('maintenance_work_mem', $1, true)", MEMORY
        )
        await tx.value("select pg_advisory_xact_lock($1)", LOCK)
        before = await version(tx)
        if before > VERSION:
            raise CannotStart(newer(before))
        if before == 0:
            say("Making the tables…")
            await script(tx, FOLDER / "schema.sql")
            await tx.run(
                "insert into installation (schema_version, secret) values ($1, $2)",
                VERSION,
                secrets.token_bytes(32),
            )
        else:
            for number in range(before + 1, VERSION + 1):
                say(f"Bringing the tables to version {number}…")
                await script(tx, next((FOLDER / "migrations").glob(f"{number:04}_*.sql")))
            await tx.run("update installation set schema_version = $1", VERSION)
    return before, VERSION


async def version(db: Db) -> int:
    if await db.value("select to_regclass('installation') is null"):
        return 0
    return await db.value("select schema_version from installation")


async def script(db: Db, path: Path) -> None:
    """A file of ours that ships with the package is as good as a literal."""
    await db.run(cast(LiteralString, path.read_text("utf-8")))  # noqa: ASYNC240 small, once


async def lock(db: Db) -> None:
    """What may happen only once in an installation happens under this lock, until the transaction ends."""
    await db.value("select pg_advisory_xact_lock($1)", LOCK)


async def secret(db: Db) -> bytes:
    return await db.value("select secret from installation")


async def server(db: Db) -> tuple[int, str]:
    """(version number, encoding) of the PostgreSQL that we are connected to."""
    row = await db.row(
        "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding"
    )
    assert row is not None
    return row["version"], row["encoding"]
