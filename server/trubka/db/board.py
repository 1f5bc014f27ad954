"""How many leads stand in each status of a pipeline, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from trubka.db import Db, Row, search
from trubka.db.cards import Wanted, narrow, owners_of, way_to
from trubka.db.compose import Statement
from trubka.rules.entities import Entity

# Prices may be as great as an int8: two of them may be more.
SUM: LiteralString = (
    "least(greatest(coalesce(sum(s.price), 0), -9223372036854775808), 9223372036854775807)::int8 as price"
)


async def counts(
    db: Db, account_id: int, pipeline_id: int, statuses: Sequence[int], wanted: Wanted, most: int
) -> list[Row]:
    """(status, how many, their sum). Counting stops at `most` a status; of what is searched for, at `most` of all."""
    if wanted.sight is not None and wanted.sight.none:
        return []
    found = Statement(account_id)
    if wanted.terms:
        how = await way_to(db, account_id, Entity.lead, wanted)
        found.add("select s.status_id, count(*) as leads, " + SUM + " from (")
        found.add("select c.status_id, c.price from leads c where c.account_id = $1 and c.pipeline_id = ?", pipeline_id)
        found.add("and c.status_id = any(?::int8[])", list(statuses))
        search.among(found, Entity.lead, how, wanted.terms, owners_of(wanted))
        narrow(found, Entity.lead, wanted)
        found.add("limit ?) s group by s.status_id", most)
        return await db.lists.rows(found.text, *found.values)
    # Each column for itself and in the order of its index: else the rarest one is looked for among all leads.
    for place, status_id in enumerate(statuses):
        found.add("select" if place == 0 else "union all select")
        found.add("?::int8 as status_id, count(*) as leads, " + SUM + " from (", status_id)
        found.add("select c.price from leads c where c.account_id = $1 and c.pipeline_id = ?", pipeline_id)
        found.add("and c.status_id = ?", status_id)
        narrow(found, Entity.lead, wanted)
        found.add("order by c.updated_at desc, c.id desc limit ?) s", most)
    return await db.lists.rows(found.text, *found.values) if statuses else []
