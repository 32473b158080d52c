"""The demo's mailbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Letter(models.Model):
    """A mail the system sent; in the demo it lands here instead of leaving the machine."""

    objects: ClassVar[models.Manager[Letter]] = models.Manager()

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(default="")
    message_id = models.CharField(max_length=300, unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
