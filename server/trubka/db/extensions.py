"""How calls reach users: their devices, and who is away or does not want to be disturbed."""

from collections.abc import Sequence
from typing import Any

from trubka.db import Db, Row


async def all_of(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select id, user_id, pbx_id, number, kind, device, is_confirmed_by_key, rings
        from extensions where account_id = $1 order by user_id, sort, id
        """,
        account_id,
    )


async def numbers(db: Db, account_id: int) -> list[Row]:
    return await db.rows("select user_id, pbx_id, number from extensions where account_id = $1", account_id)


async def replace(db: Db, account_id: int, user_id: int, new: Sequence[dict[str, Any]]) -> None:
    """The devices of a user, in their order; those that stay keep their ids."""
    await db.run(
        """
        with n as (
          select * from jsonb_to_recordset($3) as n(number text, tail int8, pbx_id int8, kind text, device text,
            is_confirmed_by_key boolean, rings boolean, sort int)
        ), gone as (
          delete from extensions e where e.account_id = $1 and e.user_id = $2
            and not exists (select from n where n.number = e.number and n.pbx_id is not distinct from e.pbx_id)
        ), kept as (
          update extensions e set kind = n.kind, device = n.device, is_confirmed_by_key = n.is_confirmed_by_key,
            rings = n.rings, sort = n.sort
          from n where e.account_id = $1 and e.user_id = $2 and e.number = n.number
            and e.pbx_id is not distinct from n.pbx_id
          returning e.number, e.pbx_id
        )
        insert into extensions (account_id, user_id, pbx_id, number, tail, kind, device, is_confirmed_by_key, rings,
          sort)
        select $1, $2, n.pbx_id, n.number, n.tail, n.kind, n.device, n.is_confirmed_by_key, n.rings, n.sort
        from n
        where not exists (select from kept k where k.number = n.number and k.pbx_id is not distinct from n.pbx_id)
        """,
        account_id,
        user_id,
        list(new),
    )


async def set_rings(db: Db, account_id: int, user_id: int, extension_id: int, rings: bool) -> bool:
    return bool(
        await db.run(
            "update extensions set rings = $4 where account_id = $1 and user_id = $2 and id = $3",
            account_id,
            user_id,
            extension_id,
            rings,
        )
    )


async def absences(db: Db, account_id: int) -> list[Row]:
    return await db.rows(
        """
        select user_id, quiet_until, away_from, away_until, deputy_id from availability
        where account_id = $1 order by user_id
        """,
        account_id,
    )


async def set_absence(
    db: Db,
    account_id: int,
    user_id: int,
    quiet_until: int | None,
    away_from: int | None,
    away_until: int | None,
    deputy_id: int | None,
) -> None:
    await db.run(
        """
        insert into availability (account_id, user_id, quiet_until, away_from, away_until, deputy_id)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (account_id, user_id) do update set quiet_until = excluded.quiet_until,
          away_from = excluded.away_from, away_until = excluded.away_until, deputy_id = excluded.deputy_id
        """,
        account_id,
        user_id,
        quiet_until,
        away_from,
        away_until,
        deputy_id,
    )


async def people(
    db: Db, account_id: int, user_ids: Sequence[int], group_ids: Sequence[int], pbx_id: int | None, most: int
) -> list[Row]:
    """These users, those of these groups (0: the default one), and whoever stands in for one of them."""
    return await db.rows(
        """
        with wanted as (
          select u.id from users u where u.account_id = $1 and u.id = any($2::int8[])
          union
          (select u.id from users u where u.account_id = $1 and coalesce(u.group_id, 0) = any($3::int8[])
            and u.is_active order by u.id limit $5)
        ), deputies as (
          select v.deputy_id as id from availability v join wanted w on w.id = v.user_id
          where v.account_id = $1 and v.deputy_id is not null
        )
        select u.id, coalesce(u.group_id, 0) as group_id, u.is_active, v.quiet_until, v.away_from, v.away_until,
          v.deputy_id,
          coalesce((select jsonb_agg(jsonb_build_object('number', e.number, 'kind', e.kind, 'dial', e.device,
              'is_confirmed', e.is_confirmed_by_key, 'rings', e.rings) order by e.sort, e.id)
            from extensions e where e.account_id = $1 and e.user_id = u.id
              and (e.pbx_id is null or e.pbx_id = $4 or $4::int8 is null)), '[]') as devices
        from (select id from wanted union select id from deputies) n
        join users u on u.account_id = $1 and u.id = n.id
        left join availability v on v.account_id = $1 and v.user_id = u.id
        """,
        account_id,
        list(user_ids),
        list(group_ids),
        pbx_id,
        most,
    )


async def whose(db: Db, account_id: int, pbx_id: int | None, numbers: Sequence[str], tails: Sequence[int]) -> list[Row]:
    """Whose extensions these are: by the number as it is written, or a mobile by its last ten digits."""
    return await db.rows(
        """
        select number, tail, user_id, kind, is_confirmed_by_key from extensions
        where account_id = $1 and (pbx_id is null or pbx_id = $2 or $2::int8 is null)
          and (number = any($3::text[]) or (tail = any($4::int8[]) and tail > 9999999))
        """,
        account_id,
        pbx_id,
        list(numbers),
        list(tails),
    )
