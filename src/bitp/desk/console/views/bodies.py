"""Reading what the console's scripts post: a JSON object, its fields by kind."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest

from bitp.desk.conversations.errors import BadRequest

# A summary or a list of tags fits; a file does not.
BODY_BYTES_MAX = 16_000
# The browser's own id of what it sends: long enough to be unique, fit for a key.
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The posted object; raises BadRequest."""
    if len(request.body) > BODY_BYTES_MAX:
        raise BadRequest
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest from error
    if not isinstance(body, dict):
        raise BadRequest
    return body


def whole(body: dict[str, Any], name: str, most: int = 2**53) -> int:
    """A whole number from 0 to ``most``; raises BadRequest."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadRequest
    return value


def text(body: dict[str, Any], name: str) -> str:
    """A text, empty where there is none; raises BadRequest."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadRequest
    return value


def client_id(body: dict[str, Any]) -> str:
    """The browser's id of this request; raises BadRequest."""
    value = text(body, "cid")
    if not CLIENT_ID.fullmatch(value):
        raise BadRequest
    return value
