"""A customer waits in a queue: nobody has talked with him until a phone is picked up."""

from __future__ import annotations

from tests.pbx.stage import IVAN, MARIA, OLEG, Stage, scenario

THREE = ("101", "102", "103")


@scenario()
async def queue_ringall(s: Stage) -> None:
    """All three phones ring 2 s, Boris picks up, 3 s of talk."""
    ivan = s.customer("0020")
    boris = await s.phone("102").rings()
    for user in ("101", "103"):
        await s.phone(user).rings()
    await s.pause(2)
    boris.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE], answered_by="102", talk_seconds=3, hold_seconds=0)


@scenario()
async def queue_linear(s: Stage) -> None:
    """One after another by their order: Anna's phone rings 3 s, then Boris picks up after 1 s, 2 s of talk."""
    ivan = s.customer("0021")
    await s.phone("101").rings()
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(2)
    boris.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101", "102"], answered_by="102", talk_seconds=2)


async def two_in_turn(s: Stage, line: str) -> None:
    """Two customers one after the other: whose phone rings picks up after 1 s; 2 s of talk each."""
    for number in (IVAN, MARIA):
        caller = s.customer(line, number)
        agent = await s.first_of(*THREE)
        await s.pause(1)
        agent.answer()
        await s.pause(2)
        caller.hang_up()
        await s.pause(1)
        s.truth(caller, rang=[agent.phone.user], answered_by=agent.phone.user, talk_seconds=2)


@scenario()
async def queue_rrmemory(s: Stage) -> None:
    """Round robin that remembers: two customers in turn, 2 s of talk each."""
    await two_in_turn(s, "0022")


@scenario()
async def queue_fewestcalls(s: Stage) -> None:
    """Who has had the fewest calls: two customers in turn, 2 s of talk each."""
    await two_in_turn(s, "0023")


@scenario(versions=(22,))
async def queue_leastrecent(s: Stage) -> None:
    """Who has rested longest: two customers in turn, 2 s of talk each."""
    await two_in_turn(s, "0025")


@scenario(versions=(22,))
async def queue_rrordered(s: Stage) -> None:
    """Round robin in the order of the members: two customers in turn, 2 s of talk each."""
    await two_in_turn(s, "0027")


async def second_try(s: Stage, line: str) -> None:
    """One phone rings 3 s in vain; whose phone rings next picks up after 1 s; 2 s of talk."""
    ivan = s.customer(line)
    first = await s.first_of(*THREE)
    await first.until(first.ended)
    second = await s.first_of(*THREE)
    await s.pause(1)
    second.answer()
    await s.pause(2)
    ivan.hang_up()
    rang = sorted({first.phone.user, second.phone.user})
    s.truth(ivan, rang=rang, answered_by=second.phone.user, talk_seconds=2)


@scenario()
async def queue_random(s: Stage) -> None:
    """By chance: the first phone rings in vain, the second one that rings is picked up."""
    await second_try(s, "0024")


@scenario(versions=(22,))
async def queue_wrandom(s: Stage) -> None:
    """By weighted chance: the first phone rings in vain, the second one that rings is picked up."""
    await second_try(s, "0028")


@scenario()
async def queue_abandoned(s: Stage) -> None:
    """All three phones ring, nobody picks up, Ivan gives up after 3 s."""
    ivan = s.customer("0020")
    for user in THREE:
        await s.phone(user).rings()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE])


@scenario(versions=(22,))
async def queue_abandoned_linear(s: Stage) -> None:
    """Anna's phone rings 3 s, Boris's 1 s, then Ivan gives up: Clara's never rang."""
    ivan = s.customer("0021")
    await s.phone("101").rings()
    await s.phone("102").rings()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"])


@scenario()
async def queue_member_refuses(s: Stage) -> None:
    """Anna presses Decline after 1 s, Clara picks up 1 s later, 2 s of talk."""
    ivan = s.customer("0020")
    anna = await s.phone("101").rings()
    await s.phone("102").rings()
    clara = await s.phone("103").rings()
    await s.pause(1)
    anna.refuse(486)
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE], answered_by="103", talk_seconds=2)


@scenario()
async def queue_nobody_there(s: Stage) -> None:
    """An empty queue lets nobody in: a prompt, and the end."""
    ivan = s.customer("0030")
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=[])


@scenario()
async def queue_then_person(s: Stage) -> None:
    """The queue gives up after 3 s; then Dmitry's phone rings 1 s, he talks 2 s."""
    ivan = s.customer("0029")
    for user in THREE:
        await s.phone(user).rings()
    dmitry = await s.phone("104").rings()
    await s.pause(1)
    dmitry.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE, "104"], answered_by="104", talk_seconds=2)


@scenario()
async def queue_local_members(s: Stage) -> None:
    """Members are Local channels: two phones ring, Boris (whose channel is optimised away) picks up after 1 s, 3 s."""
    ivan = s.customer("0026")
    await s.phone("101").rings()
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"], answered_by="102", talk_seconds=3)


@scenario()
async def queue_local_member_stays(s: Stage) -> None:
    """The same, but Anna (whose Local channel stays, /n) picks up; she hangs up after 3 s."""
    ivan = s.customer("0026")
    anna = await s.phone("101").rings()
    await s.phone("102").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(3)
    anna.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101", "102"], answered_by="101", talk_seconds=3)


@scenario(versions=(22,))
async def queue_local_abandoned(s: Stage) -> None:
    """Local members ring, Ivan gives up after 2 s."""
    ivan = s.customer("0026")
    for user in ("101", "102"):
        await s.phone(user).rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"])


@scenario()
async def queue_greeted_and_recorded(s: Stage) -> None:
    """A greeting, then the queue, recorded from the start: Anna picks up after 1 s, 2 s of talk."""
    ivan = s.customer("0031")
    anna = await s.phone("101").rings()
    for user in ("102", "103"):
        await s.phone(user).rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    recording = "79161234567-74950000031.wav"
    s.truth(ivan, rang=[*THREE], answered_by="101", talk_seconds=2, recording=recording)


@scenario()
async def queue_two_customers(s: Stage) -> None:
    """Ivan and Maria wait at once: Anna takes Ivan for 4 s; meanwhile Boris takes Maria for 2 s."""
    ivan = s.customer("0020", IVAN)
    anna = await s.phone("101").rings()
    boris, clara = await s.phone("102").rings(), await s.phone("103").rings()
    await s.pause(1)
    anna.answer()
    await boris.until(boris.ended)
    await clara.until(clara.ended)
    maria = s.customer("0020", MARIA)
    boris = await s.phone("102").rings()
    await s.phone("103").rings()
    boris.answer()
    await s.pause(2)
    maria.hang_up()
    seconds = round(maria.ended_at - anna.answered_at)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE], answered_by="101", talk_seconds=seconds)
    s.truth(maria, rang=["102", "103"], answered_by="102", talk_seconds=2)


@scenario()
async def queue_second_waits(s: Stage) -> None:
    """Ivan's and Oleg's calls come 1 s apart and both abandon, Oleg first."""
    ivan = s.customer("0020", IVAN)
    for user in THREE:
        await s.phone(user).rings()
    await s.pause(1)
    oleg = s.customer("0020", OLEG)
    await s.pause(2)
    oleg.hang_up()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=[*THREE])
    s.truth(oleg, rang=...)
