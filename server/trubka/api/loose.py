"""Reads bodies as loosely as amoCRM does: numbers as text, floats for whole numbers, 0 and 1 for yes and no, a bare
object for a list of one, a PHP array with gaps for a list, nulls for what is not given.

The strict decoder is tried first, for it takes a tenth of the time; what it refuses is read again here, and what is
refused here is told field by field in amoCRM's words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec
from msgspec import UNSET, inspect

from trubka.api import query
from trubka.errors import Flaw, FlawedItem, Invalid, Refused

T = TypeVar("T")
Read = Callable[[Any, str, list[Flaw]], Any]

ITEMS = 250  # a request
DEEPEST = 64
LONGEST_TEXT = 65_536
INT8 = 2**63 - 1
EMPTY = "Request data can not be empty"
MISSING = object()

unsure = re.compile(rb"\\u|\0|\d{19}")  # perhaps a NUL, perhaps a number beyond int8: the strict decoder takes both

_reads: dict[Any, Read] = {}
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def items(raw: bytes, form: bool, kind: type[T], most: int = ITEMS) -> list[T]:
    """A batch. Every item that is wrong is told under its request_id, and none is taken."""
    if not form and not unsure.search(raw):
        try:
            batch = cast(list[T], decoder(list[kind]).decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            batch = []
        if batch and len(batch) <= most and all(short(item) for item in batch):
            return batch
    told = as_list(tree_of(raw, form))
    if not told:
        raise Refused(EMPTY)
    if len(told) > most:
        raise Refused(f"No more than {most} items are accepted in one request.")
    read = reader(kind)
    flawed: list[FlawedItem] = []
    found: list[T] = []
    for index, each in enumerate(told):
        flaws: list[Flaw] = []
        found.append(read(each, "", flaws))
        if flaws:
            flawed.append(FlawedItem(request_id_of(each, index), flaws))
    if flawed:
        raise Invalid(flawed)
    return found


def one(raw: bytes, form: bool, kind: type[T]) -> T:
    """A single object. Nothing at all is an empty object where every field may be left out."""
    tree: object = tree_of(raw, form) if raw.strip() else {}
    listed = cast(list[object], tree) if isinstance(tree, list) else []
    if len(listed) == 1:
        tree = listed[0]
    flaws: list[Flaw] = []
    found = reader(kind)(tree, "", flaws)
    if flaws:
        if not raw.strip():
            raise Refused(EMPTY)
        raise Invalid([FlawedItem(request_id_of(cast(object, tree), 0), flaws)])
    return found


def strictly(raw: bytes, kind: type[T]) -> T:
    """A single object of our own browser's, which has no reason to be loose; and so may be of any shape."""
    found = exactly(raw, kind)
    if unsure.search(raw):
        check(tree_of(raw, False))
    return found


def check(tree: object) -> None:
    """What no column takes: a NUL in a text, a number beyond int8."""
    match tree:
        case str():
            if "\0" in tree:
                raise Refused("A NUL character is not accepted.")
        case int() | float():
            if not -INT8 <= tree <= INT8:
                raise Refused("A number of the body is too large.")
        case dict():
            for key, value in cast(dict[str, object], tree).items():
                check(key)
                check(value)
        case list():
            for each in cast(list[object], tree):
                check(each)
        case _:
            pass


def exactly(raw: bytes, kind: type[T]) -> T:
    """The same of any encoder's: who asks for it looks by himself for a NUL and for a number beyond int8."""
    try:
        return cast(T, decoder(kind).decode(raw or b"{}"))
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        raise Invalid([FlawedItem("0", [Flaw("InvalidValue", path.strip(".`"), f"{text}.")])]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"The body is not valid JSON: {error}") from None


