"""Whatever is sent, the server answers in its own words: no 5xx, no hang, and nothing that is not described.

Schemathesis makes the requests out of the description, good ones and wrong ones, and sends them to a real server.
`make full` asks for many more of them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from schemathesis import checks as general
from schemathesis.specs.openapi import checks

from tests import programs
from tests.cast import Cast
from tests.conftest import connected, with_database
from trubka import db as database
from trubka.api import server
from trubka.api.reference import described
from trubka.settings import Settings

pytestmark = pytest.mark.patient
EXAMPLES = int(os.environ.get("TRUBKA_FUZZ_EXAMPLES", "3"))  # of each operation
ANSWER_SECONDS = 10
CHECKS: Any = [
    cast(Any, general).not_a_server_error,
    cast(Any, checks).content_type_conformance,
    cast(Any, checks).response_schema_conformance,
]


@pytest.fixture(scope="module")
def fuzzed(postgres_url: str, template: str) -> Iterator[Any]:
    """The description of a real server, with an administrator's token."""
    name = f"fuzz_{uuid4().hex[:12]}"
    token = asyncio.run(prepare(postgres_url, template, name))
    program = programs.serve(with_database(postgres_url, name))
    schema: Any = schemathesis.openapi.from_url(f"{program.url}/openapi.json")
    schema.config.update(headers={"Authorization": f"Bearer {token}"}, request_timeout=ANSWER_SECONDS)
    yield schema
    assert program.stop() == 0
    asyncio.run(drop(postgres_url, name))


async def prepare(url: str, template: str, name: str) -> str:
    admin = await connected(url)
    await admin.execute(f"create database {name} template {template} strategy file_copy")
    await admin.close()
    db = await database.connect(with_database(url, name))
    people = await Cast.read(db)
    token = await people.token(db, await server.site_of(db, Settings()), "olga")
    await db.close()
    return token


async def drop(url: str, name: str) -> None:
    admin = await connected(url)
    await admin.execute(f"drop database if exists {name} with (force)")
    await admin.close()


OPERATIONS = [(path, method) for path, methods in described()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_whatever_is_sent(fuzzed: Any, path: str, method: str) -> None:
    @hypothesis.given(case=fuzzed[path][method].as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=cast(Any, list(hypothesis.HealthCheck)),
        derandomize=EXAMPLES <= 10,  # the short run is the same each time; the long one looks further
    )
    def answered(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    answered()
