"""The operations of version 1, each under the rights of a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path
from ninja import NinjaAPI

from bitp.desk.api.answers import HANDLERS, JsonBody, say_api_error
from bitp.desk.api.errors import MethodNotAllowed
from bitp.desk.api.v1 import agents, conversations, events, messages
from bitp.identity.rights import declare

# The right of whoever holds a token; its scopes are judged with each request.
PROGRAM = "program"
NAME = "api-v1"

api = NinjaAPI(
    title="BitP",
    version="1",
    description="Conversations, messages, assignments, agents and events for programs.",
    openapi_url=None,
    docs_url=None,
    urls_namespace=NAME,
    parser=JsonBody(),
)
for _error, _say in HANDLERS.items():
    api.add_exception_handler(_error, _say)
for _part in (conversations, messages, agents, events):
    api.add_router("", _part.router)


def _guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Says what is left to the token, and refuses methods as everything else is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response = say_api_error(request, MethodNotAllowed({"Allow": response["Allow"]}))
        if standing := getattr(request, "standing", None):
            for name, value in standing.headers().items():
                response[name] = value
        return response

    return declare(guarded, PROGRAM)


def patterns() -> list[URLPattern]:
    """The address of every operation."""
    found = [each for each in api.urls[0] if isinstance(each, URLPattern)]
    operations = [each for each in found if each.name != "api-root"]
    return [path(str(each.pattern), _guard(each.callback), name=each.name) for each in operations]
