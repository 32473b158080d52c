"""Every write to contacts: made when somebody first writes in, known again afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from bitp.desk.contacts.addresses import (
    CHAT,
    EMAIL,
    customer_address,
    host_address,
    is_email,
    normalised,
    visitor_address,
)
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.contacts.queries import (
    BY_HOST,
    BY_SESSION,
    BY_TOKEN,
    MERGED,
    PLATFORM,
    find_contact_of_customer,
    find_host_user,
    find_visitor,
)
from bitp.events.log import Envelope, Fact, append
from bitp.identity.models import User
from bitp.lib.clock import now
from bitp.lib.ids import new_token
from bitp.policies.secrets import redact

REFERENCE_BYTES = 15
NAME_CHARACTERS_MAX = 100


class VisitorMerged(Exception):
    """The visitor token's conversations went to a customer: a new visitor has to begin."""


@dataclass(frozen=True, slots=True)
class HostUser:
    """What a host site says about its user; ``subject`` is the host's own id."""

    inbox: str
    subject: str
    name: str = ""
    email: str = ""


def contact_of_visitor(visitor: str, language: str) -> Contact:
    """The contact of the browser that holds the token of ``visitor``; made when missing.

    Raises VisitorMerged when its conversations went to a customer.
    """
    found = find_visitor(visitor)
    if found is None:
        return _make(visitor_address(visitor), BY_TOKEN, Contact(language=language))
    if found.verified_how == MERGED:
        raise VisitorMerged
    return found.contact


def contact_of_host_user(user: HostUser, language: str) -> Contact:
    """The contact of a host site's user; made when missing, renamed when the host says so."""
    name = clean_name(user.name)
    found = find_host_user(user.inbox, user.subject)
    if found is None:
        address = host_address(user.inbox, user.subject)
        contact = _make(address, BY_HOST, Contact(language=language, name=name))
    else:
        contact = found.contact
        _rename(contact, name)
    if is_email(user.email):
        _know_email(contact, user.email, "")
    return contact


def contact_of_customer(user: User) -> Contact:
    """The contact of a customer who is signed in here; made when missing."""
    contact = find_contact_of_customer(user.pk)
    name = clean_name(user.name)
    if contact is None:
        fresh = Contact(language=user.language, name=name, platform=PLATFORM, customer=str(user.pk))
        contact = _make(customer_address(user.pk), BY_SESSION, fresh)
    else:
        _rename(contact, name)
    verified = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    _know_email(contact, user.email, "account" if verified.exists() else "")
    return contact


def clean_name(name: str) -> str:
    """A name without secrets, control characters and needless space."""
    line = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    # Cut only afterwards: half a secret would not be found.
    return redact(line).text[:NAME_CHARACTERS_MAX]


def _make(address: str, how: str, contact: Contact) -> Contact:
    """Stores a new contact with its identity; whoever was faster is returned instead."""
    contact.reference = new_token(REFERENCE_BYTES)
    try:
        with transaction.atomic():
            contact.save()
            Identity.objects.create(
                contact=contact,
                channel=CHAT,
                address=address,
                verified_how=how,
                verified_at=now(),
            )
            by = Envelope("contact", str(contact.pk))
            append([Fact("contact.created", {"contact": contact.pk, "how": how}, (), by)])
    except IntegrityError:
        return (
            Identity.objects.select_related("contact")
            .get(channel=CHAT, address=address, verified_how=how)
            .contact
        )
    return contact


def _rename(contact: Contact, name: str) -> None:
    if name and name != contact.name:
        contact.name = name
        contact.save(update_fields=["name"])


def _know_email(contact: Contact, email: str, how: str) -> None:
    """Keeps an address; one that another contact has verified stays a claim here."""
    address = normalised(EMAIL, email)
    known = Identity.objects.filter(contact=contact, channel=EMAIL, address=address).first()
    if known is not None and (known.verified_how or not how):
        return
    is_taken = (
        Identity.objects.filter(channel=EMAIL, address=address)
        .exclude(verified_how="")
        .exclude(contact=contact)
        .exists()
    )
    verified = "" if is_taken else how
    Identity.objects.update_or_create(
        contact=contact,
        channel=EMAIL,
        address=address,
        defaults={"verified_how": verified, "verified_at": now() if verified else None},
    )
