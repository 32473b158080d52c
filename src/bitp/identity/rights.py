"""Every view says who may use it; a test lists all addresses and fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase

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
