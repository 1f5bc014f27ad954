"""The description of the API, served: as JSON, and as a page to read."""

from __future__ import annotations

import html

from trubka.api import catalogue
from trubka.api.asked import JSON, Answer, Asked
from trubka.api.openapi import HAL, Json, describe
from trubka.api.routes import Routes

routes = Routes()

_described: Json = {}


@routes.on("GET", "/openapi.json", auth="open", hidden=True)
async def openapi_json(asked: Asked) -> Answer:
    """This API's description."""
    return Answer(described(), media=JSON)


@routes.on("GET", "/docs/api", auth="open", hidden=True)
async def reference_page(asked: Asked) -> Answer:
    """The description as a page to read."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    headers = [("content-security-policy", policy), ("x-content-type-options", "nosniff")]
    return Answer(page_of(described()).encode(), media="text/html; charset=utf-8", headers=headers)


def described() -> Json:
    """Made at the first question; it is the same for as long as the process lives."""
    if not _described:
        _described.update(describe(catalogue.all_endpoints()))
    return _described


STYLE = """
:root { color-scheme: light dark; --line: light-dark(#dfe3e8, #343a42); --dim: light-dark(#5b6570, #9aa5b1); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-right: 1px solid var(--line); padding: 1rem;
  box-sizing: border-box; }
nav a { display: block; color: inherit; text-decoration: none; padding: .1rem 0; }
nav a:hover { text-decoration: underline; }
main { padding: 1rem 2rem 6rem; max-width: 62rem; } h2 { margin-top: 3rem; }
section { border-top: 1px solid var(--line); padding: 1rem 0; } code, pre { font: 13px/1.5 ui-monospace, monospace; }
h3 { font: 600 14px/1.5 ui-monospace, monospace; margin: 0; } .dim { color: var(--dim); }
b.get { color: light-dark(#0b6e4f, #5fd3a6); } b.post { color: light-dark(#1f5fbf, #7fb0ff); }
b.patch { color: light-dark(#8a5a00, #e6b450); } b.delete { color: light-dark(#b3261e, #ff8a80); }
table { border-collapse: collapse; margin: .5rem 0; } td { padding: .15rem 1rem .15rem 0; vertical-align: top; }
pre { background: light-dark(#f5f7f9, #1b1f24); padding: .75rem; overflow: auto; border-radius: 6px; }
summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
"""


def page_of(description: Json) -> str:
    groups: dict[str, list[tuple[str, str, Json]]] = {}
    for path, methods in description["paths"].items():
        for method, found in methods.items():
            groups.setdefault(found["tags"][0], []).append((method, path, found))
    links = "".join(f'<a href="#{html.escape(tag)}">{html.escape(tag)}</a>' for tag in groups)
    told = "".join(
        f'<h2 id="{html.escape(tag)}">{html.escape(tag)}</h2>'
        + "".join(section(*each, description) for each in each_of)
        for tag, each_of in groups.items()
    )
    about = html.escape(description["info"]["description"])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>trubka API</title><style>{STYLE}</style><nav><b>trubka API</b>{links}</nav><main><h1>trubka API "
        f'{html.escape(description["info"]["version"])}</h1><p>{about} <a href="/openapi.json">openapi.json</a></p>'
        f"{told}</main></html>"
    )


def section(method: str, path: str, found: Json, description: Json) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(each['name'])}</code></td><td class=dim>{each['in']}</td>"
        f"<td>{html.escape(each.get('description', ''))}</td></tr>"
        for each in found["parameters"]
    )
    body = found.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    code, answer = next(
        (
            (code, each["content"][HAL]["schema"])
            for code, each in found["responses"].items()
            if HAL in each.get("content", {})
        ),
        ("204", None),
    )
    return (
        f"<section><h3><b class={method}>{method.upper()}</b> {html.escape(path)}</h3>"
        f"<p>{html.escape(found['summary'])}</p>"
        + (f"<table>{rows}</table>" if rows else "")
        + shape("Body", body, description)
        + shape(f"Answer {code}", answer, description)
        + "</section>"
    )


def shape(title: str, schema: Json | None, description: Json) -> str:
    if not schema:
        return ""
    text = html.escape(outline(schema, description["components"]["schemas"]))
    return f"<details><summary>{html.escape(title)}</summary><pre>{text}</pre></details>"


def outline(schema: Json, schemas: Json, depth: int = 0) -> str:
    """A schema as people draw it: keys with their types, nested by indentation."""
    if "$ref" in schema:
        return outline(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(outline(each, schemas, depth) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        items: Json = schema.get("items") or {}
        return f"[{outline(items, schemas, depth)}]" if depth < 6 else "[…]"
    if (properties := schema.get("properties")) and depth < 6:
        space = "  " * (depth + 1)
        required = set(schema.get("required", ()))
        lines = [
            f"{space}{key}{'' if key in required else '?'}: {outline(below, schemas, depth + 1)}"
            for key, below in properties.items()
        ]
        return "{\n" + "\n".join(lines) + "\n" + "  " * depth + "}"
    return str(schema.get("type", "any"))
