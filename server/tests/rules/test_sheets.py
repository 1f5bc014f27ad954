"""What a spreadsheet would run stays text."""

import pytest

from trubka.rules.sheets import harmless, lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("+cmd", "'+cmd"),
        ("+=1", "'+=1"),
        ("\t=1", "'\t=1"),
        ("\tx", "'\tx"),
        (" =1", "' =1"),
        (" \n@SUM(A1)", "' \n@SUM(A1)"),
        (" -15", " -15"),
        ("＝1", "'＝1"),
        ("+7 (916) 123-45-67", "+7 (916) 123-45-67"),
        ("-15", "-15"),
        ("Anna = Boris", "Anna = Boris"),
        ("", ""),
    ],
)
def test_a_formula_becomes_text(text: str, told: str):
    assert harmless(text) == told


def test_lines_are_quoted_where_they_must_be():
    assert lines([['x\t=WEBSERVICE("a")']]) == '"x\t=WEBSERVICE(""a"")"\r\n'
    rows = [["Name", "Sum"], ['Rita "R"; and sons', 1500], [None, " spaces "], ["two\nlines", "=x"]]
    assert lines(rows) == 'Name;Sum\r\n"Rita ""R""; and sons";1500\r\n;" spaces "\r\n"two\nlines";\'=x\r\n'
