"""Keys that records are found and sorted by. They are made here, so that the database needs no extension and no locale.

One text table holds them all; the first letter tells the kind:
  w…  a word of the name or of an e-mail, then all the others (`wivan petrov`): found by a beginning, while
      the key itself tells whether the record has the other words too
  m…  a whole e-mail, found by its beginning
  d…  an ending of a phone number, four digits or more (so any run of digits is a beginning of one of them)
  n…  the whole name, for sorting and for exact names
  f…  a custom field's value: f<field id>=<value>

Beside them a record keeps its `words`: ` ivan petrov #79161234567`, where what is asked for can be checked in one look.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

from trubka.rules import phones

LONGEST_WORD = 40
LONGEST_NAME = 80
LONGEST_KEY = 200
MOST_WORDS = 24
MOST_WORD_BYTES = 1_944  # of all words: as many of two-byte letters; an index takes no more than 2,704 with the numbers
SHORTEST_RUN = 4  # digits
LONGEST_NUMBER = 20
MOST_NUMBERS = 30
MOST_CANDIDATES = 100_000  # keys of one term that are looked at; beyond them only what is common, and that is walked
MOST_COUNTED = 3_000  # keys of a term that are counted to choose a way
MOST_MERGED = 8  # owners whose cards are walked side by side
FEW = 1_000  # keys that are gathered without a second thought
SAMPLE = 2_000  # cards that are looked at to choose a way
LAST = "\U0010ffff"  # after every key that begins the same

Term = tuple[str, ...]  # beginnings of keys, any of which will do

apart = re.compile(r"[^\w]+")
like_a_number = re.compile(r"[\d\s()+./\u00a0-]+", re.ASCII)


def folded(text: str) -> str:
    """One spelling for every case, for letters made of two signs, and ё = е."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def words_of(*texts: str) -> list[str]:
    """The words of names and e-mails, each once, in their order."""
    found = dict.fromkeys(
        [word[:LONGEST_WORD] for text in texts for word in apart.split(folded(text)) if word and word != "_"]
    )
    words, size = list(found)[:MOST_WORDS], 0
    for place, word in enumerate(words):
        size += 1 + len(word.encode())
        if size > MOST_WORD_BYTES:
            return words[:place]
    return words


def numbers_of(numbers: list[str], country: str) -> list[str]:
    """The digits of phone numbers, in the spelling that keys have."""
    found = [phones.national(digits, country)[-LONGEST_NUMBER:] for digits in numbers[:MOST_NUMBERS]]
    return list(dict.fromkeys([digits for digits in found if digits]))


def keys_of(name: str, words: list[str], numbers: list[str], mails: list[str]) -> list[str]:
    """All keys of a card but its fields'; `words` and `numbers` are those of the two functions above."""
    keys = ["n" + sort_key(name)] if name else []
    for place, word in enumerate(words):
        keys.append(" ".join(["w" + word, *words[:place], *words[place + 1 :]])[:LONGEST_KEY])
    keys += [mail_key(mail) for mail in mails if mail]
    for digits in numbers:
        keys += ["d" + digits[start:] for start in range(max(len(digits) - SHORTEST_RUN, 0) + 1)]
    return keys


def text_of(words: list[str], numbers: list[str]) -> str:
    """What a record's `words` column holds: every word after a space, every number after a #."""
    return "".join([f" {word}" for word in words] + [f" #{digits}" for digits in numbers])


def sort_key(name: str) -> str:
    return " ".join(folded(name).split())[:LONGEST_NAME]


def mail_key(mail: str) -> str:
    return "m" + folded(mail.strip())[:LONGEST_NAME]


def field_key(field_id: int, value: object) -> str:
    return f"f{field_id}={folded(str(value))[:LONGEST_NAME]}"


