"""A customer calls, and one person or several may pick up."""

from __future__ import annotations

from tests.pbx.stage import IVAN, MARIA, Stage, scenario


@scenario()
async def direct_answered(s: Stage) -> None:
    """Anna's phone rings 1 s, they talk 3 s, Ivan hangs up."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3, hangup_cause=16)


@scenario()
async def direct_agent_hangs_up(s: Stage) -> None:
    """The same, but it is Anna who hangs up, after 2 s."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    anna.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2, hangup_cause=16)


@scenario()
async def direct_unanswered(s: Stage) -> None:
    """Anna's phone rings 2 s, nobody picks up; the PBX gives up and says busy."""
    ivan = s.customer("0018")
    await s.phone("101").rings()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"])


@scenario()
async def direct_busy(s: Stage) -> None:
    """Anna's phone says busy at once."""
    s.phone("101").manner = 486
    ivan = s.customer("0001")
    await ivan.until(ivan.ended)
    assert ivan.status == 486
    s.truth(ivan, rang=..., hangup_cause=17)


@scenario()
async def direct_refused(s: Stage) -> None:
    """Anna's phone rings 1 s, then she presses Decline."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.refuse(603)
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"])


@scenario()
async def direct_caller_gives_up(s: Stage) -> None:
    """Ivan gives up after Anna's phone has rung 2 s."""
    ivan = s.customer("0001")
    await s.phone("101").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario()
async def direct_unregistered(s: Stage) -> None:
    """The line leads to a phone that never registered."""
    ivan = s.customer("0005")
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=...)


@scenario()
async def direct_recorded(s: Stage) -> None:
    """A recorded call: 1 s of ringing, 3 s of talk."""
    ivan = s.customer("0002")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(3)
    ivan.hang_up()
    recording = "79161234567-74950000002.wav"
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3, recording=recording)


@scenario()
async def group_second_answers(s: Stage) -> None:
    """Three phones ring; after 1 s Boris picks up; they talk 2 s."""
    ivan = s.customer("0003")
    boris = await s.phone("102").rings()
    await s.phone("101").rings()
    await s.phone("103").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102", "103"], answered_by="102", talk_seconds=2)


@scenario(versions=(22,))
async def group_nobody(s: Stage) -> None:
    """Three phones ring, nobody picks up, Maria gives up after 2 s."""
    maria = s.customer("0003", MARIA)
    for user in ("101", "102", "103"):
        await s.phone(user).rings()
    await s.pause(2)
    maria.hang_up()
    s.truth(maria, rang=["101", "102", "103"])


@scenario()
async def group_one_busy_one_dead(s: Stage) -> None:
    """Of three, Anna's phone is busy and Boris's does not answer the PBX at all; Clara talks 2 s."""
    s.phone("101").manner = 486
    s.phone("102").manner = 0
    ivan = s.customer("0003")
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by="103", talk_seconds=2)


@scenario()
async def hunt_third_answers(s: Stage) -> None:
    """One after another: Anna 2 s, Boris 2 s, then Clara picks up after 1 s and talks 2 s."""
    ivan = s.customer("0004")
    await s.phone("101").rings()
    await s.phone("102").rings()
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    clara.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101", "102", "103"], answered_by="103", talk_seconds=2)


@scenario()
async def hunt_gives_up_at_second(s: Stage) -> None:
    """Anna's phone rings 2 s, Boris's 1 s, then Ivan gives up: Clara's never rang."""
    ivan = s.customer("0004")
    await s.phone("101").rings()
    await s.phone("102").rings()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"])


@scenario()
async def two_handsets(s: Stage) -> None:
    """Extension 110 has two handsets: both ring, the second is picked up after 1 s, 2 s of talk."""
    ivan = s.customer("0006")
    await s.phone("110").rings()
    second = await s.phone("110m").rings()
    await s.pause(1)
    second.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["110"], answered_by="110", talk_seconds=2)


@scenario(versions=(22,))
async def two_handsets_one_refuses(s: Stage) -> None:
    """The first handset is declined after 1 s, the second rings on; Ivan gives up 1 s later."""
    ivan = s.customer("0006")
    first = await s.phone("110").rings()
    await s.phone("110m").rings()
    await s.pause(1)
    first.refuse(486)
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["110"])


