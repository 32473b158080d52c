"""Operators' addresses about the machinery, under /console/jobs/."""

from __future__ import annotations

from django.urls import path

from bitp.desk.operations import views

app_name = "operations"

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("again", views.revive_all, name="revive_all"),
    path("<int:job_id>/again", views.revive, name="revive"),
    path("<int:job_id>/drop", views.drop, name="drop"),
]
