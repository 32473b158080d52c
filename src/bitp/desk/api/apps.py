"""Registers the JSON API."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Programs act on behalf of staff."""

    name = "bitp.desk.api"
    label = "api"

    def ready(self) -> None:
        """Operators find the tokens at the top of the staff's pages."""
        from bitp.desk.staff.pages import Entry, add_entry

        add_entry(Entry("tokens", _("API tokens"), "tokens:tokens"))
