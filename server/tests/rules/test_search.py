"""The keys of a card, and what a query asks of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules import search
from trubka.rules.cards import keyed
from trubka.rules.fields import Enum, Field, Kept, Keying
from trubka.rules.search import Sample, Term, cheapest

FIELDS = [
    Field(1, "Phone", "PHONE", "multitext", (1,), enums=[Enum(11, "WORK")]),
    Field(2, "Email", "EMAIL", "multitext", (1,), enums=[Enum(12, "WORK")]),
    Field(3, "Position", "POSITION", "text", (1,)),
]
letters = st.text(alphabet="абвёЁйЙABCxyzßİ", min_size=1, max_size=8)
numbers = st.from_regex(r"\+?[0-9]{4,15}", fullmatch=True)


def card(name: str, *numbers: str, mails: tuple[str, ...] = (), country: str = "RU") -> tuple[frozenset[str], str]:
    stored: Kept = {"1": [{"value": number} for number in numbers], "2": [{"value": mail} for mail in mails]}
    found = keyed(name, Keying.of(FIELDS), stored, country)
    return found.keys, found.words


def has(keys: frozenset[str], terms: list[Term]) -> bool:
    """What the database does: every term is the beginning of some key."""
    return bool(terms) and all(any(k.startswith(b) for k in keys for b in term) for term in terms)


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("Пётр Ёлкин", "елк ПЕТ", True),
        ("Пётр Ёлкин", "ёлкин пётр", True),
        ("Пётр Ёлкин", "тр", False),
        ("Zoë O'Brien", "obrien", False),
        ("Zoë O'Brien", "o zo", True),
        ("Анна-Мария", "мар", True),
        ("Сделка 12345", "1234", True),
        ("Сделка 12345", "сделка 12345", True),
        ("\u0438\u0306од", "йод", True),  # й in two signs
        ("", "a", False),
        ("Иван", "...", False),
    ],
)
def test_names(name: str, query: str, found: bool):
    assert has(card(name)[0], search.sought(query, "RU")) is found


@pytest.mark.parametrize(
    ("written", "country", "query", "found"),
    [
        ("+7 916 123-45-67", "RU", "8916123", True),
        ("+7 916 123-45-67", "RU", "8 (916) 123", True),
        ("+7 916 123-45-67", "US", "8916123", False),
        ("8 916 123-45-67", "RU", "+7916", True),
        ("8 916 123-45-67", "RU", "8916", True),
        ("+7 916 123-45-67", "RU", "+8916", False),
        ("+7 916 123-45-67", "RU", "9161", True),
        ("+7 916 123-45-67", "RU", "916", False),
        ("101", "RU", "101", False),  # shorter runs are words
        ("+49 30 1234 ext 5678", "DE", "5678", False),
        ("+49 30 1234", "DE", "4930", True),
    ],
)
def test_runs_of_digits(written: str, country: str, query: str, found: bool):
    assert has(card("X", written, country=country)[0], search.sought(query, country)) is found


@pytest.mark.parametrize(
    "query", ["Ivan.Petrov@Mail.ru", "ivan.p@", "ivan.petrov@m", "@mail.ru", "petrov mail", "ivan"]
)
def test_mails(query: str):
    keys, _ = card("Somebody", mails=("ivan.petrov@mail.RU",))
    assert has(keys, search.sought(query, "RU")) is (query != "ivan.p@")


@given(numbers, st.data())
def test_any_run_of_four_digits_or_more_finds_the_number(number: str, data: st.DataObject):
    digits = number.removeprefix("+")
    start = data.draw(st.integers(0, len(digits) - 4))
    end = data.draw(st.integers(start + 4, len(digits)))
    assert has(card("X", number)[0], search.sought(digits[start:end], "RU"))


@given(st.lists(letters, min_size=1, max_size=6), st.data())
def test_any_beginnings_in_any_order_and_case_find_the_name(words: list[str], data: st.DataObject):
    chosen = data.draw(st.permutations(words))[: data.draw(st.integers(1, len(words)))]
    parts = [word[: data.draw(st.integers(1, len(word)))] for word in chosen]
    written = [part.upper().lower() if data.draw(st.booleans()) else part for part in parts]
    written = [part for part in written if search.words_of(part)]
    assert has(card(" ".join(words))[0], search.sought(" ".join(written), "RU")) or not written


@given(st.lists(letters, max_size=40), st.lists(numbers, max_size=3))
def test_keys_are_short_enough_for_an_index(words: list[str], written: list[str]):
    keys, _ = card(" ".join(words), *written)
    assert all(len(key.encode()) < 2_000 for key in keys)


def test_a_key_carries_the_other_words():
    keys, words = card("Иван Петров", "8 916 123-45-67")
    assert {"wиван петров", "wпетров иван", "nиван петров", "d4567", "d79161234567"} <= keys
    assert words == " иван петров #79161234567"


@pytest.mark.parametrize("letter", ["a", "я", "語", "𠀀"])
def test_words_and_numbers_fit_beside_the_columns_of_an_index(letter: str):
    written = [letter * 38 + chr(ord("а") + place) + letter for place in range(30)]
    _, words = card(" ".join(written), *(f"{place:020}" for place in range(40)))
    assert len(words.encode()) <= 2_604
    assert words.count(" ") - words.count("#") == {"a": 24, "я": 24, "語": 16, "𠀀": 12}[letter]


ONE, TWO = ("wиван",), ("wмария",)


MANY = search.MOST_COUNTED


def sample(*terms: int, both: int | None = None, owned: int = 2_000, fitting: int | None = None) -> Sample:
    """Two thousand of a million cards were looked at."""
    both = min(terms) if both is None else both
    return Sample(1_000_000, 2_000, list(terms), both, owned, both if fitting is None else fitting)


@pytest.mark.parametrize(
    ("counts", "sample", "terms", "owners", "sorting", "way"),
    [
        ([MANY], sample(160), [ONE], None, "id", "walk"),  # common
        ([3_000], sample(6), [ONE], None, "id", "gather 0"),
        ([MANY, 1_500], sample(160, 3, both=0), [ONE, TWO], None, "id", "gather 1"),
        ([MANY, MANY], sample(160, 80, both=2), [ONE, TWO], None, "id", "gather 1"),  # both common, together rare
        ([MANY, MANY], sample(500, 400, both=100), [ONE, TWO], None, "updated_at", "walk"),
        ([MANY], sample(160, owned=0, fitting=0), [ONE], 1, "id", "merge"),  # an agent with few cards
        ([MANY], sample(160, owned=0, fitting=0), [ONE], 50, "id", "owned"),  # fifty who have few cards together
        ([MANY], sample(160, owned=0, fitting=0), [ONE], 1, "created_at", "owned"),  # no index has theirs in that order
        ([MANY], sample(160, owned=100, fitting=8), [ONE], 2, "updated_at", "merge"),
        ([MANY], sample(160, owned=1_000, fitting=80), [ONE], 50, "id", "walk"),
        ([MANY], sample(2_000), [("mivan@",)], None, "id", "gather 0"),  # only keys know whole e-mails
        ([MANY], Sample(1_000_000, 0, [0], 0, 0, 0), [ONE], 1, "id", "gather 0"),  # a small account in a big table
    ],
)
def test_the_cheapest_way(
    counts: list[int], sample: Sample, terms: list[Term], owners: int | None, sorting: str, way: str
):
    found = cheapest(counts, sample, terms, owners, 251, sorting)
    assert way in (found.kind, f"{found.kind} {found.driver}")
