"""The query grammar: every spelling that clients use means the same, and nothing that is sent breaks it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.api.query import Query, Span, int_of
from trubka.errors import Refused, Unprocessable

MOST = 100


def query(raw: str) -> Query:
    return Query(raw, MOST)


@pytest.mark.parametrize(
    "raw",
    [
        "filter[id][]=5&filter[id][]=6",
        "filter[id][0]=5&filter[id][1]=6",
        "filter[id]=5,6",
        "filter%5Bid%5D%5B0%5D=5&filter%5Bid%5D%5B1%5D=6",
        "filter[id][]=5,6",
        "filter[id][1]=5&filter[id][]=6",
        "filter[id][]=5&filter[id][7]=6",
        "filter[id][x]=5&filter[id][]=6",
        "filter[id][a]=5&filter[id][b]=6.0",
        "filter[id]= 5 , 6 ,abc,99999999999999999999",
    ],
)
def test_lists_in_every_spelling(raw: str):
    assert query(raw).ints("filter", "id") == [5, 6]


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("filter[created_at][from]=1&filter[created_at][to]=2", 1, 2),
        ("filter[created_at][from]=1", 1, None),
        ("filter[created_at][to]=2", None, 2),
        ("filter[created_at]=1", 1, None),
        ("filter[created_at]=1,2", 1, 2),
        ("filter[created_at][]=1", 1, None),
    ],
)
def test_ranges_in_every_spelling(raw: str, low: int | None, high: int | None):
    span = query(raw).span("filter", "created_at")
    assert isinstance(span, Span)
    assert (span.low, span.high) == (low, high)


@pytest.mark.parametrize("raw", ["", "filter[created_at]=", "filter[created_at][from]=x", "filter=1"])
def test_no_range(raw: str):
    assert query(raw).span("filter", "created_at") is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("filter[is_completed]=1", True),
        ("filter[is_completed]=false", False),
        ("filter[is_completed][]=0", False),
        ("", None),
    ],
)
def test_yes_and_no(raw: str, expected: bool | None):
    assert query(raw).flag("filter", "is_completed") is expected


def test_the_order_may_be_doubled_and_only_known_fields_count():
    order = query("order[id]=asc&order[id]=asc&order[name]=desc").order("updated_at", "id")
    assert order is not None
    assert (order.field, order.descending) == ("id", False)
    assert query("order[name]=desc").order("id") is None


def test_pages_and_limits():
    assert (query("").page, query("").limit) == (1, 50)
    assert (query("page=3&limit=250").page, query("page=3&limit=250").limit) == (3, 250)
    assert (query("page=-1&limit=0").page, query("page=x&limit=x").limit) == (1, 50)
    with pytest.raises(Unprocessable):
        query("limit=251").limit  # noqa: B018


def test_a_plus_is_a_space_and_names_may_be_unknown():
    assert query("query=+79990001122").text("query") == " 79990001122"
    assert query("query=%2B79990001122").text("query") == "+79990001122"
    assert query("with=leads,%20null,,tags").withs() == {"leads", "null", "tags"}
    assert query("").withs() == set()


def test_values_with_commas_stay_whole_where_asked():
    assert query("filter[name][]=A, B").whole_texts("filter", "name") == ["A, B"]


@pytest.mark.parametrize(
    "raw", ["&".join(f"a{n}=1" for n in range(MOST + 1)), "a=%00", "a%00=1", "a" + "[x]" * 9 + "=1"]
)
def test_what_is_too_much_is_refused(raw: str):
    with pytest.raises(Refused):
        query(raw)


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("-5", -5), ("5.9", 5), ("1e3", 1000), ("9223372036854775807", 2**63 - 1)]
)
def test_numbers(text: str, value: int):
    assert int_of(text) == value


@pytest.mark.parametrize(
    "text", ["", "abc", "nan", "inf", "1e400", "9223372036854775808", "-9223372036854775809", "1" * 400]
)
def test_no_numbers(text: str):
    assert int_of(text) is None


names = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=8)


@given(st.lists(st.tuples(names, st.lists(names, max_size=4), names), max_size=20))
def test_nothing_breaks_it(pairs: list[tuple[str, list[str], str]]):
    raw = "&".join(
        quote(name) + "".join(f"[{quote(step)}]" for step in steps) + "=" + quote(value) for name, steps, value in pairs
    )
    found = query(raw)
    for name, _, _ in pairs:
        for read in (found.texts, found.ints, found.span, found.flag, found.text):
            read(name)
    assert found.page >= 1


@given(st.text(max_size=200))
def test_not_even_raw_text(raw: str):
    try:
        found = query(raw)
    except Refused:
        return
    found.order("id")
    found.ints("filter", "id")
