"""Who may use which page of the console, in decorators that say it and keep to it.

Every refusal looks the same from outside: a role that does not reach gets "not found".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from bitp.desk.staff.errors import Locked, ProofNeeded, SignedOut, StaffError
from bitp.desk.staff.models import ROLES, Member
from bitp.identity.models import User
from bitp.identity.redirects import NEXT
from bitp.identity.rights import View, declare, public
from bitp.identity.sessions import ACTIVE_US, PROVED_US
from bitp.lib import clock
from bitp.lib.problems import problem, wants_page

__all__ = ["StaffRequest", "public", "role", "staff_even_locked", "staff_only"]

STAFF = "staff"
# A proof is as good as new for this long (ASVS: before an act that matters).
PROOF_US = 5 * 60 * 1_000_000


class StaffRequest(HttpRequest):
    """A request that passed one of the decorators below: ``member`` is who asks."""

    member: Member


def staff_only(view: View) -> View:
    """Any member of the staff, signed in and not locked."""
    return _guard(view, STAFF, ROLES)


def staff_even_locked(view: View) -> View:
    """Any member of the staff who is signed in, also while the console is locked."""
    return _guard(view, STAFF, ROLES, even_locked=True)


def role(*roles: str, proved: bool = False) -> Callable[[View], View]:
    """Members with one of the roles; ``proved``: and who proved it in the last five minutes."""
    assert set(roles) <= set(ROLES)
    return lambda view: _guard(view, "+".join(roles), roles, proved=proved)


def is_locked(request: HttpRequest) -> bool:
    """Whether nobody moved anything at this session's browser for settings.STAFF_IDLE_S."""
    idle_us = clock.now_us() - int(request.session.get(ACTIVE_US, 0))
    return idle_us > settings.STAFF_IDLE_S * 1_000_000


def find_member(request: HttpRequest) -> Member | None:
    """Who of the staff is signed in, locked or not."""
    user = request.user
    if not isinstance(user, User):
        return None
    return Member.objects.select_related("user").filter(user_id=user.pk).first()


def _guard(
    view: View,
    right: str,
    roles: tuple[str, ...],
    *,
    even_locked: bool = False,
    proved: bool = False,
) -> View:
    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.member = _admit(request, roles, even_locked, proved)
        except StaffError as error:
            return _refuse(request, error)
        return view(request, *args, **kwargs)

    return declare(guarded, right)


def _admit(request: HttpRequest, roles: tuple[str, ...], even_locked: bool, proved: bool) -> Member:
    member = find_member(request)
    if member is None:
        raise SignedOut
    if is_locked(request) and not even_locked:
        raise Locked
    if member.role not in roles:
        raise Http404
    if proved and clock.now_us() - int(request.session.get(PROVED_US, 0)) > PROOF_US:
        raise ProofNeeded
    return member


def _refuse(request: HttpRequest, error: StaffError) -> HttpResponseBase:
    if not wants_page(request):
        return problem(error.status, error.code, error.says)
    page = reverse("staff:sign_in" if isinstance(error, SignedOut) else "staff:locked")
    # What was posted is not done; the page it was posted from is where to go on.
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    query = f"?{urlencode({NEXT: back})}" if back else ""
    return HttpResponseRedirect(page + query)
