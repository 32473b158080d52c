"""Staff: a role beside the sign-in row, invitations, and availability."""

from __future__ import annotations

from django.conf import settings
from django.db import models

AGENT = "agent"
SUPERVISOR = "supervisor"
OPERATOR = "operator"
ROLES = (AGENT, SUPERVISOR, OPERATOR)


class Member(models.Model):
    """A person of the staff. ``alias`` is the first name customers see."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    alias = models.CharField(max_length=40)
    role = models.CharField(max_length=12)
    # A stand-in answers in the demo when nobody is at the console; always labelled.
    is_stand_in = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="offline")
    # Last sign of life from the console, at most once a minute.
    seen_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="member_role"),
            models.CheckConstraint(
                condition=models.Q(state__in=["available", "away", "offline"]),
                name="member_state",
            ),
        ]


class Invitation(models.Model):
    """An invitation by mail: single use, seven days; only the token's hash is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="accepted_invitations"
    )
