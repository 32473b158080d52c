"""Who is connected: subjects from tickets and resume tokens, and what they may follow."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.queries import for_member
from bitp.desk.routing.queues import queues_of, stream_of
from bitp.desk.staff.models import OPERATOR, SUPERVISOR, Member
from bitp.lib.signing import BadToken, Signer
from bitp.live.inbound import Refused, Subject

# A ticket is fetched right before it is used.
TICKET_LIFETIME_S = 60
# A phone that slept over night comes back without asking the site.
RESUME_LIFETIME_S = 24 * 3600


def ticket_signer() -> Signer:
    """Signs tickets: from the site to the gateway, through the browser."""
    return Signer(settings.SECRET_KEY, "live-ticket", settings.SECRET_KEY_FALLBACKS)


def resume_signer() -> Signer:
    """Signs resume tokens: from the gateway to itself, through the browser."""
    return Signer(settings.SECRET_KEY, "live-resume", settings.SECRET_KEY_FALLBACKS)


def read_ticket(ticket: str) -> Subject:
    """The subject of a fresh ticket; raises Refused."""
    return _subject(_read(ticket_signer(), ticket))


def read_resume(token: str) -> Subject:
    """The subject of a resume token, with the rights it has now; raises Refused."""
    return _subject(_read(resume_signer(), token))


def payload_of(
    kind: str, pk: int, session: str, evidence: str, inbox: int, user: int, until_s: int
) -> dict[str, Any]:
    """What tickets and resume tokens say."""
    says = {"k": kind, "id": pk, "s": session, "e": evidence, "i": inbox, "u": user}
    return {**says, "x": until_s}


def resume_token(subject: Subject) -> str:
    """A token (24 h) bound to the subject's session; it ends with the proof if that is sooner.

    Each hello gives a new one: without that end, a proof of five minutes would last for ever.
    A contact's carries what its subject is made of: ten thousand come back at once after a
    restart, and none of them needs a query.
    """
    kind, _, pk = subject.key.partition(":")
    payload = payload_of(
        kind,
        int(pk),
        subject.session,
        subject.evidence,
        subject.inbox,
        subject.user,
        subject.until_s,
    )
    if kind == "contact":
        payload |= {"n": subject.name, "f": list(subject.streams)}
    left_s = subject.until_s - int(time.time()) if subject.until_s else RESUME_LIFETIME_S
    return resume_signer().sign(payload, min(RESUME_LIFETIME_S, left_s))


def _read(signer: Signer, token: str) -> dict[str, Any]:
    try:
        return signer.read(token)
    except BadToken as error:
        raise Refused(4401) from error


def _subject(payload: dict[str, Any]) -> Subject:
    if payload["k"] == "staff":
        return _staff(payload)
    return _contact(payload if "f" in payload else _look_up(payload))


def _look_up(payload: dict[str, Any]) -> dict[str, Any]:
    """A contact's ticket with name and streams as they are now."""
    contact = Contact.objects.filter(pk=payload["id"]).first()
    if contact is None:
        raise Refused(4403)
    return {**payload, "n": contact.name, "f": [f"contact/{contact.reference}"]}


def _contact(payload: dict[str, Any]) -> Subject:
    return Subject(
        key=f"contact:{payload['id']}",
        kind="customer",
        session=payload["s"],
        name=payload["n"],
        evidence=payload["e"],
        streams=tuple(payload["f"]),
        inbox=payload["i"],
        user=payload["u"],
        until_s=payload.get("x", 0),
    )


def _staff(payload: dict[str, Any]) -> Subject:
    member = Member.objects.filter(pk=payload["id"], user__is_active=True).first()
    if member is None:
        raise Refused(4403)
    streams = [*map(stream_of, queues_of(member)), f"agent/{member.pk}"]
    if member.role in {SUPERVISOR, OPERATOR}:
        streams.append("operations")
    return Subject(
        key=f"staff:{member.pk}",
        kind="staff",
        session=payload["s"],
        name=member.alias,
        evidence=payload["e"],
        streams=tuple(streams),
        user=member.user_id,
        until_s=payload.get("x", 0),
    )


def may_follow(subject: Subject, stream: str) -> bool:
    """Whether the subject may follow the stream now; unknown streams are nobody's."""
    if stream in subject.streams:
        return True
    kind, _, rest = stream.partition("/")
    reference, _, side = rest.partition("/")
    if kind != "conversation" or side != ("staff" if subject.kind == "staff" else "customer"):
        return False
    return takes_part(subject, reference)


def takes_part(subject: Subject, reference: str) -> bool:
    """Whether the conversation is the contact's own, or one the member may see."""
    kind, _, pk = subject.key.partition(":")
    if kind == "contact":
        return Conversation.objects.filter(reference=reference, contact=int(pk)).exists()
    member = Member.objects.select_related("user").filter(pk=int(pk)).first()
    return member is not None and for_member(member).filter(reference=reference).exists()


def about_signer() -> Signer:
    """Signs what a page hands to the chat: a transaction, an order, a locked sign-in."""
    return Signer(settings.SECRET_KEY, "about", settings.SECRET_KEY_FALLBACKS)


def read_about(token: str) -> tuple[tuple[str, str], ...]:
    """The (kind, subject) a signed reference names; nothing when it is forged or over."""
    try:
        payload = about_signer().read(token)
    except BadToken:
        return ()
    return ((str(payload["kind"])[:20], str(payload["subject"])[:120]),)
