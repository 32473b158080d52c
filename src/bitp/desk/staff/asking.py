"""What the views of the staff's pages read from a request."""

from __future__ import annotations

from django.http import HttpRequest

from bitp.desk.staff.changes import By
from bitp.desk.staff.rights import StaffRequest
from bitp.identity.sessions import session_id

# Nobody turns more pages than this many digits can count.
PAGE_DIGITS_MAX = 5


def by_of(request: StaffRequest) -> By:
    """Who asks, and in which session, for the record."""
    return By(request.member, session_id(request))


def page_number(request: HttpRequest) -> int:
    """The page of a list that was asked for, from 1; 1 for what is no number."""
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) <= PAGE_DIGITS_MAX else 1
