"""Real processes of ours over a test's database: `serve` and `work`, as they run for people."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
START_SECONDS = 20
STOP_SECONDS = 10


@dataclass
class Program:
    process: subprocess.Popen[bytes]
    url: str = ""

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def run(*words: str, dsn: str, keep: tuple[int, ...] = (), settings: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TRUBKA_DATABASE_URL": dsn, "TRUBKA_LOG_LEVEL": "warning"}
    return subprocess.Popen(
        [sys.executable, "-m", "trubka", *words], env=environment | settings, pass_fds=keep, cwd=ROOT
    )


def serve(dsn: str, **settings: str) -> Program:
    """A web server on a free port of the loopback, answering."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(1024)
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        process = run("serve", "--fd", str(bound.fileno()), dsn=dsn, keep=(bound.fileno(),), settings=settings)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{url}/healthz", timeout=2).raise_for_status()
            return Program(process, url)
        except httpx.HTTPError:
            assert process.poll() is None, f"serve ended with {process.returncode}"
            assert time.monotonic() < deadline, "serve does not answer"
            time.sleep(0.05)


def work(dsn: str, **settings: str) -> Program:
    return Program(run("work", dsn=dsn, settings=settings))
