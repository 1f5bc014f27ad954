"""One office for one scenario: an Asterisk on free ports of the loopback, its phones, two operators, and AMI.

Nothing is shared between two offices, so any number may run at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from .asterisk import Asterisk
from .phone import Phone

CONF = Path(__file__).parent / "conf"
HERE = "127.0.0.1"
PHONES = {"101": "Anna", "102": "Boris", "103": "Clara", "104": "Dmitry", "105": "Пётр: склад, 2-й этаж"}
DESK, MOBILE = "110", "110m"  # two handsets of one extension
NEVER_REGISTERED = "109"
OPERATORS = {"mtt": "127.0.0.2", "tele-2": "127.0.0.3"}
# What a connector may subscribe to; `EVERYTHING` is for streams that show it can live with the noise.
CLASSES = "system,call,agent,user,dialplan"
EVERYTHING = f"{CLASSES},cdr,cel,dtmf,reporting,originate,security,message"
MODULES_WITHOUT_CONFIG = ("acl", "ccss", "http", "udptl", "pjproject", "pjsip_notify", "queuerules", "stun", "cdr")
PORTS, SOUND_PORTS = range(5100, 9900), range(10000, 30000, 200)
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")  # should the tests themselves be killed
START_SECONDS = 60  # a busy machine; a quiet one needs one
STOP_SECONDS = 10
ANSWER_SECONDS = 10


class Ami:
    """One connection to the manager: what is said is kept as it came."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.news = asyncio.Event()
        self.ids = itertools.count(1)
        self.opened_at = self.closed_at = 0.0

    async def open(self, port: int, user: str, secret: str) -> None:
        self.opened_at = time.time()
        reader, self.writer = await asyncio.open_connection(HERE, port)
        self.listening = asyncio.create_task(self.listen(reader))
        said = await self.ask("Login", Username=user, Secret=secret)
        assert "Response: Success" in said, said

    async def listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                self.heard += piece
                self.news.set()

    async def ask(self, action: str, action_id: str = "", **fields: str | int) -> str:
        """Sends an action and gives its answer; a list's items stand behind it in `heard`."""
        action_id = action_id or f"do-{next(self.ids)}"
        lines = [f"Action: {action}", f"ActionID: {action_id}", *(f"{key}: {value}" for key, value in fields.items())]
        start = len(self.heard)
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.hear(rf"Response: [^\r]*\r\n(?:[^\r]+\r\n)*?ActionID: {action_id}\r\n", start)

    async def hear(self, pattern: str, since: int = 0, seconds: float = ANSWER_SECONDS) -> str:
        """The first whole message after that place in which the pattern is found."""
        deadline = time.monotonic() + seconds
        sought = re.compile(pattern)
        while True:
            self.news.clear()
            for message in self.heard[since:].decode(errors="replace").split("\r\n\r\n")[:-1]:
                if sought.search(message + "\r\n"):
                    return message
            try:
                await asyncio.wait_for(self.news.wait(), deadline - time.monotonic())
            except TimeoutError:
                raise TimeoutError(f"AMI never said {pattern}") from None

    async def close(self) -> None:
        self.closed_at = time.time()
        self.listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.listening
        self.writer.close()


