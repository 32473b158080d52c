"""Addresses of the console. Signing in and the lock are desk.staff's, under the same path."""

from __future__ import annotations

from django.urls import path

from bitp.desk.console.views import acts, data, handing, page

app_name = "console"

urlpatterns = [
    path("", page.home, name="home"),
    path("c/<reference>", page.home, name="conversation"),
    path("ticket", acts.ticket, name="ticket"),
    path("data/me", data.me, name="me"),
    path("data/lists", data.lists, name="lists"),
    path("data/colleagues", handing.colleagues, name="colleagues"),
    path("data/c/<reference>", data.conversation, name="conversation_data"),
    path("data/c/<reference>/panels", data.panels, name="panels"),
    path("data/c/<reference>/take", acts.take, name="take"),
    path("data/c/<reference>/release", acts.release, name="release"),
    path("data/c/<reference>/resolve", acts.resolve, name="resolve"),
    path("data/c/<reference>/reopen", acts.reopen, name="reopen"),
    path("data/c/<reference>/topic", acts.set_topic, name="topic"),
    path("data/c/<reference>/assign", handing.assign, name="assign"),
]
