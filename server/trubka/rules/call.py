"""Signals become conversations: one for each customer's call, whatever legs, rooms, repeats and gaps there were.

    signals ──> a Tangle: the legs that hang together, and what was told of each
                  │      (two tangles become one as soon as anything says that they belong together)
                  └─> conversations(tangle): one for each customer in it; or ours with a customer; or ours with ours

    one conversation:   waiting ──> ringing ──> talking ──> ended        to `talking`: the customer hears one of ours
                           │  ^______│  ^___________│          ^         to `ended`: the customer's leg is gone,
                           └───────────────────────────────────┘                     or a gap has swallowed it

A tangle only collects, each fact at its own time, so it does not matter how often or in what order facts are told;
what they mean is worked out from all of them together. There is no clock here: time is what the signals say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from trubka.rules.conversation import Conversation, Transfer
from trubka.rules.signals import (
    Answered,
    AnySignal,
    ByCall,
    ByLeg,
    Dialling,
    Held,
    HungUp,
    LegBegan,
    LegDialled,
    LegEnded,
    LegHeld,
    LegJoined,
    LegLeft,
    LegLinked,
    LegLost,
    LegParked,
    LegQueued,
    LegRang,
    LegRecorded,
    LegTransferred,
    LegUnheld,
    PbxFound,
    PbxRestarted,
    Recorded,
    Ringing,
    Side,
    Transferred,
    Unheld,
    spelled_out,
)

GRACE_SECONDS = 60.0  # how long the end of a call may still be corrected
SILENT_SECONDS = 12 * 3600.0  # a call of which nothing more was heard has ended unheard
TOGETHER_SECONDS = 3.0  # two tellings of one deed
LEAST_TALK_SECONDS = 0.1  # shorter is a leg that has hung up already when it is connected
MOST_FACTS = 1_000  # of one kind, of one leg
MANY_LEGS = 24  # a tangle with more is freed of the customers who have left
MOST_RINGING = 150  # legs of a call that is told by call; whom it rings beyond them is not looked at
MOST_LEGS = 200  # the same, with those who answer it
SHORTEST_OUTSIDE = 7  # digits that are no extension any more
FOREVER = float("inf")


class Leg(msgspec.Struct, frozen=True, omit_defaults=True):
    """One phone or trunk in use. Without `began` it has only been mentioned."""

    id: str
    call: str | None = None
    side: Side | None = None
    who: str | None = None
    dialled: str | None = None
    inside: bool = False
    incoming: bool = True
    adopted: bool = False
    began: float | None = None
    called: bool = False  # the PBX called it
    by: tuple[str, ...] = ()  # for these legs
    number: str | None = None
    shown: str | None = None
    agent: str | None = None  # whose mobile it is
    rang: float | None = None
    moves: tuple[tuple[float, str, bool], ...] = ()  # when, which room, in or out
    talked: float | None = None  # since when, as the PBX itself says
    holds: tuple[tuple[float, bool], ...] = ()
    queues: tuple[tuple[float, str | None], ...] = ()
    parked: tuple[tuple[float, str], ...] = ()
    files: tuple[tuple[float, str], ...] = ()
    ended: float | None = None
    cause: int | None = None
    lost: float | None = None  # not there any more after a gap that began then

    @property
    def is_ours(self) -> bool:
        return self.side == "ours" or self.agent is not None

    @property
    def is_outside(self) -> bool:
        return self.side == "outside" and self.agent is None

    @property
    def is_called(self) -> bool:
        return self.called or not self.incoming

    @property
    def label(self) -> str | None:
        """One of ours by the extension; a mobile of nobody's by its number."""
        return self.agent or (self.who if self.side == "ours" else self.number or self.who)


class Tangle(msgspec.Struct, frozen=True, omit_defaults=True):
    """Legs that hang together. One customer's call, mostly; more when an agent has brought customers together."""

    id: str
    last: float  # the latest time that it was told of
    legs: dict[str, Leg] = {}
    calls: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()  # what is heard in one is heard in the other
    waiting: tuple[str, ...] = ()  # rooms where nobody hears anybody
    sent: tuple[LegTransferred, ...] = ()
    over: tuple[tuple[str, float], ...] = ()  # calls that ended as a whole
    gaps: tuple[float, ...] = ()


class Gone(msgspec.Struct, frozen=True):
    """What looked like a conversation of its own was a part of another, or of none."""

    id: str
    into: str | None


class Changes(msgspec.Struct, frozen=True):
    """What a signal has changed: for the screens and the log, and for who keeps the tangles (`kept`, `dropped`)."""

    changed: tuple[Conversation, ...] = ()
    gone: tuple[Gone, ...] = ()
    kept: tuple[Tangle, ...] = ()
    dropped: tuple[str, ...] = ()  # tangles that have ended, or have become part of another
    finished: tuple[Conversation, ...] = ()  # of tangles that have ended: nothing of them will change any more
    strays: tuple[Recorded | LegRecorded, ...] = ()  # a recording of a call that is finished, or was never told of


