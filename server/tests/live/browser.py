"""A server of this process with a hub that runs, and browsers before it: a socket, and what it has been told."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
import websockets

from tests.cast import Cast
from trubka.api import server
from trubka.api.asked import Site
from trubka.cli.serve import Web, config_of
from trubka.db import Db, sessions

SOON = 10.0  # seconds: a busy machine


@dataclass
class House:
    url: str
    site: Site
    db: Db
    cast: Cast
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    async def headers(self, name: str) -> dict[str, str]:
        if name not in self.tokens:
            self.tokens[name] = await self.cast.token(self.db, self.site, name)
        return {"authorization": f"Bearer {self.tokens[name]}"}

    async def cookie(self, name: str) -> dict[str, str]:
        """Of a session of one's own."""
        token = secrets.token_urlsafe(16)
        person = await self.db.value("select person_id from users where id = $1", self.cast.users[name])
        account_id = self.cast.account_of(name)
        digest = hashlib.sha256(token.encode()).digest()
        await sessions.add(self.db, digest, person, account_id, "whole", 30, "127.0.0.1", "test")
        return {"cookie": f"trubka_session={token}", "origin": self.url}

    async def ask(self, name: str, method: str, path: str, **more: Any) -> Any:
        headers = await self.headers(name)
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60) as client:
            answer = await client.request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def snapshot(self, name: str) -> Any:
        return await self.ask(name, "GET", "/live/snapshot")

    @asynccontextmanager
    async def at(self, name: str, position: str = "", headers: dict[str, str] | None = None) -> AsyncGenerator[Browser]:
        """Their browser, from a position or from now."""
        headers = headers or await self.headers(name)
        position = position or (await self.snapshot(name))["position"]
        async with opened(self.url, position, headers) as browser:
            yield browser


@dataclass
class Browser:
    wire: Any
    position: str = ""
    greeted: bool = False
    facts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def frame(self) -> list[dict[str, Any]]:
        """The first one, and after it those that tell something."""
        async with asyncio.timeout(SOON):
            return await self._frame()

    async def _frame(self) -> list[dict[str, Any]]:
        while True:
            told = json.loads(await self.wire.recv())
            self.position = told["position"]
            self.facts += told["facts"]
            if told["facts"] or not self.greeted:
                self.greeted = True
                return told["facts"]

    async def until(self, count: int) -> list[dict[str, Any]]:
        """So many facts in all."""
        while len(self.facts) < count:
            await self.frame()
        assert len(self.facts) == count, self.facts
        return self.facts

    async def nothing(self, seconds: float = 0.2) -> None:
        """Is told nothing for so long."""
        assert self.greeted
        try:
            async with asyncio.timeout(seconds):
                told = await self._frame()
        except TimeoutError:
            return
        raise AssertionError(told)

    async def ended(self) -> tuple[int, str]:
        """The code and the reason with which the server ends it."""
        try:
            while True:
                await self.frame()
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None, "it was cut off"
            return closed.rcvd.code, closed.rcvd.reason


@asynccontextmanager
async def opened(url: str, position: str, headers: dict[str, str], **more: Any) -> AsyncGenerator[Browser]:
    """A socket that has been told what it missed."""
    address = f"{url.replace('http', 'ws')}/live/socket?position={quote(position)}"
    async with websockets.connect(address, additional_headers=headers, proxy=None, **more) as wire:
        browser = Browser(wire, position)
        yield browser


@asynccontextmanager
async def housed(site: Site, cast: Cast, *, bell: bool = True) -> AsyncGenerator[House]:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen(100)
    web = Web(config_of(server.over(site), site.settings))
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(site.hub.run())]
        if bell:
            running.append(group.create_task(site.db.bell.run()))
        serving = group.create_task(web.serve(sockets=[bound]))
        try:
            yield House(f"http://127.0.0.1:{bound.getsockname()[1]}", site, site.db, cast)
        finally:
            web.should_exit = True
            await serving
            for task in running:
                task.cancel()
