"""A telephone that does what a script says: SIP over UDP, with the few requests that phones and operators really send.

One Phone is one socket; it may hold many calls. `dial` calls out, `rings` waits for who calls in.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

Address = tuple[str, int]

WAIT_SECONDS = 15  # for whatever the script expects next
RETRY_SECONDS = 1  # a request without any answer is sent again
RETRIES = 5
VOICE_SECONDS = 0.06
SILENCE = b"\xd5" * 480  # A-law
REASONS = {180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily"}


@dataclass
class Message:
    start: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def read(cls, data: bytes) -> Message:
        head, _, body = data.decode().partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        return cls(
            start, [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)], body
        )

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def status(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self["CSeq"].split()[-1]

    @property
    def number(self) -> int:
        return int(self["CSeq"].split()[0])


def uri_of(header: str) -> str:
    found = re.search(r"<([^>]*)>", header)
    return found[1] if found else header.partition(";")[0].strip()


def user_of(header: str) -> str:
    found = re.match(r"sips?:([^@;>]*)@", uri_of(header))
    return found[1] if found else ""


def tag_of(header: str) -> str:
    found = re.search(r";tag=([^;>\s]+)", header)
    return found[1] if found else ""


@dataclass(eq=False)
class Call:
    """One dialog, from this phone's side. Times are those of the clock on the wall."""

    phone: Phone
    call_id: str
    local: str  # From or To as we write it, with our tag
    remote: str  # as they write it, with their tag as soon as it is known
    target: str  # where requests go
    dialled: str = ""
    caller: str = ""
    invite: Message | None = None  # theirs, which waits for our answer
    branch: str = ""  # of our INVITE
    status: int = 0  # the final answer to the INVITE
    started_at: float = field(default_factory=time.time)
    answered_at: float = 0
    ended_at: float = 0
    number: int = 0  # CSeq of our last request
    leaves_after_refer: bool = True
    ringing: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    referred: asyncio.Event = field(default_factory=asyncio.Event)  # the PBX has told how the transfer went
    referred_status: int = 0
    media: Address | None = None

    @property
    def leg(self) -> str:
        """The Replaces value by which the other side knows this dialog."""
        return f"{self.call_id};to-tag={tag_of(self.remote)};from-tag={tag_of(self.local)}"

    # What a script does.

    def answer(self) -> None:
        assert self.invite and not self.ended.is_set(), "nothing to answer: the call is gone"
        self.phone.reply(self.invite, 200, self.local, sdp="sendrecv")
        self.answered_at = time.time()
        self.answered.set()
        self.media = media_of(self.invite)

    def progress(self) -> None:
        assert self.invite
        self.phone.reply(self.invite, 183, self.local, sdp="sendrecv")

    def refuse(self, status: int = 486) -> None:
        assert self.invite and not self.ended.is_set(), "nothing to refuse: the call is gone"
        self.phone.reply(self.invite, status, self.local)
        self.status = status
        self.end()

    def hang_up(self) -> None:
        """BYE; before the answer it is CANCEL for the caller and a refusal for the called."""
        if self.ended.is_set():
            return
        if self.answered.is_set():
            self.request("BYE")
            self.end()
        elif self.invite:
            self.refuse(480)
        else:
            self.phone.send_request(self, "CANCEL", number=1, branch=self.branch)
            self.end()

    def hold(self) -> None:
        self.request("INVITE", sdp="sendonly")

    def unhold(self) -> None:
        self.request("INVITE", sdp="sendrecv")

    def press(self, digit: str) -> None:
        self.request("INFO", body=f"Signal={digit}\r\nDuration=160\r\n", kind="application/dtmf-relay")

    async def dials(self, digits: str) -> None:
        """Presses keys one after another, as a quick hand does."""
        for digit in digits:
            self.press(digit)
            await asyncio.sleep(0.35)

    def refer(self, number: str, replaces: Call | None = None, leave: bool = True) -> None:
        """Transfers: to a number, or (with `replaces`) to whom we talk in that other call."""
        self.leaves_after_refer = leave
        host, port = self.phone.pbx
        replaced = f"?Replaces={quote(replaces.leg, safe='')}" if replaces else ""
        refer_to = f"Refer-To: <sip:{number}@{host}:{port}{replaced}>"
        self.request("REFER", extra=[refer_to, f"Referred-By: <{uri_of(self.local)}>"])

    async def until(self, what: asyncio.Event, seconds: float = WAIT_SECONDS) -> Self:
        try:
            await asyncio.wait_for(what.wait(), seconds)
        except TimeoutError:
            known = {id(self.ringing): "ringing", id(self.answered): "answered", id(self.ended): "ended"}
            raise TimeoutError(f"{self.caller} to {self.dialled}: never {known.get(id(what), 'referred')}") from None
        return self

    # How it is done.

    def request(self, method: str, **parts: object) -> None:
        self.number += 1
        self.phone.send_request(self, method, self.number, **parts)  # pyright: ignore[reportArgumentType]

    def end(self) -> None:
        if not self.ended.is_set():
            self.ended_at = time.time()
            self.ended.set()
            self.media = None