NOTHING = Changes()


class Calls:
    """All tangles of one PBX, and which of them a signal means.

    calls = Calls(kept tangles); changes = calls.tell(signal). What a signal costs depends on its own call only.
    """

    def __init__(self, tangles: Iterable[Tangle] = (), showing: bool = True) -> None:
        """`showing`: each change is told as it comes; else only what is finished."""
        self.showing = showing
        self.tangles: dict[str, Tangle] = {}  # in the order in which they were last told of
        self.home: dict[str, str] = {}  # a key of a signal: the id of its tangle
        self.shown: dict[str, tuple[Conversation, ...]] = {}
        self.now = 0.0
        self.ending: deque[tuple[float, str]] = deque()
        for tangle in sorted(tangles, key=lambda tangle: tangle.last):
            self.now = max(self.now, tangle.last)
            self.keep(tangle)
            if showing:
                self.shown[tangle.id] = conversations(tangle)

    def live(self) -> list[Conversation]:
        """What is going on, or has only just ended."""
        return [conversation for found in self.shown.values() for conversation in found]

    def tell(self, signal: AnySignal) -> Changes:
        touched: dict[str, None] = {}
        merged: list[str] = []
        strays: list[Recorded | LegRecorded] = []
        before = self.now
        self.now = max(self.now, signal.at)
        match signal:
            case PbxFound() | PbxRestarted():
                since = before if signal.since is None else signal.since
                for tangle in list(self.tangles.values()):
                    self.put(tangle, after_gap(tangle, signal, since), touched)
            case Ringing() | Dialling() | Answered() | Held() | Unheld() | Transferred() | HungUp() | Recorded():
                for part in spelled_out(signal):
                    if self.takes(signal, part):
                        self.place(part, touched, merged, strays)
                strays = [signal for _ in strays if isinstance(signal, Recorded)]
            case _:
                self.place(signal, touched, merged, strays)
        return self.settle(touched, merged, strays)

    def takes(self, signal: ByCall, part: ByLeg) -> bool:
        """A call that is told by call has so many legs and no more: each signal looks at all of them."""
        tangle = self.tangles.get(self.home.get("leg " + signal.call, ""))
        most = MOST_LEGS if isinstance(signal, Answered) else MOST_RINGING
        return tangle is None or len(tangle.legs) < most or tangle.legs.keys() >= {part.leg, *legs_named(part)}

    def pass_time(self, now: float) -> Changes:
        """What the mere passing of time changes, when the PBX says nothing."""
        self.now = max(self.now, now)
        return self.settle({}, [], [])

    def settle(self, touched: dict[str, None], merged: list[str], strays: list[Recorded | LegRecorded]) -> Changes:
        self.close_silent(touched)
        finished, dropped = self.drop_ended(touched)
        if not (touched or merged or strays or dropped):
            return NOTHING
        changed, gone = self.differences(touched, merged)
        finished += [one for id in touched for one in self.thin(self.tangles[id])]
        return Changes(
            changed,
            gone,
            tuple(self.tangles[id] for id in touched),
            (*merged, *dropped),
            tuple(finished),
            tuple(strays),
        )

    def thin(self, tangle: Tangle) -> tuple[Conversation, ...]:
        """An agent who is logged in all day would hang together with every customer of that day."""
        if len(tangle.legs) <= MANY_LEGS:
            return ()
        thin, finished = thinned(tangle, self.now - GRACE_SECONDS)
        if thin is not tangle:
            for key in keys_within(tangle):
                self.home.pop(key, None)
            self.keep(thin)
            if self.showing:
                self.shown[thin.id] = conversations(thin)
        return finished

    def place(
        self, signal: ByLeg, touched: dict[str, None], merged: list[str], strays: list[Recorded | LegRecorded]
    ) -> None:
        keys = keys_of(signal)
        homes = list(dict.fromkeys(self.home[key] for key in keys if key in self.home))
        if not homes:
            if isinstance(signal, LegRecorded):
                strays.append(signal)
                return
            if not begins(signal):
                return
            was = Tangle(signal.leg, signal.at)
        else:
            was = self.tangles[homes[0]]
        now = was
        for other in homes[1:]:
            now = together(now, self.tangles[other])
        for id in homes:
            if id != now.id:
                merged.append(id)
                touched.pop(id, None)
                self.tangles.pop(id)
        now = told(now, signal)
        if len(homes) > 1:
            self.keep(now, keys)
            for key in keys_within(now):
                self.home[key] = now.id
            touched[now.id] = None
        else:
            self.put(was if homes else None, now, touched, keys)

    def put(self, was: Tangle | None, now: Tangle, touched: dict[str, None], keys: Iterable[str] = ()) -> None:
        if now is not was:
            self.keep(now, keys)
            touched[now.id] = None

    def keep(self, tangle: Tangle, keys: Iterable[str] | None = None) -> None:
        self.tangles.pop(tangle.id, None)
        self.tangles[tangle.id] = tangle
        for key in keys_within(tangle) if keys is None else keys:
            self.home[key] = tangle.id
        if not is_alive(tangle):
            self.ending.append((max(self.now, tangle.last) + GRACE_SECONDS, tangle.id))

    def close_silent(self, touched: dict[str, None]) -> None:
        while self.tangles:
            oldest = next(iter(self.tangles.values()))
            if not is_alive(oldest) or oldest.last + SILENT_SECONDS > self.now:
                return
            self.put(oldest, after_gap(oldest, PbxRestarted(at=self.now), oldest.last), touched)

    def drop_ended(self, touched: dict[str, None]) -> tuple[list[Conversation], list[str]]:
        finished: list[Conversation] = []
        dropped: list[str] = []
        while self.ending and self.ending[0][0] <= self.now:
            due, id = self.ending.popleft()
            tangle = self.tangles.get(id)
            if tangle is None or is_alive(tangle) or tangle.last + GRACE_SECONDS > due or id in touched:
                continue  # it is told of again, and stands further back in the row
            finished += self.drop(tangle)
            dropped.append(id)
        return finished, dropped

    def drop(self, tangle: Tangle) -> tuple[Conversation, ...]:
        del self.tangles[tangle.id]
        for key in keys_within(tangle):
            self.home.pop(key, None)
        shown = self.shown.pop(tangle.id, None)
        return conversations(tangle) if shown is None else shown

    def end(self, at: float) -> tuple[Conversation, ...]:
        """Nothing more will come: all that is left, and what still lasted has ended unheard."""
        self.tell(PbxRestarted(at=at, since=at))
        return tuple(found for tangle in list(self.tangles.values()) for found in self.drop(tangle))

    def differences(
        self, touched: Iterable[str], merged: Iterable[str]
    ) -> tuple[tuple[Conversation, ...], tuple[Gone, ...]]:
        if not self.showing:
            return (), ()
        before = {found.id: found for id in (*merged, *touched) for found in self.shown.pop(id, ())}
        after: dict[str, Conversation] = {}
        for id in touched:
            self.shown[id] = conversations(self.tangles[id])
            after |= {found.id: found for found in self.shown[id]}
        into = next(iter(after), None)
        return (
            tuple(found for id, found in after.items() if before.get(id) != found),
            tuple(Gone(id, into) for id in before if id not in after),
        )


