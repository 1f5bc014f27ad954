"""The OpenAPI 3.1 description, made of the same endpoints and structs that serve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, get_args, get_origin

import msgspec

from trubka import __version__
from trubka.api.asked import JSON
from trubka.api.routes import Endpoint, File, Items, OneOf, Page
from trubka.rules.entities import CARDS

Json = dict[str, Any]
REFS = "#/components/schemas/{name}"
HAL = "application/hal+json"
PROBLEM = "application/problem+json"
PARAMETERS: dict[str, Json] = {
    "page": {"schema": {"type": "integer", "minimum": 1, "default": 1}, "description": "Which page, from 1."},
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": 250, "default": 50},
        "description": "Rows of a page.",
    },
    "with": {"schema": {"type": "string"}, "description": "What to show besides, comma separated."},
    "query": {
        "schema": {"type": "string"},
        "description": "Beginnings of words, an e-mail, or a number in any format.",
    },
    "filter": {
        "schema": {"type": "object", "additionalProperties": True},
        "style": "deepObject",
        "explode": True,
        "description": "Filters in PHP brackets: `filter[id][]=1`, `filter[updated_at][from]=…`.",
    },
    "order": {
        "schema": {"type": "object", "additionalProperties": {"enum": ["asc", "desc"]}},
        "style": "deepObject",
        "explode": True,
        "description": "One field: `order[updated_at]=desc`.",
    },
}
LINK: Json = {"type": "object", "properties": {"href": {"type": "string"}}, "required": ["href"]}
REFUSALS = "400 wrong request, 401 no token, 403 no right, 404 no such thing, 422 not allowed, 429 too fast"


def describe(endpoints: Sequence[Endpoint]) -> Json:
    shown = [endpoint for endpoint in endpoints if not endpoint.hidden]
    kinds = list(dict.fromkeys(kind for endpoint in shown for kind in kinds_of(endpoint)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REFS)
    by_kind = dict(zip(kinds, schemas, strict=True))
    paths: Json = {}
    for endpoint in shown:
        for path, entity in paths_of(endpoint):
            paths.setdefault(path, {})[endpoint.method.lower()] = operation(endpoint, path, entity, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "trubka",
            "version": __version__,
            "description": "amoCRM's API as trubka speaks it. Fields that this description does not know are taken and "
            "ignored; numbers may come as text, lists as PHP arrays.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components | {"Problem": PROBLEM_SCHEMA},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


PROBLEM_SCHEMA: Json = {
    "type": "object",
    "required": ["title", "type", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "retry_after": {"type": "integer"},
        "validation-errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["request_id", "errors"],
                "properties": {
                    "request_id": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["code", "path", "detail"],
                            "properties": {name: {"type": "string"} for name in ("code", "path", "detail")},
                        },
                    },
                },
            },
        },
    },
}


def kinds_of(endpoint: Endpoint) -> list[Any]:
    found: list[Any] = []
    if endpoint.body is not None and endpoint.body is not bytes:
        found.append(get_args(endpoint.body)[0] if get_origin(endpoint.body) is list else endpoint.body)
    answer: Any = endpoint.answer.item if isinstance(endpoint.answer, Page | Items) else endpoint.answer
    found += [endpoint.refused] if endpoint.refused is not None else []
    if isinstance(answer, OneOf):
        return [*found, *answer.kinds]
    return found if answer is None or isinstance(answer, File) else [*found, answer]


def schema_of(kind: Any, by_kind: dict[Any, Json]) -> Json:
    return {"anyOf": [by_kind[each] for each in kind.kinds]} if isinstance(kind, OneOf) else by_kind[kind]


def paths_of(endpoint: Endpoint) -> list[tuple[str, str | None]]:
    """`{cards}` is four paths, one for each kind of card; the kinds of the other places do not show."""
    path = re.sub(r"\{(\w+):\w+\}", r"{\1}", endpoint.path) or "/"
    if "{cards}" not in path:
        return [(path, None)]
    return [(path.replace("{cards}", entity.plural), entity.plural) for entity in CARDS]


def operation(endpoint: Endpoint, path: str, entity: str | None, by_kind: dict[Any, Json]) -> Json:
    found: Json = {
        "operationId": endpoint.do.__name__ + (f"_{entity}" if entity else ""),
        "tags": [tag_of(path)],
        "summary": endpoint.summary,
        "parameters": parameters(endpoint, path),
        "responses": responses(endpoint, by_kind),
    }
    if endpoint.body is not None:
        found["requestBody"] = {"content": {JSON: {"schema": body_schema(endpoint, by_kind)}}}
    if endpoint.auth == "open":
        found["security"] = []
    return found


def tag_of(path: str) -> str:
    steps = path.strip("/").split("/")
    return steps[2] if path.startswith("/api/") and len(steps) > 2 else steps[0]


def parameters(endpoint: Endpoint, path: str) -> list[Json]:
    kinds = dict(re.findall(r"\{(\w+):?(\w*)\}", endpoint.path))
    found: list[Json] = []
    for name in re.findall(r"\{(\w+)\}", path):
        whole = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        schema: Json = {"type": "string", "minLength": 1} if kinds.get(name) == "text" or name == "text" else whole
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found + [
        {"name": name, "in": "query"} | PARAMETERS.get(name, {"schema": {"type": "string"}}) for name in endpoint.query
    ]


def body_schema(endpoint: Endpoint, by_kind: dict[Any, Json]) -> Json:
    if endpoint.body is bytes:
        return {}
    if get_origin(endpoint.body) is list:
        item = by_kind[get_args(endpoint.body)[0]]
        return {"type": "array", "items": item, "minItems": 1, "maxItems": endpoint.most}
    return by_kind[endpoint.body]


def responses(endpoint: Endpoint, by_kind: dict[Any, Json]) -> Json:
    found: Json = {}
    if isinstance(endpoint.answer, File):
        content = {endpoint.media: {"schema": {"type": "string", "format": "binary"}}}
        found |= {str(code): {"description": HTTPStatus(code).phrase, "content": content} for code in (200, 206)}
        found["304"] = {"description": HTTPStatus(304).phrase}
    elif endpoint.answer is not None:
        content = {endpoint.media: {"schema": answer_schema(endpoint.answer, by_kind)}}
        found[str(endpoint.status)] = {"description": HTTPStatus(endpoint.status).phrase, "content": content}
    if endpoint.answer is None or (endpoint.method == "GET" and "304" not in found):
        found["204"] = {"description": "Done, or nothing found: no body"}
    schema: Json = {"$ref": "#/components/schemas/Problem"}
    if endpoint.refused is not None:
        either = {PROBLEM: {"schema": {"anyOf": [by_kind[endpoint.refused], schema]}}}
        found["400"] = {"description": HTTPStatus(400).phrase, "content": either}
    problem = {"content": {PROBLEM: {"schema": schema}}}
    return found | {"default": {"description": REFUSALS, **problem}}


def answer_schema(answer: Any, by_kind: dict[Any, Json]) -> Json:
    if not isinstance(answer, Page | Items):
        return schema_of(answer, by_kind)
    embedded: Json = {
        "type": "object",
        "required": [answer.name],
        "properties": {answer.name: {"type": "array", "items": schema_of(answer.item, by_kind)}},
    }
    properties: Json = {
        "_links": {"type": "object", "additionalProperties": LINK},
        "_embedded": embedded,
        "_total_items": {"type": "integer"},
    }
    required = ["_embedded"]
    if isinstance(answer, Page):
        properties |= {"_page": {"type": "integer"}, "_page_count": {"type": "integer"}}
        required += ["_page", "_links"] + (["_total_items", "_page_count"] if answer.counted else [])
    return {"type": "object", "required": required, "properties": properties}