class Phone(asyncio.DatagramProtocol):
    def __init__(self, user: str, name: str = "") -> None:
        self.user = user
        self.name = name
        self.pbx: Address = ("", 0)
        self.here: Address = ("", 0)
        self.calls: dict[str, Call] = {}
        self.manner: int = 180  # what an INVITE is met with; 0: the phone is dead
        self.moved_to = ""  # with manner 302
        self.coming: asyncio.Queue[Call] = asyncio.Queue()
        self.branches = itertools.count(1)
        self.said: dict[tuple[str, int, str], bytes] = {}  # our last answer to each request, for repeats
        self.waiting: dict[str, asyncio.TimerHandle] = {}  # requests of ours without an answer, by branch
        self.sound: asyncio.DatagramTransport | None = None

    async def plug(self, host: str) -> Self:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self.here = self.transport.get_extra_info("sockname")
        self.sound, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=(host, 0))
        self.voice = asyncio.create_task(self.speak())
        return self

    async def unplug(self) -> None:
        for timer in self.waiting.values():
            timer.cancel()
        self.voice.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.voice
        self.transport.close()
        if self.sound:
            self.sound.close()

    def forget(self) -> None:
        """The PBX is gone with its memory: so are our calls."""
        for call in self.calls.values():
            call.end()

    def dial(self, number: str, caller: str = "", name: str = "", host: str = "") -> Call:
        host, port = host or self.pbx[0], self.pbx[1]
        caller = caller or self.user
        shown = f'"{name or self.name}" ' if name or self.name else ""
        local = f"{shown}<sip:{caller}@{self.here[0]}>;tag={secrets.token_hex(4)}"
        to = f"<sip:{number}@{host}:{port}>"
        call = Call(self, secrets.token_hex(8), local, to, uri_of(to), dialled=number, caller=caller, number=1)
        self.calls[call.call_id] = call
        call.branch = self.send_request(call, "INVITE", 1, sdp="sendrecv")
        return call

    async def rings(self, seconds: float = WAIT_SECONDS) -> Call:
        """The next call that comes in."""
        try:
            return await asyncio.wait_for(self.coming.get(), seconds)
        except TimeoutError:
            raise TimeoutError(f"the phone of {self.user} never rang") from None

    async def speak(self) -> None:
        """Silence in both ears: without any sound a PBX takes no digits and records nothing."""
        for number in itertools.count():
            await asyncio.sleep(VOICE_SECONDS)
            stamp = number * len(SILENCE)
            head = b"\x80\x08" + (number % 65536).to_bytes(2) + (stamp % 2**32).to_bytes(4) + b"trub"
            for call in self.calls.values():
                if call.media and self.sound:
                    self.sound.sendto(head + SILENCE, call.media)

    # The wire.

    def send_request(
        self,
        call: Call,
        method: str,
        number: int,
        *,
        branch: str = "",
        sdp: str = "",
        body: str = "",
        kind: str = "",
        extra: list[str] | None = None,
    ) -> str:
        branch = branch or f"z9hG4bK{secrets.token_hex(4)}{next(self.branches)}"
        body = self.offer(sdp) if sdp else body
        lines = [
            f"{method} {call.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here[0]}:{self.here[1]};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {call.local}",
            f"To: {call.remote}",
            f"Call-ID: {call.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{call.caller if call.branch == '' else self.user}@{self.here[0]}:{self.here[1]}>",
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, NOTIFY, REFER",
            *(extra or []),
            *([f"Content-Type: {'application/sdp' if sdp else kind}"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        self.transport.sendto(data, self.pbx)
        if method != "ACK":
            self.repeat(branch + method, data, RETRIES)
        return branch

    def repeat(self, key: str, data: bytes, left: int) -> None:
        def again() -> None:
            self.waiting.pop(key, None)
            if left and not self.transport.is_closing():
                self.transport.sendto(data, self.pbx)
                self.repeat(key, data, left - 1)

        self.waiting[key] = asyncio.get_running_loop().call_later(RETRY_SECONDS, again)

    def reply(self, to: Message, status: int, local: str = "", sdp: str = "", extra: list[str] | None = None) -> None:
        body = self.offer(sdp) if sdp else ""
        lines = [
            f"SIP/2.0 {status} {REASONS.get(status, 'Answer')}",
            *(f"{name}: {value}" for name, value in to.headers if name.lower() in {"via", "record-route"}),
            f"From: {to['From']}",
            f"To: {local or to['To']}",
            f"Call-ID: {to['Call-ID']}",
            f"CSeq: {to['CSeq']}",
            *(extra or [f"Contact: <sip:{self.user}@{self.here[0]}:{self.here[1]}>"]),
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, NOTIFY, REFER",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        self.said[to["Call-ID"], to.number, to.method] = data
        self.transport.sendto(data, self.pbx)

    def offer(self, way: str) -> str:
        assert self.sound
        host, port = self.sound.get_extra_info("sockname")
        lines = ["v=0", f"o=- {time.time_ns()} {time.time_ns()} IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"]
        lines += [f"m=audio {port} RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=ptime:20", f"a={way}", ""]
        return "\r\n".join(lines)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not data.strip():
            return
        message = Message.read(data)
        if message.status:
            self.take_answer(message)
        elif (key := (message["Call-ID"], message.number, message.method)) in self.said:
            self.transport.sendto(self.said[key], self.pbx)
        else:
            self.take_request(message)

    def take_answer(self, said: Message) -> None:
        branch = re.search(r";branch=([^;]+)", said["Via"])
        timer = self.waiting.pop((branch[1] if branch else "") + said.method, None)
        if timer:
            timer.cancel()
        call = self.calls.get(said["Call-ID"])
        if call is None or said.method != "INVITE" or said.status == 100:
            return
        if said.number == 1 and tag_of(said["To"]):
            call.remote = said["To"]
        if said.status in {180, 183}:
            call.ringing.set()
        if said.status < 200:
            return
        if said["Contact"] and said.status < 300:
            call.target = uri_of(said["Contact"])
        ack_branch = "" if said.status < 300 else (branch[1] if branch else "")
        self.send_request(call, "ACK", said.number, branch=ack_branch)
        if said.number > 1:
            return
        call.status = said.status
        if said.status >= 300:
            call.end()
        elif call.ended.is_set():  # the answer and our CANCEL crossed
            call.request("BYE")
        elif not call.answered.is_set():
            call.answered_at = time.time()
            call.media = media_of(said)
            call.answered.set()

    def take_request(self, asked: Message) -> None:
        call = self.calls.get(asked["Call-ID"])
        match asked.method:
            case "ACK":
                return
            case "INVITE" if call is None:
                self.take_invite(asked)
            case "INVITE":
                assert call
                self.reply(asked, 200, call.local, sdp="recvonly" if "a=sendonly" in asked.body else "sendrecv")
            case "CANCEL" if call:
                self.reply(asked, 200)
                if call.invite and not call.answered.is_set() and not call.ended.is_set():
                    self.reply(call.invite, 487, call.local)
                    call.status = 487
                    call.end()
            case "BYE":
                self.reply(asked, 200)
                if call:
                    call.end()
            case "NOTIFY":
                self.reply(asked, 200)
                found = re.match(r"SIP/2.0 (\d+)", asked.body)
                if call and found and int(found[1]) >= 200:
                    call.referred_status = int(found[1])
                    call.referred.set()
                    if call.referred_status < 300 and call.leaves_after_refer:
                        call.hang_up()
            case _:
                self.reply(asked, 200)

    def take_invite(self, asked: Message) -> None:
        if not self.manner:
            return
        local = f"{asked['To']};tag={secrets.token_hex(4)}"
        call = Call(self, asked["Call-ID"], local, asked["From"], uri_of(asked["Contact"]))
        call.invite, call.dialled, call.caller = asked, user_of(asked.start.split()[1]), user_of(asked["From"])
        self.calls[call.call_id] = call
        if self.manner >= 300:
            moved = [f"Contact: <sip:{self.moved_to}@{self.pbx[0]}:{self.pbx[1]}>"] if self.manner == 302 else None
            self.reply(asked, self.manner, local, extra=moved)
            call.status = self.manner
            call.end()
        else:
            self.reply(asked, self.manner, local, sdp="sendrecv" if self.manner == 183 else "")
        self.coming.put_nowait(call)


def media_of(said: Message) -> Address | None:
    host = re.search(r"^c=IN IP4 (\S+)", said.body, re.M)
    port = re.search(r"^m=audio (\d+)", said.body, re.M)
    return (host[1], int(port[1])) if host and port else None
