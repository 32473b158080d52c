"""Reads about the people of the staff; for operators, as the views' rights say."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from bitp.desk.staff.errors import NoMember
from bitp.desk.staff.models import Invitation, Member
from bitp.identity.factors import CODE, PASSKEY
from bitp.identity.models import STAFF
from bitp.lib import clock

MEMBERS_PER_PAGE = 25
SEARCH_MAX_CHARACTERS = 100


def open_invitations() -> QuerySet[Invitation]:
    """Invitations somebody can still accept, newest first."""
    still = Invitation.objects.filter(accepted_at=None, expires_at__gt=clock.now())
    return still.select_related("invited_by").order_by("-pk")


def members(search: str, page: int) -> Page[Member]:
    """A page of members whose name, alias or address contains ``search``; the active first.

    Each has ``passkeys`` and ``codes``, the counts of their factors.
    """
    found = _with_factors().order_by("-user__is_active", "user__name", "pk")
    if search:
        words = search[:SEARCH_MAX_CHARACTERS]
        found = found.filter(
            Q(user__name__icontains=words)
            | Q(alias__icontains=words)
            | Q(user__email__icontains=words)
        )
    return Paginator(found, MEMBERS_PER_PAGE).get_page(page)


def get_member(member_id: int) -> Member:
    """One member with the counts of their factors; raises NoMember."""
    found = _with_factors().filter(pk=member_id).first()
    if found is None:
        raise NoMember
    return found


def find_code_factor(email: str) -> Authenticator | None:
    """The authenticator of an active member by address, in one query either way."""
    return (
        Authenticator.objects.select_related("user")
        .filter(
            type=CODE,
            user__email=email.strip().lower(),
            user__kind=STAFF,
            user__is_active=True,
        )
        .first()
    )


def staff_passkeys() -> QuerySet[Authenticator]:
    """The passkeys that may open the console."""
    return Authenticator.objects.filter(
        type=PASSKEY, user__kind=STAFF, user__is_active=True, user__member__isnull=False
    )


def _with_factors() -> QuerySet[Member]:
    return Member.objects.select_related("user").annotate(
        passkeys=_count(PASSKEY), codes=_count(CODE)
    )


def _count(kind: str) -> Count:
    return Count("user__authenticator", filter=Q(user__authenticator__type=kind))
