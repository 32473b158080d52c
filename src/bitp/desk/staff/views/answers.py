"""What the passkey pages send and get as JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, JsonResponse

from bitp.desk.staff.errors import NotProved, StaffError, TooManyAtOnce
from bitp.lib.problems import problem, too_many

# A passkey's answer takes one or two kilobytes; attested ones somewhat more.
BODY_BYTES_MAX = 32_768


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent; raises NotProved for anything else."""
    if len(request.body) > BODY_BYTES_MAX:
        raise NotProved
    try:
        body = msgspec.json.decode(request.body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotProved from error
    return body


def refused(error: StaffError) -> JsonResponse:
    """The refusal as problem details."""
    if isinstance(error, TooManyAtOnce):
        return too_many(error.retry_s, error.says)
    return problem(error.status, error.code, error.says)


def go_on(to: str) -> JsonResponse:
    """Where the page goes next."""
    return JsonResponse({"next": to})
