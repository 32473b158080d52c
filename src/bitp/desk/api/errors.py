"""What can go wrong with tokens and requests of programs: a code, a status and a text each."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ApiError(Exception):
    """The base: ``code`` for programs, ``status`` for HTTP, ``says`` for people.

    ``more``: further members of the problem; ``headers``: of the answer.
    """

    code = "api_error"
    status = 400
    says: str | Promise = _("That could not be done.")

    def __init__(self, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(self.code)
        self.headers = headers or {}
        self.more = more


class BadApiToken(ApiError):
    """There is no token, or it is unknown, over or revoked: which of them is not said."""

    code = "bad_token"
    status = 401
    says = _("This needs a valid token: Authorization: Bearer bitp_…")


class NoScope(ApiError):
    """The token was not made for this; ``scope`` is what it lacks."""

    code = "insufficient_scope"
    status = 403
    says = _("This token was not made for this.")


class TooManyRequests(ApiError):
    """More requests than the token has a minute."""

    code = "too_many"
    status = 429
    says = _("Too many requests with this token. Please wait.")


class BadIdempotencyKey(ApiError):
    """The key is empty, too long or not printable."""

    code = "bad_idempotency_key"
    says = _("An Idempotency-Key has 1 to 200 printable ASCII characters.")


class KeyUsedOtherwise(ApiError):
    """The key stands for a request with another body."""

    code = "idempotency_mismatch"
    status = 422
    says = _("This Idempotency-Key was used for another request.")


class StillRunning(ApiError):
    """The request with this key is being answered right now."""

    code = "still_running"
    status = 409
    says = _("The request with this Idempotency-Key is still running.")


class NotJson(ApiError):
    """The body is of another type."""

    code = "not_json"
    status = 415
    says = _("The body must be application/json.")


class TooLarge(ApiError):
    """The body is larger than any request needs."""

    code = "too_large"
    status = 413
    says = _("The body is too large.")


class BadBody(ApiError):
    """The body is not JSON at all."""

    code = "bad_body"
    says = _("The body was not understood.")


class Invalid(ApiError):
    """The request was read, but values in it are wrong; ``errors`` says which and why."""

    code = "invalid"
    status = 422
    says = _("Some values are not as they must be.")


class MethodNotAllowed(ApiError):
    """The address is not asked in this way."""

    code = "method_not_allowed"
    status = 405
    says = _("This address does not take this method.")


class NoSuchContact(ApiError):
    """There is no such contact for whoever asked."""

    code = "no_such_contact"
    status = 404
    says = _("There is no such contact.")


class NoSuchAgent(ApiError):
    """Nobody of the staff with this id answers customers."""

    code = "no_such_agent"
    status = 404
    says = _("There is no such agent.")


class Refused(ApiError):
    """The text cannot be stored; ``reason`` says why: empty, too_long, blocked_text."""

    code = "refused"
    status = 422
    says = _("This text cannot be stored.")


class Busy(ApiError):
    """The database is busy; the same request may be sent again."""

    code = "busy"
    status = 503
    says = _("The system is busy. Please send it again.")


class NoToken(ApiError):
    """There is no such token for whoever asks."""

    code = "not_found"
    status = 404
    says = _("There is no such token.")


class TooManyTokens(ApiError):
    """More tokens are in use than anybody could oversee."""

    code = "too_many_tokens"
    status = 409
    says = _("Too many tokens are in use. Please revoke some first.")
