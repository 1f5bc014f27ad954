"""What contacts, companies, leads and customers share on the wire: their five endpoints, filters, fields and answers.

A module of theirs says what only it has, as a `Face`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import GenericAlias
from typing import Annotated, Any, LiteralString

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import cards as actions
from trubka.api import hal, pages
from trubka.api.asked import Answer, Asked
from trubka.api.routes import Items, OneOf, Page, Routes
from trubka.db import cards as card_rows
from trubka.db.cards import Sorting, Wanted
from trubka.rules import cards as rules
from trubka.rules import fields as field_rules
from trubka.rules import phones, search
from trubka.rules.bonds import Bond
from trubka.rules.entities import Entity
from trubka.rules.fields import Given
from trubka.rules.rights import Sight, sight

Moment = Annotated[int, msgspec.Meta(ge=0, le=field_rules.LAST_MOMENT)]
Int4 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Text = Annotated[str, msgspec.Meta(max_length=rules.LONGEST_NAME)]
LISTED = (
    "with",
    "page",
    "limit",
    "query",
    "filter",
    "order",
)  # the parameters of a list, for the description


class TagIn(msgspec.Struct):
    id: int | None = None
    name: Text | None = None
    color: str | None = None


class Tag(msgspec.Struct):
    id: int
    name: str
    color: str | None


TagsIn = Annotated[list[TagIn], msgspec.Meta(max_length=rules.MOST_TAGS)]


class EmbeddedIn(msgspec.Struct):
    tags: TagsIn | UnsetType | None = UNSET

    def bonds(self, entity: Entity) -> list[Bond]:
        """What a new card is bound to."""
        return []


class CardIn(msgspec.Struct, kw_only=True):
    """A new card or a change to one; keys that only the server writes are taken and say nothing."""

    id: int | None = None
    name: Text | None = None
    responsible_user_id: int | None = None
    created_by: int | None = None
    updated_by: int | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    custom_fields_values: list[Given] | None = None
    tags_to_add: TagsIn | None = None
    tags_to_delete: TagsIn | None = None
    request_id: str | None = None


class Card(msgspec.Struct, kw_only=True):
    """What every card shows."""

    id: int
    name: str
    responsible_user_id: int
    group_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    closest_task_at: int | None
    is_deleted: bool
    custom_fields_values: list[Any] | None
    account_id: int
    links: hal.Self = msgspec.field(name="_links")


class Embedded(msgspec.Struct, kw_only=True, omit_defaults=True):
    tags: list[Tag]
    catalog_elements: list[Any] | UnsetType = UNSET


class Shown(msgspec.Struct, kw_only=True):
    """Just the number of a card that was made, with the key of its sender."""

    id: int
    request_id: str
    links: hal.Self = msgspec.field(name="_links")


class Changed(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: int
    name: str | UnsetType = UNSET
    updated_at: int
    request_id: str
    links: hal.Self = msgspec.field(name="_links")


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of card looks on the wire."""

    kind: actions.Kind
    taken: type[CardIn]
    shown: type[Card]  # those of its fields that are columns are shown as they stand in the table
    embedded: type[Embedded]
    always: tuple[Entity, ...] = ()  # which cards that it is bound to are always told,
    asked: tuple[Entity, ...] = ()  # and which by `with`
    with_main: bool = False  # the main contact is marked
    show: LiteralString = ""  # more columns
    spans: tuple[str, ...] = ()  # filters by range
    among: tuple[str, ...] = ()  # filters by values
    more: Callable[[Asked, Any, Any], Any] = lambda asked, row, card: card  # what else goes into the answer
    instead: Any = None  # what `more` may show in place of the card
    ready: Callable[[Asked], None] = lambda asked: None  # refuses where the account does not have this kind

    @property
    def entity(self) -> Entity:
        return self.kind.entity


