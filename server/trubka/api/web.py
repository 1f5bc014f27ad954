"""Serves the workspace: the built pages with their security headers. All other requests go on to the API.

The pages are built by `make run` into `trubka/web`. Files under /assets carry their content's hash in their names and
are kept for a year; index.html is asked for anew each time and carries the nonce that lets styles in.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import structlog

from trubka.api.app import Api, Receive, Scope, Send

PAGES = Path(__file__).resolve().parents[1] / "web"
NONCE = "__NONCE__"  # vite.config.ts writes it where the nonce belongs
YEAR = "public, max-age=31536000, immutable"

# The first words of the paths that are screens; web/src/app/routes.tsx has the same, and a test compares them.
SCREENS = frozenset(
    {
        *("", "sign-in", "link", "choose", "oauth", "calls", "companies", "contacts", "customers", "leads"),
        *("settings", "tasks", "unsorted"),
    },
)
# What programs ask for. A browser that opens any other address gets the workspace's own "no such page".
FOR_PROGRAMS = frozenset({"api", "desk", "oauth2", "ajax", "private", "live", "pbx", "recordings", "metrics"})

NOT_BUILT = (
    b"The workspace has not been built yet: run `make run` in trubka's folder, "
    b"or `npm ci && npm run build` in its folder web/.\n"
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stored:
    """A built file, held in memory with its compressed twins: all of them together are a few megabytes."""

    media: str
    modified: str
    body: bytes
    packed: dict[str, bytes] = field(default_factory=dict[str, bytes])  # by content-encoding, the smallest first


def read_pages(folder: Path) -> dict[str, Stored]:
    """Every built file by its path; nothing when the workspace has not been built."""
    found: dict[str, Stored] = {}
    if not (folder / "index.html").is_file():
        return found
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in (".br", ".gz"):
            continue
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix in (".js", ".mjs"):
            media = "text/javascript"
        if path.suffix == ".webmanifest":
            media = "application/manifest+json"
        if media.startswith("text/") or media.endswith("json"):
            media += "; charset=utf-8"
        packed = {
            name: twin.read_bytes()
            for name, suffix in (("br", ".br"), ("gzip", ".gz"))
            if (twin := path.with_name(path.name + suffix)).is_file()
        }
        modified = formatdate(path.stat().st_mtime, usegmt=True)
        found["/" + str(path.relative_to(folder))] = Stored(media, modified, path.read_bytes(), packed)
    return found


class Workspace:
    """An ASGI application: our pages for browsers, the API for all else."""

    def __init__(self, api: Api, folder: Path = PAGES) -> None:
        self.api = api
        self.folder = folder
        self.files = read_pages(folder)
        if not self.files:
            log.warning("the workspace has not been built", folder=str(folder))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] in ("GET", "HEAD")
            and not (path := scope["path"]).startswith("/api/")  # what is asked most, with nothing to look for here
        ):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            if path != "/index.html" and (stored := self.files.get(path)) is not None:
                return await self._file(send, scope["method"], path, stored, headers)
            if path.startswith("/assets/"):
                return await reply(send, scope["method"], 404, [], b"No such file; reload the page.\n")
            if (status := self._is_screen(path, headers)) is not None:
                return await self._page(send, scope["method"], status)
        return await self.api(scope, receive, send)

    def _is_screen(self, path: str, headers: dict[str, str]) -> int | None:
        """200 for our screens, 404 for an address that a person typed and that is nothing, None for programs."""
        first = path.lstrip("/").partition("/")[0]
        if first in SCREENS:
            return 200
        typed = "text/html" in headers.get("accept", "") and "." not in path and first not in FOR_PROGRAMS
        return 404 if typed and not self.api.tree.find(path) else None

    async def _page(self, send: Send, method: str, status: int) -> None:
        index = self.files.get("/index.html")
        if index is None:
            return await reply(send, method, 503, [("cache-control", "no-store")], NOT_BUILT)
        nonce = secrets.token_urlsafe(16)
        headers = [
            ("cache-control", "no-cache"),
            ("content-security-policy", policy(nonce)),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(self)"),
        ]
        return await reply(
            send, method, status, headers, index.body.replace(NONCE.encode(), nonce.encode()), index.media
        )

    async def _file(self, send: Send, method: str, path: str, stored: Stored, asked: dict[str, str]) -> None:
        forever = path.startswith("/assets/")
        headers = [("cache-control", YEAR if forever else "no-cache"), ("last-modified", stored.modified)]
        if not forever and unchanged(stored, asked.get("if-modified-since", "")):
            return await reply(send, method, 304, headers, b"", stored.media)
        body = stored.body
        if stored.packed:
            headers.append(("vary", "accept-encoding"))
            accepted = {part.partition(";")[0].strip() for part in asked.get("accept-encoding", "").split(",")}
            for name, packed in stored.packed.items():
                if name in accepted:
                    headers.append(("content-encoding", name))
                    body = packed
                    break
        return await reply(send, method, 200, headers, body, stored.media)


def policy(nonce: str) -> str:
    """Nothing but our own files. Styles also with the nonce: the widgets' library writes its colours into a tag."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def unchanged(stored: Stored, since: str) -> bool:
    try:
        return bool(since) and parsedate_to_datetime(since) >= parsedate_to_datetime(stored.modified)
    except (ValueError, TypeError):
        return False


async def reply(
    send: Send,
    method: str,
    status: int,
    headers: list[tuple[str, str]],
    body: bytes,
    media: str = "text/plain; charset=utf-8",
) -> None:
    always = [
        ("content-type", media),
        ("content-length", str(len(body))),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
    ]
    kept = [pair for pair in always if status != 304 or not pair[0].startswith("content-")]
    written = [(name.encode(), value.encode("latin-1")) for name, value in [*kept, *headers]]
    await send({"type": "http.response.start", "status": status, "headers": written})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
