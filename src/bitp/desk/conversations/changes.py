"""Every write to a conversation: one named action, one transaction, its facts with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from bitp.desk.contacts.addresses import is_email
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.conversations.errors import AlreadyTaken, BadAddress, BadTopic, NotFound
from bitp.desk.conversations.facts import (
    agent_stream,
    both_streams,
    by_member,
    changed,
    entered,
    left,
    named,
    topic_corrected,
)
from bitp.desk.conversations.models import (
    CHOSEN,
    OPEN,
    RESOLVED,
    TOPICS,
    WAITING,
    Conversation,
    Participant,
)
from bitp.desk.conversations.posting.batch import post_messages
from bitp.desk.conversations.posting.post import Outcome, Post
from bitp.desk.conversations.shapes import REOPEN_US
from bitp.desk.routing.queues import queue_for
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact, append
from bitp.lib.canonical import canonical_json
from bitp.lib.clock import now_us

__all__ = [
    "join",
    "leave_address",
    "lock",
    "outcomes_of",
    "post_messages",
    "release",
    "reopen",
    "reopen_by_contact",
    "resolve",
    "say",
    "set_topic",
    "set_topic_by_contact",
    "take",
]


def take(reference: str, member: Member, session: str = "") -> None:
    """The member takes the conversation; raises AlreadyTaken when a colleague was faster."""
    with transaction.atomic():
        conversation = lock(reference)
        if conversation.assignee_id == member.pk:
            return
        if conversation.assignee_id is not None:
            raise AlreadyTaken
        conversation.assignee = member
        conversation.save(update_fields=["assignee"])
        join(conversation, member)
        by = by_member(member, session)
        append(
            [
                *changed(conversation, by),
                left(conversation, "taken", by),
                Fact("conversation.assigned", named(conversation), agent_stream(member), by),
            ]
        )
    say(reference, "agent_joined", f"joined:{member.pk}", {"name": member.alias})


def release(reference: str, member: Member, session: str = "") -> None:
    """The conversation goes back to the queue for somebody else."""
    with transaction.atomic():
        conversation = lock(reference)
        if conversation.assignee is None:
            return
        held_by = conversation.assignee
        conversation.assignee = None
        if conversation.status != RESOLVED and not conversation.waiting_since_us:
            conversation.waiting_since_us = now_us()
        if conversation.status == WAITING:
            conversation.status = OPEN
        conversation.save(update_fields=["assignee", "waiting_since_us", "status"])
        by = by_member(member, session)
        facts = [
            *changed(conversation, by),
            Fact("conversation.unassigned", named(conversation), agent_stream(held_by), by),
        ]
        if conversation.status == OPEN:
            facts.append(entered(conversation, by))
        append(facts)


def resolve(reference: str, member: Member, session: str = "") -> None:
    """The matter is settled; the customer may reopen it for seven days."""
    with transaction.atomic():
        conversation = lock(reference)
        if conversation.status == RESOLVED:
            return
        was_queued = conversation.assignee_id is None and conversation.waiting_since_us
        conversation.status = RESOLVED
        conversation.resolved_us = now_us()
        conversation.waiting_since_us = conversation.urgent_since_us = 0
        moved = ["status", "resolved_us", "waiting_since_us", "urgent_since_us"]
        conversation.save(update_fields=moved)
        by = by_member(member, session)
        facts = changed(conversation, by)
        if was_queued:
            facts.append(left(conversation, "resolved", by))
        append(facts)
    say(reference, "resolved", f"resolved:{now_us()}", {"name": member.alias})


def reopen(reference: str, member: Member, session: str = "") -> None:
    """A member opens a resolved conversation again."""
    _reopen(reference, by_member(member, session))


def reopen_by_contact(contact: Contact, reference: str, session: str = "") -> None:
    """The contact opens an own, lately resolved conversation again; else raises NotFound."""
    found = Conversation.objects.filter(contact=contact, reference=reference).first()
    if found is None or found.resolved_us < now_us() - REOPEN_US:
        raise NotFound
    _reopen(reference, Envelope("contact", str(contact.pk), session))


def _reopen(reference: str, by: Envelope) -> None:
    with transaction.atomic():
        conversation = lock(reference)
        if conversation.status != RESOLVED:
            return
        conversation.status = OPEN
        conversation.waiting_since_us = now_us()
        conversation.save(update_fields=["status", "waiting_since_us"])
        facts = changed(conversation, by, was=RESOLVED)
        if conversation.assignee_id is None:
            facts.append(entered(conversation, by))
        append(facts)
    say(reference, "reopened", f"reopened:{now_us()}")


def set_topic(reference: str, topic: str, member: Member, session: str = "") -> None:
    """What the conversation is about, corrected by staff."""
    _set_topic(reference, topic, by_member(member, session))


def set_topic_by_contact(contact: Contact, reference: str, topic: str) -> None:
    """What the own conversation is about, corrected by the contact."""
    if not Conversation.objects.filter(contact=contact, reference=reference).exists():
        raise NotFound
    _set_topic(reference, topic, Envelope("contact", str(contact.pk)))


def _set_topic(reference: str, topic: str, by: Envelope) -> None:
    if topic not in TOPICS:
        raise BadTopic
    with transaction.atomic():
        conversation = lock(reference)
        corrected = topic_corrected(conversation, topic, by)
        conversation.topic, conversation.topic_from = topic, CHOSEN
        conversation.save(update_fields=["topic", "topic_from"])
        append([*changed(conversation, by), corrected, *_move_queue(conversation, by)])


def _move_queue(conversation: Conversation, by: Envelope) -> list[Fact]:
    """Brings the conversation into the queue for what it is about now; what moved is facts."""
    queue = queue_for(conversation.topic, conversation.language)
    was = conversation.queue
    if queue.key == was:
        return []
    waits = conversation.assignee_id is None and conversation.waiting_since_us
    gone = [left(conversation, "moved", by)] if waits else []
    conversation.queue = queue.key
    conversation.save(update_fields=["queue"])
    moved = Fact(
        "conversation.queue_changed",
        named(conversation, was=was, queue=queue.key),
        both_streams(conversation)[1:],
        by,
    )
    return [moved, *gone, *([entered(conversation, by)] if waits else [])]


def leave_address(contact: Contact, reference: str, email: str) -> None:
    """Where the contact wants to be told when the answer comes; a claim, never proof."""
    address = email.strip().lower()
    if not is_email(email.strip()):
        raise BadAddress
    with transaction.atomic():
        conversation = lock(reference)
        if conversation.contact_id != contact.pk:
            raise NotFound
        Identity.objects.filter(contact=contact, channel="email", verified_how="").exclude(
            address=address
        ).delete()
        Identity.objects.get_or_create(contact=contact, channel="email", address=address)
        by = Envelope("contact", str(contact.pk))
        append([Fact("contact.address_left", named(conversation), both_streams(conversation), by)])


def say(reference: str, code: str, key: str, words: dict[str, Any] | None = None) -> Outcome:
    """A system message, once per key; the reader's side words it by its code."""
    post = Post(
        author_kind="system",
        author=0,
        external_id=f"{code}:{reference}:{key}",
        text="",
        received_us=now_us(),
        conversation=reference,
        kind="system",
        parts=canonical_json({"code": code, **(words or {})}),
    )
    return outcomes_of([post])[0]


def lock(reference: str) -> Conversation:
    """The conversation, locked for this transaction; raises NotFound."""
    found = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("contact")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def join(conversation: Conversation, member: Member) -> None:
    """The member takes part from now on."""
    Participant.objects.get_or_create(
        conversation=conversation, member=member, defaults={"joined_us": now_us()}
    )


def outcomes_of(posts: Sequence[Post]) -> list[Outcome]:
    """post_messages for callers outside the gateway: a locked item is asked again."""
    outcomes = list(post_messages(posts))
    while waiting := [index for index, outcome in enumerate(outcomes) if outcome is None]:
        for index, outcome in zip(
            waiting, post_messages([posts[index] for index in waiting]), strict=True
        ):
            outcomes[index] = outcome
    return [outcome for outcome in outcomes if outcome is not None]
