"""A member's own ways to sign in."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bitp.desk.staff import changes
from bitp.desk.staff.asking import by_of
from bitp.desk.staff.errors import NotProved, StaffError
from bitp.desk.staff.forms import PasskeyNameForm
from bitp.desk.staff.models import ROLES
from bitp.desk.staff.rights import StaffRequest, role
from bitp.desk.staff.views.answers import go_on, read_body, refused
from bitp.identity import factors, passkeys
from bitp.lib.text import one_line


@role(*ROLES, proved=True)
@require_safe
def keys(request: StaffRequest) -> HttpResponse:
    """Passkeys and authenticator, when each was last used; add or remove one."""
    own = factors.factors_of(request.member.user)
    context = {"factors": own, "form": PasskeyNameForm(), "member": request.member}
    return render(request, "staff/keys.html", context)


@role(*ROLES, proved=True)
@require_POST
def add_options(request: StaffRequest) -> JsonResponse:
    """What the browser needs to make another passkey; those there already are not made again."""
    user = request.member.user
    owner = passkeys.Owner(secrets.token_bytes(passkeys.HANDLE_BYTES), user.email, user.name)
    return JsonResponse(passkeys.begin_registration(request, owner, factors.passkeys_of(user)))


@role(*ROLES, proved=True)
@require_POST
def add(request: StaffRequest) -> JsonResponse:
    """{credential, name} → {next}."""
    try:
        body = read_body(request)
        name = one_line(str(body.get("name") or ""))[:40]
        made = passkeys.finish_registration(request, body.get("credential"))
        changes.add_passkey(request.member, name, made, by_of(request))
    except passkeys.WrongPasskey:
        return refused(NotProved())
    except StaffError as error:
        return refused(error)
    messages.success(request, _("The passkey was added."))
    return go_on(reverse("staff:keys"))


@role(*ROLES, proved=True)
@require_POST
def remove(request: StaffRequest, factor_id: int) -> HttpResponse:
    """One factor fewer, never the last."""
    try:
        changes.remove_factor(request.member, factor_id, by_of(request))
    except StaffError as error:
        if error.status == 404:
            raise Http404 from error
        messages.error(request, str(error.says))
    else:
        messages.success(request, _("It does not sign you in any more."))
    return HttpResponseRedirect(reverse("staff:keys"))
