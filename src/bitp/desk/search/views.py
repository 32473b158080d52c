"""What the console asks of the search: JSON in, JSON out."""

from __future__ import annotations

import json
from typing import Any

from django.views.decorators.http import require_POST, require_safe

from bitp.desk.console.views.answers import answers
from bitp.desk.search.asked import Asked, read_asked
from bitp.desk.search.changes import record_wide_search, widen
from bitp.desk.search.errors import BadFilter, NotWidened
from bitp.desk.search.queries import Found, find_widening, is_filling, search
from bitp.desk.staff.models import SUPERVISOR
from bitp.desk.staff.rights import StaffRequest, role, staff_only
from bitp.identity.sessions import session_id

# Words and filters fit many times over.
BODY_BYTES_MAX = 8_000


@require_safe
@staff_only
@answers
def find(request: StaffRequest) -> dict[str, Any]:
    """A page of results in what the member may see."""
    asked = read_asked(request.GET)
    return _shape(asked, search(request.member, asked))


@require_POST
@role(SUPERVISOR)
@answers
def begin_wide(request: StaffRequest) -> dict[str, Any]:
    """A wider search for a while, for a reason: {until_us}."""
    widening = widen(request.member, str(_body(request).get("reason", "")), session_id(request))
    return {"until_us": widening.until_us}


@require_POST
@role(SUPERVISOR)
@answers
def find_wide(request: StaffRequest) -> dict[str, Any]:
    """A page of results in all conversations; recorded, so it is posted."""
    asked = read_asked(_body(request))
    widening = find_widening(request.member)
    if widening is None:
        raise NotWidened
    found = search(request.member, asked, widening)
    record_wide_search(widening, asked, len(found.results), session_id(request))
    return {**_shape(asked, found), "until_us": widening.until_us}


def _shape(asked: Asked, found: Found) -> dict[str, Any]:
    return {
        "results": found.results,
        "people": found.people,
        "after": found.after,
        "has_words": bool(asked.terms),
        "filling": is_filling(),
    }


def _body(request: StaffRequest) -> dict[str, Any]:
    if len(request.body) > BODY_BYTES_MAX:
        raise BadFilter
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadFilter from error
    if not isinstance(body, dict):
        raise BadFilter
    return body
