"""Who is asking: how well it is proven and by what, and from where they write to us."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bitp.desk.console import words
from bitp.desk.console.panels import Panel, register
from bitp.desk.console.queries import find_latest_of_contact
from bitp.desk.contacts.models import Identity
from bitp.desk.conversations.models import Conversation, Message
from bitp.desk.staff.models import Member

HIGHEST_LEVEL = 3
IDENTITIES_SHOWN = 20

# What was known when the contact last wrote, by the evidence's kind.
EVIDENCE: dict[str, str | Promise] = {
    "none": _("A visitor who has not signed in. Tell nothing about an account."),
    "claim": _("They say who they are; nothing shows it. Tell nothing about an account."),
    "session": _("Wrote from a browser that is signed in at BitP."),
    "host": _("The site that shows the chat vouches for them."),
}


def _provide(_member: Member, conversation: Conversation) -> dict[str, Any]:
    latest = find_latest_of_contact(conversation)
    level = latest.level if latest else conversation.level
    return {
        "name": _readable(conversation.contact.name),
        "contact": conversation.contact,
        "conversation": conversation,
        "level": level,
        "level_words": words.LEVELS[level],
        "diamonds": [step < level for step in range(HIGHEST_LEVEL)],
        "evidence": _evidence(latest),
        "identities": [_identity(row) for row in _identities(conversation)],
    }


def _readable(name: str) -> str:
    """A name without the marks that reorder or hide text."""
    return "".join(each for each in name if unicodedata.category(each) != "Cf").strip()


def _evidence(latest: Message | None) -> dict[str, Any]:
    """What the latest message's evidence says, in words and moments (microseconds; 0: never)."""
    known: dict[str, Any] = msgspec.json.decode(latest.evidence) if latest else {}
    return {
        "says": EVIDENCE.get(known.get("kind", "none"), EVIDENCE["none"]),
        "at_us": latest.at_us if latest else 0,
        "signed_in_us": int(known.get("signed_in_at_s") or 0) * 1_000_000,
        "step_up_us": int(known.get("step_up_at_s") or 0) * 1_000_000,
    }


def _identities(conversation: Conversation) -> list[Identity]:
    rows = Identity.objects.filter(contact=conversation.contact_id)
    return list(rows.order_by("channel", "pk")[:IDENTITIES_SHOWN])


def _identity(row: Identity) -> dict[str, Any]:
    return {
        "channel": words.CHANNELS.get(row.channel, row.channel),
        "address": _shown_address(row),
        "how": words.VERIFIED.get(row.verified_how, row.verified_how),
        "verified_us": int(row.verified_at.timestamp() * 1_000_000) if row.verified_at else 0,
    }


def _shown_address(row: Identity) -> str:
    """The address as a person knows it; a chat's is ours, but for a host site's own user id."""
    kind, _inbox, subject = (*row.address.split(":", 2), "", "")[:3]
    if row.channel != "chat":
        return row.address
    return subject if kind == "host" else ""


register(Panel("asking", _("Who is asking"), "console/panels/asking.html", _provide, place=10))
