"""Who may do what: amoCRM's rights, per role and entity, for all, one's group, one's own, or nobody."""

from typing import Literal

import msgspec

from trubka.rules.entities import Entity

Level = Literal["A", "G", "M", "L", "D"]  # all, my group, mine, linked to mine (as mine), denied
Word = Literal["A", "D"]  # of a status: all of its leads, whosever they are, or none
Action = Literal["view", "edit", "add", "delete", "export"]
Deed = Literal["view", "edit", "delete", "export"]  # what one does to a card that is there


class CardRights(msgspec.Struct, frozen=True):
    """For leads, contacts or companies."""

    view: Level = "A"
    edit: Level = "A"
    add: Level = "A"
    delete: Level = "A"
    export: Level = "A"


class TaskRights(msgspec.Struct, frozen=True):
    edit: Level = "A"
    delete: Level = "A"


class StatusLevels(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is not said is left to the general rights of leads."""

    view: Word | None = None
    edit: Word | None = None
    delete: Word | None = None
    export: Word | None = None


class StatusRights(msgspec.Struct, frozen=True):
    """What a status of a pipeline allows, whatever the general rights of leads say."""

    pipeline_id: int
    status_id: int
    rights: StatusLevels
    entity_type: str = "leads"


class Rights(msgspec.Struct, frozen=True):
    """What stands in a role, or with a user who has none."""

    leads: CardRights = CardRights()
    contacts: CardRights = CardRights()
    companies: CardRights = CardRights()
    tasks: TaskRights = TaskRights()
    mail_access: bool = True
    catalog_access: bool = True
    status_rights: list[StatusRights] | None = None


ALL = Rights()
NONE = Rights(
    leads=CardRights("D", "D", "D", "D", "D"),
    contacts=CardRights("D", "D", "D", "D", "D"),
    companies=CardRights("D", "D", "D", "D", "D"),
    tasks=TaskRights("D", "D"),
    mail_access=False,
    catalog_access=False,
)


class Me(msgspec.Struct, frozen=True):
    """Whose rights apply to a request, as they stand in the database at this moment."""

    account_id: int
    user_id: int
    is_admin: bool
    group_users: tuple[int, ...]  # the users of one's group, oneself among them
    rights: Rights
    scope: Literal["whole", "desk"] = "whole"


def level(me: Me, action: Action, entity: Entity) -> Level:
    """One's level for an action on a kind of record. Customers go by the rights of leads."""
    if me.is_admin:
        return "A"
    match entity:
        case Entity.contact:
            return getattr(me.rights.contacts, action)
        case Entity.company:
            return getattr(me.rights.companies, action)
        case Entity.lead | Entity.customer:
            return getattr(me.rights.leads, action)
        case Entity.task:
            return task_level(me.rights.tasks, action)


def task_level(rights: TaskRights, action: Action) -> Level:
    """Everybody may add tasks and sees at least those that they answer for."""
    match action:
        case "edit":
            return rights.edit
        case "delete":
            return rights.delete
        case "add":
            return "A"
        case "view" | "export":
            return "M" if rights.edit == "D" else rights.edit


def owners(me: Me, action: Action, entity: Entity) -> tuple[int, ...] | None:
    """The users whose records one may do this to; None means everybody's."""
    match level(me, action, entity):
        case "A":
            return None
        case "G":
            return me.group_users
        case "M" | "L":
            return (me.user_id,)
        case "D":
            return ()


def may(me: Me, action: Action, entity: Entity, responsible_user_id: int) -> bool:
    """Whether one may do this to a record that the given user answers for."""
    allowed = owners(me, action, entity)
    return allowed is None or responsible_user_id in allowed


def may_at_status(me: Me, action: Deed, lead: tuple[int, int, int]) -> bool:
    """The same for a lead: (responsible user, pipeline, status). The status's word is the last one."""
    owner, pipeline_id, status_id = lead
    word = word_of(me, action, pipeline_id, status_id)
    return may(me, action, Entity.lead, owner) if word is None else word == "A"


def may_enter(me: Me, action: Literal["view", "edit"], pipeline_id: int, status_id: int) -> bool:
    """Whether a status takes a lead of one's: it does, unless its own word denies this."""
    return word_of(me, action, pipeline_id, status_id) != "D"


def word_of(me: Me, action: Deed, pipeline_id: int, status_id: int) -> Word | None:
    """What a status says for itself; of two words the one that denies."""
    place = (pipeline_id, status_id)
    rows = () if me.is_admin else me.rights.status_rights or ()
    words = {getattr(each.rights, action) for each in rows if (each.pipeline_id, each.status_id) == place}
    return "D" if "D" in words else "A" if "A" in words else None


def denied_statuses(me: Me) -> list[tuple[int, int]]:
    """(pipeline, status) pairs whose leads one does not see."""
    if me.is_admin:
        return []
    return [(s.pipeline_id, s.status_id) for s in me.rights.status_rights or () if s.rights.view == "D"]


def opened_statuses(me: Me) -> list[tuple[int, int]]:
    """(pipeline, status) pairs whose leads one sees, whoever answers for them."""
    if me.is_admin:
        return []
    return [(s.pipeline_id, s.status_id) for s in me.rights.status_rights or () if s.rights.view == "A"]


def exports(me: Me, entity: Entity) -> bool:
    """Whether there can be a card of this kind that one may export."""
    rows = me.rights.status_rights or () if entity is Entity.lead else ()
    return level(me, "export", entity) != "D" or any(each.rights.export == "A" for each in rows)


class Sight(msgspec.Struct, frozen=True):
    """Which records of a kind one sees: whose, and for leads also in which statuses."""

    entity: Entity
    owners: tuple[int, ...] | None
    hidden: tuple[tuple[int, int], ...] = ()
    opened: tuple[tuple[int, int], ...] = ()

    @property
    def all(self) -> bool:
        return self.owners is None and not self.hidden

    @property
    def none(self) -> bool:
        return self.owners == () and not self.opened


def sight(me: Me, entity: Entity) -> Sight:
    leads = entity is Entity.lead
    return Sight(
        entity,
        owners(me, "view", entity),
        tuple(denied_statuses(me)) if leads else (),
        tuple(opened_statuses(me)) if leads else (),
    )


def may_card(me: Me, action: Deed, entity: Entity, place: tuple[int, int, int]) -> bool:
    """The same for a card of any kind; the place of one that is no lead says only who answers for it."""
    return may_at_status(me, action, place) if entity is Entity.lead else may(me, action, entity, place[0])
