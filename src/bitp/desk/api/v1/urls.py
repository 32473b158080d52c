"""The addresses of version 1."""

from __future__ import annotations

from django.urls import path

from bitp.desk.api.v1 import description, routes

app_name = "api_v1"

urlpatterns = [
    path("openapi.json", description.openapi_json, name="openapi"),
    path("docs", description.docs, name="docs"),
    *routes.patterns(),
]
