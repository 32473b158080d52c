"""Which other sites' pages may call the chat: the inbox's listed origins, without cookies."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from bitp.desk.channels.models import Inbox

View = Callable[..., HttpResponseBase]
# Browsers keep a preflight's answer this long.
PREFLIGHT_S = 600


def is_own(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: only such a request may use the session's cookie.

    A request without an origin comes from no page, and so never counts as ours.
    """
    origin = request.headers.get("Origin", "")
    return origin in {settings.ORIGIN, f"{request.scheme}://{request.get_host()}"}


def is_listed(inbox: Inbox, origin: str) -> bool:
    """Whether pages of the origin may embed the inbox's chat; never "null"."""
    return origin in inbox.origins.split()


def from_anywhere_listed(view: View) -> View:
    """Answers preflights, and lets listed pages read the answer.

    The view sets ``request.chat_inbox``; until then any open inbox's list counts. No cookie
    decides anything here except where is_own() says so, hence no token against forged forms.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204)
        else:
            response = view(request, *args, **kwargs)
        _allow(request, response)
        return response

    return answered


def _allow(request: HttpRequest, response: HttpResponseBase) -> None:
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin", "")
    if not origin or not _may_read(request, origin):
        return
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Expose-Headers"] = "Retry-After"
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, X-File-Name, X-File-Type"
        )
        response["Access-Control-Max-Age"] = str(PREFLIGHT_S)


def _may_read(request: HttpRequest, origin: str) -> bool:
    inbox: Inbox | None = getattr(request, "chat_inbox", None)
    if inbox is not None:
        return is_listed(inbox, origin)
    # A listed origin is a part of the text; the exact comparison follows in Python.
    some = Inbox.objects.filter(channel="chat", is_open=True, origins__contains=origin)
    return any(is_listed(each, origin) for each in some)
