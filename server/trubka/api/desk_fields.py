"""How many cards have a value in a field: what is said before a field, or a value of a list, is taken away."""

from __future__ import annotations

from trubka.api.asked import Answer, Asked
from trubka.api.desk import said
from trubka.api.routes import Routes
from trubka.db import custom_fields
from trubka.errors import NotFound
from trubka.rules.entities import Entity
from trubka.rules.fields import OBJECTS
from trubka.rules.search import field_key

MOST_COUNTED = 10_000  # cards; beyond it the count says "more"

routes = Routes("/desk/fields")


@routes.on("GET", "/{cards}/{id}", auth="session", admin=True, query=("enum",), hidden=True)
async def used(asked: Asked, entity: Entity, field_id: int) -> Answer:
    """In how many cards the field has a value, or this value of its list."""
    field = next((each for each in asked.account.fields_of(entity) if each.id == field_id), None)
    if field is None:
        raise NotFound("There is no such field.")
    enum = asked.query.int("enum")
    most = MOST_COUNTED + 1
    if field.type in OBJECTS:
        count = await custom_fields.count_kept(asked.db.lists, asked.account_id, entity, field_id, most)
    else:
        least, beyond = field_key(field_id, "" if enum is None else enum), field_key(field_id, "")[:-1] + ">"
        if enum is not None:
            beyond = least + "\x01"
        count = await custom_fields.count_keyed(asked.db.lists, asked.account_id, entity, least, beyond, most)
    return said({"cards": min(count, MOST_COUNTED), "more": count > MOST_COUNTED})
