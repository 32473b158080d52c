"""Every address of the product, by the part that answers it."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from bitp.config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("account/", include("bitp.identity.urls")),
    path("console/", include("bitp.desk.staff.urls")),
    path("console/queues/", include("bitp.desk.routing.urls")),
    path("console/jobs/", include("bitp.desk.operations.urls")),
    path("console/webhooks/", include("bitp.desk.webhooks.urls")),
    path("console/", include("bitp.desk.console.urls")),
    path("console/", include("bitp.desk.search.urls")),
    path("console/tokens/", include("bitp.desk.api.urls")),
    path("api/v1/", include("bitp.desk.api.v1.urls")),
    path("", include("bitp.desk.channels.chat.urls")),
    path("", include("bitp.desk.attachments.urls")),
    path("", include("bitp.site.urls")),
]
if "bitp.demo" in settings.INSTALLED_APPS:
    urlpatterns.append(path("", include("bitp.demo.urls")))

handler400 = "bitp.site.errors.bad_request"
handler403 = handler404 = "bitp.site.errors.not_found"
handler500 = "bitp.site.errors.server_error"
