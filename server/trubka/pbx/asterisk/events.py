"""AMI's events become signals, in both orders of both versions; after a gap, so do the answers to what we asked.

What is asked on connecting bears ActionIDs that begin with `snap-`. Such answers have no time: they are as old as the
newest event before them, or as the connection.
"""

from __future__ import annotations

from collections.abc import Callable

from trubka.pbx import Office
from trubka.pbx.asterisk.ami import Message, Reader
from trubka.pbx.asterisk.names import Names, dialled_by, number_of
from trubka.rules.signals import (
    AnySignal,
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
)

MOST_ENDED = 5_000  # channels of which we remember that they are gone
SNAPSHOT = "snap-"
RING, RINGING = "4", "5"  # ChannelState: it calls us; it rings
WAITING = frozenset(("parking", "holding"))  # types of bridges where nobody hears anybody
CALLED = ("AppDial", "AppQueue")  # applications of channels that the PBX has called


class Asterisk:
    """One Asterisk, through all connections to it."""

    def __init__(self, office: Office) -> None:
        self.names = Names(office)
        self.reader = Reader(frozenset(name.encode() for name in HEARD))
        self.now = 0.0  # the time of the message
        self.newest = 0.0
        self.opened_at = 0.0
        self.since: float | None = None  # when the last connection was lost
        self.calls: dict[str, str] = {}  # a channel that is there: its Linkedid
        self.ended: dict[str, None] = {}
        self.leaving: set[str] = set()  # channels whose user has hung up
        self.turned_away: set[str] = set()  # those that were connected after that
        self.doubtful: set[str] = set()  # channels of the last connection, of which this one has not told yet
        self.found: dict[str, str | None] = {}  # of a snapshot: a channel and its bridge
        self.halves: dict[str, str] = {}  # of a snapshot: one half of a Local channel
        self.waiting: dict[str, None] = {}  # bridges of a snapshot where nobody hears anybody

    def opened(self, at: float, since: float | None = None) -> None:
        self.newest = self.opened_at = max(self.newest, at)
        self.since = self.since if since is None else since
        self.found, self.halves, self.waiting = {}, {}, {}

    def closed(self, at: float | None = None) -> list[AnySignal]:
        self.reader.close()
        # Where nobody has asked what is there, what was not heard of again ended with the connection before this one.
        lost: list[AnySignal] = []
        if self.since is not None and self.newest > self.opened_at:
            lost = [LegLost(leg, at=self.since) for leg in self.doubtful]
            self.calls = {leg: call for leg, call in self.calls.items() if leg not in self.doubtful}
        self.since = self.newest = max(self.newest, at or 0.0)
        self.doubtful = set(self.calls)
        return lost

    def hear(self, data: bytes, at: float | None = None) -> list[AnySignal]:
        told: list[AnySignal] = []
        for message in self.reader.feed(data):
            stamp = message.get("Timestamp")
            try:
                self.now = float(stamp) if stamp else max(self.newest, at or 0.0)
                self.newest = max(self.newest, self.now)
                told += self.understand(message)
            except (KeyError, ValueError):
                continue  # an event that lacks what it always has is of no use, and no reason to lose the others
        return told

    def understand(self, message: Message) -> list[AnySignal]:
        name = message.name
        if name in ASKED_FOR and not message.get("ActionID", "").startswith(SNAPSHOT):
            return []
        return [*self.channels_of(message, name), *HEARD[name](self, message)]

    # Channels are met in any event.

    def channels_of(self, message: Message, name: str) -> list[AnySignal]:
        """Adopts a channel that was there before we were, and notices when its Linkedid has changed."""
        told: list[AnySignal] = []
        if name in NAMES_NO_CHANNEL:
            return told
        for prefix in ("", "Dest"):
            channel, call = message.get(prefix + "Uniqueid"), message.get(prefix + "Linkedid")
            if not channel or not call:
                continue
            self.doubtful.discard(channel)
            known = self.calls.get(channel)
            if known is None:
                if channel not in self.ended and name not in ("Newchannel", "Hangup"):
                    told.append(self.adopted(message, prefix, self.now))
            elif known != call:
                self.calls[channel] = call
                told.append(LegLinked(channel, call=call, at=self.now))
        return told

    def began(self, message: Message) -> list[AnySignal]:
        state = message.get("ChannelState")
        return [self.leg(message, "", self.now, incoming=state not in ("0", RINGING), adopted=False)]

    def adopted(self, message: Message, prefix: str, at: float) -> LegBegan:
        channel, call = message[prefix + "Uniqueid"], message[prefix + "Linkedid"]
        state, application = message.get(prefix + "ChannelState", ""), message.get("Application", "")
        if application:
            incoming = not application.startswith(CALLED)
        else:
            incoming = state == RING or (state != RINGING and prefix == "" and channel == call)
        return self.leg(message, prefix, at, incoming=incoming and state != RINGING, adopted=True)

    def leg(self, message: Message, prefix: str, at: float, *, incoming: bool, adopted: bool) -> LegBegan:
        leg, call = message[prefix + "Uniqueid"], message[prefix + "Linkedid"]
        self.calls[leg] = call
        number = number_of(message.get(prefix + "CallerIDNum", ""))
        side, who = self.names.whose(message[prefix + "Channel"], number, message.get(prefix + "Context", ""))
        exten = message.get(prefix + "Exten", "")
        if adopted:  # the dialplan has wandered, but DNID has not
            exten = next((one for one in (message.get("DNID", ""), exten) if self.names.may_be_line(one)), "")
        dialled = None
        if incoming and side != "inner":
            dialled = self.names.line(exten) if side == "outside" else number_of(exten)
            dialled = None if dialled == "s" else dialled
        if side == "outside" and (incoming or adopted):
            who = number
        inside = side == "ours" and incoming and self.names.inside(exten)
        return LegBegan(leg, call, side, who, dialled, inside, incoming, adopted, at=at)

    # What happens to them.

    def state_changed(self, message: Message) -> list[AnySignal]:
        return [LegRang(message["Uniqueid"], at=self.now)] if message.get("ChannelState") == RINGING else []

    def dial_began(self, message: Message) -> list[AnySignal]:
        number = dialled_by(message.get("DialString", "")) or number_of(message.get("DestCallerIDNum", ""))
        shown = number_of(message.get("CallerIDNum", ""))
        if not self.names.may_be_line(shown) or shown == number:
            shown = None  # an extension, or in a click-to-call the customer's own number
        caller, agent = message.get("Uniqueid") or None, self.names.mobile_of(number)
        return [LegDialled(message["DestUniqueid"], caller, number, self.names.line(shown), agent, at=self.now)]

    def dial_went_on(self, message: Message) -> list[AnySignal]:
        """The same as Newstate says, in case one of the two was lost."""
        return [LegRang(message["DestUniqueid"], at=self.now)] if message.get("DialStatus") == "RINGING" else []

    def dial_ended(self, message: Message) -> list[AnySignal]:
        """The caller may be another one than when it began: after a transfer to a phone that still rang."""
        caller = message.get("Uniqueid")
        return [LegLinked(message["DestUniqueid"], caller, at=self.now)] if caller else []

    def bridge_entered(self, message: Message) -> list[AnySignal]:
        if message["Uniqueid"] in self.leaving:  # who hangs up instead of pressing 1 is connected all the same
            self.turned_away.add(message["Uniqueid"])
            return []
        swapped = message.get("SwapUniqueid") or None
        return [LegJoined(message["Uniqueid"], message["BridgeUniqueid"], nobody_hears(message), swapped, at=self.now)]

    def bridge_left(self, message: Message) -> list[AnySignal]:
        if message["Uniqueid"] in self.turned_away:
            return []
        return [LegLeft(message["Uniqueid"], message["BridgeUniqueid"], at=self.now)]

    def local_paired(self, message: Message) -> list[AnySignal]:
        one, two = message.get("LocalOneUniqueid"), message.get("LocalTwoUniqueid")
        if not one or not two:
            return []
        told: list[AnySignal] = []
        for prefix in ("LocalOne", "LocalTwo"):
            if message[prefix + "Uniqueid"] not in self.calls and message[prefix + "Uniqueid"] not in self.ended:
                told.append(self.adopted(message, prefix, self.now))
        return [*told, LegLinked(one, two, through=True, at=self.now)]

    def held(self, message: Message) -> list[AnySignal]:
        return [LegHeld(message["Uniqueid"], at=self.now)]

    def unheld(self, message: Message) -> list[AnySignal]:
        return [LegUnheld(message["Uniqueid"], at=self.now)]

    def blind_transferred(self, message: Message) -> list[AnySignal]:
        if message.get("Result", "Success") != "Success":
            return []
        moved = message.get("TransfereeUniqueid") or None
        return [LegTransferred(message["TransfererUniqueid"], "blind", message.get("Extension"), moved, at=self.now)]

    def attended_transferred(self, message: Message) -> list[AnySignal]:
        if message.get("Result", "Success") != "Success":
            return []
        return [
            *self.local_paired(message),
            LegTransferred(
                message["OrigTransfererUniqueid"],
                "attended",
                None,
                message.get("TransfereeUniqueid") or None,
                message.get("SecondTransfererUniqueid") or None,
                message.get("TransferTargetUniqueid") or None,
                at=self.now,
            ),
        ]

    def picked_up(self, message: Message) -> list[AnySignal]:
        return [LegLinked(message["Uniqueid"], message["TargetUniqueid"], at=self.now)]

    def parked(self, message: Message) -> list[AnySignal]:
        return [LegParked(message["ParkeeUniqueid"], message.get("ParkingSpace", ""), at=self.now)]

    def unparked(self, message: Message) -> list[AnySignal]:
        retriever = message.get("RetrieverUniqueid")
        return [LegLinked(message["ParkeeUniqueid"], retriever, at=self.now)] if retriever else []

    def queued(self, message: Message) -> list[AnySignal]:
        return [LegQueued(message["Uniqueid"], message.get("Queue", ""), at=self.now)]

    def unqueued(self, message: Message) -> list[AnySignal]:
        return [LegQueued(message["Uniqueid"], at=self.now)]

    def variable_set(self, message: Message) -> list[AnySignal]:
        if message.get("Variable") != "MIXMONITOR_FILENAME" or not message.get("Uniqueid"):
            return []
        file = message.get("Value", "").rpartition("/")[2]
        return [LegRecorded(message["Uniqueid"], file, at=self.now)] if file else []

    def hangs_up(self, message: Message) -> list[AnySignal]:
        if message["Uniqueid"] in self.calls:
            self.leaving.add(message["Uniqueid"])
        return []

    def hung_up(self, message: Message) -> list[AnySignal]:
        leg, cause = message["Uniqueid"], message.get("Cause", "")
        self.calls.pop(leg, None)
        self.leaving.discard(leg)
        self.turned_away.discard(leg)
        self.ended[leg] = None
        if len(self.ended) > MOST_ENDED:
            del self.ended[next(iter(self.ended))]
        return [LegEnded(leg, int(cause) if cause.isdigit() else None, at=self.now)]

    # After a gap.

    def booted(self, message: Message) -> list[AnySignal]:
        """Up for less time than we were away: nothing is there any more of what was."""
        if self.since is None or not message.get("Uptime", "").isdigit():
            return []
        if int(message["Uptime"]) > self.now - self.since:
            return []
        self.calls.clear()
        self.leaving.clear()
        self.turned_away.clear()
        self.doubtful.clear()
        return [PbxRestarted(at=self.now, since=self.since)]

    def channel_found(self, message: Message) -> list[AnySignal]:
        """CoreShowChannel and Status: both name the bridge and the age, each in its own words."""
        leg = message["Uniqueid"]
        if leg in self.ended:
            return []
        told: list[AnySignal] = []
        age = seconds(message.get("Duration") or message.get("Seconds") or "")
        if leg not in self.calls or message.name == "Status":
            told.append(self.adopted(message, "", self.now - age))
        if message.get("ChannelState") == RINGING:
            told.append(LegRang(leg, at=self.now))
        self.found[leg] = message.get("BridgeId") or message.get("BridgeID") or None
        channel = message.get("Channel", "")
        if channel.endswith((";1", ";2")):
            told += self.halves_found(leg, channel)
        return told

    def halves_found(self, leg: str, channel: str) -> list[AnySignal]:
        half = self.halves.pop(channel[:-2], None)
        if half is None or half == leg:
            self.halves[channel[:-2]] = leg
            return []
        return [LegLinked(half, leg, through=True, at=self.now)]

    def all_found(self, message: Message) -> list[AnySignal]:
        self.calls = {leg: call for leg, call in self.calls.items() if leg in self.found}
        self.leaving &= self.calls.keys()
        self.turned_away &= self.calls.keys()
        self.doubtful.clear()
        return [self.snapshot()]

    def bridge_found(self, message: Message) -> list[AnySignal]:
        if not nobody_hears(message) or not self.found:
            return []
        self.waiting[message["BridgeUniqueid"]] = None
        return [self.snapshot()]

    def snapshot(self) -> PbxFound:
        return PbxFound(tuple(self.found.items()), tuple(self.waiting), self.since, at=self.now)


