"""The context pane: each domain adds a panel that says what it knows about who is asking.

A domain writes a template and a function, and registers both when its app is ready:

    register(Panel("orders", _("Orders"), "orders/panel.html", orders_of, place=40))

The function gets the member and the conversation and returns the template's context, or None
when there is nothing to show. It must ask only for what the member may see. Panels come in the
order of ``place``; one that fails says so and leaves the others alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise

from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member

log = logging.getLogger(__name__)

Provider = Callable[[Member, Conversation], dict[str, Any] | None]
FAILED = "console/panels/failed.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """One domain's part of the context pane; ``place`` orders them, lowest first."""

    key: str
    title: str | Promise
    template: str
    provide: Provider
    place: int = 100


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Adds the panel; each key once."""
    assert panel.key not in _panels, f"the panel {panel.key} is already there"
    _panels[panel.key] = panel


def registered() -> list[Panel]:
    """All panels in their order."""
    return sorted(_panels.values(), key=lambda panel: (panel.place, panel.key))


def draw_panels(member: Member, conversation: Conversation) -> list[dict[str, Any]]:
    """{key, title, html, failed} of each panel that has something to show."""
    drawn = [_draw(panel, member, conversation) for panel in registered()]
    return [each for each in drawn if each is not None]


def _draw(panel: Panel, member: Member, conversation: Conversation) -> dict[str, Any] | None:
    shown: dict[str, Any] = {"key": panel.key, "title": str(panel.title), "failed": False}
    try:
        context = panel.provide(member, conversation)
        if context is None:
            return None
        return {**shown, "html": render_to_string(panel.template, context)}
    except Exception:
        log.exception("the panel %s failed", panel.key)
        return {**shown, "html": render_to_string(FAILED), "failed": True}
