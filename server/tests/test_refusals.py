"""Every sentence with which the server may refuse has its Russian in the workspace, which shows no English to those
who chose Russian; and the workspace has no sentence that nobody says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server/trubka"
RUSSIAN = ROOT / "web/src/app/texts/refusals.ts"

# What these make is raised or returned to the caller, and which of their arguments is the sentence.
SAID_BY = {"Flaw": 2, "flaw": 3, "Refusal": 0}
# The token endpoint's own words, which programs read; and a list of flaws, which are read where they are made.
NO_SENTENCE = {"BadGrant", "Invalid"}


@dataclass
class Source:
    """A module: its functions, and its texts that have a name."""

    path: Path
    tree: ast.Module
    texts: dict[str, str] = field(default_factory=dict[str, str])


def sources() -> list[Source]:
    found: list[Source] = []
    for path in sorted(SERVER.rglob("*.py")):
        if "cli" in path.parts:
            continue
        source = Source(path, ast.parse(path.read_text()))
        for node in source.tree.body:
            if isinstance(node, ast.Assign) and (text := text_of(node.value)) is not None:
                source.texts |= {name.id: text for name in node.targets if isinstance(name, ast.Name)}
        found.append(source)
    return found


def text_of(node: ast.AST) -> str | None:
    """A text as it is written, with {} for what is put into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values)
    return None


def refusals(all_of_them: list[Source]) -> dict[str, str]:
    """The classes of refusals, with the sentence that each one says by itself."""
    found = {"Refused": "The request was refused."}
    for _ in range(3):  # a class of a class of a class
        for node in (each for source in all_of_them for each in ast.walk(source.tree)):
            if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in found for b in node.bases):
                found[node.name] = ast.get_docstring(node) or ""
    return found


def said(all_of_them: list[Source]) -> Iterator[tuple[str, str]]:
    """(sentence, where)."""
    classes = refusals(all_of_them)
    places = {name: 0 for name in classes if name not in NO_SENTENCE} | SAID_BY
    for name, text in classes.items():
        if name not in ("Refused", "BadGrant"):
            yield text, name
    for source in all_of_them:
        for function in functions_of(source.tree):
            parameters = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
            for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
                place = places.get(name_of(call.func))
                sentence = argument(call, place) if place is not None else None
                if sentence is None or (isinstance(sentence, ast.Name) and sentence.id in parameters):
                    continue  # says its class's own; or is read where it is called
                where = f"{source.path.relative_to(SERVER)}:{call.lineno}"
                if isinstance(sentence, ast.Name) and sentence.id in source.texts:
                    yield source.texts[sentence.id], where
                elif (text := text_of(sentence)) is not None:
                    yield text, where
                else:
                    yield from ((text, where) for text in come_from(all_of_them, function, sentence))


def argument(call: ast.Call, place: int) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((each.value for each in call.keywords if each.arg == "detail"), None)


def come_from(all_of_them: list[Source], function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.expr) -> set[str]:
    """The sentences that a name or a call may stand for: those of its function, and of the rules asked there."""
    asked = {name_of(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)}
    asked = {name for name in asked if "flaw" in name}
    if isinstance(node, ast.Call):
        asked.add(name_of(node.func))
    functions = [f for source in all_of_them for f in functions_of(source.tree) if f.name in asked]
    made = [
        each.value for f in functions for each in ast.walk(f) if isinstance(each, ast.Return) and each.value is not None
    ]
    here: list[ast.AST] = [each.value for each in ast.walk(function) if isinstance(each, ast.Assign)]
    texts = {text for top in (*made, *here) for text in texts_in(top)}
    return {text for text in texts if " " in text and text.endswith(".")}


def texts_in(node: ast.AST) -> Iterator[str]:
    if (text := text_of(node)) is not None:
        yield text
    else:
        for below in ast.iter_child_nodes(node):
            yield from texts_in(below)


def functions_of(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]


def name_of(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case _:
            return ""


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    # Where all depends on the blank, nothing can be put into Russian: such a one is told as an error without a cause.
    return {text: where for text, where in said(sources()) if re.search(r"[^\W\d_]", text.replace("{}", ""))}


@pytest.fixture(scope="module")
def russian() -> set[str]:
    table = re.search(r"const sentences: Record<string, string> = \{\n(.*?)\n\};", RUSSIAN.read_text(), re.S)
    assert table is not None
    return {json.loads(key) for key in re.findall(r'^  ("(?:[^"\\]|\\.)*"):', table[1], re.M)}


def test_the_code_is_read(english: dict[str, str]):
    for sentence in (
        "There is no such group.",  # a constant in a call
        "A name has 1 to {} characters.",  # with a blank
        "You have no right to do this.",  # a class's own
        "There is no such {}.",
        "This link is unknown, was used already, or is too old: ask for a new one.",  # of a named text
        "A password may not be the e-mail.",  # of a rule
        "There is no time zone “{}”; one is Europe/Moscow.",
        "There is no such tag.",  # chosen from several
    ):
        assert sentence in english


def test_every_refusal_is_there_in_russian(english: dict[str, str], russian: set[str]):
    assert {sentence: where for sentence, where in english.items() if sentence not in russian} == {}


def test_no_refusal_is_there_that_nobody_says(english: dict[str, str], russian: set[str]):
    assert russian - set(english) == set()
