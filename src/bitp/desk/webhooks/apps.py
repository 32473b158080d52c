"""Registers the webhooks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Other programs are told what happened."""

    name = "bitp.desk.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Operators find their pages at the top of the staff's."""
        from bitp.desk.staff.pages import Entry, add_entry

        add_entry(Entry("webhooks", _("Webhooks"), "webhooks:overview"))
