"""Answers for programs when something is refused: problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, says: object, **more: Any) -> JsonResponse:
    """{type, title, status, code} and what else is known; ``says`` is for people."""
    body = {"type": "about:blank", "title": str(says), "status": status, "code": code, **more}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def too_many(retry_s: int, says: object) -> JsonResponse:
    """429: says when to come back (seconds)."""
    answer = problem(429, "too_many", says, retry_s=retry_s)
    answer["Retry-After"] = str(retry_s)
    return answer


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page; scripts ask for anything or for JSON."""
    return "text/html" in request.headers.get("Accept", "")
