"""The documents tell the truth: settings, commands, endpoints and links that they name are there."""

import os
import re
import subprocess
from pathlib import Path
from typing import cast

import msgspec
import pytest

from trubka import __main__ as command
from trubka.api import catalogue
from trubka.api.routes import Endpoint
from trubka.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MADE_HERE = {".git", *re.findall(r"^/?(\S+)/$", (ROOT / ".gitignore").read_text(), re.M)}
UNITS = {"seconds": "second", "days": "day", "bytes": "byte", "limit": "second"}
# No file says where packages come from: each machine knows its own. In pieces, so that this one says nothing either.
REGISTRIES = [
    *("pypi" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com"),
    *("files." + "pythonhosted", "cdn." + "jsdelivr", "unpkg" + ".com"),
]


def files() -> list[Path]:
    """What git keeps or would keep; without git, all that is not made here."""
    try:
        said = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = [ROOT / name for name in said.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not is_made_here(path.relative_to(ROOT))]
    return sorted(path for path in found if path.is_file())


def is_made_here(path: Path) -> bool:
    return bool(MADE_HERE & {*path.parts, *(str(parent) for parent in path.parents)})


def pages() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rows(page: Path) -> list[list[str]]:
    """The cells of every row of every table of a page."""
    lines = [line for line in page.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("field", msgspec.structs.fields(Settings), ids=lambda field: field.name)
def test_a_setting_is_told_with_default_and_unit(field: msgspec.structs.FieldInfo) -> None:
    variable = PREFIX + field.name.upper()
    told = [row for row in rows(DOCS / "settings.md") if row[0] == f"`{variable}`"]
    assert len(told) == 1, f"{variable} has {len(told)} rows in docs/settings.md"
    _, default, meaning = told[0]
    value: object = field.default
    expected = ",".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else str(value)
    assert default == (f"`{expected}`" if expected else default), f"the default of {variable} is {expected}"
    assert expected or default in {"none", "as the request says"}, f"{variable} has no default: say `none`"
    unit = UNITS.get(field.name.rpartition("_")[2])
    assert unit is None or unit in meaning, f"{variable} does not tell its unit"


def test_a_limit_stands_where_the_settings_say() -> None:
    for row in rows(DOCS / "settings.md"):
        for name in re.findall(r"^`([\w/]+\.py)`$", row[-1]):
            assert (ROOT / "server" / "trubka" / name).exists(), f"{row[0]}: there is no {name}"


def test_no_setting_is_told_that_is_not_there() -> None:
    known = {PREFIX + field.name.upper() for field in msgspec.structs.fields(Settings)}
    known |= {PREFIX + "SETTINGS", PREFIX + "TEST_DATABASE_URL", PREFIX + "TEST_ASTERISK"}
    for page in pages():
        unknown = set(re.findall(r"(?<!\w)" + PREFIX + r"[A-Z_]+[A-Z]", page.read_text())) - known
        assert not unknown, f"{name_of(page)} names {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_document_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    missing = [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index]
    assert not missing, f"docs/README.md does not name {', '.join(missing)}"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    if page.parent.name == "decisions":
        return  # they tell what was, and what may come
    text = page.read_text()
    in_code = [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^ {4}(\S.*)$", text, re.M)]
    for code in in_code:
        for target in re.findall(r"^make ([a-z][a-z-]*)", code):
            assert target in targets, f"there is no `make {target}`"
        for word in re.findall(r"^(?:\S*/)?trubka ([a-z]+)", code):
            assert word in command.MODULES, f"there is no `trubka {word}`"


def public_endpoints() -> list[Endpoint]:
    return [endpoint for endpoint in catalogue.all_endpoints() if not endpoint.hidden]


@pytest.mark.parametrize("endpoint", public_endpoints(), ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_endpoint_of_the_api_is_told(endpoint: Endpoint) -> None:
    """A row, an item or a paragraph of docs/api.md has its method and all words of its path."""
    text = (DOCS / "api.md").read_text()
    words = [word for word in endpoint.path.split("/") if word and "{" not in word and word not in {"api", "v4"}]
    told = re.split(r"\n(?=\||\n|- )", text)
    assert any(
        all(re.search(rf"\b{re.escape(word)}\b", part) for word in [endpoint.method, *words]) for part in told
    ), f"docs/api.md does not tell of {endpoint.method} {endpoint.path}"


def test_a_test_named_by_the_documents_is_there() -> None:
    known = {path.name for path in (ROOT / "server").rglob("test_*.py")}
    for page in pages():
        named = set(re.findall(r"\b(test_\w+\.py)", page.read_text())) - known
        assert not named, f"{name_of(page)} names {', '.join(named)}"


def test_no_file_names_a_registry() -> None:
    for path in files():
        content = path.read_bytes()
        named = [host for host in REGISTRIES if host.encode() in content]
        assert not named, f"{name_of(path)} names {', '.join(named)}"


def test_make_check_runs_each_test_once_and_make_test_all() -> None:
    def commands(target: str) -> list[list[str]]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        shown = subprocess.run(
            ["make", "-n", target], cwd=ROOT, env=clean, capture_output=True, text=True, check=True
        ).stdout
        return [line.split() for line in shown.splitlines() if "pytest" in line]

    *by_name, last = commands("check")
    named = [word for words in by_name for word in words if word.startswith("server/tests")]
    assert sorted(word.removeprefix("--ignore=") for word in last if word.startswith("--ignore")) == sorted(named)
    assert {"server/tests/test_layout.py", "server/tests/test_docs.py", "server/tests/rules"} <= set(named)
    (words,) = commands("test")
    assert "server/tests" in words and not any(word.startswith("--ignore") for word in words)
