"""Keeps one PostgreSQL running while anybody uses it: makes, starts, restarts, stops it.

The package runs this file as a program of its own, on the standard library alone, with a `Plan` on stdin.

    users.lock    Every program that uses the database holds it shared, and we ask for all of it: when the
                  kernel grants that, the last one has gone (kill -9 included), and PostgreSQL is stopped.
    keeper.lock   Ours as long as we live: taken by the program that started us, and inherited.

PostgreSQL is our child, and the kernel tells it to stop when we die. Its orphans become our children too.
"""

import contextlib
import ctypes
import dataclasses
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

# A fast stop writes a checkpoint. PostgreSQL may also hang in it, when a child of it was killed just before. After
# that long a recovery at the next start is better; nothing that was committed is lost by it.
FAST_STOP_SECONDS = 60.0
HARD_STOP_SECONDS = 10.0
LEFTOVER_SECONDS = 2.0  # A backend notices its postmaster's death at once, unless it is computing.
STRANGER_SECONDS = 10.0
STARTS_IN_A_ROW = 5
LOOK_SECONDS = 0.05

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)

PORT = "5432"  # Of no port: it only names the socket.
SOCKET = f".s.PGSQL.{PORT}"


@dataclasses.dataclass(frozen=True)
class Plan:
    cluster: str  # The folder of the database's own user; `data` stands in it.
    users_lock: str
    keeper_fd: int
    uid: int
    gid: int
    programs: str
    socket_folder: str
    settings: str
    initdb: list[list[str]]  # Ways to make the cluster; the first one that works is taken.


class Left(Exception):
    """The last user has gone."""


class Failed(Exception):
    """PostgreSQL does not run, and trying again is for a person to decide."""


