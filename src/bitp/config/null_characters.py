"""No address of ours has a null character; PostgreSQL would refuse one as text."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus

from django.http import Http404, HttpRequest, HttpResponseBase

NULL = "\0"


class NullCharacters:
    """Whatever is asked for with one in its path or query is not there, on any database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NULL in request.path_info or NULL in unquote_plus(query):
            raise Http404
        return self.get_response(request)
