"""Addresses of the search, under the console's path."""

from __future__ import annotations

from django.urls import path

from bitp.desk.search import views

app_name = "search"

urlpatterns = [
    path("data/search", views.find, name="find"),
    path("data/search/widen", views.begin_wide, name="begin_wide"),
    path("data/search/wide", views.find_wide, name="find_wide"),
]
