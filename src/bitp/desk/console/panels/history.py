"""What the conversation is about, and what the same contact wrote about before."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bitp.desk.console import words
from bitp.desk.console.panels import Panel, register
from bitp.desk.console.queries import about_of, past_conversations
from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member

# Kinds of things a page of ours hands to the chat.
KINDS: dict[str, str | Promise] = {
    "transaction": pgettext_lazy("subject", "Transaction"),
    "order": pgettext_lazy("subject", "Order"),
    "sign_in": pgettext_lazy("subject", "Sign-in"),
    "page": pgettext_lazy("subject", "Page"),
}


def _about(_member: Member, conversation: Conversation) -> dict[str, Any] | None:
    rows = about_of(conversation)
    subjects = [{"kind": KINDS.get(r["kind"], r["kind"]), "subject": r["subject"]} for r in rows]
    return {"subjects": subjects} if subjects else None


def _past(member: Member, conversation: Conversation) -> dict[str, Any]:
    rows = past_conversations(conversation, member)
    return {"conversations": [_row(each) for each in rows]}


def _row(conversation: Conversation) -> dict[str, Any]:
    return {
        "reference": conversation.reference,
        "topic": words.TOPICS[conversation.topic],
        "status": words.STATUSES[conversation.status],
        "last_us": conversation.last_us,
    }


register(
    Panel("about", pgettext_lazy("panel", "About"), "console/panels/about.html", _about, place=20)
)
register(Panel("past", _("Earlier conversations"), "console/panels/past.html", _past, place=30))
