"""Django's protection of forms, with a cookie of its own for each side."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers

from bitp.identity.sides import side_of


class TwoCsrfCookies(CsrfViewMiddleware):
    """A token of one side is worth nothing on the other."""

    def _get_secret(self, request: HttpRequest) -> str | None:
        """What Django reads, under the side's own cookie name."""
        theirs = request.COOKIES
        own = theirs.get(side_of(request).csrf_cookie)
        request.COOKIES = {} if own is None else {settings.CSRF_COOKIE_NAME: own}
        try:
            secret: str | None = super()._get_secret(request)  # type: ignore[misc]
            return secret
        finally:
            request.COOKIES = theirs

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponseBase) -> None:
        side = side_of(request)
        response.set_cookie(
            side.csrf_cookie,
            request.META["CSRF_COOKIE"],
            max_age=settings.CSRF_COOKIE_AGE,
            path=side.path,
            secure=settings.CSRF_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        patch_vary_headers(response, ["Cookie"])
