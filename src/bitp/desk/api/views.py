"""The operator's pages about tokens: which there are, a new one, the end of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bitp.desk.api import changes, queries
from bitp.desk.api.errors import ApiError, NoToken
from bitp.desk.api.forms import TokenForm
from bitp.desk.staff.asking import by_of
from bitp.desk.staff.models import OPERATOR
from bitp.desk.staff.rights import StaffRequest, role
from bitp.lib.clock import now_us

# Nobody turns this many pages.
PAGE_DIGITS_MAX = 5


@role(OPERATOR)
@require_safe
def tokens(request: StaffRequest) -> HttpResponse:
    """Every token, what it may do, when it was last used."""
    number = request.GET.get("page", "1")
    plain = number.isascii() and number.isdigit() and len(number) <= PAGE_DIGITS_MAX
    page = queries.tokens(int(number) if plain else 1)
    return render(request, "api/tokens.html", {"page": page, "now_us": now_us()})


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: StaffRequest) -> HttpResponse:
    """A new one, on behalf of who makes it; it is shown once, on the answer."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wish = changes.Wish(said["name"], tuple(said["scopes"]), said["days"])
        try:
            made, secret = changes.create_token(wish, request.member, by_of(request))
        except ApiError as error:
            form.add_error("name", str(error.says))
        else:
            return render(request, "api/secret.html", {"shown": made, "secret": secret})
    return render(request, "api/add.html", {"form": form})


@role(OPERATOR, proved=True)
@require_POST
def revoke(request: StaffRequest, token_id: int) -> HttpResponse:
    """Its program is shut out from now on."""
    try:
        changes.revoke_token(token_id, by_of(request))
    except NoToken as error:
        raise Http404 from error
    messages.success(request, _("Revoked. Nothing can be done with it any more."))
    return HttpResponseRedirect(reverse("tokens:tokens"))
