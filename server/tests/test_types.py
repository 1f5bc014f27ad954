"""The browser's types are those of the server, as `make types` writes them."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_written_types_are_fresh() -> None:
    for path, text in runpy.run_path(str(ROOT / "tools" / "browser_types.py"))["written"]().items():
        assert path.exists() and path.read_text("utf-8") == text, f"{path.name} is old: run `make types`"