@scenario()
async def two_calls_of_one_number(s: Stage) -> None:
    """Two calls of one number at once: Anna talks with the first 4 s, Boris with the second 2 s inside of that."""
    first = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    second = s.customer("0017")
    boris = await s.phone("102").rings()
    boris.answer()
    await s.pause(2)
    second.hang_up()
    await s.pause(1)
    first.hang_up()
    s.truth(first, rang=["101"], answered_by="101", talk_seconds=4)
    s.truth(second, rang=["102"], answered_by="102", talk_seconds=2)


@scenario()
async def same_number_again(s: Stage) -> None:
    """Ivan gives up after 1 s and calls again 1 s later; now Anna talks with him 2 s."""
    first = s.customer("0001")
    await s.phone("101").rings()
    await s.pause(1)
    first.hang_up()
    await s.pause(1)
    second = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    second.hang_up()
    s.truth(first, rang=["101"])
    s.truth(second, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def anonymous(s: Stage) -> None:
    """The number is withheld; Anna talks 2 s."""
    caller = s.customer("0001", "anonymous", name="Anonymous")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    caller.hang_up()
    s.truth(caller, customer_number=None, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def names_with_everything(s: Stage) -> None:
    """A caller's name with a colon, a comma and Cyrillic, our trunk with a hyphen, the agent's name likewise."""
    caller = s.customer("0015", MARIA, name="ООО «Рога: и, копыта»", operator="tele-2")
    pyotr = await s.phone("105").rings()
    await s.pause(1)
    pyotr.answer()
    await s.pause(2)
    caller.hang_up()
    s.truth(caller, rang=["105"], answered_by="105", talk_seconds=2)


@scenario()
async def name_instead_of_number(s: Stage) -> None:
    """Somebody calls by a SIP name: there are no digits to know him by, but it is what the wire shows."""
    caller = s.customer("0001", "ivan.petrov")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(2)
    caller.hang_up()
    s.truth(caller, customer_number=..., rang=["101"], answered_by="101", talk_seconds=2)


@scenario(system="office-1")
async def systemname(s: Stage) -> None:
    """A PBX with a systemname: identifiers are `office-1-….1`. Anna talks 2 s."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def early_media_and_music(s: Stage) -> None:
    """A beep before the answer, then music instead of ringing for 2 s; Anna talks 2 s."""
    ivan = s.customer("0007")
    anna = await s.phone("101").rings()
    await s.pause(2)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2, hold_seconds=0)


@scenario()
async def early_media_from_phone(s: Stage) -> None:
    """Anna's phone answers 183 with sound of its own instead of 180; Ivan gives up after 2 s."""
    s.phone("101").manner = 183
    ivan = s.customer("0001")
    await s.phone("101").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=...)


@scenario(everything=True)
async def every_event(s: Stage) -> None:
    """A recorded call with every class of events on: 1 s of ringing, 2 s of talk."""
    ivan = s.customer("0002", IVAN)
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    recording = "79161234567-74950000002.wav"
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2, recording=recording)


@scenario()
async def hold_and_unhold(s: Stage) -> None:
    """Anna talks 1 s, holds 2 s, talks 1 s."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    anna.hold()
    await s.pause(2)
    anna.unhold()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=4, hold_seconds=2)


@scenario()
async def hold_never_closed(s: Stage) -> None:
    """Anna talks 1 s and holds; Ivan hangs up after 2 s of it."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    anna.hold()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3, hold_seconds=2)


@scenario(versions=(22,))
async def hold_twice(s: Stage) -> None:
    """Anna holds Ivan twice, 1 s each, with 1 s of talk before, between and after."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    for _ in range(2):
        anna.hold()
        await s.pause(1)
        anna.unhold()
        await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=5, hold_seconds=2)


@scenario()
async def customer_holds(s: Stage) -> None:
    """It is Ivan who holds, for 1 s of 3: our side held nobody."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(1)
    ivan.hold()
    await s.pause(1)
    ivan.unhold()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3, hold_seconds=0)


async def withheld(s: Stage, word: str) -> None:
    caller = s.customer("0001", word)
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(2)
    caller.hang_up()
    s.truth(caller, customer_number=None, rang=["101"], answered_by="101", talk_seconds=2)


@scenario(versions=(22,))
async def withheld_unknown(s: Stage) -> None:
    """The operator sends the word unknown for a number; 2 s of talk."""
    await withheld(s, "unknown")


@scenario(versions=(22,))
async def withheld_restricted(s: Stage) -> None:
    """The operator sends the word Restricted for a number; 2 s of talk."""
    await withheld(s, "Restricted")


