"""What a browser has said of the guide's pages: signed, in its own cookie.

No session is begun for it, so a visitor who answers leaves one row: the answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bitp.lib.allowance import Allowance
from bitp.lib.signing import BadToken, Signer

COOKIE = "bitp_helped"
# A visit is over when the browser closes, or after this at the latest.
VISIT_S = 24 * 3600
# Answers from one network address: a reader gives six at most, an office some hundred a day.
ANSWERS = Allowance(burst=200, per_s=0.1)


def answered_pages(request: HttpRequest) -> dict[str, bool]:
    """The pages this visit has answered, by slug, with the answer."""
    try:
        answered = _signer().read(request.COOKIES.get(COOKIE, "")).get("answered")
    except BadToken:
        return {}
    return answered if isinstance(answered, dict) else {}


def remember_answers(response: HttpResponse, answered: Mapping[str, bool]) -> None:
    """Gives the browser what it has answered, until it closes."""
    response.set_cookie(
        COOKIE,
        _signer().sign({"answered": dict(answered)}, VISIT_S),
        path="/support/guide/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _signer() -> Signer:
    return Signer(settings.SECRET_KEY, "guide-answers", settings.SECRET_KEY_FALLBACKS)
