"""Cards as lines of a CSV file that is opened in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BEGIN_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BLANKS = ("\t", "\r")
PLAIN_NUMBER = frozenset("0123456789 .,+-()")


def harmless(text: str) -> str:
    """A text that a spreadsheet takes for a formula is told apart by an apostrophe; numbers, also of phones, stay."""
    bare = text.lstrip()  # blanks before a formula do not hinder every spreadsheet
    if (text.startswith(BLANKS) or bare.startswith(BEGIN_FORMULAS)) and not (
        set(text) <= PLAIN_NUMBER and bare[1:2].isdigit()
    ):
        return "'" + text
    return text


def cell(value: object) -> str:
    text = "" if value is None else str(value) if isinstance(value, int) else harmless(str(value))
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",;\t\n\r') or text != text.strip() else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Semicolons, as spreadsheets of most countries expect where a comma is in numbers."""
    return "".join(";".join(cell(value) for value in row) + "\r\n" for row in rows)
