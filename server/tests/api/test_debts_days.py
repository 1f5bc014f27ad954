"""Random days by a virtual clock: calls told by two integrations, by call notes and by our own PBX, each at once, late,
or in another order than they happened. No missed call is lost, and none is paid without a talk or a reason."""

from __future__ import annotations

import os
from itertools import count
from typing import Literal

import hypothesis
import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from trubka.actions import calls, conversations, debts, notes
from trubka.actions.accounts import account_of
from trubka.db import Db, accounts, facts
from trubka.rules.accounts import Account
from trubka.rules.calls import Asked, Direction
from trubka.rules.entities import Entity
from trubka.rules.notes import Asked as Note
from trubka.rules.rights import Me
from trubka.rules.signals import Answered, ByCall, Dialling, HungUp, Ringing

pytestmark = pytest.mark.patient
EXAMPLES = 4 * int(os.environ.get("TRUBKA_FUZZ_EXAMPLES", "5"))
BEGAN = 1_760_000_000
APART = 900  # seconds between two calls, so that none is taken for another
TALK = 60
AT_ONCE, WEEK = 0, 7 * 86_400
NUMBERS = 2

examples = count(1)

Source = Literal["a", "b", "note", "pbx"]


class Telling(msgspec.Struct, frozen=True):
    """Who tells of a call, and how long after it; a PBX tells that it rings at once."""

    source: Source
    delay: int = 0
    rings_before: bool = False  # the PBX has told of the first ring when it began


class Happened(msgspec.Struct, frozen=True):
    """A call, or with a reason an agent who closes what is owed to the number."""

    number: int
    is_inbound: bool = True
    is_talk: bool = False
    told: tuple[Telling, ...] = ()
    reason: bool = False


delays = st.sampled_from([AT_ONCE, 1, APART, 3 * APART, 86_400]) | st.integers(0, WEEK)
tellings = st.builds(Telling, st.sampled_from(["a", "b", "note", "pbx"]), delays, st.booleans())
told = st.lists(tellings, min_size=1, max_size=4, unique_by=lambda each: each.source).map(tuple)
numbers = st.integers(0, NUMBERS - 1)
happened = st.builds(Happened, numbers, st.booleans(), st.booleans(), told)
reasons = st.builds(Happened, numbers, reason=st.just(True))
days = st.lists(happened | happened | happened | happened | reasons, min_size=1, max_size=14)


class Company:
    """Where it happens, and what must come of it."""

    def __init__(self, db: Db, me: Me, account: Account, cast: Cast, contact: int, pbx: int) -> None:
        self.db, self.me, self.account, self.cast, self.contact, self.pbx = db, me, account, cast, contact, pbx
        self.number = next(examples) * 10
        self.known: set[int] = set()
        self.talks: dict[int, list[int]] = {each: [] for each in range(NUMBERS)}  # when they were over
        self.owed: dict[int, set[int]] = {each: set() for each in range(NUMBERS)}  # when they called
        self.excused: set[int] = set()
        self.since = "0"

    def phone(self, number: int) -> str:
        return f"+7999{self.number + number:07}"

    def tail(self, number: int) -> int:
        return 9_990_000_000 + self.number + number

    async def tell(self, place: int, call: Happened, source: Source, now: int) -> None:
        began, seconds, uniq = BEGAN + place * APART, TALK if call.is_talk else 0, f"{self.number}.{place}"
        direction = Direction.inbound if call.is_inbound else Direction.outbound
        if source == "pbx":
            await self.hear(self.signals(place, call)[1:], now)
        elif source == "note":
            kind = "call_in" if call.is_inbound else "call_out"
            params = {"phone": self.phone(call.number), "duration": seconds, "call_responsible": self.cast.anna}
            new = Note(entity_id=self.contact, note_type=kind, params=params | {"uniq": uniq}, created_at=began)
            await notes.add(self.db, self.me, "notes", Entity.contact, [new], now)
        else:
            new = Asked(
                direction=direction,
                number=self.phone(call.number),
                seconds=seconds,
                uniq=uniq,
                who=self.cast.anna,
                created_at=began,
                params={},
            )
            assert None not in await calls.log(self.db, self.me, self.account, source, [new], now)

    def signals(self, place: int, call: Happened) -> list[ByCall]:
        began, number, uniq = float(BEGAN + place * APART), self.phone(call.number), f"{self.number}.{place}"
        first: ByCall = Dialling(call=uniq, at=began, number=number, agent="101")
        if call.is_inbound:
            first = Ringing(call=uniq, at=began, number=number, agent="101", line="+74950000001")
        answered = [Answered(call=uniq, at=began, agent="101")] if call.is_talk else []
        return [first, *answered, HungUp(call=uniq, at=began + (TALK if call.is_talk else 20))]

    async def hear(self, signals: list[ByCall], now: int) -> None:
        await conversations.hear(self.db, self.account, self.pbx, signals, now)

    def learn(self, place: int, call: Happened) -> None:
        """The rule in one sentence: a missed call is owed until a talk that ended after it is known, or a reason."""
        if place in self.known:
            return
        self.known.add(place)
        began, number = BEGAN + place * APART, call.number
        if call.is_talk:
            self.talks[number].append(began + TALK)
            self.owed[number] = {each for each in self.owed[number] if each > began + TALK}
        elif call.is_inbound and began > max(self.talks[number], default=0):
            self.owed[number].add(began)

    async def settle(self, now: int) -> None:
        """As the worker does: what was told since the last look."""
        place = await facts.horizon(self.db)
        await debts.settle_all(self.db, now, self.since)
        self.since = place

    async def excuse(self, number: int, now: int) -> None:
        await self.settle(now)
        row = await self.db.row("select id from debts where tail = $1 and closed_at is null", self.tail(number))
        assert (row is not None) == bool(self.owed[number])
        if row is not None:
            await debts.close(self.db, self.me, row["id"], "They wrote", now)
            self.owed[number] = set()
            self.excused.add(number)

    async def check(self, now: int) -> None:
        await self.settle(now)
        for number, owed in self.owed.items():
            rows = await self.db.rows("select * from debts where tail = $1 and closed_at is null", self.tail(number))
            assert len(rows) == bool(owed), (number, owed)
            for row in rows:
                assert (row["last_at"], row["is_sure"], row["user_id"]) == (max(owed), True, self.cast.anna)
                # What was told late of the time before a reason counts from then on, or not: nobody can say.
                assert number in self.excused or (row["calls"], row["opened_at"]) == (len(owed), min(owed))
        wrong = await self.db.value(
            """
            select count(*) from debts d
            where d.tail between $1 and $1 + $2 and d.closed_at is not null and d.reason is null and not exists (
              select from calls c where c.account_id = d.account_id and c.tail = d.tail and c.answered_at is not null
                and d.closed_by_call in (c.id, c.same_as) and c.ended_at >= d.last_at)
            """,
            self.tail(0),
            NUMBERS - 1,
        )
        assert wrong == 0, "paid without a talk"
        shown = await self.db.value(
            "select count(*) from calls where tail between $1 and $1 + $2 and same_as is null",
            self.tail(0),
            NUMBERS - 1,
        )
        assert shown == len(self.known), "one conversation for each call, whoever told of it"


