"""The keys that sign access tokens. They belong to the installation, so no account stands here."""

from trubka.db import Db, Row


async def all_of(db: Db) -> list[Row]:
    """Those that may still verify a token; the newest that is not retired signs."""
    return await db.rows(
        """
        select id, private_pem, public_pem, retired_at is not null as retired from signing_keys
        where verify_until is null or verify_until > now()
        order by created_at desc
        """
    )


async def add(db: Db, key_id: str, private_pem: str, public_pem: str) -> None:
    await db.run(
        "insert into signing_keys (id, private_pem, public_pem) values ($1, $2, $3)",
        key_id,
        private_pem,
        public_pem,
    )


async def retire_others(db: Db, key_id: str, access_seconds: int) -> int:
    """The others sign no more; they verify until the last token of any account that they signed has ended."""
    return await db.run(
        """
        update signing_keys set retired_at = now(),
          verify_until = greatest(now() + make_interval(secs => $2),
            (select max(g.last_token_until) from grants g where g.revoked_at is null))
        where id <> $1 and retired_at is null
        """,
        key_id,
        access_seconds,
    )
