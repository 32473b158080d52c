"""The demo stage: both sides of a conversation on one screen, and what holds it together."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from bitp.demo.models import Letter
from bitp.demo.people import PEOPLE, Person
from bitp.desk.staff import idle
from bitp.identity.models import User
from bitp.identity.one_time_code import STEP_S, code_at
from bitp.identity.sessions import start_session
from bitp.lib.clock import now_us
from bitp.lib.control import NoSupervisor, ask_supervisor

# Letters on one page of the mailbox.
LETTERS_PER_PAGE = 20
# What may be killed from the stage.
PROCESSES = ("live", "web", "worker")

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """Not there unless this is the demo, whatever was included or installed."""

    @functools.wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.IS_DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    check.right = "public"  # type: ignore[attr-defined]
    return check


@demo_only
@require_safe
def stage(request: HttpRequest) -> HttpResponse:
    """A customer's phone and the agent's console, side by side."""
    return render(request, "demo/stage.html")


@demo_only
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The bar above the phone: enter as any sample customer."""
    people = [person for person in PEOPLE if not person.role]
    return _bar(request, people, "demo:enter_as_customer", "phone")


@demo_only
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """The bar above the console: enter as any sample member of staff."""
    people = [person for person in PEOPLE if person.role and not person.is_stand_in]
    return _bar(request, people, "demo:enter_as_staff", "console")


def _bar(request: HttpRequest, people: list[Person], action: str, frame: str) -> HttpResponse:
    moment_s = now_us() // 1_000_000
    # Sample customers sign in with a password alone: a code of theirs would open nothing.
    shown = [
        {"person": each, "code": code_at(each.secret, moment_s // STEP_S) if each.role else ""}
        for each in people
    ]
    words = {
        "people": shown,
        "action": action,
        "frame": frame,
        "refresh_s": STEP_S - moment_s % STEP_S,
    }
    return render(request, "demo/bar.html", words)


@demo_only
@require_POST
@csrf_protect
def enter_as_customer(request: HttpRequest, slug: str) -> HttpResponse:
    """Signs in as a sample customer."""
    _enter(request, slug, is_staff=False)
    return redirect("/")


@demo_only
@require_POST
@csrf_protect
def enter_as_staff(request: HttpRequest, slug: str) -> HttpResponse:
    """Signs in as a sample member of staff."""
    _enter(request, slug, is_staff=True)
    return redirect("/console/")


def _enter(request: HttpRequest, slug: str, *, is_staff: bool) -> None:
    fits = (p for p in PEOPLE if p.slug == slug and bool(p.role) == is_staff)
    person = next((p for p in fits if not p.is_stand_in), None)
    if person is None:
        raise Http404
    start = idle.start if is_staff else start_session
    start(request, User.objects.get(email=person.email), "demo:0")


@demo_only
@require_safe
def plug(request: HttpRequest) -> HttpResponse:
    """Traffic, a button that kills a process, and a count of what was lost."""
    return render(request, "demo/plug.html", {"processes": PROCESSES})


@demo_only
@require_POST
@csrf_protect
def pull(request: HttpRequest) -> JsonResponse:
    """Kills a process (SIGKILL); the supervisor starts it again."""
    process = request.POST.get("process", "")
    if process not in PROCESSES:
        return JsonResponse({"error": "unknown process"}, status=400)
    try:
        answer = ask_supervisor(settings.ENVIRONMENT.control, {"kill": process})
    except NoSupervisor:
        return JsonResponse({"error": "no supervisor"}, status=503)
    return JsonResponse(answer)


@demo_only
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail the system sent, the last one first."""
    page = Paginator(Letter.objects.all(), LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"page": page})


@demo_only
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, both its parts."""
    return render(request, "demo/letter.html", {"letter": get_object_or_404(Letter, pk=pk)})


@demo_only
@require_safe
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail's HTML part as a mail program shows it: no scripts, nothing from elsewhere."""
    found = get_object_or_404(Letter, pk=pk)
    rules = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    return HttpResponse(found.html, headers={"Content-Security-Policy": rules})
