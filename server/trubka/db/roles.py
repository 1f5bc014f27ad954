"""Roles: rights under a name, shared by the users who have it."""

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select r.id, r.name, r.rights,
          array(select u.id from users u where u.account_id = $1 and u.role_id = r.id order by u.id) as users
        from roles r where r.account_id = $1 order by r.id
        """,
        account_id,
    )


async def get(db: Db, account_id: int, role_id: int) -> Row | None:
    return await db.row(
        """
        select r.id, r.name, r.rights,
          array(select u.id from users u where u.account_id = $1 and u.role_id = r.id order by u.id) as users
        from roles r where r.account_id = $1 and r.id = $2
        """,
        account_id,
        role_id,
    )


async def add(db: Db, account_id: int, name: str, rights: object) -> int:
    return await db.value(
        "insert into roles (account_id, name, rights) values ($1, $2, $3) returning id", account_id, name, rights
    )


async def change(db: Db, account_id: int, role_id: int, name: str, rights: object) -> None:
    await db.run(
        "update roles set name = $3, rights = $4 where account_id = $1 and id = $2",
        account_id,
        role_id,
        name,
        rights,
    )


async def remove(db: Db, account_id: int, role_id: int) -> None:
    await db.run("delete from roles where account_id = $1 and id = $2", account_id, role_id)
