"""Opening the chat: who asks becomes a ticket, an access token and the first screen's data."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from msgspec import Meta, Struct

from bitp.desk.channels.chat.cors import is_own
from bitp.desk.channels.chat.merging import merge_visitor
from bitp.desk.channels.chat.tickets import (
    Asker,
    find_visitor_id,
    issue_access,
    issue_customer_ticket,
)
from bitp.desk.channels.chat.ways import ways
from bitp.desk.channels.chat.who import (
    asker_by_session,
    asker_by_visitor,
    find_asker_by_host,
)
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.queries import has_email
from bitp.desk.conversations.queries import conversations_of_contact, of_contact
from bitp.desk.routing.queries import availability
from bitp.events.models import Stream
from bitp.identity.models import User
from bitp.lib.text import supported_language
from bitp.live.protocol import MESSAGE_CHARACTERS_MAX, SENDS_PER_S_MAX

CHAT = "chat"
# Conversations the chat lists (queries.SHOWN_TO_CONTACT); older ones stand on the site's page.
LISTED = 20


class Entry(Struct):
    """The body of POST /chat/ticket; every field may be left out."""

    inbox: Annotated[str, Meta(max_length=32)] = ""
    visitor: Annotated[str, Meta(max_length=1024)] = ""
    identity: Annotated[str, Meta(max_length=8192)] = ""
    language: Annotated[str, Meta(max_length=35)] = ""


def find_inbox(key: str) -> Inbox | None:
    """The open chat inbox of this key; without a key the first one."""
    rows = Inbox.objects.filter(channel=CHAT, is_open=True).order_by("pk")
    return rows.filter(key=key).first() if key else rows.first()


def enter(request: HttpRequest, entry: Entry, inbox: Inbox) -> dict[str, Any]:
    """The answer to POST /chat/ticket. Raises TooManyNew."""
    language = supported_language(entry.language)
    user = request.user if is_own(request) else None
    vouched = None
    if isinstance(user, User):
        asker = asker_by_session(request, user, inbox)
        merged = _merge(entry, asker)
    else:
        vouched = find_asker_by_host(request, entry.identity, inbox, language)
        asker = vouched or asker_by_visitor(request, entry.visitor, inbox, language)
        merged = ""
    return {
        **_tokens(asker),
        **_first_screen(asker, language),
        "merged_from": merged,
        "identity_accepted": vouched is not None,
    }


def _merge(entry: Entry, asker: Asker) -> str:
    visitor = find_visitor_id(entry.visitor, asker.inbox)
    return merge_visitor(visitor, asker.contact, asker.session) if visitor else ""


def _tokens(asker: Asker) -> dict[str, Any]:
    return {
        "ticket": issue_customer_ticket(asker),
        "access": issue_access(asker),
        "visitor": asker.visitor,
        "limits": {"characters": MESSAGE_CHARACTERS_MAX, "sends_per_s": SENDS_PER_S_MAX},
    }


def _first_screen(asker: Asker, language: str) -> dict[str, Any]:
    """Heads are read before everything else: what comes later arrives as an event."""
    contact = asker.contact
    stream = f"contact/{contact.reference}"
    references = list(of_contact(contact).values_list("reference", flat=True)[:LISTED])
    names = {f"conversation/{each}/customer" for each in references} | {stream}
    heads = dict(Stream.objects.filter(name__in=names).values_list("name", "head"))
    conversations = conversations_of_contact(contact).items
    for form in conversations:
        form["head"] = heads.get(form["stream"], 0)
    return {
        "subject": {
            "reference": contact.reference,
            "name": contact.name,
            "signed_in": asker.is_signed_in,
            "email_known": has_email(contact),
            "stream": stream,
            "head": heads.get(stream, 0),
        },
        "conversations": conversations,
        "availability": availability().as_json(),
        "ways": ways(),
        "language": language,
    }
