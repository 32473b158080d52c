"""Saying something through the API: on the desk's one way, marked as a program's doing."""

from __future__ import annotations

import hashlib
from typing import Any

from bitp.desk.api.bearer import ProgramRequest
from bitp.desk.api.errors import Busy, KeyUsedOtherwise, NoSuchContact, Refused
from bitp.desk.api.idempotency import read_key
from bitp.desk.api.rows import find_contact_id, site_inbox_id
from bitp.desk.api.schemas import ContactIn, NewConversation, NewMessage
from bitp.desk.api.shapes import BY_PROGRAM, time_of
from bitp.desk.contacts.changes import HostUser, contact_of_host_user
from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.errors import NotFound
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import ACCEPTED, CONFLICT, DUPLICATE, Outcome, Post
from bitp.lib.canonical import canonical_json
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token

# Sent again after this (seconds), when the database was busy.
RETRY_S = 1
# Bits enough that no two ids of a program meet.
ID_CHARACTERS = 32


def open_conversation(request: ProgramRequest, body: NewConversation) -> str:
    """The reference of the new conversation, in which its contact has said the first thing.

    Raises NoSuchContact, and what the outcome of posting raises.
    """
    contact = _contact_id(request, body.contact, body.language)
    own_id = _own_id(request, "thread")
    post = Post(
        author_kind="contact",
        author=contact,
        external_id=f"c{contact}:{own_id}",
        text=body.text,
        received_us=now_us(),
        thread=own_id,
        contact=contact,
        inbox=site_inbox_id(),
        topic=body.topic,
        language=body.language,
        evidence=_evidence(request),
    )
    return _stored(post).reference


def post_message(request: ProgramRequest, row: Conversation, body: NewMessage) -> dict[str, Any]:
    """schemas.Message of the reply or note, as it is stored."""
    member = request.member
    post = Post(
        author_kind="agent",
        author=member.pk,
        external_id=f"s{member.pk}:{_own_id(request, row.reference)}",
        text=body.text,
        received_us=now_us(),
        conversation=row.reference,
        is_note=body.note,
        evidence=_evidence(request),
    )
    outcome = _stored(post)
    return {
        "conversation": row.reference,
        "number": outcome.number,
        "kind": "text",
        "note": body.note,
        "author": {"kind": "agent", "name": member.alias, "id": member.pk, "program": True},
        "text": outcome.text,
        "parts": None,
        "at": time_of(outcome.at_us),
    }


def _contact_id(request: ProgramRequest, who: ContactIn, language: str) -> int:
    if who.reference:
        found = find_contact_id(who.reference)
        if found is None:
            raise NoSuchContact
        return found
    # A program's ids are its owner's: a new token finds the people of the old one.
    user = HostUser(f"api-{request.auth.owner_id}", who.external_id, who.name, who.email or "")
    return contact_of_host_user(user, language).pk


def _own_id(request: ProgramRequest, place: str) -> str:
    """The sender's own id: the same for the same key for ever, so that not even a request that
    is repeated after a day says something twice."""
    key = read_key(request)
    if not key:
        return new_token()
    said = f"{request.auth.pk}\n{place}\n{key}"
    return hashlib.sha256(said.encode()).hexdigest()[:ID_CHARACTERS]


def _evidence(request: ProgramRequest) -> str:
    return canonical_json({"kind": BY_PROGRAM, "token": request.auth.prefix})


def _stored(post: Post) -> Outcome:
    outcome = outcomes_of([post])[0]
    if outcome.result in {ACCEPTED, DUPLICATE}:
        return outcome
    if outcome.result == CONFLICT:
        raise KeyUsedOtherwise
    if outcome.code == "not_found":
        raise NotFound
    if outcome.retry:
        raise Busy({"Retry-After": str(RETRY_S)})
    raise Refused(reason=outcome.code)
