"""The session's cookie, and what a request that comes with one must show: that it comes from a page of ours.

Over https its name begins with `__Host-`: browsers take it from this very host alone, so no neighbour of the domain and
nobody on the wire can plant one. A plain name counts only over plain http, where nothing better works.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from trubka.api.asked import Asked
from trubka.errors import Forbidden

NAME = "trubka_session"
SAFE_NAME = "__Host-" + NAME
SECONDS = 400 * 86_400  # the longest that browsers keep one; how long a session lives is decided here
SAFE = ("GET", "HEAD")


def token_of(asked: Asked) -> str:
    """Read pair by pair: a strange cookie of a neighbour's does not hide ours."""
    for pair in asked.headers.get("cookie", "").split(";"):
        name, _, value = pair.partition("=")
        if name.strip(" \t") == name_of(asked):
            return value.strip(" \t")
    return ""


def name_of(asked: Asked) -> str:
    return SAFE_NAME if safe(asked) else NAME


def safe(asked: Asked) -> bool:
    return asked.base.startswith("https:")


def given(asked: Asked, token: str) -> tuple[str, str]:
    return header(asked, token, SECONDS)


def taken(asked: Asked) -> tuple[str, str]:
    return header(asked, "", 0)


def header(asked: Asked, token: str, seconds: int) -> tuple[str, str]:
    secure = "; Secure" if safe(asked) else ""
    return ("set-cookie", f"{name_of(asked)}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")


def from_our_page(asked: Asked) -> None:
    """A change by a cookie must come from a page of ours: another site's form or script is refused."""
    if asked.method in SAFE:
        return
    origin = asked.headers.get("origin")
    site = asked.headers.get("sec-fetch-site")
    if origin is not None:
        if origin not in (asked.base, origin_of(asked.site.settings.public_url)):
            raise Forbidden(
                f"This request comes from another site, {origin[:200]}. If that is this server behind a proxy, "
                "set TRUBKA_PUBLIC_URL to it."
            )
        return
    if site not in (None, "same-origin", "none"):
        raise Forbidden("This request comes from another site.")
    if site is None and asked.headers.get("x-requested-with") is None:
        raise Forbidden("A change by a session needs the header X-Requested-With.")


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
