"""Two weeks of a company that does not exist: whom it knows, who called whom, what came of it, what was promised.

The same seed and moment give the same weeks. People stand for one another by their places in the lists (`who`: 0 is
the administrator); what becomes of a call (whose it is, what is owed, what is unsorted) is left to the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta, tzinfo
from itertools import accumulate
from random import Random

import msgspec

from trubka.rules.calls import NO_ANSWER, TALKED
from trubka.rules.demo_words import WORDS, Words
from trubka.rules.sample import CITY, FIRST, LAST, MAN, OPERATOR, SURNAME, WOMAN, mail_of, written
from trubka.rules.sample import DOMAIN as MAIL

DAYS = 14
PEOPLE, SALES, NOTES = 240, 80, 24
REGULARS = 36  # they call again and again
SOUNDS = 6  # recordings
LONGEST_SOUND = 50  # seconds
BUSY, BACK_LATER, NOT_THERE = 7, 2, 3  # statuses of calls, with TALKED and NO_ANSWER
STEPS = (20, 18, 13, 9, 12, 8)  # leads in the four steps of work, won, lost
WON, LOST = 4, 5
SHARES = (14, 34, 32, 20)  # of the cards of each of us
HOURS = {9: 6, 10: 10, 11: 12, 12: 9, 13: 5, 14: 8, 15: 11, 16: 10, 17: 7, 18: 4, 19: 2}
WEEKDAY, WEEKEND = (10, 15), (2, 3)  # calls
JUST_NOW = (164, 149, 131, 118, 97, 74, 52, 33)  # minutes ago: whoever looks sees a day, at any hour
DAY = 86_400


class Firm(msgspec.Struct, frozen=True):
    name: str
    phone: str
    who: int
    tags: tuple[str, ...]
    made: int


class Person(msgspec.Struct, frozen=True):
    first: str
    last: str
    phones: tuple[str, ...]
    mail: str | None
    position: str | None
    firm: int | None
    who: int
    tags: tuple[str, ...]
    made: int


class Sale(msgspec.Struct, frozen=True):
    """`step` is where it stands; `moved`, when it came there; `lately`, in our weeks, from the step before."""

    name: str
    price: int
    person: int
    who: int
    step: int
    reason: int
    tags: tuple[str, ...]
    made: int
    moved: int | None
    lately: bool


class Todo(msgspec.Struct, frozen=True):
    text: str
    who: int
    made: int
    due: int
    person: int | None = None
    sale: int | None = None
    done: int | None = None
    result: str | None = None


class Said(msgspec.Struct, frozen=True):
    """What the agent wrote after a call; a name and a lead for a caller who was unknown."""

    status: int
    result: str
    todo: str | None = None
    due: int = 0
    name: str | None = None
    lead: str | None = None
    price: int | None = None


class Call(msgspec.Struct, frozen=True):
    """`rings` are those of us whose phones ring; outbound, the one who calls. `talk` 0: nobody talked."""

    number: str
    at: int
    inbound: bool
    rings: tuple[int, ...]
    wait: int
    talk: int
    passed: int | None = None  # to whom the talk was transferred
    said: Said | None = None
    sound: bool = False

    @property
    def over(self) -> int:
        return self.at + self.wait + self.talk


class Note(msgspec.Struct, frozen=True):
    text: str
    who: int
    at: int
    sale: int


class Form(msgspec.Struct, frozen=True):
    name: str
    phone: str
    wish: str
    at: int


class Life(msgspec.Struct, frozen=True):
    firms: list[Firm]
    people: list[Person]
    sales: list[Sale]
    calls: list[Call]  # in the order of time
    todos: list[Todo]
    notes: list[Note]
    forms: list[Form]


def life(language: str, now: int, zone: tzinfo, seed: int = 1) -> Life:
    making = Making("ru" if language == "ru" else "en", now, zone, seed)
    making.all_firms()
    making.all_people()
    making.all_sales()
    making.all_calls()
    making.all_todos()
    making.all_notes()
    making.all_forms()
    making.calls.sort(key=lambda call: call.at)
    return Life(
        making.firms, making.people, making.sales, making.with_sounds(), making.todos, making.notes, making.forms
    )


class Making:
    """The weeks on their way."""

    def __init__(self, language: str, now: int, zone: tzinfo, seed: int) -> None:
        self.language = language
        self.words: Words = WORDS[language]
        self.now = now
        self.zone = zone
        self.chance = Random(f"{seed}/{language}")  # noqa: S311 nothing secret comes of it
        self.taken: set[str] = set()
        self.firms: list[Firm] = []
        self.people: list[Person] = []
        self.sales: list[Sale] = []
        self.calls: list[Call] = []
        self.todos: list[Todo] = []
        self.notes: list[Note] = []
        self.forms: list[Form] = []

    # Cards.

    def all_firms(self) -> None:
        for name in self.words.firms:
            self.firms.append(Firm(name, self.number("city"), self.who(), self.some_tags(), self.ago(500, 30)))

    def all_people(self) -> None:
        chance = self.chance
        for first, last in self.names(PEOPLE):
            phones = (self.number("mobile"), self.number("city")) if chance.random() < 0.2 else (self.number("mobile"),)
            mail = mail_of(first, last, MAIL.draw(chance, 1)[0], chance) if chance.random() < 0.5 else None
            position = chance.choice(self.words.positions) if chance.random() < 0.3 else None
            firm = chance.randrange(len(self.firms)) if chance.random() < 0.4 else None
            tags = self.some_tags()
            self.people.append(
                Person(first, last, phones, mail, position, firm, self.who(), tags, self.ago(400, DAYS + 1))
            )

    def names(self, count: int) -> list[tuple[str, str]]:
        chance = self.chance
        if self.language == "en":
            return list(zip(FIRST.draw(chance, count), LAST.draw(chance, count), strict=True))
        drawn = zip(*(each.draw(chance, count) for each in (MAN, WOMAN, SURNAME)), strict=True)
        return [(man, last) if chance.random() < 0.5 else (woman, last + "а") for man, woman, last in drawn]

    def all_sales(self) -> None:
        chance = self.chance
        steps = [step for step, count in enumerate(STEPS) for _ in range(count)]
        for person, step in zip(chance.sample(range(PEOPLE), SALES), steps, strict=True):
            name = chance.choice(self.words.goods)
            low, high = self.words.prices
            price = int(low * (high / low) ** chance.random()) // self.words.step * self.words.step
            made = self.ago(70, DAYS + 1) if chance.random() < 0.6 else self.ago(DAYS, 2)
            moved = min(made + chance.randrange(1, 9) * DAY // 2, self.now - 3_600) if step else None
            who = self.people[person].who
            lately = 0 < step < WON and moved is not None and moved > self.now - DAYS * DAY
            reason = chance.randrange(5)
            self.sales.append(Sale(name, price, person, who, step, reason, self.some_tags(), made, moved, lately))

    # Calls.

    def all_calls(self) -> None:
        chance = self.chance
        regulars = [sale.person for sale in chance.sample(self.sales, REGULARS)]
        others = [place for place in range(PEOPLE) if place not in regulars]
        owed, others = others[:5], others[5:]  # nobody talks with these, so that their calls stay owed
        for days in range(DAYS - 1, -1, -1):
            day = (datetime.fromtimestamp(self.now, self.zone) - timedelta(days=days)).date()
            low, high = WEEKEND if day.weekday() > 4 else WEEKDAY
            for _ in range(chance.randint(low, high)):
                hour = chance.choices(list(HOURS), cum_weights=list(accumulate(HOURS.values())))[0]
                at = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), self.zone)
                if at.timestamp() < self.now - (JUST_NOW[0] + 16) * 60:
                    self.one_call(int(at.timestamp()), regulars, others)
        for minutes in JUST_NOW:
            self.one_call(self.now - minutes * 60, regulars, others, answered=True)
        for place, minutes in zip((0, 0, 1, 2, 3, 4), (126, 17, 44, 275, 1_270, 2_950), strict=True):
            person = self.people[owed[place]]
            self.missed(person.phones[0], self.now - minutes * 60, person.who)
        self.missed(self.number("stranger"), self.now - 66 * 60, 1)
        for minutes in (21, 108, 1_150):  # nobody has decided on these yet
            self.talk(self.number("stranger"), self.now - minutes * 60, None, 1 + minutes % 3)

    def one_call(self, at: int, regulars: Sequence[int], others: Sequence[int], answered: bool = False) -> None:
        chance, drawn = self.chance, self.chance.random()
        inbound = chance.random() < 0.6
        if inbound and drawn < 0.12 and not answered:
            self.talk(self.number("stranger"), at, None, self.who(), decided=True)
            return
        person = self.people[chance.choice(regulars if drawn < 0.8 else others)]
        if inbound and not answered and chance.random() < 0.24:
            self.missed(person.phones[0], at, person.who)
            back = at + chance.randrange(4, 70) * 60
            if back < self.now - 900:
                self.outbound(person.phones[0], back, person.who, talks=True)
        elif inbound:
            self.talk(person.phones[0], at, person, person.who)
        else:
            self.outbound(person.phones[0], at, person.who, talks=chance.random() < 0.72)

    def missed(self, number: str, at: int, who: int) -> None:
        self.calls.append(Call(number, at, True, self.ringing(who), self.chance.randrange(14, 41), 0))

    def talk(self, number: str, at: int, person: Person | None, who: int, decided: bool = False) -> None:
        chance = self.chance
        talk = self.talk_seconds()
        rings = self.ringing(who)
        passed = (who + 1) % len(SHARES) if talk > 90 and chance.random() < 0.12 else None
        if passed in rings[1:]:
            rings = (who,)  # a phone that has rung already is not rung again
        said = None
        if person is not None and self.is_told(at):
            said = self.outcome(at + talk, self.words.inbound)
        elif decided and at < self.now - DAY:
            said = self.new_customer(at + talk)
        self.calls.append(Call(number, at, True, rings, chance.randrange(3, 19), talk, passed, said))

    def outbound(self, number: str, at: int, who: int, talks: bool) -> None:
        chance = self.chance
        wait = chance.randrange(4, 22) if talks else chance.randrange(20, 46)
        talk = self.talk_seconds() if talks else 0
        said = None
        if self.is_told(at):
            said = self.outcome(at + talk, self.words.outbound) if talks else self.not_reached(at + wait)
        self.calls.append(Call(number, at, False, (who,), wait, talk, None, said))

    def ringing(self, who: int) -> tuple[int, ...]:
        """The phone of whose card it is, and often a colleague's."""
        other = self.chance.randrange(1, len(SHARES))
        return (who, other) if other != who and self.chance.random() < 0.5 else (who,)

    def talk_seconds(self) -> int:
        return min(900, round(self.chance.lognormvariate(4.6, 0.8)) + 8)

    def is_told(self, at: int) -> bool:
        """Some calls of the last days still wait for their result."""
        return self.chance.random() < (0.9 if at < self.now - 2 * DAY else 0.82)

    def outcome(self, at: int, words: Sequence[tuple[str, str]]) -> Said:
        chance = self.chance
        result, todo = chance.choice(words)
        if not todo or chance.random() < 0.55:
            return Said(BACK_LATER if todo and chance.random() < 0.15 else TALKED, result)
        return Said(TALKED, result, todo, self.workday(at, chance.randrange(1, 4)))

    def not_reached(self, at: int) -> Said:
        status = self.chance.choice((NO_ANSWER, NO_ANSWER, BUSY, NOT_THERE))
        return Said(status, self.words.not_reached[status])

    def new_customer(self, at: int) -> Said:
        chance, ((first, last),) = self.chance, self.names(1)
        result, todo = chance.choice(self.words.inbound)
        price = self.words.prices[0] * chance.randrange(2, 9)
        name = f"{first} {last}"
        return Said(TALKED, result, todo or None, self.workday(at, 1), name, chance.choice(self.words.goods), price)

    def with_sounds(self) -> list[Call]:
        """The latest talks with somebody known are recorded; a recording is as long as its talk."""
        left = SOUNDS
        found: list[Call] = []
        for call in reversed(self.calls):
            kept = call
            if left and call.talk and call.passed is None and self.is_known(call.number):
                left -= 1
                talk = 22 + call.talk % (LONGEST_SOUND - 22)
                kept = msgspec.structs.replace(call, talk=talk, sound=True)
            found.append(kept)
        return found[::-1]

    def is_known(self, number: str) -> bool:
        return any(number in person.phones for person in self.people)

    # What is promised and written.

    def all_todos(self) -> None:
        chance, words = self.chance, self.words
        open_sales = [place for place, sale in enumerate(self.sales) if sale.step < WON]
        today = self.midnight(0)
        plans: list[tuple[int, int]] = [(0, self.now - 2 * DAY), (0, self.now - 5 * 3_600)]  # whose, until when: late
        plans += [(0, today + 23 * 3_600), (0, today + DAY - 60)]
        plans += [(who, self.now - chance.randrange(1, 60) * 3_600) for who in (1, 2, 2, 3)]
        plans += [(who, today + chance.randrange(18, 24) * 3_600 - 60) for who in (1, 1, 2, 3)]
        plans += [(who, self.workday(self.now, 1 + place % 6)) for place, who in enumerate((0, 0, 0, 1, 1, 2, 2, 3, 3))]
        for who, due in plans:
            sale = chance.choice(open_sales)
            self.todos.append(Todo(chance.choice(words.todos), who, self.now - 3 * DAY, due, sale=sale))
        for place in range(12):
            done = self.ago(DAYS - 2, 1)
            text, result = words.done[place % len(words.done)]
            person = self.sales[chance.choice(open_sales)].person
            todo = Todo(text, place % len(SHARES), done - DAY, done + 3_600, person=person, done=done, result=result)
            self.todos.append(todo)

    def all_notes(self) -> None:
        for place in range(NOTES):
            sale = self.chance.randrange(SALES)
            text = self.words.notes[place % len(self.words.notes)]
            self.notes.append(Note(text, self.sales[sale].who, self.ago(DAYS - 2, 1), sale))

    def all_forms(self) -> None:
        names, wishes = self.names(3), self.chance.sample(self.words.wishes, 3)
        for (first, last), wish, minutes in zip(names, wishes, (38, 290, 1_390), strict=True):
            number = self.number("stranger")
            self.forms.append(Form(f"{first} {last}", number, wish, self.now - minutes * 60))

    # Draws.

    def who(self) -> int:
        return self.chance.choices(range(len(SHARES)), cum_weights=list(accumulate(SHARES)))[0]

    def some_tags(self) -> tuple[str, ...]:
        count = self.chance.choices((0, 1, 2), (60, 30, 10))[0]
        return tuple(self.chance.sample(self.words.tags, count))

    def ago(self, most: int, least: int) -> int:
        return self.now - self.chance.randrange(least * DAY, most * DAY)

    def midnight(self, days: int) -> int:
        day = (datetime.fromtimestamp(self.now, self.zone) + timedelta(days=days)).date()
        return int(datetime.combine(day, time(), self.zone).timestamp())

    def workday(self, at: int, days: int) -> int:
        """In working hours so many days later, and not on a Saturday or Sunday."""
        day = datetime.fromtimestamp(at, self.zone).date() + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        hour = time(self.chance.randrange(10, 18), self.chance.choice((0, 30)))
        return int(datetime.combine(day, hour, self.zone).timestamp())

    def number(self, kind: str) -> str:
        """One that nobody has yet. The English ones are of the ranges that are kept for films."""
        found = next(each for each in self.numbers(kind) if each not in self.taken)
        self.taken.add(found)
        return found

    def numbers(self, kind: str) -> Iterable[str]:
        chance = self.chance
        while True:
            if self.language == "en":
                head = {"mobile": "+44 7700 900", "city": "+44 20 7946 0", "stranger": "+44 161 496 0"}[kind]
                yield f"{head}{chance.randrange(1_000):03}"
            else:
                code = (OPERATOR if kind == "mobile" else CITY).draw(chance, 1)[0]
                yield written(code, chance.randrange(10_000_000), 0)
