"""The custom fields of an account."""

from typing import Any

from trubka.db import Db


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
