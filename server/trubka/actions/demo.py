"""The demo company lives its two weeks: every card, call, task and note of `rules/demo.py` goes the way of a real one,
with the times of then, so what is owed, unsorted and talked of follows by the rules."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trubka.actions import cards, companies, contacts, conversations, debts, leads, notes, results, tasks, unsorted
from trubka.actions.commands import LINES
from trubka.db import Db, accounts, pipelines
from trubka.db import conversations as call_rows
from trubka.db import debts as debt_rows
from trubka.db import demo as demo_rows
from trubka.db import loss_reasons as reason_rows
from trubka.rules import demo as rules
from trubka.rules import notes as note_rules
from trubka.rules import tasks as task_rules
from trubka.rules.accounts import Account
from trubka.rules.bonds import Bond
from trubka.rules.cards import Asked, Tag
from trubka.rules.demo import Call, Life
from trubka.rules.demo_words import WORDS
from trubka.rules.entities import Entity
from trubka.rules.fields import Given
from trubka.rules.leads import LOST, WON
from trubka.rules.results import Asked as Result
from trubka.rules.results import NewLead, NewTask
from trubka.rules.rights import Me
from trubka.rules.signals import Answered, ByCall, Dialling, HungUp, Ringing, Transferred

ORIGIN = "demo"
NORMAL, NO_ANSWER = 16, 19  # Q.850
FIRST_DESK = 101
OLD_SECONDS, CLOSED_SECONDS = 3 * 86_400, 7_200  # of what is owed
MOST_DEBTS = 100


class Home(msgspec.Struct):
    """Where it all happens."""

    account: Account
    pbx_id: int
    people: list[Me]  # in the order of `rules.SHARES`
    now: int
    words: str

    @property
    def admin(self) -> Me:
        return self.people[0]


class Known(msgspec.Struct):
    """The numbers of the cards, in the order of the plan."""

    firms: list[int]
    people: list[int]
    sales: list[int]

    def fits(self, life: Life) -> bool:
        pairs = (self.firms, life.firms), (self.people, life.people), (self.sales, life.sales)
        return all(len(ids) == len(cards) for ids, cards in pairs)


async def live(db: Db, home: Home, life: Life, known: Known) -> list[tuple[int, Call]] | None:
    """Two weeks with the cards that are there, all of them or nothing; the calls that have a recording. None: it has
    calls meanwhile."""
    async with db.transaction() as tx:
        await accounts.lock(tx, home.account.id)
        if await demo_rows.unlived(tx) is None:
            return None
        await all_notes(tx, home, life, known)
        recorded = await all_calls(tx, home, life)
        await move_leads(tx, home, life, known)
        await all_todos(tx, home, life, known)
        await all_forms(tx, home, life)
    return recorded


# Cards.


async def all_cards(db: Db, home: Home, life: Life) -> None:
    async with db.transaction() as tx:
        await add_cards(tx, home, life)


async def add_cards(tx: Db, home: Home, life: Life) -> None:
    me, account = home.admin, home.account
    firms: list[Asked] = []
    for firm in life.firms:
        asked = new(home, firm.who, firm.made, firm.tags)
        asked.name, asked.given = firm.name, given(PHONE=[firm.phone])
        firms.append(asked)
    firm_ids = await cards.added(tx, me, account, companies.KIND, firms, home.now)
    people: list[Asked] = []
    for person in life.people:
        asked = new(home, person.who, person.made, person.tags)
        asked.more = {"first_name": person.first, "last_name": person.last}
        asked.given = given(PHONE=person.phones, EMAIL=[person.mail], POSITION=[person.position])
        if person.firm is not None:
            asked.bonds = [Bond(Entity.contact, 0, Entity.company, firm_ids[person.firm])]
        people.append(asked)
    person_ids = await cards.added(tx, me, account, contacts.KIND, people, home.now)
    steps = await stages(tx, home)
    reasons = [row["id"] for row in await reason_rows.all_of(tx, account.id)]
    sales: list[Asked] = []
    for sale in life.sales:
        asked = new(home, sale.who, sale.made, sale.tags)
        asked.name = sale.name
        asked.bonds = [Bond(Entity.lead, 0, Entity.contact, person_ids[sale.person], is_main=True)]
        if (place := life.people[sale.person].firm) is not None:
            asked.bonds.append(Bond(Entity.lead, 0, Entity.company, firm_ids[place]))
        asked.more = {"price": sale.price, "status_id": steps[sale.step - sale.lately]}
        if sale.step >= rules.WON:
            asked.more["closed_at"] = sale.moved
        if sale.step == rules.LOST:
            asked.more["loss_reason_id"] = reasons[sale.reason]
        sales.append(asked)
    await cards.added(tx, me, account, leads.KIND, sales, home.now)


def new(home: Home, who: int, made: int, tags: Sequence[str]) -> Asked:
    user = home.people[who].user_id
    return Asked(
        responsible_user_id=user,
        created_by=user,
        created_at=made,
        updated_at=made,
        tags_to_add=[Tag(name=tag) for tag in tags],
    )


def given(**texts: Sequence[str | None]) -> list[Given]:
    """The fields that have a code; what is None is not given."""
    found = {code: [{"value": text} for text in values if text is not None] for code, values in texts.items()}
    return [Given(field_code=code, values=values) for code, values in found.items() if values]


async def stages(tx: Db, home: Home) -> list[int]:
    """The steps of work, won, lost."""
    found = [row["id"] for row in await pipelines.places(tx, home.account.id) if row["type"] == 0]
    steps = [each for each in found if each not in (WON, LOST)]
    return [*steps[: rules.WON], WON, LOST]


async def move_leads(tx: Db, home: Home, life: Life, known: Known) -> None:
    """As by hand, those of one stage together."""
    steps = await stages(tx, home)
    for step in range(1, rules.WON):
        batch = [
            Asked(id=known.sales[place], updated_at=each.moved, more={"status_id": steps[step]})
            for place, each in enumerate(life.sales)
            if each.lately and each.step == step
        ]
        await cards.change(tx, home.people[step], home.account, leads.KIND, batch, home.now)


# Calls.


async def all_calls(tx: Db, home: Home, life: Life) -> list[tuple[int, Call]]:
    recorded: list[tuple[int, Call]] = []
    owed: set[int] = set()
    for place, call in enumerate(life.calls):
        name = f"demo-{place}"
        owed |= await conversations.take(tx, home.account, home.pbx_id, signals(home, name, call), call.over)
        if call.said is None and not call.sound:
            continue
        row = (await call_rows.of(tx, home.account.id, f"pbx:{home.pbx_id}", [name]))[name]
        if call.said is not None:
            await tell(tx, home, call, row["id"])
        if call.sound:
            recorded.append((row["id"], call))
    await debts.settle(tx, home.now, home.account.id, sorted(owed))
    await close_oldest(tx, home)
    return recorded


def signals(home: Home, name: str, call: Call) -> list[ByCall]:
    """What a PBX would have told."""
    rings = [str(FIRST_DESK + who) for who in call.rings]
    line, first = LINES[home.words], rings[0]
    answered, over = call.at + call.wait, call.over
    found: list[ByCall]
    if call.inbound:
        found = [Ringing(call=name, number=call.number, line=line, agent=each, at=call.at) for each in rings]
    else:
        found = [Dialling(call=name, number=call.number, agent=first, line=line, at=call.at)]
    if not call.talk:
        return [*found, HungUp(call=name, cause=NO_ANSWER, at=over)]
    found.append(Answered(call=name, agent=first, at=answered))
    found += [HungUp(call=name, agent=each, at=answered) for each in rings[1:]]
    if call.passed is not None:
        to, at = str(FIRST_DESK + call.passed), answered + call.talk // 2
        found += [
            Transferred(call=name, agent=first, to=to, at=at),
            HungUp(call=name, agent=first, cause=NORMAL, at=at),
            Ringing(call=name, agent=to, at=at),
            Answered(call=name, agent=to, at=at + 3),
        ]
    return [*found, HungUp(call=name, cause=NORMAL, at=over)]


async def tell(tx: Db, home: Home, call: Call, call_id: int) -> None:
    """The result window of who talked."""
    said = call.said
    assert said is not None
    me = home.people[call.rings[0] if call.passed is None else call.passed]
    await results.save(
        tx,
        me,
        home.account,
        call_id,
        Result(
            key=f"demo-{call_id}",
            status=said.status,
            result=said.result,
            contact=said.name,
            lead=None if said.lead is None else NewLead(said.lead, said.price),
            task=None if said.todo is None else NewTask(said.due, said.todo),
        ),
        call.over + 25,
    )


async def close_oldest(tx: Db, home: Home) -> None:
    """Somebody has answered them otherwise, so that only the latest are owed."""
    wanted = debt_rows.Wanted(limit=MOST_DEBTS)
    for row in await debt_rows.page(tx, home.account.id, home.admin, wanted):
        if row["opened_at"] < home.now - OLD_SECONDS:
            at = row["opened_at"] + CLOSED_SECONDS
            await debts.close(tx, home.admin, row["id"], WORDS[home.words].closed, at)


# What is written.


async def all_todos(tx: Db, home: Home, life: Life, known: Known) -> None:
    batch: list[task_rules.Asked] = []
    for each in life.todos:
        sale = each.sale is not None
        place = each.sale if each.sale is not None else each.person
        assert place is not None
        user = home.people[each.who].user_id
        batch.append(
            task_rules.Asked(
                text=each.text,
                complete_till=each.due,
                entity=Entity.lead if sale else Entity.contact,
                entity_id=(known.sales if sale else known.people)[place],
                responsible_user_id=user,
                is_completed=each.done is not None,
                result_text=each.result,
                created_by=user,
                created_at=each.made,
                updated_at=each.done or each.made,
            )
        )
    await tasks.add(tx, home.admin, batch, home.now)


async def all_notes(tx: Db, home: Home, life: Life, known: Known) -> None:
    batch = [
        note_rules.Asked(
            entity_id=known.sales[each.sale],
            note_type="common",
            params={"text": each.text},
            created_by=home.people[each.who].user_id,
            created_at=each.at,
        )
        for each in life.notes
    ]
    await notes.add(tx, home.admin, ORIGIN, Entity.lead, batch, home.now)


async def all_forms(tx: Db, home: Home, life: Life) -> None:
    words = WORDS[home.words]
    for place, each in enumerate(life.forms):
        wish = unsorted.Wish(
            category="forms",
            metadata={
                "form_id": "quote",
                "form_name": words.form,
                "form_page": "https://doors.example/quote",
                "form_sent_at": each.at,
                "visitor_uid": f"demo-{place}",
                "ip": f"192.0.2.{place + 10}",
            },
            lead=Asked(),
            contact=Asked(name=each.name, given=given(PHONE=[each.phone])),
            source_uid="site",
            source_name=words.site,
            created_at=each.at,
        )
        (made,) = await unsorted.put_in(tx, home.admin, home.account, ORIGIN, [wish], each.at)
        note = note_rules.Asked(
            entity_id=made.lead_id, note_type="common", params={"text": each.wish}, created_at=each.at
        )
        await notes.add(tx, home.admin, ORIGIN, Entity.lead, [note], each.at)
