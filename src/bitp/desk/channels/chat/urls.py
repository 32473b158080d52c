"""Addresses of the chat: the widget's one file, and its calls."""

from __future__ import annotations

from django.urls import path

from bitp.desk.channels.chat import views, widget

app_name = "chat"

_OWN = "chat/conversations/<str:reference>"

urlpatterns = [
    path("widget.js", widget.widget, name="widget"),
    path("widget/<str:name>", widget.part, name="widget_part"),
    path("chat/ticket", views.ticket, name="ticket"),
    path("chat/availability", views.available, name="availability"),
    path(_OWN, views.conversation, name="conversation"),
    path(f"{_OWN}/place", views.place, name="place"),
    path(f"{_OWN}/address", views.address, name="address"),
    path(f"{_OWN}/reopen", views.reopen, name="reopen"),
    path(f"{_OWN}/topic", views.topic, name="topic"),
]
