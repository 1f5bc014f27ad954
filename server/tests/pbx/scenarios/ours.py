"""We call: customers, by hand and by click, and each other."""

from __future__ import annotations

from tests.pbx.stage import IVAN, MARIA, OLEG, Stage, scenario

OUR_NUMBER = "+74950000001"  # what customers see
OUT = {"direction": "outbound", "line": OUR_NUMBER}
BY_TWO_OPERATORS, RECORDED, BY_HYPHEN = OLEG, "+79035550102", "+79995550103"


@scenario()
async def outbound_answered(s: Stage) -> None:
    """Anna calls Ivan: 1 s of ringing, 3 s of talk, Ivan hangs up."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(3)
    ivan.hang_up()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=3, hangup_cause=16)


@scenario()
async def outbound_busy(s: Stage) -> None:
    """Anna calls Ivan, who is busy."""
    s.operator().manner = 486
    anna = s.phone("101").dial(IVAN)
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=IVAN, hangup_cause=17)


@scenario()
async def outbound_unanswered(s: Stage) -> None:
    """Ivan's phone rings 2 s; Anna gives up."""
    anna = s.phone("101").dial(IVAN)
    await s.operator().rings()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN)


@scenario()
async def outbound_rings_out(s: Stage) -> None:
    """Ivan's phone rings 3 s; it is the PBX that gives up. The operator's name has a hyphen."""
    anna = s.phone("101").dial(BY_HYPHEN)
    await s.operator("tele-2").rings()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=BY_HYPHEN)


@scenario(versions=(22,))
async def outbound_no_such_number(s: Stage) -> None:
    """The operator knows no such number."""
    s.operator().manner = 404
    anna = s.phone("102").dial(MARIA)
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=MARIA, hangup_cause=1)


@scenario()
async def outbound_second_operator(s: Stage) -> None:
    """The first operator refuses (503); by the second it rings 1 s; 2 s of talk; Anna hangs up."""
    s.operator().manner = 503
    anna = s.phone("101").dial(BY_TWO_OPERATORS)
    oleg = await s.operator("tele-2").rings()
    await s.pause(1)
    oleg.answer()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=BY_TWO_OPERATORS, answered_by="101", talk_seconds=2)


@scenario()
async def outbound_both_operators_refuse(s: Stage) -> None:
    """Both operators refuse."""
    s.operator().manner = 503
    s.operator("tele-2").manner = 503
    anna = s.phone("101").dial(BY_TWO_OPERATORS)
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=BY_TWO_OPERATORS)


@scenario()
async def outbound_recorded(s: Stage) -> None:
    """A recorded call of ours: 1 s of ringing, 2 s of talk."""
    anna = s.phone("101").dial(RECORDED)
    customer = await s.operator().rings()
    await s.pause(1)
    customer.answer()
    await s.pause(2)
    anna.hang_up()
    recording = "79035550102.wav"
    s.truth(anna, **OUT, customer_number=RECORDED, answered_by="101", talk_seconds=2, recording=recording)


@scenario(versions=(22,))
async def outbound_early_media(s: Stage) -> None:
    """The operator sends a prompt before the answer (183) for 2 s; 2 s of talk."""
    s.operator().manner = 183
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(2)
    ivan.answer()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=2)


@scenario()
async def outbound_hold(s: Stage) -> None:
    """Anna calls Ivan: 1 s of talk, 2 s of hold, 1 s of talk."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    ivan.answer()
    await anna.until(anna.answered)
    await s.pause(1)
    anna.hold()
    await s.pause(2)
    anna.unhold()
    await s.pause(1)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=4, hold_seconds=2)


@scenario()
async def outbound_two_at_once(s: Stage) -> None:
    """Anna and Boris call the same number: Anna's talk lasts 3 s, Boris hears busy."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(1)
    s.operator().manner = 486
    boris = s.phone("102").dial(IVAN)
    await boris.until(boris.ended)
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=3)
    s.truth(boris, **OUT, customer_number=IVAN)


@scenario()
async def outbound_and_back(s: Stage) -> None:
    """Anna calls Ivan in vain (2 s of ringing); 1 s later he calls back and Anna talks with him 2 s."""
    anna = s.phone("101").dial(IVAN)
    await s.operator().rings()
    await s.pause(2)
    anna.hang_up()
    await s.pause(1)
    ivan = s.customer("0001")
    again = await s.phone("101").rings()
    await s.pause(1)
    again.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN)
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def click_answered(s: Stage) -> None:
    """Click-to-call: Anna's phone rings 1 s, then Ivan's 1 s; 3 s of talk."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(3)
    ivan.hang_up()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=3)


@scenario()
async def click_agent_hangs_up_first(s: Stage) -> None:
    """Anna takes it and hangs up after Ivan's phone has rung 2 s."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.operator().rings()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, **OUT, customer_number=IVAN)


