from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, styles and scripts; no Python that knows a domain."""

    name = "bitp.web"
    label = "web"
