"""The chat's HTTP endpoints: JSON in, JSON or problem details out."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from msgspec import Meta, Struct

from bitp.desk.channels.chat.asking import admit, answers, contact_of, count_ticket, read_body
from bitp.desk.channels.chat.cors import from_anywhere_listed
from bitp.desk.channels.chat.entering import Entry, enter, find_inbox
from bitp.desk.channels.chat.ways import ways
from bitp.desk.conversations.changes import (
    leave_address,
    reopen_by_contact,
    set_topic_by_contact,
)
from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.queries import conversation_of_contact, customer_forms
from bitp.desk.conversations.shapes import CUSTOMER
from bitp.desk.routing.queries import availability, expected_wait_minutes, position
from bitp.events.streams import standing
from bitp.identity.rights import declare, public

# The right of whoever holds an access token of the chat; "not found" for everybody else's.
CONTACT = "contact"
NUMBER_DIGITS_MAX = 9


class Address(Struct):
    """The body of POST …/address."""

    email: Annotated[str, Meta(max_length=254)]


class Topic(Struct):
    """The body of POST …/topic."""

    topic: Annotated[str, Meta(max_length=20)]


@public
@from_anywhere_listed
@answers("POST")
def ticket(request: HttpRequest) -> HttpResponseBase:
    """Opens the chat: who asks, what they need to talk, and what was said before."""
    count_ticket(request)
    entry = read_body(request, Entry)
    inbox = admit(request, find_inbox(entry.inbox))
    return JsonResponse(enter(request, entry, inbox))


@public
@from_anywhere_listed
@answers("GET")
def available(request: HttpRequest) -> HttpResponseBase:
    """Who is there now, how long it takes, and the other ways in."""
    count_ticket(request)
    admit(request, find_inbox(request.GET.get("inbox", "")))
    return JsonResponse({**availability().as_json(), "ways": ways()})


@from_anywhere_listed
@answers("GET")
def conversation(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The contact's own conversation with its last messages, or those before a number."""
    contact, _ = contact_of(request)
    # Read before everything else: what comes later arrives as an event.
    head = standing(f"conversation/{reference}/{CUSTOMER}").head
    found = conversation_of_contact(contact, reference)
    messages, more = messages_of(found.pk, _before(request), CUSTOMER)
    form = {**customer_forms([found])[0], "head": head}
    return JsonResponse({**form, "messages": messages, "more": more})


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX
    return int(text) if is_number else 0


@from_anywhere_listed
@answers("GET")
def place(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Where the conversation stands in the queue, and who is there."""
    contact, _ = contact_of(request)
    mine = position(conversation_of_contact(contact, reference))
    return JsonResponse(
        {
            "position": mine,
            "wait_minutes": expected_wait_minutes(mine) if mine else None,
            "availability": availability().as_json(),
        }
    )


@from_anywhere_listed
@answers("POST")
def address(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Where to tell the contact when the answer comes."""
    contact, _ = contact_of(request)
    leave_address(contact, reference, read_body(request, Address).email)
    return HttpResponse(status=204)


@from_anywhere_listed
@answers("POST")
def reopen(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A lately resolved conversation goes on."""
    contact, access = contact_of(request)
    read_body(request, Struct)
    reopen_by_contact(contact, reference, access["s"])
    return HttpResponse(status=204)


@from_anywhere_listed
@answers("POST")
def topic(request: HttpRequest, reference: str) -> HttpResponseBase:
    """What the conversation is about, corrected by whoever began it."""
    contact, _ = contact_of(request)
    set_topic_by_contact(contact, reference, read_body(request, Topic).topic)
    return HttpResponse(status=204)


for _view in (conversation, place, address, reopen, topic):
    declare(_view, CONTACT)
