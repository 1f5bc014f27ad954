"""Ranges, validators and names of files, by tables."""

from __future__ import annotations

import pytest

from trubka.api import files
from trubka.errors import OutOfRange

SIZE = 1_000
ETAG = '"abc"'
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 1_000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("Bytes= 10-19", (10, 20)),
        ("bytes=990-5000", (990, 1_000)),
        ("bytes=999-", (999, 1_000)),
        ("bytes=-1", (999, 1_000)),
        ("bytes=-5000", (0, 1_000)),
        # What cannot be understood is as if it were not there.
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=a-b", None),
        ("bytes=1-2-3", None),
        ("bytes=٣-٤", None),
        ("bytes=" + "9" * 5_000 + "-", None),
        ("seconds=1-2", None),
        ("seconds=1-2,3-4", None),
    ],
)
def test_the_part_that_is_wanted(wanted: str, part: tuple[int, int] | None) -> None:
    assert files.part_of(wanted, "", ETAG, DATE, SIZE) == part


@pytest.mark.parametrize("wanted", ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=0-1,5-6", "bytes=0-,-1"])
def test_a_part_that_is_not_there(wanted: str) -> None:
    with pytest.raises(OutOfRange) as refused:
        files.part_of(wanted, "", ETAG, DATE, SIZE)
    assert (refused.value.status, refused.value.file_bytes) == (416, SIZE)


@pytest.mark.parametrize(
    ("if_range", "part"),
    [("", (0, 1)), (ETAG, (0, 1)), (DATE, (0, 1)), ('"old"', None), ('W/"abc"', None), ("yesterday", None)],
)
def test_a_part_of_another_file_is_not_continued(if_range: str, part: tuple[int, int] | None) -> None:
    assert files.part_of("bytes=0-0", if_range, ETAG, DATE, SIZE) == part


@pytest.mark.parametrize(
    ("header", "same"),
    [("", False), (ETAG, True), ('W/"abc"', True), ('"x", "abc"', True), ("*", True), ('"x"', False), ("abc", False)],
)
def test_who_has_the_file_is_not_sent_it(header: str, same: bool) -> None:
    assert files.is_same(header, ETAG) is same


def test_a_name_in_both_alphabets() -> None:
    assert files.disposition("attachment", "call.mp3", "звонок 1.mp3") == (
        "attachment; filename=\"call.mp3\"; filename*=UTF-8''%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA%201.mp3"
    )
