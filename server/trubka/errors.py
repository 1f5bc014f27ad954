"""What we refuse, with its status, and what goes wrong outside. `api/problem.py` alone makes answers of refusals."""

import msgspec


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong with one item of a request, in the words of the amoCRM API."""

    code: str
    path: str
    detail: str


class FlawedItem(msgspec.Struct, frozen=True):
    """All the flaws of one item of a batch, under the key that its sender gave it."""

    request_id: str
    errors: list[Flaw]


class Refused(Exception):
    """The request was refused."""

    status = 400

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or (type(self).__doc__ or "")
        super().__init__(self.detail)


class Invalid(Refused):
    """Request validation failed"""

    def __init__(self, items: list[FlawedItem]) -> None:
        super().__init__("Request validation failed")
        self.items = items


class Unauthorized(Refused):
    """The access token is missing, expired or revoked."""

    status = 401

    def __init__(self, detail: str = "", hint: str = "Token has been revoked") -> None:
        super().__init__(detail)
        self.hint = hint


class BadGrant(Refused):
    """A required parameter is missing or wrong, or the code or token is worth nothing any more."""

    def __init__(self, hint: str, status: int = 400) -> None:
        super().__init__()
        self.hint = hint
        self.status = status


class Forbidden(Refused):
    """You have no right to do this."""

    status = 403


class NotFound(Refused):
    """No such entity."""

    status = 404


class MethodNotAllowed(Refused):
    """This address does not take this method."""

    status = 405


class Conflict(Refused):
    """Somebody else has changed this at the same moment: look at it and try again."""

    status = 409


class TooLarge(Refused):
    """The request is larger than this server accepts."""

    status = 413


class OutOfRange(Refused):
    """There is no such part of this file."""

    status = 416

    def __init__(self, detail: str = "", *, file_bytes: int) -> None:
        super().__init__(detail)
        self.file_bytes = file_bytes


class Unprocessable(Refused):
    """A rule of the account does not allow this."""

    status = 422


class TooMany(Refused):
    """Too many requests: wait a little and try again."""

    status = 429

    def __init__(self, detail: str = "", retry_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_seconds = retry_seconds


class Unavailable(Refused):
    """The server cannot answer this now: try again in a moment."""

    status = 503


class Trouble(Exception):
    """Something outside went wrong; the loop that called decides whether to try again."""

    def __init__(self, text: str, *, again: bool) -> None:
        super().__init__(text)
        self.again = again


class CannotStart(Exception):
    """The program cannot start; its text is the one sentence that a person reads, and the exit code is not zero."""
