"""Jobs of conversations: telling someone by mail that the answer has come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bitp.desk.contacts.models import Identity
from bitp.desk.conversations.links import chat_link
from bitp.desk.conversations.models import Conversation, ReadMark
from bitp.events.jobs import handles
from bitp.lib.text import one_line


def _tell(ids: dict[str, Any], key: str) -> dict[str, Any]:
    """Sends the mail unless the answer was read meanwhile; before the job's transaction."""
    conversation = Conversation.objects.select_related("contact", "assignee").get(
        reference=ids["conversation"]
    )
    address = find_address(conversation)
    if address and not _was_read(conversation):
        with translation.override(conversation.language):
            _mail(conversation, address, key).send()
        return {"told": True}
    return {"told": False}


@handles("conversations.tell_by_mail", outside=_tell)
def tell_by_mail(ids: dict[str, Any], key: str) -> None:
    """Nothing more to write: the job's removal is the proof that it was done."""


def find_address(conversation: Conversation) -> str | None:
    """Where the contact can be told: a verified address before one that was left in the chat."""
    rows = Identity.objects.filter(contact=conversation.contact_id, channel="email")
    row = rows.exclude(verified_how="").first() or rows.order_by("-pk").first()
    return row.address if row else None


def _was_read(conversation: Conversation) -> bool:
    return ReadMark.objects.filter(
        conversation=conversation,
        participant="contact",
        read__gte=conversation.last_agent_number,
    ).exists()


def _mail(conversation: Conversation, address: str, key: str) -> EmailMultiAlternatives:
    alias = conversation.assignee.alias if conversation.assignee else ""
    words = {
        # In a header and in plain text: whatever stands in the row, it is one harmless line.
        "name": one_line(alias) or "BitP",
        "reference": conversation.reference,
        "link": chat_link(conversation),
        "origin": settings.ORIGIN,
    }
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    mail = EmailMultiAlternatives(
        subject=_("%(name)s has answered you · %(reference)s") % words,
        body=render_to_string("conversations/answered.txt", words),
        to=[address],
        # The same job sends the same id, so that a mail server can refuse a second one.
        headers={
            "Message-ID": f"<{key.replace(':', '.')}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("conversations/answered.html", words), "text/html")
    return mail
