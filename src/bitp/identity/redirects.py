"""Where a person goes on to after signing in: an address of ours, never another site."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"
# Longer than any address of ours.
MAX_CHARACTERS = 500


def safe_next(request: HttpRequest, otherwise: str, within: str = "/") -> str:
    """The path ``next`` asks for if it is ours and lies under ``within``, else ``otherwise``."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return asked if is_own_path(asked) and asked.startswith(within) else otherwise


def is_own_path(address: str) -> bool:
    """Whether it is a path on this host: no scheme, no host, nothing a browser reads as one."""
    return (
        len(address) <= MAX_CHARACTERS
        and address.startswith("/")
        and address.isprintable()
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )
