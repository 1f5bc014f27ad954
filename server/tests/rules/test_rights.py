"""Rights: role × entity × owner."""

import msgspec
import pytest

from trubka.rules.entities import Entity
from trubka.rules.rights import (
    ALL,
    NONE,
    CardRights,
    Level,
    Me,
    Rights,
    StatusLevels,
    StatusRights,
    TaskRights,
    denied_statuses,
    exports,
    level,
    may,
    may_at_status,
    may_enter,
    opened_statuses,
    owners,
    sight,
)

ANNA, BORIS, CLARA = 1, 2, 3
MIXED = Rights(
    leads=CardRights(view="A", edit="G", add="D", delete="M", export="D"),
    contacts=CardRights(view="G", edit="M", add="A", delete="D", export="L"),
    companies=CardRights(view="D", edit="D", add="D", delete="D", export="D"),
    tasks=TaskRights("G", "M"),
)


def me(rights: Rights = ALL, *, admin: bool = False) -> Me:
    """Anna, whose group is she and Boris."""
    return Me(31, ANNA, admin, (ANNA, BORIS), rights)


CASES = [
    # action, entity, whose: may Anna?
    ("view", Entity.lead, CLARA, True),
    ("edit", Entity.lead, BORIS, True),
    ("edit", Entity.lead, CLARA, False),
    ("delete", Entity.lead, ANNA, True),
    ("delete", Entity.lead, BORIS, False),
    ("add", Entity.lead, ANNA, False),
    ("export", Entity.lead, ANNA, False),
    ("view", Entity.customer, CLARA, True),
    ("edit", Entity.customer, CLARA, False),
    ("view", Entity.contact, BORIS, True),
    ("view", Entity.contact, CLARA, False),
    ("edit", Entity.contact, ANNA, True),
    ("edit", Entity.contact, BORIS, False),
    ("export", Entity.contact, ANNA, True),
    ("export", Entity.contact, BORIS, False),
    ("view", Entity.company, ANNA, False),
    ("view", Entity.task, BORIS, True),
    ("view", Entity.task, CLARA, False),
    ("edit", Entity.task, BORIS, True),
    ("delete", Entity.task, BORIS, False),
    ("add", Entity.task, CLARA, True),
]


@pytest.mark.parametrize(("action", "entity", "owner", "expected"), CASES)
def test_rights_by_owner(action: str, entity: Entity, owner: int, expected: bool):
    assert may(me(MIXED), action, entity, owner) is expected  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("action", "entity", "owner", "expected"), CASES)
def test_an_administrator_may_everything(action: str, entity: Entity, owner: int, expected: bool):
    assert may(me(NONE, admin=True), action, entity, owner)  # pyright: ignore[reportArgumentType]
    assert not may(me(NONE), action, entity, CLARA) or (action, entity) == ("add", Entity.task)  # pyright: ignore[reportArgumentType]


def test_one_sees_ones_own_tasks_whatever_the_rights():
    assert level(me(NONE), "view", Entity.task) == "M"
    assert owners(me(NONE), "view", Entity.task) == (ANNA,)


def test_a_status_has_the_last_word():
    closed = StatusRights(7, 70, StatusLevels(view="D", edit="D", delete="D"))
    opened = StatusRights(7, 71, StatusLevels(view="A", edit="A", delete="D"))
    rights = Rights(leads=CardRights("M", "M", "M", "M", "M"), status_rights=[closed, opened])
    assert not may_at_status(me(rights), "view", (ANNA, 7, 70))
    assert may_at_status(me(rights), "view", (CLARA, 7, 71))
    assert not may_at_status(me(rights), "delete", (ANNA, 7, 71))
    assert may_at_status(me(rights), "edit", (ANNA, 7, 72))
    assert not may_at_status(me(rights), "edit", (BORIS, 7, 72))
    assert may_at_status(me(rights, admin=True), "view", (CLARA, 7, 70))
    assert denied_statuses(me(rights)) == [(7, 70)]
    assert opened_statuses(me(rights)) == [(7, 71)]
    assert denied_statuses(me(rights, admin=True)) == opened_statuses(me(rights, admin=True)) == []


