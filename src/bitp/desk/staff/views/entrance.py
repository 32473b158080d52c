"""Signing in and out."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from bitp.desk.staff import idle, proof
from bitp.desk.staff.errors import NotProved, StaffError, WrongPair
from bitp.desk.staff.forms import SignInForm
from bitp.desk.staff.limits import count_challenge
from bitp.desk.staff.rights import find_member, public, staff_even_locked
from bitp.desk.staff.views.answers import go_on, read_body, refused
from bitp.identity import factors
from bitp.identity.redirects import NEXT, is_own_path, safe_next
from bitp.identity.sessions import UserGone, end_session
from bitp.identity.sides import CONSOLE_PATH
from bitp.lib.allowance import address_of


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the passkey button, and where allowed the address and code."""
    if find_member(request) is not None:
        return HttpResponseRedirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not settings.STAFF_AUTHENTICATOR or not form.is_valid():
        return _page(request, form)
    try:
        typed = form.cleaned_data
        enter(request, proof.by_code(typed["email"], typed["code"], address_of(request)))
    except StaffError as error:
        # One sentence for every cause: who works here is not for strangers to find out.
        said = WrongPair() if isinstance(error, NotProved) else error
        form.add_error(None, str(said.says))
        return _page(request, form, said.status)
    return HttpResponseRedirect(_next(request))


@public
@require_POST
def sign_in_options(request: HttpRequest) -> JsonResponse:
    """What the browser needs to ask for a passkey."""
    try:
        count_challenge(request)
    except StaffError as error:
        return refused(error)
    return JsonResponse(proof.options(request))


@public
@require_POST
def sign_in_by_passkey(request: HttpRequest) -> JsonResponse:
    """{credential, next} → {next}."""
    try:
        body = read_body(request)
        enter(request, proof.by_passkey(request, body.get("credential")))
    except StaffError as error:
        return refused(error)
    asked = str(body.get(NEXT) or "")
    is_ours = is_own_path(asked) and asked.startswith(CONSOLE_PATH)
    return go_on(asked if is_ours else CONSOLE_PATH)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen language in this browser, and goes back to the page."""
    return set_language(request)


@staff_even_locked
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and everything bound to it."""
    end_session(request)
    return HttpResponseRedirect(reverse("staff:sign_in"))


def enter(request: HttpRequest, factor: Authenticator) -> None:
    """Starts the session of whoever the factor belongs to, and its watch. Raises NotProved."""
    try:
        with transaction.atomic():
            idle.start(request, factor.user, factors.mark_used(factor))
    except UserGone as error:
        raise NotProved from error


def _page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": _next(request), "by_code": settings.STAFF_AUTHENTICATOR}
    return render(request, "staff/sign_in.html", context, status=status)


def _next(request: HttpRequest) -> str:
    return safe_next(request, CONSOLE_PATH, within=CONSOLE_PATH)
