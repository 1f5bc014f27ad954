"""What a batch of made-up cards needs from the database before it is made."""

from trubka.db import Db, Row


async def ground(db: Db, account_id: int) -> Row | None:
    """Who may answer for a card, and the statuses a lead may have."""
    return await db.row(
        """
        select array(select u.id from users u where u.account_id = $1 and u.is_active order by u.id) as users,
          coalesce((select jsonb_agg(jsonb_build_array(s.pipeline_id, s.id) order by s.pipeline_id, s.sort)
           from statuses s where s.account_id = $1 and s.type = 0), '[]') as statuses
        """,
        account_id,
    )