def resource(face: Face) -> Routes:
    """The five endpoints of a kind of card."""
    entity, plural = face.entity, face.entity.plural
    routes = Routes(f"/api/v4/{plural}")
    told = face.shown if face.instead is None else OneOf((face.shown, face.instead))
    batch_of = GenericAlias(list, (face.taken,))

    async def rows_of(asked: Asked, found: Wanted) -> list[Any]:
        return await card_rows.page(asked.db, asked.account_id, entity, found, face.show)

    async def list_cards(asked: Asked) -> Answer | None:
        face.ready(asked)
        if (found := wanted(asked, face)) is None:
            return None
        return pages.answer(asked, plural, await rows_of(asked, found), shower(asked, face), mark(found.sorting))

    async def get_card(asked: Asked, card_id: int) -> Any:
        face.ready(asked)
        found = Wanted(
            limit=1,
            ids=[card_id],
            sight=sight(asked.me, entity),
            linked=linked(asked, face),
            deleted="only_deleted" in asked.query.withs(),
        )
        rows = await rows_of(asked, found)
        return shower(asked, face)(rows[0]) if rows else None

    async def add_cards(asked: Asked, batch: list[CardIn]) -> dict[str, Any]:
        face.ready(asked)
        wishes = [wish(face, index, card) for index, card in enumerate(batch)]
        ids = await actions.add(asked.db, asked.me, asked.account, face.kind, wishes, asked.now)
        return added(asked, entity, ids, [each.request_id for each in wishes])

    async def change_cards(asked: Asked, batch: list[CardIn]) -> dict[str, Any]:
        face.ready(asked)
        wishes = [wish(face, index, card) for index, card in enumerate(batch)]
        rows = await actions.change(asked.db, asked.me, asked.account, face.kind, wishes, asked.now)
        shown = changed(asked, entity, rows, [each.request_id for each in wishes])
        return {"_links": asked.link(f"/api/v4/{plural}"), "_embedded": {plural: shown}}

    async def change_card(asked: Asked, card_id: int, card: CardIn) -> Changed:
        face.ready(asked)
        card.id = card_id
        wishes = [wish(face, 0, card)]
        rows = await actions.change(asked.db, asked.me, asked.account, face.kind, wishes, asked.now)
        return changed(asked, entity, rows, [wishes[0].request_id])[0]

    def on(do: Any, text: str, method: str, path: str = "", **about: Any) -> None:
        do.__doc__ = text
        do.__name__ = do.__name__.replace("cards", plural).replace("card", entity.name)
        routes.on(method, path, **about)(do)

    on(list_cards, f"{plural.title()}, a page at a time.", "GET", answer=Page(plural, told), query=LISTED)
    one = f"One {entity.name}; one that is not there, or not to be seen, is 204."
    on(get_card, one, "GET", "/{id}", answer=told, query=("with",))
    on(add_cards, f"New {plural}.", "POST", body=batch_of, answer=Items(plural, Shown))
    several = f"Changes to several {plural}, each with its id."
    on(change_cards, several, "PATCH", body=batch_of, answer=Items(plural, Changed))
    on(change_card, f"Changes to one {entity.name}.", "PATCH", "/{id}", body=face.taken, answer=Changed)
    return routes


SHARED = {*CardIn.__struct_fields__, "embedded"}


def wish(face: Face, index: int, card: CardIn) -> rules.Asked:
    """What is asked for in the words of the rules; the fields that only this kind has go along by their names."""
    embedded: EmbeddedIn | None = getattr(card, "embedded", None)
    whole = UNSET if embedded is None else embedded.tags
    return rules.Asked(
        id=card.id,
        request_id=str(index) if card.request_id is None else card.request_id,
        name=card.name,
        responsible_user_id=card.responsible_user_id,
        created_by=card.created_by,
        updated_by=card.updated_by,
        created_at=card.created_at,
        updated_at=card.updated_at,
        given=card.custom_fields_values or [],
        tags=None if whole is UNSET else tags_of(whole or []),  # null and an empty list remove all
        tags_to_add=tags_of(card.tags_to_add or []),
        tags_to_delete=tags_of(card.tags_to_delete or []),
        bonds=[] if embedded is None else embedded.bonds(face.entity),
        more={name: getattr(card, name) for name in face.taken.__struct_fields__ if name not in SHARED},
    )


def tags_of(sent: Sequence[TagIn]) -> list[rules.Tag]:
    return [rules.Tag(tag.id, tag.name) for tag in sent]


def wanted(asked: Asked, face: Face) -> Wanted | None:
    """The filters of a list. None: nothing can match, as when an id is asked for that cannot exist."""
    query, entity = asked.query, face.entity
    order = query.order("updated_at", "created_at", "id")
    sorting: Sorting = order.field if order else "id"  # pyright: ignore[reportAssignmentType]
    part = pages.wanted(asked)
    found = Wanted(
        limit=part.limit,
        skip=part.skip,
        after=part.after,
        sorting=sorting,
        descending=order is not None and order.descending,
        sight=sight(asked.me, entity),
        linked=linked(asked, face),
        deleted="only_deleted" in query.withs(),
        ids=query.ints("filter", "id"),
    )
    if query.get("filter") is not None:
        by_filter(asked, face, found)
    text = query.text("query")
    if text is not None and text.strip() and not by_text(asked, text, found):
        return None
    return None if found.ids == [] or [] in found.among.values() else found


def by_filter(asked: Asked, face: Face, found: Wanted) -> None:
    query, entity = asked.query, face.entity
    for name in ("created_by", "updated_by", "responsible_user_id", *face.among):
        if (values := query.ints("filter", name)) is not None:
            found.among[name] = values
    for name in ("created_at", "updated_at", "closest_task_at", *face.spans):
        if (span := query.span("filter", name)) is not None:
            found.spans[name] = (span.low, span.high)
    if (names := query.whole_texts("filter", "name")) is not None:
        found.keys.append(["n" + search.sort_key(name) for name in names])
    if entity is Entity.lead:
        found.statuses = query.statuses("filter", "statuses")
    by_fields(asked, entity, found)


def linked(asked: Asked, face: Face) -> list[Sight]:
    """Which other cards are told of each card, as far as one sees them."""
    withs = asked.query.withs()
    return [
        sight(asked.me, each) for each in (*face.always, *face.asked) if each in face.always or each.plural in withs
    ]


