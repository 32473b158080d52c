"""The console's one page. It arrives with its first data, so that nothing has to be waited for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bitp.desk.console import assets, words
from bitp.desk.console.queries import lists_answer
from bitp.desk.conversations.queries import VIEWS
from bitp.desk.staff.models import Member
from bitp.desk.staff.rights import StaffRequest, staff_only
from bitp.lib.clock import now_us
from bitp.lib.text import supported_language

# Addresses that the scripts are told as they are.
NAMED = ("home", "me", "lists", "ticket", "colleagues")


@require_safe
@staff_only
def home(request: StaffRequest, reference: str = "") -> HttpResponse:
    """The console; ``reference``: the conversation to open. Its rights are asked when it loads."""
    language = supported_language(get_language() or "")
    first = _first_data(request, reference, language)
    return render(request, "console/console.html", _context(request.member, first, language))


def _context(member: Member, first: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "member": member,
        "role": words.ROLES[member.role],
        "first": first,
        "views": [{"key": key, "icon": key, "words": words.VIEWS[key]} for key in VIEWS],
        "topics": _choices(words.TOPICS),
        "statuses": _choices(words.STATUSES),
        "channels": _choices(words.CHANNELS),
        "sheets": assets.SHEETS,
        "modules": [*assets.MODULES, f"console/strings/{language}.js"],
        "other_language": _other(language),
        "sign_out_url": reverse("staff:sign_out"),
    }


def _choices(table: dict[str, str | Promise]) -> list[dict[str, str | Promise]]:
    return [{"key": key, "words": name} for key, name in table.items()]


def _first_data(request: StaffRequest, reference: str, language: str) -> dict[str, Any]:
    member = request.member
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ("mine" if reference else "waiting")
    return {
        "me": me_data(member),
        "language": language,
        "strings": static(f"console/strings/{language}.js"),
        "csrf": get_token(request),
        "now_us": now_us(),
        "idle_s": settings.STAFF_IDLE_S,
        "view": view,
        "lists": {each: lists_answer(member, each, "", 1) for each in {view, "mine"}},
        "conversation": reference,
        "addresses": _addresses(),
    }


def me_data(member: Member) -> dict[str, Any]:
    """Who works here: {id, name, role}."""
    return {"id": member.pk, "name": member.alias, "role": member.role}


def _addresses() -> dict[str, str]:
    addresses = {name: reverse(f"console:{name}") for name in NAMED}
    page = reverse("console:conversation", args=["-"])
    data = reverse("console:conversation_data", args=["-"])
    return {
        **addresses,
        "page": page.removesuffix("-"),
        "conversation": data.removesuffix("-"),
        "search": reverse("search:find"),
        "search_widen": reverse("search:begin_wide"),
        "search_wide": reverse("search:find_wide"),
        "live": "/live",
        "sign_in": reverse("staff:sign_in"),
        "locked": reverse("staff:locked"),
        "lock": reverse("staff:lock"),
        "activity": reverse("staff:activity"),
    }


def _other(language: str) -> dict[str, str]:
    code, name = next(pair for pair in settings.LANGUAGES if pair[0] != language)
    return {"code": code, "name": name}
