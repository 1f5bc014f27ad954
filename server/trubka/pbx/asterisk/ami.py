"""AMI's bytes become messages: lines of `Key: value`, an empty line after each message. No socket here."""

from __future__ import annotations

from collections.abc import Container

MOST_MESSAGE_BYTES = 1 << 20  # what is longer is skipped up to its end
BANNER = b"Asterisk Call Manager/"
END = b"\r\n\r\n"


class Message(dict[str, str]):
    """The fields of a message; of a repeated key the first one. `name` is the event's, or "" for an answer."""

    def __init__(self, block: bytes) -> None:
        super().__init__()
        for line in block.decode("utf-8", "replace").split("\r\n"):
            key, colon, value = line.partition(":")
            if colon:  # a line without one is the rest of a value that was broken
                self.setdefault(key, value[1:] if value[:1] == " " else value)

    @property
    def name(self) -> str:
        return self.get("Event", "")


class Reader:
    """Feed it what comes, in any pieces; it gives whole messages. Events that nobody wants cost next to nothing."""

    def __init__(self, wanted: Container[bytes] | None = None) -> None:
        """`wanted`: the names of the events to read; None: all messages, answers too."""
        self.wanted = wanted
        self.rest = b""
        self.too_long = False
        self.skipped = 0  # messages longer than any can be

    def feed(self, data: bytes) -> list[Message]:
        whole, looked_through = self.rest + data, len(self.rest) - len(END)
        if not self.too_long and whole[: len(BANNER)] == BANNER[: len(whole)]:
            line_end = whole.find(b"\n")  # the banner is a line, and no empty one follows it
            if line_end < 0:
                return self.wait_for_more(whole)
            whole, looked_through = whole[line_end + 1 :], 0
        if whole.find(END, max(0, looked_through)) < 0:
            return self.wait_for_more(whole)
        *blocks, rest = whole.split(END)
        if self.too_long:
            blocks, self.too_long = blocks[1:], False
        self.wait_for_more(rest)
        return [message for block in blocks if (message := self.read(block)) is not None]

    def close(self) -> None:
        """The connection is gone, and with it what was only half told."""
        self.rest, self.too_long = b"", False

    def wait_for_more(self, rest: bytes) -> list[Message]:
        if len(rest) > MOST_MESSAGE_BYTES:
            self.skipped += not self.too_long
            self.too_long = True
        self.rest = rest[-len(END) + 1 :] if self.too_long else rest
        return []

    def read(self, block: bytes) -> Message | None:
        if len(block) > MOST_MESSAGE_BYTES:
            self.skipped += 1
            return None
        block = block.lstrip(b"\r\n")  # Asterisk ends some messages (TestEvent of a conference) with two empty lines
        if self.wanted is None:
            return Message(block)
        if block[:7] == b"Event: " and block[7 : block.find(b"\r\n")] in self.wanted:
            return Message(block)
        return None
