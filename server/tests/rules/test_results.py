"""What becomes of a call's card when its result is saved."""

import pytest

from trubka.rules.entities import Entity
from trubka.rules.results import Asked, NewLead, Way, may_have_lead, way

CARD = (Entity.contact, 7)
LEAD = NewLead()


@pytest.mark.parametrize(
    ("asked", "waits", "found"),
    [
        (Asked(key="k"), False, "stay"),
        (Asked(key="k"), True, "stay"),
        (Asked(key="k", card=CARD), False, "choose"),
        (Asked(key="k", card=CARD), True, "link"),
        (Asked(key="k", card=CARD, lead=LEAD), False, "make"),
        (Asked(key="k", card=CARD, lead=LEAD), True, "link"),
        (Asked(key="k", contact="Ann"), False, "make"),
        (Asked(key="k", contact="Ann"), True, "link_new"),
        (Asked(key="k", contact="Ann", lead=LEAD), False, "make"),
        (Asked(key="k", contact="Ann", lead=LEAD), True, "accept"),
        (Asked(key="k", lead=LEAD), False, "make"),
        (Asked(key="k", lead=LEAD), True, "accept"),
        (Asked(key="k", card=CARD, contact="Ann"), False, None),
        (Asked(key="k", card=CARD, contact="Ann"), True, None),
    ],
)
def test_what_becomes_of_the_card(asked: Asked, waits: bool, found: Way | None):
    assert way(asked, waits) == found


def test_whose_a_lead_is():
    kinds = [Entity.contact, Entity.company, Entity.lead, Entity.customer, None]
    assert [may_have_lead(kind) for kind in kinds] == [True, True, False, False, False]
