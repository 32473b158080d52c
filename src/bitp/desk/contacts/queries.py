"""Reading contacts: who stands behind an identity that was proven."""

from __future__ import annotations

from bitp.desk.contacts.addresses import CHAT, EMAIL, host_address, visitor_address
from bitp.desk.contacts.models import Contact, Identity

# Our own platform behind the port; an operator's other platform has another name.
PLATFORM = "bitp"

# How an identity of the chat was verified.
BY_TOKEN = "visitor"  # noqa: S105 - a word, not a secret: the browser holds our visitor token
BY_HOST = "host"
BY_SESSION = "session"
# A visitor whose conversations went to the customer who signed in: the token opens nothing.
MERGED = "merged"


def find_visitor(visitor: str) -> Identity | None:
    """The identity of a visitor token, with its contact; its verified_how may be MERGED."""
    return _find(visitor_address(visitor))


def find_host_user(inbox: str, subject: str) -> Identity | None:
    """The identity of a host site's user, with its contact."""
    return _find(host_address(inbox, subject))


def find_contact_of_customer(user: int) -> Contact | None:
    """The contact of a customer of our own platform."""
    return Contact.objects.filter(platform=PLATFORM, customer=str(user)).first()


def has_email(contact: Contact) -> bool:
    """Whether there is an address to which an answer can be told."""
    return contact.identities.filter(channel=EMAIL).exists()


def _find(address: str) -> Identity | None:
    return (
        Identity.objects.filter(channel=CHAT, address=address)
        .exclude(verified_how="")
        .select_related("contact")
        .first()
    )
