"""What the processes write to their error output: never a name, an address or a text of anybody.

Lines for people, or with BITP_LOG=json one object per line for a log store. Of an exception only
its type and the places in the code are written: its text may quote what somebody typed.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bitp.lib.clock import now
from bitp.lib.request_id import begin_request, current_request_id, end_request

TEXT, JSON = "text", "json"
# The innermost places of an exception; the way there is the framework's.
PLACES_MAX = 12
HEADER = "X-Request-Id"

Respond = Callable[[HttpRequest], HttpResponseBase]
requests = logging.getLogger("bitp.request")


class JsonLines(logging.Formatter):
    """One JSON object per record: at, level, logger, says, process, and what is known more."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts: dict[str, Any] = {
            "at": now().isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage(),
            "process": process_name(),
        }
        if request := current_request_id():
            facts["request"] = request
        facts.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            facts.update(_explain(record.exc_info[1]))
        return msgspec.json.encode(facts).decode()


class Lines(logging.Formatter):
    """Lines for people, with the places of an exception but without its text."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Type and places."""
        found = _explain(ei[1])
        return "\n".join(
            [f"Traceback: {found['error']}", *(f"  {place}" for place in found["places"])]
        )


class RoutesForPaths(logging.Filter):
    """Django's own records about a request name its path; ours name its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            match = request.resolver_match
            record.msg, record.args = "%s at %s", (_reason(record), match.route if match else "?")
        return True


def _reason(record: logging.LogRecord) -> str:
    return str(record.args[0]) if isinstance(record.args, tuple) and record.args else "refused"


class RequestLog:
    """Gives every request an id, and writes one record about it: what was asked, how it ended.

    The route stands for the path: a path may hold a token, and what people paste.
    """

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers the request."""
        began = time.monotonic()
        fresh = begin_request()
        try:
            response = self._respond(request)
            response[HEADER] = fresh
            requests.info("answered", extra={"facts": _facts(request, response, began)})
        finally:
            end_request()
        return response


def _facts(request: HttpRequest, response: HttpResponseBase, began: float) -> dict[str, Any]:
    match = request.resolver_match
    return {
        "method": request.method,
        "route": match.route if match is not None else "",
        "status": response.status_code,
        "ms": round(1000 * (time.monotonic() - began), 1),
    }


def process_name() -> str:
    """Which program writes: web, live, worker or a command."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return words[0] if words else ""


def _explain(error: BaseException) -> dict[str, Any]:
    places = traceback.extract_tb(error.__traceback__)[-PLACES_MAX:]
    return {
        "error": type(error).__name__,
        "places": [f"{each.filename}:{each.lineno} {each.name}" for each in places],
    }


def settings_for(how: str) -> dict[str, Any]:
    """Django's LOGGING. how: TEXT or JSON."""
    formatter = JsonLines if how == JSON else Lines
    line = {"()": formatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"routes": {"()": RoutesForPaths}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["routes"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # Below an error these repeat the path that was asked for.
            "django.request": {"level": "ERROR"},
            "django.security.csrf": {"level": "ERROR"},
            "bitp.request": {"level": "INFO" if how == JSON else "WARNING"},
        },
    }
