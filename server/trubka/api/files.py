"""Files over HTTP: which part is wanted, whether the client has it already, and what it is called (RFC 9110, 6266)."""

from __future__ import annotations

import re
from urllib.parse import quote

from trubka.errors import OutOfRange

ONE_RANGE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.ASCII | re.IGNORECASE)


def part_of(wanted: str, if_range: str, etag: str, modified: str, file_bytes: int) -> tuple[int, int] | None:
    """From where to before where; none: the whole file, also where the header says nothing that can be understood, or
    where the client has a part of another file."""
    if if_range and if_range not in (etag, modified):
        return None
    if "," in wanted and wanted[:6].lower() == "bytes=":
        raise OutOfRange("One range at a time, please.", file_bytes=file_bytes)
    found = ONE_RANGE.fullmatch(wanted.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, file_bytes - int(last)), file_bytes
    else:
        start, end = int(first), min(int(last) + 1, file_bytes) if last else file_bytes
        if last and int(last) < start:
            return None
    if start >= file_bytes:
        raise OutOfRange(file_bytes=file_bytes)
    return start, end


def is_same(if_none_match: str, etag: str) -> bool:
    """Whether the client has this very file."""
    listed = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in listed or etag in listed


def disposition(kind: str, plain: str, name: str) -> str:
    """`plain` is for clients that know Latin letters only."""
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
