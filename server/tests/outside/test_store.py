"""The store keeps, gives ranges and lets go, in a folder and in S3 (moto's server, over HTTP)."""

from __future__ import annotations

import errno
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from trubka.errors import CannotStart
from trubka.outside import store as module
from trubka.outside.store import Missing, Store, StoreTrouble

CONTENT = bytes(range(256)) * 4_096  # a megabyte: more than one piece


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bucket_of(s3: str) -> Store:
    assert httpx.put(f"{s3}/bucket").status_code == 200
    return Store("s3://bucket/some/prefix", endpoint=s3, key="key", secret="secret")


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return Store(str(tmp_path / "recordings"))
    return bucket_of(request.getfixturevalue("s3"))


async def kept(store: Store, folder: str, name: str, content: bytes) -> str:
    with store.incoming() as file:
        file.write_bytes(content)
        return await store.keep(file, folder, name)


async def read(store: Store, key: str, start: int, end: int) -> list[bytes]:
    return [piece async for piece in await store.open(key, start, end)]


async def test_what_is_kept_is_given_back(store: Store) -> None:
    key = await kept(store, "7/880", "880001-abc.wav", CONTENT)
    assert key == "7/880/880001-abc.wav"
    pieces = await read(store, key, 0, len(CONTENT))
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= module.PIECE_BYTES
    assert len(pieces[0]) == module.FIRST_BYTES


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 70_000), (len(CONTENT) - 1, len(CONTENT)), (100_000, 900_000)])
async def test_a_range_is_given(store: Store, start: int, end: int) -> None:
    key = await kept(store, "7/880", "880001-abc.wav", CONTENT)
    assert b"".join(await read(store, key, start, end)) == CONTENT[start:end]


async def test_kept_twice_it_is_there_once(store: Store) -> None:
    key = await kept(store, "7/880", "880001-abc.wav", CONTENT)
    assert await kept(store, "7/880", "880001-abc.wav", CONTENT) == key
    assert b"".join(await read(store, key, 0, 9)) == CONTENT[:9]
    assert await store.remove("7/880", "880001-") == 1


async def test_what_is_removed_is_gone_and_nothing_else(store: Store) -> None:
    for name in ("880001-abc.wav", "880001-old.wav", "880002-abc.wav", "8800011-abc.wav"):
        await kept(store, "7/880", name, CONTENT)
    assert await store.remove("7/880", "880001-", but="7/880/880001-abc.wav") == 1
    assert await store.remove("7/880", "880001-") == 1
    with pytest.raises(Missing):
        await store.open("7/880/880001-abc.wav", 0, 10)
    for name in ("880002-abc.wav", "8800011-abc.wav"):
        assert await read(store, f"7/880/{name}", 0, 2) == [CONTENT[:2]]
    assert await store.remove("7/880", "880001-") == 0
    assert await store.remove("no such folder", "880001-") == 0


async def test_a_folder_is_cleared_some_at_a_time_and_its_neighbours_stay(store: Store) -> None:
    for key in ("31/880", "31/881", "311/880", "32/880"):
        for name in ("880001-abc.wav", "880002-abc.wav"):
            await kept(store, key, name, b"content")
    assert await store.clear("31", 3) == 3
    assert await store.clear("31", 3) == 1
    assert await store.clear("31", 3) == 0
    for key in ("311/880", "32/880"):
        assert await read(store, f"{key}/880002-abc.wav", 0, 7) == [b"content"]
    if store.folder is not None:
        assert sorted(each.name for each in store.folder.iterdir() if each.name != module.INCOMING) == ["311", "32"]


async def test_a_file_that_has_shrunk_is_not_padded(store: Store) -> None:
    key = await kept(store, "7/880", "880001-abc.wav", b"short")
    with pytest.raises(StoreTrouble):
        await read(store, key, 0, 1_000)


async def test_a_place_of_its_own_is_left_clean(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    with store.incoming() as file:
        file.write_bytes(b"half of it")
    assert list((tmp_path / module.INCOMING).iterdir()) == []
    left = tmp_path / module.INCOMING / "recording-left"
    fresh = tmp_path / module.INCOMING / "recording-fresh"
    for each in (left, fresh):
        each.write_bytes(b"by a killed process")
    old = time.time() - module.INCOMING_SECONDS - 1
    os.utime(left, (old, old))
    await store.tidy()
    assert [each.name for each in (tmp_path / module.INCOMING).iterdir()] == ["recording-fresh"]


async def test_file_and_folders_are_synced_before_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order: the file under its first name, then every folder above its new one."""
    done: list[str] = []
    true_sync, true_replace = os.fsync, Path.replace

    def fsync(number: int) -> None:
        done.append(str(Path(f"/proc/self/fd/{number}").readlink()).removeprefix(str(tmp_path)))
        true_sync(number)

    def replace(file: Path, target: Path) -> Path:
        done.append("rename")
        return true_replace(file, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    await kept(Store(str(tmp_path / "r")), "7/880", "880001-abc.wav", CONTENT)
    assert done[0].startswith("/r/.incoming/recording-")
    assert done[1:] == ["rename", "/r/7/880", "/r/7", "/r"]


async def test_trouble_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreTrouble) as told, Store(str(tmp_path / "file" / "folder")).incoming():
        pass
    assert str(told.value) == os.strerror(errno.ENOTDIR)
    assert told.value.again


async def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    with store.incoming() as file:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
        try:
            with pytest.raises(StoreTrouble) as told, module.troubles(), file.open("wb") as opened:
                opened.write(CONTENT)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(told.value) == module.NO_ROOM[errno.EFBIG]


async def test_an_s3_that_is_away_is_trouble() -> None:
    away = Store("s3://bucket", endpoint="http://127.0.0.1:9", key="key", secret="s3cret")
    with pytest.raises(StoreTrouble) as told:
        await away.open("7/880/880001-abc.wav", 0, 10)
    assert told.value.again
    assert "s3cret" not in str(told.value)


async def test_a_bucket_that_is_not_there_is_trouble(s3: str) -> None:
    store = Store("s3://no-such-bucket", endpoint=s3, key="key", secret="secret")
    with pytest.raises(StoreTrouble):
        await kept(store, "7/880", "880001-abc.wav", b"content")


def test_a_wrong_place_is_told_before_anything_starts() -> None:
    with pytest.raises(CannotStart, match="s3://bucket"):
        Store("s3://")
