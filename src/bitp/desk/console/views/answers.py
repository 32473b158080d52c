"""Turning what a view returns, or raises, into an answer for the console's scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse

from bitp.desk.conversations.errors import ConversationError
from bitp.lib.problems import problem


def answers(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """The view's dictionary as JSON; a conversation's error as problem details."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return JsonResponse(view(*args, **kwargs))
        except ConversationError as error:
            return problem(error.status, error.code, error.says)

    return answered
