"""Passwords are hashed off the event loop, two at a time: each takes 19 MiB and some hundredths of a second."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
MEMORY_KIB = 19_456
ROUNDS = 2

hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1)
threads = ThreadPoolExecutor(AT_ONCE, "passwords")
nobodys = hasher.hash("nobody has this password")


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(threads, hasher.hash, password)


async def fits(password_hash: str | None, password: str) -> bool:
    """Without a hash the same time is spent, so that nobody learns which logins there are."""
    fit = await asyncio.get_running_loop().run_in_executor(threads, verified, password_hash or nobodys, password)
    return fit and password_hash is not None


def verified(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
