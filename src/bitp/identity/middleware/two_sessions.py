"""One session for the customers' pages, another for the console, in one browser."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from bitp.identity.sessions import SessionStore
from bitp.identity.sides import Side, side_of

SERVER_ERROR = 500


class TwoSessions:
    """Gives a request the session of its side, and keeps it in that side's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        side = side_of(request)
        request.session = SessionStore(request.COOKIES.get(side.session_cookie), side.kind)
        response = self.get_response(request)
        _keep(request, response, side)
        return response


def _keep(request: HttpRequest, response: HttpResponseBase, side: Side) -> None:
    session = request.session
    if session.accessed:
        patch_vary_headers(response, ["Cookie"])
    if session.is_empty():
        if side.session_cookie in request.COOKIES:
            response.delete_cookie(side.session_cookie, path=side.path, samesite="Lax")
    elif session.modified and response.status_code < SERVER_ERROR:
        _save(session)
        _set_cookie(response, session, side)


def _save(session: SessionBase) -> None:
    try:
        session.save()
    except UpdateError as error:
        raise SessionInterrupted("The session ended while the request ran.") from error


def _set_cookie(response: HttpResponseBase, session: SessionBase, side: Side) -> None:
    lasts_s = None if session.get_expire_at_browser_close() else session.get_expiry_age()
    response.set_cookie(
        side.session_cookie,
        session.session_key or "",
        max_age=lasts_s,
        expires=None if lasts_s is None else http_date(time.time() + lasts_s),
        path=side.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
