"""Runs a command beside a throw-away PostgreSQL 15 of the system, named in TRUBKA_TEST_DATABASE_URL.

tools/postgres15.py LANG -- COMMAND ...       LANG is that of the server's making: C.UTF-8, or C as on old machines
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
MEMORY = Path("/dev/shm")  # a database is copied there in a thirtieth of the time
MEMORY_BYTES = 2 * 1024**3


def main(lang, command):
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES else None
    folder = Path(tempfile.mkdtemp(prefix="trubka-pg15-", dir=in_memory))
    owner = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("nobody")
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    said = {"cwd": "/", "check": True, "stdout": subprocess.DEVNULL, **owner}
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    subprocess.run(
        [PROGRAMS / "initdb", "-D", folder / "data", "-U", "trubka", "-A", "trust", "-N"],
        env={**plain, "LANG": lang},
        **said,
    )
    options = f"-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 -k {folder}"
    control = [PROGRAMS / "pg_ctl", "-D", folder / "data", "-s", "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **said)
    try:
        url = f"postgresql://trubka@/postgres?host={folder}"
        return subprocess.run(command, env={**os.environ, "TRUBKA_TEST_DATABASE_URL": url}, check=False).returncode
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **said)
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[3:]))
