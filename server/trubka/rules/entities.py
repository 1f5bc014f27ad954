"""The kinds of record that calls, notes and tasks hang on, with their numbers in the tables and their names outside."""

from enum import IntEnum


class Entity(IntEnum):
    """The number is amoCRM's v2 `element_type` and stands in the tables."""

    contact = 1
    lead = 2
    company = 3
    task = 4
    customer = 12

    @property
    def plural(self) -> str:
        return PLURALS[self]


PLURALS = {
    Entity.contact: "contacts",
    Entity.lead: "leads",
    Entity.company: "companies",
    Entity.task: "tasks",
    Entity.customer: "customers",
}
BY_PLURAL = {plural: entity for entity, plural in PLURALS.items()}
CARDS = (Entity.contact, Entity.lead, Entity.company, Entity.customer)  # what has a card of its own
