"""Puts a statement together from literals: each `?` becomes the next placeholder, so values never meet the text."""

from __future__ import annotations

from typing import LiteralString, cast

from trubka.errors import Refused

MOST_VALUES = 1_000
# A number of ours after a sign of ours is as good as a literal.
PLACES: tuple[LiteralString, ...] = tuple(cast(LiteralString, f"${number}") for number in range(1, MOST_VALUES + 1))


class Statement:
    """A text that grows, with its values; the account is always $1."""

    def __init__(self, account_id: int) -> None:
        self.text: LiteralString = ""
        self.values: list[object] = [account_id]

    def add(self, text: LiteralString, *values: object) -> Statement:
        """Appends; the n-th `?` stands for the n-th value."""
        if not values:
            assert "?" not in text, text
            self.text = self.text + "\n" + text
            return self
        if len(self.values) + len(values) > MOST_VALUES:
            raise Refused("Too many filters at once: ask for less.")
        pieces = text.split("?")
        assert len(pieces) == len(values) + 1, text
        joined: LiteralString = pieces[0]
        for piece, value in zip(pieces[1:], values, strict=True):
            self.values.append(value)
            joined = joined + PLACES[len(self.values) - 1] + piece
        self.text = self.text + "\n" + joined
        return self
