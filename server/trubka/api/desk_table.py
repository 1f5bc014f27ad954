"""Tables of contacts, companies, leads and customers as our own browser shows them: filters, pages, saved views,
changes to many cards, and what goes into a file.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Annotated, Any

import msgspec

from trubka.actions import audit, companies, contacts, customers, leads, many, views
from trubka.api import signed
from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.query import INT8
from trubka.api.routes import Routes
from trubka.api.v4 import cards as wire
from trubka.db import Row, cards, customer_statuses, pipelines, users
from trubka.db import views as view_rows
from trubka.db.cards import Sorting, Wanted
from trubka.errors import Forbidden, Refused, Unauthorized, Unprocessable
from trubka.rules import fields as field_rules
from trubka.rules import sheets
from trubka.rules.accounts import zone
from trubka.rules.cards import may_touch
from trubka.rules.entities import Entity
from trubka.rules.fields import Field
from trubka.rules.rights import exports, level, sight

MOST_ROWS = 200  # a page
MOST_EXPORTED = 500  # a piece of a file
MOST_COUNTED = 10_000
MOST_FIELDS = 40  # custom fields of a table
LONGEST_QUERY = 200
LONGEST_EXPORT_SECONDS = 3_600  # from its first piece to its last; what goes on for longer counts as another one
LONGEST_BEGUN = 200
NUMBER = re.compile(r"-?[0-9]{1,19}")
FIELD = re.compile(r"f[0-9]{1,18}")  # a column of a custom field

routes = Routes("/desk/table")

KINDS = {each.entity: each for each in (contacts.KIND, companies.KIND, leads.KIND, customers.KIND)}
SORTED: dict[Entity, tuple[Sorting, ...]] = {  # each by an index
    Entity.contact: ("updated_at", "created_at"),
    Entity.company: ("updated_at", "created_at"),
    Entity.lead: ("updated_at", "created_at", "price"),
    Entity.customer: ("updated_at", "created_at", "next_date"),
}
SPANS: dict[Entity, tuple[str, ...]] = {
    Entity.contact: ("created_at", "updated_at"),
    Entity.company: ("created_at", "updated_at"),
    Entity.lead: ("created_at", "updated_at", "price"),
    Entity.customer: ("created_at", "updated_at", "next_price", "next_date"),
}
OWN: dict[Entity, tuple[str, ...]] = {
    Entity.contact: (),
    Entity.company: (),
    Entity.lead: ("price", "pipeline_id", "status_id", "loss_reason_id", "closed_at"),
    Entity.customer: ("next_price", "next_date", "status_id", "ltv", "purchases_count"),
}
BOUND: dict[Entity, tuple[Entity, ...]] = {
    Entity.contact: (Entity.company,),
    Entity.company: (),
    Entity.lead: (Entity.contact, Entity.company),
    Entity.customer: (Entity.contact, Entity.company),
}
FILTER = ("query", "owner", "tag", "status", "pipeline", "price", "next_price", "next_date", "created_at", "updated_at")


def there(asked: Asked, entity: Entity) -> None:
    """An account may have no customers."""
    if entity is Entity.customer and not asked.account.customers_on:
        raise Unprocessable("Customers are switched off in this account.")


def filtered(asked: Asked, entity: Entity, limit: int) -> Wanted | None:
    """The filter that the address names, as far as one sees; None: nothing can match."""
    query = asked.query
    found = Wanted(limit=limit, sight=sight(asked.me, entity), ids=query.ints("ids"))
    if (users_named := query.ints("owner")) is not None:
        found.among["responsible_user_id"] = users_named
    if (tags_named := query.ints("tag")) is not None:
        found.tags = tags_named
        if not tags_named:
            return None
    statuses, pipeline_ids = query.ints("status"), query.ints("pipeline")
    if entity is Entity.lead and pipeline_ids is not None:
        if statuses is not None and len(pipeline_ids) == 1:
            found.statuses = [(pipeline_ids[0], status) for status in statuses]
        else:
            found.among["pipeline_id"] = pipeline_ids
    elif entity is Entity.customer and statuses is not None:
        found.among["status_id"] = statuses
    for name in SPANS[entity]:
        if (span := query.span(name)) is not None:
            found.spans[name] = (span.low, span.high)
    text = (query.text("query") or "").strip()[:LONGEST_QUERY]
    if text and not wire.by_text(asked, text, found):
        return None
    return None if [] in (found.ids, found.statuses, *found.among.values()) else found


def sorted_as_asked(asked: Asked, entity: Entity, found: Wanted) -> None:
    """`order=-updated_at`: the sign says from the greatest down."""
    order = asked.query.text("order") or "-updated_at"
    name = order.removeprefix("-")
    if name not in SORTED[entity]:
        raise Refused("This list is not sorted by that.")
    found.sorting, found.descending = name, order.startswith("-")  # pyright: ignore[reportAttributeAccessIssue]
    found.after = mark_of(asked.query.text("after"))


def mark_of(text: str | None) -> tuple[int, int] | None:
    """`value.id` of the last row before."""
    parts = (text or "").split(".")
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        return None
    value, card_id = int(parts[0]), int(parts[1])
    return (value, card_id) if abs(value) <= INT8 and 0 < card_id <= INT8 else None


def mark(found: Wanted, row: Row) -> str:
    return f"{row[found.sorting]}.{row['id']}"


@routes.on("GET", "/{cards}/about", auth="session", hidden=True)
async def about(asked: Asked, entity: Entity) -> Answer:
    """How this user has the table, and what it can show."""
    there(asked, entity)
    me = asked.me
    statuses = await customer_statuses.all_of(asked.db, me.account_id) if entity is Entity.customer else []
    rows = await pipelines.listed(asked.db, me.account_id, None) if entity is Entity.lead else []
    hidden = set(sight(me, entity).hidden)
    return said(
        {
            "columns": await view_rows.columns(asked.db, me.account_id, me.user_id, entity),
            "filters": await filters_of(asked, entity),
            "sorted": SORTED[entity],
            "fields": [
                {"id": each.id, "name": each.name, "code": each.code, "type": each.type}
                for each in sorted(asked.account.fields_of(entity), key=lambda each: (each.sort, each.id))
                if each.is_visible and each.type not in field_rules.OBJECTS
            ],
            "pipelines": [pipeline_shown(row, hidden) for row in rows],
            "statuses": [dict(row) for row in statuses],
            "may": {
                **{each: level(me, each, entity) != "D" for each in ("add", "edit", "delete")},
                "export": exports(me, entity),
            },
        }
    )


async def filters_of(asked: Asked, entity: Entity) -> list[dict[str, Any]]:
    me = asked.me
    rows = await view_rows.filters(asked.db, me.account_id, me.user_id, entity, views.MOST_SHOWN)
    return [dict(row) for row in rows]


def pipeline_shown(row: Row, hidden: set[tuple[int, int]]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "is_main": row["is_main"],
        "statuses": [
            {"id": each["id"], "name": each["name"], "color": each["color"], "type": each["type"]}
            for each in row["statuses"]
            if (row["id"], each["id"]) not in hidden
        ],
    }


@routes.on("GET", "/{cards}", auth="session", query=(*FILTER, "ids", "order", "after", "limit", "fields"), hidden=True)
async def rows_of_table(asked: Asked, entity: Entity) -> Answer:
    """A page of rows; with the fields that are asked for, else those that this user has in the table."""
    there(asked, entity)
    limit = min(max(asked.query.int("limit") or MOST_ROWS, 1), MOST_ROWS)
    if (found := filtered(asked, entity, limit + 1)) is None:
        return said({"rows": [], "after": None})
    sorted_as_asked(asked, entity, found)
    rows = await cards.page(asked.db, asked.account_id, entity, found)
    shown = await table_rows(asked, entity, rows[:limit], await fields_of(asked, entity))
    return said({"rows": shown, "after": mark(found, rows[limit - 1]) if len(rows) > limit else None})


async def fields_of(asked: Asked, entity: Entity) -> list[int]:
    if asked.query.text("fields") is not None:
        return (asked.query.ints("fields") or [])[:MOST_FIELDS]
    columns: list[dict[str, Any]] = await view_rows.columns(asked.db, asked.account_id, asked.me.user_id, entity) or []
    named = [str(each["id"]) for each in columns]
    return [int(name[1:]) for name in named if FIELD.fullmatch(name)][:MOST_FIELDS]


async def table_rows(asked: Asked, entity: Entity, rows: list[Row], wanted_fields: list[int]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    bound = {each: await names_of(asked, entity, ids, each) for each in BOUND[entity]}
    codes = {field.code: str(field.id) for field in asked.account.fields_of(entity) if field.code}
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "owner": row["responsible_user_id"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "task_at": row["closest_task_at"],
            "tags": row["tag_list"] or [],
            **{name: row[name] for name in OWN[entity]},
            **{each.name: bound[each].get(row["id"]) for each in bound},
            "phone": first(asked, row, codes.get("PHONE")),
            "email": first(asked, row, codes.get("EMAIL")),
            "fields": {str(each): values_of(asked, row, str(each)) for each in wanted_fields},
        }
        for row in rows
    ]


async def names_of(asked: Asked, entity: Entity, ids: list[int], other: Entity) -> dict[int, Any]:
    seen = sight(asked.me, other)
    if seen.none or not ids:
        return {}
    rows = await cards.bound_names(asked.db, asked.account_id, entity, ids, seen)
    return {row["id"]: {"id": row["other_id"], "name": row["name"]} for row in rows}


def first(asked: Asked, row: Row, field: str | None) -> str | None:
    values = values_of(asked, row, field) if field else []
    return str(values[0]) if values else None


def values_of(asked: Asked, row: Row, field: str) -> list[Any]:
    """The values of a field, of a choice its words."""
    stored = row["fields"].get(field)
    showing = asked.account.showings.get(field)
    if not stored or showing is None:
        return []
    found = showing.shown(stored).values
    return [each["value"] if isinstance(each, dict) else each.value for each in found]  # pyright: ignore[reportUnknownVariableType]


@routes.on("GET", "/{cards}/count", auth="session", query=FILTER, hidden=True)
async def count(asked: Asked, entity: Entity) -> Answer:
    """How many rows a filter lets through; counting stops somewhere."""
    there(asked, entity)
    found = filtered(asked, entity, MOST_COUNTED + 1)
    most = MOST_COUNTED + 1
    number = 0 if found is None else await cards.counted(asked.db, asked.account_id, entity, found, most)
    return said({"count": min(number, MOST_COUNTED), "more": number > MOST_COUNTED})


@routes.on("GET", "/{cards}/ids", auth="session", query=(*FILTER, "after"), hidden=True)
async def ids(asked: Asked, entity: Entity) -> Answer:
    """The numbers of all that a filter lets through, piece by piece in their own order, which no change disturbs."""
    there(asked, entity)
    if (found := filtered(asked, entity, many.MOST + 1)) is None:
        return said({"ids": [], "after": None})
    if (after := asked.query.int("after")) is not None:
        found.after = (after, after)
    rows = await cards.page(asked.db, asked.account_id, entity, found)
    numbers = [row["id"] for row in rows[: many.MOST]]
    return said({"ids": numbers, "after": numbers[-1] if len(rows) > many.MOST else None})


@routes.on("POST", "/{cards}/change", auth="session", body=many.Change, strict=True, hidden=True)
async def change(asked: Asked, entity: Entity, given: many.Change) -> Answer:
    """One change to many cards; what is refused is told, the rest is done."""
    there(asked, entity)
    return said(await many.change(asked.db, asked.me, asked.account, KINDS[entity], given, asked.now))


@routes.on("PUT", "/{cards}/columns", auth="session", body=views.Columns, strict=True, hidden=True)
async def set_columns(asked: Asked, entity: Entity, given: views.Columns) -> None:
    """Which columns this user has."""
    await views.set_columns(asked.db, asked.me, entity, given)


@routes.on("POST", "/{cards}/filters", auth="session", body=views.NewFilter, strict=True, hidden=True)
async def add_filter(asked: Asked, entity: Entity, given: views.NewFilter) -> Answer:
    """A filter under a name."""
    return said({"id": await views.add_filter(asked.db, asked.me, entity, given, asked.now)}, 201)


@routes.on("PATCH", "/filters/{id}", auth="session", body=views.FilterChange, strict=True, hidden=True)
async def change_filter(asked: Asked, filter_id: int, given: views.FilterChange) -> None:
    """Its name, and whether everybody has it."""
    await views.change_filter(asked.db, asked.me, filter_id, given)


@routes.on("DELETE", "/filters/{id}", auth="session", hidden=True)
async def remove_filter(asked: Asked, filter_id: int) -> None:
    """One's own; administrators those of the company too."""
    await views.remove_filter(asked.db, asked.me, filter_id)