# Which tangle.


def keys_of(signal: ByLeg) -> tuple[str, ...]:
    """What a signal has in common with others of its tangle."""
    legs = tuple("leg " + leg for leg in (signal.leg, *legs_named(signal)))
    match signal:
        case LegBegan(call=str(call)) | LegLinked(call=str(call)):
            return *legs, "call " + call
        case LegJoined(room=room, waiting=False):
            return *legs, "room " + room
        case _:
            return legs


def legs_named(signal: ByLeg) -> list[str]:
    """The other legs of which it tells."""
    match signal:
        case LegLinked(other=other):
            named = [other]
        case LegDialled(by=by):
            named = [by]
        case LegJoined(instead_of=swapped):
            named = [swapped]
        case LegTransferred():
            named = [signal.moved, signal.second, signal.target]
        case _:
            named = []
    return [leg for leg in named if leg]


def keys_within(tangle: Tangle) -> Iterator[str]:
    for leg in tangle.legs.values():
        yield "leg " + leg.id
        for _, room, _ in leg.moves:
            if room not in tangle.waiting:
                yield "room " + room
    for call in tangle.calls:
        yield "call " + call


def begins(signal: ByLeg) -> bool:
    """Whether it may be the first that is told of a leg; the end of what nobody knows is no news."""
    match signal:
        case LegEnded(whole=whole):
            return whole
        case LegLeft() | LegUnheld() | LegRecorded() | LegLost():
            return False
        case _:
            return True


def is_alive(tangle: Tangle) -> bool:
    return any(
        leg.side in ("ours", "outside") and leg.began is not None and end_of(tangle, leg) is None
        for leg in tangle.legs.values()
    )


# What was told.

Fact = TypeVar("Fact", bound=tuple[Any, ...])


