"""The embedded PostgreSQL: how a program begins to use the database of a data folder, and ends.

PostgreSQL is run by a keeper (`keeper.py`), one for each data folder, shared by all programs that use it. A
program holds `users.lock` while it uses the database; the kernel tells the keeper when the last one has gone,
however it went.
`docs/decisions/0002-embedded-postgresql.md` says why.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import msgspec

from trubka.errors import CannotStart
from trubka.outside.postgres import keeper
from trubka.outside.postgres.home import Place, Say, claim, reason, settle
from trubka.outside.postgres.keeper import PORT, SOCKET, Plan
from trubka.outside.postgres.locks import held, lock_file, locked, open_lock
from trubka.outside.postgres.programs import OLDEST, find_programs, within_reach

LOOK_SECONDS = 0.02
FIRST_WORD_SECONDS = 1.0
TELL_SECONDS = 3.0
KEEPERS_IN_A_ROW = 3
AGAIN_SECONDS = 2.0  # After a keeper that failed, the next one is not started sooner.
GREETING_SECONDS = 5.0
STOP_SECONDS = 200.0  # A little more than the keeper gives PostgreSQL.
OTHERS_SECONDS = 0.5
LOG_LINES = 5

NOT_NOW = b"57P0"  # A server that starts, stops or recovers says 57P01 to 57P03.
NAME = "trubka"  # Of the database and of the role that owns it.

WORDS = {
    "preparing": "Preparing the database (first start)",
    "starting": "PostgreSQL is starting",
    "recovering": "PostgreSQL is recovering after a crash",
    "waiting": "Waiting for what is left of the previous PostgreSQL",
    "stopping": "PostgreSQL is stopping",
}


class Status(msgspec.Struct, frozen=True):
    """What the keeper says of itself."""

    state: str = "starting"
    text: str = ""


class Running:
    """A PostgreSQL that runs at least until we stop using it."""

    def __init__(self, place: Place, users_fd: int, version: str, programs: Path | None) -> None:
        self.dsn = f"postgresql://{NAME}@/{NAME}?host={quote(str(place.socket_folder), safe='')}&port={PORT}"
        self.version = version
        self._place = place
        self._programs = programs
        self._users_fd = users_fd
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self, say: Say) -> None:
        """For programs that live long: when the keeper is killed, start another. Returns at once."""
        threading.Thread(target=self._watch, args=(say,), name="postgres-watch", daemon=True).start()

    def _watch(self, say: Say) -> None:
        last = time.monotonic() - AGAIN_SECONDS
        while not self._stopping.is_set():
            with lock_file(self._place.home / "keeper.lock") as keeper_fd:
                fcntl.flock(keeper_fd, fcntl.LOCK_EX)  # Granted when there is no keeper any more.
                pause = AGAIN_SECONDS - (time.monotonic() - last)
                if pause <= 0 and not self._stopping.is_set():
                    last = time.monotonic()
                    self._start_again(keeper_fd, say)
            self._stopping.wait(max(pause, 0))

    def _start_again(self, keeper_fd: int, say: Say) -> None:
        told = status(self._place)
        failed = told.state == "failed"
        say(trouble(self._place, told) if failed else "The database has gone: starting it again…")
        try:
            start_keeper(self._place, keeper_fd, self._programs)
        except (CannotStart, OSError) as error:
            say(str(error))

    def stop(self, say: Say = lambda _: None) -> None:
        """Stop using the database. If nobody else does, PostgreSQL is stopped, and this waits for it."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        alone = locked(self._users_fd, fcntl.LOCK_EX)
        os.close(self._users_fd)
        with contextlib.suppress(FileNotFoundError):  # The data folder may have been deleted meanwhile.
            self._wait_for_keeper(alone, say)

    def _wait_for_keeper(self, alone: bool, say: Say) -> None:
        with held(self._place.home / "users.lock", fcntl.LOCK_SH) as not_stopping:
            if not_stopping and not alone:
                return
        patience = Patience(say)
        others_since = None
        while patience.waited() < STOP_SECONDS:
            with held(self._place.home / "keeper.lock", fcntl.LOCK_EX) as no_keeper:
                if no_keeper:
                    return
            with held(self._place.home / "users.lock", fcntl.LOCK_SH) as not_stopping:
                others_since = (others_since or time.monotonic()) if not_stopping else None
            if others_since and time.monotonic() - others_since > OTHERS_SECONDS:
                return
            patience.wait("stopping")


