"""Facts to sockets: read once a process, judged once for the same rights, encoded once for all who are told alike.

    facts ─ read ─> rooms (one an account) ─> stands (one for the same rights) ─> users ─> listeners (a socket or a
              └──> the ring: the last facts, for those who come back                        long-poll each)

A listener that joins is first told what is new since its position: from the ring, else from the table. What is read
meanwhile waits for it. A fact is told in the order of ids; nothing waits for another's open transaction.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog

from trubka.db import Db, facts, standing
from trubka.errors import Refused, TooMany, Unavailable
from trubka.rules import audience, positions
from trubka.rules.facts import AccountChanged, AnyFact, SessionEnded, Told
from trubka.rules.positions import Position, Snapshot, snapshot_of
from trubka.rules.rights import Me, Rights

LOOK_SECONDS = 0.5  # between looks for facts that nobody has rung for
PAUSE_SECONDS = 0.003  # at least between two readings: what comes together is read together
AGAIN_SECONDS = 0.5  # after the database was away
FACTS = 500  # read at a time
RING_FACTS = 20_000  # kept for those who come back
MOST_BEHIND = 1_000  # facts of an account told to one who comes back; who is further behind starts again
MOST_LOOKED = 20_000  # facts of all accounts looked at for one who comes back from before the ring
BEAT_SECONDS = 20  # a listener that is told nothing is told its position
RENEW_SECONDS = 60.0  # rights and sessions are read anew, whatever facts have said
AT_ONCE = 250  # sockets written to before others have their turn
MOST_WAITING_BYTES = 262_144  # of a socket that does not read; then it is dropped
MOST_A_SESSION = 30  # listeners: of a session or a token
MOST_A_USER = 60
MOST_A_PROCESS = 20_000
REREAD = 1_000  # transactions read again after the database was away: a crash may use a number twice

log = structlog.get_logger()
encode = msgspec.json.Encoder().encode


class Ending(msgspec.Struct, frozen=True):
    """Why a socket ends: the code and the reason of its close frame (docs/live.md)."""

    code: int
    reason: str


AGAIN = Ending(4001, "start again")
OUT = Ending(4002, "signed out")
SLOW = Ending(4003, "too slow")
TALKED = Ending(4004, "this socket only tells")


class StartAgain(Refused):
    """This position is of another database, or too old: take a snapshot and go on from there."""

    status = 410


class WrongPosition(Refused):
    """`position` is no position: take one from a snapshot."""


class Frame:
    """What is told: as JSON, and as the WebSocket frame of it."""

    __slots__ = ("body", "count", "framed")

    def __init__(self, position: str, pieces: Sequence[bytes]) -> None:
        self.count = len(pieces)
        self.body = b'{"position":"%b","facts":[%b]}' % (position.encode(), b",".join(pieces))
        self.framed = head_of(len(self.body)) + self.body


def head_of(size: int) -> bytes:
    """Of a whole text message from a server (RFC 6455, 5.2)."""
    if size < 126:
        return bytes([0x81, size])
    return b"\x81\x7e" + size.to_bytes(2) if size < 65_536 else b"\x81\x7f" + size.to_bytes(8)


class Wire(Protocol):
    """How a listener is reached: never waits."""

    def tell(self, frame: Frame) -> int:
        """The bytes that wait for it now."""
        ...

    def end(self, ending: Ending) -> None: ...


class Listener:
    """Somebody who is told facts, as far as `me` may see."""

    __slots__ = ("beat", "grant", "late", "me", "place", "room", "seen", "session", "until", "wire")

    def __init__(
        self, me: Me, wire: Wire, *, session: UUID | None = None, grant: UUID | None = None, until: float = 0.0
    ) -> None:
        self.me = me
        self.wire = wire
        self.session = session
        self.grant = grant
        self.until = until  # Unix seconds when its token ends
        self.seen: Snapshot | None = None  # what it had seen before it came, while the hub has not
        self.late: list[Item] | None = None  # what has been read while it is told what it missed
        self.room: Room | None = None
        self.place: Stand | None = None
        self.beat = 0

    @property
    def key(self) -> UUID | None:
        return self.session or self.grant


class Item(msgspec.Struct, frozen=True):
    """A fact as it was read."""

    account_id: int
    id: int
    xid: int
    fact: AnyFact


class Stand:
    """Those who have the same rights: to whoever a fact does not name it is told alike."""

    def __init__(self, me: Me) -> None:
        self.anybody = msgspec.structs.replace(me, user_id=audience.ANYBODY)
        self.users: dict[int, set[Listener]] = {}


class Room:
    """The listeners of an account."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.stands: dict[tuple[Any, ...], Stand] = {}
        self.joining: set[Listener] = set()
        self.count: dict[int | UUID, int] = {}  # listeners of a user, of a session or a token

    def listeners(self) -> list[Listener]:
        return [
            *self.joining,
            *(each for stand in self.stands.values() for some in stand.users.values() for each in some),
        ]

    def enter(self, listener: Listener) -> None:
        """Among those of the same rights."""
        me = listener.me
        key = (me.is_admin, me.group_users, encode(me.rights))
        stand = self.stands.get(key)
        if stand is None:
            stand = self.stands[key] = Stand(me)
        stand.users.setdefault(me.user_id, set()).add(listener)
        listener.place = stand

    def leave(self, listener: Listener) -> None:
        self.joining.discard(listener)
        stand, listener.place = listener.place, None
        if stand is None:
            return
        some = stand.users[listener.me.user_id]
        some.discard(listener)
        if not some:
            del stand.users[listener.me.user_id]
        if not stand.users:
            self.stands = {key: each for key, each in self.stands.items() if each is not stand}


