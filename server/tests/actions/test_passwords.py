"""Passwords: an unknown login costs the same time, and nothing is ever taken for right."""

import asyncio
import time

import pytest

from trubka.actions import passwords
from trubka.errors import TooMany


async def seconds(password_hash: str | None) -> float:
    """Of computing, the least of some: others use the machine too."""
    took: list[float] = []
    for _ in range(7):
        began = time.process_time()
        await passwords.fits(password_hash, "some password")
        took.append(time.process_time() - began)
    return min(took)


async def test_an_unknown_login_takes_as_long():
    known = await passwords.hashed("correct horse")
    assert 0.5 < await seconds(None) / await seconds(known) < 2


async def test_a_crowd_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    told = await asyncio.gather(*(passwords.fits(None, "x") for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in told] == [bool, bool, bool, TooMany, TooMany]
    assert not await passwords.fits(None, "x"), "and then there is room again"


async def test_what_fits():
    known = await passwords.hashed("correct horse")
    assert known != await passwords.hashed("correct horse")
    assert known.startswith("$argon2id$")
    assert await passwords.fits(known, "correct horse")
    for wrong in ("Correct horse", "", "correct horse "):
        assert not await passwords.fits(known, wrong)
    assert not await passwords.fits(None, "nobody has this password")
    assert not await passwords.fits("broken", "correct horse")
