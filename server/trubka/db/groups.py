"""The groups (departments) of an account. The default one, 0 outside, has only a name, kept with the account."""

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select g.id, g.name, g.uuid::text as uuid,
          (select count(*) from users u where u.account_id = $1 and u.group_id = g.id) as users
        from groups g where g.account_id = $1 order by g.id
        """,
        account_id,
    )


async def exists(db: Db, account_id: int, group_id: int) -> bool:
    return await db.value("select exists(select from groups where account_id = $1 and id = $2)", account_id, group_id)


async def add(db: Db, account_id: int, name: str) -> int:
    return await db.value("insert into groups (account_id, name) values ($1, $2) returning id", account_id, name)


async def rename(db: Db, account_id: int, group_id: int, name: str) -> bool:
    return bool(
        await db.run("update groups set name = $3 where account_id = $1 and id = $2", account_id, group_id, name)
    )


async def rename_default(db: Db, account_id: int, name: str) -> None:
    await db.run("update accounts set default_group_name = $2 where id = $1", account_id, name)


async def default(db: Db, account_id: int) -> Row:
    """The default department's name and how many people are in it."""
    row = await db.row(
        """
        select a.default_group_name as name,
          (select count(*) from users u where u.account_id = $1 and u.group_id is null) as users
        from accounts a where a.id = $1
        """,
        account_id,
    )
    assert row is not None
    return row


async def empty(db: Db, account_id: int, group_id: int) -> int:
    """Its people come to the default department."""
    return await db.run(
        "update users set group_id = null where account_id = $1 and group_id = $2", account_id, group_id
    )


async def remove(db: Db, account_id: int, group_id: int) -> bool:
    return bool(await db.run("delete from groups where account_id = $1 and id = $2", account_id, group_id))