def start(data_dir: Path, say: Say, *, programs: Path | None = None, give_up: threading.Event | None = None) -> Running:
    """Use the database of this folder, and start it if nobody does yet; `say` is told what takes long.

    `give_up` ends the waiting from another thread: a recovery may take longer than a person wants to wait.
    """
    if sys.platform != "linux":
        raise CannotStart("The embedded PostgreSQL needs Linux; elsewhere set TRUBKA_DATABASE_URL.")
    claim(data_dir)
    try:
        place = settle(data_dir.resolve(), say)
        users_fd = open_lock(place.home / "users.lock")
    except OSError as error:
        raise CannotStart(f"The data folder {data_dir} cannot be used: {reason(error)}.") from error
    try:
        patience = Patience(say, give_up)
        while not locked(users_fd, fcntl.LOCK_SH):  # The keeper has all of it while it stops.
            patience.wait("stopping")
        return Running(place, users_fd, bring_up(place, patience, programs), programs)
    except OSError as error:
        os.close(users_fd)
        raise CannotStart(f"PostgreSQL could not be started: {reason(error)}.") from error
    except BaseException:
        os.close(users_fd)
        raise


def check(version: int, encoding: str) -> None:
    """Refuse a database that we cannot work with; `version` is PostgreSQL's `server_version_num`."""
    if version < OLDEST * 10000:
        raise CannotStart(f"The database is PostgreSQL {version // 10000}; trubka needs {OLDEST} or newer.")
    if encoding.upper() not in ("UTF8", "UTF-8"):
        raise CannotStart(
            f"The database's encoding is {encoding}; trubka needs UTF8:"
            " create one with `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`."
        )


# Starting


def bring_up(place: Place, patience: Patience, folder: Path | None) -> str:
    """See that there is a keeper; wait until PostgreSQL answers, as long as it takes; tell its version."""
    keepers = 0
    looked = False
    while True:
        with lock_file(place.home / "keeper.lock") as keeper_fd:
            if locked(keeper_fd, fcntl.LOCK_EX):
                told = status(place)
                if looked and told.state == "failed":
                    raise CannotStart(trouble(place, told))
                if keepers == KEEPERS_IN_A_ROW:
                    raise CannotStart(trouble(place, Status(text="PostgreSQL's keeper ends again and again")))
                start_keeper(place, keeper_fd, folder)
                keepers += 1
        looked = True
        version = greeting(place.socket_folder / SOCKET)
        if version:
            return version
        patience.wait(status(place).state)


def start_keeper(place: Place, keeper_fd: int, folder: Path | None) -> None:
    """Hand the lock, taken, to a new keeper: there are never two of them."""
    (place.cluster / "status.json").unlink(missing_ok=True)
    found = find_programs(major_of(place.cluster / "data" / "PG_VERSION"), folder)
    make_socket_folder(place)
    plan = Plan(
        cluster=str(place.cluster),
        users_lock=str(place.home / "users.lock"),
        keeper_fd=keeper_fd,
        uid=place.uid,
        gid=place.gid,
        programs=str(within_reach(found, place.uid, place.gid)),
        socket_folder=str(place.socket_folder),
        settings=settings(memory_bytes()),
        initdb=ways_to_make(found.major),
    )
    log = os.open(keeper_log(place), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, str(place.home)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            pass_fds=[keeper_fd],
            start_new_session=True,  # A Ctrl-C at our terminal is not for PostgreSQL.
        )
        process.communicate(msgspec.json.encode(plan))
    finally:
        os.close(log)


