"""The line of a demo company, who calls on it, and what its calls stand like; and which PBX a call belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from trubka.db import Db, Row

FILLING = "demo_weeks"  # the lease of who makes its two weeks of calls


async def command_ground(db: Db, account_id: int, call_id: int) -> Row | None:
    """A call of a PBX of ours, and what kind of PBX that is."""
    return await db.row(
        """
        select k.uniq, k.user_ids, p.id as pbx_id, p.kind from calls k
        left join pbxes p on p.account_id = $1 and k.origin = 'pbx:' || p.id
        where k.account_id = $1 and k.id = $2 and k.same_as is null
        """,
        account_id,
        call_id,
    )


async def pbx(db: Db, account_id: int) -> int | None:
    return await db.value("select min(id) from pbxes where account_id = $1 and kind = 'demo'", account_id)


async def add_line(db: Db, account_id: int, pbx_id: int, number: str, tail: int, name: str) -> None:
    await db.run(
        """
        insert into lines (account_id, number, tail, name, pbx_id) values ($1, $3, $4, $5, $2) on conflict do nothing
        """,
        account_id,
        pbx_id,
        number,
        tail,
        name,
    )


async def add_phones(db: Db, account_id: int, pbx_id: int) -> None:
    """A phone on the desk (101) and one in the browser (1101) for every user who has none there yet."""
    await db.run(
        """
        with wanted as (
          select u.id, coalesce((select max(e.number::int8) from extensions e where e.account_id = $1 and e.pbx_id = $2
              and e.kind = 'desk' and e.number ~ '^[0-9]{1,9}$'), 100) + row_number() over (order by u.id) as number
          from users u where u.account_id = $1 and u.is_active
            and not exists (select from extensions e where e.account_id = $1 and e.pbx_id = $2 and e.user_id = u.id)
        )
        insert into extensions (account_id, user_id, pbx_id, number, tail, kind, sort)
        select $1, w.id, $2, n.number::text, n.number, n.kind, n.sort from wanted w,
          lateral (values (w.number, 'desk', 0), (w.number + 1000, 'browser', 1)) n(number, kind, sort)
        on conflict do nothing
        """,
        account_id,
        pbx_id,
    )


async def desk_phones(db: Db, account_id: int, pbx_id: int, user_ids: Sequence[int], most: int) -> list[str]:
    """The last of these users first."""
    rows = await db.rows(
        """
        select e.number from extensions e join users u on u.account_id = $1 and u.id = e.user_id and u.is_active
        where e.account_id = $1 and e.pbx_id = $2 and e.kind = 'desk' and e.user_id = any($3::int8[])
        order by array_position($3::int8[], e.user_id) desc limit $4
        """,
        account_id,
        pbx_id,
        list(user_ids),
        most,
    )
    return [row["number"] for row in rows]


async def somebody(db: Db, account_id: int, user_id: int) -> str:
    """The number of a contact, of this user's own if there are any; without contacts, of nobody."""
    found = await db.value(
        """
        with own as (
          select min(id) as low, max(id) as high from contacts
          where account_id = $1 and responsible_user_id = $2 and not is_deleted
        ), anybody as (
          select min(id) as low, max(id) as high from contacts where account_id = $1 and not is_deleted
        ), chance as (select random() as share)
        select coalesce(
          (select h.digits from contacts c join phones h on h.account_id = $1 and h.entity = 1 and h.id = c.id
           where c.account_id = $1 and c.responsible_user_id = $2 and not c.is_deleted
             and c.id >= o.low + (s.share * (o.high - o.low))::int8 order by c.id limit 1),
          (select h.digits from contacts c join phones h on h.account_id = $1 and h.entity = 1 and h.id = c.id
           where c.account_id = $1 and not c.is_deleted
             and c.id >= a.low + (s.share * (a.high - a.low))::int8 order by c.id limit 1))
        from own o, anybody a, chance s
        """,
        account_id,
        user_id,
    )
    return found or await stranger(db, account_id)


async def stranger(db: Db, account_id: int) -> str:
    """A number that no card has."""
    return await db.value(
        """
        select n.digits from (
          select (array['7495', '7812', '7343', '7383', '7921', '7916', '375', '44'])[1 + floor(random() * 8)::int]
            || lpad(floor(random() * 10000000)::text, 7, '0') as digits from generate_series(1, 50)) n
        where not exists (select from phones h where h.account_id = $1 and h.tail = right(n.digits, 10)::int8) limit 1
        """,
        account_id,
    )


async def rung(db: Db, account_id: int, origin: str, user_id: int, since: int) -> int:
    """How many calls of the demo line have rung this user since then."""
    return await db.value(
        """
        select count(*) from calls
        where account_id = $1 and started_at > $4 and same_as is null and origin = $2 and $3 = any(user_ids)
        """,
        account_id,
        origin,
        user_id,
        since,
    )


async def going(db: Db, most: int) -> list[Row]:
    """The calls of all demo lines that go on."""
    return await db.rows(
        """
        select k.account_id, p.id as pbx_id, k.uniq, k.details, k.answered_at, k.updated_at
        from pbxes p join calls k on k.account_id = p.account_id and k.origin = 'pbx:' || p.id and k.ended_at is null
        where p.kind = 'demo' order by k.updated_at limit $1
        """,
        most,
    )


async def unlived(db: Db) -> Row | None:
    """A demo company of which no call is known yet, with its line, its users and its cards."""
    return await db.row(
        """
        select a.id, p.id as pbx_id,
          array(select u.id from users u where u.account_id = a.id order by u.id) as users,
          array(select c.id from companies c where c.account_id = a.id order by c.id) as companies,
          array(select c.id from contacts c where c.account_id = a.id order by c.id) as contacts,
          array(select c.id from leads c where c.account_id = a.id order by c.id) as leads
        from accounts a join pbxes p on p.account_id = a.id and p.kind = 'demo'
        where a.is_demo and not exists (select from calls k where k.account_id = a.id) order by a.id limit 1
        """
    )
