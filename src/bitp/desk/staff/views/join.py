"""Accepting an invitation: nobody comes in without a factor, and looking changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from bitp.desk.staff import changes
from bitp.desk.staff.errors import BadInvitation, NotProved, StaffError, WrongCode
from bitp.desk.staff.forms import JoinByCodeForm, PersonForm
from bitp.desk.staff.invitations import get_invitation
from bitp.desk.staff.limits import count_challenge
from bitp.desk.staff.models import Invitation
from bitp.desk.staff.rights import public
from bitp.desk.staff.views.answers import go_on, read_body, refused
from bitp.desk.staff.views.entrance import enter
from bitp.identity import factors, one_time_code, passkeys
from bitp.identity.models import User
from bitp.identity.qr_code import drawn
from bitp.identity.sealing import Unreadable, seal, unseal
from bitp.identity.sessions import end_session
from bitp.identity.sides import CONSOLE_PATH
from bitp.lib import clock

OFFERED = "offered authenticator"
FIRST_PASSKEY = "1"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link; posted, it joins with an authenticator's code."""
    try:
        invitation = get_invitation(token)
    except BadInvitation as error:
        return render(request, "staff/bad_invitation.html", {"error": error}, status=error.status)
    form = JoinByCodeForm(request.POST or None)
    if request.method != "POST" or not settings.STAFF_AUTHENTICATOR or not form.is_valid():
        return _page(request, invitation, form)
    try:
        _join(request, token, form, _authenticator(invitation, form))
    except StaffError as error:
        form.add_error("code" if isinstance(error, NotProved) else None, str(error.says))
        return _page(request, invitation, form, error.status)
    return HttpResponseRedirect(CONSOLE_PATH)


@public
@require_POST
def join_options(request: HttpRequest, token: str) -> JsonResponse:
    """{name, alias} → what the browser needs to make the first passkey."""
    try:
        invitation = get_invitation(token)
        count_challenge(request)
        form = PersonForm(read_body(request))
    except StaffError as error:
        return refused(error)
    if not form.is_valid():
        # Said now: a passkey made for nothing would stay on the person's device.
        return JsonResponse({"errors": form.errors}, status=422)
    handle = secrets.token_bytes(passkeys.HANDLE_BYTES)
    owner = passkeys.Owner(handle, invitation.email, invitation.email)
    return JsonResponse(passkeys.begin_registration(request, owner))


@public
@require_POST
def join_by_passkey(request: HttpRequest, token: str) -> JsonResponse:
    """{credential, name, alias} → {next}, or the form's errors by field."""
    try:
        get_invitation(token)
        body = read_body(request)
        form = PersonForm(body)
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=422)
        made = passkeys.finish_registration(request, body.get("credential"))
        _join(request, token, form, lambda user: factors.add_passkey(user, FIRST_PASSKEY, made))
    except passkeys.WrongPasskey:
        return refused(NotProved())
    except StaffError as error:
        return refused(error)
    return go_on(CONSOLE_PATH)


def _join(
    request: HttpRequest,
    token: str,
    form: PersonForm,
    add_factor: Callable[[User], Authenticator],
) -> None:
    typed = form.cleaned_data
    language = get_language() or settings.LANGUAGE_CODE
    person = changes.Joining(typed["name"], typed["alias"], language)
    factor = changes.join(token, person, add_factor)
    if request.user.is_authenticated:
        end_session(request)
    enter(request, factor)


def _authenticator(invitation: Invitation, form: JoinByCodeForm) -> Callable[[User], Authenticator]:
    """How to keep the offered secret, once the code shows that it arrived. Raises NotProved."""
    code = form.cleaned_data["code"]
    try:
        secret = unseal(form.cleaned_data["sealed"], _purpose(invitation))
    except Unreadable as error:
        raise NotProved from error
    if not one_time_code.matching_steps(secret, code, clock.now_us() / 1_000_000):
        raise WrongCode

    def add(user: User) -> Authenticator:
        authenticator = factors.add_authenticator(user, secret)
        # The code that proved it is used up: it does not also sign in.
        one_time_code.accept(authenticator, code)
        return authenticator

    return add


def _page(
    request: HttpRequest, invitation: Invitation, form: JoinByCodeForm, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {
        "invitation": invitation,
        "form": form,
        "by_code": settings.STAFF_AUTHENTICATOR,
    }
    if settings.STAFF_AUTHENTICATOR:
        context |= _offer(invitation, form)
    return render(request, "staff/join.html", context, status=status)


def _offer(invitation: Invitation, form: JoinByCodeForm) -> dict[str, str]:
    """A secret as a QR code and as letters; it waits sealed in the form, not in the database."""
    try:
        secret = unseal(form.data.get("sealed", ""), _purpose(invitation))
    except Unreadable:
        secret = factors.new_secret()
    return {
        "qr": drawn(factors.key_address(secret, invitation.email)),
        "letters": " ".join(secret[each : each + 4] for each in range(0, len(secret), 4)),
        "sealed": seal(secret, _purpose(invitation)),
    }


def _purpose(invitation: Invitation) -> str:
    return f"{OFFERED}:{invitation.token_hash}"
