"""The pages for what went wrong, wired as the project's handlers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

from bitp.site.context import theme_of
from bitp.site.ways_in import WayIn, ways_in


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400."""
    return _answer(request, "400.html", 400)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404, and also for 403: what someone may not see is not there."""
    return _answer(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Asks neither the database nor who is signed in: it must work when those do not."""
    context = {"ways_in": _ways(), "theme": theme_of(request)}
    return HttpResponse(loader.render_to_string("500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 for a form that was open too long or came from elsewhere."""
    return _answer(request, "403_csrf.html", 403)


def _answer(request: HttpRequest, template: str, status: int) -> HttpResponse:
    body = loader.render_to_string(template, {"ways_in": _ways()}, request)
    return HttpResponse(body, status=status)


def _ways() -> list[WayIn]:
    return [way for way in ways_in() if way.is_connected]