class Exported(msgspec.Struct):
    """These cards, or all that the filter of the address lets through; `heads` are the words over the columns. `begun`
    is what the first piece has told: with it a piece goes on with that file, without it another one begins."""

    columns: Annotated[list[views.Word], msgspec.Meta(min_length=1, max_length=views.MOST_COLUMNS)]
    heads: list[str] = []
    ids: Annotated[list[int], msgspec.Meta(max_length=MOST_EXPORTED)] | None = None
    after: Annotated[int, msgspec.Meta(ge=1)] | None = None
    begun: Annotated[str, msgspec.Meta(max_length=LONGEST_BEGUN)] | None = None


@routes.on("POST", "/{cards}/export", auth="session", body=Exported, strict=True, query=FILTER, hidden=True)
async def export(asked: Asked, entity: Entity, given: Exported) -> Answer:
    """A piece of a CSV file: of the cards that one may export, in the order of their numbers."""
    there(asked, entity)
    found = filtered(asked, entity, MOST_EXPORTED + 1) if given.ids is None else Wanted(limit=MOST_EXPORTED + 1)
    if not exports(asked.me, entity):
        raise Forbidden(f"You have no right to export {entity.plural}.")
    if found is None:
        text = sheets.lines([given.heads]) if given.after is None else ""
        return said({"text": text, "after": None, "rows": 0, "begun": await seen(asked, entity, given, 0)})
    found.sight = sight(asked.me, entity)
    found.ids = given.ids
    if given.after is not None:
        found.after = (given.after, given.after)
    rows = await cards.page(asked.db, asked.account_id, entity, found)
    part = rows[:MOST_EXPORTED]
    lines = await lines_of(asked, entity, given.columns, part)
    heads = [given.heads] if given.after is None and given.heads else []
    after = part[-1]["id"] if len(rows) > MOST_EXPORTED else None
    begun = await seen(asked, entity, given, len(lines) if given.after is None and after is None else None)
    return said({"text": sheets.lines([*heads, *lines]), "after": after, "rows": len(lines), "begun": begun})


