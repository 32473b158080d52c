from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The customers' pages."""

    name = "bitp.site"
    label = "site"

    def ready(self) -> None:
        """Registers the check of the channels' addresses."""
        from bitp.site import checks  # noqa: F401