@scenario()
async def click_agent_refuses(s: Stage) -> None:
    """Anna presses Decline: Ivan is never called."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.refuse(486)
    s.truth(anna, direction="outbound", customer_number=..., optional=True)


@scenario()
async def click_agent_does_not_pick_up(s: Stage) -> None:
    """Anna's phone rings 6 s in vain."""
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    await anna.until(anna.ended)
    s.truth(anna, direction="outbound", customer_number=..., optional=True)


@scenario()
async def click_customer_busy(s: Stage) -> None:
    """Anna takes it; Ivan is busy."""
    s.operator().manner = 486
    await s.click("101", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=IVAN)


@scenario()
async def click_customer_does_not_answer(s: Stage) -> None:
    """Anna takes it; the customer's phone rings 3 s in vain."""
    await s.click("101", BY_HYPHEN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.operator("tele-2").rings()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=BY_HYPHEN)


@scenario()
async def internal_answered(s: Stage) -> None:
    """Anna calls Boris: 1 s of ringing, 2 s of talk."""
    anna = s.phone("101").dial("102")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    anna.hang_up()
    s.truth(
        anna,
        direction="internal",
        customer_number=None,
        line="102",
        rang=["102"],
        answered_by="102",
        last_talked=...,
        talk_seconds=...,
    )


@scenario()
async def internal_unanswered(s: Stage) -> None:
    """Anna calls Boris, whose phone rings 2 s in vain."""
    anna = s.phone("101").dial("102")
    await s.phone("102").rings()
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, direction="internal", customer_number=None, line="102", rang=["102"])


@scenario()
async def internal_echo(s: Stage) -> None:
    """Anna talks with the echo for 2 s."""
    anna = s.phone("101").dial("600")
    await anna.until(anna.answered)
    await s.pause(2)
    anna.hang_up()
    s.truth(anna, direction="internal", customer_number=None, optional=True)


@scenario()
async def internal_queue(s: Stage) -> None:
    """Dmitry calls the queue from inside; Clara picks up after 1 s, 2 s of talk."""
    dmitry = s.phone("104").dial("820")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    dmitry.hang_up()
    s.truth(
        dmitry,
        direction="internal",
        customer_number=None,
        rang=["101", "102", "103"],
        answered_by="103",
        last_talked=...,
        talk_seconds=...,
    )


@scenario()
async def spied_upon(s: Stage) -> None:
    """Anna talks with Ivan 4 s; after 1 s Boris listens in for 2 s and nobody hears him."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    boris = s.phone("102").dial("555")
    await boris.until(boris.answered)
    await s.pause(2)
    boris.hang_up()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", last_talked="101", talk_seconds=4)
    s.truth(boris, direction="internal", customer_number=None, optional=True)


@scenario()
async def click_by_local(s: Stage) -> None:
    """Click-to-call through a Local channel, as many programs do: 1 s of ringing here, 1 s at Ivan's, 3 s of talk."""
    await s.originate("Local/101@desks", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(3)
    ivan.hang_up()
    await anna.until(anna.ended)
    s.truth(anna, **OUT, customer_number=IVAN, answered_by="101", talk_seconds=3)


@scenario()
async def click_two_handsets(s: Stage) -> None:
    """Click-to-call of one with two handsets: both ring, the second is picked up; Ivan's phone rings 1 s; 2 s."""
    await s.originate("Local/110@from-internal", IVAN)
    await s.phone("110").rings()
    second = await s.phone("110m").rings()
    await s.pause(1)
    second.answer()
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(2)
    second.hang_up()
    s.truth(second, **OUT, customer_number=IVAN, answered_by="110", talk_seconds=2)


@scenario()
async def customer_first(s: Stage) -> None:
    """A dialler calls Ivan first (1 s of ringing), then Anna (1 s of ringing); 2 s of talk."""
    await s.originate(f"PJSIP/{IVAN}@mtt", "101", shown=OUR_NUMBER)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, direction="outbound", customer_number=IVAN, line=..., answered_by="101", talk_seconds=2)


@scenario()
async def customer_first_nobody_here(s: Stage) -> None:
    """A dialler calls Ivan first; he picks up, Anna's phone rings 2 s in vain, he hangs up."""
    await s.originate(f"PJSIP/{IVAN}@mtt", "101", shown=OUR_NUMBER)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.phone("101").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, direction="outbound", customer_number=IVAN, line=...)


@scenario()
async def customer_first_does_not_answer(s: Stage) -> None:
    """A dialler calls Ivan first; his phone rings 6 s in vain."""
    await s.originate(f"PJSIP/{IVAN}@mtt", "101", shown=OUR_NUMBER)
    ivan = await s.operator().rings()
    await ivan.until(ivan.ended)
    s.truth(ivan, direction="outbound", customer_number=IVAN, line=...)
