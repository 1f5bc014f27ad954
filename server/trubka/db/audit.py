"""The audit list: what administrators did."""

from trubka.db import Db, Row


async def add(db: Db, account_id: int, user_id: int, deed: str, subject: str, details: object, address: str) -> None:
    await db.run(
        """
        insert into audit (account_id, user_id, deed, subject, details, address) values ($1, $2, $3, $4, $5, $6)
        """,
        account_id,
        user_id,
        deed,
        subject,
        details,
        address,
    )


async def newest(db: Db, account_id: int, before: int, limit: int) -> list[Row]:
    """Those before an id, the newest first."""
    return await db.rows(
        """
        select id, extract(epoch from at)::int8 as at, user_id, deed, subject, details, address
        from audit where account_id = $1 and id < $2 order by id desc limit $3
        """,
        account_id,
        before,
        limit,
    )
