"""The embedded PostgreSQL with real processes: begun, shared, killed at every joint, gone afterwards."""

import asyncio
import contextlib
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import trubka
from trubka.errors import CannotStart
from trubka.outside import postgres
from trubka.outside.postgres.home import ELSEWHERE, STATE_FOLDER, Place, may_enter, settle
from trubka.outside.postgres.keeper import processes_in
from trubka.outside.postgres.programs import find_programs

pytestmark = pytest.mark.patient

WAIT_SECONDS = 100.0  # More than the keeper waits for a PostgreSQL that hangs in its stop.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

PROGRAM = """
import os, sys, time
from pathlib import Path
data_dir, user = Path(sys.argv[1]), int(sys.argv[2])
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)
from trubka.errors import CannotStart
from trubka.outside import postgres
began = time.monotonic()
def say(text):
    print("said", text, flush=True)
try:
    running = postgres.start(data_dir, say)
except CannotStart as error:
    print("refused", error, flush=True)
    sys.exit(1)
print("seconds", time.monotonic() - began, flush=True)
if sys.argv[3:] == ["watch"]:
    running.watch(say)
print("ready", running.dsn, flush=True)
sys.stdin.read()
running.stop(say)
print("stopped", flush=True)
"""


CLIENTS: "list[Client]" = []


