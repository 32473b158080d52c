"""Registers routing."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    """Who answers whom, when and how soon."""

    name = "bitp.desk.routing"
    label = "routing"

    def ready(self) -> None:
        """Operators find the queues at the top of the staff's pages."""
        from bitp.desk.staff.pages import Entry, add_entry

        add_entry(Entry("routing", _("Queues"), "routing:overview"))