def told(tangle: Tangle, signal: ByLeg) -> Tangle:
    """The tangle with what the signal tells; the very same one if that is known."""
    leg = tangle.legs.get(signal.leg) or Leg(signal.leg)
    new, more = leg, dict[str, Any]()
    match signal:
        case LegBegan():
            new = born(leg, signal)
            more["calls"] = added(tangle.calls, signal.call)
        case LegLinked():
            if signal.call is not None:
                more["calls"] = added(tangle.calls, signal.call)
            if signal.through and signal.other is not None:
                pair = min(signal.leg, signal.other), max(signal.leg, signal.other)
                more["pairs"] = added(tangle.pairs, pair)
        case LegDialled():
            by = leg.by if signal.by is None else added(leg.by, signal.by)
            number, shown, agent = leg.number or signal.number, leg.shown or signal.shown, leg.agent or signal.agent
            new = changed(leg, called=True, by=by, number=number, shown=shown, agent=agent)
        case LegRang():
            new = changed(leg, rang=earlier(leg.rang, signal.at))
        case LegJoined():
            talked = earlier(leg.talked, signal.at) if signal.talks else leg.talked
            new = changed(leg, moves=timed(leg.moves, (signal.at, signal.room, True)), talked=talked)
            if signal.waiting:
                more["waiting"] = added(tangle.waiting, signal.room)
        case LegLeft():
            new = changed(leg, moves=timed(leg.moves, (signal.at, signal.room, False)))
        case LegHeld() | LegUnheld():
            new = changed(leg, holds=timed(leg.holds, (signal.at, isinstance(signal, LegHeld))))
        case LegTransferred():
            more["sent"] = tangle.sent if same_deed(tangle.sent, signal) else (*tangle.sent, signal)
        case LegParked():
            new = changed(leg, parked=timed(leg.parked, (signal.at, signal.space)))
        case LegQueued():
            new = changed(leg, queues=timed(leg.queues, (signal.at, signal.queue)))
        case LegRecorded():
            new = changed(leg, files=timed(leg.files, (signal.at, signal.file)))
        case LegEnded():
            new = changed(
                leg, ended=earlier(leg.ended, signal.at), cause=signal.cause if leg.cause is None else leg.cause
            )
            if signal.whole:
                more["over"] = over_at(tangle.over, leg.call or leg.id, signal.at)
        case LegLost():
            if leg.ended is None:
                new = changed(leg, lost=signal.at)
                more["gaps"] = added(tangle.gaps, signal.at)
    if new.lost is not None and signal.at > new.lost and not isinstance(signal, LegEnded | LegRecorded):
        new = changed(new, lost=None)  # it was not in the snapshot, and yet it lives
    legs = tangle.legs
    if new is not legs.get(leg.id):
        legs = legs | {leg.id: new}
    for id in legs_named(signal):
        if id not in legs:  # it is only mentioned so far, and yet belongs to us
            legs = legs | {id: Leg(id)}
    if isinstance(signal, LegJoined) and signal.instead_of is not None:
        legs = without(legs, signal.instead_of, signal.room, signal.at)
    now = changed(tangle, legs=legs, **more)
    return now if now is tangle else changed(now, last=max(now.last, signal.at))


def born(leg: Leg, signal: LegBegan) -> Leg:
    """A birth that was seen beats a leg that was only found; of two alike the earlier one counts."""
    one, other = (leg.adopted, leg.began), (signal.adopted, signal.at)
    if leg.began is None or other < one:
        adopted, began = other
        who, dialled = signal.who or leg.who, signal.dialled or leg.dialled
        incoming, call, side = signal.incoming, signal.call, signal.side
    else:
        adopted, began = one
        who, dialled = leg.who or signal.who, leg.dialled or signal.dialled
        incoming, call, side = leg.incoming, leg.call, leg.side
    return changed(
        leg,
        call=call,
        side=side,
        who=who,
        dialled=dialled,
        inside=leg.inside or signal.inside,
        incoming=incoming,
        adopted=adopted,
        began=began,
    )


def without(legs: dict[str, Leg], id: str, room: str, at: float) -> dict[str, Leg]:
    """Its place in the room was taken."""
    new = changed(legs[id], moves=timed(legs[id].moves, (at, room, False)))
    return legs if new is legs[id] else legs | {id: new}


def together(one: Tangle, other: Tangle) -> Tangle:
    """Both as one, under the id of the older."""
    if (first_of(other), other.id) < (first_of(one), one.id):
        one, other = other, one
    return Tangle(
        one.id,
        max(one.last, other.last),
        one.legs | {id: leg for id, leg in other.legs.items() if id not in one.legs},
        tuple(dict.fromkeys(one.calls + other.calls)),
        tuple(dict.fromkeys(one.pairs + other.pairs)),
        tuple(dict.fromkeys(one.waiting + other.waiting)),
        tuple(dict.fromkeys(one.sent + other.sent)),
        tuple(dict.fromkeys(one.over + other.over)),
        tuple(dict.fromkeys(one.gaps + other.gaps)),
    )


def thinned(tangle: Tangle, before: float) -> tuple[Tangle, tuple[Conversation, ...]]:
    """Without the customers who had left by then and all that was only theirs; and their conversations."""
    legs = tangle.legs
    ends = {id: end_of(tangle, leg) for id, leg in legs.items()}
    customers = [leg for leg in legs.values() if leg.began is not None and leg.is_outside and not leg.is_called]
    left = {leg.id for leg in customers if (ends[leg.id] or FOREVER) < before}
    if not left:
        return tangle, ()
    finished = tuple(one for one in conversations(tangle) if one.id in left)
    stays = stays_in(tangle, [leg for leg in legs.values() if leg.began is not None])
    here = [leg for leg in customers if leg.id not in left]
    kept = {id for id in legs if id not in left and (ends[id] or FOREVER) >= before}
    for customer in here:
        met = meetings(tangle, customer, stays, {leg.id for leg in customers})
        kept |= {leg.id for leg in with_customer(tangle, customer, customers, met)}
    since = min((leg.began or FOREVER for leg in here), default=before)
    rest = {
        id: changed(leg, moves=later_than(since, leg.moves), holds=later_than(since, leg.holds))
        for id, leg in legs.items()
        if id in kept
    }
    rooms = {room for leg in rest.values() for _, room, _ in leg.moves}
    calls = {leg.call for leg in rest.values()}
    thin = msgspec.structs.replace(
        tangle,
        legs=rest,
        calls=tuple(call for call in tangle.calls if call in calls or call in tangle.calls[-MANY_LEGS:]),
        pairs=tuple(pair for pair in tangle.pairs if kept.issuperset(pair)),
        waiting=tuple(room for room in tangle.waiting if room in rooms),
        sent=tuple(sent for sent in tangle.sent if sent.at >= since),
        over=tuple(one for one in tangle.over if one[0] in calls),
        gaps=tuple(gap for gap in tangle.gaps if gap >= since),
    )
    return thin, finished


