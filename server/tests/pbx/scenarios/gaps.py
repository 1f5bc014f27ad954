"""The recorded line is lost in the middle of things, or the PBX itself is."""

from __future__ import annotations

import time

from tests.pbx.phone import Call
from tests.pbx.stage import IVAN, MARIA, Stage, scenario

UNKNOWN = {"answered_by": ..., "last_talked": ..., "talk_seconds": ...}


async def ringing(s: Stage) -> tuple[Call, Call]:
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    return ivan, anna


async def talking(s: Stage, seconds: int = 1) -> tuple[Call, Call]:
    ivan, anna = await ringing(s)
    anna.answer()
    await s.pause(seconds)
    return ivan, anna


@scenario()
async def gap_while_ringing(s: Stage) -> None:
    """Anna's phone rings 1 s, the line is lost for 1 s, it rings on 1 s; 2 s of talk."""
    ivan, anna = await ringing(s)
    await s.cut()
    await s.pause(1)
    await s.listen()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def gap_while_talking(s: Stage) -> None:
    """1 s of talk, the line is lost for 2 s of it, 1 s more of talk."""
    ivan, _ = await talking(s)
    await s.cut()
    await s.pause(2)
    await s.listen()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4)


@scenario()
async def gap_hides_the_answer(s: Stage) -> None:
    """The line is lost while Anna's phone rings; she picks up 1 s later, and after 1 s more the line is back; 2 s."""
    ivan, anna = await ringing(s)
    await s.cut()
    await s.pause(1)
    anna.answer()
    await s.pause(1)
    await s.listen()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=...)


@scenario()
async def gap_hides_the_end(s: Stage) -> None:
    """2 s of talk, the line is lost, 1 s later Ivan hangs up, 1 s later the line is back."""
    ivan, _ = await talking(s, 2)
    await s.cut()
    await s.pause(1)
    ivan.hang_up()
    await s.pause(1)
    await s.listen()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=..., ended_at=...)


@scenario()
async def gap_hides_giving_up(s: Stage) -> None:
    """The line is lost while Anna's phone rings, and Ivan gives up: had he talked, the wire would be the same."""
    ivan, _ = await ringing(s)
    await s.cut()
    await s.pause(1)
    ivan.hang_up()
    await s.pause(1)
    await s.listen()
    s.truth(ivan, rang=["101"], missed=None, ended_at=..., **UNKNOWN)


@scenario()
async def gap_hides_talk_and_end(s: Stage) -> None:
    """The line is lost while Anna's phone rings; she talks 1 s and hangs up before it is back."""
    ivan, anna = await ringing(s)
    await s.cut()
    anna.answer()
    await s.pause(1)
    anna.hang_up()
    await ivan.until(ivan.ended)
    await s.pause(1)
    await s.listen()
    s.truth(ivan, rang=["101"], missed=None, ended_at=..., **UNKNOWN)


@scenario()
async def gap_hides_the_beginning(s: Stage) -> None:
    """The call comes while the line is lost; when it is back Anna's phone rings 1 s more; 2 s of talk."""
    await s.cut()
    ivan, anna = await ringing(s)
    await s.listen()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def gap_hides_beginning_and_answer(s: Stage) -> None:
    """The call comes and is picked up while the line is lost; when it is back they talk 2 s more."""
    await s.cut()
    ivan, _ = await talking(s)
    await s.listen()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="101", talk_seconds=...)


@scenario()
async def gap_hides_all(s: Stage) -> None:
    """The whole call is in the gap: there is nothing to tell."""
    await s.cut()
    ivan, _ = await talking(s)
    ivan.hang_up()
    await s.pause(1)
    await s.listen()


@scenario()
async def gap_half_a_message(s: Stage) -> None:
    """Anna and Ivan talk; as Maria's call comes to Boris the line is lost in the middle of a message; 1 s later it is
    back; Boris talks 1 s; Anna 1 s + 1 s + 1 s + 1 s in all."""
    ivan, _ = await talking(s)
    maria = s.customer("0017", MARIA)
    boris = await s.phone("102").rings()
    await s.heard("DialState", of="PJSIP/102")
    await s.cut(half=True)
    await s.pause(1)
    await s.listen()
    boris.answer()
    await s.pause(1)
    maria.hang_up()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4)
    s.truth(maria, rang=["102"], answered_by="102", talk_seconds=1)


