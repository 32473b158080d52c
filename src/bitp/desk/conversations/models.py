"""Conversations and messages, for every channel alike. Times ``*_us``: microseconds UTC."""

from __future__ import annotations

from django.db import models

from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.staff.models import Member

TOPICS = (
    "account",
    "security",
    "deposit",
    "withdrawal",
    "order",
    "privacy",
    "technical",
    "other",
)
OPEN, WAITING, SNOOZED, RESOLVED = "open", "waiting", "snoozed", "resolved"
STATUSES = (OPEN, WAITING, SNOOZED, RESOLVED)
TEXT, CARD, SYSTEM, FILE, CALL = "text", "card", "system", "file", "call"
KINDS = (TEXT, CARD, SYSTEM, FILE, CALL)
# Who said what a conversation is about; empty: nobody yet.
GUESSED, CHOSEN = "guessed", "chosen"


class Conversation(models.Model):
    """One thread with a contact, over any number of channels.

    topic_from: chosen by a person, guessed from the first message, or empty: nobody said.
    status: open (ours to answer) · waiting (on the customer) · snoozed · resolved.
    thread: the client's own id of a new conversation, unique per contact.
    last_number: the number of the last message; last_contact_number and last_agent_number: of
    the last one from each side. waiting_since_us: since when the contact waits for a person, 0
    when nobody waits. queue: the key of the queue it belongs to; keys never change and queues are
    closed, not deleted. urgent_since_us: since when it goes before others, 0: in turn.
    raised_us: when supervisors were last told that nobody answers.
    """

    reference = models.CharField(max_length=16, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="conversations")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT)
    thread = models.CharField(max_length=64, default="")
    topic = models.CharField(max_length=12, default="other")
    topic_from = models.CharField(max_length=8, default="", db_default="", blank=True)
    status = models.CharField(max_length=10, default=OPEN)
    language = models.CharField(max_length=10, default="zh-hans")
    assignee = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    level = models.SmallIntegerField(default=0)
    created_us = models.BigIntegerField()
    last_number = models.IntegerField(default=0)
    last_contact_number = models.IntegerField(default=0)
    last_agent_number = models.IntegerField(default=0)
    last_us = models.BigIntegerField(default=0)
    waiting_since_us = models.BigIntegerField(default=0)
    queue = models.CharField(max_length=32, default="main", db_default="main")
    urgent_since_us = models.BigIntegerField(default=0, db_default=0)
    raised_us = models.BigIntegerField(default=0, db_default=0)
    snoozed_until_us = models.BigIntegerField(default=0)
    resolved_us = models.BigIntegerField(default=0)
    # Until when the channel lets us answer (some close a window); 0: without end.
    reply_window_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "thread"],
                condition=~models.Q(thread=""),
                name="conversation_thread",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=STATUSES), name="conversation_status"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-last_us"], name="conversation_of_contact"),
            models.Index(fields=["assignee", "status", "-last_us"], name="conversation_own"),
            models.Index(
                fields=["waiting_since_us"],
                condition=models.Q(assignee__isnull=True, status=OPEN),
                name="conversation_waiting",
            ),
        ]


class About(models.Model):
    """What a conversation refers to: an opaque reference of a kind (transaction, order …)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="about")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "subject"], name="about_once")
        ]


class Participant(models.Model):
    """A contact or member who takes part; left_us is 0 while they do."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants"
    )
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    joined_us = models.BigIntegerField()
    left_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=True, member__isnull=False)
                | models.Q(contact__isnull=False, member__isnull=True),
                name="participant_is_one",
            ),
            models.UniqueConstraint(
                fields=["conversation", "contact"],
                condition=models.Q(contact__isnull=False),
                name="participant_contact",
            ),
            models.UniqueConstraint(
                fields=["conversation", "member"],
                condition=models.Q(member__isnull=False),
                name="participant_member",
            ),
        ]


class Message(models.Model):
    """Something said, immutable; later changes are events.

    number: position in the conversation, from 1, without gaps. external_id: the sender's own id,
    unique per inbox, which is what makes a repeated send a duplicate. author_kind: contact |
    agent | system; author: the contact's or member's id. text: as stored (secrets removed).
    sent_digest: of the text as sent, keyed, to tell a duplicate from a conflict. parts: canonical
    JSON for kinds other than text. evidence and level: what was proven, judged on receipt.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    number = models.IntegerField()
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, db_index=False)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, default=TEXT)
    is_note = models.BooleanField(default=False)
    author_kind = models.CharField(max_length=8)
    author = models.BigIntegerField()
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, db_index=False)
    text = models.TextField()
    parts = models.TextField(default="")
    sent_digest = models.CharField(max_length=32)
    salt = models.CharField(max_length=32)
    evidence = models.TextField(default="{}")
    level = models.SmallIntegerField(default=0)
    at_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_number"),
            models.UniqueConstraint(fields=["inbox", "external_id"], name="message_external_id"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="message_kind"),
        ]


class Delivery(models.Model):
    """One outgoing route of a message: queued, sent, delivered, read or failed."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    identity = models.ForeignKey(Identity, null=True, on_delete=models.PROTECT, db_index=False)
    state = models.CharField(max_length=10, default="queued")
    reason = models.CharField(max_length=200, default="")
    provider_id = models.CharField(max_length=200, default="")
    attempts = models.SmallIntegerField(default=0)
    changed_us = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_route"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "delivered", "read", "failed"]),
                name="delivery_state",
            ),
        ]


class ReadMark(models.Model):
    """How far one side's participant has received and read; never goes back.

    participant: "contact" for the contact's side, "staff:<member id>" for a member.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    participant = models.CharField(max_length=30)
    delivered = models.IntegerField(default=0)
    read = models.IntegerField(default=0)
    changed_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "participant"], name="read_mark_of")
        ]


class Draft(models.Model):
    """What a member is writing, kept on the server whoever else acts."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    is_note = models.BooleanField(default=False)
    text = models.TextField()
    changed_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "member", "is_note"], name="draft_of_member"
            )
        ]
