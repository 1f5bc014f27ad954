"""The custom fields of an account."""

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row
from trubka.db.cards import TABLES
from trubka.rules.entities import Entity


async def add(db: Db, account_id: int, fields: list[dict[str, Any]]) -> None:
    """Each enum that comes as a plain text gets a number of its own."""
    await db.run(
        """
        insert into custom_fields (account_id, entities, name, code, type, sort, is_predefined, enums)
        select $1, array(select jsonb_array_elements_text(f.entities)::smallint), f.name, f.code, f.type, f.sort, true,
          (select jsonb_agg(jsonb_build_object('id', nextval('enum_ids'), 'value', e.value, 'sort', e.place * 2)
                            order by e.place)
           from jsonb_array_elements_text(nullif(f.enums, 'null')) with ordinality as e(value, place))
        from jsonb_to_recordset($2) as f(entities jsonb, name text, code text, type text, sort int, enums jsonb)
        """,
        account_id,
        fields,
    )


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select * from custom_fields where account_id = $1 order by sort, id", account_id)


async def make(db: Db, account_id: int, entity: Entity, fields: Sequence[dict[str, Any]]) -> list[int]:
    """Fields of one kind of card; their numbers in the order in which they are given."""
    rows = await db.rows(
        """
        insert into custom_fields (account_id, entities, name, code, type, sort, group_id, is_api_only, is_visible,
          is_required, settings, remind, currency, nested, enums)
        select $1, array[$2::smallint], f.name, f.code, f.type, f.sort, f.group_id, f.is_api_only, f.is_visible,
          f.is_required, nullif(f.settings, 'null'), f.remind, f.currency, nullif(f.nested, 'null'),
          (select jsonb_agg(jsonb_strip_nulls(e.enum || jsonb_build_object('id',
                    coalesce((e.enum ->> 'id')::int8, nextval('enum_ids')))) order by e.place)
           from jsonb_array_elements(nullif(f.enums, 'null')) with ordinality as e(enum, place))
        from jsonb_to_recordset($3) as f(place int, name text, code text, type text, sort int, group_id text,
          is_api_only boolean, is_visible boolean, is_required boolean, settings jsonb, remind text, currency text,
          nested jsonb, enums jsonb)
        order by f.place returning id
        """,
        account_id,
        int(entity),
        [{"place": place} | field for place, field in enumerate(fields)],
    )
    return sorted(row["id"] for row in rows)


async def change(db: Db, account_id: int, fields: Sequence[dict[str, Any]]) -> None:
    await db.run(
        """
        update custom_fields c set name = f.name, code = f.code, sort = f.sort, group_id = f.group_id,
          is_api_only = f.is_api_only, is_visible = f.is_visible, is_required = f.is_required,
          settings = nullif(f.settings, 'null'), remind = f.remind, currency = f.currency,
          nested = nullif(f.nested, 'null'),
          enums = (select jsonb_agg(jsonb_strip_nulls(e.enum || jsonb_build_object('id',
                            coalesce((e.enum ->> 'id')::int8, nextval('enum_ids')))) order by e.place)
                   from jsonb_array_elements(nullif(f.enums, 'null')) with ordinality as e(enum, place))
        from jsonb_to_recordset($2) as f(id int8, name text, code text, sort int, group_id text, is_api_only boolean,
          is_visible boolean, is_required boolean, settings jsonb, remind text, currency text, nested jsonb,
          enums jsonb)
        where c.account_id = $1 and c.id = f.id
        """,
        account_id,
        list(fields),
    )


async def remove(db: Db, account_id: int, field_id: int) -> None:
    await db.run("delete from custom_fields where account_id = $1 and id = $2", account_id, field_id)


async def count_keyed(db: Db, account_id: int, entity: Entity, least: str, beyond: str, most: int) -> int:
    """How many cards are found by keys of this range; counting stops at `most` keys."""
    return await db.value(
        f"""
        select count(distinct c.id) from (
          select id from keys where account_id = $1 and entity = $2 and key >= $3 and key < $4 limit $5
        ) k join {TABLES[entity]} c on c.account_id = $1 and c.id = k.id
        where not c.is_deleted
        """,
        account_id,
        int(entity),
        least,
        beyond,
        most,
    )


async def count_kept(db: Db, account_id: int, entity: Entity, field_id: int, most: int) -> int:
    """The same of a field that gives no keys: cards are looked through."""
    return await db.value(
        f"""
        select count(*) from (
          select from {TABLES[entity]} c where c.account_id = $1 and not c.is_deleted and c.fields ? $2 limit $3
        ) f
        """,
        account_id,
        str(field_id),
        most,
    )
