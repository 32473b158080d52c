"""The customers' sign-in: the few pages of allauth that this installation uses."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from django.urls import path

from bitp.identity.rights import CUSTOMER, PUBLIC, declare

urlpatterns = [
    path("login/", declare(account.login, PUBLIC), name="account_login"),
    path("logout/", declare(account.logout, PUBLIC), name="account_logout"),
    path("signup/", declare(account.signup, PUBLIC), name="account_signup"),
    path("inactive/", declare(account.account_inactive, PUBLIC), name="account_inactive"),
    path(
        "reauthenticate/",
        declare(account.reauthenticate, CUSTOMER),
        name="account_reauthenticate",
    ),
    path("code/", declare(factors.authenticate, PUBLIC), name="mfa_authenticate"),
    path("code/again/", declare(factors.reauthenticate, CUSTOMER), name="mfa_reauthenticate"),
]
