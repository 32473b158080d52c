"""A visitor who turns out to be a customer: the visitor's conversations become the customer's.

The rule: when a page of ours sends a visitor token together with a customer's session, it is
one browser, and the visitor's conversations move to the customer. Never the other way: the
visitor token opens nothing afterwards, so whoever kept it cannot read on. What was said keeps
the proof it had when it was said.
"""

from __future__ import annotations

from django.db import transaction

from bitp.desk.channels.chat.who import visitor_session
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.contacts.queries import MERGED, find_visitor
from bitp.desk.conversations.models import Conversation, Participant
from bitp.events.log import Envelope, Fact, append
from bitp.lib.clock import now_us

# More than these are nobody's own browser.
CONVERSATIONS_MAX = 100


def merge_visitor(visitor: str, customer: Contact, session: str) -> str:
    """Moves the visitor's conversations to the customer's contact, once.

    Returns the reference of the visitor's contact (again when asked again, so that the browser
    can move what it has not sent yet); empty for an unknown visitor.
    """
    found = find_visitor(visitor)
    if found is None or found.contact.customer:
        return ""
    with transaction.atomic():
        identity = Identity.objects.select_for_update().get(pk=found.pk)
        if identity.verified_how != MERGED:
            moved = _move(found.contact, customer)
            identity.verified_how = MERGED
            identity.save(update_fields=["verified_how"])
            append(_facts(found.contact, customer, visitor, moved, session))
    return found.contact.reference


def _move(visitor: Contact, customer: Contact) -> list[str]:
    rows = Conversation.objects.select_for_update(of=("self",)).filter(contact=visitor)
    moved = list(rows.order_by("pk")[:CONVERSATIONS_MAX])
    for conversation in moved:
        conversation.contact = customer
        conversation.save(update_fields=["contact"])
        Participant.objects.create(conversation=conversation, contact=customer, joined_us=now_us())
    Participant.objects.filter(conversation__in=moved, contact=visitor).update(left_us=now_us())
    return [conversation.reference for conversation in moved]


def _facts(
    visitor: Contact, customer: Contact, token_id: str, moved: list[str], session: str
) -> list[Fact]:
    by = Envelope("contact", str(customer.pk), session)
    merged = {"from": visitor.pk, "to": customer.pk, "conversations": moved}
    # The visitor's sockets are cut: their right to these conversations has gone.
    ended = {"session": visitor_session(token_id), "why": "merged"}
    facts = [Fact("contact.merged", merged, (), by), Fact("session.ended", ended, (), by)]
    own = f"contact/{customer.reference}"
    return facts + [
        Fact("conversation.opened", {"conversation": each}, (own,), by) for each in moved
    ]
