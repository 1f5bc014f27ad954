"""One-time links. They let a person in, so they belong to the installation; an invitation names its account."""

from trubka.db import Db, Row


async def add(
    db: Db, token_hash: bytes, kind: str, person_id: int | None, account_id: int | None, seconds: int
) -> None:
    """The new link of a kind takes the place of the older one for the same person."""
    await db.run(
        """
        with old as (
          delete from links where kind = $2 and person_id = $3 and account_id is not distinct from $4
        )
        insert into links (token_hash, kind, person_id, account_id, expires_at)
        values ($1, $2, $3, $4, now() + make_interval(secs => $5))
        """,
        token_hash,
        kind,
        person_id,
        account_id,
        seconds,
    )


async def open_one(db: Db, token_hash: bytes) -> Row | None:
    """A link that can still be used, with whom it lets in and where."""
    return await db.row(
        """
        select l.kind, l.person_id, l.account_id, extract(epoch from l.expires_at)::int8 as expires_at,
          p.email, p.email_key, p.name, p.password_hash, a.name as company
        from links l left join people p on p.id = l.person_id left join accounts a on a.id = l.account_id
        where l.token_hash = $1 and l.used_at is null and l.expires_at > now()
        """,
        token_hash,
    )


async def use(db: Db, token_hash: bytes) -> bool:
    """Once: of two at the same moment one waits here and then finds it used."""
    return bool(
        await db.run(
            "update links set used_at = now() where token_hash = $1 and used_at is null and expires_at > now()",
            token_hash,
        )
    )


async def drop_of(db: Db, person_id: int) -> None:
    """Links that were made for this person before are worth nothing any more, but invitations to other accounts."""
    await db.run(
        "delete from links where person_id = $1 and kind in ('reset', 'sign_in') and used_at is null", person_id
    )


async def tidy(db: Db) -> int:
    return await db.run("delete from links where expires_at < now()")