@scenario()
async def withheld_twice_at_once(s: Stage) -> None:
    """Two different people withhold their numbers at once: Anna talks 3 s with one, Boris 1 s with the other."""
    first, second = s.customer("0001", "anonymous"), s.customer("0017", "anonymous")
    anna, boris = await s.phone("101").rings(), await s.phone("102").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(1)
    boris.answer()
    await s.pause(1)
    second.hang_up()
    await s.pause(1)
    first.hang_up()
    s.truth(first, customer_number=None, rang=["101"], answered_by="101", talk_seconds=3)
    s.truth(second, customer_number=None, rang=["102"], answered_by="102", talk_seconds=1)


@scenario()
async def ended_by_code(s: Stage) -> None:
    """Boris ends the talk after 2 s with the code *0."""
    ivan = s.customer("0017")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    await boris.dials("*0")
    await ivan.until(ivan.ended)
    seconds = round(ivan.ended_at - boris.answered_at)
    s.truth(ivan, rang=["102"], answered_by="102", talk_seconds=seconds)


@scenario()
async def busy_minute(s: Stage) -> None:
    """Everything at once: Ivan talks with Anna; Maria waits in vain for Boris 2 s; a guest of the queue gets Clara, the
    only one who is free, and talks 1 s; Dmitry has called out and talks 2 s."""
    ivan = s.customer("0001", IVAN)
    anna = await s.phone("101").rings()
    anna.answer()
    maria = s.customer("0017", MARIA)
    await s.phone("102").rings()
    dmitry = s.phone("104").dial("+79161110000")
    outside = await s.operator().rings()
    await s.pause(1)
    outside.answer()
    guest = s.customer("0021", "+79162220000", operator="tele-2")
    await s.pause(1)
    maria.hang_up()
    clara = await s.phone("103").rings()
    await s.pause(1)
    clara.answer()
    dmitry.hang_up()
    await s.pause(1)
    guest.hang_up()
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=round(ivan.ended_at - anna.answered_at))
    s.truth(maria, rang=["102"])
    seconds = round(dmitry.ended_at - outside.answered_at)
    told = {"direction": "outbound", "customer_number": "+79161110000", "line": "+74950000001"}
    s.truth(dmitry, **told, answered_by="104", talk_seconds=seconds)
    s.truth(guest, rang=..., answered_by="103", talk_seconds=1)


# Without a configuration: who is ours must be inferred.


@scenario(config={}, versions=(22,))
async def inferred_inbound(s: Stage) -> None:
    """Anna talks with Ivan 2 s; nobody has told the reader whose numbers are whose."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario(config={}, versions=(22,))
async def inferred_missed(s: Stage) -> None:
    """Three phones ring, Ivan gives up after 2 s; nobody has told the reader whose numbers are whose."""
    ivan = s.customer("0003")
    for user in ("101", "102", "103"):
        await s.phone(user).rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102", "103"])


@scenario(config={}, versions=(22,))
async def inferred_outbound(s: Stage) -> None:
    """Anna calls Ivan, 2 s of talk; nobody has told the reader whose numbers are whose."""
    anna = s.phone("101").dial(IVAN)
    ivan = await s.operator().rings()
    await s.pause(1)
    ivan.answer()
    await s.pause(2)
    anna.hang_up()
    told = {"direction": "outbound", "customer_number": IVAN, "line": "+74950000001"}
    s.truth(anna, **told, answered_by="101", talk_seconds=2)


@scenario()
async def recorded_by_a_program(s: Stage) -> None:
    """After 1 s of talk a program begins to record on Anna's side; 2 s more of talk."""
    ivan = s.customer("0001")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(1)
    channel = await s.channel("PJSIP/101-")
    await s.hands.ask("MixMonitor", Channel=channel, File="on-demand-101.wav")
    await s.pause(2)
    ivan.hang_up()
    seconds = round(ivan.ended_at - anna.answered_at)
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=seconds, recording="on-demand-101.wav")


@scenario()
async def number_without_plus(s: Stage) -> None:
    """The operator sends eleven digits without a plus; 2 s of talk."""
    ivan = s.customer("0001", "79161234567")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def gives_up_in_greeting(s: Stage) -> None:
    """Ivan hangs up as soon as the greeting begins: nobody's phone rang."""
    ivan = s.customer("0009")
    await ivan.until(ivan.answered)
    ivan.hang_up()
    s.truth(ivan, rang=[])
