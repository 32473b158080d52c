"""Handing files over and getting them, for whoever writes to us and for the staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from bitp.desk.attachments import changes
from bitp.desk.attachments.errors import AttachmentError, Harmful, NotThere, TooMany
from bitp.desk.attachments.models import Attachment
from bitp.desk.attachments.queries import AGENT, CONTACT, for_contact, of_member
from bitp.desk.attachments.receiving import check_length, receive
from bitp.desk.attachments.serving import give
from bitp.desk.attachments.shapes import attachment_object
from bitp.desk.channels.chat.asking import answers, contact_of
from bitp.desk.channels.chat.cors import from_anywhere_listed
from bitp.desk.contacts.models import Contact
from bitp.desk.contacts.queries import find_contact_of_customer
from bitp.desk.conversations.queries import conversation_for, conversation_of_contact
from bitp.desk.staff.rights import StaffRequest, staff_only
from bitp.identity.models import User
from bitp.identity.rights import declare
from bitp.identity.sessions import session_id
from bitp.lib.allowance import Allowance
from bitp.lib.problems import problem

# Any contact: what is handed over may be for a conversation that does not exist yet.
CONTACTS = "contacts"

View = Callable[..., HttpResponseBase]
_THREAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
DECLARED_CHARACTERS_MAX = 100
HOUR_S = 3600


@cache
def _uploads(per_hour: int) -> Allowance:
    return Allowance(burst=per_hour, per_s=per_hour / HOUR_S)


def _explained(view: View) -> View:
    """What goes wrong with a file is answered as problem details."""

    @wraps(view)
    def explained(*args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except AttachmentError as error:
            more = {"retry_s": error.retry_s} if error.retry_s else {}
            refused = problem(error.status, error.code, error.says, **more)
            if error.retry_s:
                refused["Retry-After"] = str(error.retry_s)
            return refused

    return explained


# --- for whoever writes to us


@from_anywhere_listed
@answers("POST")
@_explained
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Takes the body as a file of the contact, for a conversation of theirs or a new thread."""
    contact, access = contact_of(request)
    reference = request.GET.get("conversation", "")
    thread = request.GET.get("thread", "")
    handed = changes.Handed(
        contact,
        CONTACT,
        contact.pk,
        access["s"],
        conversation_of_contact(contact, reference) if reference else None,
        thread if _THREAD.fullmatch(thread) else "",
        _declared(request),
    )
    return _take(request, handed)


@from_anywhere_listed
@answers("GET", "HEAD")
@_explained
def get(request: HttpRequest, attachment: str) -> HttpResponseBase:
    """The contact's file; ``?size=small``: its thumbnail."""
    row = for_contact(_asker(request), attachment)
    return give(request, row, thumbnail=_is_small(request))


@from_anywhere_listed
@answers("POST")
@_explained
def take_back(request: HttpRequest, attachment: str) -> HttpResponseBase:
    """The contact does not send the file after all."""
    contact, access = contact_of(request)
    changes.discard(_own(for_contact(contact, attachment), CONTACT, contact.pk), access["s"])
    return HttpResponse(status=204)


def _asker(request: HttpRequest) -> Contact:
    """By the chat's token; on our own pages also by the customer's session."""
    if "Authorization" in request.headers:
        return contact_of(request)[0]
    user = request.user
    contact = find_contact_of_customer(user.pk) if isinstance(user, User) else None
    if contact is None:
        raise NotThere
    return contact


# --- for the staff


@staff_only
@answers("POST")
@_explained
def staff_hand_over(request: StaffRequest) -> HttpResponseBase:
    """Takes the body as a file of the member, for a conversation they may see."""
    member = request.member
    conversation = conversation_for(member, request.GET.get("conversation", ""))
    handed = changes.Handed(
        conversation.contact,
        AGENT,
        member.pk,
        session_id(request),
        conversation,
        declared_type=_declared(request),
    )
    return _take(request, handed)


@staff_only
@answers("GET", "HEAD")
@_explained
def staff_get(request: StaffRequest, attachment: str) -> HttpResponseBase:
    """The file, for a member who may see its conversation; that it was opened is recorded."""
    row = of_member(request.member, attachment)
    is_small = _is_small(request)
    answer = give(request, row, thumbnail=is_small)
    if request.method == "GET" and not is_small and _is_beginning(answer):
        changes.record_opened(row, request.member, session_id(request))
    return answer


def _is_beginning(answer: HttpResponseBase) -> bool:
    """One download in many ranges is one opening."""
    is_given = answer.status_code in {200, 206}
    return is_given and answer.get("Content-Range", "bytes 0-").startswith("bytes 0-")


@staff_only
@answers("POST")
@_explained
def staff_take_back(request: StaffRequest, attachment: str) -> HttpResponseBase:
    """The member does not send the file after all."""
    row = _own(of_member(request.member, attachment), AGENT, request.member.pk)
    changes.discard(row, session_id(request))
    return HttpResponse(status=204)


# --- both


def _take(request: HttpRequest, handed: changes.Handed) -> HttpResponseBase:
    length = check_length(request.headers.get("Content-Length", ""))
    counted = _uploads(settings.ATTACHMENTS_PER_HOUR)
    if retry_s := counted.take(f"{handed.uploader_kind}:{handed.uploader}"):
        raise TooMany(retry_s)
    try:
        received = receive(request.read, length, _told_name(request))
    except Harmful as error:
        changes.refuse(
            handed.contact, handed.uploader_kind, handed.uploader, handed.session, error.code
        )
        raise
    return JsonResponse(attachment_object(changes.add(received, handed)), status=201)


def _own(row: Attachment, kind: str, uploader: int) -> Attachment:
    if (row.uploader_kind, row.uploader) != (kind, uploader) or row.message_id is not None:
        raise NotThere
    return row


def _told_name(request: HttpRequest) -> str:
    """Percent-encoded, because headers are no place for Chinese."""
    return unquote(request.headers.get("X-File-Name", ""))


def _declared(request: HttpRequest) -> str:
    told = request.headers.get("X-File-Type", "")
    return told[:DECLARED_CHARACTERS_MAX] if told.isascii() and told.isprintable() else ""


def _is_small(request: HttpRequest) -> bool:
    return request.GET.get("size") == "small"


declare(hand_over, CONTACTS)
for _view in (get, take_back):
    declare(_view, CONTACT)
