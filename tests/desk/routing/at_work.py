"""A desk at work: members who are ready, people who wait, and the router's turn."""

from __future__ import annotations

from itertools import count

from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import Post
from bitp.desk.routing.jobs import look_around
from bitp.desk.routing.models import Queue, Seat
from bitp.desk.routing.queues import main_queue
from bitp.desk.routing.router import hear
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import SILENT_US, set_presence
from bitp.events.tail import consume
from bitp.lib.clock import now_us
from tests.people import make_customer, make_member, post_of

MINUTE_US = 60 * 1_000_000
_names = count(1)


def ready(name: str, *, capacity: int = 5, languages: str = "") -> Member:
    """A member who is available."""
    member = make_member(name)
    Seat.objects.create(member=member, capacity=capacity, languages=languages)
    set_presence(member.pk, "available")
    return member


def assigning() -> Queue:
    """The main queue, giving conversations to people."""
    Queue.objects.filter(pk=main_queue().pk).update(assigns=True)
    return main_queue()


def waits(
    minutes: float = 1, *, topic: str = "", language: str = "en", who: str = ""
) -> Conversation:
    """Somebody who wrote so long ago."""
    alice = make_customer(who or f"Alice{next(_names)}")
    at_us = now_us() - round(minutes * MINUTE_US)
    post = post_of(alice, "help", at_us=at_us)
    fields = {name: getattr(post, name) for name in post.__slots__}
    outcome = outcomes_of([Post(**{**fields, "topic": topic, "language": language})])[0]
    return Conversation.objects.get(reference=outcome.reference)


def follow() -> None:
    """The router reads the log to its end."""
    while consume("routing", hear):
        pass


def work() -> None:
    """A worker's turn: the log, then the clock."""
    follow()
    look_around()
    follow()


def fall_silent(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(seen_us=now_us() - SILENT_US)


def who_has(*conversations: Conversation) -> list[str]:
    """Aliases of the assignees, empty where there is none."""
    rows = Conversation.objects.select_related("assignee").in_bulk([c.pk for c in conversations])
    found = [rows[c.pk].assignee for c in conversations]
    return [member.alias if member else "" for member in found]


def lines(conversation: Conversation, audience: str = "staff") -> list[dict[str, object]]:
    """The system lines of the conversation, as the audience sees them."""
    page, _ = messages_of(conversation.pk, 0, audience)
    return [message["parts"] for message in page if message["kind"] == "system"]


def codes(conversation: Conversation, audience: str = "staff") -> list[object]:
    return [line["code"] for line in lines(conversation, audience)]
