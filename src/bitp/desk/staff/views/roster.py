"""The people of the staff, for operators."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bitp.desk.staff import changes, queries
from bitp.desk.staff.asking import by_of, page_number
from bitp.desk.staff.errors import BadInvitation, NoMember, StaffError
from bitp.desk.staff.forms import InviteForm, RoleForm
from bitp.desk.staff.models import OPERATOR, Member
from bitp.desk.staff.rights import StaffRequest, role


@role(OPERATOR)
@require_safe
def roster(request: StaffRequest) -> HttpResponse:
    """Everybody, a page at a time, with open invitations above."""
    search = request.GET.get("q", "").strip()[: queries.SEARCH_MAX_CHARACTERS]
    page = queries.members(search, page_number(request))
    context = {"page": page, "search": search, "invitations": queries.open_invitations()}
    return render(request, "staff/roster.html", context)


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    """Whom to invite, as what."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changes.invite(form.cleaned_data["email"], form.cleaned_data["role"], by_of(request))
        except StaffError as error:
            form.add_error("email", str(error.says))
        else:
            messages.success(request, _("The invitation is on its way."))
            return _back()
    return render(request, "staff/invite.html", {"form": form})


@role(OPERATOR, proved=True)
@require_POST
def resend(request: StaffRequest, invitation_id: int) -> HttpResponse:
    """A new link for an open invitation; the old one stops working."""
    done = _("A new link is on its way.")
    return _change_invitation(request, changes.resend, invitation_id, done)


@role(OPERATOR, proved=True)
@require_POST
def withdraw(request: StaffRequest, invitation_id: int) -> HttpResponse:
    """The invitation's link stops working."""
    done = _("The invitation was withdrawn.")
    return _change_invitation(request, changes.withdraw, invitation_id, done)


@role(OPERATOR, proved=True)
@require_safe
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    """One person: role, factors, and what an operator may do."""
    return _member_page(request, _get(member_id))


@role(OPERATOR, proved=True)
@require_POST
def change_role(request: StaffRequest, member_id: int) -> HttpResponse:
    """Gives the person another role, from their next click on."""
    shown = _get(member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _member_page(request, shown, form, 400)
    try:
        changes.change_role(member_id, form.cleaned_data["role"], by_of(request))
    except StaffError as error:
        form.add_error("role", str(error.says))
        return _member_page(request, shown, form, error.status)
    messages.success(request, _("The role was changed."))
    return HttpResponseRedirect(reverse("staff:member", args=[member_id]))


@role(OPERATOR, proved=True)
@require_POST
def deactivate(request: StaffRequest, member_id: int) -> HttpResponse:
    """Shuts the person out everywhere at once."""
    shown = _get(member_id)
    try:
        changes.deactivate(member_id, by_of(request))
    except StaffError as error:
        messages.error(request, str(error.says))
        return _member_page(request, shown, status=error.status)
    messages.success(request, _("They are signed out everywhere and cannot come back in."))
    return _back()


def _change_invitation(
    request: StaffRequest, change: Callable[[int, changes.By], None], invitation_id: int, done: str
) -> HttpResponse:
    try:
        change(invitation_id, by_of(request))
    except BadInvitation as error:
        messages.error(request, str(error.says))
    else:
        messages.success(request, done)
    return _back()


def _member_page(
    request: StaffRequest, shown: Member, form: RoleForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "shown": shown,
        "form": form or RoleForm(initial={"role": shown.role}),
        "is_self": shown.pk == request.member.pk,
    }
    return render(request, "staff/member.html", context, status=status)


def _get(member_id: int) -> Member:
    try:
        return queries.get_member(member_id)
    except NoMember as error:
        raise Http404 from error


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("staff:roster"))
