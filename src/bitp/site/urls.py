"""Addresses of the customers' pages."""

from __future__ import annotations

from django.urls import path

from bitp.site import views

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("support", views.support, name="support"),
    path("support/guide/<slug:slug>", views.guide, name="guide"),
    path("support/guide/<slug:slug>/answer", views.answer_guide, name="answer_guide"),
    path("support/conversations", views.conversations, name="conversations"),
    path("language", views.switch_language, name="language"),
    path("theme", views.choose_theme, name="theme"),
]