async def company(db: Db, cast: Cast) -> Company:
    """With numbers of its own, so that examples do not meet."""
    row = await accounts.known(db, cast.account_id)
    assert row is not None
    if (contact := await db.value("select min(id) from contacts")) is None:
        contact = await db.value(
            """
            insert into contacts (account_id, id, name, responsible_user_id, created_by, updated_by, created_at,
              updated_at)
            overriding system value values ($1, 5, 'Ivan', $2, $2, $2, 0, 0) returning id
            """,
            cast.account_id,
            cast.anna,
        )
        await db.run(
            "insert into pbxes (account_id, kind, name, key_id, secret_box, created_at)"
            " values ($1, 'http', 'x', 'x', '', 0)",
            cast.account_id,
        )
        await db.run(
            "insert into extensions (account_id, user_id, number, tail, kind) values ($1, $2, '101', 101, 'desk')",
            cast.account_id,
            cast.anna,
        )
    pbx = await db.value("select min(id) from pbxes")
    found = Company(db, await cast.me(db, "olga"), account_of(row), cast, contact, pbx)
    for number in range(NUMBERS):
        phone = found.phone(number)[1:]
        await db.run(
            "insert into phones values ($1, $2, 1, $3, $4)", cast.account_id, found.tail(number), contact, phone
        )
    return found


def steps(day: list[Happened]) -> list[tuple[int, int, int, str, Happened]]:
    """When what is told: (virtual time, order, place, by whom, what)."""
    found: list[tuple[int, int, int, str, Happened]] = []
    for place, each in enumerate(day):
        began = BEGAN + place * APART
        if each.reason:
            found.append((began, len(found), place, "reason", each))
        for telling in each.told:
            if telling.source == "pbx" and telling.rings_before and telling.delay < APART - TALK:
                # A call that goes on takes in what others tell of its number meanwhile, so it ends before the next one.
                found.append((began, len(found), place, "rings", each))
            elif telling.source == "pbx":
                found.append((began + TALK + telling.delay, len(found), place, "rings", each))
            found.append((began + TALK + telling.delay, len(found), place, telling.source, each))
    return sorted(found, key=lambda step: step[:2])


def missed(*told: Telling, number: int = 0) -> Happened:
    return Happened(number, told=told)


def talk(*told: Telling, number: int = 0) -> Happened:
    return Happened(number, is_talk=True, told=told)


A, B, NOTE, PBX = Telling("a"), Telling("b"), Telling("note"), Telling("pbx", rings_before=True)
LATE = Telling("a", WEEK)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days, st.booleans())
@example([missed(A), missed(B), talk(PBX)], True)
@example([missed(A, NOTE)], False)  # the note is told again
@example([missed(A), missed(PBX), missed(PBX, B, NOTE), missed(NOTE)], False)
@example([missed(A), talk(LATE), missed(NOTE), missed(PBX)], False)
@example([missed(Telling("pbx", WEEK), A), talk(B), missed(LATE, PBX)], False)
@example([missed(PBX), Happened(0, reason=True), missed(A), talk(LATE), missed(B)], True)
async def test_random_days_lose_no_debt(db: Db, cast: Cast, day: list[Happened], is_settled_between: bool):
    hypothesis.note(repr(day))
    house = await company(db, cast)
    now = BEGAN
    for now, _, place, deed, each in steps(day):
        if deed == "reason":
            await house.excuse(each.number, now)
            continue
        if deed == "rings":
            await house.hear(house.signals(place, each)[:1], now)
            continue
        for _ in range(2 if place % 3 == 0 else 1):  # told again, as after a lost answer
            await house.tell(place, each, deed, now)  # pyright: ignore[reportArgumentType]
        house.learn(place, each)
        if is_settled_between:
            await house.settle(now)
    await house.check(now + 1)
    assert await debts.settle_all(db, now + 1) == 0, "what is settled stays so"
