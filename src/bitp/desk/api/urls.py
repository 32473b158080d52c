"""The tokens' pages, under /console/tokens/."""

from __future__ import annotations

from django.urls import path

from bitp.desk.api import views

app_name = "tokens"

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("add", views.add, name="add"),
    path("<int:token_id>/revoke", views.revoke, name="revoke"),
]