class Client:
    """A program that uses the database until its stdin is closed."""

    def __init__(self, data_dir: Path, *options: str, user: str = "") -> None:
        uid = pwd.getpwnam(user).pw_uid if user else 0
        source = Path(trubka.__file__).parents[1]
        packages = Path(asyncpg.__file__).parents[1]
        python = python_for(uid, source, packages) if uid else Path(sys.executable)
        self.said: list[str] = []
        self.seconds = 0.0
        self.process = subprocess.Popen(
            [python, "-c", PROGRAM, str(data_dir), str(uid), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": f"{source}:{packages}", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
        )
        CLIENTS.append(self)

    def read(self, word: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            kind, _, rest = line.strip().partition(" ")
            if kind == "said":
                self.said.append(rest)
            elif kind == "seconds":
                self.seconds = float(rest)
            if kind == word:
                return rest
        raise AssertionError(f"no {word!r}; it said {self.said}")

    def ready(self) -> str:
        return self.read("ready")

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.read("stopped")
        assert self.process.wait() == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def python_for(uid: int, *needed: Path) -> Path:
    """A Python that this user may run, with our packages."""
    if not all(may_enter(path, uid, uid) for path in needed):
        pytest.skip("an ordinary user may not enter the folder of this repository")
    if may_enter(Path(sys.executable).resolve().parent, uid, uid):
        return Path(sys.executable)
    version = ["-c", "import sys; print(sys.version_info[:2])"]
    for name in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if Path(name).exists():
            answer = subprocess.run([name, *version], capture_output=True, text=True, check=False)
            if answer.stdout.strip() == str(sys.version_info[:2]):
                return Path(name)
    pytest.skip("an ordinary user has no Python of this version")


def quick_place() -> str | None:
    """In memory where there is enough: a kill of processes does not ask for a disk, and a disk is slow to be sure."""
    memory = Path("/dev/shm")
    return str(memory) if memory.exists() and shutil.disk_usage(memory).free > 2**30 else None


@contextlib.contextmanager
def open_folder() -> Generator[Path]:
    """That everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="trubka-test-", dir=quick_place()) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def new_dir() -> Iterator[Path]:
    """A data folder to be."""
    with open_folder() as folder:
        yield from looked_after(folder / "data")


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    """A data folder with a database that is stopped; the same for all tests, since none may harm it."""
    yield from looked_after(made)


@pytest.fixture
def conf(data_dir: Path) -> Iterator[Path]:
    """PostgreSQL's own settings, for tests that spoil them."""
    file = home(data_dir) / "cluster/data/postgresql.conf"
    before = file.read_text()
    yield file
    file.write_text(before)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with open_folder() as folder:
        with postgres.start(folder / "data", print) as running:
            ask(running.dsn, "create table kept as select * from generate_series(1, 1000) as n")
        yield folder / "data"


@pytest.fixture
def closed_dir(request: pytest.FixtureRequest) -> Iterator[Path]:
    """As `mktemp -d` makes it: nobody else may enter."""
    with tempfile.TemporaryDirectory(prefix="trubka-test-", dir=getattr(request, "param", None)) as name:
        yield from looked_after(Path(name))


def looked_after(data_dir: Path) -> Iterator[Path]:
    try:
        yield data_dir
    finally:
        while CLIENTS:
            CLIENTS.pop().kill()
        wait_for(lambda: not processes(data_dir))
        if (data_dir / ELSEWHERE).exists():
            shutil.rmtree(home(data_dir), ignore_errors=True)


def home(data_dir: Path) -> Path:
    note = data_dir / ELSEWHERE
    return Path(note.read_text().splitlines()[0]) if note.exists() else data_dir / "postgres"


def servers(data_dir: Path) -> list[int]:
    data = home(data_dir) / "cluster" / "data"
    return processes_in(data) if data.exists() else []


def postmaster(data_dir: Path) -> int:
    return int((home(data_dir) / "cluster/data/postmaster.pid").read_text().splitlines()[0])


def keepers(data_dir: Path) -> list[int]:
    """The keeper (the one that is nobody's child among them) and the child that waits for it."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if len(words) > 4 and words[3].endswith(b"keeper.py") and words[4] == os.fsencode(home(data_dir)):
                found.append(int(entry.name))
    return sorted(found)


def keeper(data_dir: Path) -> int:
    stat = Path(f"/proc/{postmaster(data_dir)}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def processes(data_dir: Path) -> list[int]:
    return keepers(data_dir) + servers(data_dir)


def wait_for(done: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def kill_everything(client: Client, data_dir: Path) -> None:
    """In the order of the numbers: so the keeper comes first, and nothing is started or stopped meanwhile."""
    for pid in sorted([client.process.pid, *processes(data_dir)]):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    client.process.wait()
    wait_for(lambda: not processes(data_dir))


async def connect(dsn: str) -> Any:
    return await asyncpg.connect(dsn)  # pyright: ignore[reportUnknownVariableType]


def ask(dsn: str, query: str) -> Any:
    async def work() -> Any:
        connection = await connect(dsn)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return run(work())


def run(work: Awaitable[Any]) -> Any:
    with asyncio.Runner() as runner:
        return runner.run(outcome(work))


async def outcome(work: Awaitable[Any]) -> Any:
    return await work


def patiently(dsn: str, query: str) -> Any:
    """As a pool does it: again, until the database is there."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return ask(dsn, query)
        except LOST:
            assert time.monotonic() < until, "the database did not come back"
            time.sleep(0.05)


# Beginning and ending


def test_the_first_start(new_dir: Path) -> None:
    client = Client(new_dir)
    dsn = client.ready()
    assert "Preparing the database (first start)…" in client.said
    assert ask(dsn, "show server_encoding") == "UTF8"
    assert ask(dsn, "show data_checksums") == "on"
    assert ask(dsn, "show synchronous_commit") == "on"
    assert ask(dsn, "select upper('ёж')") == "ЁЖ"
    assert int(ask(dsn, "show server_version_num")) >= 180000
    client.stop()
    assert processes(new_dir) == []


def test_a_warm_start_and_a_clean_stop(data_dir: Path) -> None:
    with postgres.start(data_dir, print) as running:
        assert running.version.startswith("18.")
        assert ask(running.dsn, "select count(*) from kept") == 1000
        assert ask(running.dsn, "show listen_addresses") == ""
        assert (home(data_dir) / "cluster").stat().st_mode & 0o777 == 0o700
    running.stop()
    assert processes(data_dir) == []
    with postgres.start(data_dir, print):
        log = max(home(data_dir).glob("cluster/log/*"), key=lambda path: path.stat().st_mtime)
        last_start = log.read_text().rpartition("starting PostgreSQL")[2]
        assert "recovery" not in last_start and "was shut down at" in last_start


def test_a_signal_to_the_terminals_programs_does_not_reach_postgresql(data_dir: Path) -> None:
    client = Client(data_dir)
    client.ready()
    ours = os.getsid(client.process.pid)
    assert all(os.getsid(pid) != ours for pid in processes(data_dir))
    client.process.send_signal(signal.SIGINT)
    client.process.wait()
    wait_for(lambda: not processes(data_dir))


def test_a_signal_to_every_process_ends_all_of_them(data_dir: Path) -> None:
    client = Client(data_dir)
    client.ready()
    for pid in [client.process.pid, *processes(data_dir)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not processes(data_dir))


def test_a_signal_to_the_keeper_alone_changes_nothing(data_dir: Path) -> None:
    client = Client(data_dir)
    dsn = client.ready()
    before = processes(data_dir)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(keeper(data_dir), number)
    assert ask(dsn, "select 1") == 1
    assert processes(data_dir)[:2] == before[:2]
    client.stop()


# Killed


@pytest.mark.parametrize("victims", ["client", "all"])
def test_killed_then_started_again(data_dir: Path, victims: str) -> None:
    client = Client(data_dir)
    client.ready()
    if victims == "all":
        kill_everything(client, data_dir)
    client.kill()
    wait_for(lambda: not processes(data_dir))
    again = Client(data_dir)
    assert ask(again.ready(), "select count(*) from kept") == 1000
    again.stop()
    assert processes(data_dir) == []


def test_postgresql_killed_comes_back_for_its_users(data_dir: Path) -> None:
    client = Client(data_dir)
    dsn = client.ready()
    killed = postmaster(data_dir)
    os.kill(killed, signal.SIGKILL)
    assert patiently(dsn, "select count(*) from kept") == 1000
    assert postmaster(data_dir) != killed
    client.stop()
    assert processes(data_dir) == []


def test_keeper_killed_stops_postgresql_and_the_watch_brings_it_back(data_dir: Path) -> None:
    unwatched = Client(data_dir)
    dsn = unwatched.ready()
    os.kill(keeper(data_dir), signal.SIGKILL)
    wait_for(lambda: not processes(data_dir))
    watched = Client(data_dir, "watch")
    watched.ready()
    os.kill(keeper(data_dir), signal.SIGKILL)
    wait_for(lambda: not servers(data_dir))
    assert patiently(dsn, "select count(*) from kept") == 1000
    unwatched.stop()
    assert ask(dsn, "select count(*) from kept") == 1000
    watched.stop()
    assert processes(data_dir) == []


@pytest.mark.slow
@pytest.mark.parametrize("victims", ["postmaster", "keeper", "client", "all"])
def test_every_confirmed_row_outlives_a_kill_under_load(data_dir: Path, victims: str) -> None:
    client = Client(data_dir)
    dsn = client.ready()
    ask(dsn, "create table if not exists written (n int)")
    ask(dsn, "truncate written")

    async def write_until_cut() -> int:
        connection = await connect(dsn)
        n = 0
        with contextlib.suppress(*LOST):
            while True:
                await connection.execute("insert into written values ($1)", n + 1)
                n += 1
                if n == 200:
                    asyncio.get_running_loop().run_in_executor(None, strike)
        return n

    def strike() -> None:
        if victims == "postmaster":
            os.kill(postmaster(data_dir), signal.SIGKILL)
        elif victims == "keeper":
            os.kill(keeper(data_dir), signal.SIGKILL)
        elif victims == "client":
            client.kill()
        else:
            kill_everything(client, data_dir)

    confirmed = run(write_until_cut())
    assert confirmed >= 200
    client.kill()
    again = Client(data_dir)
    assert ask(again.ready(), "select count(*) from written") >= confirmed
    again.stop()
    assert processes(data_dir) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_process_killed_at_any_moment(data_dir: Path, seed: int) -> None:
    chance = random.Random(seed)
    clients = [Client(data_dir, "watch"), Client(data_dir, "watch")]
    (dsn,) = {client.ready() for client in clients}
    ask(dsn, "create table if not exists written (n int)")
    ask(dsn, "truncate written")
    confirmed = 0
    for _ in range(15):
        for pid in chance.sample(everyone := processes(data_dir), min(len(everyone), chance.choice([1, 1, 2, 5]))):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(chance.choice([0, 0, 0.01, 0.1, 0.5]))
        if chance.random() < 0.6:
            patiently(dsn, "insert into written values (1)")
            confirmed += 1
    patiently(dsn, "select 1")
    assert ask(dsn, "select count(*) from written") >= confirmed
    for client in clients:
        client.stop()
    assert processes(data_dir) == []


@pytest.mark.slow
@pytest.mark.parametrize("with_keeper", [False, True])
def test_a_computing_backend_does_not_outlive_its_postmaster(data_dir: Path, with_keeper: bool) -> None:
    client = Client(data_dir, "watch")
    dsn = client.ready()

    async def compute() -> None:
        connection = await connect(dsn)
        work = asyncio.create_task(
            connection.execute("do $$begin loop perform 1; end loop; end$$"),
        )
        await asyncio.sleep(0.3)
        old = set(servers(data_dir))
        if with_keeper:
            os.kill(keeper(data_dir), signal.SIGKILL)
        os.kill(postmaster(data_dir), signal.SIGKILL)
        with contextlib.suppress(*LOST):
            await work
        await asyncio.to_thread(wait_for, lambda: not old & set(servers(data_dir)))

    run(compute())
    assert patiently(dsn, "select 1") == 1
    client.stop()
    assert processes(data_dir) == []


def test_a_zombie_is_not_taken_for_a_running_postgresql(data_dir: Path) -> None:
    client = Client(data_dir)
    client.ready()
    kill_everything(client, data_dir)
    zombie = subprocess.Popen(["true"], user=postgres_owner(data_dir))  # Nobody waits for it until the end.
    wait_for(lambda: "Z" in Path(f"/proc/{zombie.pid}/stat").read_text())
    for lock in (
        home(data_dir) / "cluster/data/postmaster.pid",
        home(data_dir) / "cluster/.s.PGSQL.5432.lock",
    ):
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(zombie.pid), *lines[1:]]) + "\n")
    again = Client(data_dir)
    assert ask(again.ready(), "select 1") == 1
    again.stop()
    zombie.wait()


