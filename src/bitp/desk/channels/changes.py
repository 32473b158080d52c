"""Writes to inboxes."""

from __future__ import annotations

from bitp.desk.channels.models import Inbox

# The chat on our own pages.
SITE_INBOX = "site"


def site_inbox() -> Inbox:
    """The inbox of the chat on our own pages; made when it is first needed."""
    inbox, _ = Inbox.objects.get_or_create(
        key=SITE_INBOX, defaults={"channel": "chat", "name": "BitP"}
    )
    return inbox
