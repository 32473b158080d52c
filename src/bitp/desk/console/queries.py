"""What the console's page is given: lists, one conversation, and where to follow on from."""

from __future__ import annotations

from typing import Any

from bitp.desk.conversations.handing import colleagues
from bitp.desk.conversations.marks import drafts_of
from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.models import Conversation, Message, ReadMark
from bitp.desk.conversations.queries import (
    VIEWS,
    conversations_for,
    counts_for,
    for_member,
    marks_of,
    staff_summaries,
)
from bitp.desk.conversations.shapes import STAFF
from bitp.desk.routing import rows
from bitp.desk.routing.queues import queues_of, stream_of
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import AVAILABLE
from bitp.events.models import Stream
from bitp.lib.clock import now_us

# Other conversations of the same contact that the context pane names.
PAST_SHOWN = 10
# The contact's latest message stands among this many of the last ones, or the pane goes without.
LATEST_LOOKED_AT = 200


def lists_answer(member: Member, view: str, search: str, page: int) -> dict[str, Any]:
    """One page of a view: {conversations, page, pages, counts, heads}; an unknown view is all."""
    heads = _heads(member)
    found = conversations_for(member, view if view in VIEWS else "all", search, page)
    return {
        "conversations": found.items,
        "page": found.number,
        "pages": found.pages,
        "counts": counts_for(member),
        "heads": heads,
    }


def _heads(member: Member) -> dict[str, int]:
    """Numbers of the member's own streams, read before the lists: what comes later follows."""
    names = [*map(stream_of, queues_of(member)), f"agent/{member.pk}"]
    heads = dict(Stream.objects.filter(name__in=names).values_list("name", "head"))
    return {name: heads.get(name, 0) for name in names}


def summary_of(conversation: Conversation, member: Member) -> dict[str, Any]:
    """The conversation as the console lists it for this member."""
    return staff_summaries([conversation], member)[0]


def conversation_answer(conversation: Conversation, member: Member, before: int) -> dict[str, Any]:
    """A page of the conversation's messages below ``before`` (0: the last ones) and its facts.

    ``read``: up to where this member has read; ``head``: the stream's number, read first.
    """
    summary = summary_of(conversation, member)
    messages, more = messages_of(conversation.pk, before, STAFF)
    return {
        "conversation": summary,
        "messages": messages,
        "head": summary["head"],
        "more": more,
        "marks": marks_of(conversation),
        "read": _read_by(conversation, member),
        "drafts": drafts_of(conversation, member),
        "participants": _participants(conversation),
        "about": about_of(conversation),
    }


def _read_by(conversation: Conversation, member: Member) -> int:
    mark = ReadMark.objects.filter(
        conversation=conversation, participant=f"staff:{member.pk}"
    ).first()
    return mark.read if mark else 0


def _participants(conversation: Conversation) -> list[dict[str, Any]]:
    rows = conversation.participants.select_related("contact", "member").order_by("joined_us", "pk")
    return [
        {
            "kind": "contact" if row.contact else "agent",
            "name": row.contact.name if row.contact else row.member.alias if row.member else "",
            "joined_us": row.joined_us,
            "left_us": row.left_us,
        }
        for row in rows
    ]


def about_of(conversation: Conversation) -> list[dict[str, str]]:
    """What the conversation refers to: {kind, subject} of each."""
    rows = conversation.about.order_by("pk").values_list("kind", "subject")
    return [{"kind": kind, "subject": subject} for kind, subject in rows]


def find_latest_of_contact(conversation: Conversation) -> Message | None:
    """The contact's latest message, if it is among the last ones."""
    rows = Message.objects.filter(
        conversation=conversation, number__gt=conversation.last_number - LATEST_LOOKED_AT
    )
    return rows.filter(author_kind="contact").order_by("-number").first()


def past_conversations(conversation: Conversation, member: Member) -> list[Conversation]:
    """The contact's other conversations that the member may see, latest first."""
    rows = for_member(member).filter(contact=conversation.contact_id).exclude(pk=conversation.pk)
    return list(rows.order_by("-last_us", "-pk")[:PAST_SHOWN])


def colleagues_answer() -> list[dict[str, Any]]:
    """Whom a conversation may be given to: {id, name, state, chats}, the available first."""
    people = sorted(colleagues(), key=lambda each: each.state != AVAILABLE)
    loads = rows.loads([each.pk for each in people], now_us())
    return [
        {"id": each.pk, "name": each.alias, "state": each.state, "chats": loads.get(each.pk, 0)}
        for each in people
    ]