async def seen(asked: Asked, entity: Entity, given: Exported, rows: int | None) -> str:
    """Writes down that a file is taken out, unless this is a further piece of one; `rows` where it has no other piece.
    What the next piece is to tell."""
    what, begun = file_of(asked, entity, given), given.begun
    if begun is not None and goes_on(asked, what, begun):
        return begun
    more: dict[str, Any] = {} if rows is None else {"rows": rows}
    async with asked.db.transaction() as tx:
        await audit.told(tx, asked.by, "cards_exported", entity.plural, whole=given.ids is None, **more)
    until = asked.now + LONGEST_EXPORT_SECONDS
    return signed.sign(asked.site.secret, what, asked.account_id, asked.me.user_id, until)


def file_of(asked: Asked, entity: Entity, given: Exported) -> str:
    """What a file is of: its columns, and all that a filter lets through or these cards. Each piece of what was chosen
    names other cards, so each is written down."""
    chosen = None if given.ids is None else sorted(given.ids)
    asks = [] if chosen is not None else [asked.query.get(name) for name in FILTER]
    digest = hashlib.sha256(msgspec.json.encode([chosen, sorted(given.columns), asks]))
    return f"export of {entity.plural}, {digest.hexdigest()}"


def goes_on(asked: Asked, what: str, begun: str) -> bool:
    """Whether this user has begun such a file not long ago, which the audit list tells of."""
    try:
        return signed.read(asked.site.secret, what, begun, asked.now) == (asked.account_id, asked.me.user_id)
    except Unauthorized:
        return False


