"""Answers to programs: JSON, or problem details; the same change only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from bitp.desk.api.bearer import ProgramRequest
from bitp.desk.api.errors import (
    ApiError,
    BadBody,
    Invalid,
    NotJson,
    TooLarge,
)
from bitp.desk.api.idempotency import Answer, answer_once
from bitp.desk.api.limits import BODY_BYTES_MAX
from bitp.desk.conversations.errors import ConversationError, NotFound
from bitp.events.log import acting_program
from bitp.lib.problems import problem

JSON = "application/json"
Change = Callable[[], tuple[int, dict[str, Any]]]


def answer(shape: dict[str, Any]) -> HttpResponse:
    """200 with the shape; checked against its schema by the tests, not at each request."""
    return HttpResponse(msgspec.json.encode(shape), content_type=JSON)


def write(request: ProgramRequest, route: str, change: Change) -> HttpResponse:
    """Makes the change in one transaction, once per Idempotency-Key, as the program's doing.

    ``change`` returns status and shape; whatever it raises, nothing of it is done.
    """

    def act() -> Answer:
        status, shape = change()
        return Answer(status, msgspec.json.encode(shape).decode())

    with acting_program(str(request.auth.pk), f"staff:{request.auth.owner_id}"):
        done = answer_once(request, f"program:{request.auth.pk}", route, act)
    response = HttpResponse(done.body, status=done.status, content_type=JSON)
    if done.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return response


class JsonBody(Parser):
    """Reads bodies strictly: of the right type and size, and JSON as RFC 8259 has it."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body, whatever it is; raises NotJson, TooLarge, BadBody."""
        if request.content_type != JSON:
            raise NotJson
        if len(request.body) > BODY_BYTES_MAX:
            raise TooLarge
        try:
            body: dict[str, Any] = msgspec.json.decode(request.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise BadBody from error
        return body


def say_api_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Ours: they know their code, status and words."""
    assert isinstance(error, ApiError)
    response = problem(error.status, error.code, error.says, **error.more)
    for name, value in error.headers.items():
        response[name] = value
    return response


def say_conversation_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the desk refuses."""
    assert isinstance(error, ConversationError)
    return problem(error.status, error.code, error.says)


def say_http_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """What was refused before it came to us: a body that could not be read."""
    cause = error.__context__
    return say_api_error(request, cause if isinstance(cause, ApiError) else BadBody())


def say_not_found(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001
    """404."""
    return say_conversation_error(request, NotFound())


def say_invalid(request: HttpRequest, error: Exception) -> HttpResponse:
    """Each wrong value by its place; the values themselves are not repeated."""
    assert isinstance(error, ValidationError)
    wrong = [
        {"where": ".".join(str(part) for part in each["loc"]), "says": each["msg"]}
        for each in error.errors
    ]
    return say_api_error(request, Invalid(errors=wrong))


Say = Callable[[HttpRequest, Any], HttpResponse]
HANDLERS: dict[type[Exception], Say] = {
    ApiError: say_api_error,
    ConversationError: say_conversation_error,
    HttpError: say_http_error,
    Http404: say_not_found,
    ValidationError: say_invalid,
}
