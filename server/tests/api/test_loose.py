"""Bodies as loose as clients send them, and the words in which a wrong one is refused."""

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from trubka.api import loose
from trubka.errors import Flaw, Invalid, Refused


class Inner(msgspec.Struct):
    id: int | None = None


class Item(msgspec.Struct):
    text: str
    count: int | None = None
    price: float | None = None
    flag: bool | None = None
    kind: Literal["a", "b"] | None = None
    short: Annotated[str, msgspec.Meta(max_length=3)] | None = None
    small: Annotated[int, msgspec.Meta(ge=1, le=10)] | None = None
    inner: Inner | None = None
    listed: list[Inner] | UnsetType | None = UNSET
    users: int | str | list[int | str] | None = None
    params: dict[str, Any] | None = None
    request_id: str | None = None


def read(body: bytes, form: bool = False) -> list[Item]:
    return loose.items(body, form, Item)


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        (b'[{"text":"x","count":5}]', "count", 5),
        (b'[{"text":"x","count":"5"}]', "count", 5),
        (b'[{"text":"x","count":5.9}]', "count", 5),
        (b'[{"text":"x","count":true}]', "count", 1),
        (b'[{"text":"x","count":null}]', "count", None),
        (b'[{"text":5}]', "text", "5"),
        (b'[{"text":"x","flag":1}]', "flag", True),
        (b'[{"text":"x","flag":"0"}]', "flag", False),
        (b'[{"text":"x","price":"1.5"}]', "price", 1.5),
        (b'[{"text":"x","price":1}]', "price", 1.0),
        (b'[{"text":"x","kind":"b"}]', "kind", "b"),
        (b'[{"text":"x","inner":[]}]', "inner", Inner()),
        (b'[{"text":"x","inner":{"id":"7"}}]', "inner", Inner(7)),
        (b'[{"text":"x","listed":{"0":{"id":1},"2":{"id":2}}}]', "listed", [Inner(1), Inner(2)]),
        (b'[{"text":"x","listed":null}]', "listed", None),
        (b'[{"text":"x"}]', "listed", UNSET),
        (b'[{"text":"x","users":"7001"}]', "users", "7001"),
        (b'[{"text":"x","users":[7001,"7002"]}]', "users", [7001, "7002"]),
        (b'[{"text":"x","unknown":{"a":[1]}}]', "text", "x"),
        (b'{"text":"x"}', "text", "x"),
        (b'{"5":{"text":"x"}}', "text", "x"),
        (b'[{"text":"\\u0436"}]', "text", "ж"),
    ],
)
def test_what_is_taken(body: bytes, name: str, value: Any):
    assert getattr(read(body)[0], name) == value


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        (b'[{"count":5}]', "FieldMissing", "text"),
        (b'[{"text":null}]', "FieldMissing", "text"),
        (b'[{"text":{}}]', "InvalidType", "text"),
        (b'[{"text":true}]', "InvalidType", "text"),
        (b'[{"text":"a\\u0000"}]', "InvalidValue", "text"),
        (b'[{"text":"x","count":"many"}]', "InvalidType", "count"),
        (b'[{"text":"x","count":18446744073709551615}]', "InvalidValue", "count"),
        (b'[{"text":"x","count":1e200}]', "InvalidValue", "count"),
        (b'[{"text":"x","small":11}]', "InvalidValue", "small"),
        (b'[{"text":"x","short":"long"}]', "TooLong", "short"),
        (b'[{"text":"x","kind":"c"}]', "NotSupportedChoice", "kind"),
        (b'[{"text":"x","inner":5}]', "InvalidType", "inner"),
        (b'[{"text":"x","listed":[{"id":"q"}]}]', "InvalidType", "listed.0.id"),
        (b'[{"text":"x","listed":{"a":1}}]', "InvalidType", "listed"),
        (b'[{"text":"x","params":{"a":"\\u0000"}}]', "InvalidValue", "params.a"),
        (b"[5]", "InvalidType", ""),
    ],
)
def test_what_is_refused_and_where(body: bytes, code: str, path: str):
    with pytest.raises(Invalid) as refused:
        read(body)
    flaw = refused.value.items[0].errors[0]
    assert (flaw.code, flaw.path) == (code, path)