@scenario()
async def gap_in_consultation(s: Stage) -> None:
    """Anna talks 1 s, holds Ivan and asks Clara 2 s; in the middle of that the line is lost for 1 s; then she joins
    them, and they talk 2 s."""
    ivan, anna = await talking(s)
    anna.hold()
    asking = s.phone("101").dial("103")
    clara = await s.phone("103").rings()
    clara.answer()
    await asking.until(asking.answered)
    await s.cut()
    await s.pause(1)
    await s.listen()
    await s.pause(1)
    anna.refer("103", replaces=asking)
    await anna.until(anna.referred)
    await s.pause(2)
    ivan.hang_up()
    asking.hang_up()
    transferred = [{"from": "101", "to": "103", "kind": "attended"}]
    told = {"answered_by": "101", "last_talked": "103", "transferred": transferred}
    s.truth(ivan, rang=..., talk_seconds=5, **told)
    s.truth(asking, direction="internal", customer_number=None, answered_by=..., last_talked=..., optional=True)


@scenario()
async def gap_while_parked(s: Stage) -> None:
    """Anna talks 1 s and parks Ivan; meanwhile the line is lost for 1 s; Boris takes him with 701: 2 s of talk."""
    ivan, anna = await talking(s)
    anna.refer("700")
    await s.heard("ParkedCall")
    await s.cut()
    await s.pause(1)
    await s.listen()
    boris = s.phone("102").dial("701")
    await s.heard("UnParkedCall")
    await s.pause(2)
    ivan.hang_up()
    await boris.until(boris.ended)
    s.truth(ivan, rang=["101"], answered_by="101", last_talked="102", talk_seconds=3)


@scenario()
async def gap_in_menu(s: Stage) -> None:
    """Ivan hears the menu while the line is lost for 1 s; then he presses 1; Anna's phone rings 1 s; 2 s of talk."""
    ivan = s.customer("0010")
    await ivan.until(ivan.answered)
    await s.cut()
    await s.pause(1)
    await s.listen()
    ivan.press("1")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def gap_in_local_queue(s: Stage) -> None:
    """Ivan talks with Boris through Local channels 2 s; then the line is lost for 1 s; 1 s more."""
    ivan = s.customer("0026")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    await s.cut()
    await s.pause(1)
    await s.listen()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"], answered_by="102", talk_seconds=4)


@scenario()
async def gap_in_click(s: Stage) -> None:
    """Click-to-call: Anna took it, Ivan's phone rings while the line is lost for 1 s; 2 s of talk."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    anna.answer()
    ivan = await s.operator().rings()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    await s.listen()
    ivan.answer()
    await s.pause(2)
    ivan.hang_up()
    await anna.until(anna.ended)
    told = {"direction": "outbound", "customer_number": IVAN, "line": "+74950000001"}
    s.truth(anna, **told, answered_by="101", talk_seconds=2)


@scenario()
async def gap_twice(s: Stage) -> None:
    """The line is lost while it rings and again while they talk: 1 s each; 3 s of talk."""
    ivan, anna = await ringing(s)
    await s.cut()
    await s.pause(1)
    await s.listen()
    anna.answer()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    await s.listen()
    await s.pause(1)
    anna.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3)


@scenario()
async def gap_in_queue(s: Stage) -> None:
    """Three phones ring for Ivan in the queue while the line is lost for 2 s; then Boris talks 2 s."""
    ivan = s.customer("0020")
    boris = await s.phone("102").rings()
    await s.phone("101").rings()
    await s.phone("103").rings()
    await s.pause(1)
    await s.cut()
    await s.pause(2)
    await s.listen()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102", "103"], answered_by="102", talk_seconds=2)


@scenario()
async def gap_hides_abandoning(s: Stage) -> None:
    """Ivan leaves the queue while the line is lost."""
    ivan = s.customer("0020")
    await s.phone("102").rings()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    ivan.hang_up()
    await s.pause(1)
    await s.listen()
    s.truth(ivan, rang=..., missed=None, ended_at=..., **UNKNOWN)


@scenario()
async def gap_hides_a_transfer(s: Stage) -> None:
    """Anna talks 1 s, the line is lost, she transfers to Clara, who picks up; the line is back; 2 s of talk."""
    ivan, anna = await talking(s)
    await s.cut()
    anna.refer("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(1)
    await s.listen()
    await s.pause(2)
    ivan.hang_up()
    told = {"answered_by": "101", "last_talked": "103", "talk_seconds": ..., "transferred": ...}
    s.truth(ivan, rang=..., **told)


@scenario()
async def gap_in_a_transfer(s: Stage) -> None:
    """Anna talks 2 s and transfers; Clara's phone rings, the line is lost for 1 s; Clara talks 2 s."""
    ivan, anna = await talking(s, 2)
    anna.refer("103")
    clara = await s.phone("103").rings()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    await s.listen()
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    transferred = [{"from": "101", "to": "103", "kind": "blind"}]
    told = {"answered_by": "101", "last_talked": "103", "transferred": transferred}
    s.truth(ivan, rang=["101", "103"], talk_seconds=4, **told)


