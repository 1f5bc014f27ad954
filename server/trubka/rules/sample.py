"""Makes up contacts, companies and leads that look like a real company's, always the same for one seed number.

Common names are as common as in life, because they are what makes a search slow. A batch comes out as the lines that
PostgreSQL's COPY reads, its keys made by `rules/cards.py` like those of any other card.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

import msgspec

from trubka.rules.accounts import Account
from trubka.rules.cards import Keyed, keyed, name_of
from trubka.rules.entities import Entity
from trubka.rules.fields import Kept
from trubka.rules.phones import tail_of

CONTACTS_A_COMPANY = 10
CONTACTS_A_LEAD = 3
SPREAD_SECONDS = 3 * 365 * 86_400  # how long ago the oldest card was made
WON, LOST = 142, 143
TAGS = ("VIP", "Холодный", "Тёплый", "Повторный", "Дилер", "Выставка", "Сайт", "Рекомендация")

MEN = (
    "Александр 90 Сергей 75 Дмитрий 66 Андрей 60 Алексей 57 Иван 50 Михаил 42 Максим 40 Евгений 36 Владимир 34 "
    "Николай 28 Павел 25 Роман 22 Артём 22 Денис 20 Илья 18 Кирилл 17 Никита 17 Игорь 16 Антон 15 Олег 15 Виктор 14 "
    "Константин 13 Юрий 13 Егор 12 Пётр 10 Василий 10 Вадим 9 Руслан 8 Тимур 6 Глеб 5 Семён 5 Фёдор 5 Ярослав 4 "
    "Матвей 4 Лев 3 Тимофей 3 Станислав 3 Георгий 3 Борис 2 Леонид 2 Савелий 1 Ростислав 1 Елисей 1"
)
WOMEN = (
    "Елена 62 Анна 58 Ольга 56 Наталья 54 Екатерина 50 Мария 48 Татьяна 46 Ирина 44 Светлана 38 Юлия 36 Анастасия 34 "
    "Марина 22 Дарья 20 Виктория 18 Ксения 16 Александра 15 Людмила 14 Надежда 12 Галина 11 Алёна 10 Евгения 10 "
    "Полина 9 Валентина 8 Любовь 8 Оксана 8 Софья 7 Вера 6 Лариса 6 Алина 6 Кристина 5 Диана 4 Варвара 3 Маргарита 3 "
    "Жанна 2 Алёна 2 Зоя 1 Ульяна 1 Фёкла 1"
)
SURNAMES = (
    "Иванов 40 Смирнов 36 Кузнецов 33 Попов 30 Васильев 28 Петров 28 Соколов 25 Михайлов 22 Новиков 21 Фёдоров 20 "
    "Морозов 20 Волков 19 Алексеев 19 Лебедев 18 Семёнов 17 Егоров 16 Павлов 16 Козлов 16 Степанов 15 Николаев 15 "
    "Орлов 14 Андреев 14 Макаров 13 Никитин 13 Захаров 12 Зайцев 12 Соловьёв 12 Борисов 11 Яковлев 11 Григорьев 11 "
    "Романов 10 Воробьёв 10 Сергеев 10 Кузьмин 9 Фролов 9 Александров 9 Дмитриев 9 Королёв 8 Гусев 8 Киселёв 8 "
    "Ильин 8 Максимов 8 Поляков 7 Сорокин 7 Виноградов 7 Ковалёв 7 Белов 7 Медведев 6 Антонов 6 Тарасов 6 Жуков 6 "
    "Баранов 6 Филиппов 5 Комаров 5 Давыдов 5 Беляев 5 Герасимов 5 Богданов 5 Осипов 5 Сидоров 5 Матвеев 5 Титов 4 "
    "Марков 4 Миронов 4 Крылов 4 Куликов 4 Карпов 4 Власов 4 Мельников 4 Денисов 4 Гаврилов 3 Тихонов 3 Казаков 3 "
    "Афанасьев 3 Данилов 3 Савельев 3 Тимофеев 3 Фомин 3 Чернов 3 Абрамов 3 Мартынов 3 Ефимов 3 Щербаков 3 Назаров 2 "
    "Калинин 2 Исаев 2 Чернышёв 2 Быков 2 Маслов 2 Родионов 2 Коновалов 2 Лазарев 2 Воронин 2 Климов 2 Филатов 2 "
    "Пономарёв 2 Голубев 2 Кудрявцев 2 Прохоров 2 Наумов 2 Потапов 2 Журавлёв 2 Овчинников 1 Трофимов 1 Леонов 1 "
    "Соболев 1 Ермаков 1 Колесников 1 Гончаров 1 Емельянов 1 Никифоров 1 Грачёв 1 Котов 1 Гришин 1 Ефремов 1 "
    "Архипов 1 Громов 1 Кириллов 1 Малышев 1 Панов 1 Моисеев 1 Румянцев 1 Акимов 1 Кондратьев 1 Бирюков 1 Горбунов 1"
)
FATHERS = "Иван 9 Александр 9 Сергей 8 Алексей 8 Владимир 8 Николай 7 Виктор 6 Михаил 6 Анатолий 5 Андрей 5 Юрий 4"
ENGLISH_FIRST = (
    "James 9 John 9 Michael 9 David 8 Robert 8 William 7 Thomas 5 Daniel 5 Mary 8 Sarah 6 Jennifer 6 Linda 5 Emma 5 "
    "Elizabeth 5 Susan 4 Jessica 4 Olivia 3 George 3 Henry 2 Zoë 1 Ivan 1 Maria 2"
)
ENGLISH_LAST = (
    "Smith 10 Johnson 9 Williams 8 Brown 8 Jones 7 Miller 6 Davis 6 Wilson 5 Taylor 5 Anderson 4 Thomas 4 Jackson 4 "
    "White 3 Harris 3 Martin 3 Thompson 3 Clark 2 Lewis 2 Walker 2 O'Brien 1 Ivanov 1"
)
OPERATORS = "916 9 903 8 905 7 926 7 925 6 910 5 915 5 917 5 919 4 999 4 977 4 985 4 962 3 964 3 921 3 911 3 950 2"
CITIES = "495 6 499 4 812 3 343 2 383 1 846 1 831 1 863 1"
DOMAINS = "mail.example 40 post.example 25 box.example 25 work.example 9 example.com 1"
TRADES = "Ромашка 3 Вектор 4 СтройМонтаж 4 ТехноСервис 4 Альянс 3 Гарант 2 Логистика 3 Алмаз 2 Планета 1"
FORMS = "ООО 8 АО 2 ИП 3 Ltd 1"
GOODS = "Поставка 5 Монтаж 3 Обслуживание 3 Проект 2 Консультация 2 Ремонт 2 Аренда 1"
POSITIONS = "Директор 5 Менеджер 6 Бухгалтер 4 Инженер 3 Закупщик 2 Снабженец 1"
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch - y - e yu ya"


class Wish(msgspec.Struct, frozen=True):
    """What one batch is made of: everything that the database has to say, ids among it."""

    account: Account
    seed: int
    number: int  # of the batch
    now: int
    users: list[int]
    contacts: list[int]
    companies: list[int]
    leads: list[int]
    statuses: list[tuple[int, int]]  # (pipeline, status), unsorted left out
    tags: dict[Entity, list[int]]


class Choice:
    """`Иван 50 Пётр 10`: drawn as often as their numbers say."""

    def __init__(self, pairs: str) -> None:
        words = pairs.split()
        self.values = words[::2]
        self.weights = list(accumulate(int(weight) for weight in words[1::2]))

    def draw(self, chance: Random, count: int) -> list[str]:
        return chance.choices(self.values, cum_weights=self.weights, k=count)


Lines = dict[str, bytes]  # of each table, for COPY

COLUMNS: dict[str, tuple[str, ...]] = {
    "contacts": (
        *("account_id", "id", "name", "first_name", "last_name", "responsible_user_id", "created_by", "updated_by"),
        *("created_at", "updated_at", "tags", "fields", "words"),
    ),
    "companies": (
        *("account_id", "id", "name", "responsible_user_id", "created_by", "updated_by"),
        *("created_at", "updated_at", "tags", "fields", "words"),
    ),
    "leads": (
        *("account_id", "id", "name", "price", "responsible_user_id", "pipeline_id", "status_id", "is_active"),
        *("created_by", "updated_by", "created_at", "updated_at", "closed_at", "tags", "words"),
    ),
    "bonds": ("account_id", "entity", "id", "to_entity", "to_id", "is_main"),
    "phones": ("account_id", "tail", "entity", "id", "digits"),
    "keys": ("account_id", "entity", "key", "id"),
}
transliteration = str.maketrans(dict(zip(CYRILLIC, LATIN.replace("-", "").split(" "), strict=True)))


def batch(wish: Wish) -> Lines:
    """All the lines of one batch, in the order of each table's first index."""
    making = Making(wish)
    making.all_companies()
    making.all_contacts()
    making.all_leads()
    return making.lines()