def major_of(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def make_socket_folder(place: Place) -> None:
    folder = place.socket_folder
    if folder == place.cluster:
        return
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, place.uid, place.gid)
    made = folder.lstat()
    if not stat.S_ISDIR(made.st_mode) or made.st_uid != place.uid or made.st_mode & 0o077:
        raise CannotStart(
            f"The path of {place.data_dir} is too long for a Unix socket, and {folder} is somebody else's:"
            " choose a shorter TRUBKA_DATA_DIR."
        )


def ways_to_make(major: int) -> list[list[str]]:
    """Nothing of ours depends on the database's locale; the builtin one needs nothing of the system."""
    common = [
        *("--encoding=UTF8", "--data-checksums", f"--username={NAME}", "--no-instructions"),
        *("--auth-local=trust", "--auth-host=reject"),  # Who may enter the socket's folder (0700) is trusted.
    ]
    if major >= 17:
        return [[*common, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [[*common, "--locale-provider=libc", f"--locale={name}"] for name in ("C.UTF-8", "C")]


def settings(memory: int) -> str:
    """For bulk loads beside many short statements, cautious with a machine that is not ours alone."""
    mib = 1024 * 1024
    lines = {
        "max_connections": "200",
        "shared_buffers": f"{min(max(memory // 8, 128 * mib), 2048 * mib) // mib}MB",
        "effective_cache_size": f"{max(memory // 2, 256 * mib) // mib}MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64 * mib), 512 * mib) // mib}MB",
        "work_mem": "8MB",
        "huge_pages": "try",
        "synchronous_commit": "on",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "logging_collector": "on",
        "log_directory": "'../log'",
        "log_filename": "'postgresql-%a.log'",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
    }
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def memory_bytes() -> int:
    """Of the machine, or what its control group leaves us."""
    least = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            least = min(least, int(Path(limit).read_text()))
    return least


def greeting(path: Path) -> str:
    """The version of the server that takes connections here; empty: none does, or not yet."""
    words = f"user\0{NAME}\0database\0{NAME}\0\0".encode()
    answer = b""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(GREETING_SECONDS)
        with contextlib.suppress(OSError):
            caller.connect(str(path))
            caller.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
            while more := caller.recv(4096):
                answer += more
                if version := re.search(rb"server_version\0([\w.]+)[^\0]*\0", answer):
                    return version[1].decode()
    refusal = re.search(rb"\0C(?P<code>\w+)\0M(?P<text>[^\0]+)\0", answer)
    if answer[:1] == b"E" and refusal and not refusal["code"].startswith(NOT_NOW):
        raise CannotStart(f"PostgreSQL refuses us: {refusal['text'].decode(errors='replace')}.")
    return ""


class Patience:
    """Waits, and says at times for what."""

    def __init__(self, say: Say, give_up: threading.Event | None = None) -> None:
        self.say = say
        self.give_up = give_up or threading.Event()
        self.began = time.monotonic()
        self.next_seconds = FIRST_WORD_SECONDS
        self.prepared = False

    def waited(self) -> float:
        return time.monotonic() - self.began

    def wait(self, state: str) -> None:
        self.tell(state)
        if self.give_up.wait(LOOK_SECONDS):
            raise CannotStart("The start of PostgreSQL was given up.")

    def tell(self, state: str) -> None:
        words = WORDS.get(state, WORDS["starting"])
        if state == "preparing" and not self.prepared:
            self.prepared = True
            self.say(f"{words}…")
        elif self.waited() >= self.next_seconds:
            self.next_seconds = self.waited() + TELL_SECONDS
            self.say(f"{words}: {self.waited():.0f} s…")


def status(place: Place) -> Status:
    try:
        return msgspec.json.decode((place.cluster / "status.json").read_bytes(), type=Status)
    except (OSError, msgspec.DecodeError):
        return Status()


def trouble(place: Place, told: Status) -> str:
    logs = [keeper_log(place), *(place.cluster / "log").glob("*.log")]
    newest = max((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime_ns)
    lines = newest.read_text(errors="replace").splitlines()[-LOG_LINES:]
    return f"{told.text[:1].upper()}{told.text[1:]}. The end of {newest}:\n" + "\n".join(lines)


def keeper_log(place: Place) -> Path:
    return place.home / "keeper.log"
