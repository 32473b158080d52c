"""Addresses of the demo stage; included only in the demo."""

from __future__ import annotations

from django.urls import path

from bitp.demo import views

app_name = "demo"
urlpatterns = [
    path("demo", views.stage, name="stage"),
    path("demo/people", views.customers, name="customers"),
    path("demo/enter/<slug:slug>", views.enter_as_customer, name="enter_as_customer"),
    path("demo/plug", views.plug, name="plug"),
    path("demo/plug/pull", views.pull, name="pull"),
    path("demo/mailbox", views.mailbox, name="mailbox"),
    path("demo/mailbox/<int:pk>", views.letter, name="letter"),
    path("demo/mailbox/<int:pk>/html", views.letter_html, name="letter_html"),
    path("console/demo/people", views.staff, name="staff"),
    path("console/demo/enter/<slug:slug>", views.enter_as_staff, name="enter_as_staff"),
]
