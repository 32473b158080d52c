"""Who opens the chat: a customer's session, a host site's word, or a browser's own token."""

from __future__ import annotations

import hashlib
import time

from django.http import HttpRequest

from bitp.desk.channels.chat.identities import HostIdentity, find_host_identity
from bitp.desk.channels.chat.limits import NEW_CONTACTS
from bitp.desk.channels.chat.tickets import (
    ACCESS_LIFETIME_S,
    Asker,
    find_visitor_id,
    issue_visitor,
    new_visitor,
)
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.changes import (
    HostUser,
    VisitorMerged,
    contact_of_customer,
    contact_of_host_user,
    contact_of_visitor,
)
from bitp.desk.contacts.models import Contact
from bitp.desk.contacts.queries import find_host_user, find_visitor
from bitp.identity.models import User
from bitp.identity.sessions import SIGNED_IN_US, session_id
from bitp.lib.allowance import address_of


class TooManyNew(Exception):
    """Too many people who were never here before, from one address; ``retry_s``: wait."""

    def __init__(self, retry_s: int) -> None:
        super().__init__(retry_s)
        self.retry_s = retry_s


def asker_by_session(request: HttpRequest, user: User, inbox: Inbox) -> Asker:
    """A customer who is signed in at our own site."""
    signed_in_at_s = int(request.session.get(SIGNED_IN_US, 0)) // 1_000_000
    session = session_id(request)
    evidence: dict[str, str | int] = {
        "kind": "session",
        "session": session,
        "signed_in_at_s": signed_in_at_s,
    }
    until_s = int(request.session.get_expiry_date().timestamp())
    contact = contact_of_customer(user)
    return Asker(contact, inbox, session, evidence, user=user.pk, until_s=until_s)


def find_asker_by_host(
    request: HttpRequest, token: str, inbox: Inbox, language: str
) -> Asker | None:
    """The user a host site vouches for; None when its word is not good. Raises TooManyNew."""
    said = find_host_identity(inbox, token)
    if said is None:
        return None
    if find_host_user(inbox.key, said.subject) is None:
        _count_new(request)
    user = HostUser(inbox.key, said.subject, said.name, said.email)
    return _vouched(said, contact_of_host_user(user, language), inbox)


def _vouched(said: HostIdentity, contact: Contact, inbox: Inbox) -> Asker:
    evidence: dict[str, str | int] = {
        "kind": "host",
        "session": said.session,
        "signed_in_at_s": said.signed_in_at_s,
    }
    left_s = max(1, said.expires_at_s - int(time.time()))
    lifetime_s = min(ACCESS_LIFETIME_S, left_s)
    until_s = said.expires_at_s
    return Asker(contact, inbox, said.session, evidence, lifetime_s=lifetime_s, until_s=until_s)


def asker_by_visitor(request: HttpRequest, token: str, inbox: Inbox, language: str) -> Asker:
    """A browser that was here before, or a new one. Raises TooManyNew."""
    visitor = find_visitor_id(token, inbox) or new_visitor()
    if find_visitor(visitor) is None:
        _count_new(request)
    try:
        contact = contact_of_visitor(visitor, language)
    except VisitorMerged:
        # Its conversations belong to a customer now: this browser begins anew.
        _count_new(request)
        visitor = new_visitor()
        contact = contact_of_visitor(visitor, language)
    kept = issue_visitor(visitor, inbox)
    return Asker(contact, inbox, visitor_session(visitor), {}, visitor=kept)


def visitor_session(visitor: str) -> str:
    """The public id of a visitor's standing: what cuts its sockets."""
    return hashlib.sha256(f"visitor:{visitor}".encode()).hexdigest()[:32]


def _count_new(request: HttpRequest) -> None:
    if retry_s := NEW_CONTACTS.take(address_of(request)):
        raise TooManyNew(retry_s)