def later_than(since: float, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """With the last of those before, which says how things stood then."""
    return (*[fact for fact in facts if fact[0] < since][-1:], *(fact for fact in facts if fact[0] >= since))


def first_of(tangle: Tangle) -> float:
    return min((leg.began for leg in tangle.legs.values() if leg.began is not None), default=FOREVER)


def after_gap(tangle: Tangle, signal: PbxFound | PbxRestarted, since: float) -> Tangle:
    """What is not there any more was lost when the gap began; what is, may stand in another room."""
    found = dict(signal.legs) if isinstance(signal, PbxFound) else {}
    legs = dict(tangle.legs)
    through = False
    for id, leg in tangle.legs.items():
        if id in found and leg.lost is not None:  # it was given up too early
            leg = legs[id] = changed(leg, lost=None)
        if leg.began is None or end_of(tangle, leg) is not None:
            continue
        before = last_of(leg) <= since
        through |= leg.began <= since
        if before and id not in found:
            legs[id] = changed(leg, lost=since)
        elif id in found and (before or not leg.moves):
            legs[id] = moved_in_gap(leg, found[id], since, signal.at)
    here = {room for leg in legs.values() for _, room, _ in leg.moves}
    waiting = tuple(room for room in signal.waiting if room in here) if isinstance(signal, PbxFound) else ()
    return changed(
        tangle,
        last=max(tangle.last, since) if through else tangle.last,
        legs=legs,
        waiting=tuple(dict.fromkeys((*tangle.waiting, *waiting))),
        gaps=added(tangle.gaps, since) if through else tangle.gaps,
    )


def moved_in_gap(leg: Leg, room: str | None, since: float, at: float) -> Leg:
    _, was, inside = leg.moves[-1] if leg.moves else (0.0, None, False)
    moves = leg.moves
    if inside and was is not None and was != room:
        moves = timed(moves, (since, was, False))
    if room is not None and not (inside and was == room):
        moves = timed(moves, (at, room, True))
    return changed(leg, moves=moves)


def last_of(leg: Leg) -> float:
    """The latest time at which it was seen alive."""
    times = [leg.began, leg.rang, *(fact[0] for facts in (leg.moves, leg.holds, leg.queues) for fact in facts[-1:])]
    return max(time for time in times if time is not None)


def same_deed(known: tuple[LegTransferred, ...], signal: LegTransferred) -> bool:
    return any(
        abs(one.at - signal.at) <= TOGETHER_SECONDS and msgspec.structs.replace(one, at=signal.at) == signal
        for one in known
    )


Thing = TypeVar("Thing", Leg, Tangle)


def changed(thing: Thing, **fields: Any) -> Thing:
    """With these fields; the very same if they are as they were."""
    if all(getattr(thing, name) == value for name, value in fields.items()):
        return thing
    return msgspec.structs.replace(thing, **fields)


def added(known: tuple[Any, ...], new: Any) -> tuple[Any, ...]:
    return known if new in known else (*known, new)


def over_at(known: tuple[tuple[str, float], ...], call: str, at: float) -> tuple[tuple[str, float], ...]:
    """A call ends once: when it was first told to have."""
    if any(one == call and other <= at for one, other in known):
        return known
    return *(one for one in known if one[0] != call), (call, at)


def timed(known: tuple[Fact, ...], new: Fact) -> tuple[Fact, ...]:
    """In the order of time; of the same time, in the order of telling, which keeps that of each leg."""
    if new in known or len(known) >= MOST_FACTS:
        return known
    return tuple(sorted((*known, new), key=lambda fact: fact[0]))


def earlier(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)


# What it means.


class Stay(msgspec.Struct, frozen=True):
    """A leg in a room where one is heard."""

    leg: Leg
    room: str
    start: float
    stop: float


class Meeting(msgspec.Struct, frozen=True):
    """The customer together with some of ours, from one change to the next; the one who came last stands last."""

    start: float
    stop: float
    persons: tuple[Leg, ...]


def conversations(tangle: Tangle) -> tuple[Conversation, ...]:
    """One for each customer who called; else one with whom ours have called; else one of ours among themselves."""
    known = sorted((leg for leg in tangle.legs.values() if leg.began is not None), key=birth)
    ours = [leg for leg in known if leg.is_ours]
    called = [leg for leg in known if leg.is_outside and leg.is_called]
    customers = [leg for leg in known if leg.is_outside and not leg.is_called]
    stays = stays_in(tangle, known)
    if customers:
        before = [leg for leg in called if was_ours_before(tangle, leg, customers[0], stays)]
        apart = [*customers, *before]
        return (
            *(inbound(tangle, customer, apart, stays) for customer in customers),
            *(outbound(tangle, caller_of(tangle, leg), [leg], stays, apart) for leg in before),
        )
    caller = next((leg for leg in ours if not leg.by), ours[0] if ours else None)
    if caller is None:
        return (outbound(tangle, None, called, stays),) if called else ()
    others = [leg for leg in ours if leg is not caller]
    for_a_colleague = caller.inside or any(leg.label == caller.dialled for leg in others if leg.is_called)
    if called and not for_a_colleague:
        return (outbound(tangle, caller, called, stays),)
    if others or called or caller.inside:
        return (internal(tangle, caller, others, stays),)
    if not caller.is_called and looks_outside(caller.dialled):
        return (outbound(tangle, caller, [], stays),)  # it failed before any trunk was called
    return ()  # a menu, an echo, a code; or somebody's phone that was to be connected and was not picked up


def inbound(tangle: Tangle, customer: Leg, customers: list[Leg], stays: list[Stay]) -> Conversation:
    met = meetings(tangle, customer, stays, {leg.id for leg in customers})
    legs = [customer, *with_customer(tangle, customer, customers, met)]
    ended = end_of(tangle, customer)
    missed: bool | None = ended is not None and not met
    if missed and customer.lost == ended:
        missed = None
    found = Conversation(
        id=customer.id,
        direction="inbound",
        customer_number=customer.who,
        line=customer.dialled,
        started_at=customer.began or 0,
        ended_at=ended,
        missed=missed,
    )
    return with_story(found, tangle, customer, customer, legs, met)


def was_ours_before(tangle: Tangle, leg: Leg, customer: Leg, stays: list[Stay]) -> bool:
    """Whether we were talking with one whom we had called when that customer called: not a colleague's mobile, then."""
    if (leg.began or 0) >= (customer.began or 0):
        return False
    met = meetings(tangle, leg, stays, {leg.id})
    return bool(met) and met[0].start < (customer.began or 0)


def caller_of(tangle: Tangle, leg: Leg) -> Leg | None:
    roots = sorted((tangle.legs[id] for id in called_for(tangle, leg) if id in tangle.legs), key=birth)
    return next((root for root in roots if root.is_ours), None)


def outbound(
    tangle: Tangle, caller: Leg | None, called: list[Leg], stays: list[Stay], apart: list[Leg] | None = None
) -> Conversation:
    """The customer is the first who talked with us; else the last who was called: operators were tried in turn.

    `apart`: the customers who hang together with this one, and are others.
    """
    not_ours = {leg.id for leg in apart or ()}
    met = {leg.id: meetings(tangle, leg, stays, {leg.id, *not_ours}) for leg in called}
    talked = sorted((leg for leg in called if met[leg.id]), key=lambda leg: met[leg.id][0].start)
    first = caller or called[0]
    customer = talked[0] if talked else called[-1] if called else first
    ended = end_of(tangle, customer)
    if not talked and any(end_of(tangle, leg) is None for leg in (first, *called)):
        ended = None  # another operator may be tried
    found = Conversation(
        id=first.call or first.id,
        direction="outbound",
        customer_number=first.dialled if customer is caller else customer.number or customer.who or first.dialled,
        line=customer.shown,
        caller=first.label if first.is_ours else None,
        started_at=first.began or 0,
        ended_at=ended,
    )
    legs = list(tangle.legs.values())
    if apart:
        legs = [customer, *with_customer(tangle, customer, apart, met[customer.id])]
    return with_story(found, tangle, customer, first, legs, met.get(customer.id, []))


def internal(tangle: Tangle, caller: Leg, others: list[Leg], stays: list[Stay]) -> Conversation:
    found = Conversation(
        id=caller.call or caller.id,
        direction="internal",
        line=caller.dialled or next((leg.label for leg in others), None),
        caller=caller.label,
        started_at=caller.began or 0,
        ended_at=end_of(tangle, caller),
    )
    met = meetings(tangle, caller, stays, {caller.id})
    return with_story(found, tangle, caller, caller, list(tangle.legs.values()), met)


def with_story(
    found: Conversation, tangle: Tangle, customer: Leg, first: Leg, legs: list[Leg], met: list[Meeting]
) -> Conversation:
    """Who rang, who talked and what they did. `customer` is at the other end; `first` began it; `legs` took part."""
    ended, legs = found.ended_at, sorted(legs, key=birth)
    talked = [leg for meeting in met for leg in meeting.persons]
    rung = [leg for leg in legs if leg is not first and leg.is_ours and leg.label and did_ring(leg, talked)]
    talking = met[-1].persons if met and ended is None and met[-1].stop == FOREVER else ()
    waited_for = [leg for leg in legs if ended is None and rings_now(tangle, leg)]
    held, held_now = holding(tangle, met)
    files = sorted((leg is not customer, at, file) for leg in legs for at, file in leg.files)
    queues = [queue for _, queue in customer.queues if queue]
    return msgspec.structs.replace(
        found,
        answered_at=met[0].start if met else None,
        rang=labels(sorted(rung, key=ring_of)),
        answered_by=met[0].persons[0].label if met else None,
        last_talked=met[-1].persons[-1].label if met else None,
        talk_seconds=sum(min(meeting.stop, tangle.last) - meeting.start for meeting in met),
        hold_seconds=held,
        transferred=transfers(tangle, customer, legs, met),
        hangup_cause=customer.cause,
        recording=files[0][2] if files else None,
        gap=any(found.started_at <= gap and (ended is None or gap <= ended) for gap in tangle.gaps),
        state="ended" if ended is not None else "talking" if talking else "ringing" if waited_for else "waiting",
        ringing=labels(leg for leg in waited_for if leg is not customer),
        talking=labels(talking),
        on_hold=bool(talking) and held_now,
        queue=queues[-1] if queues else None,
    )


def looks_outside(number: str | None) -> bool:
    digits = (number or "").removeprefix("+")
    return len(digits) >= SHORTEST_OUTSIDE and digits.isdigit()


def rings_now(tangle: Tangle, leg: Leg) -> bool:
    return leg.rang is not None and not leg.moves and leg.is_called and end_of(tangle, leg) is None


def labels(legs: Iterable[Leg]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in (leg.label for leg in legs) if label))


