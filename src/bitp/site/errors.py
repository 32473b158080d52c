"""What went wrong, wired as the project's handlers: a page for people, problem details else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from bitp.identity.sides import CONSOLE_PATH
from bitp.lib.problems import problem, too_many, wants_page
from bitp.site.context import theme_of
from bitp.site.ways_in import WayIn, ways_in


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400."""
    if not wants_page(request):
        return problem(400, "bad_request", _("This request could not be read"))
    return _page(request, "400.html", 400)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404, and also for 403: what someone may not see is not there."""
    if not wants_page(request):
        return problem(404, "not_found", _("There is nothing at this address"))
    return _page(request, "404.html", 404)


def too_many_requests(request: HttpRequest, retry_s: int) -> HttpResponse:
    """429: more from one network address than people send."""
    if not wants_page(request):
        return too_many(retry_s, _("Too many at once from your network"))
    response = _page(request, "429.html", 429)
    response["Retry-After"] = str(retry_s)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Asks neither the database nor who is signed in: it must work when those do not."""
    if not wants_page(request):
        return problem(500, "failed", _("Something failed on our side"))
    context = {"ways_in": _ways(), "theme": theme_of(request)}
    return HttpResponse(loader.render_to_string("500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 for a form that was open too long or came from elsewhere."""
    if not wants_page(request):
        return problem(403, "csrf", _("Please send it again"))
    return _page(request, "403_csrf.html", 403)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Under /console/ in the staff's own frame: no chat and no way to customers' pages there."""
    if request.path_info.startswith(CONSOLE_PATH):
        body = loader.render_to_string(f"staff/errors/{template}", {}, request)
    else:
        body = loader.render_to_string(template, {"ways_in": _ways()}, request)
    return HttpResponse(body, status=status)


def _ways() -> list[WayIn]:
    return [way for way in ways_in() if way.is_connected]
