"""What every chat view needs: the body, the one who asks, and answers to what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bitp.desk.channels.chat.cors import is_listed, is_own
from bitp.desk.channels.chat.limits import (
    CHANGES,
    READS,
    READS_FROM_ADDRESS,
    TICKETS,
)
from bitp.desk.channels.chat.tickets import find_access
from bitp.desk.channels.chat.who import TooManyNew
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.errors import ConversationError
from bitp.identity.models import User
from bitp.identity.sessions import session_id
from bitp.lib.allowance import address_of
from bitp.lib.problems import problem, too_many

View = Callable[..., HttpResponseBase]
T = TypeVar("T")

# Bodies are a few tokens at most.
BODY_BYTES_MAX = 16_384
# The screen shows the other ways in meanwhile.
TOO_MANY = gettext_lazy("Too many at once. Please wait a moment.")


class Refusal(Exception):
    """Ends a view with the given answer."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def answers(*methods: str) -> Callable[[View], View]:
    """Only these methods; whatever a view refuses is answered as problem details."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                refused = problem(405, "method_not_allowed", _("This is not how to ask."))
                refused["Allow"] = ", ".join(methods)
                return refused
            try:
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                return refusal.answer
            except ConversationError as error:
                return problem(error.status, error.code, error.says)
            except TooManyNew as error:
                return too_many(error.retry_s, TOO_MANY)

        return answered

    return decorate


def read_body(request: HttpRequest, kind: type[T]) -> T:
    """The JSON body as ``kind``; raises Refusal. A form of another site cannot send JSON."""
    if request.content_type != "application/json":
        raise Refusal(problem(415, "not_json", _("The body must be application/json.")))
    if len(request.body) > BODY_BYTES_MAX:
        raise Refusal(problem(413, "too_large", _("The body is too large.")))
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(problem(400, "bad_body", _("The body was not understood."))) from error


def count_ticket(request: HttpRequest) -> None:
    """Raises Refusal when this network opens the chat too often."""
    if retry_s := TICKETS.take(address_of(request)):
        raise Refusal(too_many(retry_s, TOO_MANY))


def admit(request: HttpRequest, inbox: Inbox | None) -> Inbox:
    """The inbox, if this page may use it; raises Refusal."""
    if inbox is None:
        raise Refusal(problem(404, "no_inbox", _("There is no such inbox.")))
    request.chat_inbox = inbox  # type: ignore[attr-defined]
    origin = request.headers.get("Origin", "")
    if origin and not is_own(request) and not is_listed(inbox, origin):
        raise Refusal(problem(403, "origin_not_listed", _("This site may not embed the chat.")))
    return inbox


def contact_of(request: HttpRequest) -> tuple[Contact, dict[str, Any]]:
    """The contact whose access token the request carries, and what the token says.

    A customer's token is good only together with the session it was given in; raises Refusal,
    also when this contact reads or changes things without end.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    access = find_access(token) if scheme == "Bearer" else None
    contact = Contact.objects.filter(pk=access["id"]).first() if access else None
    if access is None or contact is None or not _stands(request, access):
        raise Refusal(problem(401, "signed_out", _("Please open the chat again.")))
    admit(request, Inbox.objects.filter(pk=access["i"], is_open=True).first())
    _count(request, contact)
    return contact, access


def _count(request: HttpRequest, contact: Contact) -> None:
    """Raises Refusal when this contact, or for reading this network, asks too often."""
    key = str(contact.pk)
    if request.method == "POST":
        retry_s = CHANGES.take(key)
    else:
        retry_s = READS.take(key) or READS_FROM_ADDRESS.take(address_of(request))
    if retry_s:
        raise Refusal(too_many(retry_s, TOO_MANY))


def _stands(request: HttpRequest, access: dict[str, Any]) -> bool:
    """Tokens of visitors and hosts stand alone; one of a customer ends with the session."""
    if not access["u"]:
        return True
    user = request.user
    return isinstance(user, User) and user.pk == access["u"] and session_id(request) == access["s"]