def postgres_owner(data_dir: Path) -> int:
    return (home(data_dir) / "cluster").stat().st_uid


# Shared


def test_four_programs_begin_at_once_and_the_last_one_stops_it(data_dir: Path) -> None:
    clients = [Client(data_dir) for _ in range(4)]
    dsns = {client.ready() for client in clients}
    assert len(dsns) == 1
    (dsn,) = dsns
    assert len(keepers(data_dir)) == 2  # The keeper, and its child that waits for the last user.
    for client in clients[:3]:
        client.stop()
        assert ask(dsn, "select 1") == 1
    clients[3].stop()
    assert processes(data_dir) == []


@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_start_racing_a_stop(data_dir: Path, rounds: int) -> None:
    client = Client(data_dir)
    client.ready()
    for turn in range(rounds):
        following = Client(data_dir)
        time.sleep(0.015 * (turn % 10))  # The other program's beginning falls before, into or after the stop.
        assert client.process.stdin
        client.process.stdin.close()
        assert ask(following.ready(), "select 1") == 1
        client.read("stopped")
        client.process.wait()
        client = following
    client.stop()
    assert processes(data_dir) == []


# Slow, or not at all


def test_a_long_recovery_is_waited_for(data_dir: Path, conf: Path) -> None:
    client = Client(data_dir)
    client.ready()
    kill_everything(client, data_dir)
    # A recovery that asks for files of an archive takes as long as the archive wants.
    conf.write_text(conf.read_text() + "restore_command = 'sleep 1; false'\nhot_standby = off\n")
    (conf.parent / "recovery.signal").touch()
    shutil.chown(conf.parent / "recovery.signal", postgres_owner(data_dir))
    again = Client(data_dir)
    given_up = threading.Event()
    threading.Timer(1, given_up.set).start()
    with pytest.raises(CannotStart, match="given up"):
        postgres.start(data_dir, print, give_up=given_up).stop()
    assert ask(again.ready(), "select count(*) from kept") == 1000
    assert [text for text in again.said if text.startswith("PostgreSQL is recovering after a crash: ")]
    assert again.seconds > 3
    again.stop()