class Hub:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._wake = asyncio.Event()
        self._begun = asyncio.Event()
        self._rooms: dict[int, Room] = {}
        self._new: set[Listener] = set()  # those who may have seen more than the hub
        self._beats: list[set[Listener]] = [set() for _ in range(BEAT_SECONDS)]
        self._ring: deque[Item] = deque()
        self._ring_of: dict[int, deque[Item]] = {}
        self._floor = 0  # the ring has all facts of this transaction and those after it
        self._place = facts.Position()
        self._position = Position("", Snapshot(0, 0))
        self._said = ""  # the position as it is told
        self._last = 0  # the transaction of the last fact
        self._known: set[Item] = set()  # while some are read again: those that were told
        self._checkpoint = ""
        self.changes = 0  # how often rights or sessions have changed: who has looked at them before looks again
        self.count = 0
        self.forgets: Callable[[int], None] = lambda account_id: None  # what is kept in memory of an account
        db.bell.heard(self._wake.set)

    # Reading.

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_on())
            group.create_task(self._beat_on())
            group.create_task(self._renew_on())

    async def _read_on(self) -> None:
        away = False
        while True:
            try:
                if not self._begun.is_set():
                    await self._begin()
                elif away:
                    self._reread()
                while await self._read():
                    pass
                if away:
                    log.info("facts are read again")
                away = False
            except Unavailable as trouble:
                if not away:
                    log.warning("the database is away", why=trouble.detail)
                away = True
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception:
                log.exception("facts cannot be read")
                away = True
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(PAUSE_SECONDS)
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _begin(self) -> None:
        """The ring holds what those will have missed who come back after this process was started."""
        read, floor = await facts.latest(self._db, RING_FACTS)
        self._last = last_of(read)
        self._stand(read)
        self._floor = floor
        for item in items_of(read.rows):
            self._keep(item)
        self._begun.set()

    def _stand(self, read: facts.Read) -> None:
        """What is told ends with the last fact: numbers of transactions that left none may not have reached the disk,
        and a crash would give them to others, whom the browser would seem to have seen."""
        seen = snapshot_of(read.snapshot)
        self._position = Position(read.epoch, seen)
        self._said = str(Position(read.epoch, seen.until(self._last) if self._last else seen))
        self._place = facts.Position(read.epoch, read.snapshot)

    def _reread(self) -> None:
        """A number that a transaction had when the database crashed may be given to another one: those are read again,
        and what was told before is not told twice."""
        first = max(self._position.seen.xmin - REREAD, self._floor, 1)
        self._place = facts.Position(self._position.epoch, str(Snapshot(first, first)))
        self._known = set(self._ring)

    async def _read(self) -> bool:
        """Tells what is new; whether there is more."""
        self._wake.clear()
        place = self._place
        read = await facts.news(self._db, place, FACTS)
        now = snapshot_of(read.snapshot)
        if read.epoch != self._position.epoch or now.xmax < self._position.seen.xmax:
            await self._start_again(read)
            return False
        if read.checkpoint != self._checkpoint:  # perhaps a crash so short that nothing failed
            self._checkpoint = read.checkpoint
            self._reread()
            return True
        told = [item for item in items_of(read.rows) if item not in self._known]
        await self._obey(told)  # may not be possible now: then the same is read again
        self._place = place.then(read.rows, FACTS)
        self._last = max(self._last, last_of(read))
        more = self._place.upto is not None
        if not more:
            self._known = set()
            self._stand(read)
        for item in told:
            self._keep(item)
        await self._tell(told)
        return more

    async def _start_again(self, read: facts.Read) -> None:
        log.warning("the database was restored, or has crashed and gone back: everybody starts again")
        self._last = last_of(read)
        self._known = set()
        self._stand(read)
        self._ring.clear()
        self._ring_of.clear()
        self._floor = self._position.seen.xmax
        for room in list(self._rooms.values()):
            for listener in room.listeners():
                self.end(listener, AGAIN)

    def _keep(self, item: Item) -> None:
        if item.xid < self._floor:
            return
        self._ring.append(item)
        self._ring_of.setdefault(item.account_id, deque()).append(item)
        while len(self._ring) > RING_FACTS:
            gone = self._ring.popleft()
            self._floor = max(self._floor, gone.xid + 1)
            of_account = self._ring_of[gone.account_id]
            of_account.popleft()
            if not of_account:
                del self._ring_of[gone.account_id]

    # Telling.

    async def _tell(self, told: Sequence[Item]) -> None:
        rooms: dict[int, list[Item]] = {}
        for item in told:
            if item.account_id in self._rooms:
                rooms.setdefault(item.account_id, []).append(item)
        deliveries: list[tuple[Listener, Frame]] = []
        for account_id, items in rooms.items():
            deliveries += self._deliveries(self._rooms[account_id], items)
        for listener in list(self._new):
            self._welcome(listener)
        for place, (listener, frame) in enumerate(deliveries):
            if listener.room is not None:
                self._write(listener, frame)
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)

    def _deliveries(self, room: Room, items: Sequence[Item]) -> list[tuple[Listener, Frame]]:
        words = Words(self._said)
        found: list[tuple[Listener, Frame]] = []
        for stand in room.stands.values():
            heard = [audience.told(item.fact, stand.anybody) for item in items]
            by_name = {user for item in items for user in audience.named(item.fact) if user in stand.users}
            common = words.frame(heard)
            if common is not None:
                found += [
                    (listener, common) for user, some in stand.users.items() if user not in by_name for listener in some
                ]
            for user in by_name:
                me = msgspec.structs.replace(stand.anybody, user_id=user)
                own = words.frame([audience.told(item.fact, me) for item in items])
                if own is not None:
                    found += [(listener, own) for listener in stand.users[user]]
        for listener in room.joining:
            if listener.late is not None:
                listener.late += items
            elif (frame := words.frame(heard_by(listener, items))) is not None:
                found.append((listener, frame))
        return found

    def _welcome(self, listener: Listener) -> None:
        """Who has seen nothing that the hub has not is one of all from now on."""
        if listener.room is None or listener.seen is None or not self._position.seen.covers(listener.seen):
            return
        self._new.discard(listener)
        listener.room.joining.discard(listener)
        listener.seen = None
        listener.room.enter(listener)

    def _write(self, listener: Listener, frame: Frame) -> None:
        if listener.wire.tell(frame) > MOST_WAITING_BYTES:
            self.end(listener, SLOW)

    async def _beat_on(self) -> None:
        """Every listener in its second."""
        while True:
            for some in self._beats:
                await asyncio.sleep(BEAT_SECONDS / len(self._beats))
                frame, now = Frame(self._said, ()), time.time()
                for listener in list(some):
                    try:
                        if listener.until and listener.until <= now:
                            self.end(listener, OUT)
                        elif listener.place is not None:
                            self._write(listener, frame)
                    except Exception:
                        log.exception("a listener cannot be told the position")

    # Coming and going.

    def check(self, listener: Listener) -> None:
        """Refuses one too many."""
        counts = room.count if (room := self._rooms.get(listener.me.account_id)) is not None else {}
        for key, most in ((listener.me.user_id, MOST_A_USER), (listener.key, MOST_A_SESSION)):
            if key is not None and counts.get(key, 0) >= most:
                raise TooMany(f"{most} of these can be open at the same time: close some.", 30)
        if self.count >= MOST_A_PROCESS:
            raise TooMany("This server has as many open as it can: try again in a moment.", 30)

    async def join(self, listener: Listener, position: Position, changes: int) -> None:
        """Tells what is new since the position, and goes on telling. `changes` is what the hub's own count was before
        it was asked who the listener is."""
        await self._ready()
        if position.epoch != self._position.epoch:
            raise StartAgain
        room = self._seat(listener)
        try:
            await self._catch_up(room, listener, position, changes)
        except BaseException:
            self.leave(listener)
            raise

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._begun.wait()
        except TimeoutError:
            raise Unavailable("The facts cannot be read now: try again in a moment.") from None

    def _seat(self, listener: Listener) -> Room:
        self.check(listener)
        account_id = listener.me.account_id
        room = self._rooms.get(account_id) or Room(account_id)
        self.count += 1
        for key in (listener.me.user_id, listener.key):
            if key is not None:
                room.count[key] = room.count.get(key, 0) + 1
        listener.beat = self.count % BEAT_SECONDS
        self._beats[listener.beat].add(listener)
        self._rooms[account_id] = room
        listener.room = room
        listener.late = []
        room.joining.add(listener)
        return room

    async def _catch_up(self, room: Room, listener: Listener, position: Position, changes: int) -> None:
        if changes != self.changes:
            await self._renew(room, [listener])
        if position.seen.xmin >= self._floor:
            missed: Sequence[Item] = self._ring_of.get(room.account_id, ())
            listener.seen = position.seen
            said = self._said if self._position.seen.covers(position.seen) else str(position)
            listener.late = []  # all of it stands in the ring
        else:
            read, whole = await facts.of_account(self._db, room.account_id, str(position.seen), MOST_LOOKED)
            if not whole or read.epoch != position.epoch or await facts.forgotten(self._db) >= position.seen.xmin:
                raise StartAgain
            missed = items_of(read.rows)
            listener.seen = snapshot_of(read.snapshot)
            last = max(self._last, last_of(read), position.seen.xmax - 1)
            said = str(Position(read.epoch, listener.seen.until(last)))
        if listener.room is None:
            return  # it was ended meanwhile
        missed = [item for item in missed if not position.seen.sees(item.xid)]
        if len(missed) > MOST_BEHIND:
            raise StartAgain
        late, listener.late = listener.late or [], None
        heard = [*(audience.told(item.fact, listener.me) for item in missed), *heard_by(listener, late)]
        pieces = [encode(each) for each in heard if each is not None]
        self._new.add(listener)
        self._write(listener, Frame(said, pieces))
        self._welcome(listener)

    def leave(self, listener: Listener) -> None:
        room, listener.room = listener.room, None
        if room is None:
            return
        room.leave(listener)
        self._new.discard(listener)
        self.count -= 1
        self._beats[listener.beat].discard(listener)
        for key in (listener.me.user_id, listener.key):
            if key is not None:
                room.count[key] -= 1
                if not room.count[key]:
                    del room.count[key]
        if not room.count:
            self._rooms.pop(room.account_id, None)

    def end(self, listener: Listener, ending: Ending) -> None:
        if listener.room is not None:
            self.leave(listener)
            listener.wire.end(ending)

    # Rights and sessions, as they stand now.

    async def _obey(self, told: Sequence[Item]) -> None:
        """Before anything that came with a change of rights is told, the new rights are read."""
        changed: set[int] = set()
        for item in told:
            match item.fact:
                case SessionEnded(session=session):
                    self.changes += 1
                    self._sign_out(item.account_id, session)
                case AccountChanged():
                    self.changes += 1
                    self.forgets(item.account_id)  # before a browser is told, for it will ask at once
                    changed.add(item.account_id)
                case _:
                    pass
        for account_id in changed:
            if (room := self._rooms.get(account_id)) is not None:
                await self._renew(room, room.listeners())

    def _sign_out(self, account_id: int, session: str) -> None:
        if (room := self._rooms.get(account_id)) is not None:
            for listener in room.listeners():
                if str(listener.session) == session:
                    self.end(listener, OUT)

    async def _renew_on(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for room in list(self._rooms.values()):
                try:
                    await self._renew(room, room.listeners())
                except Unavailable:
                    break  # nothing is told either while the database is away
                except Exception:
                    log.exception("rights cannot be read anew", account=room.account_id)

    async def _renew(self, room: Room, some: Iterable[Listener]) -> None:
        """Who may be told no more is ended; whose rights are others stands elsewhere."""
        listeners = [each for each in some if each.room is room]
        account_id = room.account_id
        ids = sorted({each.me.user_id for each in listeners})
        users = {row["id"]: row for row in await standing.users(self._db, account_id, ids)}
        groups = {row["group_id"]: tuple(row["users"]) for row in await standing.groups(self._db, account_id)}
        granted = sorted({each.grant for each in listeners if each.grant is not None})
        grants = {row["id"]: row["by_admin"] for row in await standing.grants(self._db, account_id, granted)}
        signed = sorted({each.session for each in listeners if each.session is not None})
        sessions = await standing.sessions(self._db, account_id, signed)
        rights: dict[int, Rights] = {user: msgspec.convert(row["rights"], Rights) for user, row in users.items()}
        for listener in listeners:
            if listener.room is not room:
                continue
            row = users.get(listener.me.user_id)
            by_admin = grants.get(listener.grant, False) if listener.grant is not None else False
            out = (
                row is None
                or (listener.session is not None and (listener.session not in sessions or not row["joined"]))
                or (listener.grant is not None and listener.grant not in grants)
                or not (row["is_active"] or by_admin)
            )
            if row is None or out:
                self.end(listener, OUT)
                continue
            me = msgspec.structs.replace(
                listener.me,
                is_admin=row["is_admin"] or by_admin,
                group_users=groups.get(row["group_id"], ()),
                rights=rights[row["id"]],
            )
            if me != listener.me:
                joined = listener.place is not None
                if joined:
                    room.leave(listener)
                listener.me = me
                if joined:
                    room.enter(listener)


class Words:
    """The frames of one reading: each distinct one is made once."""

    def __init__(self, position: str) -> None:
        self._position = position
        self._pieces: dict[Told, bytes] = {}
        self._frames: dict[tuple[bytes, ...], Frame] = {}

    def frame(self, heard: Iterable[Told | None]) -> Frame | None:
        pieces = tuple(self._piece(each) for each in heard if each is not None)
        if not pieces:
            return None
        found = self._frames.get(pieces)
        if found is None:
            found = self._frames[pieces] = Frame(self._position, pieces)
        return found

    def _piece(self, told: Told) -> bytes:
        found = self._pieces.get(told)
        if found is None:
            found = self._pieces[told] = encode(told)
        return found


def heard_by(listener: Listener, items: Iterable[Item]) -> list[Told | None]:
    """What one is told who had seen some of it before."""
    seen = listener.seen
    return [audience.told(item.fact, listener.me) for item in items if seen is None or not seen.sees(item.xid)]


def last_of(read: facts.Read) -> int:
    return max((row["xid"] for row in read.rows), default=0)


def items_of(rows: Sequence[Any]) -> list[Item]:
    return [
        Item(row["account_id"], row["id"], row["xid"], fact) for row in rows if (fact := facts.fact_of(row)) is not None
    ]


def position_of(text: str) -> Position:
    found = positions.read(text)
    if found is None:
        raise WrongPosition
    return found
