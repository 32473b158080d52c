"""Opening a conversation inside the transaction that stores its first message."""

from __future__ import annotations

from bitp.desk.conversations.models import (
    CHOSEN,
    GUESSED,
    OPEN,
    TOPICS,
    About,
    Conversation,
    Participant,
)
from bitp.desk.conversations.posting.post import Prepared, Target
from bitp.desk.routing.queues import queue_for
from bitp.events.log import Envelope, Fact, append
from bitp.lib.ids import new_reference
from bitp.lib.text import supported_language
from bitp.policies.topics import Guess, guess

# What one conversation may refer to when it is opened.
ABOUT_MAX = 10
OTHER = "other"


def open_conversation(item: Prepared) -> Target:
    """A new conversation of the post's contact, with its participant and its facts.

    A topic that its contact chose stands; without one, or with "other", the words are asked.
    """
    post = item.post
    guessed = None if _is_chosen(post.topic) else guess(item.text)
    topic = guessed.topic if guessed else post.topic
    language = supported_language(post.language)
    conversation = Conversation.objects.create(
        reference=new_reference(),
        contact_id=post.contact,
        inbox_id=post.inbox,
        thread=post.thread,
        topic=topic,
        topic_from=_source(guessed),
        status=OPEN,
        language=language,
        queue=queue_for(topic, language).key,
        level=post.level,
        created_us=post.received_us,
        last_us=post.received_us,
    )
    Participant.objects.create(
        conversation=conversation, contact_id=post.contact, joined_us=post.received_us
    )
    About.objects.bulk_create(
        [
            About(conversation=conversation, kind=kind, subject=subject)
            for kind, subject in dict.fromkeys(post.about[:ABOUT_MAX])
        ]
    )
    _record(conversation, item, guessed)
    return _target(conversation)


def _is_chosen(topic: str) -> bool:
    return topic in TOPICS and topic != OTHER


def _source(guessed: Guess | None) -> str:
    """A guess of "other" says nothing, so nobody said what it is about."""
    if guessed is None:
        return CHOSEN
    return "" if guessed.topic == OTHER else GUESSED


def _record(conversation: Conversation, item: Prepared, guessed: Guess | None) -> None:
    post = item.post
    facts = {
        "conversation": conversation.reference,
        "contact": conversation.contact.reference,
        "topic": conversation.topic,
        "topic_from": conversation.topic_from,
        "language": conversation.language,
        "queue": conversation.queue,
        "inbox": conversation.inbox_id,
    }
    if guessed:
        facts |= {"guessed_by": guessed.by, "certainty": guessed.certainty}
    envelope = Envelope("contact", str(post.author), post.session, evidence=post.evidence)
    streams = (
        f"contact/{conversation.contact.reference}",
        f"conversation/{conversation.reference}/staff",
    )
    append([Fact("conversation.opened", facts, streams, envelope)])


def _target(conversation: Conversation) -> Target:
    return Target(
        pk=conversation.pk,
        reference=conversation.reference,
        contact=conversation.contact_id,
        inbox=conversation.inbox_id,
        thread=conversation.thread,
        status=conversation.status,
        assignee=None,
        last_number=0,
        last_contact_number=0,
        last_agent_number=0,
        waiting_since_us=0,
        level=conversation.level,
        last_us=conversation.last_us,
        topic=conversation.topic,
        language=conversation.language,
        queue=conversation.queue,
        is_new=True,
    )
