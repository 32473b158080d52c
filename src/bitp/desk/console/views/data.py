"""What the console asks for: lists, a conversation, its panels. JSON out, nothing written."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from bitp.desk.console.panels import draw_panels
from bitp.desk.console.queries import conversation_answer, lists_answer
from bitp.desk.console.views.answers import answers
from bitp.desk.console.views.page import me_data
from bitp.desk.conversations.queries import conversation_for
from bitp.desk.staff.rights import StaffRequest, staff_only

SEARCH_CHARACTERS_MAX = 100
# Nobody turns this many pages, and no conversation has this many messages.
NUMBER_DIGITS_MAX = 9


@require_safe
@staff_only
def me(request: StaffRequest) -> HttpResponse:
    """Who is signed in now, and the token for what is posted."""
    return JsonResponse({"me": me_data(request.member), "csrf": get_token(request)})


@require_safe
@staff_only
@answers
def lists(request: StaffRequest) -> dict[str, Any]:
    """A page of one view, with all counts."""
    search = request.GET.get("search", "")[:SEARCH_CHARACTERS_MAX]
    view = request.GET.get("view", "")
    return lists_answer(request.member, view, search, _number(request, "page") or 1)


@require_safe
@staff_only
@answers
def conversation(request: StaffRequest, reference: str) -> dict[str, Any]:
    """A page of a conversation; not found without the right to it."""
    found = conversation_for(request.member, reference)
    return conversation_answer(found, request.member, _number(request, "before"))


@require_safe
@staff_only
@answers
def panels(request: StaffRequest, reference: str) -> dict[str, Any]:
    """The context pane of a conversation."""
    found = conversation_for(request.member, reference)
    return {"panels": draw_panels(request.member, found)}


def _number(request: StaffRequest, name: str) -> int:
    """A whole number from the query; 0 where there is none."""
    typed = request.GET.get(name, "")
    plain = typed.isascii() and typed.isdigit() and len(typed) <= NUMBER_DIGITS_MAX
    return int(typed) if plain else 0
