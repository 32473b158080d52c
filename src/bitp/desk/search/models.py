"""Searches beyond one's own queues. (The index itself is no model: see search.schema.)"""

from __future__ import annotations

from django.db import models

from bitp.desk.staff.models import Member


class Widening(models.Model):
    """A supervisor may search all conversations until ``until_us``, for a reason they gave."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    reason = models.CharField(max_length=300)
    salt = models.CharField(max_length=32)
    began_us = models.BigIntegerField()
    until_us = models.BigIntegerField()
