"""Tokens of programs, and the answers that repeated requests get again."""

from __future__ import annotations

from django.db import models

from bitp.desk.staff.models import Member


class ApiToken(models.Model):
    """What a program shows to act on behalf of its owner; the secret itself is not kept.

    prefix: the visible beginning, by which people tell tokens apart; secret_hash: SHA-256 of the
    whole token (32 random bytes need no slow hash); scopes: names from scopes.py, by spaces;
    expires_us: 0 for never; last_used_us: at most once a minute; revoked_us: 0 while it is good.
    """

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="api_tokens")
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.TextField()
    created_us = models.BigIntegerField()
    expires_us = models.BigIntegerField(default=0)
    last_used_us = models.BigIntegerField(default=0)
    revoked_us = models.BigIntegerField(default=0)
    revoked_by = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, related_name="revoked_api_tokens"
    )

    def scope_names(self) -> frozenset[str]:
        """What the token may be used for."""
        return frozenset(self.scopes.split())


class Answered(models.Model):
    """The answer to a request that carried an Idempotency-Key, kept for a day.

    key: SHA-256 of subject, route and key; asked: SHA-256 of the body that was sent.
    """

    key = models.CharField(max_length=64, unique=True)
    asked = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    body = models.TextField()
    at_us = models.BigIntegerField(db_index=True)
