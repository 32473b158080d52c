"""Inboxes: the configured addresses through which people reach us."""

from __future__ import annotations

from django.db import models


class Inbox(models.Model):
    """One configured address of a channel.

    key: public, names the inbox in widget snippets and webhook addresses; origins: the sites
    (scheme://host[:port]) whose pages may embed the chat, one a line; host_secret: signs the
    host site's word for its users (empty: nobody is believed).
    """

    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=254, default="")
    origins = models.TextField(default="", blank=True)
    host_secret = models.CharField(max_length=100, default="", blank=True)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
