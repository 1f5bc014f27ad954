"""A call wanders: transfers of every kind, pick-up, parking, forwarding."""

from __future__ import annotations

import time
from typing import Any

from tests.pbx.phone import Call
from tests.pbx.stage import IVAN, MARIA, Stage, scenario

OUR_NUMBER = "+74950000001"  # what customers see
MOBILE_NUMBER = "+79160000101"  # Anna's, at the operator's
TO_CLARA = {"from": "101", "to": "103"}
BLIND = [TO_CLARA | {"kind": "blind"}]
ATTENDED = [TO_CLARA | {"kind": "attended"}]


async def talking(s: Stage, seconds: int = 2) -> tuple[Call, Call]:
    """Ivan and Anna, who picked up after 1 s and have talked so long."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(seconds)
    return ivan, anna


def consulted(s: Stage, call: Call) -> None:
    """A call between colleagues that may have a record of its own or none."""
    s.truth(call, direction="internal", customer_number=None, answered_by=..., last_talked=..., optional=True)


def seconds_between(start: float, end: float) -> int:
    return round(end - start)


# Blind.


async def taken_by_clara(s: Stage, ivan: Call, anna: Call, **more: Any) -> None:
    """Clara's phone rings 1 s, she talks 2 s, Ivan hangs up; Anna talked as long as her phone says."""
    clara = await s.phone("103").rings()
    await anna.until(anna.ended)
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    talked = seconds_between(anna.answered_at, anna.ended_at) + 2
    told = {"rang": ["101", "103"], "answered_by": "101", "last_talked": "103", "transferred": BLIND}
    s.truth(ivan, **told | {"talk_seconds": talked} | more)


@scenario()
async def blind_refer_answered(s: Stage) -> None:
    """Anna talks 2 s and transfers by REFER to Clara, whose phone rings 1 s; 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("103")
    await taken_by_clara(s, ivan, anna)


@scenario()
async def blind_refer_unanswered(s: Stage) -> None:
    """Anna talks 2 s and transfers by REFER; Clara's phone rings 2 s, Ivan gives up."""
    ivan, anna = await talking(s)
    anna.refer("103")
    await s.phone("103").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "103"], answered_by="101", talk_seconds=2, transferred=BLIND)


@scenario()
async def blind_refer_busy(s: Stage) -> None:
    """Anna talks 2 s and transfers by REFER to Clara, who is busy: the call ends."""
    s.phone("103").manner = 486
    ivan, anna = await talking(s)
    anna.refer("103")
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=..., answered_by="101", talk_seconds=2, transferred=BLIND)


@scenario()
async def blind_refer_returns(s: Stage) -> None:
    """Anna talks 2 s and transfers to Dmitry, whose phone rings 2 s; it returns to Anna, 2 s more of talk."""
    ivan, anna = await talking(s)
    anna.refer("104")
    await s.phone("104").rings()
    again = await s.phone("101").rings()
    await s.pause(1)
    again.answer()
    await s.pause(2)
    ivan.hang_up()
    transferred = [{"from": "101", "to": "104", "kind": "blind"}]
    s.truth(ivan, rang=["101", "104"], answered_by="101", talk_seconds=4, transferred=transferred)


@scenario()
async def blind_refer_to_nowhere(s: Stage) -> None:
    """Anna transfers to a number that is not there: the PBX refuses, and they talk on, 2 s and 2 s."""
    ivan, anna = await talking(s)
    anna.refer("999")
    await anna.until(anna.referred)
    assert anna.referred_status >= 400
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4)


@scenario()
async def blind_refer_to_queue(s: Stage) -> None:
    """Anna talks 2 s and transfers to the queue; Boris picks up after 1 s, 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("820")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="102", talk_seconds=4, transferred=...)


@scenario()
async def blind_refer_to_mobile(s: Stage) -> None:
    """Anna talks 2 s and transfers to a number outside, 1 s of ringing, 2 s of talk with somebody there."""
    ivan, anna = await talking(s)
    anna.refer(MARIA)
    mobile = await s.operator().rings()
    await s.pause(1)
    mobile.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", last_talked=..., talk_seconds=..., transferred=...)


@scenario()
async def blind_code_answered(s: Stage) -> None:
    """Anna talks 2 s and dials *2 103; Clara's phone rings 1 s, 2 s of talk."""
    ivan, anna = await talking(s)
    await anna.dials("*2")
    await s.pause(1)
    await anna.dials("103")
    await taken_by_clara(s, ivan, anna)


