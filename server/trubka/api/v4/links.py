"""Links between cards: /api/v4/{cards}/{id}/links, and for many cards at once /api/v4/{cards}/links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import bonds as actions
from trubka.actions.bonds import Wish
from trubka.api import hal
from trubka.api.asked import Asked
from trubka.api.routes import Items, Routes
from trubka.db import bonds
from trubka.errors import Flaw, FlawedItem, Invalid, Refused
from trubka.rules.bonds import Bond, can_bind
from trubka.rules.entities import BY_PLURAL, CARDS, Entity
from trubka.rules.fields import choice_flaw
from trubka.rules.rights import sight

routes = Routes("/api/v4/{cards}")

NAMES = {**BY_PLURAL, **{entity.name: entity for entity in CARDS}}  # some clients write the singular
MOST_CARDS = 250  # whose links are asked for at once
WITH_MAIN = (Entity.lead, Entity.customer)


class LinkMetadataIn(msgspec.Struct):
    is_main: bool | None = None
    main_contact: bool | None = None  # as it is read, sent back
    updated_by: int | None = None


class LinkIn(msgspec.Struct, kw_only=True):
    entity_id: int | None = None
    to_entity_id: int
    to_entity_type: str
    metadata: LinkMetadataIn | None = None
    request_id: str | None = None


class LinkMetadata(msgspec.Struct):
    main_contact: bool


class LinkShown(msgspec.Struct, kw_only=True):
    """The card that the link begins at is told where it is not plain from the address."""

    entity_id: int | UnsetType = UNSET
    entity_type: str | UnsetType = UNSET
    to_entity_id: int
    to_entity_type: str
    metadata: LinkMetadata | None


@routes.on("GET", "/{card}/links", answer=Items("links", LinkShown), query=("filter",))
async def list_links(asked: Asked, entity: Entity, card_id: int) -> dict[str, Any] | None:
    """What a card is linked to, as far as one sees it; a card that is not there, or not to be seen, is 204."""
    rows = await seen(asked, entity, [card_id])
    if not rows:
        return None
    return envelope(asked, entity, card_id, [shown(bond, whole=False) for bond in bonds_of(entity, rows)])


@routes.on("GET", "/links", answer=Items("links", LinkShown), query=("filter",))
async def list_links_of_many(asked: Asked, entity: Entity) -> dict[str, Any] | None:
    """What several cards are linked to; `filter[entity_id][]` names them."""
    ids = asked.query.ints("filter", "entity_id")
    if ids is None:
        raise Refused("filter[entity_id] must name the cards whose links are wanted.")
    if len(ids) > MOST_CARDS:
        raise Refused(f"No more than {MOST_CARDS} cards are accepted in filter[entity_id].")
    rows = await seen(asked, entity, ids)
    if not rows:
        return None
    return envelope(asked, entity, None, [shown(bond, whole=True) for bond in bonds_of(entity, rows)])


@routes.on("POST", "/{card}/link", body=list[LinkIn], answer=Items("links", LinkShown))
async def link_card(asked: Asked, entity: Entity, card_id: int, batch: list[LinkIn]) -> dict[str, Any]:
    """Links a card to others. A second company of a lead or a contact takes the place of the first."""
    return await linked(asked, entity, card_id, batch)


@routes.on("POST", "/link", body=list[LinkIn], answer=Items("links", LinkShown))
async def link_cards(asked: Asked, entity: Entity, batch: list[LinkIn]) -> dict[str, Any]:
    """Links several cards, each named by entity_id."""
    return await linked(asked, entity, None, batch)


@routes.on("POST", "/{card}/unlink", body=list[LinkIn], status=204)
async def unlink_card(asked: Asked, entity: Entity, card_id: int, batch: list[LinkIn]) -> None:
    """Takes links of a card away; one that is not there changes nothing."""
    await actions.unlink(asked.db, asked.me, asked.account_id, wishes_of(asked, entity, card_id, batch), asked.now)


@routes.on("POST", "/unlink", body=list[LinkIn], status=204)
async def unlink_cards(asked: Asked, entity: Entity, batch: list[LinkIn]) -> None:
    """Takes links of several cards away, each named by entity_id."""
    await actions.unlink(asked.db, asked.me, asked.account_id, wishes_of(asked, entity, None, batch), asked.now)


# One client writes `unlinks`.
routes.on("POST", "/{card}/unlinks", body=list[LinkIn], status=204, hidden=True)(unlink_card)
routes.on("POST", "/unlinks", body=list[LinkIn], status=204, hidden=True)(unlink_cards)


async def linked(asked: Asked, entity: Entity, card_id: int | None, batch: list[LinkIn]) -> dict[str, Any]:
    wishes = wishes_of(asked, entity, card_id, batch)
    made = await actions.link(asked.db, asked.me, asked.account_id, wishes, asked.now)
    return envelope(asked, entity, card_id, [shown(bond, whole=True) for bond in made])


def wishes_of(asked: Asked, entity: Entity, card_id: int | None, batch: Sequence[LinkIn]) -> list[Wish]:
    found: list[Wish] = []
    flawed: list[FlawedItem] = []
    for index, link in enumerate(batch):
        request_id = str(index) if link.request_id is None else link.request_id
        here, other, flaws = card_id or link.entity_id, target_of(asked, entity, link.to_entity_type), list[Flaw]()
        if here is None:
            flaws.append(Flaw("FieldMissing", "entity_id", "This field is missing."))
        if other is None:
            flaws.append(choice_flaw("to_entity_type"))
        if here is not None and other is not None:
            told = link.metadata or LinkMetadataIn()
            is_main = told.main_contact if told.is_main is None else told.is_main
            bond = Bond(entity, here, other, link.to_entity_id, is_main)
            found.append(Wish(bond, request_id, told.updated_by))
        else:
            flawed.append(FlawedItem(request_id, flaws))
    if flawed:
        raise Invalid(flawed)
    return found


def target_of(asked: Asked, entity: Entity, name: str) -> Entity | None:
    """Which kind of card a link goes to; none where such cards cannot be linked."""
    other = NAMES.get(name)
    if other is None or not can_bind(entity, other):
        return None
    return None if other is Entity.customer and not asked.account.customers_on else other


async def seen(asked: Asked, entity: Entity, ids: list[int]) -> list[Any]:
    """The rows of links; a card without any has one that has no end."""
    others = [other for other in CARDS if can_bind(entity, other)]
    rows = await bonds.seen(
        asked.db, asked.account_id, sight(asked.me, entity), ids, [sight(asked.me, other) for other in others]
    )
    wanted = chosen(asked)
    return [row for row in rows if row["to_entity"] == 0 or wanted(row)]


def chosen(asked: Asked) -> Callable[[Any], bool]:
    """`filter[to_entity_id]` and `filter[to_entity_type]`; a catalogue is linked to nothing."""
    ids, types = asked.query.ints("filter", "to_entity_id"), asked.query.texts("filter", "to_entity_type")
    entities = None if types is None else {NAMES.get(name) for name in types}
    catalogues = asked.query.get("filter", "to_catalog_id") is not None

    def fits(row: Any) -> bool:
        return (
            not catalogues
            and (ids is None or row["to_id"] in ids)
            and (entities is None or Entity(row["to_entity"]) in entities)
        )

    return fits


def bonds_of(entity: Entity, rows: list[Any]) -> list[Bond]:
    return [
        Bond(entity, row["card_id"], Entity(row["to_entity"]), row["to_id"], row["is_main"])
        for row in rows
        if row["to_entity"] != 0
    ]


def shown(bond: Bond, *, whole: bool) -> LinkShown:
    main = bond.to_entity is Entity.contact and bond.entity in WITH_MAIN
    return LinkShown(
        entity_id=bond.id if whole else UNSET,
        entity_type=bond.entity.plural if whole else UNSET,
        to_entity_id=bond.to_id,
        to_entity_type=bond.to_entity.plural,
        metadata=LinkMetadata(bool(bond.is_main)) if main else None,
    )


def envelope(asked: Asked, entity: Entity, card_id: int | None, links: list[LinkShown]) -> dict[str, Any]:
    path = f"/api/v4/{entity.plural}" + (f"/{card_id}" if card_id else "")
    return hal.listed(asked.url(f"{path}/links"), "links", links)
