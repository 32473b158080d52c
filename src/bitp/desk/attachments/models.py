"""Files that people hand over; their content lies in the sealed store. Times in microseconds."""

from __future__ import annotations

from django.db import models

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation, Message

# checking: held for the virus check, nobody may have it; ready; refused: found to be harmful;
# erased: its content and its keys are gone.
CHECKING, READY, REFUSED, ERASED = "checking", "ready", "refused", "erased"
STATES = (CHECKING, READY, REFUSED, ERASED)


class Attachment(models.Model):
    """One file, on its way to a message or part of one.

    reference: unguessable, but no key: who may have it is asked each time. contact: whose
    conversation it belongs to; conversation or thread (of one that has not begun): where it was
    handed over; uploader_kind ("contact" | "agent") and uploader: who did; message: null until it
    is sent. name: made safe; declared_type: what the sender said, believed by nobody; type: by
    content. file, key: name and wrapped key in the sealed store; thumbnail the same.
    sha256: of the file as sent, before it was redrawn. reason: a code, why it was refused.
    """

    reference = models.CharField(max_length=32, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT)
    thread = models.CharField(max_length=64, default="")
    uploader_kind = models.CharField(max_length=8)
    uploader = models.BigIntegerField()
    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="attachments"
    )
    position = models.SmallIntegerField(default=0)
    name = models.CharField(max_length=120)
    declared_type = models.CharField(max_length=100, default="")
    type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    salt = models.CharField(max_length=32)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    file = models.CharField(max_length=32, default="", db_index=True)
    key = models.CharField(max_length=120, default="")
    thumbnail_file = models.CharField(max_length=32, default="", db_index=True)
    thumbnail_key = models.CharField(max_length=120, default="")
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, default="")
    created_us = models.BigIntegerField()
    changed_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="attachment_state"),
            models.CheckConstraint(
                condition=models.Q(state=ERASED, key="") | ~models.Q(state=ERASED),
                name="attachment_erased_has_no_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_us"],
                condition=models.Q(message__isnull=True),
                name="attachment_unsent",
            ),
        ]
