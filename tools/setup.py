"""Makes this folder ready: the Python environment, the web's packages and the built pages.

    python3 tools/setup.py run|test [-- COMMAND ...]     COMMAND takes this process's place when all is ready

What is ready is remembered as a hash of all it was made from; a start that finds the same hashes touches
neither pip nor npm. A hash is written only after its work is done, so that work cut off at any line is done
again. One set-up works in a folder at a time. Only the standard library is used here, and the syntax of old
Pythons, so that they too can say what is missing.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WEB = ROOT / "web"
PAGES = ROOT / "server" / "trubka" / "web"
NOTES = ROOT / ".setup"  # our lock, logs and hashes
LOG_LINES_SHOWN = 15
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 5
LOCKS = {"run": ROOT / "server" / "requirements.txt", "test": ROOT / "server" / "requirements-test.txt"}
# Settings of pip that would send packages elsewhere than into our environment.
PIP_ASIDE = (
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PYTHONHOME",
    "PYTHONPATH",
    "NODE_ENV",
    "NODE_OPTIONS",
)


class CannotSetUp(Exception):
    """Its text is what a person reads."""


def main(words):
    need, command = words[0], words[2:]
    use_a_python_that_is_new_enough()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped. The same command goes on from here."))
    try:
        if not is_ready(need):
            make_ready(need)
        if command:
            become(command)
    except KeyboardInterrupt:
        # make, too, got the Ctrl-C and ends with its own status; ours would only add an error line.
        print("\nStopped. The same command goes on from here.")
    except CannotSetUp as trouble:
        sys.exit(str(trouble))
    except PermissionError as trouble:
        sys.exit(f"You may not write {trouble.filename}. Use a folder of your own, or the user who made this one.")
    except OSError as trouble:
        sys.exit(f"Set-up stopped: {trouble.strerror}: {trouble.filename or ROOT}.")


def use_a_python_that_is_new_enough():
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])
    have = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"trubka needs Python 3.{OLDEST_PYTHON[1]} or newer; python3 here is {have}. Or: make PYTHON=…")


def is_ready(need):
    return python_is_ready(need) and pages_are_ready() and (need == "run" or packages_are_ready())


def make_ready(need):
    NOTES.mkdir(exist_ok=True)
    with (NOTES / "lock").open("w") as lock:
        wait_for(lock)
        if not python_is_ready(need):
            set_up_python(need, lock)
        if not packages_are_ready() and (need == "test" or not pages_are_ready()):
            set_up_packages(lock)
        if not pages_are_ready():
            build_pages(lock)


def wait_for(lock):
    """Our children inherit the lock: while an orphan of a killed set-up still writes, the next one waits."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up is working in this folder; waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def become(command):
    if not Path(command[0]).is_absolute():
        command = [str(ROOT / command[0]), *command[1:]]
    if "MAKELEVEL" in os.environ and sys.platform == "linux":
        # make passes SIGTERM on, but cannot pass on a kill -9 of its own: then the kernel tells us.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    sys.stdout.flush()
    os.execv(command[0], command)


# Python: .venv, filled from a lock with hashes. What serves the tests serves the run, too.


def python_is_ready(need):
    note = read(VENV / "ready")
    return (
        note.get("lock") in ({"run", "test"} if need == "run" else {"test"})
        and note.get("root") == str(ROOT)
        and note.get("hash") == hash_of([LOCKS[note["lock"]], Path(__file__)])
        and note.get("python") == os.path.realpath(PYTHON)
        and PYTHON.exists()
    )


def set_up_python(need, lock):
    note = read(VENV / "ready")
    if "test" in (need, note.get("lock")):
        need = "test"
    (VENV / "ready").unlink(missing_ok=True)
    if (VENV / "unfinished").exists() or note.get("root", str(ROOT)) != str(ROOT) or not runs(PYTHON):
        refuse_a_python_without_venv()
        python = python_outside()
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir()
        (VENV / "unfinished").touch()
        step("Making .venv", lock, [python, "-m", "venv", str(VENV)])
    (VENV / "unfinished").touch()
    count = LOCKS[need].read_text().count("==")
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--no-warn-script-location",
    ]
    step(f"Installing {count} Python packages", lock, [*pip, "--require-hashes", "-r", str(LOCKS[need])])
    install_ourselves()
    (VENV / "unfinished").unlink()
    hashed = hash_of([LOCKS[need], Path(__file__)])
    write(VENV / "ready", {"lock": need, "root": str(ROOT), "hash": hashed, "python": os.path.realpath(PYTHON)})


