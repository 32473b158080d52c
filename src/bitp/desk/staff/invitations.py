"""The secret in an invitation's link: never stored, made again from the row when needed."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from bitp.desk.staff.errors import BadInvitation
from bitp.desk.staff.models import Invitation
from bitp.lib import clock

# Longer than a weekend and a holiday, shorter than a mailbox is forgotten.
LIFETIME_DAYS = 7


def token_of(invitation: Invitation, key: str | None = None) -> str:
    """The token: a MAC over the row, so a new end makes a new token and voids the old one."""
    facts = f"{invitation.pk}:{invitation.email}:{clock.to_us(invitation.expires_at)}"
    mac = hmac.new(
        (key or settings.SECRET_KEY).encode(), f"invitation:{facts}".encode(), hashlib.sha256
    )
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What the row keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_to(invitation: Invitation) -> str:
    """The whole address to send; after a rotation of the key, still the one first sent."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = token_of(invitation, key)
        if hash_of(token) == invitation.token_hash:
            return settings.ORIGIN + reverse("staff:join", args=[token])
    raise BadInvitation


def get_invitation(token: str) -> Invitation:
    """The open invitation of this token, else raises BadInvitation."""
    found = Invitation.objects.filter(
        token_hash=hash_of(token), accepted_at=None, expires_at__gt=clock.now()
    ).first()
    if found is None:
        raise BadInvitation
    return found
