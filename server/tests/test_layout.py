"""Reads what imports what, and how statements name accounts, and holds it against the tables below."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
TRUBKA = SERVER / "trubka"
SCREENS = ROOT / "web" / "src"

# Who may import whom. `cli` and `__main__` put the parts together and may import all of them.
MAY_IMPORT = {
    "rules": set[str](),
    "outside": {"rules"},
    "db": {"rules"},
    "pbx": {"rules"},
    "live": {"db", "rules"},
    "actions": {"db", "rules"},
    "api": {"actions", "db", "live", "outside", "pbx", "rules", "settings"},
    "jobs": {"actions", "db", "outside", "pbx", "rules", "settings"},
    "settings": set[str](),
    "errors": set[str](),
}
ANYBODY_MAY_IMPORT = {"errors"}
PUTS_TOGETHER = {"cli", "__main__", "__init__"}

# One door for each library: where alone it may be imported.
DOORS = {
    "asyncpg": {"db"},
    "starlette": {"api", "live"},
    "uvicorn": {"cli"},
    "httpx": {"outside", "pbx"},
    "httpcore": {"outside"},
    "obstore": {"outside"},
    "av": {"outside"},
}
READ_THE_ENVIRONMENT = {"settings.py"}

# The tables that belong to the installation and not to one of its accounts.
OF_THE_INSTALLATION = {
    "installation",
    "accounts",
    "people",
    "sessions",
    "links",
    "signing_keys",
    "sign_in_attempts",
    "readers",
    "leases",
}
MODULES_OF_THE_INSTALLATION = {"schema"}  # it makes the tables
# Functions of db/ that speak for no single account, and why.
FOR_NO_ACCOUNT = {
    "facts.position": "where the whole database stands",
    "facts.reader": "a job reads the facts of all accounts in their order",
    "facts.since": "a job reads the facts of all accounts in their order",
    "facts.news": "the hub reads the facts of all accounts once a process",
    "facts.latest": "the hub reads the facts of all accounts once a process",
    "alerts.unheard": "PBXes that are silent, whosever they are",
    "alerts.heard_again": "and those that are not any more",
    "alerts.forget": "what is too old goes, whosever it is",
    "health.clock": "the whole installation",
    "health.uncounted": "tables, whosever rows they hold",
    "health.webhooks": "counts for who keeps the installation; nothing of an account is read",
    "attempts.lock": "a lock by name, on no table",
    "conversations.silent": "calls that nobody has ended, whosever they are",
    "conversations.forget_heard": "what is too old goes, whosever it is",
    "demo.going": "the customers of all demo lines are played by one job",
    "demo.unlived": "the demo company of the installation is looked for",
    "pbxes.by_key": "a request names its PBX, and the PBX its account",
    "people.accounts_of": "a person may be a user of several accounts",
    "codes.forget": "what is too old goes, whosever it is",
    "refresh_tokens.forget": "what is too old goes, whosever it is",
    "facts.forget": "what is too old goes, whosever it is",
    "debts.settle": "what a talk has overtaken is closed, whosever it is",
    "conversations.twins": "two that were told at the same moment are found, whosever they are",
    "debts.touched": "what was told of lately is looked at, whosever it is",
    "debts.open_numbers": "what is owed is looked through, whosever it is",
    "facts.horizon": "where the whole database stands",
    "debts.recount": "debts that a talk lies in are counted anew, whosever they are",
    "notices.forget": "what is too old goes, whosever it is",
    "webhooks.of_accounts": "facts of several accounts are read together",
    "left_folders.claim": "a worker takes the next account that is gone",
    "uninstalls.claim": "a worker takes the next one that is due, whosever it is",
    "webhooks.claim": "a worker takes the next webhook that is due, whosever it is",
    "webhooks.forget": "what is too old goes, whosever it is",
    "recordings.claim": "a worker takes the next recording that is due, whosever it is",
    "signing_keys.retire_others": "a key signs the tokens of all accounts",
    "sessions.current": "a cookie finds its session, and the session its account",
}

# Screens that are built of other screens (the mobile app shows the same cards).
MADE_OF = {"mobile": {"cards"}, "calls": {"cards"}, "inbox": {"cards"}, "cards": {"tasks"}}
NO_SCREENS = {"app", "ui", "api", "live"}
SIP_LIBRARIES = {"jssip", "sip.js"}


def modules() -> list[Path]:
    return sorted(path for path in TRUBKA.rglob("*.py") if "fixtures" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(SERVER))


def part_of(path: Path) -> str:
    return path.relative_to(TRUBKA).parts[0].removesuffix(".py")


def is_test(path: Path) -> bool:
    return path.name.startswith("test_") or path.name == "conftest.py"


def imports(path: Path) -> Iterator[str]:
    """The full names of all that a file imports; relative imports are resolved."""
    package = ["trubka", *path.relative_to(TRUBKA).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_what_its_part_may(path: Path) -> None:
    part = part_of(path)
    assert part in MAY_IMPORT or part in PUTS_TOGETHER, f"{part} has no row in the table of imports"
    for name in imports(path):
        library, _, inside = name.partition(".")
        if library == "trubka" and part in MAY_IMPORT:
            allowed = {part, *MAY_IMPORT[part], *ANYBODY_MAY_IMPORT, "__version__"}
            assert inside.partition(".")[0] in allowed, f"{part} may not import {name}"
        if library in DOORS and not is_test(path):
            assert part in DOORS[library], f"{library} is imported only in {', '.join(sorted(DOORS[library]))}"
        if part == "rules":
            known = {"trubka", "msgspec", *sys.stdlib_module_names}
            assert library in known, f"rules know only the standard library and msgspec, not {library}"


def test_the_documents_have_the_same_table() -> None:
    told: dict[str, set[str]] = {}
    for line in (ROOT / "docs" / "architecture.md").read_text().splitlines():
        if line.startswith("| `"):
            parts, allowed = (set(re.findall(r"`(\w+)`", cell)) for cell in line.strip("|").split("|"))
            told |= {part: allowed for part in parts}
    assert {part: told.get(part) for part in MAY_IMPORT if part not in {"settings", "errors"}} == {
        part: allowed for part, allowed in MAY_IMPORT.items() if part not in {"settings", "errors"}
    }


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    if is_test(path) or str(path.relative_to(TRUBKA)) in READ_THE_ENVIRONMENT:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(value=ast.Name("os"), attr="environ" | "environb" | "getenv"):
                pytest.fail(f"line {node.lineno} reads the environment")
            case ast.ImportFrom(module="os", names=names):
                taken = {name.name for name in names} & {"environ", "environb", "getenv"}
                assert not taken, f"line {node.lineno} reads the environment"
            case _:
                pass


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_tasks_live_in_a_group(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case (
                ast.Attribute(value=ast.Name("asyncio"), attr="create_task" | "ensure_future")
                | ast.Attribute(value=ast.Name("loop") | ast.Call(), attr="create_task")
                | ast.Name("create_task" | "ensure_future")
            ):
                pytest.fail(f"line {node.lineno} starts a task that no TaskGroup waits for")
            case _:
                pass


# Accounts.

Function = ast.AsyncFunctionDef | ast.FunctionDef


def pieces_of_db() -> list[tuple[str, ast.stmt]]:
    """What stands at the top of the modules of db/, by `module.name`."""
    found: list[tuple[str, ast.stmt]] = []
    for path in sorted((TRUBKA / "db").rglob("*.py")):
        if path.name == "__init__.py" or path.stem in MODULES_OF_THE_INSTALLATION:
            continue  # __init__ is the door itself: pools and transactions
        found += [(f"{path.stem}.{getattr(node, 'name', '')}", node) for node in ast.parse(path.read_text()).body]
    return found


def functions_of_db() -> list[tuple[str, Function]]:
    return [(name, node) for name, node in pieces_of_db() if isinstance(node, Function)]


def statements(code: ast.AST) -> Iterator[str]:
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and reads_as_sql(node.value):
            yield node.value


def reads_as_sql(text: str) -> bool:
    verbs = r"\s*(select\s.*\bfrom|insert\s+into|update\s.*\bset|delete\s+from|with\s.*\bas\s*\(|merge\s+into)\s"
    return bool(re.match(verbs, text, re.I | re.S))


def tables_of(sql: str) -> set[str]:
    """The tables that a statement names: neither functions nor the names that it makes itself (CTEs)."""
    made = set(re.findall(r"\b(\w+)\s*(?:\([^()]*\)\s*)?as\s+(?:not\s+)?(?:materialized\s+)?\(", sql, re.I))
    named = re.findall(r"\b(?:from|join|update|using)\s+(?:only\s+)?([a-z_]\w*)\b(?!\s*\(|\.)", sql, re.I)
    named += re.findall(r"\binto\s+([a-z_]\w*)", sql, re.I)
    return {name for name in named if name not in made | {"set", "lateral", "skip"} and not name.startswith("pg_")}


def test_every_statement_names_its_account() -> None:
    wrong = [
        f"{name} (line {node.lineno}): {' '.join(sql.split())[:80]}"
        for name, node in pieces_of_db()
        for sql in statements(node)
        if not ("account_id" in sql or tables_of(sql) <= OF_THE_INSTALLATION or name in FOR_NO_ACCOUNT)
    ]
    assert not wrong, "statements that name no account_id:\n" + "\n".join(wrong)


def test_every_function_of_db_begins_with_its_account() -> None:
    wrong: list[str] = []
    for name, function in functions_of_db():
        given = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
        if given[:1] != ["db"] or given[:2] == ["db", "account_id"] or name in FOR_NO_ACCOUNT:
            continue
        tables = {table for sql in statements(function) for table in tables_of(sql)}
        if not tables or not tables <= OF_THE_INSTALLATION:
            wrong.append(f"{name}({', '.join(given)})")
    assert not wrong, "functions that do not begin with (db, account_id):\n" + "\n".join(wrong)


def test_who_writes_facts_rings_the_bell() -> None:
    """Without it whoever tells them finds them half a second later, and no test of what is told is the wiser."""
    shared = {
        target.id
        for _, node in pieces_of_db()
        if isinstance(node, ast.AnnAssign | ast.Assign) and "into facts" in ast.unparse(node)
        for target in ast.walk(node)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    }
    silent = [
        name
        for name, function in functions_of_db()
        if "into facts" in (code := ast.unparse(function)) or any(f"+ {each}" in code for each in shared)
        if ".ring()" not in code
    ]
    assert not silent, f"they write facts and ring no bell: {silent}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_sql_stands_in_db(path: Path) -> None:
    if part_of(path) != "db" and not is_test(path):
        found = [" ".join(sql.split())[:80] for sql in statements(ast.parse(path.read_text()))]
        assert not found, f"statements outside db/: {found}"


def test_the_exceptions_are_still_there() -> None:
    assert set(FOR_NO_ACCOUNT) <= {name for name, _ in functions_of_db()}


def test_every_table_of_an_account_begins_with_it() -> None:
    schema = re.sub(r"--.*", "", (TRUBKA / "db" / "schema.sql").read_text())
    tables = re.findall(r"create\s+(?:unlogged\s+)?table\s+(\w+)\s*\((.*?)\n\)", schema, re.S | re.I)
    assert len(tables) == len(re.findall(r"\btable\b", schema, re.I)), "a table is written in a way not read here"
    keys = re.findall(r"create\s+unique\s+index\s+\w*\s*on\s+(\w+)[^(]*\(([^)]*)\)", schema, re.I)
    for table, columns in tables:
        inside = re.findall(r"\b(?:primary\s+key|unique|foreign\s+key)\s*\(([^)]*)\)", columns, re.I)
        keys += [(table, key) for key in inside]
        if table not in OF_THE_INSTALLATION:
            assert columns.split()[0] == "account_id", f"{table} does not begin with account_id"
    for table, key in keys:
        if table not in OF_THE_INSTALLATION:
            assert "account_id" in key, f"{table}: the key ({key}) does not contain account_id"


# The browser.


def scripts() -> list[Path]:
    return sorted([*SCREENS.rglob("*.ts"), *SCREENS.rglob("*.tsx")])


def imported_by(script: Path) -> list[str]:
    return re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""", script.read_text())


@pytest.mark.parametrize("script", scripts(), ids=lambda path: str(path.relative_to(SCREENS)))
def test_screens_meet_only_in_app(script: Path) -> None:
    part = script.relative_to(SCREENS).parts[0]
    for name in imported_by(script):
        if name.partition("/")[0] in SIP_LIBRARIES:
            assert part == "phone", "only the softphone knows the SIP library"
        if not name.startswith("."):
            continue
        target = (script.parent / name).resolve()
        assert target.is_relative_to(SCREENS), f"{name} lies outside web/src"
        other = target.relative_to(SCREENS).parts[0]
        if other == part or part == "app":
            continue
        assert part != "ui", f"ui knows nothing of ours, not {name}"
        if part in {"api", "live"}:
            assert other in {"api", "live"}, f"{part} imports no screen, not {name}"
        assert other in NO_SCREENS or other in MADE_OF.get(part, set()), f"{part} may not import {name}"
