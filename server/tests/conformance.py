"""Every answer that a test of the API gets is held against the OpenAPI description of it."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from trubka.api import catalogue
from trubka.api.openapi import PROBLEM
from trubka.api.reference import described
from trubka.api.routes import Tree


async def check(response: httpx.Response) -> None:
    await response.aread()
    media = response.headers.get("content-type", "").partition(";")[0]
    operation = operation_of(response.request.method, response.request.url.path)
    if operation is None:
        return
    told = operation["responses"].get(str(response.status_code)) or operation["responses"]["default"]
    if response.status_code >= 400:
        assert media == PROBLEM, f"{response.status_code} with {media}"
        assert "default" in operation["responses"]
        status = str(response.status_code)
        own = status if status in operation["responses"] else "default"
        validator(own, operation["operationId"]).validate(response.json())
        return
    assert str(response.status_code) in operation["responses"], f"{response.status_code} is not described: {told}"
    if response.status_code in (204, 304):
        assert response.content == b""
        return
    content = operation["responses"][str(response.status_code)]["content"]
    assert any(fnmatch(media, each) for each in content)
    if any(each["schema"].get("format") == "binary" for each in content.values()):
        return
    validator(str(response.status_code), operation["operationId"]).validate(
        response.text if media == "text/plain" else response.json()
    )


@cache
def tree() -> Tree:
    return Tree(catalogue.all_endpoints())


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The described operation that this request meant; hidden endpoints have none."""
    for methods, values in tree().find(path.rstrip("/")):
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is not None and not endpoint.hidden:
            name = endpoint.do.__name__
            if "{cards}" in endpoint.path:
                name += f"_{values[0].plural}"
            return operations()[name]
    return None


@cache
def operations() -> dict[str, dict[str, Any]]:
    found = [each for methods in described()["paths"].values() for each in methods.values()]
    names = [each["operationId"] for each in found]
    assert len(names) == len(set(names)), "two operations have one name"
    return {each["operationId"]: each for each in found}


@cache
def validator(status: str, operation: str) -> Any:
    content = operations()[operation]["responses"][status]["content"]
    schema = next(iter(content.values()))["schema"]
    return jsonschema_rs.validator_for({**schema, "components": described()["components"]})