class Keeper:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.cluster = Path(plan.cluster)
        self.data = self.cluster / "data"
        self.pid_file = self.data / "postmaster.pid"
        self.users_fd = -1
        self.waiter = 0
        self.child = 0
        self.ended: dict[int, int] = {}
        self.told = ("", "")

    def live(self) -> None:
        try:
            self.prepare()
            self.make_database()
            self.run()
        except Left:
            self.tell("stopping")
        except Failed as trouble:
            self.tell("failed", str(trouble))
        except OSError as trouble:
            print(trouble, file=sys.stderr, flush=True)  # noqa: T201 — the state may be what cannot be written
            self.tell("failed", str(trouble))
        finally:
            self.stop()
            self.sweep()

    # Beginning

    def prepare(self) -> None:
        os.set_inheritable(self.plan.keeper_fd, False)
        self.users_fd = os.open(self.plan.users_lock, os.O_RDWR | os.O_NOFOLLOW)
        if os.geteuid() == 0 and self.plan.uid != 0:
            os.setgroups([])
            os.setgid(self.plan.gid)
            os.setuid(self.plan.uid)
        os.umask(0o077)
        os.chdir("/")
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        # Told to end, we end when the last user does. PostgreSQL would inherit "ignore", but not a handler.
        for number in ENDINGS:
            signal.signal(number, go_on)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        self.wait_for_last_user()

    def wait_for_last_user(self) -> None:
        """A child waits in the kernel for all of users.lock; what it gets is ours: one open file."""

        def wait() -> None:
            os.close(self.plan.keeper_fd)
            fcntl.flock(self.users_fd, fcntl.LOCK_EX)
            os._exit(0)

        self.waiter = fork(wait, signal.SIGKILL)

    def make_database(self) -> None:
        if self.data.exists():
            return
        self.tell("preparing")
        self.sweep()
        new = self.cluster / f"new-{os.getpid()}-{time.monotonic_ns()}"
        folder = ["--pgdata", str(new)]
        if not any(self.finishes(["initdb", *way, "--no-sync", *folder]) for way in self.plan.initdb):
            raise Failed("PostgreSQL could not make the database")
        write(
            new / "postgresql.conf",
            "# trubka's own settings are written anew at each start; what you write below them wins.\n"
            "include 'trubka.conf'\n",
        )
        write(new / "trubka.conf", self.plan.settings)
        single = ["postgres", "--single", "-F", "-D", str(new), "-c", "exit_on_error=on", "postgres"]
        made = self.finishes(single, "create database trubka\n")
        if not made or not self.finishes(["initdb", "--sync-only", *folder]):
            raise Failed("PostgreSQL could not make the database")
        new.rename(self.data)
        sync(self.cluster)

    def sweep(self) -> None:
        for half_done in self.cluster.glob("new-*"):
            shutil.rmtree(half_done, ignore_errors=True)

    def finishes(self, command: list[str], text: str = "") -> bool:
        self.child = self.spawn(command, signal.SIGKILL, text)
        while self.child not in self.ended:
            self.pause(60)
        status = self.ended.pop(self.child)
        self.child = 0
        return status == 0

    # Running

    def run(self) -> None:
        tries = 0
        while True:
            crashed = self.clear_the_way()
            write(self.data / "trubka.conf", self.plan.settings)
            self.tell("recovering" if crashed else "starting")
            began = time.monotonic()
            ready, status = self.run_once()
            tries = 0 if ready else tries + 1
            if not ready and (os.WIFEXITED(status) or tries == STARTS_IN_A_ROW):
                raise Failed("PostgreSQL could not start")
            while time.monotonic() - began < 1:
                self.pause(LOOK_SECONDS)

    def run_once(self) -> tuple[bool, int]:
        must = {"listen_addresses": "", "port": PORT, "unix_socket_directories": self.plan.socket_folder}
        options = [word for name, value in must.items() for word in ("-c", f"{name}={value}")]
        self.child = self.spawn(["postgres", "-D", str(self.data), *options], signal.SIGINT)
        ready = False
        while self.child not in self.ended:
            self.pause(3600 if ready else LOOK_SECONDS)
            if not ready and self.postmaster() == (self.child, "ready"):
                ready = True
                self.tell("ready")
        status = self.ended.pop(self.child)
        self.child = 0
        return ready, status

    def clear_the_way(self) -> bool:
        """Make room for a new PostgreSQL; True if the last one did not end properly."""
        self.wait_for_leftovers()
        if not self.pid_file.exists():
            return False
        pid, _ = self.postmaster()
        if Path(f"/proc/{pid}").exists():
            # A zombie, or somebody else's number by now; PostgreSQL would take it for alive and not start.
            self.pid_file.unlink(missing_ok=True)
        for name in (SOCKET, f"{SOCKET}.lock"):
            Path(self.plan.socket_folder, name).unlink(missing_ok=True)
        return True

    def wait_for_leftovers(self) -> None:
        """Wait for the end of an earlier PostgreSQL, whose keeper or postmaster was killed."""
        if not self.pid_file.exists():
            return
        began = time.monotonic()
        while left := processes_in(self.data):
            waited = time.monotonic() - began
            pid, state = self.postmaster()
            if pid not in left and waited > LEFTOVER_SECONDS:
                for orphan in left:
                    kill(orphan, signal.SIGKILL)
            elif pid in left and state != "stopping" and waited > STRANGER_SECONDS:
                raise Failed(f"another PostgreSQL (process {pid}) works on {self.data}: stop it first")
            elif pid in left and waited > FAST_STOP_SECONDS + HARD_STOP_SECONDS:
                kill(pid, signal.SIGKILL)
            elif pid in left and waited > FAST_STOP_SECONDS:
                kill(pid, signal.SIGQUIT)
            self.tell("waiting")
            self.pause(LOOK_SECONDS)

    def postmaster(self) -> tuple[int, str]:
        """The postmaster's number and state, as pg_ctl reads them; 0 if there is none."""
        try:
            lines = self.pid_file.read_text().splitlines()
            return abs(int(lines[0])), lines[7].strip() if len(lines) > 7 else ""
        except (OSError, ValueError, IndexError):
            return 0, ""

    # Ending

    def stop(self) -> None:
        """Leave no process behind: PostgreSQL is stopped cleanly, and harder only if that does not help."""
        waiter, self.waiter = self.waiter, 0
        if waiter:
            kill(waiter, signal.SIGKILL)
        for number, seconds in (
            (signal.SIGINT, FAST_STOP_SECONDS),
            (signal.SIGQUIT, HARD_STOP_SECONDS),
            (signal.SIGKILL, HARD_STOP_SECONDS),
        ):
            if self.child and self.child not in self.ended:
                kill(self.child, number)
                self.wait_until(lambda: self.child in self.ended, seconds)
        with contextlib.suppress(Failed):
            self.wait_for_leftovers()
        self.wait_until(childless, HARD_STOP_SECONDS)
        if Path(self.plan.socket_folder) != self.cluster:
            with contextlib.suppress(OSError):
                Path(self.plan.socket_folder).rmdir()

    def wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                return False
            self.pause(LOOK_SECONDS)
        return True

    # Parts

    def pause(self, seconds: float) -> None:
        """Wait for a child to end, so long at most; note those that did."""
        signal.sigtimedwait({signal.SIGCHLD}, seconds)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.child:
                self.ended[pid] = status
            elif pid == self.waiter and status == 0:
                self.waiter = 0
                raise Left
            elif pid == self.waiter:
                self.wait_for_last_user()

    def spawn(self, command: list[str], at_our_death: signal.Signals, text: str = "") -> int:
        program = str(Path(self.plan.programs, command[0]))
        reader, writer = os.pipe()
        os.write(writer, text.encode())
        os.close(writer)

        def become() -> None:
            os.dup2(reader, 0)
            os.execve(program, [program, *command[1:]], {"LC_ALL": "C", "PATH": os.defpath})  # noqa: S606

        pid = fork(become, at_our_death)
        os.close(reader)
        return pid

    def tell(self, state: str, text: str = "") -> None:
        if self.told == (state, text):
            return
        self.told = (state, text)
        new = self.cluster / "status.new"
        with contextlib.suppress(OSError):  # A full disk must not keep us from stopping.
            new.write_text(json.dumps({"state": state, "text": text}))
            new.rename(self.cluster / "status.json")


def fork(work: Callable[[], None], at_our_death: signal.Signals) -> int:
    """Do this in a child, which gets a signal when we die."""
    parent = os.getpid()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # None may be lost before the child obeys them.
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return pid
    try:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        prctl(PR_SET_PDEATHSIG, at_our_death)
        if os.getppid() == parent:
            work()
    except OSError as trouble:
        print(trouble, file=sys.stderr, flush=True)  # noqa: T201
    finally:
        os._exit(127)  # Whatever happens, a child never comes back into the keeper's own story.


def go_on(_number: int, _frame: object) -> None:
    pass


def prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def kill(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def childless() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def processes_in(data: Path) -> list[int]:
    """The living processes of the PostgreSQL that works in this folder; a zombie works in none."""
    place = data.stat()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                here = (entry / "cwd").stat()
                name = (entry / "comm").read_text().strip()
                if os.path.samestat(here, place) and name in ("postgres", "postmaster"):
                    found.append(int(entry.name))
    return found


def write(path: Path, text: str) -> None:
    """All of it or nothing."""
    new = path.with_name(path.name + ".new")
    with new.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def main() -> NoReturn:
    plan = Plan(**json.load(sys.stdin))
    if os.fork() == 0:  # The program that started us must not have to wait for our end.
        Keeper(plan).live()
    os._exit(0)


if __name__ == "__main__":
    main()
