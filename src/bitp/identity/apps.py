from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The one sign-in table, sessions and factors."""

    name = "bitp.identity"
    label = "identity"
