"""The lock after idleness, the way back, and the same proof before acts that matter."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from bitp.desk.staff import idle, proof
from bitp.desk.staff.errors import StaffError
from bitp.desk.staff.forms import CodeForm
from bitp.desk.staff.rights import StaffRequest, is_locked, staff_even_locked, staff_only
from bitp.desk.staff.views.answers import go_on, read_body, refused
from bitp.identity import factors, tries
from bitp.identity.redirects import NEXT, is_own_path, safe_next
from bitp.identity.sessions import ACTIVE_US, renew_session, session_id
from bitp.identity.sides import CONSOLE_PATH
from bitp.lib.allowance import address_of


@staff_even_locked
@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: StaffRequest) -> HttpResponse:
    """The lock's page; a code posted here reopens the console."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    try:
        email = request.member.user.email
        code = form.cleaned_data["code"]
        reopen(request, proof.by_code(email, code, address_of(request), tries.STAFF_UNLOCK))
    except StaffError as error:
        form.add_error("code", str(error.says))
        return _page(request, form, error.status)
    return HttpResponseRedirect(_next(request))


@staff_even_locked
@require_POST
def unlock_options(request: StaffRequest) -> JsonResponse:
    """What the browser needs to ask for one of this person's passkeys."""
    return JsonResponse(proof.options(request))


@staff_even_locked
@require_POST
def unlock_by_passkey(request: StaffRequest) -> JsonResponse:
    """{credential, next} → {next}. A page that locked itself in place ignores ``next``."""
    try:
        body = read_body(request)
        reopen(request, proof.by_passkey(request, body.get("credential")))
    except StaffError as error:
        return refused(error)
    asked = str(body.get(NEXT) or "")
    is_ours = is_own_path(asked) and asked.startswith(CONSOLE_PATH)
    return go_on(asked if is_ours else CONSOLE_PATH)


@staff_only
@require_POST
def lock_now(request: StaffRequest) -> HttpResponse:
    """Locks at once: somebody leaves their desk, or the page saw that nobody is there."""
    idle.lock(request)
    return HttpResponse(status=204)


@staff_only
@require_POST
def activity(request: StaffRequest) -> HttpResponse:
    """A key or the pointer moved. Written down at most once a minute."""
    idle.note(request)
    return HttpResponse(status=204)


def reopen(request: StaffRequest, factor: Authenticator) -> None:
    """The same person is back: the session goes on under a new key."""
    with transaction.atomic():
        renew_session(request, factors.mark_used(factor))
        idle.watch(session_id(request), int(request.session[ACTIVE_US]))


def _page(request: StaffRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    own = {each.type for each in factors.factors_of(request.member.user)}
    context = {
        "form": form,
        "next": _next(request),
        "member": request.member,
        "is_locked": is_locked(request),
        "by_passkey": factors.PASSKEY in own,
        "by_code": settings.STAFF_AUTHENTICATOR and factors.CODE in own,
    }
    return render(request, "staff/locked.html", context, status=status)


def _next(request: StaffRequest) -> str:
    return safe_next(request, CONSOLE_PATH, within=CONSOLE_PATH)
