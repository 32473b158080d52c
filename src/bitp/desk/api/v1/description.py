"""What the API says of itself: the OpenAPI document, and the page that shows it.

The forms come from the operations; what all of them share (problems, the key of a repeated
request, the scopes a token needs) is added here, once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja.operation import Operation

from bitp.desk.api import schemas
from bitp.desk.api.bearer import Token
from bitp.desk.api.idempotency import HEADER, KEY_CHARACTERS_MAX
from bitp.desk.api.limits import WINDOW_S
from bitp.desk.api.v1.routes import api
from bitp.identity.rights import public

ROOT = "/api/v1/"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS = {
    "400": "The request could not be read.",
    "401": "No token, or one that is unknown, over or revoked.",
    "403": "The token lacks a scope.",
    "404": "Not there, or not for this token.",
    "409": "It stands otherwise by now, or the request with this key is still running.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "Values are wrong, or the key was used for another request.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "The system is busy; the same request may be sent again.",
}
ALWAYS = ("401", "403", "404", "422", "429")
WRITING = ("400", "409", "413", "415", "503")
KEY: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "A request sent again with the same key within 24 hours is not done again: "
    "its answer is repeated.",
    "schema": {"type": "string", "pattern": f"^[ -~]{{1,{KEY_CHARACTERS_MAX}}}$"},
}


@require_safe
@public
def openapi_json(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(_document(), content_type="application/json")


@require_safe
@public
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page on which requests can be tried; nothing comes from elsewhere."""
    return render(request, "api/docs.html", {"settings": {"url": f"{ROOT}openapi.json"}})


@cache
def _document() -> bytes:
    return msgspec.json.encode(describe())


def describe() -> dict[str, Any]:
    """The OpenAPI 3.1 document of version 1."""
    # Written and read: the library keeps statuses as numbers, JSON has only texts as names.
    schema = msgspec.json.encode(dict(api.get_openapi_schema(path_prefix=ROOT)))
    document: dict[str, Any] = msgspec.json.decode(schema)
    document["servers"] = [{"url": settings.ORIGIN}]
    for methods in document["paths"].values():
        for operation in methods.values():
            _complete(operation, _operations()[operation["operationId"]])
    parts = document["components"]
    parts["schemas"]["Problem"] = schemas.Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts["schemas"] |= parts["schemas"]["Problem"].pop("$defs")
    return document


@cache
def _operations() -> dict[str, Operation]:
    return {
        operation.operation_id or "": operation
        for _, router in api._routers  # noqa: SLF001 - the library names them nowhere else
        for view in router.path_operations.values()
        for operation in view.operations
    }


def _complete(described: dict[str, Any], operation: Operation) -> None:
    writes = "requestBody" in described
    refusals = [*ALWAYS, *(WRITING if writes else [])]
    for status in sorted(refusals):
        described["responses"][status] = {"description": REFUSALS[status], "content": PROBLEM}
    described["responses"]["429"]["headers"] = _rate_headers()
    if writes:
        described["parameters"].append(KEY)
    for parameter in described["parameters"]:
        _drop_null(parameter["schema"])
    described["security"] = [{"Token": sorted(_scopes(operation))}]


def _scopes(operation: Operation) -> set[str]:
    tokens = [each for each in operation.auth_callbacks if isinstance(each, Token)]
    return {scope for each in tokens for scope in each.scopes}


def _drop_null(schema: dict[str, Any]) -> None:
    """A query has no null: what is optional is left out."""
    if forms := schema.pop("anyOf", None):
        schema |= next(each for each in forms if each != {"type": "null"})


def _rate_headers() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "RateLimit-Policy": {"description": f"Requests in {WINDOW_S} seconds.", "schema": text},
        "RateLimit": {"description": "What is left, and when all is back.", "schema": text},
        "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    }