def tree_of(raw: bytes, form: bool) -> object:
    """The body as plain objects; a form may carry JSON all the same."""
    text = raw.strip()
    if not text:
        raise Refused(EMPTY)
    if form and text[:1] not in (b"{", b"["):
        return query.parse(text.decode("utf-8", "replace"), 50_000)
    try:
        tree = msgspec.json.decode(text)
    except RecursionError:
        raise Refused(f"JSON nested deeper than {DEEPEST} levels is not accepted.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"The body is not valid JSON: {error}") from None
    if too_deep(tree):
        raise Refused(f"JSON nested deeper than {DEEPEST} levels is not accepted.")
    return tree


def too_deep(tree: object, left: int = DEEPEST) -> bool:
    if isinstance(tree, dict):
        return left == 0 or any(too_deep(below, left - 1) for below in cast(dict[str, object], tree).values())
    if isinstance(tree, list):
        return left == 0 or any(too_deep(below, left - 1) for below in cast(list[object], tree))
    return False


def short(item: object) -> bool:
    """Whether no text of a struct that the strict decoder took is longer than the loose reader would take."""
    return all(
        not isinstance(value, str) or len(value) <= LONGEST_TEXT for value in msgspec.structs.astuple(cast(Any, item))
    )


def as_list(tree: object) -> list[object]:
    if isinstance(tree, list):
        return cast(list[object], tree)
    if isinstance(tree, dict):
        keyed = cast(dict[str, object], tree)
        if keyed and all(key.isdigit() for key in keyed):
            return list(keyed.values())
        return [keyed]
    return [tree]


def request_id_of(item: object, index: int) -> str:
    given = cast(dict[str, object], item).get("request_id") if isinstance(item, dict) else None
    return str(index) if given is None or isinstance(given, dict | list) else str(given)


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    if (found := _decoders.get(kind)) is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


def part(kind: type[msgspec.Struct], value: Any, path: str, flaws: list[Flaw]) -> dict[str, Any]:
    """The fields of a struct that were given, and only those: what a change is made of. A null changes nothing."""
    if isinstance(value, list) and not value:
        value = {}
    if not isinstance(value, dict):
        flaw(flaws, "InvalidType", path, "This value should be of type object.")
        return {}
    given = cast(dict[str, Any], value)
    return {
        field.name: reader(field.type)(each, joined(path, field.encode_name), flaws)
        for field in msgspec.structs.fields(kind)
        if (each := given.get(field.encode_name)) is not None
    }


def reader(kind: Any) -> Read:
    if (found := _reads.get(kind)) is None:
        found = _reads[kind] = read_of(inspect.type_info(kind))
    return found


def read_of(info: inspect.Type) -> Read:
    match info:
        case inspect.AnyType():
            return read_any
        case inspect.IntType():
            return read_int(info.ge, info.le)
        case inspect.FloatType():
            return read_float
        case inspect.StrType():
            return read_text(info.max_length, info.min_length)
        case inspect.BoolType():
            return read_flag
        case inspect.LiteralType():
            return read_choice(info.values)
        case inspect.EnumType():
            return read_choice(tuple(member.value for member in info.cls), info.cls)
        case inspect.ListType():
            return read_list(read_of(info.item_type), info.max_length)
        case inspect.VarTupleType():
            return read_list(read_of(info.item_type), None)
        case inspect.DictType():
            return read_dict(read_of(info.value_type))
        case inspect.StructType():
            return read_struct(info)
        case inspect.UnionType():
            return read_union(info)
        case inspect.NoneType():
            return read_any
        case _:
            raise NotImplementedError(f"{info} cannot be read loosely")


def flaw(flaws: list[Flaw], code: str, path: str, detail: str) -> None:
    flaws.append(Flaw(code, path, detail))


def read_any(value: Any, path: str, flaws: list[Flaw]) -> Any:
    if has_nul(value):
        flaw(flaws, "InvalidValue", path, "This value should not contain the NUL character.")
    return value


def has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(has_nul(k) or has_nul(v) for k, v in cast(dict[str, Any], value).items())
    if isinstance(value, list):
        return any(has_nul(v) for v in cast(list[Any], value))
    return False


def read_int(least: int | None, most: int | None) -> Read:
    low = -INT8 if least is None else least
    high = INT8 if most is None else most

    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        number: int
        if isinstance(value, int):  # true and false too: PHP sends them for 1 and 0
            number = int(value)
        elif isinstance(value, float) and math.isfinite(value):
            number = math.floor(value)
        elif isinstance(value, str) and (found := query.int_of(value.strip())) is not None:
            number = found
        else:
            return flaw(flaws, "InvalidType", path, "This value should be of type int.")
        if not low <= number <= high:
            return flaw(flaws, "InvalidValue", path, f"This value should be between {low} and {high}.")
        return number

    return read


def read_float(value: Any, path: str, flaws: list[Flaw]) -> Any:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = math.nan
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return flaw(flaws, "InvalidType", path, "This value should be of type numeric.")


def read_text(longest: int | None, shortest: int | None) -> Read:
    most = LONGEST_TEXT if longest is None else longest

    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return flaw(flaws, "InvalidType", path, "This value should be of type string.")
        text = str(value)
        if "\0" in text:
            return flaw(flaws, "InvalidValue", path, "This value should not contain the NUL character.")
        if len(text) > most:
            return flaw(flaws, "TooLong", path, f"This value is too long. It should have {most} characters or less.")
        if shortest is not None and len(text.strip()) < shortest:
            return flaw(flaws, "FieldMissing", path, "This value should not be blank.")
        return text

    return read


def read_flag(value: Any, path: str, flaws: list[Flaw]) -> Any:
    if isinstance(value, bool):
        return value
    if value in (0, 1, "0", "1", "true", "false", "Y", "N", ""):
        return value in (1, "1", "true", "Y")
    return flaw(flaws, "InvalidType", path, "This value should be of type bool.")


def read_choice(choices: tuple[Any, ...], kind: Callable[[Any], Any] = lambda value: value) -> Read:
    by_text = {str(choice): choice for choice in choices}

    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if isinstance(value, str | int) and str(value) in by_text:
            return kind(by_text[str(value)])
        return flaw(flaws, "NotSupportedChoice", path, "The value you selected is not a valid choice.")

    return read


def read_list(below: Read, most: int | None) -> Read:
    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if isinstance(value, dict):
            keyed = cast(dict[str, Any], value)
            if not all(key.isdigit() for key in keyed):
                return flaw(flaws, "InvalidType", path, "This value should be of type array.")
            value = list(keyed.values())
        if not isinstance(value, list):
            return flaw(flaws, "InvalidType", path, "This value should be of type array.")
        listed = cast(list[Any], value)
        if most is not None and len(listed) > most:
            return flaw(flaws, "TooLong", path, f"This list should have {most} items or less.")
        return [below(each, joined(path, str(index)), flaws) for index, each in enumerate(listed)]

    return read


def read_dict(below: Read) -> Read:
    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if isinstance(value, list) and not value:
            return {}
        if isinstance(value, list):
            value = {str(index): each for index, each in enumerate(cast(list[Any], value))}
        if not isinstance(value, dict):
            return flaw(flaws, "InvalidType", path, "This value should be of type object.")
        keyed = cast(dict[str, Any], value)
        if any("\0" in key for key in keyed):
            return flaw(flaws, "InvalidValue", path, "A key should not contain the NUL character.")
        return {key: below(each, joined(path, key), flaws) for key, each in keyed.items()}

    return read


def read_struct(info: inspect.StructType) -> Read:
    kind = info.cls
    plan: list[tuple[inspect.Field, Read]] = []

    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if not plan:  # made at the first use, since structs may hold themselves
            plan.extend((field, read_of(field.type)) for field in info.fields)
        if isinstance(value, list) and not value:
            value = {}
        if not isinstance(value, dict):
            return flaw(flaws, "InvalidType", path, "This value should be of type object.")
        given = cast(dict[str, Any], value)
        before = len(flaws)
        found: dict[str, Any] = {}
        for field, below in plan:
            each = given.get(field.encode_name, MISSING)
            here = joined(path, field.encode_name)
            if each is MISSING or (each is None and not takes_null(field.type)):
                if field.required:
                    flaw(flaws, "FieldMissing", here, "This field is missing.")
                continue
            found[field.name] = below(each, here, flaws)
        return None if len(flaws) > before else kind(**found)

    return read


def takes_null(info: inspect.Type) -> bool:
    match info:
        case inspect.NoneType() | inspect.AnyType():
            return True
        case inspect.UnionType():
            return any(takes_null(each) for each in info.types)
        case _:
            return False


def read_union(info: inspect.UnionType) -> Read:
    """The first reading that fits; where exact types are among the choices, the exact one wins."""
    null = takes_null(info)
    reads = [(each, read_of(each)) for each in info.types if not isinstance(each, inspect.NoneType)]

    def read(value: Any, path: str, flaws: list[Flaw]) -> Any:
        if value is None and null:
            return None
        for kind, below in reads:
            if exact(kind, value):
                return below(value, path, flaws)
        first: list[Flaw] = []
        for _, below in reads:
            tried: list[Flaw] = []
            found = below(value, path, tried)
            if not tried:
                return found
            first = first or tried
        flaws.extend(first)
        return None

    return read


def exact(kind: inspect.Type, value: Any) -> bool:
    match kind:
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, float)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.ListType():
            return isinstance(value, list)
        case inspect.StructType() | inspect.DictType():
            return isinstance(value, dict)
        case _:
            return False


def joined(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def given(value: T | msgspec.UnsetType | None, otherwise: T) -> T:
    """What was given; null and nothing are the same on creation."""
    return otherwise if value is None or value is UNSET else cast(T, value)
