"""The language of a page: chosen in this browser, else the person's own, else the browser's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from bitp.identity.models import User
from bitp.identity.sides import side_of


class Language:
    """Switches the language for the request; every Chinese variant gets 简体中文."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _chosen(request) or _own(request)
        language = language or translation.get_language_from_request(request)
        # Not deactivated afterwards: what middleware outside renders stays in the language.
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", language)
        return response


def _chosen(request: HttpRequest) -> str:
    return _supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def _own(request: HttpRequest) -> str:
    # Without a session cookie nobody is signed in: such pages are not tied to the session.
    if side_of(request).session_cookie not in request.COOKIES:
        return ""
    user = request.user
    return _supported(user.language) if isinstance(user, User) else ""


def _supported(tag: str) -> str:
    try:
        return translation.get_supported_language_variant(tag)
    except LookupError:
        return ""
