"""Browser sessions. They belong to a person, who may be a user of several accounts, so no account id leads here."""

from uuid import UUID

from trubka.db import Db, Row


async def current(db: Db, token_hash: bytes) -> Row | None:
    """The session with its person and, when an account is chosen, the user there."""
    return await db.row(
        """
        select s.id, s.person_id, s.account_id, s.scope, s.seen_at < now() - interval '1 minute' as stale,
          u.id as user_id
        from sessions s
        left join users u on u.account_id = s.account_id and u.person_id = s.person_id
          and u.is_active and u.joined_at is not null
        where s.token_hash = $1 and s.expires_at > now()
        """,
        token_hash,
    )


async def add(
    db: Db,
    token_hash: bytes,
    person_id: int,
    chosen_id: int | None,
    scope: str,
    days: int,
    address: str,
    agent: str,
) -> None:
    await db.run(
        """
        insert into sessions (token_hash, person_id, account_id, scope, expires_at, address, agent)
        values ($1, $2, $3, $4, now() + make_interval(days => $5), $6, $7)
        """,
        token_hash,
        person_id,
        chosen_id,
        scope,
        days,
        address,
        agent,
    )


async def touch(db: Db, session_id: UUID, days: int) -> None:
    """Used again: it lives on."""
    await db.run(
        "update sessions set seen_at = now(), expires_at = now() + make_interval(days => $2) where id = $1",
        session_id,
        days,
    )


async def choose(db: Db, session_id: UUID, chosen_id: int) -> int | None:
    """Where the session stood before, when that was elsewhere."""
    return await db.value(
        """
        update sessions s set account_id = $2 from (select id, account_id from sessions where id = $1 for update) old
        where s.id = old.id returning nullif(old.account_id, $2)
        """,
        session_id,
        chosen_id,
    )


async def of_person(db: Db, person_id: int) -> list[Row]:
    return await db.rows(
        """
        select s.id::text as id, extract(epoch from s.created_at)::int8 as created_at,
          extract(epoch from s.seen_at)::int8 as seen_at, extract(epoch from s.expires_at)::int8 as expires_at,
          s.address, s.agent, s.scope, a.name as account
        from sessions s left join accounts a on a.id = s.account_id
        where s.person_id = $1 and s.expires_at > now() order by s.seen_at desc
        """,
        person_id,
    )


async def end(db: Db, person_id: int, session_id: UUID) -> list[Row]:
    """What ended: (id, account_id)."""
    return await db.rows(
        "delete from sessions where person_id = $1 and id = $2 returning id, account_id", person_id, session_id
    )


async def end_others(db: Db, person_id: int, session_id: UUID | None) -> list[Row]:
    """All of the person's, but this one."""
    return await db.rows(
        "delete from sessions where person_id = $1 and id is distinct from $2::uuid returning id, account_id",
        person_id,
        session_id,
    )


async def end_by_token(db: Db, token_hash: bytes) -> list[Row]:
    return await db.rows("delete from sessions where token_hash = $1 returning id, account_id", token_hash)


async def tidy(db: Db) -> int:
    """Those that ended by themselves."""
    return await db.run("delete from sessions where expires_at < now()")
