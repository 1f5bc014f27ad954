"""Search over the real database gives what a plain look through all cards gives, whichever way it goes."""

import random
from typing import Literal, LiteralString

import pytest

from tests.cast import Cast
from trubka.actions import cards as actions
from trubka.actions import contacts
from trubka.api.asked import Site
from trubka.db import Db, Row, cards
from trubka.db.cards import Wanted
from trubka.rules import search
from trubka.rules.cards import Asked
from trubka.rules.entities import Entity
from trubka.rules.fields import Given
from trubka.rules.rights import Sight
from trubka.rules.search import Way

NAMES = ("Иван", "Иванов", "Мария", "Ёлкин", "Елкина", "Пётр", "John", "Johnson", "O'Brien", "Анна-Мария")
QUERIES = (
    *("иван", "ива иван", "мария иван", "ёл", "ЕЛКИНА пет", "john", "o b", "мар анна", "9161", "8916", "7916", "0002"),
    *("иван 9161", "9161 мария", "12345", "ivan1@mail.ru", "ivan", "mail", "ничего", "иван ничего"),
)


def sight_of(*owners: int) -> Sight:
    return Sight(Entity.contact, owners)


Kind = Literal["walk", "merge", "gather", "owned"]


def goes(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """Whatever it costs, this way."""
    way = Way(kind)

    def chosen(*_: object) -> Way:
        return way

    monkeypatch.setattr(cards, "FEW", 0)
    monkeypatch.setattr(cards, "cheapest", chosen)


@pytest.fixture
async def people(db: Db, site: Site, cast: Cast) -> list[Row]:
    chance = random.Random(7)
    batch: list[Asked] = []
    for place in range(240):
        name = " ".join(chance.choices(NAMES, k=chance.randint(1, 3))) + (" 12345" if place % 40 == 0 else "")
        number = f"{chance.choice(['+7', '8'])}{chance.choice(['916', '903'])}{chance.choice(['1', '2'])}{place:06}"
        given = [Given(field_code="PHONE", values=[{"value": number}])]
        if place % 3 == 0:
            given.append(Given(field_code="EMAIL", values=[{"value": f"Ivan{place // 10}@mail.ru"}]))
        owner = cast.anna if place % 4 else cast.clara
        batch.append(Asked(name=name, given=given, responsible_user_id=owner, updated_at=1_000 + place * 7 % 50))
    account = await site.known.account(cast.account_id)
    me = await cast.me(db, "olga")
    await actions.add(db, me, account, contacts.KIND, batch, 1_000)
    return await db.rows("select id, words, updated_at, responsible_user_id, fields from contacts order by id")


def looked_through(people: list[Row], query: str) -> list[int]:
    """The model: words and digits compared in plain Python."""
    found: list[int] = []
    for row in people:
        words = [word for word in row["words"].split(" ") if word and not word.startswith("#")]
        numbers = [word[1:] for word in row["words"].split(" ") if word.startswith("#")]
        mails = [str(value["value"]).lower() for values in row["fields"].values() for value in values]
        if all(any(holds(part, words, numbers, mails) for part in term) for term in search.sought(query, "RU")):
            found.append(row["id"])
    return found


def holds(part: str, words: list[str], numbers: list[str], mails: list[str]) -> bool:
    match part[0]:
        case "w":
            return any(word.startswith(part[1:]) for word in words)
        case "d":
            return any(part[1:] in number for number in numbers)
        case _:
            return any(mail.startswith(part[1:]) for mail in mails)


@pytest.mark.parametrize("kind", [None, "walk", "merge", "gather", "owned"])
async def test_search_agrees_with_a_look_through_all_cards(
    db: Db, cast: Cast, people: list[Row], kind: Kind | None, monkeypatch: pytest.MonkeyPatch
):
    if kind is not None:
        goes(monkeypatch, kind)
    monkeypatch.setattr(cards, "FEW", 0)
    both = sight_of(cast.anna, cast.clara)
    for query in QUERIES:
        terms = search.sought(query, "RU")
        if kind in ("walk", "merge", "owned") and terms[0][0][0] == "m":
            continue
        wanted = Wanted(limit=251, terms=terms, sight=both if kind in ("merge", "owned") else None)
        rows = await cards.page(db, cast.account_id, Entity.contact, wanted)
        assert [row["id"] for row in rows] == looked_through(people, query), (query, kind)


async def test_some_are_found_and_some_are_not(people: list[Row]):
    counts = {query: len(looked_through(people, query)) for query in QUERIES}
    assert counts["ничего"] == counts["иван ничего"] == 0
    assert all(count for query, count in counts.items() if "ничего" not in query), counts


@pytest.mark.parametrize("kind", ["walk", "merge", "gather", "owned"])
@pytest.mark.parametrize("owners", [["anna"], ["anna", "clara"]])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sorting", ["id", "updated_at"])
async def test_pages_follow_one_another(
    db: Db,
    cast: Cast,
    people: list[Row],
    kind: Kind,
    owners: list[str],
    sorting: cards.Sorting,
    descending: bool,
    monkeypatch: pytest.MonkeyPatch,
):
    goes(monkeypatch, kind)
    theirs = [getattr(cast, name) for name in owners]

    async def page(limit: int, skip: int = 0, after: tuple[int, int] | None = None) -> list[tuple[int, int]]:
        wanted = Wanted(limit=limit, skip=skip, after=after, sorting=sorting, descending=descending)
        wanted.terms, wanted.sight = [("wиван",)], sight_of(*theirs)
        rows = await cards.page(db, cast.account_id, Entity.contact, wanted)
        return [(row[sorting], row["id"]) for row in rows]

    expected = sorted(
        (
            (row[sorting], row["id"])
            for row in people
            if row["responsible_user_id"] in theirs and row["id"] in looked_through(people, "иван")
        ),
        reverse=descending,
    )
    assert await page(251) == expected
    seen: list[tuple[int, int]] = []
    while part := await page(20, after=seen[-1] if seen else None):
        assert part == await page(20, skip=len(seen))
        seen += part
    assert seen == expected


async def test_nobody_finds_what_they_may_not_see(db: Db, cast: Cast, people: list[Row]):
    for owners in ((), (cast.boris,)):
        wanted = Wanted(limit=251, terms=[("wиван",)], sight=sight_of(*owners))
        assert await cards.page(db, cast.account_id, Entity.contact, wanted) == []
    wanted = Wanted(limit=251, terms=[("wиван",)])
    assert await cards.page(db, cast.other_account_id, Entity.contact, wanted) == []


@pytest.mark.parametrize("entity", ["contacts", "companies", "leads", "customers"])
async def test_the_longest_words_fit_into_the_indexes(db: Db, cast: Cast, entity: LiteralString):
    """Words that cannot be made smaller: the rules keep them short enough, whatever was sent."""
    chance = random.Random(3)
    letters = "".join(chr(sign) for sign in range(0x430, 0x450))
    words = search.words_of(*("".join(chance.choices(letters, k=40)) for _ in range(30)))
    numbers = ["".join(chance.choices("0123456789", k=20)) for _ in range(30)]
    text = search.text_of(words, numbers)
    assert len(text.encode()) == 2_604
    columns = "account_id, name, responsible_user_id, created_by, updated_by, created_at, updated_at, words"
    values = "$1, '', 1, 1, 1, 1, 1, $2"
    if entity == "leads":
        columns += ", pipeline_id, status_id"
        values += ", (select min(id) from pipelines where account_id = $1), 142"
    await db.run(f"insert into {entity} ({columns}) values ({values})", cast.account_id, text)
