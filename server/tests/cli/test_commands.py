"""The commands as people run them: real processes over a real database."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import programs
from tests.programs import ROOT
from trubka.outside.postgres.keeper import processes_in

pytestmark = pytest.mark.patient


def trubka(*words: str, **settings: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "trubka", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_company_a_user_and_its_people(dsn: str):
    def said(*words: str) -> tuple[int, str]:
        return trubka(*words, TRUBKA_DATABASE_URL=dsn)

    code, text = said("account", "add", "Рога и Копыта")
    assert (code, text.split()[1]) == (0, "roga-i-kopyta")
    code, text = said("account", "add", "Рога и Копыта")
    assert code == 1
    assert "already" in text
    code, text = said("user", "add", "roga-i-kopyta", "ostap@roga.example", "--admin")
    assert code == 0
    assert re.search(r"\d+ http://127\.0\.0\.1:8080/link#\S{40,}", text)
    code, text = said("user", "add", "nowhere", "x@y.example")
    assert (code, "There is no company" in text) == (1, True)
    code, token = said("token", "roga-i-kopyta", "ostap@roga.example", "--days", "2")
    assert code == 0, token
    code, text = said("integration", "add", "roga-i-kopyta", "PBX", "--redirect-uri", "https://pbx.example/oauth")
    assert code == 0, text
    given = dict(line.split(" ", 1) for line in text.strip().splitlines())
    program = programs.serve(dsn)
    with httpx.Client(base_url=program.url) as client:
        bearer = {"authorization": f"Bearer {token.strip()}"}
        assert client.get("/api/v4/account", headers=bearer).json()["subdomain"] == "roga-i-kopyta"
        pair = client.post(
            "/oauth2/access_token",
            json=given | {"grant_type": "authorization_code", "redirect_uri": "https://pbx.example/oauth"},
        ).json()
        bearer = {"authorization": f"{pair['token_type']} {pair['access_token']}"}
        assert client.get("/api/v4/account", headers=bearer).status_code == 200
    assert program.stop() == 0
    code, text = said("keys", "rotate")
    assert code == 0, text
    code, text = said("seed", "--contacts", "60", "--account", "roga-i-kopyta")
    assert code == 0, text
    code, text = said("doctor")
    assert code == 1  # no worker runs
    assert "No `trubka work` runs" in text
    assert said("migrate")[1].startswith("The schema is up to date")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"TRUBKA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be opened"),
        ({"TRUBKA_PORT": "many"}, "A setting is wrong"),
        ({"TRUBKA_SETTINGS": "/nowhere/file"}, "cannot be read"),
        ({"TRUBKA_PRIVATE_NETWORKS": "10.0.0.0/99"}, "TRUBKA_PRIVATE_NETWORKS is wrong"),
        ({"TRUBKA_TLS_CERT": "/nowhere.pem"}, "cannot be read"),
        ({"TRUBKA_DATA_DIR": "/proc/trubka"}, "cannot be"),
    ],
)
def test_what_cannot_start_says_why_in_one_sentence(settings: dict[str, str], sentence: str):
    code, text = trubka("serve", **{"TRUBKA_PORT": str(free_port())} | settings)
    assert code == 1
    assert sentence in text
    assert "Traceback" not in text
    assert len(text.strip().splitlines()) == 1


def test_a_taken_port_starts_nothing(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, text = trubka("up", TRUBKA_PORT=port, TRUBKA_DATA_DIR=str(tmp_path / "data"))
    assert code == 1
    assert f"Port {port} is taken" in text
    assert not (tmp_path / "data").exists()


def test_a_newer_database_is_refused(dsn: str):
    sql = "update installation set schema_version = 99"
    subprocess.run([sys.executable, "-c", UPDATE, dsn, sql], check=True)
    for command in (["serve"], ["work"], ["migrate"]):
        code, text = trubka(*command, TRUBKA_DATABASE_URL=dsn, TRUBKA_PORT=str(free_port()))
        assert (code, "made by a newer one" in text) == (1, True), command


UPDATE = """
import asyncio, asyncpg, sys
async def main():
    held = await asyncpg.connect(sys.argv[1])
    await held.execute(sys.argv[2])
asyncio.run(main())
"""


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """In a folder that the database's user may enter, so that root's database goes away with it."""
    with tempfile.TemporaryDirectory(prefix="trubka-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name, "data")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_everything_comes_up_and_nothing_is_left_behind(tmp_path: Path, data_dir: Path, ending: signal.Signals):
    port = free_port()
    settings = {"TRUBKA_PORT": str(port), "TRUBKA_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "trubka", "up", "--demo"], env=os.environ | settings, stdout=said, stderr=said
        )
    url = f"http://127.0.0.1:{port}"
    link = ""
    deadline = time.monotonic() + 90
    while not link:
        assert process.poll() is None, (tmp_path / "said").read_text()
        assert time.monotonic() < deadline, (tmp_path / "said").read_text()
        link = next(iter(re.findall(r"Sign in once with: (\S+)", (tmp_path / "said").read_text())), "")
        time.sleep(0.1)
    assert httpx.get(f"{url}/healthz").status_code == 200
    children = children_of(process.pid)
    assert len(children) >= 2
    process.send_signal(ending)
    process.wait(30)
    deadline = time.monotonic() + 30
    while any(running(child) for child in children) or processes_in(data_dir / "postgres/cluster/data"):
        assert time.monotonic() < deadline, "a child is left behind"
        time.sleep(0.1)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/healthz")


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
