"""Refusals as amoCRM's clients read them: problem+json, with the keys in the order that they depend on, and the shape
of the old private methods."""

from http import HTTPStatus
from typing import Any

from trubka.errors import BadGrant, Invalid, Refused, TooMany, Unauthorized

OAUTH_TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"


def body_of(refused: Refused) -> dict[str, Any]:
    status = refused.status
    if isinstance(refused, Unauthorized | BadGrant):
        # One client refreshes its token only where the text holds `Jsonstatus: 401`: type before status.
        return {
            "hint": refused.hint,
            "title": HTTPStatus(status).phrase,
            "type": OAUTH_TYPE,
            "status": status,
            "detail": refused.detail,
        }
    body: dict[str, Any] = {}
    if isinstance(refused, Invalid):
        body["validation-errors"] = refused.items
    body |= {
        "title": HTTPStatus(status).phrase,
        "type": f"https://httpstatus.es/{status}",
        "status": status,
        "detail": refused.detail,
    }
    if isinstance(refused, TooMany):
        body["retry_after"] = refused.retry_seconds
    return body


LEGACY = {401: "110", 402: "402", 403: "244", 404: "104", 405: "104"}  # amoCRM's old numbers; 103: wrong parameters


def legacy_of(refused: Refused) -> dict[str, Any]:
    """How the private methods of the first versions refuse."""
    return {"response": {"error": refused.detail, "error_code": LEGACY.get(refused.status, "103")}}


UNEXPECTED: dict[str, Any] = {
    "title": "Internal Server Error",
    "type": "https://httpstatus.es/500",
    "status": 500,
    "detail": "An unknown error occurred.",
}