class Making:
    """One batch on its way."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.account = wish.account
        self.chance = Random(f"{wish.seed}/{wish.number}")  # noqa: S311 nothing secret comes of it
        self.rows: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.keys: list[bytes] = []  # as bytes they sort quickest
        self.numbers: list[tuple[int, str]] = []
        self.company_of: dict[int, int] = {}
        self.fields = {entity: named_fields(self.account, entity) for entity in Entity}

    def lines(self) -> Lines:
        self.keys.sort()
        self.numbers.sort()
        self.rows["phones"] = [line for _, line in self.numbers]
        found = {table: "".join(rows).encode() for table, rows in self.rows.items()}
        return found | {"keys": b"".join(self.keys)}

    def all_companies(self) -> None:
        wish, chance = self.wish, self.chance
        count = len(wish.companies)
        drawn = zip(FORM.draw(chance, count), TRADE.draw(chance, count), self.phones(count), strict=True)
        for card_id, (form, trade, number) in zip(wish.companies, drawn, strict=True):
            name = f"{form} «{trade}-{chance.randrange(1, 10_000)}»"
            stored = self.stored(Entity.company, PHONE=[number])
            words = self.index(Entity.company, card_id, name, stored)
            self.write(
                "companies", card_id, name, *self.history(), self.some_tags(Entity.company), json_of(stored), words
            )

    def all_contacts(self) -> None:
        wish, chance = self.wish, self.chance
        numbers, more = self.phones(len(wish.contacts)), self.phones(len(wish.contacts))
        domains = DOMAIN.draw(chance, len(wish.contacts))
        positions = POSITION.draw(chance, len(wish.contacts))
        for place, (card_id, (first, last)) in enumerate(zip(wish.contacts, self.people(), strict=True)):
            name = name_of(first, last, self.account.name_order)
            mail = mail_of(first, last, domains[place], chance) if chance.random() < 0.4 else None
            stored = self.stored(
                Entity.contact,
                PHONE=[numbers[place], more[place]] if chance.random() < 0.3 else [numbers[place]],
                EMAIL=[mail] if mail else [],
                POSITION=[positions[place]] if chance.random() < 0.2 else [],
            )
            words = self.index(Entity.contact, card_id, name, stored)
            history = self.history()
            self.write(
                "contacts", card_id, name, first, last, *history, self.some_tags(Entity.contact), json_of(stored), words
            )
            if wish.companies and chance.random() < 0.4:
                company = self.company_of[card_id] = chance.choice(wish.companies)
                self.write("bonds", int(Entity.contact), card_id, int(Entity.company), company, "f")

    def all_leads(self) -> None:
        wish, chance = self.wish, self.chance
        goods = GOOD.draw(chance, len(wish.leads))
        for card_id, what, contact in zip(
            wish.leads, goods, sorted(chance.sample(wish.contacts, len(wish.leads))), strict=True
        ):
            name = f"{what} №{card_id}"
            pipeline, status = chance.choice(wish.statuses)
            owner, by, by_too, made, changed = self.history()
            closed = changed if status in (WON, LOST) else None
            place = (pipeline, status, "f" if closed else "t")
            words = self.index(Entity.lead, card_id, name, {})
            price = chance.randrange(1, 500) * 1_000
            times = (by, by_too, made, changed, "\\N" if closed is None else closed)
            self.write("leads", card_id, name, price, owner, *place, *times, self.some_tags(Entity.lead), words)
            self.write("bonds", int(Entity.lead), card_id, int(Entity.contact), contact, "t")
            if (company := self.company_of.get(contact)) is not None:
                self.write("bonds", int(Entity.lead), card_id, int(Entity.company), company, "f")

    def write(self, table: str, *values: object) -> None:
        self.rows[table].append("\t".join(map(str, (self.account.id, *values))) + "\n")

    def index(self, entity: Entity, card_id: int, name: str, stored: Kept) -> str:
        """Writes the keys and numbers of a card, and says its words."""
        found: Keyed = keyed(name, self.account.keying(entity), stored, self.account.country)
        head, tail = f"{self.account.id}\t{int(entity)}\t", f"\t{card_id}\n"
        self.keys += [f"{head}{key}{tail}".encode() for key in found.keys]
        for digits in found.digits:
            number = tail_of(digits)
            self.numbers.append((number, f"{self.account.id}\t{number}\t{int(entity)}\t{card_id}\t{digits}\n"))
        return found.words

    def history(self) -> tuple[int, int, int, int, int]:
        """Who answers for a card, who made it and changed it last, when it was made and changed."""
        users = self.wish.users
        owner, by = users[self.below(len(users))], users[self.below(len(users))]
        ago = self.below(SPREAD_SECONDS)
        return owner, by, owner, self.wish.now - ago, self.wish.now - self.below(ago + 1)

    def below(self, limit: int) -> int:
        """As `randrange`, at a fifth of its cost: ten million are drawn for a million contacts."""
        return int(self.chance.random() * limit)

    def some_tags(self, entity: Entity) -> str:
        if self.chance.random() > 0.2:
            return "{}"
        tags = self.wish.tags[entity]
        return f"{{{tags[self.below(len(tags))]}}}"

    def people(self) -> list[tuple[str, str]]:
        """(first name, last name), a tenth of them English, some with their father's name."""
        chance, count = self.chance, len(self.wish.contacts)
        drawn = zip(
            *(choice.draw(chance, count) for choice in (MAN, WOMAN, SURNAME, FATHER, FIRST, LAST)),
            strict=True,
        )
        found: list[tuple[str, str]] = []
        for man, woman, surname, father, first, last in drawn:
            kind = chance.random()
            if kind < 0.1:
                found.append((first, last))
            elif kind < 0.55:
                found.append((man, f"{father_of(father, 'ович')} {surname}" if kind < 0.15 else surname))
            elif kind < 0.95:
                surname += "а"
                found.append((woman, f"{father_of(father, 'овна')} {surname}" if kind < 0.6 else surname))
            else:
                found.append((man, ""))
        return found

    def phones(self, count: int) -> list[str]:
        chance = self.chance
        mobile, city = OPERATOR.draw(chance, count), CITY.draw(chance, count)
        return [
            written(code if chance.random() < 0.85 else town, self.below(10_000_000), self.below(10))
            for code, town in zip(mobile, city, strict=True)
        ]

    def stored(self, entity: Entity, **texts: list[str]) -> Kept:
        found: Kept = {}
        for code, number, enum in self.fields[entity]:
            if values := texts.get(code):
                found[number] = [{"value": text} | enum for text in values]
        return found