def sought(query: str, country: str) -> list[Term]:
    """What a record must have, all of it; none: nothing can be found."""
    text = query.strip()
    if like_a_number.fullmatch(text) and len(phones.digits_of(text)) >= SHORTEST_RUN:
        return [number_term(text, country)]
    if "@" in text[1:] and not any(letter.isspace() for letter in text):
        return [(mail_key(text),)]
    return [word_term(word, country) for word in words_of(text)]


def number_term(text: str, country: str) -> Term:
    """A run of digits; one that begins with 8 may mean the country's own way of writing +7."""
    digits = phones.digits_of(text)[:LONGEST_NUMBER]
    found = ["d" + digits]
    if country in phones.EIGHT_IS_SEVEN and digits[0] == "8" and not text.startswith("+"):
        found.append("d7" + digits[1:])
    if text.isdigit():
        found.append("w" + digits)
    return tuple(found)


def word_term(word: str, country: str) -> Term:
    """A word; one of digits may be a part of a number too."""
    return (
        number_term(word, country) if word.isascii() and word.isdigit() and len(word) >= SHORTEST_RUN else ("w" + word,)
    )


class Way(msgspec.Struct, frozen=True):
    """How a page is found; `driver` is the place of the term whose keys are gathered."""

    kind: Literal["walk", "merge", "gather", "owned"]
    driver: int = 0


class Sample(msgspec.Struct, frozen=True):
    """What a look at some of the cards has shown."""

    rows: int  # cards there are, about
    seen: int  # cards looked at
    terms: list[int]  # of them have each term,
    all_terms: int  # have all the terms,
    owned: int  # are of the owners that one sees,
    fitting: int  # are all of that


# What one row costs on each way, in microseconds: measured at a million contacts, all in memory.
KEY = 0.1
FETCHED = 2.0
WALKED = {"id": 0.3, "updated_at": 0.2, "created_at": 1.5}  # only for the second one the index has the words
MERGED = 0.2


def rarest(counts: Sequence[int]) -> int:
    return min(range(len(counts)), key=counts.__getitem__)


def cheapest(
    counts: Sequence[int], sample: Sample, terms: Sequence[Term], owners: int | None, rows: int, sorting: str
) -> Way:
    """The way to a page that costs least.

    `counts` are exact below their limit; `rows` are wanted, in the order of their ids or in another one, for which
    all that was gathered must be fetched. `owners` says of how many users one sees the cards, None of everybody.
    """
    if sample.seen == 0:
        return Way("gather", rarest(counts))
    every = sample.rows / sample.seen  # cards that one card of the sample stands for
    sizes = [
        count if count < MOST_COUNTED else max(seen * every, count)
        for count, seen in zip(counts, sample.terms, strict=True)
    ]
    driver = rarest([round(size) for size in sizes])
    fitting = max(sample.fitting, 0.5) * every
    part = min(rows / fitting, 1.0)  # of what fits is looked at, in the order that is asked for
    stopped = part if sorting == "id" else 1.0  # and of what was gathered is fetched
    passing = (max(sample.all_terms, 0.5) * every) if told_inside(terms) else sizes[driver]
    costs = {"gather": sizes[driver] * KEY + stopped * min(passing, sizes[driver]) * FETCHED}
    if not only_in_keys(terms):
        costs["walk"] = part * sample.rows * WALKED.get(sorting, WALKED["created_at"])
        if owners is not None:
            owned = max(sample.owned, 0.5) * every
            costs["owned"] = owned * KEY + stopped * owned * FETCHED
            if owners <= MOST_MERGED and sorting in ("id", "updated_at"):
                costs["merge"] = part * owned * MERGED
    return Way(min(costs, key=costs.__getitem__), driver)  # pyright: ignore[reportArgumentType]


def only_in_keys(terms: Sequence[Term]) -> bool:
    """The words of a card do not tell its whole e-mails."""
    return any(beginning.startswith("m") for term in terms for beginning in term)


def told_inside(terms: Sequence[Term]) -> bool:
    """Whether the keys of any of the words tell whether the others are there."""
    return all(len(term) == 1 and term[0].startswith("w") for term in terms)