@scenario(versions=(22,))
async def blind_code_unanswered(s: Stage) -> None:
    """Anna talks 1 s and dials *2 103; Clara's phone rings 2 s, Ivan gives up."""
    ivan, anna = await talking(s, 1)
    await anna.dials("*2")
    await s.pause(1)
    await anna.dials("103")
    await s.phone("103").rings()
    await anna.until(anna.ended)
    await s.pause(2)
    ivan.hang_up()
    talked = seconds_between(anna.answered_at, anna.ended_at)
    s.truth(ivan, rang=["101", "103"], answered_by="101", talk_seconds=talked, transferred=BLIND)


@scenario()
async def blind_ami_answered(s: Stage) -> None:
    """A program transfers for Anna after 2 s of talk; Clara's phone rings 1 s, 2 s of talk."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="103")
    await taken_by_clara(s, ivan, anna)


@scenario(versions=(22,))
async def blind_ami_unanswered(s: Stage) -> None:
    """A program transfers for Anna after 2 s of talk; Clara's phone rings 2 s, Ivan gives up."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="103")
    await s.phone("103").rings()
    await anna.until(anna.ended)
    await s.pause(2)
    ivan.hang_up()
    talked = seconds_between(anna.answered_at, anna.ended_at)
    s.truth(ivan, rang=["101", "103"], answered_by="101", talk_seconds=talked, transferred=BLIND)


@scenario()
async def blind_ami_busy(s: Stage) -> None:
    """A program transfers for Anna after 2 s of talk to Clara, who is busy: the call ends."""
    s.phone("103").manner = 486
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="103")
    await ivan.until(ivan.ended)
    talked = seconds_between(anna.answered_at, anna.ended_at)
    s.truth(ivan, rang=..., answered_by="101", talk_seconds=talked, transferred=BLIND)


@scenario()
async def blind_ami_returns(s: Stage) -> None:
    """A program transfers for Anna after 2 s to Dmitry, whose phone rings 2 s; it returns to Anna, 2 s more of talk."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="104")
    await s.phone("104").rings()
    again = await s.phone("101").rings()
    await s.pause(1)
    again.answer()
    await s.pause(2)
    ivan.hang_up()
    transferred = [{"from": "101", "to": "104", "kind": "blind"}]
    talked = seconds_between(anna.answered_at, anna.ended_at) + 2
    s.truth(ivan, rang=["101", "104"], answered_by="101", talk_seconds=talked, transferred=transferred)


@scenario()
async def blind_ami_to_nowhere(s: Stage) -> None:
    """A program transfers for Anna after 2 s to a number that is not there: the PBX says Success and ends the call."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="999")
    await ivan.until(ivan.ended)
    talked = seconds_between(anna.answered_at, ivan.ended_at)
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=talked, transferred=...)


@scenario()
async def blind_ami_of_the_wrong_end(s: Stage) -> None:
    """A program names Ivan's channel as the one who transfers after 2 s of talk: he is out, Anna rings Clara."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/mtt-")
    await s.hands.ask("BlindTransfer", Channel=channel, Context="from-internal", Exten="103")
    await ivan.until(ivan.ended)
    await s.phone("103").rings()
    await s.pause(1)
    anna.hang_up()
    talked = seconds_between(ivan.answered_at, ivan.ended_at)
    s.truth(ivan, rang=..., answered_by="101", talk_seconds=talked, transferred=...)
    s.truth(None, direction="internal", customer_number=None, answered_by=..., last_talked=..., optional=True)


@scenario(system="office-1")
async def systemname_transfer(s: Stage) -> None:
    """A PBX with a systemname: Anna talks 2 s and transfers by REFER to Clara, 1 s of ringing, 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("103")
    await taken_by_clara(s, ivan, anna)