async def lines_of(asked: Asked, entity: Entity, columns: list[str], rows: list[Row]) -> list[list[object]]:
    mine = [row for row in rows if may_touch(asked.me, "export", entity, dict(row))]
    fields = {f"f{each.id}": each for each in asked.account.fields_of(entity)}
    ids = [row["id"] for row in mine]
    bound = {each.name: await names_of(asked, entity, ids, each) for each in BOUND[entity] if each.name in columns}
    people = {row["id"]: row["name"] for row in await users.all_of(asked.db, asked.account_id)}
    places = await places_of(asked, entity)
    codes = {field.code: str(field.id) for field in fields.values() if field.code}

    def value(row: Row, column: str) -> object:
        if (field := fields.get(column)) is not None:
            return "\n".join(text_of(asked, field, each) for each in values_of(asked, row, str(field.id)))
        if column in bound:
            return (bound[column].get(row["id"]) or {"name": ""})["name"]
        match column:
            case "id" | "name":
                return row[column]
            case "owner":
                return people.get(row["responsible_user_id"], "")
            case "phone" | "email":
                return first(asked, row, codes.get(column.upper()))
            case "tags":
                return ", ".join(tag["name"] for tag in row["tag_list"] or ())
            case "status":
                return places.get((row.get("pipeline_id", 0), row.get("status_id", 0)), ("", ""))[1]
            case "pipeline":
                return places.get((row.get("pipeline_id", 0), row.get("status_id", 0)), ("", ""))[0]
            case "price" | "next_price" | "ltv" | "purchases_count":
                return row.get(column, "")
            case "created_at" | "updated_at" | "closed_at" | "next_date" | "task_at":
                at = row.get("closest_task_at" if column == "task_at" else column)
                return moment(asked, at) if at else ""
            case _:
                return ""

    return [[value(row, column) for column in columns] for row in mine]


async def places_of(asked: Asked, entity: Entity) -> dict[tuple[int, int], tuple[str, str]]:
    """The names of pipeline and status."""
    if entity is Entity.lead:
        rows = await pipelines.listed(asked.db, asked.account_id, None)
        return {(row["id"], each["id"]): (row["name"], each["name"]) for row in rows for each in row["statuses"]}
    if entity is Entity.customer:
        return {(0, row["id"]): ("", row["name"]) for row in await customer_statuses.all_of(asked.db, asked.account_id)}
    return {}


def text_of(asked: Asked, field: Field, value: Any) -> str:
    if field.type in field_rules.DATES and isinstance(value, int):
        return moment(asked, value)[:10] if field.type != "date_time" else moment(asked, value)
    return str(value)


def moment(asked: Asked, at: int) -> str:
    return datetime.fromtimestamp(at, zone(asked.account.time_zone)).strftime("%Y-%m-%d %H:%M")
