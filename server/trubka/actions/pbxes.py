"""PBXes: added, changed, taken away. The secret that signs their requests is shown once and kept sealed."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from trubka.actions import debts
from trubka.actions.audit import By, told
from trubka.actions.integrations import name_of
from trubka.actions.secrets import sealed
from trubka.db import Db, Row, accounts, calls, facts, pbxes
from trubka.db.debts import Missed
from trubka.errors import NotFound, Unprocessable
from trubka.rules.calls import Direction
from trubka.rules.entities import Entity
from trubka.rules.facts import AnyFact, CallEnded, RoutingChanged
from trubka.rules.routing import Dialling, Word

SECRET_BYTES = 32
KEY_BYTES = 12
MOST_PBXES = 50
MOST_TRUNKS = 100

Secret = Annotated[str, msgspec.Meta(max_length=200)]
Trunks = Annotated[list[Word], msgspec.Meta(max_length=MOST_TRUNKS)]


class PbxSettings(msgspec.Struct, frozen=True):
    """How it dials; what a kind of PBX needs besides stands in `more`."""

    dialling: Dialling = Dialling()
    more: dict[str, str | int | bool] = {}


class NewPbx(msgspec.Struct, kw_only=True):
    kind: str
    name: str
    settings: PbxSettings = PbxSettings()
    trunks: Trunks = []
    secret: Secret = ""  # a provider's own; none: one is made


class PbxChange(msgspec.Struct, kw_only=True):
    name: str | UnsetType = UNSET
    settings: PbxSettings | UnsetType = UNSET
    trunks: Trunks | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class Made(msgspec.Struct):
    id: int
    key_id: str
    secret: str


async def add(db: Db, installation: bytes, by: By, kinds: frozenset[str], given: NewPbx) -> Made:
    if given.kind not in kinds:
        raise Unprocessable("This kind of PBX is not known here.")
    name, key_id = name_of(given.name), secrets.token_urlsafe(KEY_BYTES)
    secret = given.secret or secrets.token_urlsafe(SECRET_BYTES)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        if len(await pbxes.all_of(tx, by.account_id)) >= MOST_PBXES:
            raise Unprocessable(f"An account may have {MOST_PBXES} PBXes at most.")
        pbx_id = await pbxes.add(
            tx,
            by.account_id,
            {
                "kind": given.kind,
                "name": name,
                "settings": given.settings,
                "trunks": given.trunks,
                "key_id": key_id,
                "secret_box": sealed(installation, secret),
                "created_by": by.user_id,
                "created_at": by.at,
            },
        )
        await changed(tx, by, "pbx_added", pbx_id, name=name, kind=given.kind)
    return Made(pbx_id, key_id, secret)


async def change(db: Db, by: By, pbx_id: int, given: PbxChange) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await found(tx, by, pbx_id)
        new = dict(row) | {key: value for key, value in msgspec.structs.asdict(given).items() if value is not UNSET}
        new["name"] = name_of(new["name"])
        await pbxes.change(tx, by.account_id, pbx_id, new)
        await changed(tx, by, "pbx_changed", pbx_id, name=new["name"], is_active=new["is_active"])


async def new_secret(db: Db, installation: bytes, by: By, pbx_id: int) -> str:
    """The old one is worth nothing any more."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        await found(tx, by, pbx_id)
        await pbxes.set_secret(tx, by.account_id, pbx_id, sealed(installation, secret))
        await changed(tx, by, "pbx_secret_changed", pbx_id)
    return secret


async def remove(db: Db, by: By, pbx_id: int) -> None:
    async with db.transaction() as tx:
        await accounts.lock(tx, by.account_id)
        row = await found(tx, by, pbx_id)
        if await pbxes.is_used(tx, by.account_id, pbx_id):
            raise Unprocessable("Lines or extensions belong to this PBX: move or remove them first.")
        await pbxes.remove(tx, by.account_id, pbx_id)
        # After that it tells nothing more: whoever was writing a signal of its at this moment has been waited for.
        owed = await end_calls(tx, by, pbx_id)
        await changed(tx, by, "pbx_deleted", pbx_id, name=row["name"])
    if owed:
        await debts.settle(db, by.at, by.account_id, owed)


async def heard(db: Db, account_id: int, pbx_id: int) -> None:
    """It has just spoken, and has proved who it is."""
    await pbxes.heard(db, account_id, pbx_id)


async def end_calls(tx: Db, by: By, pbx_id: int) -> list[int]:
    """Nobody will tell how its calls end: they are over, and a gap hides whether somebody would have answered. A call
    that was not is owed; the numbers of those."""
    ended: list[AnyFact] = []
    owed: list[int] = []
    for row in await calls.end_all(tx, by.account_id, f"pbx:{pbx_id}", by.at):
        card = (Entity(row["entity"]), row["entity_id"]) if row["entity"] else (None, None)
        owner_id, pipeline_id, status_id = row["place"] or (None if row["entity"] else row["user_id"], 0, 0)
        place: dict[str, Any] = {"card_owner": owner_id, "pipeline_id": pipeline_id, "status_id": status_id}
        ended.append(CallEnded(by.user_id, by.at, row["id"], tuple(row["user_ids"]), row["missed"], *card, **place))
        if row["same_as"] is None and row["direction"] == Direction.inbound and row["answered_at"] is None:
            missed = Missed(
                call_id=row["id"],
                number=row["number"],
                tail=row["tail"],
                line=row["line"],
                is_sure=False,
                owner=owner_id,
                user=row["user_id"],
                entity=row["entity"],
                entity_id=row["entity_id"],
                at=row["started_at"],
            )
            await debts.missed(tx, by.account_id, missed, by.at)
            owed += [row["tail"]] if row["tail"] is not None else []
        elif row["answered_at"] is not None and row["tail"] is not None:
            call_id = row["same_as"] or row["id"]
            await debts.talked(tx, by.account_id, row["tail"], call_id, row["user_id"], row["ended_at"], by.at)
    await facts.record(tx, by.account_id, [], ended)
    return owed


async def found(tx: Db, by: By, pbx_id: int) -> Row:
    row = await pbxes.get(tx, by.account_id, pbx_id)
    if row is None:
        raise NotFound("There is no such PBX.")
    return row


async def changed(tx: Db, by: By, deed: str, subject: object, **details: Any) -> None:
    """Written down, and told to whoever remembers how calls go."""
    await told(tx, by, deed, subject, **details)
    await facts.record(tx, by.account_id, [], [RoutingChanged(by.user_id, by.at, deed.split("_")[0])])
