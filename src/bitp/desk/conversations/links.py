"""Links that lead a person back to a conversation."""

from __future__ import annotations

from django.conf import settings

from bitp.desk.conversations.models import Conversation


def chat_link(conversation: Conversation) -> str:
    """Our support page with this conversation open, for the browser it was begun in."""
    return f"{settings.ORIGIN}/support?conversation={conversation.reference}#chat"
