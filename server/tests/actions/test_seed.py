"""Made-up cards are like any others: found, shown, and the same each time."""

import pytest

from tests.cast import Cast
from tests.conftest import Client
from trubka.actions import seed
from trubka.api.asked import Site
from trubka.db import Db, cards
from trubka.db.cards import Wanted
from trubka.errors import CannotStart
from trubka.rules.cards import keyed
from trubka.rules.entities import Entity


async def test_seeded_cards_have_the_keys_of_all_cards(db: Db, site: Site, cast: Cast, api: Client):
    account = await site.known.account(cast.account_id)
    told: list[str] = []
    await seed.seed(db, account, 300, told.append, now=1_700_000_000)
    assert told[0].startswith("300 of 300 contacts") and told[-1].startswith("300 contacts are there")
    counts = await db.row("""select (select count(*) from contacts), (select count(*) from leads),
        (select count(*) from companies), (select count(*) from bonds where is_main)""")
    assert counts is not None and tuple(counts) == (300, 100, 30, 100)
    for entity in (Entity.contact, Entity.company, Entity.lead):
        for row in await cards.page(db, account.id, entity, Wanted(limit=1_000)):
            found = keyed(row["name"], account.keying(entity), row["fields"], account.country)
            keys = await db.rows("select key from keys where entity = $1 and id = $2", int(entity), row["id"])
            digits = await db.rows("select digits from phones where entity = $1 and id = $2", int(entity), row["id"])
            assert {key["key"] for key in keys} == found.keys
            assert {each["digits"] for each in digits} == found.digits
            assert row["words"] == found.words
    some = await db.row("select name from contacts where name like '% %' limit 1")
    assert some is not None
    page = await api.get("/api/v4/contacts", params={"query": some["name"]})
    assert some["name"] in [contact["name"] for contact in page.json()["_embedded"]["contacts"]]


async def test_the_same_number_makes_the_same_people(db: Db, site: Site, cast: Cast):
    account = await site.known.account(cast.account_id)
    for number in (5, 5, 6):
        await seed.seed(db, account, 20, lambda _: None, number=number, now=1_700_000_000)
    names = [row["name"] for row in await db.rows("select name from contacts order by id")]
    assert names[:20] == names[20:40] != names[40:]


@pytest.mark.parametrize("size", [0, -1, seed.MOST_CONTACTS + 1])
async def test_nonsense_sizes_are_refused(db: Db, site: Site, cast: Cast, size: int):
    account = await site.known.account(cast.account_id)
    with pytest.raises(CannotStart, match="number of contacts must be from 1"):
        await seed.seed(db, account, size, print)
    assert await db.value("select count(*) from contacts") == 0


async def test_a_seed_that_fails_leaves_whole_batches(db: Db, site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    account = await site.known.account(cast.account_id)
    monkeypatch.setattr(seed, "BATCH", 50)
    monkeypatch.setattr(seed, "AT_ONCE", 1)
    told: list[str] = []
    written: list[int] = []
    write = seed.write

    async def fails(db: Db, lines: dict[str, bytes]) -> None:
        written.append(1)
        await write(db, {**lines, "keys": b"nonsense\n"} if len(written) == 3 else lines)

    monkeypatch.setattr(seed, "write", fails)
    with pytest.raises(ExceptionGroup):
        await seed.seed(db, account, 200, told.append)
    assert told[-1] == "Stopped. 100 contacts are there, whole; 100 were not made."
    assert await db.value("select count(*) from contacts") == 100
    assert await db.value("select count(distinct id) from keys where entity = 1") == 100
