"""The locks pin all that we name, with hashes, and do not say where it comes from."""

import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "server" / "requirements.txt"
TEST = ROOT / "server" / "requirements-test.txt"


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "server" / "pyproject.toml").read_text())


def canonical(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def pinned(lock: Path) -> dict[str, str]:
    """The block of each package, by its name."""
    blocks = re.split(r"\n(?=\S)", lock.read_text().strip())
    return {canonical(block): block for block in blocks}


@pytest.mark.parametrize("lock", [RUN, TEST], ids=lambda lock: lock.name)
def test_python_packages_are_pinned_with_hashes(lock: Path) -> None:
    for name, block in pinned(lock).items():
        assert re.match(r"[\w.-]+==[\w.!+]+ ?(;[^\n]*)?\\\n", block), f"{name} is not pinned"
        assert "--hash=sha256:" in block, f"{name} has no hash"
    assert "://" not in lock.read_text(), "a lock says where packages come from"


def test_the_locks_have_all_that_the_project_names() -> None:
    named = project()["project"]["dependencies"] + project()["dependency-groups"]["web"]
    assert {canonical(name) for name in named} <= set(pinned(RUN)), "run `make lock`"
    named += project()["dependency-groups"]["test"]
    assert {canonical(name) for name in named} <= set(pinned(TEST)), "run `make lock`"


def test_what_the_server_imports_the_project_names() -> None:
    """Not only what another package happens to bring along."""
    named = {canonical(name) for name in project()["project"]["dependencies"]}
    brought_by = packages_distributions()
    for path in (ROOT / "server" / "trubka").rglob("*.py"):
        for module in re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.M):
            makers = {canonical(name) for name in brought_by.get(module, [])} - {"trubka"}
            known = module in sys.stdlib_module_names or module == "trubka" or not makers
            assert known or makers & named, f"{path.name} imports {module}, which pyproject.toml does not name"


def test_what_is_tested_is_what_runs() -> None:
    tested = pinned(TEST)
    for name, block in pinned(RUN).items():
        assert tested.get(name) == block, f"{name} is another one in the tests: run `make lock`"


def test_web_packages_are_pinned_with_hashes() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text()
    lock = json.loads(text)
    assert '"resolved"' not in text, "the lock says where packages come from"
    wanted = json.loads((ROOT / "web" / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""].get(kind, {}) == wanted.get(kind, {}), "run `make lock`"
    for name, package in lock["packages"].items():
        assert not name or "integrity" in package, f"{name} has no hash"
