"""Giving a conversation to a colleague."""

from __future__ import annotations

from typing import Any

from django.views.decorators.http import require_POST, require_safe

from bitp.desk.console.queries import colleagues_answer, summary_of
from bitp.desk.console.views.answers import answers
from bitp.desk.console.views.bodies import client_id, read_body, text, whole
from bitp.desk.conversations.handing import Handover, hand_over
from bitp.desk.conversations.queries import conversation_for
from bitp.desk.staff.rights import StaffRequest, staff_only
from bitp.identity.sessions import session_id


@require_safe
@staff_only
@answers
def colleagues(request: StaffRequest) -> dict[str, Any]:
    """Whom a conversation may be given to."""
    return {"colleagues": colleagues_answer()}


@require_POST
@staff_only
@answers
def assign(request: StaffRequest, reference: str) -> dict[str, Any]:
    """To a colleague, or to oneself, with a summary for staff."""
    # Read first: whoever gives it away may not see it afterwards.
    found = conversation_for(request.member, reference)
    body = read_body(request)
    had_by = None if body.get("had_by") is None else whole(body, "had_by")
    handover = Handover(whole(body, "to"), had_by, text(body, "summary"), client_id(body))
    hand_over(reference, handover, request.member, session_id(request))
    return {"conversation": summary_of(found, request.member)}