def by_fields(asked: Asked, entity: Entity, found: Wanted) -> None:
    """`filter[custom_fields_values][id]`: numbers by their digits, other fields by their values."""
    given = asked.query.get("filter", "custom_fields_values")
    if not isinstance(given, dict):
        return
    fields = {str(field.id): field for field in asked.account.fields_of(entity)}
    for key in given:  # pyright: ignore[reportUnknownVariableType]
        field = fields.get(str(key))  # pyright: ignore[reportUnknownArgumentType]
        values = asked.query.whole_texts("filter", "custom_fields_values", str(key))  # pyright: ignore[reportUnknownArgumentType]
        span = asked.query.span("filter", "custom_fields_values", str(key))  # pyright: ignore[reportUnknownArgumentType]
        if field is None:
            continue
        if isinstance(given[key], dict) and {"from", "to"} & given[key].keys():  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            if span is not None and field.type in field_rules.NUMBERS:
                found.numeric[field.id] = (span.low, span.high)
        elif values is not None and field.code == "EMAIL":
            found.keys.append([search.mail_key(value) for value in values])
        elif values is not None and field.code == "PHONE":
            found.numbers = [phones.tail_of(phones.digits_of(value)) for value in values]
        elif values is not None:
            found.keys.append([field_rules.sought_key(field, value) for value in values])


def by_text(asked: Asked, text: str, found: Wanted) -> bool:
    """A whole number goes by its last ten digits, all else by beginnings of keys. False: nothing can be found."""
    digits = phones.digits_of(text)
    if phones.looks_like_number(text) and len(digits) >= phones.TAIL:
        found.tails = [phones.tail_of(digits)]
        found.runs = search.number_term(text, asked.account.country)  # it may be the beginning of a longer one
        return True
    found.terms = search.sought(text, asked.account.country)
    return bool(found.terms)


def added(asked: Asked, entity: Entity, ids: list[int], keys: list[str]) -> dict[str, Any]:
    path = f"/api/v4/{entity.plural}"
    shown = [
        Shown(id=card_id, request_id=key, links=asked.link(f"{path}/{card_id}"))
        for card_id, key in zip(ids, keys, strict=True)
    ]
    return {"_links": asked.link(path), "_embedded": {entity.plural: shown}}


def changed(asked: Asked, entity: Entity, rows: list[dict[str, Any]], keys: list[str]) -> list[Changed]:
    named = entity in (Entity.contact, Entity.company)
    return [
        Changed(
            id=row["id"],
            name=row["name"] if named else UNSET,
            updated_at=row["updated_at"],
            request_id=key,
            links=asked.link(f"/api/v4/{entity.plural}/{row['id']}"),
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def mark(sorting: str) -> Callable[[Any], tuple[Any, int]]:
    """Where a page ended: the value that it is sorted by, and the id."""

    def of(row: Any) -> tuple[Any, int]:
        return row[sorting], row["id"]

    return of


class MainRef(hal.Ref):
    is_main: bool


COMPUTED = ("custom_fields_values", "account_id", "links", "embedded")
EMPTY = {"catalog_elements": False, "social_profiles": False, "segments": True}  # what we do not have; told unasked?


def shower(asked: Asked, face: Face) -> Callable[[Any], Any]:
    """Makes the card of the answer from a row."""
    fields = asked.account.showings
    withs = asked.query.withs()
    columns = [name for name, always in columns_of(face.shown) if always or name in withs]
    others = [
        (
            each.entity.plural,
            asked.url(f"/api/v4/{each.entity.plural}/"),
            face.with_main and each.entity is Entity.contact,
        )
        for each in linked(asked, face)
    ]
    owed = [name for name in face.embedded.__struct_fields__ if name in EMPTY and (EMPTY[name] or name in withs)]
    empty = {name: list[Any]() for name in owed}
    base = asked.url(f"/api/v4/{face.entity.plural}/")
    account_id = asked.account_id

    def show(row: Any) -> Any:
        bound = {plural: [ref(url, pair, main) for pair in row[plural] or ()] for plural, url, main in others}
        told: dict[str, Any] = {name: row[name] for name in columns}
        told["embedded"] = face.embedded(tags=row["tag_list"] or [], **bound, **empty)
        card = face.shown(
            **told,
            custom_fields_values=field_rules.shown(fields, row["fields"]),
            account_id=account_id,
            links=hal.link(f"{base}{row['id']}"),
        )
        return face.more(asked, row, card)

    return show


@functools.cache
def columns_of(shown: type[Card]) -> list[tuple[str, bool]]:
    """The columns that a card shows as they are, and whether they are told unasked."""
    return [(field.name, field.required) for field in msgspec.structs.fields(shown) if field.name not in COMPUTED]


def ref(url: str, pair: tuple[int, bool], main: bool) -> hal.Ref:
    card_id, is_main = pair
    links = hal.link(f"{url}{card_id}")
    return MainRef(card_id, links, is_main) if main else hal.Ref(card_id, links)
