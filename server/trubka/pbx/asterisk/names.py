"""Whose a channel is, by its name: a phone of ours, the outside world, or only plumbing of Asterisk's own."""

from __future__ import annotations

import re

from trubka.pbx import Office
from trubka.rules.call import looks_outside
from trubka.rules.phones import digits_of, same
from trubka.rules.signals import Side

INNER = frozenset(
    ("Local", "CBAnn", "CBRec", "Announcer", "Recorder", "Snoop", "Surrogate", "Bridge", "MOH", "Message", "AsyncGoto")
)
WITHHELD = frozenset(("", "<unknown>", "anonymous", "unknown", "restricted", "unavailable", "private", "withheld"))
MOST_REMEMBERED = 10_000  # endpoints

short = re.compile(r"\d{2,6}")
# What contexts are called where nobody has told us the names of the trunks.
outside_context = re.compile(r"trunk|pstn|incoming|inbound|external|provider|operator|outside|did\b", re.I)
inside_context = re.compile(r"internal|agent|phone|office|users|inside", re.I)


def number_of(text: str) -> str | None:
    """A number as it stands on the wire, or None where it is withheld."""
    return None if text.strip().lower() in WITHHELD else text.strip()


class Names:
    def __init__(self, office: Office) -> None:
        self.extensions = frozenset(str(extension) for extension in office.extensions)
        self.trunks = tuple(trunk.rstrip("-") for trunk in office.trunks)
        self.lines = {digits_of(line): line for line in office.lines}
        self.mobiles = {digits_of(number): extension for number, extension in office.mobiles.items()}
        self.learned: dict[str, tuple[Side, str | None]] = {}

    def whose(self, channel: str, number: str | None, context: str) -> tuple[Side, str | None]:
        """And the extension, where it is ours. `number` is the channel's own."""
        technology, _, rest = channel.partition("/")
        if technology in INNER or rest.endswith((";1", ";2")):
            return "inner", None
        endpoint = rest.rpartition("-")[0] or rest  # names have hyphens too: the last one counts
        if endpoint in self.extensions:
            return "ours", endpoint
        if any(self.begins(channel, trunk) for trunk in self.trunks):
            mobile = self.mobile_of(number)
            return ("outside", None) if mobile is None else ("ours", mobile)
        where = f"{technology}/{endpoint}"
        known: tuple[Side, str | None] | None = (
            ("ours", number) if number in self.extensions else self.learned.get(where)
        )
        if known is None:
            known = self.guess(endpoint, number, context)
        if len(self.learned) < MOST_REMEMBERED:  # its caller id may be one of our lines when it is met again
            self.learned[where] = known
        return known

    def guess(self, endpoint: str, number: str | None, context: str) -> tuple[Side, str | None]:
        if self.trunks:
            return "ours", endpoint
        if short.fullmatch(endpoint) and not self.extensions:
            return "ours", endpoint
        if outside_context.search(context):
            return "outside", None
        if number and short.fullmatch(number) and not self.extensions:
            return "ours", number
        return ("ours", endpoint) if inside_context.search(context) else ("outside", None)

    @staticmethod
    def begins(channel: str, trunk: str) -> bool:
        """PJSIP/mtt-00000001 is of PJSIP/mtt, and PJSIP/mtt2-00000001 is not."""
        return channel.startswith(trunk) and (
            trunk[-1:] == "/" or channel[len(trunk) : len(trunk) + 1] in ("", *"-/@:")
        )

    def mobile_of(self, number: str | None) -> str | None:
        """The extension of the agent whose mobile it is."""
        if not self.mobiles or number is None:
            return None
        digits = digits_of(number)
        return next((extension for known, extension in self.mobiles.items() if same(known, digits)), None)

    def line(self, number: str | None) -> str | None:
        """A number of ours as the office writes it; any other as it is."""
        if number is None or not any(map(str.isdigit, number)):
            return None
        digits = digits_of(number)
        return next((line for known, line in self.lines.items() if same(known, digits)), number)

    def may_be_line(self, number: str | None) -> bool:
        """Whether it is one of our numbers; where nobody has told us these, whether it looks like any."""
        digits = digits_of(number or "")
        return any(same(known, digits) for known in self.lines) if self.lines else looks_outside(number)

    def inside(self, number: str) -> bool:
        return number in self.extensions


def dialled_by(string: str) -> str | None:
    """The number in a DialString: `7916…@mtt`, `mtt/sip:7916…@host`, `mtt/7916…`, `g1/7916…`."""
    _, sip, address = string.rpartition("sip:")
    if sip or "@" in string:
        number = (address if sip else string).partition("@")[0].rpartition("/")[2]
    else:
        number = string.rpartition("/")[2]
    return number if len(digits_of(number)) >= 3 and number.lstrip("+").replace("-", "").isdigit() else None
