"""A real Asterisk, 22 or 16, from Debian's archive in a folder of its own: nothing is installed on the machine itself.

The packages are fetched and checked by debootstrap, only unpacked, and the program is run through its own loader.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUITES = {22: "sid", 16: "bullseye"}
PACKAGES = ["asterisk", "asterisk-modules", "asterisk-moh-opsound-gsm", "asterisk-core-sounds-en-gsm"]
ALSO = {16: ["asterisk-voicemail"]}
UNPACKED = ("asterisk", "lib", "zlib1g")  # Asterisk and libraries: no shell, no package tools
DOCUMENTS = ("doc", "man", "locale", "lintian", "bug", "gdb", "info")
FETCH_SECONDS = 600
TRIES = 3


class NoAsterisk(Exception):
    """Why there can be none here, in a sentence."""


@dataclass(frozen=True)
class Asterisk:
    version: int
    folder: Path

    @property
    def command(self) -> list[str]:
        loaders = [*self.folder.glob("usr/lib/*/ld-linux*.so.*"), *self.folder.glob("lib/*/ld-linux*.so.*")]
        folders = [*self.folder.glob("usr/lib/*-linux-gnu"), *self.folder.glob("lib/*-linux-gnu")]
        folders += [self.folder / "usr/lib", self.folder / "lib"]
        path = ":".join(str(folder) for folder in folders if folder.is_dir())
        return [str(min(loaders)), "--library-path", path, str(self.folder / "usr/sbin/asterisk")]

    @property
    def modules(self) -> Path:
        return min(self.folder.glob("usr/lib/**/asterisk/modules"))

    @property
    def data(self) -> Path:
        return self.folder / "usr/share/asterisk"


def installed(version: int) -> Asterisk:
    """The Asterisk of that version, fetched at the first call; NoAsterisk says why it cannot be."""
    place = Path(os.environ.get("TRUBKA_TEST_ASTERISK", ROOT / ".setup" / "asterisk"))
    place.mkdir(parents=True, exist_ok=True)
    found = Asterisk(version, place / str(version))
    with (place / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.folder.exists():
            fetch(found)
    return found


def fetch(asterisk: Asterisk) -> None:
    get_debootstrap()
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=asterisk.folder.parent) as work:
        packages = ",".join([*PACKAGES, *ALSO.get(asterisk.version, [])])
        fetching = ["debootstrap", "--variant=minbase", "--download-only", f"--include={packages}"]
        command = [*fetching, SUITES[asterisk.version], f"{work}/root"]
        for left in reversed(range(TRIES)):
            try:
                subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=True)
                break
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as why:
                if not left:
                    said = str(why.stdout or "").strip().rpartition("\n")[2]
                    raise NoAsterisk(f"Debian's archive did not give Asterisk {asterisk.version}: {said}") from why
        folder = Path(work) / "unpacked"
        for package in sorted(Path(work).glob("root/var/cache/apt/archives/*.deb")):
            if package.name.startswith(UNPACKED):
                subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        for name in DOCUMENTS:
            shutil.rmtree(folder / "usr/share" / name, ignore_errors=True)
        for voice in folder.glob("usr/share/asterisk/sounds/en_*"):
            link = voice.parent / "en"  # the packages leave this to a later step
            if not link.exists():
                link.symlink_to(voice.name)
        trial = Asterisk(asterisk.version, folder)
        said = subprocess.run([*trial.command, "-V"], capture_output=True, text=True, check=False)
        if said.returncode:
            raise NoAsterisk(f"Asterisk {asterisk.version} does not start here: {said.stderr.strip()}")
        folder.rename(asterisk.folder)


def get_debootstrap() -> None:
    """As root on Debian, as the project's commands do it."""
    if os.geteuid() == 0 and shutil.which("debootstrap"):
        return
    what = "the tests on a real Asterisk"
    if os.geteuid() or subprocess.run([ROOT / "tools/debian", "debootstrap", what], check=False).returncode:
        raise NoAsterisk("Asterisk comes from Debian's archive: as root on Debian, with debootstrap.")
