"""`trubka serve`: the web server. Any number may run over one database."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
from collections.abc import Generator
from typing import Any

import uvicorn

from trubka.api import server
from trubka.cli import common, logs
from trubka.cli.http import Limited
from trubka.cli.sockets import LONGEST_MESSAGE, Socket
from trubka.errors import CannotStart
from trubka.settings import Settings

STOP_SECONDS = 3
BACKLOG = 2_048


def add_to(commands: Any) -> None:
    command = commands.add_parser("serve", help="the web server")
    command.add_argument("--fd", type=int, help=argparse.SUPPRESS)  # a socket that `up` has already bound
    command.set_defaults(do=do)


def do(args: argparse.Namespace, settings: Settings) -> int:
    logs.begin(settings.log_level)
    common.check(settings)
    bound = socket.socket(fileno=args.fd) if args.fd is not None else bind(settings)

    async def work() -> int:
        async with common.opened(settings) as db:
            application = await server.application(db, settings)
            async with server.living(application.api.site):
                await serve(application, settings, bound)
        return 0

    return common.run(work)


def bind(settings: Settings) -> socket.socket:
    """The port is taken before anything else is started, so that a taken one costs nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {settings.port} is taken by another program: stop it, or choose another port "
                f"(`make run PORT=8081`, or TRUBKA_PORT)."
            ) from None
        raise CannotStart(
            f"{settings.host}:{settings.port} cannot be listened on: {os.strerror(error.errno or 0)}."
        ) from None
    return bound


def config_of(application: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="none",
        http=Limited,
        ws=Socket,
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=None,  # the hub's own beat tells who is there
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )


def spare() -> None:
    """What is here now stays: looking through it again and again costs a list a tenth of its time. What comes is looked
    through less often: a batch of calls makes some thousands of things, a list many more, and all of them go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def serve(application: Any, settings: Settings, bound: socket.socket) -> None:
    spare()
    web = Web(config_of(application, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, web.end)
    await web.serve(sockets=[bound])


class Web(uvicorn.Server):
    """Ends on a signal as on any other wish: with code 0, where uvicorn's own would send itself the signal again."""

    def end(self) -> None:
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
