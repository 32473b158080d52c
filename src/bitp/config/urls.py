"""Every address of the product, by the part that answers it."""

from __future__ import annotations

from django.urls import include, path

from bitp.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("bitp.site.urls")),
]