def test_a_postgresql_that_ends_at_once_is_an_error_with_its_log(data_dir: Path, conf: Path) -> None:
    conf.write_text(conf.read_text() + "shared_buffers = 'plenty'\n")
    with pytest.raises(CannotStart, match=r"(?s)PostgreSQL could not start.*shared_buffers"):
        postgres.start(data_dir, print).stop()
    wait_for(lambda: not processes(data_dir))


@pytest.mark.slow
def test_a_postgresql_that_cannot_start_again_is_tried_until_it_can(data_dir: Path, conf: Path) -> None:
    client = Client(data_dir, "watch")
    dsn = client.ready()
    good = conf.read_text()
    conf.write_text(good + "shared_buffers = 'plenty'\n")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    assert client.read("said").startswith("PostgreSQL could not start")
    conf.write_text(good)
    assert patiently(dsn, "select count(*) from kept") == 1000
    client.stop()


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.05, 0.15, 0.3, 0.5, 0.7])
def test_killed_while_the_database_is_made_leaves_nothing_half_done(new_dir: Path, moment: float) -> None:
    client = Client(new_dir)
    wait_for(lambda: (home(new_dir) / "keeper.log").exists())
    time.sleep(moment)
    kill_everything(client, new_dir)
    again = Client(new_dir)
    assert ask(again.ready(), "select current_database()") == "trubka"
    again.stop()
    assert not list((home(new_dir) / "cluster").glob("new-*"))