@scenario()
async def blind_twice(s: Stage) -> None:
    """Anna talks 1 s, transfers to Boris, who talks 2 s and transfers to Clara, who talks 2 s."""
    ivan, anna = await talking(s, 1)
    anna.refer("102")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    boris.refer("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    clara.hang_up()
    await ivan.until(ivan.ended)
    transferred = [{"from": "101", "to": "102", "kind": "blind"}, {"from": "102", "to": "103", "kind": "blind"}]
    rang = ["101", "102", "103"]
    s.truth(ivan, rang=rang, answered_by="101", last_talked="103", talk_seconds=5, transferred=transferred)


@scenario()
async def blind_of_outbound(s: Stage) -> None:
    """Anna calls Ivan, talks 2 s and transfers him by REFER to Clara: 1 s of ringing, 2 s of talk."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(2)
    anna.refer("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    record = {
        "direction": "outbound",
        "customer_number": IVAN,
        "line": OUR_NUMBER,
        "started_at": round(anna.started_at),
    }
    s.truth(ivan, **record, answered_by="101", last_talked="103", talk_seconds=4, transferred=BLIND)


# Attended.


async def consulting(s: Stage) -> tuple[Call, Call, Call, Call]:
    """Ivan and Anna have talked 2 s; she holds him and talks with Clara, who picked up after 1 s, 2 s."""
    ivan, anna = await talking(s)
    anna.hold()
    asking = s.phone("101").dial("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await asking.until(asking.answered)
    await s.pause(2)
    return ivan, anna, asking, clara


@scenario()
async def attended_refer_answered(s: Stage) -> None:
    """Anna talks 2 s, holds Ivan 3 s while she asks Clara, and joins them; they talk 2 s."""
    ivan, anna, asking, _ = await consulting(s)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    told = {"rang": ..., "answered_by": "101", "last_talked": "103", "transferred": ATTENDED}
    s.truth(ivan, **told, talk_seconds=7, hold_seconds=3)
    consulted(s, asking)


@scenario()
async def attended_refer_returned(s: Stage) -> None:
    """Anna talks 2 s, holds Ivan 3 s; Clara does not want him; Anna talks on 2 s."""
    ivan, anna, asking, clara = await consulting(s)
    clara.hang_up()
    await asking.until(asking.ended)
    anna.unhold()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="101", talk_seconds=7, hold_seconds=3)
    consulted(s, asking)


@scenario()
async def attended_refer_target_refuses(s: Stage) -> None:
    """Anna talks 2 s and holds Ivan 1 s: Clara presses Decline; Anna talks on 2 s."""
    ivan, anna = await talking(s)
    anna.hold()
    asking = s.phone("101").dial("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.refuse(486)
    await asking.until(asking.ended)
    anna.unhold()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="101", talk_seconds=5, hold_seconds=1)
    consulted(s, asking)


@scenario()
async def attended_refer_customer_leaves(s: Stage) -> None:
    """While Anna asks Clara, Ivan hangs up: 2 s of talk, 3 s of hold."""
    ivan, anna, asking, _ = await consulting(s)
    ivan.hang_up()
    await anna.until(anna.ended)
    await s.pause(1)
    asking.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="101", talk_seconds=5, hold_seconds=3)
    consulted(s, asking)


@scenario()
async def half_attended_answered(s: Stage) -> None:
    """Anna talks 2 s, calls Clara and joins them while Clara's phone still rings; 1 s later 2 s of talk."""
    ivan, anna = await talking(s)
    anna.hold()
    asking = s.phone("101").dial("103")
    clara = await s.phone("103").rings()
    await asking.until(asking.ringing)
    await s.pause(1)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    told = {"rang": ["101", "103"], "answered_by": "101", "last_talked": "103", "transferred": ATTENDED}
    s.truth(ivan, **told, talk_seconds=5, hold_seconds=...)
    consulted(s, asking)


@scenario()
async def half_attended_unanswered(s: Stage) -> None:
    """The same, but Clara never picks up; Ivan gives up 2 s after the transfer."""
    ivan, anna = await talking(s)
    anna.hold()
    asking = s.phone("101").dial("103")
    await s.phone("103").rings()
    await asking.until(asking.ringing)
    await s.pause(1)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    told = {"rang": ["101", "103"], "answered_by": "101", "last_talked": "101", "transferred": ATTENDED}
    s.truth(ivan, **told, talk_seconds=3, hold_seconds=...)
    consulted(s, asking)


@scenario()
async def attended_code_answered(s: Stage) -> None:
    """Anna talks 2 s, dials *3 103, asks Clara 2 s and hangs up: Ivan and Clara talk 2 s."""
    ivan, anna = await talking(s)
    await anna.dials("*3")
    await s.pause(1)
    await anna.dials("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    anna.hang_up()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="103", talk_seconds=..., transferred=ATTENDED)


@scenario()
async def attended_code_returned(s: Stage) -> None:
    """Anna talks 2 s, dials *3 103; Clara hangs up after 1 s; Ivan and Anna talk on 2 s."""
    ivan, anna = await talking(s)
    await anna.dials("*3")
    await s.pause(1)
    await anna.dials("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(1)
    clara.hang_up()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="101", talk_seconds=...)


@scenario()
async def attended_ami_answered(s: Stage) -> None:
    """A program begins the consultation for Anna; Clara talks with her 2 s, Anna hangs up; 2 s of talk with Clara."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("Atxfer", Channel=channel, Context="from-internal", Exten="103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    anna.hang_up()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked="103", talk_seconds=..., transferred=ATTENDED)


@scenario()
async def attended_code_busy(s: Stage) -> None:
    """Anna talks 2 s, dials *3 103; Clara is busy; Ivan and Anna talk on 2 s."""
    s.phone("103").manner = 486
    ivan, anna = await talking(s)
    await anna.dials("*3")
    await s.pause(1)
    await anna.dials("103")
    await s.phone("103").rings()
    await s.pause(3)
    ivan.hang_up()
    await anna.until(anna.ended)
    s.truth(ivan, rang=..., answered_by="101", last_talked="101", talk_seconds=...)


@scenario()
async def attended_of_outbound(s: Stage) -> None:
    """Anna calls Ivan and talks 2 s, holds him while she asks Clara 2 s, joins them; they talk 2 s."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await anna.until(anna.answered)
    await s.pause(2)
    anna.hold()
    asking = s.phone("101").dial("103")
    clara = await s.phone("103").rings()
    clara.answer()
    await asking.until(asking.answered)
    await s.pause(2)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    record = {"direction": "outbound", "customer_number": IVAN, "line": OUR_NUMBER, "transferred": ATTENDED}
    s.truth(ivan, **record, started_at=round(anna.started_at), answered_by="101", last_talked="103", talk_seconds=6)
    consulted(s, asking)


@scenario()
async def click_then_blind(s: Stage) -> None:
    """Click-to-call: Anna and Ivan talk 2 s; she transfers him to Clara: 1 s of ringing, 2 s of talk."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    anna.answer()
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(2)
    anna.refer("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    record = {"direction": "outbound", "customer_number": IVAN, "line": OUR_NUMBER, "transferred": BLIND}
    s.truth(ivan, **record, started_at=round(anna.started_at), answered_by="101", last_talked="103", talk_seconds=4)


@scenario()
async def queue_then_blind(s: Stage) -> None:
    """Anna takes Ivan from the queue, talks 2 s and transfers him to Dmitry: 1 s of ringing, 2 s of talk."""
    ivan = s.customer("0020")
    anna = await s.phone("101").rings()
    await s.phone("102").rings()
    await s.phone("103").rings()
    anna.answer()
    await s.pause(2)
    anna.refer("104")
    dmitry = await s.phone("104").rings()
    await s.pause(1)
    dmitry.answer()
    await s.pause(2)
    ivan.hang_up()
    transferred = [{"from": "101", "to": "104", "kind": "blind"}]
    told = {"answered_by": "101", "last_talked": "104", "talk_seconds": 4, "transferred": transferred}
    s.truth(ivan, rang=["101", "102", "103", "104"], **told)


@scenario()
async def queue_local_then_attended(s: Stage) -> None:
    """Boris takes Ivan from the queue through a Local channel, talks 2 s, asks Clara 2 s, joins them; 2 s of talk."""
    ivan = s.customer("0026")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    boris.hold()
    asking = s.phone("102").dial("103")
    clara = await s.phone("103").rings()
    clara.answer()
    await asking.until(asking.answered)
    await s.pause(2)
    boris.refer("103", replaces=asking)
    await boris.until(boris.referred)
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    transferred = [{"from": "102", "to": "103", "kind": "attended"}]
    told = {"answered_by": "102", "last_talked": "103", "talk_seconds": 6, "transferred": transferred}
    s.truth(ivan, rang=..., **told)
    consulted(s, asking)


@scenario()
async def attended_then_blind(s: Stage) -> None:
    """Anna asks Clara and joins her with Ivan (talk 2 + 3 + 2 s); Clara transfers him to Boris, who talks 2 s."""
    ivan, anna, asking, clara = await consulting(s)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(2)
    clara.refer("102")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    transferred = [*ATTENDED, {"from": "103", "to": "102", "kind": "blind"}]
    told = {"rang": ..., "answered_by": "101", "last_talked": "102", "transferred": transferred}
    s.truth(ivan, **told, talk_seconds=9, hold_seconds=...)
    consulted(s, asking)


@scenario()
async def two_customers_joined(s: Stage) -> None:
    """Anna talks with Ivan 2 s, holds him, talks with Maria 2 s, joins the two and leaves; they talk 2 s."""
    ivan, anna = await talking(s)
    anna.hold()
    maria = s.customer("0001", MARIA)
    second = await s.phone("101").rings()
    second.answer()
    await s.pause(2)
    anna.refer("103", replaces=second)
    await anna.until(anna.referred)
    await s.pause(2)
    ivan.hang_up()
    await maria.until(maria.ended)
    for customer in (ivan, maria):
        told = {"answered_by": "101", "last_talked": "101", "transferred": ..., "talk_seconds": ...}
        s.truth(customer, rang=["101"], **told)


# Redirect, pick-up, parking, forwarding.


@scenario()
async def redirect_ami(s: Stage) -> None:
    """A program sends Ivan from Anna to Clara after 2 s of talk: 1 s of ringing, 2 s of talk."""
    ivan, anna = await talking(s)
    channel = await s.channel("PJSIP/mtt-")
    await s.hands.ask("Redirect", Channel=channel, Context="from-internal", Exten="103", Priority=1)
    await taken_by_clara(s, ivan, anna, transferred=[])


@scenario()
async def pickup_group(s: Stage) -> None:
    """Anna's phone rings 1 s; Boris picks the call up with *8; 2 s of talk."""
    ivan = s.customer("0001")
    await s.phone("101").rings()
    await s.pause(1)
    boris = s.phone("102").dial("*8")
    await boris.until(boris.answered)
    await s.pause(2)
    ivan.hang_up()
    await boris.until(boris.ended)
    s.truth(ivan, rang=["101"], answered_by="102", talk_seconds=2)


@scenario()
async def pickup_directed(s: Stage) -> None:
    """Three phones ring; Dmitry picks up what rings at Boris's with **102 after 1 s; 2 s of talk."""
    ivan = s.customer("0003")
    for user in ("101", "102", "103"):
        await s.phone(user).rings()
    await s.pause(1)
    dmitry = s.phone("104").dial("**102")
    await dmitry.until(dmitry.answered)
    await s.pause(2)
    dmitry.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101", "102", "103"], answered_by="104", talk_seconds=2)


@scenario()
async def pickup_from_queue(s: Stage) -> None:
    """The queue rings three phones; Dmitry, no member of it, picks up with *8 after 1 s; 2 s of talk."""
    ivan = s.customer("0020")
    for user in ("101", "102", "103"):
        await s.phone(user).rings()
    await s.pause(1)
    dmitry = s.phone("104").dial("*8")
    await dmitry.until(dmitry.answered)
    await s.pause(2)
    ivan.hang_up()
    await dmitry.until(dmitry.ended)
    s.truth(ivan, rang=["101", "102", "103"], answered_by="104", talk_seconds=2)


@scenario()
async def parked_and_retrieved(s: Stage) -> None:
    """Anna talks 2 s and parks Ivan by a transfer to 700; 2 s later Boris dials 701 and talks with him 2 s."""
    ivan, anna = await talking(s)
    anna.refer("700")
    await s.heard("ParkedCall")
    await s.pause(2)
    boris = s.phone("102").dial("701")
    await s.heard("UnParkedCall")
    await s.pause(2)
    ivan.hang_up()
    await boris.until(boris.ended)
    s.truth(ivan, rang=["101"], answered_by="101", last_talked="102", talk_seconds=4)


@scenario()
async def parked_by_code(s: Stage) -> None:
    """Anna talks 2 s, parks Ivan with *4; 2 s later Clara dials 701 and talks with him 2 s."""
    ivan, anna = await talking(s)
    await anna.dials("*4")
    await s.heard("ParkedCall")
    talked = seconds_between(anna.answered_at, time.time()) + 2
    await s.pause(2)
    clara = s.phone("103").dial("701")
    await s.heard("UnParkedCall")
    await s.pause(2)
    clara.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"], answered_by="101", last_talked="103", talk_seconds=talked)


@scenario()
async def parked_timed_out(s: Stage) -> None:
    """Anna talks 2 s and parks Ivan; after 5 s he comes back to her, 1 s of ringing, 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("700")
    again = await s.phone("101").rings()
    await s.heard("ParkedCallTimeOut")
    await s.pause(1)
    again.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4)


@scenario()
async def parked_gives_up(s: Stage) -> None:
    """Anna talks 2 s and parks Ivan, who hangs up after 2 s."""
    ivan, anna = await talking(s)
    anna.refer("700")
    await s.heard("ParkedCall")
    await s.pause(2)
    ivan.hang_up()
    await s.heard("ParkedCallGiveUp")
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def forwarded_to_mobile(s: Stage) -> None:
    """Anna's phone forwards (302) to her mobile over the trunk: 1 s of ringing, 2 s of talk."""
    s.phone("101").manner, s.phone("101").moved_to = 302, MOBILE_NUMBER
    ivan = s.customer("0001")
    mobile = await s.operator().rings()
    assert mobile.dialled == MOBILE_NUMBER
    await s.pause(1)
    mobile.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by=..., last_talked=..., missed=False, talk_seconds=2)


@scenario(versions=(22,))
async def forwarded_to_mobile_unanswered(s: Stage) -> None:
    """The same, but the mobile rings 2 s in vain and Ivan gives up."""
    s.phone("101").manner, s.phone("101").moved_to = 302, MOBILE_NUMBER
    ivan = s.customer("0001")
    await s.operator().rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=...)


