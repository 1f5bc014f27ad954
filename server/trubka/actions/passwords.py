"""Passwords are hashed off the event loop, two at a time: each takes 19 MiB and some hundredths of a second. Those that
wait are counted, so that a crowd is told to come again rather than kept for minutes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from trubka.errors import TooMany

T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 64
MEMORY_KIB = 19_456
ROUNDS = 2

hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1)
threads = ThreadPoolExecutor(AT_ONCE, "passwords")
nobodys = hasher.hash("nobody has this password")
waiting = 0


async def hashed(password: str) -> str:
    return await in_turn(hasher.hash, password)


async def fits(password_hash: str | None, password: str) -> bool:
    """Without a hash the same time is spent, so that nobody learns which logins there are."""
    fit = await in_turn(verified, password_hash or nobodys, password)
    return fit and password_hash is not None


async def in_turn(do: Callable[..., T], *words: str) -> T:
    global waiting
    if waiting >= MOST_WAITING:
        raise TooMany("Too many people are signing in: try again in a moment.")
    waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, do, *words)
    finally:
        waiting -= 1


def verified(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