@pytest.mark.slow
def test_its_user_gone_while_the_database_is_made(new_dir: Path) -> None:
    client = Client(new_dir)
    client.read("said")
    client.kill()
    wait_for(lambda: not processes(new_dir), seconds=5)
    assert not list((home(new_dir) / "cluster").glob("new-*"))


# Places and users

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")


@as_root
@pytest.mark.parametrize(
    "closed_dir",
    [None, pytest.param(str(Path.home()), marks=pytest.mark.slow)],
    indirect=True,
    ids=["mktemp -d", "under root's home"],
)
def test_root_in_a_folder_that_others_may_not_enter(closed_dir: Path) -> None:
    before = closed_dir.stat().st_mode
    client = Client(closed_dir)
    ask(client.ready(), "create table kept as select * from generate_series(1, 1000) as n")
    assert home(closed_dir).parent == STATE_FOLDER
    assert any(str(home(closed_dir)) in text for text in client.said)
    client.stop()
    again = Client(closed_dir)
    assert ask(again.ready(), "select count(*) from kept") == 1000
    again.stop()
    assert processes(closed_dir) == []
    assert closed_dir.stat().st_mode == before
    shutil.rmtree(home(closed_dir))
    with pytest.raises(CannotStart, match="which is gone"):
        postgres.start(closed_dir, print)


@as_root
def test_root_with_programs_that_others_may_not_reach(
    data_dir: Path, closed_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_programs()
    package = found.folder.parents[1]
    programs = closed_dir / package.name / found.folder.parent.name
    shutil.copytree(found.folder.parent, programs)
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed_dir / f"{package.name}.libs")
    with tempfile.TemporaryDirectory(prefix="trubka-test-") as name:
        state = Path(name)
        state.chmod(0o711)
        monkeypatch.setattr("trubka.outside.postgres.home.STATE_FOLDER", state)
        for _ in range(2):
            with postgres.start(data_dir, print, programs=programs / "bin") as running:
                assert ask(running.dsn, "select count(*) from kept") == 1000
                assert Path(f"/proc/{postmaster(data_dir)}/exe").readlink().is_relative_to(state)
        assert len([path for path in state.iterdir() if path.is_dir()]) == 1


@as_root
def test_as_an_ordinary_user_and_then_as_root(new_dir: Path) -> None:
    new_dir.mkdir()
    shutil.chown(new_dir, "nobody")
    client = Client(new_dir, user="nobody")
    dsn = client.ready()
    ask(dsn, "create table kept as select * from generate_series(1, 1000) as n")
    root = Client(new_dir)  # PostgreSQL goes on being run by the one who owns its folder.
    assert root.ready() == dsn
    client.stop()
    root.stop()
    again = Client(new_dir)
    assert ask(again.ready(), "select count(*) from kept") == 1000
    assert {Path(f"/proc/{pid}").owner() for pid in servers(new_dir)} == {"nobody"}
    again.stop()
    last = Client(new_dir, user="nobody")
    assert ask(last.ready(), "select count(*) from kept") == 1000
    last.stop()
    assert processes(new_dir) == []


@as_root
def test_an_ordinary_user_in_the_folder_of_root_is_refused(data_dir: Path) -> None:
    assert "cannot be used: Permission denied" in Client(data_dir, user="nobody").read("refused")


@as_root
def test_an_ordinary_user_with_the_database_of_root_is_refused(new_dir: Path) -> None:
    new_dir.mkdir()
    settle_in(new_dir)
    shutil.chown(new_dir, "nobody")
    told = Client(new_dir, user="nobody").read("refused")
    assert "belongs to the user trubka: start trubka as that user" in told


def test_a_path_too_long_for_a_socket(data_dir: Path) -> None:
    deep = data_dir.with_name("long" * 20)
    data_dir.rename(deep)
    try:
        client = Client(deep)
        dsn = client.ready()
        other = Client(deep)
        assert other.ready() == dsn
        assert ask(dsn, "select count(*) from kept") == 1000
        other.stop()
        client.stop()
        assert processes(deep) == []
    finally:
        deep.rename(data_dir)


