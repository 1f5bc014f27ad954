"""Prompts, menus, voicemail, conferences: a channel that is Up while nobody talks with the customer."""

from __future__ import annotations

from tests.pbx.stage import IVAN, Stage, scenario

MOBILE_NUMBER = "+79031110101"  # Anna's, at the operator's


@scenario()
async def menu_then_person(s: Stage) -> None:
    """Ivan hears the menu 1 s and presses 1; Anna's phone rings 1 s; 3 s of talk."""
    ivan = s.customer("0010")
    await ivan.until(ivan.answered)
    await s.pause(1)
    ivan.press("1")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3)


@scenario()
async def menu_abandoned(s: Stage) -> None:
    """Ivan hears the menu 3 s and hangs up."""
    ivan = s.customer("0010")
    await ivan.until(ivan.answered)
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=[])


@scenario()
async def menu_person_unanswered(s: Stage) -> None:
    """Ivan presses 1; Anna's phone rings 2 s; he hangs up."""
    ivan = s.customer("0010")
    await ivan.until(ivan.answered)
    await s.pause(1)
    ivan.press("1")
    await s.phone("101").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario(versions=(22,))
async def menu_wrong_key_then_queue(s: Stage) -> None:
    """Ivan presses 7, which is nothing, then 2: the queue; Clara picks up after 1 s, 2 s of talk."""
    ivan = s.customer("0010")
    await ivan.until(ivan.answered)
    await s.pause(1)
    ivan.press("7")
    await s.pause(2)
    ivan.press("2")
    clara = await s.phone("103").rings()
    for user in ("101", "102"):
        await s.phone(user).rings()
    await s.pause(1)
    clara.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102", "103"], answered_by="103", talk_seconds=2)


@scenario()
async def greeting_then_person(s: Stage) -> None:
    """A greeting, then Anna's phone rings 1 s; 2 s of talk."""
    ivan = s.customer("0009")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def greeting_then_nobody(s: Stage) -> None:
    """A greeting, then Anna's phone rings 2 s; Ivan hangs up."""
    ivan = s.customer("0009")
    await s.phone("101").rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario()
async def after_hours(s: Stage) -> None:
    """The office is closed: a prompt to the end, and nobody's phone rings."""
    ivan = s.customer("0008")
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=[])


@scenario()
async def voicemail_left(s: Stage) -> None:
    """Anna's phone rings 2 s; then Ivan speaks to her voicemail until 4 s have gone."""
    ivan = s.customer("0011")
    await s.phone("101").rings()
    await ivan.until(ivan.answered)
    await s.pause(4)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario()
async def voicemail_not_left(s: Stage) -> None:
    """Anna's phone rings 2 s; Ivan hangs up as soon as the voicemail answers."""
    ivan = s.customer("0011")
    await s.phone("101").rings()
    await ivan.until(ivan.answered)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario()
async def find_me_at_desk(s: Stage) -> None:
    """Desk and mobile ring through Local channels; Anna takes it at the desk after 1 s, 3 s of talk."""
    ivan = s.customer("0012")
    anna = await s.phone("101").rings()
    await s.operator().rings()
    await s.pause(1)
    anna.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=3)


@scenario()
async def find_me_on_mobile(s: Stage) -> None:
    """The same, but Anna takes it on her mobile; whose mobile it is, the wire does not say."""
    ivan = s.customer("0012")
    await s.phone("101").rings()
    mobile = await s.operator().rings()
    assert mobile.dialled == MOBILE_NUMBER
    await s.pause(1)
    mobile.answer()
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by=..., last_talked=..., missed=False, talk_seconds=3)


@scenario(versions=(22,))
async def find_me_nobody(s: Stage) -> None:
    """Desk and mobile ring 2 s, Ivan gives up."""
    ivan = s.customer("0012")
    await s.phone("101").rings()
    await s.operator().rings()
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"])


@scenario()
async def press_one_confirmed(s: Stage) -> None:
    """Who picks up must press 1: Anna does so after 2 s; 2 s of talk."""
    ivan = s.customer("0013")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(2)
    anna.press("1")
    await ivan.until(ivan.answered)
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101"], answered_by="101", talk_seconds=2)


@scenario()
async def press_one_declined(s: Stage) -> None:
    """Anna picks up and presses 2: no. Then Boris picks up, presses 1 after 1 s and talks 2 s."""
    ivan = s.customer("0013")
    anna = await s.phone("101").rings()
    await s.pause(1)
    anna.answer()
    await s.pause(1)
    anna.press("2")
    boris = await s.phone("102").rings()
    await s.pause(1)
    boris.answer()
    await s.pause(1)
    boris.press("1")
    await ivan.until(ivan.answered)
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"], answered_by="102", talk_seconds=2)


@scenario()
async def press_one_by_nobody(s: Stage) -> None:
    """Anna picks up and presses nothing for 4 s; then Boris's phone rings 1 s; Ivan gives up."""
    ivan = s.customer("0013")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.phone("102").rings()
    await s.pause(1)
    ivan.hang_up()
    s.truth(ivan, rang=["101", "102"])


@scenario()
async def press_one_hangs_up_instead(s: Stage) -> None:
    """Anna picks up, presses nothing and hangs up after 2 s: the PBX ends the call."""
    ivan = s.customer("0013")
    anna = await s.phone("101").rings()
    anna.answer()
    await s.pause(2)
    anna.hang_up()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=["101"])


@scenario()
async def press_one_voicemail_of_mobile(s: Stage) -> None:
    """The mobile's own voicemail picks up and presses nothing for 4 s: nobody has talked."""
    ivan = s.customer("0016")
    mobile = await s.operator().rings()
    mobile.answer()
    await ivan.until(ivan.ended)
    s.truth(ivan, rang=...)


@scenario()
async def press_one_on_mobile(s: Stage) -> None:
    """The mobile is picked up, 1 is pressed after 1 s, 2 s of talk."""
    ivan = s.customer("0016")
    mobile = await s.operator().rings()
    await s.pause(1)
    mobile.answer()
    await s.pause(1)
    mobile.press("1")
    await ivan.until(ivan.answered)
    await s.pause(2)
    ivan.hang_up()
    s.truth(ivan, rang=..., answered_by=..., last_talked=..., missed=False, talk_seconds=2)


@scenario()
async def conference(s: Stage) -> None:
    """Ivan waits 1 s in a conference; Anna dials in; after 2 s Boris; after 1 s more Ivan leaves, then all."""
    ivan = s.customer("0014", IVAN)
    await ivan.until(ivan.answered)
    await s.pause(1)
    anna = s.phone("101").dial("800")
    await anna.until(anna.answered)
    await s.pause(2)
    boris = s.phone("102").dial("800")
    await boris.until(boris.answered)
    await s.pause(1)
    ivan.hang_up()
    await s.pause(1)
    anna.hang_up()
    boris.hang_up()
    s.truth(ivan, rang=..., answered_by="101", last_talked=..., talk_seconds=3)
    for dialled_in in (anna, boris):
        s.truth(dialled_in, direction="internal", answered_by=..., last_talked=..., optional=True)


@scenario()
async def conference_alone(s: Stage) -> None:
    """Ivan waits 3 s in a conference that nobody else comes to."""
    ivan = s.customer("0014")
    await ivan.until(ivan.answered)
    await s.pause(3)
    ivan.hang_up()
    s.truth(ivan, rang=[])