def birth(leg: Leg) -> tuple[float, str]:
    return leg.began or 0, leg.id


def did_ring(leg: Leg, talked: list[Leg]) -> bool:
    """Or should have: it was called and talked at once."""
    return leg.rang is not None or (leg.is_called and leg in talked)


def ring_of(leg: Leg) -> tuple[float, str]:
    return leg.rang if leg.rang is not None else leg.began or 0, leg.id


def end_of(tangle: Tangle, leg: Leg) -> float | None:
    ends = [at for call, at in tangle.over if leg.call == call]
    if leg.ended is not None:
        ends.append(leg.ended)
    return min(ends) if ends else leg.lost


def stays_in(tangle: Tangle, legs: Iterable[Leg]) -> list[Stay]:
    """Who was where and when, but for rooms where nobody hears anybody."""
    stays: list[Stay] = []
    for leg in legs:
        end = end_of(tangle, leg)
        stop = FOREVER if end is None else end
        inside: tuple[float, str] | None = None
        outside_since, entered = leg.began or 0, {room for _, room, enters in leg.moves if enters}
        for at, room, enters in (*leg.moves, (stop, None, False)):
            leaves = room in (None, inside[1]) if inside and not enters else inside is not None and room != inside[1]
            if inside is not None and leaves:
                if inside[1] not in tangle.waiting and min(at, stop) > inside[0]:
                    stays.append(Stay(leg, inside[1], inside[0], min(at, stop)))
                inside, outside_since = None, at
            elif inside is None and room is not None and not enters and room not in entered:
                if min(at, stop) > outside_since:  # it leaves where nobody saw it come: the line was cut just then
                    stays.append(Stay(leg, room, outside_since, min(at, stop)))
                outside_since = at
            if enters and inside is None and room is not None:
                inside = at, room
    return stays