def test_a_path_too_long_and_a_stranger_in_the_sockets_place(new_dir: Path) -> None:
    deep = new_dir / ("long" * 20)
    place = settle_in(deep)
    place.socket_folder.mkdir(mode=0o777)
    try:
        with pytest.raises(CannotStart, match="choose a shorter TRUBKA_DATA_DIR"):
            postgres.start(deep, print)
    finally:
        place.socket_folder.rmdir()


def settle_in(data_dir: Path) -> Place:
    postgres.claim(data_dir)
    return settle(data_dir, print)


def test_folders_that_are_refused(new_dir: Path) -> None:
    new_dir.mkdir()
    (new_dir / "letters.txt").write_text("mine")
    with pytest.raises(CannotStart, match="is no data folder of trubka"):
        postgres.start(new_dir, print)
    assert [path.name for path in new_dir.iterdir()] == ["letters.txt"]
    with pytest.raises(CannotStart, match="cannot be used"):
        postgres.start(new_dir / "letters.txt", print)
    with pytest.raises(CannotStart, match="cannot be used"):
        postgres.start(Path("/proc/trubka"), print)


@as_root
def test_an_unwritable_folder_is_refused(new_dir: Path) -> None:
    new_dir.mkdir(mode=0o755)
    refused = Client(new_dir, user="nobody")
    assert "cannot be used: Permission denied" in refused.read("refused")
    assert refused.process.wait() == 1
    assert list(new_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("made_by", "refusal"),
    [
        (99, "made by PostgreSQL 99, newer than PostgreSQL 18: install PostgreSQL 99"),
        (9, "made by PostgreSQL 9; here is only PostgreSQL 18: install PostgreSQL 9"),
    ],
)
def test_a_database_of_another_postgresql_is_refused(new_dir: Path, made_by: int, refusal: str) -> None:
    place = settle_in(new_dir)
    (place.cluster / "data").mkdir()
    (place.cluster / "data/PG_VERSION").write_text(f"{made_by}\n")
    with pytest.raises(CannotStart, match=refusal):
        postgres.start(new_dir, print)


def test_no_postgresql_at_all(new_dir: Path) -> None:
    with pytest.raises(CannotStart, match="There is no PostgreSQL 15 or newer here"):
        postgres.start(new_dir, print, programs=Path("/usr/games"))


def test_more_users_than_connections(data_dir: Path, conf: Path) -> None:
    conf.write_text(conf.read_text() + "max_connections = 5\n")

    async def occupy(dsn: str) -> None:
        connections = [await connect(dsn) for _ in range(5)]
        with pytest.raises(CannotStart, match="too many clients"):
            await asyncio.to_thread(postgres.start, data_dir, print)
        for connection in connections:
            await connection.close()

    with postgres.start(data_dir, print) as running:
        run(occupy(running.dsn))


@pytest.mark.slow
@pytest.mark.parametrize("folder", [*Path("/usr/lib/postgresql").glob("*/bin")], ids=str)
def test_with_the_programs_of_the_system(new_dir: Path, folder: Path) -> None:
    with postgres.start(new_dir, print, programs=folder) as running:
        assert ask(running.dsn, "show server_encoding") == "UTF8"
        ask(running.dsn, "create table kept as select * from generate_series(1, 1000) as n")
    with postgres.start(new_dir, print, programs=folder) as running:
        assert ask(running.dsn, "select count(*) from kept") == 1000
    assert processes(new_dir) == []


@pytest.mark.parametrize(
    ("version", "encoding", "refusal"),
    [
        (150004, "UTF8", None),
        (180000, "utf-8", None),
        (140010, "UTF8", "is PostgreSQL 14; trubka needs 15 or newer"),
        (90624, "UTF8", "is PostgreSQL 9;"),
        (160000, "SQL_ASCII", "encoding is SQL_ASCII; trubka needs UTF8"),
    ],
)
def test_check(version: int, encoding: str, refusal: str | None) -> None:
    if refusal is None:
        postgres.check(version, encoding)
    else:
        with pytest.raises(CannotStart, match=refusal):
            postgres.check(version, encoding)


def test_may_enter() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert not may_enter(folder, 54321, 54321)
        folder.chmod(0o711)
        assert may_enter(folder, 54321, 54321)