@dataclass
class Office:
    asterisk: Asterisk
    folder: Path
    system: str = ""  # systemname
    classes: str = CLASSES
    phones: dict[str, Phone] = field(default_factory=dict[str, Phone])
    operators: dict[str, Phone] = field(default_factory=dict[str, Phone])
    sip: int = 0
    ami: int = 0
    secret: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] | None = None

    async def furnish(self) -> None:
        """Phones first: the PBX is told their addresses."""
        self.sip, self.ami = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        for user in [*PHONES, DESK, MOBILE]:
            phone = self.phones[user] = Phone(user.removesuffix("m"), PHONES.get(user, ""))
            phone.pbx = (HERE, self.sip)
            await phone.plug(HERE)
        for name, host in OPERATORS.items():
            operator = self.operators[name] = Phone("operator")
            operator.pbx = (HERE, self.sip)
            await operator.plug(host)
        self.configure()

    def configure(self) -> None:
        rtp = random.choice(SOUND_PORTS)
        filled = {
            "RUN": self.folder,
            "MODULES": self.asterisk.modules,
            "DATA": self.asterisk.data,
            "SIP": self.sip,
            "AMI": self.ami,
            "RTP": rtp,
            "RTP_END": rtp + 199,
            "SECRET": self.secret,
            "SYSTEM": self.system,
            "CLASSES": self.classes,
            "CEL": "yes" if "cel" in self.classes else "no",
            "PHONES": "\n".join(self.endpoints()),
        }
        for name in ("etc", "lib/keys", "log", "spool/monitor", "spool/voicemail", "spool/outgoing", "spool/tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in MODULES_WITHOUT_CONFIG:
            (self.folder / "etc" / f"{name}.conf").touch()
        for path in CONF.glob("*.conf"):
            text = re.sub(r"@([A-Z_]+)@", lambda found: str(filled[found[1]]), path.read_text())
            (self.folder / "etc" / path.name).write_text(text)

    def endpoints(self) -> list[str]:
        found: list[str] = []
        for user in [*PHONES, DESK, NEVER_REGISTERED]:
            sets = [self.phones[name] for name in self.phones if name.removesuffix("m") == user]
            contacts = [f"contact = sip:{user}@{phone.here[0]}:{phone.here[1]}" for phone in sets]
            caller = f'callerid = "{PHONES.get(user, user)}" <{user}>'
            found += [f"[{user}](phone)", f"aors = {user}", caller, "", f"[{user}]", "type = aor", *contacts, ""]
        for name, operator in self.operators.items():
            host, port = operator.here
            found += [f"[{name}](operator)", f"aors = {name}", "", f"[{name}]", "type = aor"]
            found += [f"contact = sip:{host}:{port}", "", f"[{name}]", "type = identify"]
            found += [f"endpoint = {name}", f"match = {host}", ""]
        return found

    async def start(self) -> None:
        for leftover in ("asterisk.ctl", "asterisk.pid"):
            (self.folder / leftover).unlink(missing_ok=True)
        with (self.folder / "log" / "stdout").open("wb") as log:
            self.process = subprocess.Popen(
                [*DIES_WITH_US, *self.asterisk.command, "-f", "-q", "-C", str(self.folder / "etc" / "asterisk.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        deadline = time.monotonic() + START_SECONDS
        while "fully booted" not in await self.says("core waitfullybooted"):
            assert self.process.poll() is None, (self.folder / "log" / "stdout").read_text()[-2000:]
            assert time.monotonic() < deadline, "Asterisk does not start"
            await asyncio.sleep(0.1)

    async def says(self, command: str) -> str:
        """What this PBX's console answers."""
        asking = await asyncio.create_subprocess_exec(
            *self.asterisk.command,
            *("-C", str(self.folder / "etc" / "asterisk.conf"), "-rx", command),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return (await asking.communicate())[0].decode(errors="replace")

    def kill(self) -> None:
        """As a power cut would: by its own pid."""
        assert self.process
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        for phone in [*self.phones.values(), *self.operators.values()]:
            phone.forget()

    async def gone(self) -> None:
        """Until the PBX has ended by itself."""
        assert self.process
        await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        for phone in [*self.phones.values(), *self.operators.values()]:
            phone.forget()

    async def close(self) -> None:
        for phone in [*self.phones.values(), *self.operators.values()]:
            await phone.unplug()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                await asyncio.to_thread(self.process.wait, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_SECONDS)


@contextlib.asynccontextmanager
async def opened(asterisk: Asterisk, system: str = "", classes: str = CLASSES) -> AsyncGenerator[Office]:
    """An office for as long as the block lasts; its folder goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="pbx-", dir="/tmp"))  # short: a control socket's path has a limit
    office = Office(asterisk, folder, system, classes)
    try:
        await office.furnish()
        await office.start()
        yield office
    finally:
        await office.close()
        shutil.rmtree(folder, ignore_errors=True)


def free_port(kind: socket.SocketKind) -> int:
    """Below the ports that the system gives away by itself: another office's phone must not sit on it meanwhile."""
    while True:
        port = random.choice(PORTS)
        with socket.socket(socket.AF_INET, kind) as found, contextlib.suppress(OSError):
            found.bind((HERE, port))
            return port
