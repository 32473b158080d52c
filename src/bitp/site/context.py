"""What every page's frame needs, whoever renders it."""

from __future__ import annotations

from django.http import HttpRequest

from bitp.desk.channels.changes import SITE_INBOX

THEME_COOKIE = "bitp_theme"
THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, object]:
    """Template context: ``theme`` (empty: as the system) and ``widget_inbox``."""
    return {"theme": theme_of(request), "widget_inbox": SITE_INBOX}


def theme_of(request: HttpRequest) -> str:
    """The theme chosen in this browser; empty where none was, or something else was sent."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""
