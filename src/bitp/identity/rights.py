"""Every view says who may use it; a test lists all addresses and fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from bitp.identity.models import User
from bitp.lib.problems import problem, wants_page

View = Callable[..., HttpResponseBase]
PUBLIC = "public"
CUSTOMER = "customer"


def declare(view: View, right: str) -> View:
    """Writes down who may use the view; the view itself keeps to it."""
    view.right = right  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may use it; what it shows depends on nothing but what it is given."""
    return declare(view, PUBLIC)


def customer_only(view: View) -> View:
    """A signed-in customer; others are led to the sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            return view(request, *args, **kwargs)
        if wants_page(request):
            return redirect_to_login(request.get_full_path())
        return problem(401, "signed_out", _("Please sign in."))

    return declare(guarded, CUSTOMER)
