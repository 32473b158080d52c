"""Registers the operators' look at the machinery."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What the worker has to do, and what it gave up."""

    name = "bitp.desk.operations"
    label = "operations"

    def ready(self) -> None:
        """Operators find the page at the top of the staff's."""
        from bitp.desk.staff.pages import Entry, add_entry

        add_entry(Entry("operations", _("Jobs"), "operations:jobs"))