def python_outside():
    """make finds the Python in .venv first, and that one goes now; what it was made from may be gone already."""
    inside = str(VENV) + os.sep
    path = os.pathsep.join(
        each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if each != str(VENV / "bin")
    )
    base = getattr(sys, "_base_executable", "")
    for each in (base, os.path.realpath(sys.executable), shutil.which("python3", path=path)):
        if each and not each.startswith(inside) and is_new_enough(each):
            return each
    raise CannotSetUp(
        "The Python that .venv was made with is gone, and there is no other one of "
        f"{'.'.join(map(str, OLDEST_PYTHON))} or newer. Install one, or: make PYTHON=…"
    )


def is_new_enough(python):
    try:
        code = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
        return subprocess.run([python, "-c", code], env=calm(), check=False).returncode == 0
    except OSError:
        return False


def refuse_a_python_without_venv():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sudo = "" if os.geteuid() == 0 else "sudo "
        raise CannotSetUp(
            "This Python cannot make environments yet. On Debian and Ubuntu this brings what it lacks:\n"
            f"    {sudo}apt-get install python3-venv"
        ) from None


def runs(python):
    try:
        code = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
        asked = subprocess.run([str(python), "-c", code], stderr=subprocess.DEVNULL, env=calm(), check=False)
        return asked.returncode == 0
    except OSError:
        return False


def install_ourselves():
    """A path file and a script of two lines do what an editable install does, with nothing to build."""
    (site,) = VENV.glob("lib/python3*/site-packages")
    (site / "trubka.pth").write_text(f"{ROOT / 'server'}\n")
    script = VENV / "bin" / "trubka"
    quoted = str(PYTHON).replace("'", "'\\''")
    script.write_text(f"#!/bin/sh\nexec '{quoted}' -m trubka \"$@\"\n")
    script.chmod(0o755)


# The web: packages by npm, whose Node came with the Python packages; then the pages that the server serves.


def packages_are_ready():
    return read(WEB / "node_modules" / ".ready").get("hash") == hash_of(package_files())


def package_files():
    return [WEB / "package.json", WEB / "package-lock.json", WEB / ".npmrc"]


def set_up_packages(lock):
    hashed = hash_of(package_files())
    (WEB / "node_modules" / ".ready").unlink(missing_ok=True)
    count = (WEB / "package-lock.json").read_text().count('"node_modules/')
    ci = [str(VENV / "bin" / "npm"), "ci", "--include=dev", "--no-audit", "--no-fund", "--no-update-notifier"]
    step(f"Installing the web's packages (of {count})", lock, ci, WEB)
    write(WEB / "node_modules" / ".ready", {"hash": hashed})


def pages_are_ready():
    return (PAGES / "index.html").exists() and read(NOTES / "pages").get("hash") == hash_of(page_files())


def page_files():
    sources = [path for top in ("src", "public") for path in sorted((WEB / top).rglob("*")) if path.is_file()]
    sources = [path for path in sources if not path.name.endswith((".test.ts", ".test.tsx"))]
    return [*package_files(), *sorted(path for path in WEB.iterdir() if path.is_file()), *sources]


def build_pages(lock):
    """Built in a folder beside and put in place whole, so that a running server never shows half of it."""
    hashed = hash_of(page_files())
    fresh, old = NOTES / "pages.new", NOTES / "pages.old"
    (NOTES / "pages").unlink(missing_ok=True)
    build = ["node_modules/.bin/vite", "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"]
    step("Building the pages", lock, build, WEB)
    shutil.rmtree(old, ignore_errors=True)
    if PAGES.exists():
        PAGES.rename(old)
    fresh.rename(PAGES)
    shutil.rmtree(old, ignore_errors=True)
    write(NOTES / "pages", {"hash": hashed})


# One step: quiet, its log kept and shown when it fails.


def step(text, lock, command, folder=ROOT):
    log = NOTES / "setup.log"
    began = time.monotonic()
    show = sys.stdout.isatty()
    print(f"{text} …", end="" if show else "\n", flush=True)
    with log.open("w") as out:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=calm(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
        try:
            while True:
                try:
                    status = child.wait(1)
                    break
                except subprocess.TimeoutExpired:
                    if show:
                        print(f"\r{text} … {time.monotonic() - began:.0f} s", end="", flush=True)
        except BaseException:
            stop(child)
            raise
    took = f"{time.monotonic() - began:.0f} s"
    if status:
        tail = "\n    ".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
        print(flush=True)
        raise CannotSetUp(
            f"{text} failed after {took}. The end of {log}:\n\n    {tail}\n\nThe same command tries again."
        )
    print(f"\r{text} … done in {took}" if show else f"    done in {took}", flush=True)


def stop(child):
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def calm():
    kept = {name: value for name, value in os.environ.items() if name not in PIP_ASIDE}
    return {**kept, "PATH": f"{VENV / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}", "NO_COLOR": "1"}


def hash_of(paths):
    whole = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        whole.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return whole.hexdigest()


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def write(path, note):
    path.write_text(json.dumps(note))


if __name__ == "__main__":
    main(sys.argv[1:])
