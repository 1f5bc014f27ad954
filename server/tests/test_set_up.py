"""A copy of this folder is set up by one command, also when it was cut off before, and not twice."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_docs import files

ROOT = Path(__file__).resolve().parents[2]
SECOND_START_SECONDS = 1.5
READY = ["-B", "tools/setup.py", "run", "--", "/bin/echo", "READY"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "a copy"  # a space in the name is nobody's fault
    for path in files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def started(folder: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part)
    return subprocess.Popen(
        ["python3", *READY],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    return text


@pytest.mark.slow
def test_once_and_then_only_looked_at(copy: Path) -> None:
    assert "Installing" in said(started(copy))
    assert (copy / "server" / "trubka" / "web" / "index.html").exists()
    assert both_programs_stay_up(copy)
    began = time.monotonic()
    assert said(started(copy)) == "READY\n"
    assert time.monotonic() - began < SECOND_START_SECONDS
    moved = copy.rename(copy.with_name("moved"))  # an environment knows where it stands, and is made anew
    assert subprocess.run(["make", "ready"], cwd=moved, check=False).returncode == 0


def both_programs_stay_up(folder: Path) -> bool:
    """With the packages of a run alone, without those of the tests."""
    trubka = subprocess.Popen(
        [folder / ".venv/bin/trubka", "up", "--demo"],
        env={**os.environ, "TRUBKA_PORT": "0", "TRUBKA_DATA_DIR": str(folder / ".data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    time.sleep(20)
    trubka.send_signal(signal.SIGINT)
    text, _ = trubka.communicate(timeout=30)
    assert "Ctrl-C stops it" in text and "Traceback" not in text, text
    return trubka.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [1.0, 8.0, 20.0])
def test_cut_off_and_done_again(copy: Path, number: signal.Signals, seconds: float) -> None:
    first = started(copy)
    time.sleep(seconds)
    first.send_signal(number)  # not to its pip or npm: they go on alone when it was killed
    first.wait(20)
    assert said(started(copy)).endswith("READY\n")
    check = subprocess.run([copy / ".venv/bin/pip", "check"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


@pytest.mark.slow
def test_two_at_once(copy: Path) -> None:
    both = [started(copy), started(copy)]
    texts = [said(process) for process in both]
    assert sum("Installing" in text for text in texts) == 1
    assert all(text.endswith("READY\n") for text in texts)


@pytest.mark.patient
def test_a_new_environment_is_made_by_the_python_outside_the_old_one(tmp_path: Path) -> None:
    """make finds the Python in .venv first; where that is a copy, it cannot make what takes its own place."""
    (tmp_path / "tools").mkdir()
    shutil.copy2(ROOT / "tools/setup.py", tmp_path / "tools")
    venv = tmp_path / ".venv"
    base = os.path.realpath(sys.executable)
    subprocess.run([base, "-m", "venv", "--copies", "--without-pip", venv], check=True)

    code = "import sys; sys.path.insert(0, 'tools'); import setup; print(setup.python_outside())"
    asked = [venv / "bin/python3", "-B", "-c", code]
    env = {**os.environ, "PATH": str(venv / "bin")}
    found = subprocess.run(asked, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout.strip()
    assert os.path.realpath(found) == base and not found.startswith(str(venv))