def meetings(tangle: Tangle, customer: Leg, stays: list[Stay], not_ours: set[str]) -> list[Meeting]:
    """When the customer was heard by persons: the legs in a room with him, or in one that a pair joins to it."""
    mine = [stay for stay in stays if stay.leg is customer]
    if mine:  # what was before and after is of others
        start, stop = mine[0].start, mine[-1].stop
        stays = [stay for stay in stays if stay.start < stop and stay.stop > start]
    times = sorted({time for stay in stays for time in (stay.start, stay.stop)}) if mine else []
    met: list[Meeting] = []
    for start, stop in pairwise(times):
        here = [stay for stay in stays if stay.start <= start and stay.stop >= stop]
        place = next((stay.room for stay in here if stay.leg is customer), None)
        if place is None:
            continue
        heard = rooms_joined(tangle, here, place)
        persons = tuple(
            stay.leg
            for stay in sorted(here, key=lambda stay: (stay.start, *birth(stay.leg)))
            if stay.room in heard and stay.leg.side != "inner" and stay.leg.id not in not_ours
        )
        if persons:
            met.append(Meeting(start, stop, persons))
    return long_enough(met) or [
        Meeting(leg.talked, leg.talked, (leg,))
        for leg in sorted(tangle.legs.values(), key=lambda leg: (leg.talked or 0, leg.id))
        if leg.talked is not None and leg.id not in not_ours
    ]


