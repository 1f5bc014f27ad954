"""Where the database of a data folder lives, and as which user PostgreSQL runs.

An ordinary user has all of it in the data folder. PostgreSQL refuses to be root: then it runs as a system
user, and where that user may not enter the data folder, the database lives in the system's place for a
service's state. Only folders that we have made are given other rights or owners.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import pwd
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from trubka.errors import CannotStart
from trubka.outside.postgres import keeper
from trubka.outside.postgres.keeper import SOCKET

USER_SECONDS = 5.0
LOOK_SECONDS = 0.1
SOCKET_BYTES = 107  # The longest path of a Unix socket.

STATE_FOLDER = Path("/var/lib/trubka")
SYSTEM_USER = "trubka"
MARK = "trubka-data.txt"
ELSEWHERE = "database-is-elsewhere.txt"

Say = Callable[[str], None]


class Place(msgspec.Struct, frozen=True):
    """Only `cluster` and the socket's folder belong to the database's user; the locks are in `home`."""

    data_dir: Path
    home: Path
    uid: int
    gid: int

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def socket_folder(self) -> Path:
        path = os.fsencode(self.cluster / SOCKET)
        if len(path) <= SOCKET_BYTES and not set(b",\"'\\") & set(path):
            return self.cluster
        return Path(f"/tmp/trubka-{self.uid}-{hashlib.sha256(path).hexdigest()[:12]}")  # noqa: S108


def claim(data_dir: Path) -> None:
    """Take a new or an empty folder as a data folder; refuse one that is somebody else's."""
    mark = data_dir / MARK
    try:
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            # The database's user must be able to pass through a folder of root's.
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not mark.exists():
            if any(path.name != "lost+found" for path in data_dir.iterdir()) and not mark.exists():
                raise CannotStart(
                    f"{data_dir} is not empty and is no data folder of trubka:"
                    " choose a new or an empty one with TRUBKA_DATA_DIR."
                )
            mark.write_text("The data of trubka: keep it, and keep it together.\n")
        elif not os.access(data_dir, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise CannotStart(f"The data folder {data_dir} (TRUBKA_DATA_DIR) cannot be used: {reason(error)}.") from error


def settle(data_dir: Path, say: Say) -> Place:
    """Find or choose the database's home and user. Several programs may do this at once."""
    here, note = data_dir / "postgres", data_dir / ELSEWHERE
    with (data_dir / MARK).open() as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        if here.exists():
            home = here
        elif note.exists():
            home = Path(note.read_text().splitlines()[0])
            if not home.exists():
                raise CannotStart(
                    f"The database of {data_dir} was in {home}, which is gone:"
                    f" bring it back, or delete {note} to begin with an empty database."
                )
        else:
            home = new_home(data_dir, here, note, say)
        return database_owner(data_dir, home, say)


def new_home(data_dir: Path, here: Path, note: Path, say: Say) -> Path:
    if os.geteuid() != 0:
        here.mkdir(mode=0o700)
        return here
    uid, gid = system_user(say)
    if may_enter(data_dir, uid, gid):
        make_folder(here, 0o711)
        return here
    home = state_folder() / secrets.token_hex(4)
    make_folder(home, 0o711)
    (home / "belongs-to.txt").write_text(f"{data_dir}\n")
    keeper.write(
        note,
        f"{home}\n\nThe database of this data folder is there: PostgreSQL does not run as root, and the user"
        f" {SYSTEM_USER} may not enter this folder.\n",
    )
    say(f"The database goes to {home}, since the user {SYSTEM_USER} may not enter {data_dir}.")
    return home


def database_owner(data_dir: Path, home: Path, say: Say) -> Place:
    """PostgreSQL runs as the one who owns its folder; as root we make that a user without other rights."""
    cluster = home / "cluster"
    if not cluster.exists():
        cluster.mkdir(mode=0o700)
    uid, gid = cluster.stat().st_uid, cluster.stat().st_gid
    if uid == 0 and os.geteuid() == 0:
        uid, gid = system_user(say)
        os.chown(cluster, uid, gid)
    if os.geteuid() not in (0, uid):
        owner = user_name(uid)
        raise CannotStart(f"The database in {home} belongs to the user {owner}: start trubka as that user.")
    return Place(data_dir, home, uid, gid)


def system_user(say: Say) -> tuple[int, int]:
    until = time.monotonic() + USER_SECONDS
    problem = ""
    while True:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(SYSTEM_USER)
            return user.pw_uid, user.pw_gid
        if problem and time.monotonic() > until:
            raise CannotStart(
                f"PostgreSQL does not run as root, and its system user could not be made ({problem}):"
                f" make it with `useradd --system {SYSTEM_USER}`, or start trubka as an ordinary user."
            )
        problem = make_user(SYSTEM_USER)
        if problem:
            time.sleep(LOOK_SECONDS)  # Another program may be making it just now.
        else:
            say(f"Made the system user {SYSTEM_USER}: PostgreSQL runs as that user, not as root.")


def make_user(name: str) -> str:
    """Empty, or what went wrong."""
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(STATE_FOLDER)]
    try:
        made = run("useradd", *options, "--shell", "/usr/sbin/nologin", name)
    except OSError as error:
        return f"useradd: {reason(error)}"
    return made.stderr.strip() if made.returncode else ""


def may_enter(path: Path, uid: int, gid: int) -> bool:
    """May this user pass through the folder and all above it, by their permission bits?"""
    return all(has_right(folder, uid, gid, 0o1) for folder in [path, *path.parents])


def has_right(path: Path, uid: int, gid: int, right: int) -> bool:
    of = path.stat()
    shift = 6 if of.st_uid == uid else 3 if of.st_gid == gid else 0
    return bool(of.st_mode >> shift & right)


def state_folder() -> Path:
    if not STATE_FOLDER.exists():
        make_folder(STATE_FOLDER, 0o755)
    return STATE_FOLDER


def make_folder(path: Path, mode: int) -> None:
    path.mkdir(exist_ok=True)
    path.chmod(mode)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def reason(error: OSError) -> str:
    what = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{what}"
