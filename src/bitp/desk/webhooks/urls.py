"""The webhooks' pages, under /console/webhooks/."""

from __future__ import annotations

from django.urls import path

from bitp.desk.webhooks import views

app_name = "webhooks"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("add", views.add, name="add"),
    path("<int:webhook_id>/", views.webhook, name="webhook"),
    path("<int:webhook_id>/change", views.change, name="change"),
    path("<int:webhook_id>/secret", views.change_secret, name="secret"),
    path("<int:webhook_id>/pause", views.pause, name="pause"),
    path("<int:webhook_id>/resume", views.resume, name="resume"),
    path("<int:webhook_id>/test", views.send_test, name="test"),
    path("<int:webhook_id>/remove", views.remove, name="remove"),
    path("<int:webhook_id>/again", views.send_failed_again, name="failed_again"),
    path("<int:webhook_id>/<int:delivery_id>/again", views.send_again, name="again"),
]
