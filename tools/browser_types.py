"""Writes the browser's types from the server's: what the API takes and answers, and the facts. By `make types`."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from trubka.api import catalogue
from trubka.api.openapi import kinds_of
from trubka.rules import facts

WEB = Path(__file__).resolve().parent.parent / "web" / "src"
HEAD = "// Written by `make types` from {}: change that, not this.\n"


def written() -> dict[Path, str]:
    """Each file with what should stand in it."""
    endpoints = catalogue.all_endpoints()
    kinds = list(dict.fromkeys(kind for endpoint in endpoints for kind in kinds_of(endpoint)))
    return {
        WEB / "api" / "types.gen.ts": HEAD.format("the structs of server/trubka/api") + typescript(kinds),
        WEB / "live" / "facts.gen.ts": HEAD.format("server/trubka/rules/facts.py")
        + typescript([facts.Told], {"Told": facts.Told}),
    }


def typescript(kinds: list[Any], also: dict[str, Any] | None = None) -> str:
    _, components = msgspec.json.schema_components(kinds, ref_template="{name}")
    names = named(list(components))
    types = [
        declared(names[name], schema, names) for name, schema in sorted(components.items(), key=lambda c: names[c[0]])
    ]
    for name, kind in (also or {}).items():
        (schema,), _ = msgspec.json.schema_components([kind], ref_template="{name}")
        types.append(f"export type {name} = {of(schema, names)};\n")
    return "\n" + "\n".join(types)


def named(components: list[str]) -> dict[str, str]:
    """Names that two modules share begin with their module: trubka.api.v4.notes.Shown is NotesShown."""
    found: dict[str, str] = {}
    for name in components:
        *_, module, own = ["", *name.split(".")]
        found[name] = "".join(part.title() for part in module.split("_")) + re.sub(r"\W", "_", own)
    return found


def declared(name: str, schema: dict[str, Any], names: dict[str, str]) -> str:
    told = schema.get("description", "").strip().splitlines()
    comment = f"/** {told[0]} */\n" if told else ""
    if schema.get("type") == "object" and "properties" in schema:
        return f"{comment}export interface {name} {of(schema, names)}\n"
    return f"{comment}export type {name} = {of(schema, names)};\n"


def of(schema: dict[str, Any], names: dict[str, str], indent: str = "") -> str:
    match schema:
        case {"$ref": str(name)}:
            return names[name]
        case {"anyOf": list(several)} | {"oneOf": list(several)}:
            return " | ".join(of(one, names, indent) for one in several)
        case {"enum": list(values)}:
            return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
        case {"const": value}:
            return json.dumps(value, ensure_ascii=False)
        case {"type": "array", "prefixItems": list(items)}:
            return f"[{', '.join(of(item, names, indent) for item in items)}]"
        case {"type": "array"}:
            return listed(of(schema.get("items") or {}, names, indent))
        case {"type": "object", "properties": dict(properties)}:
            needed = set(schema.get("required", ()))
            lines = [
                f"{indent}  {key(name)}{'' if name in needed else '?'}: {of(inside, names, indent + '  ')};\n"
                for name, inside in properties.items()
            ]
            return "{\n" + "".join(lines) + indent + "}" if lines else "Record<string, never>"
        case {"type": "object"}:
            inside = schema.get("additionalProperties")
            return f"Record<string, {of(inside, names, indent) if isinstance(inside, dict) else 'unknown'}>"
        case {"type": list(several)}:
            return " | ".join(of({**schema, "type": one}, names, indent) for one in several)
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as simple}:
            return simple
        case _:
            return "unknown"


def listed(item: str) -> str:
    return f"({item})[]" if " | " in item else f"{item}[]"


def key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name)


def main() -> None:
    for path, text in written().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{path.relative_to(WEB.parent.parent)}: {text.count('export ')} types\n")


if __name__ == "__main__":
    main()
