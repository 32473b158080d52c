"""Reading conversations, always starting from who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.errors import NotFound
from bitp.desk.conversations.messages import last_texts
from bitp.desk.conversations.models import OPEN, RESOLVED, Conversation, ReadMark
from bitp.desk.conversations.shapes import (
    CUSTOMER,
    STAFF,
    customer_form,
    staff_summary,
)
from bitp.desk.routing.queues import hidden_queues
from bitp.desk.staff.models import Member
from bitp.events.models import Stream

# Conversations on one page of a list.
PAGE = 30
# Conversations the widget shows and follows.
SHOWN_TO_CONTACT = 20
VIEWS = ("waiting", "mine", "all", "resolved")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its items, its number from 1, how many pages there are."""

    items: list[dict[str, Any]]
    number: int
    pages: int


def of_contact(contact: Contact) -> QuerySet[Conversation]:
    """The contact's own conversations, latest first."""
    return (
        Conversation.objects.filter(contact=contact)
        .select_related("assignee", "contact")
        .order_by("-last_us", "-pk")
    )


def for_member(member: Member) -> QuerySet[Conversation]:
    """The conversations the member may see: those of their queues, and their own."""
    if not member.user.is_active:
        return Conversation.objects.none()
    rows = Conversation.objects.select_related("assignee", "contact", "inbox")
    hidden = hidden_queues(member)
    return rows.filter(~Q(queue__in=hidden) | Q(assignee=member)) if hidden else rows


def conversation_of_contact(contact: Contact, reference: str) -> Conversation:
    """The contact's conversation; raises NotFound, also for somebody else's."""
    found = of_contact(contact).filter(reference=reference).first()
    if found is None:
        raise NotFound
    return found


def conversation_for(member: Member, reference: str) -> Conversation:
    """The conversation, if the member may see it; raises NotFound."""
    found = for_member(member).filter(reference=reference).first()
    if found is None:
        raise NotFound
    return found


def conversations_of_contact(contact: Contact, search: str = "", page: int = 1) -> Page:
    """The contact's conversations in the customer's form, a page of them."""
    rows = of_contact(contact)
    if search.strip():
        rows = rows.filter(
            Q(reference__icontains=search.strip())
            | Q(messages__text__icontains=search.strip(), messages__is_note=False)
        ).distinct()
    found, number, pages = _page(rows, page, SHOWN_TO_CONTACT)
    return Page(customer_forms(found), number, pages)


def conversations_of_customer(user_id: int, search: str, page: int) -> Page:
    """The conversations of the customer who signs in with this row."""
    contact = Contact.objects.filter(platform="bitp", customer=str(user_id)).first()
    if contact is None:
        return Page([], 1, 1)
    return conversations_of_contact(contact, search, page)


def conversations_for(member: Member, view: str, search: str = "", page: int = 1) -> Page:
    """A page of one of the console's views, as staff summaries."""
    rows = _view(for_member(member), member, view)
    if search.strip():
        rows = rows.filter(
            Q(reference__icontains=search.strip()) | Q(contact__name__icontains=search.strip())
        )
    found, number, pages = _page(rows, page, PAGE)
    return Page(staff_summaries(found, member), number, pages)


def _view(rows: QuerySet[Conversation], member: Member, view: str) -> QuerySet[Conversation]:
    if view == "waiting":
        return rows.filter(assignee__isnull=True, status=OPEN, waiting_since_us__gt=0).order_by(
            "waiting_since_us", "pk"
        )
    if view == "mine":
        rows = rows.filter(assignee=member).exclude(status=RESOLVED)
    elif view == "resolved":
        rows = rows.filter(status=RESOLVED)
    return rows.order_by("-last_us", "-pk")


def counts_for(member: Member) -> dict[str, int]:
    """How many conversations each view holds."""
    return {view: _view(for_member(member), member, view).count() for view in VIEWS}


def _page(
    rows: QuerySet[Conversation], number: int, size: int
) -> tuple[list[Conversation], int, int]:
    pages = max(1, -(-rows.count() // size))
    number = min(max(1, number), pages)
    return list(rows[(number - 1) * size : number * size]), number, pages


def customer_forms(conversations: list[Conversation]) -> list[dict[str, Any]]:
    """The customer's form of each, with three queries for all."""
    heads = _heads(conversations, CUSTOMER)
    conversations = _as_they_are_now(conversations)
    marks = _marks(conversations)
    texts = last_texts([each.pk for each in conversations], CUSTOMER)
    return [
        customer_form(each, texts.get(each.pk, ""), marks[each.pk], heads[each.pk])
        for each in conversations
    ]


def staff_summaries(
    conversations: list[Conversation], member: Member | None
) -> list[dict[str, Any]]:
    """The console's row of each; without a member nothing counts as read by anyone."""
    heads = _heads(conversations, STAFF)
    conversations = _as_they_are_now(conversations)
    texts = last_texts([each.pk for each in conversations], STAFF)
    read = dict(
        ReadMark.objects.filter(
            conversation__in=conversations, participant=f"staff:{member.pk if member else 0}"
        ).values_list("conversation_id", "read")
    )
    return [
        staff_summary(each, texts.get(each.pk, ""), read.get(each.pk, 0), heads[each.pk])
        for each in conversations
    ]


def _heads(conversations: list[Conversation], audience: str) -> dict[int, int]:
    """Stream heads, read before anything else: what comes later arrives as an event."""
    names = {f"conversation/{each.reference}/{audience}": each.pk for each in conversations}
    heads = dict(Stream.objects.filter(name__in=names).values_list("name", "head"))
    return {pk: heads.get(name, 0) for name, pk in names.items()}


def _as_they_are_now(conversations: list[Conversation]) -> list[Conversation]:
    """The same rows read after the heads, so that no change falls between the two."""
    rows = Conversation.objects.select_related("assignee", "contact").in_bulk(
        [each.pk for each in conversations]
    )
    return [rows[each.pk] for each in conversations]


def _marks(conversations: list[Conversation]) -> dict[int, dict[str, Any]]:
    """How far each side has come: the contact, and whoever of the staff came furthest."""
    marks: dict[int, dict[str, Any]] = {
        each.pk: {side: {"delivered": 0, "read": 0} for side in ("contact", "agent")}
        for each in conversations
    }
    for mark in ReadMark.objects.filter(conversation__in=conversations):
        side = marks[mark.conversation_id]["contact" if mark.participant == "contact" else "agent"]
        side["delivered"] = max(side["delivered"], mark.delivered)
        side["read"] = max(side["read"], mark.read)
    return marks


def marks_of(conversation: Conversation) -> dict[str, Any]:
    """How far each side of one conversation has come."""
    return _marks([conversation])[conversation.pk]
