"""The queues' pages, under /console/queues/."""

from __future__ import annotations

from django.urls import path

from bitp.desk.routing import views

app_name = "routing"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("new", views.add, name="add"),
    path("people/<int:member_id>/", views.person, name="person"),
    path("<slug:key>/", views.queue, name="queue"),
    path("<slug:key>/close", views.close, name="close"),
    path("<slug:key>/open", views.reopen, name="open"),
]