@scenario()
async def gap_and_the_same_number_again(s: Stage) -> None:
    """While the line is lost Ivan's talk ends and he calls again; that call is picked up when the line is back."""
    first, _ = await talking(s)
    await s.cut()
    first.hang_up()
    await s.pause(1)
    second, anna = await ringing(s)
    await s.listen()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    second.hang_up()
    s.truth(first, rang=["101"], answered_by="101", talk_seconds=..., ended_at=...)
    s.truth(second, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def gap_in_outbound(s: Stage) -> None:
    """Anna calls Ivan, whose phone rings while the line is lost for 1 s; 2 s of talk."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    await s.listen()
    ivan.answer()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, direction="outbound", customer_number=IVAN, line="+74950000001", answered_by="101", talk_seconds=2)


@scenario()
async def gap_with_hold(s: Stage) -> None:
    """Anna holds Ivan; while she does the line is lost for 1 s; 1 s later she is back and they talk 1 s."""
    ivan, anna = await talking(s)
    anna.hold()
    await s.pause(1)
    await s.cut()
    await s.pause(1)
    await s.listen()
    await s.pause(1)
    anna.unhold()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=5, hold_seconds=3)


# The PBX itself.


async def starts_again(s: Stage) -> None:
    await s.pause(1)
    await s.office.start()
    await s.listen()


@scenario()
async def crash_while_talking(s: Stage) -> None:
    """2 s of talk, then the PBX is killed and started again; names of channels begin anew; Maria and Anna talk 2 s."""
    ivan, _ = await talking(s, 2)
    s.office.kill()
    ended = round(time.time())
    await s.cut()
    await starts_again(s)
    maria = s.customer("0001", MARIA)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    maria.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2, ended_at=ended)
    s.truth(maria, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def crash_while_ringing(s: Stage) -> None:
    """Anna's phone rings 1 s, the PBX is killed and started again; then Ivan calls again and is answered."""
    first, _ = await ringing(s)
    s.office.kill()
    ended = round(time.time())
    await s.cut()
    await starts_again(s)
    second, _ = await talking(s, 2)
    second.hang_up()
    s.truth(first, rang=["101"], missed=..., ended_at=ended, **UNKNOWN)
    s.truth(second, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def stopped_while_talking(s: Stage) -> None:
    """2 s of talk, then the PBX is told to stop at once, and started again; Maria and Anna talk 2 s."""
    ivan, _ = await talking(s, 2)
    await s.office.says("core stop now")
    ended = round(time.time())
    await s.office.gone()
    await s.cut()
    await starts_again(s)
    maria = s.customer("0001", MARIA)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    maria.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2, ended_at=ended)
    s.truth(maria, rang=["101"], answered_by="101", talk_seconds=2)
