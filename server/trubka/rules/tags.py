"""Tags: their colours, of which only those of leads have one."""

import msgspec

COLORS = """
    EBEBEB D0D0D0 F2DDF7 D1A4DC FF8F92 FFC8C8 C7DB8C DDEBB5 8699DA AABDFF FFCE5A FFE193 90CDB0 C6F4DE A9A5D7 D8D5FF
    86C0FC 832161 6A0F49 0C7C59 10599D 9D2B32 247BA0
"""


class Asked(msgspec.Struct, frozen=True):
    """A new tag, or a change to one."""

    id: int | None
    name: str | None
    color: str | None
    request_id: str


def color_of(given: str | None) -> str | None:
    """A colour of the list, however it was written; any other is none, since clients throw at it."""
    found = (given or "").strip().lstrip("#").upper()
    return found if found in COLORS.split() else None
