"""The facts that changes of a conversation are recorded as, and the streams they enter."""

from __future__ import annotations

from typing import Any

from bitp.desk.conversations.models import GUESSED, Conversation
from bitp.desk.routing.queues import stream_of
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact


def by_member(member: Member, session: str) -> Envelope:
    """Who did it: a member of the staff."""
    return Envelope("staff", str(member.pk), session)


def named(conversation: Conversation, **more: str) -> dict[str, Any]:
    """Data that names the conversation."""
    return {"conversation": conversation.reference, **more}


def agent_stream(member: Member) -> tuple[str, ...]:
    """The member's own stream."""
    return (f"agent/{member.pk}",)


def both_streams(conversation: Conversation) -> tuple[str, ...]:
    """The conversation's streams: the customer's and the staff's."""
    name = f"conversation/{conversation.reference}"
    return (f"{name}/customer", f"{name}/staff")


def changed(conversation: Conversation, by: Envelope, **more: str) -> list[Fact]:
    """The fact that status, topic or assignee are now as they are."""
    facts = {
        "conversation": conversation.reference,
        "status": conversation.status,
        "topic": conversation.topic,
        "topic_guessed": conversation.topic_from == GUESSED,
        "language": conversation.language,
        "assignee": conversation.assignee_id,
        **more,
    }
    streams = (*both_streams(conversation), f"contact/{conversation.contact.reference}")
    return [Fact("conversation.changed", facts, streams, by)]


def topic_corrected(conversation: Conversation, topic: str, by: Envelope) -> Fact:
    """The fact that a person said what it is about; what stood there before can be learned from."""
    was = {"was": conversation.topic, "was_from": conversation.topic_from}
    streams = both_streams(conversation)[1:]
    return Fact(
        "conversation.topic_corrected", named(conversation, topic=topic, **was), streams, by
    )


def entered(conversation: Conversation, by: Envelope) -> Fact:
    """The fact that it waits in its queue for anybody."""
    return Fact("queue.entered", named(conversation), (stream_of(conversation.queue),), by)


def left(conversation: Conversation, why: str, by: Envelope) -> Fact:
    """The fact that it waits in its queue no more: taken, answered, assigned, moved, resolved."""
    return Fact("queue.left", named(conversation, why=why), (stream_of(conversation.queue),), by)