def named_fields(account: Account, entity: Entity) -> list[tuple[str, str, dict[str, int]]]:
    """Code, number and first choice of the fields that have a code."""
    return [
        (field.code, str(field.id), {"enum_id": field.enums[0].id} if field.enums else {})
        for field in account.fields_of(entity)
        if field.code
    ]


def json_of(stored: Kept) -> str:
    return msgspec.json.encode(stored).decode()


def father_of(name: str, ending: str) -> str:
    """Иван, -ович: Иванович; Сергей: Сергеевич."""
    return name[:-1] + "е" + ending[1:] if name[-1] in "йь" else name + ending


def mail_of(first: str, last: str, domain: str, chance: Random) -> str:
    parts = [part for part in (first, last.rpartition(" ")[2]) if part]
    local = ".".join(parts).lower().translate(transliteration).replace("'", "").replace("ë", "e")
    return f"{local}{chance.randrange(100) or ''}@{domain}"


def written(code: str, number: int, way: int) -> str:
    """A number as people write it: most plainly, some with brackets, some with an 8."""
    digits = f"{number:07}"
    if way < 7:
        return f"+7{code}{digits}"
    if way < 9:
        return f"8 ({code}) {digits[:3]}-{digits[3:5]}-{digits[5:]}"
    return f"+7 {code} {digits[:3]} {digits[3:]}"


MAN, WOMAN, SURNAME, FATHER = Choice(MEN), Choice(WOMEN), Choice(SURNAMES), Choice(FATHERS)
FIRST, LAST = Choice(ENGLISH_FIRST), Choice(ENGLISH_LAST)
OPERATOR, CITY, DOMAIN = Choice(OPERATORS), Choice(CITIES), Choice(DOMAINS)
FORM, TRADE, GOOD, POSITION = Choice(FORMS), Choice(TRADES), Choice(GOODS), Choice(POSITIONS)
