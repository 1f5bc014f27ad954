"""Our numbers with their plans, and working hours."""

from typing import Any

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select id, number, name, pbx_id, schedule_id, plan, closed_plan, fallback, is_active
        from lines where account_id = $1 order by id
        """,
        account_id,
    )


async def dialled(db: Db, account_id: int, tail: int, pbx_id: int | None) -> Row | None:
    """The line of a number, a PBX's own before one of every PBX; with its hours, and how that PBX calls devices."""
    return await db.row(
        """
        select l.id, l.number, l.plan, l.closed_plan, l.fallback, s.id as schedule_id, s.time_zone, s.week, s.holidays,
          coalesce(p.settings, '{}') as settings
        from (select $1::int as account_id) a
        left join lines l on l.account_id = $1 and l.tail = $2 and l.is_active
          and (l.pbx_id is null or l.pbx_id = $3 or $3::int8 is null)
        left join schedules s on s.account_id = $1 and s.id = l.schedule_id
        left join pbxes p on p.account_id = $1 and p.id = coalesce($3, l.pbx_id)
        order by l.pbx_id nulls last, l.id limit 1
        """,
        account_id,
        tail,
        pbx_id,
    )


async def tails(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select id, pbx_id, tail, number from lines where account_id = $1", account_id)


async def add(db: Db, account_id: int, new: dict[str, Any]) -> int:
    return await db.value(
        """
        insert into lines (account_id, number, tail, name, pbx_id, schedule_id, plan, closed_plan, fallback, is_active)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id
        """,
        account_id,
        *values(new),
    )


async def change(db: Db, account_id: int, line_id: int, new: dict[str, Any]) -> None:
    await db.run(
        """
        update lines set number = $3, tail = $4, name = $5, pbx_id = $6, schedule_id = $7, plan = $8, closed_plan = $9,
          fallback = $10, is_active = $11
        where account_id = $1 and id = $2
        """,
        account_id,
        line_id,
        *values(new),
    )


def values(new: dict[str, Any]) -> list[Any]:
    names = ["number", "tail", "name", "pbx_id", "schedule_id", "plan", "closed_plan", "fallback", "is_active"]
    return [new[name] for name in names]


async def remove(db: Db, account_id: int, line_id: int) -> bool:
    return bool(await db.run("delete from lines where account_id = $1 and id = $2", account_id, line_id))


async def schedules(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        "select id, name, time_zone, week, holidays from schedules where account_id = $1 order by id", account_id
    )


async def add_schedule(db: Db, account_id: int, name: str, zone: str | None, week: Any, holidays: Any) -> int:
    return await db.value(
        """
        insert into schedules (account_id, name, time_zone, week, holidays) values ($1, $2, $3, $4, $5) returning id
        """,
        account_id,
        name,
        zone,
        week,
        holidays,
    )


async def change_schedule(
    db: Db, account_id: int, schedule_id: int, name: str, zone: str | None, week: Any, holidays: Any
) -> bool:
    return bool(
        await db.run(
            """
            update schedules set name = $3, time_zone = $4, week = $5, holidays = $6 where account_id = $1 and id = $2
            """,
            account_id,
            schedule_id,
            name,
            zone,
            week,
            holidays,
        )
    )


async def remove_schedule(db: Db, account_id: int, schedule_id: int) -> bool:
    return bool(await db.run("delete from schedules where account_id = $1 and id = $2", account_id, schedule_id))


async def schedule_used(db: Db, account_id: int, schedule_id: int) -> bool:
    return await db.value(
        "select exists(select from lines where account_id = $1 and schedule_id = $2)", account_id, schedule_id
    )
