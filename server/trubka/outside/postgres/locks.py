"""Locks between programs: the kernel gives them back when their holder ends, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Generator
from pathlib import Path


def open_lock(path: Path) -> int:
    """A lock file, of the same owner as its folder, so that root and the owner may both use it."""
    way = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, way | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, way)
    of = path.parent.stat()
    if of.st_uid != os.geteuid():
        os.fchown(fd, of.st_uid, of.st_gid)
    return fd


def locked(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def lock_file(path: Path) -> Generator[int]:
    """The open file; a lock got on it ends with it, unless a child has inherited it."""
    fd = open_lock(path)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def held(path: Path, kind: int) -> Generator[bool]:
    """Look whether this lock could be had, and give it back."""
    with lock_file(path) as fd:
        yield locked(fd, kind)
