"""Made-up records: what is written is what a real record would have, and the same seed makes the same."""

import msgspec
import pytest

from trubka.rules.accounts import Account
from trubka.rules.cards import keyed
from trubka.rules.entities import Entity
from trubka.rules.fields import Enum, Field
from trubka.rules.sample import Lines, Wish, batch, father_of, written

PHONE = Field(1101, "Phone", "PHONE", "multitext", (1, 3), enums=[Enum(2101, "WORK")])
EMAIL = Field(1102, "Email", "EMAIL", "multitext", (1,), enums=[Enum(2111, "WORK")])
POSITION = Field(1103, "Position", "POSITION", "text", (1,))
ACCOUNT = Account(id=31, name="Acme", subdomain="acme", fields=(PHONE, EMAIL, POSITION))
WISH = Wish(
    account=ACCOUNT,
    seed=1,
    number=0,
    now=1_760_000_000,
    users=[7001, 7002],
    contacts=list(range(50_001, 50_201)),
    companies=list(range(60_001, 60_021)),
    leads=list(range(90_001, 90_061)),
    statuses=[(3001, 40_002), (3001, 142), (3001, 143)],
    tags={Entity.contact: [601], Entity.company: [602], Entity.lead: [603]},
)


def rows(lines: Lines, table: str) -> list[list[str]]:
    return [line.split("\t") for line in lines[table].decode().splitlines()]


def test_the_same_seed_makes_the_same_and_another_makes_another():
    assert batch(WISH) == batch(WISH)
    assert batch(WISH) != batch(msgspec.structs.replace(WISH, seed=2))
    assert batch(WISH) != batch(msgspec.structs.replace(WISH, number=1))


def test_every_record_is_there_once_with_the_keys_of_a_real_one():
    lines = batch(WISH)
    contacts = rows(lines, "contacts")
    assert [int(row[1]) for row in contacts] == WISH.contacts
    assert [int(row[1]) for row in rows(lines, "companies")] == WISH.companies
    assert [int(row[1]) for row in rows(lines, "leads")] == WISH.leads
    keys: dict[str, set[str]] = {}
    for _, entity, key, card_id in rows(lines, "keys"):
        if int(entity) == Entity.contact:
            keys.setdefault(card_id, set()).add(key)
    for row in contacts:
        found = keyed(row[2], ACCOUNT.keying(Entity.contact), msgspec.json.decode(row[-2]), "RU")
        assert keys[row[1]] == found.keys
        assert row[-1] == found.words


def test_numbers_come_in_the_order_of_their_index():
    tails = [int(row[1]) for row in rows(batch(WISH), "phones")]
    assert tails == sorted(tails)


@pytest.mark.parametrize(("way", "number"), [(0, "+79161234567"), (7, "8 (916) 123-45-67"), (9, "+7 916 123 4567")])
def test_a_number_as_people_write_it(way: int, number: str):
    assert written("916", 1_234_567, way) == number


@pytest.mark.parametrize(("name", "father"), [("Иван", "Иванович"), ("Сергей", "Сергеевич"), ("Игорь", "Игоревич")])
def test_a_fathers_name(name: str, father: str):
    assert father_of(name, "ович") == father