def nobody_hears(message: Message) -> bool:
    return message.get("BridgeTechnology") == "holding_bridge" or message.get("BridgeType") in WAITING


def seconds(age: str) -> float:
    """`00:01:05` or `65`."""
    total = 0
    for part in age.split(":"):
        total = total * 60 + (int(part) if part.isdigit() else 0)
    return float(total)


HEARD: dict[str, Callable[[Asterisk, Message], list[AnySignal]]] = {
    "Newchannel": Asterisk.began,
    "Newstate": Asterisk.state_changed,
    "DialBegin": Asterisk.dial_began,
    "DialState": Asterisk.dial_went_on,
    "DialEnd": Asterisk.dial_ended,
    "BridgeEnter": Asterisk.bridge_entered,
    "BridgeLeave": Asterisk.bridge_left,
    "LocalBridge": Asterisk.local_paired,
    "Hold": Asterisk.held,
    "Unhold": Asterisk.unheld,
    "BlindTransfer": Asterisk.blind_transferred,
    "AttendedTransfer": Asterisk.attended_transferred,
    "Pickup": Asterisk.picked_up,
    "ParkedCall": Asterisk.parked,
    "UnParkedCall": Asterisk.unparked,
    "QueueCallerJoin": Asterisk.queued,
    "QueueCallerLeave": Asterisk.unqueued,
    "VarSet": Asterisk.variable_set,
    "HangupRequest": Asterisk.hangs_up,
    "Hangup": Asterisk.hung_up,
    "FullyBooted": Asterisk.booted,
    "CoreShowChannel": Asterisk.channel_found,
    "CoreShowChannelsComplete": Asterisk.all_found,
    "Status": Asterisk.channel_found,
    "StatusComplete": Asterisk.all_found,
    "BridgeListItem": Asterisk.bridge_found,
    "BridgeInfoComplete": Asterisk.bridge_found,
}
ASKED_FOR = frozenset(
    (
        *("CoreShowChannel", "CoreShowChannelsComplete", "Status", "StatusComplete"),
        *("BridgeListItem", "BridgeInfoComplete"),
    )
)
NAMES_NO_CHANNEL = ASKED_FOR | {"FullyBooted", "LocalBridge", "BlindTransfer", "AttendedTransfer", "VarSet"}