@scenario()
async def forwarded_to_colleague(s: Stage) -> None:
    """Anna's phone forwards (302) to Boris: 1 s of ringing, 2 s of talk."""
    s.phone("101").manner, s.phone("101").moved_to = 302, "102"
    ivan = s.customer("0001")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="102", talk_seconds=2)


@scenario()
async def pickup_of_a_transfer(s: Stage) -> None:
    """Anna talks 2 s and transfers to Clara; Clara's phone rings 1 s, Boris picks it up with *8; 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("103")
    await s.phone("103").rings()
    await s.pause(1)
    boris = s.phone("102").dial("*8")
    await boris.until(boris.answered)
    await s.pause(2)
    ivan.hang_up()
    await boris.until(boris.ended)
    s.truth(ivan, rang=..., answered_by="101", last_talked="102", talk_seconds=4, transferred=BLIND)


@scenario()
async def redirect_both_into_conference(s: Stage) -> None:
    """A program moves Ivan and Anna, who have talked 2 s, into a conference; 1 s later Boris dials in; 1 s more."""
    ivan, anna = await talking(s)
    mine, theirs = await s.channel("PJSIP/101-"), await s.channel("PJSIP/mtt-")
    there = {"Channel": theirs, "Context": "from-internal", "Exten": "800", "Priority": "1"}
    extra = {"ExtraChannel": mine, "ExtraContext": "from-internal", "ExtraExten": "800", "ExtraPriority": "1"}
    await s.hands.ask("Redirect", **there, **extra)
    await s.pause(1)
    boris = s.phone("102").dial("800")
    await boris.until(boris.answered)
    await s.pause(1)
    ivan.hang_up()
    anna.hang_up()
    boris.hang_up()
    talked = seconds_between(anna.answered_at, ivan.ended_at)
    s.truth(ivan, rang=["101"], answered_by="101", last_talked=..., talk_seconds=talked)
    s.truth(boris, direction="internal", customer_number=None, answered_by=..., last_talked=..., optional=True)


@scenario()
async def call_waiting(s: Stage) -> None:
    """Anna talks with Ivan 1 s; Maria calls, Anna holds him 2 s and talks with her 1 s of these; then 1 s with Ivan."""
    ivan, anna = await talking(s, 1)
    maria = s.customer("0001", MARIA)
    second = await s.phone("101").rings()
    await s.pause(1)
    anna.hold()
    second.answer()
    await s.pause(1)
    maria.hang_up()
    await s.pause(1)
    anna.unhold()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=5, hold_seconds=2)
    s.truth(maria, rang=["101"], answered_by="101", talk_seconds=1)


@scenario(versions=(22,))
async def attended_between_customers(s: Stage) -> None:
    """Anna talks with Ivan 2 s and asks Clara, who talks with Maria since 1 s, in vain: her phone is busy. 1 s more."""
    ivan, anna = await talking(s)
    maria = s.customer("0003", MARIA)
    clara = await s.phone("103").rings()
    clara.answer()
    await s.pause(1)
    s.phone("103").manner = 486
    anna.hold()
    asking = s.phone("101").dial("103")
    await asking.until(asking.ended)
    anna.unhold()
    await s.pause(1)
    ivan.hang_up()
    maria.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4, hold_seconds=0)
    s.truth(maria, rang=["101", "102", "103"], answered_by="103", talk_seconds=2)
    consulted(s, asking)