def long_enough(met: list[Meeting]) -> list[Meeting]:
    """Without persons who were there for no time to speak of."""
    lasted: dict[str, float] = {}
    for meeting in met:
        for leg in meeting.persons:
            lasted[leg.id] = lasted.get(leg.id, 0) + meeting.stop - meeting.start
    short = {id for id, seconds in lasted.items() if seconds < LEAST_TALK_SECONDS}
    if not short:
        return met
    left = [Meeting(one.start, one.stop, tuple(leg for leg in one.persons if leg.id not in short)) for one in met]
    return [meeting for meeting in left if meeting.persons]


def rooms_joined(tangle: Tangle, here: list[Stay], place: str) -> set[str]:
    if not tangle.pairs:
        return {place}
    rooms = {stay.leg.id: stay.room for stay in here}
    heard, size = {place}, 0
    while len(heard) > size:
        size = len(heard)
        for one, other in tangle.pairs:
            if one in rooms and other in rooms and (rooms[one] in heard or rooms[other] in heard):
                heard |= {rooms[one], rooms[other]}
    return heard


def with_customer(tangle: Tangle, customer: Leg, customers: list[Leg], met: list[Meeting]) -> list[Leg]:
    """The legs of one customer among several: called for this one, or for none of them and met by this one."""
    others = [leg for leg in tangle.legs.values() if leg not in customers]
    if len(customers) == 1:
        return others
    ids = {leg.id for leg in customers}
    talked = {leg.id for meeting in met for leg in meeting.persons}
    found: list[Leg] = []
    for leg in others:
        roots = ids & called_for(tangle, leg)
        if customer.id in roots or (not roots and leg.id in talked):
            found.append(leg)
    return found


def called_for(tangle: Tangle, leg: Leg) -> set[str]:
    """All legs for which this one was called, by way of others."""
    found: set[str] = set()
    ahead = [leg.id]
    while ahead:
        id = ahead.pop()
        if id in found:
            continue
        found.add(id)
        if id in tangle.legs:
            ahead += tangle.legs[id].by
        for one, other in tangle.pairs:
            if id in (one, other) and tangle.legs.get(id, leg).side == "inner":
                ahead.append(other if id == one else one)
    return found


def holding(tangle: Tangle, met: list[Meeting]) -> tuple[float, bool]:
    """How long any of ours held the customer, and whether one does now."""
    total, now = 0.0, False
    for meeting in met:
        stop = min(meeting.stop, tangle.last)
        spans = [span for leg in meeting.persons for span in held_within(leg, meeting.start, stop)]
        now = any(leg.holds and leg.holds[-1][1] for leg in meeting.persons)
        reached = meeting.start
        for begins_at, ends_at in sorted(spans):
            total += max(0.0, ends_at - max(begins_at, reached))
            reached = max(reached, ends_at)
    return total, now


def held_within(leg: Leg, start: float, stop: float) -> Iterator[tuple[float, float]]:
    since: float | None = None
    for at, hold in (*leg.holds, (FOREVER, False)):
        if hold and since is None:
            since = at
        elif not hold and since is not None:
            if min(at, stop) > max(since, start):
                yield max(since, start), min(at, stop)
            since = None


def transfers(tangle: Tangle, customer: Leg, legs: list[Leg], met: list[Meeting]) -> tuple[Transfer, ...]:
    part = {leg.id for leg in legs}
    customers = {leg.id for leg in tangle.legs.values() if leg.is_outside and not leg.is_called}
    found: list[Transfer] = []
    for sent in sorted(tangle.sent, key=lambda sent: (sent.at, sent.leg)):
        named = {id for id in (sent.leg, sent.moved, sent.target) if id}
        if customer.id not in named and (named & customers or not named & part):
            continue  # it was another customer who was sent
        leg = tangle.legs.get(sent.leg)
        kind, to = sent.kind, sent.to
        moved = tangle.legs.get(sent.moved or "")
        if kind == "blind" and moved and any(abs(at - sent.at) <= TOGETHER_SECONDS for at, _ in moved.parked):
            kind = "park"
        if kind == "attended":
            to = asked(tangle, customer, sent, met) or to
        found.append(Transfer(leg.label if leg else None, to, kind))
    return tuple(found)


def asked(tangle: Tangle, customer: Leg, sent: LegTransferred, met: list[Meeting]) -> str | None:
    """To whom an attended transfer went: the leg at its other end, or who was called for the one who asked."""
    for id in (sent.target, sent.moved):
        leg = tangle.legs.get(id or "")
        if leg is not None and leg is not customer and leg.side != "inner" and leg.label:
            return leg.label
    asker = {sent.leg, sent.second}
    later = [leg for meeting in met if meeting.stop > sent.at for leg in meeting.persons if leg.id not in asker]
    rang = [leg for leg in tangle.legs.values() if leg.rang is not None and leg.id not in asker]
    for leg in (*later, *sorted(rang, key=ring_of)):
        if (asker | {sent.target}) & called_for(tangle, leg):
            return leg.label
    return later[0].label if later else None
