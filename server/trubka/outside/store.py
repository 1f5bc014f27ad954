"""Where recordings lie: a local folder, or a bucket of S3, by one setting.

What was told to be kept is on the disk: the file is synced before it takes its name, and its folders after that.
Reading goes piece by piece, each asked for when the one before it has gone, so that a slow listener costs one piece of
memory, and no request to S3 is open for as long as somebody listens.
"""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from trubka.errors import CannotStart, Trouble

FIRST_BYTES = 65_536  # of the first piece, so that sound begins at once
PIECE_BYTES = 262_144
UPLOAD_BYTES = 8_388_608  # a part of a large file on its way to S3
UPLOADS = 2
LISTED = 1_000  # files that are looked up, and let go, at once
CONNECT_SECONDS = 5
REQUEST_SECONDS = 60  # one request to S3, with one piece or part
RETRIES = 2
LONGEST_WHY = 300
INCOMING = ".incoming"  # files that are being fetched, in the folder itself: a rename must not cross file systems
INCOMING_SECONDS = 86_400  # what a killed process has left there
NO_ROOM = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk's quota is used up", errno.EFBIG: "no larger file"}


class StoreTrouble(Trouble):
    """The store does not serve."""


class Missing(StoreTrouble):
    """There is no such file in the store."""


class Store:
    """`place` is a folder or `s3://bucket/prefix`."""

    def __init__(self, place: str, *, endpoint: str = "", region: str = "", key: str = "", secret: str = "") -> None:
        self.folder: Path | None = None
        self._store: LocalStore | S3Store | None = None
        if not place.startswith("s3://"):
            self.folder = Path(place).expanduser().absolute()
            return
        parts = urlsplit(place)
        if not parts.netloc:
            raise CannotStart("TRUBKA_RECORDINGS must be a folder, or s3://bucket with an optional /prefix.")
        config: dict[str, Any] = {"region": region or "us-east-1", "virtual_hosted_style_request": False}
        if endpoint:
            config["endpoint"] = endpoint
        if key:
            config |= {"access_key_id": key, "secret_access_key": secret}
        times = {"connect_timeout": f"{CONNECT_SECONDS}s", "timeout": f"{REQUEST_SECONDS}s"}
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=cast(Any, config),
            client_options=cast(Any, times | {"allow_http": endpoint.startswith("http://")}),
            retry_config={"max_retries": RETRIES},
        )

    @property
    def inside(self) -> LocalStore | S3Store:
        """The folder is made when it is first needed: one that cannot be made holds up nothing but recordings."""
        if self._store is None:
            assert self.folder is not None
            self.folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            self._store = LocalStore(self.folder)
        return self._store

    # Writing.

    @contextmanager
    def incoming(self) -> Generator[Path]:
        """A file to be filled; it is gone afterwards, unless it was kept."""
        with troubles():
            if self.folder is not None:
                _ = self.inside
                (self.folder / INCOMING).mkdir(mode=0o750, exist_ok=True)
            number, name = tempfile.mkstemp(prefix="recording-", dir=self.folder and self.folder / INCOMING)
            os.close(number)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    async def keep(self, file: Path, folder: str, name: str) -> str:
        """Its key in the store, where it is now for good."""
        key = f"{folder}/{name}"
        with troubles():
            if self.folder is not None:
                await asyncio.to_thread(moved, file, self.folder, key)
            else:
                await obstore.put_async(self.inside, key, file, chunk_size=UPLOAD_BYTES, max_concurrency=UPLOADS)
        return key

    async def remove(self, folder: str, beginning: str, but: str = "") -> int:
        """Every file of a folder whose name begins so, except one key; how many there were."""
        with troubles():
            listed = [
                each["path"]
                async for some in obstore.list(self.inside, prefix=folder)
                for each in some
                if each["path"].rpartition("/")[2].startswith(beginning) and each["path"] != but
            ]
            if listed:
                await obstore.delete_async(self.inside, listed)
                if self.folder is not None:
                    await asyncio.to_thread(synced, self.folder / folder)
        return len(listed)

    async def clear(self, folder: str, most: int) -> int:
        """Up to so many files of a folder and the folders in it; how many there were. Empty, it goes itself."""
        gone = 0
        with troubles():
            async for some in obstore.list(self.inside, prefix=folder, chunk_size=min(most, LISTED)):
                paths = [each["path"] for each in some][: most - gone]
                await obstore.delete_async(self.inside, paths)
                gone += len(paths)
                if gone == most:
                    return gone
            if self.folder is not None:
                await asyncio.to_thread(forget_empty, self.folder / folder)
        return gone

    async def tidy(self) -> None:
        """What a killed process was fetching."""
        if self.folder is not None:
            await asyncio.to_thread(forget_old, self.folder / INCOMING, time.time() - INCOMING_SECONDS)

    # Reading.

    async def open(self, key: str, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes from start to before end. The first piece is here already, so what is missing is known now."""
        first = await self._piece(key, start, min(end, start + FIRST_BYTES))

        async def pieces() -> AsyncGenerator[bytes]:
            yield first
            at = start + len(first)
            while at < end:
                piece = await self._piece(key, at, min(end, at + PIECE_BYTES))
                yield piece
                at += len(piece)

        return pieces()

    async def _piece(self, key: str, start: int, end: int) -> bytes:
        with troubles():
            piece = bytes(await obstore.get_range_async(self.inside, key, start=start, end=end))
        if len(piece) < end - start:
            raise Missing("The file in the store is shorter than it was.", again=False)
        return piece


@contextmanager
def troubles() -> Generator[None]:
    """What the store says when it does not serve, in a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise Missing("The file is not in the store.", again=False) from None
    except OSError as error:
        raise StoreTrouble(NO_ROOM.get(error.errno or 0) or os.strerror(error.errno or errno.EIO), again=True) from None
    except (obstore.exceptions.BaseError, ValueError) as error:
        raise StoreTrouble(" ".join(str(error).split())[:LONGEST_WHY], again=True) from None


def moved(file: Path, root: Path, key: str) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    target = root / key
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    file.replace(target)
    folder = target.parent
    while folder != root.parent:
        synced(folder)
        folder = folder.parent


def synced(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def forget_empty(folder: Path) -> None:
    if not folder.is_dir():
        return
    for each, _, _ in os.walk(folder, topdown=False):
        Path(each).rmdir()
    synced(folder.parent)


def forget_old(folder: Path, before: float) -> None:
    for path in folder.glob("recording-*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except OSError:
            continue  # another process was first
