"""What an agent does with a conversation, and its ticket for the live connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.views.decorators.http import require_POST

from bitp.desk.channels.chat.tickets import issue_staff_ticket
from bitp.desk.console.queries import summary_of
from bitp.desk.console.views.answers import answers
from bitp.desk.console.views.page import me_data
from bitp.desk.conversations import changes
from bitp.desk.conversations.errors import BadTopic
from bitp.desk.conversations.queries import conversation_for
from bitp.desk.staff.models import Member
from bitp.desk.staff.rights import StaffRequest, staff_only
from bitp.identity.sessions import session_id

# A topic's name fits many times over.
BODY_BYTES_MAX = 2_000


@require_POST
@staff_only
@answers
def ticket(request: StaffRequest) -> dict[str, Any]:
    """A ticket (60 s) for the live connection."""
    until_s = int(request.session.get_expiry_date().timestamp())
    issued = issue_staff_ticket(request.member, session_id(request), until_s)
    return {"ticket": issued, "subject": me_data(request.member)}


@require_POST
@staff_only
@answers
def take(request: StaffRequest, reference: str) -> dict[str, Any]:
    """The member answers this conversation from now on."""
    return _act(request, reference, changes.take)


@require_POST
@staff_only
@answers
def release(request: StaffRequest, reference: str) -> dict[str, Any]:
    """Back to the queue, for somebody else."""
    return _act(request, reference, changes.release)


@require_POST
@staff_only
@answers
def resolve(request: StaffRequest, reference: str) -> dict[str, Any]:
    """The matter is settled."""
    return _act(request, reference, changes.resolve)


@require_POST
@staff_only
@answers
def reopen(request: StaffRequest, reference: str) -> dict[str, Any]:
    """The matter is not settled after all."""
    return _act(request, reference, changes.reopen)


@require_POST
@staff_only
@answers
def set_topic(request: StaffRequest, reference: str) -> dict[str, Any]:
    """What it is about, corrected."""
    topic = _topic(request)

    def change(which: str, member: Member, session: str) -> None:
        changes.set_topic(which, topic, member, session)

    return _act(request, reference, change)


def _act(
    request: StaffRequest, reference: str, change: Callable[[str, Member, str], None]
) -> dict[str, Any]:
    """One change in a conversation the member may see; answers how it stands then."""
    conversation_for(request.member, reference)
    change(reference, request.member, session_id(request))
    return {"conversation": summary_of(conversation_for(request.member, reference), request.member)}


def _topic(request: StaffRequest) -> str:
    if len(request.body) > BODY_BYTES_MAX:
        raise BadTopic
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadTopic from error
    topic = body.get("topic") if isinstance(body, dict) else None
    if not isinstance(topic, str):
        raise BadTopic
    return topic
