"""Tickets for the live connection, and the tokens a chat keeps between its calls."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from bitp.desk.channels.chat.subjects import TICKET_LIFETIME_S, payload_of, ticket_signer
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.staff.models import Member
from bitp.lib.canonical import canonical_json
from bitp.lib.signing import BadToken, Signer

# The chat's own calls are answered this long with one token; a host's word may end earlier.
ACCESS_LIFETIME_S = 24 * 3600
# A visitor who comes back within half a year finds the conversation; each visit renews it.
VISITOR_LIFETIME_S = 180 * 24 * 3600
VISITOR_BYTES = 18


@dataclass(frozen=True, slots=True)
class Asker:
    """Who opens the chat, and how well that is proven.

    session: what cuts the socket when it ends; evidence: canonical JSON as stored with every
    message; user: id of the sign-in row, 0 for others; visitor: the token to keep, empty for
    whoever is signed in; lifetime_s: how long an access token lasts; until_s: when the proof
    ends (seconds since the epoch), 0 where it does not.
    """

    contact: Contact
    inbox: Inbox
    session: str
    evidence: dict[str, str | int]
    user: int = 0
    visitor: str = ""
    lifetime_s: int = ACCESS_LIFETIME_S
    until_s: int = 0

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody vouches for who it is: our session, or the host site."""
        return bool(self.evidence)


def issue_customer_ticket(asker: Asker) -> str:
    """A ticket (60 s) for hello."""
    return ticket_signer().sign(_payload(asker), min(TICKET_LIFETIME_S, asker.lifetime_s))


def issue_staff_ticket(member: Member, session: str, until_s: int = 0) -> str:
    """A ticket (60 s) for the console's hello; ``session``: the public id of its session.

    ``until_s``: when that session ends whatever happens (seconds since the epoch).
    """
    evidence = canonical_json({"kind": "session", "session": session})
    payload = payload_of("staff", member.pk, session, evidence, 0, member.user_id, until_s)
    return ticket_signer().sign(payload, TICKET_LIFETIME_S)


def issue_access(asker: Asker) -> str:
    """The token that the chat's calls carry as ``Authorization: Bearer``."""
    return _access_signer().sign(_payload(asker), asker.lifetime_s)


def find_access(token: str) -> dict[str, Any] | None:
    """What an access token says, as subjects.payload_of; None when it is not ours or over."""
    return _find(_access_signer(), token)


def new_visitor() -> str:
    """The random id of a browser that was never here."""
    return secrets.token_urlsafe(VISITOR_BYTES)


def issue_visitor(visitor: str, inbox: Inbox) -> str:
    """The token a browser keeps to be known again; good in this inbox only."""
    return _visitor_signer(inbox).sign({"v": visitor}, VISITOR_LIFETIME_S)


def find_visitor_id(token: str, inbox: Inbox) -> str:
    """The visitor's id; empty when the token is not ours, of another inbox, or over."""
    payload = _find(_visitor_signer(inbox), token)
    return str(payload["v"]) if payload else ""


def _payload(asker: Asker) -> dict[str, Any]:
    evidence = canonical_json(asker.evidence)
    contact = asker.contact.pk
    session, inbox, user = asker.session, asker.inbox.pk, asker.user
    return payload_of("contact", contact, session, evidence, inbox, user, asker.until_s)


def _find(signer: Signer, token: str) -> dict[str, Any] | None:
    try:
        return signer.read(token) if token else None
    except BadToken:
        return None


def _access_signer() -> Signer:
    return Signer(settings.SECRET_KEY, "chat-access", settings.SECRET_KEY_FALLBACKS)


def _visitor_signer(inbox: Inbox) -> Signer:
    return Signer(settings.SECRET_KEY, f"chat-visitor:{inbox.key}", settings.SECRET_KEY_FALLBACKS)
