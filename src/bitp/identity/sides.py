"""The two sides of the house: customers' pages, and everything staff use under /console/.

Each has its own session and CSRF cookie, so that one browser can be signed in at both and a
hole on one side does not reach the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from bitp.identity.models import CUSTOMER, STAFF

CONSOLE_PATH = "/console/"
CONSOLE_CSRF_COOKIE = "bitp_console_csrf"


@dataclass(frozen=True, slots=True)
class Side:
    """kind: of user that can be signed in there; age_s: how long its sessions last at most."""

    kind: str
    path: str
    session_cookie: str
    csrf_cookie: str
    age_s: int


def side_of(request: HttpRequest) -> Side:
    """The side that the asked address lies on."""
    return get_side(STAFF if request.path_info.startswith(CONSOLE_PATH) else CUSTOMER)


def get_side(kind: str) -> Side:
    """The side of a kind of user."""
    if kind == STAFF:
        return Side(
            STAFF,
            CONSOLE_PATH,
            settings.STAFF_SESSION_COOKIE_NAME,
            CONSOLE_CSRF_COOKIE,
            settings.STAFF_SESSION_AGE_S,
        )
    return Side(
        CUSTOMER,
        "/",
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.SESSION_COOKIE_AGE,
    )