def test_every_wrong_item_is_told_under_its_key():
    with pytest.raises(Invalid) as refused:
        read(b'[{"text":"x"},{"request_id":"a"},{"request_id":7},{}]')
    assert [item.request_id for item in refused.value.items] == ["a", "7", "3"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'[{"text":"x","count":1e400}]',
        b"  ",
        b"[]",
        b"{",
        b"\xff",
        b'["\\ud800"]',
        b"[" * 1_000 + b"]" * 1_000,
        b'{"text":' + b"[" * 70 + b"]" * 70 + b"}",
    ],
)
def test_what_is_no_request(body: bytes):
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.status == 400


def test_too_many_items():
    with pytest.raises(Refused):
        read(b"[" + b",".join([b'{"text":"x"}'] * 251) + b"]")
    assert len(read(b"[" + b",".join([b'{"text":"x"}'] * 250) + b"]")) == 250


def test_forms_in_brackets_and_json_in_a_form():
    assert read(b"0[text]=x&0[inner][id]=5&0[users][]=7&0[users][]=8", form=True) == [
        Item("x", inner=Inner(5), users=["7", "8"])
    ]
    assert read(b'[{"text":"x"}]', form=True) == [Item("x")]


def test_one_object():
    class Body(msgspec.Struct):
        user_id: int | None = None

    for body in (b"", b"[]", b"{}"):
        assert loose.one(body, False, Body) == Body()
    assert loose.one(b'{"user_id":"7"}', False, Body) == Body(7)
    with pytest.raises(Invalid):
        loose.one(b'{"user_id":"x"}', False, Body)
    with pytest.raises(Refused):
        loose.one(b"", False, Item)


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
tree = st.recursive(
    leaf, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3)
)
shaped = st.dictionaries(st.sampled_from([field.name for field in msgspec.structs.fields(Item)]), tree)


@given(st.lists(shaped | tree, max_size=3) | tree)
def test_nothing_breaks_it(body: Any):
    raw = msgspec.json.encode(body)
    try:
        found = read(raw)
    except Refused:
        return
    assert all(isinstance(item, Item) for item in found)


@given(st.lists(shaped, min_size=1, max_size=3))
def test_the_fast_way_and_the_loose_way_agree(body: Any):
    """What the strict decoder takes means the same when it is read loosely."""
    raw = msgspec.json.encode(body)
    try:
        strict = msgspec.json.decode(raw, type=list[Item])
    except msgspec.DecodeError:
        return
    if not loose.unsure.search(raw):
        assert loose.one(msgspec.json.encode(body[0]), False, Item) == strict[0]


@pytest.mark.parametrize(
    ("value", "expected", "wrong"),
    [
        ({}, {}, []),
        ([], {}, []),
        ({"text": None, "count": "5", "unknown": 1}, {"count": 5}, []),
        ({"inner": {"id": 7.9}}, {"inner": Inner(7)}, []),
        ("text", {}, ["p"]),
        ([1], {}, ["p"]),
        ({"count": "many", "text": "x"}, {"count": None, "text": "x"}, ["p.count"]),
    ],
)
def test_of_a_change_only_what_is_given_is_read(value: object, expected: dict[str, Any], wrong: list[str]):
    flaws: list[Flaw] = []
    assert loose.part(Item, value, "p", flaws) == expected
    assert [flaw.path for flaw in flaws] == wrong


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        (rb'{"text":"\u000b C:\\users 12345678901234567890"}', True),
        (rb'{"text":"x","count":9223372036854775807}', True),
        (rb'{"text":"x","count":9223372036854775808}', False),
        (rb'{"text":"x","count":123456789012345678901234567890}', False),
        (rb'{"text":"a\u0000b"}', False),
        (rb'{"text":"x","more":[{"a\u0000":1}]}', False),
    ],
)
def test_our_own_browsers_bodies(raw: bytes, taken: bool):
    class Body(msgspec.Struct):
        text: str
        count: int = 0
        more: Any = None

    if taken:
        assert loose.strictly(raw, Body) == msgspec.json.decode(raw, type=Body)
    else:
        with pytest.raises(Refused):
            loose.strictly(raw, Body)
