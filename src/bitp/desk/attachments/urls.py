"""Addresses of attachments, on both sides. One that takes a file ends in /attachments: the
gateway lets bodies of a file's size through to these alone."""

from __future__ import annotations

from django.urls import path

from bitp.desk.attachments import views

app_name = "attachments"

urlpatterns = [
    path("chat/attachments", views.hand_over, name="hand_over"),
    path("chat/attachments/<str:attachment>", views.get, name="get"),
    path("chat/attachments/<str:attachment>/discard", views.take_back, name="take_back"),
    path("console/attachments", views.staff_hand_over, name="staff_hand_over"),
    path("console/attachments/<str:attachment>", views.staff_get, name="staff_get"),
    path(
        "console/attachments/<str:attachment>/discard",
        views.staff_take_back,
        name="staff_take_back",
    ),
]
