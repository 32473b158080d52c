"""The customers' pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from bitp.desk.conversations.queries import conversations_of_customer
from bitp.identity.rights import PUBLIC, declare, public
from bitp.lib.allowance import address_of
from bitp.lib.text import supported_language
from bitp.site import changes
from bitp.site.context import THEME_COOKIE, THEMES
from bitp.site.desk import presence
from bitp.site.errors import too_many_requests
from bitp.site.guide.answers import ANSWERS, answered_pages, remember_answers
from bitp.site.guide.pages import GuidePage, get_page, text_of, texts
from bitp.site.guide.search import MAX_QUERY_CHARACTERS, find_pages
from bitp.site.ways_in import ways_in

# More conversations than these are on their own page.
CONVERSATIONS_AT_HOME = 3
# Beyond this nobody turns pages; they search.
MAX_PAGE_NUMBER = 10_000

switch_language = declare(require_POST(set_language), PUBLIC)


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is and how to reach a person; for a customer also what is under way."""
    user_id = _find_customer(request)
    recent = conversations_of_customer(user_id, "", 1).items if user_id else []
    return render(
        request,
        "site/home.html",
        {
            "presence": presence(),
            "texts": texts(_language()),
            "conversations": recent[:CONVERSATIONS_AT_HOME],
        },
    )


@public
@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """Who is here, every way in, and the guide with its search."""
    query = _query(request)
    language = _language()
    ways = ways_in()
    return render(
        request,
        "site/support.html",
        {
            "presence": presence(),
            "ways_in": ways,
            "some_closed": not all(way.is_connected for way in ways),
            "query": query,
            "texts": find_pages(query, language) if query else texts(language),
        },
    )


@public
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the guide."""
    page = get_page(slug)
    text = text_of(page, _language())
    response = render(
        request,
        "site/guide.html",
        {
            "presence": presence(),
            "text": text,
            "others": [other for other in texts(_language()) if other.page != page],
            "answer": answered_pages(request).get(slug),
        },
    )
    # What this browser answered stands in the page.
    response["Cache-Control"] = "private, no-store"
    return response


@public
@require_POST
def answer_guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Keeps one answer to "did this help?" for each visit; only yes and no are answers."""
    page: GuidePage = get_page(slug)
    answered = answered_pages(request)
    helped = {"yes": True, "no": False}.get(request.POST.get("helped", ""))
    response = HttpResponseRedirect(reverse("site:guide", args=[slug]) + "#helped")
    if helped is None or slug in answered:
        return response
    if retry_s := ANSWERS.take(address_of(request)):
        return too_many_requests(request, retry_s)
    changes.answer_guide(page, _language(), helped)
    remember_answers(response, {**answered, slug: helped})
    return response


@public
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The signed-in customer's own conversations; anyone else learns where theirs are."""
    user_id = _find_customer(request)
    if user_id is None:
        return render(request, "site/conversations_visitor.html")
    query = _query(request)
    page = conversations_of_customer(user_id, query, _page_number(request))
    return render(request, "site/conversations.html", {"page": page, "query": query})


@public
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remembers light or dark in this browser; anything else goes back to the system's."""
    response = redirect(_next(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _find_customer(request: HttpRequest) -> int | None:
    # Only customers are signed in on this side (identity.middleware.OneKind).
    return request.user.pk


def _language() -> str:
    return supported_language(get_language() or "")


def _query(request: HttpRequest) -> str:
    typed = request.GET.get("q", "")[:MAX_QUERY_CHARACTERS]
    return "".join(each if each.isprintable() else " " for each in typed).strip()


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 8 else 1
    return min(max(number, 1), MAX_PAGE_NUMBER)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else reverse("site:home")
