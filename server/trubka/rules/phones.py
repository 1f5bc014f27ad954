"""Numbers as people write them: what counts as the same number, and how one is shown."""

import re

TAIL = 10  # numbers are the same when their last ten digits are
SHORTEST = 3
EIGHT_IS_SEVEN = ("RU", "KZ")  # countries where 8 is the way out

extension = re.compile(r"[^\W\d_]|[;,#]")
not_digits = re.compile(r"[^0-9]+")


def digits_of(written: str) -> str:
    """The digits, cut at an extension: `+7 495 000-11-22 ext 5` is 74950001122."""
    if (plain := written.removeprefix("+")).isdigit() and plain.isascii():  # as most are written
        return plain
    end = extension.search(written)
    return not_digits.sub("", written[: end.start()] if end else written)


def tail_of(digits: str) -> int:
    """What the table of numbers is searched by: the last ten digits, or all when there are fewer."""
    return int(digits[-TAIL:]) if digits else 0


def same(one: str, other: str) -> bool:
    """Whether two runs of digits are one number: shorter ones must be equal whole."""
    if len(one) < TAIL or len(other) < TAIL:
        return one == other and one != ""
    return one[-TAIL:] == other[-TAIL:]


def looks_like_number(text: str) -> bool:
    """Seven digits or more and nothing but what people put between them."""
    return sum(letter in "0123456789" for letter in text) >= 7 and all(
        letter in "0123456789+-() ./\u00a0" for letter in text
    )


def national(digits: str, country: str) -> str:
    """One spelling per country for keys: 8 916 … is 7 916 … where 8 is the way out."""
    if country in EIGHT_IS_SEVEN and len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    return digits
