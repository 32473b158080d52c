"""Nobody is signed in on the other side's pages."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from bitp.identity.models import User
from bitp.identity.sides import side_of


class OneKind:
    """Staff are strangers outside the console, customers inside it, whatever a session says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = request.user
        kind = side_of(request).kind

        def judged() -> User | AnonymousUser:
            fits = isinstance(found, User) and found.is_active and found.kind == kind
            return found if fits else AnonymousUser()

        # Lazy: a page that does not ask who is signed in reads no session.
        request.user = SimpleLazyObject(judged)  # type: ignore[assignment]
        return self.get_response(request)