@pytest.mark.parametrize(
    ("general", "words", "seen"),
    [  # of Anna's, her colleague Boris's and Clara's leads in the status
        ("A", "", (True, True, True)),
        ("A", "A", (True, True, True)),
        ("A", "D", (False, False, False)),
        ("G", "", (True, True, False)),
        ("G", "A", (True, True, True)),
        ("G", "D", (False, False, False)),
        ("M", "", (True, False, False)),
        ("M", "A", (True, True, True)),
        ("M", "D", (False, False, False)),
        ("L", "", (True, False, False)),
        ("D", "", (False, False, False)),
        ("D", "A", (True, True, True)),
        ("D", "D", (False, False, False)),
        ("G", "AD", (False, False, False)),
        ("G", "DA", (False, False, False)),
        ("M", "-", (True, False, False)),  # it says nothing of this
        ("D", "-", (False, False, False)),
        ("M", "-A", (True, True, True)),
        ("A", "-D", (False, False, False)),
    ],
)
def test_one_lead_and_a_list_go_by_the_same_word(general: Level, words: str, seen: tuple[bool, ...]):
    levels = [{"edit": "D"} if word == "-" else {"view": word} for word in words]
    told = [StatusRights(7, 70, msgspec.convert(each, StatusLevels)) for each in levels]
    her = me(Rights(leads=CardRights(view=general), status_rights=[*told, StatusRights(7, 71, StatusLevels("D"))]))
    listed = sight(her, Entity.lead)
    for owner, expected in zip((ANNA, BORIS, CLARA), seen, strict=True):
        assert may_at_status(her, "view", (owner, 7, 70)) is expected
        mine = listed.owners is None or owner in listed.owners
        assert ((mine or (7, 70) in listed.opened) and (7, 70) not in listed.hidden) is expected
    assert may_enter(her, "view", 7, 70) is ("D" not in words)


def test_what_a_status_does_not_say_is_left_to_the_general_rights():
    silent = StatusRights(7, 70, msgspec.convert({"edit": "D"}, StatusLevels))
    her = me(Rights(leads=CardRights("M", "A", "A", "M", "M"), status_rights=[silent]))
    for action in ("view", "delete", "export"):
        assert may_at_status(her, action, (ANNA, 7, 70)) and not may_at_status(her, action, (CLARA, 7, 70))
    assert not may_at_status(her, "edit", (ANNA, 7, 70))
    assert msgspec.to_builtins(silent.rights) == {"edit": "D"}


def test_a_status_may_be_all_that_one_exports():
    out = Rights(leads=CardRights(export="D"), status_rights=[StatusRights(7, 70, StatusLevels(export="A"))])
    assert exports(me(out), Entity.lead) and may_at_status(me(out), "export", (CLARA, 7, 70))
    assert not may_at_status(me(out), "export", (ANNA, 7, 71))
    shut = Rights(status_rights=[StatusRights(7, 70, StatusLevels(export="D"))])
    assert exports(me(shut), Entity.lead) and not may_at_status(me(shut), "export", (ANNA, 7, 70))
    nothing = Rights(leads=CardRights(export="D"), contacts=CardRights(export="D"))
    assert [exports(me(each), entity) for each in (nothing, out) for entity in (Entity.lead, Entity.customer)] == [
        *(False, False),
        *(True, False),
    ]
    assert exports(me(nothing, admin=True), Entity.contact) and not exports(me(nothing), Entity.contact)


@pytest.mark.parametrize("word", ["G", "M", "L"])
def test_a_status_says_all_or_none(word: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"view": word}, StatusLevels)


def test_a_status_that_denies_takes_no_lead():
    closed = StatusRights(7, 70, StatusLevels(view="A", edit="D"))
    hidden = StatusRights(7, 71, StatusLevels(view="D", edit="A"))
    her = me(Rights(status_rights=[closed, hidden]))
    found = [(may_enter(her, "view", 7, status), may_enter(her, "edit", 7, status)) for status in (70, 71, 72)]
    assert found == [(True, False), (False, True), (True, True)]
    assert may_enter(me(Rights(status_rights=[closed, hidden]), admin=True), "view", 7, 71)
    assert may_enter(me(Rights()), "edit", 7, 70)


@pytest.mark.parametrize(
    ("view", "statuses", "entity", "sees_all", "sees_none"),
    [
        ("A", None, Entity.lead, True, False),
        ("A", [StatusRights(1, 2, StatusLevels(view="D"))], Entity.lead, False, False),
        ("A", [StatusRights(1, 2, StatusLevels(view="D"))], Entity.contact, True, False),
        ("D", None, Entity.lead, False, True),
        ("D", [StatusRights(1, 2, StatusLevels(view="A"))], Entity.lead, False, False),
        ("G", None, Entity.company, False, False),
    ],
)
def test_sight(
    view: Level, statuses: list[StatusRights] | None, entity: Entity, sees_all: bool, sees_none: bool
) -> None:
    cards = CardRights(view=view)
    seen = sight(me(Rights(leads=cards, contacts=cards, companies=cards, status_rights=statuses)), entity)
    assert (seen.entity, seen.all, seen.none) == (entity, sees_all, sees_none)
